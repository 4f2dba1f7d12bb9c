#include "config.h"

#include "document/tpo-annotation-list.h"

#include <string.h>

struct _TpoAnnotationList {
  GObject parent_instance;

  GPtrArray *items; /* TpoAnnotation, by id */
};

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TpoAnnotationList, tpo_annotation_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

enum {
  ITEM_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* ---- list model ---------------------------------------------------------------------------------- */

static GType
get_item_type (GListModel *model)
{
  return TPO_TYPE_ANNOTATION;
}

static guint
get_n_items (GListModel *model)
{
  return TPO_ANNOTATION_LIST (model)->items->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  TpoAnnotationList *self = TPO_ANNOTATION_LIST (model);

  return position < self->items->len ? g_object_ref (g_ptr_array_index (self->items, position))
                                     : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

/* ---- object -------------------------------------------------------------------------------------- */

static void
on_changed (TpoAnnotation *annotation, gpointer user_data)
{
  g_signal_emit (user_data, signals[ITEM_CHANGED], 0, annotation);
}

static void
release (TpoAnnotation *annotation)
{
  tpo_annotation_set_watcher (annotation, NULL, NULL);
  g_object_unref (annotation);
}

static void
tpo_annotation_list_finalize (GObject *object)
{
  g_ptr_array_unref (TPO_ANNOTATION_LIST (object)->items);
  G_OBJECT_CLASS (tpo_annotation_list_parent_class)->finalize (object);
}

static void
tpo_annotation_list_class_init (TpoAnnotationListClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tpo_annotation_list_finalize;
  signals[ITEM_CHANGED] =
      g_signal_new ("item-changed", TPO_TYPE_ANNOTATION_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 1, TPO_TYPE_ANNOTATION);
}

static void
tpo_annotation_list_init (TpoAnnotationList *self)
{
  self->items = g_ptr_array_new_with_free_func ((GDestroyNotify) release);
}

TpoAnnotationList *
tpo_annotation_list_new (void)
{
  return g_object_new (TPO_TYPE_ANNOTATION_LIST, NULL);
}

/* ---- order --------------------------------------------------------------------------------------- */

/* How many come before the one of that id. */
static guint
find_place (TpoAnnotationList *self, gint64 annotation_id)
{
  guint low = 0, high = self->items->len;

  while (low < high) {
    guint middle = low + (high - low) / 2;

    if (tpo_annotation_get_id (g_ptr_array_index (self->items, middle)) < annotation_id)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

guint
tpo_annotation_list_get_n (TpoAnnotationList *self)
{
  g_return_val_if_fail (TPO_IS_ANNOTATION_LIST (self), 0);

  return self->items->len;
}

TpoAnnotation *
tpo_annotation_list_get (TpoAnnotationList *self, guint position)
{
  g_return_val_if_fail (TPO_IS_ANNOTATION_LIST (self), NULL);
  g_return_val_if_fail (position < self->items->len, NULL);

  return g_ptr_array_index (self->items, position);
}

TpoAnnotation *
tpo_annotation_list_find (TpoAnnotationList *self, gint64 annotation_id)
{
  TpoAnnotation *item;
  guint place;

  g_return_val_if_fail (TPO_IS_ANNOTATION_LIST (self), NULL);

  place = find_place (self, annotation_id);
  if (place == self->items->len)
    return NULL;
  item = g_ptr_array_index (self->items, place);
  return tpo_annotation_get_id (item) == annotation_id ? item : NULL;
}

/* ---- changes ------------------------------------------------------------------------------------- */

static void
insert (TpoAnnotationList *self, guint place, TpoAnnotation *const *annotations, guint n)
{
  guint n_behind = self->items->len - place;

  g_ptr_array_set_size (self->items, (int) (self->items->len + n));
  memmove (self->items->pdata + place + n, self->items->pdata + place,
           n_behind * sizeof (gpointer));
  for (guint i = 0; i < n; i++) {
    self->items->pdata[place + i] = g_object_ref (annotations[i]);
    tpo_annotation_set_watcher (annotations[i], on_changed, self);
  }
  g_list_model_items_changed (G_LIST_MODEL (self), place, 0, n);
}

void
tpo_annotation_list_add (TpoAnnotationList *self, TpoAnnotation *annotation)
{
  g_return_if_fail (TPO_IS_ANNOTATION_LIST (self) && TPO_IS_ANNOTATION (annotation));

  insert (self, find_place (self, tpo_annotation_get_id (annotation)), &annotation, 1);
}

void
tpo_annotation_list_add_sorted (TpoAnnotationList *self, TpoAnnotation *const *annotations,
                                guint n)
{
  guint first;

  g_return_if_fail (TPO_IS_ANNOTATION_LIST (self));

  if (n == 0)
    return;
  first = find_place (self, tpo_annotation_get_id (annotations[0]));
  if (find_place (self, tpo_annotation_get_id (annotations[n - 1])) == first) {
    insert (self, first, annotations, n);
    return;
  }
  for (guint i = 0; i < n; i++)
    tpo_annotation_list_add (self, annotations[i]);
}

gboolean
tpo_annotation_list_remove (TpoAnnotationList *self, TpoAnnotation *annotation)
{
  guint place;

  g_return_val_if_fail (TPO_IS_ANNOTATION_LIST (self), FALSE);

  place = find_place (self, tpo_annotation_get_id (annotation));
  if (place == self->items->len || g_ptr_array_index (self->items, place) != annotation)
    return FALSE;
  g_ptr_array_remove_index (self->items, place);
  g_list_model_items_changed (G_LIST_MODEL (self), place, 1, 0);
  return TRUE;
}

GPtrArray *
tpo_annotation_list_clear (TpoAnnotationList *self)
{
  GPtrArray *items;

  g_return_val_if_fail (TPO_IS_ANNOTATION_LIST (self), NULL);

  items = g_steal_pointer (&self->items);
  self->items = g_ptr_array_new_with_free_func ((GDestroyNotify) release);
  for (guint i = 0; i < items->len; i++)
    tpo_annotation_set_watcher (g_ptr_array_index (items, i), NULL, NULL);
  g_ptr_array_set_free_func (items, g_object_unref);
  if (items->len > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, items->len, 0);
  return items;
}
