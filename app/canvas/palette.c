#include "config.h"

#include "canvas/palette.h"

/* Neighbours differ in hue and in lightness, so that two new objects are told apart without colour vision too. */
static const guint32 colors[] = {
  0x33d17a, 0xf66151, 0x62a0ea, 0xf8e45c, 0xdc8add,
  0xff7800, 0x5bc8d8, 0xb5e853, 0xff8fb1, 0xa58aff,
};

void
tpo_palette_color (gint64 annotation_id, GdkRGBA *color)
{
  guint32 rgb = colors[(guint64) annotation_id % G_N_ELEMENTS (colors)];

  color->red = (float) (rgb >> 16 & 0xff) / 255.0f;
  color->green = (float) (rgb >> 8 & 0xff) / 255.0f;
  color->blue = (float) (rgb & 0xff) / 255.0f;
  color->alpha = 1.0f;
}

void
tpo_palette_ink (const GdkRGBA *color, GdkRGBA *ink)
{
  float light = 0.299f * color->red + 0.587f * color->green + 0.114f * color->blue;
  float level = light > 0.5f ? 0.0f : 1.0f;

  *ink = (GdkRGBA){ level, level, level, 1.0f };
}
