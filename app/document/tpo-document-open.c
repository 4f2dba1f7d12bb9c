#include "config.h"

#include <glib/gi18n.h>

#include "document/tpo-document-private.h"
#include "formats/video-record.h"

/*
 * Opening a video: a thread indexes it and reads its labels and messages, of which there may be
 * thousands, over a connection of its own; what changed meanwhile is read again on the main thread.
 */

typedef struct {
  char *location;
  TpoProgressFunc progress;
  gpointer user_data;
  char *project;
  TpoVideo *video;                      /* result, as all below */
  TpoVideoRecord *record;               /* without id */
  gint64 video_id;                      /* that the project has of that content, or 0 */
  gint64 conversation_id;               /* that is wanted of it, or 0 */
  GPtrArray *annotations;               /* nullable: TpoAnnotation of that one */
  GHashTable *best_spans;               /* likewise: what they were predicted as */
  GPtrArray *track_makers;              /* likewise: which models followed them */
  TpoStoreMark mark;                    /* of the moment before they were read */
  TpoConversationReading *conversation; /* nullable: its own */
  guint n_conversation_changes;         /* that were known before that was read */
} Opening;

static void
opening_free (Opening *self)
{
  g_free (self->location);
  g_free (self->project);
  g_clear_pointer (&self->video, tpo_video_unref);
  g_clear_pointer (&self->record, tpo_video_record_free);
  g_clear_pointer (&self->annotations, g_ptr_array_unref);
  g_clear_pointer (&self->best_spans, g_hash_table_unref);
  g_clear_pointer (&self->track_makers, g_ptr_array_unref);
  g_clear_pointer (&self->conversation, tpo_conversation_reading_free);
  g_free (self);
}

static void
load_annotations (Opening *self, TpoStore *store, gint64 video_id, GError **error)
{
  g_autoptr (GArray) unknown = NULL;

  self->mark = TPO_STORE_MARK_NONE;
  unknown = tpo_store_list_revised (store, &self->mark);
  self->annotations = tpo_document_load_annotations (store, video_id, error);
  g_clear_pointer (&self->best_spans, g_hash_table_unref);
  self->best_spans = tpo_document_load_best_spans (store, video_id);
  g_clear_pointer (&self->track_makers, g_ptr_array_unref);
  self->track_makers = tpo_document_load_track_makers (store, video_id);
}

static void
load_contents (Opening *self, TpoStore *store, GError **error)
{
  load_annotations (self, store, self->video_id, error);
  self->conversation =
      tpo_document_load_conversation (store, self->video_id, self->conversation_id, 0);
}

/* What can be read beforehand; whatever goes wrong here shows when it is read again. */
static void
load_from_project (Opening *self)
{
  g_autoptr (TpoVideoRecord) stored = NULL;
  g_autoptr (TpoStore) store = tpo_store_open (self->project, TPO_STORE_READ_ONLY, NULL);
  gint64 id =
      store != NULL ? tpo_store_find_video (store, self->record->content_hash, NULL, NULL) : 0;

  if (id <= 0)
    return;
  stored = tpo_store_get_video (store, id, NULL);
  self->video_id = id;
  self->conversation_id = stored != NULL ? stored->conversation_id : 0;
  load_contents (self, store, NULL);
}

static void
run_opening (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Opening *self = data;
  TpoVideoOpenParams params = { .progress = self->progress, .progress_data = self->user_data };
  GError *error = NULL;

  self->video = tpo_video_open (self->location, &params, cancellable, &error);
  if (self->video != NULL)
    self->record = tpo_video_record_new (self->video, self->location, cancellable, &error);
  if (self->record == NULL) {
    g_task_return_error (task, error);
    return;
  }
  load_from_project (self);
  g_task_return_boolean (task, TRUE);
}

void
tpo_document_open_async (TpoDocument *self, const char *location, TpoProgressFunc progress,
                         gpointer user_data, GCancellable *cancellable,
                         GAsyncReadyCallback callback, gpointer callback_data)
{
  g_autoptr (GTask) task = NULL;
  Opening *opening;

  g_return_if_fail (TPO_IS_DOCUMENT (self) && location != NULL);

  opening = g_new0 (Opening, 1);
  opening->location = g_strdup (location);
  opening->project = g_strdup (tpo_store_get_path (self->store));
  opening->progress = progress;
  opening->user_data = user_data;
  opening->n_conversation_changes = self->n_conversation_changes;
  task = g_task_new (self, cancellable, callback, callback_data);
  g_task_set_task_data (task, opening, (GDestroyNotify) opening_free);
  g_task_run_in_thread (task, run_opening);
}

/* The conversation of before goes on, or the latest one. */
static void
restore_conversation (TpoDocument *self, Opening *opening)
{
  if (opening->conversation != NULL && opening->video_id == self->video_id &&
      opening->conversation->wanted_id == self->conversation_id &&
      opening->n_conversation_changes == self->n_conversation_changes)
    tpo_document_show_loaded_conversation (self, opening->conversation);
  else
    tpo_document_sync_conversation (self, 0);
}

static gboolean
restore (TpoDocument *self, Opening *opening, GError **error)
{
  if (opening->video_id != self->video_id || opening->annotations == NULL) {
    g_clear_pointer (&opening->annotations, g_ptr_array_unref);
    load_annotations (opening, self->store, self->video_id, error);
  }
  if (opening->annotations == NULL)
    return FALSE;
  self->mark = opening->mark;
  g_clear_pointer (&self->best_spans, g_hash_table_unref);
  self->best_spans = g_steal_pointer (&opening->best_spans);
  g_clear_pointer (&self->track_makers, g_ptr_array_unref);
  self->track_makers = g_steal_pointer (&opening->track_makers);
  tpo_document_forget_messages (self);
  tpo_document_show_annotations (self, g_steal_pointer (&opening->annotations));
  restore_conversation (self, opening);
  return TRUE;
}

gboolean
tpo_document_save_place (TpoDocument *self, GError **error)
{
  return self->video == NULL || tpo_store_is_read_only (self->store) ||
         tpo_store_set_place (self->store, self->video_id, self->position_us,
                              self->conversation_id, error);
}

gboolean
tpo_document_open_finish (TpoDocument *self, GAsyncResult *result, GError **error)
{
  g_autoptr (TpoVideoRecord) stored = NULL;
  Opening *opening;
  gint64 id;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && g_task_is_valid (result, self), FALSE);

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  opening = g_task_get_task_data (G_TASK (result));
  id = tpo_store_is_read_only (self->store)
           ? tpo_store_find_video (self->store, opening->record->content_hash, NULL, error)
           : tpo_store_add_video (self->store, opening->record, error);
  if (id <= 0) {
    if (id == 0 && error != NULL && *error == NULL)
      g_set_error_literal (error, TPO_ERROR, TPO_ERROR_IO,
                           _ ("The project is read-only and does not have this video"));
    return FALSE;
  }

  tpo_document_save_place (self, NULL); /* where it goes on is not worth a word */
  tpo_document_abandon_work (self);
  tpo_document_select (self, NULL);
  tpo_document_highlight (self, NULL);
  g_clear_pointer (&self->video, tpo_video_unref);
  self->video = g_steal_pointer (&opening->video);
  self->video_id = id;
  g_free (self->title);
  self->title = g_strdup (tpo_video_get_name (self->video));
  stored = tpo_store_get_video (self->store, id, NULL); /* none: from the start */
  self->position_us = stored != NULL ? stored->position_us : 0;
  self->conversation_id = stored != NULL ? stored->conversation_id : 0;
  if (!restore (self, opening, error))
    return FALSE;
  tpo_document_notify (self, TPO_DOCUMENT_PROP_TITLE);
  tpo_document_notify (self, TPO_DOCUMENT_PROP_POSITION_US);
  tpo_document_notify (self, TPO_DOCUMENT_PROP_VIDEO);
  return TRUE;
}

/* ---- the same video once more ---------------------------------------------------------------------------- */

static void
run_reloading (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Opening *self = data;
  GError *error = NULL;
  g_autoptr (TpoStore) store = tpo_store_open (self->project, TPO_STORE_READ_ONLY, &error);

  if (store != NULL)
    load_contents (self, store, &error);
  if (self->annotations != NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_reloaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TpoDocument *self = TPO_DOCUMENT (source);
  Opening *opening = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  GArray *selected;

  if (self->store == NULL || self->video_id != opening->video_id) /* it is not open any more */
    return;
  if (!g_task_propagate_boolean (G_TASK (result), &error)) {
    tpo_document_toast (self, error->message);
    return;
  }
  selected = tpo_document_list_selected_ids (self);
  tpo_document_select (self, NULL);
  tpo_document_highlight (self, NULL);
  self->reselected = selected;
  restore (self, opening, NULL); /* what it needs has been read */
}

void
tpo_document_reload (TpoDocument *self)
{
  static const TpoStoreChange unknown = { .has_labels = TRUE, .has_videos = TRUE };
  g_autoptr (GTask) task = NULL;
  Opening *opening;

  g_return_if_fail (TPO_IS_DOCUMENT (self));

  tpo_store_poll (self->store); /* what has changed is read now */
  self->n_conversation_changes++;
  tpo_document_take_change (self, &unknown);
  if (self->video == NULL)
    return;
  opening = g_new0 (Opening, 1);
  opening->project = g_strdup (tpo_store_get_path (self->store));
  opening->video_id = self->video_id;
  opening->conversation_id = self->conversation_id;
  opening->n_conversation_changes = self->n_conversation_changes;
  task = g_task_new (self, NULL, on_reloaded, NULL);
  g_task_set_task_data (task, opening, (GDestroyNotify) opening_free);
  g_task_run_in_thread (task, run_reloading);
}
