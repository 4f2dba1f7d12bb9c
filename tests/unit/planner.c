/* The memory planner: no two tensors that live together overlap, all lie in their bins, and
 * memory is used again. */

#include <glib.h>

#include "nn/planner.h"

static gsize
rounded (gsize size)
{
  return (MAX (size, 1) + TPO_PLAN_ALIGN - 1) / TPO_PLAN_ALIGN * TPO_PLAN_ALIGN;
}

static gboolean
overlap (const TpoPlanItem *a, const TpoPlanItem *b)
{
  return a->bin == b->bin && a->first <= b->last && b->first <= a->last &&
         a->offset < b->offset + b->size && b->offset < a->offset + a->size;
}

/* Checks the invariants that the header promises. Returns the sum of the bins. */
static gsize
check_plan (TpoPlanItem *items, guint n, gsize max_bin)
{
  g_autoptr (GArray) bins = tpo_plan_memory (items, n, max_bin);
  gsize total = 0, sum = 0;

  for (guint i = 0; i < n; i++) {
    g_assert_cmpuint (items[i].bin, <, bins->len);
    g_assert_cmpuint (items[i].offset % TPO_PLAN_ALIGN, ==, 0);
    g_assert_cmpuint (items[i].offset + items[i].size, <=,
                      g_array_index (bins, gsize, items[i].bin));
    for (guint j = 0; j < i; j++)
      g_assert_false (overlap (&items[i], &items[j]));
    sum += rounded (items[i].size);
  }
  for (guint i = 0; i < bins->len; i++) {
    gsize size = g_array_index (bins, gsize, i), largest = 0;

    for (guint j = 0; j < n; j++)
      if (items[j].bin == i)
        largest = MAX (largest, rounded (items[j].size));
    g_assert_cmpuint (size, >, 0);
    g_assert_true (size <= max_bin || size == largest);
    total += size;
  }
  g_assert_cmpuint (total, <=, sum);
  return total;
}

/* The most bytes that live at one node: no plan can be smaller. */
static gsize
least (const TpoPlanItem *items, guint n, guint n_nodes)
{
  gsize most = 0;

  for (guint node = 0; node < n_nodes; node++) {
    gsize live = 0;

    for (guint i = 0; i < n; i++)
      if (items[i].first <= node && node <= items[i].last)
        live += rounded (items[i].size);
    most = MAX (most, live);
  }
  return most;
}

static void
test_random (void)
{
  GRand *random = g_rand_new_with_seed (20);

  for (guint round = 0; round < 200; round++) {
    TpoPlanItem items[80];
    guint n = (guint) g_rand_int_range (random, 1, 80);
    gsize max_bin = g_rand_boolean (random) ? 1u << 30 : 40000;
    gsize total, need;

    for (guint i = 0; i < n; i++) {
      guint first = (guint) g_rand_int_range (random, 0, 60);

      items[i] = (TpoPlanItem){
        .size = (gsize) g_rand_int_range (random, 0, 30000),
        .first = first,
        .last = first + (guint) g_rand_int_range (random, 0, 20),
      };
    }
    total = check_plan (items, n, max_bin);
    need = least (items, n, 80);
    g_assert_cmpuint (total, >=, need);
    if (round % 50 == 0)
      g_test_message ("%u items, at least %" G_GSIZE_FORMAT " bytes, planned %" G_GSIZE_FORMAT,
                      n, need, total);
  }
  g_rand_free (random);
}

/* A chain of layers needs the room of two neighbours, however long it is. */
static void
test_chain (void)
{
  TpoPlanItem items[100];

  for (guint i = 0; i < G_N_ELEMENTS (items); i++)
    items[i] = (TpoPlanItem){ .size = 1024, .first = i, .last = i + 1 };
  g_assert_cmpuint (check_plan (items, G_N_ELEMENTS (items), 1u << 30), ==, 2048);
}

static void
test_large (void)
{
  TpoPlanItem items[] = {
    { .size = 5000, .first = 0, .last = 9 },
    { .size = 900, .first = 0, .last = 9 },
    { .size = 900, .first = 0, .last = 9 },
  };
  g_autoptr (GArray) none = NULL;

  check_plan (items, G_N_ELEMENTS (items), 2048);
  g_assert_cmpuint (items[0].bin, !=, items[1].bin);
  none = tpo_plan_memory (items, 0, 2048);
  g_assert_cmpuint (none->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/planner/random", test_random);
  g_test_add_func ("/planner/chain", test_chain);
  g_test_add_func ("/planner/large", test_large);
  return g_test_run ();
}
