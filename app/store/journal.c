#include <tpo/error.h>

#include "store/tpo-store-private.h"

/*
 * The undo journal. A step is what the user did once; its changes are the values that columns
 * had before and after. Undo writes the former, newest first, redo the latter. What a user
 * creates is therefore inserted out of sight and brought into sight by a journaled change.
 */

typedef struct {
  const char *name;       /* in the file */
  const char *journal;    /* ?1 step, ?2 row, ?3 new value */
  const char *write;      /* ?1 row, ?2 new value */
  const char *restore[2]; /* before, after: ?1 row, ?2 change */
} Field;

#define RESTORE(table, column, side)                                                      \
  "UPDATE " #table " SET " #column " = (SELECT " side " FROM undo_change WHERE id = ?2) " \
  "WHERE id = ?1"
#define FIELD(table, column)                                                            \
  {                                                                                     \
    .name = #table "." #column,                                                         \
    .journal = "INSERT INTO undo_change (step_id, field, row_id, before, after) "       \
               "SELECT ?1, '" #table "." #column "', id, " #column ", ?3 FROM " #table  \
               " WHERE id = ?2",                                                        \
    .write = "UPDATE " #table " SET " #column " = ?2 WHERE id = ?1",                    \
    .restore = { RESTORE (table, column, "before"), RESTORE (table, column, "after") }, \
  }

static const Field fields[TPO_FIELD_COUNT] = {
  [TPO_FIELD_ANNOTATION_REVISION] = FIELD (annotation, revision_id),
  [TPO_FIELD_CONVERSATION_TITLE] = FIELD (conversation, title),
  [TPO_FIELD_CONVERSATION_LEAF] = FIELD (conversation, leaf_id),
  [TPO_FIELD_CONVERSATION_REMOVED] = FIELD (conversation, is_removed),
  [TPO_FIELD_LABEL_COLOR] = FIELD (label, color),
  [TPO_FIELD_LABEL_ATTRIBUTE_CHOICES] = FIELD (label_attribute, choices),
  [TPO_FIELD_LABEL_ATTRIBUTE_NAME] = FIELD (label_attribute, name),
  [TPO_FIELD_LABEL_ATTRIBUTE_REMOVED] = FIELD (label_attribute, is_removed),
  [TPO_FIELD_LABEL_KEY] = FIELD (label, key),
  [TPO_FIELD_LABEL_NAME] = FIELD (label, name),
  [TPO_FIELD_LABEL_REMOVED] = FIELD (label, is_removed),
  [TPO_FIELD_MESSAGE_RATING] = FIELD (message, rating),
  [TPO_FIELD_MESSAGE_REMOVED] = FIELD (message, is_removed),
  [TPO_FIELD_QUESTION_REMOVED] = FIELD (question, is_removed),
  [TPO_FIELD_QUESTION_TEXT] = FIELD (question, text),
  [TPO_FIELD_VIDEO_REMOVED] = FIELD (video, is_removed),
  [TPO_FIELD_VIDEO_REVIEWED] = FIELD (video, is_reviewed),
  [TPO_FIELD_VIDEO_URI] = FIELD (video, uri),
};

static void
note_changed (TpoStore *self, TpoField field, gint64 id)
{
  TpoChanged changed = { .field = (int) field, .id = id };

  g_array_append_val (self->changed, changed);
}

gint64
tpo_store_get_last_step (TpoStore *self)
{
  gint64 id = 0;

  g_return_val_if_fail (self != NULL, 0);

  /* Without it the next edit opens a step of its own, which needs no error. */
  tpo_sql_get_int (self, &id, NULL, "SELECT max(id) FROM undo_step WHERE is_undone = 0",
                   TPO_NO_VALUES);
  return id;
}

/* Gives the transaction the step that its changes go to. What was undone can no longer be redone. */
static gboolean
open_step (TpoStore *self, GError **error)
{
  g_assert (self->in_transaction && self->step_name != NULL);

  if (self->step_id != 0)
    return TRUE;
  if (!tpo_sql_run (self, error, "DELETE FROM undo_step WHERE is_undone = 1", TPO_NO_VALUES))
    return FALSE;
  if (self->amend_step != 0 && self->amend_step == tpo_store_get_last_step (self)) {
    self->step_id = self->amend_step;
    return TRUE;
  }
  if (!tpo_sql_run (self, error, "INSERT INTO undo_step (name, created_us) VALUES (?1, ?2)",
                    TPO_VALUES (tpo_text (self->step_name), tpo_int (g_get_real_time ()))))
    return FALSE;
  self->step_id = sqlite3_last_insert_rowid (self->db);
  return TRUE;
}

gboolean
tpo_journal_set (TpoStore *self, TpoField field, gint64 id, TpoSqlValue value, GError **error)
{
  if (!open_step (self, error) ||
      !tpo_sql_run (self, error, fields[field].journal,
                    TPO_VALUES (tpo_int (self->step_id), tpo_int (id), value)))
    return FALSE;
  if (sqlite3_changes (self->db) == 0) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_INVALID, "“%s” has no %s %" G_GINT64_FORMAT ".",
                 self->path, fields[field].name, id);
    return FALSE;
  }
  if (!tpo_sql_run (self, error, fields[field].write, TPO_VALUES (tpo_int (id), value)))
    return FALSE;
  note_changed (self, field, id);
  return TRUE;
}

typedef struct {
  gint64 id, row_id;
  TpoField field;
} Change;

static gpointer
change_from_row (TpoStore *self, sqlite3_stmt *row, GError **error)
{
  const char *name = (const char *) sqlite3_column_text (row, 1);
  Change change = { .id = sqlite3_column_int64 (row, 0),
                    .row_id = sqlite3_column_int64 (row, 2) };

  for (guint i = 0; i < TPO_FIELD_COUNT; i++)
    if (g_strcmp0 (fields[i].name, name) == 0) {
      change.field = (TpoField) i;
      return g_memdup2 (&change, sizeof change);
    }
  return tpo_bad_row (self, "undo step's change", change.id, error);
}

/* Everything that undo and redo differ in. */
typedef struct {
  const char *find_step; /* the one to restore */
  const char *list_changes;
  guint side; /* of Field.restore */
  gboolean is_undone;
} Direction;

static const Direction undo = {
  .find_step = "SELECT max(id) FROM undo_step WHERE is_undone = 0",
  .list_changes =
      "SELECT id, field, row_id FROM undo_change WHERE step_id = ?1 ORDER BY id DESC",
  .side = 0,
  .is_undone = TRUE,
};

static const Direction redo = {
  .find_step = "SELECT min(id) FROM undo_step WHERE is_undone = 1",
  .list_changes = "SELECT id, field, row_id FROM undo_change WHERE step_id = ?1 ORDER BY id",
  .side = 1,
  .is_undone = FALSE,
};

static gboolean
restore_step (TpoStore *self, const Direction *direction, GError **error)
{
  g_auto (TpoTransaction) transaction = { 0 };
  g_autoptr (GPtrArray) changes = NULL;
  gint64 step_id = 0;

  g_return_val_if_fail (self != NULL && self->group.store == NULL, FALSE);

  if (!tpo_transaction_begin (&transaction, self, NULL, NULL, error) ||
      !tpo_sql_get_int (self, &step_id, error, direction->find_step, TPO_NO_VALUES))
    return FALSE;
  if (step_id == 0)
    return tpo_transaction_commit (&transaction, error);

  changes = tpo_sql_list (self, change_from_row, g_free, error, direction->list_changes,
                          TPO_VALUES (tpo_int (step_id)));
  for (guint i = 0; changes != NULL && i < changes->len; i++) {
    const Change *change = changes->pdata[i];

    if (!tpo_sql_run (self, error, fields[change->field].restore[direction->side],
                      TPO_VALUES (tpo_int (change->row_id), tpo_int (change->id))))
      return FALSE;
    note_changed (self, change->field, change->row_id);
  }
  return changes != NULL &&
         tpo_sql_run (self, error, "UPDATE undo_step SET is_undone = ?2 WHERE id = ?1",
                      TPO_VALUES (tpo_int (step_id), tpo_int (direction->is_undone))) &&
         tpo_transaction_commit (&transaction, error);
}

gboolean
tpo_store_undo (TpoStore *self, GError **error)
{
  return restore_step (self, &undo, error);
}

gboolean
tpo_store_redo (TpoStore *self, GError **error)
{
  return restore_step (self, &redo, error);
}

static gint64
count_changes (TpoStore *self, const Direction *direction)
{
  gint64 step_id = 0, n = 0;

  /* Whoever restores the step is told of errors. */
  tpo_sql_get_int (self, &step_id, NULL, direction->find_step, TPO_NO_VALUES);
  tpo_sql_get_int (self, &n, NULL, "SELECT count(*) FROM undo_change WHERE step_id = ?1",
                   TPO_VALUES (tpo_int (step_id)));
  return n;
}

gint64
tpo_store_count_undo (TpoStore *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return count_changes (self, &undo);
}

gint64
tpo_store_count_redo (TpoStore *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return count_changes (self, &redo);
}

static gpointer
name_from_row (TpoStore *self, sqlite3_stmt *row, GError **error)
{
  return tpo_column_text (row, 0);
}

static char *
dup_name (TpoStore *self, const char *sql)
{
  /* A menu without a name is the worst that an error can do here. */
  g_autoptr (GPtrArray) names =
      tpo_sql_list (self, name_from_row, NULL, NULL, sql, TPO_NO_VALUES);

  return names != NULL && names->len > 0 ? names->pdata[0] : NULL;
}

char *
tpo_store_dup_undo_name (TpoStore *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return dup_name (self,
                   "SELECT name FROM undo_step WHERE is_undone = 0 ORDER BY id DESC LIMIT 1");
}

char *
tpo_store_dup_redo_name (TpoStore *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return dup_name (self, "SELECT name FROM undo_step WHERE is_undone = 1 ORDER BY id LIMIT 1");
}

/* The ids, each once: a step may have changed one annotation many times. */
static GArray *
changed_annotations (TpoStore *self)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GHashTable) seen = g_hash_table_new (g_int64_hash, g_int64_equal);

  for (guint i = 0; i < self->changed->len; i++) {
    TpoChanged *changed = &g_array_index (self->changed, TpoChanged, i);

    if (changed->field == TPO_FIELD_ANNOTATION_REVISION &&
        g_hash_table_add (seen, &changed->id))
      g_array_append_val (ids, changed->id);
  }
  return ids;
}

static gboolean
has_changed (TpoStore *self, TpoField first, TpoField last)
{
  for (guint i = 0; i < self->changed->len; i++) {
    const TpoChanged *changed = &g_array_index (self->changed, TpoChanged, i);

    if (changed->field >= (int) first && changed->field <= (int) last)
      return TRUE;
  }
  return FALSE;
}

/* What came before the oldest message that has changed, or that has another one beside it now. */
static gint64
same_message (TpoStore *self)
{
  gint64 first_id = G_MAXINT64, parent_id = 0;

  for (guint i = 0; i < self->changed->len; i++) {
    const TpoChanged *changed = &g_array_index (self->changed, TpoChanged, i);

    if (changed->field >= TPO_FIELD_MESSAGE_RATING &&
        changed->field <= TPO_FIELD_MESSAGE_REMOVED)
      first_id = MIN (first_id, changed->id);
  }
  /* None, or an error: as if all had changed. */
  if (first_id == G_MAXINT64 ||
      !tpo_sql_get_int (self, &parent_id, NULL, "SELECT parent_id FROM message WHERE id = ?1",
                        TPO_VALUES (tpo_int (first_id))))
    return 0;
  return parent_id;
}

void
tpo_store_emit_changed (TpoStore *self)
{
  g_autoptr (GArray) ids = changed_annotations (self);
  TpoStoreChange change = {
    .annotation_ids = (const gint64 *) (gpointer) ids->data,
    .n_annotation_ids = ids->len,
    .has_labels = has_changed (self, TPO_FIELD_LABEL_COLOR, TPO_FIELD_LABEL_REMOVED),
    .has_conversations =
        has_changed (self, TPO_FIELD_CONVERSATION_TITLE, TPO_FIELD_CONVERSATION_REMOVED) ||
        has_changed (self, TPO_FIELD_MESSAGE_RATING, TPO_FIELD_MESSAGE_REMOVED),
    .same_message_id = same_message (self),
    .has_questions = has_changed (self, TPO_FIELD_QUESTION_REMOVED, TPO_FIELD_QUESTION_TEXT),
    .has_videos = has_changed (self, TPO_FIELD_VIDEO_REMOVED, TPO_FIELD_VIDEO_URI),
  };
  gboolean is_empty = self->changed->len == 0;

  /* Emptied first: the listener may change something in turn. */
  g_array_set_size (self->changed, 0);
  if (!is_empty && self->changed_func != NULL)
    self->changed_func (self, &change, self->changed_data);
}
