#pragma once

#include "timeline/tpo-timeline.h"

G_BEGIN_DECLS

#define TPO_TYPE_LABELS_PANE (tpo_labels_pane_get_type ())
G_DECLARE_FINAL_TYPE (TpoLabelsPane, tpo_labels_pane, TPO, LABELS_PANE, GtkWidget)

/**
 * TpoLabelsPane:
 *
 * The labels of the open video: as @timeline, which is taken over, or as a table, by the timeline's
 * action "view".
 */
GtkWidget *tpo_labels_pane_new (TpoTimeline *timeline, TpoDocument *document,
                                TpoPlayer *player);

G_END_DECLS
