#include "config.h"

#include <string.h>

#include "nn/graph-private.h"

/* Building a graph: nodes, handles, labels and the first error. */

static void
node_free (gpointer data)
{
  g_free (data);
}

static const char *
join_labels (TpoGraph *self)
{
  g_autofree char *joined = NULL;

  g_ptr_array_add (self->labels, NULL);
  joined = g_strjoinv ("/", (char **) self->labels->pdata);
  g_ptr_array_set_size (self->labels, (int) self->labels->len - 1);
  return g_string_chunk_insert_const (self->strings, joined);
}

TpoGraph *
tpo_graph_new (TpoDevice *device, const char *name)
{
  TpoGraph *self = g_new0 (TpoGraph, 1);
  const TpoShape one = TPO_SHAPE (1);

  self->device = tpo_device_ref (device);
  self->name = g_strdup (name);
  self->nodes = g_ptr_array_new_with_free_func (node_free);
  self->handles = g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_tensor_free_handle);
  self->kept = g_hash_table_new_full (NULL, NULL, (GDestroyNotify) tpo_tensor_unref, NULL);
  self->labels = g_ptr_array_new_with_free_func (g_free);
  self->strings = g_string_chunk_new (1024);
  self->bins = g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_vk_buffer_free);
  self->nothing = tpo_tensor_new_result (self, device, TPO_F32, &one);
  self->label = join_labels (self);
  self->is_timed = tpo_vk_is_timed (device);
  return self;
}

void
tpo_graph_free (TpoGraph *self)
{
  TpoDevice *device;

  if (self == NULL)
    return;
  device = self->device;
  tpo_vk_commands_free (self->commands);
  g_ptr_array_unref (self->nodes);
  g_ptr_array_unref (self->handles);
  tpo_tensor_free_handle (self->nothing);
  g_hash_table_unref (self->kept);
  g_ptr_array_unref (self->labels);
  g_string_chunk_free (self->strings);
  g_ptr_array_unref (self->bins);
  g_clear_error (&self->error);
  g_free (self->name);
  g_free (self);
  tpo_device_unref (device);
}

/* ---- errors ------------------------------------------------------------------------------- */

static void
fail (TpoGraph *self, TpoErrorCode code, const char *message)
{
  if (self->error != NULL)
    return;
  g_set_error (&self->error, TPO_ERROR, code, "%s%s%s%s%s", self->name, *self->label ? " " : "",
               self->label, ": ", message);
}

void
tpo_graph_fail (TpoGraph *self, TpoErrorCode code, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  fail (self, code, message);
}

gboolean
tpo_graph_check (TpoGraph *self, TpoOp op, gboolean ok, const char *format, ...)
{
  g_autofree char *reason = NULL;
  g_autofree char *message = NULL;
  va_list args;

  if (self->error != NULL)
    return FALSE;
  if (ok)
    return TRUE;
  va_start (args, format);
  reason = g_strdup_vprintf (format, args);
  va_end (args);
  message = g_strdup_printf ("%s: %s", tpo_op_row (op)->name, reason);
  fail (self, TPO_ERROR_SHAPE, message);
  return FALSE;
}

gboolean
tpo_graph_failed (TpoGraph *self)
{
  return self->error != NULL;
}

TpoTensor *
tpo_graph_nothing (TpoGraph *self)
{
  return self->nothing;
}

/* ---- tensors ------------------------------------------------------------------------------ */

void
tpo_graph_keep (TpoGraph *self, TpoTensor *tensor)
{
  g_return_if_fail (tensor->graph == NULL);
  if (!g_hash_table_contains (self->kept, tensor))
    g_hash_table_add (self->kept, tpo_tensor_ref (tensor));
}

TpoTensor *
tpo_graph_input (TpoGraph *self, const char *name, TpoType type, TpoShape shape)
{
  TpoTensor *tensor;

  if (self->error != NULL)
    return self->nothing;
  tensor = tpo_tensor_new_input (self->device, name, type, shape, &self->error);
  if (tensor == NULL)
    return self->nothing;
  g_hash_table_add (self->kept, tensor);
  return tensor;
}

TpoTensor *
tpo_graph_constant (TpoGraph *self, const char *name, TpoType type, TpoShape shape,
                    const void *data)
{
  TpoTensor *tensor = tpo_graph_input (self, name, type, shape);

  if (self->error == NULL)
    tpo_tensor_write (tensor, data, (gsize) tpo_shape_size (&shape, type), &self->error);
  return tensor;
}

void
tpo_graph_output (TpoGraph *self, TpoTensor *tensor)
{
  tensor->root->is_output = TRUE;
}

/* Remembers a handle so that it is freed with the graph. */
static TpoTensor *
own (TpoGraph *self, TpoTensor *handle)
{
  g_ptr_array_add (self->handles, handle);
  return handle;
}

gsize
tpo_graph_view_align (TpoGraph *self)
{
  return tpo_vk_limits (self->device)->binding_align;
}

/* Whether @x may be used now: it is of this graph or persistent, and not overwritten since. */
static gboolean
check_operand (TpoGraph *self, TpoTensor *x, const char *op)
{
  if (x->graph != NULL && x->graph != self) {
    tpo_graph_fail (self, TPO_ERROR_INVALID, "%s: an operand belongs to another graph", op);
    return FALSE;
  }
  if (x->root->graph != NULL && x->generation != x->root->n_overwrites) {
    tpo_graph_fail (self, TPO_ERROR_INVALID, "%s: an operand was overwritten in place before",
                    op);
    return FALSE;
  }
  return TRUE;
}

TpoTensor *
tpo_graph_view (TpoGraph *self, TpoTensor *x, TpoShape shape, gsize offset)
{
  TpoTensor *view;

  if (self->error != NULL || !check_operand (self, x, "view"))
    return self->nothing;
  g_assert (offset % tpo_graph_view_align (self) == 0);
  if (x->graph == NULL)
    tpo_graph_keep (self, x);
  view = own (self, tpo_tensor_new_view (self, x, x->type, &shape, offset));
  g_assert (view->offset + view->size <= x->root->size);
  return view;
}

gboolean
tpo_graph_is_result (const TpoTensor *x)
{
  return x->root->graph != NULL;
}

/* ---- nodes -------------------------------------------------------------------------------- */

static gboolean
check_node (TpoGraph *self, const TpoNodeDesc *desc)
{
  const TpoOpRow *row = tpo_op_row (desc->op);
  guint n_operands = row->n_bindings - 1;

  g_assert (desc->variant < TPO_OP_MAX_VARIANTS && row->spirv[desc->variant] != TPO_SPIRV_NONE);
  g_assert (desc->in_place <= n_operands);
  for (guint i = 0; i < n_operands; i++)
    if (desc->operands[i] != NULL && !check_operand (self, desc->operands[i], row->name))
      return FALSE;
  return TRUE;
}

/* Extends the life of the bytes behind @x to the node that is about to be added. */
static void
touch (TpoGraph *self, TpoTensor *x)
{
  if (x->root->graph == NULL)
    tpo_graph_keep (self, x->root);
  else
    x->root->last_node = self->nodes->len;
}

static TpoTensor *
make_result (TpoGraph *self, const TpoNodeDesc *desc, TpoType type, const TpoShape *shape)
{
  TpoTensor *result, *taken;

  if (desc->in_place > 0) {
    taken = desc->operands[desc->in_place - 1];
    if (taken->root->graph == NULL && taken->root == taken)
      return taken;
    result = own (self, tpo_tensor_new_view (self, taken, type, shape, 0));
    if (taken->root->graph != NULL)
      result->generation = ++taken->root->n_overwrites;
    return result;
  }
  result = tpo_tensor_new_result (self, self->device, type, shape);
  if (result == NULL) {
    tpo_graph_fail (self, TPO_ERROR_SHAPE, "%s: the result's size overflows",
                    tpo_op_row (desc->op)->name);
    return self->nothing;
  }
  result->first_node = result->last_node = self->nodes->len;
  return own (self, result);
}

TpoTensor *
tpo_graph_add (TpoGraph *self, const TpoNodeDesc *desc, TpoType type, TpoShape shape)
{
  const TpoOpRow *row = tpo_op_row (desc->op);
  TpoNode *node;
  TpoTensor *result;

  if (self->error != NULL || !check_node (self, desc))
    return self->nothing;
  g_return_val_if_fail (!self->is_compiled, self->nothing);
  for (guint i = 0; i + 1 < row->n_bindings; i++)
    if (desc->operands[i] != NULL)
      touch (self, desc->operands[i]);
  result = desc->into != NULL ? desc->into : make_result (self, desc, type, &shape);
  if (self->error != NULL)
    return result;
  if (desc->into != NULL)
    touch (self, result);
  node = g_new0 (TpoNode, 1);
  node->desc = *desc;
  if (row->params_size > 0)
    memcpy (node->params, desc->params, row->params_size);
  node->desc.params = node->params;
  node->result = result;
  node->label = self->label;
  g_ptr_array_add (self->nodes, node);
  return result;
}

TpoDevice *
tpo_graph_get_device (TpoGraph *self)
{
  return self->device;
}

guint
tpo_graph_n_nodes (TpoGraph *self)
{
  return self->nodes->len;
}

/* ---- grids and labels --------------------------------------------------------------------- */

void
tpo_grid_1d (guint32 grid[3], gint64 n_groups)
{
  /* Vulkan promises 65535 per dimension. */
  const gint64 max = 65535;
  gint64 rows = (n_groups + max - 1) / max;

  grid[0] = (guint32) CLAMP (n_groups, 1, max);
  grid[1] = (guint32) CLAMP (rows, 1, max);
  grid[2] = 1;
}

void
tpo_grid_for (guint32 grid[3], gint64 n_items, guint local_size)
{
  tpo_grid_1d (grid, (n_items + local_size - 1) / local_size);
}

void
tpo_graph_push_label (TpoGraph *self, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_ptr_array_add (self->labels, g_strdup_vprintf (format, args));
  va_end (args);
  self->label = join_labels (self);
}

void
tpo_graph_pop_label (TpoGraph *self)
{
  g_return_if_fail (self->labels->len > 0);
  g_ptr_array_set_size (self->labels, (int) self->labels->len - 1);
  self->label = join_labels (self);
}

void
tpo_graph_set_timing (TpoGraph *self, gboolean enable)
{
  g_return_if_fail (!self->is_compiled);
  self->is_timed = enable;
}
