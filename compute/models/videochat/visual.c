#include "io/frame-select.h"
#include "models/videochat/session.h"

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

static gboolean
record (TpoVisual *self, TpoSession *session, guint n_frames, GError **error)
{
  const TpoVideoInfo *info = tpo_video_get_info (session->video);
  TpoModel *model = session->model;
  TpoTensor *x;

  if (self->graph != NULL)
    return TRUE;
  tpo_visual_drop (self);
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
    tpo_visual_drop (self);
    return FALSE;
  }
  return TRUE;
}

/* Reads @frames and runs the recorded work on them. */
static gboolean
look (TpoSession *self, TpoVisual *visual, const guint *frames, guint n_frames,
      GCancellable *cancellable, GError **error)
{
  gsize size;

  if (!record (visual, self, n_frames, error) ||
      !tpo_frame_stack_load (visual->frames, self->reader, frames, cancellable, error) ||
      !tpo_graph_run (visual->graph, cancellable, error))
    return FALSE;
  size = sizeof (float) * (gsize) tpo_shape_count (tpo_tensor_get_shape (visual->rows));
  if (visual->vectors == NULL)
    visual->vectors = g_malloc (size);
  return tpo_graph_read (visual->graph, visual->rows, visual->vectors, size, error);
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
  ok = look (self, visual, frames, n_frames, cancellable, error);
  tpo_model_release (self->model, TPO_PART_LOOKING);
  if (!ok)
    return NULL;
  visual->shown = frame;
  return visual->vectors;
}
