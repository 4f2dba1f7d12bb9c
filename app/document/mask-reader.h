#pragma once

#include "store/tpo-store-annotations.h"

G_BEGIN_DECLS

/**
 * TpoMaskReader:
 *
 * The masks of light keyframes, read when they are asked for: those asked for last are kept, as
 * many as fit, and those that follow are read ahead in a thread, so that playing seldom waits for
 * the project. Main thread only.
 */
typedef struct _TpoMaskReader TpoMaskReader;

/**
 * tpo_mask_reader_new:
 * @store: must live as long as the reader
 * @most: bytes of masks that are kept
 */
TpoMaskReader *tpo_mask_reader_new (TpoStore *store, gsize most);
void tpo_mask_reader_free (TpoMaskReader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoMaskReader, tpo_mask_reader_free)

/**
 * tpo_mask_reader_get:
 * @keyframes: (element-type TpoKeyframeRecord): of a track, by time
 * @place: of the keyframe among them
 *
 * Returns: (transfer full): or %NULL, with an error unless the keyframe has none
 */
TpoRle *tpo_mask_reader_get (TpoMaskReader *self, GPtrArray *keyframes, guint place,
                             GError **error);

/** tpo_mask_reader_get_size: bytes of masks that are kept */
gsize tpo_mask_reader_get_size (TpoMaskReader *self);

/** tpo_mask_reader_is_reading: whether a thread reads ahead right now */
gboolean tpo_mask_reader_is_reading (TpoMaskReader *self);

G_END_DECLS
