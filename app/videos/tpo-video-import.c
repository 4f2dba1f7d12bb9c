#include "config.h"

#include "videos/tpo-video-import.h"

#include <glib/gi18n.h>

#include <tpo/error.h>

#include "files/shown-name.h"
#include "formats/video-record.h"
#include "store/tpo-store-videos.h"
#include "videos/media-files.h"
#include "videos/thumbnail.h"

static const guint PROGRESS_EVERY_MS = 150;

/* More names than these make no sentence. */
static const guint MAX_NAMES = 5;

/* What the thread works with; the main thread looks at the two numbers alone until it is done. */
typedef struct {
  char *project;
  GPtrArray *files; /* GFile that were asked for */
  GPtrArray *found; /* GFile that look like videos */
  TpoStore *store;
  GHashTable *known;   /* address → TpoVideoRecord of the project */
  GPtrArray *records;  /* that @known points to */
  gint64 step_id;      /* undo step that all of it joins */
  int n_found, n_done; /* atomic */
  guint n_added, n_known;
  GPtrArray *failed;
  char *reason, *problem;
} Job;

struct _TpoVideoImport {
  GObject parent_instance;

  TpoDocument *document;
  GPtrArray *waiting;        /* nullable: GFile for the next job */
  GCancellable *cancellable; /* nullable: of the job that runs */
  Job *job;                  /* nullable: of the task that runs, which owns it */
  TpoVideoImportResult result;
  guint base_found, base_done; /* of jobs before */
  guint progress_id;
};

G_DEFINE_FINAL_TYPE (TpoVideoImport, tpo_video_import, G_TYPE_OBJECT)

enum {
  PROGRESS,
  FINISHED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
job_free (Job *self)
{
  g_clear_pointer (&self->store, tpo_store_close);
  g_ptr_array_unref (self->files);
  g_ptr_array_unref (self->found);
  g_ptr_array_unref (self->failed);
  g_hash_table_unref (self->known);
  g_clear_pointer (&self->records, g_ptr_array_unref);
  g_free (self->project);
  g_free (self->reason);
  g_free (self->problem);
  g_free (self);
}

/* ---- in the thread ------------------------------------------------------------------------------- */

static void
on_failed (GFile *file, const char *reason, gpointer user_data)
{
  Job *self = user_data;

  g_ptr_array_add (self->failed, tpo_shown_name (file));
  if (self->reason == NULL)
    self->reason = g_strdup (reason);
}

static void
on_found (GFile *file, gpointer user_data)
{
  Job *self = user_data;

  g_ptr_array_add (self->found, g_object_ref (file));
  g_atomic_int_inc (&self->n_found);
}

static gboolean
list_known (Job *self, GError **error)
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
is_unchanged (Job *self, GFile *file, GCancellable *cancellable)
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
is_elsewhere (Job *self, const TpoVideoRecord *video, gint64 *known_id, GError **error)
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
save_thumbnail (Job *self, gint64 id, TpoVideo *video, GCancellable *cancellable)
{
  g_autoptr (GBytes) picture =
      tpo_thumbnail_new (video, cancellable, NULL); /* lists show an empty frame */

  if (picture != NULL)
    tpo_store_set_thumbnail (self->store, id, picture, NULL); /* as above */
}

/* Returns: the id of a video that the project did not have, 0 of one that it had, or -1 */
static gint64
save (Job *self, const TpoVideoRecord *video, GError **error)
{
  TpoEdit edit = { .name = N_ ("Add Videos"), .amend_step = self->step_id };
  g_autoptr (GError) problem = NULL;
  gint64 known_id = 0, id;

  if (is_elsewhere (self, video, &known_id, &problem)) {
    self->n_known++;
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
    self->n_known++;
  else
    self->n_added++;
  return known_id != 0 ? 0 : id;
}

/* Returns: whether to go on */
static gboolean
add_file (Job *self, GFile *file, GCancellable *cancellable, GError **error)
{
  g_autofree char *location = g_file_get_path (file);
  g_autoptr (TpoVideo) video = NULL;
  g_autoptr (TpoVideoRecord) record = NULL;
  g_autoptr (GError) problem = NULL;
  gint64 id;

  if (is_unchanged (self, file, cancellable)) {
    self->n_known++;
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

static void
run_job (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *self = data;
  const TpoMediaSink sink = { on_found, on_failed, self };
  GError *error = NULL;
  gboolean ok;

  self->store = tpo_store_open (self->project, TPO_STORE_DEFAULT, &error);
  ok = self->store != NULL && list_known (self, &error);
  if (ok)
    tpo_media_files_find (self->files, &sink, cancellable);
  for (guint i = 0; ok && i < self->found->len; i++) {
    ok = add_file (self, g_ptr_array_index (self->found, i), cancellable, &error);
    g_atomic_int_inc (&self->n_done);
  }
  if (!ok && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    self->problem = g_strdup (error->message);
  g_clear_error (&error);
  g_clear_pointer (&self->store, tpo_store_close);
  g_task_return_boolean (task, TRUE);
}

/* ---- main thread --------------------------------------------------------------------------------- */

static void
clear_result (TpoVideoImport *self)
{
  g_clear_pointer (&self->result.failed, g_ptr_array_unref);
  g_free (self->result.reason);
  g_free (self->result.problem);
  self->result = (TpoVideoImportResult){ .failed = g_ptr_array_new_with_free_func (g_free) };
  self->base_found = self->base_done = 0;
}

static void
take_numbers (TpoVideoImport *self, Job *job)
{
  self->result.n_found = self->base_found + (guint) g_atomic_int_get (&job->n_found);
  self->result.n_done = self->base_done + (guint) g_atomic_int_get (&job->n_done);
}

static gboolean
on_progress (gpointer user_data)
{
  TpoVideoImport *self = user_data;

  take_numbers (self, self->job);
  g_signal_emit (self, signals[PROGRESS], 0);
  return G_SOURCE_CONTINUE;
}

static void
take_result (TpoVideoImport *self, Job *job)
{
  TpoVideoImportResult *result = &self->result;

  take_numbers (self, job);
  self->base_found = result->n_found;
  self->base_done = result->n_done;
  result->n_added += job->n_added;
  result->n_known += job->n_known;
  for (guint i = 0; i < job->failed->len; i++)
    g_ptr_array_add (result->failed, g_steal_pointer (&g_ptr_array_index (job->failed, i)));
  if (result->reason == NULL)
    result->reason = g_steal_pointer (&job->reason);
  if (result->problem == NULL)
    result->problem = g_steal_pointer (&job->problem);
}

static void start (TpoVideoImport *self);

static void
on_job_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TpoVideoImport *self = TPO_VIDEO_IMPORT (source);
  static const TpoStoreChange change = { .has_videos = TRUE };

  take_result (self, g_task_get_task_data (G_TASK (result)));
  self->job = NULL;
  g_clear_handle_id (&self->progress_id, g_source_remove);
  if (self->document == NULL)
    return;
  tpo_document_take_change (self->document, &change);
  if (self->waiting != NULL && !g_cancellable_is_cancelled (self->cancellable)) {
    start (self);
    return;
  }
  g_clear_pointer (&self->waiting, g_ptr_array_unref);
  g_clear_object (&self->cancellable);
  g_signal_emit (self, signals[FINISHED], 0);
}

static void
start (TpoVideoImport *self)
{
  TpoStore *store = tpo_document_get_store (self->document);
  Job *job = g_new0 (Job, 1);
  g_autoptr (GTask) task = NULL;

  job->project = g_strdup (tpo_store_get_path (store));
  job->files = g_steal_pointer (&self->waiting);
  job->found = g_ptr_array_new_with_free_func (g_object_unref);
  job->failed = g_ptr_array_new_with_free_func (g_free);
  job->known = g_hash_table_new (g_str_hash, g_str_equal);
  self->job = job;
  if (self->cancellable == NULL)
    self->cancellable = g_cancellable_new ();
  task = g_task_new (self, self->cancellable, on_job_done, NULL);
  g_task_set_check_cancellable (task, FALSE); /* what was done until then counts */
  g_task_set_task_data (task, job, (GDestroyNotify) job_free);
  g_task_run_in_thread (task, run_job);
  self->progress_id = g_timeout_add (PROGRESS_EVERY_MS, on_progress, self);
}

/* ---- object -------------------------------------------------------------------------------------- */

static void
tpo_video_import_dispose (GObject *object)
{
  TpoVideoImport *self = TPO_VIDEO_IMPORT (object);

  g_clear_handle_id (&self->progress_id, g_source_remove);
  tpo_video_import_cancel (self);
  g_clear_object (&self->document);
  G_OBJECT_CLASS (tpo_video_import_parent_class)->dispose (object);
}

static void
tpo_video_import_finalize (GObject *object)
{
  TpoVideoImport *self = TPO_VIDEO_IMPORT (object);

  clear_result (self);
  g_ptr_array_unref (self->result.failed);
  g_clear_pointer (&self->waiting, g_ptr_array_unref);
  g_clear_object (&self->cancellable);
  G_OBJECT_CLASS (tpo_video_import_parent_class)->finalize (object);
}

static void
tpo_video_import_class_init (TpoVideoImportClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tpo_video_import_dispose;
  G_OBJECT_CLASS (klass)->finalize = tpo_video_import_finalize;
  signals[PROGRESS] = g_signal_new ("progress", TPO_TYPE_VIDEO_IMPORT, G_SIGNAL_RUN_LAST, 0,
                                    NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[FINISHED] = g_signal_new ("finished", TPO_TYPE_VIDEO_IMPORT, G_SIGNAL_RUN_LAST, 0,
                                    NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
tpo_video_import_init (TpoVideoImport *self)
{
  clear_result (self);
}

TpoVideoImport *
tpo_video_import_new (TpoDocument *document)
{
  TpoVideoImport *self;

  g_return_val_if_fail (TPO_IS_DOCUMENT (document), NULL);

  self = g_object_new (TPO_TYPE_VIDEO_IMPORT, NULL);
  self->document = g_object_ref (document);
  return self;
}

void
tpo_video_import_add (TpoVideoImport *self, GPtrArray *files)
{
  g_return_if_fail (TPO_IS_VIDEO_IMPORT (self) && files != NULL);

  if (files->len == 0)
    return;
  if (self->waiting == NULL)
    self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < files->len; i++)
    g_ptr_array_add (self->waiting, g_object_ref (g_ptr_array_index (files, i)));
  if (self->job != NULL)
    return;
  clear_result (self);
  start (self);
}

void
tpo_video_import_cancel (TpoVideoImport *self)
{
  g_return_if_fail (TPO_IS_VIDEO_IMPORT (self));

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
}

gboolean
tpo_video_import_is_running (TpoVideoImport *self)
{
  g_return_val_if_fail (TPO_IS_VIDEO_IMPORT (self), FALSE);

  return self->job != NULL;
}

const TpoVideoImportResult *
tpo_video_import_get_result (TpoVideoImport *self)
{
  g_return_val_if_fail (TPO_IS_VIDEO_IMPORT (self), NULL);

  return &self->result;
}

/* "a.mp4, b.mp4 and 12 more" */
static char *
dup_names (GPtrArray *names)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint n_more = names->len > MAX_NAMES ? names->len - MAX_NAMES : 0;

  for (guint i = 0; i < names->len - n_more; i++)
    g_string_append_printf (text, "%s“%s”", i > 0 ? ", " : "",
                            (const char *) g_ptr_array_index (names, i));
  if (n_more > 0)
    /* Translators: the end of a list of file names */
    g_string_append_printf (text, ngettext (" and %u more", " and %u more", n_more), n_more);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
tpo_video_import_dup_text (TpoVideoImport *self)
{
  const TpoVideoImportResult *result;
  g_autoptr (GString) text = NULL;

  g_return_val_if_fail (TPO_IS_VIDEO_IMPORT (self), NULL);

  result = &self->result;
  text = g_string_new (NULL);
  if (result->n_added > 0)
    g_string_append_printf (
        text, ngettext ("%u video was added.", "%u videos were added.", result->n_added),
        result->n_added);
  else if (result->n_found == 0 && result->failed->len == 0 && result->problem == NULL)
    g_string_append (text, _ ("No videos or pictures were found there."));
  else
    g_string_append (text, _ ("No videos were added."));
  if (result->n_known > 0)
    g_string_append_printf (text,
                            ngettext (" %u was in the project already.",
                                      " %u were in the project already.", result->n_known),
                            result->n_known);
  if (result->failed->len > 0) {
    g_autofree char *names = dup_names (result->failed);

    g_string_append_printf (
        /* Translators: the names of files, and why the first of them could not be read */
        text,
        ngettext (" %s could not be read: %s", " These could not be read: %s. %s",
                  result->failed->len),
        names, result->reason);
  }
  if (result->problem != NULL)
    g_string_append_printf (text, " %s", result->problem);
  return g_string_free (g_steal_pointer (&text), FALSE);
}
