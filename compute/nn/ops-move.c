#include "config.h"

#include <string.h>

#include "nn/ops-common.h"

/*
 * Operators that only move elements. All of them are plans for one shader, copy.comp, which does
 * not know element types: a plan is made in elements and then widened to the largest words that
 * fit.
 */

enum {
  MODE_ALL,
  MODE_PAD,
  MODE_JOIN
};

typedef struct {
  guint32 n;
  guint32 size[4];
  guint32 multiplier[4];
  guint32 shifts;
  gint32 offset;
  gint32 stride[5];
  gint32 stride_b[5];
  gint32 low;
  gint32 high;
} CopyParams;

G_STATIC_ASSERT (sizeof (CopyParams) == 92);

/*
 * Where each element of the result comes from. In the modes PAD and JOIN there are exactly three
 * dimensions, and low and high are places along the middle one.
 */
typedef struct {
  guint mode;
  guint n; /* dimensions of the result, slowest first */
  gint64 size[TPO_MAX_DIMS];
  gint64 stride[TPO_MAX_DIMS];   /* of x, in elements */
  gint64 stride_b[TPO_MAX_DIMS]; /* of b */
  gint64 offset;                 /* of x */
  gint64 low, high;
} CopyPlan;

/* Appends a dimension, or merges it into the last one where both are walked as one. */
static void
plan_append (CopyPlan *self, gint64 size, gint64 stride)
{
  guint last = self->n - 1;

  if (size == 1)
    return;
  if (self->n > 0 && self->stride[last] == stride * size) {
    self->size[last] *= size;
    self->stride[last] = stride;
    return;
  }
  self->size[self->n] = size;
  self->stride[self->n] = stride;
  self->n++;
}

static gint64
common_divisor (gint64 a, gint64 b)
{
  return b == 0 ? ABS (a) : common_divisor (b, a % b);
}

/* Bytes of the largest word that all runs and places of the plan are multiples of. */
static guint
plan_word_size (const CopyPlan *self, guint element_size)
{
  guint last = self->n - 1;
  gint64 unit = common_divisor (16 / element_size, self->offset);

  if (self->stride[last] != 1 || (self->mode == MODE_JOIN && self->stride_b[last] != 1))
    return element_size;
  unit = common_divisor (unit, self->size[last]);
  for (guint k = 0; k < last; k++)
    unit = common_divisor (common_divisor (unit, self->stride[k]), self->stride_b[k]);
  return (guint) unit * element_size;
}

static void
plan_widen (CopyPlan *self, gint64 elements)
{
  guint last = self->n - 1;

  self->size[last] /= elements;
  self->offset /= elements;
  for (guint k = 0; k < last; k++) {
    self->stride[k] /= elements;
    self->stride_b[k] /= elements;
  }
}

static TpoTensor *
add_plan (TpoGraph *g, TpoTensor *x, TpoTensor *b, CopyPlan *plan, TpoShape shape)
{
  TpoType type = tpo_tensor_get_type (x);
  guint element_size = tpo_type_block_size (type);
  CopyParams params = { 0 };
  TpoNodeDesc node = { .op = TPO_OP_COPY,
                       .operands = { x, b != NULL ? b : x },
                       .params = &params };
  gint64 count = 1;
  guint word;

  if (plan->n == 0) {
    plan->n = 1;
    plan->size[0] = 1;
    plan->stride[0] = 1;
  }
  word = plan_word_size (plan, element_size);
  plan_widen (plan, word / element_size);
  for (guint k = 0; k < plan->n; k++) {
    guint place = TPO_MAX_DIMS - plan->n + k;

    count *= plan->size[k];
    params.stride[place] = (gint32) plan->stride[k];
    params.stride_b[place] = (gint32) plan->stride_b[k];
    if (k > 0) {
      TpoDivisor divisor = tpo_divisor (plan->size[k]);

      params.size[place - 1] = (guint32) plan->size[k];
      params.multiplier[place - 1] = divisor.multiplier;
      params.shifts |= divisor.shift << (8 * (place - 1));
    }
  }
  params.n = (guint32) count;
  params.offset = (gint32) plan->offset;
  params.low = (gint32) plan->low;
  params.high = (gint32) plan->high;
  /* Variants: 1, 2, 4, 8, 16 bytes. */
  for (guint size = word; size > 1; size /= 2)
    node.variant++;
  node.spec[0] = plan->mode;
  node.spec[1] = plan->n;
  tpo_grid_for (node.grid, word == 1 ? tpo_fours (count) : count, 64);
  return tpo_graph_add (g, &node, type, shape);
}

/* Finds the dimension that @dim names, and the sizes of what is before and after it. */
static gboolean
split (TpoGraph *g, TpoTensor *x, int dim, guint *place, gint64 *outer, gint64 *inner)
{
  const TpoShape *shape = tpo_tensor_get_shape (x);
  int k = dim < 0 ? dim + (int) shape->n : dim;

  if (!tpo_graph_check (g, TPO_OP_COPY, k >= 0 && k < (int) shape->n,
                        "there is no dimension %d", dim) ||
      !tpo_graph_check (g, TPO_OP_COPY, tpo_type_block (tpo_tensor_get_type (x)) == 1,
                        "blocks of %s cannot be moved",
                        tpo_type_name (tpo_tensor_get_type (x))) ||
      !tpo_graph_check_count (g, TPO_OP_COPY, x))
    return FALSE;
  *place = (guint) k;
  *outer = *inner = 1;
  for (int i = 0; i < k; i++)
    *outer *= shape->dim[i];
  for (int i = k + 1; i < (int) shape->n; i++)
    *inner *= shape->dim[i];
  return TRUE;
}

TpoTensor *
tpo_copy (TpoGraph *g, TpoTensor *x)
{
  CopyPlan plan = { .mode = MODE_ALL };

  if (!tpo_graph_check_count (g, TPO_OP_COPY, x))
    return tpo_graph_nothing (g);
  plan_append (&plan, tpo_tensor_count (x), 1);
  return add_plan (g, x, NULL, &plan, *tpo_tensor_get_shape (x));
}

TpoTensor *
tpo_slice (TpoGraph *g, TpoTensor *x, int dim, gint64 start, gint64 count)
{
  CopyPlan plan = { .mode = MODE_ALL };
  TpoShape shape = *tpo_tensor_get_shape (x);
  gint64 outer, inner, size;
  gsize offset;
  guint place;

  if (!split (g, x, dim, &place, &outer, &inner))
    return tpo_graph_nothing (g);
  size = shape.dim[place];
  if (!tpo_graph_check (g, TPO_OP_COPY, start >= 0 && count >= 1 && start <= size - count,
                        "no slice %" G_GINT64_FORMAT " + %" G_GINT64_FORMAT
                        " of %" G_GINT64_FORMAT,
                        start, count, size))
    return tpo_graph_nothing (g);
  shape.dim[place] = count;
  offset = (gsize) (start * inner) * tpo_type_block_size (tpo_tensor_get_type (x));
  if (outer == 1 && offset % tpo_graph_view_align (g) == 0)
    return tpo_graph_view (g, x, shape, offset);
  plan_append (&plan, outer, size * inner);
  plan_append (&plan, count * inner, 1);
  plan.offset = start * inner;
  return add_plan (g, x, NULL, &plan, shape);
}

TpoTensor *
tpo_permute (TpoGraph *g, TpoTensor *x, const int *order)
{
  CopyPlan plan = { .mode = MODE_ALL };
  const TpoShape *shape = tpo_tensor_get_shape (x);
  TpoShape result = { .n = shape->n };
  gint64 stride[TPO_MAX_DIMS], step = 1, outer, inner;
  gboolean is_seen[TPO_MAX_DIMS] = { FALSE };
  guint place;

  if (!split (g, x, 0, &place, &outer, &inner))
    return tpo_graph_nothing (g);
  for (guint k = shape->n; k > 0; k--) {
    stride[k - 1] = step;
    step *= shape->dim[k - 1];
  }
  for (guint k = 0; k < shape->n; k++) {
    gboolean is_new = order[k] >= 0 && order[k] < (int) shape->n && !is_seen[order[k]];

    if (!tpo_graph_check (g, TPO_OP_COPY, is_new, "the order of dimensions is no permutation"))
      return tpo_graph_nothing (g);
    is_seen[order[k]] = TRUE;
    result.dim[k] = shape->dim[order[k]];
    plan_append (&plan, result.dim[k], stride[order[k]]);
  }
  /* Only dimensions of size 1 moved: the bytes stay. */
  if (plan.n <= 1)
    return tpo_graph_view (g, x, result, 0);
  return add_plan (g, x, NULL, &plan, result);
}

TpoTensor *
tpo_concat (TpoGraph *g, TpoTensor *a, TpoTensor *b, int dim)
{
  TpoShape shape = *tpo_tensor_get_shape (a), other = *tpo_tensor_get_shape (b);
  CopyPlan plan = { .mode = MODE_JOIN, .n = 3 };
  gint64 outer, inner, size_a, size_b, unit;
  guint place;

  b = tpo_as_type (g, b, tpo_tensor_get_type (a));
  if (!split (g, a, dim, &place, &outer, &inner) || !tpo_graph_check_count (g, TPO_OP_COPY, b))
    return tpo_graph_nothing (g);
  size_a = shape.dim[place];
  size_b = place < other.n ? other.dim[place] : 0;
  shape.dim[place] = other.dim[place];
  if (!tpo_graph_check (g, TPO_OP_COPY, tpo_shape_equal (&shape, &other),
                        "the operands to be joined differ in another dimension"))
    return tpo_graph_nothing (g);
  shape.dim[place] = size_a + size_b;
  /* Neighbours along the joined dimension move together where both sizes allow it. */
  unit = common_divisor (size_a, size_b);
  plan.size[0] = outer;
  plan.size[1] = (size_a + size_b) / unit;
  plan.size[2] = inner * unit;
  plan.stride[0] = size_a * inner;
  plan.stride_b[0] = size_b * inner;
  plan.stride[1] = plan.stride_b[1] = inner * unit;
  plan.stride[2] = plan.stride_b[2] = 1;
  plan.low = 0;
  plan.high = size_a / unit;
  return add_plan (g, a, b, &plan, shape);
}

TpoTensor *
tpo_pad (TpoGraph *g, TpoTensor *x, int dim, gint64 before, gint64 after)
{
  TpoShape shape = *tpo_tensor_get_shape (x);
  CopyPlan plan = { .mode = MODE_PAD, .n = 3 };
  gint64 outer, inner, size, unit;
  guint place;

  if (before == 0 && after == 0)
    return x;
  if (!split (g, x, dim, &place, &outer, &inner))
    return tpo_graph_nothing (g);
  size = shape.dim[place];
  if (!tpo_graph_check (g, TPO_OP_COPY,
                        before >= -size && after >= -size && size + before + after > 0,
                        "padding %" G_GINT64_FORMAT " by %" G_GINT64_FORMAT
                        " and %" G_GINT64_FORMAT " leaves nothing",
                        size, before, after))
    return tpo_graph_nothing (g);
  shape.dim[place] = size + before + after;
  unit = common_divisor (common_divisor (size, before), after);
  plan.size[0] = outer;
  plan.size[1] = shape.dim[place] / unit;
  plan.size[2] = inner * unit;
  plan.stride[0] = size * inner;
  plan.stride[1] = inner * unit;
  plan.stride[2] = 1;
  plan.offset = -before * inner;
  plan.low = before / unit;
  plan.high = (before + size) / unit;
  return add_plan (g, x, NULL, &plan, shape);
}

TpoTensor *
tpo_repeat (TpoGraph *g, TpoTensor *x, int dim, gint64 count)
{
  CopyPlan plan = { .mode = MODE_ALL };
  TpoShape shape = *tpo_tensor_get_shape (x);
  gint64 outer, inner;
  guint place;

  if (!split (g, x, dim, &place, &outer, &inner) ||
      !tpo_graph_check (g, TPO_OP_COPY, shape.dim[place] == 1 && count >= 1,
                        "a dimension of %" G_GINT64_FORMAT " is not repeated",
                        shape.dim[place]))
    return tpo_graph_nothing (g);
  shape.dim[place] = count;
  plan_append (&plan, outer, inner);
  if (count > 1) {
    /* Never merged: a stride of 0 repeats. */
    plan.size[plan.n] = count;
    plan.stride[plan.n++] = 0;
  }
  if (inner > 1 || plan.n == 0) {
    plan.size[plan.n] = inner;
    plan.stride[plan.n++] = 1;
  }
  return add_plan (g, x, NULL, &plan, shape);
}

/* ---- pictures ----------------------------------------------------------------------------- */

static gboolean
check_map (TpoGraph *g, TpoTensor *x, guint size)
{
  return tpo_graph_check (g, TPO_OP_COPY, tpo_tensor_get_shape (x)->n == 4 && size >= 1,
                          "the picture is not [frames, rows, columns, channels]");
}

TpoTensor *
tpo_patches (TpoGraph *g, TpoTensor *x, guint size)
{
  gint64 frames, rows, cols, channels;

  if (!check_map (g, x, size))
    return tpo_graph_nothing (g);
  frames = tpo_tensor_dim (x, 0);
  rows = tpo_tensor_dim (x, 1) / size;
  cols = tpo_tensor_dim (x, 2) / size;
  channels = tpo_tensor_dim (x, 3);
  if (!tpo_graph_check (g, TPO_OP_COPY,
                        rows * size == tpo_tensor_dim (x, 1) &&
                            cols * size == tpo_tensor_dim (x, 2),
                        "the picture is no whole number of patches of %u", size))
    return tpo_graph_nothing (g);
  x = tpo_reshape (g, x, TPO_SHAPE (frames * rows, size, cols, size, channels));
  x = tpo_permute (g, x, (int[]){ 0, 2, 4, 1, 3 });
  return tpo_reshape (g, x, TPO_SHAPE (frames * rows * cols, channels * size * size));
}

TpoTensor *
tpo_windows (TpoGraph *g, TpoTensor *x, guint size)
{
  gint64 frames, rows, cols, channels;

  if (!check_map (g, x, size))
    return tpo_graph_nothing (g);
  frames = tpo_tensor_dim (x, 0);
  rows = (tpo_tensor_dim (x, 1) + size - 1) / size;
  cols = (tpo_tensor_dim (x, 2) + size - 1) / size;
  channels = tpo_tensor_dim (x, 3);
  x = tpo_pad (g, x, 1, 0, rows * size - tpo_tensor_dim (x, 1));
  x = tpo_pad (g, x, 2, 0, cols * size - tpo_tensor_dim (x, 2));
  x = tpo_reshape (g, x, TPO_SHAPE (frames * rows, size, cols, size * channels));
  x = tpo_permute (g, x, (int[]){ 0, 2, 1, 3 });
  return tpo_reshape (g, x, TPO_SHAPE (frames * rows * cols, size * size, channels));
}

TpoTensor *
tpo_unwindows (TpoGraph *g, TpoTensor *x, guint size, gint64 frames, gint64 rows, gint64 cols)
{
  gint64 n_down, n_across, channels = tpo_tensor_dim (x, -1);
  TpoShape expected;

  if (!tpo_graph_check (g, TPO_OP_COPY, size >= 1 && frames >= 1 && rows >= 1 && cols >= 1,
                        "the map has no cells"))
    return tpo_graph_nothing (g);
  n_down = (rows + size - 1) / size;
  n_across = (cols + size - 1) / size;
  expected = TPO_SHAPE (frames * n_down * n_across, size * size, channels);
  if (!tpo_graph_check (g, TPO_OP_COPY, tpo_shape_equal (&expected, tpo_tensor_get_shape (x)),
                        "the windows do not make that map"))
    return tpo_graph_nothing (g);
  x = tpo_reshape (g, x, TPO_SHAPE (frames * n_down, n_across, size, size * channels));
  x = tpo_permute (g, x, (int[]){ 0, 2, 1, 3 });
  x = tpo_reshape (g, x, TPO_SHAPE (frames, n_down * size, n_across * size, channels));
  x = tpo_pad (g, x, 1, 0, rows - n_down * size);
  return tpo_pad (g, x, 2, 0, cols - n_across * size);
}
