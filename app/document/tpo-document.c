#include "config.h"

#include <glib/gi18n.h>

#include "document/tpo-document-private.h"
#include "formats/video-record.h"

G_DEFINE_FINAL_TYPE (TpoDocument, tpo_document, G_TYPE_OBJECT)

static const guint POLL_EVERY_MS = 400; /* a change of another window shows within a second */

enum {
  TOAST,
  TOAST_UNDO,
  PROJECT_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];
static GParamSpec *properties[TPO_DOCUMENT_N_PROPS];

void
tpo_document_notify (TpoDocument *self, TpoDocumentProp prop)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[prop]);
}

void
tpo_document_toast (TpoDocument *self, const char *text)
{
  g_signal_emit (self, signals[TOAST], 0, text);
}

gboolean
tpo_document_saved (TpoDocument *self, gboolean ok, GError *error)
{
  if (ok)
    return TRUE;
  g_signal_emit (self, signals[TOAST], 0,
                 error != NULL ? error->message : _ ("Nothing was saved"));
  g_clear_error (&error);
  return FALSE;
}

void
tpo_document_set_step (TpoDocument *self, const char *step, double progress)
{
  if (g_strcmp0 (step, self->step) != 0) {
    g_free (self->step);
    self->step = g_strdup (step);
    tpo_document_notify (self, TPO_DOCUMENT_PROP_STEP);
  }
  if (progress != self->progress) {
    self->progress = progress;
    tpo_document_notify (self, TPO_DOCUMENT_PROP_PROGRESS);
  }
}

gint64
tpo_document_frame (TpoDocument *self, gint64 position_us, gint64 *end_us)
{
  TpoVideoIndex *index = tpo_video_get_index (self->video);
  guint frame = tpo_video_index_find_frame (index, position_us);
  gint64 start_us = tpo_video_index_get_time_us (index, frame);

  if (end_us != NULL)
    *end_us = start_us + tpo_video_index_get_frame_duration_us (index, frame);
  return start_us;
}

/* ---- models follow the store --------------------------------------------------------------- */

static gboolean
find_position (TpoDocument *self, gint64 annotation_id, guint *position)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->annotations));

  for (guint i = 0; i < n; i++) {
    g_autoptr (TpoAnnotation) item =
        g_list_model_get_item (G_LIST_MODEL (self->annotations), i);

    if (tpo_annotation_get_id (item) == annotation_id) {
      *position = i;
      return TRUE;
    }
  }
  return FALSE;
}

TpoAnnotation *
tpo_document_find (TpoDocument *self, gint64 annotation_id)
{
  g_autoptr (TpoAnnotation) item = NULL;
  guint position;

  if (!find_position (self, annotation_id, &position))
    return NULL;
  item = g_list_model_get_item (G_LIST_MODEL (self->annotations), position);
  return item; /* the model keeps it */
}

/* A claim of an answer that a person takes out stays in the answer, as disputed. */
static void
remove_chip (TpoDocument *self, TpoAnnotation *annotation)
{
  TpoMessage *answer = tpo_document_find_answer (self, annotation);
  TpoAnnotationRecord *withdrawn;
  guint chip;

  if (answer == NULL || !g_list_store_find (tpo_message_edit_chips (answer), annotation, &chip))
    return;
  withdrawn = tpo_document_get_withdrawn (self, annotation);
  if (withdrawn != NULL)
    tpo_annotation_update (annotation, withdrawn,
                           g_ptr_array_ref (tpo_annotation_get_keyframes (annotation)));
  else
    g_list_store_remove (tpo_message_edit_chips (answer), chip);
}

static void
remove_annotation (TpoDocument *self, guint position)
{
  g_autoptr (TpoAnnotation) item =
      g_list_model_get_item (G_LIST_MODEL (self->annotations), position);

  if (self->selected == item)
    tpo_document_select (self, NULL);
  if (self->highlighted == item)
    tpo_document_highlight (self, NULL);
  g_list_store_remove (self->annotations, position);
  remove_chip (self, item);
}

static void
add_annotation (TpoDocument *self, TpoAnnotation *annotation)
{
  TpoMessage *answer = tpo_document_find_answer (self, annotation);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->annotations));
  guint position = 0;

  /* In the order of making, which is that of the ids. */
  for (position = n; position > 0; position--) {
    g_autoptr (TpoAnnotation) before =
        g_list_model_get_item (G_LIST_MODEL (self->annotations), position - 1);

    if (tpo_annotation_get_id (before) < tpo_annotation_get_id (annotation))
      break;
  }
  g_list_store_insert (self->annotations, position, annotation);
  if (answer != NULL && !g_list_store_find (tpo_message_edit_chips (answer), annotation, NULL))
    g_list_store_append (tpo_message_edit_chips (answer), annotation);
}

/* The same object as before where an answer kept it as disputed. */
static TpoAnnotation *
make_annotation (TpoDocument *self, TpoAnnotationRecord *record, GPtrArray *keyframes)
{
  TpoAnnotation *kept = tpo_document_find_withdrawn (self, record);

  if (kept == NULL)
    return tpo_annotation_new (record, keyframes);
  tpo_annotation_update (kept, record, keyframes);
  return g_object_ref (kept);
}

/* Reads one annotation again: it may be new, changed or gone. */
static void
sync_annotation (TpoDocument *self, gint64 annotation_id)
{
  g_autoptr (TpoAnnotationRecord) record =
      tpo_store_get_annotation (self->store, annotation_id, NULL); /* none: deleted */
  g_autoptr (GPtrArray) keyframes = NULL;
  guint position;
  gboolean is_known = find_position (self, annotation_id, &position);

  if (record == NULL || record->video_id != self->video_id) {
    if (is_known)
      remove_annotation (self, position);
    return;
  }
  if (record->kind != TPO_ANNOTATION_SPAN) {
    g_autoptr (GError) error = NULL;

    keyframes =
        tpo_store_list_keyframes (self->store, record->revision_id, 0, G_MAXINT64, &error);
    if (keyframes == NULL) {
      tpo_document_toast (self, error->message);
      return;
    }
  }
  if (is_known) {
    TpoAnnotation *annotation = tpo_document_find (self, annotation_id);
    TpoLabel *label = tpo_document_find_label (self, record->label_id);

    tpo_annotation_update (annotation, g_steal_pointer (&record), g_steal_pointer (&keyframes));
    tpo_annotation_set_label (annotation, label);
  } else {
    TpoLabel *label = tpo_document_find_label (self, record->label_id);
    g_autoptr (TpoAnnotation) annotation =
        make_annotation (self, g_steal_pointer (&record), g_steal_pointer (&keyframes));

    tpo_annotation_set_label (annotation, label);
    add_annotation (self, annotation);
  }
}

/* Undo takes back what the user was told, and nothing that came since. */
static void
notify_steps (TpoDocument *self)
{
  self->seen_step_id = tpo_store_get_last_step (self->store);
  tpo_document_notify (self, TPO_DOCUMENT_PROP_UNDO_NAME);
  tpo_document_notify (self, TPO_DOCUMENT_PROP_REDO_NAME);
}

void
tpo_document_take_change (TpoDocument *self, const TpoStoreChange *change)
{
  g_return_if_fail (TPO_IS_DOCUMENT (self) && change != NULL);

  if (change->has_labels)
    tpo_document_sync_labels (self);
  for (guint i = 0; i < change->n_annotation_ids; i++)
    sync_annotation (self, change->annotation_ids[i]);
  if (change->has_conversations)
    tpo_document_sync_conversation (self);
  notify_steps (self);
  g_signal_emit (self, signals[PROJECT_CHANGED], 0, change);
}

static void
on_store_changed (TpoStore *store, const TpoStoreChange *change, gpointer user_data)
{
  tpo_document_take_change (user_data, change);
}

void
tpo_document_poll (TpoDocument *self)
{
  if (tpo_store_poll (self->store)) {
    g_autoptr (GArray) ids = tpo_document_list_changed (self);
    const TpoStoreChange change = {
      .annotation_ids = (const gint64 *) (gpointer) ids->data,
      .n_annotation_ids = ids->len,
      .has_labels = TRUE,
      .has_conversations = TRUE,
      .has_questions = TRUE,
      .has_videos = TRUE,
    };

    tpo_document_take_change (self, &change);
  }
}

static gboolean
on_poll (gpointer user_data)
{
  tpo_document_poll (user_data);
  return G_SOURCE_CONTINUE;
}

/* ---- opening --------------------------------------------------------------------------------- */

typedef struct {
  char *location;
  TpoProgressFunc progress;
  gpointer user_data;
  TpoVideo *video;        /* result */
  TpoVideoRecord *record; /* result, without id */
} Opening;

static void
opening_free (Opening *self)
{
  g_free (self->location);
  g_clear_pointer (&self->video, tpo_video_unref);
  g_clear_pointer (&self->record, tpo_video_record_free);
  g_free (self);
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
  if (self->record != NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
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
  opening->progress = progress;
  opening->user_data = user_data;
  task = g_task_new (self, cancellable, callback, callback_data);
  g_task_set_task_data (task, opening, (GDestroyNotify) opening_free);
  g_task_run_in_thread (task, run_opening);
}

/* The latest conversation goes on. */
static gboolean
restore (TpoDocument *self, GError **error)
{
  g_autoptr (GPtrArray) annotations =
      tpo_store_list_annotations (self->store, self->video_id, error);

  if (annotations == NULL)
    return FALSE;
  for (guint i = 0; i < annotations->len; i++)
    sync_annotation (self, ((TpoAnnotationRecord *) g_ptr_array_index (annotations, i))->id);
  tpo_document_sync_conversation (self);
  return TRUE;
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

  tpo_document_abandon_work (self);
  tpo_document_select (self, NULL);
  tpo_document_highlight (self, NULL);
  g_list_store_remove_all (self->messages);
  g_list_store_remove_all (self->annotations);
  self->conversation_id = 0;
  g_clear_pointer (&self->video, tpo_video_unref);
  self->video = g_steal_pointer (&opening->video);
  self->video_id = id;
  g_free (self->title);
  self->title = g_strdup (tpo_video_get_name (self->video));
  stored = tpo_store_get_video (self->store, id, NULL); /* none: from the start */
  self->position_us = stored != NULL ? stored->position_us : 0;
  if (!restore (self, error))
    return FALSE;
  tpo_document_notify (self, TPO_DOCUMENT_PROP_TITLE);
  tpo_document_notify (self, TPO_DOCUMENT_PROP_POSITION_US);
  tpo_document_notify (self, TPO_DOCUMENT_PROP_VIDEO);
  return TRUE;
}

gboolean
tpo_document_reload (TpoDocument *self, GError **error)
{
  static const TpoStoreChange unknown = { .has_labels = TRUE, .has_videos = TRUE };

  g_return_val_if_fail (TPO_IS_DOCUMENT (self), FALSE);

  tpo_document_take_change (self, &unknown);
  if (self->video == NULL)
    return TRUE;
  tpo_document_select (self, NULL);
  tpo_document_highlight (self, NULL);
  g_list_store_remove_all (self->messages);
  g_list_store_remove_all (self->annotations);
  return restore (self, error);
}

/* ---- object ------------------------------------------------------------------------------------ */

static void
tpo_document_dispose (GObject *object)
{
  TpoDocument *self = TPO_DOCUMENT (object);

  tpo_document_abandon_work (self);
  g_clear_handle_id (&self->poll_id, g_source_remove);
  g_clear_object (&self->selected);
  g_clear_object (&self->highlighted);
  if (self->store != NULL) {
    if (self->video != NULL && !tpo_store_is_read_only (self->store))
      tpo_store_set_position (self->store, self->video_id, self->position_us,
                              NULL); /* nobody is left to tell */
    tpo_store_set_changed_func (self->store, NULL, NULL);
    g_clear_pointer (&self->store, tpo_store_close);
  }
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (tpo_document_parent_class)->dispose (object);
}

static void
tpo_document_finalize (GObject *object)
{
  TpoDocument *self = TPO_DOCUMENT (object);

  g_clear_pointer (&self->video, tpo_video_unref);
  g_clear_object (&self->annotations);
  g_clear_object (&self->messages);
  g_clear_object (&self->labels);
  g_free (self->title);
  g_free (self->conversation_title);
  g_free (self->step);
  g_free (self->problem);
  G_OBJECT_CLASS (tpo_document_parent_class)->finalize (object);
}

/* "Undo" names are kept untranslated in the project. */
static char *
translate (char *name)
{
  g_autofree char *original = name;

  return original != NULL ? g_strdup (_ (original)) : NULL;
}

static void
tpo_document_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  TpoDocument *self = TPO_DOCUMENT (object);

  switch ((TpoDocumentProp) id) {
  case TPO_DOCUMENT_PROP_VIDEO:
    g_value_set_pointer (value, self->video);
    break;
  case TPO_DOCUMENT_PROP_TITLE:
    g_value_set_string (value, self->title);
    break;
  case TPO_DOCUMENT_PROP_SELECTED:
    g_value_set_object (value, self->selected);
    break;
  case TPO_DOCUMENT_PROP_HIGHLIGHTED:
    g_value_set_object (value, self->highlighted);
    break;
  case TPO_DOCUMENT_PROP_CONVERSATION:
    g_value_set_string (value, self->conversation_title);
    break;
  case TPO_DOCUMENT_PROP_POSITION_US:
    g_value_set_int64 (value, self->position_us);
    break;
  case TPO_DOCUMENT_PROP_IS_BUSY:
    g_value_set_boolean (value, self->work != NULL);
    break;
  case TPO_DOCUMENT_PROP_STEP:
    g_value_set_string (value, self->step);
    break;
  case TPO_DOCUMENT_PROP_PROGRESS:
    g_value_set_double (value, self->progress);
    break;
  case TPO_DOCUMENT_PROP_UNDO_NAME:
    g_value_take_string (value, translate (tpo_store_dup_undo_name (self->store)));
    break;
  case TPO_DOCUMENT_PROP_REDO_NAME:
    g_value_take_string (value, translate (tpo_store_dup_redo_name (self->store)));
    break;
  case TPO_DOCUMENT_PROP_PROBLEM:
    g_value_set_string (value, self->problem);
    break;
  case TPO_DOCUMENT_PROP_0:
  case TPO_DOCUMENT_N_PROPS:
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
tpo_document_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  TpoDocument *self = TPO_DOCUMENT (object);

  if (id == TPO_DOCUMENT_PROP_SELECTED)
    tpo_document_select (self, g_value_get_object (value));
  else if (id == TPO_DOCUMENT_PROP_POSITION_US)
    tpo_document_set_position (self, g_value_get_int64 (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
tpo_document_class_init (TpoDocumentClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  GParamFlags both = readable | G_PARAM_WRITABLE;

  object_class->dispose = tpo_document_dispose;
  object_class->finalize = tpo_document_finalize;
  object_class->get_property = tpo_document_get_property;
  object_class->set_property = tpo_document_set_property;
  properties[TPO_DOCUMENT_PROP_VIDEO] = g_param_spec_pointer ("video", NULL, NULL, readable);
  properties[TPO_DOCUMENT_PROP_TITLE] =
      g_param_spec_string ("title", NULL, NULL, NULL, readable);
  properties[TPO_DOCUMENT_PROP_SELECTED] =
      g_param_spec_object ("selected", NULL, NULL, TPO_TYPE_ANNOTATION, both);
  properties[TPO_DOCUMENT_PROP_HIGHLIGHTED] =
      g_param_spec_object ("highlighted", NULL, NULL, TPO_TYPE_ANNOTATION, readable);
  properties[TPO_DOCUMENT_PROP_CONVERSATION] =
      g_param_spec_string ("conversation", NULL, NULL, NULL, readable);
  properties[TPO_DOCUMENT_PROP_POSITION_US] =
      g_param_spec_int64 ("position-us", NULL, NULL, 0, G_MAXINT64, 0, both);
  properties[TPO_DOCUMENT_PROP_IS_BUSY] =
      g_param_spec_boolean ("is-busy", NULL, NULL, FALSE, readable);
  properties[TPO_DOCUMENT_PROP_STEP] = g_param_spec_string ("step", NULL, NULL, NULL, readable);
  properties[TPO_DOCUMENT_PROP_PROGRESS] =
      g_param_spec_double ("progress", NULL, NULL, 0.0, 1.0, 0.0, readable);
  properties[TPO_DOCUMENT_PROP_UNDO_NAME] =
      g_param_spec_string ("undo-name", NULL, NULL, NULL, readable);
  properties[TPO_DOCUMENT_PROP_REDO_NAME] =
      g_param_spec_string ("redo-name", NULL, NULL, NULL, readable);
  properties[TPO_DOCUMENT_PROP_PROBLEM] =
      g_param_spec_string ("problem", NULL, NULL, NULL, readable);
  g_object_class_install_properties (object_class, TPO_DOCUMENT_N_PROPS, properties);
  signals[TOAST] = g_signal_new ("toast", TPO_TYPE_DOCUMENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[TOAST_UNDO] = g_signal_new ("toast-undo", TPO_TYPE_DOCUMENT, G_SIGNAL_RUN_LAST, 0,
                                      NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[PROJECT_CHANGED] =
      g_signal_new ("project-changed", TPO_TYPE_DOCUMENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
tpo_document_init (TpoDocument *self)
{
  self->annotations = g_list_store_new (TPO_TYPE_ANNOTATION);
  self->messages = g_list_store_new (TPO_TYPE_MESSAGE);
  self->labels = g_list_store_new (TPO_TYPE_LABEL);
}

TpoDocument *
tpo_document_new (TpoStore *store, TpoEngine *engine)
{
  TpoDocument *self;

  g_return_val_if_fail (store != NULL && TPO_IS_ENGINE (engine), NULL);

  self = g_object_new (TPO_TYPE_DOCUMENT, NULL);
  self->store = store;
  self->engine = g_object_ref (engine);
  if (tpo_store_is_read_only (store))
    self->problem = g_strdup (_ ("This project is read-only: corrections cannot be saved"));
  tpo_store_set_changed_func (store, on_store_changed, self);
  tpo_document_sync_labels (self);
  notify_steps (self);
  self->poll_id = g_timeout_add (POLL_EVERY_MS, on_poll, self);
  return self;
}

TpoVideo *
tpo_document_get_video (TpoDocument *self)
{
  g_return_val_if_fail (TPO_IS_DOCUMENT (self), NULL);

  return self->video;
}

gint64
tpo_document_get_video_id (TpoDocument *self)
{
  g_return_val_if_fail (TPO_IS_DOCUMENT (self), 0);

  return self->video_id;
}

TpoVideoIndex *
tpo_document_get_index (TpoDocument *self)
{
  g_return_val_if_fail (TPO_IS_DOCUMENT (self), NULL);

  return self->video != NULL ? tpo_video_get_index (self->video) : NULL;
}

TpoStore *
tpo_document_get_store (TpoDocument *self)
{
  g_return_val_if_fail (TPO_IS_DOCUMENT (self), NULL);

  return self->store;
}

TpoEngine *
tpo_document_get_engine (TpoDocument *self)
{
  g_return_val_if_fail (TPO_IS_DOCUMENT (self), NULL);

  return self->engine;
}

gint64
tpo_document_get_position (TpoDocument *self)
{
  g_return_val_if_fail (TPO_IS_DOCUMENT (self), 0);

  return self->position_us;
}

void
tpo_document_set_position (TpoDocument *self, gint64 position_us)
{
  g_return_if_fail (TPO_IS_DOCUMENT (self));

  if (self->position_us == position_us)
    return;
  self->position_us = position_us;
  tpo_document_notify (self, TPO_DOCUMENT_PROP_POSITION_US);
}

gboolean
tpo_document_flush (TpoDocument *self, GError **error)
{
  g_return_val_if_fail (TPO_IS_DOCUMENT (self), FALSE);

  if (self->video != NULL &&
      !tpo_store_set_position (self->store, self->video_id, self->position_us, error))
    return FALSE;
  return tpo_store_flush (self->store, error);
}

GListModel *
tpo_document_get_annotations (TpoDocument *self)
{
  g_return_val_if_fail (TPO_IS_DOCUMENT (self), NULL);

  return G_LIST_MODEL (self->annotations);
}

GListModel *
tpo_document_get_messages (TpoDocument *self)
{
  g_return_val_if_fail (TPO_IS_DOCUMENT (self), NULL);

  return G_LIST_MODEL (self->messages);
}

TpoAnnotation *
tpo_document_get_selected (TpoDocument *self)
{
  g_return_val_if_fail (TPO_IS_DOCUMENT (self), NULL);

  return self->selected;
}

void
tpo_document_select (TpoDocument *self, TpoAnnotation *annotation)
{
  g_return_if_fail (TPO_IS_DOCUMENT (self));

  if (g_set_object (&self->selected, annotation))
    tpo_document_notify (self, TPO_DOCUMENT_PROP_SELECTED);
}

TpoPredictionRecord *
tpo_document_get_prediction (TpoDocument *self, TpoAnnotation *annotation)
{
  gint64 id;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && TPO_IS_ANNOTATION (annotation), NULL);

  id = tpo_annotation_get_record (annotation)->prediction_id;
  return id != 0 ? tpo_store_get_prediction (self->store, id, NULL) /* unreadable: as if none */
                 : NULL;
}

GListModel *
tpo_document_get_labels (TpoDocument *self)
{
  g_return_val_if_fail (TPO_IS_DOCUMENT (self), NULL);

  return G_LIST_MODEL (self->labels);
}
