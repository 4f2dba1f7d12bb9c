#include "config.h"

#include "player/tpo-video-view.h"

#include <glib/gi18n.h>
#include <math.h>

#include "compat/tpo-compat.h"

#define MAX_ZOOM 32

/* Enlarged pixels are shown as squares from here on. */
#define CRISP_SCALE 6

struct _TpoVideoView {
  GtkWidget parent_instance;
  TpoPlayer *player;
  GSignalGroup *player_signals;
  GtkWidget *overlay;
  double zoom;
  double center_x, center_y; /* point of the picture in the middle of the view, 0 … 1 */
  graphene_rect_t rect;      /* of the picture; empty without a video */
  double pointer_x, pointer_y;
  double last_scale;       /* of the pinch under way */
  double last_dx, last_dy; /* of the drag under way */
};

G_DEFINE_FINAL_TYPE (TpoVideoView, tpo_video_view, GTK_TYPE_WIDGET)

enum {
  PROP_0,
  PROP_PLAYER,
  PROP_OVERLAY,
  PROP_ZOOM,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

enum {
  PICTURE_RECT_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* Where an edge of the picture lies: in the middle when it fits, else so that no black shows on
 * either side. Writes the centre back as it came out. */
static double
place (double view, double picture, double *center)
{
  double origin;

  if (picture <= view) {
    *center = 0.5;
    return (view - picture) / 2;
  }
  origin = CLAMP (view / 2 - *center * picture, view - picture, 0);
  *center = (view / 2 - origin) / picture;
  return origin;
}

/* Edges on whole device pixels, or the background would shine through between the picture and the
 * black beside it. */
static graphene_rect_t
snap (double x, double y, double width, double height, int factor)
{
  double left = round (x * factor) / factor, top = round (y * factor) / factor;
  double right = round ((x + width) * factor) / factor;
  double bottom = round ((y + height) * factor) / factor;

  return GRAPHENE_RECT_INIT ((float) left, (float) top,
                             (float) MAX (right - left, 1.0 / factor),
                             (float) MAX (bottom - top, 1.0 / factor));
}

static void
update_rect (TpoVideoView *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  TpoVideo *video = self->player != NULL ? tpo_player_get_video (self->player) : NULL;
  double view_width = gtk_widget_get_width (widget);
  double view_height = gtk_widget_get_height (widget);
  graphene_rect_t rect = GRAPHENE_RECT_INIT (0, 0, 0, 0);

  if (video != NULL && view_width > 0 && view_height > 0) {
    const TpoVideoInfo *info = tpo_video_get_info (video);
    double scale =
        self->zoom * MIN (view_width / info->display_width, view_height / info->display_height);
    double width = info->display_width * scale, height = info->display_height * scale;
    int factor = gtk_widget_get_scale_factor (widget);

    rect = snap (place (view_width, width, &self->center_x),
                 place (view_height, height, &self->center_y), width, height, factor);
    tpo_player_set_view_size (self->player, (guint) (width * factor + 0.5),
                              (guint) (height * factor + 0.5));
  }
  if (graphene_rect_equal (&rect, &self->rect))
    return;
  self->rect = rect;
  gtk_widget_queue_draw (widget);
  g_signal_emit (self, signals[PICTURE_RECT_CHANGED], 0);
}

/* Told when the picture rests, not thirty times a second. */
static void
update_label (TpoVideoView *self)
{
  g_autofree char *time = NULL, *label = NULL;

  if (self->player == NULL || tpo_player_get_playing (self->player))
    return;
  time = tpo_player_format_time (tpo_player_get_position_us (self->player));
  /* Translators: spoken name of the picture; %s is a time such as 0:12.480 */
  label = g_strdup_printf (_ ("Video, %s"), time);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
}

static void
on_zoom_begin (GtkGesture *gesture, GdkEventSequence *sequence, gpointer user_data)
{
  TPO_VIDEO_VIEW (user_data)->last_scale = 1;
  /* What one finger began before the second one came is no drag. */
  gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_CLAIMED);
}

static void
on_zoom_scale (GtkGestureZoom *gesture, double scale, gpointer user_data)
{
  TpoVideoView *self = user_data;
  double x, y;

  tpo_compat_find_center (GTK_GESTURE (gesture), &x, &y);
  tpo_video_view_zoom_at (self, scale / self->last_scale, x, y);
  self->last_scale = scale;
}

/* Where the wheel is turned; a scroll event itself does not tell. */
static void
on_motion (TpoVideoView *self, double x, double y)
{
  self->pointer_x = x;
  self->pointer_y = y;
}

static gboolean
on_scroll (GtkEventControllerScroll *controller, double dx, double dy, gpointer user_data)
{
  TpoVideoView *self = user_data;
  GdkModifierType modifiers =
      gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller));

  tpo_compat_scroll_steps (controller, &dx, &dy);
  if (!(modifiers & GDK_CONTROL_MASK)) {
    if (self->zoom == 1)
      return GDK_EVENT_PROPAGATE;
    tpo_video_view_pan (self, -40 * dx, -40 * dy);
    return GDK_EVENT_STOP;
  }
  tpo_video_view_zoom_at (self, pow (1.2, -dy), self->pointer_x, self->pointer_y);
  return GDK_EVENT_STOP;
}

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, gpointer user_data)
{
  TpoVideoView *self = user_data;

  self->last_dx = self->last_dy = 0;
}

static void
on_drag_update (GtkGestureDrag *gesture, double dx, double dy, gpointer user_data)
{
  TpoVideoView *self = user_data;

  tpo_video_view_pan (self, dx - self->last_dx, dy - self->last_dy);
  self->last_dx = dx;
  self->last_dy = dy;
}

static void
on_video_changed (TpoVideoView *self)
{
  self->zoom = 1;
  update_rect (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ZOOM]);
}

static void
tpo_video_view_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                        int *minimum, int *natural, int *minimum_baseline,
                        int *natural_baseline)
{
  TpoVideoView *self = TPO_VIDEO_VIEW (widget);

  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 160 : 72;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 640 : 360;
  if (self->overlay != NULL && gtk_widget_should_layout (self->overlay)) {
    int child_minimum = 0;

    gtk_widget_measure (self->overlay, orientation, -1, &child_minimum, NULL, NULL, NULL);
    *minimum = MAX (*minimum, child_minimum);
    *natural = MAX (*natural, *minimum);
  }
}

static void
tpo_video_view_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  TpoVideoView *self = TPO_VIDEO_VIEW (widget);

  update_rect (self);
  if (self->overlay != NULL && gtk_widget_should_layout (self->overlay))
    gtk_widget_allocate (self->overlay, width, height, -1, NULL);
}

static void
append_black (GtkSnapshot *snapshot, float x, float y, float width, float height)
{
  if (width > 0 && height > 0)
    gtk_snapshot_append_color (snapshot, &(const GdkRGBA){ 0, 0, 0, 1 },
                               &GRAPHENE_RECT_INIT (x, y, width, height));
}

/* Black only where the picture is not: drawing each pixel twice is felt with a software
 * renderer. */
static void
draw_margins (const graphene_rect_t *picture, GtkSnapshot *snapshot, float width, float height)
{
  float top = CLAMP (picture->origin.y, 0, height);
  float bottom = CLAMP (picture->origin.y + picture->size.height, 0, height);
  float left = picture->origin.x, right = left + picture->size.width;

  append_black (snapshot, 0, 0, width, top);
  append_black (snapshot, 0, bottom, width, height - bottom);
  append_black (snapshot, 0, top, left, bottom - top);
  append_black (snapshot, right, top, width - right, bottom - top);
}

static void
tpo_video_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  TpoVideoView *self = TPO_VIDEO_VIEW (widget);
  GdkTexture *texture = self->player != NULL ? tpo_player_get_texture (self->player) : NULL;
  const graphene_rect_t bounds = GRAPHENE_RECT_INIT (
      0, 0, (float) gtk_widget_get_width (widget), (float) gtk_widget_get_height (widget));

  gtk_snapshot_push_clip (snapshot, &bounds);
  if (texture == NULL || self->rect.size.width <= 0) {
    append_black (snapshot, 0, 0, bounds.size.width, bounds.size.height);
  } else {
    draw_margins (&self->rect, snapshot, bounds.size.width, bounds.size.height);
    tpo_compat_append_texture (widget, snapshot, texture, &self->rect,
                               self->rect.size.width >
                                   CRISP_SCALE * (float) gdk_texture_get_width (texture));
  }
  if (self->overlay != NULL)
    gtk_widget_snapshot_child (widget, self->overlay, snapshot);
  gtk_snapshot_pop (snapshot);
}

static void
tpo_video_view_dispose (GObject *object)
{
  TpoVideoView *self = TPO_VIDEO_VIEW (object);

  g_clear_object (&self->player_signals);
  g_clear_object (&self->player);
  g_clear_pointer (&self->overlay, gtk_widget_unparent);
  G_OBJECT_CLASS (tpo_video_view_parent_class)->dispose (object);
}

static void
tpo_video_view_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  TpoVideoView *self = TPO_VIDEO_VIEW (object);

  switch (id) {
  case PROP_PLAYER:
    g_value_set_object (value, self->player);
    break;
  case PROP_OVERLAY:
    g_value_set_object (value, self->overlay);
    break;
  case PROP_ZOOM:
    g_value_set_double (value, self->zoom);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
tpo_video_view_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  TpoVideoView *self = TPO_VIDEO_VIEW (object);

  switch (id) {
  case PROP_PLAYER:
    tpo_video_view_set_player (self, g_value_get_object (value));
    break;
  case PROP_OVERLAY:
    tpo_video_view_set_overlay (self, g_value_get_object (value));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
tpo_video_view_class_init (TpoVideoViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags get = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->dispose = tpo_video_view_dispose;
  object_class->get_property = tpo_video_view_get_property;
  object_class->set_property = tpo_video_view_set_property;
  widget_class->measure = tpo_video_view_measure;
  widget_class->size_allocate = tpo_video_view_size_allocate;
  widget_class->snapshot = tpo_video_view_snapshot;

  properties[PROP_PLAYER] =
      g_param_spec_object ("player", NULL, NULL, TPO_TYPE_PLAYER, get | G_PARAM_WRITABLE);
  properties[PROP_OVERLAY] =
      g_param_spec_object ("overlay", NULL, NULL, GTK_TYPE_WIDGET, get | G_PARAM_WRITABLE);
  properties[PROP_ZOOM] = g_param_spec_double ("zoom", NULL, NULL, 1, MAX_ZOOM, 1, get);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[PICTURE_RECT_CHANGED] =
      g_signal_new ("picture-rect-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                    NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_css_name (widget_class, "videoview");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
add_controllers (TpoVideoView *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkEventController *scroll =
      gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkGesture *zoom = gtk_gesture_zoom_new (), *drag = gtk_gesture_drag_new ();

  g_signal_connect_swapped (motion, "enter", G_CALLBACK (on_motion), self);
  g_signal_connect_swapped (motion, "motion", G_CALLBACK (on_motion), self);
  gtk_widget_add_controller (widget, motion);
  g_signal_connect (scroll, "scroll", G_CALLBACK (on_scroll), self);
  gtk_widget_add_controller (widget, scroll);
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (zoom), GTK_PHASE_CAPTURE);
  g_signal_connect (zoom, "begin", G_CALLBACK (on_zoom_begin), self);
  g_signal_connect (zoom, "scale-changed", G_CALLBACK (on_zoom_scale), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (zoom));
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (drag), GDK_BUTTON_MIDDLE);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (drag));
}

static void
tpo_video_view_init (TpoVideoView *self)
{
  self->zoom = 1;
  self->center_x = self->center_y = 0.5;
  self->player_signals = g_signal_group_new (TPO_TYPE_PLAYER);
  g_signal_group_connect_swapped (self->player_signals, "notify::texture",
                                  G_CALLBACK (gtk_widget_queue_draw), self);
  g_signal_group_connect_swapped (self->player_signals, "video-changed",
                                  G_CALLBACK (on_video_changed), self);
  g_signal_group_connect_swapped (self->player_signals, "notify::position-us",
                                  G_CALLBACK (update_label), self);
  g_signal_group_connect_swapped (self->player_signals, "notify::playing",
                                  G_CALLBACK (update_label), self);
  g_signal_connect (self, "notify::scale-factor", G_CALLBACK (update_rect), NULL);
  gtk_widget_set_hexpand (GTK_WIDGET (self), TRUE);
  gtk_widget_set_vexpand (GTK_WIDGET (self), TRUE);
  add_controllers (self);
}

GtkWidget *
tpo_video_view_new (void)
{
  return g_object_new (TPO_TYPE_VIDEO_VIEW, NULL);
}

void
tpo_video_view_set_player (TpoVideoView *self, TpoPlayer *player)
{
  g_return_if_fail (TPO_IS_VIDEO_VIEW (self));
  g_return_if_fail (player == NULL || TPO_IS_PLAYER (player));
  if (!g_set_object (&self->player, player))
    return;
  g_signal_group_set_target (self->player_signals, player);
  on_video_changed (self);
  update_label (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PLAYER]);
}

TpoPlayer *
tpo_video_view_get_player (TpoVideoView *self)
{
  g_return_val_if_fail (TPO_IS_VIDEO_VIEW (self), NULL);
  return self->player;
}

void
tpo_video_view_set_overlay (TpoVideoView *self, GtkWidget *overlay)
{
  g_return_if_fail (TPO_IS_VIDEO_VIEW (self));
  g_return_if_fail (overlay == NULL || GTK_IS_WIDGET (overlay));
  if (self->overlay == overlay)
    return;
  g_clear_pointer (&self->overlay, gtk_widget_unparent);
  self->overlay = overlay;
  if (overlay != NULL)
    gtk_widget_set_parent (overlay, GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_OVERLAY]);
}

gboolean
tpo_video_view_get_picture_rect (TpoVideoView *self, graphene_rect_t *rect)
{
  g_return_val_if_fail (TPO_IS_VIDEO_VIEW (self), FALSE);
  *rect = self->rect;
  return self->rect.size.width > 0;
}

double
tpo_video_view_get_zoom (TpoVideoView *self)
{
  g_return_val_if_fail (TPO_IS_VIDEO_VIEW (self), 1);
  return self->zoom;
}

void
tpo_video_view_zoom_at (TpoVideoView *self, double factor, double x, double y)
{
  double zoom, grown, picture_x, picture_y;

  g_return_if_fail (TPO_IS_VIDEO_VIEW (self));
  zoom = CLAMP (self->zoom * factor, 1, MAX_ZOOM);
  if (zoom == self->zoom || self->rect.size.width <= 0)
    return;
  /* The point of the picture under (x, y) stays there, so the centre moves towards it. */
  picture_x = (x - self->rect.origin.x) / self->rect.size.width;
  picture_y = (y - self->rect.origin.y) / self->rect.size.height;
  grown = zoom / self->zoom;
  self->center_x = picture_x + (gtk_widget_get_width (GTK_WIDGET (self)) / 2.0 - x) /
                                   (self->rect.size.width * grown);
  self->center_y = picture_y + (gtk_widget_get_height (GTK_WIDGET (self)) / 2.0 - y) /
                                   (self->rect.size.height * grown);
  self->zoom = zoom;
  update_rect (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ZOOM]);
}

void
tpo_video_view_pan (TpoVideoView *self, double dx, double dy)
{
  g_return_if_fail (TPO_IS_VIDEO_VIEW (self));
  if (self->rect.size.width <= 0)
    return;
  self->center_x -= dx / self->rect.size.width;
  self->center_y -= dy / self->rect.size.height;
  update_rect (self);
}

void
tpo_video_view_reset_zoom (TpoVideoView *self)
{
  g_return_if_fail (TPO_IS_VIDEO_VIEW (self));
  if (self->zoom == 1)
    return;
  self->zoom = 1;
  update_rect (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ZOOM]);
}
