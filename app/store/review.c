#include "store/tpo-store-private.h"
#include "store/tpo-store-review.h"

void
tpo_unreviewed_record_free (TpoUnreviewedRecord *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->question, g_ref_string_release);
  g_clear_pointer (&self->model, g_ref_string_release);
  g_clear_pointer (&self->video_uri, g_ref_string_release);
  g_free (self->text);
  g_free (self->answer);
  g_free (self);
}

/* Thousands of rows share a few of these. */
static GRefString *
column_shared (sqlite3_stmt *row, int column)
{
  g_autofree char *text = tpo_column_text (row, column);

  return g_ref_string_new_intern (text != NULL ? text : "");
}

static gpointer
unreviewed_from_row (TpoStore *self, sqlite3_stmt *row, GError **error)
{
  g_autoptr (TpoUnreviewedRecord) record = g_new0 (TpoUnreviewedRecord, 1);
  int kind = tpo_annotation_kind_from_name ((const char *) sqlite3_column_text (row, 4));

  record->annotation_id = sqlite3_column_int64 (row, 0);
  record->video_id = sqlite3_column_int64 (row, 1);
  record->prediction_id = sqlite3_column_int64 (row, 2);
  record->message_id = sqlite3_column_int64 (row, 3);
  record->label_id = sqlite3_column_int64 (row, 5);
  record->text = tpo_column_text (row, 6);
  record->start_us = sqlite3_column_int64 (row, 7);
  record->end_us = sqlite3_column_int64 (row, 8);
  record->question = column_shared (row, 9);
  record->model = column_shared (row, 10);
  record->video_uri = column_shared (row, 11);
  record->answer = tpo_column_text (row, 12);
  if (kind < 0 || record->end_us <= record->start_us)
    return tpo_bad_row (self, "annotation", record->annotation_id, error);
  record->kind = (TpoAnnotationKind) kind;
  return g_steal_pointer (&record);
}

GPtrArray *
tpo_store_list_unreviewed (TpoStore *self, GError **error)
{
  g_return_val_if_fail (self != NULL, NULL);

  return tpo_sql_list (
      self, unreviewed_from_row, (GDestroyNotify) tpo_unreviewed_record_free, error,
      "SELECT a.id, a.video_id, a.prediction_id, p.message_id, a.kind, r.label_id, r.text,"
      "  r.start_us, r.end_us, p.prompt, p.model, v.uri, m.text "
      "FROM annotation AS a "
      "JOIN revision AS r ON r.id = a.revision_id AND NOT r.is_deleted"
      "  AND r.status = 'predicted' "
      "JOIN prediction AS p ON p.id = a.prediction_id "
      "JOIN video AS v ON v.id = a.video_id AND NOT v.is_removed "
      "LEFT JOIN message AS m ON m.id = p.message_id "
      "ORDER BY a.id",
      TPO_NO_VALUES);
}

GArray *
tpo_store_list_asked_again (TpoStore *self, GError **error)
{
  g_autoptr (GArray) records = g_array_new (FALSE, FALSE, sizeof (TpoAskedAgainRecord));
  g_autoptr (GError) problem = NULL;
  sqlite3_stmt *row;

  g_return_val_if_fail (self != NULL, NULL);

  row = tpo_sql_query (self, error,
                       "WITH again AS ("
                       "  SELECT video_id, prompt, kind FROM prediction"
                       "  WHERE message_id IS NOT NULL AND prompt <> ''"
                       "  GROUP BY video_id, prompt, kind HAVING count(DISTINCT message_id) > 1"
                       ") "
                       "SELECT p.id, p.message_id,"
                       "  dense_rank() OVER (ORDER BY p.video_id, p.prompt, p.kind) - 1 "
                       "FROM again JOIN prediction AS p USING (video_id, prompt, kind) "
                       "WHERE p.message_id IS NOT NULL ORDER BY 3, 1",
                       TPO_NO_VALUES);
  if (row == NULL)
    return NULL;
  while (tpo_sql_next (self, row, &problem)) {
    TpoAskedAgainRecord record = { sqlite3_column_int64 (row, 0), sqlite3_column_int64 (row, 1),
                                   (guint) sqlite3_column_int64 (row, 2) };

    g_array_append_val (records, record);
  }
  if (problem != NULL) {
    g_propagate_error (error, g_steal_pointer (&problem));
    return NULL;
  }
  return g_steal_pointer (&records);
}

static gpointer
change_from_row (TpoStore *self, sqlite3_stmt *row, GError **error)
{
  TpoKeyframeChange *change = g_new0 (TpoKeyframeChange, 1);

  change->revision_id = sqlite3_column_int64 (row, 0);
  change->n_set = (guint) sqlite3_column_int64 (row, 1);
  change->n_removed = (guint) sqlite3_column_int64 (row, 2);
  change->first_us = sqlite3_column_int64 (row, 3);
  return change;
}

GHashTable *
tpo_store_list_keyframe_changes (TpoStore *self, gint64 annotation_id, GError **error)
{
  g_autoptr (GPtrArray) changes = NULL;
  GHashTable *by_revision;

  g_return_val_if_fail (self != NULL, NULL);

  changes = tpo_sql_list (self, change_from_row, g_free, error,
                          "SELECT r.id, sum(k.state <> 'removed'), sum(k.state = 'removed'),"
                          "  min(k.time_us) "
                          "FROM revision AS r JOIN keyframe AS k ON k.revision_id = r.id "
                          "WHERE r.annotation_id = ?1 GROUP BY r.id",
                          TPO_VALUES (tpo_int (annotation_id)));
  if (changes == NULL)
    return NULL;
  g_ptr_array_set_free_func (changes, NULL);
  by_revision = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);
  for (guint i = 0; i < changes->len; i++) {
    TpoKeyframeChange *change = g_ptr_array_index (changes, i);

    g_hash_table_insert (by_revision, &change->revision_id, change);
  }
  return by_revision;
}
