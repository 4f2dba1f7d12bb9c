#include "config.h"

#include "timeline/timeline-parts.h"

static const double SNAP_PX = 8.0;

TpoTimelineParts *
tpo_timeline_parts_new (TpoDocument *document, TpoPlayer *player)
{
  TpoTimelineParts *self = g_rc_box_new0 (TpoTimelineParts);

  self->document = g_object_ref (document);
  self->player = g_object_ref (player);
  self->model = tpo_timeline_model_new ();
  self->rows = tpo_timeline_rows_new (tpo_document_get_annotations (document));
  return self;
}

TpoTimelineParts *
tpo_timeline_parts_ref (TpoTimelineParts *self)
{
  return g_rc_box_acquire (self);
}

static void
clear (TpoTimelineParts *self)
{
  g_object_unref (self->rows);
  g_object_unref (self->model);
  g_object_unref (self->player);
  g_object_unref (self->document);
}

void
tpo_timeline_parts_unref (TpoTimelineParts *self)
{
  g_rc_box_release_full (self, (GDestroyNotify) clear);
}

/* ---- edges on frames ------------------------------------------------------------------------------- */

static gint64
frame_length (TpoTimelineParts *self, gint64 time_us)
{
  TpoVideoIndex *index = tpo_document_get_index (self->document);

  return tpo_video_index_get_frame_duration_us (index,
                                                tpo_video_index_find_frame (index, time_us));
}

void
tpo_span_get_unsure (TpoTimelineParts *self, TpoAnnotation *annotation, gboolean *at_start,
                     gboolean *at_end)
{
  const TpoAnnotationRecord *record = tpo_annotation_get_record (annotation);
  const TpoSpan *predicted = record->kind == TPO_ANNOTATION_SPAN
                                 ? tpo_document_get_predicted_span (self->document, annotation)
                                 : NULL;

  *at_start = predicted != NULL && predicted->start_us == record->start_us;
  *at_end = predicted != NULL && predicted->end_us == record->end_us;
}

gint64
tpo_span_to_frame (TpoTimelineParts *self, gint64 time_us)
{
  TpoVideoIndex *index = tpo_document_get_index (self->document);
  gint64 duration_us = tpo_timeline_model_get_duration (self->model);
  guint frame = tpo_video_index_find_frame (index, time_us);
  gint64 start_us = tpo_video_index_get_time_us (index, frame);
  gint64 length_us = tpo_video_index_get_frame_duration_us (index, frame);

  if (time_us - start_us > length_us / 2)
    start_us += length_us;
  return MIN (start_us, duration_us);
}

gint64
tpo_span_snap (TpoTimelineParts *self, TpoAnnotation *annotation, gint64 time_us)
{
  const TpoAnnotationRecord *record =
      annotation != NULL ? tpo_annotation_get_record (annotation) : NULL;
  const gint64 own[2] = { record != NULL ? record->start_us : -1,
                          record != NULL ? record->end_us : -1 };
  gint64 position_us = tpo_player_get_position_us (self->player);
  gint64 reach_us = (gint64) (SNAP_PX * tpo_timeline_model_get_us_per_px (self->model));
  gint64 best_us =
      tpo_edges_snap (tpo_timeline_rows_get_edges (self->rows), time_us, own, reach_us);
  gint64 away_us = best_us != time_us ? ABS (best_us - time_us) : reach_us;

  return ABS (position_us - time_us) < away_us ? position_us : best_us;
}

void
tpo_span_place (TpoTimelineParts *self, TpoSpanPart part, gint64 wanted_us, gint64 *start_us,
                gint64 *end_us)
{
  gint64 duration_us = tpo_timeline_model_get_duration (self->model);
  gint64 shortest_us = frame_length (self, *start_us), length_us = *end_us - *start_us;

  switch (part) {
  case TPO_SPAN_START:
    *start_us = CLAMP (wanted_us, 0, MAX (0, *end_us - shortest_us));
    break;
  case TPO_SPAN_END:
    *end_us = CLAMP (wanted_us, *start_us + shortest_us, MAX (duration_us, *start_us + 1));
    break;
  case TPO_SPAN_BODY:
    *start_us = CLAMP (wanted_us, 0, MAX (0, duration_us - length_us));
    *end_us = *start_us + length_us;
    break;
  }
}

/* ---- several -------------------------------------------------------------------------------------- */

GPtrArray *
tpo_span_list_moved (TpoTimelineParts *self, TpoAnnotation *annotation)
{
  GPtrArray *moved = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) selected = tpo_document_list_selected (self->document);

  g_ptr_array_add (moved, g_object_ref (annotation));
  for (guint i = 0; i < selected->len && tpo_document_is_selected (self->document, annotation);
       i++) {
    TpoAnnotation *other = g_ptr_array_index (selected, i);
    const TpoAnnotationRecord *record = tpo_annotation_get_record (other);

    if (other != annotation && record->kind == TPO_ANNOTATION_SPAN && !record->is_locked)
      g_ptr_array_add (moved, g_object_ref (other));
  }
  return moved;
}

gint64
tpo_span_limit_shift (TpoTimelineParts *self, GPtrArray *moved, gint64 shift_us)
{
  gint64 duration_us = tpo_timeline_model_get_duration (self->model);

  for (guint i = 0; i < moved->len; i++) {
    const TpoAnnotationRecord *record =
        tpo_annotation_get_record (g_ptr_array_index (moved, i));

    shift_us = MIN (shift_us, MAX (0, duration_us - record->end_us));
    shift_us = MAX (shift_us, -record->start_us);
  }
  return shift_us;
}

TpoTimes
tpo_span_shift (TpoTimelineParts *self, TpoAnnotation *annotation, gint64 shift_us)
{
  const TpoAnnotationRecord *record = tpo_annotation_get_record (annotation);
  TpoTimes times = { record->start_us, record->end_us };

  tpo_span_place (self, TPO_SPAN_BODY, tpo_span_to_frame (self, times.start_us + shift_us),
                  &times.start_us, &times.end_us);
  return times;
}

/* Where its edge, or all of it, goes. */
static TpoTimes
nudged (TpoTimelineParts *self, TpoAnnotation *annotation, TpoSpanPart part, int direction,
        gboolean by_second)
{
  const TpoAnnotationRecord *record = tpo_annotation_get_record (annotation);
  TpoTimes times = { record->start_us, record->end_us };
  gint64 edge_us = part == TPO_SPAN_END ? times.end_us : times.start_us;
  /* An end lies where the frame after it starts: backwards the frame before counts. */
  gint64 step_us = by_second
                       ? G_USEC_PER_SEC
                       : frame_length (self, direction < 0 ? MAX (0, edge_us - 1) : edge_us);

  tpo_span_place (self, part, tpo_span_to_frame (self, edge_us + direction * step_us),
                  &times.start_us, &times.end_us);
  return times;
}

void
tpo_span_nudge (TpoTimelineParts *self, TpoAnnotation *annotation, TpoSpanPart part,
                int direction, gboolean by_second)
{
  g_autoptr (GPtrArray) moved = tpo_span_list_moved (self, annotation);
  g_autofree TpoTimes *times = g_new (TpoTimes, moved->len);
  gint64 shift_us;

  times[0] = nudged (self, annotation, part, direction, by_second);
  shift_us = times[0].start_us - tpo_annotation_get_record (annotation)->start_us;
  /* What is moved as a whole keeps its distances. */
  if (part == TPO_SPAN_BODY && moved->len > 1)
    shift_us = tpo_span_limit_shift (self, moved, shift_us);
  for (guint i = 0; i < moved->len && moved->len > 1; i++) {
    TpoAnnotation *each = g_ptr_array_index (moved, i);

    times[i] = part == TPO_SPAN_BODY ? tpo_span_shift (self, each, shift_us)
                                     : nudged (self, each, part, direction, by_second);
  }
  if (tpo_document_set_spans (self->document, moved, times))
    tpo_player_seek (self->player,
                     part == TPO_SPAN_END ? times[0].end_us - 1 : times[0].start_us);
}
