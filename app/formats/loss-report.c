#include "formats/export-private.h"

static void
loss_free (gpointer data)
{
  TpoLoss *loss = data;

  g_free (loss->what);
  g_free (loss->why);
  g_free (loss);
}

static TpoLossReport *
loss_report_new (void)
{
  TpoLossReport *self = g_new0 (TpoLossReport, 1);

  self->losses = g_ptr_array_new_with_free_func (loss_free);
  return self;
}

void
tpo_loss_report_free (TpoLossReport *self)
{
  g_ptr_array_unref (self->losses);
  g_free (self);
}

void
tpo_loss_report_add (TpoLossReport *self, const char *what, gint64 count, const char *why)
{
  TpoLoss *loss;

  if (count == 0)
    return;
  for (guint i = 0; i < self->losses->len; i++) {
    loss = self->losses->pdata[i];
    if (g_str_equal (loss->what, what) && g_str_equal (loss->why, why)) {
      loss->count += count;
      return;
    }
  }
  loss = g_new0 (TpoLoss, 1);
  loss->what = g_strdup (what);
  loss->count = count;
  loss->why = g_strdup (why);
  g_ptr_array_add (self->losses, loss);
}

char *
tpo_loss_report_to_text (const TpoLossReport *self)
{
  GString *text = g_string_new (NULL);

  g_return_val_if_fail (self != NULL, NULL);

  for (guint i = 0; i < self->losses->len; i++) {
    const TpoLoss *loss = self->losses->pdata[i];

    g_string_append_printf (text, "%" G_GINT64_FORMAT " %s %s\n", loss->count, loss->what,
                            loss->why);
  }
  return g_string_free (text, FALSE);
}

/* What of a project a format may have no place for. */
typedef enum {
  FEATURE_SPANS,
  FEATURE_BOX_TRACKS,
  FEATURE_MASK_TRACKS,
  FEATURE_MESSAGES,
  FEATURE_CURVES,
  FEATURE_PREDICTIONS,
  FEATURE_CORRECTIONS,
  FEATURE_COUNT,
} Feature;

static const char *const names[FEATURE_COUNT] = {
  [FEATURE_SPANS] = "spans",
  [FEATURE_BOX_TRACKS] = "box tracks",
  [FEATURE_MASK_TRACKS] = "mask tracks",
  [FEATURE_MESSAGES] = "messages of conversations",
  [FEATURE_CURVES] = "saliency curves",
  [FEATURE_PREDICTIONS] = "predictions with their prompts and settings",
  [FEATURE_CORRECTIONS] = "earlier revisions with their authors",
};

/* Why a format has no place for a feature; NULL where it has one. */
static const char *const reasons[TPO_EXPORT_FORMAT_COUNT][FEATURE_COUNT] = {
  [TPO_EXPORT_COCO] = {
    [FEATURE_SPANS] = "have no place in COCO, which knows single frames",
    [FEATURE_MESSAGES] = "have no place in COCO",
    [FEATURE_CURVES] = "have no place in COCO",
    [FEATURE_PREDICTIONS] = "have no place in COCO",
    [FEATURE_CORRECTIONS] = "have no place in COCO",
  },
  [TPO_EXPORT_ACTIVITYNET] = {
    [FEATURE_BOX_TRACKS] = "have no place in ActivityNet Captions, which knows spans",
    [FEATURE_MASK_TRACKS] = "have no place in ActivityNet Captions, which knows spans",
    [FEATURE_MESSAGES] = "have no place in ActivityNet Captions",
    [FEATURE_CURVES] = "have no place in ActivityNet Captions",
    [FEATURE_PREDICTIONS] = "have no place in ActivityNet Captions",
    [FEATURE_CORRECTIONS] = "have no place in ActivityNet Captions",
  },
  [TPO_EXPORT_QVHIGHLIGHTS] = {
    [FEATURE_BOX_TRACKS] = "have no place in QVHighlights, which knows spans",
    [FEATURE_MASK_TRACKS] = "have no place in QVHighlights, which knows spans",
    [FEATURE_MESSAGES] = "have no place in QVHighlights",
    [FEATURE_PREDICTIONS] = "have no place in QVHighlights",
    [FEATURE_CORRECTIONS] = "have no place in QVHighlights",
  },
};

static gint64
n_of_kind (const TpoStoreCounts *counts, TpoAnnotationKind kind)
{
  gint64 n = 0;

  for (guint status = 0; status < TPO_STATUS_COUNT; status++)
    n += counts->n_annotations[kind][status];
  return n;
}

void
tpo_export_add_format_losses (TpoExport *self, const TpoStoreCounts *counts)
{
  const gint64 numbers[FEATURE_COUNT] = {
    [FEATURE_SPANS] = n_of_kind (counts, TPO_ANNOTATION_SPAN),
    [FEATURE_BOX_TRACKS] = n_of_kind (counts, TPO_ANNOTATION_BOX_TRACK),
    [FEATURE_MASK_TRACKS] = n_of_kind (counts, TPO_ANNOTATION_MASK_TRACK),
    [FEATURE_MESSAGES] = counts->n_messages,
    [FEATURE_CURVES] = counts->n_curves,
    [FEATURE_PREDICTIONS] = counts->n_predictions,
    [FEATURE_CORRECTIONS] = counts->n_corrections,
  };

  self->report = loss_report_new ();
  for (guint i = 0; i < FEATURE_COUNT; i++)
    if (reasons[self->format][i] != NULL)
      tpo_loss_report_add (self->report, names[i], numbers[i], reasons[self->format][i]);
}
