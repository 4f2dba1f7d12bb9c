#include "config.h"

#include <string.h>

#include "nn/graph-private.h"
#include "nn/hazards.h"
#include "nn/planner.h"

/*
 * From nodes to command buffers.
 *
 * Invariants:
 *  1. Nodes run in the order in which they were recorded, as far as they touch the same bytes.
 *  2. A result's bytes belong to it from its node to the last node that has a handle on them, and
 *     to the end when it is an output (nn/planner.h keeps others away meanwhile).
 *  3. Between two nodes of which one writes what the other touches lies a barrier or the border of a
 *     submission (nn/hazards.h, vk/queue.c).
 */

/* Bytes of planned memory in one piece at most; more makes another piece. */
#define MAX_BIN ((gsize) 1 << 30)

/* A submission holds at most this many nodes, however small. */
#define MAX_NODES 512

static gboolean
is_planned (const TpoTensor *tensor)
{
  return tensor->root == tensor && tensor->graph != NULL;
}

static gboolean
plan (TpoGraph *self, GError **error)
{
  const gsize max_bin = MIN (MAX_BIN, tpo_vk_limits (self->device)->max_allocation);
  g_autofree TpoPlanItem *items = g_new0 (TpoPlanItem, self->handles->len + 1);
  g_autoptr (GArray) sizes = NULL;
  guint n = 0;

  for (guint i = 0; i < self->handles->len; i++) {
    const TpoTensor *tensor = self->handles->pdata[i];

    if (is_planned (tensor))
      items[n++] = (TpoPlanItem){
        .size = tensor->size + (self->is_guarded ? TPO_GUARD_SIZE : 0),
        .first = self->is_guarded ? 0 : tensor->first_node,
        .last = tensor->is_output || self->is_guarded ? self->nodes->len : tensor->last_node,
      };
  }
  sizes = tpo_plan_memory (items, n, max_bin);
  for (guint i = 0; i < sizes->len; i++) {
    TpoVkBuffer *bin = tpo_vk_buffer_new (self->device, g_array_index (sizes, gsize, i), error);

    if (bin == NULL) {
      g_prefix_error (error, "%s: ", self->name);
      return FALSE;
    }
    g_ptr_array_add (self->bins, bin);
  }
  n = 0;
  for (guint i = 0; i < self->handles->len; i++) {
    TpoTensor *tensor = self->handles->pdata[i];

    if (!is_planned (tensor))
      continue;
    tensor->buffer = self->bins->pdata[items[n].bin];
    tensor->start = items[n].offset;
    n++;
  }
  return TRUE;
}

static TpoVkPipelineInfo
pipeline_info (const TpoGraph *self, const TpoNode *node)
{
  const TpoOpRow *row = tpo_op_row (node->desc.op);
  const TpoVkLimits *limits = tpo_vk_limits (self->device);
  guint n_subgroups = node->desc.n_subgroups > 0 ? node->desc.n_subgroups : row->n_subgroups;
  TpoVkPipelineInfo info;

  memset (&info, 0, sizeof (info));
  info.spirv = row->spirv[node->desc.variant];
  info.needs_subgroups = row->n_subgroups > 0;
  info.local_size = row->n_subgroups > 0  ? n_subgroups * limits->subgroup_size
                    : row->local_size > 0 ? row->local_size
                                          : 64;
  info.n_bindings = row->n_bindings;
  info.texels = node->desc.texels;
  info.n_spec = row->n_spec;
  memcpy (info.spec, node->desc.spec, row->n_spec * sizeof (guint32));
  return info;
}

static gboolean
get_pipelines (TpoGraph *self, GError **error)
{
  const guint n = self->nodes->len;
  g_autofree TpoVkPipelineInfo *infos = g_new (TpoVkPipelineInfo, n);
  g_autofree TpoVkPipeline **pipelines = g_new (TpoVkPipeline *, n);

  for (guint i = 0; i < n; i++)
    infos[i] = pipeline_info (self, self->nodes->pdata[i]);
  if (!tpo_vk_pipelines_get (self->device, infos, n, pipelines, error)) {
    g_prefix_error (error, "%s: ", self->name);
    return FALSE;
  }
  for (guint i = 0; i < n; i++)
    ((TpoNode *) self->nodes->pdata[i])->pipeline = pipelines[i];
  return TRUE;
}

/* Whole 16-byte words are bound, since shaders move them: the rest of the last one belongs to the
   tensor too, because pieces of memory start at multiples of TPO_PLAN_ALIGN. */
static TpoVkBinding
bind (TpoGraph *self, const TpoTensor *tensor, const TpoNodeRange *range)
{
  gsize size;

  if (tensor == NULL)
    return (TpoVkBinding){ .buffer = tpo_vk_zeros (self->device), .size = 256 };
  size = range->size > 0 ? range->size : tensor->size - range->offset;
  return (TpoVkBinding){
    .buffer = tensor->root->buffer,
    .offset = tensor->root->start + tensor->offset + range->offset,
    .size = (size + 15) / 16 * 16,
  };
}

static gboolean
check_binding (TpoGraph *self, const TpoNode *node, const TpoVkBinding *binding, gboolean texel,
               GError **error)
{
  const TpoVkLimits *limits = tpo_vk_limits (self->device);
  gsize max = texel ? limits->max_texel_range : limits->max_storage_range;

  if (binding->size <= max)
    return TRUE;
  g_set_error (
      error, TPO_ERROR, TPO_ERROR_UNSUPPORTED,
      "%s %s: %s takes an operand of %.1f MB, more than the %.1f MB that %s binds at once",
      self->name, node->label, tpo_op_row (node->desc.op)->name, binding->size / 1e6, max / 1e6,
      tpo_device_get_info (self->device)->name);
  return FALSE;
}

/* What @node binds, in the order of its row: operands, then the result. */
static gboolean
bind_all (TpoGraph *self, const TpoNode *node, TpoVkBinding *bindings, GError **error)
{
  guint n = tpo_op_row (node->desc.op)->n_bindings;

  for (guint i = 0; i < n; i++) {
    bindings[i] = i + 1 < n ? bind (self, node->desc.operands[i], &node->desc.ranges[i])
                            : bind (self, node->result, &node->desc.result_range);
    if (!check_binding (self, node, &bindings[i], node->desc.texels >> i & 1, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
needs_barrier (const TpoHazards *hazards, const TpoVkBinding *bindings, guint n)
{
  for (guint i = 0; i < n; i++)
    if (tpo_hazards_meet (hazards, bindings[i].buffer, bindings[i].offset, bindings[i].size,
                          i + 1 == n))
      return TRUE;
  return FALSE;
}

/* A guess at the time of a node, in arithmetic: a byte moved counts as so many operations. */
static double
node_cost (const TpoNode *node, const TpoVkBinding *bindings, guint n)
{
  double bytes = 0;

  for (guint i = 0; i < n; i++)
    bytes += (double) bindings[i].size;
  return MAX (node->desc.flops, 16 * bytes);
}

static gboolean
record_node (TpoGraph *self, TpoNode *node, const TpoVkBinding *bindings, TpoHazards *hazards,
             GError **error)
{
  const TpoOpRow *row = tpo_op_row (node->desc.op);
  guint n = row->n_bindings;
  guint32 grid[3];

  if (needs_barrier (hazards, bindings, n)) {
    tpo_vk_commands_barrier (self->commands);
    tpo_hazards_clear (hazards);
  }
  for (guint i = 0; i < n; i++)
    tpo_hazards_add (hazards, bindings[i].buffer, bindings[i].offset, bindings[i].size,
                     i + 1 == n);
  for (guint i = 0; i < 3; i++)
    grid[i] = MAX (node->desc.grid[i], 1);
  return tpo_vk_commands_dispatch (self->commands, node->pipeline, bindings, node->params,
                                   row->params_size, grid, error);
}

static gboolean
record_all (TpoGraph *self, GError **error)
{
  const double budget = tpo_vk_limits (self->device)->submission_flops;
  g_autoptr (TpoHazards) hazards = tpo_hazards_new ();
  TpoVkBinding bindings[TPO_OP_MAX_BINDINGS];
  double cost = 0;
  guint in_submission = 0;

  if (!tpo_vk_commands_begin (self->commands, error))
    return FALSE;
  for (guint i = 0; i < self->nodes->len; i++) {
    TpoNode *node = self->nodes->pdata[i];
    double own;

    if (!bind_all (self, node, bindings, error))
      return FALSE;
    own = node_cost (node, bindings, tpo_op_row (node->desc.op)->n_bindings);
    if (in_submission > 0 && (cost + own > budget || in_submission == MAX_NODES)) {
      if (!tpo_vk_commands_end (self->commands, error) ||
          !tpo_vk_commands_begin (self->commands, error))
        return FALSE;
      tpo_hazards_clear (hazards);
      cost = 0;
      in_submission = 0;
    }
    if (!record_node (self, node, bindings, hazards, error))
      return FALSE;
    cost += own;
    in_submission++;
  }
  return tpo_vk_commands_end (self->commands, error);
}

gboolean
tpo_graph_compile (TpoGraph *self, GError **error)
{
  guint n_bindings = 0;

  g_return_val_if_fail (!self->is_compiled, FALSE);
  if (self->error != NULL) {
    g_propagate_error (error, g_error_copy (self->error));
    return FALSE;
  }
  for (guint i = 0; i < self->nodes->len; i++)
    n_bindings += tpo_op_row (((TpoNode *) self->nodes->pdata[i])->desc.op)->n_bindings;
  if (!get_pipelines (self, error) || !plan (self, error))
    return FALSE;
  self->commands =
      tpo_vk_commands_new (self->device, self->nodes->len, n_bindings, self->is_timed, error);
  if (self->commands == NULL || !record_all (self, error))
    return FALSE;
  self->is_compiled = TRUE;
  return TRUE;
}
