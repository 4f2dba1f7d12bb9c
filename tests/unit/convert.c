#include <tpo/convert.h>
#include <tpo/model-file.h>

#include <errno.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "io/quantize.h"
#include "io/tokenizer.h"
#include "tiny-model.h"

static float *
values_of (const TpoModelSpec *spec, const char *name)
{
  return tiny_values (tpo_model_spec_find (spec, name));
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
  expected = tiny_values (tensor);
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

/* |2·B·A| / |W| of the query encoder's two adapted matrices, from the matrices themselves. */
static double
expected_share (const TpoModelSpec *spec)
{
  static const char *const names[] = {
    "text_encoder.transformer.layers.0.self_attn.q_proj.base_layer.weight",
    "text_encoder.transformer.layers.0.self_attn.v_proj.base_layer.weight",
  };
  double share = 0;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    const TpoTensorSpec *tensor = tpo_model_spec_find (spec, names[i]);
    gsize n = (gsize) tpo_shape_count (&tensor->shape);
    g_autofree float *matrix = tiny_values (tensor), *merged = tiny_values (tensor);
    double change = 0, whole = 0;

    add_adapter (spec, tensor, merged);
    for (gsize k = 0; k < n; k++) {
      change += pow ((double) merged[k] - (double) matrix[k], 2);
      whole += pow (matrix[k], 2);
    }
    share += sqrt (change / whole) / G_N_ELEMENTS (names);
  }
  return share;
}

/* Nothing is counted twice or left out, and heads in turn need less than all at once. */
static void
assert_memory (const TpoModelFile *file, TpoType matrix)
{
  guint64 held = 0;

  for (guint i = 0; i < file->n_parts; i++)
    held += file->parts[i].memory_size;
  g_assert_cmpuint (file->memory_size, ==, held + file->cache_size + file->activation_size);
  g_assert_cmpuint (file->least_memory_size, <, file->memory_size);
  /* 1024 + 200 positions, keys and values of 2 layers with 2 heads of 16, 4 bytes each beside F32 */
  g_assert_cmpuint (file->cache_size, ==, 1224 * 2 * 2 * 2 * 16 * (matrix == TPO_F32 ? 4 : 2));
}

static void
check_conversion (const TinyModel *model, TpoStorage storage, TpoType matrix,
                  gboolean is_merged)
{
  TpoConvertOptions options = { .storage = storage, .keep_adapters = !is_merged };
  TpoConvertReport report;
  g_autoptr (TpoModelSpec) spec = tpo_model_spec_new (model->metadata, TINY_ALL, NULL);
  g_autoptr (TpoWeights) weights = NULL;
  g_autoptr (TpoTokenizer) tokenizer = NULL;
  g_autoptr (TpoModelFile) file = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (tpo_convert (model->folder, model->output, &options, &report, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (report.n_written + report.n_merged + report.unused->len, ==,
                    tpo_model_spec_get_n (spec));
  g_assert_cmpuint (report.n_merged, ==, is_merged ? 2 * (2 * 7 + 1) + 2 * 2 : 0);
  g_assert_cmpuint (report.unused->len, ==, 37);
  g_assert_cmpfloat_with_epsilon (report.text_adapter_share,
                                  is_merged ? expected_share (spec) : 0, 1e-6);
  g_assert_cmpuint (report.widened->len, ==, matrix == TPO_F32 ? 0 : 1);
  weights = tpo_weights_open (model->output, &error);
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
  file = tpo_model_file_load (model->output, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (file->problem, ==, NULL);
  g_assert_cmpuint (file->n_parts, ==, TPO_COMPONENT_COUNT);
  g_assert_cmpuint (file->n_parameters, ==, report.n_elements);
  g_assert_cmpuint (file->size, ==, report.size);
  g_assert_true (file->has_region && file->has_temporal && file->has_mask);
  g_assert_cmpstr (file->version, ==, "1.2");
  g_assert_cmpuint (strlen (file->hash), ==, 12);
  g_assert_cmpuint (file->file_size, >, file->size);
  g_assert_cmpuint (file->memory_size, >, file->size);
  assert_memory (file, matrix);
  tpo_convert_report_clear (&report);
}

static void
test_merged (TinyModel *model, gconstpointer data)
{
  check_conversion (model, TPO_STORAGE_F32, TPO_F32, TRUE);
  check_conversion (model, TPO_STORAGE_F16, TPO_F16, TRUE);
  check_conversion (model, TPO_STORAGE_Q8_0, TPO_Q8_0, TRUE);
  check_conversion (model, TPO_STORAGE_Q4_0, TPO_Q4_0, TRUE);
}

static void
test_kept (TinyModel *model, gconstpointer data)
{
  check_conversion (model, TPO_STORAGE_F16, TPO_F16, FALSE);
}

/* A file of ours can be stored in another way later. */
static void
test_again (TinyModel *model, gconstpointer data)
{
  TpoConvertOptions options = { .storage = TPO_STORAGE_F32 };
  g_autofree char *second = tiny_path (model, "model.safetensors"); /* removed in the end */
  g_autoptr (TpoModelFile) file = NULL;
  TpoConvertReport report;

  g_assert_true (tpo_convert (model->folder, model->output, &options, &report, NULL));
  tpo_convert_report_clear (&report);
  options.storage = TPO_STORAGE_Q8_0;
  g_assert_true (tpo_convert (model->output, second, &options, &report, NULL));
  tpo_convert_report_clear (&report);
  file = tpo_model_file_load (second, NULL);
  g_assert_cmpstr (file->problem, ==, NULL);
  g_assert_cmpstr (file->name, ==, "Tiny");
}

static void
assert_refused (const TinyModel *model, TpoConvertOptions *options, GQuark domain, gint code,
                const char *message)
{
  TpoConvertReport report;
  g_autofree char *content = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (model->output, "old", -1, NULL));
  g_assert_false (tpo_convert (model->folder, model->output, options, &report, &error));
  g_assert_error (error, domain, code);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, message));
  g_assert_true (g_file_get_contents (model->output, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, "old");
  tpo_convert_report_clear (&report);
}

static void
test_refused (TinyModel *model, gconstpointer data)
{
  TpoConvertOptions options = { 0 };
  g_autofree char *added = tiny_path (model, "added_tokens.json");

  tiny_write (model, "cg_model.query_embed.weight", "");
  assert_refused (model, &options, TPO_ERROR, TPO_ERROR_FORMAT,
                  "missing tensors (1): cg_model.query_embed.weight");
  tiny_write (model, "box_token", "");
  assert_refused (model, &options, TPO_ERROR, TPO_ERROR_FORMAT,
                  "missing tensors (1): box_token");
  tiny_write (model, NULL,
              ",\"strange\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}");
  assert_refused (model, &options, TPO_ERROR, TPO_ERROR_FORMAT, "strange");
  tiny_write (model, "vision_layernorm.bias",
              ",\"vision_layernorm.bias\":{\"dtype\":\"F32\",\"shape\":[0],"
              "\"data_offsets\":[0,0]}");
  assert_refused (model, &options, TPO_ERROR, TPO_ERROR_SHAPE, "vision_layernorm.bias");
  tiny_write (model, NULL, "");
  g_assert_true (g_file_set_contents (added, "{\"<a>\": 421}", -1, NULL));
  assert_refused (model, &options, TPO_ERROR, TPO_ERROR_FORMAT, "no token has the id 420");
}

/* A disk that is full from the first byte on: the unfinished file is one. */
static void
test_full_disk (TinyModel *model, gconstpointer data)
{
  TpoConvertOptions options = { 0 };
  g_autofree char *part = tiny_path (model, "out.gguf.part");

  g_assert_cmpint (symlink ("/dev/full", part), ==, 0);
  assert_refused (model, &options, TPO_ERROR, TPO_ERROR_IO, g_strerror (ENOSPC));
  g_assert_false (g_file_test (part, G_FILE_TEST_IS_SYMLINK));
}

static void
cancel_soon (double done, const char *step, gpointer data)
{
  g_assert_cmpfloat (done, <=, 1);
  g_cancellable_cancel (data);
}

static void
test_cancelled (TinyModel *model, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  TpoConvertOptions options = { .progress = cancel_soon,
                                .progress_data = cancellable,
                                .cancellable = cancellable };

  assert_refused (model, &options, G_IO_ERROR, G_IO_ERROR_CANCELLED, "");
}

static void
test_index (TinyModel *model, gconstpointer data)
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
  g_autofree char *path = tiny_path (model, "model.safetensors.index.json");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_true (g_file_set_contents (path, cases[i].index, -1, NULL));
    g_assert_null (tpo_weights_open (model->folder, &error));
    g_test_message ("%s", error->message);
    g_assert_nonnull (strstr (error->message, cases[i].message));
  }
  g_unlink (path);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/convert/merged", TinyModel, NULL, tiny_set_up, test_merged, tiny_tear_down);
  g_test_add ("/convert/kept", TinyModel, NULL, tiny_set_up, test_kept, tiny_tear_down);
  g_test_add ("/convert/again", TinyModel, NULL, tiny_set_up, test_again, tiny_tear_down);
  g_test_add ("/convert/refused", TinyModel, NULL, tiny_set_up, test_refused, tiny_tear_down);
  g_test_add ("/convert/full-disk", TinyModel, NULL, tiny_set_up, test_full_disk,
              tiny_tear_down);
  g_test_add ("/convert/cancelled", TinyModel, NULL, tiny_set_up, test_cancelled,
              tiny_tear_down);
  g_test_add ("/convert/index", TinyModel, NULL, tiny_set_up, test_index, tiny_tear_down);
  return g_test_run ();
}
