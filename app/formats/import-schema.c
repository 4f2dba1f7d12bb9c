#include <string.h>

#include "formats/import-private.h"

/* Labels with their colours, number keys and attributes, as the description beside an export has them. */

static gboolean
is_color (const char *text)
{
  gboolean is_sound = strlen (text) == 7 && text[0] == '#';

  for (const char *c = text + 1; is_sound && *c != '\0'; c++)
    is_sound = g_ascii_isxdigit (*c);
  return is_sound;
}

static gboolean
is_key (const char *text)
{
  return text[0] >= '1' && text[0] <= '9' && text[1] == '\0';
}

typedef struct {
  char *name, *type;
  GPtrArray *choices;
} Attribute;

static void
attribute_free (gpointer data)
{
  Attribute *self = data;

  g_free (self->name);
  g_free (self->type);
  g_ptr_array_unref (self->choices);
  g_free (self);
}

static void
read_text (TpoJsonReader *json, char **text)
{
  g_free (*text);
  *text = NULL;
  if (tpo_json_peek (json) == '"')
    *text = tpo_json_read_text (json);
  else
    tpo_json_skip (json);
}

static void
read_attributes (TpoJsonReader *json, GPtrArray *attributes)
{
  const char *name;

  tpo_json_read_array (json);
  while (tpo_json_next_element (json)) {
    Attribute *attribute = g_new0 (Attribute, 1);

    attribute->choices = g_ptr_array_new_with_free_func (g_free);
    g_ptr_array_add (attributes, attribute);
    tpo_json_read_object (json);
    while ((name = tpo_json_next_name (json)) != NULL) {
      if (g_str_equal (name, "name")) {
        read_text (json, &attribute->name);
      } else if (g_str_equal (name, "type")) {
        read_text (json, &attribute->type);
      } else if (g_str_equal (name, "choices")) {
        tpo_json_read_array (json);
        while (tpo_json_next_element (json))
          g_ptr_array_add (attribute->choices, tpo_json_read_text (json));
      } else {
        tpo_json_skip (json);
      }
    }
    g_ptr_array_add (attribute->choices, NULL);
  }
}

static void
define (TpoImport *self, const char *label, const Attribute *attribute)
{
  for (guint type = 0; attribute->name != NULL && type < TPO_ATTRIBUTE_TYPE_COUNT; type++)
    if (g_strcmp0 (attribute->type, tpo_attribute_type_name ((TpoAttributeType) type)) == 0)
      tpo_import_define_attribute (self, label, attribute->name, (TpoAttributeType) type,
                                   (const char *const *) attribute->choices->pdata);
}

void
tpo_import_read_schema (TpoImport *self, TpoJsonReader *json)
{
  TpoLabelRecord *label = g_new0 (TpoLabelRecord, 1);
  g_autoptr (GPtrArray) attributes = g_ptr_array_new_with_free_func (attribute_free);
  const char *name;

  tpo_json_read_object (json);
  while ((name = tpo_json_next_name (json)) != NULL) {
    if (g_str_equal (name, "name"))
      read_text (json, &label->name);
    else if (g_str_equal (name, "color"))
      read_text (json, &label->color);
    else if (g_str_equal (name, "key"))
      read_text (json, &label->key);
    else if (g_str_equal (name, "attributes"))
      read_attributes (json, attributes);
    else
      tpo_json_skip (json);
  }
  if (label->name == NULL || label->color == NULL || !is_color (label->color) ||
      g_hash_table_size (self->schema) >= TPO_MAX_LABELS || tpo_json_has_failed (json)) {
    tpo_label_record_free (label);
    return;
  }
  if (label->key != NULL && !is_key (label->key))
    g_clear_pointer (&label->key, g_free);
  for (guint i = 0; i < attributes->len; i++)
    define (self, label->name, attributes->pdata[i]);
  g_hash_table_replace (self->schema, label->name, label);
}

void
tpo_import_leave_keys (TpoImport *self, GPtrArray *labels)
{
  for (guint i = 0; i < labels->len; i++) {
    const TpoLabelRecord *taken = labels->pdata[i];
    GHashTableIter iter;
    gpointer label;

    g_hash_table_iter_init (&iter, self->schema);
    while (taken->key != NULL && g_hash_table_iter_next (&iter, NULL, &label))
      if (g_strcmp0 (((TpoLabelRecord *) label)->key, taken->key) == 0)
        g_clear_pointer (&((TpoLabelRecord *) label)->key, g_free);
  }
}
