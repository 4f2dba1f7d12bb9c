#pragma once

#include <gtk/gtk.h>

#include "document/tpo-document.h"
#include "player/tpo-player.h"
#include "timeline/tpo-timeline-model.h"

G_BEGIN_DECLS

#define TPO_TYPE_SPAN_WIDGET (tpo_span_widget_get_type ())
G_DECLARE_FINAL_TYPE (TpoSpanWidget, tpo_span_widget, TPO, SPAN_WIDGET, GtkWidget)

/**
 * TpoSpanWidget:
 *
 * The bar of a span or track on its row: drag the body to move it, an edge to resize it, Escape to think again; arrow keys
 * do the same from the keyboard, on the edge that Home, End or a click chose last. One correction is saved when
 * the drag ends. Tracks show their keyframes.
 */
GtkWidget *tpo_span_widget_new (TpoDocument *document, TpoPlayer *player,
                                TpoTimelineModel *model, TpoAnnotation *annotation);

/** tpo_span_widget_get_range: as it looks now, in the middle of a drag too */
void tpo_span_widget_get_range (TpoSpanWidget *self, gint64 *start_us, gint64 *end_us);

G_END_DECLS
