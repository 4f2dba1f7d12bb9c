#include "config.h"

#include "nn/ops-common.h"
#include "nn/product.h"

/* Convolutions: as products over patches, or, with a filter per channel, one by one. */

typedef struct {
  guint32 count, channels, rows, cols, out_rows, out_cols, kernel, stride, pad, act, has_bias;
} DepthwiseParams;

G_STATIC_ASSERT (sizeof (DepthwiseParams) == 44);

typedef struct {
  guint32 count, channels4, strips, rows, cols, out_rows, out_cols, pad, has_bias;
} ChannelsParams;

G_STATIC_ASSERT (sizeof (ChannelsParams) == 36);

/* Neighbours that an invocation of shaders/conv_channels.comp makes. */
enum {
  STRIP = 4
};

static gint64
out_size (gint64 size, guint kernel, guint stride, guint pad)
{
  return (size + 2 * (gint64) pad - kernel) / stride + 1;
}

static TpoTensor *
depthwise (TpoGraph *g, TpoTensor *x, TpoTensor *w, TpoTensor *b, guint stride, guint pad,
           TpoAct act, TpoShape shape)
{
  TpoType type = tpo_tensor_get_type (x);
  guint32 kernel = (guint32) tpo_tensor_dim (w, 1);
  gint64 count = tpo_shape_count (&shape);
  DepthwiseParams params = {
    .count = (guint32) count,
    .channels = (guint32) shape.dim[3],
    .rows = (guint32) tpo_tensor_dim (x, 1),
    .cols = (guint32) tpo_tensor_dim (x, 2),
    .out_rows = (guint32) shape.dim[1],
    .out_cols = (guint32) shape.dim[2],
    .kernel = kernel,
    .stride = stride,
    .pad = pad,
    .act = act,
    .has_bias = b != NULL,
  };
  TpoNodeDesc node = {
    .op = TPO_OP_CONV_DEPTHWISE,
    .variant = (tpo_tensor_get_type (w) == TPO_F16) * 2 + (type == TPO_F16),
    .operands = { x, w, b },
    .params = &params,
    .flops = 2.0 * count * kernel * kernel,
  };

  tpo_grid_for (node.grid, count, 64);
  return tpo_graph_add (g, &node, type, shape);
}

/* A filter per channel, four channels at a time: the filters' channels come last for it. */
static TpoTensor *
by_channel (TpoGraph *g, TpoTensor *x, TpoTensor *w, TpoTensor *b, guint stride, guint pad,
            TpoAct act, TpoShape shape)
{
  const TpoVkLimits *limits = tpo_vk_limits (tpo_graph_get_device (g));
  const int order[] = { 1, 2, 0 };
  gint64 channels = shape.dim[3], kernel = tpo_tensor_dim (w, 1);
  gint64 strips = (shape.dim[2] + STRIP - 1) / STRIP;
  gint64 count = shape.dim[0] * shape.dim[1] * strips * channels / 4;
  TpoType type = tpo_tensor_get_type (x);
  ChannelsParams params = {
    .count = (guint32) count,
    .channels4 = (guint32) (channels / 4),
    .strips = (guint32) strips,
    .rows = (guint32) tpo_tensor_dim (x, 1),
    .cols = (guint32) tpo_tensor_dim (x, 2),
    .out_rows = (guint32) shape.dim[1],
    .out_cols = (guint32) shape.dim[2],
    .pad = pad,
    .has_bias = b != NULL,
  };
  TpoNodeDesc node = {
    .op = TPO_OP_CONV_CHANNELS,
    .variant =
        (tpo_tensor_get_type (w) == TPO_F16) * 4 + (type == TPO_F16) * 2 + limits->texel_reads,
    .texels = limits->texel_reads ? 3 : 0,
    .params = &params,
    .spec = { (guint32) kernel, stride, act },
    .flops = 2.0 * tpo_shape_count (&shape) * kernel * kernel,
  };

  node.operands[0] = x;
  node.operands[1] =
      tpo_permute (g, tpo_reshape (g, w, TPO_SHAPE (channels, kernel, kernel)), order);
  node.operands[2] = b;
  tpo_grid_for (node.grid, count, 64);
  return tpo_graph_add (g, &node, type, shape);
}

/* Zero channels up to a multiple of four, which is what one load holds. */
static TpoTensor *
pad_channels (TpoGraph *g, TpoTensor *x)
{
  gint64 channels = tpo_tensor_dim (x, -1), out4 = (channels + 3) / 4;
  gint64 count = tpo_tensor_rows (x) * out4;
  TpoShape shape = *tpo_tensor_get_shape (x);
  TpoType type = tpo_tensor_get_type (x);
  struct {
    guint32 count, channels, out4;
  } params = { (guint32) count, (guint32) channels, (guint32) out4 };
  TpoNodeDesc node = {
    .op = TPO_OP_PAD_CHANNELS,
    .variant = type == TPO_F16,
    .operands = { x },
    .params = &params,
  };

  if (channels % 4 == 0)
    return x;
  if (!tpo_graph_check (g, TPO_OP_PAD_CHANNELS, count <= G_MAXINT32,
                        "the picture is too large"))
    return tpo_graph_nothing (g);
  shape.dim[shape.n - 1] = 4 * out4;
  tpo_grid_for (node.grid, count, 64);
  return tpo_graph_add (g, &node, type, shape);
}

static TpoTensor *
patches_product (TpoGraph *g, TpoTensor *x, TpoTensor *w, TpoTensor *b, guint stride, guint pad,
                 TpoAct act, TpoShape shape)
{
  guint kernel = (guint) tpo_tensor_dim (w, 1);
  TpoPicture picture = {
    .rows = (guint32) tpo_tensor_dim (x, 1),
    .cols = (guint32) tpo_tensor_dim (x, 2),
    .kernel = kernel,
    .stride = stride,
    .pad = pad,
    .out_rows = (guint32) shape.dim[1],
    .out_cols = (guint32) shape.dim[2],
  };
  TpoProduct product = {
    .bias = b,
    .n_batch = 1,
    .m = shape.dim[0] * shape.dim[1] * shape.dim[2],
    .n = shape.dim[3],
    .act = act,
    .scale = 1,
  };

  /* Eight f16 weights are loaded at once; where they would straddle two places, f32 serves better than
     more zeros. */
  if (tpo_tensor_dim (x, -1) % 8 != 0)
    w = tpo_as_type (g, w, TPO_F32);
  product.x = pad_channels (g, x);
  product.w = pad_channels (g, w);
  picture.channels = (guint32) tpo_tensor_dim (product.x, -1);
  product.k = (gint64) kernel * kernel * picture.channels;
  if (kernel > 1 || stride > 1 || pad > 0)
    product.picture = &picture;
  return tpo_product (g, &product, shape);
}

static gboolean
check_conv (TpoGraph *g, TpoTensor *x, TpoTensor *w, TpoTensor *b, guint stride, guint pad,
            guint groups)
{
  const TpoOp op = TPO_OP_CONV_TILE;
  gint64 channels = tpo_tensor_dim (x, 3), kernel = tpo_tensor_dim (w, 1);

  return tpo_graph_check_float (g, op, x) && tpo_graph_check_float (g, op, w) &&
         tpo_graph_check (g, op,
                          tpo_tensor_get_shape (x)->n == 4 && tpo_tensor_get_shape (w)->n == 4,
                          "the picture or the filters have not four dimensions") &&
         tpo_graph_check (g, op, tpo_tensor_dim (w, 2) == kernel && kernel >= 1 && stride >= 1,
                          "the filters are not square") &&
         tpo_graph_check (
             g, op, groups == 1 || (groups == channels && tpo_tensor_dim (w, 0) == channels),
             "%u groups; there may be one, or one per channel", groups) &&
         tpo_graph_check (g, op, tpo_tensor_dim (w, 3) * groups == channels,
                          "filters of %" G_GINT64_FORMAT
                          " channels on a picture of %" G_GINT64_FORMAT,
                          tpo_tensor_dim (w, 3), channels) &&
         tpo_graph_check (g, op, b == NULL || tpo_tensor_count (b) == tpo_tensor_dim (w, 0),
                          "the bias does not fit to the filters") &&
         tpo_graph_check (g, op,
                          tpo_tensor_dim (x, 1) + 2 * (gint64) pad >= kernel &&
                              tpo_tensor_dim (x, 2) + 2 * (gint64) pad >= kernel,
                          "the picture is smaller than the filters");
}

TpoTensor *
tpo_conv2d (TpoGraph *g, TpoTensor *x, TpoTensor *w, TpoTensor *b, guint stride, guint pad,
            guint groups, TpoAct act)
{
  guint kernel = (guint) tpo_tensor_dim (w, 1);
  TpoShape shape;

  if (!check_conv (g, x, w, b, stride, pad, groups))
    return tpo_graph_nothing (g);
  shape =
      TPO_SHAPE (tpo_tensor_dim (x, 0), out_size (tpo_tensor_dim (x, 1), kernel, stride, pad),
                 out_size (tpo_tensor_dim (x, 2), kernel, stride, pad), tpo_tensor_dim (w, 0));
  b = tpo_as_type (g, b, TPO_F32);
  if (groups > 1 && shape.dim[3] % 4 == 0 && kernel <= 7 && stride <= 4)
    return by_channel (g, x, w, b, stride, pad, act, shape);
  if (groups > 1)
    return depthwise (g, x, w, b, stride, pad, act, shape);
  return patches_product (g, x, w, b, stride, pad, act, shape);
}
