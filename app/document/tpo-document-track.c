#include "config.h"

#include <string.h>

#include <glib/gi18n.h>

#include "document/tpo-document-masks.h"
#include "document/tpo-document-private.h"

/*
 * Following objects through the video. What a person said of a frame conditions the others and is
 * never replaced; what the model finds is saved while it goes on, as one undo step.
 */

enum {
  AT_ONCE = 4, /* objects that the engine follows at a time */
  MAX_CONDITIONS =
      8 /* frames of an object that the others are found by; those farther away say little */
};

/* What the engine is asked for. */
typedef struct {
  GArray *corrections; /* of TpoCorrection */
  GArray *stretches;   /* of TpoStretch */
  GPtrArray *objects;  /* owned arrays of guint, of the stretches */
  GPtrArray *masks;    /* TpoRle, of the corrections */
} Plan;

static Plan
plan_new (void)
{
  return (Plan){
    .corrections = g_array_new (FALSE, FALSE, sizeof (TpoCorrection)),
    .stretches = g_array_new (FALSE, FALSE, sizeof (TpoStretch)),
    .objects = g_ptr_array_new_with_free_func (g_free),
    .masks = g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_rle_unref),
  };
}

static void
plan_clear (Plan *self)
{
  g_array_unref (self->corrections);
  g_array_unref (self->stretches);
  g_ptr_array_unref (self->objects);
  g_ptr_array_unref (self->masks);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Plan, plan_clear)

/* ---- where from ---------------------------------------------------------------------------------- */

static gint64
time_of (TpoDocument *self, guint frame)
{
  return tpo_video_index_get_time_us (tpo_video_get_index (self->video), frame);
}

/* The mask shown on a frame may be that of an earlier one; a box is of its own frame. */
static gboolean
find_start (TpoDocument *self, TpoAnnotation *annotation, gint64 position_us, guint *frame,
            TpoBox *box)
{
  TpoVideoIndex *index = tpo_video_get_index (self->video);
  gint64 time_us = tpo_document_frame (self, position_us, NULL);
  const TpoKeyframeRecord *keyframe;
  guint place;

  switch (tpo_annotation_get_record (annotation)->kind) {
  case TPO_ANNOTATION_BOX_TRACK:
    *frame = tpo_video_index_find_frame (index, time_us);
    return tpo_annotation_get_box (annotation, time_us, box);
  case TPO_ANNOTATION_MASK_TRACK:
    if (!tpo_annotation_find_mask (annotation, time_us, &place))
      return FALSE;
    keyframe = g_ptr_array_index (tpo_annotation_get_keyframes (annotation), place);
    *frame = tpo_video_index_find_frame (index, keyframe->time_us);
    *box = keyframe->box;
    return TRUE;
  case TPO_ANNOTATION_SPAN:
  case TPO_ANNOTATION_KIND_COUNT:
  default:
    return FALSE;
  }
}

/* A box between two keyframes becomes one, lest the boxes before it change with those found behind it. */
static void
fix_start (TpoDocument *self, TpoTracked *tracked)
{
  GPtrArray *keyframes = tpo_annotation_get_keyframes (tracked->annotation);
  gint64 time_us = time_of (self, tracked->frame);
  const TpoKeyframeRecord *before = tpo_track_keyframe_at (keyframes, time_us);
  TpoKeyframeRecord *start;

  if (before != NULL && before->time_us == time_us)
    return;
  start = g_new0 (TpoKeyframeRecord, 1);
  start->time_us = time_us;
  start->has_box = TRUE;
  start->box = tracked->box;
  start->provenance = TPO_PROVENANCE_INTERPOLATED;
  start->score = -1.0;
  g_ptr_array_add (tracked->found, start);
}

/* ---- how far --------------------------------------------------------------------------------------- */

/* The last frame of @times as seen from @frame; @frame itself where there is none. */
static guint
last_frame (TpoDocument *self, guint frame, TpoTimes times, gboolean backward)
{
  TpoVideoIndex *index = tpo_video_get_index (self->video);
  guint last;

  if (times.start_us >= times.end_us)
    return frame;
  if (!backward)
    return MAX (frame, tpo_video_index_find_frame (index, times.end_us - 1));
  last = tpo_video_index_find_frame (index, times.start_us);
  if (tpo_video_index_get_time_us (index, last) < times.start_us)
    last++;
  return MIN (last, frame);
}

static guint
find_last (TpoDocument *self, const TpoTracked *tracked, gboolean backward,
           const TpoTimes *loop)
{
  TpoTimes times = tpo_track_free_times (tpo_annotation_get_keyframes (tracked->annotation),
                                         time_of (self, tracked->frame), backward);
  TpoTimes reach =
      tpo_reach_times (&self->reach, tpo_document_get_index (self), tracked->frame, loop);

  return last_frame (self, tracked->frame, tpo_times_cut (times, reach), backward);
}

/* Behind each frame that a person saw to the object is followed anew, by what is said there. */
static void
add_corrected (TpoDocument *self, TpoTracking *tracking, const TpoTracked *from,
               gboolean backward)
{
  g_autoptr (TpoAnnotation) annotation = g_object_ref (from->annotation);
  gint64 time_us = time_of (self, from->frame);
  guint frame;
  TpoBox box;

  while (tpo_track_find_correction (tpo_annotation_get_keyframes (annotation), time_us,
                                    backward, &time_us)) {
    if (find_start (self, annotation, time_us, &frame, &box))
      tpo_tracking_add (tracking, annotation, frame, &box);
  }
}

/* Those that are followed to the end of the video are so in stretches. */
static void
add_all_corrected (TpoDocument *self, TpoTracking *tracking, gboolean backward)
{
  guint n = tracking->tracked->len;

  for (guint i = 0; i < n && self->reach.kind == TPO_REACH_END; i++)
    add_corrected (self, tracking, tpo_tracking_get (tracking, i), backward);
}

/* ---- the plan ---------------------------------------------------------------------------------------- */

typedef struct {
  gint64 far_us;
  const TpoKeyframeRecord *keyframe;
} Condition;

static int
by_distance (gconstpointer a, gconstpointer b)
{
  const Condition *left = a, *right = b;

  return left->far_us < right->far_us ? -1 : left->far_us > right->far_us;
}

/* Frames that a person saw to, the nearest to @time_us first. Returns: (transfer full)
 * (element-type Condition) */
static GArray *
find_conditions (TpoAnnotation *annotation, gint64 time_us)
{
  GPtrArray *keyframes = tpo_annotation_get_keyframes (annotation);
  GArray *conditions = g_array_new (FALSE, FALSE, sizeof (Condition));

  for (guint i = 0; i < keyframes->len; i++) {
    const TpoKeyframeRecord *keyframe = g_ptr_array_index (keyframes, i);
    Condition condition = { ABS (keyframe->time_us - time_us), keyframe };

    if (tpo_keyframe_is_by_hand (keyframe) && !keyframe->is_absent && condition.far_us > 0)
      g_array_append_val (conditions, condition);
  }
  g_array_sort (conditions, by_distance);
  g_array_set_size (conditions, MIN (conditions->len, MAX_CONDITIONS - 1));
  return conditions;
}

/* Its mask, or else its box on a frame. Boxes stay those of its keyframes. */
static void
add_correction (TpoDocument *self, Plan *plan, TpoAnnotation *annotation,
                TpoCorrection correction, gint64 time_us, const TpoBox *box)
{
  TpoRle *mask = tpo_document_get_mask (self, annotation, time_us);

  correction.mask = mask;
  if (mask != NULL)
    g_ptr_array_add (plan->masks, mask);
  else
    correction.box = box;
  g_array_append_val (plan->corrections, correction);
}

/* What is known of an object. */
static void
add_corrections (TpoDocument *self, Plan *plan, const TpoTracking *tracking, guint object)
{
  const TpoTracked *tracked = tpo_tracking_get (tracking, object);
  gint64 time_us = time_of (self, tracked->frame);
  g_autoptr (GArray) conditions = find_conditions (tracked->annotation, time_us);
  TpoCorrection correction = { .object = object, .frame = tracked->frame };

  add_correction (self, plan, tracked->annotation, correction, time_us, &tracked->box);
  for (guint i = 0; i < conditions->len; i++) {
    const TpoKeyframeRecord *keyframe = g_array_index (conditions, Condition, i).keyframe;

    correction.frame =
        tpo_video_index_find_frame (tpo_video_get_index (self->video), keyframe->time_us);
    add_correction (self, plan, tracked->annotation, correction, keyframe->time_us,
                    &keyframe->box);
  }
}

static void
add_stretch (Plan *plan, TpoTracking *tracking, const guint *objects, guint n, guint first,
             guint last)
{
  TpoStretch stretch = { .n_objects = n, .first = first, .last = last };
  guint *copy = g_memdup2 (objects, n * sizeof *objects);

  stretch.objects = copy;
  g_ptr_array_add (plan->objects, copy);
  g_array_append_val (plan->stretches, stretch);
  tracking->n_frames += MAX (first, last) - MIN (first, last) + 1;
}

/* Objects that start on one frame go together as far as they go; each has its own end. */
static void
add_together (Plan *plan, TpoTracking *tracking, const guint *objects, const guint *lasts,
              guint n, gboolean backward)
{
  guint first = tpo_tracking_get (tracking, objects[0])->frame, left[AT_ONCE], ends[AT_ONCE];

  memcpy (left, objects, n * sizeof *left);
  memcpy (ends, lasts, n * sizeof *ends);
  while (n > 0) {
    guint nearest = ends[0], kept = 0;

    for (guint i = 1; i < n; i++)
      nearest = backward ? MAX (nearest, ends[i]) : MIN (nearest, ends[i]);
    add_stretch (plan, tracking, left, n, first, nearest);
    for (guint i = 0; i < n; i++) {
      if (ends[i] == nearest)
        continue;
      left[kept] = left[i];
      ends[kept++] = ends[i];
    }
    n = kept;
    first = backward ? nearest - 1 : nearest + 1;
  }
}

/* All stretches; those that start on one frame go together, some at a time. */
static void
add_stretches (TpoDocument *self, Plan *plan, TpoTracking *tracking, gboolean backward,
               const TpoTimes *loop)
{
  guint objects[AT_ONCE], lasts[AT_ONCE], n = 0;

  for (guint i = 0; i < tracking->tracked->len; i++) {
    const TpoTracked *tracked = tpo_tracking_get (tracking, i);
    guint last = find_last (self, tracked, backward, loop);

    if (last == tracked->frame)
      continue;
    if (n == AT_ONCE ||
        (n > 0 && tpo_tracking_get (tracking, objects[0])->frame != tracked->frame)) {
      add_together (plan, tracking, objects, lasts, n, backward);
      n = 0;
    }
    objects[n] = i;
    lasts[n++] = last;
  }
  if (n > 0)
    add_together (plan, tracking, objects, lasts, n, backward);
}

/* Takes @tracking over. */
static void
follow (TpoDocument *self, TpoTracking *tracking, Plan *plan)
{
  TpoFollow follow;

  for (guint i = 0; i < tracking->tracked->len; i++)
    add_corrections (self, plan, tracking, i);
  follow = (TpoFollow){
    .corrections = (const TpoCorrection *) (gconstpointer) plan->corrections->data,
    .n_corrections = plan->corrections->len,
    .stretches = (const TpoStretch *) (gconstpointer) plan->stretches->data,
    .n_stretches = plan->stretches->len,
  };
  for (guint i = 0; i < tracking->tracked->len; i++)
    fix_start (self, tpo_tracking_get (tracking, i));
  tpo_document_begin_tracking (self, tracking, &follow);
}

/* ---- what is asked for ----------------------------------------------------------------------------------- */

/* @annotation as it is at @position_us. Returns: (transfer full) (nullable): %NULL where it cannot
 * be followed; a toast says why */
static TpoTracking *
begin (TpoDocument *self, TpoAnnotation *annotation, gint64 position_us)
{
  TpoTracking *tracking;
  guint frame;
  TpoBox box;

  if (self->work != NULL || self->video == NULL)
    return NULL;
  if (tpo_annotation_get_record (annotation)->is_locked) {
    tpo_document_toast (self, _ ("This object is locked"));
    return NULL;
  }
  if (!find_start (self, annotation, position_us, &frame, &box)) {
    tpo_document_toast (self, _ ("Go to a frame where the object has a box or a mask"));
    return NULL;
  }
  tracking = tpo_tracking_new ();
  tpo_tracking_add (tracking, annotation, frame, &box);
  return tracking;
}

/* Takes @tracking over. @complaint: if there is nothing to do */
static void
go (TpoDocument *self, TpoTracking *tracking, Plan *plan, const char *complaint)
{
  if (plan->stretches->len > 0) {
    follow (self, tracking, plan);
    return;
  }
  tpo_document_toast (self, complaint);
  tpo_tracking_free (tracking);
}

void
tpo_document_set_reach (TpoDocument *self, const TpoReach *reach)
{
  g_return_if_fail (TPO_IS_DOCUMENT (self) && reach != NULL);

  self->reach = *reach;
}

TpoReach
tpo_document_get_reach (TpoDocument *self)
{
  g_return_val_if_fail (TPO_IS_DOCUMENT (self), (TpoReach){ 0 });

  return self->reach;
}

void
tpo_document_track (TpoDocument *self, TpoAnnotation *annotation, gint64 position_us,
                    gboolean backward, const TpoTimes *loop)
{
  g_auto (Plan) plan = plan_new ();
  TpoTracking *tracking;

  g_return_if_fail (TPO_IS_DOCUMENT (self) && TPO_IS_ANNOTATION (annotation));

  if (!tpo_document_is_open (self, annotation))
    return;
  tracking = begin (self, annotation, position_us);
  if (tracking == NULL)
    return;
  add_all_corrected (self, tracking, backward);
  add_stretches (self, &plan, tracking, backward, loop);
  go (self, tracking, &plan,
      _ ("Nothing to track: the next frame is outside of the loop or the video, or a person saw "
         "to it"));
}

void
tpo_document_retrack (TpoDocument *self, TpoAnnotation *annotation, gint64 position_us)
{
  g_auto (Plan) plan = plan_new ();
  const guint object = 0;
  TpoTracking *tracking;

  g_return_if_fail (TPO_IS_DOCUMENT (self) && TPO_IS_ANNOTATION (annotation));

  if (!tpo_document_is_open (self, annotation))
    return;
  tracking = begin (self, annotation, position_us);
  if (tracking == NULL)
    return;
  for (int backward = 0; backward < 2; backward++) {
    guint frame = tpo_tracking_get (tracking, object)->frame;
    TpoTimes times = tpo_track_predicted_times (tpo_annotation_get_keyframes (annotation),
                                                time_of (self, frame), backward);
    guint last = last_frame (self, frame, times, backward);

    if (last != frame)
      add_together (&plan, tracking, &object, &last, 1, backward);
  }
  go (self, tracking, &plan, _ ("The model found nothing on the frames around this one"));
}

gboolean
tpo_document_is_tracking (TpoDocument *self)
{
  g_return_val_if_fail (TPO_IS_DOCUMENT (self), FALSE);

  return self->work != NULL && self->work->tracking != NULL && self->work->answer == NULL;
}

gboolean
tpo_document_can_retrack (TpoDocument *self, TpoAnnotation *annotation, gint64 position_us)
{
  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && TPO_IS_ANNOTATION (annotation), FALSE);

  return self->work == NULL && self->video != NULL &&
         !tpo_annotation_get_record (annotation)->is_locked &&
         tpo_track_is_stale (tpo_annotation_get_keyframes (annotation),
                             tpo_document_frame (self, position_us, NULL));
}

/* ---- all at once ------------------------------------------------------------------------------------------- */

static gboolean
may_go_along (TpoAnnotation *annotation)
{
  const TpoAnnotationRecord *record = tpo_annotation_get_record (annotation);

  return record->status != TPO_STATUS_DISCARDED && !record->is_locked && !record->is_hidden;
}

/* Objects that have something of their own on the frame. */
static void
add_all (TpoDocument *self, TpoTracking *tracking, gint64 position_us)
{
  guint at = tpo_video_index_find_frame (tpo_video_get_index (self->video), position_us);

  for (guint i = 0; i < tpo_annotation_list_get_n (self->annotations); i++) {
    TpoAnnotation *annotation = tpo_annotation_list_get (self->annotations, i);
    guint frame;
    TpoBox box;

    if (may_go_along (annotation) && find_start (self, annotation, position_us, &frame, &box) &&
        frame == at)
      tpo_tracking_add (tracking, annotation, frame, &box);
  }
}

void
tpo_document_track_all (TpoDocument *self, gint64 position_us, gboolean backward,
                        const TpoTimes *loop)
{
  g_auto (Plan) plan = plan_new ();
  TpoTracking *tracking;

  g_return_if_fail (TPO_IS_DOCUMENT (self));

  if (self->work != NULL || self->video == NULL)
    return;
  tracking = tpo_tracking_new ();
  add_all (self, tracking, position_us);
  add_all_corrected (self, tracking, backward);
  add_stretches (self, &plan, tracking, backward, loop);
  go (self, tracking, &plan, _ ("There is no object on this frame that could be tracked"));
}

TpoKeyframeRecord *
tpo_document_find_replaced (TpoDocument *self, TpoAnnotation *annotation, gint64 time_us)
{
  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && TPO_IS_ANNOTATION (annotation), NULL);

  /* Unreadable: as if there were none. */
  return tpo_store_get_replaced_keyframe (
      self->store, tpo_annotation_get_record (annotation)->revision_id, time_us, NULL);
}
