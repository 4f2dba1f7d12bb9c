#include <glib/gi18n.h>

#include <tpo/error.h>

#include "store/tpo-store-labels.h"
#include "store/tpo-store-private.h"

static gboolean
find_label (TpoStore *self, const char *name, gint64 *id, GError **error)
{
  return tpo_sql_get_int (self, id, error,
                          "SELECT id FROM label WHERE name = ?1 AND NOT is_removed",
                          TPO_VALUES (tpo_text (name)));
}

static gboolean
is_sound (const char *name, const char *color, GError **error)
{
  gboolean is_color = strlen (color) == 7 && color[0] == '#';

  for (const char *c = color + 1; is_color && *c != '\0'; c++)
    is_color = g_ascii_isxdigit (*c);
  if (is_color && name[0] != '\0')
    return TRUE;
  g_set_error (
      error, TPO_ERROR, TPO_ERROR_INVALID,
      is_color ? _ ("A label needs a name.") : _ ("“%s” is not a colour like #3584e4."), color);
  return FALSE;
}

gint64
tpo_store_add_label (TpoStore *self, const char *name, const char *color, const char *key,
                     const TpoEdit *edit, GError **error)
{
  g_auto (TpoTransaction) transaction = { 0 };
  g_autofree char *lower = NULL;
  gint64 id = 0;

  g_return_val_if_fail (self != NULL && name != NULL && color != NULL, 0);

  if (!is_sound (name, color, error) || !find_label (self, name, &id, error) || id != 0)
    return id;
  lower = g_ascii_strdown (color, -1);
  if (!tpo_transaction_begin (&transaction, self, edit, N_ ("Add Label"), error) ||
      !tpo_sql_run (self, error,
                    "INSERT INTO label (name, color, key, is_removed) VALUES (?1, ?2, ?3, 1)",
                    TPO_VALUES (tpo_text (name), tpo_text (lower), tpo_text (key))))
    return 0;
  id = sqlite3_last_insert_rowid (self->db);
  if (!tpo_journal_set (self, TPO_FIELD_LABEL_REMOVED, id, tpo_int (0), error))
    return 0;
  return tpo_transaction_commit (&transaction, error) ? id : 0;
}

gboolean
tpo_store_update_label (TpoStore *self, const TpoLabelRecord *label, const TpoEdit *edit,
                        GError **error)
{
  g_auto (TpoTransaction) transaction = { 0 };
  g_autofree char *lower = NULL;
  gint64 other = 0;

  g_return_val_if_fail (self != NULL && label != NULL, FALSE);
  g_return_val_if_fail (label->name != NULL && label->color != NULL, FALSE);

  if (!is_sound (label->name, label->color, error) ||
      !find_label (self, label->name, &other, error))
    return FALSE;
  if (other != 0 && other != label->id) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_INVALID, _ ("There is a label “%s” already."),
                 label->name);
    return FALSE;
  }
  lower = g_ascii_strdown (label->color, -1);
  return tpo_transaction_begin (&transaction, self, edit, N_ ("Edit Label"), error) &&
         tpo_journal_set (self, TPO_FIELD_LABEL_NAME, label->id, tpo_text (label->name),
                          error) &&
         tpo_journal_set (self, TPO_FIELD_LABEL_COLOR, label->id, tpo_text (lower), error) &&
         tpo_journal_set (self, TPO_FIELD_LABEL_KEY, label->id, tpo_text (label->key), error) &&
         tpo_transaction_commit (&transaction, error);
}

gboolean
tpo_store_remove_label (TpoStore *self, gint64 label_id, const TpoEdit *edit, GError **error)
{
  g_auto (TpoTransaction) transaction = { 0 };

  g_return_val_if_fail (self != NULL, FALSE);

  return tpo_transaction_begin (&transaction, self, edit, N_ ("Delete Label"), error) &&
         tpo_journal_set (self, TPO_FIELD_LABEL_REMOVED, label_id, tpo_int (1), error) &&
         tpo_transaction_commit (&transaction, error);
}

static gpointer
label_from_row (TpoStore *self, sqlite3_stmt *row, GError **error)
{
  TpoLabelRecord *label = g_new0 (TpoLabelRecord, 1);

  label->id = sqlite3_column_int64 (row, 0);
  label->name = tpo_column_text (row, 1);
  label->color = tpo_column_text (row, 2);
  label->key = tpo_column_text (row, 3);
  return label;
}

GPtrArray *
tpo_store_list_labels (TpoStore *self, GError **error)
{
  g_return_val_if_fail (self != NULL, NULL);

  return tpo_sql_list (
      self, label_from_row, (GDestroyNotify) tpo_label_record_free, error,
      "SELECT id, name, color, key FROM label WHERE NOT is_removed ORDER BY id", TPO_NO_VALUES);
}

GArray *
tpo_store_list_label_uses (TpoStore *self, GError **error)
{
  g_return_val_if_fail (self != NULL, NULL);

  G_STATIC_ASSERT (sizeof (TpoLabelUse) == 2 * sizeof (gint64));
  return tpo_sql_list_ints (
      self, 2, error,
      "SELECT r.label_id, count(*) FROM annotation AS a "
      "JOIN revision AS r ON r.id = a.revision_id "
      "JOIN video AS v ON v.id = a.video_id AND NOT v.is_removed "
      "WHERE NOT r.is_deleted AND r.status <> 'discarded' "
      "AND r.label_id IS NOT NULL GROUP BY r.label_id ORDER BY r.label_id",
      TPO_NO_VALUES);
}
