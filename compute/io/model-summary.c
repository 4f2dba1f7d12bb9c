#include "io/model-summary.h"

#include <string.h>

#include <gio/gio.h>

#include "io/transcode.h"

static const gsize HASHED_BYTES = 1 << 20;

/* Activations of a block that are alive together, in vectors as wide as its input: the input, its
 * norm, queries, keys and values, and the wider half of a feed-forward layer. */
static const guint64 LIVE_VECTORS = 12;
static const guint64 MAX_ROWS_AT_ONCE = 256; /* of a prompt; what is longer is read in pieces */
static const guint64 MAX_ANSWER = 200;

/* ---- heads --------------------------------------------------------------------------------- */

guint
tpo_model_heads (const TpoWeights *weights)
{
  static const guint temporal = 1u << TPO_COMPONENT_TEMPORAL | 1u << TPO_COMPONENT_CLIP_VISION |
                                1u << TPO_COMPONENT_CLIP_TEXT;
  guint components = tpo_model_components (weights), heads = 0;

  if (tpo_weights_find (weights, "loc_decoder.0.weight") != NULL &&
      tpo_weights_find (weights, "box_token") != NULL)
    heads |= TPO_MODEL_HEAD_REGION;
  if ((components & temporal) == temporal)
    heads |= TPO_MODEL_HEAD_TEMPORAL;
  if ((components & 1u << TPO_COMPONENT_MASK) != 0)
    heads |= TPO_MODEL_HEAD_MASK;
  return heads;
}

/* ---- hash ---------------------------------------------------------------------------------- */

char *
tpo_model_hash (const char *path, guint64 *file_size, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInfo) info = NULL;
  g_autoptr (GFileInputStream) stream = NULL;
  g_autoptr (GBytes) head = NULL;
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree char *size_text = NULL;

  info = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_SIZE, G_FILE_QUERY_INFO_NONE, NULL,
                            error);
  stream = info != NULL ? g_file_read (file, NULL, error) : NULL;
  head = stream != NULL
             ? g_input_stream_read_bytes (G_INPUT_STREAM (stream), HASHED_BYTES, NULL, error)
             : NULL;
  if (head == NULL)
    return NULL;
  *file_size = (guint64) g_file_info_get_size (info);
  size_text = g_strdup_printf ("%" G_GUINT64_FORMAT, *file_size);
  g_checksum_update (checksum, (const guchar *) size_text, -1);
  g_checksum_update (checksum, g_bytes_get_data (head, NULL), (gssize) g_bytes_get_size (head));
  return g_strndup (g_checksum_get_string (checksum), 12);
}

/* ---- memory -------------------------------------------------------------------------------- */

/* A setting, or 0. */
static guint64
setting (const TpoMetadata *metadata, const char *name)
{
  TpoReader reader = tpo_reader (metadata, TPO_ARCHITECTURE ".");
  guint value = tpo_reader_uint_or (&reader, name, 0, G_MAXINT32, 0);

  return tpo_reader_finish (&reader, NULL) ? value
                                           : 0; /* the model's own loader names what is wrong */
}

guint64
tpo_model_held_size (const TpoWeight *weight)
{
  return (guint64) tpo_shape_size (&weight->shape, tpo_type_held (weight->type));
}

/* Positions of the longest prompt and its answer. */
static guint64
n_positions (const TpoMetadata *metadata)
{
  guint64 max_ids = setting (metadata, "prompt.max_ids");

  return (max_ids > 0 ? max_ids : 1024) + MAX_ANSWER;
}

/* Of a key or value: half precision beside matrices of no more. */
static guint64
cache_element_size (const TpoWeights *weights)
{
  for (guint i = 0; i < tpo_weights_get_n (weights); i++) {
    const TpoWeight *weight = tpo_weights_get (weights, i);

    if (strstr (weight->name, ".layers.0.self_attn.q_proj.") != NULL && weight->shape.n == 2 &&
        tpo_component_find (weight->name) == TPO_COMPONENT_LLM)
      return weight->type == TPO_F32 ? sizeof (float) : sizeof (guint16);
  }
  return sizeof (float);
}

/* Keys and values of all layers. */
static guint64
cache_memory (const TpoWeights *weights)
{
  const TpoMetadata *metadata = tpo_weights_get_metadata (weights);

  return n_positions (metadata) * cache_element_size (weights) * 2 *
         setting (metadata, "llm.num_key_value_heads") * setting (metadata, "llm.head_dim") *
         setting (metadata, "llm.num_hidden_layers");
}

static guint64
language_memory (const TpoMetadata *metadata)
{
  return MIN (n_positions (metadata), MAX_ROWS_AT_ONCE) * sizeof (float) * LIVE_VECTORS *
         setting (metadata, "llm.hidden_size");
}

/* SigLIP looks at one frame after the other. */
static guint64
vision_memory (const TpoMetadata *metadata)
{
  guint64 patch = MAX (1, setting (metadata, "vision.patch_size"));
  guint64 side = setting (metadata, "vision.img_size") / patch;
  guint64 n_frames =
      tpo_model_has_siglip (metadata) ? 1 : MAX (1, setting (metadata, "vision.num_frames"));

  return side * side * n_frames * sizeof (float) * LIVE_VECTORS *
         setting (metadata, "vision.embed_dim");
}

/* The first stage of the mask head's encoder has the most positions, one for 4 × 4 pixels. */
static guint64
mask_memory (const TpoMetadata *metadata)
{
  guint64 side = setting (metadata, "sam.image_size") / 4;

  return side * side * sizeof (float) * LIVE_VECTORS * setting (metadata, "sam.embed_dim");
}

void
tpo_model_memory (const TpoWeights *weights, TpoModelMemory *memory)
{
  const TpoMetadata *metadata = tpo_weights_get_metadata (weights);

  *memory =
      (TpoModelMemory){ .cache = cache_memory (weights),
                        .activations = language_memory (metadata) + vision_memory (metadata),
                        .mask = mask_memory (metadata) };
  for (guint i = 0; i < tpo_weights_get_n (weights); i++) {
    const TpoWeight *weight = tpo_weights_get (weights, i);

    memory->weights[tpo_component_find (weight->name)] += tpo_model_held_size (weight);
  }
}

guint64
tpo_model_memory_all (const TpoModelMemory *self)
{
  guint64 size = self->cache + self->activations + self->mask;

  for (guint i = 0; i < G_N_ELEMENTS (self->weights); i++)
    size += self->weights[i];
  return size;
}

guint64
tpo_model_memory_least (const TpoModelMemory *self)
{
  const guint64 heads[] = {
    self->weights[TPO_COMPONENT_TEMPORAL],
    self->weights[TPO_COMPONENT_CLIP_VISION],
    self->weights[TPO_COMPONENT_CLIP_TEXT],
    self->weights[TPO_COMPONENT_MASK] + self->mask,
  };
  guint64 size = tpo_model_memory_all (self), largest = 0;

  for (guint i = 0; i < G_N_ELEMENTS (heads); i++) {
    size -= heads[i];
    largest = MAX (largest, heads[i]);
  }
  return size + largest;
}
