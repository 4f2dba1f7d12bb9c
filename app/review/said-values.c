#include "config.h"

#include "review/said-values.h"

#include <glib/gi18n.h>

#include "store/tpo-store-labels.h"

static void
said_value_free (gpointer data)
{
  TpoSaidValue *self = data;

  g_free (self->name);
  g_strfreev (self->choices);
  g_free (self->value);
  g_free (self);
}

/* ---- reading -------------------------------------------------------------------------------------------------- */

GHashTable *
tpo_attribute_book_new (void)
{
  return g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free,
                                (GDestroyNotify) g_ptr_array_unref);
}

/* Returns: (transfer none): the attributes of a label, or %NULL with an error */
static GPtrArray *
attributes_of (TpoStore *store, GHashTable *book, gint64 label_id, GError **error)
{
  GPtrArray *attributes = g_hash_table_lookup (book, &label_id);

  if (attributes == NULL) {
    attributes = tpo_store_list_attributes (store, label_id, error);
    if (attributes != NULL)
      g_hash_table_insert (book, g_memdup2 (&label_id, sizeof label_id), attributes);
  }
  return attributes;
}

static void
add_value (GPtrArray *said, GPtrArray *attributes, const TpoAttributeValue *value)
{
  for (guint i = 0; i < attributes->len; i++) {
    const TpoAttributeRecord *attribute = g_ptr_array_index (attributes, i);
    TpoSaidValue *one;

    if (attribute->id != value->attribute_id)
      continue;
    one = g_new (TpoSaidValue, 1);
    *one = (TpoSaidValue){ g_strdup (attribute->name), attribute->type,
                           g_strdupv (attribute->choices), g_strdup (value->value) };
    g_ptr_array_add (said, one);
    return;
  }
}

GPtrArray *
tpo_said_values_read (TpoStore *store, GHashTable *book, const TpoAnnotationRecord *record,
                      GError **error)
{
  g_autoptr (GPtrArray) said = g_ptr_array_new_with_free_func (said_value_free);
  g_autoptr (GPtrArray) values = NULL;
  GPtrArray *attributes;

  g_return_val_if_fail (store != NULL && book != NULL && record != NULL, NULL);

  if (record->attributes == NULL || record->label_id == 0)
    return g_steal_pointer (&said);
  attributes = attributes_of (store, book, record->label_id, error);
  values =
      attributes != NULL ? tpo_store_list_values (store, record->revision_id, error) : NULL;
  if (values == NULL)
    return NULL;
  for (guint i = 0; i < values->len; i++)
    add_value (said, attributes, g_ptr_array_index (values, i));
  return g_steal_pointer (&said);
}

/* ---- comparing ------------------------------------------------------------------------------------------------ */

const TpoSaidValue *
tpo_said_values_find (GPtrArray *values, const char *name)
{
  for (guint i = 0; i < values->len; i++) {
    const TpoSaidValue *value = g_ptr_array_index (values, i);

    if (g_str_equal (value->name, name))
      return value;
  }
  return NULL;
}

gboolean
tpo_said_values_are_same (const TpoSaidValue *mine, const TpoSaidValue *theirs)
{
  if (mine == NULL || theirs == NULL)
    return mine == theirs;
  if (mine->type == TPO_ATTRIBUTE_NUMBER && theirs->type == TPO_ATTRIBUTE_NUMBER)
    return g_ascii_strtod (mine->value, NULL) == g_ascii_strtod (theirs->value, NULL);
  return g_str_equal (mine->value, theirs->value);
}

GArray *
tpo_said_values_compare (GPtrArray *mine, GPtrArray *theirs)
{
  GArray *differences = g_array_new (FALSE, FALSE, sizeof (TpoValueDifference));

  for (guint i = 0; i < mine->len; i++) {
    TpoValueDifference one = { g_ptr_array_index (mine, i), NULL };

    one.theirs = tpo_said_values_find (theirs, one.mine->name);
    if (!tpo_said_values_are_same (one.mine, one.theirs))
      g_array_append_val (differences, one);
  }
  for (guint i = 0; i < theirs->len; i++) {
    TpoValueDifference one = { NULL, g_ptr_array_index (theirs, i) };

    if (tpo_said_values_find (mine, one.theirs->name) == NULL)
      g_array_append_val (differences, one);
  }
  return differences;
}

const char *
tpo_said_value_words (const TpoSaidValue *self)
{
  if (self == NULL)
    /* Translators: what somebody says of an attribute, of which they say something else or nothing */
    return _ ("not said");
  if (self->type != TPO_ATTRIBUTE_FLAG)
    return self->value;
  return g_str_equal (self->value, "true") ? _ ("Yes") : _ ("No");
}

/* ---- taking over ---------------------------------------------------------------------------------------------- */

static gboolean
can_be (const TpoSaidValue *value, const TpoAttributeRecord *attribute)
{
  return attribute->type == value->type || attribute->type == TPO_ATTRIBUTE_TEXT ||
         attribute->type == TPO_ATTRIBUTE_CHOICE;
}

/* A choice becomes longer by a value that it does not have. */
static gboolean
lengthen (const TpoSaidValue *value, const TpoAttributeRecord *attribute, TpoStore *store,
          GError **error)
{
  TpoAttributeRecord longer = *attribute;
  g_autoptr (GStrvBuilder) choices = NULL;
  g_auto (GStrv) list = NULL;

  if (attribute->type != TPO_ATTRIBUTE_CHOICE ||
      g_strv_contains ((const char *const *) attribute->choices, value->value))
    return TRUE;
  choices = g_strv_builder_new ();
  g_strv_builder_addv (choices, (const char **) attribute->choices);
  g_strv_builder_add (choices, value->value);
  list = g_strv_builder_end (choices);
  longer.choices = list;
  return tpo_store_update_attribute (store, &longer, NULL, error);
}

/* A choice that was removed from their list since may still be said. */
static gint64
add_attribute (const TpoSaidValue *value, TpoStore *store, gint64 label_id, GError **error)
{
  TpoAttributeRecord attribute = {
    .label_id = label_id, .name = value->name, .type = value->type, .choices = value->choices
  };
  gint64 id = tpo_store_add_attribute (store, &attribute, NULL, error);

  attribute.id = id;
  return id != 0 && lengthen (value, &attribute, store, error) ? id : 0;
}

/* Returns: FALSE with an error */
static gboolean
define (const TpoSaidValue *value, GPtrArray *attributes, TpoStore *store, gint64 label_id,
        GPtrArray *defined, GError **error)
{
  const TpoAttributeRecord *known = NULL;
  TpoAttributeValue *one;
  gint64 id;

  for (guint i = 0; i < attributes->len && known == NULL; i++) {
    const TpoAttributeRecord *attribute = g_ptr_array_index (attributes, i);

    known = g_str_equal (attribute->name, value->name) ? attribute : NULL;
  }
  if (known != NULL && !can_be (value, known))
    return TRUE;
  if (known != NULL && !lengthen (value, known, store, error))
    return FALSE;
  id = known != NULL ? known->id : add_attribute (value, store, label_id, error);
  if (id == 0)
    return FALSE;
  one = g_new (TpoAttributeValue, 1);
  *one = (TpoAttributeValue){ id, g_strdup (value->value) };
  g_ptr_array_add (defined, one);
  return TRUE;
}

GPtrArray *
tpo_said_values_define (GPtrArray *values, TpoStore *store, gint64 label_id, GError **error)
{
  g_autoptr (GPtrArray) defined =
      g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_attribute_value_free);
  g_autoptr (GPtrArray) attributes = NULL;

  g_return_val_if_fail (values != NULL && store != NULL, NULL);

  if (label_id == 0 || values->len == 0)
    return g_steal_pointer (&defined);
  attributes = tpo_store_list_attributes (store, label_id, error);
  if (attributes == NULL)
    return NULL;
  for (guint i = 0; i < values->len; i++)
    if (!define (g_ptr_array_index (values, i), attributes, store, label_id, defined, error))
      return NULL;
  return g_steal_pointer (&defined);
}

gboolean
tpo_said_values_give (GPtrArray *values, TpoStore *store, gint64 annotation_id, gboolean all,
                      GError **error)
{
  g_autoptr (TpoAnnotationRecord) record =
      tpo_store_get_annotation (store, annotation_id, error);
  g_autoptr (GPtrArray) before =
      record != NULL ? tpo_store_list_values (store, record->revision_id, error) : NULL;
  g_autoptr (GPtrArray) after =
      before != NULL ? tpo_said_values_define (values, store, record->label_id, error) : NULL;

  if (after == NULL)
    return FALSE;
  for (guint i = 0; i < after->len; i++) {
    const TpoAttributeValue *value = g_ptr_array_index (after, i);
    const char *was = tpo_attribute_values_find (before, value->attribute_id);

    if (g_strcmp0 (was, value->value) != 0 && (all || was == NULL) &&
        !tpo_store_set_attribute (store, annotation_id, value->attribute_id, value->value, NULL,
                                  error))
      return FALSE;
  }
  for (guint i = 0; all && i < before->len; i++) {
    const TpoAttributeValue *value = g_ptr_array_index (before, i);

    if (tpo_attribute_values_find (after, value->attribute_id) == NULL &&
        !tpo_store_set_attribute (store, annotation_id, value->attribute_id, NULL, NULL, error))
      return FALSE;
  }
  return TRUE;
}
