#include "config.h"

#include <math.h>

#include "nn/ops-common.h"

/*
 * Resampling: the host makes a table of taps for each direction, the device sums. Tables follow
 * the published operators in their f32 arithmetic, since a picture of bytes is rounded after it:
 * without antialias the scale is rounded to f32, but places are not, with antialias both are.
 */

typedef struct {
  guint32 n_items;
  guint32 n_in;
  guint32 n_out;
  guint32 n_fours;
  guint32 steps;
  TpoDivisor by_steps;
  TpoDivisor by_out;
} ResizeParams;

typedef struct {
  guint32 n_items;
  guint32 n_in;
  guint32 n_out;
  guint32 n_fours;
  guint32 last_word;
  TpoDivisor by_out;
} RgbParams;

G_STATIC_ASSERT (sizeof (ResizeParams) == 36);
G_STATIC_ASSERT (sizeof (RgbParams) == 28);

typedef struct {
  guint n_taps;
  gint32 *first;  /* [n_out] */
  float *weights; /* [n_out, n_taps] */
} Taps;

static void
taps_clear (Taps *self)
{
  g_free (self->first);
  g_free (self->weights);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Taps, taps_clear)

/* Keys 1981, with the free parameter @a. */
static float
cubic (float t, float a)
{
  t = fabsf (t);
  if (t < 1)
    return ((a + 2) * t - (a + 3)) * t * t + 1;
  if (t < 2)
    return ((a * t - 5 * a) * t + 8 * a) * t - 4 * a;
  return 0;
}

static float
kernel (TpoResizeFilter filter, float t)
{
  if (filter == TPO_RESIZE_BICUBIC)
    return cubic (t, -0.5f);
  return MAX (1 - fabsf (t), 0);
}

static void
taps_antialias (Taps *self, TpoResizeFilter filter, guint n_in, guint n_out)
{
  float scale = (float) n_in / (float) n_out, widened = MAX (scale, 1), inverse = 1 / widened;
  float support = (filter == TPO_RESIZE_BICUBIC ? 2 : 1) * widened;

  self->n_taps = (guint) ceilf (support) * 2 + 1;
  self->weights = g_new0 (float, (gsize) n_out * self->n_taps);
  for (guint i = 0; i < n_out; i++) {
    float centre = scale * ((float) i + 0.5f), total = 0;
    float *weights = self->weights + (gsize) i * self->n_taps;
    int first = MAX ((int) (centre - support + 0.5f), 0);
    int n = MIN ((int) (centre + support + 0.5f), (int) n_in) - first;

    n = CLAMP (n, 0, (int) self->n_taps);
    for (int j = 0; j < n; j++) {
      weights[j] = kernel (filter, ((float) (j + first) - centre + 0.5f) * inverse);
      total += weights[j];
    }
    for (int j = 0; j < n; j++)
      weights[j] /= total;
    self->first[i] = first;
  }
}

static void
taps_plain (Taps *self, TpoResizeFilter filter, guint n_in, guint n_out)
{
  float scale = (float) n_in / (float) n_out;

  self->n_taps = filter == TPO_RESIZE_BICUBIC ? 4 : filter == TPO_RESIZE_BILINEAR ? 2 : 1;
  self->weights = g_new0 (float, (gsize) n_out * self->n_taps);
  for (guint i = 0; i < n_out; i++) {
    float *weights = self->weights + (gsize) i * self->n_taps;
    double centre = (double) scale * (i + 0.5) - 0.5, whole = floor (centre);
    float t = (float) (centre - whole);

    switch (filter) {
    case TPO_RESIZE_BICUBIC:
      weights[0] = cubic (t + 1, -0.75f);
      weights[1] = cubic (t, -0.75f);
      weights[2] = cubic (1 - t, -0.75f);
      weights[3] = cubic ((1 - t) + 1, -0.75f);
      self->first[i] = (gint32) whole - 1;
      break;
    case TPO_RESIZE_BILINEAR:
      weights[0] = 1 - t;
      weights[1] = t;
      self->first[i] = (gint32) whole;
      break;
    case TPO_RESIZE_NEAREST:
    case TPO_RESIZE_FILTER_COUNT:
      weights[0] = 1;
      self->first[i] = (gint32) ((2 * (gint64) i + 1) * n_in / (2 * n_out));
      break;
    }
  }
}

/* Moves what reaches over a border onto the border pixel, so that first is a pixel of the picture, and
   widens every row of weights to a multiple of @unit taps with zeros. */
static void
taps_settle (Taps *self, guint unit, guint n_in, guint n_out)
{
  guint n_taps = (self->n_taps + unit - 1) / unit * unit;
  float *weights = g_new0 (float, (gsize) n_out *n_taps);

  for (guint i = 0; i < n_out; i++) {
    const float *from = self->weights + (gsize) i * self->n_taps;
    gint32 first = CLAMP (self->first[i], 0, (gint32) n_in - 1);

    for (guint t = 0; t < self->n_taps; t++) {
      gint32 place = CLAMP (self->first[i] + (gint32) t, 0, (gint32) n_in - 1);

      weights[(gsize) i * n_taps + (guint) (place - first)] += from[t];
    }
    self->first[i] = first;
  }
  g_free (self->weights);
  self->weights = weights;
  self->n_taps = n_taps;
}

static void
taps_init (Taps *self, const TpoResize *params, gboolean only_fours, guint n_in, guint n_out)
{
  self->first = g_new0 (gint32, n_out);
  if (params->antialias && params->filter != TPO_RESIZE_NEAREST)
    taps_antialias (self, params->filter, n_in, n_out);
  else
    taps_plain (self, params->filter, n_in, n_out);
  taps_settle (self, only_fours || self->n_taps > 2 ? 4 : 1, n_in, n_out);
}

/* Variants: the operand's type; the last one also makes F16. */
static guint
resize_variant (TpoType from, TpoType to)
{
  if (to == TPO_F16)
    return 3;
  return from == TPO_U8 ? 0 : from == TPO_F32 ? 1 : 2;
}

/* One direction of [outer, n_in, inner]. */
static TpoTensor *
add_pass (TpoGraph *g, TpoTensor *x, const TpoResize *params, gint64 outer, guint n_in,
          guint n_out, gint64 inner, TpoType type, TpoShape shape)
{
  gboolean vec = inner % 4 == 0;
  gint64 steps = vec ? inner / 4 : inner;
  ResizeParams pass = { .n_in = n_in, .n_out = n_out, .steps = (guint32) steps };
  TpoNodeDesc node = {
    .op = TPO_OP_RESIZE,
    .variant = resize_variant (tpo_tensor_get_type (x), type),
    .params = &pass,
    .spec = { (guint32) vec, (guint32) params->round_u8 },
  };
  g_auto (Taps) taps = { 0 };

  if (!tpo_graph_check (g, TPO_OP_RESIZE, outer * n_out * inner <= G_MAXINT32,
                        "the result is too large"))
    return tpo_graph_nothing (g);
  taps_init (&taps, params, FALSE, n_in, n_out);
  node.spec[2] = taps.n_taps < 4 ? taps.n_taps : 0;
  pass.n_items = (guint32) (outer * n_out * steps);
  pass.n_fours = taps.n_taps / 4;
  pass.by_steps = tpo_divisor (steps);
  pass.by_out = tpo_divisor (n_out);
  node.operands[0] = x;
  node.operands[1] = tpo_graph_constant (g, "taps", TPO_I32, TPO_SHAPE (n_out), taps.first);
  node.operands[2] = tpo_graph_constant (g, "tap weights", TPO_F32,
                                         TPO_SHAPE (n_out, taps.n_taps), taps.weights);
  node.flops = 2.0 * (double) outer * n_out * (double) inner * taps.n_taps;
  tpo_grid_for (node.grid, pass.n_items, 64);
  return tpo_graph_add (g, &node, type, shape);
}

/* The pass along the rows of a picture of three bytes a pixel. */
static TpoTensor *
add_rgb_pass (TpoGraph *g, TpoTensor *x, const TpoResize *params, gint64 outer, guint n_in,
              guint n_out, TpoShape shape)
{
  RgbParams pass = {
    .n_items = (guint32) (outer * n_out),
    .n_in = n_in,
    .n_out = n_out,
    .last_word = tpo_fours (tpo_tensor_count (x)) - 1,
    .by_out = tpo_divisor (n_out),
  };
  TpoNodeDesc node = { .op = TPO_OP_RESIZE_RGB, .params = &pass };
  g_auto (Taps) taps = { 0 };

  if (!tpo_graph_check (g, TPO_OP_RESIZE_RGB, outer * n_out * 3 <= G_MAXINT32,
                        "the result is too large"))
    return tpo_graph_nothing (g);
  taps_init (&taps, params, TRUE, n_in, n_out);
  pass.n_fours = taps.n_taps / 4;
  node.operands[0] = x;
  node.operands[1] = tpo_graph_constant (g, "taps", TPO_I32, TPO_SHAPE (n_out), taps.first);
  node.operands[2] = tpo_graph_constant (g, "tap weights", TPO_F32,
                                         TPO_SHAPE (n_out, taps.n_taps), taps.weights);
  node.flops = 6.0 * (double) outer * n_out * taps.n_taps;
  tpo_grid_for (node.grid, pass.n_items, 64);
  return tpo_graph_add (g, &node, TPO_F32, shape);
}

TpoTensor *
tpo_resize (TpoGraph *g, TpoTensor *x, guint out_rows, guint out_cols, const TpoResize *params)
{
  TpoType type = tpo_tensor_get_type (x);
  TpoResize first = *params;
  gint64 frames, rows, cols, channels;

  if (!tpo_graph_check (g, TPO_OP_RESIZE, type == TPO_U8 || tpo_type_is_float (type),
                        "the picture is %s", tpo_type_name (type)) ||
      !tpo_graph_check_count (g, TPO_OP_RESIZE, x) ||
      !tpo_graph_check (g, TPO_OP_RESIZE, tpo_tensor_get_shape (x)->n == 4,
                        "the picture is not [frames, rows, columns, channels]") ||
      !tpo_graph_check (g, TPO_OP_RESIZE,
                        out_rows >= 1 && out_cols >= 1 &&
                            params->filter < TPO_RESIZE_FILTER_COUNT,
                        "no picture of %u × %u", out_cols, out_rows))
    return tpo_graph_nothing (g);
  frames = tpo_tensor_dim (x, 0);
  rows = tpo_tensor_dim (x, 1);
  cols = tpo_tensor_dim (x, 2);
  channels = tpo_tensor_dim (x, 3);
  first.round_u8 = FALSE;
  if (type == TPO_U8 && channels == 3)
    x = add_rgb_pass (g, x, &first, frames * rows, (guint) cols, out_cols,
                      TPO_SHAPE (frames, rows, out_cols, channels));
  else
    x = add_pass (g, x, &first, frames * rows, (guint) cols, out_cols, channels, TPO_F32,
                  TPO_SHAPE (frames, rows, out_cols, channels));
  return add_pass (g, x, params, frames, (guint) rows, out_rows, out_cols * channels,
                   type == TPO_F16 ? TPO_F16 : TPO_F32,
                   TPO_SHAPE (frames, out_rows, out_cols, channels));
}
