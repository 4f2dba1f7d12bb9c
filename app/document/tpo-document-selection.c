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

  g_clear_pointer (&self->reselected, g_array_unref);
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

  g_clear_pointer (&self->reselected, g_array_unref);
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

  g_clear_pointer (&self->reselected, g_array_unref);
  if (tpo_document_is_selected (self, annotation)) {
    tpo_document_unselect (self, annotation);
    return;
  }
  add (self, annotation);
  g_set_object (&self->selected, annotation);
  tpo_document_notify (self, TPO_DOCUMENT_PROP_SELECTED);
}

/* ---- the same ones after all was read again ----------------------------------------------------------- */

GArray *
tpo_document_list_selected_ids (TpoDocument *self)
{
  g_autoptr (GPtrArray) annotations = tpo_document_list_selected (self);
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  if (self->selected != NULL)
    g_ptr_array_add (annotations, g_object_ref (self->selected));
  for (guint i = 0; i < annotations->len; i++) {
    gint64 id = tpo_annotation_get_id (g_ptr_array_index (annotations, i));

    g_array_append_val (ids, id);
  }
  return ids;
}

void
tpo_document_select_id (TpoDocument *self, gint64 annotation_id)
{
  TpoAnnotation *annotation = tpo_document_find (self, annotation_id);

  if (annotation != NULL) {
    tpo_document_select (self, annotation);
    return;
  }
  g_clear_pointer (&self->reselected, g_array_unref);
  self->reselected = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_array_append_val (self->reselected, annotation_id);
}

void
tpo_document_reselect (TpoDocument *self)
{
  g_autoptr (GArray) ids = g_steal_pointer (&self->reselected);
  g_autoptr (GPtrArray) annotations = g_ptr_array_new ();

  for (guint i = 0; ids != NULL && i < ids->len; i++) {
    TpoAnnotation *annotation =
        tpo_document_require (self, g_array_index (ids, gint64, i)); /* none: it is gone */

    if (annotation != NULL)
      g_ptr_array_add (annotations, annotation);
  }
  if (annotations->len > 0)
    tpo_document_select_many (self, annotations);
}

/* ---- locked and hidden ones ------------------------------------------------------------------------ */

gboolean
tpo_document_is_open (TpoDocument *self, TpoAnnotation *annotation)
{
  g_autofree char *title = NULL;
  g_autofree char *text = NULL;

  if (tpo_document_is_saving (self)) {
    tpo_document_toast (self, _ ("Many labels are being saved: try again in a moment"));
    return FALSE;
  }
  if (!tpo_annotation_get_record (annotation)->is_locked)
    return TRUE;
  title = tpo_annotation_dup_title (annotation);
  /* Translators: %s is the name of a span, box or mask */
  text = g_strdup_printf (_ ("“%s” is locked. Unlock it to change it."), title);
  tpo_document_toast (self, text);
  return FALSE;
}

/* ---- changes of many ----------------------------------------------------------------------------------- */

typedef struct {
  gint64 id;
  gboolean is_claim; /* of the model, that nobody has looked at */
  gboolean is_locked, is_hidden;
} Target;

typedef gboolean (*ChangeFunc) (TpoStore *store, const Target *target, gint64 value,
                                GError **error);

/* What one step does to many. */
typedef struct {
  GArray *targets;  /* Target */
  const char *name; /* of the step; %NULL: it is none */
  ChangeFunc change;
  gint64 value;
  char *text; /* nullable: a toast, once it is done */
} Change;

static void
change_free (Change *self)
{
  g_array_unref (self->targets);
  g_free (self->text);
  g_free (self);
}

/* @annotations: that may be changed */
static Change *
change_new (GPtrArray *annotations, const char *name, ChangeFunc func, gint64 value)
{
  Change *self = g_new0 (Change, 1);

  self->targets = g_array_sized_new (FALSE, FALSE, sizeof (Target), annotations->len);
  self->name = name;
  self->change = func;
  self->value = value;
  for (guint i = 0; i < annotations->len; i++) {
    const TpoAnnotationRecord *record =
        tpo_annotation_get_record (g_ptr_array_index (annotations, i));
    Target target = { record->id,
                      record->prediction_id != 0 && record->status == TPO_STATUS_PREDICTED,
                      record->is_locked, record->is_hidden };

    g_array_append_val (self->targets, target);
  }
  return self;
}

/* All in one step, or none. */
static gboolean
apply (TpoStore *store, gpointer data, GError **error)
{
  const Change *self = data;
  TpoEdit step = { .name = self->name };

  if (!tpo_store_begin_group (store, self->name != NULL ? &step : NULL, error))
    return FALSE;
  for (guint i = 0; i < self->targets->len; i++)
    if (!self->change (store, &g_array_index (self->targets, Target, i), self->value, error)) {
      tpo_store_cancel_group (store);
      return FALSE;
    }
  return tpo_store_end_group (store, error);
}

static void
tell (TpoDocument *self, gpointer data)
{
  const Change *change = data;

  if (change->text != NULL)
    g_signal_emit_by_name (self, "toast-undo", change->text);
}

/* Takes @change over. */
static gboolean
run (TpoDocument *self, Change *change, TpoJobDoneFunc done)
{
  guint n = change->targets->len;

  if (n > 0)
    return tpo_document_run_job (self, n, apply, change, (GDestroyNotify) change_free, done);
  change_free (change);
  return FALSE;
}

/* ---- how they are shown --------------------------------------------------------------------------------- */

static gboolean
change_locked (TpoStore *store, const Target *target, gint64 value, GError **error)
{
  return tpo_store_set_shown (store, target->id, value != 0, target->is_hidden, error);
}

static gboolean
change_hidden (TpoStore *store, const Target *target, gint64 value, GError **error)
{
  return tpo_store_set_shown (store, target->id, target->is_locked, value != 0, error);
}

/* It is no edit of the label itself, so that there is no step; the store does not tell of it either. */
static void
follow_shown (TpoDocument *self, gpointer data)
{
  const Change *change = data;
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; i < change->targets->len; i++)
    g_array_append_val (ids, g_array_index (change->targets, Target, i).id);
  tpo_document_follow (self, (const gint64 *) (gpointer) ids->data, ids->len);
}

gboolean
tpo_document_set_locked (TpoDocument *self, GPtrArray *annotations, gboolean is_locked)
{
  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && annotations != NULL, FALSE);

  return run (self, change_new (annotations, NULL, change_locked, is_locked), follow_shown);
}

gboolean
tpo_document_set_hidden (TpoDocument *self, GPtrArray *annotations, gboolean is_hidden)
{
  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && annotations != NULL, FALSE);

  return run (self, change_new (annotations, NULL, change_hidden, is_hidden), follow_shown);
}

/* ---- what they are ---------------------------------------------------------------------------------------- */

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
    else
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

static gboolean
change_status (TpoStore *store, const Target *target, gint64 value, GError **error)
{
  return tpo_store_set_status (store, target->id, (TpoAnnotationStatus) value, NULL, error);
}

static gboolean
change_label (TpoStore *store, const Target *target, gint64 value, GError **error)
{
  return tpo_store_set_annotation_label (store, target->id, value, NULL, error);
}

/* Who deletes what the model said disputes it: the answer goes on to show the claim, struck out. */
static gboolean
change_deleted (TpoStore *store, const Target *target, gint64 value, GError **error)
{
  return (!target->is_claim ||
          tpo_store_set_status (store, target->id, TPO_STATUS_DISCARDED, NULL, error)) &&
         tpo_store_delete_annotation (store, target->id, NULL, error);
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
  return run (self, change_new (open, name, change_status, status), NULL);
}

gboolean
tpo_document_set_label_of (TpoDocument *self, GPtrArray *annotations, gint64 label_id)
{
  g_autoptr (GPtrArray) open = NULL;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && annotations != NULL, FALSE);

  open = list_open (self, annotations);
  return run (self, change_new (open, N_ ("Change Label"), change_label, label_id), NULL);
}

/* Returns: (transfer full): what is said of them once they are gone */
static char *
describe_deleted (GPtrArray *annotations)
{
  guint n = annotations->len;
  g_autofree char *title = NULL;

  if (n != 1)
    return g_strdup_printf (ngettext ("Deleted %u label", "Deleted %u labels", n), n);
  title = tpo_annotation_dup_title (g_ptr_array_index (annotations, 0));
  /* Translators: %s is the name of a span, box or mask */
  return g_strdup_printf (_ ("Deleted “%s”"), title);
}

gboolean
tpo_document_delete_all (TpoDocument *self, GPtrArray *annotations)
{
  g_autoptr (GPtrArray) open = NULL;
  Change *change;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && annotations != NULL, FALSE);

  open = list_open (self, annotations);
  change = change_new (open, N_ ("Delete"), change_deleted, 0);
  change->text = describe_deleted (open);
  return run (self, change, tell);
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
