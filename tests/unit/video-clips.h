#pragma once

#include <tpo/video.h>

G_BEGIN_DECLS

/*
 * Clips for tests, made by the ffmpeg program in a folder of their own. Each frame carries its
 * number as sixteen black or white blocks side by side, so that a picture says which one it is.
 */

/** The picture source: 256 × 32 pixels at 30000/1001 frames a second; duration in seconds. */
#define TPO_TEST_SOURCE(duration) TPO_TEST_SOURCE_AT ("30000/1001", duration)
#define TPO_TEST_SOURCE_AT(rate, duration)            \
  "-f lavfi -i color=s=256x32:r=" rate ":d=" duration \
  ",geq=lum='16+219*mod(floor(N/pow(2\\,floor(X/16)))\\,2)':cb=128:cr=128,format=yuv420p "

/** A tone of 440 Hz from second 1 to second 1.5, silence elsewhere. */
#define TPO_TEST_BEEP(duration) \
  "-f lavfi -i aevalsrc='0.5*sin(2*PI*440*t)*between(t\\,1\\,1.5)':s=48000:d=" duration " "

/**
 * tpo_test_clip:
 * @name: file name; its extension chooses the container
 * @arguments: of ffmpeg, between the program and the output; "{}" stands for the folder
 *
 * Returns: (transfer full): the path; the test program stops when ffmpeg is missing or fails
 */
char *tpo_test_clip (const char *name, const char *arguments);

/** tpo_test_file: writes @size bytes. Returns: (transfer full): the path */
char *tpo_test_file (const char *name, gconstpointer bytes, gsize size);

/** tpo_test_cut: the first @size bytes of another clip, under a new name. Returns: the path */
char *tpo_test_cut (const char *path, const char *name, gsize size);

/** tpo_test_read_code: the number that a picture carries */
guint tpo_test_read_code (const TpoPicture *picture);

/**
 * tpo_test_probe_times:
 *
 * Returns: (transfer full) (element-type gint64): times of all frames as the ffprobe program
 *   finds them by decoding, in microseconds from the first; -1 where it finds none
 */
GArray *tpo_test_probe_times (const char *path);

/** tpo_test_remove_clips: deletes the folder; call at the end */
void tpo_test_remove_clips (void);

G_END_DECLS
