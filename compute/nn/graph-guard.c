#include "config.h"

#include <string.h>

#include "nn/graph-private.h"

/* Guard bands after results: how tests see that a shader writes too much or too little. */

void
tpo_graph_set_guard (TpoGraph *self)
{
  g_return_if_fail (!self->is_compiled);
  self->is_guarded = TRUE;
}

gboolean
tpo_graph_fill_guards (TpoGraph *self, GError **error)
{
  g_return_val_if_fail (self->is_compiled && self->is_guarded, FALSE);
  for (guint i = 0; i < self->bins->len; i++) {
    TpoVkBuffer *bin = self->bins->pdata[i];
    gsize size = tpo_vk_buffer_size (bin);
    g_autofree guint8 *pattern = g_malloc (size);

    memset (pattern, 0xff, size);
    if (!tpo_vk_buffer_write (bin, 0, pattern, size, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
check_guard (const TpoNode *node, GError **error)
{
  const TpoTensor *root = node->result->root;
  const gsize start = (root->size + 15) / 16 * 16; /* words of 16 bytes are written whole */
  guint8 guard[TPO_GUARD_SIZE - 16];

  if (root->graph == NULL)
    return TRUE;
  if (!tpo_vk_buffer_read (root->buffer, root->start + start, guard, sizeof guard, error))
    return FALSE;
  for (guint i = 0; i < sizeof guard; i++) {
    if (guard[i] == 0xff)
      continue;
    g_set_error (error, TPO_ERROR, TPO_ERROR_INVALID, "%s writes %u bytes past its result",
                 tpo_op_row (node->desc.op)->name, i + 1);
    return FALSE;
  }
  return TRUE;
}

gboolean
tpo_graph_check_guards (TpoGraph *self, GError **error)
{
  g_return_val_if_fail (self->is_compiled && self->is_guarded, FALSE);
  for (guint i = 0; i < self->nodes->len; i++)
    if (!check_guard (self->nodes->pdata[i], error))
      return FALSE;
  return TRUE;
}
