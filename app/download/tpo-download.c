#include "config.h"

#include "download/tpo-download.h"

#include <glib/gstdio.h>

#include "download/part.h"

struct _TpoDownload {
  GObject parent_instance;

  char *address, *path;
  char *sha256; /* nullable */
  TpoDownloadState state;
  TpoTransferProgress progress;
  char *problem;             /* nullable */
  GCancellable *cancellable; /* nullable: of the thread that runs, perhaps to its end only */
  gboolean is_restarted;     /* wanted again before the thread had ended */
  gboolean is_discarded;
  TpoModelFile *model; /* nullable: once it is there, until it is taken */
  char *found;         /* nullable: its checksum */
};

G_DEFINE_FINAL_TYPE (TpoDownload, tpo_download, G_TYPE_OBJECT)

enum {
  CHANGED,
  FINISHED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
tpo_download_finalize (GObject *object)
{
  TpoDownload *self = TPO_DOWNLOAD (object);

  g_clear_object (&self->cancellable);
  g_free (self->address);
  g_free (self->path);
  g_free (self->sha256);
  g_free (self->problem);
  g_free (self->found);
  g_clear_pointer (&self->model, tpo_model_file_free);
  G_OBJECT_CLASS (tpo_download_parent_class)->finalize (object);
}

static void
tpo_download_class_init (TpoDownloadClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tpo_download_finalize;
  signals[CHANGED] = g_signal_new ("changed", TPO_TYPE_DOWNLOAD, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
  signals[FINISHED] = g_signal_new ("finished", TPO_TYPE_DOWNLOAD, G_SIGNAL_RUN_LAST, 0, NULL,
                                    NULL, NULL, G_TYPE_NONE, 0);
}

static void
tpo_download_init (TpoDownload *self)
{
  self->progress.left_us = -1;
}

static void
set_state (TpoDownload *self, TpoDownloadState state, const char *problem)
{
  self->state = state;
  g_free (self->problem);
  self->problem = g_strdup (problem);
  if (state != TPO_DOWNLOAD_RUNNING) {
    self->progress.rate = 0.0;
    self->progress.left_us = -1;
  }
  g_signal_emit (self, signals[CHANGED], 0);
}

/* ---- the thread ---------------------------------------------------------------------------------- */

/* What the thread is given, since the object is the main thread's. */
typedef struct {
  TpoTransfer transfer;
  char *address, *path, *sha256;
  char *found; /* result: the checksum */
} Job;

static void
job_free (Job *self)
{
  g_free (self->address);
  g_free (self->path);
  g_free (self->sha256);
  g_free (self->found);
  g_free (self);
}

/* A word from the thread. */
typedef struct {
  TpoDownload *download;
  GCancellable *cancellable; /* tells an earlier thread's last words */
  TpoTransferProgress progress;
} Word;

static void
word_free (Word *self)
{
  g_object_unref (self->download);
  g_object_unref (self->cancellable);
  g_free (self);
}

static gboolean
take_word (gpointer data)
{
  const Word *word = data;
  TpoDownload *self = word->download;

  if (self->cancellable == word->cancellable && self->state == TPO_DOWNLOAD_RUNNING) {
    self->progress = word->progress;
    g_signal_emit (self, signals[CHANGED], 0);
  }
  return G_SOURCE_REMOVE;
}

static void
on_progress (const TpoTransferProgress *progress, gpointer user_data)
{
  GTask *task = user_data;
  Word *word = g_new (Word, 1);

  *word = (Word){ g_object_ref (g_task_get_source_object (task)),
                  g_object_ref (g_task_get_cancellable (task)), *progress };
  g_main_context_invoke_full (g_task_get_context (task), G_PRIORITY_DEFAULT, take_word, word,
                              (GDestroyNotify) word_free);
}

static void
run_transfer (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  GError *error = NULL;
  TpoModelFile *model;

  job->transfer = (TpoTransfer){
    .address = job->address,
    .path = job->path,
    .sha256 = job->sha256,
    .progress = on_progress,
    .user_data = task,
    .cancellable = cancellable,
  };
  model = tpo_transfer_run (&job->transfer, &job->found, &error);
  if (model != NULL)
    g_task_return_pointer (task, model, (GDestroyNotify) tpo_model_file_free);
  else
    g_task_return_error (task, error);
}

/* Also when the last byte came before the thread heard that nobody wants it. */
static void
remove_files (TpoDownload *self)
{
  tpo_part_remove (self->path);
  if (self->model != NULL)
    g_unlink (self->path);
}

static void
on_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TpoDownload *self = TPO_DOWNLOAD (source);
  const Job *job = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  TpoModelFile *model = g_task_propagate_pointer (G_TASK (result), &error);
  gboolean is_restarted = self->is_restarted;

  g_clear_object (&self->cancellable);
  self->is_restarted = FALSE;
  self->model = model;
  if (self->is_discarded) {
    remove_files (self);
  } else if (model != NULL) {
    self->found = g_strdup (job->found);
    set_state (self, TPO_DOWNLOAD_FINISHED, NULL);
    g_signal_emit (self, signals[FINISHED], 0);
  } else if (is_restarted) {
    self->state = TPO_DOWNLOAD_PAUSED;
    tpo_download_start (self);
  } else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    set_state (self, TPO_DOWNLOAD_PAUSED, NULL);
  } else {
    set_state (self, TPO_DOWNLOAD_FAILED, error->message);
  }
}

/* ---- public ---------------------------------------------------------------------------------------- */

TpoDownload *
tpo_download_new (const char *address, const char *path, const char *sha256)
{
  TpoDownload *self;

  g_return_val_if_fail (address != NULL && path != NULL, NULL);

  self = g_object_new (TPO_TYPE_DOWNLOAD, NULL);
  self->address = g_strdup (address);
  self->path = g_strdup (path);
  self->sha256 = g_strdup (sha256);
  return self;
}

GPtrArray *
tpo_download_list (const char *folder)
{
  g_autoptr (GPtrArray) parts = tpo_part_list (folder);
  GPtrArray *downloads = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < parts->len; i++) {
    const TpoPart *part = g_ptr_array_index (parts, i);
    TpoDownload *download = tpo_download_new (part->address, part->path, part->sha256);

    download->progress.done = part->size;
    download->progress.total = part->total;
    g_ptr_array_add (downloads, download);
  }
  return downloads;
}

void
tpo_download_start (TpoDownload *self)
{
  g_autoptr (GTask) task = NULL;
  Job *job;

  g_return_if_fail (TPO_IS_DOWNLOAD (self));

  if (self->state == TPO_DOWNLOAD_RUNNING || self->state == TPO_DOWNLOAD_FINISHED)
    return;
  if (self->cancellable != NULL) {
    self->is_restarted = TRUE;
    set_state (self, TPO_DOWNLOAD_RUNNING, NULL);
    return;
  }
  job = g_new0 (Job, 1);
  job->address = g_strdup (self->address);
  job->path = g_strdup (self->path);
  job->sha256 = g_strdup (self->sha256);
  self->cancellable = g_cancellable_new ();
  task = g_task_new (self, self->cancellable, on_ended, NULL);
  g_task_set_check_cancellable (task, FALSE); /* what was done before a cancel is done */
  g_task_set_task_data (task, job, (GDestroyNotify) job_free);
  g_task_run_in_thread (task, run_transfer);
  set_state (self, TPO_DOWNLOAD_RUNNING, NULL);
}

void
tpo_download_pause (TpoDownload *self)
{
  g_return_if_fail (TPO_IS_DOWNLOAD (self));

  if (self->state != TPO_DOWNLOAD_RUNNING)
    return;
  self->is_restarted = FALSE;
  g_cancellable_cancel (self->cancellable);
  set_state (self, TPO_DOWNLOAD_PAUSED, NULL);
}

void
tpo_download_stop (TpoDownload *self)
{
  g_return_if_fail (TPO_IS_DOWNLOAD (self));

  tpo_download_pause (self);
  while (self->cancellable != NULL)
    g_main_context_iteration (NULL, TRUE);
}

void
tpo_download_set_checksum (TpoDownload *self, const char *sha256)
{
  g_return_if_fail (TPO_IS_DOWNLOAD (self));

  g_free (self->sha256);
  self->sha256 = g_strdup (sha256);
}

void
tpo_download_discard (TpoDownload *self)
{
  g_return_if_fail (TPO_IS_DOWNLOAD (self));

  self->is_discarded = TRUE;
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  else
    remove_files (self);
}

TpoModelFile *
tpo_download_take_model (TpoDownload *self)
{
  g_return_val_if_fail (TPO_IS_DOWNLOAD (self), NULL);

  return g_steal_pointer (&self->model);
}

const char *
tpo_download_get_checksum (TpoDownload *self)
{
  g_return_val_if_fail (TPO_IS_DOWNLOAD (self), NULL);

  return self->found;
}

TpoDownloadState
tpo_download_get_state (TpoDownload *self)
{
  g_return_val_if_fail (TPO_IS_DOWNLOAD (self), TPO_DOWNLOAD_PAUSED);

  return self->state;
}

const TpoTransferProgress *
tpo_download_get_progress (TpoDownload *self)
{
  g_return_val_if_fail (TPO_IS_DOWNLOAD (self), NULL);

  return &self->progress;
}

const char *
tpo_download_get_path (TpoDownload *self)
{
  g_return_val_if_fail (TPO_IS_DOWNLOAD (self), NULL);

  return self->path;
}

const char *
tpo_download_get_address (TpoDownload *self)
{
  g_return_val_if_fail (TPO_IS_DOWNLOAD (self), NULL);

  return self->address;
}

const char *
tpo_download_get_problem (TpoDownload *self)
{
  g_return_val_if_fail (TPO_IS_DOWNLOAD (self), NULL);

  return self->problem;
}
