#include "config.h"

#include <stdlib.h>

#include "nn/planner.h"

static gsize
rounded (gsize size)
{
  return (MAX (size, 1) + TPO_PLAN_ALIGN - 1) / TPO_PLAN_ALIGN * TPO_PLAN_ALIGN;
}

static int
compare_size (gconstpointer a, gconstpointer b)
{
  const TpoPlanItem *x = *(TpoPlanItem *const *) a;
  const TpoPlanItem *y = *(TpoPlanItem *const *) b;

  if (x->size != y->size)
    return x->size < y->size ? 1 : -1;
  if (x->first != y->first)
    return x->first < y->first ? -1 : 1;
  return x < y ? -1 : x > y; /* the array's order, so that plans are the same every time */
}

static gboolean
lives_with (const TpoPlanItem *a, const TpoPlanItem *b)
{
  return a->first <= b->last && b->first <= a->last;
}

/*
 * The start of the tightest gap of at least @size bytes between the items of @placed (sorted by offset)
 * that live together with @item; without one, the end of the last of them.
 */
static gsize
find_gap (GPtrArray *placed, const TpoPlanItem *item, gsize size)
{
  gsize end = 0, best = 0, best_size = G_MAXSIZE;

  for (guint i = 0; i < placed->len; i++) {
    const TpoPlanItem *other = placed->pdata[i];

    if (!lives_with (other, item))
      continue;
    if (other->offset >= end + size && other->offset - end < best_size) {
      best = end;
      best_size = other->offset - end;
    }
    end = MAX (end, other->offset + rounded (other->size));
  }
  return best_size < G_MAXSIZE ? best : end;
}

static void
insert_sorted (GPtrArray *placed, TpoPlanItem *item)
{
  guint low = 0, high = placed->len;

  while (low < high) {
    guint middle = (low + high) / 2;

    if (((TpoPlanItem *) placed->pdata[middle])->offset <= item->offset)
      low = middle + 1;
    else
      high = middle;
  }
  g_ptr_array_insert (placed, (int) low, item);
}

/* Puts @item into the first bin that takes it, or into a new one. */
static void
place (TpoPlanItem *item, GPtrArray *bins, GArray *sizes, gsize max_bin)
{
  gsize size = rounded (item->size);

  for (item->bin = 0;; item->bin++) {
    gsize *bin_size;

    if (item->bin == sizes->len) {
      const gsize none = 0;

      g_array_append_val (sizes, none);
      g_ptr_array_add (bins, g_ptr_array_new ());
    }
    bin_size = &g_array_index (sizes, gsize, item->bin);
    item->offset = find_gap (bins->pdata[item->bin], item, size);
    if (*bin_size == 0 || item->offset + size <= MAX (max_bin, *bin_size)) {
      *bin_size = MAX (*bin_size, item->offset + size);
      insert_sorted (bins->pdata[item->bin], item);
      return;
    }
  }
}

GArray *
tpo_plan_memory (TpoPlanItem *items, guint n_items, gsize max_bin)
{
  g_autoptr (GPtrArray) bins =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  g_autofree TpoPlanItem **order = g_new (TpoPlanItem *, n_items + 1);
  GArray *sizes = g_array_new (FALSE, FALSE, sizeof (gsize));

  for (guint i = 0; i < n_items; i++) {
    g_assert (items[i].first <= items[i].last);
    order[i] = &items[i];
  }
  qsort (order, n_items, sizeof (*order), compare_size);
  for (guint i = 0; i < n_items; i++)
    place (order[i], bins, sizes, max_bin);
  return sizes;
}
