#include "io/metadata.h"

#include <string.h>

typedef struct {
  char *key;
  TpoValue *value;
} Entry;

struct _TpoMetadata {
  gatomicrefcount ref_count;
  GArray *entries;   /* of Entry */
  GHashTable *index; /* key → position + 1 */
};

gboolean
tpo_value_is_real (const TpoValue *self)
{
  return self->type == TPO_VALUE_F32 || self->type == TPO_VALUE_F64;
}

gboolean
tpo_value_is_int (const TpoValue *self)
{
  return !tpo_value_is_real (self) && self->type != TPO_VALUE_STRING;
}

TpoValue *
tpo_value_new (TpoValueType type, gboolean is_array, gsize n)
{
  TpoValue *self = g_new0 (TpoValue, 1);

  g_assert (type < TPO_VALUE_COUNT && type != TPO_VALUE_ARRAY && (is_array || n == 1));
  self->type = type;
  self->is_array = is_array;
  self->n = n;
  if (type == TPO_VALUE_STRING)
    self->strings = g_new0 (char *, n + 1);
  else
    self->ints = g_new0 (gint64, n); /* a double has the same size */
  return self;
}

void
tpo_value_free (TpoValue *self)
{
  if (self->type == TPO_VALUE_STRING) {
    for (gsize i = 0; i < self->n; i++)
      g_free (self->strings[i]);
  }
  g_free (self->data);
  g_free (self);
}

static void
entry_clear (gpointer data)
{
  Entry *entry = data;

  g_free (entry->key);
  tpo_value_free (entry->value);
}

TpoMetadata *
tpo_metadata_new (void)
{
  TpoMetadata *self = g_new0 (TpoMetadata, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  g_array_set_clear_func (self->entries, entry_clear);
  self->index = g_hash_table_new (g_str_hash, g_str_equal);
  return self;
}

TpoMetadata *
tpo_metadata_ref (TpoMetadata *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tpo_metadata_unref (TpoMetadata *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_hash_table_unref (self->index);
  g_array_unref (self->entries);
  g_free (self);
}

guint
tpo_metadata_get_n (const TpoMetadata *self)
{
  return self->entries->len;
}

const char *
tpo_metadata_get_key (const TpoMetadata *self, guint index)
{
  g_return_val_if_fail (index < self->entries->len, NULL);
  return g_array_index (self->entries, Entry, index).key;
}

const TpoValue *
tpo_metadata_get_value (const TpoMetadata *self, guint index)
{
  g_return_val_if_fail (index < self->entries->len, NULL);
  return g_array_index (self->entries, Entry, index).value;
}

const TpoValue *
tpo_metadata_find (const TpoMetadata *self, const char *key)
{
  guint position = GPOINTER_TO_UINT (g_hash_table_lookup (self->index, key));

  return position > 0 ? tpo_metadata_get_value (self, position - 1) : NULL;
}

const char *
tpo_metadata_find_string (const TpoMetadata *self, const char *key)
{
  const TpoValue *value = tpo_metadata_find (self, key);

  if (value == NULL || value->type != TPO_VALUE_STRING || value->is_array)
    return NULL;
  return value->strings[0];
}

void
tpo_metadata_set (TpoMetadata *self, const char *key, TpoValue *value)
{
  guint position = GPOINTER_TO_UINT (g_hash_table_lookup (self->index, key));
  Entry added = { .value = value };

  if (position > 0) {
    Entry *entry = &g_array_index (self->entries, Entry, position - 1);

    tpo_value_free (entry->value);
    entry->value = value;
    return;
  }
  added.key = g_strdup (key);
  g_array_append_val (self->entries, added);
  g_hash_table_insert (self->index, added.key, GUINT_TO_POINTER (self->entries->len));
}

void
tpo_metadata_clear (TpoMetadata *self)
{
  g_hash_table_remove_all (self->index);
  g_array_set_size (self->entries, 0);
}

void
tpo_metadata_set_u32 (TpoMetadata *self, const char *key, guint32 number)
{
  TpoValue *value = tpo_value_new (TPO_VALUE_U32, FALSE, 1);

  value->ints[0] = number;
  tpo_metadata_set (self, key, value);
}

void
tpo_metadata_set_f32 (TpoMetadata *self, const char *key, double number)
{
  TpoValue *value = tpo_value_new (TPO_VALUE_F32, FALSE, 1);

  value->reals[0] = number;
  tpo_metadata_set (self, key, value);
}

void
tpo_metadata_set_bool (TpoMetadata *self, const char *key, gboolean flag)
{
  TpoValue *value = tpo_value_new (TPO_VALUE_BOOL, FALSE, 1);

  value->ints[0] = flag != FALSE;
  tpo_metadata_set (self, key, value);
}

void
tpo_metadata_set_string (TpoMetadata *self, const char *key, const char *text)
{
  TpoValue *value = tpo_value_new (TPO_VALUE_STRING, FALSE, 1);

  value->strings[0] = g_strdup (text);
  tpo_metadata_set (self, key, value);
}

/* The type that holds every child; ARRAY if there is none. */
static TpoValueType
common_type (const TpoJsonNode *array)
{
  TpoValueType type = TPO_VALUE_ARRAY;

  for (const TpoJsonNode *node = array->child; node != NULL; node = node->next) {
    TpoValueType own;

    if (node->type == TPO_JSON_BOOL)
      own = TPO_VALUE_BOOL;
    else if (tpo_json_is_text (node))
      own = TPO_VALUE_STRING;
    else if (node->type == TPO_JSON_NUMBER)
      own = node->is_integer ? TPO_VALUE_I64 : TPO_VALUE_F64;
    else
      return TPO_VALUE_ARRAY;
    if (node == array->child || (type == TPO_VALUE_I64 && own == TPO_VALUE_F64))
      type = own;
    else if (own != type && !(type == TPO_VALUE_F64 && own == TPO_VALUE_I64))
      return TPO_VALUE_ARRAY;
  }
  return type;
}

static void
fill (TpoValue *value, gsize i, const TpoJsonNode *node)
{
  if (value->type == TPO_VALUE_STRING)
    value->strings[i] = g_strdup (node->string);
  else if (tpo_value_is_real (value))
    value->reals[i] = node->number;
  else
    value->ints[i] = node->type == TPO_JSON_BOOL ? node->boolean : node->integer;
}

static void
set_json_array (TpoMetadata *self, const char *key, const TpoJsonNode *array)
{
  TpoValueType type = common_type (array);
  TpoValue *value;
  gsize i = 0;

  if (type == TPO_VALUE_ARRAY)
    return;
  value = tpo_value_new (type, TRUE, array->n_children);
  for (const TpoJsonNode *node = array->child; node != NULL; node = node->next)
    fill (value, i++, node);
  tpo_metadata_set (self, key, value);
}

void
tpo_metadata_set_json (TpoMetadata *self, const char *key, const TpoJsonNode *node)
{
  TpoValueType type = TPO_VALUE_ARRAY;
  TpoValue *value;

  switch (node->type) {
  case TPO_JSON_NULL:
    return;
  case TPO_JSON_OBJECT:
    for (const TpoJsonNode *member = node->child; member != NULL; member = member->next) {
      g_autofree char *name = g_strconcat (key, ".", member->key, NULL);

      tpo_metadata_set_json (self, name, member);
    }
    return;
  case TPO_JSON_ARRAY:
    set_json_array (self, key, node);
    return;
  case TPO_JSON_BOOL:
    type = TPO_VALUE_BOOL;
    break;
  case TPO_JSON_STRING:
    if (!tpo_json_is_text (node))
      return;
    type = TPO_VALUE_STRING;
    break;
  case TPO_JSON_NUMBER:
    type = node->is_integer ? TPO_VALUE_I64 : TPO_VALUE_F64;
    break;
  }
  value = tpo_value_new (type, FALSE, 1);
  fill (value, 0, node);
  tpo_metadata_set (self, key, value);
}
