#include "models/videochat/masks.h"

#include <glib/gi18n.h>
#include <math.h>

static const guint64 MAX_CACHE = 256 << 20; /* bytes for features of frames */
static const guint CACHE_SHARE = 8;         /* of the memory that is left, one in so many */

static GBytes *
load_frame (guint frame, gpointer user_data, GCancellable *cancellable, GError **error)
{
  TpoSession *self = user_data;

  return tpo_read_pixels (self->reader, frame, cancellable, error);
}

static TpoSam2Tracker *
new_tracker (TpoSession *self, GError **error)
{
  const TpoVideoInfo *info = tpo_video_get_info (self->video);
  const TpoSam2Video video = {
    .n_frames = info->n_frames,
    .rows = info->height,
    .cols = info->width,
    .mask_rows = info->display_height,
    .mask_cols = info->display_width,
    .cache_size = MIN (tpo_device_memory_left (self->model->device) / CACHE_SHARE, MAX_CACHE),
    .load = load_frame,
    .user_data = self,
  };

  TpoSam2Tracker *tracker =
      tpo_sam2_tracker_new (self->model->device, self->model->sam2, &video, error);

  for (guint i = 0; tracker != NULL && i < TPO_MASKS_N_PLACES; i++)
    tpo_sam2_tracker_add_object (tracker);
  return tracker;
}

gboolean
tpo_masks_need_tracker (TpoSession *self, GCancellable *cancellable, GError **error)
{
  if (!tpo_session_need_reader (self, cancellable, error))
    return FALSE;
  if (self->tracker == NULL)
    self->tracker = new_tracker (self, error);
  return self->tracker != NULL;
}

TpoRle *
tpo_masks_encode (TpoSession *self, const guint8 *mask)
{
  const TpoVideoInfo *info = tpo_video_get_info (self->video);

  return tpo_rle_encode (mask, info->display_width, info->display_height, info->display_width);
}

gboolean
tpo_masks_check_frame (TpoSession *self, guint frame, GError **error)
{
  guint n_frames = tpo_video_get_info (self->video)->n_frames;

  if (frame < n_frames)
    return TRUE;
  g_set_error (error, TPO_ERROR, TPO_ERROR_INVALID,
               _ ("frame %u does not exist; the video has %u"), frame, n_frames);
  return FALSE;
}

gboolean
tpo_masks_check_size (TpoSession *self, const TpoRle *mask, GError **error)
{
  const TpoVideoInfo *info = tpo_video_get_info (self->video);

  if (mask->width == info->display_width && mask->height == info->display_height)
    return TRUE;
  g_set_error (error, TPO_ERROR, TPO_ERROR_INVALID,
               _ ("the mask is %u × %u pixels, but the video %u × %u"), mask->width,
               mask->height, info->display_width, info->display_height);
  return FALSE;
}

/* ---- prompts --------------------------------------------------------------------------------- */

static void
add_point (TpoMasksPrompt *self, float x, float y, gint32 label)
{
  const float point[2] = { x, y };

  g_array_append_val (self->points, point);
  g_array_append_val (self->labels, label);
}

void
tpo_masks_prompt_init (TpoMasksPrompt *self, const TpoBox *box, const TpoPoint *points,
                       guint n_points, const TpoRle *mask)
{
  *self = (TpoMasksPrompt){
    .points = g_array_new (FALSE, FALSE, 2 * sizeof (float)),
    .labels = g_array_new (FALSE, FALSE, sizeof (gint32)),
  };
  if (box != NULL) {
    add_point (self, box->x0, box->y0, 2);
    add_point (self, box->x1, box->y1, 3);
  }
  for (guint i = 0; i < n_points; i++)
    add_point (self, points[i].x, points[i].y, points[i].is_positive ? 1 : 0);
  if (mask != NULL) {
    self->pixels = g_malloc0 ((gsize) mask->width * mask->height);
    tpo_rle_decode (mask, self->pixels, mask->width, 1);
  }
  self->prompt.points = (const float *) (gpointer) self->points->data;
  self->prompt.labels = (const gint32 *) (gpointer) self->labels->data;
  self->prompt.n_points = self->labels->len;
  self->prompt.mask = self->pixels;
}

void
tpo_masks_prompt_clear (TpoMasksPrompt *self)
{
  g_clear_pointer (&self->points, g_array_unref);
  g_clear_pointer (&self->labels, g_array_unref);
  g_clear_pointer (&self->pixels, g_free);
}

/* ---- following once -------------------------------------------------------------------------- */

void
tpo_masks_report (const TpoReport *report, const TpoSam2Result *result, const TpoRle *mask,
                  guint object, double done)
{
  const TpoEvent event = {
    .kind = TPO_EVENT_MASK,
    .done = done,
    .object = object,
    .frame = result->frame,
    .mask = mask,
    .score = 1.0f / (1.0f + expf (-result->score)),
    .iou = result->iou,
  };

  report->on_event (&event, report->user_data);
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
  g_autoptr (TpoRle) mask = tpo_masks_encode (follow->session, result->mask);

  tpo_masks_report (follow->report, result, mask, 0,
                    (double) ++follow->n_done / follow->n_frames);
  return TRUE;
}

/* The passing object, prompted on @frame. */
static gboolean
prompt_passing (TpoSession *self, const TpoSam2Prompt *prompt, guint frame,
                TpoSam2Result *result, GCancellable *cancellable, GError **error)
{
  if (!tpo_masks_need_tracker (self, cancellable, error))
    return FALSE;
  tpo_sam2_tracker_clear_object (self->tracker, TPO_MASKS_PASSING);
  return tpo_sam2_tracker_prompt (self->tracker, TPO_MASKS_PASSING, frame, prompt, FALSE,
                                  result, cancellable, error);
}

gboolean
tpo_session_follow (TpoSession *self, const TpoSam2Prompt *prompt, guint frame, guint last,
                    const TpoReport *report, GCancellable *cancellable, GError **error)
{
  Follow follow = { self, report, (last < frame ? frame - last : last - frame) + 1, 0 };
  const guint object = TPO_MASKS_PASSING;
  const TpoSam2Stretch stretch = { &object, 1, frame, last };
  TpoSam2Result result;
  gboolean ok;

  tpo_report_step (report, N_ ("Following the object"), 0.0);
  if (!tpo_model_hold (self->model, TPO_PART_MASK, cancellable, error))
    return FALSE;
  ok = prompt_passing (self, prompt, frame, &result, cancellable, error) &&
       tpo_sam2_tracker_propagate (self->tracker, &stretch, on_result, &follow, cancellable,
                                   error);
  tpo_model_release (self->model, TPO_PART_MASK);
  return ok;
}

gboolean
tpo_session_segment (TpoSession *self, guint frame, const TpoPoint *points, guint n_points,
                     const TpoBox *box, TpoRle **mask, float *score, GCancellable *cancellable,
                     GError **error)
{
  g_auto (TpoMasksPrompt) prompt = { 0 };
  TpoSam2Result result;
  gboolean ok;

  g_return_val_if_fail (self != NULL && mask != NULL && score != NULL, FALSE);

  if (!tpo_masks_check_frame (self, frame, error))
    return FALSE;
  if (n_points == 0 && box == NULL) {
    g_set_error_literal (error, TPO_ERROR, TPO_ERROR_INVALID,
                         _ ("segmenting needs a click or a box"));
    return FALSE;
  }
  if (!tpo_model_hold (self->model, TPO_PART_MASK, cancellable, error)) {
    tpo_model_explain (self->model, error);
    return FALSE;
  }
  tpo_masks_prompt_init (&prompt, box, points, n_points, NULL);
  prompt.prompt.is_still = TRUE;
  ok = prompt_passing (self, &prompt.prompt, frame, &result, cancellable, error);
  tpo_model_release (self->model, TPO_PART_MASK);
  if (!ok) {
    tpo_model_explain (self->model, error);
    return FALSE;
  }
  *mask = tpo_masks_encode (self, result.mask);
  *score = result.iou;
  return TRUE;
}

gboolean
tpo_session_track (TpoSession *self, const TpoTrack *track, TpoEventFunc on_event,
                   gpointer user_data, GCancellable *cancellable, GError **error)
{
  const TpoReport report = { on_event, user_data };
  g_auto (TpoMasksPrompt) prompt = { 0 };

  g_return_val_if_fail (self != NULL && track != NULL && on_event != NULL, FALSE);

  if (!tpo_masks_check_frame (self, track->frame, error) ||
      !tpo_masks_check_frame (self, track->last_frame, error) ||
      (track->mask != NULL && !tpo_masks_check_size (self, track->mask, error)))
    return FALSE;
  /* One prompt of the three: the mask says most. */
  if (track->mask != NULL)
    tpo_masks_prompt_init (&prompt, NULL, NULL, 0, track->mask);
  else
    tpo_masks_prompt_init (&prompt, track->box, track->points, track->n_points, NULL);
  if (tpo_session_follow (self, &prompt.prompt, track->frame, track->last_frame, &report,
                          cancellable, error))
    return TRUE;
  tpo_model_explain (self->model, error);
  return FALSE;
}
