#pragma once

#include <gtk/gtk.h>

#include "canvas/mask-paint.h"
#include "canvas/picture-geometry.h"

G_BEGIN_DECLS

/** TpoMaskTexture: the set part of a mask as colours on the screen. Valid when zeroed: nothing to show */
typedef struct {
  GdkTexture *texture; /* nullable, owned */
  TpoBox box;          /* the part of the picture that it covers */
  TpoRle *mask; /* nullable, owned: what it was made of, as all below; not of a painted one */
  guint reduction;
  TpoMaskInk ink;
} TpoMaskTexture;

/** tpo_mask_texture_paint: of a mask that is being painted: makes the texture anew */
void tpo_mask_texture_paint (TpoMaskTexture *self, const TpoMask *mask, const TpoPlane *plane,
                             const GdkRGBA *color);

/**
 * tpo_mask_texture_show:
 * @scale: of the display, device pixels of one of the view
 *
 * Makes the texture of a mask, as fine as the screen shows it, unless it is that already.
 */
void tpo_mask_texture_show (TpoMaskTexture *self, TpoRle *mask, const TpoPlane *plane,
                            int scale, const GdkRGBA *color, gboolean is_dashed);
void tpo_mask_texture_clear (TpoMaskTexture *self);

/** tpo_mask_texture_append: @widget: that is being drawn */
void tpo_mask_texture_append (const TpoMaskTexture *self, GtkWidget *widget,
                              GtkSnapshot *snapshot, const TpoPlane *plane);

/**
 * tpo_mask_reduction: how many pixels of a mask, across and down, are one on the screen; 1 where it
 * is enlarged
 */
guint tpo_mask_reduction (guint mask_width, const TpoPlane *plane, int scale);

G_END_DECLS
