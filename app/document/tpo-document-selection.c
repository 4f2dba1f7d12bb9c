#include "config.h"

#include <glib/gi18n.h>

#include "document/tpo-document-private.h"

/* Which annotations are selected, and what happens to all of them at once. */

TpoAnnotation *
tpo_document_get_selected (TpoDocument *self)
{
  g_return_val_if_fail (TPO_IS_DOCUMENT (self), NULL);

  return self->selected;
}

gboolean
tpo_document_is_selected (TpoDocument *self, TpoAnnotation *annotation)
{
  g_return_val_if_fail (TPO_IS_DOCUMENT (self), FALSE);

  return g_hash_table_contains (self->selection, annotation);
}

static int
by_id (gconstpointer a, gconstpointer b)
{
  gint64 left = tpo_annotation_get_id (*(TpoAnnotation *const *) a);
  gint64 right = tpo_annotation_get_id (*(TpoAnnotation *const *) b);

  return left < right ? -1 : left > right;
}

GPtrArray *
tpo_document_list_selected (TpoDocument *self)
{
  GPtrArray *annotations;
  GHashTableIter iter;
  gpointer annotation;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self), NULL);

  annotations = g_ptr_array_new_with_free_func (g_object_unref);
  g_hash_table_iter_init (&iter, self->selection);
  while (g_hash_table_iter_next (&iter, &annotation, NULL))
    g_ptr_array_add (annotations, g_object_ref (annotation));
  g_ptr_array_sort (annotations, by_id);
  return annotations;
}

static void
add (TpoDocument *self, TpoAnnotation *annotation)
{
  g_hash_table_add (self->selection, g_object_ref (annotation));
}

void
tpo_document_select (TpoDocument *self, TpoAnnotation *annotation)
{
  guint n = annotation != NULL ? 1 : 0;

  g_return_if_fail (TPO_IS_DOCUMENT (self));

  if (self->selected == annotation && g_hash_table_size (self->selection) == n)
    return;
  g_set_object (&self->selected, annotation);
  g_hash_table_remove_all (self->selection);
  if (annotation != NULL)
    add (self, annotation);
  tpo_document_notify (self, TPO_DOCUMENT_PROP_SELECTED);
}

void
tpo_document_select_many (TpoDocument *self, GPtrArray *annotations)
{
  TpoAnnotation *last = NULL;

  g_return_if_fail (TPO_IS_DOCUMENT (self) && annotations != NULL);

  g_hash_table_remove_all (self->selection);
  for (guint i = 0; i < annotations->len; i++) {
    last = g_ptr_array_index (annotations, i);
    add (self, last);
  }
  g_set_object (&self->selected, last);
  tpo_document_notify (self, TPO_DOCUMENT_PROP_SELECTED);
}

/* The one chosen before the one that went is not known: any of those left. */
static TpoAnnotation *
any_selected (TpoDocument *self)
{
  GHashTableIter iter;
  gpointer annotation = NULL;

  g_hash_table_iter_init (&iter, self->selection);
  g_hash_table_iter_next (&iter, &annotation, NULL);
  return annotation;
}

void
tpo_document_unselect (TpoDocument *self, TpoAnnotation *annotation)
{
  if (!g_hash_table_remove (self->selection, annotation))
    return;
  if (self->selected == annotation)
    g_set_object (&self->selected, any_selected (self));
  tpo_document_notify (self, TPO_DOCUMENT_PROP_SELECTED);
}

void
tpo_document_toggle_selected (TpoDocument *self, TpoAnnotation *annotation)
{
  g_return_if_fail (TPO_IS_DOCUMENT (self) && TPO_IS_ANNOTATION (annotation));

  if (tpo_document_is_selected (self, annotation)) {
    tpo_document_unselect (self, annotation);
    return;
  }
  add (self, annotation);
  g_set_object (&self->selected, annotation);
  tpo_document_notify (self, TPO_DOCUMENT_PROP_SELECTED);
}

/* ---- locked and hidden ones ------------------------------------------------------------------------ */

gboolean
tpo_document_is_open (TpoDocument *self, TpoAnnotation *annotation)
{
  g_autofree char *title = NULL;
  g_autofree char *text = NULL;

  if (!tpo_annotation_get_record (annotation)->is_locked)
    return TRUE;
  title = tpo_annotation_dup_title (annotation);
  /* Translators: %s is the name of a span, box or mask */
  text = g_strdup_printf (_ ("“%s” is locked. Unlock it to change it."), title);
  tpo_document_toast (self, text);
  return FALSE;
}

/* No edit of the label itself, so that there is no step; the store does not tell of it either. */
static gboolean
set_shown (TpoDocument *self, GPtrArray *annotations, const gboolean *is_locked,
           const gboolean *is_hidden)
{
  GError *error = NULL;
  gboolean ok = tpo_store_begin_group (self->store, NULL, &error);

  if (!ok)
    return tpo_document_saved (self, FALSE, error);
  for (guint i = 0; ok && i < annotations->len; i++) {
    const TpoAnnotationRecord *record =
        tpo_annotation_get_record (g_ptr_array_index (annotations, i));

    ok = tpo_store_set_shown (self->store, record->id,
                              is_locked != NULL ? *is_locked : record->is_locked,
                              is_hidden != NULL ? *is_hidden : record->is_hidden, &error);
  }
  ok = tpo_document_end_group (self, ok, &error);
  for (guint i = 0; ok && i < annotations->len; i++)
    tpo_document_sync_annotation (self,
                                  tpo_annotation_get_id (g_ptr_array_index (annotations, i)));
  return tpo_document_saved (self, ok, error);
}

gboolean
tpo_document_set_locked (TpoDocument *self, GPtrArray *annotations, gboolean is_locked)
{
  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && annotations != NULL, FALSE);

  return set_shown (self, annotations, &is_locked, NULL);
}

gboolean
tpo_document_set_hidden (TpoDocument *self, GPtrArray *annotations, gboolean is_hidden)
{
  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && annotations != NULL, FALSE);

  return set_shown (self, annotations, NULL, &is_hidden);
}

/* ---- changes of many ----------------------------------------------------------------------------------- */

/* Returns: (transfer full): those that may be changed; a toast tells of the others */
static GPtrArray *
list_open (TpoDocument *self, GPtrArray *annotations)
{
  GPtrArray *open = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree char *text = NULL;
  guint n_locked = 0;

  if (annotations->len == 1 && !tpo_document_is_open (self, annotations->pdata[0]))
    return open;
  for (guint i = 0; i < annotations->len; i++) {
    TpoAnnotation *annotation = g_ptr_array_index (annotations, i);
    const TpoAnnotationRecord *record = tpo_annotation_get_record (annotation);

    if (record->is_locked)
      n_locked++;
    else if (record->id != 0)
      g_ptr_array_add (open, g_object_ref (annotation));
  }
  if (n_locked > 0) {
    text = g_strdup_printf (ngettext ("%u label is locked and stays as it is.",
                                      "%u labels are locked and stay as they are.", n_locked),
                            n_locked);
    tpo_document_toast (self, text);
  }
  return open;
}

typedef gboolean (*ChangeFunc) (TpoStore *store, const TpoAnnotationRecord *record,
                                gint64 value, GError **error);

static gboolean
change_status (TpoStore *store, const TpoAnnotationRecord *record, gint64 value, GError **error)
{
  return tpo_store_set_status (store, record->id, (TpoAnnotationStatus) value, NULL, error);
}

static gboolean
change_label (TpoStore *store, const TpoAnnotationRecord *record, gint64 value, GError **error)
{
  return tpo_store_set_annotation_label (store, record->id, value, NULL, error);
}

/* Who deletes what the model said disputes it: the answer goes on to show the claim, struck out. */
static gboolean
change_deleted (TpoStore *store, const TpoAnnotationRecord *record, gint64 value,
                GError **error)
{
  gboolean is_claim = record->prediction_id != 0 && record->status == TPO_STATUS_PREDICTED;

  return (!is_claim ||
          tpo_store_set_status (store, record->id, TPO_STATUS_DISCARDED, NULL, error)) &&
         tpo_store_delete_annotation (store, record->id, NULL, error);
}

/* All in one step, or none. @open: those that may be changed */
static gboolean
change_all (TpoDocument *self, GPtrArray *open, const char *name, ChangeFunc change,
            gint64 value)
{
  TpoEdit step = { .name = name };
  GError *error = NULL;
  gboolean ok;

  if (open->len == 0)
    return FALSE;
  if (!tpo_store_begin_group (self->store, &step, &error))
    return tpo_document_saved (self, FALSE, error);
  ok = TRUE;
  for (guint i = 0; ok && i < open->len; i++)
    ok = change (self->store, tpo_annotation_get_record (g_ptr_array_index (open, i)), value,
                 &error);
  ok = tpo_document_end_group (self, ok, &error);
  return tpo_document_saved (self, ok, error);
}

gboolean
tpo_document_set_status_of (TpoDocument *self, GPtrArray *annotations,
                            TpoAnnotationStatus status)
{
  g_autoptr (GPtrArray) open = NULL;
  const char *name = status == TPO_STATUS_ACCEPTED    ? N_ ("Accept")
                     : status == TPO_STATUS_DISCARDED ? N_ ("Discard")
                                                      : N_ ("Change Status");

  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && annotations != NULL, FALSE);

  open = list_open (self, annotations);
  return change_all (self, open, name, change_status, status);
}

gboolean
tpo_document_set_label_of (TpoDocument *self, GPtrArray *annotations, gint64 label_id)
{
  g_autoptr (GPtrArray) open = NULL;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && annotations != NULL, FALSE);

  open = list_open (self, annotations);
  return change_all (self, open, N_ ("Change Label"), change_label, label_id);
}

gboolean
tpo_document_delete_all (TpoDocument *self, GPtrArray *annotations)
{
  g_autoptr (GPtrArray) open = NULL;
  g_autofree char *title = NULL;
  g_autofree char *text = NULL;
  guint n;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && annotations != NULL, FALSE);

  open = list_open (self, annotations);
  n = open->len;
  if (n == 1)
    title = tpo_annotation_dup_title (g_ptr_array_index (open, 0));
  if (!change_all (self, open, N_ ("Delete"), change_deleted, 0))
    return FALSE;
  if (n == 1)
    /* Translators: %s is the name of a span, box or mask */
    text = g_strdup_printf (_ ("Deleted “%s”"), title);
  else
    text = g_strdup_printf (ngettext ("Deleted %u label", "Deleted %u labels", n), n);
  g_signal_emit_by_name (self, "toast-undo", text);
  return TRUE;
}

/* ---- changes of one ------------------------------------------------------------------------------------ */

static GPtrArray *
only (TpoAnnotation *annotation)
{
  GPtrArray *annotations = g_ptr_array_new_with_free_func (g_object_unref);

  g_ptr_array_add (annotations, g_object_ref (annotation));
  return annotations;
}

gboolean
tpo_document_set_status (TpoDocument *self, TpoAnnotation *annotation,
                         TpoAnnotationStatus status)
{
  g_autoptr (GPtrArray) annotations = NULL;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && TPO_IS_ANNOTATION (annotation), FALSE);

  annotations = only (annotation);
  return tpo_document_set_status_of (self, annotations, status);
}

gboolean
tpo_document_set_label (TpoDocument *self, TpoAnnotation *annotation, gint64 label_id)
{
  g_autoptr (GPtrArray) annotations = NULL;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && TPO_IS_ANNOTATION (annotation), FALSE);

  annotations = only (annotation);
  return tpo_document_set_label_of (self, annotations, label_id);
}

gboolean
tpo_document_delete (TpoDocument *self, TpoAnnotation *annotation)
{
  g_autoptr (GPtrArray) annotations = NULL;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && TPO_IS_ANNOTATION (annotation), FALSE);

  annotations = only (annotation);
  return tpo_document_delete_all (self, annotations);
}
