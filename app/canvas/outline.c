#include "config.h"

#include "canvas/outline.h"

#include <math.h>

static const GdkRGBA CASING = { 0, 0, 0, 0.6f }, WHITE = { 1, 1, 1, 1 };
static const float DASH = 8.0f, GAP = 5.0f;
static const float CORNER = 14.0f; /* length of a heavy corner */
static const float HANDLE = 9.0f;

static void
append_border (GtkSnapshot *snapshot, const graphene_rect_t *rect, float radius, float width,
               const GdkRGBA *color)
{
  const float widths[4] = { width, width, width, width };
  const GdkRGBA colors[4] = { *color, *color, *color, *color };
  GskRoundedRect rounded;

  gsk_rounded_rect_init_from_rect (&rounded, rect, radius);
  gtk_snapshot_append_border (snapshot, &rounded, widths, colors);
}

static graphene_rect_t
grown (const graphene_rect_t *rect, float by)
{
  return GRAPHENE_RECT_INIT (rect->origin.x - by, rect->origin.y - by,
                             MAX (0.0f, rect->size.width + 2 * by),
                             MAX (0.0f, rect->size.height + 2 * by));
}

/* One side in dashes, from (x, y) on, @length long. */
static void
append_dashes (GtkSnapshot *snapshot, float x, float y, float length, gboolean is_upright,
               const TpoOutline *outline)
{
  for (float at = 0; at < length; at += DASH + GAP) {
    float dash = MIN (DASH, length - at);
    float thick = outline->width;
    graphene_rect_t rect = is_upright ? GRAPHENE_RECT_INIT (x - thick / 2, y + at, thick, dash)
                                      : GRAPHENE_RECT_INIT (x + at, y - thick / 2, dash, thick);

    gtk_snapshot_append_color (snapshot, &outline->color, &rect);
  }
}

static void
append_corners (GtkSnapshot *snapshot, const graphene_rect_t *rect, const TpoOutline *outline)
{
  float thick = outline->width + 2.0f;
  float x0 = rect->origin.x - thick / 2, y0 = rect->origin.y - thick / 2;
  float x1 = rect->origin.x + rect->size.width + thick / 2;
  float y1 = rect->origin.y + rect->size.height + thick / 2;
  float reach_x = MIN (CORNER, (x1 - x0) / 3), reach_y = MIN (CORNER, (y1 - y0) / 3);

  for (int corner = 0; corner < 4; corner++) {
    gboolean is_right = corner & 1, is_low = corner & 2;

    gtk_snapshot_append_color (snapshot, &outline->color,
                               &GRAPHENE_RECT_INIT (is_right ? x1 - reach_x : x0,
                                                    is_low ? y1 - thick : y0, reach_x, thick));
    gtk_snapshot_append_color (snapshot, &outline->color,
                               &GRAPHENE_RECT_INIT (is_right ? x1 - thick : x0,
                                                    is_low ? y1 - reach_y : y0, thick,
                                                    reach_y));
  }
}

void
tpo_outline_append (GtkSnapshot *snapshot, const graphene_rect_t *rect,
                    const TpoOutline *outline)
{
  float x = rect->origin.x, y = rect->origin.y;
  float width = rect->size.width, height = rect->size.height;
  graphene_rect_t outer = grown (rect, outline->width / 2);
  graphene_rect_t casing = grown (&outer, 1.0f);

  append_border (snapshot, &casing, 0, outline->width + 2.0f, &CASING);
  if (outline->is_dashed) {
    append_dashes (snapshot, x, y, width, FALSE, outline);
    append_dashes (snapshot, x, y + height, width, FALSE, outline);
    append_dashes (snapshot, x, y, height, TRUE, outline);
    append_dashes (snapshot, x + width, y, height, TRUE, outline);
  } else {
    append_border (snapshot, &outer, 0, outline->width, &outline->color);
  }
  if (outline->has_corners)
    append_corners (snapshot, rect, outline);
}

void
tpo_outline_append_handles (GtkSnapshot *snapshot, const graphene_rect_t *rect)
{
  for (int row = 0; row < 3; row++) {
    for (int column = 0; column < 3; column++) {
      graphene_rect_t handle = GRAPHENE_RECT_INIT (
          rect->origin.x + rect->size.width * (float) column / 2 - HANDLE / 2,
          rect->origin.y + rect->size.height * (float) row / 2 - HANDLE / 2, HANDLE, HANDLE);

      if (row == 1 && column == 1)
        continue;
      /* No room for the ones in the middle. */
      if ((column == 1 && rect->size.width < 4 * HANDLE) ||
          (row == 1 && rect->size.height < 4 * HANDLE))
        continue;
      gtk_snapshot_append_color (snapshot, &WHITE, &handle);
      append_border (snapshot, &handle, 0, 1.0f, &(const GdkRGBA){ 0, 0, 0, 1 });
    }
  }
}

void
tpo_outline_append_selection (GtkSnapshot *snapshot, const graphene_rect_t *rect)
{
  graphene_rect_t frame = grown (rect, 5.0f), casing = grown (rect, 6.0f);

  append_border (snapshot, &casing, 0, 3.0f, &CASING);
  append_border (snapshot, &frame, 0, 1.0f, &WHITE);
}

void
tpo_outline_append_focus (GtkSnapshot *snapshot, const graphene_rect_t *rect)
{
  graphene_rect_t ring = grown (rect, 7.0f), casing = grown (rect, 8.0f);

  append_border (snapshot, &casing, 5.0f, 4.0f, &CASING);
  append_border (snapshot, &ring, 4.0f, 2.0f, &WHITE);
}

void
tpo_outline_append_ring (GtkSnapshot *snapshot, double x, double y, double diameter)
{
  float size = (float) MAX (diameter, 3.0);
  graphene_rect_t ring =
      GRAPHENE_RECT_INIT ((float) x - size / 2, (float) y - size / 2, size, size);
  graphene_rect_t casing = grown (&ring, 1.0f);

  append_border (snapshot, &casing, size, 3.5f, &CASING);
  append_border (snapshot, &ring, size, 1.5f, &WHITE);
}

void
tpo_outline_append_cross (GtkSnapshot *snapshot, double x, double y)
{
  const float arm = 9.0f;
  const GdkRGBA colors[] = { CASING, WHITE };

  for (guint i = 0; i < G_N_ELEMENTS (colors); i++) {
    float half = i == 0 ? 1.5f : 0.5f, reach = arm + half;

    gtk_snapshot_append_color (
        snapshot, &colors[i],
        &GRAPHENE_RECT_INIT ((float) x - reach, (float) y - half, 2 * reach, 2 * half));
    gtk_snapshot_append_color (
        snapshot, &colors[i],
        &GRAPHENE_RECT_INIT ((float) x - half, (float) y - reach, 2 * half, 2 * reach));
  }
}

void
tpo_outline_append_point (GtkSnapshot *snapshot, double x, double y, gboolean is_positive)
{
  static const GdkRGBA positive = { 0.15f, 0.64f, 0.41f, 1 },
                       negative = { 0.88f, 0.11f, 0.14f, 1 };
  const float size = 17.0f, bar = 9.0f, thick = 2.0f;
  float left = (float) x - size / 2, top = (float) y - size / 2;
  graphene_rect_t dot = GRAPHENE_RECT_INIT (left, top, size, size);
  graphene_rect_t casing = grown (&dot, 1.0f);
  GskRoundedRect round;

  gsk_rounded_rect_init_from_rect (&round, &dot, size / 2);
  gtk_snapshot_push_rounded_clip (snapshot, &round);
  gtk_snapshot_append_color (snapshot, is_positive ? &positive : &negative, &dot);
  gtk_snapshot_pop (snapshot);
  append_border (snapshot, &casing, size, 3.0f, &CASING);
  append_border (snapshot, &dot, size / 2, 1.5f, &WHITE);
  gtk_snapshot_append_color (
      snapshot, &WHITE,
      &GRAPHENE_RECT_INIT ((float) x - bar / 2, (float) y - thick / 2, bar, thick));
  if (is_positive)
    gtk_snapshot_append_color (
        snapshot, &WHITE,
        &GRAPHENE_RECT_INIT ((float) x - thick / 2, (float) y - bar / 2, thick, bar));
}

static void
stroke (cairo_t *cr, const GdkRGBA *color, double width)
{
  gdk_cairo_set_source_rgba (cr, color);
  cairo_set_line_width (cr, width);
  cairo_stroke_preserve (cr);
}

void
tpo_outline_append_polygon (GtkSnapshot *snapshot, const graphene_point_t *points, guint n,
                            const graphene_rect_t *view)
{
  cairo_t *cr;

  if (n == 0)
    return;
  cr = gtk_snapshot_append_cairo (snapshot, view);
  for (guint i = 0; i < n; i++)
    cairo_line_to (cr, (double) points[i].x, (double) points[i].y);
  stroke (cr, &CASING, 4.0);
  stroke (cr, &WHITE, 2.0);
  cairo_new_path (cr);
  cairo_move_to (cr, (double) points[n - 1].x, (double) points[n - 1].y);
  cairo_line_to (cr, (double) points[0].x, (double) points[0].y);
  stroke (cr, &CASING, 2.0);
  cairo_set_dash (cr, (const double[]){ 4.0, 4.0 }, 2, 0.0);
  stroke (cr, &WHITE, 1.0);
  cairo_destroy (cr);
}

void
tpo_outline_append_corner (GtkSnapshot *snapshot, float x, float y, gboolean closes)
{
  static const GdkRGBA end = { 0.2f, 0.82f, 0.48f, 1 };
  float size = closes ? HANDLE + 4.0f : HANDLE - 1.0f;
  graphene_rect_t handle = GRAPHENE_RECT_INIT (x - size / 2, y - size / 2, size, size);

  gtk_snapshot_append_color (snapshot, closes ? &end : &WHITE, &handle);
  append_border (snapshot, &handle, 0, 1.0f, &(const GdkRGBA){ 0, 0, 0, 1 });
}

/* Which of @n lines, from @start on in steps of @step, lie in [0, @end]. */
static void
visible_lines (double start, double step, guint n, int end, guint *first, guint *last)
{
  *first = (guint) CLAMP (ceil (-start / step), 0.0, (double) n);
  *last = (guint) CLAMP (floor ((end - start) / step), 0.0, (double) n);
}

void
tpo_outline_append_grid (GtkSnapshot *snapshot, const TpoPlane *plane, guint columns,
                         guint rows, int view_width, int view_height)
{
  static const GdkRGBA line = { 0.5f, 0.5f, 0.5f, 0.5f };
  double step_x = plane->width / columns, step_y = plane->height / rows;
  double top = MAX (plane->y, 0.0), bottom = MIN (plane->y + plane->height, view_height);
  double left = MAX (plane->x, 0.0), right = MIN (plane->x + plane->width, view_width);
  guint first, last;

  visible_lines (plane->x, step_x, columns, view_width, &first, &last);
  for (guint i = first; i <= last; i++)
    gtk_snapshot_append_color (snapshot, &line,
                               &GRAPHENE_RECT_INIT ((float) floor (plane->x + i * step_x),
                                                    (float) top, 1, (float) (bottom - top)));
  visible_lines (plane->y, step_y, rows, view_height, &first, &last);
  for (guint i = first; i <= last; i++)
    gtk_snapshot_append_color (snapshot, &line,
                               &GRAPHENE_RECT_INIT ((float) left,
                                                    (float) floor (plane->y + i * step_y),
                                                    (float) (right - left), 1));
}
