#include "config.h"

#include "nn/ops-common.h"

typedef struct {
  guint32 n;
  guint32 n_seen;
  float penalty;
  float inv_temperature;
} WeightsParams;

typedef struct {
  guint32 n;
  float top_p;
} SampleParams;

G_STATIC_ASSERT (sizeof (WeightsParams) == 16);

/* Penalised logits, or with @temperature > 0 their exponentials; see sample_weights.comp. */
static TpoTensor *
add_weights (TpoGraph *g, TpoTensor *logits, TpoTensor *seen, float penalty, float temperature)
{
  WeightsParams params = {
    .n = (guint32) tpo_tensor_count (logits),
    .n_seen = seen != NULL ? (guint32) tpo_tensor_count (seen) : 0,
    .penalty = penalty,
    .inv_temperature = temperature > 0 ? 1 / temperature : 1,
  };
  TpoNodeDesc node = {
    .op = TPO_OP_SAMPLE_WEIGHTS,
    .operands = { logits, seen },
    .params = &params,
    .spec = { temperature > 0 },
  };

  return tpo_graph_add (g, &node, TPO_F32, *tpo_tensor_get_shape (logits));
}

TpoTensor *
tpo_sample (TpoGraph *g, TpoTensor *logits, TpoTensor *seen, TpoTensor *uniform,
            const TpoSampling *params)
{
  float penalty = params->repetition_penalty > 0 ? params->repetition_penalty : 1;
  gboolean is_penalised = penalty != 1 && seen != NULL;
  SampleParams sample = {
    .n = (guint32) tpo_tensor_count (logits),
    .top_p = params->top_p > 0 ? params->top_p : 1,
  };
  TpoNodeDesc node = { .op = TPO_OP_SAMPLE, .params = &sample };

  if (!tpo_graph_check_count (g, TPO_OP_SAMPLE, logits) ||
      !tpo_graph_check (g, TPO_OP_SAMPLE,
                        tpo_tensor_get_type (logits) == TPO_F32 &&
                            tpo_tensor_rows (logits) == 1,
                        "the logits are not one row of f32") ||
      !tpo_graph_check (g, TPO_OP_SAMPLE, seen == NULL || tpo_tensor_get_type (seen) == TPO_I32,
                        "the ids seen are not i32"))
    return tpo_graph_nothing (g);
  if (!is_penalised)
    seen = NULL;
  if (!(params->temperature > 0))
    return tpo_argmax (g, is_penalised ? add_weights (g, logits, seen, penalty, 0) : logits);
  if (!tpo_graph_check (g, TPO_OP_SAMPLE,
                        tpo_tensor_get_type (uniform) == TPO_F32 &&
                            tpo_tensor_count (uniform) == 1,
                        "the random number is not one f32"))
    return tpo_graph_nothing (g);
  node.operands[0] = add_weights (g, logits, seen, penalty, params->temperature);
  node.operands[1] = uniform;
  return tpo_graph_add (g, &node, TPO_I32, TPO_SHAPE (1));
}
