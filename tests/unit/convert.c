#include <tpo/convert.h>
#include <tpo/model-file.h>

#include <math.h>
#include <string.h>

#include <glib/gstdio.h>

#include "io/model-spec.h"
#include "io/quantize.h"
#include "io/tokenizer.h"

/*
 * Converts a model that this test writes itself: all parts, tiny sizes, random numbers. Sizes are
 * chosen so that some rows are whole blocks of 32 and some are not.
 */
static const char config[] =
    "{\"model_config\": {\"name\": \"Tiny\", \"license\": \"CC0-1.0\","
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

enum {
  ALL = (1 << TPO_COMPONENT_COUNT) - 1
};

typedef struct {
  char *folder;
  char *output;
  TpoMetadata *metadata;
} Place;

/* What one tensor of the written model holds: small numbers that follow from its name. */
static float *
make_values (const TpoTensorSpec *tensor)
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
static void
write_tensors (const char *path, const TpoModelSpec *spec, guint components,
               const char *left_out, const char *extra)
{
  g_autoptr (GString) header = g_string_new ("{");
  g_autoptr (GByteArray) data = g_byte_array_new ();
  g_autoptr (GByteArray) file = g_byte_array_new ();
  guint64 length;

  for (guint i = 0; i < tpo_model_spec_get_n (spec); i++) {
    const TpoTensorSpec *tensor = tpo_model_spec_get (spec, i);
    g_autofree float *values = make_values (tensor);
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

static char *
in_folder (const Place *place, const char *name)
{
  return g_build_filename (place->folder, name, NULL);
}

static void
write_folder (const Place *place, const char *left_out, const char *extra)
{
  static const guint clip = 1u << TPO_COMPONENT_CLIP_VISION | 1u << TPO_COMPONENT_CLIP_TEXT;
  g_autoptr (TpoModelSpec) spec = tpo_model_spec_new (place->metadata, ALL, NULL);
  g_autofree char *model_path = in_folder (place, "model.safetensors");
  g_autofree char *clip_path = in_folder (place, "internvideo2-clip.safetensors");

  write_tensors (model_path, spec, ALL & ~clip, left_out, extra);
  write_tensors (clip_path, spec, clip, left_out, "");
}

static void
copy_tokenizer (const Place *place, const char *name)
{
  g_autofree char *from =
      g_test_build_filename (G_TEST_DIST, "tokenizer-user-defined", name, NULL);
  g_autofree char *to = in_folder (place, name);
  g_autofree char *content = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (from, &content, &size, NULL));
  g_assert_true (g_file_set_contents (to, content, (gssize) size, NULL));
}

static void
set_up (Place *place, gconstpointer data)
{
  g_autoptr (TpoJson) json = tpo_json_parse (config, strlen (config), "config.json", NULL);
  g_autofree char *config_path = NULL;

  place->folder = g_dir_make_tmp ("tpo-convert-XXXXXX", NULL);
  place->output = in_folder (place, "out.gguf");
  place->metadata = tpo_metadata_new ();
  config_path = in_folder (place, "config.json");
  g_assert_true (g_file_set_contents (config_path, config, -1, NULL));
  g_assert_true (tpo_model_config_from_json (tpo_json_root (json), "config.json", ALL,
                                             place->metadata, NULL));
  copy_tokenizer (place, "tokenizer.model");
  copy_tokenizer (place, "added_tokens.json");
  write_folder (place, NULL, "");
}

static void
tear_down (Place *place, gconstpointer data)
{
  static const char *const names[] = { "config.json",
                                       "tokenizer.model",
                                       "added_tokens.json",
                                       "model.safetensors",
                                       "internvideo2-clip.safetensors",
                                       "out.gguf" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = in_folder (place, names[i]);

    g_unlink (path);
  }
  g_assert_cmpint (g_rmdir (place->folder), ==, 0); /* no part of a file is left */
  tpo_metadata_unref (place->metadata);
  g_free (place->output);
  g_free (place->folder);
}

static float *
values_of (const TpoModelSpec *spec, const char *name)
{
  return make_values (tpo_model_spec_find (spec, name));
}

/* scale · B·A, added to @values, in double */
static void
add_adapter (const TpoModelSpec *spec, const TpoTensorSpec *tensor, float *values)
{
  gsize rows = (gsize) tensor->shape.dim[0], cols = (gsize) tensor->shape.dim[1];
  g_autofree char *stem =
      g_strndup (tensor->name, strlen (tensor->name) - strlen ("base_layer.weight"));
  g_autofree char *down_name = g_strconcat (stem, "lora_A.default.weight", NULL);
  g_autofree char *up_name = g_strconcat (stem, "lora_B.default.weight", NULL);
  g_autofree float *down = values_of (spec, down_name);
  g_autofree float *up = values_of (spec, up_name);

  for (gsize r = 0; r < rows; r++) {
    for (gsize c = 0; c < cols; c++) {
      double sum = values[r * cols + c];

      for (gsize k = 0; k < 4; k++)
        sum += 2.0 * (double) up[r * 4 + k] * (double) down[k * cols + c];
      values[r * cols + c] = (float) sum;
    }
  }
}

/* Largest difference allowed to a value of a tensor stored as @type: rounding alone. */
static float
tolerance (TpoType type, float largest)
{
  switch ((guint) type) {
  case TPO_F32:
    return largest * 0x1p-21f; /* order of summation in B·A */
  case TPO_F16:
    return largest * 0x1p-10f;
  case TPO_Q4_0: /* a whole step at the end of the range that lacks one */
    return largest / 8 * 1.01f;
  default:
    return largest / 127 * 0.51f + largest * 0x1p-10f;
  }
}

static void
assert_tensor (const TpoModelSpec *spec, const TpoWeight *weight, gboolean is_merged)
{
  const TpoTensorSpec *tensor = tpo_model_spec_find (spec, weight->name);
  gsize n = (gsize) tpo_shape_count (&weight->shape);
  g_autofree float *expected = NULL, *found = g_new (float, n + 1);
  float largest = 0;

  g_assert_nonnull (tensor);
  g_assert_true (tpo_shape_equal (&weight->shape, &tensor->shape));
  expected = make_values (tensor);
  if (is_merged && g_str_has_suffix (weight->name, "base_layer.weight"))
    add_adapter (spec, tensor, expected);
  tpo_numbers_read (weight->type, weight->bytes, n, found);
  for (gsize i = 0; i < n; i++)
    largest = MAX (largest, fabsf (expected[i]));
  for (gsize i = 0; i < n; i++) {
    if (!(fabsf (found[i] - expected[i]) <= tolerance (weight->type, largest)))
      g_error ("%s[%" G_GSIZE_FORMAT "] is %g, expected %g", weight->name, i, (double) found[i],
               (double) expected[i]);
  }
}

static TpoType
type_of (const TpoWeights *weights, const char *name)
{
  const TpoWeight *weight = tpo_weights_find (weights, name);

  g_assert_nonnull (weight);
  return weight->type;
}

#define LAYER "lm.base_model.model.model.layers.0."
#define LM_HEAD "lm.base_model.model.lm_head.base_layer.weight"

static void
assert_types (const TpoWeights *weights, TpoType matrix)
{
  TpoType half = matrix == TPO_F32 ? TPO_F32 : TPO_F16;

  g_assert_cmpint (type_of (weights, LAYER "self_attn.q_proj.base_layer.weight"), ==, matrix);
  g_assert_cmpint (type_of (weights, LM_HEAD), ==, matrix == TPO_Q4_0 ? TPO_Q8_0 : matrix);
  /* Rows of 80 are no whole blocks. */
  g_assert_cmpint (type_of (weights, LAYER "mlp.down_proj.base_layer.weight"), ==, half);
  g_assert_cmpint (type_of (weights, LAYER "input_layernorm.weight"), ==, TPO_F32);
  g_assert_cmpint (type_of (weights, "lm.base_model.model.model.embed_tokens.weight"), ==,
                   half);
  g_assert_cmpint (type_of (weights, "vision_encoder.encoder.patch_embed.proj.weight"), ==,
                   half);
  g_assert_cmpint (type_of (weights, "query_tokens"), ==, TPO_F32);
  g_assert_cmpint (type_of (weights, "loc_decoder.0.weight"), ==, TPO_F32); /* out of range */
  g_assert_cmpint (type_of (weights, "sam.image_encoder.trunk.blocks.4.mlp.layers.0.weight"),
                   ==, half);
}

static void
check_conversion (const Place *place, TpoStorage storage, TpoType matrix, gboolean is_merged)
{
  TpoConvertOptions options = { .storage = storage, .keep_adapters = !is_merged };
  TpoConvertReport report;
  g_autoptr (TpoModelSpec) spec = tpo_model_spec_new (place->metadata, ALL, NULL);
  g_autoptr (TpoWeights) weights = NULL;
  g_autoptr (TpoTokenizer) tokenizer = NULL;
  g_autoptr (TpoModelFile) file = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (tpo_convert (place->folder, place->output, &options, &report, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (report.n_written + report.n_merged + report.unused->len, ==,
                    tpo_model_spec_get_n (spec));
  g_assert_cmpuint (report.n_merged, ==, is_merged ? 2 * (2 * 7 + 1) + 2 * 2 : 0);
  g_assert_cmpuint (report.unused->len, ==, 37);
  g_assert_cmpuint (report.widened->len, ==, matrix == TPO_F32 ? 0 : 1);
  weights = tpo_weights_open (place->output, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (tpo_weights_get_n (weights), ==, report.n_written);
  for (guint i = 0; i < tpo_weights_get_n (weights); i++)
    assert_tensor (spec, tpo_weights_get (weights, i), is_merged);
  assert_types (weights, matrix);
  g_assert_cmpstr (
      tpo_metadata_find_string (tpo_weights_get_metadata (weights), "general.name"), ==,
      "Tiny");
  tokenizer = tpo_tokenizer_from_metadata (tpo_weights_get_metadata (weights), &error);
  g_assert_no_error (error);
  g_assert_cmpint (tpo_tokenizer_find (tokenizer, "<track_box>"), ==, 426);
  file = tpo_model_file_load (place->output, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (file->problem, ==, NULL);
  g_assert_cmpuint (file->n_parts, ==, TPO_COMPONENT_COUNT);
  g_assert_cmpuint (file->n_parameters, ==, report.n_elements);
  g_assert_cmpuint (file->size, ==, report.size);
  g_assert_true (file->has_region && file->has_temporal && file->has_mask);
  g_assert_cmpuint (strlen (file->version), ==, 12);
  g_assert_cmpuint (file->file_size, >, file->size);
  g_assert_cmpuint (file->memory_size, >, file->size);
  tpo_convert_report_clear (&report);
}

static void
test_merged (Place *place, gconstpointer data)
{
  check_conversion (place, TPO_STORAGE_F32, TPO_F32, TRUE);
  check_conversion (place, TPO_STORAGE_F16, TPO_F16, TRUE);
  check_conversion (place, TPO_STORAGE_Q8_0, TPO_Q8_0, TRUE);
  check_conversion (place, TPO_STORAGE_Q4_0, TPO_Q4_0, TRUE);
}

static void
test_kept (Place *place, gconstpointer data)
{
  check_conversion (place, TPO_STORAGE_F16, TPO_F16, FALSE);
}

/* A file of ours can be stored in another way later. */
static void
test_again (Place *place, gconstpointer data)
{
  TpoConvertOptions options = { .storage = TPO_STORAGE_F32 };
  g_autofree char *second = in_folder (place, "model.safetensors"); /* removed in the end */
  g_autoptr (TpoModelFile) file = NULL;
  TpoConvertReport report;

  g_assert_true (tpo_convert (place->folder, place->output, &options, &report, NULL));
  tpo_convert_report_clear (&report);
  options.storage = TPO_STORAGE_Q8_0;
  g_assert_true (tpo_convert (place->output, second, &options, &report, NULL));
  tpo_convert_report_clear (&report);
  file = tpo_model_file_load (second, NULL);
  g_assert_cmpstr (file->problem, ==, NULL);
  g_assert_cmpstr (file->name, ==, "Tiny");
}

static void
assert_refused (const Place *place, TpoConvertOptions *options, GQuark domain, gint code,
                const char *message)
{
  TpoConvertReport report;
  g_autofree char *content = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (place->output, "old", -1, NULL));
  g_assert_false (tpo_convert (place->folder, place->output, options, &report, &error));
  g_assert_error (error, domain, code);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, message));
  g_assert_true (g_file_get_contents (place->output, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, "old");
  tpo_convert_report_clear (&report);
}

static void
test_refused (Place *place, gconstpointer data)
{
  TpoConvertOptions options = { 0 };
  g_autofree char *added = in_folder (place, "added_tokens.json");

  write_folder (place, "cg_model.query_embed.weight", "");
  assert_refused (place, &options, TPO_ERROR, TPO_ERROR_FORMAT, "cg_model.class_embed");
  write_folder (place, "box_token", "");
  assert_refused (place, &options, TPO_ERROR, TPO_ERROR_FORMAT,
                  "missing tensors (1): box_token");
  write_folder (place, NULL,
                ",\"strange\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}");
  assert_refused (place, &options, TPO_ERROR, TPO_ERROR_FORMAT, "strange");
  write_folder (place, "vision_layernorm.bias",
                ",\"vision_layernorm.bias\":{\"dtype\":\"F32\",\"shape\":[0],"
                "\"data_offsets\":[0,0]}");
  assert_refused (place, &options, TPO_ERROR, TPO_ERROR_SHAPE, "vision_layernorm.bias");
  write_folder (place, NULL, "");
  g_assert_true (g_file_set_contents (added, "{\"<a>\": 421}", -1, NULL));
  assert_refused (place, &options, TPO_ERROR, TPO_ERROR_FORMAT, "no token has the id 420");
}

static void
cancel_soon (double done, const char *step, gpointer data)
{
  g_assert_cmpfloat (done, <=, 1);
  g_cancellable_cancel (data);
}

static void
test_cancelled (Place *place, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  TpoConvertOptions options = { .progress = cancel_soon,
                                .progress_data = cancellable,
                                .cancellable = cancellable };

  assert_refused (place, &options, G_IO_ERROR, G_IO_ERROR_CANCELLED, "");
}

static void
test_index (Place *place, gconstpointer data)
{
  static const struct {
    const char *index;
    const char *message;
  } cases[] = {
    { "{}", "no weight_map" },
    { "{\"weight_map\": {\"box_token\": \"../model.safetensors\"}}", "no file name" },
    { "{\"weight_map\": {\"box_token\": 1}}", "no file name" },
    { "{\"weight_map\": {\"box_token\": \"model.safetensors\"}}", "does not list" },
    { "{\"weight_map\": {\"other\": \"model.safetensors\"}}", "lists the tensor other" },
    { "{\"weight_map\": {\"box_token\": \"gone.safetensors\"}}", "gone.safetensors" },
  };
  g_autofree char *path = in_folder (place, "model.safetensors.index.json");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_true (g_file_set_contents (path, cases[i].index, -1, NULL));
    g_assert_null (tpo_weights_open (place->folder, &error));
    g_test_message ("%s", error->message);
    g_assert_nonnull (strstr (error->message, cases[i].message));
  }
  g_unlink (path);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/convert/merged", Place, NULL, set_up, test_merged, tear_down);
  g_test_add ("/convert/kept", Place, NULL, set_up, test_kept, tear_down);
  g_test_add ("/convert/again", Place, NULL, set_up, test_again, tear_down);
  g_test_add ("/convert/refused", Place, NULL, set_up, test_refused, tear_down);
  g_test_add ("/convert/cancelled", Place, NULL, set_up, test_cancelled, tear_down);
  g_test_add ("/convert/index", Place, NULL, set_up, test_index, tear_down);
  return g_test_run ();
}
