#include "io/frame-select.h"
#include "models/videochat/session.h"

void
tpo_visual_clear (TpoVisual *self)
{
  g_clear_pointer (&self->graph, tpo_graph_free);
  g_clear_pointer (&self->frames, tpo_frame_stack_free);
  g_clear_pointer (&self->vectors, g_free);
}

static gboolean
record (TpoVisual *self, TpoSession *session, guint n_frames, GError **error)
{
  const TpoVideoInfo *info = tpo_video_get_info (session->video);
  TpoModel *model = session->model;
  TpoTensor *x;

  if (self->graph != NULL)
    return TRUE;
  self->shown = -2;
  self->frames = tpo_frame_stack_new (model->device, n_frames, info->height, info->width,
                                      tpo_vit_get_config (model->vit)->image_size, error);
  if (self->frames == NULL)
    return FALSE;
  self->graph = tpo_graph_new (model->device, "look");
  x = tpo_vit_forward (self->graph, model->vit, tpo_frame_stack_get (self->frames, self->graph),
                       NULL);
  x = tpo_qformer_forward (self->graph, model->qformer, x, NULL);
  self->rows = tpo_qformer_project (self->graph, model->qformer, x);
  tpo_graph_output (self->graph, self->rows);
  if (!tpo_graph_compile (self->graph, error)) {
    tpo_visual_clear (self);
    return FALSE;
  }
  return TRUE;
}

const float *
tpo_session_look (TpoSession *self, gint64 frame, GCancellable *cancellable, GError **error)
{
  TpoVisual *visual = frame < 0 ? &self->clip : &self->still;
  guint n_video = tpo_video_get_info (self->video)->n_frames;
  guint n_frames = frame < 0 ? self->model->n_frames : 1;
  g_autofree guint *frames = g_new (guint, n_frames);
  gsize size;

  if (visual->graph != NULL && visual->shown == frame)
    return visual->vectors;
  if (!tpo_session_need_reader (self, cancellable, error) ||
      !record (visual, self, n_frames, error))
    return NULL;
  visual->shown = -2;
  if (frame < 0)
    tpo_frame_select_middle (n_video, n_frames, frames);
  else
    frames[0] = (guint) frame;
  if (!tpo_frame_stack_load (visual->frames, self->reader, frames, cancellable, error) ||
      !tpo_graph_run (visual->graph, cancellable, error))
    return NULL;
  size = sizeof (float) * (gsize) tpo_shape_count (tpo_tensor_get_shape (visual->rows));
  if (visual->vectors == NULL)
    visual->vectors = g_malloc (size);
  if (!tpo_graph_read (visual->graph, visual->rows, visual->vectors, size, error))
    return NULL;
  visual->shown = frame;
  return visual->vectors;
}
