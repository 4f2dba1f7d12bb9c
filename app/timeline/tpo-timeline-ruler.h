#pragma once

#include <gtk/gtk.h>

#include "player/tpo-player.h"
#include "timeline/tpo-timeline-model.h"

G_BEGIN_DECLS

#define TPO_TYPE_TIMELINE_RULER (tpo_timeline_ruler_get_type ())
G_DECLARE_FINAL_TYPE (TpoTimelineRuler, tpo_timeline_ruler, TPO, TIMELINE_RULER, GtkWidget)

/**
 * tpo_timeline_ruler_new: ticks with times; pressing or dragging on it scrubs. A slider for screen
 * readers
 */
GtkWidget *tpo_timeline_ruler_new (TpoTimelineModel *model, TpoPlayer *player);

G_END_DECLS
