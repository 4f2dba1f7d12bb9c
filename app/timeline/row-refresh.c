#include "config.h"

#include "timeline/row-refresh.h"

/* An item of a row, with what is asked of it. */
typedef struct {
  TpoAnnotation *annotation;
  const TpoAnnotationRecord *record;
  gint64 start_us, id;
} Item;

static int
by_start (gconstpointer a, gconstpointer b)
{
  const Item *left = a, *right = b;

  if (left->start_us != right->start_us)
    return left->start_us < right->start_us ? -1 : 1;
  return left->id < right->id ? -1 : left->id > right->id;
}

/* Without those that are in another row now. Records lie all over the memory, and there may be
 * thousands of them: each is looked at once. Returns: whether they are as they were in the row, in
 * order */
static gboolean
list_items (TpoRow *row, GHashTable *row_of, GArray *items)
{
  gboolean is_same = TRUE;

  for (guint i = 0; i < row->items->len; i++) {
    TpoAnnotation *annotation = g_ptr_array_index (row->items, i);
    const TpoAnnotationRecord *record;
    Item item;

    if (row->has_gone && g_hash_table_lookup (row_of, annotation) != row) {
      is_same = FALSE;
      continue;
    }
    record = tpo_annotation_get_record (annotation);
    item = (Item){ annotation, record, record->start_us, record->id };
    if (items->len > 0 && by_start (&g_array_index (items, Item, items->len - 1), &item) >= 0)
      is_same = FALSE;
    g_array_append_val (items, item);
  }
  return is_same;
}

/* In order, and what came back is there once. */
static void
sort_items (TpoRow *row, GArray *items)
{
  GPtrArray *sorted = g_ptr_array_new_full (items->len, g_object_unref);
  guint n = 0;

  g_array_sort (items, by_start);
  for (guint i = 0; i < items->len; i++) {
    Item item = g_array_index (items, Item, i);

    if (n > 0 && g_array_index (items, Item, n - 1).annotation == item.annotation)
      continue;
    g_array_index (items, Item, n++) = item;
    g_ptr_array_add (sorted, g_object_ref (item.annotation));
  }
  g_array_set_size (items, n);
  g_ptr_array_unref (row->items);
  row->items = sorted;
}

void
tpo_row_refresh (TpoRow *row, GHashTable *row_of)
{
  g_autoptr (GArray) items = g_array_sized_new (FALSE, FALSE, sizeof (Item), row->items->len);

  if (!list_items (row, row_of, items))
    sort_items (row, items);
  row->has_gone = FALSE;
  g_clear_pointer (&row->lanes, g_ptr_array_unref);
  row->lanes = tpo_lanes_new ();
  row->n_locked = row->n_hidden = 0;
  row->first_id = G_MAXINT64;
  for (guint i = 0; i < items->len; i++) {
    const Item *item = &g_array_index (items, Item, i);

    tpo_lanes_add (row->lanes, item->annotation, item->start_us, item->record->end_us);
    row->n_locked += item->record->is_locked ? 1 : 0;
    row->n_hidden += item->record->is_hidden ? 1 : 0;
    row->first_id = MIN (row->first_id, item->id);
  }
  row->is_stale = FALSE;
}
