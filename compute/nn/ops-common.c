#include "config.h"

#include "nn/ops-common.h"

TpoDivisor
tpo_divisor (gint64 divisor)
{
  TpoDivisor result = { 0 };

  g_assert (divisor >= 1 && divisor <= G_GINT64_CONSTANT (1) << 31);
  while (G_GINT64_CONSTANT (1) << result.shift < divisor)
    result.shift++;
  result.multiplier =
      (guint32) ((((guint64) 1 << 32) * (((guint64) 1 << result.shift) - (guint64) divisor)) /
                     (guint64) divisor +
                 1);
  return result;
}

gboolean
tpo_type_is_float (TpoType type)
{
  return type == TPO_F32 || type == TPO_F16;
}

gint64
tpo_tiles (gint64 n, gint64 tile)
{
  return (n + tile - 1) / tile;
}

guint32
tpo_fours (gint64 n)
{
  return (guint32) ((n + 3) / 4);
}

guint
tpo_row_subgroups (TpoGraph *g, gint64 rows, gint64 cols)
{
  const TpoVkLimits *limits = tpo_vk_limits (tpo_graph_get_device (g));
  const gint64 few = 512;         /* rows that do not fill a large GPU */
  const guint most = 8, work = 8; /* MAX_SUBGROUPS of rows.glsl; elements a lane should have */
  guint n = 1;

  if (limits->texel_reads || rows > few)
    return 1;
  while (2 * n <= most && 2 * n * limits->subgroup_size <= limits->max_invocations &&
         2 * n * limits->subgroup_size * work <= cols)
    n *= 2;
  return n;
}

gboolean
tpo_graph_check_count (TpoGraph *g, TpoOp op, TpoTensor *x)
{
  gint64 count = tpo_tensor_count (x);

  return tpo_graph_check (g, op, count >= 1 && count <= G_MAXINT32,
                          "an operand of %" G_GINT64_FORMAT " elements is empty or too large",
                          count);
}

gboolean
tpo_graph_check_float (TpoGraph *g, TpoOp op, TpoTensor *x)
{
  TpoType type = tpo_tensor_get_type (x);

  return tpo_graph_check (g, op, tpo_type_is_float (type), "an operand is %s, not f32 or f16",
                          tpo_type_name (type)) &&
         tpo_graph_check_count (g, op, x);
}

TpoTensor *
tpo_as_type (TpoGraph *g, TpoTensor *x, TpoType type)
{
  if (x == NULL || tpo_tensor_get_type (x) == type)
    return x;
  return tpo_cast (g, x, type);
}
