#include "tiny-model.h"

#include <string.h>

#include <glib/gstdio.h>

static const char config[] =
    "{\"model_config\": {\"name\": \"Tiny\", \"version\": \"1.2\", \"license\": \"CC0-1.0\","
    "\"llm\": {\"hidden_size\": 64, \"num_hidden_layers\": 2, \"num_attention_heads\": 4,"
    " \"num_key_value_heads\": 2, \"intermediate_size\": 80, \"vocab_size\": 430, \"lora_r\": 4,"
    " \"lora_alpha\": 8},"
    "\"vision_encoder\": {\"img_size\": 32, \"encoder_embed_dim\": 32, \"encoder_depth\": 3,"
    " \"encoder_num_heads\": 2},"
    "\"bridge\": {\"num_query_token\": 2, \"extra_num_query_token\": 3, \"qformer_hidden_size\": 24,"
    " \"qformer_num_hidden_layers\": 2, \"qformer_num_attention_heads\": 2,"
    " \"qformer_intermediate_size\": 48, \"qformer_vocab_size\": 5,"
    " \"qformer_max_position_embeddings\": 4},"
    "\"cg_opt\": {\"hidden_dim\": 16, \"dim_feedforward\": 32, \"v_feat_dim\": 10,"
    " \"t_feat_dim\": 64, \"num_dummies\": 3, \"total_prompts\": 2, \"num_queries\": 4},"
    "\"sam\": {\"image_size\": 64, \"embed_dim\": 8, \"stages\": [1, 1, 2, 1],"
    " \"global_att_blocks\": [3], \"window_spec\": [8, 4, 4, 2], \"d_model\": 32, \"mem_dim\": 8,"
    " \"mem_attn_layers\": 1, \"mem_attn_ffn_dim\": 32, \"decoder_mlp_dim\": 32,"
    " \"iou_head_hidden_dim\": 32, \"mem_mask_channels\": [1, 2, 4, 8, 16]},"
    "\"clip\": {\"vision\": {\"img_size\": 28, \"embed_dim\": 32, \"depth\": 1, \"mlp_hidden\": 40,"
    " \"clip_embed_dim\": 8}, \"text\": {\"hidden_size\": 64, \"num_hidden_layers\": 1,"
    " \"num_attention_heads\": 4, \"intermediate_size\": 64, \"vocab_size\": 430, \"lora_r\": 4,"
    " \"lora_alpha\": 8}}}}";

/* What one tensor of the written model holds: small numbers that follow from its name. */
float *
tiny_values (const TpoTensorSpec *tensor)
{
  gsize n = (gsize) tpo_shape_count (&tensor->shape);
  g_autoptr (GRand) random = g_rand_new_with_seed (g_str_hash (tensor->name));
  float *values = g_new (float, n + 1);

  for (gsize i = 0; i < n; i++)
    values[i] = (float) g_rand_double_range (random, -1, 1);
  if (strcmp (tensor->name, "loc_decoder.0.weight") == 0)
    values[5] = 1e6f; /* more than F16 holds */
  return values;
}

static void
append_header (GString *header, const TpoTensorSpec *tensor, gsize from, gsize to)
{
  g_autofree char *shape = tpo_shape_to_string (&tensor->shape);

  g_string_append_printf (
      header,
      "%s\"%s\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[%" G_GSIZE_FORMAT
      ",%" G_GSIZE_FORMAT "]}",
      header->len > 1 ? "," : "", tensor->name, shape, from, to);
}

/* All tensors of @spec from the parts @components, but for @left_out, as a .safetensors file. */
void
tiny_write_tensors (const char *path, const TpoModelSpec *spec, guint components,
                    const char *left_out, const char *extra)
{
  g_autoptr (GString) header = g_string_new ("{");
  g_autoptr (GByteArray) data = g_byte_array_new ();
  g_autoptr (GByteArray) file = g_byte_array_new ();
  guint64 length;

  for (guint i = 0; i < tpo_model_spec_get_n (spec); i++) {
    const TpoTensorSpec *tensor = tpo_model_spec_get (spec, i);
    g_autofree float *values = tiny_values (tensor);
    guint from = data->len;

    if ((components & 1u << tensor->component) == 0 || g_strcmp0 (tensor->name, left_out) == 0)
      continue;
    g_byte_array_append (data, (const guint8 *) values,
                         (guint) (tpo_shape_count (&tensor->shape) * (gint64) sizeof *values));
    append_header (header, tensor, from, data->len);
  }
  g_string_append_printf (header, "%s}", extra);
  length = GUINT64_TO_LE (header->len);
  g_byte_array_append (file, (const guint8 *) &length, sizeof length);
  g_byte_array_append (file, (const guint8 *) header->str, (guint) header->len);
  g_byte_array_append (file, data->data, data->len);
  g_assert_true (g_file_set_contents (path, (const char *) file->data, file->len, NULL));
}

char *
tiny_path (const TinyModel *model, const char *name)
{
  return g_build_filename (model->folder, name, NULL);
}

void
tiny_write (const TinyModel *model, const char *left_out, const char *extra)
{
  static const guint clip = 1u << TPO_COMPONENT_CLIP_VISION | 1u << TPO_COMPONENT_CLIP_TEXT;
  g_autoptr (TpoModelSpec) spec = tpo_model_spec_new (model->metadata, TINY_ALL, NULL);
  g_autofree char *model_path = tiny_path (model, "model.safetensors");
  g_autofree char *clip_path = tiny_path (model, "internvideo2-clip.safetensors");

  tiny_write_tensors (model_path, spec, TINY_ALL & ~clip, left_out, extra);
  tiny_write_tensors (clip_path, spec, clip, left_out, "");
}

static void
copy_tokenizer (const TinyModel *model, const char *name)
{
  g_autofree char *from =
      g_test_build_filename (G_TEST_DIST, "tokenizer-user-defined", name, NULL);
  g_autofree char *to = tiny_path (model, name);
  g_autofree char *content = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (from, &content, &size, NULL));
  g_assert_true (g_file_set_contents (to, content, (gssize) size, NULL));
}

void
tiny_set_up (TinyModel *model, gconstpointer data)
{
  g_autoptr (TpoJson) json = tpo_json_parse (config, strlen (config), "config.json", NULL);
  g_autofree char *config_path = NULL;

  model->folder = g_dir_make_tmp ("tpo-convert-XXXXXX", NULL);
  model->output = tiny_path (model, "out.gguf");
  model->metadata = tpo_metadata_new ();
  config_path = tiny_path (model, "config.json");
  g_assert_true (g_file_set_contents (config_path, config, -1, NULL));
  g_assert_true (tpo_model_config_from_json (tpo_json_root (json), "config.json", TINY_ALL,
                                             model->metadata, NULL));
  copy_tokenizer (model, "tokenizer.model");
  copy_tokenizer (model, "added_tokens.json");
  tiny_write (model, NULL, "");
}

void
tiny_tear_down (TinyModel *model, gconstpointer data)
{
  static const char *const names[] = { "config.json",
                                       "tokenizer.model",
                                       "added_tokens.json",
                                       "model.safetensors",
                                       "internvideo2-clip.safetensors",
                                       "out.gguf" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = tiny_path (model, names[i]);

    g_unlink (path);
  }
  g_assert_cmpint (g_rmdir (model->folder), ==, 0); /* no part of a file is left */
  tpo_metadata_unref (model->metadata);
  g_free (model->output);
  g_free (model->folder);
}
