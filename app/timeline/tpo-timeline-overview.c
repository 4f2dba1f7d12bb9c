#include "config.h"

#include "timeline/tpo-timeline-overview.h"

#include <glib/gi18n.h>

#include "compat/tpo-compat.h"

static const int HEIGHT_PX = 14;
static const double KEY_SHARE = 0.25; /* of the stretch in sight, that a key moves it by */

struct _TpoTimelineOverview {
  GtkWidget parent_instance;

  TpoTimelineParts *parts;
  guint show_id;  /* idle source, or 0 */
  double grabbed; /* where in the framed stretch it was grabbed, 0 … 1 */
};

G_DEFINE_FINAL_TYPE (TpoTimelineOverview, tpo_timeline_overview, GTK_TYPE_WIDGET)

static double
x_of (TpoTimelineOverview *self, gint64 time_us)
{
  return (double) time_us / (double) tpo_timeline_model_get_duration (self->parts->model) *
         gtk_widget_get_width (GTK_WIDGET (self));
}

/* Not at once: the timeline may be in the middle of being laid out. */
static gboolean
show_or_hide (gpointer user_data)
{
  TpoTimelineOverview *self = user_data;
  TpoTimelineModel *model = self->parts->model;

  self->show_id = 0;
  gtk_widget_set_visible (GTK_WIDGET (self), tpo_timeline_model_get_start (model) > 0 ||
                                                 tpo_timeline_model_get_end (model) <
                                                     tpo_timeline_model_get_duration (model));
  return G_SOURCE_REMOVE;
}

static void
on_model_changed (TpoTimelineOverview *self)
{
  TpoTimelineModel *model = self->parts->model;
  g_autofree char *start = tpo_player_format_time (tpo_timeline_model_get_start (model));
  g_autofree char *end = tpo_player_format_time (tpo_timeline_model_get_end (model));
  /* Translators: spoken: two times */
  g_autofree char *text = g_strdup_printf (_ ("%s to %s"), start, end);

  gtk_accessible_update_property (
      GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_VALUE_MIN, 0.0,
      GTK_ACCESSIBLE_PROPERTY_VALUE_MAX,
      (double) tpo_timeline_model_get_duration (model) / G_USEC_PER_SEC,
      GTK_ACCESSIBLE_PROPERTY_VALUE_NOW,
      (double) tpo_timeline_model_get_start (model) / G_USEC_PER_SEC,
      GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  if (self->show_id == 0)
    self->show_id = g_idle_add (show_or_hide, self);
}

/* ---- moving ------------------------------------------------------------------------------------------ */

static void
show_at (TpoTimelineOverview *self, double x)
{
  TpoTimelineModel *model = self->parts->model;
  double start = x_of (self, tpo_timeline_model_get_start (model));
  double end = x_of (self, tpo_timeline_model_get_end (model));
  double shift = x - self->grabbed * (end - start) - start;
  double per_px = (double) tpo_timeline_model_get_duration (model) /
                  MAX (1, gtk_widget_get_width (GTK_WIDGET (self)));

  tpo_timeline_model_scroll (model, shift * per_px / tpo_timeline_model_get_us_per_px (model));
}

/* Beside the framed stretch it comes to the pointer with its middle. */
static void
on_drag_begin (TpoTimelineOverview *self, double x, double y)
{
  double start = x_of (self, tpo_timeline_model_get_start (self->parts->model));
  double end = x_of (self, tpo_timeline_model_get_end (self->parts->model));

  self->grabbed = x >= start && x <= end && end > start ? (x - start) / (end - start) : 0.5;
  show_at (self, x);
}

static void
on_drag_update (TpoTimelineOverview *self, double dx, double dy, GtkGestureDrag *drag)
{
  double x, y;

  gtk_gesture_drag_get_start_point (drag, &x, &y);
  show_at (self, x + dx);
}

static gboolean
on_key (TpoTimelineOverview *self, guint key, guint code, GdkModifierType state)
{
  double page = KEY_SHARE * tpo_timeline_model_get_width (self->parts->model);

  if ((key != GDK_KEY_Left && key != GDK_KEY_Right) ||
      (state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SHIFT_MASK)))
    return FALSE;
  tpo_timeline_model_scroll (self->parts->model, key == GDK_KEY_Left ? -page : page);
  return TRUE;
}

/* ---- drawing ------------------------------------------------------------------------------------------- */

/* At most one line in a pixel, however many labels there are. */
static void
append_labels (TpoTimelineOverview *self, GtkSnapshot *snapshot, int height,
               const GdkRGBA *color)
{
  GArray *edges = tpo_timeline_rows_get_edges (self->parts->rows);
  int width = gtk_widget_get_width (GTK_WIDGET (self));
  gint64 duration_us = tpo_timeline_model_get_duration (self->parts->model);
  gint64 edge_us = -1;

  for (int x = 0; x < width; x++) {
    gint64 from_us = duration_us * x / width;

    if (edge_us < from_us)
      edge_us = tpo_edges_next (edges, from_us - 1, TRUE);
    if (edge_us < 0)
      break;
    if (edge_us < duration_us * (x + 1) / width)
      gtk_snapshot_append_color (snapshot, color,
                                 &GRAPHENE_RECT_INIT ((float) x, 3, 1, (float) height - 6));
  }
}

static void
tpo_timeline_overview_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  static const GdkRGBA frame = { 0.21f, 0.52f, 0.89f, 0.35f };
  TpoTimelineOverview *self = TPO_TIMELINE_OVERVIEW (widget);
  int height = gtk_widget_get_height (widget);
  double start = x_of (self, tpo_timeline_model_get_start (self->parts->model));
  double end = x_of (self, tpo_timeline_model_get_end (self->parts->model));
  GdkRGBA color;

  tpo_compat_get_color (widget, &color);
  color.alpha *= 0.4f;
  append_labels (self, snapshot, height, &color);
  gtk_snapshot_append_color (
      snapshot, &frame,
      &GRAPHENE_RECT_INIT ((float) start, 0, (float) MAX (3.0, end - start), (float) height));
}

static void
tpo_timeline_overview_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                               int *minimum, int *natural, int *minimum_baseline,
                               int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_VERTICAL ? HEIGHT_PX : 1;
  *minimum_baseline = *natural_baseline = -1;
}

/* ---- object ---------------------------------------------------------------------------------------------- */

static void
tpo_timeline_overview_dispose (GObject *object)
{
  TpoTimelineOverview *self = TPO_TIMELINE_OVERVIEW (object);

  g_clear_handle_id (&self->show_id, g_source_remove);
  g_clear_pointer (&self->parts, tpo_timeline_parts_unref);
  G_OBJECT_CLASS (tpo_timeline_overview_parent_class)->dispose (object);
}

static void
tpo_timeline_overview_class_init (TpoTimelineOverviewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_timeline_overview_dispose;
  widget_class->snapshot = tpo_timeline_overview_snapshot;
  widget_class->measure = tpo_timeline_overview_measure;
  gtk_widget_class_set_css_name (widget_class, "timeline-overview");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_SLIDER);
}

static void
tpo_timeline_overview_init (TpoTimelineOverview *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  g_signal_connect_swapped (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect_swapped (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Stretch that the timeline shows"), -1);
}

GtkWidget *
tpo_timeline_overview_new (TpoTimelineParts *parts)
{
  TpoTimelineOverview *self = g_object_new (TPO_TYPE_TIMELINE_OVERVIEW, NULL);

  self->parts = tpo_timeline_parts_ref (parts);
  g_signal_connect_object (parts->model, "changed", G_CALLBACK (on_model_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (parts->rows, "changed", G_CALLBACK (gtk_widget_queue_draw), self,
                           G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}
