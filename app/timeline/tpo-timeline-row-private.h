#pragma once

#include "timeline/highlight.h"
#include "timeline/tpo-timeline-row.h"

struct _TpoTimelineRow {
  GtkWidget parent_instance;

  TpoTimelineParts *parts;
  TpoRow *row; /* nullable */
  GtkWidget *header, *menu;
  GtkWidget *curve;  /* while its curve is edited; nullable */
  GHashTable *spans; /* TpoAnnotation → TpoSpanWidget, those in use */
  GPtrArray *idle;   /* TpoSpanWidget without annotation, out of sight, yet to be hidden */
  GPtrArray *spare;  /* TpoSpanWidget, hidden children */
  GPtrArray *wide;   /* TpoAnnotation in sight, of the last update; their widgets keep them */
  GArray *runs;      /* TpoRun likewise */
  TpoHighlight *highlight; /* nullable */
  gint64 highlight_of;     /* revision that it belongs to */
};

/** tpo_timeline_row_snapshot: of its class; tpo-timeline-row-paint.c */
void tpo_timeline_row_snapshot (GtkWidget *widget, GtkSnapshot *snapshot);
