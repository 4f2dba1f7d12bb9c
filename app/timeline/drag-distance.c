#include "config.h"

#include "timeline/drag-distance.h"

double
tpo_drag_get_x (GtkGesture *drag, double x)
{
  GtkWidget *widget = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (drag));
  graphene_point_t point = GRAPHENE_POINT_INIT ((float) x, 0);

  return gtk_widget_compute_point (widget, gtk_widget_get_parent (widget), &point, &point)
             ? (double) point.x
             : x;
}

double
tpo_drag_get_distance (GtkGesture *drag, double offset, double press_x)
{
  double x, y;

  gtk_gesture_drag_get_start_point (GTK_GESTURE_DRAG (drag), &x, &y);
  return tpo_drag_get_x (drag, x + offset) - press_x;
}
