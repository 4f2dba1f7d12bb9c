#pragma once

#include <libavutil/frame.h>

#include "io/video-scan.h"

G_BEGIN_DECLS

/**
 * TpoPictureMaker:
 *
 * Turns decoded frames into upright pictures: colour conversion, scaling, rotation. Memory of
 * pictures that were dropped is used again. Not thread-safe, but its pictures are.
 */
typedef struct _TpoPictureMaker TpoPictureMaker;

/** tpo_picture_maker_new: Returns: (transfer full) */
TpoPictureMaker *tpo_picture_maker_new (TpoPixelFormat format, TpoOrientation orientation);
void tpo_picture_maker_free (TpoPictureMaker *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoPictureMaker, tpo_picture_maker_free)

/**
 * tpo_picture_maker_make:
 * @width: of the upright picture
 * @height: of the upright picture
 *
 * Returns: (transfer full) (nullable): with frame and time_us left 0; %NULL with
 *   %TPO_ERROR_NO_MEMORY or %TPO_ERROR_UNSUPPORTED
 */
TpoPicture *tpo_picture_maker_make (TpoPictureMaker *self, const AVFrame *frame, guint width,
                                    guint height, GError **error);

G_END_DECLS
