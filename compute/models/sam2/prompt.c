#include <math.h>

#include "models/sam2/weights.h"

static const float LN_EPS = 1e-6f;

TpoTensor *
tpo_sam2_fourier_code (const TpoSam2 *self, TpoGraph *g, TpoTensor *points, gboolean shift)
{
  float half_pixel = shift ? 0.5f / self->config.image_size : 0.0f;
  TpoTensor *centred =
      tpo_affine (g, points, 2.0f, 2.0f * half_pixel - 1.0f, -INFINITY, INFINITY);
  TpoTensor *matrix = tpo_permute (g, self->fourier, (const int[]){ 1, 0 });
  TpoTensor *angle = tpo_scale (g, tpo_matmul (g, centred, matrix), (float) (2.0 * G_PI));

  return tpo_concat (g, tpo_unary (g, angle, TPO_UNARY_SIN),
                     tpo_unary (g, angle, TPO_UNARY_COS), 1);
}

TpoTensor *
tpo_sam2_prompt_points (const TpoSam2 *self, TpoGraph *g, TpoTensor *points, TpoTensor *labels)
{
  TpoTensor *codes;

  if (points == NULL)
    return tpo_repeat (g, self->padding_code, 0, 2);
  codes = tpo_add (g, tpo_sam2_fourier_code (self, g, points, TRUE),
                   tpo_get_rows (g, self->label_codes, labels));
  return tpo_concat (g, codes, self->padding_code, 0);
}

TpoTensor *
tpo_sam2_prompt_mask (const TpoSam2 *self, TpoGraph *g, TpoTensor *logits)
{
  gint64 edge = 4 * (gint64) tpo_sam2_grid (self), grid = tpo_sam2_grid (self);
  TpoTensor *x;

  if (logits == NULL)
    return self->no_mask;
  x = tpo_reshape (g, logits, TPO_SHAPE (1, edge, edge, 1));
  x = tpo_conv2d (g, x, self->mask_down1.w, self->mask_down1.b, 2, 0, 1, TPO_ACT_NONE);
  x = tpo_unary (g, tpo_norm (g, x, &self->mask_norm1, LN_EPS), TPO_UNARY_GELU);
  x = tpo_conv2d (g, x, self->mask_down2.w, self->mask_down2.b, 2, 0, 1, TPO_ACT_NONE);
  x = tpo_unary (g, tpo_norm (g, x, &self->mask_norm2, LN_EPS), TPO_UNARY_GELU);
  x = tpo_linear (g, x, &self->mask_out, TPO_ACT_NONE, NULL);
  return tpo_reshape (g, x, TPO_SHAPE (grid * grid, self->config.d_model));
}

TpoTensor *
tpo_sam2_given_mask (const TpoSam2 *self, TpoGraph *g, TpoTensor *mask)
{
  TpoResize params = { .filter = TPO_RESIZE_BILINEAR, .antialias = TRUE };
  gint64 rows = tpo_tensor_dim (mask, 0), cols = tpo_tensor_dim (mask, 1);
  guint s = self->config.image_size;
  TpoTensor *x = tpo_reshape (g, tpo_cast (g, mask, TPO_F32), TPO_SHAPE (1, rows, cols, 1));

  x = tpo_affine (g, tpo_resize (g, x, s, s, &params), 1.0f, -0.5f, -INFINITY, INFINITY);
  return tpo_reshape (g, tpo_unary (g, x, TPO_UNARY_STEP), TPO_SHAPE (s, s));
}

TpoTensor *
tpo_sam2_given_logits (const TpoSam2 *self, TpoGraph *g, TpoTensor *square)
{
  TpoResize params = { .filter = TPO_RESIZE_BILINEAR, .antialias = TRUE };
  guint s = self->config.image_size, edge = 4 * tpo_sam2_grid (self);
  TpoTensor *x = tpo_affine (g, square, 20.0f, -10.0f, -INFINITY, INFINITY);

  x = tpo_resize (g, tpo_reshape (g, x, TPO_SHAPE (1, s, s, 1)), edge, edge, &params);
  return tpo_reshape (g, x, TPO_SHAPE (edge * edge));
}

TpoTensor *
tpo_sam2_prompt_given (const TpoSam2 *self, TpoGraph *g, TpoTensor *square)
{
  gint64 s = self->config.image_size, edge = 4 * (gint64) tpo_sam2_grid (self);
  TpoTensor *x = tpo_reshape (g, square, TPO_SHAPE (1, s, s, 1));

  x = tpo_conv2d (g, x, self->mask_downsample.w, self->mask_downsample.b, 4, 0, 1,
                  TPO_ACT_NONE);
  return tpo_sam2_prompt_mask (self, g, tpo_reshape (g, x, TPO_SHAPE (edge * edge)));
}
