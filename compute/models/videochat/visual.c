#include <string.h>

#include "io/frame-select.h"
#include "models/videochat/tiles.h"

gboolean
tpo_visual_drop (TpoVisual *self)
{
  gboolean any = self->graph != NULL || self->frames != NULL;

  g_clear_pointer (&self->graph, tpo_graph_free);
  g_clear_pointer (&self->frames, tpo_frame_stack_free);
  return any;
}

void
tpo_visual_clear (TpoVisual *self)
{
  tpo_visual_drop (self);
  g_clear_pointer (&self->vectors, g_free);
}

guint
tpo_session_n_visual (TpoSession *self, gint64 frame)
{
  const TpoModel *model = self->model;
  TpoTiles tiles;

  if (frame >= 0 && tpo_session_tiles (self, &tiles))
    return tpo_tiles_n_rows (&tiles);
  return tpo_connector_n_rows (model->connector, frame < 0 ? model->n_frames : 1,
                               (guint) tpo_vit_n_tokens (model->vit, 1), frame >= 0);
}

/* The way of @n_frames frames, which are looked at together. */
static gboolean
record (TpoVisual *self, TpoSession *session, guint n_frames, gboolean is_still, GError **error)
{
  const TpoVideoInfo *info = tpo_video_get_info (session->video);
  TpoModel *model = session->model;
  TpoTensor *x;

  if (self->graph != NULL)
    return TRUE;
  tpo_visual_drop (self);
  self->frames = tpo_frame_stack_new (model->device, n_frames, info->height, info->width,
                                      tpo_vit_get_config (model->vit)->image_size,
                                      tpo_vit_get_pixels (model->vit), error);
  if (self->frames == NULL)
    return FALSE;
  self->graph = tpo_graph_new (model->device, "look");
  x = tpo_vit_forward (self->graph, model->vit, tpo_frame_stack_get (self->frames, self->graph),
                       NULL);
  self->rows =
      tpo_connector_forward (self->graph, model->connector, x, n_frames, is_still, NULL);
  tpo_graph_output (self->graph, self->rows);
  if (!tpo_graph_compile (self->graph, error)) {
    tpo_visual_drop (self);
    return FALSE;
  }
  return TRUE;
}

/* Reads @frames and runs the recorded work on them, a group after the other. */
static gboolean
look (TpoSession *self, TpoVisual *visual, const guint *frames, guint n_frames, gint64 frame,
      GCancellable *cancellable, GError **error)
{
  const TpoModel *model = self->model;
  guint group = tpo_connector_is_by_frame (model->connector)
                    ? tpo_vit_group (model->vit, n_frames)
                    : n_frames;
  guint width = tpo_connector_get_width (model->connector);
  const float *last = tpo_connector_get_last (model->connector);
  gsize n = (gsize) tpo_session_n_visual (self, frame) * width, n_group;
  TpoTiles tiles;

  if (!record (visual, self, group, frame >= 0, error))
    return FALSE;
  if (visual->vectors == NULL)
    visual->vectors = g_new (float, n);
  n_group = (gsize) tpo_shape_count (tpo_tensor_get_shape (visual->rows));
  for (guint i = 0; i < n_frames; i += group) {
    float *vectors = visual->vectors + i / group * n_group;

    if (!tpo_frame_stack_load (visual->frames, self->reader, frames + i, cancellable, error) ||
        !tpo_graph_run (visual->graph, cancellable, error) ||
        !tpo_graph_read (visual->graph, visual->rows, vectors, n_group * sizeof *vectors,
                         error))
      return FALSE;
  }
  if (frame >= 0 && tpo_session_tiles (self, &tiles))
    return tpo_visual_look_closely (visual, self, &tiles, (guint) frame, cancellable, error);
  if (last != NULL)
    memcpy (visual->vectors + n - width, last, width * sizeof *last);
  return TRUE;
}

const float *
tpo_session_look (TpoSession *self, gint64 frame, GCancellable *cancellable, GError **error)
{
  TpoVisual *visual = frame < 0 ? &self->clip : &self->still;
  guint n_frames = frame < 0 ? self->model->n_frames : 1;
  g_autofree guint *frames = g_new (guint, n_frames);
  gboolean ok;

  if (visual->vectors != NULL && visual->shown == frame)
    return visual->vectors;
  if (!tpo_session_need_reader (self, cancellable, error) ||
      !tpo_model_hold (self->model, TPO_PART_LOOKING, cancellable, error))
    return NULL;
  visual->shown = -2;
  if (frame < 0)
    tpo_frame_select_middle (tpo_video_get_info (self->video)->n_frames, n_frames, frames);
  else
    frames[0] = (guint) frame;
  ok = look (self, visual, frames, n_frames, frame, cancellable, error);
  tpo_model_release (self->model, TPO_PART_LOOKING);
  if (!ok)
    return NULL;
  visual->shown = frame;
  return visual->vectors;
}
