#include "config.h"

#include <math.h>

#include "compat/tpo-compat.h"
#include "labels/palette.h"
#include "timeline/tpo-timeline-row-private.h"
#include "timeline/track-paint.h"

/* A row: what is behind its bars, those too short for widgets, and the bars. */

static void
snapshot_highlight (TpoTimelineRow *self, GtkSnapshot *snapshot)
{
  GtkWidget *widget = GTK_WIDGET (self);
  int height = gtk_widget_get_height (widget);
  TpoTimelineModel *model = self->parts->model;
  double width = tpo_timeline_model_get_width (model);
  int titles = tpo_timeline_model_get_titles (model);
  GdkRGBA color;

  if (self->highlight == NULL || self->curve != NULL)
    return;
  tpo_compat_get_color (widget, &color);
  color.alpha *= 0.16f;
  for (guint i = 0; i < self->highlight->n; i++) {
    gint64 start_us = self->highlight->start_us + i * self->highlight->step_us;
    double x0 = tpo_timeline_model_time_to_x (model, start_us);
    double x1 = tpo_timeline_model_time_to_x (model, start_us + self->highlight->step_us);
    float bar = (float) (height - 2) * (0.1f + 0.9f * self->highlight->values[i]);

    if (x1 < 0 || x0 > width)
      continue;
    gtk_snapshot_append_color (snapshot, &color,
                               &GRAPHENE_RECT_INIT ((float) (titles + x0), (float) height - bar,
                                                    (float) MAX (0.5, x1 - x0 - 1.0), bar));
  }
}

/* On whole pixels: thousands of them are filled much quicker than parts of pixels. */
static void
snapshot_runs (TpoTimelineRow *self, GtkSnapshot *snapshot)
{
  TpoTimelineModel *model = self->parts->model;
  int titles = tpo_timeline_model_get_titles (model);

  for (guint i = 0; i < self->runs->len; i++) {
    const TpoRun *run = &g_array_index (self->runs, TpoRun, i);
    float x0 = (float) round (tpo_timeline_model_time_to_x (model, run->start_us));
    float x1 = (float) round (tpo_timeline_model_time_to_x (model, run->end_us));
    GdkRGBA color;
    int y, height;

    tpo_timeline_rows_get_lane (self->parts->rows, self->row, run->lane, &y, &height);
    tpo_palette_rgba (run->rgb, &color);
    gtk_snapshot_append_color (snapshot, &color,
                               &GRAPHENE_RECT_INIT ((float) titles + x0, (float) y,
                                                    MAX (1.0f, x1 - x0), (float) height));
  }
}

/* The outer half of the clip that an edge is somewhere in. */
static void
snapshot_edges (TpoTimelineRow *self, GtkSnapshot *snapshot, TpoAnnotation *annotation)
{
  const TpoAnnotationRecord *record = tpo_annotation_get_record (annotation);
  TpoTimelineModel *model = self->parts->model;
  double half = TPO_CLIP_US / 2.0 / tpo_timeline_model_get_us_per_px (model);
  int titles = tpo_timeline_model_get_titles (model);
  double x0 = titles + tpo_timeline_model_time_to_x (model, record->start_us);
  double x1 = titles + tpo_timeline_model_time_to_x (model, record->end_us);
  gboolean at_start, at_end;
  GdkRGBA color;
  int y, height;

  tpo_span_get_unsure (self->parts, annotation, &at_start, &at_end);
  tpo_palette_rgba (tpo_annotation_get_color (annotation), &color);
  tpo_timeline_rows_get_lane (self->parts->rows, self->row,
                              tpo_lanes_find (self->row->lanes, annotation), &y, &height);
  if (at_start)
    tpo_edge_paint (snapshot, &color, x0, x0 - half, (float) y, (float) height);
  if (at_end)
    tpo_edge_paint (snapshot, &color, x1, x1 + half, (float) y, (float) height);
}

void
tpo_timeline_row_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  TpoTimelineRow *self = TPO_TIMELINE_ROW (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  int titles = tpo_timeline_model_get_titles (self->parts->model);

  gtk_snapshot_push_clip (
      snapshot, &GRAPHENE_RECT_INIT ((float) titles, 0, (float) (width - titles), height));
  snapshot_highlight (self, snapshot);
  snapshot_runs (self, snapshot);
  for (guint i = 0; i < self->wide->len; i++) {
    TpoAnnotation *annotation = g_ptr_array_index (self->wide, i);

    if (!self->row->is_stale)
      snapshot_edges (self, snapshot, annotation);
    gtk_widget_snapshot_child (widget, g_hash_table_lookup (self->spans, annotation), snapshot);
  }
  if (self->curve != NULL)
    gtk_widget_snapshot_child (widget, self->curve, snapshot);
  gtk_snapshot_pop (snapshot);
  gtk_widget_snapshot_child (widget, self->header, snapshot);
}
