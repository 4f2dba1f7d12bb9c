#pragma once

#include <gtk/gtk.h>

#include "timeline/timeline-parts.h"

G_BEGIN_DECLS

#define TPO_TYPE_TIMELINE_OVERVIEW (tpo_timeline_overview_get_type ())
G_DECLARE_FINAL_TYPE (TpoTimelineOverview, tpo_timeline_overview, TPO, TIMELINE_OVERVIEW,
                      GtkWidget)

/**
 * TpoTimelineOverview:
 *
 * The whole video as a thin bar with its labels and, framed, the stretch that the timeline shows;
 * dragging or arrow keys move that. Only seen while the timeline shows less than all.
 */
GtkWidget *tpo_timeline_overview_new (TpoTimelineParts *parts);

G_END_DECLS
