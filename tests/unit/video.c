#include <string.h>

#include "video-clips.h"

/* A kind of file: how it is made and which number its first frame carries. */
typedef struct {
  const char *name;
  const char *arguments;
  guint first_code;
  guint n_frames;
  gboolean has_audio;
} Kind;

#define H264 "-c:v libx264 -preset ultrafast -bf 3 -g 30 -qp 10 "
#define AUDIO TPO_TEST_BEEP ("4")
#define NO_AUDIO "-an "

static const Kind kinds[] = {
  { "bframes.mp4", TPO_TEST_SOURCE ("4") AUDIO H264 "-c:a aac", 0, 120, TRUE },
  { "fragmented.mp4",
    TPO_TEST_SOURCE ("4") AUDIO H264 "-c:a aac -movflags +frag_keyframe+empty_moov", 0, 120,
    TRUE },
  { "open-gop.mkv",
    TPO_TEST_SOURCE ("4") NO_AUDIO H264 "-x264-params open-gop=1:b-adapt=0:scenecut=0", 0, 120,
    FALSE },
  { "broadcast.ts", TPO_TEST_SOURCE ("4") AUDIO H264 "-c:a aac", 0, 120, TRUE },
  { "mpeg2.ts", TPO_TEST_SOURCE ("4") NO_AUDIO "-c:v mpeg2video -bf 2 -g 15 -q:v 2", 0, 120,
    FALSE },
  { "hevc.mp4",
    TPO_TEST_SOURCE ("4") NO_AUDIO
    "-c:v libx265 -preset ultrafast -x265-params log-level=none:keyint=30:bframes=3:open-gop=1",
    0, 120, FALSE },
  { "vp9.webm",
    TPO_TEST_SOURCE ("4") AUDIO
    "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 40 -b:v 1M -c:a libopus",
    0, 120, TRUE },
  { "hidden-frames.webm",
    TPO_TEST_SOURCE ("4") NO_AUDIO
    "-c:v libvpx -g 40 -b:v 1M -auto-alt-ref 1 -lag-in-frames 16 -arnr-maxframes 0 -cpu-used 5",
    0, 120, FALSE },
  { "plain.avi", TPO_TEST_SOURCE ("4") NO_AUDIO "-c:v mjpeg -q:v 2", 0, 120, FALSE },
  { "bframes.avi", TPO_TEST_SOURCE ("4") NO_AUDIO "-c:v mpeg4 -bf 2 -g 30 -q:v 2", 0, 120,
    FALSE },
  { "h264.avi", TPO_TEST_SOURCE ("4") NO_AUDIO H264, 0, 120, FALSE },
  { "untimed.h264", TPO_TEST_SOURCE ("4") NO_AUDIO H264, 0, 120, FALSE },
  { "variable.mkv",
    TPO_TEST_SOURCE ("4") NO_AUDIO
    "-vf settb=1/1000,setpts='N*20+mod(N*N\\,17)' -vsync passthrough -enc_time_base 1/1000 " H264,
    0, 120, FALSE },
  { "late.mkv", TPO_TEST_SOURCE ("4") AUDIO "-output_ts_offset 7.3 " H264 "-c:a libopus", 0,
    120, TRUE },
  { "late-video.mp4",
    TPO_TEST_SOURCE ("4") AUDIO "-vf setpts=PTS+0.5/TB " H264 "-c:a aac -t 4.6", 0, 120, TRUE },
  { "lossless.mkv", TPO_TEST_SOURCE ("4") NO_AUDIO "-c:v ffv1", 0, 120, FALSE },
  { "slow.mkv", TPO_TEST_SOURCE_AT ("1/3", "60") NO_AUDIO "-c:v ffv1", 0, 20, FALSE },
};

static char *
make_kind (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (kinds[i].name, name))
      return tpo_test_clip (name, kinds[i].arguments);
  g_assert_not_reached ();
}

static TpoVideo *
open_or_fail (const char *path)
{
  g_autoptr (GError) error = NULL;
  TpoVideo *video = tpo_video_open (path, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (video);
  return video;
}

static void
check_frame (TpoVideoReader *reader, guint frame, guint first_code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoPicture) picture = tpo_video_reader_read (reader, frame, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (picture->frame, ==, frame);
  g_assert_cmpuint (tpo_test_read_code (picture), ==, first_code + frame);
  g_assert_false (picture->is_damaged);
}

/* The index against the times that a full decode finds. */
static void
check_times (const TpoVideoIndex *index, const char *path)
{
  const TpoVideoInfo *info = tpo_video_index_get_info (index);
  g_autoptr (GArray) times = tpo_test_probe_times (path);

  g_assert_cmpuint (info->n_frames, ==, times->len);
  for (guint i = 0; i < info->n_frames; i++) {
    gint64 expected = g_array_index (times, gint64, i);
    gint64 time_us = tpo_video_index_get_time_us (index, i);
    gint64 duration_us = tpo_video_index_get_frame_duration_us (index, i);

    if (expected >= 0)
      g_assert_cmpint (ABS (time_us - expected), <=, 1);
    g_assert_cmpint (duration_us, >, 0);
    g_assert_cmpuint (tpo_video_index_find_frame (index, time_us), ==, i);
    g_assert_cmpuint (tpo_video_index_find_frame (index, time_us + duration_us - 1), ==, i);
    g_assert_cmpuint (tpo_video_index_find_key (index, i), <=, i);
  }
  g_assert_cmpuint (tpo_video_index_find_frame (index, -5), ==, 0);
  g_assert_cmpuint (tpo_video_index_find_frame (index, G_MAXINT64), ==, info->n_frames - 1);
  g_assert_cmpuint (tpo_video_index_find_key (index, 0), ==, 0);
}

static void
check_exact_reading (TpoVideo *video, guint first_code, guint n_frames)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  g_autoptr (TpoVideoReader) reader = NULL;

  /* Forward, backward and all over the place, each with a reader that has seen nothing. */
  reader = tpo_video_reader_new (video, TPO_PIXEL_RGB24, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < n_frames; i++)
    check_frame (reader, i, first_code);
  g_clear_pointer (&reader, tpo_video_reader_free);
  reader = tpo_video_reader_new (video, TPO_PIXEL_BGRA, NULL, &error);
  for (guint i = n_frames; i-- > 0;)
    check_frame (reader, i, first_code);
  for (guint i = 0; i < 60; i++)
    check_frame (reader, (guint) g_rand_int_range (random, 0, (gint32) n_frames), first_code);
}

static void
test_kind (gconstpointer data)
{
  const Kind *kind = data;
  g_autofree char *path = make_kind (kind->name);
  g_autoptr (TpoVideo) video = open_or_fail (path);
  const TpoVideoInfo *info = tpo_video_get_info (video);

  g_assert_cmpuint (info->n_frames, ==, kind->n_frames);
  g_assert_cmpint (info->has_audio, ==, kind->has_audio);
  g_assert_cmpuint (info->width, ==, 256);
  g_assert_cmpuint (info->height, ==, 32);
  g_assert_false (info->is_truncated);
  g_assert_null (tpo_video_get_notice (video));
  if (!g_str_has_suffix (path, ".h264")) /* nothing to compare with: it has no times */
    check_times (tpo_video_get_index (video), path);
  check_exact_reading (video, kind->first_code, kind->n_frames);
}

/* Cut without decoding: an edit list hides the frames between the key frame and the cut. */
static void
test_edit_list (void)
{
  g_autofree char *whole = make_kind ("bframes.mp4");
  g_autofree char *path = tpo_test_clip ("edited.mp4", "-ss 1.5 -i {}/bframes.mp4 -c copy");
  g_autoptr (TpoVideo) video = open_or_fail (path);
  guint n_frames = tpo_video_get_info (video)->n_frames;

  g_assert_nonnull (whole);
  g_assert_cmpuint (n_frames, >=, 74);
  g_assert_cmpuint (n_frames, <=, 76);
  g_assert_false (tpo_video_get_info (video)->is_truncated);
  check_times (tpo_video_get_index (video), path);
  check_exact_reading (video, 120 - n_frames, n_frames);
}

/* A recording that starts in the middle of a group of pictures: nothing before the first key
 * frame can be decoded, so it is not part of the video. */
static void
test_cut_start (void)
{
  g_autofree char *whole = make_kind ("broadcast.ts");
  g_autofree char *bytes = NULL;
  g_autofree char *path = NULL;
  g_autoptr (TpoVideo) video = NULL;
  gsize size = 0, cut;

  g_assert_true (g_file_get_contents (whole, &bytes, &size, NULL));
  cut = size / 188 / 5 * 188;
  path = tpo_test_file ("cut-start.ts", bytes + cut, size - cut);
  video = open_or_fail (path);
  g_assert_cmpuint (tpo_video_get_info (video)->n_frames % 30, ==, 0);
  check_exact_reading (video, 120 - tpo_video_get_info (video)->n_frames,
                       tpo_video_get_info (video)->n_frames);
}

static void
test_start_offset (void)
{
  g_autofree char *path = make_kind ("late.mkv");
  g_autoptr (TpoVideo) video = open_or_fail (path);

  g_assert_cmpint (ABS (tpo_video_get_info (video)->start_offset_us - 7300000), <, 40000);
  g_assert_cmpint (tpo_video_index_get_time_us (tpo_video_get_index (video), 0), ==, 0);
  g_assert_cmpfloat_with_epsilon (tpo_video_get_info (video)->fps, 30000 / 1001.0, 0.05);
}

static void
check_corner (const TpoPicture *picture, gboolean right, gboolean bottom, const guint8 *rgb,
              int tolerance)
{
  const guint8 *bytes = g_bytes_get_data (picture->bytes, NULL);
  gsize x = right ? picture->width - 1 : 0, y = bottom ? picture->height - 1 : 0;

  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (ABS (bytes[y * picture->stride + x * 3 + i] - rgb[i]), <=, tolerance);
}

static TpoPicture *
read_first (TpoVideo *video, TpoPixelFormat format)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoVideoReader) reader = tpo_video_reader_new (video, format, NULL, &error);
  TpoPicture *picture;

  g_assert_no_error (error);
  picture = tpo_video_reader_read (reader, 0, NULL, &error);
  g_assert_no_error (error);
  return picture;
}

/* The matrix and the range that the file states decide the colour. */
static void
test_colours (void)
{
  static const struct {
    const char *name, *matrix, *range;
  } cases[] = {
    { "c601.mkv", "bt601", "tv" },
    { "c709.mkv", "bt709", "tv" },
    { "full.mkv", "bt709", "pc" },
  };
  static const guint8 orange[] = { 230, 120, 20 };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *arguments = g_strdup_printf (
        "-f lavfi -i color=0xE67814:s=64x48:r=5:d=1,format=rgb24,"
        "scale=out_color_matrix=%s:out_range=%s,format=yuv444p -color_range %s -colorspace %s "
        "-c:v ffv1",
        cases[i].matrix, cases[i].range, cases[i].range,
        g_str_equal (cases[i].matrix, "bt601") ? "smpte170m" : "bt709");
    g_autofree char *path = tpo_test_clip (cases[i].name, arguments);
    g_autoptr (TpoVideo) video = open_or_fail (path);
    g_autoptr (TpoPicture) picture = read_first (video, TPO_PIXEL_RGB24);

    check_corner (picture, FALSE, FALSE, orange, 3);
    check_corner (picture, TRUE, TRUE, orange, 3);
  }
}

static void
test_rotation (void)
{
  /* Red left half, blue right half; "rotation=90" is counter-clockwise, so blue comes up. */
  static const guint8 red[] = { 254, 0, 0 }, blue[] = { 0, 0, 254 };
  g_autofree char *flat = tpo_test_clip (
      "flat.mp4",
      "-f lavfi -i color=red:s=64x32:r=5:d=1 -f lavfi -i color=blue:s=64x32:r=5:d=1 "
      "-filter_complex hstack,format=yuv444p -c:v libx264 -qp 4");
  g_autofree char *path =
      tpo_test_clip ("turned.mp4", "-i {}/flat.mp4 -c copy -metadata:s:v:0 rotate=90");
  g_autoptr (TpoVideo) video = open_or_fail (path);
  g_autoptr (TpoPicture) picture = read_first (video, TPO_PIXEL_RGB24);

  g_assert_nonnull (flat);
  g_assert_cmpuint (tpo_video_get_info (video)->width, ==, 32);
  g_assert_cmpuint (tpo_video_get_info (video)->height, ==, 128);
  g_assert_cmpuint (picture->width, ==, 32);
  g_assert_cmpuint (picture->height, ==, 128);
  check_corner (picture, FALSE, FALSE, blue, 6);
  check_corner (picture, TRUE, FALSE, blue, 6);
  check_corner (picture, FALSE, TRUE, red, 6);
  check_corner (picture, TRUE, TRUE, red, 6);
}

/* Chroma subsampling and quantisation of the lossy kinds cost some levels; wrong stride, range or
 * channel order costs many more. */
static void
test_sizes (void)
{
  static const struct {
    const char *name, *arguments;
    guint width, height, display_width, display_height;
  } cases[] = {
    { "dot.mkv", "-f lavfi -i color=0xE67814:s=1x1:r=5:d=1,format=bgr0 -c:v ffv1", 1, 1, 1, 1 },
    { "strip.mkv", "-f lavfi -i color=0xE67814:s=4097x3:r=5:d=1,format=yuv444p -c:v ffv1", 4097,
      3, 4097, 3 },
    { "odd.mkv", "-f lavfi -i color=0xE67814:s=37x53:r=5:d=1,format=yuv444p -c:v ffv1", 37, 53,
      37, 53 },
    { "wide-pixels.mp4",
      "-f lavfi -i color=0xE67814:s=72x58:r=5:d=1,setsar=16/15 -c:v libx264 -qp 4", 72, 58, 77,
      58 },
    { "tall-pixels.mp4",
      "-f lavfi -i color=0xE67814:s=72x58:r=5:d=1,setsar=1/2 -c:v libx264 -qp 4", 72, 58, 72,
      116 },
    { "dot.png", "-f lavfi -i color=0xE67814:s=1x1,format=rgb24 -frames:v 1", 1, 1, 1, 1 },
    { "100%d.png", "-f lavfi -i color=0xE67814:s=33x21,format=rgb24 -frames:v 1 -update 1", 33,
      21, 33, 21 },
    { "photo.jpg", "-f lavfi -i color=0xE67814:s=33x21,format=yuvj444p -frames:v 1 -q:v 1", 33,
      21, 33, 21 },
    { "large.jpg", "-f lavfi -i color=0xE67814:s=1999x1499,format=yuvj444p -frames:v 1 -q:v 1",
      1999, 1499, 1999, 1499 },
  };
  static const guint8 orange[] = { 230, 120, 20 };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = tpo_test_clip (cases[i].name, cases[i].arguments);
    g_autoptr (TpoVideo) video = open_or_fail (path);
    const TpoVideoInfo *info = tpo_video_get_info (video);
    g_autoptr (TpoPicture) picture = read_first (video, TPO_PIXEL_RGB24);
    gboolean is_still = !g_str_has_suffix (path, ".mkv") && !g_str_has_suffix (path, ".mp4");

    g_assert_cmpuint (info->width, ==, cases[i].width);
    g_assert_cmpuint (info->height, ==, cases[i].height);
    g_assert_cmpuint (info->display_width, ==, cases[i].display_width);
    g_assert_cmpuint (info->display_height, ==, cases[i].display_height);
    g_assert_cmpint (info->is_still, ==, is_still);
    g_assert_cmpuint (info->n_frames, ==, is_still ? 1 : 5);
    g_assert_cmpint (info->duration_us, ==, G_USEC_PER_SEC);
    check_corner (picture, FALSE, FALSE, orange, 12);
    check_corner (picture, TRUE, TRUE, orange, 12);
  }
}

static void
test_scaled_reading (void)
{
  g_autofree char *path = make_kind ("bframes.mp4");
  g_autoptr (TpoVideo) video = open_or_fail (path);
  g_autoptr (TpoVideoReader) reader = tpo_video_reader_new (video, TPO_PIXEL_BGRA, NULL, NULL);
  g_autoptr (TpoPicture) picture = NULL;

  tpo_video_reader_set_size (reader, 128, 16);
  picture = tpo_video_reader_read (reader, 77, NULL, NULL);
  g_assert_cmpuint (picture->width, ==, 128);
  g_assert_cmpuint (picture->height, ==, 16);
  g_assert_cmpuint (tpo_test_read_code (picture), ==, 77);
}

/* Names that look like patterns, and URIs. */
static void
test_names (void)
{
  g_autofree char *path =
      tpo_test_clip ("a b%%03d [1]*.mkv", TPO_TEST_SOURCE ("1") "-c:v ffv1 -f matroska");
  g_autofree char *uri = g_filename_to_uri (path, NULL, NULL);
  g_autoptr (TpoVideo) by_path = open_or_fail (path);
  g_autoptr (TpoVideo) by_uri = open_or_fail (uri);

  g_assert_cmpstr (tpo_video_get_name (by_path), ==, "a b%%03d [1]*.mkv");
  g_assert_cmpstr (tpo_video_get_name (by_uri), ==, "a b%%03d [1]*.mkv");
  g_assert_cmpstr (tpo_video_get_location (by_uri), ==, uri);
  check_exact_reading (by_uri, 0, tpo_video_get_info (by_uri)->n_frames);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    g_autofree char *name = g_strdup_printf ("/video/exact/%s", kinds[i].name);

    g_test_add_data_func (name, &kinds[i], test_kind);
  }
  g_test_add_func ("/video/edit-list", test_edit_list);
  g_test_add_func ("/video/cut-start", test_cut_start);
  g_test_add_func ("/video/start-offset", test_start_offset);
  g_test_add_func ("/video/colours", test_colours);
  g_test_add_func ("/video/rotation", test_rotation);
  g_test_add_func ("/video/sizes", test_sizes);
  g_test_add_func ("/video/scaled", test_scaled_reading);
  g_test_add_func ("/video/names", test_names);
  result = g_test_run ();
  tpo_test_remove_clips ();
  return result;
}
