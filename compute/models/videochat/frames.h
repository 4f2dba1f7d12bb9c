#pragma once

#include <tpo/video.h>

#include "models/preprocess/preprocess.h"

/**
 * TpoFrameStack: a fixed number of scaled frames in device memory, loaded one by one so that the
 * pictures of a large video never lie in memory side by side.
 */
typedef struct _TpoFrameStack TpoFrameStack;

/**
 * tpo_frame_stack_new:
 * @rows, @cols: pixels of the frames read
 * @size: side of the scaled frames; bicubic, as for the chat model
 * @scale: of their pixels
 */
TpoFrameStack *tpo_frame_stack_new (TpoDevice *device, guint n_frames, guint rows, guint cols,
                                    guint size, const TpoPixelScale *scale, GError **error);
void tpo_frame_stack_free (TpoFrameStack *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoFrameStack, tpo_frame_stack_free)

/**
 * tpo_frame_stack_get: Returns: (transfer none): [n_frames, size, size, 3] F32, normalised;
 * persistent
 */
TpoTensor *tpo_frame_stack_get (TpoFrameStack *self, TpoGraph *g);

/** tpo_frame_stack_set: @pixels: [n_frames, size, size, 3], scaled as the encoder takes them */
gboolean tpo_frame_stack_set (TpoFrameStack *self, const float *pixels, GError **error);

/** tpo_frame_stack_load: @frames: [n_frames] frame numbers */
gboolean tpo_frame_stack_load (TpoFrameStack *self, TpoVideoReader *reader, const guint *frames,
                               GCancellable *cancellable, GError **error);

/**
 * tpo_read_pixels: one frame, rows side by side without gaps. Returns: (transfer full): [rows,
 * cols, 3]
 */
GBytes *tpo_read_pixels (TpoVideoReader *reader, guint frame, GCancellable *cancellable,
                         GError **error);
