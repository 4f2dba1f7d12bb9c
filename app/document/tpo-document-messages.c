#include "config.h"

#include "document/tpo-document-private.h"

/*
 * The messages that are shown follow the store, and so do the chips of answers: what was made from
 * their predictions, also where a person took it out again.
 */

/* ---- chips ------------------------------------------------------------------------------------------ */

TpoMessage *
tpo_document_find_answer (TpoDocument *self, TpoAnnotation *annotation)
{
  gint64 prediction_id = tpo_annotation_get_record (annotation)->prediction_id;
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->messages));

  for (guint i = 0; i < n && prediction_id != 0; i++) {
    g_autoptr (TpoMessage) message = g_list_model_get_item (G_LIST_MODEL (self->messages), i);

    if (tpo_message_has_prediction (message, prediction_id))
      return message; /* the model keeps it */
  }
  return NULL;
}

/* What an answer lost when another one took its place is no claim that anybody disputes. */
static gboolean
is_disputed (const TpoAnnotationRecord *withdrawn)
{
  return withdrawn->status != TPO_STATUS_PREDICTED;
}

TpoAnnotationRecord *
tpo_document_get_withdrawn (TpoDocument *self, TpoAnnotation *annotation)
{
  const TpoAnnotationRecord *record = tpo_annotation_get_record (annotation);
  g_autoptr (GPtrArray) withdrawn =
      record->prediction_id != 0
          ? tpo_store_list_withdrawn (self->store, self->video_id, record->prediction_id, NULL)
          : NULL; /* an error: as if none */

  for (guint i = 0; withdrawn != NULL && i < withdrawn->len; i++) {
    TpoAnnotationRecord *found = g_ptr_array_index (withdrawn, i);

    if (found->id == record->id && is_disputed (found))
      return g_ptr_array_steal_index (withdrawn, i);
  }
  return NULL;
}

TpoAnnotation *
tpo_document_find_withdrawn (TpoDocument *self, const TpoAnnotationRecord *record)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->messages));

  for (guint i = 0; i < n && record->prediction_id != 0; i++) {
    g_autoptr (TpoMessage) message = g_list_model_get_item (G_LIST_MODEL (self->messages), i);
    GListModel *chips = tpo_message_get_chips (message);

    for (guint k = 0; k < g_list_model_get_n_items (chips); k++) {
      g_autoptr (TpoAnnotation) chip = g_list_model_get_item (chips, k);

      if (tpo_annotation_get_id (chip) == record->id)
        return chip; /* the message keeps it */
    }
  }
  return NULL;
}

/* @answers: prediction id → the message that it is a claim of. */
static void
add_chip (GHashTable *answers, TpoAnnotation *annotation)
{
  const TpoAnnotationRecord *record = tpo_annotation_get_record (annotation);
  TpoMessage *answer = g_hash_table_lookup (answers, &record->prediction_id);

  if (answer != NULL)
    g_list_store_append (tpo_message_edit_chips (answer), annotation);
}

static void
add_chips (TpoDocument *self, GPtrArray *messages)
{
  g_autoptr (GHashTable) answers = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_autoptr (GPtrArray) withdrawn = NULL;

  for (guint i = 0; i < messages->len; i++) {
    const GArray *claims = tpo_message_get_claims (g_ptr_array_index (messages, i));

    for (guint k = 0; k < claims->len; k++)
      g_hash_table_insert (answers, &g_array_index (claims, TpoClaim, k).prediction_id,
                           g_ptr_array_index (messages, i));
  }
  if (g_hash_table_size (answers) == 0)
    return;
  for (guint i = 0; i < tpo_annotation_list_get_n (self->annotations); i++)
    add_chip (answers, tpo_annotation_list_get (self->annotations, i));
  for (guint i = self->n_arrived; self->arriving != NULL && i < self->arriving->len; i++)
    if (g_ptr_array_index (self->arriving, i) != NULL)
      add_chip (answers, g_ptr_array_index (self->arriving, i));
  withdrawn = tpo_store_list_withdrawn (self->store, self->video_id, 0, NULL); /* as if none */
  for (guint i = 0; withdrawn != NULL && i < withdrawn->len;) {
    TpoAnnotationRecord *record = g_ptr_array_index (withdrawn, i);

    if (is_disputed (record) && g_hash_table_contains (answers, &record->prediction_id)) {
      g_autoptr (TpoAnnotation) annotation =
          tpo_annotation_new (g_ptr_array_steal_index (withdrawn, i), NULL);

      tpo_annotation_set_label (annotation, tpo_document_find_label (self, record->label_id));
      add_chip (answers, annotation);
    } else {
      i++;
    }
  }
}

/* ---- messages ----------------------------------------------------------------------------------------- */

/* The answer that the engine works on is further than what is saved of it. Returns: (transfer none)
 * (nullable) */
static TpoMessage *
get_live (TpoDocument *self)
{
  return self->work != NULL ? self->work->answer : NULL;
}

static gboolean
is_of (TpoMessage *message, const TpoMessageRecord *record)
{
  return message != NULL && tpo_message_get_record (message)->id == record->id;
}

/* Takes @record over. */
static TpoMessage *
make_message (TpoMessage *live, TpoMessageRecord *record)
{
  if (!is_of (live, record))
    return tpo_message_new (record);
  tpo_message_record_free (record);
  tpo_message_clear_claims (live);
  return g_object_ref (live);
}

/*
 * Takes what @records hold over; in the thread of @store. @live: (nullable): is one of them.
 * Returns: (element-type TpoMessage): with their claims
 */
static GPtrArray *
make_messages (TpoStore *store, gint64 conversation_id, TpoMessage *live,
               TpoMessageRecord **records, gsize n_records)
{
  GPtrArray *made = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GArray) claims = tpo_store_list_claims (
      store, conversation_id, n_records > 0 ? records[0]->id : G_MAXINT64, NULL); /* no chips */
  guint claim = 0;

  for (gsize i = 0; i < n_records; i++) {
    TpoMessage *message = make_message (live, records[i]);
    gint64 id = tpo_message_get_record (message)->id;

    g_ptr_array_add (made, message);
    /* Both are by message; those of other branches are passed over. */
    for (; claims != NULL && claim < claims->len; claim++) {
      const TpoClaim *current = &g_array_index (claims, TpoClaim, claim);

      if (current->message_id > id)
        break;
      if (current->message_id == id)
        tpo_message_add_claim (message, current);
    }
  }
  return made;
}

static void
append_messages (TpoDocument *self, GPtrArray *messages)
{
  add_chips (self, messages);
  g_list_store_splice (self->messages, g_list_model_get_n_items (G_LIST_MODEL (self->messages)),
                       0, messages->pdata, messages->len);
}

/* Returns: (transfer full) (element-type TpoMessageRecord): none where they cannot be read */
static GPtrArray *
list_records (TpoStore *store, gint64 conversation_id, gint64 after_id)
{
  GPtrArray *records =
      conversation_id != 0
          ? tpo_store_list_later_messages (store, conversation_id, after_id, NULL)
          : NULL;

  return records != NULL ? records : g_ptr_array_new ();
}

/* Returns: how many messages there are up to that one; 0: it is not shown */
static guint
count_up_to (TpoDocument *self, gint64 message_id)
{
  guint i = g_list_model_get_n_items (G_LIST_MODEL (self->messages));

  for (; i > 0; i--) {
    g_autoptr (TpoMessage) message =
        g_list_model_get_item (G_LIST_MODEL (self->messages), i - 1);

    if (tpo_message_get_record (message)->id <= message_id)
      return tpo_message_get_record (message)->id == message_id ? i : 0;
  }
  return 0;
}

/* Whether @records, or the end of @shown where there are none, come right after that message. */
static gboolean
follow_message (GPtrArray *records, const TpoConversationRecord *shown, gint64 message_id)
{
  const TpoMessageRecord *first = records->len > 0 ? g_ptr_array_index (records, 0) : NULL;

  return (first != NULL ? first->parent_id : shown->leaf_id) == message_id;
}

/*
 * What comes after @same messages is taken from @records: what is the same at the front stays; its
 * ratings and branches may be others.
 */
static void
replace_messages (TpoDocument *self, guint same, GPtrArray *records)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->messages));
  gsize n_records, i = 0;
  g_autofree TpoMessageRecord **list =
      (TpoMessageRecord **) g_ptr_array_steal (records, &n_records);

  for (; same < n && i < n_records; same++, i++) {
    g_autoptr (TpoMessage) message =
        g_list_model_get_item (G_LIST_MODEL (self->messages), same);

    if (!is_of (message, list[i]))
      break;
    if (is_of (get_live (self), list[i]))
      tpo_message_record_free (list[i]);
    else
      tpo_message_update (message, list[i]);
  }
  if (same < n)
    g_list_store_splice (self->messages, same, n - same, NULL, 0);
  if (i < n_records) {
    g_autoptr (GPtrArray) added = make_messages (self->store, self->conversation_id,
                                                 get_live (self), list + i, n_records - i);

    append_messages (self, added);
  }
}

/* @same_id: up to that message nothing has changed, where it is shown. */
static void
sync_messages (TpoDocument *self, const TpoConversationRecord *shown, gint64 same_id)
{
  guint same = shown != NULL && same_id != 0 ? count_up_to (self, same_id) : 0;
  g_autoptr (GPtrArray) records =
      list_records (self->store, self->conversation_id, same > 0 ? same_id : 0);

  if (same > 0 && !follow_message (records, shown, same_id)) {
    g_ptr_array_unref (records);
    records = list_records (self->store, self->conversation_id, 0);
    same = 0;
  }
  replace_messages (self, same, records);
}

/* ---- which conversation ---------------------------------------------------------------------------------- */

static void
set_title (TpoDocument *self, const TpoConversationRecord *conversation)
{
  g_autofree char *title =
      conversation != NULL ? tpo_conversation_dup_title (conversation) : NULL;

  if (g_strcmp0 (title, self->conversation_title) == 0)
    return;
  g_free (self->conversation_title);
  self->conversation_title = g_steal_pointer (&title);
  tpo_document_notify (self, TPO_DOCUMENT_PROP_CONVERSATION);
}

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

void
tpo_document_sync_conversation (TpoDocument *self, gint64 same_message_id)
{
  g_autoptr (TpoConversationRecord) shown =
      self->video != NULL
          ? choose_conversation (self->store, self->video_id, self->conversation_id)
          : NULL;

  self->conversation_id = shown != NULL ? shown->id : 0;
  sync_messages (self, shown, same_message_id);
  set_title (self, shown);
}

void
tpo_conversation_reading_free (TpoConversationReading *self)
{
  g_clear_pointer (&self->shown, tpo_conversation_record_free);
  g_clear_pointer (&self->messages, g_ptr_array_unref);
  g_free (self);
}

TpoConversationReading *
tpo_document_load_conversation (TpoStore *store, gint64 video_id, gint64 conversation_id)
{
  TpoConversationReading *self = g_new0 (TpoConversationReading, 1);
  g_autoptr (GPtrArray) records = NULL;
  g_autofree TpoMessageRecord **list = NULL;
  gsize n_records;

  self->wanted_id = conversation_id;
  self->shown = choose_conversation (store, video_id, conversation_id);
  conversation_id = self->shown != NULL ? self->shown->id : 0;
  records = list_records (store, conversation_id, 0);
  list = (TpoMessageRecord **) g_ptr_array_steal (records, &n_records);
  self->messages = make_messages (store, conversation_id, NULL, list, n_records);
  return self;
}

void
tpo_document_show_loaded_conversation (TpoDocument *self, TpoConversationReading *reading)
{
  self->conversation_id = reading->shown != NULL ? reading->shown->id : 0;
  g_list_store_remove_all (self->messages);
  append_messages (self, reading->messages);
  set_title (self, reading->shown);
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

/* ---- changes of others ----------------------------------------------------------------------------------- */

static GArray *
compare_heads (TpoDocument *self)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) heads =
      self->video != NULL
          ? tpo_store_list_heads (self->store, self->video_id, NULL)
          : NULL; /* unreadable now: it is looked at again after the next change */
  guint n = heads != NULL ? tpo_annotation_list_get_n (self->annotations) : 0;
  guint head = 0;

  /* Both are by id. */
  for (guint i = 0; i < n; i++) {
    const TpoAnnotationRecord *record =
        tpo_annotation_get_record (tpo_annotation_list_get (self->annotations, i));

    for (; head < heads->len; head++) {
      const TpoHead *current = &g_array_index (heads, TpoHead, head);

      if (current->annotation_id >= record->id)
        break;
      g_array_append_val (ids, current->annotation_id);
    }
    if (head < heads->len && g_array_index (heads, TpoHead, head).annotation_id == record->id) {
      if (g_array_index (heads, TpoHead, head).revision_id != record->revision_id)
        g_array_append_val (ids, record->id);
      head++;
    } else {
      g_array_append_val (ids, record->id);
    }
  }
  for (; heads != NULL && head < heads->len; head++)
    g_array_append_val (ids, g_array_index (heads, TpoHead, head).annotation_id);
  return ids;
}

GArray *
tpo_document_list_changed (TpoDocument *self)
{
  GArray *ids = tpo_store_list_revised (self->store, &self->mark);

  return ids != NULL ? ids : compare_heads (self);
}
