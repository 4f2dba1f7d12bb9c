#include "config.h"

#include "nn/graph-internal.h"
#include "nn/ops.h"
#include "nn/packing.h"

TpoTensor *
tpo_reshape (TpoGraph *g, TpoTensor *x, TpoShape shape)
{
  g_autofree char *from = tpo_shape_to_string (tpo_tensor_get_shape (x));
  g_autofree char *to = tpo_shape_to_string (&shape);

  if (tpo_graph_failed (g))
    return tpo_graph_nothing (g);
  if (tpo_shape_count (&shape) != tpo_tensor_count (x) ||
      tpo_packing (tpo_tensor_get_type (x)) != NULL) {
    tpo_graph_fail (g, TPO_ERROR_SHAPE, "reshape: %s has not the elements of %s", from, to);
    return tpo_graph_nothing (g);
  }
  return tpo_graph_view (g, x, shape, 0);
}
