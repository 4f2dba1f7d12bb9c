#pragma once

#include "formats/import-private.h"

G_BEGIN_DECLS

/** TpoCvatPlace: where shapes go */
typedef struct {
  TpoImport *import;
  TpoImportItem *track;
  guint width, height; /* pixels of the picture that corners are in */
} TpoCvatPlace;

/** tpo_cvat_is_shape: whether elements of that name are shapes, of kinds that are kept or others */
gboolean tpo_cvat_is_shape (const char *element);

/** tpo_cvat_is_kept: whether they are of the kinds that are kept */
gboolean tpo_cvat_is_kept (const char *element);

/** tpo_cvat_is_set: whether an attribute is "1" */
gboolean tpo_cvat_is_set (const char *const *names, const char *const *values,
                          const char *name);

/**
 * tpo_cvat_add_shape: a box, a mask or a polygon at @frame of the track; others are counted as lost
 * @is_keyframe: set, not interpolated
 */
void tpo_cvat_add_shape (const TpoCvatPlace *self, const char *element, gint64 frame,
                         gboolean is_keyframe, const char *const *names,
                         const char *const *values, GError **error);

G_END_DECLS
