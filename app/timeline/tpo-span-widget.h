#pragma once

#include <gtk/gtk.h>

#include "timeline/timeline-parts.h"

G_BEGIN_DECLS

#define TPO_TYPE_SPAN_WIDGET (tpo_span_widget_get_type ())
G_DECLARE_FINAL_TYPE (TpoSpanWidget, tpo_span_widget, TPO, SPAN_WIDGET, GtkWidget)

/**
 * TpoSpanWidget:
 *
 * The bar of a span or track on its row: drag the body to move it, an edge to resize it, the edge
 * that two spans share to move it for both, Escape to think again; arrow keys do the same from the
 * keyboard, on the edge that Home, End or a click chose last. One correction is saved when the drag
 * ends. Tracks show their keyframes. It is used again for another annotation when its own goes out
 * of sight.
 */
GtkWidget *tpo_span_widget_new (TpoTimelineParts *parts);

/** tpo_span_widget_set_annotation: @annotation: (nullable): %NULL while it waits for its next one */
void tpo_span_widget_set_annotation (TpoSpanWidget *self, TpoAnnotation *annotation);

/** tpo_span_widget_get_annotation: Returns: (transfer none) (nullable) */
TpoAnnotation *tpo_span_widget_get_annotation (TpoSpanWidget *self);

/** tpo_span_widget_preview: shows another range until the annotation changes */
void tpo_span_widget_preview (TpoSpanWidget *self, gint64 start_us, gint64 end_us);

/**
 * tpo_span_widget_update: follows the stretch in sight with what lies on the bar; not while it is
 * allocated
 */
void tpo_span_widget_update (TpoSpanWidget *self);

/** tpo_span_widget_place: allocates it at its times, @origin pixels from its parent's left */
void tpo_span_widget_place (TpoSpanWidget *self, int origin, int y, int height);

G_END_DECLS
