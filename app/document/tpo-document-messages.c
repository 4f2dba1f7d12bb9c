#include "config.h"

#include "document/tpo-document-private.h"

/*
 * The chips of answers follow the project: what was made from their predictions, also where a person
 * took it out again.
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

void
tpo_document_add_chips (TpoDocument *self, GPtrArray *messages)
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
