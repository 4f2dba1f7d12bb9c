#include <math.h>

#include "models/cgdetr/weights.h"

/*
 * The comments follow the order of the reference: model.py (CGDETR.forward) and transformer.py of the
 * repository wjun0830/CGDETR. Norms come after the residual sums; dropout is off.
 */

static const float LN_EPS = 1e-5f;

/* Everything a pass shares. */
typedef struct {
  const TpoCgdetr *model;
  TpoGraph *g;
  TpoTaps *taps;
  guint n_clips;         /* valid ones */
  TpoTensor *video_pos;  /* [L, C] */
  TpoTensor *video_mask; /* (nullable) [L] */
  TpoTensor *key_mask;   /* (nullable) [dummies + W] */
  TpoTensor *keys;       /* [dummies + W, C]: dummies, then projected words */
  TpoTensor *keys_pos;   /* the same with positions added */
} Pass;

static TpoTensor *
norm (TpoGraph *g, TpoTensor *x, const TpoNorm *weights)
{
  return tpo_layer_norm (g, x, weights->w, weights->b, LN_EPS);
}

/* Additive mask that hides all but the first @n_valid of @count keys; NULL if there is nothing to
 * hide. */
static TpoTensor *
padding_mask (TpoGraph *g, const char *name, gint64 count, gint64 n_valid)
{
  g_autofree float *mask = NULL;

  if (n_valid == count)
    return NULL;
  mask = g_new0 (float, count);
  for (gint64 i = n_valid; i < count; i++)
    mask[i] = -INFINITY;
  return tpo_graph_constant (g, name, TPO_F32, TPO_SHAPE (count), mask);
}

static TpoTensor *
input_layers (const Pass *pass, TpoTensor *x, const TpoCgdetrInputLayers *layers,
              TpoTensor *type_code, const char *name)
{
  TpoGraph *g = pass->g;

  x = tpo_linear (g, norm (g, x, &layers->norm[0]), &layers->linear[0], TPO_ACT_RELU, NULL);
  x = tpo_linear (g, norm (g, x, &layers->norm[1]), &layers->linear[1], TPO_ACT_NONE, NULL);
  tpo_tap (pass->taps, g, x, "%s", name);
  return tpo_add (g, x, type_code);
}

/* Sine code of the running count of valid clips, scaled to a full turn. */
static TpoTensor *
clip_positions (const Pass *pass, gint64 n_rows)
{
  guint c = pass->model->config.hidden;
  g_autofree float *phase = g_new (float, n_rows);
  TpoTensor *tensor;

  for (gint64 i = 0; i < n_rows; i++)
    phase[i] = (float) (2.0 * G_PI * MIN (i + 1, pass->n_clips) / (pass->n_clips + 1e-6));
  tensor =
      tpo_graph_constant (pass->g, "clip positions", TPO_F32, TPO_SHAPE (n_rows, 1), phase);
  return tpo_sine_code (pass->g, tensor, c, 1.0f, 1e4f);
}

static TpoTensor *
feed_forward (TpoGraph *g, TpoTensor *x, const TpoCgdetrBlock *block)
{
  TpoTensor *h = tpo_linear (g, x, &block->linear1, TPO_ACT_NONE, NULL);

  return tpo_linear (g, tpo_prelu (g, h, block->slope), &block->linear2, TPO_ACT_NONE, NULL);
}

static TpoAttention
attention (const TpoCgdetr *self, gint64 head_width, TpoTensor *mask)
{
  return (TpoAttention){
    .n_heads = self->config.n_heads,
    .scale = 1.0f / sqrtf ((float) head_width),
    .mask = mask,
  };
}

static TpoTensor *
encoder_layer (const TpoCgdetr *self, TpoGraph *g, TpoTensor *x, TpoTensor *pos,
               TpoTensor *mask, const TpoCgdetrEncoderLayer *layer)
{
  TpoAttention params = attention (self, self->config.hidden / self->config.n_heads, mask);
  TpoTensor *placed = tpo_add (g, x, pos);
  TpoTensor *q = tpo_linear (g, placed, &layer->q, TPO_ACT_NONE, NULL);
  TpoTensor *k = tpo_linear (g, placed, &layer->k, TPO_ACT_NONE, NULL);
  TpoTensor *v = tpo_linear (g, x, &layer->v, TPO_ACT_NONE, NULL);
  TpoTensor *o = tpo_attention (g, q, k, v, &params);

  x = norm (g, tpo_linear (g, o, &layer->block.out, TPO_ACT_NONE, x), &layer->block.norm1);
  return norm (g, tpo_add (g, x, feed_forward (g, x, &layer->block)), &layer->block.norm2);
}

/* The second residual starts from the sum before norm1, as in the reference. */
static TpoTensor *
t2v_tail (TpoGraph *g, TpoTensor *sum, const TpoCgdetrBlock *block)
{
  TpoTensor *h = feed_forward (g, norm (g, sum, &block->norm1), block);

  return norm (g, tpo_add (g, sum, h), &block->norm2);
}

/*
 * Clips attend to dummies and words; what falls on dummies is lost. @weights: (out): attention
 * averaged over heads and layers, [L, dummies + W].
 */
static TpoTensor *
t2v_encoder (const Pass *pass, TpoTensor *video, TpoTensor **weights)
{
  const TpoCgdetr *self = pass->model;
  TpoGraph *g = pass->g;
  TpoAttention params =
      attention (self, self->config.hidden / self->config.n_heads, pass->key_mask);
  TpoTensor *sum = NULL;

  params.skip_values = self->config.n_dummies;
  for (guint i = 0; i < self->config.n_t2v; i++) {
    TpoTensor *q = tpo_add (g, video, pass->video_pos);
    TpoTensor *o = tpo_attention (g, q, pass->keys_pos, pass->keys, &params);
    TpoTensor *a =
        tpo_softmax_heads (g, q, pass->keys_pos, params.n_heads, params.scale, pass->key_mask);

    sum = i == 0 ? a : tpo_add (g, sum, a);
    video =
        t2v_tail (g, tpo_linear (g, o, &self->t2v[i].out, TPO_ACT_NONE, video), &self->t2v[i]);
  }
  *weights = tpo_scale (g, sum, 1.0f / self->config.n_t2v);
  return video;
}

/* How much of each clip's attention falls on words: [L, 1]. */
static TpoTensor *
word_attention (const Pass *pass, TpoTensor *weights)
{
  gint64 n_dummies = pass->model->config.n_dummies;
  gint64 n_words = tpo_tensor_dim (weights, -1) - n_dummies;
  TpoTensor *words = tpo_slice (pass->g, weights, 1, n_dummies, n_words);

  return tpo_reshape (pass->g, tpo_reduce (pass->g, words, 1, TPO_REDUCE_SUM),
                      TPO_SHAPE (tpo_tensor_dim (weights, 0), 1));
}

/*
 * The saliency token: the prompt that fits the clips best, each clip weighted by its attention to
 * words, plus the mean clip; then through the t2v layers with an empty key set, which leaves
 * only the bias of their output projections. @video: input of the t2v encoder. Returns [1, C].
 */
static TpoTensor *
saliency_token (const Pass *pass, TpoTensor *video, TpoTensor *words)
{
  const TpoCgdetr *self = pass->model;
  TpoGraph *g = pass->g;
  TpoTensor *valid = tpo_slice (g, video, 0, 0, pass->n_clips);
  TpoTensor *context = tpo_reduce (g, valid, 0, TPO_REDUCE_MEAN);
  TpoTensor *offset = tpo_binary (g, TPO_BINARY_SUB, valid, context);
  TpoTensor *cosine = tpo_matmul (g, tpo_l2_norm (g, offset, 1e-12f),
                                  tpo_l2_norm (g, self->prompt_token, 1e-12f));
  TpoTensor *fit = tpo_softmax (g, cosine, 1.0f); /* [valid, prompts] */
  TpoTensor *importance = tpo_slice (g, words, 0, 0, pass->n_clips);
  TpoTensor *total = tpo_reduce (g, importance, 0, TPO_REDUCE_SUM); /* [1] */
  TpoTensor *score, *best, *token;

  /* Mean over all rows of fit · importance / total · rows: the row count cancels. */
  importance = tpo_binary (g, TPO_BINARY_DIV, importance, total);
  score = tpo_reduce (g, tpo_mul (g, fit, importance), 0, TPO_REDUCE_SUM);
  best = tpo_argmax (g, tpo_reshape (g, score, TPO_SHAPE (1, self->config.n_prompts)));
  score = tpo_get_rows (g, tpo_reshape (g, score, TPO_SHAPE (self->config.n_prompts, 1)), best);
  token = tpo_mul (g, tpo_get_rows (g, self->prompt_token, best), score);
  token = tpo_add (g, token, context);
  for (guint i = 0; i < self->config.n_t2v; i++)
    token = t2v_tail (g, tpo_add (g, token, self->t2v[i].out.b), &self->t2v[i]);
  return token;
}

/* Heads of @a and @b side by side: per head [a_h | b_h]. */
static TpoTensor *
join_heads (TpoGraph *g, TpoTensor *a, TpoTensor *b, guint n_heads)
{
  gint64 n = tpo_tensor_dim (a, 0), c = tpo_tensor_dim (a, 1);
  TpoShape split = TPO_SHAPE (n, n_heads, c / n_heads);

  return tpo_reshape (g,
                      tpo_concat (g, tpo_reshape (g, a, split), tpo_reshape (g, b, split), 2),
                      TPO_SHAPE (n, 2 * c));
}

static TpoTensor *
decoder_self_attention (const TpoCgdetr *self, TpoGraph *g, TpoTensor *q, TpoTensor *q_pos,
                        const TpoCgdetrDecoderLayer *layer)
{
  TpoAttention params = attention (self, self->config.hidden / self->config.n_heads, NULL);
  TpoTensor *q_placed = tpo_linear (g, q_pos, &layer->sa_q_pos, TPO_ACT_NONE, NULL);
  TpoTensor *k_placed = tpo_linear (g, q_pos, &layer->sa_k_pos, TPO_ACT_NONE, NULL);
  TpoTensor *o =
      tpo_attention (g, tpo_linear (g, q, &layer->sa_q_content, TPO_ACT_NONE, q_placed),
                     tpo_linear (g, q, &layer->sa_k_content, TPO_ACT_NONE, k_placed),
                     tpo_linear (g, q, &layer->sa_v, TPO_ACT_NONE, NULL), &params);

  return norm (g, tpo_linear (g, o, &layer->block.out, TPO_ACT_NONE, q), &layer->block.norm1);
}

static TpoTensor *
decoder_cross_attention (const Pass *pass, TpoTensor *q, TpoTensor *q_pos, TpoTensor *sine,
                         TpoTensor *memory, gboolean is_first,
                         const TpoCgdetrDecoderLayer *layer)
{
  const TpoCgdetr *self = pass->model;
  TpoGraph *g = pass->g;
  guint n_heads = self->config.n_heads;
  TpoAttention params = attention (self, 2 * self->config.hidden / n_heads, pass->video_mask);
  TpoTensor *query = tpo_linear (g, q, &layer->ca_q_content, TPO_ACT_NONE, NULL);
  TpoTensor *key = tpo_linear (g, memory, &layer->ca_k_content, TPO_ACT_NONE, NULL);
  TpoTensor *key_pos = tpo_linear (g, pass->video_pos, &layer->ca_k_pos, TPO_ACT_NONE, NULL);
  TpoTensor *value = tpo_linear (g, memory, &layer->ca_v, TPO_ACT_NONE, NULL);
  TpoTensor *o;

  if (is_first) {
    query = tpo_linear (g, q_pos, &layer->ca_q_pos, TPO_ACT_NONE, query);
    key = tpo_add (g, key, key_pos);
  }
  sine = tpo_linear (g, sine, &layer->ca_q_sine, TPO_ACT_NONE, NULL);
  o = tpo_attention (g, join_heads (g, query, sine, n_heads),
                     join_heads (g, key, key_pos, n_heads), value, &params);
  return norm (g, tpo_linear (g, o, &layer->cross_out, TPO_ACT_NONE, q), &layer->block.norm2);
}

/* sigmoid (mlp (x) + inverse sigmoid (ref)): [Q, 2]. */
static TpoTensor *
refine (TpoGraph *g, TpoTensor *x, const TpoLinear *mlp, TpoTensor *ref)
{
  TpoTensor *logit = tpo_unary (g, ref, TPO_UNARY_LOGIT_CLAMP);

  return tpo_unary (g, tpo_add (g, tpo_mlp (g, x, mlp, 3), logit), TPO_UNARY_SIGMOID);
}

static void
decoder (const Pass *pass, TpoTensor *memory, TpoCgdetrOutput *output)
{
  const TpoCgdetr *self = pass->model;
  TpoGraph *g = pass->g;
  guint c = self->config.hidden;
  TpoTensor *ref = tpo_unary (g, self->query, TPO_UNARY_SIGMOID);
  g_autofree float *zeros = g_new0 (float, (gsize) self->config.n_queries *c);
  TpoTensor *q = tpo_graph_constant (g, "decoder start", TPO_F32,
                                     TPO_SHAPE (self->config.n_queries, c), zeros);

  for (guint i = 0; i < self->config.n_decoder; i++) {
    const TpoCgdetrDecoderLayer *layer = &self->decoder[i];
    TpoTensor *width = tpo_affine (g, tpo_slice (g, ref, 1, 1, 1), 1.0f, 0.0f, 1e-6f, INFINITY);
    TpoTensor *sine = tpo_sine_code (g, ref, c / 2, (float) (2.0 * G_PI), 1e4f);
    TpoTensor *q_pos = tpo_mlp (g, sine, self->ref_point, 2);
    TpoTensor *anchor, *hidden;

    if (i > 0)
      sine = tpo_mul (g, sine, tpo_mlp (g, q, self->query_scale, 2));
    anchor = tpo_unary (g, tpo_mlp (g, q, self->ref_anchor, 2), TPO_UNARY_SIGMOID);
    sine = tpo_mul (g, sine, tpo_binary (g, TPO_BINARY_DIV, anchor, width));

    q = decoder_self_attention (self, g, q, q_pos, layer);
    q = decoder_cross_attention (pass, q, q_pos, sine, memory, i == 0, layer);
    q = norm (g, tpo_add (g, q, feed_forward (g, q, &layer->block)), &layer->norm3);

    hidden = norm (g, q, &self->decoder_norm);
    output->logits = tpo_linear (g, hidden, &self->class_head, TPO_ACT_NONE, NULL);
    output->spans = refine (g, hidden, self->span, ref);
    tpo_tap (pass->taps, g, hidden, "decoder_hs.%u", i);
    tpo_tap (pass->taps, g, ref, "decoder_refs.%u", i);
    tpo_tap (pass->taps, g, output->logits, "aux%u.pred_logits", i);
    tpo_tap (pass->taps, g, output->spans, "aux%u.pred_spans", i);
    ref = refine (g, q, self->bbox, ref);
  }
}

/* Keys of the t2v encoder: dummies informed by the words, then the words as projected. */
static void
make_keys (Pass *pass, TpoTensor *words, gint64 n_valid)
{
  const TpoCgdetr *self = pass->model;
  TpoGraph *g = pass->g;
  gint64 n_dummies = self->config.n_dummies, n_words = tpo_tensor_dim (words, 0);
  TpoTensor *pos = tpo_pad (g, self->dummy_pos, 0, 0, n_words);
  TpoTensor *x = tpo_concat (g, self->dummy_token, words, 0);

  pass->key_mask = padding_mask (g, "word mask", n_dummies + n_words, n_dummies + n_valid);
  for (guint i = 0; i < self->config.n_dummy; i++)
    x = encoder_layer (self, g, x, pos, pass->key_mask, &self->dummy[i]);
  x = tpo_slice (g, x, 0, 0, n_dummies);
  tpo_tap (pass->taps, g, x, "dummies");
  pass->keys = tpo_concat (g, x, words, 0);
  pass->keys_pos = tpo_add (g, pass->keys, pos);
}

/* The prompt is one more word, after the last valid one and before the padding. */
static TpoTensor *
insert_prompt (TpoGraph *g, const TpoCgdetrInput *input, gint64 n_valid)
{
  gint64 n_words = tpo_tensor_dim (input->text, 0);
  TpoTensor *text = tpo_concat (g, tpo_slice (g, input->text, 0, 0, n_valid), input->prompt, 0);

  if (n_valid == n_words)
    return text;
  return tpo_concat (g, text, tpo_slice (g, input->text, 0, n_valid, n_words - n_valid), 0);
}

void
tpo_cgdetr_forward (const TpoCgdetr *self, TpoGraph *g, const TpoCgdetrInput *input,
                    TpoTaps *taps, TpoCgdetrOutput *output)
{
  gint64 n_rows = tpo_tensor_dim (input->video, 0);
  gint64 n_words = input->n_words != 0 ? input->n_words : tpo_tensor_dim (input->text, 0);
  Pass pass = { .model = self, .g = g, .taps = taps };
  TpoTensor *video, *words, *encoded, *weights, *token, *mask, *pos, *global, *memory;
  TpoTensor *dot;

  pass.n_clips = input->n_clips != 0 ? input->n_clips : (guint) n_rows;
  tpo_graph_push_label (g, "cg_detr");

  /* Input projections, positions and padding. */
  video = input_layers (&pass, input->video, &self->video,
                        tpo_slice (g, self->type_codes, 0, 1, 1), "vid_proj");
  words = input_layers (&pass, insert_prompt (g, input, n_words), &self->text,
                        tpo_slice (g, self->type_codes, 0, 0, 1), "txt_proj");
  pass.video_pos = clip_positions (&pass, n_rows);
  pass.video_mask = padding_mask (g, "clip mask", n_rows, pass.n_clips);
  tpo_tap (taps, g, pass.video_pos, "pos_vid");

  /* Clips look at words, with dummies to take what does not belong there. */
  make_keys (&pass, words, n_words + 1);
  encoded = t2v_encoder (&pass, video, &weights);
  words = word_attention (&pass, weights);
  token = saliency_token (&pass, video, words);
  tpo_tap (taps, g, encoded, "t2v");
  tpo_tap (taps, g, weights, "attn");
  tpo_tap (taps, g, words, "t2v_values");

  /* Encoder over the saliency token and the clips. */
  encoded = tpo_concat (g, token, encoded, 0);
  pos = tpo_concat (g, self->prompt_pos, pass.video_pos, 0);
  mask = padding_mask (g, "encoder mask", n_rows + 1, pass.n_clips + 1);
  for (guint i = 0; i < self->config.n_encoder; i++)
    encoded = encoder_layer (self, g, encoded, pos, mask, &self->encoder[i]);
  tpo_tap (taps, g, encoded, "encoder_with_global_first");
  global = tpo_slice (g, encoded, 0, 0, 1);
  memory = tpo_add (g, tpo_slice (g, encoded, 0, 1, n_rows), global);

  decoder (&pass, memory, output);

  dot = tpo_matmul (g, tpo_linear (g, memory, &self->saliency1, TPO_ACT_NONE, NULL),
                    tpo_linear (g, global, &self->saliency2, TPO_ACT_NONE, NULL));
  output->saliency = tpo_scale (g, dot, 1.0f / sqrtf ((float) self->config.hidden));
  tpo_graph_pop_label (g);
}
