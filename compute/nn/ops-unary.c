#include "config.h"

#include "nn/ops-common.h"

/* Operators that treat each element, or each group of four, alone. */

typedef struct {
  guint32 n4;
} CountParams;

typedef struct {
  guint32 n4;
  float scale;
  float shift;
  float low;
  float high;
} AffineParams;

typedef struct {
  guint32 n4;
  float level;
} ThresholdParams;

typedef struct {
  guint32 n4;
  float scale;
  float mean[3];
  float inv_std[3];
} NormaliseParams;

G_STATIC_ASSERT (sizeof (AffineParams) == 20);
G_STATIC_ASSERT (sizeof (NormaliseParams) == 32);

static TpoTensor *
add_fours (TpoGraph *g, TpoNodeDesc *node, TpoTensor *x, TpoType type)
{
  tpo_grid_for (node->grid, tpo_fours (tpo_tensor_count (x)), 64);
  return tpo_graph_add (g, node, type, *tpo_tensor_get_shape (x));
}

TpoTensor *
tpo_unary (TpoGraph *g, TpoTensor *x, TpoUnary op)
{
  CountParams params = { tpo_fours (tpo_tensor_count (x)) };
  TpoNodeDesc node = {
    .op = TPO_OP_UNARY,
    .variant = tpo_tensor_get_type (x) == TPO_F16,
    .operands = { x },
    .params = &params,
    .spec = { op },
  };

  if (!tpo_graph_check_float (g, TPO_OP_UNARY, x) ||
      !tpo_graph_check (g, TPO_OP_UNARY, op < TPO_UNARY_COUNT, "no function %d", (int) op))
    return tpo_graph_nothing (g);
  return add_fours (g, &node, x, tpo_tensor_get_type (x));
}

TpoTensor *
tpo_affine (TpoGraph *g, TpoTensor *x, float scale, float shift, float low, float high)
{
  AffineParams params = { tpo_fours (tpo_tensor_count (x)), scale, shift, low, high };
  TpoNodeDesc node = {
    .op = TPO_OP_AFFINE,
    .variant = tpo_tensor_get_type (x) == TPO_F16,
    .operands = { x },
    .params = &params,
  };

  if (!tpo_graph_check_float (g, TPO_OP_AFFINE, x))
    return tpo_graph_nothing (g);
  return add_fours (g, &node, x, tpo_tensor_get_type (x));
}

TpoTensor *
tpo_scale (TpoGraph *g, TpoTensor *x, float scale)
{
  return tpo_affine (g, x, scale, 0, -G_MAXFLOAT, G_MAXFLOAT);
}

TpoTensor *
tpo_prelu (TpoGraph *g, TpoTensor *x, TpoTensor *slope)
{
  CountParams params = { tpo_fours (tpo_tensor_count (x)) };
  TpoNodeDesc node = {
    .op = TPO_OP_PRELU,
    .variant = tpo_tensor_get_type (x) == TPO_F16,
    .params = &params,
  };

  if (!tpo_graph_check_float (g, TPO_OP_PRELU, x) ||
      !tpo_graph_check_float (g, TPO_OP_PRELU, slope) ||
      !tpo_graph_check (g, TPO_OP_PRELU, tpo_tensor_count (slope) == 1,
                        "the slope is not one number"))
    return tpo_graph_nothing (g);
  node.operands[0] = x;
  node.operands[1] = tpo_as_type (g, slope, TPO_F32);
  return add_fours (g, &node, x, tpo_tensor_get_type (x));
}

/* Variants of the row: result type by operand type. */
static int
cast_variant (TpoType from, TpoType to)
{
  if (to != TPO_F32 && to != TPO_F16)
    return -1;
  switch ((int) from) {
  case TPO_F32:
    return to == TPO_F16 ? 3 : -1;
  case TPO_F16:
    return to == TPO_F32 ? 0 : -1;
  case TPO_U8:
    return to == TPO_F32 ? 1 : 4;
  case TPO_I32:
    return to == TPO_F32 ? 2 : 5;
  default:
    return -1;
  }
}

TpoTensor *
tpo_cast (TpoGraph *g, TpoTensor *x, TpoType type)
{
  TpoType from = tpo_tensor_get_type (x);
  int variant = cast_variant (from, type);
  CountParams params = { tpo_fours (tpo_tensor_count (x)) };
  TpoNodeDesc node = {
    .op = TPO_OP_CAST,
    .variant = (guint) MAX (variant, 0),
    .operands = { x },
    .params = &params,
  };

  if (from == type)
    return x;
  if (!tpo_graph_check (g, TPO_OP_CAST, variant >= 0, "from %s to %s is not offered",
                        tpo_type_name (from), tpo_type_name (type)) ||
      !tpo_graph_check_count (g, TPO_OP_CAST, x))
    return tpo_graph_nothing (g);
  return add_fours (g, &node, x, type);
}

TpoTensor *
tpo_threshold (TpoGraph *g, TpoTensor *x, float level)
{
  ThresholdParams params = { tpo_fours (tpo_tensor_count (x)), level };
  TpoNodeDesc node = {
    .op = TPO_OP_THRESHOLD,
    .variant = tpo_tensor_get_type (x) == TPO_F16,
    .operands = { x },
    .params = &params,
  };

  if (!tpo_graph_check_float (g, TPO_OP_THRESHOLD, x))
    return tpo_graph_nothing (g);
  return add_fours (g, &node, x, TPO_U8);
}

TpoTensor *
tpo_normalise_rgb (TpoGraph *g, TpoTensor *x, float scale, const float mean[3],
                   const float std[3])
{
  TpoType type = tpo_tensor_get_type (x);
  NormaliseParams params = { tpo_fours (tpo_tensor_count (x)), scale, { 0 }, { 0 } };
  TpoNodeDesc node = {
    .op = TPO_OP_NORMALISE_RGB,
    .variant = type == TPO_U8    ? 0
               : type == TPO_F32 ? 1
                                 : 2,
    .operands = { x },
    .params = &params,
  };

  if (!tpo_graph_check (g, TPO_OP_NORMALISE_RGB, type == TPO_U8 || tpo_type_is_float (type),
                        "the picture is %s", tpo_type_name (type)) ||
      !tpo_graph_check_count (g, TPO_OP_NORMALISE_RGB, x) ||
      !tpo_graph_check (g, TPO_OP_NORMALISE_RGB, tpo_tensor_dim (x, -1) == 3,
                        "the picture has %" G_GINT64_FORMAT " channels, not 3",
                        tpo_tensor_dim (x, -1)))
    return tpo_graph_nothing (g);
  for (guint c = 0; c < 3; c++) {
    params.mean[c] = mean[c];
    params.inv_std[c] = 1 / std[c];
  }
  return add_fours (g, &node, x, TPO_F32);
}
