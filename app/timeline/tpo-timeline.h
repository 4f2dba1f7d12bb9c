#pragma once

#include <gtk/gtk.h>

#include "document/tpo-document.h"
#include "player/tpo-player.h"

G_BEGIN_DECLS

#define TPO_TYPE_TIMELINE (tpo_timeline_get_type ())
G_DECLARE_FINAL_TYPE (TpoTimeline, tpo_timeline, TPO, TIMELINE, GtkWidget)

/**
 * tpo_timeline_new:
 *
 * Ruler and rows of the document's annotations, with the play position across. Dragging on free
 * space makes a span, with Shift it selects what it frames; Ctrl and wheel zooms, the wheel pans.
 *
 * Emits "popover" (GtkPopover, to be parented) when one about the selected label is to be shown.
 */
GtkWidget *tpo_timeline_new (TpoDocument *document, TpoPlayer *player);

/**
 * tpo_timeline_get_actions: for gtk_widget_insert_action_group() under the name "timeline"
 *
 * zoom-in, zoom-out, zoom-fit; mark-in, mark-out: a span starts, ends here; next-edge,
 * previous-edge: seek to a label's edge; select-all; of the selected labels: accept, discard,
 * delete, give-label (the number key), merge, toggle-locked, toggle-hidden; of the one selected
 * last: edit-curve, reset-curve (the highlight curve), label, rename, split, nudge-start and
 * nudge-end (by so many frames), play-selection, play-lock (boolean state: playing stays inside),
 * toggle-keyframe, mark-absent, track-forward, track-backward.
 *
 * Returns: (transfer none)
 */
GActionGroup *tpo_timeline_get_actions (TpoTimeline *self);

G_END_DECLS
