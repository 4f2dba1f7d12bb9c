#pragma once

#include "timeline/tpo-span-widget.h"

G_BEGIN_DECLS

#define TPO_TYPE_TIMELINE_ROW (tpo_timeline_row_get_type ())
G_DECLARE_FINAL_TYPE (TpoTimelineRow, tpo_timeline_row, TPO, TIMELINE_ROW, GtkWidget)

/**
 * TpoTimelineRow:
 *
 * Title with what can be done to all of a row, bars and, behind them, the saliency curve of what
 * the model said. Only bars in sight and wide enough to be told apart are widgets; shorter ones are
 * painted. Used again for another row when its own goes out of sight.
 */
GtkWidget *tpo_timeline_row_new (TpoTimelineParts *parts);

/** tpo_timeline_row_set_row: @row: (nullable) */
void tpo_timeline_row_set_row (TpoTimelineRow *self, const TpoRow *row);

/** tpo_timeline_row_get_row: Returns: (transfer none) (nullable) */
const TpoRow *tpo_timeline_row_get_row (TpoTimelineRow *self);

/**
 * tpo_timeline_row_update:
 * @y0: pixels from the row's top, from where on it is in sight
 * @y1: where it ends to be
 * @n_changes: (inout): how many bars may become widgets, and widgets that are needed no more be
 *   hidden; until the next update other bars are painted, and other widgets lie out of sight
 *
 * Follows the row and the stretch of time in sight; not while it is being allocated. Returns:
 * whether no other is left
 */
gboolean tpo_timeline_row_update (TpoTimelineRow *self, int y0, int y1, guint *n_changes);

/** tpo_timeline_row_find_span: the widget of @annotation. Returns: (transfer none) (nullable) */
TpoSpanWidget *tpo_timeline_row_find_span (TpoTimelineRow *self, TpoAnnotation *annotation);

G_END_DECLS
