#include "config.h"

#include <math.h>
#include <string.h>

#include "base/half.h"
#include "nn/graph-internal.h"
#include "nn/op-bench-cases.h"
#include "nn/packing.h"

/*
 * What is timed. Sizes are those of the full model: Mistral-7B, ViT-L on 3136 tokens, SAM 2 at 1024².
 */

/* The scales of blocks, such that values are below 1 or little more. */
static void
fill_scales (TpoType type, guint8 *bytes, gsize size)
{
  static const struct {
    guint at;
    float scale;
  } scales[TPO_TYPE_COUNT] = {
    [TPO_Q8_0] = { 0, 1.0f / 128 },  [TPO_Q4_0] = { 0, 1.0f / 8 },
    [TPO_Q4_K] = { 0, 1.0f / 512 },  [TPO_Q6_K] = { 208, 1.0f / 4096 },
    [TPO_Q5_K] = { 0, 1.0f / 1024 }, [TPO_Q4_1] = { 0, 1.0f / 16 }
  };
  const guint16 scale = tpo_half_from_float (scales[type].scale);

  if (tpo_packing (type) == NULL)
    return;
  for (gsize i = scales[type].at; i < size; i += tpo_type_block_size (type)) {
    memcpy (bytes + i, &scale, 2);
    if (type == TPO_Q4_K || type == TPO_Q5_K || type == TPO_Q4_1)
      memcpy (bytes + i + 2, &scale, 2);
  }
}

/* From a congruential generator. */
void
tpo_op_fill (TpoType type, guint8 *bytes, gsize size)
{
  guint32 state = 1;

  for (gsize i = 0; i + 4 <= size; i += 4) {
    float f;
    guint16 pair[2];

    state = state * 1664525u + 1013904223u;
    f = (float) (gint32) state * 0x1p-31f;
    if (type == TPO_F32) {
      memcpy (bytes + i, &f, 4);
    } else if (type == TPO_F16) {
      /* Exponents 2^-15 … 2^0 with any sign and digits. */
      pair[0] = (guint16) (state >> 16 & 0xbbff);
      pair[1] = (guint16) (state >> 8 & 0xbbff);
      memcpy (bytes + i, pair, 4);
    } else {
      memcpy (bytes + i, &state, 4);
    }
  }
  fill_scales (type, bytes, size);
}

static TpoTensor *
input (TpoGraph *g, TpoType type, TpoShape shape)
{
  TpoTensor *x = tpo_graph_input (g, "input", type, shape);
  gsize size = (gsize) MAX (tpo_shape_size (&shape, type), 0);
  g_autofree guint8 *bytes = NULL;
  g_autoptr (GError) error = NULL;

  if (tpo_graph_failed (g))
    return x;
  bytes = g_malloc0 (size + 4);
  tpo_op_fill (type, bytes, size);
  if (!tpo_graph_write (g, x, bytes, size, &error))
    tpo_graph_fail (g, TPO_ERROR_IO, "%s", error->message);
  return x;
}

static TpoTensor *
number (TpoGraph *g, TpoType type, gint32 value)
{
  return tpo_graph_constant (g, "number", type, TPO_SHAPE (1), &value);
}

/* size: tokens, inputs, outputs */
static TpoTensor *
linear (TpoGraph *g, const TpoOpCase *c)
{
  const TpoLinear layer = { .w = input (g, c->type, TPO_SHAPE (c->size[2], c->size[1])) };

  return tpo_linear (g, input (g, TPO_F32, TPO_SHAPE (c->size[0], c->size[1])), &layer,
                     TPO_ACT_NONE, NULL);
}

/* size: head, heads, key heads, queries, keys */
static TpoTensor *
attention (TpoGraph *g, const TpoOpCase *c)
{
  const gint64 head = c->size[0], keys = c->size[4];
  const TpoAttention params = {
    .n_heads = (guint) c->size[1],
    .n_kv_heads = (guint) c->size[2],
    .scale = 1 / sqrtf ((float) head),
  };

  return tpo_attention (g, input (g, TPO_F32, TPO_SHAPE (c->size[3], head * c->size[1])),
                        input (g, c->type, TPO_SHAPE (keys, head * c->size[2])),
                        input (g, c->type, TPO_SHAPE (keys, head * c->size[2])), &params);
}

/* size: edge, inputs, outputs, kernel, stride, groups */
static TpoTensor *
conv (TpoGraph *g, const TpoOpCase *c)
{
  const gint64 edge = c->size[0], kernel = c->size[3], groups = c->size[5];

  return tpo_conv2d (
      g, input (g, TPO_F32, TPO_SHAPE (1, edge, edge, c->size[1])),
      input (g, c->type, TPO_SHAPE (c->size[2], kernel, kernel, c->size[1] / groups)), NULL,
      (guint) c->size[4], (guint) (kernel / 2), (guint) groups, TPO_ACT_NONE);
}

static TpoTensor *
conv_transpose (TpoGraph *g, const TpoOpCase *c)
{
  return tpo_conv_transpose2d (
      g, input (g, TPO_F32, TPO_SHAPE (1, c->size[0], c->size[0], c->size[1])),
      input (g, c->type, TPO_SHAPE (c->size[2], 2, 2, c->size[1])), NULL);
}

/* size: entries, width, ids */
static TpoTensor *
get_rows (TpoGraph *g, const TpoOpCase *c)
{
  g_autofree gint32 *ids = g_new (gint32, c->size[2]);

  for (gint64 i = 0; i < c->size[2]; i++)
    ids[i] = (gint32) (i * 7919 % c->size[0]);
  return tpo_get_rows (g, input (g, c->type, TPO_SHAPE (c->size[0], c->size[1])),
                       tpo_graph_constant (g, "ids", TPO_I32, TPO_SHAPE (c->size[2]), ids));
}

static TpoTensor *
rows_input (TpoGraph *g, const TpoOpCase *c)
{
  return input (g, c->type, TPO_SHAPE (c->size[1], c->size[0]));
}

/* From here on size: width, rows. */
static TpoTensor *
layer_norm (TpoGraph *g, const TpoOpCase *c)
{
  return tpo_layer_norm (g, rows_input (g, c), input (g, TPO_F32, TPO_SHAPE (c->size[0])),
                         input (g, TPO_F32, TPO_SHAPE (c->size[0])), 1e-6f);
}

static TpoTensor *
rms_norm (TpoGraph *g, const TpoOpCase *c)
{
  return tpo_rms_norm (g, rows_input (g, c), input (g, TPO_F32, TPO_SHAPE (c->size[0])), 1e-5f);
}

static TpoTensor *
l2_norm (TpoGraph *g, const TpoOpCase *c)
{
  return tpo_l2_norm (g, rows_input (g, c), 1e-12f);
}

static TpoTensor *
softmax (TpoGraph *g, const TpoOpCase *c)
{
  return tpo_softmax (g, rows_input (g, c), 1);
}

static TpoTensor *
softmax_heads (TpoGraph *g, const TpoOpCase *c)
{
  return tpo_softmax_heads (g, rows_input (g, c), rows_input (g, c), 8, 0.2f, NULL);
}

static TpoTensor *
unary (TpoGraph *g, const TpoOpCase *c)
{
  return tpo_unary (g, rows_input (g, c), c->function);
}

static TpoTensor *
binary (TpoGraph *g, const TpoOpCase *c)
{
  return tpo_binary (g, c->function, rows_input (g, c), rows_input (g, c));
}

static TpoTensor *
binary_row (TpoGraph *g, const TpoOpCase *c)
{
  return tpo_binary (g, c->function, rows_input (g, c),
                     input (g, c->type, TPO_SHAPE (c->size[0])));
}

static TpoTensor *
affine (TpoGraph *g, const TpoOpCase *c)
{
  return tpo_affine (g, rows_input (g, c), 2, 1, -G_MAXFLOAT, G_MAXFLOAT);
}

static TpoTensor *
prelu (TpoGraph *g, const TpoOpCase *c)
{
  return tpo_prelu (g, rows_input (g, c), input (g, TPO_F32, TPO_SHAPE (1)));
}

static TpoTensor *
cast (TpoGraph *g, const TpoOpCase *c)
{
  return tpo_cast (g, rows_input (g, c), TPO_F16);
}

static TpoTensor *
threshold (TpoGraph *g, const TpoOpCase *c)
{
  return tpo_threshold (g, rows_input (g, c), 0);
}

static TpoTensor *
transpose (TpoGraph *g, const TpoOpCase *c)
{
  return tpo_permute (g, rows_input (g, c), (int[]){ 1, 0 });
}

/* Windows of 14 × 14 as in SAM 2: size: channels, edge */
static TpoTensor *
windows (TpoGraph *g, const TpoOpCase *c)
{
  return tpo_windows (g, input (g, c->type, TPO_SHAPE (1, c->size[1], c->size[1], c->size[0])),
                      14);
}

static TpoTensor *
store_rows (TpoGraph *g, const TpoOpCase *c)
{
  return tpo_store_rows (g, input (g, TPO_F16, TPO_SHAPE (4096, c->size[0])), rows_input (g, c),
                         number (g, TPO_I32, 100));
}

static TpoTensor *
rope (TpoGraph *g, const TpoOpCase *c)
{
  const TpoRope params = { .n_heads = (guint) (c->size[0] / 128), .theta = 1e6f };

  return tpo_rope (g, rows_input (g, c), number (g, TPO_I32, 1000), &params);
}

static TpoTensor *
rope_axial (TpoGraph *g, const TpoOpCase *c)
{
  return tpo_rope_axial (g, rows_input (g, c), 64, 64, c->size[1], 10000);
}

static TpoTensor *
sine_code (TpoGraph *g, const TpoOpCase *c)
{
  return tpo_sine_code (g, input (g, c->type, TPO_SHAPE (c->size[1], 1)), (guint) c->size[0],
                        6.2831853f, 10000);
}

static TpoTensor *
reduce_rows (TpoGraph *g, const TpoOpCase *c)
{
  return tpo_reduce (g, rows_input (g, c), 1, TPO_REDUCE_MEAN);
}

static TpoTensor *
reduce_cols (TpoGraph *g, const TpoOpCase *c)
{
  return tpo_reduce (g, rows_input (g, c), 0, TPO_REDUCE_MEAN);
}

static TpoTensor *
argmax (TpoGraph *g, const TpoOpCase *c)
{
  return tpo_argmax (g, rows_input (g, c));
}

static TpoTensor *
sample (TpoGraph *g, const TpoOpCase *c)
{
  const TpoSampling params = { .temperature = 0.8f, .top_p = 0.9f, .repetition_penalty = 1.1f };

  /* The bits of a small integer are a number just above zero. */
  return tpo_sample (g, rows_input (g, c), number (g, TPO_I32, 5), number (g, TPO_F32, 1 << 20),
                     &params);
}

/* size: channels, edge of the picture */
static TpoTensor *
max_pool (TpoGraph *g, const TpoOpCase *c)
{
  return tpo_max_pool2d (g,
                         input (g, c->type, TPO_SHAPE (1, c->size[1], c->size[1], c->size[0])));
}

/* size: rows and columns before and after, frames */
static TpoTensor *
resize (TpoGraph *g, const TpoOpCase *c)
{
  const TpoResize params = { TPO_RESIZE_BICUBIC, TRUE, c->type == TPO_U8 };

  return tpo_resize (g, input (g, c->type, TPO_SHAPE (c->size[4], c->size[0], c->size[1], 3)),
                     (guint) c->size[2], (guint) c->size[3], &params);
}

static TpoTensor *
normalise (TpoGraph *g, const TpoOpCase *c)
{
  static const float mean[3] = { 0.485f, 0.456f, 0.406f }, std[3] = { 0.229f, 0.224f, 0.225f };

  return tpo_normalise_rgb (g, rows_input (g, c), 1.0f / 255, mean, std);
}

static TpoTensor *
fill_holes (TpoGraph *g, const TpoOpCase *c)
{
  return tpo_fill_holes (g, rows_input (g, c), 8, 0.1f);
}

static const TpoOpCase cases[] = {
  { "matmul f16 m=4096 n=1 k=4096", "linear_vec", linear, { 1, 4096, 4096 }, TPO_F16 },
  { "matmul q8_0 m=4096 n=1 k=4096", "linear_vec", linear, { 1, 4096, 4096 }, TPO_Q8_0 },
  { "matmul q4_0 m=4096 n=1 k=4096", "linear_vec", linear, { 1, 4096, 4096 }, TPO_Q4_0 },
  { "matmul q4_K m=4096 n=1 k=4096", "linear_vec", linear, { 1, 4096, 4096 }, TPO_Q4_K },
  { "matmul q6_K m=4096 n=1 k=4096", "linear_vec", linear, { 1, 4096, 4096 }, TPO_Q6_K },
  { "matmul q5_K m=4096 n=1 k=4096", "linear_vec", linear, { 1, 4096, 4096 }, TPO_Q5_K },
  { "matmul q4_0 m=4096 n=13 k=4096", "linear", linear, { 13, 4096, 4096 }, TPO_Q4_0 },
  { "matmul f16 m=4096 n=128 k=4096", "linear", linear, { 128, 4096, 4096 }, TPO_F16 },
  { "matmul q8_0 m=4096 n=128 k=4096", "linear", linear, { 128, 4096, 4096 }, TPO_Q8_0 },
  { "matmul q4_0 m=4096 n=128 k=4096", "linear", linear, { 128, 4096, 4096 }, TPO_Q4_0 },
  { "matmul q4_K m=4096 n=128 k=4096", "linear", linear, { 128, 4096, 4096 }, TPO_Q4_K },
  { "matmul q6_K m=4096 n=128 k=4096", "linear", linear, { 128, 4096, 4096 }, TPO_Q6_K },
  { "matmul q5_K m=4096 n=128 k=4096", "linear", linear, { 128, 4096, 4096 }, TPO_Q5_K },
  { "matmul f32 m=1024 n=3136 k=1024", "linear", linear, { 3136, 1024, 1024 }, TPO_F32 },
  { "matmul f16 m=1024 n=3136 k=1024", "linear", linear, { 3136, 1024, 1024 }, TPO_F16 },
  { "matmul f16 m=1152 n=729 k=588", "linear", linear, { 729, 588, 1152 }, TPO_F16 },
  { "matmul f32 m=255 n=300 k=515", "linear", linear, { 300, 515, 255 }, TPO_F32 },
  { "matmul f32 m=255 n=30 k=102", "linear_any", linear, { 30, 102, 255 }, TPO_F32 },
  { "flash_attn f16 d=128 h=32/8 q=1 kv=1024",
    "attention",
    attention,
    { 128, 32, 8, 1, 1024 },
    TPO_F16 },
  { "flash_attn f16 d=128 h=32/8 q=128 kv=1024",
    "attention",
    attention,
    { 128, 32, 8, 128, 1024 },
    TPO_F16 },
  { "flash_attn f16 d=64 h=12/12 q=96 kv=3136",
    "attention",
    attention,
    { 64, 12, 12, 96, 3136 },
    TPO_F16 },
  { "flash_attn f16 d=64 h=16/16 q=196 kv=196",
    "attention",
    attention,
    { 64, 16, 16, 196, 196 },
    TPO_F16 },
  { "flash_attn f16 d=64 h=16/16 q=3136 kv=3136",
    "attention",
    attention,
    { 64, 16, 16, 3136, 3136 },
    TPO_F16 },
  { "conv2d f16 7x7 s4 3->144 at 1024", "conv2d", conv, { 1024, 3, 144, 7, 4, 1 }, TPO_F16 },
  { "conv2d f16 3x3 s1 256->256 at 64", "conv2d", conv, { 64, 256, 256, 3, 1, 1 }, TPO_F16 },
  { "conv2d f16 7x7 s1 256 depthwise at 64",
    "conv2d_depthwise",
    conv,
    { 64, 256, 256, 7, 1, 256 },
    TPO_F16 },
  { "conv_transpose2d f16 256->64 at 64", "copy", conv_transpose, { 64, 256, 64 }, TPO_F16 },
  { "get_rows q8_0 4096 x 128", "get_rows", get_rows, { 32000, 4096, 128 }, TPO_Q8_0 },
  { "layer_norm 1024 x 3136", "layer_norm", layer_norm, { 1024, 3136 }, TPO_F32 },
  { "layer_norm f16 1024 x 3136", "layer_norm", layer_norm, { 1024, 3136 }, TPO_F16 },
  { "rms_norm 4096 x 128", "rms_norm", rms_norm, { 4096, 128 }, TPO_F32 },
  { "l2_norm 1024 x 3136", "l2_norm", l2_norm, { 1024, 3136 }, TPO_F32 },
  { "softmax 3136 x 3136", "softmax", softmax, { 3136, 3136 }, TPO_F32 },
  { "softmax_heads 256 x 150", "softmax_heads", softmax_heads, { 256, 150 }, TPO_F32 },
  { "gelu_erf 4096 x 3136", "unary", unary, { 4096, 3136 }, TPO_F32, TPO_UNARY_GELU },
  { "gelu_erf f16 4096 x 3136", "unary", unary, { 4096, 3136 }, TPO_F16, TPO_UNARY_GELU },
  { "silu_mul 14336 x 128", "binary", binary, { 14336, 128 }, TPO_F32, TPO_BINARY_SWIGLU },
  { "add 1024 x 3136", "binary", binary, { 1024, 3136 }, TPO_F32, TPO_BINARY_ADD },
  { "add row 1024 x 3136", "binary", binary_row, { 1024, 3136 }, TPO_F32, TPO_BINARY_ADD },
  { "affine 1024 x 3136", "affine", affine, { 1024, 3136 }, TPO_F32 },
  { "prelu 1024 x 3136", "prelu", prelu, { 1024, 3136 }, TPO_F32 },
  { "cast f32 to f16 1024 x 3136", "cast", cast, { 1024, 3136 }, TPO_F32 },
  { "threshold 1024 x 1024", "threshold", threshold, { 1024, 1024 }, TPO_F32 },
  { "transpose_copy 1024 x 3136", "copy", transpose, { 1024, 3136 }, TPO_F32 },
  { "windows of 14, 256 channels at 64", "copy", windows, { 256, 64 }, TPO_F32 },
  { "store_rows f32 to f16 1024 x 128", "set_rows", store_rows, { 1024, 128 }, TPO_F32 },
  { "rope 4096 x 128", "rope", rope, { 4096, 128 }, TPO_F32 },
  { "rope_axial 256 x 4096", "rope_axial", rope_axial, { 256, 4096 }, TPO_F32 },
  { "sine_code 256 x 3136", "sine_code", sine_code, { 256, 3136 }, TPO_F32 },
  { "mean along 1024 x 3136", "reduce_rows", reduce_rows, { 1024, 3136 }, TPO_F32 },
  { "mean across 1024 x 3136", "reduce_cols", reduce_cols, { 1024, 3136 }, TPO_F32 },
  { "argmax 32007 x 1", "argmax", argmax, { 32007, 1 }, TPO_F32 },
  { "sample 32007 x 1", "sample", sample, { 32007, 1 }, TPO_F32 },
  { "max_pool2d 256 at 64", "max_pool2d", max_pool, { 256, 64 }, TPO_F32 },
  { "resize u8 4 of 1080 x 1920 to 224",
    "resize",
    resize,
    { 1080, 1920, 224, 224, 4 },
    TPO_U8 },
  { "resize f32 256 to 1080 x 1920", "resize", resize, { 256, 256, 1080, 1920, 1 }, TPO_F32 },
  { "normalise_rgb u8 3 x 200704", "normalise_rgb", normalise, { 3, 200704 }, TPO_U8 },
  { "fill_holes 256 x 256", "holes_label", fill_holes, { 256, 256 }, TPO_F32 },
  { NULL },
};

const TpoOpCase *
tpo_op_cases (void)
{
  return cases;
}
