#include <math.h>

#include "models/videochat/session.h"

static GBytes *
load_frame (guint frame, gpointer user_data, GCancellable *cancellable, GError **error)
{
  TpoSession *self = user_data;

  return tpo_read_pixels (self->reader, frame, cancellable, error);
}

/* A tracker with one fresh object. The mask head is held. */
static gboolean
need_tracker (TpoSession *self, GCancellable *cancellable, GError **error)
{
  const TpoVideoInfo *info = tpo_video_get_info (self->video);
  TpoSam2Video video = {
    .n_frames = info->n_frames,
    .rows = info->height,
    .cols = info->width,
    .mask_rows = info->display_height,
    .mask_cols = info->display_width,
    .load = load_frame,
    .user_data = self,
  };

  if (!tpo_session_need_reader (self, cancellable, error))
    return FALSE;
  if (self->tracker == NULL)
    self->tracker =
        tpo_sam2_tracker_new (self->model->device, self->model->sam2, &video, error);
  if (self->tracker == NULL)
    return FALSE;
  tpo_sam2_tracker_reset (self->tracker);
  return tpo_sam2_tracker_add_object (self->tracker, error) != G_MAXUINT;
}

static TpoRle *
encode (TpoSession *self, const guint8 *mask)
{
  const TpoVideoInfo *info = tpo_video_get_info (self->video);

  return tpo_rle_encode (mask, info->display_width, info->display_height, info->display_width);
}

/* What a propagation tells as it goes. */
typedef struct {
  TpoSession *session;
  const TpoReport *report;
  guint n_frames, n_done;
} Follow;

static gboolean
on_result (const TpoSam2Result *result, gpointer user_data)
{
  Follow *follow = user_data;
  g_autoptr (TpoRle) mask = encode (follow->session, result->mask);
  TpoEvent event = {
    .kind = TPO_EVENT_MASK,
    .done = (double) ++follow->n_done / follow->n_frames,
    .frame = result->frame,
    .mask = mask,
    .score = 1.0f / (1.0f + expf (-result->score)),
  };

  follow->report->on_event (&event, follow->report->user_data);
  return TRUE;
}

gboolean
tpo_session_follow (TpoSession *self, const TpoSam2Prompt *prompt, guint frame, guint last,
                    const TpoReport *report, GCancellable *cancellable, GError **error)
{
  Follow follow = { self, report, (last < frame ? frame - last : last - frame) + 1, 0 };
  const guint object = 0;
  TpoSam2Result result;
  gboolean ok;

  tpo_report_step (report, "Following the object", 0.0);
  if (!tpo_model_hold (self->model, TPO_PART_MASK, cancellable, error))
    return FALSE;
  ok = need_tracker (self, cancellable, error) &&
       tpo_sam2_tracker_prompt (self->tracker, 0, frame, prompt, FALSE, &result, cancellable,
                                error) &&
       tpo_sam2_tracker_propagate (self->tracker, &(TpoSam2Stretch){ &object, 1, frame, last },
                                   on_result, &follow, cancellable, error);
  tpo_model_release (self->model, TPO_PART_MASK);
  return ok;
}

/* Box corners, then clicks, as the mask head's prompt wants them. */
typedef struct {
  GArray *points; /* float pairs */
  GArray *labels; /* gint32 */
  TpoSam2Prompt prompt;
} PointPrompt;

static void
add_point (PointPrompt *self, float x, float y, gint32 label)
{
  const float point[2] = { x, y };

  g_array_append_val (self->points, point);
  g_array_append_val (self->labels, label);
}

static void
point_prompt_init (PointPrompt *self, const TpoBox *box, const TpoPoint *points, guint n_points)
{
  *self = (PointPrompt){
    .points = g_array_new (FALSE, FALSE, 2 * sizeof (float)),
    .labels = g_array_new (FALSE, FALSE, sizeof (gint32)),
  };
  if (box != NULL) {
    add_point (self, box->x0, box->y0, 2);
    add_point (self, box->x1, box->y1, 3);
  }
  for (guint i = 0; i < n_points; i++)
    add_point (self, points[i].x, points[i].y, points[i].is_positive ? 1 : 0);
  self->prompt.points = (const float *) (gpointer) self->points->data;
  self->prompt.labels = (const gint32 *) (gpointer) self->labels->data;
  self->prompt.n_points = self->labels->len;
}

static void
point_prompt_clear (PointPrompt *self)
{
  g_array_unref (self->points);
  g_array_unref (self->labels);
}

static gboolean
check_frame (TpoSession *self, guint frame, GError **error)
{
  guint n_frames = tpo_video_get_info (self->video)->n_frames;

  if (frame < n_frames)
    return TRUE;
  g_set_error (error, TPO_ERROR, TPO_ERROR_INVALID, "frame %u does not exist; the video has %u",
               frame, n_frames);
  return FALSE;
}

gboolean
tpo_session_segment (TpoSession *self, guint frame, const TpoPoint *points, guint n_points,
                     const TpoBox *box, TpoRle **mask, float *score, GCancellable *cancellable,
                     GError **error)
{
  PointPrompt prompt;
  TpoSam2Result result;
  gboolean ok;

  g_return_val_if_fail (self != NULL && mask != NULL && score != NULL, FALSE);

  if (!check_frame (self, frame, error))
    return FALSE;
  if (n_points == 0 && box == NULL) {
    g_set_error_literal (error, TPO_ERROR, TPO_ERROR_INVALID,
                         "segmenting needs a click or a box");
    return FALSE;
  }
  if (!tpo_model_hold (self->model, TPO_PART_MASK, cancellable, error)) {
    tpo_model_explain (self->model, error);
    return FALSE;
  }
  point_prompt_init (&prompt, box, points, n_points);
  prompt.prompt.is_still = TRUE;
  ok = need_tracker (self, cancellable, error) &&
       tpo_sam2_tracker_prompt (self->tracker, 0, frame, &prompt.prompt, FALSE, &result,
                                cancellable, error);
  point_prompt_clear (&prompt);
  tpo_model_release (self->model, TPO_PART_MASK);
  if (!ok) {
    tpo_model_explain (self->model, error);
    return FALSE;
  }
  *mask = encode (self, result.mask);
  *score = result.iou;
  return TRUE;
}

gboolean
tpo_session_track (TpoSession *self, const TpoTrack *track, TpoEventFunc on_event,
                   gpointer user_data, GCancellable *cancellable, GError **error)
{
  const TpoVideoInfo *info;
  TpoReport report = { on_event, user_data };
  g_autofree guint8 *pixels = NULL;
  PointPrompt prompt;
  gboolean ok;

  g_return_val_if_fail (self != NULL && track != NULL && on_event != NULL, FALSE);

  info = tpo_video_get_info (self->video);
  if (!check_frame (self, track->frame, error) || !check_frame (self, track->last_frame, error))
    return FALSE;
  if (track->mask != NULL && (track->mask->width != info->display_width ||
                              track->mask->height != info->display_height)) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_INVALID,
                 "the mask is %u × %u pixels, but the video %u × %u", track->mask->width,
                 track->mask->height, info->display_width, info->display_height);
    return FALSE;
  }
  point_prompt_init (&prompt, track->box, track->points, track->n_points);
  if (track->mask != NULL) {
    pixels = g_malloc0 ((gsize) info->display_width * info->display_height);
    tpo_rle_decode (track->mask, pixels, info->display_width, 1);
    prompt.prompt.mask = pixels;
  }
  ok = tpo_session_follow (self, &prompt.prompt, track->frame, track->last_frame, &report,
                           cancellable, error);
  point_prompt_clear (&prompt);
  if (!ok)
    tpo_model_explain (self->model, error);
  return ok;
}
