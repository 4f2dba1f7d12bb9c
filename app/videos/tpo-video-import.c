#include "config.h"

#include "videos/tpo-video-import.h"

#include <glib/gi18n.h>

#include "videos/video-import-job.h"

static const guint PROGRESS_EVERY_MS = 150;

/* More names than these make no sentence. */
static const guint MAX_NAMES = 5;

struct _TpoVideoImport {
  GObject parent_instance;

  TpoDocument *document;
  GQueue waiting;            /* of TpoVideoImportJob */
  GCancellable *cancellable; /* nullable: of the job that runs */
  TpoVideoImportJob *job;    /* nullable: of the task that runs, which owns it */
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
clear_result (TpoVideoImport *self)
{
  g_clear_pointer (&self->result.failed, g_ptr_array_unref);
  g_free (self->result.reason);
  g_free (self->result.problem);
  g_clear_pointer (&self->result.asked, g_ptr_array_unref);
  self->result = (TpoVideoImportResult){
    .failed = g_ptr_array_new_with_free_func (g_free),
    .asked = g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_picture_sequence_free),
  };
  self->base_found = self->base_done = 0;
}

static void
take_numbers (TpoVideoImport *self, TpoVideoImportJob *job)
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
take_result (TpoVideoImport *self, TpoVideoImportJob *job)
{
  TpoVideoImportResult *result = &self->result;

  take_numbers (self, job);
  self->base_found = result->n_found;
  self->base_done = result->n_done;
  result->n_added += job->n_added;
  result->n_known += job->n_known;
  result->n_label_folders += job->n_label_folders;
  g_ptr_array_extend_and_steal (result->failed, g_steal_pointer (&job->failed));
  g_ptr_array_extend_and_steal (result->asked, g_steal_pointer (&job->asked));
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
  if (!g_queue_is_empty (&self->waiting) && !g_cancellable_is_cancelled (self->cancellable)) {
    start (self);
    return;
  }
  g_queue_clear_full (&self->waiting, (GDestroyNotify) tpo_video_import_job_free);
  g_clear_object (&self->cancellable);
  g_signal_emit (self, signals[FINISHED], 0);
}

static void
run_job (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  tpo_video_import_job_run (data, cancellable);
  g_task_return_boolean (task, TRUE);
}

/* The first job that waits. */
static void
start (TpoVideoImport *self)
{
  g_autoptr (GTask) task = NULL;

  self->job = g_queue_pop_head (&self->waiting);
  if (self->cancellable == NULL)
    self->cancellable = g_cancellable_new ();
  task = g_task_new (self, self->cancellable, on_job_done, NULL);
  g_task_set_check_cancellable (task, FALSE); /* what was done until then counts */
  g_task_set_task_data (task, self->job, (GDestroyNotify) tpo_video_import_job_free);
  g_task_run_in_thread (task, run_job);
  self->progress_id = g_timeout_add (PROGRESS_EVERY_MS, on_progress, self);
}

/* After those before. */
static void
add_job (TpoVideoImport *self, TpoVideoImportJob *job)
{
  g_queue_push_tail (&self->waiting, job);
  if (self->job != NULL)
    return;
  clear_result (self);
  start (self);
}

static TpoVideoImportJob *
make_job (TpoVideoImport *self)
{
  return tpo_video_import_job_new (
      tpo_store_get_path (tpo_document_get_store (self->document)));
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
  g_ptr_array_unref (self->result.asked);
  g_queue_clear_full (&self->waiting, (GDestroyNotify) tpo_video_import_job_free);
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
  g_queue_init (&self->waiting);
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
  TpoVideoImportJob *job;

  g_return_if_fail (TPO_IS_VIDEO_IMPORT (self) && files != NULL);

  if (files->len == 0)
    return;
  job = make_job (self);
  for (guint i = 0; i < files->len; i++)
    g_ptr_array_add (job->files, g_object_ref (g_ptr_array_index (files, i)));
  add_job (self, job);
}

GPtrArray *
tpo_video_import_take_asked (TpoVideoImport *self)
{
  GPtrArray *asked;

  g_return_val_if_fail (TPO_IS_VIDEO_IMPORT (self), NULL);

  asked = self->result.asked;
  self->result.asked =
      g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_picture_sequence_free);
  return asked;
}

void
tpo_video_import_add_sequences (TpoVideoImport *self, GPtrArray *sequences, double rate)
{
  TpoVideoImportJob *job;

  g_return_if_fail (TPO_IS_VIDEO_IMPORT (self) && sequences != NULL && rate >= 0);

  job = make_job (self);
  job->rate = rate;
  job->sequences = g_ptr_array_ref (sequences);
  add_job (self, job);
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
    g_string_append_printf (text, "%s“%s”", i > 0 ? _ (", ") : "",
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
  else if (result->n_found > 0 || result->failed->len > 0 || result->problem != NULL)
    g_string_append (text, _ ("No videos were added."));
  else if (result->n_label_folders == 0 && result->asked->len == 0)
    g_string_append (text, _ ("No videos or pictures were found there."));
  if (result->n_known > 0)
    g_string_append_printf (text,
                            ngettext (" %u was in the project already.",
                                      " %u were in the project already.", result->n_known),
                            result->n_known);
  if (result->n_label_folders > 0)
    g_string_append_printf (
        text,
        ngettext (
            " %u folder of masks was left out: “Import a Folder of Labels…” reads it.",
            " %u folders of masks were left out: “Import a Folder of Labels…” reads them.",
            result->n_label_folders),
        result->n_label_folders);
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
  return g_strstrip (g_string_free (g_steal_pointer (&text), FALSE));
}
