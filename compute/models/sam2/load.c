#include "models/sam2/load.h"

void
tpo_sam2_load_attention (TpoLoader *loader, const char *name, gint64 width, gint64 inner,
                         gint64 n_memory, TpoMultiHead *attention)
{
  tpo_loader_enter (loader, "%s.", name);
  tpo_load_linear (loader, "q_proj", inner, width, TPO_LOAD_BIAS, &attention->q);
  tpo_load_linear (loader, "k_proj", inner, n_memory, TPO_LOAD_BIAS, &attention->k);
  tpo_load_linear (loader, "v_proj", inner, n_memory, TPO_LOAD_BIAS, &attention->v);
  tpo_load_linear (loader, "out_proj", width, inner, TPO_LOAD_BIAS, &attention->out);
  tpo_loader_leave (loader);
}

void
tpo_sam2_load_mlp (TpoLoader *loader, const char *name, gint64 n_in, gint64 hidden,
                   gint64 n_out, TpoLinear layers[3])
{
  tpo_loader_enter (loader, "%s.layers.", name);
  tpo_load_linear (loader, "0", hidden, n_in, TPO_LOAD_BIAS, &layers[0]);
  tpo_load_linear (loader, "1", hidden, hidden, TPO_LOAD_BIAS, &layers[1]);
  tpo_load_linear (loader, "2", n_out, hidden, TPO_LOAD_BIAS, &layers[2]);
  tpo_loader_leave (loader);
}

TpoSam2 *
tpo_sam2_load (TpoLoader *loader, const TpoSam2Config *config, GError **error)
{
  g_autoptr (TpoSam2) self = g_new0 (TpoSam2, 1);

  self->config = *config;
  tpo_loader_enter (loader, "sam.");
  tpo_sam2_load_encoder (loader, self);
  tpo_sam2_load_decoder (loader, self);
  tpo_sam2_load_memory (loader, self);
  tpo_loader_leave (loader);
  self->tensors = tpo_loader_take (loader, error);
  if (self->tensors == NULL ||
      !tpo_sam2_make_tables (self, tpo_loader_get_device (loader), error))
    return NULL;
  return g_steal_pointer (&self);
}

void
tpo_sam2_free (TpoSam2 *self)
{
  g_clear_pointer (&self->tensors, g_ptr_array_unref);
  g_free (self);
}

const TpoSam2Config *
tpo_sam2_get_config (const TpoSam2 *self)
{
  return &self->config;
}

guint
tpo_sam2_grid (const TpoSam2 *self)
{
  return self->config.image_size / 16;
}
