#include "config.h"

#include "timeline/row-lanes.h"
#include "timeline/tpo-timeline-private.h"

/* Where what is about the selected label opens. */

/* At its bar, or at its row's title while its time is out of sight. */
static gboolean
find_bar (TpoTimeline *self, TpoAnnotation *annotation, GtkWidget *in, GdkRectangle *place)
{
  const TpoRow *row = tpo_timeline_rows_find (self->parts->rows, annotation);
  const TpoAnnotationRecord *record = tpo_annotation_get_record (annotation);
  graphene_rect_t list, rows;
  GdkRectangle view, title, bar;
  int titles = tpo_timeline_model_get_titles (self->parts->model);
  int x0, x1, x, y, height;

  if (row == NULL || !gtk_widget_compute_bounds (self->list, in, &list) ||
      !gtk_widget_compute_bounds (self->scroller, in, &rows))
    return FALSE;
  tpo_timeline_rows_get_lane (self->parts->rows, row, tpo_lanes_find (row->lanes, annotation),
                              &y, &height);
  x = (int) list.origin.x;
  y += (int) list.origin.y + row->y;
  x0 = MAX (0, (int) tpo_timeline_model_time_to_x (self->parts->model, record->start_us));
  x1 = (int) tpo_timeline_model_time_to_x (self->parts->model, record->end_us);
  view = (GdkRectangle){ (int) rows.origin.x, (int) rows.origin.y, (int) rows.size.width,
                         (int) rows.size.height };
  title = (GdkRectangle){ x, y, titles, height };
  bar = (GdkRectangle){ x + titles + x0, y, MAX (1, x1 - x0), height };
  if (x1 < 0 || !gdk_rectangle_intersect (&bar, &view, place))
    return gdk_rectangle_intersect (&title, &view, place);
  return TRUE;
}

void
tpo_timeline_find_place (TpoTimeline *self, GtkWidget *in, GdkRectangle *place)
{
  TpoAnnotation *selected;
  graphene_rect_t corner;

  g_return_if_fail (TPO_IS_TIMELINE (self) && GTK_IS_WIDGET (in) && place != NULL);

  selected = tpo_document_get_selected (self->parts->document);
  if (selected != NULL && gtk_widget_get_mapped (self->list) &&
      find_bar (self, selected, in, place))
    return;
  if (!gtk_widget_compute_bounds (self->corner, in, &corner))
    graphene_rect_init (&corner, 0, 0, 1, 1);
  *place = (GdkRectangle){ (int) corner.origin.x, (int) corner.origin.y,
                           (int) corner.size.width, (int) corner.size.height };
}

void
tpo_timeline_show_popover (TpoTimeline *self, GtkWidget *popover)
{
  g_object_ref_sink (popover);
  g_signal_emit_by_name (self, "popover", popover);
  g_object_unref (popover);
}
