/* The player without a window: seeking, stepping, playing, loops, speed, errors. */

#include "player/tpo-player-actions.h"
#include "player/tpo-player.h"

#include "../unit/video-clips.h"

#define CLIP            \
  TPO_TEST_SOURCE ("4") \
  TPO_TEST_BEEP ("4") "-c:v libx264 -preset ultrafast -bf 3 -g 60 -qp 10 -c:a aac "
#define SILENT_CLIP TPO_TEST_SOURCE ("4") "-c:v libx264 -preset ultrafast -bf 3 -g 60 -qp 10 "
#define N_FRAMES 120
#define FRAME_US 33367

/* For whatever the machine is busy with; nothing waits this long in vain but a failing test. */
#define PATIENCE_MS 20000

typedef gboolean (*Condition) (TpoPlayer *player);

static gboolean
on_timeout (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
wait_for (TpoPlayer *player, Condition condition)
{
  gboolean is_late = FALSE;
  guint timeout = g_timeout_add (PATIENCE_MS, on_timeout, &is_late);

  while (!is_late && !condition (player))
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (is_late);
  g_source_remove (timeout);
}

static void
run_for (guint ms)
{
  gboolean is_over = FALSE;

  g_timeout_add (ms, on_timeout, &is_over);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
}

static gboolean
is_settled (TpoPlayer *player)
{
  gboolean is_seeking;

  g_object_get (player, "seeking", &is_seeking, NULL);
  return !is_seeking;
}

static gboolean
is_paused (TpoPlayer *player)
{
  return !tpo_player_get_playing (player);
}

static gboolean
has_shown_ten (TpoPlayer *player)
{
  guint n_shown;

  g_object_get (player, "n-shown", &n_shown, NULL);
  return n_shown >= 10;
}

/* The number that a texture carries. */
static guint
read_texture (GdkTexture *texture)
{
  guint width = (guint) gdk_texture_get_width (texture), code = 0;
  guint height = (guint) gdk_texture_get_height (texture);
  g_autofree guint8 *bytes = g_malloc ((gsize) width * 4 * height);

  gdk_texture_download (texture, bytes, (gsize) width * 4);
  for (guint i = 0; i < 16; i++)
    if (bytes[height / 2 * width * 4 + width * (2 * i + 1) / 32 * 4 + 1] > 127)
      code |= 1u << i;
  return code;
}

static guint
read_code (TpoPlayer *player)
{
  return read_texture (tpo_player_get_texture (player));
}

static TpoPlayer *
open_clip (const char *name, const char *arguments)
{
  g_autofree char *path = tpo_test_clip (name, arguments);
  g_autoptr (TpoVideo) video = tpo_video_open (path, NULL, NULL, NULL);
  TpoPlayer *player = tpo_player_new ();

  g_assert_nonnull (video);
  tpo_player_set_video (player, video);
  wait_for (player, is_settled);
  return player;
}

static void
check_at (TpoPlayer *player, guint frame)
{
  wait_for (player, is_settled);
  g_assert_cmpuint (tpo_player_get_frame_index (player), ==, frame);
  g_assert_cmpuint (read_code (player), ==, frame);
}

static void
test_seek (void)
{
  g_autoptr (TpoPlayer) player = open_clip ("clip.mp4", CLIP);
  TpoVideoIndex *index = tpo_video_get_index (tpo_player_get_video (player));
  static const guint frames[] = { 0, 119, 60, 59, 61, 1, 118, 30, 31, 29, 90 };

  check_at (player, 0);
  for (guint i = 0; i < G_N_ELEMENTS (frames); i++) {
    gint64 time_us = tpo_video_index_get_time_us (index, frames[i]);

    tpo_player_seek (player, time_us);
    g_assert_cmpint (tpo_player_get_position_us (player), ==, time_us);
    check_at (player, frames[i]);
    tpo_player_seek (player, time_us + FRAME_US / 2);
    g_assert_cmpint (tpo_player_get_position_us (player), ==, time_us + FRAME_US / 2);
    check_at (player, frames[i]);
    if (frames[i] > 0) {
      tpo_player_seek (player, time_us - 1);
      check_at (player, frames[i] - 1);
    }
  }
  tpo_player_seek (player, G_MAXINT64);
  check_at (player, N_FRAMES - 1);
  tpo_player_seek (player, -1);
  check_at (player, 0);
}

static gboolean
has_previous (TpoPlayer *player)
{
  return is_settled (player) && tpo_player_get_previous (player) != NULL;
}

/* The picture before, wherever one goes, and none while it plays or where nobody wants it. */
static void
test_previous (void)
{
  g_autoptr (TpoPlayer) player = open_clip ("clip.mp4", CLIP);
  static const guint frames[] = { 60, 59, 60, 61, 1, 119, 30 };

  tpo_player_seek_frame (player, 10);
  check_at (player, 10);
  g_assert_null (tpo_player_get_previous (player));
  tpo_player_set_wants_previous (player, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (frames); i++) {
    tpo_player_seek_frame (player, frames[i]);
    check_at (player, frames[i]);
    wait_for (player, has_previous);
    g_assert_cmpuint (read_texture (tpo_player_get_previous (player)), ==, frames[i] - 1);
  }
  /* What comes next is there all the same. */
  tpo_player_step (player, 1);
  check_at (player, 31);
  wait_for (player, has_previous);
  g_assert_cmpuint (read_texture (tpo_player_get_previous (player)), ==, 30);
  tpo_player_set_playing (player, TRUE);
  g_assert_null (tpo_player_get_previous (player));
  tpo_player_set_playing (player, FALSE);
  wait_for (player, has_previous);
  g_assert_cmpuint (read_texture (tpo_player_get_previous (player)), ==,
                    tpo_player_get_frame_index (player) - 1);
  tpo_player_seek_frame (player, 0);
  check_at (player, 0);
  g_assert_null (tpo_player_get_previous (player));
  tpo_player_seek_frame (player, 5);
  check_at (player, 5);
  wait_for (player, has_previous);
  tpo_player_set_wants_previous (player, FALSE);
  g_assert_null (tpo_player_get_previous (player));
}

static void
test_step (void)
{
  g_autoptr (TpoPlayer) player = open_clip ("clip.mp4", CLIP);
  TpoVideoIndex *index = tpo_video_get_index (tpo_player_get_video (player));

  for (guint i = 1; i < 70; i++) {
    tpo_player_step (player, 1);
    check_at (player, i);
    g_assert_cmpint (tpo_player_get_position_us (player), ==,
                     tpo_video_index_get_time_us (index, i));
  }
  for (guint i = 69; i-- > 40;) {
    tpo_player_step (player, -1);
    check_at (player, i);
  }
  /* Faster than pictures can be made: every press counts. */
  for (guint i = 0; i < 25; i++)
    tpo_player_step (player, 1);
  check_at (player, 65);
  for (guint i = 0; i < 30; i++)
    tpo_player_step (player, -1);
  check_at (player, 35);
  tpo_player_step (player, -100);
  check_at (player, 0);
  tpo_player_step (player, 1000);
  check_at (player, N_FRAMES - 1);
}

static void
on_scrub_picture (TpoPlayer *player, GParamSpec *pspec, gpointer user_data)
{
  /* Whatever is shown on the way is a true picture of the frame that is claimed. */
  g_assert_cmpuint (read_code (player), ==, tpo_player_get_frame_index (player));
  *(guint *) user_data += 1;
}

static void
test_scrub (void)
{
  g_autoptr (TpoPlayer) player = open_clip (
      "long-gop.mp4", TPO_TEST_SOURCE ("16") "-c:v libx264 -preset ultrafast -g 480 -qp 10 ");
  guint n_pictures = 0;

  g_signal_connect (player, "notify::frame-index", G_CALLBACK (on_scrub_picture), &n_pictures);
  for (guint i = 0; i < 60; i++) {
    tpo_player_scrub (player, (gint64) (i % 30) * 16 * G_USEC_PER_SEC / 30);
    run_for (10);
  }
  g_assert_cmpuint (n_pictures, >, 3);
  tpo_player_seek (player, 12 * G_USEC_PER_SEC + 345678);
  check_at (player,
            tpo_video_index_find_frame (tpo_video_get_index (tpo_player_get_video (player)),
                                        12 * G_USEC_PER_SEC + 345678));
}

/* Position against the wall clock, once playback has begun. */
static void
check_pace (TpoPlayer *player, double speed)
{
  gint64 start_us, wall_us, played_us;

  wait_for (player, has_shown_ten);
  start_us = tpo_player_get_position_us (player);
  wall_us = g_get_monotonic_time ();
  run_for (700);
  played_us = tpo_player_get_position_us (player) - start_us;
  wall_us = g_get_monotonic_time () - wall_us;
  g_test_message ("speed %g: %.1f ms played in %.1f ms", speed, (double) played_us / 1000,
                  (double) wall_us / 1000);
  g_assert_cmpfloat_with_epsilon ((double) played_us / (double) wall_us, speed, 0.05 * speed);
}

static void
test_play (void)
{
  g_autoptr (TpoPlayer) player = open_clip ("silent.mp4", SILENT_CLIP);
  guint n_shown, n_dropped;

  tpo_player_set_playing (player, TRUE);
  check_pace (player, 1);
  wait_for (player, is_paused);
  wait_for (player, is_settled);
  g_assert_cmpint (tpo_player_get_position_us (player), ==,
                   tpo_player_get_duration_us (player));
  check_at (player, N_FRAMES - 1);
  g_object_get (player, "n-shown", &n_shown, "n-dropped", &n_dropped, NULL);
  g_test_message ("%u shown, %u dropped", n_shown, n_dropped);
  g_assert_cmpuint (n_shown + n_dropped, >=, N_FRAMES);
  g_assert_cmpuint (n_shown + n_dropped, <=, N_FRAMES + 2);
  /* From the end it starts again. */
  tpo_player_set_playing (player, TRUE);
  wait_for (player, is_settled);
  g_assert_cmpint (tpo_player_get_position_us (player), <, 2 * G_USEC_PER_SEC);
  tpo_player_set_playing (player, FALSE);
  check_at (player, tpo_player_get_frame_index (player));
}

static void
test_pause (void)
{
  g_autoptr (TpoPlayer) player = open_clip ("clip.mp4", CLIP);
  guint frame;

  tpo_player_set_playing (player, TRUE);
  wait_for (player, has_shown_ten);
  tpo_player_set_playing (player, FALSE);
  frame = tpo_player_get_frame_index (player);
  check_at (player, frame);
  run_for (200);
  check_at (player, frame);
  g_assert_cmpint (
      tpo_player_get_position_us (player), ==,
      tpo_video_index_get_time_us (tpo_video_get_index (tpo_player_get_video (player)), frame));
  tpo_player_step (player, 1);
  check_at (player, frame + 1);
  /* While playing, a seek goes on playing from there. */
  tpo_player_set_playing (player, TRUE);
  tpo_player_seek (player, 3 * G_USEC_PER_SEC);
  wait_for (player, is_settled);
  g_assert_cmpuint (tpo_player_get_frame_index (player), >=, 89);
  wait_for (player, is_paused);
}

static void
test_speed (void)
{
  static const double speeds[] = { 0.25, 0.5, 2, 4 };
  g_autoptr (TpoPlayer) player = open_clip ("clip.mp4", CLIP);

  for (guint i = 0; i < G_N_ELEMENTS (speeds); i++) {
    tpo_player_seek (player, 0);
    wait_for (player, is_settled);
    tpo_player_set_speed (player, speeds[i]);
    tpo_player_set_playing (player, TRUE);
    check_pace (player, speeds[i]);
    tpo_player_set_playing (player, FALSE);
  }
  tpo_player_set_speed (player, 100);
  g_assert_cmpfloat (tpo_player_get_speed (player), ==, 4);
}

static void
check_loop_position (TpoPlayer *player, GParamSpec *pspec, gpointer user_data)
{
  guint frame = tpo_player_get_frame_index (player);

  g_assert_cmpuint (frame, >=, 29); /* the frame seen at 1 s */
  g_assert_cmpuint (frame, <, 45);  /* the first at 1.5 s */
  *(guint *) user_data += frame == 29;
}

static void
test_loop (void)
{
  g_autoptr (TpoPlayer) player = open_clip ("clip.mp4", CLIP);
  guint n_rounds = 0;

  tpo_player_set_loop (player, G_USEC_PER_SEC, G_USEC_PER_SEC * 3 / 2);
  tpo_player_set_playing (player, TRUE);
  wait_for (player, is_settled);
  g_signal_connect (player, "notify::frame-index", G_CALLBACK (check_loop_position), &n_rounds);
  run_for (2500);
  g_assert_true (tpo_player_get_playing (player));
  g_assert_cmpuint (n_rounds, >=, 2);
  g_usleep (G_USEC_PER_SEC); /* a main loop that is late does not carry it past the end */
  g_assert_cmpint (tpo_player_get_position_us (player), <=, G_USEC_PER_SEC * 3 / 2);
  g_signal_handlers_disconnect_by_data (player, &n_rounds);
  tpo_player_set_loop (player, -1, -1);
  wait_for (player, is_paused);
  g_assert_cmpint (tpo_player_get_position_us (player), ==,
                   tpo_player_get_duration_us (player));
}

typedef struct {
  gboolean is_done, is_open;
  GError *error;
} Opening;

static void
on_opened (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Opening *opening = user_data;

  opening->is_open = tpo_player_open_finish (TPO_PLAYER (object), result, &opening->error);
  opening->is_done = TRUE;
}

static void
test_open (void)
{
  g_autofree char *clip = tpo_test_clip ("clip.mp4", CLIP);
  g_autofree char *text = tpo_test_file ("notes.txt", "no video", 8);
  g_autoptr (TpoPlayer) player = tpo_player_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Opening good = { 0 }, bad = { 0 }, cancelled = { 0 };

  tpo_player_open_async (player, clip, NULL, NULL, on_opened, &good);
  g_assert_null (tpo_player_get_video (player));
  while (!good.is_done)
    g_main_context_iteration (NULL, TRUE);
  g_assert_no_error (good.error);
  check_at (player, 0);

  tpo_player_open_async (player, text, NULL, NULL, on_opened, &bad);
  while (!bad.is_done)
    g_main_context_iteration (NULL, TRUE);
  g_assert_error (bad.error, TPO_ERROR, TPO_ERROR_FORMAT);
  g_assert_false (bad.is_open);
  check_at (player, 0); /* the clip of before is still there */

  tpo_player_open_async (player, clip, NULL, cancellable, on_opened, &cancelled);
  g_cancellable_cancel (cancellable);
  while (!cancelled.is_done)
    g_main_context_iteration (NULL, TRUE);
  g_assert_error (cancelled.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&bad.error);
  g_clear_error (&cancelled.error);
}

static void
test_no_video (void)
{
  g_autoptr (TpoPlayer) player = tpo_player_new ();

  tpo_player_set_playing (player, TRUE);
  tpo_player_seek (player, 5);
  tpo_player_step (player, 1);
  tpo_player_scrub (player, 7);
  tpo_player_set_view_size (player, 100, 100);
  g_assert_false (tpo_player_get_playing (player));
  g_assert_null (tpo_player_get_texture (player));
  g_assert_cmpint (tpo_player_get_duration_us (player), ==, 0);
}

static gboolean
has_error (TpoPlayer *player)
{
  return tpo_player_get_error (player) != NULL;
}

/* The file is cut off while it is open: each picture says so, also those that are still there, since
 * nothing tells what the file has become. The player lives on. */
static void
test_damage (void)
{
  g_autofree char *whole = tpo_test_clip ("clip.mkv", SILENT_CLIP);
  g_autofree guint8 *bytes = NULL;
  g_autofree char *path = NULL;
  g_autoptr (TpoVideo) video = NULL;
  g_autoptr (TpoVideo) other = tpo_video_open (whole, NULL, NULL, NULL);
  g_autoptr (TpoPlayer) player = tpo_player_new ();
  gsize size = 0;

  g_assert_true (g_file_get_contents (whole, (char **) &bytes, &size, NULL));
  path = tpo_test_file ("vanishing.mkv", bytes, size);
  video = tpo_video_open (path, NULL, NULL, NULL);
  g_assert_true (g_file_set_contents (path, (char *) bytes, (gssize) size / 3, NULL));
  tpo_player_set_video (player, video);
  wait_for (player, is_settled);
  tpo_player_seek_frame (player, 110);
  wait_for (player, is_settled);
  g_assert_true (has_error (player));
  g_test_message ("%s", tpo_player_get_error (player));
  g_assert_cmpuint (tpo_player_get_frame_index (player), ==, 110);
  tpo_player_step (player, 1);
  wait_for (player, is_settled);
  g_assert_cmpuint (tpo_player_get_frame_index (player), ==, 111);
  tpo_player_seek (player, 0);
  wait_for (player, is_settled);
  g_assert_true (has_error (player));
  tpo_player_set_video (player, other);
  wait_for (player, is_settled);
  g_assert_false (has_error (player));
  check_at (player, 0);
}

static void
test_actions (void)
{
  g_autoptr (TpoPlayer) player = tpo_player_new ();
  g_autoptr (GSimpleActionGroup) actions = tpo_player_actions_new (player);
  GActionGroup *group = G_ACTION_GROUP (actions);
  g_autofree char *clip = tpo_test_clip ("clip.mp4", CLIP);
  g_autoptr (TpoVideo) video = tpo_video_open (clip, NULL, NULL, NULL);

  g_assert_false (g_action_group_get_action_enabled (group, "next-frame"));
  g_assert_false (g_action_group_has_action (group, "play-pause"));
  tpo_player_set_video (player, video);
  g_assert_true (g_action_group_get_action_enabled (group, "next-frame"));
  g_action_group_activate_action (group, "next-frame", NULL);
  g_action_group_activate_action (group, "next-frame", NULL);
  check_at (player, 2);
  g_action_group_activate_action (group, "previous-frame", NULL);
  check_at (player, 1);
  g_action_group_activate_action (group, "end", NULL);
  check_at (player, N_FRAMES - 1);
  g_action_group_activate_action (group, "seek", g_variant_new_int64 (G_USEC_PER_SEC));
  check_at (player, 29);
  g_action_group_activate_action (group, "loop", NULL);
  g_action_group_activate_action (group, "seek-by", g_variant_new_int64 (500000));
  g_action_group_activate_action (group, "loop", NULL);
  g_assert_cmpint (tpo_player_get_loop_start_us (player), ==, G_USEC_PER_SEC);
  g_assert_cmpint (tpo_player_get_loop_end_us (player), ==, 1500000);
  g_action_group_activate_action (group, "loop", NULL);
  g_assert_cmpint (tpo_player_get_loop_start_us (player), ==, -1);
  g_action_group_activate_action (group, "faster", NULL);
  g_assert_cmpfloat (tpo_player_get_speed (player), ==, 1.25);
  g_action_group_activate_action (group, "normal-speed", NULL);
  g_action_group_activate_action (group, "slower", NULL);
  g_assert_cmpfloat (tpo_player_get_speed (player), ==, 0.75);
  g_action_group_activate_action (group, "mute", NULL);
  g_assert_true (tpo_player_get_muted (player));
  g_action_group_activate_action (group, "play-pause", NULL);
  g_assert_true (tpo_player_get_playing (player));
  tpo_player_set_video (player, NULL);
  g_assert_false (tpo_player_get_playing (player));
  g_assert_false (g_action_group_get_action_enabled (group, "loop"));
}

static void
test_format_time (void)
{
  static const struct {
    gint64 time_us;
    const char *text;
  } cases[] = {
    { 0, "0:00.000" },        { 12480000, "0:12.480" },      { 184000000, "3:04.000" },
    { 59999600, "1:00.000" }, { 3723004000, "1:02:03.004" }, { -5, "0:00.000" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = tpo_player_format_time (cases[i].time_us);

    g_assert_cmpstr (text, ==, cases[i].text);
  }
}

/* Dropped in the middle of everything: threads end by themselves. */
static void
test_drop (void)
{
  for (guint i = 0; i < 10; i++) {
    TpoPlayer *player = open_clip ("clip.mp4", CLIP);

    tpo_player_set_playing (player, TRUE);
    run_for (i * 10);
    tpo_player_scrub (player, (gint64) i * 300000);
    g_object_add_weak_pointer (G_OBJECT (player), (gpointer *) &player);
    g_object_unref (player);
    g_assert_null (player);
  }
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  /* No sound server: the clock is that of the machine. */
  g_setenv ("PULSE_SERVER", "unix:/nonexistent", TRUE);
  g_test_add_func ("/player/seek", test_seek);
  g_test_add_func ("/player/previous", test_previous);
  g_test_add_func ("/player/step", test_step);
  g_test_add_func ("/player/scrub", test_scrub);
  g_test_add_func ("/player/play", test_play);
  g_test_add_func ("/player/pause", test_pause);
  g_test_add_func ("/player/speed", test_speed);
  g_test_add_func ("/player/loop", test_loop);
  g_test_add_func ("/player/open", test_open);
  g_test_add_func ("/player/no-video", test_no_video);
  g_test_add_func ("/player/damage", test_damage);
  g_test_add_func ("/player/actions", test_actions);
  g_test_add_func ("/player/format-time", test_format_time);
  g_test_add_func ("/player/drop", test_drop);
  result = g_test_run ();
  tpo_test_remove_clips ();
  return result;
}
