#include "config.h"

#include "document/tpo-document-tracks.h"

#include <glib/gi18n.h>

#include <tpo/error.h>

#include "document/tpo-document-private.h"
#include "document/track-edit.h"

/*
 * Long tracks are cut and joined by a thread: thousands of keyframes are read and written then. What
 * becomes of them is worked out from the project as it is when their turn comes.
 */

typedef struct {
  gint64 video_id;
  GArray *ids;               /* gint64: of the tracks, the one that stays first */
  gint64 before_us, time_us; /* of the frames before and behind a cut */
  gint64 selected_id;        /* once it is done */
} TrackJob;

static void
track_job_free (gpointer job)
{
  TrackJob *self = job;

  g_array_unref (self->ids);
  g_free (self);
}

static TrackJob *
track_job_new (TpoDocument *self)
{
  TrackJob *job = g_new0 (TrackJob, 1);

  job->video_id = self->video_id;
  job->ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  return job;
}

static void
select_result (TpoDocument *self, gpointer job)
{
  const TrackJob *done = job;

  if (done->video_id == self->video_id)
    tpo_document_select_id (self, done->selected_id);
}

/* Takes @job over. @annotations: (element-type TpoAnnotation): that it is about */
static gboolean
run_track_job (TpoDocument *self, TrackJob *job, GPtrArray *annotations, TpoJobFunc func)
{
  guint n_keyframes = 0;

  for (guint i = 0; i < annotations->len; i++) {
    TpoAnnotation *annotation = g_ptr_array_index (annotations, i);

    g_array_append_val (job->ids, tpo_annotation_get_record (annotation)->id);
    n_keyframes += tpo_annotation_get_keyframes (annotation)->len;
  }
  return tpo_document_run_job (self, n_keyframes, func, job, track_job_free, select_result);
}

/* ---- reading them --------------------------------------------------------------------------------- */

static void
part_clear (gpointer part)
{
  TpoTrackPart *self = part;

  tpo_annotation_record_free ((TpoAnnotationRecord *) self->record);
  g_clear_pointer (&self->keyframes, g_ptr_array_unref);
}

/* Returns: (transfer full) (element-type TpoTrackPart): in the order of @ids; or %NULL */
static GArray *
read_parts (TpoStore *store, const GArray *ids, GError **error)
{
  g_autoptr (GArray) parts = g_array_new (FALSE, TRUE, sizeof (TpoTrackPart));

  g_array_set_clear_func (parts, part_clear);
  for (guint i = 0; i < ids->len; i++) {
    TpoTrackPart part = {
      tpo_store_get_annotation (store, g_array_index (ids, gint64, i), error), NULL
    };

    if (part.record == NULL)
      return NULL;
    part.keyframes = tpo_store_list_light_keyframes (store, part.record->revision_id,
                                                     G_MININT64, G_MAXINT64, error);
    g_array_append_val (parts, part);
    if (part.keyframes == NULL)
      return NULL;
  }
  return g_steal_pointer (&parts);
}

static const TpoTrackPart *
part_at (const GArray *parts, guint i)
{
  return &g_array_index (parts, TpoTrackPart, i);
}

/* ---- in two ------------------------------------------------------------------------------------- */

/* The frame shown at @position_us, and the one before it. Returns: whether there is one */
static gboolean
find_cut (TpoDocument *self, gint64 position_us, gint64 *before_us, gint64 *time_us)
{
  TpoVideoIndex *index = tpo_document_get_index (self);
  guint frame = tpo_video_index_find_frame (index, position_us);

  *time_us = tpo_video_index_get_time_us (index, frame);
  *before_us = frame > 0 ? tpo_video_index_get_time_us (index, frame - 1) : 0;
  return frame > 0;
}

static gboolean
refuse_cut (GError **error)
{
  g_set_error_literal (error, TPO_ERROR, TPO_ERROR_INVALID,
                       _ ("Go to a frame with the object before it and behind it to "
                          "split the track there"));
  return FALSE;
}

static gboolean
split (TrackJob *self, TpoStore *store, GError **error)
{
  g_autoptr (GArray) parts = read_parts (store, self->ids, error);
  g_auto (TpoTrackChange) first = { 0 };
  g_auto (TpoTrackChange) second = { 0 };
  const TpoTrackPart *part;

  if (parts == NULL)
    return FALSE;
  part = part_at (parts, 0);
  tpo_track_change_init (&first, part->record);
  tpo_track_change_init (&second, part->record);
  if (!tpo_track_split (part->record, part->keyframes, self->before_us, self->time_us, &first,
                        &second))
    return refuse_cut (error);
  self->selected_id = tpo_store_split_off_track (store, part->record->id, &second, NULL, error);
  return self->selected_id != 0 &&
         tpo_store_change_track (store, part->record->id, &first, NULL, error);
}

static gboolean
run_split (TpoStore *store, gpointer job, GError **error)
{
  TpoEdit step = { .name = N_ ("Split Track") };

  return tpo_store_begin_group (store, &step, error) &&
         tpo_store_finish_group (store, split (job, store, error), error);
}

gboolean
tpo_document_split_track (TpoDocument *self, TpoAnnotation *annotation, gint64 position_us)
{
  const TpoAnnotationRecord *record;
  g_autoptr (GPtrArray) one = g_ptr_array_new ();
  GError *error = NULL;
  TrackJob *job;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && TPO_IS_ANNOTATION (annotation), FALSE);
  record = tpo_annotation_get_record (annotation);
  g_return_val_if_fail (record->kind != TPO_ANNOTATION_SPAN, FALSE);

  if (!tpo_document_is_open (self, annotation))
    return FALSE;
  job = track_job_new (self);
  if (!find_cut (self, position_us, &job->before_us, &job->time_us)) {
    track_job_free (job);
    return tpo_document_saved (self, refuse_cut (&error), &error);
  }
  g_ptr_array_add (one, annotation);
  return run_track_job (self, job, one, run_split);
}

/* ---- in one -------------------------------------------------------------------------------------- */

/* What has a prediction first, then by time. */
static int
by_rank (gconstpointer a, gconstpointer b)
{
  const TpoAnnotationRecord *left = tpo_annotation_get_record (*(TpoAnnotation *const *) a);
  const TpoAnnotationRecord *right = tpo_annotation_get_record (*(TpoAnnotation *const *) b);

  if ((left->prediction_id != 0) != (right->prediction_id != 0))
    return left->prediction_id != 0 ? -1 : 1;
  if (left->start_us != right->start_us)
    return left->start_us < right->start_us ? -1 : 1;
  return left->id < right->id ? -1 : left->id > right->id;
}

/* Whether all are tracks of one kind that may be changed. */
static gboolean
can_merge (TpoDocument *self, GPtrArray *annotations)
{
  TpoAnnotationKind kind = TPO_ANNOTATION_SPAN;

  for (guint i = 0; i < annotations->len; i++) {
    TpoAnnotation *annotation = g_ptr_array_index (annotations, i);
    const TpoAnnotationRecord *record = tpo_annotation_get_record (annotation);

    if (i == 0)
      kind = record->kind;
    if (record->kind == TPO_ANNOTATION_SPAN || record->kind != kind) {
      tpo_document_toast (self, _ ("Only boxes are merged with boxes, and masks with masks"));
      return FALSE;
    }
    if (!tpo_document_is_open (self, annotation))
      return FALSE;
  }
  return annotations->len > 1;
}

static void
add_known (GHashTable *known, gint64 attribute_id)
{
  g_hash_table_add (known, g_memdup2 (&attribute_id, sizeof attribute_id));
}

/* Values of attributes that @id has not got yet. @known: ids of those that it has */
static gboolean
take_values (TpoStore *store, gint64 id, GHashTable *known, const TpoAnnotationRecord *from,
             GError **error)
{
  g_autoptr (GPtrArray) values = tpo_store_list_values (store, from->revision_id, error);

  for (guint i = 0; values != NULL && i < values->len; i++) {
    const TpoAttributeValue *value = g_ptr_array_index (values, i);

    if (g_hash_table_contains (known, &value->attribute_id))
      continue;
    if (!tpo_store_set_attribute (store, id, value->attribute_id, value->value, NULL, error))
      return FALSE;
    add_known (known, value->attribute_id);
  }
  return values != NULL;
}

/* Label and name of the first that has one, and the values of those with that label. */
static gboolean
take_over (TpoStore *store, const GArray *parts, GError **error)
{
  const TpoAnnotationRecord *stays = part_at (parts, 0)->record;
  g_autoptr (GHashTable) known =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_autoptr (GPtrArray) own = tpo_store_list_values (store, stays->revision_id, error);
  gint64 label_id = stays->label_id;
  const char *text = stays->text;
  gboolean ok = own != NULL;

  for (guint i = 0; i < parts->len; i++) {
    const TpoAnnotationRecord *record = part_at (parts, i)->record;

    label_id = label_id != 0 ? label_id : record->label_id;
    text = text != NULL ? text : record->text;
  }
  if (ok && label_id != stays->label_id)
    ok = tpo_store_set_annotation_label (store, stays->id, label_id, NULL, error);
  if (ok && text != stays->text)
    ok = tpo_store_set_annotation_text (store, stays->id, text, NULL, error);
  for (guint i = 0; ok && i < own->len; i++)
    add_known (known, ((TpoAttributeValue *) g_ptr_array_index (own, i))->attribute_id);
  for (guint i = 1; ok && i < parts->len; i++) {
    const TpoAnnotationRecord *record = part_at (parts, i)->record;

    if (record->label_id == label_id)
      ok = take_values (store, stays->id, known, record, error);
  }
  return ok;
}

static gboolean
merge (TrackJob *self, TpoStore *store, GError **error)
{
  g_autoptr (GArray) parts = read_parts (store, self->ids, error);
  g_auto (TpoTrackChange) change = { 0 };
  gboolean ok;

  if (parts == NULL)
    return FALSE;
  tpo_track_change_init (&change, part_at (parts, 0)->record);
  tpo_track_merge (part_at (parts, 0), parts->len, &change);
  self->selected_id = g_array_index (self->ids, gint64, 0);
  ok = tpo_store_change_track (store, self->selected_id, &change, NULL, error) &&
       take_over (store, parts, error);
  for (guint i = 1; ok && i < self->ids->len; i++)
    ok = tpo_store_delete_annotation (store, g_array_index (self->ids, gint64, i), NULL, error);
  return ok;
}

static gboolean
run_merge (TpoStore *store, gpointer job, GError **error)
{
  TpoEdit step = { .name = N_ ("Merge Tracks") };

  return tpo_store_begin_group (store, &step, error) &&
         tpo_store_finish_group (store, merge (job, store, error), error);
}

gboolean
tpo_document_merge_tracks (TpoDocument *self, GPtrArray *annotations)
{
  g_autoptr (GPtrArray) ranked = NULL;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && annotations != NULL, FALSE);

  if (!can_merge (self, annotations))
    return FALSE;
  ranked = g_ptr_array_copy (annotations, (GCopyFunc) (GCallback) g_object_ref, NULL);
  g_ptr_array_set_free_func (ranked, g_object_unref);
  g_ptr_array_sort (ranked, by_rank);
  return run_track_job (self, track_job_new (self), ranked, run_merge);
}

/* ---- together ------------------------------------------------------------------------------------------ */

gboolean
tpo_document_set_boxes (TpoDocument *self, GPtrArray *annotations, gint64 position_us,
                        const TpoBox *boxes)
{
  TpoEdit step = { .name = N_ ("Move Boxes") };
  TpoKeyframeRecord keyframe = { .has_box = TRUE, .score = -1.0 };
  GError *error = NULL;
  gint64 end_us;
  gboolean ok;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && annotations != NULL && boxes != NULL, FALSE);

  for (guint i = 0; i < annotations->len; i++)
    if (!tpo_document_is_open (self, g_ptr_array_index (annotations, i)))
      return FALSE;
  if (!tpo_store_begin_group (self->store, &step, &error))
    return tpo_document_saved (self, FALSE, &error);
  keyframe.time_us = tpo_document_frame (self, position_us, &end_us);
  ok = TRUE;
  for (guint i = 0; ok && i < annotations->len; i++) {
    TpoAnnotation *annotation = g_ptr_array_index (annotations, i);

    keyframe.box = boxes[i];
    keyframe.provenance = tpo_document_provenance_at (annotation, keyframe.time_us);
    ok = tpo_store_set_keyframe (self->store, tpo_annotation_get_id (annotation), &keyframe,
                                 end_us, NULL, &error);
  }
  ok = tpo_store_finish_group (self->store, ok, &error);
  return tpo_document_saved (self, ok, &error);
}

/* ---- in time ---------------------------------------------------------------------------------------- */

gint64
tpo_document_place_keyframe (TpoDocument *self, TpoAnnotation *annotation, gint64 from_us,
                             gint64 wanted_us)
{
  TpoVideoIndex *index;
  TpoTimes room;
  guint frame;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && TPO_IS_ANNOTATION (annotation), from_us);

  index = tpo_document_get_index (self);
  room = tpo_track_find_room (tpo_annotation_get_keyframes (annotation), from_us);
  frame = tpo_video_index_find_frame (index, CLAMP (wanted_us, room.start_us, room.end_us - 1));
  /* The room may begin within the frame of the keyframe before. */
  if (tpo_video_index_get_time_us (index, frame) < room.start_us)
    frame++;
  return tpo_video_index_get_time_us (index, frame);
}

gboolean
tpo_document_move_keyframe (TpoDocument *self, TpoAnnotation *annotation, gint64 from_us,
                            gint64 to_us)
{
  TpoEdit step = { .name = N_ ("Move Keyframe") };
  g_auto (TpoTrackChange) change = { 0 };
  const TpoAnnotationRecord *record;
  const TpoKeyframeRecord *keyframe;
  GPtrArray *keyframes;
  gint64 from_end_us, to_end_us;
  GError *error = NULL;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && TPO_IS_ANNOTATION (annotation), FALSE);

  record = tpo_annotation_get_record (annotation);
  keyframes = tpo_annotation_get_keyframes (annotation);
  keyframe = tpo_track_keyframe_at (keyframes, from_us);
  if (keyframe == NULL || keyframe->time_us != from_us ||
      !tpo_document_is_open (self, annotation))
    return FALSE;
  to_us = tpo_document_place_keyframe (self, annotation, from_us, to_us);
  if (to_us == from_us)
    return FALSE;
  tpo_document_frame (self, from_us, &from_end_us);
  tpo_document_frame (self, to_us, &to_end_us);
  tpo_track_change_init (&change, record);
  tpo_track_move (record, keyframes, from_us, from_end_us, to_us, to_end_us, &change);
  ((TpoKeyframeRecord *) change.keyframes->pdata[0])->provenance =
      tpo_document_provenance_at (annotation, from_us);
  return tpo_document_saved (
      self, tpo_store_change_track (self->store, record->id, &change, &step, &error), &error);
}
