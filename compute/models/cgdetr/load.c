#include "models/cgdetr/weights.h"

static void
load_block (TpoLoader *loader, const TpoCgdetrConfig *config, TpoCgdetrBlock *block)
{
  gint64 c = config->hidden;

  tpo_load_linear (loader, "self_attn.out_proj", c, c, TPO_LOAD_BIAS, &block->out);
  tpo_load_norm (loader, "norm1", c, &block->norm1);
  tpo_load_norm (loader, "norm2", c, &block->norm2);
  tpo_load_linear (loader, "linear1", config->feed_forward, c, TPO_LOAD_BIAS, &block->linear1);
  tpo_load_linear (loader, "linear2", c, config->feed_forward, TPO_LOAD_BIAS, &block->linear2);
  block->slope = tpo_load_vector (loader, "activation.weight", 1);
}

static void
load_encoder (TpoLoader *loader, const TpoCgdetrConfig *config, const char *prefix, guint n,
              TpoCgdetrEncoderLayer *layers)
{
  static const char weight[] = "self_attn.in_proj_weight", bias[] = "self_attn.in_proj_bias";
  gint64 c = config->hidden;

  for (guint i = 0; i < n; i++) {
    tpo_loader_enter (loader, "%s.layers.%u.", prefix, i);
    tpo_load_linear_rows (loader, weight, bias, 3 * c, c, 0, c, &layers[i].q);
    tpo_load_linear_rows (loader, weight, bias, 3 * c, c, c, c, &layers[i].k);
    tpo_load_linear_rows (loader, weight, bias, 3 * c, c, 2 * c, c, &layers[i].v);
    load_block (loader, config, &layers[i].block);
    tpo_loader_leave (loader);
  }
}

static void
load_decoder_layer (TpoLoader *loader, const TpoCgdetrConfig *config, gboolean is_first,
                    TpoCgdetrDecoderLayer *layer)
{
  gint64 c = config->hidden;
  const struct {
    const char *name;
    TpoLinear *linear;
  } projections[] = {
    { "sa_qcontent_proj", &layer->sa_q_content },
    { "sa_qpos_proj", &layer->sa_q_pos },
    { "sa_kcontent_proj", &layer->sa_k_content },
    { "sa_kpos_proj", &layer->sa_k_pos },
    { "sa_v_proj", &layer->sa_v },
    { "ca_qcontent_proj", &layer->ca_q_content },
    { "ca_kcontent_proj", &layer->ca_k_content },
    { "ca_kpos_proj", &layer->ca_k_pos },
    { "ca_v_proj", &layer->ca_v },
    { "ca_qpos_sine_proj", &layer->ca_q_sine },
    { "cross_attn.out_proj", &layer->cross_out },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (projections); i++)
    tpo_load_linear (loader, projections[i].name, c, c, TPO_LOAD_BIAS, projections[i].linear);
  if (is_first)
    tpo_load_linear (loader, "ca_qpos_proj", c, c, TPO_LOAD_BIAS, &layer->ca_q_pos);
  load_block (loader, config, &layer->block);
  tpo_load_norm (loader, "norm3", c, &layer->norm3);
}

/* @widths: of the outputs, one for each of the @n layers. */
static void
load_mlp (TpoLoader *loader, const char *prefix, gint64 n_in, guint n, const gint64 *widths,
          TpoLinear *layers)
{
  for (guint i = 0; i < n; i++) {
    g_autofree char *name = g_strdup_printf ("%s.layers.%u", prefix, i);

    tpo_load_linear (loader, name, widths[i], n_in, TPO_LOAD_BIAS, &layers[i]);
    n_in = widths[i];
  }
}

static void
load_input (TpoLoader *loader, const char *prefix, gint64 n_in, gint64 c,
            TpoCgdetrInputLayers *layers)
{
  for (guint i = 0; i < 2; i++) {
    tpo_loader_enter (loader, "%s.%u.", prefix, i);
    tpo_load_norm (loader, "LayerNorm", i == 0 ? n_in : c, &layers->norm[i]);
    tpo_load_linear (loader, "net.1", c, i == 0 ? n_in : c, TPO_LOAD_BIAS, &layers->linear[i]);
    tpo_loader_leave (loader);
  }
}

static void
load_decoder (TpoLoader *loader, TpoCgdetr *self)
{
  gint64 c = self->config.hidden;

  tpo_loader_enter (loader, "transformer.decoder.");
  for (guint i = 0; i < self->config.n_decoder; i++) {
    tpo_loader_enter (loader, "layers.%u.", i);
    load_decoder_layer (loader, &self->config, i == 0, &self->decoder[i]);
    tpo_loader_leave (loader);
  }
  tpo_load_norm (loader, "norm", c, &self->decoder_norm);
  load_mlp (loader, "query_scale", c, 2, (gint64[]){ c, c }, self->query_scale);
  load_mlp (loader, "ref_point_head", c, 2, (gint64[]){ c, c }, self->ref_point);
  load_mlp (loader, "ref_anchor_head", c, 2, (gint64[]){ c, 1 }, self->ref_anchor);
  load_mlp (loader, "bbox_embed", c, 3, (gint64[]){ c, c, 2 }, self->bbox);
  tpo_loader_leave (loader);
}

TpoCgdetr *
tpo_cgdetr_load (TpoLoader *loader, const TpoCgdetrConfig *config, GError **error)
{
  g_autoptr (TpoCgdetr) self = g_new0 (TpoCgdetr, 1);
  gint64 c = config->hidden;

  self->config = *config;
  tpo_loader_enter (loader, "cg_model.");
  load_input (loader, "input_vid_proj", config->video_width, c, &self->video);
  load_input (loader, "input_txt_proj", config->text_width, c, &self->text);
  self->type_codes = tpo_load_array (loader, "token_type_embeddings.weight", TPO_SHAPE (2, c));
  self->dummy_token =
      tpo_load_array (loader, "dummy_rep_token", TPO_SHAPE (config->n_dummies, c));
  self->dummy_pos = tpo_load_array (loader, "dummy_rep_pos", TPO_SHAPE (config->n_dummies, c));
  self->prompt_token =
      tpo_load_array (loader, "global_rep_token", TPO_SHAPE (config->n_prompts, c));
  self->prompt_pos = tpo_load_array (loader, "global_rep_pos", TPO_SHAPE (1, c));
  self->query = tpo_load_array (loader, "query_embed.weight", TPO_SHAPE (config->n_queries, 2));

  load_encoder (loader, config, "txtproj_encoder", config->n_dummy, self->dummy);
  for (guint i = 0; i < config->n_t2v; i++) {
    tpo_loader_enter (loader, "transformer.t2v_encoder.layers.%u.", i);
    load_block (loader, config, &self->t2v[i]);
    tpo_loader_leave (loader);
  }
  load_encoder (loader, config, "transformer.encoder", config->n_encoder, self->encoder);
  load_decoder (loader, self);

  load_mlp (loader, "span_embed", c, 3, (gint64[]){ c, c, 2 }, self->span);
  tpo_load_linear (loader, "class_embed", 2, c, TPO_LOAD_BIAS, &self->class_head);
  tpo_load_linear (loader, "saliency_proj1", c, c, TPO_LOAD_BIAS, &self->saliency1);
  tpo_load_linear (loader, "saliency_proj2", c, c, TPO_LOAD_BIAS, &self->saliency2);
  tpo_loader_leave (loader);

  self->tensors = tpo_loader_take (loader, error);
  return self->tensors != NULL ? g_steal_pointer (&self) : NULL;
}

void
tpo_cgdetr_free (TpoCgdetr *self)
{
  g_clear_pointer (&self->tensors, g_ptr_array_unref);
  g_free (self);
}

const TpoCgdetrConfig *
tpo_cgdetr_get_config (const TpoCgdetr *self)
{
  return &self->config;
}
