#include "models/videochat/session.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <string.h>

#include "io/frame-select.h"

/* One answer in the making. */
typedef struct {
  TpoSession *session;
  const TpoAsk *ask;
  TpoReport report;
  GCancellable *cancellable;
  TpoTextStream *text;
  TpoTask task;
  float *hidden; /* [C]: of the task token, once task is set */
} Answer;

static const guint DEFAULT_MAX_TOKENS = 200;

TpoSession *
tpo_session_new (TpoModel *model, TpoVideo *video)
{
  TpoSession *self;

  g_return_val_if_fail (model != NULL && video != NULL, NULL);

  self = g_new0 (TpoSession, 1);
  self->model = model;
  self->video = tpo_video_ref (video);
  self->clip.shown = self->still.shown = -2;
  self->followed = tpo_corrections_new ();
  g_ptr_array_add (model->sessions, self);
  return self;
}

void
tpo_session_free (TpoSession *self)
{
  g_ptr_array_remove_fast (self->model->sessions, self);
  g_clear_pointer (&self->tracker, tpo_sam2_tracker_free);
  g_clear_pointer (&self->followed, g_ptr_array_unref);
  tpo_visual_clear (&self->clip);
  tpo_visual_clear (&self->still);
  g_clear_pointer (&self->moments.features, g_free);
  g_clear_pointer (&self->reader, tpo_video_reader_free);
  g_clear_pointer (&self->video, tpo_video_unref);
  g_free (self);
}

gboolean
tpo_session_drop (TpoSession *self, TpoPart part)
{
  gboolean any = FALSE;

  switch (part) {
  case TPO_PART_LOOKING:
    any = tpo_visual_drop (&self->still);
    return tpo_visual_drop (&self->clip) || any;
  case TPO_PART_MASK:
    any = self->tracker != NULL;
    g_clear_pointer (&self->tracker, tpo_sam2_tracker_free);
    tpo_corrections_unseat (self->followed);
    break;
  case TPO_PART_PROMPTS:
  case TPO_PART_CLIP_VISION:
  case TPO_PART_CLIP_TEXT:
  case TPO_PART_TEMPORAL:
  case TPO_PART_COUNT:
    break;
  }
  return any;
}

void
tpo_report_step (const TpoReport *report, const char *step, double done)
{
  TpoEvent event = { .kind = TPO_EVENT_STEP, .step = step, .done = done };

  report->on_event (&event, report->user_data);
}

gboolean
tpo_session_need_reader (TpoSession *self, GCancellable *cancellable, GError **error)
{
  if (self->reader == NULL)
    self->reader = tpo_video_reader_new (self->video, TPO_PIXEL_RGB24, cancellable, error);
  return self->reader != NULL;
}

/* ---- prompt ------------------------------------------------------------------------------- */

/* Where the frames of the whole video lie, for questions that ask for timestamps. */
static char *
timestamps (TpoSession *self)
{
  const TpoVideoInfo *info = tpo_video_get_info (self->video);
  guint n = self->model->n_frames;
  g_autofree guint *frames = g_new (guint, n);
  g_autofree double *seconds = g_new (double, n);

  tpo_frame_select_middle (info->n_frames, n, frames);
  for (guint i = 0; i < n; i++)
    seconds[i] = (double) frames[i] / info->fps;
  return tpo_prompt_timestamps (seconds, n);
}

/* @frame: -1: the whole video. Text that a user typed stays text, but for <track_box> with its box. */
static TpoPrompt *
build_prompt (const Answer *answer, gint64 frame, GError **error)
{
  TpoSession *self = answer->session;
  const TpoModel *model = self->model;
  const TpoAsk *ask = answer->ask;
  g_autofree char *message = NULL;
  g_autoptr (TpoPrompt) prompt = NULL;
  TpoQuestion question = {
    .template = model->template,
    .system = model->system,
    .is_image = frame >= 0,
    .n_visual = tpo_session_n_visual (self, frame),
    .text = ask->question,
    .turns = ask->history,
    .n_turns = model->info.is_multi_turn ? ask->n_history : 0,
    .is_literal = TRUE,
    .has_box = ask->box != NULL,
    .bos_mode = model->bos_mode,
  };

  if (frame < 0 && tpo_prompt_wants_timestamps (ask->question))
    question.message = message = timestamps (self);
  prompt = tpo_prompt_new (model->tokenizer, &question);
  if (prompt->n > model->max_ids) {
    g_set_error (
        error, TPO_ERROR, TPO_ERROR_INVALID,
        _ ("the question is too long: with the video it makes %u tokens, and the model "
           "takes %u. Shorten it or start a new conversation"),
        prompt->n, model->max_ids);
    return NULL;
  }
  return g_steal_pointer (&prompt);
}

/* Runs one small head on host vectors: @in [1, n_in] → [1, n_out] */
typedef TpoTensor *(*HeadFunc) (TpoGraph *g, const TpoHeads *heads, TpoTensor *x);

static float *
run_head (TpoSession *self, HeadFunc head, const float *in, gint64 n_in, gsize *n_out,
          GCancellable *cancellable, GError **error)
{
  g_autoptr (TpoGraph) g = tpo_graph_new (self->model->device, "head");
  TpoTensor *x = tpo_graph_constant (g, "in", TPO_F32, TPO_SHAPE (1, n_in), in);
  TpoTensor *y = head (g, self->model->heads, x);
  g_autofree float *out = NULL;

  tpo_graph_output (g, y);
  if (!tpo_graph_compile (g, error) || !tpo_graph_run (g, cancellable, error))
    return NULL;
  *n_out = (gsize) tpo_shape_count (tpo_tensor_get_shape (y));
  out = g_new (float, *n_out);
  if (!tpo_graph_read (g, y, out, *n_out * sizeof (float), error))
    return NULL;
  return g_steal_pointer (&out);
}

/* Rows of @box for each place that @text has for it. */
static gboolean
append_box (const Answer *answer, const char *text, const TpoBox *box, GArray *rows,
            GError **error)
{
  const TpoModel *model = answer->session->model;
  guint n = box != NULL ? tpo_prompt_count_boxes (text) : 0;
  g_autofree float *row = NULL;
  gsize size;

  if (n == 0)
    return TRUE;
  if (model->track_box_id < 0 || model->heads->loc_encoder[0].w == NULL) {
    g_set_error_literal (
        error, TPO_ERROR, TPO_ERROR_UNSUPPORTED,
        _ ("the model takes no boxes. Ask without one, in a new conversation"));
    return FALSE;
  }
  row = run_head (answer->session, tpo_heads_embed_box, &box->x0, 4, &size, answer->cancellable,
                  error);
  for (guint i = 0; row != NULL && i < n; i++)
    g_array_append_vals (rows, row, (guint) size);
  return row != NULL;
}

/* The encoded boxes of the prompt, those of earlier turns first. [n, width], empty where there are
 * none */
static GArray *
encode_boxes (const Answer *answer, GError **error)
{
  const TpoModel *model = answer->session->model;
  const TpoAsk *ask = answer->ask;
  guint n_turns = model->info.is_multi_turn ? ask->n_history : 0;
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (float));

  for (guint i = 0; i < n_turns; i++) {
    const TpoTurn *turn = &ask->history[i];

    if (!append_box (answer, turn->question, turn->box, rows, error))
      return NULL;
  }
  return append_box (answer, ask->question, ask->box, rows, error) ? g_steal_pointer (&rows)
                                                                   : NULL;
}

/* Reads the prompt about @frame (-1: the whole video). @next_id: (out): the first id of the answer */
static gboolean
prefill (const Answer *answer, gint64 frame, gint32 *next_id, GError **error)
{
  TpoSession *self = answer->session;
  TpoModel *model = self->model;
  g_autoptr (TpoPrompt) prompt = build_prompt (answer, frame, error);
  g_autoptr (GArray) boxes = NULL;
  TpoLlmPrompt llm = { 0 };

  if (prompt == NULL)
    return FALSE;
  llm.ids = prompt->ids;
  llm.n_ids = prompt->n;
  llm.visual_mask = prompt->is_visual;
  llm.visual = tpo_session_look (self, frame, answer->cancellable, error);
  if (llm.visual == NULL)
    return FALSE;
  llm.n_visual = tpo_session_n_visual (self, frame);
  boxes = encode_boxes (answer, error);
  if (boxes == NULL)
    return FALSE;
  llm.boxes = (const float *) (gpointer) boxes->data;
  llm.n_boxes = boxes->len / model->heads->width;
  tpo_llm_truncate (model->llm, 0);
  return tpo_llm_prefill (model->llm, &llm, next_id, NULL, NULL, answer->cancellable, error);
}

/* ---- decoding -------------------------------------------------------------------------------- */

static const float *
task_embedding (const TpoModel *model, TpoTask task)
{
  const float *const embeddings[TPO_TASK_COUNT] = {
    [TPO_TASK_REGION] = model->heads->box_token,
    [TPO_TASK_TEMPORAL] = model->heads->temporal_token,
    [TPO_TASK_MASK] = model->heads->track_token,
  };

  return embeddings[task];
}

/* The task that @id calls for. */
static TpoTask
task_of (const TpoModel *model, gint32 id)
{
  for (guint i = 0; i < TPO_TASK_COUNT; i++) {
    if (model->task_ids[i] >= 0 && model->task_ids[i] == id)
      return (TpoTask) i;
  }
  return TPO_TASK_NONE;
}

/*
 * The hidden state a head works on. The application feeds the task embedding in place of the task's
 * id, which is not in the cache yet; training fed the id first.
 */
static gboolean
side_step (Answer *answer, TpoTask task, gint32 id, GError **error)
{
  TpoModel *model = answer->session->model;
  gint32 ignored;

  if (answer->ask->train_order &&
      !tpo_llm_step (model->llm, id, &ignored, answer->cancellable, error))
    return FALSE;
  if (answer->hidden == NULL)
    answer->hidden = g_new (float, tpo_mistral_get_config (model->mistral)->hidden_size);
  return tpo_llm_side (model->llm, task_embedding (model, task), answer->hidden,
                       answer->cancellable, error);
}

static void
report_text (const Answer *answer, const char *text)
{
  TpoEvent event = { .kind = TPO_EVENT_TEXT, .text = text };

  if (*text != '\0')
    answer->report.on_event (&event, answer->report.user_data);
}

/* Up to the first task id or the end of the answer. */
static gboolean
decode (Answer *answer, gint32 id, GError **error)
{
  TpoModel *model = answer->session->model;
  guint max_tokens =
      answer->ask->max_tokens != 0 ? answer->ask->max_tokens : DEFAULT_MAX_TOKENS;
  gint32 eos = tpo_tokenizer_get_eos (model->tokenizer);

  for (guint i = 0; i < max_tokens && id != eos; i++) {
    answer->task = task_of (model, id);
    if (answer->task != TPO_TASK_NONE)
      return side_step (answer, answer->task, id, error);
    report_text (answer, tpo_text_stream_push (answer->text, id));
    if (tpo_llm_get_length (model->llm) + 2 > tpo_llm_get_capacity (model->llm))
      break;
    if (!tpo_llm_step (model->llm, id, &id, answer->cancellable, error))
      return FALSE;
  }
  return TRUE;
}

/* ---- heads ----------------------------------------------------------------------------------- */

/*
 * The region head looks at one picture. For a video the question is put again about the frame that
 * is shown, and the box read at the token that the model chose there or, should it choose none, at
 * the end of the prompt.
 */
static gboolean
locate (Answer *answer, GError **error)
{
  TpoSession *self = answer->session;
  gint64 frame = answer->ask->frame;
  gboolean is_still = tpo_video_get_info (self->video)->is_still;
  g_autofree float *box = NULL;
  TpoEvent event = { .kind = TPO_EVENT_BOX, .done = 1.0, .score = 1.0f };
  gint32 id;
  gsize n;

  tpo_report_step (&answer->report, N_ ("Looking for the place"), 0.0);
  if (frame >= 0 && !is_still) {
    gint32 eos = tpo_tokenizer_get_eos (self->model->tokenizer);
    TpoTask task = TPO_TASK_NONE;

    if (!prefill (answer, frame, &id, error))
      return FALSE;
    for (guint i = 0; i < DEFAULT_MAX_TOKENS && id != eos; i++) {
      task = task_of (self->model, id);
      if (task != TPO_TASK_NONE)
        break;
      if (!tpo_llm_step (self->model->llm, id, &id, answer->cancellable, error))
        return FALSE;
    }
    if (!side_step (answer, TPO_TASK_REGION, id, error))
      return FALSE;
  }
  box = run_head (self, tpo_heads_locate, answer->hidden, self->model->heads->width, &n,
                  answer->cancellable, error);
  if (box == NULL)
    return FALSE;
  event.box = (TpoBox){ box[0], box[1], box[2], box[3] };
  event.frame = frame > 0 ? (guint) frame : 0;
  answer->report.on_event (&event, answer->report.user_data);
  return TRUE;
}

/* A box that came with the question replaces what the language model would say, as in app.py. */
static gboolean
follow (Answer *answer, GError **error)
{
  TpoSession *self = answer->session;
  const TpoAsk *ask = answer->ask;
  guint n_frames = tpo_video_get_info (self->video)->n_frames;
  guint n = ask->max_mask_frames != 0 ? MIN (ask->max_mask_frames, n_frames) : n_frames;
  g_autofree float *embedding = NULL;
  TpoSam2Prompt prompt = { NULL };
  float corners[4];
  const gint32 labels[2] = { 2, 3 };
  guint first = 0;
  gsize size;

  if (ask->box != NULL) {
    memcpy (corners, &ask->box->x0, sizeof corners);
    prompt.points = corners;
    prompt.labels = labels;
    prompt.n_points = 2;
    first = ask->frame > 0 ? MIN ((guint) ask->frame, n_frames - 1) : 0;
  } else {
    embedding = run_head (self, tpo_heads_track_prompt, answer->hidden,
                          self->model->heads->width, &size, answer->cancellable, error);
    if (embedding == NULL)
      return FALSE;
    prompt.embedding = embedding;
  }
  return tpo_session_follow (self, &prompt, first, MIN (first + n, n_frames) - 1,
                             &answer->report, answer->cancellable, error);
}

static gboolean
run_task (Answer *answer, GError **error)
{
  TpoEvent event = { .kind = TPO_EVENT_TASK, .task = answer->task };

  answer->report.on_event (&event, answer->report.user_data);
  switch (answer->task) {
  case TPO_TASK_REGION:
    return locate (answer, error);
  case TPO_TASK_TEMPORAL:
    if (tpo_video_get_info (answer->session->video)->is_still) {
      g_set_error_literal (error, TPO_ERROR, TPO_ERROR_INVALID,
                           _ ("a picture has no moments; questions of when need a video"));
      return FALSE;
    }
    return tpo_session_ground (answer->session, answer->ask->question, answer->hidden,
                               &answer->report, answer->cancellable, error);
  case TPO_TASK_MASK:
    return follow (answer, error);
  case TPO_TASK_NONE:
  case TPO_TASK_COUNT:
    break;
  }
  return TRUE;
}

static gboolean
check_ask (TpoSession *self, const TpoAsk *ask, GError **error)
{
  guint n_frames = tpo_video_get_info (self->video)->n_frames;
  g_autofree char *trimmed = g_strstrip (g_strdup (ask->question));

  if (*trimmed == '\0') {
    g_set_error_literal (error, TPO_ERROR, TPO_ERROR_INVALID, _ ("the question is empty"));
    return FALSE;
  }
  if (!g_utf8_validate (ask->question, -1, NULL)) {
    g_set_error_literal (error, TPO_ERROR, TPO_ERROR_INVALID,
                         _ ("the question is not valid UTF-8"));
    return FALSE;
  }
  if (ask->frame >= (gint64) n_frames) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_INVALID,
                 _ ("frame %" PRId64 " does not exist; the video has %u"), ask->frame,
                 n_frames);
    return FALSE;
  }
  return TRUE;
}

gboolean
tpo_session_ask (TpoSession *self, const TpoAsk *ask, TpoEventFunc on_event, gpointer user_data,
                 GCancellable *cancellable, GError **error)
{
  TpoSampling sampling;
  Answer answer;
  gboolean is_still, is_greedy, ok;
  gint32 id;

  g_return_val_if_fail (self != NULL && ask != NULL && ask->question != NULL, FALSE);
  g_return_val_if_fail (on_event != NULL, FALSE);

  if (!check_ask (self, ask, error))
    return FALSE;
  is_still = tpo_video_get_info (self->video)->is_still;
  sampling = (TpoSampling){ ask->temperature, ask->top_p, ask->repetition_penalty };
  is_greedy = ask->temperature <= 0.0f &&
              (ask->repetition_penalty <= 0.0f || ask->repetition_penalty == 1.0f);
  tpo_llm_set_sampling (self->model->llm, is_greedy ? NULL : &sampling, (guint32) ask->seed);
  answer = (Answer){
    .session = self,
    .ask = ask,
    .report = { on_event, user_data },
    .cancellable = cancellable,
    .text = tpo_text_stream_new (self->model->tokenizer),
  };
  tpo_report_step (&answer.report, N_ ("Looking at the video"), 0.0);
  ok = prefill (&answer, is_still ? 0 : -1, &id, error) && decode (&answer, id, error);
  if (ok) {
    report_text (&answer, tpo_text_stream_finish (answer.text));
    ok = answer.task == TPO_TASK_NONE || run_task (&answer, error);
  }
  tpo_text_stream_free (answer.text);
  g_free (answer.hidden);
  if (!ok)
    tpo_model_explain (self->model, error);
  return ok;
}
