#include "formats/export-private.h"
#include "store/tpo-store-labels.h"

/* Values of attributes, such as "colour: red" of a car, on their way out. */

static void
value_free (gpointer data)
{
  TpoExportValue *value = data;

  g_free (value->value);
  g_free (value);
}

gboolean
tpo_export_load_attributes (TpoExport *self, GError **error)
{
  self->attributes =
      g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_attribute_record_free);
  for (guint i = 0; i < self->labels->len; i++) {
    const TpoLabelRecord *label = self->labels->pdata[i];
    GPtrArray *attributes = tpo_store_list_attributes (self->store, label->id, error);

    if (attributes == NULL)
      return FALSE;
    g_ptr_array_extend_and_steal (self->attributes, attributes);
  }
  return TRUE;
}

static const TpoAttributeRecord *
find_attribute (TpoExport *self, gint64 id)
{
  for (guint i = 0; i < self->attributes->len; i++) {
    const TpoAttributeRecord *attribute = self->attributes->pdata[i];

    if (attribute->id == id)
      return attribute;
  }
  return NULL;
}

GPtrArray *
tpo_export_list_values (TpoExport *self, const TpoAnnotationRecord *annotation)
{
  GPtrArray *values = g_ptr_array_new_with_free_func (value_free);
  g_autoptr (GPtrArray) said = NULL;

  if (annotation->attributes == NULL)
    return values;
  said = tpo_store_list_values (self->store, annotation->revision_id,
                                self->problem == NULL ? &self->problem : NULL);
  for (guint i = 0; said != NULL && i < said->len; i++) {
    const TpoAttributeValue *from = said->pdata[i];
    const TpoAttributeRecord *attribute = find_attribute (self, from->attribute_id);
    TpoExportValue *value;

    if (attribute == NULL)
      continue;
    value = g_new0 (TpoExportValue, 1);
    value->attribute = attribute;
    value->value = g_strdup (from->value);
    g_ptr_array_add (values, value);
  }
  return values;
}

void
tpo_json_values (TpoJsonWriter *json, const char *name, GPtrArray *values)
{
  if (values->len == 0)
    return;
  tpo_json_begin_object (json, name);
  for (guint i = 0; i < values->len; i++) {
    const TpoExportValue *value = values->pdata[i];
    const char *attribute = value->attribute->name;

    if (value->attribute->type == TPO_ATTRIBUTE_FLAG)
      tpo_json_bool (json, attribute, g_str_equal (value->value, "true"));
    else if (value->attribute->type == TPO_ATTRIBUTE_NUMBER)
      tpo_json_number (json, attribute, g_ascii_strtod (value->value, NULL), 9);
    else
      tpo_json_string (json, attribute, value->value);
  }
  tpo_json_end_object (json);
}

void
tpo_export_write_values (TpoExport *self, TpoJsonWriter *json, const char *name,
                         const TpoAnnotationRecord *annotation)
{
  g_autoptr (GPtrArray) values = tpo_export_list_values (self, annotation);

  tpo_json_values (json, name, values);
}

static void
write_attribute (TpoJsonWriter *json, const TpoAttributeRecord *attribute)
{
  tpo_json_begin_object (json, NULL);
  tpo_json_string (json, "name", attribute->name);
  tpo_json_string (json, "type", tpo_attribute_type_name (attribute->type));
  if (attribute->choices != NULL) {
    tpo_json_begin_array (json, "choices");
    for (guint i = 0; attribute->choices[i] != NULL; i++)
      tpo_json_string (json, NULL, attribute->choices[i]);
    tpo_json_end_array (json);
  }
  tpo_json_end_object (json);
}

void
tpo_export_write_schema (TpoExport *self, TpoJsonWriter *json)
{
  tpo_json_begin_array (json, "labels");
  for (guint i = 0; i < self->labels->len; i++) {
    const TpoLabelRecord *label = self->labels->pdata[i];

    tpo_json_begin_object (json, NULL);
    tpo_json_string (json, "name", label->name);
    tpo_json_string (json, "color", label->color);
    tpo_json_string (json, "key", label->key);
    tpo_json_begin_array (json, "attributes");
    for (guint k = 0; k < self->attributes->len; k++) {
      const TpoAttributeRecord *attribute = self->attributes->pdata[k];

      if (attribute->label_id == label->id)
        write_attribute (json, attribute);
    }
    tpo_json_end_array (json);
    tpo_json_end_object (json);
    tpo_json_end_line (json);
  }
  tpo_json_end_array (json);
}
