#include "models/vit/weights.h"

/* ---- VideoChat-TPO --------------------------------------------------------------------------- */

/* The published bias covers queries and values; that of the keys is zero and not stored. */
static void
load_joint_attention (TpoLoader *loader, gint64 width, TpoMultiHead *attention)
{
  TpoLinear *parts[] = { &attention->q, &attention->k, &attention->v };

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    parts[i]->w =
        tpo_load_matrix_rows (loader, "attn.qkv.weight", 3 * width, width, i * width, width);
  attention->q.b = tpo_load_vector (loader, "attn.q_bias", width);
  attention->v.b = tpo_load_vector (loader, "attn.v_bias", width);
  tpo_load_linear (loader, "attn.proj", width, width, TPO_LOAD_BIAS, &attention->out);
}

static void
load_joint_block (TpoLoader *loader, gint64 width, TpoVitBlock *block)
{
  tpo_load_norm (loader, "norm1", width, &block->norm1);
  load_joint_attention (loader, width, &block->attention);
  tpo_load_norm (loader, "norm2", width, &block->norm2);
}

/* ---- SigLIP ---------------------------------------------------------------------------------- */

static void
load_siglip_block (TpoLoader *loader, gint64 width, TpoVitBlock *block)
{
  TpoMultiHead *attention = &block->attention;

  tpo_load_norm (loader, "layer_norm1", width, &block->norm1);
  tpo_load_linear (loader, "self_attn.q_proj", width, width, TPO_LOAD_BIAS, &attention->q);
  tpo_load_linear (loader, "self_attn.k_proj", width, width, TPO_LOAD_BIAS, &attention->k);
  tpo_load_linear (loader, "self_attn.v_proj", width, width, TPO_LOAD_BIAS, &attention->v);
  tpo_load_linear (loader, "self_attn.out_proj", width, width, TPO_LOAD_BIAS, &attention->out);
  tpo_load_norm (loader, "layer_norm2", width, &block->norm2);
}

/* ---- both ------------------------------------------------------------------------------------ */

/* How the two kinds name their parts. */
typedef struct {
  const char *prefix, *patches, *blocks;
  void (*load_block) (TpoLoader *loader, gint64 width,
                      TpoVitBlock *block); /* all but the mlp */
} Names;

static const Names names[] = {
  [TPO_VIT_JOINT] = { "vision_encoder.encoder.", "patch_embed.proj", "blocks.",
                      load_joint_block },
  [TPO_VIT_SIGLIP] = { "vision_tower.vision_model.", "embeddings.patch_embedding",
                       "encoder.layers.", load_siglip_block },
};

static void
load_block (TpoLoader *loader, const TpoVitConfig *config, TpoVitBlock *block)
{
  gint64 width = config->width;

  names[config->kind].load_block (loader, width, block);
  tpo_load_linear (loader, "mlp.fc1", config->mlp_width, width, TPO_LOAD_BIAS, &block->mlp.fc1);
  tpo_load_linear (loader, "mlp.fc2", width, config->mlp_width, TPO_LOAD_BIAS, &block->mlp.fc2);
}

TpoVit *
tpo_vit_load (TpoLoader *loader, const TpoVitConfig *config, GError **error)
{
  g_autoptr (TpoVit) self = g_new0 (TpoVit, 1);
  const Names *naming = &names[config->kind];
  gint64 patch_size = config->patch_size;

  self->config = *config;
  self->blocks = g_new0 (TpoVitBlock, config->n_blocks);

  tpo_loader_enter (loader, "%s", naming->prefix);
  tpo_load_linear (loader, naming->patches, config->width, 3 * patch_size * patch_size,
                   TPO_LOAD_BIAS, &self->patch_embed);
  if (config->kind == TPO_VIT_SIGLIP)
    self->positions = tpo_load_array (loader, "embeddings.position_embedding.weight",
                                      TPO_SHAPE (tpo_vit_n_tokens (self, 1), config->width));
  for (guint i = 0; i < config->n_blocks; i++) {
    tpo_loader_enter (loader, "%s%u.", naming->blocks, i);
    load_block (loader, config, &self->blocks[i]);
    tpo_loader_leave (loader);
  }
  tpo_loader_leave (loader);
  if (config->kind == TPO_VIT_JOINT)
    tpo_load_norm (loader, "vision_layernorm", config->width, &self->output_norm);

  self->tensors = tpo_loader_take (loader, error);
  if (self->tensors == NULL)
    return NULL;
  return g_steal_pointer (&self);
}

void
tpo_vit_free (TpoVit *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->tensors, g_ptr_array_unref);
  g_free (self->blocks);
  g_free (self);
}
