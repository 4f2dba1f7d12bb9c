#pragma once

#include <gtk/gtk.h>

#include "document/tpo-annotation.h"
#include "timeline/tpo-timeline-model.h"

/**
 * tpo_track_paint:
 * @left: of the bar, in the model's pixels
 * @color: of the bar
 *
 * On the bar of a track: where the object is absent, hatched; how sure the model was of each frame,
 * as a line at the bottom that sinks and turns red where it was not.
 */
void tpo_track_paint (GtkSnapshot *snapshot, TpoAnnotation *annotation, TpoTimelineModel *model,
                      double left, int width, int height, const GdkRGBA *color);

/**
 * tpo_edge_paint: the soft side of an edge that is known to a clip only; @x: of the edge, @to_x:
 * where it is clear
 */
void tpo_edge_paint (GtkSnapshot *snapshot, const GdkRGBA *color, double x, double to_x,
                     float y, float height);
