#include "config.h"

#include "media/sequence-finder.h"

#include <tpo/error.h>

#include "formats/video-record.h"
#include "media/media-files.h"
#include "media/sequence-video.h"

TpoSequenceFinder *
tpo_sequence_finder_new (GFile *folder, double rate, gboolean is_trial)
{
  TpoSequenceFinder *self = g_new0 (TpoSequenceFinder, 1);

  self->folder = g_object_ref (folder);
  self->rate = rate;
  self->is_trial = is_trial;
  return self;
}

void
tpo_sequence_finder_free (TpoSequenceFinder *self)
{
  g_object_unref (self->folder);
  g_clear_pointer (&self->sequences, g_ptr_array_unref);
  g_free (self->unmade);
  g_free (self->problem);
  g_free (self);
}

static void
on_found (GFile *file, gpointer user_data)
{
  /* Videos are found by their names without a search. */
}

static void
on_found_sequence (TpoPictureSequence *sequence, gpointer user_data)
{
  TpoSequenceFinder *self = user_data;

  if (sequence->is_labels)
    tpo_picture_sequence_free (sequence);
  else
    g_ptr_array_add (self->sequences, sequence);
}

static void
on_failed (GFile *folder, const char *reason, gpointer user_data)
{
  /* What is in there is missing, as the report of the import says. */
}

static void
search (TpoSequenceFinder *self, GCancellable *cancellable)
{
  const TpoMediaSink sink = { on_found, on_found_sequence, on_failed, self };
  g_autoptr (GPtrArray) folders = g_ptr_array_new ();

  self->sequences = g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_picture_sequence_free);
  g_ptr_array_add (folders, self->folder);
  tpo_media_files_find (folders, &sink, cancellable);
}

static const TpoPictureSequence *
get_sequence (TpoSequenceFinder *self, const char *name)
{
  g_autofree char *base = g_path_get_basename (name);
  g_autofree char *ending = g_strconcat ("/", name, NULL);
  const TpoPictureSequence *named = NULL;

  for (guint i = self->sequences->len; i-- > 0;) {
    const TpoPictureSequence *sequence = self->sequences->pdata[i];

    if (g_str_has_suffix (g_file_peek_path (sequence->folder), ending))
      return sequence;
    if (named == NULL && g_str_equal (sequence->name, base))
      named = sequence;
  }
  return named;
}

static TpoVideoRecord *
make (TpoSequenceFinder *self, const TpoPictureSequence *sequence, GCancellable *cancellable,
      GError **error)
{
  double rate = sequence->rate > 0 ? sequence->rate : self->rate;
  g_autoptr (GFile) file = tpo_sequence_video_find (sequence);

  if (file == NULL && self->is_trial)
    return tpo_sequence_video_describe (sequence, rate, cancellable, error);
  if (file == NULL)
    file = tpo_sequence_video_make (sequence, rate, cancellable, error);
  return file != NULL ? tpo_video_record_from_file (g_file_peek_path (file), cancellable, error)
                      : NULL;
}

TpoVideoRecord *
tpo_sequence_finder_find (const char *name, gpointer finder, GCancellable *cancellable,
                          GError **error)
{
  TpoSequenceFinder *self = finder;
  const TpoPictureSequence *sequence;
  g_autoptr (GError) problem = NULL;
  TpoVideoRecord *record;

  if (self->sequences == NULL)
    search (self, cancellable);
  sequence = get_sequence (self, name);
  if (sequence == NULL)
    return NULL;
  if (self->rate <= 0) {
    if (self->unmade == NULL)
      self->unmade = g_strdup (sequence->name);
    return NULL;
  }
  record = make (self, sequence, cancellable, &problem);
  if (record != NULL || !g_error_matches (problem, TPO_ERROR, TPO_ERROR_INVALID)) {
    if (record == NULL)
      g_propagate_error (error, g_steal_pointer (&problem));
    return record;
  }
  if (self->problem == NULL)
    self->problem =
        g_strdup_printf ("%s: %s", g_file_peek_path (sequence->folder), problem->message);
  return NULL;
}
