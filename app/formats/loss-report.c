#include "formats/tpo-loss-report.h"

#include <glib/gi18n.h>

static void
loss_free (gpointer data)
{
  TpoLoss *loss = data;

  g_free (loss->what);
  g_free (loss->why);
  g_free (loss);
}

void
tpo_contents_count (TpoContents *self, TpoAnnotationKind kind)
{
  self->n_spans += kind == TPO_ANNOTATION_SPAN;
  self->n_box_tracks += kind == TPO_ANNOTATION_BOX_TRACK;
  self->n_mask_tracks += kind == TPO_ANNOTATION_MASK_TRACK;
}

TpoLossReport *
tpo_loss_report_new (void)
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

/* With a large letter, where the script has such. */
static void
append_line (GString *text, const char *line)
{
  const char *rest = g_utf8_next_char (line);

  g_string_append_unichar (text, g_unichar_toupper (g_utf8_get_char (line)));
  g_string_append_printf (text, "%s\n", rest);
}

char *
tpo_loss_report_to_text (const TpoLossReport *self)
{
  GString *text = g_string_new (NULL);

  g_return_val_if_fail (self != NULL, NULL);

  for (guint i = 0; i < self->losses->len; i++) {
    const TpoLoss *loss = self->losses->pdata[i];
    g_autofree char *count = g_strdup_printf ("%" G_GINT64_FORMAT, loss->count);
    /* Translators: what an export leaves out or changes, “spans”, “widened to whole frames”, and
     * how many; turn them round, as in “%2$s %1$s: %3$s”, where your language puts the noun last */
    g_autofree char *line =
        g_strdup_printf (_ ("%1$s %2$s: %3$s"), _ (loss->what), _ (loss->why), count);

    append_line (text, line);
  }
  return g_string_free (text, FALSE);
}
