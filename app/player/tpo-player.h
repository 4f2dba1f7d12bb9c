#pragma once

#include <gdk/gdk.h>

#include <tpo/video.h>

G_BEGIN_DECLS

#define TPO_TYPE_PLAYER (tpo_player_get_type ())
G_DECLARE_FINAL_TYPE (TpoPlayer, tpo_player, TPO, PLAYER, GObject)

/**
 * TpoPlayer:
 *
 * Plays one video: pictures as textures, sound through PulseAudio where there is a server, the
 * picture following what is heard. No widgets. All calls belong to the main thread and none of
 * them waits for a file; decoding and sound have threads of their own.
 *
 * Properties (read-only unless marked):
 * - "has-video" gboolean
 * - "texture" GdkTexture: the picture shown, (nullable); it may be smaller than the video
 * - "frame-index" guint: the frame that the texture shows
 * - "previous" GdkTexture: the picture of the frame before that, (nullable): while it is wanted and
 *   the picture rests, as soon as it is there
 * - "position-us" gint64: time of the video; while seeking the wanted time, before its picture
 * - "duration-us" gint64
 * - "playing" gboolean (writable): the user's wish; false again at the end
 * - "seeking" gboolean: the picture for "position-us" is still to come
 * - "speed" double (writable): 0.25 … 4; sound keeps its pitch
 * - "volume" double (writable): 0 … 1; "muted" gboolean (writable)
 * - "loop-start-us", "loop-end-us" gint64: -1 when not set
 * - "opening" gboolean, "progress" double: while a file is being opened
 * - "error" string, (nullable): a sentence about the last picture or file that could not be had
 * - "n-shown", "n-dropped" guint: pictures since the video was set; dropped ones came too late
 *
 * Signal "video-changed" (): another video or none; emitted after the properties changed.
 */
TpoPlayer *tpo_player_new (void);

/**
 * tpo_player_open_async:
 * @location: path or URI
 * @index: (nullable): a stored index of that file
 *
 * Opens and indexes a file on a thread of its own. tpo_player_open_finish() then shows its first
 * frame, paused. A failure leaves the video of before in place.
 */
void tpo_player_open_async (TpoPlayer *self, const char *location, TpoVideoIndex *index,
                            GCancellable *cancellable, GAsyncReadyCallback callback,
                            gpointer user_data);
gboolean tpo_player_open_finish (TpoPlayer *self, GAsyncResult *result, GError **error);

/** tpo_player_set_video: @video: (nullable) (transfer none): shown paused at its first frame */
void tpo_player_set_video (TpoPlayer *self, TpoVideo *video);

/** tpo_player_get_video: Returns: (transfer none) (nullable) */
TpoVideo *tpo_player_get_video (TpoPlayer *self);

/** tpo_player_get_texture: Returns: (transfer none) (nullable) */
GdkTexture *tpo_player_get_texture (TpoPlayer *self);
guint tpo_player_get_frame_index (TpoPlayer *self);
gint64 tpo_player_get_position_us (TpoPlayer *self);
gint64 tpo_player_get_duration_us (TpoPlayer *self);
const char *tpo_player_get_error (TpoPlayer *self);

/** tpo_player_set_playing: starts again from the beginning, or the loop's, at the end */
void tpo_player_set_playing (TpoPlayer *self, gboolean playing);
gboolean tpo_player_get_playing (TpoPlayer *self);

/** tpo_player_seek: to the frame shown at @time_us, exactly; clamped to the video */
void tpo_player_seek (TpoPlayer *self, gint64 time_us);

/** tpo_player_seek_frame: to the start of @frame; clamped */
void tpo_player_seek_frame (TpoPlayer *self, guint frame);

/**
 * tpo_player_scrub:
 *
 * As tpo_player_seek(), for a pointer that is still moving: shows pictures on the way, such as
 * the key frame before, until the exact one is there.
 */
void tpo_player_scrub (TpoPlayer *self, gint64 time_us);

/** tpo_player_step: pauses and goes @n_frames forward, or back when negative; may be repeated fast */
void tpo_player_step (TpoPlayer *self, int n_frames);

/** tpo_player_set_wants_previous: whether "previous" is kept up; it is decoded beside what is shown */
void tpo_player_set_wants_previous (TpoPlayer *self, gboolean wants_previous);

/** tpo_player_get_previous: Returns: (transfer none) (nullable) */
GdkTexture *tpo_player_get_previous (TpoPlayer *self);

void tpo_player_set_speed (TpoPlayer *self, double speed);
double tpo_player_get_speed (TpoPlayer *self);
void tpo_player_set_volume (TpoPlayer *self, double volume);
double tpo_player_get_volume (TpoPlayer *self);
void tpo_player_set_muted (TpoPlayer *self, gboolean muted);
gboolean tpo_player_get_muted (TpoPlayer *self);

/**
 * tpo_player_set_loop:
 * @start_us: -1 for none
 * @end_us: -1 for none yet; else must be after @start_us
 *
 * Playback repeats [@start_us, @end_us) when both are set. Used for A–B and for playing a span.
 */
void tpo_player_set_loop (TpoPlayer *self, gint64 start_us, gint64 end_us);
gint64 tpo_player_get_loop_start_us (TpoPlayer *self);
gint64 tpo_player_get_loop_end_us (TpoPlayer *self);

/**
 * tpo_player_set_view_size:
 * @width: device pixels that the whole picture takes on the screen, 0 when unknown
 * @height: likewise
 *
 * Pictures much larger than the view are scaled down while they are converted, off the main
 * thread. Textures keep the aspect ratio of stored pixels.
 */
void tpo_player_set_view_size (TpoPlayer *self, guint width, guint height);

/**
 * tpo_player_get_clock_deviation_us:
 *
 * Returns: what is heard minus the clock, as measured last; for tests of synchronisation
 */
gint64 tpo_player_get_clock_deviation_us (TpoPlayer *self);

/** tpo_player_is_heard: whether sound has reached a server since playback began */
gboolean tpo_player_is_heard (TpoPlayer *self);

/** tpo_player_format_time: "0:12.480", "1:02:03.004". Returns: (transfer full) */
char *tpo_player_format_time (gint64 time_us);

G_END_DECLS
