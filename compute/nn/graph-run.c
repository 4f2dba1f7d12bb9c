#include "config.h"

#include <string.h>

#include "nn/graph-private.h"

/* Running a compiled graph. */

gboolean
tpo_graph_warm_up (TpoGraph *self, TpoProgressFunc progress, gpointer user_data,
                   GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (self->is_compiled, FALSE);
  for (guint i = 0; i < self->nodes->len; i++) {
    TpoNode *node = self->nodes->pdata[i];

    if (tpo_vk_pipeline_is_warm (node->pipeline))
      continue;
    if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
        !tpo_vk_pipeline_warm (self->device, node->pipeline, error))
      return FALSE;
    if (progress != NULL)
      progress ((i + 1.0) / self->nodes->len, "Preparing the device", user_data);
  }
  return TRUE;
}

gboolean
tpo_graph_write (TpoGraph *self, TpoTensor *input, const void *data, gsize size, GError **error)
{
  g_return_val_if_fail (input->graph == NULL, FALSE);
  return tpo_tensor_write (input, data, size, error);
}

/* "layer12/…" counts as "layer", and a node without a label by the graph's name. */
static char *
time_name (TpoGraph *self, const TpoNode *node)
{
  const char *op = tpo_op_row (node->desc.op)->name;
  gsize length = strcspn (node->label, "/");

  if (length == 0)
    return g_strdup_printf ("%s %s", self->name, op);
  while (length > 1 && g_ascii_isdigit (node->label[length - 1]))
    length--;
  return g_strdup_printf ("%.*s %s", (int) length, node->label, op);
}

/* Arithmetic of @node as timings count it. */
static double
counted_flops (const TpoNode *node)
{
  return node->desc.may_do_less ? 0 : node->desc.flops;
}

static void
add_times (TpoGraph *self)
{
  for (guint i = 0; i < self->nodes->len; i++) {
    const TpoNode *node = self->nodes->pdata[i];
    g_autofree char *name = time_name (self, node);

    tpo_vk_add_time (self->device, name, tpo_vk_commands_time_us (self->commands, i),
                     counted_flops (node));
  }
}

gboolean
tpo_graph_run (TpoGraph *self, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (self->is_compiled, FALSE);
  if (!tpo_vk_commands_run (self->commands, cancellable, error)) {
    g_prefix_error (error, "%s: ", self->name);
    return FALSE;
  }
  if (self->is_timed && tpo_vk_is_timed (self->device))
    add_times (self);
  return TRUE;
}

gboolean
tpo_graph_read (TpoGraph *self, TpoTensor *output, void *data, gsize size, GError **error)
{
  g_return_val_if_fail (self->is_compiled, FALSE);
  g_return_val_if_fail (output->root->graph == NULL || output->root->is_output, FALSE);
  return tpo_tensor_read (output, data, size, error);
}

GArray *
tpo_graph_get_timings (TpoGraph *self)
{
  GArray *timings = g_array_new (FALSE, FALSE, sizeof (TpoOpTiming));

  for (guint i = 0; self->commands != NULL && i < self->nodes->len; i++) {
    const TpoNode *node = self->nodes->pdata[i];
    TpoOpTiming timing = {
      .op = tpo_op_row (node->desc.op)->name,
      .label = node->label,
      .us = tpo_vk_commands_time_us (self->commands, i),
      .flops = counted_flops (node),
    };

    g_array_append_val (timings, timing);
  }
  return timings;
}
