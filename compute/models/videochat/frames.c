#include "models/videochat/frames.h"

#include <string.h>

struct _TpoFrameStack {
  guint n_frames, size;
  TpoTensor *frames; /* [n_frames, size · size · 3] */
  TpoGraph *graph;   /* one picture → one row of frames */
  TpoTensor *picture, *row;
};

TpoFrameStack *
tpo_frame_stack_new (TpoDevice *device, guint n_frames, guint rows, guint cols, guint size,
                     const TpoPixelScale *scale, GError **error)
{
  g_autoptr (TpoFrameStack) self = g_new0 (TpoFrameStack, 1);
  gint64 n = 3 * (gint64) size * size;
  TpoTensor *x;

  self->n_frames = n_frames;
  self->size = size;
  self->frames = tpo_tensor_new (device, "frames", TPO_F32, TPO_SHAPE (n_frames, n), error);
  if (self->frames == NULL)
    return NULL;
  self->graph = tpo_graph_new (device, "frames");
  self->picture =
      tpo_graph_input (self->graph, "picture", TPO_U8, TPO_SHAPE (1, rows, cols, 3));
  self->row = tpo_graph_input (self->graph, "row", TPO_I32, TPO_SHAPE (1));
  x = tpo_preprocess_chat (self->graph, self->picture, size, TRUE, scale);
  tpo_store_rows (self->graph, self->frames, tpo_reshape (self->graph, x, TPO_SHAPE (1, n)),
                  self->row);
  return tpo_graph_compile (self->graph, error) ? g_steal_pointer (&self) : NULL;
}

void
tpo_frame_stack_free (TpoFrameStack *self)
{
  g_clear_pointer (&self->graph, tpo_graph_free);
  g_clear_pointer (&self->frames, tpo_tensor_unref);
  g_free (self);
}

TpoTensor *
tpo_frame_stack_get (TpoFrameStack *self, TpoGraph *g)
{
  return tpo_reshape (g, self->frames, TPO_SHAPE (self->n_frames, self->size, self->size, 3));
}

gboolean
tpo_frame_stack_set (TpoFrameStack *self, const float *pixels, GError **error)
{
  gsize n = (gsize) self->n_frames * self->size * self->size * 3;

  return tpo_tensor_write (self->frames, pixels, n * sizeof *pixels, error);
}

GBytes *
tpo_read_pixels (TpoVideoReader *reader, guint frame, GCancellable *cancellable, GError **error)
{
  g_autoptr (TpoPicture) picture = tpo_video_reader_read (reader, frame, cancellable, error);
  const guint8 *source;
  guint8 *pixels;
  gsize row;

  if (picture == NULL)
    return NULL;
  row = 3 * (gsize) picture->width;
  if (picture->stride == row)
    return g_bytes_new_from_bytes (picture->bytes, 0, row * picture->height);
  source = g_bytes_get_data (picture->bytes, NULL);
  pixels = g_malloc (row * picture->height);
  for (guint y = 0; y < picture->height; y++)
    memcpy (pixels + y * row, source + y * picture->stride, row);
  return g_bytes_new_take (pixels, row * picture->height);
}

gboolean
tpo_frame_stack_load (TpoFrameStack *self, TpoVideoReader *reader, const guint *frames,
                      GCancellable *cancellable, GError **error)
{
  for (guint i = 0; i < self->n_frames; i++) {
    gint32 row = (gint32) i;
    g_autoptr (GBytes) pixels = tpo_read_pixels (reader, frames[i], cancellable, error);

    if (pixels == NULL ||
        !tpo_graph_write (self->graph, self->picture, g_bytes_get_data (pixels, NULL),
                          g_bytes_get_size (pixels), error) ||
        !tpo_graph_write (self->graph, self->row, &row, sizeof row, error) ||
        !tpo_graph_run (self->graph, cancellable, error))
      return FALSE;
  }
  return TRUE;
}
