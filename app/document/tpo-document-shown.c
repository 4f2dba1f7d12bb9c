#include "config.h"

#include "document/tpo-document-private.h"

/*
 * Which conversation is shown, and its messages, which follow the project: few are read at once,
 * many by a thread over a connection of its own. Until those are there what was shown stays.
 */

/* ---- reading -------------------------------------------------------------------------------------------- */

/* The one of that id, or else the newest one of the video. Returns: (transfer full) (nullable) */
static TpoConversationRecord *
choose_conversation (TpoStore *store, gint64 video_id, gint64 conversation_id)
{
  g_autoptr (TpoConversationRecord) chosen =
      conversation_id != 0 ? tpo_store_get_conversation (store, conversation_id, NULL)
                           : NULL; /* deleted */
  g_autoptr (GPtrArray) others = NULL;

  if (chosen != NULL && chosen->video_id == video_id)
    return g_steal_pointer (&chosen);
  others = tpo_store_list_conversations (store, video_id, NULL); /* an error: as if none */
  return others != NULL && others->len > 0 ? g_ptr_array_steal_index (others, others->len - 1)
                                           : NULL;
}

/* Returns: (transfer full) (element-type TpoMessageRecord): none where they cannot be read */
static GPtrArray *
list_records (TpoStore *store, const TpoConversationRecord *shown, gint64 after_id)
{
  GPtrArray *records =
      shown != NULL ? tpo_store_list_later_messages (store, shown->id, after_id, NULL) : NULL;

  return records != NULL ? records : g_ptr_array_new ();
}

/* Whether @records, or the end of @shown where there are none, come right after that message. */
static gboolean
follow_message (GPtrArray *records, const TpoConversationRecord *shown, gint64 message_id)
{
  const TpoMessageRecord *first = records->len > 0 ? g_ptr_array_index (records, 0) : NULL;

  return (first != NULL ? first->parent_id : shown->leaf_id) == message_id;
}

/* Takes what @records hold over. Returns: (transfer full) (element-type TpoMessage) */
static GPtrArray *
make_messages (GPtrArray *records, const GArray *claims)
{
  GPtrArray *made = g_ptr_array_new_with_free_func (g_object_unref);
  gsize n_records;
  g_autofree TpoMessageRecord **list =
      (TpoMessageRecord **) g_ptr_array_steal (records, &n_records);
  guint claim = 0;

  for (gsize i = 0; i < n_records; i++) {
    gint64 id = list[i]->id;
    TpoMessage *message = tpo_message_new (list[i]);

    g_ptr_array_add (made, message);
    for (; claim < claims->len; claim++) { /* both are by message */
      const TpoClaim *current = &g_array_index (claims, TpoClaim, claim);

      if (current->message_id != id)
        break;
      tpo_message_add_claim (message, current);
    }
  }
  return made;
}

TpoConversationReading *
tpo_document_load_conversation (TpoStore *store, gint64 video_id, gint64 conversation_id,
                                gint64 after_id)
{
  TpoConversationReading *self = g_new0 (TpoConversationReading, 1);
  g_autoptr (GPtrArray) records = NULL;
  g_autoptr (GArray) claims = NULL;

  self->wanted_id = conversation_id;
  self->shown = choose_conversation (store, video_id, conversation_id);
  self->after_id = self->shown != NULL ? after_id : 0;
  records = list_records (store, self->shown, self->after_id);
  if (self->after_id != 0 && !follow_message (records, self->shown, self->after_id)) {
    g_ptr_array_unref (records);
    records = list_records (store, self->shown, self->after_id = 0);
  }
  if (self->shown != NULL)
    claims = tpo_store_list_claims (store, self->shown->id, self->after_id, NULL);
  if (claims == NULL) /* no chips */
    claims = g_array_new (FALSE, FALSE, sizeof (TpoClaim));
  self->messages = make_messages (records, claims);
  return self;
}

void
tpo_conversation_reading_free (TpoConversationReading *self)
{
  g_clear_pointer (&self->shown, tpo_conversation_record_free);
  g_clear_pointer (&self->messages, tpo_document_free_in_thread);
  g_free (self);
}

/* ---- what is shown -------------------------------------------------------------------------------------- */

static gint64
id_at (TpoDocument *self, guint position)
{
  return tpo_message_get_record (tpo_document_message_at (self, position))->id;
}

/* Returns: how many messages there are up to that one; 0: it is not shown */
static guint
count_up_to (TpoDocument *self, gint64 message_id)
{
  guint i = g_list_model_get_n_items (G_LIST_MODEL (self->messages));

  while (i > 0 && id_at (self, i - 1) > message_id)
    i--;
  return i > 0 && id_at (self, i - 1) == message_id ? i : 0;
}

static void
set_shown (TpoDocument *self, const TpoConversationRecord *shown)
{
  g_autofree char *title = shown != NULL ? tpo_conversation_dup_title (shown) : NULL;

  self->conversation_id = shown != NULL ? shown->id : 0;
  if (g_strcmp0 (title, self->conversation_title) == 0)
    return;
  g_free (self->conversation_title);
  self->conversation_title = g_steal_pointer (&title);
  tpo_document_notify (self, TPO_DOCUMENT_PROP_CONVERSATION);
}

/* The answer that the engine works on is further than what is saved of it. */
static gboolean
is_live (TpoDocument *self, gint64 message_id)
{
  return self->work != NULL && self->work->answer != NULL &&
         tpo_message_get_record (self->work->answer)->id == message_id;
}

/* Instead of what was read of it. */
static void
put_live (TpoDocument *self, GPtrArray *messages)
{
  for (guint i = 0; i < messages->len; i++) {
    TpoMessage *loaded = g_ptr_array_index (messages, i);

    if (!is_live (self, tpo_message_get_record (loaded)->id))
      continue;
    tpo_message_take_claims (self->work->answer, loaded);
    g_ptr_array_index (messages, i) = g_object_ref (self->work->answer);
    g_object_unref (loaded);
  }
}

/* What is the same at the front stays; its ratings and branches may be others. */
static void
show_messages (TpoDocument *self, guint same, GPtrArray *loaded)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->messages)), i = 0;

  for (; same < n && i < loaded->len; same++, i++) {
    TpoMessage *known = tpo_document_message_at (self, same);
    TpoMessage *now = g_ptr_array_index (loaded, i);
    gint64 id = tpo_message_get_record (now)->id;

    if (tpo_message_get_record (known)->id != id)
      break;
    if (!is_live (self, id))
      tpo_message_update (known, now);
  }
  if (same < n)
    g_list_store_splice (self->messages, same, n - same, NULL, 0);
  if (i == loaded->len)
    return;
  g_ptr_array_remove_range (loaded, 0, i);
  put_live (self, loaded);
  tpo_document_add_chips (self, loaded);
  g_list_store_splice (self->messages, same, 0, loaded->pdata, loaded->len);
}

void
tpo_document_show_loaded_conversation (TpoDocument *self, TpoConversationReading *reading)
{
  self->rereading = NULL;
  set_shown (self, reading->shown);
  show_messages (self, reading->after_id != 0 ? count_up_to (self, reading->after_id) : 0,
                 reading->messages);
  tpo_document_look_for_message (self);
}

void
tpo_document_forget_messages (TpoDocument *self)
{
  self->rereading = NULL;
  self->sought_message_id = 0;
  g_list_store_remove_all (self->messages);
}

/* ---- again ---------------------------------------------------------------------------------------------- */

/* What a thread is to read. */
typedef struct {
  char *project;
  gint64 video_id, conversation_id, after_id;
  guint n_changes; /* of conversations that were known before */
} Reread;

static void
reread_free (Reread *self)
{
  g_free (self->project);
  g_free (self);
}

static void
run_reading (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Reread *self = data;
  GError *error = NULL;
  g_autoptr (TpoStore) store = tpo_store_open (self->project, TPO_STORE_READ_ONLY, &error);

  if (store != NULL)
    g_task_return_pointer (task,
                           tpo_document_load_conversation (
                               store, self->video_id, self->conversation_id, self->after_id),
                           (GDestroyNotify) tpo_conversation_reading_free);
  else
    g_task_return_error (task, error);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TpoDocument *self = TPO_DOCUMENT (source);
  const Reread *reread = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoConversationReading) reading =
      g_task_propagate_pointer (G_TASK (result), &error);

  if (self->store == NULL || self->rereading != G_TASK (result))
    return;
  self->rereading = NULL;
  if (reading == NULL)
    tpo_document_toast (self, error->message);
  else if (reread->video_id == self->video_id &&
           reread->n_changes == self->n_conversation_changes)
    tpo_document_show_loaded_conversation (self, reading);
  else
    tpo_document_sync_conversation (self, 0);
}

static void
read_in_thread (TpoDocument *self, gint64 after_id)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, on_read, NULL);
  Reread *reread = g_new (Reread, 1);

  *reread = (Reread){
    .project = g_strdup (tpo_store_get_path (self->store)),
    .video_id = self->video_id,
    .conversation_id = self->conversation_id,
    .after_id = after_id,
    .n_changes = self->n_conversation_changes,
  };
  self->rereading = task;
  g_task_set_task_data (task, reread, (GDestroyNotify) reread_free);
  g_task_run_in_thread (task, run_reading);
}

static void
read_at_once (TpoDocument *self, gint64 after_id)
{
  g_autoptr (TpoConversationReading) reading = tpo_document_load_conversation (
      self->store, self->video_id, self->conversation_id, after_id);

  tpo_document_show_loaded_conversation (self, reading);
}

void
tpo_document_sync_conversation (TpoDocument *self, gint64 same_message_id)
{
  g_autoptr (TpoConversationRecord) shown =
      choose_conversation (self->store, self->video_id, self->conversation_id);
  gint64 after_id =
      self->rereading == NULL && count_up_to (self, same_message_id) > 0 ? same_message_id : 0;

  self->n_conversation_changes++;
  set_shown (self, shown);
  if (!tpo_store_has_many_messages (self->store, self->conversation_id, after_id))
    read_at_once (self, after_id);
  else if (self->rereading == NULL) /* else it is read once more after that */
    read_in_thread (self, after_id);
}

void
tpo_document_settle_messages (TpoDocument *self)
{
  if (self->rereading != NULL)
    read_at_once (self, 0);
}

void
tpo_document_show_conversation (TpoDocument *self, gint64 conversation_id)
{
  g_return_if_fail (TPO_IS_DOCUMENT (self));

  if (self->conversation_id == conversation_id)
    return;
  self->conversation_id = conversation_id;
  tpo_document_sync_conversation (self, 0);
}
