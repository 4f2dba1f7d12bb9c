/* The widgets of the player in a real window: geometry, zoom, names, and what the screen shows.
 * Runs under tests/run-headless. */

#include "player/tpo-player-actions.h"
#include "player/tpo-transport-bar.h"
#include "player/tpo-video-view.h"

#include <adwaita.h>

#include "../unit/video-clips.h"

#define CLIP TPO_TEST_SOURCE ("2") "-c:v libx264 -preset ultrafast -g 30 -qp 10 "
#define PATIENCE_US (20 * G_USEC_PER_SEC)

typedef struct {
  GtkWidget *window, *view, *bar;
  TpoPlayer *player;
} Fixture;

static gboolean
is_settled (TpoPlayer *player)
{
  gboolean is_seeking;

  g_object_get (player, "seeking", &is_seeking, NULL);
  return !is_seeking;
}

static void
spin (guint ms)
{
  gint64 end_us = g_get_monotonic_time () + ms * 1000;

  while (g_get_monotonic_time () < end_us) {
    while (g_main_context_iteration (NULL, FALSE))
      ;
    g_usleep (2000);
  }
}

static void
wait_settled (Fixture *fixture)
{
  gint64 start_us = g_get_monotonic_time ();

  while (!is_settled (fixture->player) || gtk_widget_get_width (fixture->view) == 0) {
    g_assert_cmpint (g_get_monotonic_time () - start_us, <, PATIENCE_US);
    spin (10);
  }
  spin (200);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = tpo_test_clip ("clip.mp4", CLIP);
  g_autoptr (TpoVideo) video = tpo_video_open (path, NULL, NULL, NULL);
  g_autoptr (GSimpleActionGroup) actions = NULL;
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  fixture->player = tpo_player_new ();
  actions = tpo_player_actions_new (fixture->player);
  fixture->window = gtk_window_new ();
  fixture->view = tpo_video_view_new ();
  fixture->bar = tpo_transport_bar_new ();
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 600, 400);
  gtk_widget_insert_action_group (fixture->window, "player", G_ACTION_GROUP (actions));
  tpo_video_view_set_player (TPO_VIDEO_VIEW (fixture->view), fixture->player);
  tpo_transport_bar_set_player (TPO_TRANSPORT_BAR (fixture->bar), fixture->player);
  gtk_box_append (GTK_BOX (box), fixture->view);
  gtk_box_append (GTK_BOX (box), fixture->bar);
  gtk_window_set_child (GTK_WINDOW (fixture->window), box);
  tpo_player_set_video (fixture->player, video);
  gtk_window_present (GTK_WINDOW (fixture->window));
  wait_settled (fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  g_clear_object (&fixture->player);
  spin (20);
}

static graphene_rect_t
get_rect (Fixture *fixture)
{
  graphene_rect_t rect;

  g_assert_true (tpo_video_view_get_picture_rect (TPO_VIDEO_VIEW (fixture->view), &rect));
  return rect;
}

/* 256 × 32 pixels are wider than any view here: full width, centred from top to bottom. */
static void
test_geometry (Fixture *fixture, gconstpointer data)
{
  float width = (float) gtk_widget_get_width (fixture->view);
  float height = (float) gtk_widget_get_height (fixture->view);
  graphene_rect_t rect = get_rect (fixture);
  TpoVideoView *view = TPO_VIDEO_VIEW (fixture->view);

  g_assert_cmpfloat_with_epsilon (rect.size.width, width, 0.01f);
  g_assert_cmpfloat_with_epsilon (rect.size.height, width / 8, 1);
  g_assert_cmpfloat_with_epsilon (rect.origin.x, 0, 0.01f);
  g_assert_cmpfloat_with_epsilon (rect.origin.y, (height - width / 8) / 2, 1);

  /* The point under the pointer stays under it. */
  tpo_video_view_zoom_at (view, 4, width * 0.25f, height / 2);
  rect = get_rect (fixture);
  g_assert_cmpfloat_with_epsilon (rect.size.width, 4 * width, 0.5f);
  g_assert_cmpfloat_with_epsilon ((width * 0.25f - rect.origin.x) / rect.size.width, 0.25f,
                                  0.001f);
  /* Panning ends at the picture's edge. */
  tpo_video_view_pan (view, 1e6, 0);
  g_assert_cmpfloat_with_epsilon (get_rect (fixture).origin.x, 0, 0.01f);
  tpo_video_view_pan (view, -1e6, 0);
  g_assert_cmpfloat_with_epsilon (get_rect (fixture).origin.x, -3 * width, 0.5f);
  tpo_video_view_zoom_at (view, 1e9, 0, 0);
  g_assert_cmpfloat (tpo_video_view_get_zoom (view), ==, 32);
  tpo_video_view_reset_zoom (view);
  g_assert_cmpfloat_with_epsilon (get_rect (fixture).size.width, width, 0.01f);
}

/* What the view draws, rendered to pixels. */
static guint
read_shown_code (Fixture *fixture)
{
  GtkNative *native = gtk_widget_get_native (fixture->view);
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (fixture->view);
  int width = gtk_widget_get_width (fixture->view);
  int height = gtk_widget_get_height (fixture->view);
  g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  g_autofree guint8 *bytes = NULL;
  guint code = 0;

  gdk_paintable_snapshot (paintable, snapshot, width, height);
  node = gtk_snapshot_to_node (snapshot);
  texture =
      gsk_renderer_render_texture (gtk_native_get_renderer (native), node,
                                   &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  bytes = g_malloc ((gsize) width * (gsize) height * 4);
  gdk_texture_download (texture, bytes, (gsize) width * 4);
  for (int i = 0; i < 16; i++)
    if (bytes[(height / 2 * width + width * (2 * i + 1) / 32) * 4 + 1] > 127)
      code |= 1u << i;
  return code;
}

static void
test_picture (Fixture *fixture, gconstpointer data)
{
  static const guint frames[] = { 0, 1, 33, 59 };

  for (guint i = 0; i < G_N_ELEMENTS (frames); i++) {
    tpo_player_seek_frame (fixture->player, frames[i]);
    wait_settled (fixture);
    g_assert_cmpuint (read_shown_code (fixture), ==, frames[i]);
  }
}

static void
on_rect_changed (TpoVideoView *view, gpointer user_data)
{
  *(guint *) user_data += 1;
}

static void
test_overlay (Fixture *fixture, gconstpointer data)
{
  GtkWidget *overlay = gtk_drawing_area_new ();
  guint n_changes = 0;

  g_signal_connect (fixture->view, "picture-rect-changed", G_CALLBACK (on_rect_changed),
                    &n_changes);
  tpo_video_view_set_overlay (TPO_VIDEO_VIEW (fixture->view), overlay);
  spin (100);
  g_assert_cmpint (gtk_widget_get_width (overlay), ==, gtk_widget_get_width (fixture->view));
  g_assert_cmpint (gtk_widget_get_height (overlay), ==, gtk_widget_get_height (fixture->view));
  tpo_video_view_zoom_at (TPO_VIDEO_VIEW (fixture->view), 2, 10, 10);
  g_assert_cmpuint (n_changes, ==, 1);
  tpo_player_set_video (fixture->player, NULL);
  g_assert_cmpuint (n_changes, ==, 2);
}

/* Every button has a name for those who do not see its icon. */
static void
check_names (GtkWidget *widget, guint *n_buttons)
{
  if (GTK_IS_BUTTON (widget) && gtk_button_get_icon_name (GTK_BUTTON (widget)) != NULL) {
    const char *tooltip = gtk_widget_get_tooltip_text (widget);

    *n_buttons += 1;
    g_assert_nonnull (tooltip);
    gtk_test_accessible_assert_property (widget, GTK_ACCESSIBLE_PROPERTY_LABEL, tooltip);
  }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (!GTK_IS_POPOVER (child) && !GTK_IS_SCALE_BUTTON (child))
      check_names (child, n_buttons);
}

static GtkWidget *
find_button (GtkWidget *widget, const char *tooltip)
{
  if (GTK_IS_BUTTON (widget) && g_strcmp0 (gtk_widget_get_tooltip_text (widget), tooltip) == 0)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = find_button (child, tooltip);

    if (found != NULL)
      return found;
  }
  return NULL;
}

static void
test_bar (Fixture *fixture, gconstpointer data)
{
  GtkWidget *next = find_button (fixture->bar, "Next Frame");
  GtkWidget *loop = find_button (fixture->bar, "Set Start of Loop");
  guint n_buttons = 0;
  int minimum;

  check_names (fixture->bar, &n_buttons);
  g_assert_cmpuint (n_buttons, >=, 4);
  g_signal_emit_by_name (next, "clicked");
  g_signal_emit_by_name (next, "clicked");
  wait_settled (fixture);
  g_assert_cmpuint (tpo_player_get_frame_index (fixture->player), ==, 2);
  g_signal_emit_by_name (loop, "clicked");
  g_assert_nonnull (find_button (fixture->bar, "Set End of Loop"));
  tpo_player_step (fixture->player, 10);
  wait_settled (fixture);
  g_signal_emit_by_name (loop, "clicked");
  g_assert_nonnull (find_button (fixture->bar, "Clear Loop"));
  g_signal_emit_by_name (find_button (fixture->bar, "Play"), "clicked");
  g_assert_true (tpo_player_get_playing (fixture->player));
  g_assert_nonnull (find_button (fixture->bar, "Pause"));
  tpo_player_set_playing (fixture->player, FALSE);
  /* The narrowest window that the program promises to fit. */
  gtk_widget_measure (fixture->bar, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  g_test_message ("the bar is at least %d wide", minimum);
  g_assert_cmpint (minimum, <=, 360);
}

static void
add (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  int result;

  /* The accessible values can only be read back with this one. */
  g_setenv ("GTK_A11Y", "test", TRUE);
  g_setenv ("PULSE_SERVER", "unix:/nonexistent", TRUE);
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  add ("/player-view/geometry", test_geometry);
  add ("/player-view/picture", test_picture);
  add ("/player-view/overlay", test_overlay);
  add ("/player-view/bar", test_bar);
  result = g_test_run ();
  tpo_test_remove_clips ();
  return result;
}
