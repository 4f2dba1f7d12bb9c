#pragma once

#include <gtk/gtk.h>

#include "timeline/timeline-parts.h"

G_BEGIN_DECLS

#define TPO_TYPE_TIMELINE_LIST (tpo_timeline_list_get_type ())
G_DECLARE_FINAL_TYPE (TpoTimelineList, tpo_timeline_list, TPO, TIMELINE_LIST, GtkWidget)

/**
 * TpoTimelineList:
 *
 * All rows one below the other, of which only those in sight are widgets. For a scrolled window.
 */
GtkWidget *tpo_timeline_list_new (TpoTimelineParts *parts);

/** tpo_timeline_list_set_adjustment: that of the scrolled window, which tells what is in sight */
void tpo_timeline_list_set_adjustment (TpoTimelineList *self, GtkAdjustment *adjustment);

/** tpo_timeline_list_reveal: brings a row into sight, once it has its place */
void tpo_timeline_list_reveal (TpoTimelineList *self, TpoAnnotation *annotation);

G_END_DECLS
