#include "document/findings.h"

#include "store/tpo-store-annotations.h"

static gint64
frame_end (TpoVideo *video, gint64 time_us)
{
  TpoVideoIndex *index = tpo_video_get_index (video);
  guint frame = tpo_video_index_find_frame (index, time_us);

  return tpo_video_index_get_time_us (index, frame) +
         tpo_video_index_get_frame_duration_us (index, frame);
}

static TpoPredictionRecord *
finding_new (TpoAnnotationKind kind, const TpoSpan *spans, guint n_spans)
{
  TpoPredictionRecord *self = g_new0 (TpoPredictionRecord, 1);

  self->kind = kind;
  self->text_offset = -1;
  self->spans = g_memdup2 (spans, n_spans * sizeof *spans);
  self->n_spans = n_spans;
  return self;
}

TpoPredictionRecord *
tpo_finding_of_spans (TpoVideo *video, const TpoEvent *event)
{
  gint64 duration_us = tpo_video_get_info (video)->duration_us;
  TpoPredictionRecord *self;

  if (event->n_spans == 0)
    return NULL;
  self = finding_new (TPO_ANNOTATION_SPAN, event->spans, event->n_spans);
  /* Show at least a frame's worth, inside the video. */
  for (guint i = 0; i < self->n_spans; i++) {
    TpoSpan *span = &self->spans[i];

    span->start_us = CLAMP (span->start_us, 0, duration_us - 1);
    span->end_us = CLAMP (span->end_us, span->start_us + 1, duration_us);
  }
  self->saliency = g_memdup2 (event->saliency, event->n_saliency * sizeof (float));
  self->n_saliency = event->n_saliency;
  self->saliency_step_us = G_USEC_PER_SEC;
  return self;
}

/* A regressed box may have its corners swapped, lie outside or have no area; a label may not. */
static TpoBox
box_on_picture (const TpoBox *box)
{
  static const float least = 1e-3f;
  TpoBox inside = {
    CLAMP (MIN (box->x0, box->x1), 0.0f, 1.0f - least),
    CLAMP (MIN (box->y0, box->y1), 0.0f, 1.0f - least),
    CLAMP (MAX (box->x0, box->x1), 0.0f, 1.0f),
    CLAMP (MAX (box->y0, box->y1), 0.0f, 1.0f),
  };

  inside.x1 = MAX (inside.x1, inside.x0 + least);
  inside.y1 = MAX (inside.y1, inside.y0 + least);
  return inside;
}

TpoPredictionRecord *
tpo_finding_of_box (TpoVideo *video, const TpoEvent *event)
{
  gint64 start_us = tpo_video_index_get_time_us (tpo_video_get_index (video), event->frame);
  TpoSpan span = { start_us, frame_end (video, start_us), 1.0f };
  TpoPredictionRecord *self = finding_new (TPO_ANNOTATION_BOX_TRACK, &span, 1);
  TpoKeyframeRecord *keyframe = g_new0 (TpoKeyframeRecord, 1);

  *keyframe = (TpoKeyframeRecord){
    .time_us = start_us,
    .has_box = TRUE,
    .box = box_on_picture (&event->box),
    .provenance = TPO_PROVENANCE_MODEL,
    .score = -1.0,
  };
  self->keyframes = g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_keyframe_record_free);
  g_ptr_array_add (self->keyframes, keyframe);
  return self;
}

TpoKeyframeRecord *
tpo_finding_keyframe (TpoVideo *video, const TpoEvent *event)
{
  TpoKeyframeRecord *keyframe = g_new0 (TpoKeyframeRecord, 1);

  keyframe->time_us = tpo_video_index_get_time_us (tpo_video_get_index (video), event->frame);
  keyframe->provenance = TPO_PROVENANCE_MODEL;
  keyframe->score = (double) event->score;
  keyframe->has_box = tpo_rle_bounds (event->mask, &keyframe->box);
  keyframe->is_absent = !keyframe->has_box;
  if (keyframe->has_box)
    keyframe->mask = tpo_rle_ref ((TpoRle *) event->mask);
  return keyframe;
}

static int
by_time (gconstpointer a, gconstpointer b)
{
  const TpoKeyframeRecord *left = *(TpoKeyframeRecord *const *) a;
  const TpoKeyframeRecord *right = *(TpoKeyframeRecord *const *) b;

  return left->time_us < right->time_us ? -1 : left->time_us > right->time_us;
}

void
tpo_finding_sort (GPtrArray *keyframes)
{
  g_ptr_array_sort (keyframes, by_time);
}

gint64
tpo_finding_end (TpoVideo *video, GPtrArray *keyframes)
{
  const TpoKeyframeRecord *last;

  g_return_val_if_fail (keyframes != NULL && keyframes->len > 0, 0);

  last = g_ptr_array_index (keyframes, keyframes->len - 1);
  return frame_end (video, last->time_us);
}

GPtrArray *
tpo_finding_list_fresh (GPtrArray *known, GPtrArray *found)
{
  GPtrArray *fresh;

  g_return_val_if_fail (known != NULL && found != NULL, NULL);

  fresh = g_ptr_array_new ();
  for (guint i = 0; i < found->len; i++) {
    TpoKeyframeRecord *keyframe = g_ptr_array_index (found, i);
    const TpoKeyframeRecord *old = tpo_track_keyframe_at (known, keyframe->time_us);

    if (old == NULL || old->time_us != keyframe->time_us || !tpo_keyframe_is_by_hand (old))
      g_ptr_array_add (fresh, keyframe);
  }
  return fresh;
}

TpoPredictionRecord *
tpo_finding_of_masks (TpoVideo *video, GPtrArray *keyframes)
{
  const TpoKeyframeRecord *first;
  TpoPredictionRecord *self;
  TpoSpan span;

  g_return_val_if_fail (keyframes != NULL && keyframes->len > 0, NULL);

  first = g_ptr_array_index (keyframes, 0);
  span = (TpoSpan){ first->time_us, tpo_finding_end (video, keyframes), (float) first->score };
  self = finding_new (TPO_ANNOTATION_MASK_TRACK, &span, 1);
  self->keyframes = g_ptr_array_ref (keyframes);
  return self;
}
