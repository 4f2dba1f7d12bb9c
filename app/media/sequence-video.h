#pragma once

#include "media/picture-sequence.h"
#include "store/tpo-records.h"

G_BEGIN_DECLS

/** tpo_sequence_video_find: the video that was made of it before. Returns: (transfer full) (nullable) */
GFile *tpo_sequence_video_find (const TpoPictureSequence *sequence);

/**
 * tpo_sequence_video_make: makes a video of numbered pictures
 * @rate: frames a second, above 0
 *
 * "NAME.mov" with the pictures' bytes as they are, each a key frame, in order and without gaps of
 * time, lies then beside the folder, or, where nothing may be written there, in the user's data. A
 * video of that name with as many frames is taken for the one made before. Blocks; any thread.
 *
 * Returns: (transfer full): the file, or %NULL with a sentence: pictures that are neither JPEG nor
 * PNG, or not all of one size and kind, an unreadable one, a full disk. Nothing half-written stays.
 */
GFile *tpo_sequence_video_make (const TpoPictureSequence *sequence, double rate,
                                GCancellable *cancellable, GError **error);

/**
 * tpo_sequence_video_describe: the video that tpo_sequence_video_make() would make, by its first picture
 *
 * Its address and its checksum are stand-ins: such a video can be counted, not saved. Blocks; any
 * thread. Returns: (transfer full): or %NULL with an error
 */
TpoVideoRecord *tpo_sequence_video_describe (const TpoPictureSequence *sequence, double rate,
                                             GCancellable *cancellable, GError **error);

G_END_DECLS
