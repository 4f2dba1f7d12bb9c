#include "config.h"

#include <string.h>

#include "nn/ops-common.h"
#include "nn/packing.h"
#include "nn/product.h"
#include "nn/tensor-private.h"

/* Push constants of shaders/lib/epilogue.glsl. */
typedef struct {
  guint32 m, n, k;
  guint32 ldy, n_start;
  guint32 x_batch, w_batch, y_batch;
  float scale;
} Params;

typedef struct {
  Params product;
  TpoPicture picture;
} PictureParams;

G_STATIC_ASSERT (sizeof (Params) == 36);
G_STATIC_ASSERT (sizeof (PictureParams) == 68);

enum {
  HAS_BIAS = 1,
  HAS_ADD = 2,
  HAS_RESIDUAL = 4
};

typedef enum {
  KIND_TILE,   /* subgroup shuffles and texel reads: software devices */
  KIND_SHARED, /* shared memory: GPUs */
  KIND_VEC,    /* few rows of x */
  KIND_ANY     /* rows that are no whole 16-byte words */
} Kind;

/* How a kernel is laid over the result. */
typedef struct {
  Kind kind;
  guint32 tile_m, tile_n; /* elements of y per workgroup */
  /* of TILE: rows per subgroup and columns per lane; of VEC: both per subgroup; of SHARED: 64 rows
     and columns of y so many times, and columns stored at once */
  guint32 rows, columns;
  guint32 n_subgroups;
} Layout;

/* The part of a product that one node makes: rows and columns of y. */
typedef struct {
  gint64 m_start, m;
  gint64 n_start, n;
} Part;

static gsize
row_size (const TpoProduct *p)
{
  return tpo_words_size (tpo_tensor_get_type (p->w), (gsize) p->k);
}

static gboolean
has_whole_words (const TpoProduct *p)
{
  return row_size (p) % 16 == 0 && p->k % 4 == 0;
}

/* Zeros at the ends of rows that are no whole words, where making these copies takes less time than
 * what the kernel for such rows loses: a patch of 14 × 14 in three colours has 588 elements. */
static void
fill_words (TpoGraph *g, TpoProduct *p)
{
  const double heavy = 1e6;
  const gint64 word = MAX (4, 16 / tpo_type_block_size (tpo_tensor_get_type (p->w)));
  const gint64 more = word - p->k % word;

  if (p->picture != NULL || has_whole_words (p) ||
      (double) p->n_batch * p->m * p->n * p->k < heavy)
    return;
  p->x = tpo_pad (g, p->x, -1, 0, more);
  p->w = tpo_pad (g, p->w, -1, 0, more);
  p->k += more;
}

/* A driver compiles each size of tile anew, and large tiles longest. So few sizes are used, and the
 * largest for products that earn it. Four columns are stored at once. */
static Layout
tile_layout (const TpoProduct *p, const TpoVkLimits *limits)
{
  const double heavy = 2e7;
  Layout layout = { .kind = KIND_TILE, .rows = 8, .columns = 2, .n_subgroups = 1 };

  if (p->m <= 4)
    layout.rows = p->m > 1 ? 4 : 1;
  else if ((double) p->n_batch * p->m * p->n * p->k > heavy)
    layout.rows = 16;
  if (p->m > 4 && p->n % 4 == 0 && p->n > 2 * limits->subgroup_size)
    layout.columns = 4;
  layout.tile_m = layout.rows;
  layout.tile_n = layout.columns * limits->subgroup_size;
  return layout;
}

/* Large tiles read shared memory half as often for the same arithmetic, where there are enough of
 * them to keep a GPU busy and its shared memory holds the slices of both operands. */
static Layout
shared_layout (const TpoProduct *p, const TpoVkLimits *limits)
{
  const gint64 busy = 128;
  const gsize slices = sizeof (float) * 2 * 16 * (128 + 4);
  const gboolean is_large = limits->shared_size >= slices &&
                            p->n_batch * tpo_tiles (p->m, 128) * tpo_tiles (p->n, 128) >= busy;
  const guint32 parts = is_large ? 2 : 1;

  return (Layout){
    .kind = KIND_SHARED,
    .tile_m = 64 * parts,
    .tile_n = 64 * parts,
    .rows = parts,
    .columns = p->n % 4 == 0 ? 4 : 1,
  };
}

static Layout
vec_layout (const TpoProduct *p, const TpoVkLimits *limits)
{
  Layout layout = { .kind = KIND_VEC, .rows = p->m > 1 ? 4 : 1, .columns = 4 };

  layout.n_subgroups =
      limits->texel_reads ? 1 : CLAMP (limits->max_invocations / limits->subgroup_size, 1, 4);
  layout.tile_m = layout.rows;
  layout.tile_n = layout.columns * layout.n_subgroups;
  return layout;
}

static Layout
choose_layout (const TpoProduct *p, const TpoVkLimits *limits)
{
  /* A lane's share of a short row does not pay for the sums over lanes at its end; lavapipe has to walk
     through the lanes for them. A GPU's tiles of 64 rows are mostly empty for the words of a short
     question. */
  const gint64 long_row = limits->texel_reads ? 512 : 0;
  const gint64 few_rows = limits->texel_reads ? 4 : 16;

  if (!has_whole_words (p))
    return (Layout){ .kind = KIND_ANY, .tile_m = 1, .tile_n = 64 };
  if (p->picture == NULL && p->m <= few_rows && p->k >= long_row)
    return vec_layout (p, limits);
  return limits->texel_reads ? tile_layout (p, limits) : shared_layout (p, limits);
}

static TpoOp
kind_op (Kind kind, gboolean is_picture)
{
  static const TpoOp ops[] = {
    [KIND_TILE] = TPO_OP_LINEAR_TILE,
    [KIND_SHARED] = TPO_OP_LINEAR_SHARED,
    [KIND_VEC] = TPO_OP_LINEAR_VEC,
    [KIND_ANY] = TPO_OP_LINEAR_ANY,
  };

  if (!is_picture)
    return ops[kind];
  g_assert (kind == KIND_TILE || kind == KIND_SHARED);
  return kind == KIND_TILE ? TPO_OP_CONV_TILE : TPO_OP_CONV_SHARED;
}

static void
set_grid (TpoNodeDesc *node, const Layout *layout, const TpoProduct *p, const Part *part)
{
  gint64 n_groups = tpo_tiles (part->m, layout->tile_m) * tpo_tiles (part->n, layout->tile_n);

  if (layout->kind == KIND_ANY)
    n_groups = tpo_tiles (part->m * part->n, 64);
  else if (layout->kind == KIND_VEC) /* subgroups are counted, not workgroups */
    n_groups =
        tpo_tiles (tpo_tiles (part->m, layout->rows) * tpo_tiles (part->n, layout->columns),
                   layout->n_subgroups);
  tpo_grid_1d (node->grid, n_groups);
  node->grid[2] = (guint32) p->n_batch;
}

static void
fill_params (PictureParams *params, const TpoProduct *p, const Part *part)
{
  params->product = (Params){
    .m = (guint32) part->m,
    .n = (guint32) part->n,
    .k = (guint32) p->k,
    .ldy = (guint32) p->n,
    .n_start = (guint32) part->n_start,
    .x_batch = (guint32) (p->m * p->k),
    .w_batch = p->w_batched ? (guint32) (p->n * p->k) : 0,
    .y_batch = (guint32) (p->m * p->n),
    .scale = p->scale,
  };
  if (p->picture != NULL)
    params->picture = *p->picture;
}

static guint32
epilogue_parts (const TpoProduct *p)
{
  return (p->bias != NULL ? HAS_BIAS : 0) | (p->add != NULL ? HAS_ADD : 0) |
         (p->residual != NULL ? HAS_RESIDUAL : 0);
}

/* Binds the rows of the weights that make the columns of @part. */
static void
bind_weights (TpoNodeDesc *node, const TpoProduct *p, const Part *part)
{
  const TpoType type = tpo_tensor_get_type (p->w);
  const gsize scales_size = tpo_scales_size (type, (gsize) p->k);

  node->operands[1] = p->w;
  if (p->w_batched)
    return;
  node->ranges[1] =
      (TpoNodeRange){ (gsize) part->n_start * row_size (p), (gsize) part->n * row_size (p) };
  if (scales_size == 0)
    return;
  node->operands[2] = p->w;
  node->ranges[2] = (TpoNodeRange){ tpo_scales_offset (type, tpo_tensor_get_shape (p->w)) +
                                        (gsize) part->n_start * scales_size,
                                    (gsize) part->n * scales_size };
}

/* Bytes of an activation. */
static gsize
element_size (const TpoProduct *p)
{
  return tpo_tensor_get_type (p->x) == TPO_F16 ? 2 : 4;
}

/* Binds the rows of @part in what has a row for each of y's. */
static void
bind_rows (TpoNodeDesc *node, const TpoProduct *p, const Part *part)
{
  const gsize x_row = (gsize) p->k * element_size (p), y_row = (gsize) p->n * element_size (p);
  const TpoNodeRange y = { (gsize) part->m_start * y_row, (gsize) part->m * y_row };

  if (part->m == p->m)
    return;
  node->ranges[0] = (TpoNodeRange){ (gsize) part->m_start * x_row, (gsize) part->m * x_row };
  node->ranges[4] = node->ranges[5] = node->result_range = y;
}

static gboolean
reads_texels (const Layout *layout, const TpoVkLimits *limits)
{
  return layout->kind == KIND_TILE || (layout->kind == KIND_VEC && limits->texel_reads);
}

static TpoTensor *
add_part (TpoGraph *g, const TpoProduct *p, const Layout *layout, TpoTensor *into,
          const Part *part, TpoShape shape)
{
  const TpoVkLimits *limits = tpo_vk_limits (tpo_graph_get_device (g));
  TpoType type = tpo_tensor_get_type (p->x), w_type = tpo_tensor_get_type (p->w);
  const guint x_and_w = p->w_batched || tpo_packing (w_type) == NULL ? 3 : 7; /* and scales */
  guint texels = reads_texels (layout, limits) ? x_and_w : 0;
  PictureParams params;
  TpoNodeDesc node = {
    .op = kind_op (layout->kind, p->picture != NULL),
    .variant = (guint) tpo_weight_kind (w_type) * 2 + (type == TPO_F16),
    .operands = { p->x, NULL, NULL, p->bias, p->add, p->residual },
    .into = into,
    .texels = texels,
    .n_subgroups = layout->n_subgroups,
    .params = &params,
    .spec = { layout->rows, layout->columns, p->act, epilogue_parts (p) },
    .flops = 2.0 * p->n_batch * part->m * part->n * p->k,
  };

  if (layout->kind == KIND_VEC)
    node.variant = node.variant * 2 + (texels != 0);
  fill_params (&params, p, part);
  bind_weights (&node, p, part);
  bind_rows (&node, p, part);
  set_grid (&node, layout, p, part);
  return tpo_graph_add (g, &node, type, shape);
}

/* How many rows of the weights can be bound at once. */
static gint64
columns_at_once (const TpoProduct *p, const Layout *layout, const TpoVkLimits *limits)
{
  gsize max =
      reads_texels (layout, limits) ? limits->max_texel_range : limits->max_storage_range;

  return p->w_batched ? p->n : tpo_rows_per_binding (p->w, max);
}

/* How many rows of x and y can be bound at once: the hidden layer of a picture's 65536 cells is
 * longer than what many devices take. Batches and patches are left whole, and the graph says so
 * where they are too large. */
static gint64
rows_at_once (const TpoProduct *p, const Layout *layout, const TpoVkLimits *limits)
{
  const gsize x_row = (gsize) p->k * element_size (p), y_row = (gsize) p->n * element_size (p);
  gsize max_x =
      reads_texels (layout, limits) ? limits->max_texel_range : limits->max_storage_range;
  gint64 rows = (gint64) MIN (max_x / x_row, limits->max_storage_range / y_row), step = 1;

  if (p->n_batch > 1 || p->picture != NULL || rows >= p->m)
    return p->m;
  while (step * x_row % limits->binding_align != 0 || step * y_row % limits->binding_align != 0)
    step *= 2;
  return rows / step * step;
}

/* Shaders count elements in 32 bits, and places in a patch in 18 (shaders/lib/conv-rows.glsl). */
static gboolean
fits_counters (const TpoProduct *p)
{
  gint64 y = p->n_batch * p->m * p->n, w = (p->w_batched ? p->n_batch : 1) * p->n * p->k;

  return tpo_tensor_count (p->x) <= G_MAXUINT32 && y <= G_MAXUINT32 && w <= G_MAXUINT32 &&
         (p->picture == NULL || p->k < 1 << 18);
}

TpoTensor *
tpo_product (TpoGraph *g, const TpoProduct *product, TpoShape shape)
{
  const TpoVkLimits *limits = tpo_vk_limits (tpo_graph_get_device (g));
  TpoType type = tpo_tensor_get_type (product->x);
  TpoProduct p = *product;
  TpoTensor *y = NULL;
  gint64 rows, columns;
  Layout layout;

  if (tpo_graph_failed (g))
    return tpo_graph_nothing (g);
  fill_words (g, &p);
  p.bias = tpo_as_type (g, p.bias, TPO_F32);
  p.add = tpo_as_type (g, p.add, type);
  p.residual = tpo_as_type (g, p.residual, type);
  layout = choose_layout (&p, limits);
  rows = rows_at_once (&p, &layout, limits);
  columns = columns_at_once (&p, &layout, limits);
  if (!tpo_graph_check (g, kind_op (layout.kind, p.picture != NULL),
                        fits_counters (&p) && rows > 0 && columns > 0 &&
                            p.n_batch <= limits->max_groups,
                        "a product of %" G_GINT64_FORMAT " × %" G_GINT64_FORMAT
                        " × %" G_GINT64_FORMAT " is too large",
                        p.m, p.n, p.k))
    return tpo_graph_nothing (g);
  for (gint64 n = 0; n < p.n; n += columns)
    for (gint64 m = 0; m < p.m; m += rows) {
      const Part part = { m, MIN (rows, p.m - m), n, MIN (columns, p.n - n) };

      y = add_part (g, &p, &layout, y, &part, shape);
    }
  return y;
}
