#include <tpo/convert.h>
#include <tpo/model-file.h>

#include <string.h>

#include <glib/gstdio.h>

#include "../synth/sizes.h"
#include "../synth/torch-files.h"
#include "../synth/values.h"
#include "io/model-detect.h"
#include "io/quantize.h"
#include "tiny-model.h"

/* Parts of a model from files of their own. */

#define LAYER "text_encoder.transformer.layers.0.self_attn."

static TpoModelSpec *
part_spec (const TpoMetadata *metadata, TpoComponent component)
{
  g_autoptr (GError) error = NULL;
  TpoModelSpec *spec = tpo_model_spec_new (metadata, 1u << component, &error);

  g_assert_no_error (error);
  return spec;
}

/* Tensors of @spec that have names and shapes, but no numbers. */
static TpoWeights *
bare_weights (const TpoModelSpec *spec)
{
  TpoWeights *weights = tpo_weights_new ("bare");

  for (guint i = 0; i < tpo_model_spec_get_n (spec); i++) {
    const TpoTensorSpec *tensor = tpo_model_spec_get (spec, i);
    TpoWeight weight = { .name = tensor->name, .shape = tensor->shape };

    g_assert_true (tpo_weights_add (weights, &weight, NULL));
  }
  return weights;
}

/* The settings found are those that the tensors were made by. */
static void
assert_detected (const TpoMetadata *settings, TpoComponent component)
{
  g_autoptr (TpoModelSpec) spec = part_spec (settings, component);
  g_autoptr (TpoWeights) weights = bare_weights (spec);
  g_autoptr (TpoMetadata) found = tpo_metadata_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (tpo_model_detect (weights, component, found, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (tpo_metadata_get_n (found), ==, tpo_metadata_get_n (settings));
  for (guint i = 0; i < tpo_metadata_get_n (settings); i++) {
    const char *key = tpo_metadata_get_key (settings, i);
    const TpoValue *expected = tpo_metadata_get_value (settings, i);
    const TpoValue *value = tpo_metadata_find (found, key);

    g_assert_nonnull (value);
    g_assert_cmpuint (value->n, ==, expected->n);
    if (value->type == TPO_VALUE_STRING)
      g_assert_cmpstr (value->strings[0], ==, expected->strings[0]);
    else if (memcmp (value->ints, expected->ints, value->n * sizeof (gint64)) != 0)
      g_error ("%s differs", key);
  }
}

static void
test_sam_sizes (void)
{
  for (guint i = 0; i < 2 * SAM_N_SIZES; i++) {
    const SamSize *size = &sam_sizes[i / 2];
    guint is_2_1 = i % 2;
    g_autoptr (TpoMetadata) settings = sam_settings (size, is_2_1);
    g_autoptr (TpoModelSpec) spec = part_spec (settings, TPO_COMPONENT_MASK);
    guint64 n = 0;

    for (guint k = 0; k < tpo_model_spec_get_n (spec); k++)
      n += (guint64) tpo_shape_count (&tpo_model_spec_get (spec, k)->shape);
    g_assert_cmpuint (tpo_model_spec_get_n (spec), ==, size->n_tensors + 3 * is_2_1);
    g_assert_cmpuint (n, ==, size->n_elements + 16512 * is_2_1);
    assert_detected (settings, TPO_COMPONENT_MASK);
  }
}

static void
test_clip_sizes (void)
{
  static const struct {
    guint width, depth, n_heads, mlp;
  } sizes[] = { { 1408, 40, 16, 6144 }, { 3200, 48, 25, 12800 } };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (sizes); i++) {
    g_autoptr (TpoMetadata) settings = tpo_metadata_new ();

    tpo_model_config_published (TPO_COMPONENT_CLIP_VISION, settings);
#define SET(key, value) \
  tpo_metadata_set_u32 (settings, TPO_ARCHITECTURE ".clip.vision." key, value)
    SET ("embed_dim", sizes[i / 2].width);
    SET ("depth", sizes[i / 2].depth);
    SET ("num_heads", sizes[i / 2].n_heads);
    SET ("mlp_hidden", sizes[i / 2].mlp);
    SET ("stored_frames", i % 2 ? 8 : 4);
#undef SET
    assert_detected (settings, TPO_COMPONENT_CLIP_VISION);
  }
}

static void
test_text_sizes (void)
{
  for (guint rank = 0; rank <= 16; rank += 8) {
    g_autoptr (TpoMetadata) settings = tpo_metadata_new ();

    tpo_model_config_published (TPO_COMPONENT_CLIP_TEXT, settings);
    tpo_metadata_set_u32 (settings, TPO_ARCHITECTURE ".clip.text.lora_r", rank);
    assert_detected (settings, TPO_COMPONENT_CLIP_TEXT);
  }
}

/* ---- conversion ------------------------------------------------------------------------------ */

typedef struct {
  TinyModel tiny;
  char *stage2, *difference, *text, *mask;
} Files;

static char *
keep (const char *name)
{
  return g_strdup (name);
}

static char *
without_wrapper (const char *name)
{
  g_autoptr (GString) text = g_string_new (name);

  g_string_replace (text, "text_encoder.", "", 1);
  g_string_replace (text, ".base_layer", "", 1);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
only_projector (const char *name)
{
  return strstr (name, "clip_projector") != NULL ? g_strdup (name) : NULL;
}

static char *
without_sam (const char *name)
{
  return g_strdup (name + strlen ("sam."));
}

static void
files_set_up (Files *files, gconstpointer data)
{
  static const guint clip = 1u << TPO_COMPONENT_CLIP_VISION | 1u << TPO_COMPONENT_CLIP_TEXT;
  TinyModel *tiny = &files->tiny;
  g_autoptr (TpoModelSpec) all = NULL, vision = NULL, text = NULL;
  g_autofree char *old_clip = NULL;

  tiny_set_up (tiny, data);
  all = tpo_model_spec_new (tiny->metadata, clip, NULL);
  vision = part_spec (tiny->metadata, TPO_COMPONENT_CLIP_VISION);
  text = part_spec (tiny->metadata, TPO_COMPONENT_CLIP_TEXT);
  old_clip = tiny_path (tiny, "internvideo2-clip.safetensors");
  g_unlink (old_clip);
  files->stage2 = tiny_path (tiny, "stage2.pt");
  files->difference = tiny_path (tiny, "difference.pth");
  files->text = tiny_path (tiny, "text.pth");
  files->mask = tiny_path (tiny, "mask.pt");
  /* The file of the vision encoder also has a text encoder, which is another one. */
  g_assert_true (torch_file_write (files->stage2, "module", TPO_BF16, all, keep, NULL));
  g_assert_true (
      torch_file_write (files->difference, NULL, TPO_F32, vision, only_projector, NULL));
  g_assert_true (torch_file_write (files->text, NULL, TPO_F16, text, without_wrapper, NULL));
}

static void
files_tear_down (Files *files, gconstpointer data)
{
  char *paths[] = { files->stage2, files->difference, files->text, files->mask };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++) {
    g_unlink (paths[i]);
    g_free (paths[i]);
  }
  tiny_tear_down (&files->tiny, data);
}

/* What the tensor holds after it was stored as @type in a file of torch.save(). */
static void
assert_stored (const TpoWeights *weights, const char *name, TpoType type)
{
  const TpoWeight *weight = tpo_weights_find (weights, name);
  gsize n;
  g_autofree float *expected = NULL, *found = NULL;
  g_autofree guint8 *bytes = NULL;

  g_assert_nonnull (weight);
  g_assert_cmpint (weight->type, ==, TPO_F32);
  n = (gsize) tpo_shape_count (&weight->shape);
  expected = g_new (float, n);
  found = g_new (float, n);
  bytes = g_malloc (n * sizeof (float));
  synth_values (name, &weight->shape, 0, n, expected);
  tpo_numbers_write (type, expected, n, bytes);
  tpo_numbers_read (type, bytes, n, expected);
  tpo_numbers_read (TPO_F32, weight->bytes, n, found);
  g_assert_cmpmem (found, n * sizeof (float), expected, n * sizeof (float));
}

static gboolean
convert (Files *files, TpoConvertOptions *options, TpoConvertReport *report, GError **error)
{
  options->storage = TPO_STORAGE_F32;
  return tpo_convert (files->tiny.folder, files->tiny.output, options, report, error);
}

static void
test_encoders (Files *files, gconstpointer data)
{
  const char *clip[] = { files->stage2, files->difference, NULL };
  g_autofree char *tokenizer = tiny_path (&files->tiny, "tokenizer.model");
  TpoConvertOptions options = { .clip_paths = clip,
                                .text_path = files->text,
                                .text_tokenizer_path = tokenizer,
                                .keep_adapters = TRUE };
  TpoConvertReport report;
  g_autoptr (TpoWeights) weights = NULL;
  g_autoptr (TpoModelFile) file = NULL;
  g_autoptr (GError) error = NULL;

  convert (files, &options, &report, &error);
  g_assert_no_error (error);
  weights = tpo_weights_open (files->tiny.output, &error);
  g_assert_no_error (error);
  assert_stored (weights, "vision_encoder.blocks.0.attn.qkv.weight", TPO_BF16);
  assert_stored (weights, "vision_encoder.clip_projector.cross_attn.proj.weight", TPO_F32);
  assert_stored (weights, "text_encoder.transformer.norm.weight", TPO_F16);
  assert_stored (weights, LAYER "q_proj.lora_A.default.weight", TPO_F16);
  g_assert_nonnull (tpo_weights_find (weights, LAYER "q_proj.weight"));
  g_assert_nonnull (
      tpo_metadata_find (tpo_weights_get_metadata (weights), "tokenizer.tpo.clip_model"));
  file = tpo_model_file_load (files->tiny.output, &error);
  g_assert_cmpstr (file->problem, ==, NULL);
  g_assert_true (file->has_temporal);
  tpo_convert_report_clear (&report);
}

static gboolean
contains (const GPtrArray *lines, const char *line)
{
  return g_ptr_array_find_with_equal_func ((GPtrArray *) lines, line, g_str_equal, NULL);
}

/* Every name of every file is written, merged or listed. */
static void
test_accounts (Files *files, gconstpointer data)
{
  const char *clip[] = { files->stage2, files->difference, NULL };
  g_autofree char *tokenizer = tiny_path (&files->tiny, "tokenizer.model");
  TpoConvertOptions options = { .clip_paths = clip,
                                .text_path = files->text,
                                .text_tokenizer_path = tokenizer,
                                .skip_text_adapters = TRUE };
  const char *paths[] = { files->tiny.folder, files->stage2, files->difference, files->text };
  TpoConvertReport report;
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++) {
    g_autoptr (TpoWeights) weights = tpo_weights_open (paths[i], NULL);

    n += tpo_weights_get_n (weights);
  }
  g_assert_true (convert (files, &options, &report, NULL));
  g_assert_cmpuint (report.n_written + report.n_merged + report.unused->len, ==, n);
  g_assert_true (contains (report.unused, "vision_encoder.clip_projector.cross_attn.q.weight: "
                                          "replaced by a later file"));
  g_assert_true (contains (report.unused,
                           "text_encoder.transformer.norm.weight: another part of "
                           "the clip encoder's training"));
  g_assert_true (contains (report.unused,
                           "transformer.layers.0.self_attn.v_proj.lora_B.default.weight: "
                           "adapters of the query encoder are not wanted"));
  tpo_convert_report_clear (&report);
}

static void
assert_refused (Files *files, TpoConvertOptions *options, const char *source,
                const char *message)
{
  TpoConvertReport report;
  g_autoptr (GError) error = NULL;

  g_assert_false (tpo_convert (source, files->tiny.output, options, &report, &error));
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, message));
  g_assert_false (g_file_test (files->tiny.output, G_FILE_TEST_EXISTS));
  tpo_convert_report_clear (&report);
}

static void
test_refused (Files *files, gconstpointer data)
{
  const char *only_difference[] = { files->difference, NULL };
  g_autoptr (TpoModelSpec) mask = part_spec (files->tiny.metadata, TPO_COMPONENT_MASK);
  g_autofree char *elsewhere = g_build_filename (files->tiny.folder, "encoder", NULL);
  g_autofree char *moved = g_build_filename (elsewhere, "text.pth", NULL);

  assert_refused (files, &(TpoConvertOptions){ .clip_paths = only_difference },
                  files->tiny.folder, "holds no clip encoder");
  assert_refused (files, &(TpoConvertOptions){ .text_path = files->tiny.folder },
                  files->tiny.folder, "several files of weights");
  assert_refused (
      files,
      &(TpoConvertOptions){ .text_path = files->text, .text_tokenizer_path = files->text },
      files->tiny.folder, files->text);
  g_assert_cmpint (g_mkdir (elsewhere, 0777), ==, 0);
  g_assert_cmpint (g_rename (files->text, moved), ==, 0);
  assert_refused (files, &(TpoConvertOptions){ .text_path = moved }, files->tiny.folder,
                  "no tokenizer.model beside it");
  g_unlink (moved);
  assert_refused (files, &(TpoConvertOptions){ .text_path = elsewhere }, files->tiny.folder,
                  "no file of weights");
  g_rmdir (elsewhere);
  g_assert_true (torch_file_write (files->mask, "model", TPO_F32, mask, without_sam, NULL));
  assert_refused (files, &(TpoConvertOptions){ .mask_path = files->mask }, NULL,
                  "none of the four sizes of SAM 2");
}

/* A mask head of the published width beside a language model whose adapter is narrower, then the
 * mask head alone. */
static void
test_mask (Files *files, gconstpointer data)
{
  g_autoptr (TpoMetadata) settings = sam_settings (&sam_sizes[0], TRUE);
  g_autoptr (TpoModelSpec) spec = part_spec (settings, TPO_COMPONENT_MASK);
  TpoConvertOptions options = { .mask_path = files->mask };
  TpoConvertReport report;
  g_autoptr (TpoModelFile) file = NULL, alone = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (torch_file_write (files->mask, "model", TPO_F32, spec, without_sam, NULL));
  g_assert_true (
      tpo_convert (files->tiny.folder, files->tiny.output, &options, &report, &error));
  g_assert_no_error (error);
  g_assert_true (contains (report.unused, "sam.no_mem_embed: replaced by another file"));
  g_assert_true (contains (report.unused,
                           "track_embed.layers.1.weight: made for a mask head of "
                           "another width"));
  tpo_convert_report_clear (&report);
  file = tpo_model_file_load (files->tiny.output, &error);
  g_assert_cmpstr (file->problem, ==, NULL);
  g_assert_true (file->has_mask);

  g_assert_true (tpo_convert (NULL, files->tiny.output, &options, &report, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (report.n_written, ==, sam_sizes[0].n_tensors + 3);
  tpo_convert_report_clear (&report);
  alone = tpo_model_file_load (files->tiny.output, &error);
  g_assert_cmpstr (alone->problem, ==, NULL);
  g_assert_cmpuint (alone->n_parts, ==, 1);
  g_assert_cmpuint (alone->n_parameters, ==, sam_sizes[0].n_elements + 16512);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sources/sam-sizes", test_sam_sizes);
  g_test_add_func ("/sources/clip-sizes", test_clip_sizes);
  g_test_add_func ("/sources/text-sizes", test_text_sizes);
  g_test_add ("/sources/encoders", Files, NULL, files_set_up, test_encoders, files_tear_down);
  g_test_add ("/sources/accounts", Files, NULL, files_set_up, test_accounts, files_tear_down);
  g_test_add ("/sources/refused", Files, NULL, files_set_up, test_refused, files_tear_down);
  g_test_add ("/sources/mask", Files, NULL, files_set_up, test_mask, files_tear_down);
  return g_test_run ();
}
