#include "config.h"

#include "timeline/track-paint.h"

#include <math.h>

#include "labels/palette.h"

static const float LINE_PX = 6.0f;  /* height of full confidence */
static const float HATCH_PX = 4.0f; /* across one line of a hatch and its gap */
static const double UNSURE = 0.5;

static const TpoKeyframeRecord *
keyframe_at (GPtrArray *keyframes, guint i)
{
  return g_ptr_array_index (keyframes, i);
}

/* The keyframe that holds at @time_us, or the first. */
static guint
find (GPtrArray *keyframes, gint64 time_us)
{
  guint low = 0, high = keyframes->len;

  while (low < high) {
    guint middle = low + (high - low) / 2;

    if (keyframe_at (keyframes, middle)->time_us <= time_us)
      low = middle + 1;
    else
      high = middle;
  }
  return low > 0 ? low - 1 : 0;
}

/* Two gradients that differ in their bounds alone are one to GTK 4.8, which does not draw the
 * second; two clips are not. */
static void
hatch (GtkSnapshot *snapshot, const graphene_rect_t *bounds, const GdkRGBA *ink)
{
  graphene_rect_t larger;
  GdkRGBA line = *ink, none = *ink;

  line.alpha = 0.55f;
  none.alpha = 0.0f;
  const GskColorStop stops[] = {
    { 0.0f, line }, { 0.45f, line }, { 0.55f, none }, { 1.0f, none }
  };

  graphene_rect_inset_r (bounds, -HATCH_PX, 0, &larger);
  gtk_snapshot_push_clip (snapshot, bounds);
  gtk_snapshot_append_repeating_linear_gradient (
      snapshot, &larger, &GRAPHENE_POINT_INIT (bounds->origin.x, bounds->origin.y),
      &GRAPHENE_POINT_INIT (bounds->origin.x + HATCH_PX, bounds->origin.y + HATCH_PX), stops,
      G_N_ELEMENTS (stops));
  gtk_snapshot_pop (snapshot);
}

/* One column of the line, as low as the least sure of its frames. */
static void
append_column (GtkSnapshot *snapshot, double x, double score, int height, const GdkRGBA *ink)
{
  GdkRGBA color = *ink;
  float size = MAX (1.0f, (float) score * LINE_PX);

  if (score < UNSURE)
    color = (GdkRGBA){ 0.88f, 0.11f, 0.14f, 1.0f };
  color.alpha = 0.8f;
  gtk_snapshot_append_color (
      snapshot, &color, &GRAPHENE_RECT_INIT ((float) x, (float) height - size, 1.0f, size));
}

static void
append_scores (GtkSnapshot *snapshot, GPtrArray *keyframes, TpoTimelineModel *model,
               double left, int width, int height, const GdkRGBA *ink)
{
  guint i = find (keyframes, tpo_timeline_model_x_to_time (model, left));
  double lowest = 2.0, column = -1.0;

  for (; i < keyframes->len; i++) {
    const TpoKeyframeRecord *keyframe = keyframe_at (keyframes, i);
    double x = floor (tpo_timeline_model_time_to_x (model, keyframe->time_us) - left);

    if (x >= width)
      break;
    if (x > column && lowest <= 1.0) {
      append_column (snapshot, column, lowest, height, ink);
      lowest = 2.0;
    }
    column = MAX (x, 0.0);
    if (keyframe->score >= 0.0)
      lowest = MIN (lowest, keyframe->score);
  }
  if (lowest <= 1.0)
    append_column (snapshot, column, lowest, height, ink);
}

void
tpo_track_paint (GtkSnapshot *snapshot, TpoAnnotation *annotation, TpoTimelineModel *model,
                 double left, int width, int height, const GdkRGBA *color)
{
  GPtrArray *keyframes = tpo_annotation_get_keyframes (annotation);
  gint64 end_us = tpo_annotation_get_record (annotation)->end_us;
  GdkRGBA ink;

  tpo_palette_ink (color, &ink);
  for (guint i = find (keyframes, tpo_timeline_model_x_to_time (model, left));
       i < keyframes->len; i++) {
    const TpoKeyframeRecord *keyframe = keyframe_at (keyframes, i);
    gint64 next_us = i + 1 < keyframes->len ? keyframe_at (keyframes, i + 1)->time_us : end_us;
    double x0 = tpo_timeline_model_time_to_x (model, keyframe->time_us) - left;
    double x1 = tpo_timeline_model_time_to_x (model, next_us) - left;

    if (x0 >= width)
      break;
    if (keyframe->is_absent)
      hatch (snapshot,
             &GRAPHENE_RECT_INIT ((float) MAX (x0, 0.0), 0,
                                  (float) (MIN (x1, width) - MAX (x0, 0.0)), (float) height),
             &ink);
  }
  append_scores (snapshot, keyframes, model, left, width, height, &ink);
}

void
tpo_edge_paint (GtkSnapshot *snapshot, const GdkRGBA *color, double x, double to_x, float y,
                float height)
{
  GdkRGBA full = *color, clear = *color;
  double x0 = MIN (x, to_x), x1 = MAX (x, to_x);

  full.alpha *= 0.7f;
  clear.alpha = 0.0f;
  const GskColorStop stops[] = { { 0.0f, full }, { 1.0f, clear } };

  gtk_snapshot_append_linear_gradient (
      snapshot, &GRAPHENE_RECT_INIT ((float) x0, y, (float) (x1 - x0), height),
      &GRAPHENE_POINT_INIT ((float) x, y), &GRAPHENE_POINT_INIT ((float) to_x, y), stops,
      G_N_ELEMENTS (stops));
}
