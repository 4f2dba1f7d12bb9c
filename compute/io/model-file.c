#include <tpo/model-file.h>

#include "io/model-spec.h"
#include "io/model-summary.h"

/* Parts of other architectures and tensors of no part come last. */
enum {
  OTHER = TPO_COMPONENT_COUNT,
  N_KINDS
};

enum {
  MAX_SHOWN = 8 /* elements of an array that is printed in full */
};

static void
count (TpoModelFile *self, const TpoWeights *weights, const TpoModelSpec *spec)
{
  TpoModelPart parts[N_KINDS] = { 0 };

  for (guint i = 0; i < tpo_weights_get_n (weights); i++) {
    const TpoWeight *weight = tpo_weights_get (weights, i);
    const TpoTensorSpec *tensor =
        spec != NULL ? tpo_model_spec_find (spec, weight->name) : NULL;
    TpoModelPart *part = &parts[tensor != NULL ? (guint) tensor->component : OTHER];
    guint64 n = (guint64) tpo_shape_count (&weight->shape);

    part->n_tensors++;
    part->n_parameters += n;
    part->size += weight->size;
    part->memory_size += tpo_model_held_size (weight);
    self->n_parameters += n;
    self->size += weight->size;
    self->tensor_size = MAX (self->tensor_size, weight->size);
  }
  self->n_tensors = tpo_weights_get_n (weights);
  self->parts = g_new0 (TpoModelPart, N_KINDS);
  for (guint i = 0; i < N_KINDS; i++) {
    if (parts[i].n_tensors == 0)
      continue;
    parts[i].name = i < OTHER ? tpo_component_name (i) : spec != NULL ? "other" : "tensors";
    self->parts[self->n_parts++] = parts[i];
  }
}

static void
list_tensors (TpoModelFile *self, const TpoWeights *weights)
{
  self->tensors = g_new0 (TpoModelTensor, MAX (self->n_tensors, 1));
  for (guint i = 0; i < self->n_tensors; i++) {
    const TpoWeight *weight = tpo_weights_get (weights, i);
    TpoModelTensor *tensor = &self->tensors[i];

    tensor->name = g_strdup (weight->name);
    tensor->type = tpo_type_name (weight->type);
    tensor->n_sizes = weight->shape.n;
    for (guint k = 0; k < weight->shape.n; k++)
      tensor->sizes[k] = weight->shape.dim[k];
    tensor->size = weight->size;
  }
}

static char *
value_to_text (const TpoValue *value)
{
  g_autoptr (GString) text = g_string_new (NULL);
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  if (value->n > MAX_SHOWN)
    return g_strdup_printf ("%" G_GSIZE_FORMAT " values", value->n);
  for (gsize i = 0; i < value->n; i++) {
    g_string_append (text, i > 0 ? ", " : "");
    if (value->type == TPO_VALUE_STRING)
      g_string_append (text, value->strings[i]);
    else if (tpo_value_is_real (value))
      g_string_append (text, g_ascii_formatd (number, sizeof number, "%g", value->reals[i]));
    else if (value->type == TPO_VALUE_BOOL)
      g_string_append (text, value->ints[i] != 0 ? "true" : "false");
    else
      g_string_append_printf (text, "%" G_GINT64_FORMAT, value->ints[i]);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
list_settings (TpoModelFile *self, const TpoMetadata *metadata)
{
  self->n_settings = tpo_metadata_get_n (metadata);
  self->settings = g_new0 (TpoModelSetting, MAX (self->n_settings, 1));
  for (guint i = 0; i < self->n_settings; i++) {
    self->settings[i].key = g_strdup (tpo_metadata_get_key (metadata, i));
    self->settings[i].value = value_to_text (tpo_metadata_get_value (metadata, i));
  }
}

/* What only a VideoChat-TPO model has. */
static void
summarise (TpoModelFile *self, const TpoWeights *weights)
{
  guint heads = tpo_model_heads (weights);
  TpoModelMemory memory;

  self->has_region = (heads & TPO_MODEL_HEAD_REGION) != 0;
  self->has_temporal = (heads & TPO_MODEL_HEAD_TEMPORAL) != 0;
  self->has_mask = (heads & TPO_MODEL_HEAD_MASK) != 0;
  tpo_model_memory (weights, &memory);
  self->memory_size = tpo_model_memory_all (&memory);
  self->least_memory_size = tpo_model_memory_least (&memory);
  self->cache_size = memory.cache;
  self->activation_size = memory.activations + memory.mask;
}

/* A mask head can be alone in a file; everything else needs the parts that answer questions. */
static TpoModelSpec *
new_spec (const TpoWeights *weights, GError **error)
{
  static const guint needed = 1u << TPO_COMPONENT_LLM | 1u << TPO_COMPONENT_VISION |
                              1u << TPO_COMPONENT_BRIDGE | 1u << TPO_COMPONENT_HEADS;
  guint found = tpo_model_components (weights);

  if (found != 1u << TPO_COMPONENT_MASK)
    found |= needed;
  return tpo_model_spec_new (tpo_weights_get_metadata (weights), found, error);
}

TpoModelFile *
tpo_model_file_load (const char *path, GError **error)
{
  g_autoptr (TpoWeights) weights = tpo_weights_open (path, error);
  g_autoptr (TpoModelSpec) spec = NULL;
  g_autoptr (GError) problem = NULL;
  const TpoMetadata *metadata;
  TpoModelFile *self;
  const char *architecture;

  if (weights == NULL)
    return NULL;
  metadata = tpo_weights_get_metadata (weights);
  architecture = tpo_metadata_find_string (metadata, "general.architecture");
  self = g_new0 (TpoModelFile, 1);
  self->path = g_strdup (path);
  if (architecture == NULL) /* a file of test data names its module */
    architecture = tpo_metadata_find_string (metadata, "module");
  self->architecture = g_strdup (architecture != NULL ? architecture : "unknown");
  self->name = g_strdup (tpo_metadata_find_string (metadata, "general.name"));
  self->description = g_strdup (tpo_metadata_find_string (metadata, "general.description"));
  self->version = g_strdup (tpo_metadata_find_string (metadata, "general.version"));
  if (g_strcmp0 (architecture, TPO_ARCHITECTURE) == 0) {
    spec = new_spec (weights, &problem);
    if (spec == NULL || !tpo_model_spec_check (spec, weights, &problem))
      self->problem = g_strdup (problem->message);
    summarise (self, weights);
  }
  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    self->hash = tpo_model_hash (path, &self->file_size, NULL); /* unreadable: none */
  count (self, weights, spec);
  list_tensors (self, weights);
  list_settings (self, metadata);
  return self;
}

void
tpo_model_file_free (TpoModelFile *self)
{
  for (guint i = 0; i < self->n_tensors; i++)
    g_free (self->tensors[i].name);
  for (guint i = 0; i < self->n_settings; i++) {
    g_free (self->settings[i].key);
    g_free (self->settings[i].value);
  }
  g_free (self->tensors);
  g_free (self->settings);
  g_free (self->path);
  g_free (self->architecture);
  g_free (self->name);
  g_free (self->description);
  g_free (self->parts);
  g_free (self->problem);
  g_free (self->version);
  g_free (self->hash);
  g_free (self);
}
