#pragma once

#include <gtk/gtk.h>

#include "timeline/timeline-parts.h"

G_BEGIN_DECLS

#define TPO_TYPE_CURVE_LANE (tpo_curve_lane_get_type ())
G_DECLARE_FINAL_TYPE (TpoCurveLane, tpo_curve_lane, TPO, CURVE_LANE, GtkWidget)

/**
 * TpoCurveLane:
 *
 * The highlight curve of a span, a bar for each clip: drawn anew with the pointer, or with Up and
 * Down on the bar that has the focus. Each gesture is one step.
 */
GtkWidget *tpo_curve_lane_new (TpoTimelineParts *parts);

/**
 * tpo_curve_lane_update: follows @annotation and the stretch in sight; not while it is allocated.
 * @annotation: (nullable)
 */
void tpo_curve_lane_update (TpoCurveLane *self, TpoAnnotation *annotation);

G_END_DECLS
