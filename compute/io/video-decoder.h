#pragma once

#include "io/video-private.h"

G_BEGIN_DECLS

/**
 * TpoVideoDecoder:
 *
 * Delivers decoded frames by their number. It knows nothing of colours. Not thread-safe.
 */
typedef struct _TpoVideoDecoder TpoVideoDecoder;

/** tpo_video_decoder_new: Returns: (transfer full) (nullable) */
TpoVideoDecoder *tpo_video_decoder_new (TpoVideo *video, GCancellable *cancellable,
                                        GError **error);
void tpo_video_decoder_free (TpoVideoDecoder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoVideoDecoder, tpo_video_decoder_free)

/**
 * tpo_video_decoder_get:
 *
 * Returns: (transfer none) (nullable): valid until the next call; %NULL with %TPO_ERROR_IO when
 *   that frame cannot be decoded, or a cancellation, after which the decoder stays usable
 */
const AVFrame *tpo_video_decoder_get (TpoVideoDecoder *self, guint frame,
                                      GCancellable *cancellable, GError **error);

G_END_DECLS
