/* A window with nothing but the player, to look at and to measure with: player-demo VIDEO.
 * --seconds=N plays that long, prints what was shown and dropped, and quits. */

#include "player/tpo-player-actions.h"
#include "player/tpo-transport-bar.h"
#include "player/tpo-video-view.h"

#include <adwaita.h>

static int seconds = 0;
static double speed = 1;
static gboolean is_still = FALSE;
static char **files = NULL;

static const GOptionEntry options[] = {
  { "seconds", 0, 0, G_OPTION_ARG_INT, &seconds, "Play that long, report and quit", "N" },
  { "speed", 0, 0, G_OPTION_ARG_DOUBLE, &speed, "Speed of playback", "X" },
  { "still", 0, 0, G_OPTION_ARG_NONE, &is_still, "Do not start to play", NULL },
  { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &files, NULL, "VIDEO" },
  { NULL },
};

static gboolean
report (gpointer user_data)
{
  TpoPlayer *player = user_data;
  guint n_shown, n_dropped;

  g_object_get (player, "n-shown", &n_shown, "n-dropped", &n_dropped, NULL);
  g_print ("%d s: %u pictures shown, %u dropped; sound %s, last deviation %.1f ms\n", seconds,
           n_shown, n_dropped, tpo_player_is_heard (player) ? "heard" : "not heard",
           (double) tpo_player_get_clock_deviation_us (player) / 1000);
  g_application_quit (g_application_get_default ());
  return G_SOURCE_REMOVE;
}

static void
on_opened (GObject *object, GAsyncResult *result, gpointer user_data)
{
  TpoPlayer *player = TPO_PLAYER (object);
  g_autoptr (GError) error = NULL;

  if (!tpo_player_open_finish (player, result, &error)) {
    g_printerr ("%s\n", error->message);
    g_application_quit (g_application_get_default ());
    return;
  }
  tpo_player_set_speed (player, speed);
  tpo_player_set_playing (player, !is_still);
  if (seconds > 0)
    g_timeout_add_seconds ((guint) seconds, report, player);
}

static void
on_fullscreen (GtkWidget *window, const char *action, GVariant *parameter)
{
  g_object_set (window, "fullscreened", !gtk_window_is_fullscreen (GTK_WINDOW (window)), NULL);
}

static void
on_activate (GtkApplication *application)
{
  GtkWidget *window = adw_application_window_new (application);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *view = tpo_video_view_new (), *bar = tpo_transport_bar_new ();
  g_autoptr (TpoPlayer) player = tpo_player_new ();
  g_autoptr (GSimpleActionGroup) actions = tpo_player_actions_new (player);

  gtk_window_set_title (GTK_WINDOW (window), "Player Demo");
  gtk_window_set_default_size (GTK_WINDOW (window), 1000, 640);
  gtk_widget_insert_action_group (window, "player", G_ACTION_GROUP (actions));
  tpo_video_view_set_player (TPO_VIDEO_VIEW (view), player);
  tpo_transport_bar_set_player (TPO_TRANSPORT_BAR (bar), player);
  tpo_transport_bar_set_has_slider (TPO_TRANSPORT_BAR (bar), TRUE);
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (box), view);
  gtk_box_append (GTK_BOX (box), bar);
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (window), box);
  gtk_window_present (GTK_WINDOW (window));
  tpo_player_open_async (player, files[0], NULL, NULL, on_opened, NULL);
}

int
main (int argc, char **argv)
{
  g_autoptr (AdwApplication) application = NULL;
  g_autoptr (GOptionContext) context = g_option_context_new ("VIDEO");
  g_autoptr (GError) error = NULL;
  GtkWidgetClass *window_class;

  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || files == NULL) {
    g_printerr ("%s\n", error != NULL ? error->message : "Name a video");
    return 2;
  }
  application =
      adw_application_new ("io.github.tpostudio.PlayerDemo", G_APPLICATION_NON_UNIQUE);
  window_class = g_type_class_ref (ADW_TYPE_APPLICATION_WINDOW);
  gtk_widget_class_install_action (window_class, "win.fullscreen", NULL, on_fullscreen);
  g_signal_connect (application, "activate", G_CALLBACK (on_activate), NULL);
  return g_application_run (G_APPLICATION (application), 1, argv);
}
