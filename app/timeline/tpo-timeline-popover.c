#include "config.h"

#include "timeline/row-lanes.h"
#include "timeline/tpo-timeline-private.h"

/* What opens at the selected label. */

static void
on_closed (TpoTimeline *self)
{
  g_clear_pointer (&self->popover, gtk_widget_unparent);
}

/* Of its bar, or of its row's title while its time is out of sight. */
static gboolean
find_place (TpoTimeline *self, TpoAnnotation *annotation, GdkRectangle *place)
{
  const TpoRow *row = tpo_timeline_rows_find (self->parts->rows, annotation);
  const TpoAnnotationRecord *record = tpo_annotation_get_record (annotation);
  graphene_rect_t list, rows;
  GdkRectangle view, title, bar;
  int titles = tpo_timeline_model_get_titles (self->parts->model);
  int x0, x1, y, height;

  if (row == NULL || !gtk_widget_get_mapped (self->list) ||
      !gtk_widget_compute_bounds (self->list, GTK_WIDGET (self), &list) ||
      !gtk_widget_compute_bounds (self->scroller, GTK_WIDGET (self), &rows))
    return FALSE;
  tpo_timeline_rows_get_lane (self->parts->rows, row, tpo_lanes_find (row->lanes, annotation),
                              &y, &height);
  y += (int) list.origin.y + row->y;
  x0 = MAX (0, (int) tpo_timeline_model_time_to_x (self->parts->model, record->start_us));
  x1 = (int) tpo_timeline_model_time_to_x (self->parts->model, record->end_us);
  view =
      (GdkRectangle){ 0, (int) rows.origin.y, (int) rows.size.width, (int) rows.size.height };
  title = (GdkRectangle){ 0, y, titles, height };
  bar = (GdkRectangle){ titles + x0, y, MAX (1, x1 - x0), height };
  if (x1 < 0 || !gdk_rectangle_intersect (&bar, &view, place))
    return gdk_rectangle_intersect (&title, &view, place);
  return TRUE;
}

void
tpo_timeline_show_popover (TpoTimeline *self, GtkWidget *popover)
{
  TpoAnnotation *selected = tpo_document_get_selected (self->parts->document);
  GdkRectangle place;

  if (selected == NULL || !find_place (self, selected, &place))
    place = (GdkRectangle){ 0, 0, gtk_widget_get_width (self->corner),
                            gtk_widget_get_height (self->corner) };
  g_clear_pointer (&self->popover, gtk_widget_unparent);
  self->popover = popover;
  gtk_widget_set_parent (popover, GTK_WIDGET (self));
  gtk_popover_set_pointing_to (GTK_POPOVER (popover), &place);
  g_signal_connect_object (popover, "closed", G_CALLBACK (on_closed), self, G_CONNECT_SWAPPED);
  gtk_popover_popup (GTK_POPOVER (popover));
}
