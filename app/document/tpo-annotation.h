#pragma once

#include "document/tpo-label.h"
#include "store/tpo-store-annotations.h"

G_BEGIN_DECLS

#define TPO_TYPE_ANNOTATION (tpo_annotation_get_type ())
G_DECLARE_FINAL_TYPE (TpoAnnotation, tpo_annotation, TPO, ANNOTATION, GObject)

/**
 * TpoAnnotation:
 *
 * A label of the open video as views see it: the store's record with its keyframes. Views listen to
 * "changed" and never change it themselves; corrections go through TpoDocument.
 *
 * Signals: "changed".
 */

/** tpo_annotation_new: takes both over. @keyframes: (nullable) (element-type TpoKeyframeRecord) */
TpoAnnotation *tpo_annotation_new (TpoAnnotationRecord *record, GPtrArray *keyframes);

/** TpoAnnotationFunc: what a list of annotations does when one of them emits "changed" */
typedef void (*TpoAnnotationFunc) (TpoAnnotation *self, gpointer user_data);

/**
 * tpo_annotation_set_watcher: @func: (nullable): called after the handlers of "changed". For
 * TpoAnnotationList
 */
void tpo_annotation_set_watcher (TpoAnnotation *self, TpoAnnotationFunc func,
                                 gpointer user_data);

/** tpo_annotation_update: takes both over, emits "changed". For TpoDocument */
void tpo_annotation_update (TpoAnnotation *self, TpoAnnotationRecord *record,
                            GPtrArray *keyframes);

/**
 * tpo_annotation_change:
 * @record: taken over
 * @set: (transfer full) (element-type TpoKeyframeRecord): keyframes that are new, or others than before
 * @removed_us: (element-type gint64): times of those that are gone
 *
 * As tpo_annotation_update(), of a track whose other keyframes stay. For TpoDocument.
 */
void tpo_annotation_change (TpoAnnotation *self, TpoAnnotationRecord *record, GPtrArray *set,
                            const GArray *removed_us);

/**
 * tpo_annotation_set_label: @label: (nullable): of its record's label_id; emits "changed". For
 * TpoDocument
 */
void tpo_annotation_set_label (TpoAnnotation *self, TpoLabel *label);

/** tpo_annotation_get_label: Returns: (transfer none) (nullable) */
TpoLabel *tpo_annotation_get_label (TpoAnnotation *self);

/**
 * tpo_annotation_get_color: its label's colour, else one of its own, a span's that of its text, the
 * same on every day
 *
 * Returns: 0xRRGGBB
 */
guint32 tpo_annotation_get_color (TpoAnnotation *self);

/** tpo_annotation_list_colors: what those without a label may have. @n: (out). Returns: [@n], 0xRRGGBB */
const guint32 *tpo_annotation_list_colors (guint *n);

/** tpo_annotation_get_record: Returns: (transfer none): valid until "changed" */
const TpoAnnotationRecord *tpo_annotation_get_record (TpoAnnotation *self);

/**
 * tpo_annotation_get_keyframes: Returns: (transfer none) (element-type TpoKeyframeRecord): by time,
 * perhaps empty; light ones
 */
GPtrArray *tpo_annotation_get_keyframes (TpoAnnotation *self);

/** tpo_annotation_get_id: of its record */
gint64 tpo_annotation_get_id (TpoAnnotation *self);

/** tpo_annotation_get_box: the box of a track at @time_us. Returns: whether there is one */
gboolean tpo_annotation_get_box (TpoAnnotation *self, gint64 time_us, TpoBox *box);

/**
 * tpo_annotation_find_mask: the keyframe whose mask is shown at @time_us. @place: (out): of it.
 * Returns: whether there is one
 */
gboolean tpo_annotation_find_mask (TpoAnnotation *self, gint64 time_us, guint *place);

/**
 * tpo_annotation_dup_title: its label, of a span with its query, else its query or its kind in
 * words; for rows and accessible names
 */
char *tpo_annotation_dup_title (TpoAnnotation *self);

G_END_DECLS
