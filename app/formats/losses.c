#include <glib/gi18n.h>

#include "formats/export-private.h"

/* What of a project the format has no place for, counted before anything is written. */

/* Why, "without a place in COCO, which knows single frames". (transfer full) */
static char *
reason (TpoExport *self, gboolean with_kinds)
{
  const TpoFormat *format = self->format;

  if (with_kinds && format->knows != NULL)
    /* Translators: a format's name, and all that it knows, such as “boxes and masks” */
    return g_strdup_printf (_ ("without a place in %s, which knows %s"), format->title,
                            _ (format->knows));
  return g_strdup_printf (_ ("without a place in %s"), format->title);
}

static void
add (TpoExport *self, TpoHolds feature, const char *what, gint64 count)
{
  const guint kinds = TPO_HOLDS_SPANS | TPO_HOLDS_BOXES | TPO_HOLDS_MASKS;
  g_autofree char *why = NULL;

  if ((self->format->holds & feature) != 0)
    return;
  why = reason (self, (feature & kinds) != 0);
  tpo_loss_report_add (self->report, what, count, why);
}

static gboolean
is_held (TpoExport *self, TpoAnnotationKind kind)
{
  static const TpoHolds features[TPO_ANNOTATION_KIND_COUNT] = {
    [TPO_ANNOTATION_SPAN] = TPO_HOLDS_SPANS,
    [TPO_ANNOTATION_BOX_TRACK] = TPO_HOLDS_BOXES,
    [TPO_ANNOTATION_MASK_TRACK] = TPO_HOLDS_MASKS,
  };

  return (self->format->holds & features[kind]) != 0;
}

/* Of an annotation whose kind has a place. A caption's place takes the label where there is no text. */
static void
add_parts (TpoExport *self, const TpoAnnotationRecord *annotation)
{
  gboolean has_text = annotation->text != NULL && annotation->text[0] != '\0';
  gboolean has_label = tpo_export_label_name (self, annotation->label_id) != NULL;
  gboolean is_caption = (self->format->holds & TPO_HOLDS_TEXTS) != 0;
  g_autofree char *fields = NULL;

  add (self, TPO_HOLDS_TEXTS, N_ ("texts of annotations"), has_text);
  add (self, TPO_HOLDS_LABELS, N_ ("labels of annotations"),
       has_label && (has_text || !is_caption));
  add (self, TPO_HOLDS_STATES, N_ ("states of review (predicted, accepted, corrected)"),
       annotation->status != TPO_STATUS_MANUAL);
  if (!tpo_export_has_dialect (self, annotation, &fields)) {
    g_autofree char *why = reason (self, FALSE);

    tpo_loss_report_add (self->report, N_ ("labels with fields of another format"), 1, why);
  }
  if ((self->format->holds & TPO_HOLDS_ATTRIBUTES) == 0) {
    g_autoptr (GPtrArray) values = tpo_export_list_values (self, annotation);

    add (self, TPO_HOLDS_ATTRIBUTES, N_ ("values of attributes"), values->len);
  }
}

static gboolean
count_video (TpoExport *self, const TpoExportVideo *names, const TpoVideoRecord *video,
             GPtrArray *annotations, gpointer data, GError **error)
{
  gboolean has_any = FALSE;

  for (guint i = 0; i < annotations->len; i++) {
    const TpoAnnotationRecord *annotation = annotations->pdata[i];

    if (is_held (self, annotation->kind)) {
      add_parts (self, annotation);
      tpo_contents_count (&self->report->contents, annotation->kind);
      has_any = TRUE;
      continue;
    }
    add (self, TPO_HOLDS_SPANS, N_ ("spans"), annotation->kind == TPO_ANNOTATION_SPAN);
    add (self, TPO_HOLDS_BOXES, N_ ("box tracks"),
         annotation->kind == TPO_ANNOTATION_BOX_TRACK);
    add (self, TPO_HOLDS_MASKS, N_ ("mask tracks"),
         annotation->kind == TPO_ANNOTATION_MASK_TRACK);
  }
  self->report->contents.n_videos += has_any;
  return TRUE;
}

gboolean
tpo_export_add_format_losses (TpoExport *self, const TpoStoreCounts *counts, GError **error)
{
  gboolean is_done;

  add (self, TPO_HOLDS_CHAT, N_ ("messages of conversations"), counts->n_messages);
  add (self, TPO_HOLDS_CURVES, N_ ("saliency curves"), counts->n_curves);
  add (self, TPO_HOLDS_PREDICTIONS, N_ ("predictions with their prompts and settings"),
       counts->n_predictions);
  add (self, TPO_HOLDS_HISTORY, N_ ("earlier revisions with their authors"),
       counts->n_corrections);
  if ((self->format->holds & TPO_HOLDS_CHAT) != 0)
    self->report->contents.n_messages = (guint) counts->n_messages;
  self->is_counting = TRUE;
  is_done = tpo_export_each_video (self, count_video, NULL, error);
  self->is_counting = FALSE;
  return is_done;
}
