#pragma once

#include "timeline/timeline-parts.h"
#include "timeline/tpo-timeline-row.h"
#include "timeline/tpo-timeline.h"
#include "widgets/tpo-handle.h"

struct _TpoTimeline {
  GtkWidget parent_instance;

  TpoTimelineParts *parts;
  GSimpleActionGroup *actions;
  GtkWidget *corner, *top, *scroller, *stack,
      *list;         /* @top: what has the times above the rows */
  GtkWidget *handle; /* at the edge of the titles */
  GtkWidget *filmstrip, *waveform;
  gint64 mark_in_us;    /* -1: no span is begun */
  gint64 drawn_from_us; /* a span being drawn, or labels framed; -1: none */
  gint64 drawn_to_us;
  gboolean is_framing; /* what lies in the frame is selected in the end */
  int framed_from_y, framed_to_y;
  double last_scale;    /* of the pinch under way */
  GSignalGroup *locked; /* the span that playing is locked to */
};

void tpo_timeline_add_actions (TpoTimeline *self);

/** tpo_timeline_update_actions: what makes sense for the selection */
void tpo_timeline_update_actions (TpoTimeline *self);

/** tpo_timeline_enable: actions by their entries */
void tpo_timeline_enable (TpoTimeline *self, const GActionEntry *entries, gsize n,
                          gboolean is_enabled);

/** tpo_timeline_new_switch: buttons "Timeline" and "Table". Returns: (transfer floating) */
GtkWidget *tpo_timeline_new_switch (void);

/* ---- tpo-timeline-titles.c ---- */

/** tpo_timeline_install_titles: the property for the width of the titles; in class_init */
void tpo_timeline_install_titles (GObjectClass *klass);

/** tpo_timeline_add_handle: that changes the width; once all else is there, over which it lies */
void tpo_timeline_add_handle (TpoTimeline *self);

/** tpo_timeline_get_least_titles: the width that the titles cannot do without, in pixels */
int tpo_timeline_get_least_titles (TpoTimeline *self);

/** tpo_timeline_share_out: @width: of titles and tracks; when the timeline gets its size */
void tpo_timeline_share_out (TpoTimeline *self, int width);

/* ---- tpo-timeline-popover.c ---- */

/** tpo_timeline_show_popover: @popover: (transfer floating): emits "popover" with it */
void tpo_timeline_show_popover (TpoTimeline *self, GtkWidget *popover);

/**
 * tpo_timeline_find_place: of the selected label, or the corner where that is out of sight.
 * @place: (out): in coordinates of @in
 */
void tpo_timeline_find_place (TpoTimeline *self, GtkWidget *in, GdkRectangle *place);

/* ---- tpo-timeline-edits.c ---- */

void tpo_timeline_add_edits (TpoTimeline *self);
void tpo_timeline_update_edits (TpoTimeline *self);

/* ---- tpo-timeline-tracks.c ---- */

void tpo_timeline_add_tracks (TpoTimeline *self);
void tpo_timeline_update_tracks (TpoTimeline *self);

/* ---- tpo-timeline-pointer.c ---- */

/**
 * tpo_timeline_add_controllers: zoom and pan by wheel, touchpad and pinch; drags on free space make
 * a span, with Shift they select
 */
void tpo_timeline_add_controllers (TpoTimeline *self);
