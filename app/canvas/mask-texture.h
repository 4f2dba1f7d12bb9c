#pragma once

#include <gtk/gtk.h>

#include "canvas/mask-paint.h"
#include "canvas/picture-geometry.h"

G_BEGIN_DECLS

/** TpoMaskTexture: the set part of a mask as colours on the screen. Valid when zeroed: nothing to show */
typedef struct {
  GdkTexture *texture; /* nullable, owned */
  TpoBox box;          /* the part of the picture that it covers */
} TpoMaskTexture;

/** tpo_mask_texture_set: makes the texture anew */
void tpo_mask_texture_set (TpoMaskTexture *self, const TpoMask *mask, const GdkRGBA *color,
                           guint outline, gboolean is_dashed);
void tpo_mask_texture_clear (TpoMaskTexture *self);

void tpo_mask_texture_append (const TpoMaskTexture *self, GtkSnapshot *snapshot,
                              const TpoPlane *plane);

/** tpo_mask_texture_outline: the width in pixels of a mask that is two on the screen, or a little less */
guint tpo_mask_texture_outline (guint mask_width, const TpoPlane *plane);

G_END_DECLS
