#include "io/model-rows.h"

#include <string.h>

#include <tpo/error.h>

enum {
  MAX_SIZE = 1 << 20,
  MAX_EDGE = 1 << 12, /* pixels of a picture */
  MAX_LAYERS = 1024,
  N_STAGES = 4,
  N_CHANNELS = 5
};

static void
set (TpoVariables *self, const char *name, gint64 value)
{
  g_assert (self->n < TPO_MAX_VARIABLES && strlen (name) < TPO_MAX_VARIABLE_NAME);
  g_strlcpy (self->list[self->n].name, name, TPO_MAX_VARIABLE_NAME);
  self->list[self->n++].value = value;
}

gint64
tpo_variables_get (const TpoVariables *self, const char *name, gsize length)
{
  if (length > 0 && g_ascii_isdigit (name[0]))
    return g_ascii_strtoll (name, NULL, 10);
  for (guint i = 0; i < self->n; i++) {
    if (strlen (self->list[i].name) == length && memcmp (self->list[i].name, name, length) == 0)
      return self->list[i].value;
  }
  g_assert_not_reached ();
}

/* A size or number of layers that is a setting as it stands. */
static guint
size (TpoVariables *self, const char *name, TpoReader *reader, const char *setting)
{
  guint value = tpo_reader_uint (reader, setting, 1, MAX_SIZE);

  set (self, name, value);
  return value;
}

static void
layers (TpoVariables *self, const char *name, TpoReader *reader, const char *setting)
{
  set (self, name, tpo_reader_uint (reader, setting, 0, MAX_LAYERS));
}

static void
read_llm (TpoVariables *self, TpoReader *reader)
{
  gint64 head_dim = tpo_reader_uint (reader, "head_dim", 1, MAX_SIZE);
  gboolean is_merged = tpo_reader_bool_or (reader, "lora_merged", FALSE);

  size (self, "H", reader, "hidden_size");
  size (self, "F", reader, "intermediate_size");
  size (self, "V", reader, "vocab_size");
  layers (self, "L", reader, "num_hidden_layers");
  set (self, "A", head_dim * tpo_reader_uint (reader, "num_attention_heads", 1, MAX_LAYERS));
  set (self, "K", head_dim * tpo_reader_uint (reader, "num_key_value_heads", 1, MAX_LAYERS));
  set (self, "R", is_merged ? 0 : tpo_reader_uint_or (reader, "lora_r", 0, MAX_SIZE, 0));
  set (self, "B", tpo_reader_bool_or (reader, "qkv_bias", FALSE));
  set (self, "U", !tpo_reader_bool_or (reader, "tie_word_embeddings", FALSE));
}

static void
read_vision (TpoVariables *self, TpoReader *reader)
{
  guint width = size (self, "D", reader, "embed_dim");
  double ratio = tpo_reader_real_or (reader, "mlp_ratio", 4);

  if (ratio <= 0 || ratio > 64)
    tpo_reader_fail (reader, "mlp_ratio", "is out of range");
  else
    set (self, "M", (gint64) (width * ratio));
  size (self, "P", reader, "patch_size");
  size (self, "T", reader, "tubelet_size");
  layers (self, "N", reader, "depth_run");
}

static void
read_siglip (TpoVariables *self, TpoReader *reader)
{
  guint patch = size (self, "P", reader, "patch_size");
  gint64 side = tpo_reader_uint (reader, "img_size", 1, MAX_EDGE) / MAX (patch, 1);

  size (self, "D", reader, "embed_dim");
  size (self, "M", reader, "intermediate_size");
  layers (self, "N", reader, "depth_run");
  layers (self, "Z", reader, "depth_nominal");
  set (self, "n", side * side);
}

static void
read_projector (TpoVariables *self, TpoReader *reader)
{
  size (self, "E", reader, "vision_width");
  size (self, "H", reader, "llm_width");
}

static void
read_bridge (TpoVariables *self, TpoReader *reader)
{
  size (self, "Q", reader, "hidden_size");
  size (self, "E", reader, "encoder_width");
  size (self, "F", reader, "intermediate_size");
  size (self, "V", reader, "vocab_size");
  size (self, "P", reader, "max_position_embeddings");
  size (self, "n", reader, "num_query_token");
  size (self, "x", reader, "extra_num_query_token");
  size (self, "H", reader, "llm_hidden_size");
  size (self, "X", reader, "cross_attention_freq");
  layers (self, "L", reader, "num_hidden_layers");
}

static void
read_heads (TpoVariables *self, TpoReader *reader)
{
  guint width = size (self, "H", reader, "llm_hidden_size");

  set (self, "h", width / 2);
  set (self, "S", 3 * (gint64) tpo_reader_uint (reader, "sam_embed_dim", 0, MAX_SIZE));
  set (self, "t", tpo_reader_uint_or (reader, "temporal_width", 0, MAX_SIZE, 0));
}

static void
read_temporal (TpoVariables *self, TpoReader *reader)
{
  size (self, "c", reader, "hidden_dim");
  size (self, "f", reader, "dim_feedforward");
  size (self, "v", reader, "v_feat_dim");
  size (self, "t", reader, "t_feat_dim");
  size (self, "y", reader, "num_dummies");
  size (self, "p", reader, "total_prompts");
  size (self, "q", reader, "num_queries");
  layers (self, "i", reader, "n_input_proj");
  layers (self, "u", reader, "dummy_layers");
  layers (self, "a", reader, "t2v_layers");
  layers (self, "e", reader, "enc_layers");
  layers (self, "d", reader, "dec_layers");
  layers (self, "m", reader, "moment_layers");
  layers (self, "s", reader, "sent_layers");
}

/* A list that must have exactly @n elements. */
static void
list (TpoReader *reader, const char *setting, guint *values, guint n)
{
  memset (values, 0, n * sizeof *values);
  if (tpo_reader_uints (reader, setting, 1, MAX_SIZE, values, n) != n)
    tpo_reader_fail (reader, setting, "has the wrong number of elements");
}

static void
read_trunk (TpoVariables *self, TpoReader *reader)
{
  static const char *const widths[] = { "D0", "D1", "D2", "D3" };
  static const char *const ends[] = { "s1", "s2", "s3", "s4" };
  static const char *const seconds[] = { "t0", "t1", "t2", "t3" };
  gint64 width = tpo_reader_uint (reader, "embed_dim", 1, MAX_SIZE), block = 0;
  guint stages[N_STAGES], windows[N_STAGES], background[2];

  list (reader, "stages", stages, N_STAGES);
  list (reader, "window_spec", windows, N_STAGES);
  list (reader, "window_pos_embed_bkg_spatial_size", background, 2);
  for (guint i = 0; i < N_STAGES; i++) {
    if (stages[i] > MAX_LAYERS)
      tpo_reader_fail (reader, "stages", "has too many blocks");
    set (self, widths[i], width << i);
    set (self, seconds[i], block + 1);
    block += MIN (stages[i], MAX_LAYERS);
    set (self, ends[i], block);
  }
  set (self, "w", windows[0]);
  set (self, "bh", background[0]);
  set (self, "bw", background[1]);
}

static void
read_mask (TpoVariables *self, TpoReader *reader)
{
  static const char *const names[] = { "c0", "c1", "c2", "c3", "c4" };
  guint channels[N_CHANNELS];
  guint width = size (self, "d", reader, "d_model");
  guint prompt = size (self, "k", reader, "mask_in_chans");
  guint shrink = tpo_reader_uint (reader, "decoder_attention_downsample", 1, MAX_SIZE);

  read_trunk (self, reader);
  list (reader, "mem_mask_channels", channels, N_CHANNELS);
  for (guint i = 0; i < N_CHANNELS; i++)
    set (self, names[i], channels[i]);
  set (self, "d2", width / 2);
  set (self, "d4", width / 4);
  set (self, "d8", width / 8);
  set (self, "k4", prompt / 4);
  set (self, "a", shrink > 0 ? width / shrink : 0);
  set (self, "v", g_strcmp0 (tpo_reader_string_or (reader, "release", "2.0"), "2.1") == 0);
  size (self, "m", reader, "mem_dim");
  size (self, "f", reader, "mem_attn_ffn_dim");
  size (self, "g", reader, "decoder_mlp_dim");
  size (self, "i", reader, "iou_head_hidden_dim");
  size (self, "n", reader, "num_maskmem");
  layers (self, "l", reader, "mem_attn_layers");
  layers (self, "u", reader, "mem_fuser_layers");
  layers (self, "t", reader, "decoder_layers");
}

static void
read_clip_vision (TpoVariables *self, TpoReader *reader)
{
  guint patch = size (self, "P", reader, "patch_size");
  gint64 grid = tpo_reader_uint (reader, "img_size", 1, MAX_SIZE) / MAX (patch, 1);
  gint64 frames = tpo_reader_uint (reader, "stored_frames", 1, MAX_LAYERS);

  size (self, "D", reader, "embed_dim");
  size (self, "M", reader, "mlp_hidden");
  size (self, "O", reader, "clip_embed_dim");
  layers (self, "N", reader, "depth");
  set (self, "T", 1 + frames * grid * grid);
}

static void
read_clip_text (TpoVariables *self, TpoReader *reader)
{
  guint width = size (self, "H", reader, "hidden_size");
  guint heads = tpo_reader_uint (reader, "num_attention_heads", 1, MAX_SIZE);

  size (self, "F", reader, "intermediate_size");
  size (self, "V", reader, "vocab_size");
  layers (self, "L", reader, "num_hidden_layers");
  set (self, "R", tpo_reader_uint_or (reader, "lora_r", 0, MAX_SIZE, 0));
  set (self, "r", width / MAX (heads, 1) / 2);
  set (self, "O", 768);
}

gboolean
tpo_variables_read (TpoVariables *self, TpoComponent component, const TpoMetadata *metadata,
                    GError **error)
{
  typedef struct {
    const char *prefix;
    void (*read) (TpoVariables *self, TpoReader *reader);
  } Source;
  static const Source siglip = { TPO_ARCHITECTURE ".vision.", read_siglip };
  static const Source projector = { TPO_ARCHITECTURE ".projector.", read_projector };
  static const Source sources[TPO_COMPONENT_COUNT] = {
    [TPO_COMPONENT_LLM] = { TPO_ARCHITECTURE ".llm.", read_llm },
    [TPO_COMPONENT_VISION] = { TPO_ARCHITECTURE ".vision.", read_vision },
    [TPO_COMPONENT_BRIDGE] = { TPO_ARCHITECTURE ".qformer.", read_bridge },
    [TPO_COMPONENT_HEADS] = { TPO_ARCHITECTURE ".heads.", read_heads },
    [TPO_COMPONENT_TEMPORAL] = { TPO_ARCHITECTURE ".cg.", read_temporal },
    [TPO_COMPONENT_MASK] = { TPO_ARCHITECTURE ".sam.", read_mask },
    [TPO_COMPONENT_CLIP_VISION] = { TPO_ARCHITECTURE ".clip.vision.", read_clip_vision },
    [TPO_COMPONENT_CLIP_TEXT] = { TPO_ARCHITECTURE ".clip.text.", read_clip_text },
  };
  const Source *source = &sources[component];
  TpoReader reader;

  if (component == TPO_COMPONENT_VISION && tpo_model_has_siglip (metadata))
    source = &siglip;
  else if (component == TPO_COMPONENT_BRIDGE && tpo_model_has_projector (metadata))
    source = &projector;
  reader = tpo_reader (metadata, source->prefix);
  self->n = 0;
  source->read (self, &reader);
  return tpo_reader_finish (&reader, error);
}
