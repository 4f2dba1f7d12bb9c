#pragma once

#include "store/tpo-store.h"

/*
 * Annotations are never overwritten: each call below that changes one adds a revision (who,
 * when, how long it took, what it is now), and undo only moves back to an earlier one.
 * A change of geometry by hand turns predicted and accepted ones into corrected ones.
 */

G_BEGIN_DECLS

/**
 * tpo_store_add_annotation:
 * @annotation: video_id, kind, status, label_id, text, start_us, end_us, provenance,
 *   prediction_id, attributes, saliency; the rest is filled in
 * @keyframes: (nullable) (element-type TpoKeyframeRecord): of a track
 *
 * Returns: id, or 0
 */
gint64 tpo_store_add_annotation (TpoStore *self, const TpoAnnotationRecord *annotation,
                                 GPtrArray *keyframes, const TpoEdit *edit, GError **error);

/**
 * tpo_store_annotate_prediction:
 * @label_id: or 0
 *
 * Makes an annotation out of a prediction: its best span, or its track with all keyframes. Its text is
 * the prompt, without the sign of a box.
 * Of a span prediction without any span: %TPO_ERROR_INVALID.
 *
 * Returns: id, or 0
 */
gint64 tpo_store_annotate_prediction (TpoStore *self, gint64 prediction_id, gint64 label_id,
                                      const TpoEdit *edit, GError **error);

/** tpo_store_get_annotation: Returns: (transfer full): or %NULL; also when it is deleted */
TpoAnnotationRecord *tpo_store_get_annotation (TpoStore *self, gint64 annotation_id,
                                               GError **error);

/** tpo_store_get_revision: what an annotation was at a revision. Returns: (transfer full): or %NULL */
TpoAnnotationRecord *tpo_store_get_revision (TpoStore *self, gint64 revision_id,
                                             GError **error);

/**
 * tpo_store_list_annotations: by start; discarded ones included, deleted ones not
 *
 * Returns: (transfer full) (element-type TpoAnnotationRecord): or %NULL
 */
GPtrArray *tpo_store_list_annotations (TpoStore *self, gint64 video_id, GError **error);

/**
 * tpo_store_list_withdrawn: what came from predictions and is deleted now
 * @prediction_id: only what came from that one, or 0
 *
 * Returns: (transfer full) (element-type TpoAnnotationRecord): by id, or %NULL
 */
GPtrArray *tpo_store_list_withdrawn (TpoStore *self, gint64 video_id, gint64 prediction_id,
                                     GError **error);

/** TpoHead: which revision an annotation is at */
typedef struct {
  gint64 annotation_id, revision_id;
} TpoHead;

/**
 * tpo_store_list_heads: of those that are not deleted; tells what somebody else has changed
 *
 * Returns: (transfer full) (element-type TpoHead): by id, or %NULL
 */
GArray *tpo_store_list_heads (TpoStore *self, gint64 video_id, GError **error);

/**
 * TpoStoreMark: where the history of a project stood; zeroed: at its beginning
 *
 * Who takes steps back or does them again knows of another state than his mark says: %TPO_STORE_MARK_NONE.
 */
typedef struct {
  gint64 revision_id, step_id, undone_id;
} TpoStoreMark;

#define TPO_STORE_MARK_NONE ((TpoStoreMark){ .undone_id = -1 })

/**
 * tpo_store_list_revised: annotations of any video that were revised since @mark, which moves to now
 *
 * Returns: (transfer full) (element-type gint64) (nullable): %NULL where steps were taken back
 *   meanwhile, or nothing can be read: then only tpo_store_list_heads() tells
 */
GArray *tpo_store_list_revised (TpoStore *self, TpoStoreMark *mark);

/**
 * tpo_store_count_revised: how many revisions there are since @mark; quick, and 0 where it is
 * %TPO_STORE_MARK_NONE
 */
gint64 tpo_store_count_revised (TpoStore *self, const TpoStoreMark *mark);

/**
 * tpo_store_list_revisions: all that ever were, also undone ones, oldest first
 *
 * Returns: (transfer full) (element-type TpoAnnotationRecord): or %NULL
 */
GPtrArray *tpo_store_list_revisions (TpoStore *self, gint64 annotation_id, GError **error);

/**
 * tpo_store_list_keyframes:
 * @revision_id: of the annotation as wanted; record->revision_id for what it is now
 * @start_us: first time wanted
 * @end_us: end of the wanted stretch, exclusive; %G_MAXINT64 for all
 *
 * Returns: (transfer full) (element-type TpoKeyframeRecord): by time, or %NULL
 */
GPtrArray *tpo_store_list_keyframes (TpoStore *self, gint64 revision_id, gint64 start_us,
                                     gint64 end_us, GError **error);

/**
 * tpo_store_list_light_keyframes: as tpo_store_list_keyframes(), with the masks left in the project
 *
 * A keyframe takes some tens of bytes so, whatever its mask looks like.
 */
GPtrArray *tpo_store_list_light_keyframes (TpoStore *self, gint64 revision_id, gint64 start_us,
                                           gint64 end_us, GError **error);

/**
 * tpo_store_get_mask: that of a keyframe of an annotation or a prediction
 *
 * It never changes: the keyframes of both stay as they are.
 *
 * Returns: (transfer full): or %NULL, with an error unless the keyframe has none
 */
TpoRle *tpo_store_get_mask (TpoStore *self, const TpoKeyframeRecord *keyframe, GError **error);

/**
 * tpo_store_has_long_track:
 * @revision_id: of an annotation
 *
 * Whether it has so many keyframes that to list them takes longer than the main thread has. Takes a
 * moment itself.
 */
gboolean tpo_store_has_long_track (TpoStore *self, gint64 revision_id);

/** tpo_store_has_long_change: the same of tpo_store_list_changed_keyframes() */
gboolean tpo_store_has_long_change (TpoStore *self, gint64 revision_id);

/**
 * tpo_store_list_changed_keyframes: in what a revision differs from the one before
 * @removed_us: (out) (element-type gint64): times of keyframes that it took away, ascending
 *
 * Takes time by what has changed, not by the length of the track.
 *
 * Returns: (transfer full) (element-type TpoKeyframeRecord): those that it set, by time, light, or %NULL
 */
GPtrArray *tpo_store_list_changed_keyframes (TpoStore *self, gint64 revision_id,
                                             GArray **removed_us, GError **error);

/**
 * tpo_store_get_replaced_keyframe:
 * @revision_id: of the annotation
 *
 * What the model last said of a frame, also where a person has said something else since.
 *
 * Returns: (transfer full): or %NULL, with an error unless it said nothing
 */
TpoKeyframeRecord *tpo_store_get_replaced_keyframe (TpoStore *self, gint64 revision_id,
                                                    gint64 time_us, GError **error);

/** tpo_store_set_span: where a span or a track starts and ends */
gboolean tpo_store_set_span (TpoStore *self, gint64 annotation_id, gint64 start_us,
                             gint64 end_us, const TpoEdit *edit, GError **error);

/**
 * tpo_store_set_keyframe:
 * @keyframe: box, mask or absence at keyframe->time_us; replaces the one at that time
 * @frame_end_us: when the frame's display ends; the track is stretched over it
 */
gboolean tpo_store_set_keyframe (TpoStore *self, gint64 annotation_id,
                                 const TpoKeyframeRecord *keyframe, gint64 frame_end_us,
                                 const TpoEdit *edit, GError **error);

/** tpo_store_set_keyframes: many at once, by time, as a propagation gives them */
gboolean tpo_store_set_keyframes (TpoStore *self, gint64 annotation_id, GPtrArray *keyframes,
                                  gint64 last_frame_end_us, const TpoEdit *edit,
                                  GError **error);

/**
 * tpo_store_set_absent:
 * @absence: a keyframe that says so
 * @end_us: what was computed for frames after it and before this time is taken away, so that the
 *   absence lasts
 * @frame_end_us: as in tpo_store_set_keyframe()
 */
gboolean tpo_store_set_absent (TpoStore *self, gint64 annotation_id,
                               const TpoKeyframeRecord *absence, gint64 end_us,
                               gint64 frame_end_us, const TpoEdit *edit, GError **error);

/** tpo_store_remove_keyframe: the neighbours interpolate again; the last one must stay */
gboolean tpo_store_remove_keyframe (TpoStore *self, gint64 annotation_id, gint64 time_us,
                                    const TpoEdit *edit, GError **error);

/**
 * TpoTrackChange: what becomes of a track in one revision
 */
typedef struct {
  gint64 start_us, end_us;
  GPtrArray *keyframes; /* of TpoKeyframeRecord, that are set */
  GArray *removed_us;   /* of gint64: times of keyframes that go; none of those set */
} TpoTrackChange;

/** tpo_store_change_track: where it starts and ends, and some of its keyframes */
gboolean tpo_store_change_track (TpoStore *self, gint64 annotation_id,
                                 const TpoTrackChange *change, const TpoEdit *edit,
                                 GError **error);

/**
 * tpo_store_split_off_track: a new annotation that goes on from what another is now, changed so
 *
 * Prediction, label, text, values and what the model said of each frame are those of the other,
 * which stays as it is.
 *
 * Returns: id, or 0
 */
gint64 tpo_store_split_off_track (TpoStore *self, gint64 annotation_id,
                                  const TpoTrackChange *change, const TpoEdit *edit,
                                  GError **error);

/** tpo_store_set_annotation_label: @label_id 0 takes it away */
gboolean tpo_store_set_annotation_label (TpoStore *self, gint64 annotation_id, gint64 label_id,
                                         const TpoEdit *edit, GError **error);

/** tpo_store_set_annotation_text: its query or caption */
gboolean tpo_store_set_annotation_text (TpoStore *self, gint64 annotation_id, const char *text,
                                        const TpoEdit *edit, GError **error);

/** tpo_store_set_status: accepts, discards, or takes that back */
gboolean tpo_store_set_status (TpoStore *self, gint64 annotation_id, TpoAnnotationStatus status,
                               const TpoEdit *edit, GError **error);

/**
 * tpo_store_set_attribute:
 * @attribute_id: of the annotation's label
 * @value: (nullable): one of the choices, a number, any text, or "true" or "false"; %NULL takes it away
 *
 * Says something about an annotation. %TPO_ERROR_INVALID when the value is not of the attribute's type.
 */
gboolean tpo_store_set_attribute (TpoStore *self, gint64 annotation_id, gint64 attribute_id,
                                  const char *value, const TpoEdit *edit, GError **error);

/**
 * tpo_store_list_values: the attributes' values of an annotation as one revision left it
 *
 * Returns: (transfer full) (element-type TpoAttributeValue): by attribute, or %NULL
 */
GPtrArray *tpo_store_list_values (TpoStore *self, gint64 revision_id, GError **error);

/**
 * tpo_store_pack_values: @values: (element-type TpoAttributeValue): none twice; not checked
 *
 * For the attributes of an annotation that is to be added.
 *
 * Returns: (transfer full): or %NULL with an error
 */
char *tpo_store_pack_values (TpoStore *self, GPtrArray *values, GError **error);

/**
 * tpo_store_set_saliency:
 * @saliency: [n_saliency] one value a step of the prediction's curve; 0 values: as predicted
 *
 * The highlight curve as the user drew it; %TPO_ERROR_INVALID when the prediction's has another length.
 */
gboolean tpo_store_set_saliency (TpoStore *self, gint64 annotation_id, const float *saliency,
                                 guint n_saliency, const TpoEdit *edit, GError **error);

/**
 * tpo_store_set_foreign_fields: what the file that an annotation was imported from says of it in
 * fields of its own; once
 * @dialect: which formats know what they mean
 * @fields: a JSON object
 */
gboolean tpo_store_set_foreign_fields (TpoStore *self, gint64 annotation_id,
                                       const char *dialect, const char *fields, GError **error);

/** tpo_store_get_foreign_fields: @dialect, @fields: (out) (transfer full) (nullable): %NULL: none */
gboolean tpo_store_get_foreign_fields (TpoStore *self, gint64 annotation_id, char **dialect,
                                       char **fields, GError **error);

/** tpo_store_has_foreign_fields: whether any annotation has some, perhaps a deleted one */
gboolean tpo_store_has_foreign_fields (TpoStore *self);

/** tpo_store_set_shown: whether it is protected from the pointer, and out of sight; no undo step */
gboolean tpo_store_set_shown (TpoStore *self, gint64 annotation_id, gboolean is_locked,
                              gboolean is_hidden, GError **error);

/** tpo_store_restore_revision: makes the annotation again what it was at @revision_id, as a new revision */
gboolean tpo_store_restore_revision (TpoStore *self, gint64 revision_id, const TpoEdit *edit,
                                     GError **error);

/** tpo_store_bring_back_annotation: makes a deleted one what it was before, as a new revision */
gboolean tpo_store_bring_back_annotation (TpoStore *self, gint64 annotation_id,
                                          const TpoEdit *edit, GError **error);

gboolean tpo_store_delete_annotation (TpoStore *self, gint64 annotation_id, const TpoEdit *edit,
                                      GError **error);

/**
 * tpo_track_box_at:
 * @keyframes: (element-type TpoKeyframeRecord): by time
 *
 * The box of a track at any time: linear between two keyframes, held after the last one and
 * before an absence. Outside [start_us, end_us) of @track, before the first keyframe and while
 * absent there is none.
 *
 * Returns: whether there is a box
 */
gboolean tpo_track_box_at (const TpoAnnotationRecord *track, GPtrArray *keyframes,
                           gint64 time_us, TpoBox *box);

/**
 * tpo_track_keyframe_at: the last keyframe at or before @time_us
 *
 * Returns: (nullable): %NULL before the first one
 */
const TpoKeyframeRecord *tpo_track_keyframe_at (GPtrArray *keyframes, gint64 time_us);

G_END_DECLS
