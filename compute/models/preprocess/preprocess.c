#include "models/preprocess/preprocess.h"

const TpoPixelScale tpo_pixel_scale_imagenet = { { 0.485f, 0.456f, 0.406f },
                                                 { 0.229f, 0.224f, 0.225f } };
const TpoPixelScale tpo_pixel_scale_unit = { { 0.5f, 0.5f, 0.5f }, { 0.5f, 0.5f, 0.5f } };

static TpoTensor *
resize (TpoGraph *g, TpoTensor *frames, guint size, gboolean antialias, gboolean round_u8)
{
  const TpoResize params = { .filter = TPO_RESIZE_BICUBIC,
                             .antialias = antialias,
                             .round_u8 = round_u8 };

  return tpo_resize (g, frames, size, size, &params);
}

TpoTensor *
tpo_preprocess_resize (TpoGraph *g, TpoTensor *frames, guint size, gboolean antialias)
{
  return resize (g, frames, size, antialias, TRUE);
}

TpoTensor *
tpo_preprocess_mask_resize (TpoGraph *g, TpoTensor *frames, guint size, gboolean antialias)
{
  return resize (g, frames, size, antialias, FALSE);
}

TpoTensor *
tpo_preprocess_normalise (TpoGraph *g, TpoTensor *frames, const TpoPixelScale *scale)
{
  return tpo_normalise_rgb (g, frames, 1 / 255.f, scale->mean, scale->std);
}

TpoTensor *
tpo_preprocess_chat (TpoGraph *g, TpoTensor *frames, guint size, gboolean antialias,
                     const TpoPixelScale *scale)
{
  return tpo_preprocess_normalise (g, tpo_preprocess_resize (g, frames, size, antialias),
                                   scale);
}

TpoTensor *
tpo_preprocess_mask (TpoGraph *g, TpoTensor *frames, guint size, gboolean antialias)
{
  return tpo_preprocess_normalise (g, tpo_preprocess_mask_resize (g, frames, size, antialias),
                                   &tpo_pixel_scale_imagenet);
}
