/* Two fingers on the timeline and on the picture enlarge what they show, and end what one of them
 * began. Fingers cannot be had under a display of its own, so that the gestures are told what they
 * would find. Runs under tests/run-headless. */

#include "player/tpo-video-view.h"
#include "timeline/tpo-timeline-private.h"

#include <adwaita.h>
#include <glib/gstdio.h>

#include "../unit/video-clips.h"

enum {
  WIDTH = 1000,
};

static GtkGesture *
find_pinch (GtkWidget *widget)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++) {
    g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

    if (GTK_IS_GESTURE_ZOOM (controller))
      return GTK_GESTURE (controller); /* the widget keeps it */
  }
  g_assert_not_reached ();
}

/* From one distance to @scales[n - 1] times it. */
static void
pinch (GtkWidget *widget, const double *scales, guint n)
{
  GtkGesture *gesture = find_pinch (widget);

  g_signal_emit_by_name (gesture, "begin", NULL);
  for (guint i = 0; i < n; i++)
    g_signal_emit_by_name (gesture, "scale-changed", scales[i]);
  g_signal_emit_by_name (gesture, "end", NULL);
}

static void
test_timeline (void)
{
  static const double apart[] = { 1.5, 2.0, 4.0 }, together[] = { 0.9, 0.5 };
  g_autofree char *folder = g_dir_make_tmp ("tpo-pinch-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "labels.tpo", NULL);
  g_autoptr (TpoEngine) engine = tpo_engine_new (NULL, NULL);
  TpoStore *store = tpo_store_open (path, TPO_STORE_DEFAULT, NULL);
  g_autoptr (TpoDocument) document = tpo_document_new (store, engine);
  g_autoptr (TpoPlayer) player = tpo_player_new ();
  GtkWidget *timeline = g_object_ref_sink (tpo_timeline_new (document, player));
  TpoTimelineModel *model = TPO_TIMELINE (timeline)->parts->model;
  gint64 middle_us;
  double before, middle; /* of the timeline, where its tracks are */

  gtk_widget_size_allocate (timeline, &(GtkAllocation){ 0, 0, WIDTH, 400 }, -1);
  middle = WIDTH / 2.0 - tpo_timeline_model_get_titles (model);
  tpo_timeline_model_set_duration (model, 100 * G_USEC_PER_SEC);
  before = tpo_timeline_model_get_us_per_px (model);
  middle_us = tpo_timeline_model_x_to_time (model, middle);
  pinch (timeline, apart, G_N_ELEMENTS (apart));
  g_assert_cmpfloat_with_epsilon (tpo_timeline_model_get_us_per_px (model), before / 4, 1.0);
  g_assert_cmpint (ABS (tpo_timeline_model_x_to_time (model, middle) - middle_us), <, 100000);
  pinch (timeline, together, G_N_ELEMENTS (together));
  g_assert_cmpfloat_with_epsilon (tpo_timeline_model_get_us_per_px (model), before / 2, 1.0);
  g_object_unref (timeline);
}

static void
test_picture (void)
{
  static const double apart[] = { 1.5, 3.0 };
  g_autofree char *path =
      tpo_test_clip ("pinch.mp4", TPO_TEST_SOURCE ("1") "-c:v libx264 -preset ultrafast ");
  g_autoptr (TpoVideo) video = tpo_video_open (path, NULL, NULL, NULL);
  g_autoptr (TpoPlayer) player = tpo_player_new ();
  GtkWidget *view = g_object_ref_sink (tpo_video_view_new ());

  tpo_player_set_video (player, video);
  tpo_video_view_set_player (TPO_VIDEO_VIEW (view), player);
  gtk_widget_size_allocate (view, &(GtkAllocation){ 0, 0, 640, 360 }, -1);
  pinch (view, apart, G_N_ELEMENTS (apart));
  g_assert_cmpfloat_with_epsilon (tpo_video_view_get_zoom (TPO_VIDEO_VIEW (view)), 3.0, 1e-6);
  g_object_unref (view);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/pinch/timeline", test_timeline);
  g_test_add_func ("/pinch/picture", test_picture);
  result = g_test_run ();
  tpo_test_remove_clips ();
  return result;
}
