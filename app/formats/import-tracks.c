#include <glib/gi18n.h>

#include "formats/import-private.h"

static gint
compare_times (gconstpointer a, gconstpointer b)
{
  const TpoKeyframeRecord *const *left = a, *const *right = b;

  return (*left)->time_us < (*right)->time_us ? -1 : (*left)->time_us > (*right)->time_us;
}

static gint64
frame_of (const TpoImportItem *track, const TpoKeyframeRecord *keyframe)
{
  const TpoVideoRecord *video = track->video->record;

  return tpo_frame_at (video->frame_times_us, video->n_frames, keyframe->time_us);
}

static void
append_absent (GPtrArray *keyframes, gint64 time_us)
{
  TpoKeyframeRecord *keyframe = g_new0 (TpoKeyframeRecord, 1);

  keyframe->time_us = time_us;
  keyframe->is_absent = TRUE;
  keyframe->provenance = TPO_PROVENANCE_IMPORTED;
  keyframe->score = -1;
  g_ptr_array_add (keyframes, keyframe);
}

/*
 * In order, one for each frame, with the gaps of a steady track filled, and without absences that
 * say nothing: at the beginning, and after another one.
 */
static GPtrArray *
tidy (TpoImport *self, TpoImportItem *track)
{
  GPtrArray *tidied =
      g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_keyframe_record_free);
  const TpoVideoRecord *video = track->video->record;
  gint64 last_frame = -1;

  g_ptr_array_sort (track->keyframes, compare_times); /* stable */
  for (guint i = 0; i < track->keyframes->len; i++) {
    TpoKeyframeRecord *keyframe = track->keyframes->pdata[i];
    const TpoKeyframeRecord *last = tidied->len > 0 ? tidied->pdata[tidied->len - 1] : NULL;
    gint64 frame = frame_of (track, keyframe);

    if (last != NULL && last->time_us == keyframe->time_us) {
      if (!keyframe->is_absent && !last->is_absent)
        tpo_import_lose (self, N_ ("boxes and masks"), 1,
                         N_ ("beside another one of the same object on one frame, left out"));
      if (!last->is_absent || keyframe->is_absent)
        continue;
      g_ptr_array_set_size (tidied, (gint) tidied->len - 1);
      last = tidied->len > 0 ? tidied->pdata[tidied->len - 1] : NULL;
    }
    if (keyframe->is_absent && (last == NULL || last->is_absent))
      continue;
    if (track->step > 0 && last != NULL && !last->is_absent && frame > last_frame + track->step)
      append_absent (tidied, video->frame_times_us[last_frame + track->step]);
    last = tidied->len > 0 ? tidied->pdata[tidied->len - 1] : NULL;
    if (keyframe->is_absent && last->is_absent)
      continue;
    g_ptr_array_add (tidied, keyframe);
    track->keyframes->pdata[i] = NULL;
    last_frame = frame;
  }
  return tidied;
}

/* Where the track begins and ends; the absence that ends it is no keyframe any more. */
static void
find_ends (TpoImportItem *track)
{
  const TpoVideoRecord *video = track->video->record;
  const TpoKeyframeRecord *first = track->keyframes->pdata[0];
  const TpoKeyframeRecord *last = track->keyframes->pdata[track->keyframes->len - 1];

  track->start_us = first->time_us;
  if (track->given_start_us < track->given_end_us) {
    track->start_us = track->given_start_us;
    track->end_us = track->given_end_us;
  } else if (last->is_absent) {
    track->end_us = last->time_us;
    g_ptr_array_set_size (track->keyframes, (gint) track->keyframes->len - 1);
  } else if (track->is_open_ended) {
    track->end_us = video->duration_us;
  } else {
    track->end_us = tpo_frame_end (video->frame_times_us, video->n_frames, video->duration_us,
                                   frame_of (track, last));
  }
}

/* In the order of their beginnings, as a project lists them. */
static gint
compare_items (gconstpointer a, gconstpointer b)
{
  const TpoImportItem *const *left = a, *const *right = b;
  guint x = (*left)->video->number, y = (*right)->video->number;

  if (x != y)
    return x < y ? -1 : 1;
  return (*left)->start_us < (*right)->start_us ? -1 : (*left)->start_us > (*right)->start_us;
}

void
tpo_import_finish_tracks (TpoImport *self)
{
  for (guint i = self->items->len; i > 0; i--) {
    TpoImportItem *item = self->items->pdata[i - 1];
    GPtrArray *tidied;

    if (item->kind == TPO_ANNOTATION_SPAN)
      continue;
    g_ptr_array_set_free_func (item->keyframes, NULL); /* shared out by tidy() */
    tidied = tidy (self, item);
    for (guint k = 0; k < item->keyframes->len; k++)
      if (item->keyframes->pdata[k] != NULL)
        tpo_keyframe_record_free (item->keyframes->pdata[k]);
    g_ptr_array_unref (item->keyframes);
    item->keyframes = tidied;
    if (tidied->len > 0) {
      find_ends (item);
      continue;
    }
    tpo_import_lose (self, N_ ("tracks"), !item->is_dropped,
                     N_ ("without a box or mask in their video"));
    g_ptr_array_remove_index (self->items, i - 1);
  }
  g_ptr_array_sort (self->items, compare_items); /* stable */
}
