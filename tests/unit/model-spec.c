#include "io/model-spec.h"

#include <string.h>

#include <tpo/error.h>

/* Settings of a published model: a config.json that leaves everything out. */
static TpoMetadata *
published_as (const char *text)
{
  g_autoptr (TpoJson) config = tpo_json_parse (text, strlen (text), "config.json", NULL);
  g_autoptr (GError) error = NULL;
  TpoMetadata *metadata = tpo_metadata_new ();

  g_assert_true (tpo_model_config_from_json (tpo_json_root (config), "config.json", ~0u,
                                             metadata, &error));
  g_assert_no_error (error);
  return metadata;
}

static TpoMetadata *
published (void)
{
  return published_as ("{\"model_config\": {}}");
}

static TpoModelSpec *
make (const TpoMetadata *metadata, guint components)
{
  g_autoptr (GError) error = NULL;
  TpoModelSpec *spec = tpo_model_spec_new (metadata, components, &error);

  g_assert_no_error (error);
  return spec;
}

/* Counts of tensors and elements as listed for the published files. */
static void
test_published (void)
{
  static const struct {
    TpoComponent component;
    guint n_tensors;
    guint64 n_elements;
  } parts[] = {
    { TPO_COMPONENT_LLM, 741, 7241789440 + 42520688 },
    { TPO_COMPONENT_VISION, 303, 290477056 + 2048 },
    { TPO_COMPONENT_BRIDGE, 337, 182121728 + 24576 + 49152 + 3149824 + 3146496 + 12587008 },
    { TPO_COMPONENT_HEADS, 27,
      8402944 + 8398852 + 19927808 + 16797700 + 16789506 + 16785409 + 3 * 4096 },
    { TPO_COMPONENT_TEMPORAL, 286, 13953835 + 2 },
    { TPO_COMPONENT_MASK, 900, 224430386 },
  };
  g_autoptr (TpoMetadata) metadata = published ();
  guint n_tensors = 0;
  guint64 n_elements = 0;

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    g_autoptr (TpoModelSpec) spec = make (metadata, 1u << parts[i].component);
    guint64 n = 0;

    for (guint k = 0; k < tpo_model_spec_get_n (spec); k++)
      n += (guint64) tpo_shape_count (&tpo_model_spec_get (spec, k)->shape);
    g_assert_cmpuint (tpo_model_spec_get_n (spec), ==, parts[i].n_tensors);
    g_assert_cmpuint (n, ==, parts[i].n_elements);
    n_tensors += parts[i].n_tensors;
    n_elements += n;
  }
  g_assert_cmpuint (n_tensors, ==, 2594);
  g_assert_cmpuint (n_elements, ==, 8101366746);
}

static void
test_clip (void)
{
  g_autoptr (TpoMetadata) metadata = published ();
  g_autoptr (TpoModelSpec) spec = NULL;
  guint64 n = 0;

  tpo_metadata_set_u32 (metadata, TPO_ARCHITECTURE ".clip.vision.stored_frames", 8);
  spec = make (metadata, 1u << TPO_COMPONENT_CLIP_VISION);
  for (guint i = 0; i < tpo_model_spec_get_n (spec); i++) {
    if (tpo_model_spec_get (spec, i)->use == TPO_USE_INFERENCE)
      n += (guint64) tpo_shape_count (&tpo_model_spec_get (spec, i)->shape);
  }
  g_assert_cmpuint (tpo_model_spec_get_n (spec), ==, 538 + 1);
  g_assert_cmpuint (n, ==, 1020708608);
}

/* The sums are those of the published Qwen2-7B and of SigLIP so400m with all its layers and its head. */
static void
test_llava (void)
{
  static const struct {
    TpoComponent component;
    guint n_tensors;
    guint64 n_elements;
  } parts[] = {
    { TPO_COMPONENT_LLM, 339, 7615616512 },
    { TPO_COMPONENT_VISION, 448, 428225600 },
    { TPO_COMPONENT_BRIDGE, 5, 1152 * 3584 + 3584 * 3584 + 3 * 3584 },
  };
  g_autoptr (TpoMetadata) metadata =
      published_as ("{\"mm_projector_type\": \"mlp2x_gelu\", \"hidden_size\": 3584}");
  g_autoptr (TpoModelSpec) spec = make (metadata, (1u << TPO_COMPONENT_COUNT) - 1);
  const TpoTensorSpec *tensor;

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    guint n_tensors = 0;
    guint64 n_elements = 0;

    for (guint k = 0; k < tpo_model_spec_get_n (spec); k++) {
      tensor = tpo_model_spec_get (spec, k);
      if (tensor->component != parts[i].component)
        continue;
      n_tensors++;
      n_elements += (guint64) tpo_shape_count (&tensor->shape);
    }
    g_assert_cmpuint (n_tensors, ==, parts[i].n_tensors);
    g_assert_cmpuint (n_elements, ==, parts[i].n_elements);
  }
  tensor = tpo_model_spec_find (spec, "loc_decoder.0.weight");
  g_assert_true (tpo_shape_equal (&tensor->shape, &TPO_SHAPE (1792, 3584)));
  tensor = tpo_model_spec_find (spec, "temporal_proj.weight");
  g_assert_true (tpo_shape_equal (&tensor->shape, &TPO_SHAPE (4096, 3584)));
  tensor =
      tpo_model_spec_find (spec, "vision_tower.vision_model.encoder.layers.26.mlp.fc1.bias");
  g_assert_cmpint (tensor->use, ==, TPO_USE_NONE);
  g_assert_nonnull (
      tpo_model_spec_find (spec, "lm.base_model.model.model.layers.27.self_attn.k_proj.bias"));
}

/* What LLaVA can be told to do otherwise is refused, not done wrong. */
static void
test_llava_unsupported (void)
{
  static const char *const cases[][2] = {
    { "{\"mm_projector_type\": \"linear\"}", "mm_projector_type" },
    { "{\"mm_projector_type\": 2}", "mm_projector_type" },
    { "{\"mm_projector_type\": \"mlp2x_gelu\", \"mm_spatial_pool_mode\": \"max\"}",
      "mm_spatial_pool_mode" },
    { "{\"mm_projector_type\": \"mlp2x_gelu\", \"mm_newline_position\": \"grid\"}",
      "mm_newline_position" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (TpoJson) config =
        tpo_json_parse (cases[i][0], strlen (cases[i][0]), "config.json", NULL);
    g_autoptr (TpoMetadata) metadata = tpo_metadata_new ();
    g_autoptr (GError) error = NULL;

    g_assert_false (tpo_model_config_from_json (tpo_json_root (config), "config.json", 0,
                                                metadata, &error));
    g_assert_error (error, TPO_ERROR, TPO_ERROR_UNSUPPORTED);
    g_assert_nonnull (strstr (error->message, cases[i][1]));
  }
}

static void
test_names (void)
{
  g_autoptr (TpoMetadata) metadata = published ();
  g_autoptr (TpoModelSpec) spec = make (metadata, (1u << TPO_COMPONENT_CLIP_VISION) - 1);
  const TpoTensorSpec *tensor;

  tensor = tpo_model_spec_find (spec, "sam.image_encoder.trunk.blocks.44.attn.qkv.weight");
  g_assert_true (tpo_shape_equal (&tensor->shape, &TPO_SHAPE (3456, 576)));
  tensor = tpo_model_spec_find (spec, "sam.image_encoder.trunk.blocks.44.attn.qkv.bias");
  g_assert_true (tpo_shape_equal (&tensor->shape, &TPO_SHAPE (3456)));
  tensor = tpo_model_spec_find (spec, "sam.sam_mask_decoder.output_upscaling.3.bias");
  g_assert_true (tpo_shape_equal (&tensor->shape, &TPO_SHAPE (32)));
  tensor = tpo_model_spec_find (spec, "vision_encoder.encoder.patch_embed.proj.weight");
  g_assert_true (tpo_shape_equal (&tensor->shape, &TPO_SHAPE (1024, 3, 1, 16, 16)));
  g_assert_nonnull (tpo_model_spec_find (
      spec, "qformer.bert.encoder.layer.10.crossattention.self.key.weight"));
  g_assert_null (tpo_model_spec_find (
      spec, "qformer.bert.encoder.layer.9.crossattention.self.key.weight"));
  g_assert_null (tpo_model_spec_find (spec, "vision_encoder.encoder.blocks.23.norm1.weight"));
  tensor = tpo_model_spec_find (spec, "lm.base_model.model.lm_head.weight");
  g_assert_cmpstr (tensor->name, ==, "lm.base_model.model.lm_head.base_layer.weight");
  tensor = tpo_model_spec_find (spec, "project_down.bias");
  g_assert_cmpint (tensor->use, ==, TPO_USE_NONE);
  g_assert_nonnull (tensor->reason);
}

/* Every setting of a type or range that cannot be is refused by name. */
static void
test_bad_settings (void)
{
  static const struct {
    const char *json;
    const char *name;
  } cases[] = {
    { "{}", "model_config" },
    { "{\"model_config\": []}", "model_config" },
    { "{\"model_config\": {\"llm\": {\"hidden_size\": \"big\"}}}", "llm.hidden_size" },
    { "{\"model_config\": {\"llm\": {\"hidden_size\": -1}}}", "llm.hidden_size" },
    { "{\"model_config\": {\"llm\": {\"rope_theta\": 1e300}}}", "llm.rope_theta" },
    { "{\"model_config\": {\"sam\": {\"stages\": [1, \"x\"]}}}", "sam.stages" },
    { "{\"model_config\": {\"sam\": {\"stages\": [1, 2]}}}", "sam.stages" },
    { "{\"model_config\": {\"llm\": {\"num_hidden_layers\": 2000000}}}", "num_hidden_layers" },
    { "{\"model_config\": {\"llm\": {\"num_attention_heads\": 0}}}", "heads" },
    { "{\"model_config\": {\"vision_encoder\": {\"return_index\": -99}}}", "return_index" },
    { "{\"model_config\": {\"vision_encoder\": {\"mlp_ratio\": -1}}}", "mlp_ratio" },
    { "{\"mm_projector_type\": \"mlp2x_gelu\", \"hidden_size\": []}", "hidden_size" },
    { "{\"mm_projector_type\": \"mlp2x_gelu\", \"mm_vision_select_layer\": -40}",
      "return_index" },
    { "{\"mm_projector_type\": \"mlp2x_gelu\", \"vision_config\": {\"image_size\": 5000}}",
      "img_size" },
    { "{\"model_config\": {\"bridge\": {\"qformer_cross_attention_freq\": 0}}}",
      "cross_attention_freq" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (TpoJson) config =
        tpo_json_parse (cases[i].json, strlen (cases[i].json), "config.json", NULL);
    g_autoptr (TpoMetadata) metadata = tpo_metadata_new ();
    g_autoptr (TpoModelSpec) spec = NULL;
    g_autoptr (GError) error = NULL;

    if (tpo_model_config_from_json (tpo_json_root (config), "config.json", ~0u, metadata,
                                    &error))
      spec = tpo_model_spec_new (metadata, (1u << TPO_COMPONENT_COUNT) - 1, &error);
    g_assert_null (spec);
    g_assert_error (error, TPO_ERROR, TPO_ERROR_FORMAT);
    g_test_message ("%s", error->message);
    g_assert_nonnull (strstr (error->message, cases[i].name));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model-spec/published", test_published);
  g_test_add_func ("/model-spec/clip", test_clip);
  g_test_add_func ("/model-spec/names", test_names);
  g_test_add_func ("/model-spec/llava", test_llava);
  g_test_add_func ("/model-spec/llava-unsupported", test_llava_unsupported);
  g_test_add_func ("/model-spec/bad-settings", test_bad_settings);
  return g_test_run ();
}
