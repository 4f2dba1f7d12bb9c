#include "config.h"

#include "canvas/mask-paint.h"

#include <math.h>
#include <string.h>

/* Of the dark line within the outline. */
static const guint8 CASING_ALPHA = 140;

TpoMask *
tpo_mask_new (guint width, guint height, const TpoRle *rle)
{
  TpoMask *self;
  g_autofree guint8 *source = NULL;

  g_return_val_if_fail (width > 0 && height > 0, NULL);

  self = g_new0 (TpoMask, 1);
  self->width = width;
  self->height = height;
  self->bytes = g_malloc0_n (height, width);
  if (rle == NULL || rle->width == 0 || rle->height == 0)
    return self;
  if (rle->width == width && rle->height == height) {
    tpo_rle_decode (rle, self->bytes, width, 1);
    return self;
  }
  source = g_malloc_n (rle->height, rle->width);
  tpo_rle_decode (rle, source, rle->width, 1);
  for (guint y = 0; y < height; y++) {
    const guint8 *row = source + (gsize) ((guint64) y * rle->height / height) * rle->width;

    for (guint x = 0; x < width; x++)
      self->bytes[(gsize) y * width + x] = row[(guint64) x * rle->width / width];
  }
  return self;
}

/* Rows @first to @last of a column of @rle. */
static void
set_part (TpoMask *self, const TpoRle *rle, guint64 column, guint64 first, guint64 last)
{
  gsize x = (gsize) (column * self->width / rle->width);
  gsize y0 = (gsize) (first * self->height / rle->height);
  gsize y1 = (gsize) (last * self->height / rle->height);

  for (gsize y = y0; y <= y1; y++)
    self->bytes[y * self->width + x] = 1;
}

TpoMask *
tpo_mask_new_small (const TpoRle *rle, guint reduction)
{
  guint64 start = 0;
  TpoMask *self;

  g_return_val_if_fail (rle != NULL && reduction > 0, NULL);

  self = tpo_mask_new (MAX (rle->width / reduction, 1), MAX (rle->height / reduction, 1), NULL);
  for (guint i = 0; i < rle->n_counts; start += rle->counts[i++]) {
    guint64 end = i % 2 == 1 ? start + rle->counts[i] : start;

    /* Down its first column, then down whole ones, then part of its last. */
    for (guint64 at = start, next; at < end; at = next) {
      guint64 column = at / rle->height;

      next = MIN (end, (column + 1) * rle->height);
      set_part (self, rle, column, at - column * rle->height, next - 1 - column * rle->height);
    }
  }
  return self;
}

void
tpo_mask_free (TpoMask *self)
{
  if (self == NULL)
    return;
  g_free (self->bytes);
  g_free (self);
}

/* First and one past the last pixel whose centre may lie in [low, high]. */
static void
pixels_between (double low, double high, guint size, guint *first, guint *end)
{
  *first = (guint) CLAMP (floor (low), 0.0, (double) size);
  *end = (guint) CLAMP (ceil (high) + 1.0, 0.0, (double) size);
}

void
tpo_mask_stroke (TpoMask *self, double x0, double y0, double x1, double y1, double diameter,
                 guint8 value)
{
  double radius = diameter / 2.0, dx = x1 - x0, dy = y1 - y0, length = dx * dx + dy * dy;
  guint first_x, end_x, first_y, end_y;

  g_return_if_fail (self != NULL);

  pixels_between (MIN (x0, x1) - radius, MAX (x0, x1) + radius, self->width, &first_x, &end_x);
  pixels_between (MIN (y0, y1) - radius, MAX (y0, y1) + radius, self->height, &first_y, &end_y);
  for (guint y = first_y; y < end_y; y++) {
    for (guint x = first_x; x < end_x; x++) {
      double px = x + 0.5 - x0, py = y + 0.5 - y0;
      double along = length > 0 ? CLAMP ((px * dx + py * dy) / length, 0.0, 1.0) : 0.0;
      double away_x = px - along * dx, away_y = py - along * dy;
      gboolean is_covered = away_x * away_x + away_y * away_y <= radius * radius;
      gboolean is_under = fabs (away_x) <= 0.5 && fabs (away_y) <= 0.5;

      if (is_covered || is_under)
        self->bytes[(gsize) y * self->width + x] = value;
    }
  }
}

TpoRle *
tpo_mask_to_rle (const TpoMask *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return tpo_rle_encode (self->bytes, self->width, self->height, self->width);
}

gboolean
tpo_mask_bounds (const TpoMask *self, guint *x, guint *y, guint *width, guint *height)
{
  guint x0 = self->width, y0 = self->height, x1 = 0, y1 = 0;

  for (guint row = 0; row < self->height; row++) {
    const guint8 *bytes = self->bytes + (gsize) row * self->width;
    const guint8 *first = memchr (bytes, 1, self->width);
    const guint8 *last = first != NULL ? memrchr (bytes, 1, self->width) : NULL;

    if (first == NULL)
      continue;
    x0 = MIN (x0, (guint) (first - bytes));
    x1 = MAX (x1, (guint) (last - bytes) + 1);
    y0 = MIN (y0, row);
    y1 = row + 1;
  }
  if (y1 == 0)
    return FALSE;
  *x = x0;
  *y = y0;
  *width = x1 - x0;
  *height = y1 - y0;
  return TRUE;
}

gboolean
tpo_rle_has (const TpoRle *rle, double x, double y)
{
  guint64 pixel, seen = 0;

  g_return_val_if_fail (rle != NULL, FALSE);

  if (!(x >= 0.0 && x < 1.0 && y >= 0.0 && y < 1.0))
    return FALSE;
  pixel = (guint64) (x * rle->width) * rle->height + (guint64) (y * rle->height);
  for (guint i = 0; i < rle->n_counts; i++) {
    seen += rle->counts[i];
    if (pixel < seen)
      return i % 2 == 1;
  }
  return FALSE;
}

/* One step away from an edge is 1; what is farther than a byte can say is far enough. */
static guint8
farther (guint8 distance)
{
  return distance < G_MAXUINT8 ? distance + 1 : distance;
}

/* Of a row: how far each pixel is from an unset one in one direction, together with what was known
 * of it. @above: likewise of the row before, in the direction in which rows are taken. */
static void
measure_row (const guint8 *bytes, guint width, gboolean is_back, guint8 *above, guint8 *nearest)
{
  guint8 before = 0;

  for (guint i = 0; i < width; i++) {
    guint x = is_back ? width - 1 - i : i;

    before = bytes[x] ? farther (before) : 0;
    above[x] = bytes[x] ? farther (above[x]) : 0;
    nearest[x] = MIN (nearest[x], MIN (before, above[x]));
  }
}

/* How far each pixel of a part is from an unset one in the nearest of four directions; 0 for unset
 * ones. Outside of the part nothing counts as set. Returns: (transfer full): [height, width] */
static guint8 *
measure (const TpoMask *self, guint x, guint y, guint width, guint height)
{
  guint8 *nearest = g_malloc ((gsize) width * height);
  g_autofree guint8 *above = g_malloc0 (width);

  memset (nearest, G_MAXUINT8, (gsize) width * height);
  for (guint row = 0; row < height; row++)
    measure_row (self->bytes + (gsize) (y + row) * self->width + x, width, FALSE, above,
                 nearest + (gsize) row * width);
  memset (above, 0, width);
  for (guint row = height; row-- > 0;)
    measure_row (self->bytes + (gsize) (y + row) * self->width + x, width, TRUE, above,
                 nearest + (gsize) row * width);
  return nearest;
}

GBytes *
tpo_mask_paint (const TpoMask *self, guint x, guint y, guint width, guint height,
                const TpoMaskInk *ink)
{
  const guint8 inside[4] = { (guint8) (ink->blue * ink->alpha / 255),
                             (guint8) (ink->green * ink->alpha / 255),
                             (guint8) (ink->red * ink->alpha / 255), ink->alpha };
  const guint8 edge[4] = { ink->blue, ink->green, ink->red, 255 };
  const guint8 casing[4] = { 0, 0, 0, CASING_ALPHA };
  guint outline = MAX (1, ink->outline), dash = 4 * outline;
  g_autofree guint8 *distances = NULL;
  guint8 *pixels, *pixel;
  gsize at = 0;

  g_return_val_if_fail (x + width <= self->width && y + height <= self->height, NULL);

  distances = measure (self, x, y, width, height);
  pixels = pixel = g_malloc0_n (height, (gsize) width * 4);
  for (guint row = y; row < y + height; row++) {
    for (guint column = x; column < x + width; column++, pixel += 4, at++) {
      if (distances[at] == 0)
        continue;
      if (distances[at] > 2 * outline)
        memcpy (pixel, inside, sizeof inside);
      else if (distances[at] <= outline &&
               !(ink->is_dashed && (column / dash + row / dash) % 2 == 1))
        memcpy (pixel, edge, sizeof edge);
      else
        memcpy (pixel, casing, sizeof casing);
    }
  }
  return g_bytes_new_take (pixels, (gsize) height * width * 4);
}
