#include "config.h"

#include "videos/video-import-job.h"

#include <glib/gi18n.h>

#include <tpo/error.h>

#include "files/shown-name.h"
#include "formats/video-record.h"
#include "media/media-files.h"
#include "media/sequence-video.h"
#include "store/tpo-store-videos.h"
#include "videos/thumbnail.h"

/* What the thread alone works with. */
typedef struct {
  TpoVideoImportJob *job;
  GPtrArray *found;   /* GFile that look like videos */
  GHashTable *places; /* the same, as a set */
  TpoStore *store;
  GHashTable *known;  /* address → TpoVideoRecord of the project */
  GPtrArray *records; /* that @known points to */
  gint64 step_id;     /* undo step that all of it joins */
} Work;

TpoVideoImportJob *
tpo_video_import_job_new (const char *project)
{
  TpoVideoImportJob *self = g_new0 (TpoVideoImportJob, 1);

  self->project = g_strdup (project);
  self->files = g_ptr_array_new_with_free_func (g_object_unref);
  self->asked = g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_picture_sequence_free);
  self->failed = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
tpo_video_import_job_free (TpoVideoImportJob *self)
{
  g_ptr_array_unref (self->files);
  g_clear_pointer (&self->sequences, g_ptr_array_unref);
  g_clear_pointer (&self->asked, g_ptr_array_unref); /* both are taken once it is done */
  g_clear_pointer (&self->failed, g_ptr_array_unref);
  g_free (self->project);
  g_free (self->reason);
  g_free (self->problem);
  g_free (self);
}

/* ---- what there is ------------------------------------------------------------------------------- */

static void
on_failed (GFile *file, const char *reason, gpointer user_data)
{
  TpoVideoImportJob *job = ((Work *) user_data)->job;

  g_ptr_array_add (job->failed, tpo_shown_name (file));
  if (job->reason == NULL)
    job->reason = g_strdup (reason);
}

static void
on_found (GFile *file, gpointer user_data)
{
  Work *self = user_data;

  if (g_hash_table_contains (self->places, file))
    return;
  g_ptr_array_add (self->found, g_object_ref (file));
  g_hash_table_add (self->places, file);
  g_atomic_int_inc (&self->job->n_found);
}

/* Nobody is asked about one whose video was made before. */
static void
on_found_sequence (TpoPictureSequence *sequence, gpointer user_data)
{
  Work *self = user_data;
  g_autoptr (GFile) made = sequence->is_labels ? NULL : tpo_sequence_video_find (sequence);

  if (sequence->is_labels)
    self->job->n_label_folders++;
  else if (made != NULL)
    on_found (made, self);
  else {
    g_ptr_array_add (self->job->asked, sequence);
    return;
  }
  tpo_picture_sequence_free (sequence);
}

/* The pictures of sequences that are no videos. */
static void
find_pictures (Work *self)
{
  GPtrArray *sequences = self->job->sequences;

  for (guint i = 0; i < sequences->len; i++) {
    const TpoPictureSequence *sequence = sequences->pdata[i];

    for (guint k = 0; k < sequence->files->len; k++) {
      g_autoptr (GFile) file = g_file_get_child (sequence->folder, sequence->files->pdata[k]);

      on_found (file, self);
    }
  }
}

/* ---- one file ------------------------------------------------------------------------------------ */

static gboolean
list_known (Work *self, GError **error)
{
  self->records = tpo_store_list_videos (self->store, error);
  for (guint i = 0; self->records != NULL && i < self->records->len; i++) {
    TpoVideoRecord *record = g_ptr_array_index (self->records, i);

    g_hash_table_insert (self->known, record->uri, record);
  }
  return self->records != NULL;
}

/* Same address, size and date: no need to look inside. */
static gboolean
is_unchanged (Work *self, GFile *file, GCancellable *cancellable)
{
  g_autofree char *uri = g_file_get_uri (file);
  const TpoVideoRecord *record = g_hash_table_lookup (self->known, uri);
  g_autoptr (GFileInfo) info = NULL;

  if (record == NULL)
    return FALSE;
  info = g_file_query_info (
      file, G_FILE_ATTRIBUTE_STANDARD_SIZE "," G_FILE_ATTRIBUTE_TIME_MODIFIED,
      G_FILE_QUERY_INFO_NONE, cancellable, NULL); /* a file that is gone is said so later */
  return info != NULL && g_file_info_get_size (info) == record->size &&
         (gint64) g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_TIME_MODIFIED) *
                 G_USEC_PER_SEC ==
             record->modified_us;
}

/* A second copy of a video that is where it was adds nothing. */
static gboolean
is_elsewhere (Work *self, const TpoVideoRecord *video, gint64 *known_id, GError **error)
{
  g_autoptr (TpoVideoRecord) known = NULL;
  g_autoptr (GFile) file = NULL;

  *known_id = tpo_store_find_video (self->store, video->content_hash, NULL, error);
  if (*known_id <= 0)
    return FALSE;
  known = tpo_store_get_video (self->store, *known_id, error);
  if (known == NULL)
    return FALSE;
  file = g_file_new_for_uri (known->uri);
  return g_file_query_exists (file, NULL);
}

/* While it is open; a file may be too large to be read for a picture alone. */
static void
save_thumbnail (Work *self, gint64 id, TpoVideo *video, GCancellable *cancellable)
{
  g_autoptr (GBytes) picture =
      tpo_thumbnail_new (video, cancellable, NULL); /* lists show an empty frame */

  if (picture != NULL)
    tpo_store_set_thumbnail (self->store, id, picture, NULL); /* as above */
}

/* Returns: the id of a video that the project did not have, 0 of one that it had, or -1 */
static gint64
save (Work *self, const TpoVideoRecord *video, GError **error)
{
  TpoEdit edit = { .name = N_ ("Add Videos"), .amend_step = self->step_id };
  g_autoptr (GError) problem = NULL;
  gint64 known_id = 0, id;

  if (is_elsewhere (self, video, &known_id, &problem)) {
    self->job->n_known++;
    return 0;
  }
  if (problem != NULL) {
    g_propagate_error (error, g_steal_pointer (&problem));
    return -1;
  }
  id = tpo_store_import_video (self->store, video, &edit, error);
  if (id == 0)
    return -1;
  self->step_id = tpo_store_get_last_step (self->store);
  if (known_id != 0)
    self->job->n_known++;
  else
    self->job->n_added++;
  return known_id != 0 ? 0 : id;
}

/* Returns: whether to go on */
static gboolean
add_file (Work *self, GFile *file, GCancellable *cancellable, GError **error)
{
  g_autofree char *location = g_file_get_path (file);
  g_autoptr (TpoVideo) video = NULL;
  g_autoptr (TpoVideoRecord) record = NULL;
  g_autoptr (GError) problem = NULL;
  gint64 id;

  if (is_unchanged (self, file, cancellable)) {
    self->job->n_known++;
    return TRUE;
  }
  if (location == NULL)
    location = g_file_get_uri (file);
  video = tpo_video_open (location, NULL, cancellable, &problem);
  if (video != NULL)
    record = tpo_video_record_new (video, location, cancellable, &problem);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (record == NULL) {
    on_failed (file, problem->message, self);
    return TRUE;
  }
  id = save (self, record, error);
  if (id > 0)
    save_thumbnail (self, id, video, cancellable);
  return id >= 0;
}

/* ---- all of it ----------------------------------------------------------------------------------- */

/* Returns: whether to go on */
static gboolean
add_sequence (Work *self, const TpoPictureSequence *sequence, GCancellable *cancellable,
              GError **error)
{
  double rate = sequence->rate > 0 ? sequence->rate : self->job->rate;
  g_autoptr (GError) problem = NULL;
  g_autoptr (GFile) file = tpo_sequence_video_make (sequence, rate, cancellable, &problem);

  if (file != NULL)
    return add_file (self, file, cancellable, error);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  on_failed (sequence->folder, problem->message, self);
  return TRUE;
}

static gboolean
run (Work *self, GCancellable *cancellable, GError **error)
{
  const TpoMediaSink sink = { on_found, on_found_sequence, on_failed, self };
  TpoVideoImportJob *job = self->job;
  guint n_videos = job->sequences != NULL && job->rate > 0 ? job->sequences->len : 0;
  gboolean ok;

  self->store = tpo_store_open (job->project, TPO_STORE_DEFAULT, error);
  ok = self->store != NULL && list_known (self, error);
  if (ok)
    tpo_media_files_find (job->files, &sink, cancellable);
  if (job->sequences != NULL && job->rate <= 0)
    find_pictures (self);
  g_atomic_int_add (&job->n_found, (int) n_videos);
  for (guint i = 0; ok && i < self->found->len; i++) {
    ok = add_file (self, self->found->pdata[i], cancellable, error);
    g_atomic_int_inc (&job->n_done);
  }
  for (guint i = 0; ok && i < n_videos; i++) {
    ok = add_sequence (self, job->sequences->pdata[i], cancellable, error);
    g_atomic_int_inc (&job->n_done);
  }
  return ok;
}

void
tpo_video_import_job_run (TpoVideoImportJob *job, GCancellable *cancellable)
{
  Work self = {
    .job = job,
    .found = g_ptr_array_new_with_free_func (g_object_unref),
    .places = g_hash_table_new (g_file_hash, (GEqualFunc) g_file_equal),
    .known = g_hash_table_new (g_str_hash, g_str_equal),
  };
  g_autoptr (GError) error = NULL;

  if (!run (&self, cancellable, &error) &&
      !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    job->problem = g_strdup (error->message);
  g_clear_pointer (&self.store, tpo_store_close);
  g_hash_table_unref (self.known);
  g_clear_pointer (&self.records, g_ptr_array_unref);
  g_hash_table_unref (self.places);
  g_ptr_array_unref (self.found);
}
