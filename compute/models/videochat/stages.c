#include "models/videochat/stages.h"

#include "base/process.h"
#include "models/videochat/session.h"

enum {
  N_STEPS = 8,       /* tokens of the answer that are timed */
  N_MASK_FRAMES = 8, /* frames that an object is followed through */
};

/* The course of a measurement. */
typedef struct {
  TpoDevice *device;
  TpoVideo *video;
  const char *question;
  TpoModel *model;
  TpoSession *session;
  float *hidden; /* of a task token; zeros where no words were made */
  TpoStageFunc func;
  gpointer user_data;
  gint64 start_us, start_cpu_us;
} Course;

static void
begin (Course *self)
{
  g_array_unref (tpo_device_take_times (self->device));
  tpo_device_start_peak (self->device);
  tpo_process_start_peak ();
  self->start_cpu_us = tpo_process_cpu_us ();
  self->start_us = g_get_monotonic_time ();
}

/* @count: of what the stage did several times: the figures are of one. */
static void
end (Course *self, const char *name, guint count)
{
  g_autoptr (GArray) times = tpo_device_take_times (self->device);
  TpoStageFigure figure = {
    .name = name,
    .ms = (double) (g_get_monotonic_time () - self->start_us) / 1e3 / count,
    .cpu_ms = (double) (tpo_process_cpu_us () - self->start_cpu_us) / 1e3 / count,
    .host_peak = tpo_process_peak (),
    .times = (const TpoDeviceTime *) (gpointer) times->data,
    .n_times = times->len,
  };

  for (guint i = 0; i < times->len; i++) {
    TpoDeviceTime *time = &g_array_index (times, TpoDeviceTime, i);

    time->us /= count;
    time->flops /= count;
  }
  tpo_device_memory_used (self->device, &figure.used, &figure.peak);
  self->func (&figure, self->user_data);
  begin (self);
}

static void
ignore_event (const TpoEvent *event, gpointer user_data)
{
}

/* The first word is the prompt's; then a few steps of whatever id, and the side step of a head. */
static gboolean
read_words (Course *self, GError **error)
{
  const TpoAsk ask = { .question = self->question, .frame = -1, .max_tokens = 1 };
  TpoModel *model = self->model;
  gint32 id = tpo_tokenizer_get_bos (model->tokenizer), next;

  begin (self);
  if (tpo_session_look (self->session, -1, NULL, error) == NULL)
    return FALSE;
  end (self, "look at the video", 1);
  if (!tpo_session_ask (self->session, &ask, ignore_event, NULL, NULL, error))
    return FALSE;
  end (self, "read the question, and one word", 1);
  for (guint i = 0; i < N_STEPS; i++)
    if (!tpo_llm_step (model->llm, id, &next, NULL, error))
      return FALSE;
  end (self, "a word", N_STEPS);
  if (model->heads->box_token == NULL)
    return TRUE;
  if (!tpo_llm_side (model->llm, model->heads->box_token, self->hidden, NULL, error))
    return FALSE;
  end (self, "a task token", 1);
  return TRUE;
}

static gboolean
locate (Course *self, GError **error)
{
  TpoModel *model = self->model;
  g_autoptr (TpoGraph) g = tpo_graph_new (model->device, "box");
  TpoTensor *x = tpo_graph_constant (g, "hidden", TPO_F32, TPO_SHAPE (1, model->heads->width),
                                     self->hidden);
  TpoTensor *box = tpo_heads_locate (g, model->heads, x);
  float corners[4];

  if (!model->info.has_region)
    return TRUE;
  begin (self);
  tpo_graph_output (g, box);
  if (!tpo_graph_compile (g, error) || !tpo_graph_run (g, NULL, error) ||
      !tpo_graph_read (g, box, corners, sizeof corners, error))
    return FALSE;
  end (self, "region head", 1);
  return TRUE;
}

static gboolean
converse (Course *self, GError **error)
{
  return read_words (self, error) && locate (self, error);
}

/* Loads a part under a name of its own; it stays, if memory does not run short. */
static gboolean
load (Course *self, TpoPart part, const char *name, GError **error)
{
  begin (self);
  if (!tpo_model_hold (self->model, part, NULL, error))
    return FALSE;
  tpo_model_release (self->model, part);
  end (self, name, 1);
  return TRUE;
}

static gboolean
segment (Course *self, const TpoBox *box, const char *name, GError **error)
{
  g_autoptr (TpoRle) mask = NULL;
  float score;

  begin (self);
  if (!tpo_session_segment (self->session, 0, NULL, 0, box, &mask, &score, NULL, error))
    return FALSE;
  end (self, name, 1);
  return TRUE;
}

static gboolean
follow (Course *self, GError **error)
{
  const TpoBox box = { 0.2f, 0.2f, 0.7f, 0.8f };
  const guint n_frames = tpo_video_get_info (self->video)->n_frames;
  const TpoTrack track = { .box = &box, .last_frame = MIN (N_MASK_FRAMES, n_frames) - 1 };

  if (!self->model->info.has_mask)
    return TRUE;
  if (!load (self, TPO_PART_MASK, "load the mask head", error) ||
      !segment (self, &box, "mask of a picture", error) ||
      !segment (self, &box, "mask of the same picture", error))
    return FALSE;
  if (!tpo_session_track (self->session, &track, ignore_event, NULL, NULL, error))
    return FALSE;
  end (self, "follow the mask, a frame", track.last_frame + 1);
  return TRUE;
}

static gboolean
ground (Course *self, GError **error)
{
  const TpoReport report = { ignore_event, NULL };

  if (!self->model->info.has_temporal)
    return TRUE;
  if (!load (self, TPO_PART_CLIP_VISION, "load the clip tower", error) ||
      !tpo_session_watch (self->session, &report, NULL, error))
    return FALSE;
  end (self, "watch the clip, a second", (guint) MAX (self->session->moments.n_clips, 1));
  if (!load (self, TPO_PART_CLIP_TEXT, "load the query tower", error) ||
      !load (self, TPO_PART_TEMPORAL, "load the temporal head", error) ||
      !tpo_session_ground (self->session, self->question, self->hidden, &report, NULL, error))
    return FALSE;
  end (self, "temporal head, with its query", 1);
  return TRUE;
}

/* The parts of the work. */
static const struct {
  const char *name;
  gboolean (*run) (Course *self, GError **error);
} parts[] = { { "words", converse }, { "masks", follow }, { "moments", ground } };

/* @part: (nullable): %NULL: all */
static gboolean
is_wanted (guint i, const char *part)
{
  return part == NULL || g_str_equal (part, parts[i].name);
}

static gboolean
check_part (const char *part, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    if (is_wanted (i, part))
      return TRUE;
  }
  g_set_error (error, TPO_ERROR, TPO_ERROR_INVALID, "a part is words, masks or moments, not %s",
               part);
  return FALSE;
}

static gboolean
run (Course *self, const char *path, const char *part, GError **error)
{
  g_autoptr (TpoModel) model = NULL;
  g_autoptr (TpoSession) session = NULL;
  g_autofree float *hidden = NULL;

  begin (self);
  self->model = model = tpo_model_open (self->device, path, NULL, NULL, NULL, error);
  if (model == NULL)
    return FALSE;
  end (self, "open the model", 1);
  self->session = session = tpo_session_new (model, self->video);
  self->hidden = hidden = g_new0 (float, tpo_mistral_get_config (model->mistral)->hidden_size);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    if (is_wanted (i, part) && !parts[i].run (self, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
tpo_stages_run (TpoDevice *device, const char *path, TpoVideo *video, const char *question,
                const char *part, TpoStageFunc func, gpointer user_data, GError **error)
{
  Course course = {
    .device = device, .video = video, .question = question, .func = func, .user_data = user_data
  };
  gboolean ok;

  if (!check_part (part, error))
    return FALSE;
  tpo_device_set_timing (device, TRUE);
  ok = run (&course, path, part, error);
  tpo_device_set_timing (device, FALSE);
  return ok;
}
