#include "config.h"

#include "cli/eval-doubts.h"

#include <errno.h>

#include <tpo/error.h>

#include "document/findings.h"
#include "review/doubts.h"

struct _TpoEvalDoubts {
  FILE *file;
  TpoPredictionRecord *finding; /* nullable: of the answer that is being given */
  GPtrArray *keyframes;         /* likewise, TpoKeyframeRecord */
};

static GPtrArray *
keyframes_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_keyframe_record_free);
}

TpoEvalDoubts *
tpo_eval_doubts_new (const char *path, GError **error)
{
  FILE *file = fopen (path, "w");
  TpoEvalDoubts *self;

  if (file == NULL) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_IO, "%s cannot be written: %s", path,
                 g_strerror (errno));
    return NULL;
  }
  self = g_new0 (TpoEvalDoubts, 1);
  self->file = file;
  self->keyframes = keyframes_new ();
  fputs (
      "group\tfile\toverlap\tgain\tflat\telsewhere\trival\tscore\tloss\tjump\ttext\tanswers\n",
      file);
  return self;
}

static void
forget (TpoEvalDoubts *self)
{
  g_clear_pointer (&self->finding, tpo_prediction_record_free);
  g_ptr_array_unref (self->keyframes);
  self->keyframes = keyframes_new ();
}

void
tpo_eval_doubts_free (TpoEvalDoubts *self)
{
  g_clear_pointer (&self->finding, tpo_prediction_record_free);
  g_ptr_array_unref (self->keyframes);
  fclose (self->file);
  g_free (self);
}

void
tpo_eval_doubts_add (TpoEvalDoubts *self, TpoVideo *video, const TpoEvent *event)
{
  if (event->kind == TPO_EVENT_SPANS && self->finding == NULL)
    self->finding = tpo_finding_of_spans (video, event);
  else if (event->kind == TPO_EVENT_MASK)
    g_ptr_array_add (self->keyframes, tpo_finding_keyframe (video, event));
}

void
tpo_eval_doubts_write (TpoEvalDoubts *self, TpoVideo *video, const char *group,
                       const char *file, const char *text, double overlap)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  TpoDoubts doubts;

  if (self->finding == NULL && self->keyframes->len > 0) {
    tpo_finding_sort (self->keyframes);
    self->finding = tpo_finding_of_masks (video, self->keyframes);
  }
  if (group != NULL && self->finding != NULL) {
    tpo_doubts_read (&doubts, self->finding, text);
    fprintf (self->file, "%s\t%s", group, file);
    fprintf (self->file, "\t%s", g_ascii_formatd (number, sizeof number, "%.4f", overlap));
    fprintf (self->file, "\t%s",
             g_ascii_formatd (number, sizeof number, "%.4f", tpo_doubts_gain (&doubts, NULL)));
    for (guint i = 0; i < TPO_DOUBT_COUNT; i++)
      fprintf (self->file, "\t%s",
               g_ascii_formatd (number, sizeof number, "%.4f", doubts.d[i]));
    fputc ('\n', self->file);
  }
  forget (self);
}
