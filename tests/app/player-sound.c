/* Picture and sound in step, against a private sound server whose sink is heard by nobody. */

#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <sys/prctl.h>

#include "player/tpo-player.h"

#include "../unit/video-clips.h"

/* A tone of a fiftieth of a second at each full second; the picture carries its number. */
#define TICKING_CLIP                                                                \
  TPO_TEST_SOURCE ("12")                                                            \
  "-f lavfi -i aevalsrc='0.8*sin(2*PI*1000*t)*lt(mod(t\\,1)\\,0.02)':s=48000:d=12 " \
  "-c:v libx264 -preset ultrafast -g 60 -qp 10 -c:a aac -b:a 192k "

#define RATE 48000
#define PATIENCE_US (20 * G_USEC_PER_SEC)

typedef struct {
  GSubprocess *server, *recorder;
  GInputStream *recording;
  char *folder, *address;
} Server;

/* Children must not outlive a test that is stopped. */
static void
die_with_parent (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static gboolean
connects (const char *address)
{
  g_autoptr (GSubprocess) probe =
      g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                        NULL, "pactl", "-s", address, "info", NULL);

  return probe != NULL && g_subprocess_wait_check (probe, NULL, NULL);
}

static gboolean
start_server (Server *self)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autofree char *socket_module = NULL;
  gint64 start_us = g_get_monotonic_time ();

  self->folder = g_dir_make_tmp ("tpo-sound-XXXXXX", NULL);
  self->address = g_strdup_printf ("unix:%s/socket", self->folder);
  socket_module = g_strdup_printf (
      "--load=module-native-protocol-unix auth-anonymous=1 socket=%s/socket", self->folder);
  g_subprocess_launcher_set_child_setup (launcher, die_with_parent, NULL, NULL);
  g_subprocess_launcher_setenv (launcher, "HOME", self->folder, TRUE);
  g_subprocess_launcher_setenv (launcher, "XDG_RUNTIME_DIR", self->folder, TRUE);
  self->server = g_subprocess_launcher_spawn (
      launcher, NULL, "pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1",
      "--use-pid-file=no", "--disable-shm=yes", "--load=module-null-sink sink_name=nobody",
      socket_module, NULL);
  if (self->server == NULL)
    return FALSE;
  while (!connects (self->address)) {
    g_assert_cmpint (g_get_monotonic_time () - start_us, <, PATIENCE_US);
    g_usleep (50000);
  }
  g_setenv ("PULSE_SERVER", self->address, TRUE);
  return TRUE;
}

static void
stop_server (Server *self)
{
  if (self->server != NULL) {
    g_subprocess_send_signal (self->server, SIGTERM);
    g_subprocess_wait (self->server, NULL, NULL);
  }
  g_clear_object (&self->server);
  if (self->folder != NULL) {
    g_autofree char *command = g_strdup_printf ("rm -rf '%s'", self->folder);

    g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL);
  }
  g_free (self->folder);
  g_free (self->address);
}

static gboolean
on_timeout (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
run_for (guint ms)
{
  gboolean is_over = FALSE;

  g_timeout_add (ms, on_timeout, &is_over);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
}

static void
wait_until_heard (TpoPlayer *player)
{
  gint64 start_us = g_get_monotonic_time (), position_us = tpo_player_get_position_us (player);

  while (!tpo_player_is_heard (player) ||
         tpo_player_get_position_us (player) < position_us + 200000) {
    g_assert_cmpint (g_get_monotonic_time () - start_us, <, PATIENCE_US);
    run_for (10);
  }
}

/* What the sink plays, second for second on the wall clock: [start, …) at RATE, one channel. */
typedef struct {
  GMutex mutex;
  GThread *thread;
  GSubprocess *process;
  GArray *samples; /* of gint16 */
  gint64 first_us; /* monotonic time at which the first sample had been played, about */
  gboolean is_stopped;
} Recorder;

static gpointer
record (gpointer data)
{
  Recorder *self = data;
  GInputStream *stream = g_subprocess_get_stdout_pipe (self->process);
  gint16 block[480];
  gsize n = 0;

  while (g_input_stream_read_all (stream, block, sizeof block, &n, NULL, NULL) && n > 0) {
    gint64 now_us = g_get_monotonic_time ();
    gint64 first_us;

    g_mutex_lock (&self->mutex);
    g_array_append_vals (self->samples, block, (guint) (n / 2));
    /* Blocks arrive late by scheduling, never early: the earliest tells when the first sample
     * was played. */
    first_us = now_us - (gint64) self->samples->len * G_USEC_PER_SEC / RATE;
    if (self->first_us == 0 || first_us < self->first_us)
      self->first_us = first_us;
    g_mutex_unlock (&self->mutex);
  }
  return NULL;
}

static void
start_recording (Recorder *self, const char *address)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);

  g_mutex_init (&self->mutex);
  g_subprocess_launcher_set_child_setup (launcher, die_with_parent, NULL, NULL);
  self->samples = g_array_new (FALSE, FALSE, sizeof (gint16));
  self->process =
      g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                        NULL, "parec", "-s", address, "-d", "nobody.monitor", "--format=s16ne",
                        "--rate=48000", "--channels=1", "--latency-msec=5", "--raw", NULL);
  g_assert_nonnull (self->process);
  self->thread = g_thread_new ("record", record, self);
}

static void
stop_recording (Recorder *self)
{
  g_subprocess_send_signal (self->process, SIGTERM);
  g_thread_join (self->thread);
  g_subprocess_wait (self->process, NULL, NULL);
  g_clear_object (&self->process);
}

/* Where the ticks begin on the wall clock. Returns: (element-type gint64) */
static GArray *
find_ticks (Recorder *self)
{
  GArray *ticks = g_array_new (FALSE, FALSE, sizeof (gint64));
  guint quiet = RATE;

  for (guint i = 0; i < self->samples->len; i++) {
    if (ABS ((int) g_array_index (self->samples, gint16, i)) < 6000) {
      quiet++;
      continue;
    }
    if (quiet > RATE / 20) {
      gint64 time_us = self->first_us + (gint64) i * G_USEC_PER_SEC / RATE;

      g_array_append_val (ticks, time_us);
    }
    quiet = 0;
  }
  return ticks;
}

typedef struct {
  GArray *frames; /* of gint64: monotonic time at which second k was seen */
  gint64 next_us;
} Watch;

static void
on_frame (TpoPlayer *player, GParamSpec *pspec, gpointer user_data)
{
  Watch *watch = user_data;
  TpoVideoIndex *index = tpo_video_get_index (tpo_player_get_video (player));
  gint64 time_us = tpo_video_index_get_time_us (index, tpo_player_get_frame_index (player));
  gint64 seen_us;

  /* When the full second was on the screen: the frame's own time, moved to the second. */
  if (time_us < watch->next_us)
    return;
  seen_us = g_get_monotonic_time () -
            (gint64) ((double) (time_us - watch->next_us) / tpo_player_get_speed (player));
  g_array_append_val (watch->frames, seen_us);
  watch->next_us += G_USEC_PER_SEC;
}

/* Plays some seconds and compares when ticks are heard with when their pictures are seen. */
static void
check_sync (TpoPlayer *player, Server *server, double speed, gint64 from_us)
{
  Recorder recorder = { 0 };
  Watch watch = { g_array_new (FALSE, FALSE, sizeof (gint64)),
                  (from_us / G_USEC_PER_SEC + 1) * G_USEC_PER_SEC };
  g_autoptr (GArray) ticks = NULL;
  gint64 start_us = g_get_monotonic_time ();
  double worst_ms = 0, mean_ms = 0;
  guint n = 0;

  start_recording (&recorder, server->address);
  run_for (300);
  tpo_player_set_speed (player, speed);
  tpo_player_seek (player, from_us);
  tpo_player_set_playing (player, TRUE);
  g_signal_connect (player, "notify::frame-index", G_CALLBACK (on_frame), &watch);
  while (watch.frames->len < 4) {
    g_assert_cmpint (g_get_monotonic_time () - start_us, <, PATIENCE_US);
    run_for (50);
  }
  run_for (200);
  g_signal_handlers_disconnect_by_data (player, &watch);
  tpo_player_set_playing (player, FALSE);
  run_for (300);
  stop_recording (&recorder);
  ticks = find_ticks (&recorder);

  /* Each tick is compared with the nearest picture of a full second. */
  for (guint i = 0; i < ticks->len; i++) {
    double best_ms = 1e9;

    for (guint k = 0; k < watch.frames->len; k++) {
      double off_ms = (double) (g_array_index (ticks, gint64, i) -
                                g_array_index (watch.frames, gint64, k)) /
                      1000;

      if (fabs (off_ms) < fabs (best_ms))
        best_ms = off_ms;
    }
    if (fabs (best_ms) > 400 / speed)
      continue; /* the tick before the first or after the last picture */
    n++;
    mean_ms += best_ms;
    worst_ms = MAX (worst_ms, fabs (best_ms));
  }
  g_assert_cmpuint (n, >=, 3);
  mean_ms /= n;
  g_test_message ("speed %g: %u ticks; sound minus picture: mean %.1f ms, worst %.1f ms", speed,
                  n, mean_ms, worst_ms);
  /* Broadcasters allow sound 40 ms early to 60 ms late (EBU R37). */
  g_assert_cmpfloat (mean_ms, >, -40);
  g_assert_cmpfloat (mean_ms, <, 60);
  g_assert_true (tpo_player_is_heard (player));
  g_array_unref (watch.frames);
  g_array_unref (recorder.samples);
  g_mutex_clear (&recorder.mutex);
}

static TpoPlayer *
open_clip (void)
{
  g_autofree char *path = tpo_test_clip ("ticking.mp4", TICKING_CLIP);
  g_autoptr (TpoVideo) video = tpo_video_open (path, NULL, NULL, NULL);
  TpoPlayer *player = tpo_player_new ();

  tpo_player_set_video (player, video);
  return player;
}

static void
test_sync (gconstpointer data)
{
  Server *server = (Server *) data;
  g_autoptr (TpoPlayer) player = NULL;

  if (server->server == NULL) {
    g_test_skip ("there is no pulseaudio program");
    return;
  }
  player = open_clip ();
  check_sync (player, server, 1, 0);
  check_sync (player, server, 1, 5300000);
  check_sync (player, server, 2, 0);
  check_sync (player, server, 0.5, 2500000);
  check_sync (player, server, 0.25, 4500000);
}

/* The server goes away in the middle: the picture goes on. */
static void
test_lost_server (gconstpointer data)
{
  Server *server = (Server *) data;
  g_autoptr (TpoPlayer) player = NULL;
  gint64 position_us;

  if (server->server == NULL) {
    g_test_skip ("there is no pulseaudio program");
    return;
  }
  player = open_clip ();
  tpo_player_set_playing (player, TRUE);
  wait_until_heard (player);
  g_subprocess_send_signal (server->server, SIGKILL);
  g_subprocess_wait (server->server, NULL, NULL);
  position_us = tpo_player_get_position_us (player);
  run_for (1000);
  g_assert_cmpint (tpo_player_get_position_us (player), >, position_us + 800000);
  tpo_player_seek (player, 3 * G_USEC_PER_SEC);
  run_for (1500);
  g_assert_cmpint (tpo_player_get_position_us (player), >, 3 * G_USEC_PER_SEC + 500000);
}

int
main (int argc, char **argv)
{
  Server server = { 0 };
  int result;

  g_test_init (&argc, &argv, NULL);
  if (!g_test_subprocess ())
    start_server (&server);
  g_test_add_data_func ("/player-sound/sync", &server, test_sync);
  g_test_add_data_func ("/player-sound/sync-lost-server", &server, test_lost_server);
  result = g_test_run ();
  stop_server (&server);
  tpo_test_remove_clips ();
  return result;
}
