#pragma once

#include "io/model-config.h"

/** TpoTensorUse: who reads a tensor */
typedef enum {
  TPO_USE_INFERENCE, /* every such model must have it */
  TPO_USE_TRAINING,  /* only losses and fine-tuning */
  TPO_USE_NONE,      /* nobody; part of the published files for historical reasons */
} TpoTensorUse;

/** TpoTensorSpec: a tensor that a model of given settings has */
typedef struct {
  const char *name;
  TpoShape shape;
  TpoComponent component;
  TpoTensorUse use;
  const char *reason; /* (nullable): why it is not used in inference */
} TpoTensorSpec;

/**
 * TpoModelSpec: names, shapes and uses of all tensors of a VideoChat-TPO model, worked out from its
 * settings. The published settings give exactly the 2594 published names. Immutable.
 */
typedef struct _TpoModelSpec TpoModelSpec;

/**
 * tpo_model_spec_new:
 * @metadata: settings as listed in io/model-config.h
 * @components: bit 1 << TpoComponent for every part to be listed
 *
 * Names of language model adapters are listed if llm.lora_r > 0 and llm.lora_merged is false.
 *
 * Returns: (transfer full) (nullable): %NULL with TPO_ERROR_FORMAT, naming the setting
 */
TpoModelSpec *tpo_model_spec_new (const TpoMetadata *metadata, guint components,
                                  GError **error);
void tpo_model_spec_free (TpoModelSpec *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoModelSpec, tpo_model_spec_free)

guint tpo_model_spec_get_n (const TpoModelSpec *self);
const TpoTensorSpec *tpo_model_spec_get (const TpoModelSpec *self, guint index);

/**
 * tpo_model_spec_find:
 *
 * Takes "X.weight" for "X.base_layer.weight" and the other way round, and so for biases, since
 * files differ in whether an adapted layer without its adapter keeps the wrapper's name.
 *
 * Returns: (nullable) (transfer none)
 */
const TpoTensorSpec *tpo_model_spec_find (const TpoModelSpec *self, const char *name);

/**
 * tpo_model_spec_check:
 *
 * Compares @weights with what a model of its settings must have.
 *
 * Returns: false with TPO_ERROR_FORMAT (missing or unknown tensors, the first few named) or
 *   TPO_ERROR_SHAPE (a wrong shape)
 */
gboolean tpo_model_spec_check (const TpoModelSpec *self, const TpoWeights *weights,
                               GError **error);
