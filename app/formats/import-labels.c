#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "formats/import-private.h"

void
tpo_import_lose (TpoImport *self, const char *what, gint64 count, const char *why)
{
  tpo_loss_report_add (self->report, what, count, why);
}

gboolean
tpo_import_add_label (TpoImport *self, const char *name)
{
  g_autofree char *label = g_strstrip (g_strdup (name));

  if (g_hash_table_contains (self->labels, label))
    return TRUE;
  if (label[0] == '\0' || g_hash_table_size (self->labels) >= TPO_MAX_LABELS)
    return FALSE;
  g_ptr_array_add (self->label_names, g_strdup (label));
  g_hash_table_add (self->labels, g_steal_pointer (&label));
  return TRUE;
}

void
tpo_import_set_label (TpoImport *self, TpoImportItem *item, const char *label)
{
  if (label == NULL || label[strspn (label, " \t\r\n")] == '\0')
    return;
  if (!tpo_import_add_label (self, label)) {
    tpo_import_lose (self, N_ ("labels of annotations"), 1,
                     N_ ("beyond the number of different ones that an import takes"));
    return;
  }
  g_free (item->label);
  item->label = g_strstrip (g_strdup (label));
}

void
tpo_import_set_text (TpoImport *self, TpoImportItem *item, const char *text)
{
  if (text == NULL || text[0] == '\0')
    return;
  g_free (item->text);
  item->text = g_strdup (text);
}

void
tpo_import_set_status (TpoImportItem *item, const char *name)
{
  for (guint status = 0; name != NULL && status < TPO_STATUS_COUNT; status++)
    if (g_str_equal (name, tpo_annotation_status_name ((TpoAnnotationStatus) status)))
      item->status = (TpoAnnotationStatus) status;
}

void
tpo_import_set_author (TpoImportItem *item, const char *name)
{
  if (name == NULL || name[0] == '\0' || strlen (name) > TPO_MAX_NAME)
    return;
  g_free (item->author);
  item->author = g_strdup (name);
}

static TpoImportItem *
add_item (TpoImport *self, TpoImportVideo *video, TpoAnnotationKind kind)
{
  TpoImportItem *item = g_new0 (TpoImportItem, 1);

  item->video = video;
  item->kind = kind;
  item->status = TPO_STATUS_MANUAL;
  g_ptr_array_add (self->items, item);
  return item;
}

static gboolean
may_add (TpoImport *self)
{
  if (self->items->len < TPO_MAX_ITEMS)
    return TRUE;
  tpo_import_lose (self, N_ ("annotations"), 1, N_ ("beyond the number that an import takes"));
  return FALSE;
}

static TpoImportItem *
add_span (TpoImport *self, TpoImportVideo *video, const char *label, const char *text,
          gint64 start_us, gint64 end_us)
{
  TpoImportItem *item;

  if (!may_add (self))
    return NULL;
  item = add_item (self, video, TPO_ANNOTATION_SPAN);
  item->start_us = start_us;
  item->end_us = end_us;
  tpo_import_set_label (self, item, label);
  tpo_import_set_text (self, item, text);
  return item;
}

static gint64
to_us (double seconds)
{
  return llround (CLAMP (seconds, -TPO_MAX_SECONDS, TPO_MAX_SECONDS) * G_USEC_PER_SEC);
}

void
tpo_import_set_ends (TpoImportItem *track, double start_s, double end_s)
{
  gint64 duration_us = track->video->record->duration_us;

  track->given_start_us = CLAMP (to_us (start_s), 0, duration_us);
  track->given_end_us = CLAMP (to_us (end_s), track->given_start_us, duration_us);
}

TpoImportItem *
tpo_import_add_span (TpoImport *self, TpoImportVideo *video, const char *label,
                     const char *text, double start_s, double end_s)
{
  gint64 start_us = to_us (MIN (start_s, end_s)), end_us = to_us (MAX (start_s, end_s));
  gint64 duration_us = video->record->duration_us;

  if (start_s > end_s)
    tpo_import_lose (self, N_ ("spans"), 1, N_ ("with end before start, swapped"));
  if (start_us >= duration_us || end_us <= 0 || start_us == end_us) {
    tpo_import_lose (self, N_ ("spans"), 1, N_ ("without a part in their video, left out"));
    return NULL;
  }
  if (start_us < 0 || end_us > duration_us)
    tpo_import_lose (self, N_ ("spans"), 1, N_ ("beyond the end of their video, cut there"));
  return add_span (self, video, label, text, MAX (start_us, 0), MIN (end_us, duration_us));
}

TpoImportItem *
tpo_import_add_frames (TpoImport *self, TpoImportVideo *video, const char *label,
                       const char *text, gint64 first, gint64 last)
{
  const TpoVideoRecord *record = video->record;

  if (first > last || last < 0 || first >= record->n_frames) {
    tpo_import_lose (self, N_ ("spans"), 1, N_ ("without a part in their video, left out"));
    return NULL;
  }
  if (first < 0 || last >= record->n_frames)
    tpo_import_lose (self, N_ ("spans"), 1, N_ ("beyond the end of their video, cut there"));
  first = MAX (first, 0);
  last = MIN (last, record->n_frames - 1);
  return add_span (
      self, video, label, text, record->frame_times_us[first],
      tpo_frame_end (record->frame_times_us, record->n_frames, record->duration_us, last));
}

static char *
track_key (const TpoImportVideo *video, const char *key)
{
  return g_strdup_printf ("%p %s", (gconstpointer) video, key);
}

TpoImportItem *
tpo_import_find_track (TpoImport *self, TpoImportVideo *video, const char *key)
{
  g_autofree char *name = track_key (video, key);

  return g_hash_table_lookup (self->tracks, name);
}

TpoImportItem *
tpo_import_get_track (TpoImport *self, TpoImportVideo *video, const char *key)
{
  TpoImportItem *track = tpo_import_find_track (self, video, key);

  if (track != NULL)
    return track;
  track = add_item (self, video, TPO_ANNOTATION_BOX_TRACK);
  track->keyframes = g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_keyframe_record_free);
  g_hash_table_insert (self->tracks, track_key (video, key), track);
  return track;
}

void
tpo_import_drop_track (TpoImport *self, TpoImportItem *track)
{
  self->n_keyframes -= track->keyframes->len;
  g_ptr_array_set_size (track->keyframes, 0);
  track->is_dropped = TRUE;
}

guint
tpo_import_add_prediction (TpoImport *self, TpoPredictionRecord *prediction)
{
  g_ptr_array_add (self->predictions, prediction);
  return self->predictions->len;
}

TpoImportTalk *
tpo_import_add_talk (TpoImport *self, TpoImportVideo *video, const char *title)
{
  TpoImportTalk *talk = g_new0 (TpoImportTalk, 1);

  talk->video = video;
  talk->title = g_strdup (title);
  talk->texts = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (self->talks, talk);
  return talk;
}
