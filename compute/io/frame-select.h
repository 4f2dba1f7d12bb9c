#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * tpo_frame_select_middle:
 * @n_frames: frames of the video, at least 1
 * @n: frames wanted, at least 1
 * @frames: (out caller-allocates): [n] frame numbers
 *
 * The middle frame of each of min(@n, @n_frames) equal stretches, in integer arithmetic; the last
 * one is repeated when there are fewer frames than wanted. VideoChat-TPO's "middle" sampling.
 */
void tpo_frame_select_middle (guint n_frames, guint n, guint *frames);

/**
 * tpo_frame_select_rate:
 * @n_frames: frames of the video, at least 1
 * @fps: average frame rate of the video, more than 0
 * @rate: frames wanted a second, more than 0
 *
 * Frames at the centres of stretches of 1/@rate seconds, cut to a multiple of @rate frames as the
 * temporal head wants them: VideoChat-TPO's "fpsX" sampling. Where the cut leaves nothing, the
 * last frame is repeated up to floor(@rate) frames instead (at least one).
 *
 * Returns: (transfer full) (element-type guint): frame numbers, never empty
 */
GArray *tpo_frame_select_rate (guint n_frames, double fps, double rate);

G_END_DECLS
