#pragma once

#include "timeline/tpo-timeline-list.h"

struct _TpoTimelineList {
  GtkWidget parent_instance;

  TpoTimelineParts *parts;
  GtkAdjustment *adjustment; /* nullable */
  GPtrArray *shown;          /* TpoTimelineRow in sight, top to bottom */
  GPtrArray *spare;          /* TpoTimelineRow, hidden children */
  guint update_id;           /* tick callback, or 0 */
  TpoAnnotation *wanted;     /* to be brought into sight; nullable */
  struct {
    TpoAnnotation *to; /* nullable: to the next there is */
    GtkDirectionType direction;
    guint
        n_frames; /* until what was out of sight is where it belongs; 0: nothing is on its way */
  } walk;         /* the keyboard's way to what was out of sight */
};

/** tpo_timeline_list_find_shown: the TpoTimelineRow of @row. Returns: (transfer none) (nullable) */
GtkWidget *tpo_timeline_list_find_shown (TpoTimelineList *self, const TpoRow *row);

/* ---- tpo-timeline-list-walk.c ---- */

/**
 * tpo_timeline_list_start_walk: with Tab to what is out of sight, lane by lane and row by row.
 * Returns: FALSE where the next is in sight, so that GTK finds it
 */
gboolean tpo_timeline_list_start_walk (TpoTimelineList *self, GtkDirectionType direction);

/**
 * tpo_timeline_list_walk: in each update that brought all into sight. Returns: whether the keyboard
 * is where it was to go
 */
gboolean tpo_timeline_list_walk (TpoTimelineList *self);
