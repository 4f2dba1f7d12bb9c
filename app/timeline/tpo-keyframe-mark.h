#pragma once

#include <gtk/gtk.h>

#include "timeline/timeline-parts.h"

G_BEGIN_DECLS

#define TPO_TYPE_KEYFRAME_MARK (tpo_keyframe_mark_get_type ())
G_DECLARE_FINAL_TYPE (TpoKeyframeMark, tpo_keyframe_mark, TPO, KEYFRAME_MARK, GtkWidget)

enum {
  TPO_KEYFRAME_PX = 9
}; /* width of a mark */

/**
 * TpoKeyframeMark:
 *
 * A keyframe on the bar of its track, or where the object goes or comes back. Its fill tells whether
 * a person set it, corrected the model or imported it, or the model or an interpolation did: a click or Enter
 * shows its frame, a drag moves it in time, Escape thinks again; arrow keys, with Alt or without,
 * move it by a frame, with Shift by a second; Delete removes it.
 */
GtkWidget *tpo_keyframe_mark_new (TpoTimelineParts *parts);

/** tpo_keyframe_mark_set: @keyframe: of @annotation; need not live on */
void tpo_keyframe_mark_set (TpoKeyframeMark *self, TpoAnnotation *annotation,
                            const TpoKeyframeRecord *keyframe);

/** tpo_keyframe_mark_get_time: where it is to be shown */
gint64 tpo_keyframe_mark_get_time (TpoKeyframeMark *self);

G_END_DECLS
