#pragma once

#include "timeline/tpo-span-widget.h"

struct _TpoSpanWidget {
  GtkWidget parent_instance;

  TpoTimelineParts *parts;
  TpoAnnotation *annotation; /* nullable */
  gint64 start_us, end_us;   /* shown */
  double left;               /* of the widget inside its border, in the model's pixels */
  double outer_left;         /* with its border */
  int outer_width;
  GPtrArray *marks; /* TpoKeyframeMark, children */
  TpoSpanPart part; /* dragged, or moved by keys */
  gboolean is_dragging, is_pressing;
  double press_x;          /* where the drag began, in the row: the widget itself moves */
  TpoAnnotation *neighbor; /* whose edge is dragged along; nullable */
  GPtrArray *moved; /* with it, TpoAnnotation, itself first; nullable: it is not dragged */
  GtkGesture *drag;
};

/** tpo_span_widget_refresh: to what the annotation is now, unless it is being dragged */
void tpo_span_widget_refresh (TpoSpanWidget *self);

/** tpo_span_widget_get_x: pixels from the widget's left */
double tpo_span_widget_get_x (TpoSpanWidget *self, gint64 time_us);

/** tpo_span_widget_add_drag: moves and resizes it by pointer and keys; tpo-span-drag.c */
void tpo_span_widget_add_drag (TpoSpanWidget *self);
