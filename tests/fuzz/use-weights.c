#include "use-weights.h"

#include <string.h>

#include "io/model-spec.h"
#include "io/quantize.h"
#include "io/tokenizer.h"

/* A file can name a huge tensor only by having its bytes, except where blocks are dense. */
enum {
  MAX_ELEMENTS = 1 << 20
};

void
use_weights (const TpoWeights *weights)
{
  const TpoMetadata *metadata = tpo_weights_get_metadata (weights);
  g_autoptr (TpoTokenizer) tokenizer = tpo_tokenizer_from_metadata (metadata, NULL);
  g_autoptr (TpoModelSpec) spec = NULL;
  double sum = 0;

  for (guint i = 0; i < tpo_weights_get_n (weights); i++) {
    const TpoWeight *weight = tpo_weights_get (weights, i);
    gint64 n = tpo_shape_count (&weight->shape);
    g_autofree float *values = NULL;

    g_assert (n >= 0 && tpo_shape_size (&weight->shape, weight->type) == (gint64) weight->size);
    g_assert (tpo_weights_find (weights, weight->name) == weight);
    if (n > MAX_ELEMENTS)
      continue;
    values = g_new (float, n + 1);
    tpo_numbers_read (weight->type, weight->bytes, (gsize) n, values);
    for (gint64 k = 0; k < n; k++)
      sum += values[k];
  }
  if (tpo_metadata_find (metadata, TPO_ARCHITECTURE ".llm.hidden_size") != NULL)
    spec = tpo_model_spec_new (metadata, tpo_model_components (weights), NULL);
  if (spec != NULL)
    tpo_model_spec_check (spec, weights, NULL);
  if (tokenizer != NULL) {
    g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint32));

    tpo_tokenizer_encode (tokenizer, "a [INST] b</s>\xff", 15, TPO_TOKENIZER_PARSE_ADDED, ids);
  }
  g_assert (sum != 1e-300); /* the sum is wanted */
}
