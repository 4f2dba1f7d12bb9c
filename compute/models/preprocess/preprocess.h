#pragma once

#include "nn/ops.h"

/**
 * From decoded frames to network inputs, on the device. The picture is scaled to a square; its aspect
 * ratio is not kept. Reference: app.py, get_transform and the two transforms built there.
 */

/** TpoPixelScale: (value - mean) / std for each channel, red first, of values scaled to 0 … 1 */
typedef struct {
  float mean[3], std[3];
} TpoPixelScale;

extern const TpoPixelScale
    tpo_pixel_scale_imagenet;                    /* of VideoChat-TPO, its heads and encoders */
extern const TpoPixelScale tpo_pixel_scale_unit; /* -1 … 1, of SigLIP */

/**
 * tpo_preprocess_resize:
 * @frames: [T, rows, cols, 3] U8
 * @size: pixels, side of the result
 * @antialias: widen the kernel when shrinking, as torchvision does from 0.17 on
 *
 * Keys, "Cubic Convolution Interpolation" (1981), rounded to whole 0 … 255 as on bytes.
 *
 * Returns: [T, @size, @size, 3] F32 holding whole numbers
 */
TpoTensor *tpo_preprocess_resize (TpoGraph *g, TpoTensor *frames, guint size,
                                  gboolean antialias);

/**
 * tpo_preprocess_chat: input of the vision encoder: resized as above, then normalised. [T, size,
 * size, 3] F32
 */
TpoTensor *tpo_preprocess_chat (TpoGraph *g, TpoTensor *frames, guint size, gboolean antialias,
                                const TpoPixelScale *scale);

/**
 * tpo_preprocess_normalise: @frames: [..., 3] of 0 … 255, U8 or F32.
 *
 * Returns: (frames / 255 - mean) / std
 */
TpoTensor *tpo_preprocess_normalise (TpoGraph *g, TpoTensor *frames,
                                     const TpoPixelScale *scale);

/**
 * tpo_preprocess_mask_resize: the mask head's resize, on numbers that are not rounded and may leave
 *   the range of the picture where the kernel overshoots
 *
 * Returns: [T, @size, @size, 3] F32, 0 … 255 but for overshoot
 */
TpoTensor *tpo_preprocess_mask_resize (TpoGraph *g, TpoTensor *frames, guint size,
                                       gboolean antialias);

/** tpo_preprocess_mask: input of the mask head: resized so, then normalised. [T, size, size, 3] F32 */
TpoTensor *tpo_preprocess_mask (TpoGraph *g, TpoTensor *frames, guint size, gboolean antialias);
