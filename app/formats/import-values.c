#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "formats/import-private.h"
#include "formats/json-writer.h"
#include "store/tpo-store-labels.h"

/*
 * Values of attributes, such as "colour: red" of a car, on their way in. Attributes belong to labels,
 * which a reader may learn after the values: they are brought together when everything is read.
 */

struct _TpoImportAttribute {
  char *label;
  char *name;
  TpoAttributeType type;
  GPtrArray *choices; /* of char * */
  gint64 id;          /* 0 while it is not in the project */
  gboolean is_known;  /* a file or the project says its type; it is not guessed by values */
  gboolean is_longer; /* choices have come to those in the project */
};

typedef struct {
  char *name, *value;
  TpoAttributeType type;         /* as the file shows it */
  TpoImportAttribute *attribute; /* once everything is read; not owned */
} Value;

static void
value_free (gpointer data)
{
  Value *value = data;

  g_free (value->name);
  g_free (value->value);
  g_free (value);
}

void
tpo_import_attribute_free (gpointer data)
{
  TpoImportAttribute *self = data;

  g_free (self->label);
  g_free (self->name);
  g_ptr_array_unref (self->choices);
  g_free (self);
}

GPtrArray *
tpo_import_values_new (void)
{
  return g_ptr_array_new_with_free_func (value_free);
}

/* ---- reading ------------------------------------------------------------------------------------- */

void
tpo_import_values_add (GPtrArray *values, const char *name, const char *value,
                       TpoAttributeType type)
{
  Value *added = g_new0 (Value, 1);

  added->name = g_strstrip (g_strdup (name));
  added->value = g_strdup (value);
  added->type = type;
  g_ptr_array_add (values, added);
}

void
tpo_json_read_values (TpoJsonReader *json, GPtrArray *values)
{
  const char *member;

  if (tpo_json_peek (json) != '{') {
    tpo_json_skip (json);
    return;
  }
  tpo_json_read_object (json);
  while ((member = tpo_json_next_name (json)) != NULL) {
    g_autofree char *name = g_strdup (member);
    char kind = tpo_json_peek (json);
    g_autofree char *text = kind == '"' ? tpo_json_read_text (json) : NULL;
    TpoNumberText number;

    if (kind == '"')
      tpo_import_values_add (values, name, text, TPO_ATTRIBUTE_TEXT);
    else if (kind == 't' || kind == 'f')
      tpo_import_values_add (values, name, tpo_json_read_bool (json) ? "true" : "false",
                             TPO_ATTRIBUTE_FLAG);
    else if (kind == '{' || kind == '[' || kind == 'n')
      tpo_json_skip (json);
    else
      tpo_import_values_add (values, name,
                             tpo_number_to_text (&number, tpo_json_read_number (json), 9),
                             TPO_ATTRIBUTE_NUMBER);
  }
}

static Value *
find_value (GPtrArray *values, const char *name)
{
  for (guint i = 0; i < values->len; i++) {
    Value *value = values->pdata[i];

    if (g_str_equal (value->name, name))
      return value;
  }
  return NULL;
}

void
tpo_import_set_values (TpoImport *self, TpoImportItem *item, GPtrArray *values)
{
  if (item->values == NULL && values->len > 0)
    item->values = tpo_import_values_new ();
  for (guint i = 0; i < values->len; i++) {
    const Value *value = values->pdata[i];
    const Value *before = find_value (item->values, value->name);

    if (before != NULL)
      tpo_import_lose (self, N_ ("values of attributes"),
                       !g_str_equal (before->value, value->value),
                       N_ ("that change with time, of which the first is kept"));
    else if (value->name[0] != '\0' && value->value[0] != '\0')
      tpo_import_values_add (item->values, value->name, value->value, value->type);
  }
}

/* ---- attributes ---------------------------------------------------------------------------------- */

static char *
key_of (const char *label, const char *name)
{
  return g_strconcat (label, "\n", name, NULL);
}

static TpoImportAttribute *
find_attribute (TpoImport *self, const char *label, const char *name)
{
  g_autofree char *key = key_of (label, name);

  return g_hash_table_lookup (self->attributes_by, key);
}

static TpoImportAttribute *
add_attribute (TpoImport *self, const char *label, const char *name, TpoAttributeType type)
{
  TpoImportAttribute *attribute;

  if (self->attributes->len >= TPO_MAX_LABELS)
    return NULL;
  attribute = g_new0 (TpoImportAttribute, 1);
  attribute->label = g_strdup (label);
  attribute->name = g_strdup (name);
  attribute->type = type;
  attribute->choices = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (self->attributes, attribute);
  g_hash_table_insert (self->attributes_by, key_of (label, name), attribute);
  return attribute;
}

static void
take_choices (TpoImportAttribute *attribute, const char *const *choices)
{
  for (guint i = 0; choices != NULL && choices[i] != NULL; i++)
    if (choices[i][0] != '\0' &&
        !g_ptr_array_find_with_equal_func (attribute->choices, choices[i], g_str_equal, NULL))
      g_ptr_array_add (attribute->choices, g_strdup (choices[i]));
}

void
tpo_import_define_attribute (TpoImport *self, const char *label, const char *name,
                             TpoAttributeType type, const char *const *choices)
{
  g_autofree char *of = g_strstrip (g_strdup (label));
  g_autofree char *clean = g_strstrip (g_strdup (name));
  TpoImportAttribute *attribute;

  if (*of == '\0' || *clean == '\0' || find_attribute (self, of, clean) != NULL)
    return;
  attribute = add_attribute (self, of, clean, type);
  if (attribute == NULL)
    return;
  attribute->is_known = TRUE;
  if (type == TPO_ATTRIBUTE_CHOICE)
    take_choices (attribute, choices);
  if (type == TPO_ATTRIBUTE_CHOICE && attribute->choices->len == 0)
    attribute->type = TPO_ATTRIBUTE_TEXT;
}

/* What the project says of an attribute counts more than what the file says. */
static gboolean
take_known (TpoImport *self, const TpoLabelRecord *label, GError **error)
{
  g_autoptr (GPtrArray) records = tpo_store_list_attributes (self->store, label->id, error);

  for (guint i = 0; records != NULL && i < records->len; i++) {
    const TpoAttributeRecord *record = records->pdata[i];
    TpoImportAttribute *attribute = find_attribute (self, label->name, record->name);

    if (attribute == NULL)
      attribute = add_attribute (self, label->name, record->name, record->type);
    if (attribute == NULL)
      continue;
    attribute->id = record->id;
    attribute->type = record->type;
    attribute->is_known = TRUE;
    g_ptr_array_set_size (attribute->choices, 0);
    take_choices (attribute, (const char *const *) record->choices);
  }
  return records != NULL;
}

static gboolean
is_number (const char *text)
{
  char *end = NULL;

  return isfinite (g_ascii_strtod (text, &end)) && end != text && *end == '\0';
}

static gboolean
is_flag (const char *text)
{
  return g_str_equal (text, "true") || g_str_equal (text, "false");
}

/* Whether the attribute takes the value; a choice becomes longer by it, a guess wider. */
static gboolean
takes (TpoImportAttribute *attribute, const char *value)
{
  gboolean fits = attribute->type == TPO_ATTRIBUTE_NUMBER ? is_number (value)
                  : attribute->type == TPO_ATTRIBUTE_FLAG ? is_flag (value)
                                                          : TRUE;
  guint n = attribute->choices->len;

  if (!fits && !attribute->is_known) {
    attribute->type = TPO_ATTRIBUTE_TEXT;
    return TRUE;
  }
  if (attribute->type == TPO_ATTRIBUTE_CHOICE && n < TPO_MAX_LABELS) {
    take_choices (attribute, (const char *const[]){ value, NULL });
    attribute->is_longer |= attribute->choices->len > n;
  }
  return fits;
}

static void
find_places (TpoImport *self, TpoImportItem *item)
{
  for (guint i = 0; item->values != NULL && i < item->values->len;) {
    Value *value = item->values->pdata[i];
    const char *why = N_ ("of objects without a label, which has them");

    if (item->label != NULL) {
      value->attribute = find_attribute (self, item->label, value->name);
      if (value->attribute == NULL)
        value->attribute = add_attribute (self, item->label, value->name, value->type);
      why = N_ ("that the attribute of that name does not take");
    }
    if (value->attribute != NULL && takes (value->attribute, value->value)) {
      i++;
      continue;
    }
    tpo_import_lose (self, N_ ("values of attributes"), 1, why);
    g_ptr_array_remove_index (item->values, i);
  }
}

gboolean
tpo_import_finish_values (TpoImport *self, GError **error)
{
  g_autoptr (GPtrArray) labels = tpo_store_list_labels (self->store, error);

  for (guint i = 0; labels != NULL && i < labels->len; i++) {
    const TpoLabelRecord *label = labels->pdata[i];

    if (g_hash_table_contains (self->labels, label->name) && !take_known (self, label, error))
      return FALSE;
  }
  if (labels == NULL)
    return FALSE;
  tpo_import_leave_keys (self, labels);
  for (guint i = 0; i < self->items->len; i++)
    find_places (self, self->items->pdata[i]);
  return TRUE;
}

/* ---- saving -------------------------------------------------------------------------------------- */

static gboolean
save_attribute (TpoImportAttribute *attribute, TpoStore *store, gint64 label_id, GError **error)
{
  gboolean is_choice = attribute->type == TPO_ATTRIBUTE_CHOICE;
  g_autofree char **choices =
      is_choice ? g_new0 (char *, (gsize) attribute->choices->len + 1) : NULL;
  TpoAttributeRecord record = { .id = attribute->id,
                                .label_id = label_id,
                                .name = attribute->name,
                                .type = attribute->type,
                                .choices = choices };

  for (guint i = 0; is_choice && i < attribute->choices->len; i++)
    choices[i] = attribute->choices->pdata[i];
  if (attribute->id != 0)
    return !attribute->is_longer || tpo_store_update_attribute (store, &record, NULL, error);
  attribute->id = tpo_store_add_attribute (store, &record, NULL, error);
  return attribute->id != 0;
}

gboolean
tpo_import_save_attributes (TpoImport *self, TpoStore *store, const char *label,
                            gint64 label_id, GError **error)
{
  for (guint i = 0; i < self->attributes->len; i++) {
    TpoImportAttribute *attribute = self->attributes->pdata[i];

    if (g_str_equal (attribute->label, label) &&
        !save_attribute (attribute, store, label_id, error))
      return FALSE;
  }
  return TRUE;
}

char *
tpo_import_pack_values (const TpoImportItem *item, TpoStore *store, GError **error)
{
  g_autoptr (GPtrArray) values =
      g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_attribute_value_free);

  for (guint i = 0; i < item->values->len; i++) {
    const Value *from = item->values->pdata[i];
    TpoAttributeValue *value = g_new0 (TpoAttributeValue, 1);

    value->attribute_id = from->attribute->id;
    value->value = g_strdup (from->value);
    g_ptr_array_add (values, value);
  }
  return tpo_store_pack_values (store, values, error);
}
