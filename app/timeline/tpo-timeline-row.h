#pragma once

#include <gtk/gtk.h>

#include "document/tpo-document.h"
#include "player/tpo-player.h"
#include "timeline/tpo-timeline-model.h"

G_BEGIN_DECLS

#define TPO_TYPE_TIMELINE_ROW (tpo_timeline_row_get_type ())
G_DECLARE_FINAL_TYPE (TpoTimelineRow, tpo_timeline_row, TPO, TIMELINE_ROW, GtkWidget)

enum {
  TPO_TIMELINE_HEADER_PX = 168
}; /* width of the titles left of the tracks */

/** tpo_timeline_row_new: title, bar and, behind it, the saliency curve of what the model said */
GtkWidget *tpo_timeline_row_new (TpoDocument *document, TpoPlayer *player,
                                 TpoTimelineModel *model, TpoAnnotation *annotation);

TpoAnnotation *tpo_timeline_row_get_annotation (TpoTimelineRow *self);

G_END_DECLS
