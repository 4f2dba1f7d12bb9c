#include "config.h"

#include "canvas/mask-texture.h"

#include "compat/tpo-compat.h"

static const guint8 INSIDE_ALPHA = 105;
static const guint MAX_OUTLINE = 6;

/* Enlarged pixels are shown as squares from here on, as those of the picture are. */
static const float CRISP_SCALE = 6.0f;

/* The width in pixels of a mask that is two on the screen, or a little less. */
static guint
find_outline (guint mask_width, const TpoPlane *plane)
{
  double pixels = plane->width > 0 ? 1.8 * mask_width / plane->width : 1.0;

  return (guint) CLAMP (pixels + 0.5, 1.0, MAX_OUTLINE);
}

guint
tpo_mask_reduction (guint mask_width, const TpoPlane *plane, int scale)
{
  double pixels = plane->width > 0 ? mask_width / (plane->width * scale) : 1.0;

  return (guint) CLAMP (pixels, 1.0, mask_width);
}

void
tpo_mask_texture_clear (TpoMaskTexture *self)
{
  g_clear_object (&self->texture);
  g_clear_pointer (&self->mask, tpo_rle_unref);
}

static TpoMaskInk
find_ink (guint mask_width, const TpoPlane *plane, const GdkRGBA *color, gboolean is_dashed)
{
  return (TpoMaskInk){
    .red = (guint8) (color->red * 255.0f + 0.5f),
    .green = (guint8) (color->green * 255.0f + 0.5f),
    .blue = (guint8) (color->blue * 255.0f + 0.5f),
    .alpha = INSIDE_ALPHA,
    .outline = find_outline (mask_width, plane),
    .is_dashed = is_dashed,
  };
}

static gboolean
is_same_ink (const TpoMaskInk *a, const TpoMaskInk *b)
{
  return a->red == b->red && a->green == b->green && a->blue == b->blue &&
         a->outline == b->outline && a->is_dashed == b->is_dashed;
}

static void
make (TpoMaskTexture *self, const TpoMask *mask, const TpoMaskInk *ink)
{
  g_autoptr (GBytes) pixels = NULL;
  guint x, y, width, height;

  tpo_mask_texture_clear (self);
  if (!tpo_mask_bounds (mask, &x, &y, &width, &height))
    return;
  pixels = tpo_mask_paint (mask, x, y, width, height, ink);
  self->texture = tpo_compat_texture_new (width, height, pixels, (gsize) width * 4);
  self->box = (TpoBox){
    .x0 = (float) x / (float) mask->width,
    .y0 = (float) y / (float) mask->height,
    .x1 = (float) (x + width) / (float) mask->width,
    .y1 = (float) (y + height) / (float) mask->height,
  };
}

void
tpo_mask_texture_paint (TpoMaskTexture *self, const TpoMask *mask, const TpoPlane *plane,
                        const GdkRGBA *color)
{
  const TpoMaskInk ink = find_ink (mask->width, plane, color, FALSE);

  make (self, mask, &ink);
}

void
tpo_mask_texture_show (TpoMaskTexture *self, TpoRle *mask, const TpoPlane *plane, int scale,
                       const GdkRGBA *color, gboolean is_dashed)
{
  guint reduction = tpo_mask_reduction (mask->width, plane, scale);
  const TpoMaskInk ink = find_ink (mask->width / reduction, plane, color, is_dashed);
  g_autoptr (TpoMask) small = NULL;

  if (self->mask == mask && self->reduction == reduction && is_same_ink (&self->ink, &ink))
    return;
  small = tpo_mask_new_small (mask, reduction);
  make (self, small, &ink);
  self->mask = tpo_rle_ref (mask);
  self->reduction = reduction;
  self->ink = ink;
}

void
tpo_mask_texture_append (const TpoMaskTexture *self, GtkWidget *widget, GtkSnapshot *snapshot,
                         const TpoPlane *plane)
{
  graphene_rect_t bounds;

  if (self->texture == NULL)
    return;
  graphene_rect_init (&bounds, (float) (plane->x + self->box.x0 * plane->width),
                      (float) (plane->y + self->box.y0 * plane->height),
                      (float) ((self->box.x1 - self->box.x0) * plane->width),
                      (float) ((self->box.y1 - self->box.y0) * plane->height));
  tpo_compat_append_texture (widget, snapshot, self->texture, &bounds,
                             bounds.size.width >
                                 CRISP_SCALE * (float) gdk_texture_get_width (self->texture));
}
