#include "config.h"

#include <glib/gi18n.h>

#include "document/tpo-document-private.h"

/* Names of undo steps are stored untranslated and translated when they are shown. */
static TpoEdit
edit (const char *name)
{
  return (TpoEdit){ .name = name };
}

/* Selects what was just made; the store has put it into the model by now. */
static TpoAnnotation *
select_new (TpoDocument *self, gint64 id, GError **error)
{
  TpoAnnotation *annotation;

  if (!tpo_document_saved (self, id != 0, error))
    return NULL;
  annotation = tpo_document_find (self, id);
  tpo_document_select (self, annotation);
  return annotation;
}

TpoAnnotation *
tpo_document_add_span (TpoDocument *self, gint64 start_us, gint64 end_us, TpoAnnotation *like)
{
  TpoEdit step = edit (N_ ("Add Span"));
  TpoAnnotationRecord record = {
    .kind = TPO_ANNOTATION_SPAN,
    .status = TPO_STATUS_MANUAL,
    .provenance = TPO_PROVENANCE_HUMAN,
    .start_us = start_us,
    .end_us = end_us,
  };
  GError *error = NULL;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && self->video != NULL, NULL);

  record.video_id = self->video_id;
  if (like != NULL) {
    const TpoAnnotationRecord *other = tpo_annotation_get_record (like);

    record.label_id = other->label_id;
    record.text = record.label_id == 0 ? other->text : NULL;
  }
  return select_new (self, tpo_store_add_annotation (self->store, &record, NULL, &step, &error),
                     &error);
}

gboolean
tpo_document_set_span (TpoDocument *self, TpoAnnotation *annotation, gint64 start_us,
                       gint64 end_us)
{
  TpoEdit step = edit (N_ ("Move Span"));
  const TpoAnnotationRecord *record;
  GError *error = NULL;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && TPO_IS_ANNOTATION (annotation), FALSE);

  if (!tpo_document_is_open (self, annotation))
    return FALSE;
  record = tpo_annotation_get_record (annotation);
  if (record->start_us == start_us && record->end_us == end_us)
    return TRUE;
  if (record->start_us == start_us || record->end_us == end_us)
    step.name = N_ ("Move Span Edge");
  return tpo_document_saved (self,
                             tpo_store_set_span (self->store,
                                                 tpo_annotation_get_id (annotation), start_us,
                                                 end_us, &step, &error),
                             &error);
}

/* Two changes in one step. */
static gboolean
split (TpoDocument *self, const TpoAnnotationRecord *record, gint64 position_us, GError **error)
{
  TpoEdit step = edit (N_ ("Split Span"));
  gint64 id = record->id;
  TpoAnnotationRecord second = *record;
  gboolean ok;

  second.start_us = position_us;
  if (!tpo_store_begin_group (self->store, &step, error))
    return FALSE;
  ok = tpo_store_add_annotation (self->store, &second, NULL, NULL, error) != 0 &&
       tpo_store_set_span (self->store, id, record->start_us, position_us, NULL, error);
  return tpo_store_finish_group (self->store, ok, error);
}

gboolean
tpo_document_split_span (TpoDocument *self, TpoAnnotation *annotation, gint64 position_us)
{
  const TpoAnnotationRecord *record;
  GError *error = NULL;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && TPO_IS_ANNOTATION (annotation), FALSE);

  if (!tpo_document_is_open (self, annotation))
    return FALSE;
  record = tpo_annotation_get_record (annotation);
  if (record->kind != TPO_ANNOTATION_SPAN || position_us <= record->start_us ||
      position_us >= record->end_us) {
    tpo_document_toast (self, _ ("Put the play position inside the span to split it"));
    return FALSE;
  }
  return tpo_document_saved (self, split (self, record, position_us, &error), &error);
}

/* A new track with what is known of one frame. */
static TpoAnnotation *
add_track (TpoDocument *self, TpoAnnotationKind kind, TpoKeyframeRecord *keyframe,
           gint64 end_us, const char *name)
{
  TpoEdit step = edit (name);
  g_autoptr (GPtrArray) keyframes = g_ptr_array_new ();
  TpoAnnotationRecord record = {
    .video_id = self->video_id,
    .kind = kind,
    .status = TPO_STATUS_MANUAL,
    .provenance = TPO_PROVENANCE_HUMAN,
    .start_us = keyframe->time_us,
    .end_us = end_us,
  };
  GError *error = NULL;

  g_ptr_array_add (keyframes, keyframe);
  return select_new (
      self, tpo_store_add_annotation (self->store, &record, keyframes, &step, &error), &error);
}

TpoAnnotation *
tpo_document_add_box (TpoDocument *self, gint64 position_us, const TpoBox *box)
{
  TpoKeyframeRecord keyframe = { .has_box = TRUE,
                                 .provenance = TPO_PROVENANCE_HUMAN,
                                 .score = -1.0 };
  gint64 end_us;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && self->video != NULL, NULL);

  keyframe.box = *box;
  keyframe.time_us = tpo_document_frame (self, position_us, &end_us);
  return add_track (self, TPO_ANNOTATION_BOX_TRACK, &keyframe, end_us, N_ ("Add Box"));
}

TpoProvenance
tpo_document_provenance_at (TpoAnnotation *annotation, gint64 time_us)
{
  const TpoKeyframeRecord *known =
      tpo_track_keyframe_at (tpo_annotation_get_keyframes (annotation), time_us);
  gboolean is_known = known != NULL && known->time_us == time_us &&
                      (known->provenance == TPO_PROVENANCE_MODEL ||
                       known->provenance == TPO_PROVENANCE_MODEL_CORRECTED);

  return is_known || tpo_annotation_get_record (annotation)->prediction_id != 0
             ? TPO_PROVENANCE_MODEL_CORRECTED
             : TPO_PROVENANCE_HUMAN;
}

static gboolean
set_keyframe (TpoDocument *self, TpoAnnotation *annotation, TpoKeyframeRecord *keyframe,
              gint64 position_us, const char *name)
{
  TpoEdit step = edit (name);
  GError *error = NULL;
  gint64 end_us;

  keyframe->time_us = tpo_document_frame (self, position_us, &end_us);
  keyframe->provenance = tpo_document_provenance_at (annotation, keyframe->time_us);
  return tpo_document_saved (self,
                             tpo_store_set_keyframe (self->store,
                                                     tpo_annotation_get_id (annotation),
                                                     keyframe, end_us, &step, &error),
                             &error);
}

gboolean
tpo_document_set_box (TpoDocument *self, TpoAnnotation *annotation, gint64 position_us,
                      const TpoBox *box)
{
  TpoKeyframeRecord keyframe = { .has_box = TRUE, .score = -1.0 };

  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && TPO_IS_ANNOTATION (annotation), FALSE);

  if (!tpo_document_is_open (self, annotation))
    return FALSE;
  keyframe.box = *box;
  return set_keyframe (self, annotation, &keyframe, position_us, N_ ("Move Box"));
}

gboolean
tpo_document_toggle_keyframe (TpoDocument *self, TpoAnnotation *annotation, gint64 position_us)
{
  TpoEdit step = edit (N_ ("Remove Keyframe"));
  TpoKeyframeRecord keyframe = { .has_box = TRUE, .score = -1.0 };
  const TpoKeyframeRecord *current;
  GError *error = NULL;
  gint64 time_us;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && TPO_IS_ANNOTATION (annotation), FALSE);

  if (!tpo_document_is_open (self, annotation))
    return FALSE;
  if (tpo_annotation_get_record (annotation)->kind != TPO_ANNOTATION_BOX_TRACK) {
    tpo_document_toast (self, _ ("Only boxes have keyframes"));
    return FALSE;
  }
  time_us = tpo_document_frame (self, position_us, NULL);
  current = tpo_track_keyframe_at (tpo_annotation_get_keyframes (annotation), time_us);
  if (current != NULL && current->time_us == time_us)
    return tpo_document_saved (self,
                               tpo_store_remove_keyframe (self->store,
                                                          tpo_annotation_get_id (annotation),
                                                          time_us, &step, &error),
                               &error);
  if (!tpo_annotation_get_box (annotation, time_us, &keyframe.box)) {
    tpo_document_toast (self, _ ("There is no box on this frame"));
    return FALSE;
  }
  return set_keyframe (self, annotation, &keyframe, position_us, N_ ("Add Keyframe"));
}

gboolean
tpo_document_set_absent (TpoDocument *self, TpoAnnotation *annotation, gint64 position_us)
{
  TpoKeyframeRecord keyframe = { .is_absent = TRUE, .score = -1.0 };
  TpoEdit step = edit (N_ ("Mark Absent"));
  GError *error = NULL;
  gint64 end_us, frame_end_us;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && TPO_IS_ANNOTATION (annotation), FALSE);

  if (!tpo_document_is_open (self, annotation))
    return FALSE;
  keyframe.time_us = tpo_document_frame (self, position_us, &frame_end_us);
  keyframe.provenance = tpo_document_provenance_at (annotation, keyframe.time_us);
  end_us =
      tpo_track_free_times (tpo_annotation_get_keyframes (annotation), keyframe.time_us, FALSE)
          .end_us;
  return tpo_document_saved (
      self,
      tpo_store_set_absent (self->store, tpo_annotation_get_id (annotation), &keyframe, end_us,
                            frame_end_us, &step, &error),
      &error);
}

TpoAnnotation *
tpo_document_set_mask (TpoDocument *self, TpoAnnotation *annotation, gint64 position_us,
                       const TpoRle *mask)
{
  TpoKeyframeRecord keyframe = { .score = -1.0 };
  gint64 end_us;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && self->video != NULL && mask != NULL, NULL);

  if (annotation != NULL && !tpo_document_is_open (self, annotation))
    return NULL;
  keyframe.mask = (TpoRle *) mask;
  keyframe.has_box = tpo_rle_bounds (mask, &keyframe.box);
  keyframe.is_absent = !keyframe.has_box;
  if (keyframe.is_absent)
    keyframe.mask = NULL;
  if (annotation == NULL && keyframe.is_absent)
    return NULL;
  if (annotation == NULL) {
    keyframe.provenance = TPO_PROVENANCE_HUMAN;
    keyframe.time_us = tpo_document_frame (self, position_us, &end_us);
    return add_track (self, TPO_ANNOTATION_MASK_TRACK, &keyframe, end_us, N_ ("Add Mask"));
  }
  return set_keyframe (self, annotation, &keyframe, position_us, N_ ("Change Mask"))
             ? annotation
             : NULL;
}

gboolean
tpo_document_set_text (TpoDocument *self, TpoAnnotation *annotation, const char *text)
{
  TpoEdit step = edit (N_ ("Rename"));
  GError *error = NULL;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && TPO_IS_ANNOTATION (annotation), FALSE);

  if (!tpo_document_is_open (self, annotation))
    return FALSE;
  return tpo_document_saved (self,
                             tpo_store_set_annotation_text (self->store,
                                                            tpo_annotation_get_id (annotation),
                                                            text, &step, &error),
                             &error);
}

/* Where another window, which works on the same steps, has gone on, the user is told before
 * anything is taken back. */
static gboolean
is_step_known (TpoDocument *self)
{
  if (self->seen_step_id == tpo_store_get_last_step (self->store))
    return TRUE;
  tpo_document_poll (self);
  self->seen_step_id = tpo_store_get_last_step (self->store);
  tpo_document_toast (self,
                      _ ("The project was just changed elsewhere: look again before you undo"));
  return FALSE;
}

static gboolean
undo (TpoStore *store, gpointer data, GError **error)
{
  return tpo_store_undo (store, error);
}

static gboolean
redo (TpoStore *store, gpointer data, GError **error)
{
  return tpo_store_redo (store, error);
}

/* Returns: (nullable): the newest annotation with an id less than @before, as the list has it */
static TpoAnnotation *
newest_before (TpoDocument *self, gint64 before)
{
  for (guint i = tpo_annotation_list_get_n (self->annotations); i > 0; i--) {
    TpoAnnotation *annotation = tpo_annotation_list_get (self->annotations, i - 1);
    gint64 id = tpo_annotation_get_id (annotation);

    if (id != 0 && id < before)
      return annotation;
  }
  return NULL;
}

static gint64
id_of (TpoAnnotation *annotation)
{
  return annotation != NULL ? tpo_annotation_get_id (annotation) : 0;
}

/* As when it was made: one annotation that came with the step is selected. @data: the newest id before */
static void
select_added (TpoDocument *self, gpointer data)
{
  TpoAnnotation *newest = newest_before (self, G_MAXINT64);

  if (newest != NULL && id_of (newest) > *(gint64 *) data &&
      id_of (newest_before (self, id_of (newest))) <= *(gint64 *) data)
    tpo_document_select (self, newest);
}

/* What is being saved is the step that is taken back then. */
static gboolean
restore (TpoDocument *self, TpoJobFunc func, gint64 n_changes, TpoJobDoneFunc done)
{
  gint64 newest_id;

  if (!tpo_document_is_saving (self) && !is_step_known (self))
    return FALSE;
  self->mark = TPO_STORE_MARK_NONE;
  newest_id = id_of (newest_before (self, G_MAXINT64));
  return tpo_document_run_job (self, (guint) n_changes, func,
                               g_memdup2 (&newest_id, sizeof newest_id), g_free, done);
}

gboolean
tpo_document_undo (TpoDocument *self)
{
  g_return_val_if_fail (TPO_IS_DOCUMENT (self), FALSE);

  /* What is still being answered or followed goes as a whole, and comes back as far as it was. */
  if (self->work != NULL && self->work->step_id != 0 && !tpo_document_is_saving (self) &&
      self->work->step_id == tpo_store_get_last_step (self->store))
    tpo_document_abandon_work (self);
  return restore (self, undo, tpo_store_count_undo (self->store), NULL);
}

gboolean
tpo_document_redo (TpoDocument *self)
{
  g_return_val_if_fail (TPO_IS_DOCUMENT (self), FALSE);

  return restore (self, redo, tpo_store_count_redo (self->store), select_added);
}
