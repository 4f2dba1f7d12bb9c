#include "models/bench/language.h"

#include "models/bench/made-up.h"
#include "models/text/text.h"

static const TpoMistralConfig config = {
  .hidden_size = 576,
  .n_layers = 30,
  .n_heads = 9,
  .n_kv_heads = 3,
  .head_size = 64,
  .ffn_size = 1536,
  .vocab_size = 32007,
  .norm_eps = 1e-5f,
  .rope_theta = 1e4f,
  .is_gguf = TRUE,
  .is_interleaved = TRUE,
};

/* Weights that share the bytes of the largest, for matrices and for vectors. */
typedef struct {
  TpoWeights *weights;
  TpoType type; /* of matrices */
  GBytes *matrix, *vector;
} Maker;

static gboolean
add (Maker *self, const char *name, gint64 rows, gint64 cols, GError **error)
{
  const gboolean is_matrix = rows > 1;
  TpoWeight weight = {
    .name = name,
    .type = is_matrix ? self->type : TPO_F32,
    .shape = is_matrix ? TPO_SHAPE (rows, cols) : TPO_SHAPE (cols),
    .bytes = g_bytes_get_data (is_matrix ? self->matrix : self->vector, NULL),
  };

  weight.size = (gsize) tpo_shape_size (&weight.shape, weight.type);
  return tpo_weights_add (self->weights, &weight, error);
}

static gboolean
add_layer (Maker *self, guint index, GError **error)
{
  const gint64 width = config.hidden_size, ffn = config.ffn_size;
  const gint64 kv_width = (gint64) config.n_kv_heads * config.head_size;
  const struct {
    const char *name;
    gint64 rows, cols;
  } tensors[] = {
    { "attn_norm", 1, width },       { "attn_q", width, width },
    { "attn_k", kv_width, width },   { "attn_v", kv_width, width },
    { "attn_output", width, width }, { "ffn_norm", 1, width },
    { "ffn_gate", ffn, width },      { "ffn_up", ffn, width },
    { "ffn_down", width, ffn },
  };

  for (guint i = 0; i < G_N_ELEMENTS (tensors); i++) {
    g_autofree char *name = g_strdup_printf ("blk.%u.%s.weight", index, tensors[i].name);

    if (!add (self, name, tensors[i].rows, tensors[i].cols, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
add_all (Maker *self, GError **error)
{
  const gint64 width = config.hidden_size, vocabulary = config.vocab_size;

  for (guint i = 0; i < config.n_layers; i++) {
    if (!add_layer (self, i, error))
      return FALSE;
  }
  return add (self, "token_embd.weight", vocabulary, width, error) &&
         add (self, "output_norm.weight", 1, width, error) &&
         add (self, "output.weight", vocabulary, width, error);
}

static TpoWeights *
make_weights (TpoType type, GError **error)
{
  g_autoptr (TpoWeights) weights = tpo_weights_new ("made-up weights");
  g_autoptr (GBytes) matrix =
      tpo_made_up_bytes (type, (gsize) config.vocab_size * config.hidden_size, error);
  g_autoptr (GBytes) vector =
      matrix != NULL ? tpo_made_up_bytes (TPO_F32, config.hidden_size, error) : NULL;
  Maker self = { weights, type, matrix, vector };

  if (vector == NULL || !add_all (&self, error))
    return NULL;
  tpo_weights_hold (weights, matrix);
  tpo_weights_hold (weights, vector);
  return g_steal_pointer (&weights);
}

TpoTextModel *
tpo_made_up_text_model (TpoDevice *device, TpoType type, guint capacity, GError **error)
{
  const TpoLoaderOptions loader_options = { .storage = TPO_STORAGE_AS_FILED };
  const TpoLlmOptions options = { .capacity = capacity, .cache_type = TPO_F16 };
  g_autoptr (TpoTextModel) self = g_new0 (TpoTextModel, 1);
  g_autoptr (TpoLoader) loader = NULL;

  self->device = tpo_device_ref (device);
  self->weights = make_weights (type, error);
  if (self->weights == NULL)
    return NULL;
  loader = tpo_loader_new (device, self->weights, &loader_options);
  self->mistral = tpo_mistral_load (loader, &config, "", TPO_MISTRAL_GGUF_HEAD, error);
  if (self->mistral == NULL)
    return NULL;
  self->llm = tpo_llm_new (device, self->mistral, &options, error);
  return self->llm != NULL ? g_steal_pointer (&self) : NULL;
}
