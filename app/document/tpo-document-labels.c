#include "config.h"

#include <glib/gi18n.h>

#include "document/tpo-document-private.h"

/* The label schema: classes, their colours and keys, and their attributes. */

static TpoLabel *
get_label (TpoDocument *self, guint position)
{
  g_autoptr (TpoLabel) label = g_list_model_get_item (G_LIST_MODEL (self->labels), position);

  return label; /* the model keeps it */
}

TpoLabel *
tpo_document_find_label (TpoDocument *self, gint64 label_id)
{
  guint low = 0, high;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self), NULL);

  /* They are in the order of their ids. */
  high = g_list_model_get_n_items (G_LIST_MODEL (self->labels));
  while (label_id != 0 && low < high) {
    guint middle = low + (high - low) / 2;
    TpoLabel *label = get_label (self, middle);

    if (tpo_label_get_id (label) == label_id)
      return label;
    if (tpo_label_get_id (label) < label_id)
      low = middle + 1;
    else
      high = middle;
  }
  return NULL;
}

/* Annotations keep the id of a label that is gone, so that undo brings it back. */
static void
relabel_annotations (TpoDocument *self)
{
  for (guint i = 0; i < tpo_annotation_list_get_n (self->annotations); i++) {
    TpoAnnotation *annotation = tpo_annotation_list_get (self->annotations, i);

    tpo_annotation_set_label (
        annotation,
        tpo_document_find_label (self, tpo_annotation_get_record (annotation)->label_id));
  }
}

void
tpo_document_sync_labels (TpoDocument *self)
{
  g_autoptr (GPtrArray) records = tpo_store_list_labels (self->store, NULL); /* none: empty */
  guint n_records = records != NULL ? records->len : 0, at = 0;

  /* Both are in the order of the ids. */
  for (guint i = 0; i < n_records; i++) {
    TpoLabelRecord *record = g_ptr_array_index (records, i);

    while (at < g_list_model_get_n_items (G_LIST_MODEL (self->labels)) &&
           tpo_label_get_id (get_label (self, at)) < record->id)
      g_list_store_remove (self->labels, at);
    if (at < g_list_model_get_n_items (G_LIST_MODEL (self->labels)) &&
        tpo_label_get_id (get_label (self, at)) == record->id) {
      tpo_label_update (get_label (self, at), record);
    } else {
      g_autoptr (TpoLabel) label = tpo_label_new (record);

      g_list_store_insert (self->labels, at, label);
    }
    at++;
  }
  g_list_store_splice (self->labels, at,
                       g_list_model_get_n_items (G_LIST_MODEL (self->labels)) - at, NULL, 0);
  if (records != NULL)
    g_ptr_array_set_free_func (records, NULL); /* they belong to the labels now */
  relabel_annotations (self);
}

static gboolean
is_used (TpoDocument *self, const char *color, const char *key)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->labels));

  for (guint i = 0; i < n; i++) {
    const TpoLabelRecord *record = tpo_label_get_record (get_label (self, i));

    if (g_strcmp0 (record->color, color) == 0 ||
        (key != NULL && g_strcmp0 (record->key, key) == 0))
      return TRUE;
  }
  return FALSE;
}

gint64
tpo_document_add_label (TpoDocument *self, const char *name)
{
  static const char *const colors[] = {
    "#3584e4", "#e66100", "#2ec27e", "#c64600", "#9141ac", "#e5a50a",
    "#1c9fa8", "#e01b24", "#986a44", "#5e5c64", "#62a0ea", "#8ff0a4",
  };
  guint n, color = 0;
  char key[2] = "1";
  g_autofree char *stripped = NULL;
  GError *error = NULL;
  gint64 id;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && name != NULL, 0);

  stripped = g_strstrip (g_strdup (name));
  n = g_list_model_get_n_items (G_LIST_MODEL (self->labels));
  while (color < G_N_ELEMENTS (colors) && is_used (self, colors[color], NULL))
    color++;
  if (color == G_N_ELEMENTS (colors))
    color = n % G_N_ELEMENTS (colors);
  while (key[0] <= '9' && is_used (self, NULL, key))
    key[0]++;
  id = tpo_store_add_label (self->store, stripped, colors[color], key[0] <= '9' ? key : NULL,
                            NULL, &error);
  return tpo_document_saved (self, id != 0, &error) ? id : 0;
}

/* Without a key, as one step with what takes it. */
static gboolean
take_key (TpoDocument *self, const TpoLabelRecord *taker, GError **error)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->labels));

  for (guint i = 0; i < n && taker->key != NULL; i++) {
    TpoLabelRecord other = *tpo_label_get_record (get_label (self, i));

    if (other.id == taker->id || g_strcmp0 (other.key, taker->key) != 0)
      continue;
    other.key = NULL;
    if (!tpo_store_update_label (self->store, &other, NULL, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
tpo_document_update_label (TpoDocument *self, const TpoLabelRecord *label)
{
  TpoEdit step = { .name = N_ ("Edit Label") };
  GError *error = NULL;
  gboolean ok;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && label != NULL, FALSE);

  if (!tpo_store_begin_group (self->store, &step, &error))
    return tpo_document_saved (self, FALSE, &error);
  ok = take_key (self, label, &error) &&
       tpo_store_update_label (self->store, label, NULL, &error);
  ok = tpo_store_finish_group (self->store, ok, &error);
  return tpo_document_saved (self, ok, &error);
}

gboolean
tpo_document_remove_label (TpoDocument *self, TpoLabel *label)
{
  g_autofree char *text = NULL;
  GError *error = NULL;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && TPO_IS_LABEL (label), FALSE);

  /* Translators: %s is the name of a label */
  text = g_strdup_printf (_ ("Deleted the label “%s”"), tpo_label_get_record (label)->name);
  if (!tpo_document_saved (
          self, tpo_store_remove_label (self->store, tpo_label_get_id (label), NULL, &error),
          &error))
    return FALSE;
  g_signal_emit_by_name (self, "toast-undo", text);
  return TRUE;
}

GPtrArray *
tpo_document_list_attributes (TpoDocument *self, gint64 label_id)
{
  GPtrArray *attributes;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self), NULL);

  attributes =
      tpo_store_list_attributes (self->store, label_id, NULL); /* unreadable: as if none */
  return attributes != NULL ? attributes : g_ptr_array_new ();
}

GPtrArray *
tpo_document_list_values (TpoDocument *self, TpoAnnotation *annotation)
{
  GPtrArray *values;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && TPO_IS_ANNOTATION (annotation), NULL);

  values =
      tpo_store_list_values (self->store, tpo_annotation_get_record (annotation)->revision_id,
                             NULL); /* unreadable: as if none */
  return values != NULL ? values : g_ptr_array_new ();
}

gboolean
tpo_document_save_attribute (TpoDocument *self, const TpoAttributeRecord *attribute)
{
  GError *error = NULL;
  gboolean ok;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && attribute != NULL, FALSE);

  ok = attribute->id != 0 ? tpo_store_update_attribute (self->store, attribute, NULL, &error)
                          : tpo_store_add_attribute (self->store, attribute, NULL, &error) != 0;
  return tpo_document_saved (self, ok, &error);
}

gboolean
tpo_document_remove_attribute (TpoDocument *self, gint64 attribute_id)
{
  GError *error = NULL;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self), FALSE);

  return tpo_document_saved (
      self, tpo_store_remove_attribute (self->store, attribute_id, NULL, &error), &error);
}

gboolean
tpo_document_set_attribute (TpoDocument *self, TpoAnnotation *annotation, gint64 attribute_id,
                            const char *value)
{
  GError *error = NULL;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && TPO_IS_ANNOTATION (annotation), FALSE);

  if (!tpo_document_is_open (self, annotation))
    return FALSE;
  return tpo_document_saved (self,
                             tpo_store_set_attribute (self->store,
                                                      tpo_annotation_get_id (annotation),
                                                      attribute_id, value, NULL, &error),
                             &error);
}

gboolean
tpo_document_use_label_template (TpoDocument *self, const char *path)
{
  GError *error = NULL;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && path != NULL, FALSE);

  return tpo_document_saved (self, tpo_label_template_apply (path, self->store, &error),
                             &error);
}

gboolean
tpo_document_save_label_template (TpoDocument *self, const char *name)
{
  GError *error = NULL;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && name != NULL, FALSE);

  return tpo_document_saved (self, tpo_label_template_save (self->store, name, &error), &error);
}

gboolean
tpo_document_remove_label_template (TpoDocument *self, const TpoLabelTemplate *label_template)
{
  GError *error = NULL;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && label_template != NULL, FALSE);

  return tpo_document_saved (self, tpo_label_template_remove (label_template, &error), &error);
}
