#include "config.h"

#include "timeline/tpo-timeline-ruler.h"

#include <glib/gi18n.h>

#include "compat/tpo-compat.h"

static const double LABEL_EVERY_PX = 90.0, LABEL_MARGIN_PX = 4.0;
static const int SUBDIVISIONS = 5;

struct _TpoTimelineRuler {
  GtkWidget parent_instance;

  TpoTimelineModel *model;
  TpoPlayer *player;
};

G_DEFINE_FINAL_TYPE (TpoTimelineRuler, tpo_timeline_ruler, GTK_TYPE_WIDGET)

static void
append_label (GtkWidget *widget, GtkSnapshot *snapshot, gint64 time_us, double x,
              const GdkRGBA *color)
{
  g_autofree char *text = tpo_player_format_time (time_us);
  g_autoptr (PangoLayout) layout = NULL;
  int width;

  /* Whole seconds need no thousandths. */
  if (time_us % G_USEC_PER_SEC == 0 && g_str_has_suffix (text, ".000"))
    text[strlen (text) - 4] = '\0';
  layout = gtk_widget_create_pango_layout (widget, text);
  pango_layout_get_pixel_size (layout, &width, NULL);
  if (x + LABEL_MARGIN_PX + width >
      gtk_widget_get_width (widget)) /* half a number says nothing */
    return;
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) (x + LABEL_MARGIN_PX), 2.0f));
  gtk_snapshot_append_layout (snapshot, layout, color);
  gtk_snapshot_restore (snapshot);
}

/* Of one label from the next: room for the longest, however large the text is. */
static double
get_label_distance (TpoTimelineRuler *self)
{
  g_autofree char *text = tpo_player_format_time (tpo_timeline_model_get_end (self->model));
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  int width;

  pango_layout_get_pixel_size (layout, &width, NULL);
  return MAX (LABEL_EVERY_PX, width + 3.0 * LABEL_MARGIN_PX);
}

static void
tpo_timeline_ruler_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  TpoTimelineRuler *self = TPO_TIMELINE_RULER (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  gint64 tick_us = tpo_timeline_model_tick (self->model, get_label_distance (self));
  gint64 minor_us = MAX (1, tick_us / SUBDIVISIONS);
  gint64 end_us = tpo_timeline_model_get_end (self->model);
  gint64 time_us = tpo_timeline_model_get_start (self->model) / minor_us * minor_us;
  GdkRGBA color, faint;

  tpo_compat_get_color (widget, &color);
  faint = color;
  faint.alpha *= 0.35f;
  gtk_snapshot_push_clip (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  for (; time_us <= end_us; time_us += minor_us) {
    double x = tpo_timeline_model_time_to_x (self->model, time_us);
    gboolean is_major = time_us % tick_us == 0;
    int length = is_major ? height : height / 4;

    gtk_snapshot_append_color (
        snapshot, &faint,
        &GRAPHENE_RECT_INIT ((float) x, (float) (height - length), 1, length));
    if (is_major)
      append_label (widget, snapshot, time_us, x, &color);
  }
  gtk_snapshot_pop (snapshot);
}

static void
tpo_timeline_ruler_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                            int *minimum, int *natural, int *minimum_baseline,
                            int *natural_baseline)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (widget, "0");
  int height;

  pango_layout_get_pixel_size (layout, NULL, &height);
  *minimum = *natural = orientation == GTK_ORIENTATION_VERTICAL ? MAX (24, height + 8) : 1;
  *minimum_baseline = *natural_baseline = -1;
}

static void
on_scrub (TpoTimelineRuler *self, double x)
{
  tpo_player_scrub (self->player, tpo_timeline_model_x_to_time (self->model, x));
}

static void
on_drag_begin (TpoTimelineRuler *self, double x, double y)
{
  on_scrub (self, x);
}

static void
on_drag_update (TpoTimelineRuler *self, double dx, double dy, GtkGestureDrag *drag)
{
  double x, y;

  gtk_gesture_drag_get_start_point (drag, &x, &y);
  on_scrub (self, x + dx);
}

static void
on_drag_end (TpoTimelineRuler *self, double dx, double dy, GtkGestureDrag *drag)
{
  double x, y;

  gtk_gesture_drag_get_start_point (drag, &x, &y);
  tpo_player_seek (self->player, tpo_timeline_model_x_to_time (self->model, x + dx));
}

static void
on_position_changed (TpoTimelineRuler *self)
{
  gint64 position_us = tpo_player_get_position_us (self->player);
  g_autofree char *text = tpo_player_format_time (position_us);

  if (tpo_player_get_playing (self->player))
    return;
  gtk_accessible_update_property (
      GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_VALUE_NOW,
      (double) position_us / G_USEC_PER_SEC, GTK_ACCESSIBLE_PROPERTY_VALUE_MIN, 0.0,
      GTK_ACCESSIBLE_PROPERTY_VALUE_MAX,
      (double) tpo_player_get_duration_us (self->player) / G_USEC_PER_SEC,
      GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text, -1);
}

static void
tpo_timeline_ruler_dispose (GObject *object)
{
  TpoTimelineRuler *self = TPO_TIMELINE_RULER (object);

  g_clear_object (&self->model);
  g_clear_object (&self->player);
  G_OBJECT_CLASS (tpo_timeline_ruler_parent_class)->dispose (object);
}

static void
tpo_timeline_ruler_class_init (TpoTimelineRulerClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_timeline_ruler_dispose;
  widget_class->snapshot = tpo_timeline_ruler_snapshot;
  widget_class->measure = tpo_timeline_ruler_measure;
  gtk_widget_class_set_css_name (widget_class, "timeline-ruler");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_SLIDER);
}

static void
tpo_timeline_ruler_init (TpoTimelineRuler *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();

  g_signal_connect_swapped (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect_swapped (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect_swapped (drag, "drag-end", G_CALLBACK (on_drag_end), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Play position"), -1);
}

GtkWidget *
tpo_timeline_ruler_new (TpoTimelineModel *model, TpoPlayer *player)
{
  TpoTimelineRuler *self = g_object_new (TPO_TYPE_TIMELINE_RULER, NULL);

  self->model = g_object_ref (model);
  self->player = g_object_ref (player);
  g_signal_connect_object (model, "changed", G_CALLBACK (gtk_widget_queue_draw), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (player, "notify::position-us", G_CALLBACK (on_position_changed),
                           self, G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}
