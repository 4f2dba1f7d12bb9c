#include "models/connector/projector.h"

#include <math.h>

struct _TpoProjector {
  TpoProjectorConfig config;
  TpoFeedForward mlp;
  float *newline;     /* [llm_width] on the host */
  GPtrArray *tensors; /* owns the weights */
};

gboolean
tpo_projector_config_read (TpoProjectorConfig *config, const TpoMetadata *metadata,
                           const char *prefix, GError **error)
{
  TpoReader reader = tpo_reader (metadata, prefix);

  *config = (TpoProjectorConfig){
    .vision_width = tpo_reader_uint (&reader, "vision_width", 1, 1 << 16),
    .llm_width = tpo_reader_uint (&reader, "llm_width", 1, 1 << 16),
    .pool_stride = tpo_reader_uint_or (&reader, "pool_stride", 1, 64, 2),
    .tile_grid = tpo_reader_uint_or (&reader, "tile_grid", 0, 16, 0),
    .max_tiles = tpo_reader_uint_or (&reader, "max_tiles", 0, 256, 0),
  };
  return tpo_reader_finish (&reader, error);
}

TpoProjector *
tpo_projector_load (TpoLoader *loader, const TpoProjectorConfig *config, GError **error)
{
  g_autoptr (TpoProjector) self = g_new0 (TpoProjector, 1);
  gint64 width = config->llm_width;

  self->config = *config;
  tpo_load_linear (loader, "mm_projector.0", width, config->vision_width, TPO_LOAD_BIAS,
                   &self->mlp.fc1);
  tpo_load_linear (loader, "mm_projector.2", width, width, TPO_LOAD_BIAS, &self->mlp.fc2);
  self->newline = tpo_load_floats (loader, "image_newline", width);

  self->tensors = tpo_loader_take (loader, error);
  if (self->tensors == NULL)
    return NULL;
  return g_steal_pointer (&self);
}

void
tpo_projector_free (TpoProjector *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->tensors, g_ptr_array_unref);
  g_free (self->newline);
  g_free (self);
}

const TpoProjectorConfig *
tpo_projector_get_config (const TpoProjector *self)
{
  return &self->config;
}

const float *
tpo_projector_get_newline (const TpoProjector *self)
{
  return self->newline;
}

/* Side of a square map of @n cells, and of the smaller one. */
static guint
side_of (guint n)
{
  return (guint) lround (sqrt (n));
}

static guint
pooled_side (const TpoProjector *self, guint side)
{
  return (side + self->config.pool_stride - 1) / self->config.pool_stride;
}

guint
tpo_projector_n_rows (const TpoProjector *self, guint n_tokens, gboolean pooled)
{
  guint side = pooled_side (self, side_of (n_tokens));

  return pooled ? side * side : n_tokens;
}

TpoTensor *
tpo_projector_forward (TpoGraph *g, const TpoProjector *self, TpoTensor *vision, guint n_frames,
                       gboolean pooled)
{
  const TpoResize bilinear = { .filter = TPO_RESIZE_BILINEAR };
  gint64 width = self->config.llm_width;
  guint side = side_of ((guint) (tpo_tensor_dim (vision, 0) / n_frames)), shrunk;
  TpoTensor *x;

  tpo_graph_push_label (g, "projector");
  x = tpo_feed_forward (g, vision, &self->mlp, TPO_ACT_GELU, NULL);
  shrunk = pooled_side (self, side);
  if (pooled && shrunk != side) {
    x = tpo_reshape (g, x, TPO_SHAPE (n_frames, side, side, width));
    x = tpo_resize (g, x, shrunk, shrunk, &bilinear);
    x = tpo_reshape (g, x, TPO_SHAPE ((gint64) n_frames * shrunk * shrunk, width));
  }
  tpo_graph_pop_label (g);
  return x;
}
