#pragma once

#include "timeline/tpo-timeline-model.h"
#include "timeline/tpo-timeline.h"

struct _TpoTimeline {
  GtkWidget parent_instance;

  TpoDocument *document;
  TpoPlayer *player;
  TpoTimelineModel *model;
  GSimpleActionGroup *actions;
  GtkWidget *corner, *ruler, *scroller, *stack, *list;
  GtkWidget *popover;   /* open at the corner; nullable */
  GPtrArray *rows;      /* TpoTimelineRow, in the model's order; the list owns them */
  gint64 mark_in_us;    /* -1: no span is begun */
  gint64 drawn_from_us; /* a span being drawn; -1: none */
  gint64 drawn_to_us;
};

void tpo_timeline_add_actions (TpoTimeline *self);

/** tpo_timeline_update_actions: what makes sense for the selection */
void tpo_timeline_update_actions (TpoTimeline *self);
