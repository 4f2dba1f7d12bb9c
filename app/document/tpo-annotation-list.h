#pragma once

#include "document/tpo-annotation.h"

G_BEGIN_DECLS

#define TPO_TYPE_ANNOTATION_LIST (tpo_annotation_list_get_type ())
G_DECLARE_FINAL_TYPE (TpoAnnotationList, tpo_annotation_list, TPO, ANNOTATION_LIST, GObject)

/**
 * TpoAnnotationList:
 *
 * A list model of TpoAnnotation in the order of making, which is that of their ids. Finding one
 * among thousands takes some steps, and who follows all of them listens to the list alone. An
 * annotation is in one list at most. Main thread only.
 *
 * Signals: "item-changed" (TpoAnnotation): when it emits "changed"
 */
TpoAnnotationList *tpo_annotation_list_new (void);

guint tpo_annotation_list_get_n (TpoAnnotationList *self);

/** tpo_annotation_list_get: @position must be less than their number. Returns: (transfer none) */
TpoAnnotation *tpo_annotation_list_get (TpoAnnotationList *self, guint position);

/** tpo_annotation_list_find: Returns: (transfer none) (nullable) */
TpoAnnotation *tpo_annotation_list_find (TpoAnnotationList *self, gint64 annotation_id);

void tpo_annotation_list_add (TpoAnnotationList *self, TpoAnnotation *annotation);

/**
 * tpo_annotation_list_add_sorted: @annotations: [n] by id, none of which is in the list; told of in
 * one signal, where they stay together
 */
void tpo_annotation_list_add_sorted (TpoAnnotationList *self, TpoAnnotation *const *annotations,
                                     guint n);

/** tpo_annotation_list_remove: Returns: whether it was there */
gboolean tpo_annotation_list_remove (TpoAnnotationList *self, TpoAnnotation *annotation);

/**
 * tpo_annotation_list_clear: Returns: (transfer full) (element-type TpoAnnotation): all that were
 * in it; to free thousands takes time
 */
GPtrArray *tpo_annotation_list_clear (TpoAnnotationList *self);

G_END_DECLS
