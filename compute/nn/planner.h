#pragma once

#include <glib.h>

/**
 * TpoPlanItem: bytes that are needed from node @first to node @last, both included.
 */
typedef struct {
  gsize size; /* in bytes; at most G_MAXSSIZE */
  guint first;
  guint last;   /* not below @first */
  guint bin;    /* result: which piece of memory … */
  gsize offset; /* … and where in it, a multiple of TPO_PLAN_ALIGN */
} TpoPlanItem;

enum {
  TPO_PLAN_ALIGN = 256
};

/**
 * tpo_plan_memory:
 * @items: @offset and @bin are filled in
 * @max_bin: bytes that one bin should not exceed; an item larger than that gets a bin of its own
 *
 * Invariants of the result:
 *  1. Two items of one bin whose lifetimes share a node share no byte.
 *  2. Every item lies inside its bin.
 *  3. A bin larger than @max_bin holds one item's size only.
 *  4. No bin is empty, and the sum of the bins is at most the sum of the items' rounded sizes.
 *
 * Greedy by size, best fit: Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net
 * Inference" (2020), section 5.3. Quadratic in the number of items.
 *
 * Returns: (transfer full) (element-type gsize): the size of each bin
 */
GArray *tpo_plan_memory (TpoPlanItem *items, guint n_items, gsize max_bin);
