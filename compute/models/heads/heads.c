#include "models/heads/heads.h"

void
tpo_head_load (TpoLoader *loader, const char *first, const char *second, gint64 n_in,
               TpoLinear layers[2])
{
  g_autofree char *w1 = g_strconcat (first, ".weight", NULL);
  g_autofree char *w2 = g_strconcat (second, ".weight", NULL);
  TpoShape hidden, output;

  if (!tpo_loader_has (loader, w1) || !tpo_loader_shape (loader, w1, &hidden) ||
      !tpo_loader_shape (loader, w2, &output))
    return;
  if (hidden.n != 2 || output.n != 2) {
    tpo_loader_fail (loader, TPO_ERROR_SHAPE, "tensors %s and %s are no matrices", w1, w2);
    return;
  }
  tpo_load_linear (loader, first, hidden.dim[0], n_in, TPO_LOAD_BIAS, &layers[0]);
  tpo_load_linear (loader, second, output.dim[0], hidden.dim[0], TPO_LOAD_BIAS, &layers[1]);
}

/* The language model's width, from the first tensor that tells it; 0 if there is none. */
static gint64
find_width (TpoLoader *loader)
{
  static const char *const names[] = { "box_token", "loc_decoder.0.weight",
                                       "track_embed.layers.0.weight", "temporal_token",
                                       "track_token" };
  TpoShape shape;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    if (tpo_loader_has (loader, names[i]) && tpo_loader_shape (loader, names[i], &shape) &&
        shape.n > 0)
      return shape.dim[shape.n - 1];
  }
  return 0;
}

static void
load_temporal_proj (TpoLoader *loader, gint64 width, TpoLinear *linear)
{
  TpoShape shape;

  if (tpo_loader_has (loader, "temporal_proj.weight") &&
      tpo_loader_shape (loader, "temporal_proj.weight", &shape) && shape.n > 0)
    tpo_load_linear (loader, "temporal_proj", shape.dim[0], width, TPO_LOAD_BIAS, linear);
}

static float *
load_token (TpoLoader *loader, const char *name, gint64 width)
{
  return tpo_loader_has (loader, name) ? tpo_load_floats (loader, name, width) : NULL;
}

TpoHeads *
tpo_heads_load (TpoLoader *loader, GError **error)
{
  g_autoptr (TpoHeads) self = g_new0 (TpoHeads, 1);
  gint64 width = find_width (loader);
  TpoStorage storage = tpo_loader_get_storage (loader);

  self->width = (guint) width;
  tpo_loader_set_storage (loader, TPO_STORAGE_F32);
  tpo_head_load (loader, "loc_decoder.0", "loc_decoder.2", width, self->loc_decoder);
  tpo_head_load (loader, "loc_encoder.0", "loc_encoder.2", 4, self->loc_encoder);
  tpo_head_load (loader, "track_embed.layers.0", "track_embed.layers.1", width,
                 self->track_embed);
  load_temporal_proj (loader, width, &self->temporal_proj);
  self->box_token = load_token (loader, "box_token", width);
  self->temporal_token = load_token (loader, "temporal_token", width);
  self->track_token = load_token (loader, "track_token", width);
  tpo_loader_set_storage (loader, storage);

  if (self->track_embed[1].w != NULL)
    self->sam_width = (guint) tpo_tensor_dim (self->track_embed[1].w, 0) / 3;
  if (self->loc_decoder[1].w != NULL && tpo_tensor_dim (self->loc_decoder[1].w, 0) != 4)
    tpo_loader_fail (loader, TPO_ERROR_SHAPE, "tensor loc_decoder.2.weight must have 4 rows");
  if (self->loc_encoder[1].w != NULL && tpo_tensor_dim (self->loc_encoder[1].w, 0) != width)
    tpo_loader_fail (loader, TPO_ERROR_SHAPE, "tensor loc_encoder.2.weight must have %d rows",
                     (int) width);

  self->tensors = tpo_loader_take (loader, error);
  if (self->tensors == NULL)
    return NULL;
  return g_steal_pointer (&self);
}

void
tpo_heads_free (TpoHeads *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->tensors, g_ptr_array_unref);
  g_free (self->box_token);
  g_free (self->temporal_token);
  g_free (self->track_token);
  g_free (self);
}

static TpoTensor *
run_head (TpoGraph *g, const TpoLinear layers[2], const char *name, TpoTensor *x)
{
  if (layers[0].w == NULL) {
    tpo_graph_fail (g, TPO_ERROR_UNSUPPORTED, "the model has no %s", name);
    return x;
  }
  return tpo_mlp (g, x, layers, 2);
}

TpoTensor *
tpo_heads_locate (TpoGraph *g, const TpoHeads *self, TpoTensor *hidden)
{
  return run_head (g, self->loc_decoder, "region head (loc_decoder)", hidden);
}

TpoTensor *
tpo_heads_embed_box (TpoGraph *g, const TpoHeads *self, TpoTensor *boxes)
{
  return run_head (g, self->loc_encoder, "box encoder (loc_encoder)", boxes);
}

TpoTensor *
tpo_heads_track_prompt (TpoGraph *g, const TpoHeads *self, TpoTensor *hidden)
{
  return run_head (g, self->track_embed, "mask adapter (track_embed)", hidden);
}

TpoTensor *
tpo_heads_temporal_prompt (TpoGraph *g, const TpoHeads *self, TpoTensor *hidden)
{
  if (self->temporal_proj.w == NULL)
    return hidden;
  return tpo_linear (g, hidden, &self->temporal_proj, TPO_ACT_NONE, NULL);
}
