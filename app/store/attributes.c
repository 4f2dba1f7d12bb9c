#include <math.h>

#include <glib/gi18n.h>

#include <tpo/error.h>

#include "store/tpo-store-annotations.h"
#include "store/tpo-store-labels.h"
#include "store/tpo-store-private.h"

/* Attributes of labels, and their values. Lists are JSON in the file, which SQLite reads and writes. */

static gpointer
text_from_row (TpoStore *self, sqlite3_stmt *row, GError **error)
{
  char *text = tpo_column_text (row, 0);

  return text != NULL ? text : g_strdup ("");
}

/* The one text that a query gives. */
static char *
get_text (TpoStore *self, GError **error, const char *sql, const TpoSqlValue *values,
          gsize n_values)
{
  g_autoptr (GPtrArray) texts =
      tpo_sql_list (self, text_from_row, NULL, error, sql, values, n_values);

  return texts != NULL && texts->len == 1 ? texts->pdata[0] : NULL;
}

static char *
pack_choices (TpoStore *self, char **choices, GError **error)
{
  char *packed = g_strdup ("[]");

  for (guint i = 0; packed != NULL && choices != NULL && choices[i] != NULL; i++) {
    g_autofree char *before = packed;

    packed = get_text (self, error, "SELECT json_insert(?1, '$[#]', ?2)",
                       TPO_VALUES (tpo_text (before), tpo_text (choices[i])));
  }
  return packed;
}

static char **
unpack_choices (TpoStore *self, const char *packed, GError **error)
{
  g_autoptr (GPtrArray) choices = tpo_sql_list (self, text_from_row, NULL, error,
                                                "SELECT value FROM json_each(?1) ORDER BY key",
                                                TPO_VALUES (tpo_text (packed)));

  if (choices == NULL)
    return NULL;
  g_ptr_array_add (choices, NULL);
  return (char **) g_ptr_array_steal (choices, NULL);
}

static gboolean
is_sound (const TpoAttributeRecord *attribute, GError **error)
{
  gboolean has_choices = attribute->choices != NULL && attribute->choices[0] != NULL;

  if (attribute->name[0] != '\0' && (attribute->type == TPO_ATTRIBUTE_CHOICE) == has_choices)
    return TRUE;
  g_set_error (error, TPO_ERROR, TPO_ERROR_INVALID,
               attribute->name[0] == '\0' ? _ ("An attribute needs a name.")
               : has_choices              ? _ ("Only a choice has a list to choose from.")
                                          : _ ("“%s” needs something to choose from."),
               attribute->name);
  return FALSE;
}

/* The id of the label's attribute of that name, or 0. */
static gboolean
find_attribute (TpoStore *self, gint64 label_id, const char *name, gint64 *id, GError **error)
{
  return tpo_sql_get_int (self, id, error,
                          "SELECT id FROM label_attribute "
                          "WHERE label_id = ?1 AND name = ?2 AND NOT is_removed",
                          TPO_VALUES (tpo_int (label_id), tpo_text (name)));
}

gint64
tpo_store_add_attribute (TpoStore *self, const TpoAttributeRecord *attribute,
                         const TpoEdit *edit, GError **error)
{
  g_auto (TpoTransaction) transaction = { 0 };
  g_autofree char *choices = NULL;
  gint64 id = 0;

  g_return_val_if_fail (self != NULL && attribute != NULL && attribute->name != NULL, 0);

  if (!is_sound (attribute, error) ||
      !find_attribute (self, attribute->label_id, attribute->name, &id, error) || id != 0)
    return id;
  if (!tpo_transaction_begin (&transaction, self, edit, N_ ("Add Attribute"), error))
    return 0;
  if (attribute->type == TPO_ATTRIBUTE_CHOICE) {
    choices = pack_choices (self, attribute->choices, error);
    if (choices == NULL)
      return 0;
  }
  if (!tpo_sql_run (self, error,
                    "INSERT INTO label_attribute (label_id, name, type, choices, is_removed) "
                    "VALUES (?1, ?2, ?3, ?4, 1)",
                    TPO_VALUES (tpo_int (attribute->label_id), tpo_text (attribute->name),
                                tpo_text (tpo_attribute_type_name (attribute->type)),
                                tpo_text (choices))))
    return 0;
  id = sqlite3_last_insert_rowid (self->db);
  if (!tpo_journal_set (self, TPO_FIELD_LABEL_ATTRIBUTE_REMOVED, id, tpo_int (0), error))
    return 0;
  return tpo_transaction_commit (&transaction, error) ? id : 0;
}

gboolean
tpo_store_update_attribute (TpoStore *self, const TpoAttributeRecord *attribute,
                            const TpoEdit *edit, GError **error)
{
  g_auto (TpoTransaction) transaction = { 0 };
  g_autofree char *choices = NULL;
  gint64 other = 0;

  g_return_val_if_fail (self != NULL && attribute != NULL && attribute->name != NULL, FALSE);

  if (!is_sound (attribute, error) ||
      !find_attribute (self, attribute->label_id, attribute->name, &other, error))
    return FALSE;
  if (other != 0 && other != attribute->id) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_INVALID, _ ("There is an attribute “%s” already."),
                 attribute->name);
    return FALSE;
  }
  if (!tpo_transaction_begin (&transaction, self, edit, N_ ("Edit Attribute"), error) ||
      !tpo_journal_set (self, TPO_FIELD_LABEL_ATTRIBUTE_NAME, attribute->id,
                        tpo_text (attribute->name), error))
    return FALSE;
  if (attribute->type == TPO_ATTRIBUTE_CHOICE) {
    choices = pack_choices (self, attribute->choices, error);
    if (choices == NULL || !tpo_journal_set (self, TPO_FIELD_LABEL_ATTRIBUTE_CHOICES,
                                             attribute->id, tpo_text (choices), error))
      return FALSE;
  }
  return tpo_transaction_commit (&transaction, error);
}

gboolean
tpo_store_remove_attribute (TpoStore *self, gint64 attribute_id, const TpoEdit *edit,
                            GError **error)
{
  g_auto (TpoTransaction) transaction = { 0 };

  g_return_val_if_fail (self != NULL, FALSE);

  return tpo_transaction_begin (&transaction, self, edit, N_ ("Delete Attribute"), error) &&
         tpo_journal_set (self, TPO_FIELD_LABEL_ATTRIBUTE_REMOVED, attribute_id, tpo_int (1),
                          error) &&
         tpo_transaction_commit (&transaction, error);
}

#define COLUMNS "id, label_id, name, type, choices"

static gpointer
attribute_from_row (TpoStore *self, sqlite3_stmt *row, GError **error)
{
  g_autoptr (TpoAttributeRecord) attribute = g_new0 (TpoAttributeRecord, 1);
  g_autofree char *choices = tpo_column_text (row, 4);
  int type = tpo_attribute_type_from_name ((const char *) sqlite3_column_text (row, 3));

  attribute->id = sqlite3_column_int64 (row, 0);
  attribute->label_id = sqlite3_column_int64 (row, 1);
  attribute->name = tpo_column_text (row, 2);
  if (type < 0 || attribute->name == NULL)
    return tpo_bad_row (self, "attribute", attribute->id, error);
  attribute->type = (TpoAttributeType) type;
  if (type == TPO_ATTRIBUTE_CHOICE) {
    attribute->choices = unpack_choices (self, choices, error);
    if (attribute->choices == NULL)
      return NULL;
  }
  return g_steal_pointer (&attribute);
}

GPtrArray *
tpo_store_list_attributes (TpoStore *self, gint64 label_id, GError **error)
{
  g_return_val_if_fail (self != NULL, NULL);

  return tpo_sql_list (self, attribute_from_row, (GDestroyNotify) tpo_attribute_record_free,
                       error,
                       "SELECT " COLUMNS " FROM label_attribute "
                       "WHERE label_id = ?1 AND NOT is_removed ORDER BY id",
                       TPO_VALUES (tpo_int (label_id)));
}

static gboolean
fits (const TpoAttributeRecord *attribute, const char *value)
{
  char *end = NULL;

  switch (attribute->type) {
  case TPO_ATTRIBUTE_CHOICE:
    return g_strv_contains ((const char *const *) attribute->choices, value);
  case TPO_ATTRIBUTE_NUMBER:
    return isfinite (g_ascii_strtod (value, &end)) && end != value && *end == '\0';
  case TPO_ATTRIBUTE_FLAG:
    return g_str_equal (value, "true") || g_str_equal (value, "false");
  case TPO_ATTRIBUTE_TEXT:
  case TPO_ATTRIBUTE_TYPE_COUNT:
    break;
  }
  return TRUE;
}

gboolean
tpo_attribute_check (TpoStore *self, gint64 attribute_id, gint64 label_id, const char *value,
                     GError **error)
{
  g_autoptr (TpoAttributeRecord) attribute =
      tpo_sql_get (self, attribute_from_row, "attribute", attribute_id, error,
                   "SELECT " COLUMNS " FROM label_attribute WHERE id = ?1");

  if (attribute == NULL)
    return FALSE;
  if (attribute->label_id == label_id && (value == NULL || fits (attribute, value)))
    return TRUE;
  g_set_error (error, TPO_ERROR, TPO_ERROR_INVALID,
               attribute->label_id != label_id ? _ ("“%s” is an attribute of another label.")
                                               : _ ("“%s” does not take this value."),
               attribute->name);
  return FALSE;
}

char *
tpo_values_set (TpoStore *self, const char *values, gint64 attribute_id, const char *value,
                GError **error)
{
  /* A patch with null takes a key away. */
  return get_text (self, error,
                   "SELECT json_patch(coalesce(?1, '{}'), json_object(CAST(?2 AS TEXT), ?3))",
                   TPO_VALUES (tpo_text (values), tpo_int (attribute_id), tpo_text (value)));
}

char *
tpo_store_pack_values (TpoStore *self, GPtrArray *values, GError **error)
{
  char *packed = g_strdup ("{}");

  g_return_val_if_fail (self != NULL && values != NULL, packed);

  for (guint i = 0; packed != NULL && i < values->len; i++) {
    const TpoAttributeValue *value = values->pdata[i];
    g_autofree char *before = packed;

    packed = tpo_values_set (self, before, value->attribute_id, value->value, error);
  }
  return packed;
}

static gpointer
value_from_row (TpoStore *self, sqlite3_stmt *row, GError **error)
{
  TpoAttributeValue *value = g_new0 (TpoAttributeValue, 1);

  value->attribute_id = sqlite3_column_int64 (row, 0);
  value->value = tpo_column_text (row, 1);
  return value;
}

GPtrArray *
tpo_store_list_values (TpoStore *self, gint64 revision_id, GError **error)
{
  g_return_val_if_fail (self != NULL, NULL);

  /* Those of a label that the annotation had before stay, but are no longer said. */
  return tpo_sql_list (
      self, value_from_row, (GDestroyNotify) tpo_attribute_value_free, error,
      "SELECT a.id, j.value FROM revision AS r JOIN json_each(r.attributes) AS j "
      "JOIN label_attribute AS a ON a.id = CAST(j.key AS INTEGER) AND a.label_id = r.label_id "
      "WHERE r.id = ?1 AND NOT a.is_removed AND j.value IS NOT NULL ORDER BY a.id",
      TPO_VALUES (tpo_int (revision_id)));
}
