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
 * A keyframe that a person made, on the bar of its track: a click or Enter shows its frame, arrow keys move it by a frame,
 * Delete removes it.
 */
GtkWidget *tpo_keyframe_mark_new (TpoTimelineParts *parts);

/** tpo_keyframe_mark_set: @time_us: of a keyframe of @annotation */
void tpo_keyframe_mark_set (TpoKeyframeMark *self, TpoAnnotation *annotation, gint64 time_us);

gint64 tpo_keyframe_mark_get_time (TpoKeyframeMark *self);

G_END_DECLS
