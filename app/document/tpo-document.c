#include "config.h"

#include <glib/gi18n.h>

#include "document/tpo-document-private.h"
#include "store/tpo-store-review.h"

G_DEFINE_FINAL_TYPE (TpoDocument, tpo_document, G_TYPE_OBJECT)

static const gint64 MANY_REVISIONS = 1000; /* of others, after which all is read again */
static const gsize MASK_BYTES = 32
                                << 20;  /* of masks that were shown last: minutes of a video */
static const guint POLL_EVERY_MS = 400; /* a change of another window shows within a second */

enum {
  TOAST,
  TOAST_UNDO,
  PROJECT_CHANGED,
  MESSAGE_SHOWN,
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
tpo_document_saved (TpoDocument *self, gboolean ok, GError **error)
{
  if (ok)
    return TRUE;
  g_signal_emit (self, signals[TOAST], 0,
                 *error != NULL ? (*error)->message : _ ("Nothing was saved"));
  g_clear_error (error);
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

  tpo_document_drop_undone_work (self);
  if (change->has_labels)
    tpo_document_sync_labels (self);
  tpo_document_follow (self, change->annotation_ids, change->n_annotation_ids);
  if (change->has_conversations)
    tpo_document_sync_conversation (self, change->same_message_id);
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
  if (self->job != NULL || !tpo_store_poll (self->store))
    return;
  if (tpo_store_count_revised (self->store, &self->mark) > MANY_REVISIONS) {
    tpo_document_reload (self);
  } else {
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

/* ---- object ------------------------------------------------------------------------------------ */

static void
tpo_document_dispose (GObject *object)
{
  TpoDocument *self = TPO_DOCUMENT (object);

  tpo_document_abandon_work (self);
  g_clear_handle_id (&self->poll_id, g_source_remove);
  tpo_document_stop_following (self);
  g_clear_object (&self->selected);
  g_hash_table_remove_all (self->selection);
  g_clear_pointer (&self->reselected, g_array_unref);
  g_clear_object (&self->highlighted);
  if (self->store != NULL) {
    tpo_document_finish_jobs (self);
    tpo_document_save_place (self, NULL); /* nobody is left to tell */
    tpo_store_set_changed_func (self->store, NULL, NULL);
    g_clear_pointer (&self->masks, tpo_mask_reader_free);
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
  g_hash_table_unref (self->selection);
  g_clear_pointer (&self->best_spans, g_hash_table_unref);
  g_clear_pointer (&self->track_makers, g_ptr_array_unref);
  g_hash_table_unref (self->revisions);
  g_hash_table_unref (self->being_read);
  g_array_unref (self->stale);
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
  signals[MESSAGE_SHOWN] = g_signal_new ("message-shown", TPO_TYPE_DOCUMENT, G_SIGNAL_RUN_LAST,
                                         0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
tpo_document_init (TpoDocument *self)
{
  self->annotations = tpo_annotation_list_new ();
  g_queue_init (&self->jobs);
  self->stale = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->messages = g_list_store_new (TPO_TYPE_MESSAGE);
  self->labels = g_list_store_new (TPO_TYPE_LABEL);
  self->selection = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  self->revisions = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free,
                                           (GDestroyNotify) tpo_annotation_record_free);
  self->being_read = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
}

TpoDocument *
tpo_document_new (TpoStore *store, TpoEngine *engine)
{
  TpoDocument *self;

  g_return_val_if_fail (store != NULL && TPO_IS_ENGINE (engine), NULL);

  self = g_object_new (TPO_TYPE_DOCUMENT, NULL);
  self->store = store;
  self->masks = tpo_mask_reader_new (store, MASK_BYTES);
  self->engine = g_object_ref (engine);
  if (tpo_store_is_read_only (store))
    self->problem = g_strdup (_ ("This project is read-only: corrections cannot be saved"));
  tpo_store_set_changed_func (store, on_store_changed, self);
  tpo_document_sync_labels (self);
  notify_steps (self);
  g_array_unref (tpo_document_list_changed (self)); /* nothing is open yet */
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

  tpo_document_finish_jobs (self);
  if (!tpo_document_save_place (self, error))
    return FALSE;
  return tpo_store_flush (self->store, error);
}

TpoAnnotationList *
tpo_document_get_annotations (TpoDocument *self)
{
  g_return_val_if_fail (TPO_IS_DOCUMENT (self), NULL);

  return self->annotations;
}

GListModel *
tpo_document_get_messages (TpoDocument *self)
{
  g_return_val_if_fail (TPO_IS_DOCUMENT (self), NULL);

  return G_LIST_MODEL (self->messages);
}

TpoPredictionRecord *
tpo_document_get_prediction (TpoDocument *self, TpoAnnotation *annotation)
{
  gint64 id;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && TPO_IS_ANNOTATION (annotation), NULL);

  id = tpo_annotation_get_record (annotation)->prediction_id;
  return id != 0 ? tpo_store_get_outline (self->store, id, NULL) /* unreadable: as if none */
                 : NULL;
}

GListModel *
tpo_document_get_labels (TpoDocument *self)
{
  g_return_val_if_fail (TPO_IS_DOCUMENT (self), NULL);

  return G_LIST_MODEL (self->labels);
}
