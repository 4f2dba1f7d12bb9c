#include "config.h"

#include "nn/ops-common.h"

/* Push constants of shaders/lib/attention.glsl. */
typedef struct {
  guint32 n, m, heads, group;
  guint32 causal, has_position, has_keys, has_mask, skip;
  guint32 problems;
  guint32 splits;
  float scale;
} Params;

/* … of shaders/attention_merge.comp. */
typedef struct {
  guint32 rows, fours, splits;
} MergeParams;

G_STATIC_ASSERT (sizeof (Params) == 48);
G_STATIC_ASSERT (sizeof (MergeParams) == 12);

enum {
  MAX_HEAD_SIZE = 256
};

/* Sizes of one call. */
typedef struct {
  gint64 n_batch, n, m;
  gint64 heads, kv_heads;
  gint64 dk, dv;
} Sizes;

static gint64
batch_of (const TpoTensor *x)
{
  return tpo_tensor_get_shape (x)->n == 3 ? tpo_tensor_dim (x, 0) : 1;
}

static gboolean
is_index (const TpoTensor *x)
{
  return x == NULL || (tpo_tensor_get_type (x) == TPO_I32 && tpo_tensor_count (x) == 1);
}

static gboolean
check_layout (TpoGraph *g, TpoTensor *q, TpoTensor *k, TpoTensor *v, const Sizes *s)
{
  guint n_dims = tpo_tensor_get_shape (q)->n;

  return tpo_graph_check (g, TPO_OP_ATTENTION,
                          (n_dims == 2 || n_dims == 3) &&
                              tpo_tensor_get_shape (k)->n == n_dims &&
                              tpo_tensor_get_shape (v)->n == n_dims,
                          "q, k and v have not all two or all three dimensions") &&
         tpo_graph_check (g, TPO_OP_ATTENTION,
                          batch_of (k) == s->n_batch && batch_of (v) == s->n_batch &&
                              tpo_tensor_dim (v, -2) == s->m,
                          "k and v do not fit to each other or to q") &&
         tpo_graph_check (g, TPO_OP_ATTENTION,
                          s->heads > 0 && s->kv_heads > 0 && s->heads % s->kv_heads == 0,
                          "%" G_GINT64_FORMAT " heads cannot share %" G_GINT64_FORMAT, s->heads,
                          s->kv_heads) &&
         tpo_graph_check (g, TPO_OP_ATTENTION,
                          tpo_tensor_dim (q, -1) == s->heads * s->dk &&
                              tpo_tensor_dim (k, -1) == s->kv_heads * s->dk &&
                              tpo_tensor_dim (v, -1) == s->kv_heads * s->dv,
                          "the rows of q, k and v are no whole number of heads of one size") &&
         tpo_graph_check (g, TPO_OP_ATTENTION,
                          s->dk >= 1 && s->dv >= 1 && s->dk <= MAX_HEAD_SIZE &&
                              s->dv <= MAX_HEAD_SIZE,
                          "heads of %" G_GINT64_FORMAT " and %" G_GINT64_FORMAT
                          " channels are not within 1 … 256",
                          s->dk, s->dv);
}

static gboolean
check_params (TpoGraph *g, const TpoAttention *params, const Sizes *s)
{
  return tpo_graph_check (g, TPO_OP_ATTENTION,
                          is_index (params->position) && is_index (params->n_keys),
                          "position and n_keys are not [1] i32") &&
         tpo_graph_check (g, TPO_OP_ATTENTION,
                          params->mask == NULL ||
                              (tpo_tensor_get_type (params->mask) == TPO_F32 &&
                               tpo_tensor_count (params->mask) == s->m),
                          "the mask is not [%" G_GINT64_FORMAT "] f32", s->m);
}

/* Large tiles load keys and values less often, which counts on software devices, but take a driver
 * seconds to compile, and minutes where loads are not texels. So they are for problems that are
 * worth it; small ones share few small tiles. */
static gboolean
is_heavy (const Sizes *s, const TpoVkLimits *limits)
{
  return limits->texel_reads && s->n >= 64 &&
         (double) s->n_batch * s->heads * s->n * s->m * (s->dk + s->dv) > 5e7;
}

/* Queries per subgroup. A lone query is a common case, the step of a text decoder. */
static guint32
tile_rows (const Sizes *s, const TpoVkLimits *limits)
{
  gint64 size = MAX (s->dk, s->dv);

  if (s->n == 1)
    return 1;
  if (is_heavy (s, limits))
    return size > 128 ? 8 : 16;
  return size > 128 ? 2 : size > 64 ? 4 : 8;
}

/* Keys per lane. Rows of few keys, as in a window, would fill the last of four badly. */
static guint32
tile_keys (const Sizes *s, const TpoVkLimits *limits)
{
  if (!limits->is_software)
    return 1;
  return is_heavy (s, limits) && MAX (s->dk, s->dv) <= 96 && s->m >= 512 ? 4 : 2;
}

/* How a kernel is laid over the result. */
typedef struct {
  TpoOp op;
  guint32 rows;   /* queries per workgroup */
  guint32 keys;   /* per lane; not of SHARED */
  guint32 splits; /* of the keys */
} Layout;

/* Few queries leave a GPU idle unless workgroups share the keys of each: as many as make @busy of
 * @n_groups. */
static guint32
choose_splits (const Sizes *s, gint64 n_groups, gint64 busy)
{
  const gint64 worth = 128, max = 32; /* keys per workgroup, workgroups */

  return (guint32) CLAMP (MIN (busy / n_groups, s->m / worth), 1, max);
}

static Layout
choose_layout (const Sizes *s, const TpoVkLimits *limits)
{
  const guint32 tile = 64; /* of shaders/attention_shared.comp, which holds these bytes: */
  const gsize shared_size = 4 * sizeof (float) * (16 + 16 + tile) * (tile / 4 + 1);
  const gint64 problems = s->n_batch * s->heads;
  Layout layout = { TPO_OP_ATTENTION, tile_rows (s, limits), tile_keys (s, limits), 1 };
  gint64 busy = 1024;

  if (limits->texel_reads)
    return layout;
  if (s->n >= tile / 2 && limits->shared_size >= shared_size) {
    layout.op = TPO_OP_ATTENTION_SHARED;
    layout.rows = tile;
    busy = 256;
  }
  layout.splits = choose_splits (s, tpo_tiles (s->n, layout.rows) * problems, busy);
  return layout;
}

/* Appends @change zeros to every head of the rows of @x; a negative number crops. */
static TpoTensor *
pad_heads (TpoGraph *g, TpoTensor *x, gint64 heads, gint64 change)
{
  TpoShape joined = *tpo_tensor_get_shape (x), split = joined;
  guint last = joined.n - 1;

  if (change == 0)
    return x;
  split.dim[last] = heads;
  split.dim[last + 1] = joined.dim[last] / heads;
  split.n++;
  joined.dim[last] += heads * change;
  return tpo_reshape (g, tpo_pad (g, tpo_reshape (g, x, split), -1, 0, change), joined);
}

/* Heads of a size that is no multiple of 4, as very small models have: zeros change neither the
 * scores nor the channels that are kept. */
static TpoTensor *
attend_padded (TpoGraph *g, TpoTensor *q, TpoTensor *k, TpoTensor *v,
               const TpoAttention *attention, const Sizes *s)
{
  gint64 more_k = -s->dk & 3, more_v = -s->dv & 3;

  q = pad_heads (g, q, s->heads, more_k);
  k = pad_heads (g, k, s->kv_heads, more_k);
  v = pad_heads (g, v, s->kv_heads, more_v);
  return pad_heads (g, tpo_attention (g, q, k, v, attention), s->heads, -more_v);
}

static Sizes
sizes_of (const TpoTensor *q, const TpoTensor *k, const TpoTensor *v,
          const TpoAttention *attention)
{
  guint kv_heads = attention->n_kv_heads > 0 ? attention->n_kv_heads : attention->n_heads;

  return (Sizes){
    .n_batch = batch_of (q),
    .n = tpo_tensor_dim (q, -2),
    .m = tpo_tensor_dim (k, -2),
    .heads = attention->n_heads,
    .kv_heads = kv_heads,
    .dk = tpo_tensor_dim (q, -1) / MAX (attention->n_heads, 1),
    .dv = tpo_tensor_dim (v, -1) / MAX (kv_heads, 1),
  };
}

/* For @s that was checked. */
static Params
params_of (const TpoAttention *attention, const Sizes *s, guint32 n_splits)
{
  return (Params){
    .n = (guint32) s->n,
    .m = (guint32) s->m,
    .heads = (guint32) s->heads,
    .group = (guint32) (s->heads / s->kv_heads),
    .causal = attention->causal,
    .has_position = attention->position != NULL,
    .has_keys = attention->n_keys != NULL,
    .has_mask = attention->mask != NULL,
    .skip = attention->skip_values,
    .problems = (guint32) (s->n_batch * s->heads),
    .splits = n_splits,
    .scale = attention->scale,
  };
}

static gboolean
is_plain (const Params *params)
{
  return !params->causal && !params->has_position && !params->has_keys && !params->has_mask &&
         params->skip == 0;
}

/* The result of @s from @parts of it, which @n_splits workgroups each made. */
static TpoTensor *
merge (TpoGraph *g, TpoTensor *parts, const Sizes *s, guint32 n_splits, TpoType type,
       TpoShape shape)
{
  const gint64 rows = s->n_batch * s->n * s->heads;
  const MergeParams params = { (guint32) rows, (guint32) (s->dv / 4), n_splits };
  TpoNodeDesc node = {
    .op = TPO_OP_ATTENTION_MERGE,
    .variant = type == TPO_F16,
    .operands = { parts },
    .params = &params,
  };

  tpo_grid_for (node.grid, rows * (s->dv / 4), 64);
  return tpo_graph_add (g, &node, type, shape);
}

TpoTensor *
tpo_attention (TpoGraph *g, TpoTensor *q, TpoTensor *k, TpoTensor *v,
               const TpoAttention *attention)
{
  const TpoVkLimits *limits = tpo_vk_limits (tpo_graph_get_device (g));
  const Sizes s = sizes_of (q, k, v, attention);
  const TpoType type = tpo_tensor_get_type (q);
  const TpoShape shape = tpo_tensor_get_shape (q)->n == 3
                             ? TPO_SHAPE (s.n_batch, s.n, s.heads * s.dv)
                             : TPO_SHAPE (s.n, s.heads * s.dv);
  TpoNodeDesc node = {
    .operands = { q, k, v, attention->position, attention->n_keys, attention->mask },
    .may_do_less = attention->n_keys != NULL,
  };
  Layout layout;
  Params params;

  if (!tpo_graph_check_float (g, TPO_OP_ATTENTION, q) ||
      !tpo_graph_check_float (g, TPO_OP_ATTENTION, k) ||
      !tpo_graph_check_float (g, TPO_OP_ATTENTION, v) || !check_layout (g, q, k, v, &s) ||
      !check_params (g, attention, &s))
    return tpo_graph_nothing (g);
  if (s.dk % 4 != 0 || s.dv % 4 != 0)
    return attend_padded (g, q, k, v, attention, &s);
  layout = choose_layout (&s, limits);
  params = params_of (attention, &s, layout.splits);
  node.op = layout.op;
  node.params = &params;
  node.operands[2] = tpo_as_type (g, v, tpo_tensor_get_type (k));
  node.variant = (tpo_tensor_get_type (k) == TPO_F16) * 2 + (type == TPO_F16);
  if (layout.op == TPO_OP_ATTENTION) {
    node.texels = limits->texel_reads ? 7 : 0;
    node.variant = node.variant * 2 + limits->texel_reads;
  }
  node.spec[0] = layout.rows;
  node.spec[1] = layout.keys;
  node.spec[2] = (guint32) (s.dk / 4);
  node.spec[3] = (guint32) (s.dv / 4);
  node.spec[4] = is_plain (&params);
  node.flops = 2.0 * s.n_batch * s.heads * s.n * s.m * (s.dk + s.dv);
  tpo_grid_1d (node.grid, tpo_tiles (s.n, layout.rows) * params.problems * layout.splits);
  if (layout.splits == 1)
    return tpo_graph_add (g, &node, type, shape);
  return merge (g,
                tpo_graph_add (g, &node, TPO_F32,
                               TPO_SHAPE (layout.splits, s.n_batch * s.n * s.heads, s.dv + 4)),
                &s, layout.splits, type, shape);
}
