#include "config.h"

#include <string.h>

#include "kernel-test.h"

/* Operators that only move elements: results are exact. */

static const Tolerance exact = { 0, 0 };

static const TpoType types[] = { TPO_F32, TPO_F16, TPO_I32, TPO_U8 };

static void
strides (const TpoShape *shape, gint64 *stride)
{
  gint64 step = 1;

  for (guint k = shape->n; k > 0; k--) {
    stride[k - 1] = step;
    step *= shape->dim[k - 1];
  }
}

static void
check_permute (Kernels *self, TpoType type, TpoShape shape, const int *order)
{
  g_autofree char *name = tpo_shape_to_string (&shape);
  g_autoptr (Case) c =
      case_new (self, "permute %s %s by %d%d…", tpo_type_name (type), name, order[0], order[1]);
  g_autoptr (HostTensor) x = host_random (self, type, shape, FILL_NORMAL);
  g_autofree double *want = g_new (double, x->n);
  TpoShape result = shape;
  gint64 from[TPO_MAX_DIMS], to[TPO_MAX_DIMS];

  for (guint k = 0; k < shape.n; k++)
    result.dim[k] = shape.dim[order[k]];
  strides (&shape, from);
  strides (&result, to);
  for (gint64 i = 0; i < x->n; i++) {
    gint64 at = 0;

    for (guint k = 0; k < shape.n; k++)
      at += i / to[k] % result.dim[k] * from[order[k]];
    want[i] = x->v[at];
  }
  case_check (c, tpo_permute (c->graph, case_input (c, x), order), want, exact);
}

static void
test_permute (Kernels *self)
{
  static const struct {
    TpoShape shape;
    int order[TPO_MAX_DIMS];
  } cases[] = {
    { { 2, { 1, 7 } }, { 1, 0 } },
    { { 2, { 37, 65 } }, { 1, 0 } },
    { { 3, { 9, 4, 16 } }, { 1, 0, 2 } },
    { { 3, { 9, 4, 15 } }, { 1, 0, 2 } },
    { { 3, { 9, 4, 6 } }, { 2, 0, 1 } },
    { { 4, { 3, 5, 2, 8 } }, { 0, 2, 1, 3 } },
    { { 5, { 2, 3, 4, 5, 6 } }, { 4, 2, 0, 3, 1 } },
    { { 5, { 2, 3, 4, 5, 6 } }, { 0, 2, 4, 1, 3 } },
    { { 5, { 2, 1, 4, 1, 6 } }, { 3, 1, 0, 2, 4 } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint t = 0; t < G_N_ELEMENTS (types); t++)
      check_permute (self, types[t], cases[i].shape, cases[i].order);
}

static void
check_slice (Kernels *self, TpoType type, TpoShape shape, int dim, gint64 start, gint64 count)
{
  g_autofree char *name = tpo_shape_to_string (&shape);
  g_autoptr (Case) c =
      case_new (self, "slice %s %s, dimension %d", tpo_type_name (type), name, dim);
  g_autoptr (HostTensor) x = host_random (self, type, shape, FILL_NORMAL);
  g_autofree double *want = g_new (double, x->n);
  gint64 stride[TPO_MAX_DIMS], n = 0;
  guint place = (guint) (dim < 0 ? dim + (int) shape.n : dim);
  TpoTensor *y;

  strides (&shape, stride);
  for (gint64 i = 0; i < x->n; i++) {
    gint64 at = i / stride[place] % shape.dim[place];

    if (at >= start && at < start + count)
      want[n++] = x->v[i];
  }
  /* A view of an input is passed through an operator, as in models. */
  y = tpo_slice (c->graph, case_input (c, x), dim, start, count);
  if (type == TPO_F32 || type == TPO_F16)
    y = tpo_affine (c->graph, y, 1, 0, -G_MAXFLOAT, G_MAXFLOAT);
  case_check (c, y, want, exact);
}

static void
test_slice (Kernels *self)
{
  for (guint t = 0; t < G_N_ELEMENTS (types); t++) {
    check_slice (self, types[t], TPO_SHAPE (5, 64), 0, 1, 3);
    check_slice (self, types[t], TPO_SHAPE (5, 63), 0, 2, 3);
    check_slice (self, types[t], TPO_SHAPE (5, 63), 1, 0, 1);
    check_slice (self, types[t], TPO_SHAPE (5, 64), -1, 32, 16);
    check_slice (self, types[t], TPO_SHAPE (3, 5, 7, 4), 2, 3, 4);
    check_slice (self, types[t], TPO_SHAPE (1000), 0, 7, 991);
  }
}

/* A part of [outer, size, inner] starting at @before, with zeros or @b around it. */
static void
check_pad (Kernels *self, TpoType type, gint64 outer, gint64 size, gint64 inner, gint64 before,
           gint64 after)
{
  g_autoptr (Case) c =
      case_new (self, "pad %s [%d, %d, %d] by %d, %d", tpo_type_name (type), (int) outer,
                (int) size, (int) inner, (int) before, (int) after);
  g_autoptr (HostTensor) x =
      host_random (self, type, TPO_SHAPE (outer, size, inner), FILL_NORMAL);
  gint64 result = size + before + after;
  g_autofree double *want = g_new0 (double, outer *result *inner);

  for (gint64 o = 0; o < outer; o++)
    for (gint64 k = MAX (before, 0); k < MIN (before + size, result); k++)
      memcpy (want + (o * result + k) * inner, x->v + (o * size + k - before) * inner,
              (gsize) inner * sizeof (double));
  case_check (c, tpo_pad (c->graph, case_input (c, x), 1, before, after), want, exact);
}

static void
test_pad (Kernels *self)
{
  for (guint t = 0; t < G_N_ELEMENTS (types); t++) {
    check_pad (self, types[t], 1, 5, 1, 1, 0);
    check_pad (self, types[t], 3, 8, 4, 4, 8);
    check_pad (self, types[t], 3, 14, 1, 1, 1);
    check_pad (self, types[t], 2, 7, 6, -2, 3);
    check_pad (self, types[t], 4, 12, 5, -4, -4);
    check_pad (self, types[t], 1, 9, 64, 0, 7);
  }
}

static void
check_concat (Kernels *self, TpoType type, gint64 outer, gint64 size_a, gint64 size_b,
              gint64 inner)
{
  g_autoptr (Case) c = case_new (self, "concat %s [%d, %d + %d, %d]", tpo_type_name (type),
                                 (int) outer, (int) size_a, (int) size_b, (int) inner);
  g_autoptr (HostTensor) a =
      host_random (self, type, TPO_SHAPE (outer, size_a, inner), FILL_NORMAL);
  g_autoptr (HostTensor) b =
      host_random (self, type, TPO_SHAPE (outer, size_b, inner), FILL_NORMAL);
  gint64 size = size_a + size_b;
  g_autofree double *want = g_new (double, outer *size *inner);

  for (gint64 o = 0; o < outer; o++) {
    memcpy (want + o * size * inner, a->v + o * size_a * inner,
            (gsize) (size_a * inner) * sizeof (double));
    memcpy (want + (o * size + size_a) * inner, b->v + o * size_b * inner,
            (gsize) (size_b * inner) * sizeof (double));
  }
  case_check (c, tpo_concat (c->graph, case_input (c, a), case_input (c, b), 1), want, exact);
}

static void
test_concat (Kernels *self)
{
  for (guint t = 0; t < G_N_ELEMENTS (types); t++) {
    check_concat (self, types[t], 1, 1, 1, 1);
    check_concat (self, types[t], 1, 33, 5, 64);
    check_concat (self, types[t], 7, 8, 24, 1);
    check_concat (self, types[t], 7, 9, 2, 1);
    check_concat (self, types[t], 3, 5, 4, 6);
  }
}

static void
check_repeat (Kernels *self, TpoType type, gint64 outer, gint64 count, gint64 inner)
{
  g_autoptr (Case) c = case_new (self, "repeat %s [%d, 1, %d] × %d", tpo_type_name (type),
                                 (int) outer, (int) inner, (int) count);
  g_autoptr (HostTensor) x = host_random (self, type, TPO_SHAPE (outer, 1, inner), FILL_NORMAL);
  g_autofree double *want = g_new (double, outer *count *inner);

  for (gint64 i = 0; i < outer * count; i++)
    memcpy (want + i * inner, x->v + i / count * inner, (gsize) inner * sizeof (double));
  case_check (c, tpo_repeat (c->graph, case_input (c, x), 1, count), want, exact);
}

static void
test_repeat (Kernels *self)
{
  for (guint t = 0; t < G_N_ELEMENTS (types); t++) {
    check_repeat (self, types[t], 1, 1, 1);
    check_repeat (self, types[t], 1, 9, 1);
    check_repeat (self, types[t], 5, 3, 1);
    check_repeat (self, types[t], 1, 17, 64);
    check_repeat (self, types[t], 4, 5, 7);
  }
}

static void
test_patches (Kernels *self)
{
  static const gint64 cases[][5] = { { 1, 1, 1, 1, 3 }, { 2, 3, 4, 4, 3 }, { 1, 2, 2, 16, 1 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const gint64 frames = cases[i][0], rows = cases[i][1], cols = cases[i][2],
                 size = cases[i][3];
    const gint64 channels = cases[i][4];
    g_autoptr (Case) c = case_new (self, "patches of %d", (int) size);
    g_autoptr (HostTensor) x = host_random (
        self, TPO_F32, TPO_SHAPE (frames, rows * size, cols * size, channels), FILL_NORMAL);
    g_autofree double *want = g_new (double, x->n);
    gint64 n = 0;

    for (gint64 t = 0; t < frames; t++)
      for (gint64 r = 0; r < rows; r++)
        for (gint64 k = 0; k < cols; k++)
          for (gint64 ch = 0; ch < channels; ch++)
            for (gint64 y = r * size; y < (r + 1) * size; y++)
              for (gint64 z = k * size; z < (k + 1) * size; z++)
                want[n++] = x->v[((t * rows * size + y) * cols * size + z) * channels + ch];
    case_check (c, tpo_patches (c->graph, case_input (c, x), (guint) size), want, exact);
  }
}

static void
check_windows (Kernels *self, gint64 frames, gint64 rows, gint64 cols, gint64 channels,
               guint size)
{
  g_autoptr (Case) c =
      case_new (self, "windows of %u in %d × %d", size, (int) rows, (int) cols);
  g_autoptr (Case) back =
      case_new (self, "unwindows of %u in %d × %d", size, (int) rows, (int) cols);
  g_autoptr (HostTensor) x =
      host_random (self, TPO_F16, TPO_SHAPE (frames, rows, cols, channels), FILL_NORMAL);
  gint64 down = (rows + size - 1) / size, across = (cols + size - 1) / size, n = 0;
  g_autofree double *want = g_new0 (double, frames *down *across *size *size *channels);

  for (gint64 t = 0; t < frames; t++)
    for (gint64 w = 0; w < down * across; w++)
      for (gint64 i = 0; i < size * size; i++) {
        gint64 y = w / across * size + i / size, z = w % across * size + i % size;

        for (gint64 ch = 0; ch < channels; ch++, n++)
          if (y < rows && z < cols)
            want[n] = x->v[((t * rows + y) * cols + z) * channels + ch];
      }
  case_check (c, tpo_windows (c->graph, case_input (c, x), size), want, exact);
  case_check (back,
              tpo_unwindows (back->graph, tpo_windows (back->graph, case_input (back, x), size),
                             size, frames, rows, cols),
              x->v, exact);
}

static void
test_windows (Kernels *self)
{
  check_windows (self, 1, 1, 1, 1, 2);
  check_windows (self, 2, 8, 12, 8, 4);
  check_windows (self, 1, 9, 7, 3, 4);
  check_windows (self, 1, 14, 14, 16, 7);
}

static void
check_set_rows (Kernels *self, TpoType x_type, TpoType rows_type, gint64 cols, gboolean consume)
{
  g_autoptr (Case) c =
      case_new (self, "set_rows %s from %s, %d columns%s", tpo_type_name (x_type),
                tpo_type_name (rows_type), (int) cols, consume ? ", in place" : "");
  g_autoptr (HostTensor) x = host_random (self, x_type, TPO_SHAPE (9, cols), FILL_NORMAL);
  g_autoptr (HostTensor) rows = host_random (self, rows_type, TPO_SHAPE (4, cols), FILL_NORMAL);
  const double places[] = { 8, -1, 0, 3 };
  g_autoptr (HostTensor) ids = host_new (TPO_I32, TPO_SHAPE (4), places);
  g_autofree double *want = g_memdup2 (x->v, (gsize) x->n * sizeof (double));
  TpoTensor *input = case_input (c, x), *operand = input, *result;

  for (gint64 r = 0; r < 4; r++)
    if (places[r] >= 0)
      memcpy (want + (gint64) places[r] * cols, rows->v + r * cols,
              (gsize) cols * sizeof (double));
  if (consume)
    operand = tpo_affine (c->graph, input, 1, 0, -G_MAXFLOAT, G_MAXFLOAT);
  result = tpo_set_rows (c->graph, operand, case_input (c, rows), case_input (c, ids));
  case_check (c, result, want, exact);
}

static void
test_set_rows (Kernels *self)
{
  for (guint t = 0; t < 4; t++) {
    check_set_rows (self, float_types[t / 2], float_types[t % 2], 64, FALSE);
    check_set_rows (self, float_types[t / 2], float_types[t % 2], 7, TRUE);
    check_set_rows (self, float_types[t / 2], float_types[t % 2], 1, TRUE);
  }
}

static void
check_store_rows (Kernels *self, TpoType state_type, TpoType rows_type, gint64 cols,
                  gint32 start)
{
  g_autoptr (Case) c =
      case_new (self, "store_rows %s from %s, %d columns at %d", tpo_type_name (state_type),
                tpo_type_name (rows_type), (int) cols, start);
  g_autoptr (HostTensor) state =
      host_random (self, state_type, TPO_SHAPE (10, cols), FILL_NORMAL);
  g_autoptr (HostTensor) rows = host_random (self, rows_type, TPO_SHAPE (3, cols), FILL_NORMAL);
  g_autoptr (HostTensor) place = host_int (start);
  g_autofree double *want = g_memdup2 (state->v, (gsize) state->n * sizeof (double));
  TpoTensor *stored;

  for (gint64 r = 0; r < 3; r++)
    if (start + r < 10)
      memcpy (want + (start + r) * cols, rows->v + r * cols, (gsize) cols * sizeof (double));
  stored = tpo_store_rows (c->graph, case_input (c, state), case_input (c, rows),
                           case_input (c, place));
  /* Read through an operator, so that its order after the write is checked too. */
  case_check (c, tpo_affine (c->graph, stored, 1, 0, -G_MAXFLOAT, G_MAXFLOAT), want, exact);
}

static void
test_store_rows (Kernels *self)
{
  for (guint t = 0; t < 4; t++) {
    check_store_rows (self, float_types[t / 2], float_types[t % 2], 64, 5);
    check_store_rows (self, float_types[t / 2], float_types[t % 2], 5, 8);
  }
}

static void
test_refused (Kernels *self)
{
  g_autoptr (HostTensor) x = host_random (self, TPO_F32, TPO_SHAPE (4, 6), FILL_NORMAL);
  g_autoptr (Case) slice = case_new (self, "slice out of range");
  g_autoptr (Case) permute = case_new (self, "permute that is none");
  g_autoptr (Case) pad = case_new (self, "pad to nothing");

  tpo_slice (slice->graph, case_input (slice, x), 1, 5, 2);
  case_check_refused (slice, "no slice 5 + 2 of 6");
  tpo_permute (permute->graph, case_input (permute, x), (int[]){ 1, 1 });
  case_check_refused (permute, "no permutation");
  tpo_pad (pad->graph, case_input (pad, x), 0, -4, 0);
  case_check_refused (pad, "leaves nothing");
}

const KernelTest tests_move[] = {
  { "permute", { "copy" }, test_permute },
  { "slice", { "copy" }, test_slice },
  { "pad", { "copy" }, test_pad },
  { "concat", { "copy" }, test_concat },
  { "repeat", { "copy" }, test_repeat },
  { "patches", { "copy" }, test_patches },
  { "windows", { "copy" }, test_windows },
  { "set_rows", { "set_rows" }, test_set_rows },
  { "store_rows", { "set_rows" }, test_store_rows },
  { "move-refused", { "copy" }, test_refused },
  { NULL },
};
