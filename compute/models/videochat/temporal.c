#include <glib/gi18n.h>
#include <string.h>

#include "io/frame-select.h"
#include "models/videochat/session.h"

static const guint MAX_QUERY_IDS = 80;

/* One feature row for each group of frames. Frames by the second, VideoChat-TPO's `extract_video`. */
static gboolean
make_features (TpoSession *self, const TpoReport *report, GCancellable *cancellable,
               GError **error)
{
  const TpoVideoInfo *info = tpo_video_get_info (self->video);
  TpoModel *model = self->model;
  const TpoClipVisionConfig *config = tpo_clip_vision_get_config (model->clip_vision);
  g_autoptr (GArray) frames =
      tpo_frame_select_rate (info->n_frames, info->fps, model->clip_rate);
  g_autoptr (TpoFrameStack) stack = NULL;
  g_autoptr (TpoGraph) graph = tpo_graph_new (model->device, "clip features");
  gint64 n_clips = frames->len / config->n_frames;
  g_autofree float *features = g_new (float, n_clips * config->n_out);
  TpoTensor *row;

  stack = tpo_frame_stack_new (model->device, config->n_frames, info->height, info->width,
                               config->image_size, &tpo_pixel_scale_imagenet, error);
  if (stack == NULL)
    return FALSE;
  row = tpo_clip_vision_forward (model->clip_vision, graph, tpo_frame_stack_get (stack, graph),
                                 NULL);
  tpo_graph_output (graph, row);
  if (!tpo_graph_compile (graph, error))
    return FALSE;
  for (gint64 i = 0; i < n_clips; i++) {
    const guint *group = &g_array_index (frames, guint, i * config->n_frames);

    tpo_report_step (report, N_ ("Watching the clip"), (double) i / (double) n_clips);
    if (!tpo_frame_stack_load (stack, self->reader, group, cancellable, error) ||
        !tpo_graph_run (graph, cancellable, error) ||
        !tpo_graph_read (graph, row, features + i * config->n_out,
                         config->n_out * sizeof (float), error))
      return FALSE;
  }
  self->moments.n_clips = n_clips;
  self->moments.width = config->n_out;
  self->moments.features = g_steal_pointer (&features);
  return TRUE;
}

/*
 * What is looked for: the part in quotes if there is one, since the head learned from bare queries,
 * else the whole question.
 */
static char *
query_of (const char *question)
{
  static const struct {
    const char *open, *close;
  } quotes[] = { { "\"", "\"" }, { "“", "”" }, { "'", "'" }, { "‘", "’" } };

  for (gsize i = 0; i < G_N_ELEMENTS (quotes); i++) {
    const char *start = strstr (question, quotes[i].open);
    const char *end = NULL;

    /* An apostrophe inside a word opens no quotation. */
    if (start != NULL && (start == question || g_ascii_isspace (start[-1]))) {
      start += strlen (quotes[i].open);
      end = strstr (start, quotes[i].close);
    }
    if (end != NULL && end > start)
      return g_strndup (start, (gsize) (end - start));
  }
  return g_strdup (question);
}

/* <s>, the prefix and the query, </s>; a long query is cut, </s> is kept. */
static GArray *
query_ids (const TpoModel *model, const char *question)
{
  g_autofree char *query = query_of (question);
  g_autofree char *text = g_strconcat (model->query_prefix, query, NULL);
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint32));
  gint32 bos = tpo_tokenizer_get_bos (model->clip_tokenizer);
  gint32 eos = tpo_tokenizer_get_eos (model->clip_tokenizer);

  g_array_append_val (ids, bos);
  tpo_tokenizer_encode (model->clip_tokenizer, text, strlen (text), 0, ids);
  g_array_set_size (ids, MIN (ids->len, MAX_QUERY_IDS - 1));
  g_array_append_val (ids, eos);
  return ids;
}

/* Features with two columns of time: where a clip starts and ends, as fractions. [L, n_out + 2] */
static TpoTensor *
record_video (TpoSession *self, TpoGraph *g)
{
  gint64 n = self->moments.n_clips;
  gint64 width = self->moments.width;
  g_autofree float *time = g_new (float, 2 * n);
  TpoTensor *features;

  for (gint64 i = 0; i < n; i++) {
    time[2 * i] = (float) i / (float) n;
    time[2 * i + 1] = (float) i / (float) n + 1.0f / (float) n;
  }
  features =
      tpo_graph_constant (g, "features", TPO_F32, TPO_SHAPE (n, width), self->moments.features);
  return tpo_concat (g, features,
                     tpo_graph_constant (g, "time", TPO_F32, TPO_SHAPE (n, 2), time), 1);
}

static void
report_spans (TpoSession *self, const float *logits, const float *spans, guint n_spans,
              const float *saliency, const TpoReport *report)
{
  double duration = (double) tpo_video_get_info (self->video)->duration_us / G_USEC_PER_SEC;
  g_autofree TpoCgdetrWindow *windows = g_new (TpoCgdetrWindow, n_spans);
  g_autofree TpoSpan *found = g_new (TpoSpan, n_spans);
  TpoEvent event = { .kind = TPO_EVENT_SPANS, .done = 1.0 };

  tpo_cgdetr_decode (logits, spans, n_spans, duration, windows);
  for (guint i = 0; i < n_spans; i++) {
    found[i] = (TpoSpan){
      .start_us = (gint64) (windows[i].start * G_USEC_PER_SEC),
      .end_us = (gint64) (windows[i].end * G_USEC_PER_SEC),
      .score = (float) windows[i].score,
    };
  }
  event.spans = found;
  event.n_spans = n_spans;
  event.saliency = saliency;
  event.n_saliency = (guint) self->moments.n_clips;
  report->on_event (&event, report->user_data);
}

/* The part that reads the query and finds spans; @hidden as in tpo_session_ground(). */
static gboolean
find_spans (TpoSession *self, const char *question, const float *hidden,
            const TpoReport *report, GCancellable *cancellable, GError **error)
{
  TpoModel *model = self->model;
  g_autoptr (GArray) ids = query_ids (model, question);
  g_autoptr (TpoGraph) g = tpo_graph_new (model->device, "moment");
  g_autofree float *logits = NULL, *spans = NULL, *saliency = NULL;
  gsize n_queries = tpo_cgdetr_get_config (model->cgdetr)->n_queries;
  TpoCgdetrInput input = { NULL };
  TpoCgdetrOutput output;
  TpoTensor *words = tpo_graph_constant (g, "query", TPO_I32, TPO_SHAPE (ids->len), ids->data);

  input.text = tpo_mistral_forward (g, model->clip_text,
                                    tpo_mistral_embed (g, model->clip_text, words), NULL, NULL);
  input.video = record_video (self, g);
  input.prompt =
      tpo_graph_constant (g, "prompt", TPO_F32, TPO_SHAPE (1, model->heads->width), hidden);
  input.prompt = tpo_heads_temporal_prompt (g, model->heads, input.prompt);
  tpo_cgdetr_forward (model->cgdetr, g, &input, NULL, &output);
  tpo_graph_output (g, output.logits);
  tpo_graph_output (g, output.spans);
  tpo_graph_output (g, output.saliency);

  logits = g_new (float, 2 * n_queries);
  spans = g_new (float, 2 * n_queries);
  saliency = g_new (float, self->moments.n_clips);
  if (!tpo_graph_compile (g, error) || !tpo_graph_run (g, cancellable, error) ||
      !tpo_graph_read (g, output.logits, logits, 2 * n_queries * sizeof (float), error) ||
      !tpo_graph_read (g, output.spans, spans, 2 * n_queries * sizeof (float), error) ||
      !tpo_graph_read (g, output.saliency, saliency,
                       (gsize) self->moments.n_clips * sizeof (float), error))
    return FALSE;
  report_spans (self, logits, spans, (guint) n_queries, saliency, report);
  return TRUE;
}

gboolean
tpo_session_watch (TpoSession *self, const TpoReport *report, GCancellable *cancellable,
                   GError **error)
{
  gboolean ok;

  if (self->moments.n_clips > 0)
    return TRUE;
  if (!tpo_session_need_reader (self, cancellable, error) ||
      !tpo_model_hold (self->model, TPO_PART_CLIP_VISION, cancellable, error))
    return FALSE;
  ok = make_features (self, report, cancellable, error);
  tpo_model_release (self->model, TPO_PART_CLIP_VISION);
  return ok;
}

gboolean
tpo_session_ground (TpoSession *self, const char *question, const float *hidden,
                    const TpoReport *report, GCancellable *cancellable, GError **error)
{
  TpoModel *model = self->model;
  gboolean ok;

  tpo_report_step (report, "Looking for the moment", 0.0);
  /* The towers are held one after the other: the second is as large as the language model. */
  if (!tpo_session_watch (self, report, cancellable, error) ||
      !tpo_model_hold (model, TPO_PART_CLIP_TEXT, cancellable, error))
    return FALSE;
  ok = tpo_model_hold (model, TPO_PART_TEMPORAL, cancellable, error);
  if (ok) {
    ok = find_spans (self, question, hidden, report, cancellable, error);
    tpo_model_release (model, TPO_PART_TEMPORAL);
  }
  tpo_model_release (model, TPO_PART_CLIP_TEXT);
  return ok;
}
