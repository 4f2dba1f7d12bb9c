#pragma once

#include "document/tpo-document.h"
#include "player/tpo-player.h"
#include "timeline/tpo-timeline-model.h"
#include "timeline/tpo-timeline-rows.h"

/**
 * TpoTimelineParts: what all widgets of one timeline work on; reference-counted
 */
typedef struct {
  TpoDocument *document;
  TpoPlayer *player;
  TpoTimelineModel *model;
  TpoTimelineRows *rows;
} TpoTimelineParts;

TpoTimelineParts *tpo_timeline_parts_new (TpoDocument *document, TpoPlayer *player);
TpoTimelineParts *tpo_timeline_parts_ref (TpoTimelineParts *self);
void tpo_timeline_parts_unref (TpoTimelineParts *self);

typedef enum {
  TPO_SPAN_BODY,
  TPO_SPAN_START,
  TPO_SPAN_END,
} TpoSpanPart;

#define TPO_CLIP_US G_USEC_PER_SEC /* what the temporal head tells apart */

/**
 * tpo_span_get_unsure: which edges are as predicted, so that they are known to a clip only.
 * @at_start, @at_end: (out)
 */
void tpo_span_get_unsure (TpoTimelineParts *self, TpoAnnotation *annotation, gboolean *at_start,
                          gboolean *at_end);

/** tpo_span_to_frame: the start of a frame nearest to @time_us, or the end of the last */
gint64 tpo_span_to_frame (TpoTimelineParts *self, gint64 time_us);

/**
 * tpo_span_snap: the nearest of @time_us, the play position and edges of labels that is within
 * reach of a pointer; @annotation: (nullable): whose own edges do not count
 */
gint64 tpo_span_snap (TpoTimelineParts *self, TpoAnnotation *annotation, gint64 time_us);

/**
 * tpo_span_place:
 * @start_us: (inout): where the span starts now; set to where it is after @part went to @wanted_us
 * @end_us: (inout): likewise
 * @wanted_us: of the start, or of the end where @part is that
 *
 * Keeps it inside the video and at least a frame long.
 */
void tpo_span_place (TpoTimelineParts *self, TpoSpanPart part, gint64 wanted_us,
                     gint64 *start_us, gint64 *end_us);

/**
 * tpo_span_list_moved: @annotation first, and, where it is selected, the other selected spans that
 * are not locked. Returns: (transfer full) (element-type TpoAnnotation)
 */
GPtrArray *tpo_span_list_moved (TpoTimelineParts *self, TpoAnnotation *annotation);

/** tpo_span_limit_shift: @shift_us, or as much of it as keeps all of @moved inside the video */
gint64 tpo_span_limit_shift (TpoTimelineParts *self, GPtrArray *moved, gint64 shift_us);

/** tpo_span_shift: where a span is after that, on frames and as long as before */
TpoTimes tpo_span_shift (TpoTimelineParts *self, TpoAnnotation *annotation, gint64 shift_us);

/**
 * tpo_span_nudge: by a frame, or a second, with what tpo_span_list_moved() gives, saves them in one
 * step and shows the frame; @direction: 1 is later, -1 earlier
 */
void tpo_span_nudge (TpoTimelineParts *self, TpoAnnotation *annotation, TpoSpanPart part,
                     int direction, gboolean by_second);
