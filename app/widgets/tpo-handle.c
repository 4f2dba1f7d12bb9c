#include "config.h"

#include "widgets/tpo-handle.h"

#include "tpo-widgets-resources.h"
#include "widgets/style.h"

static const int STEP_PX = 12, PAGE_PX = 96;

struct _TpoHandle {
  GtkWidget parent_instance;

  GtkWidget *scale;          /* takes the keys, and tells value and limits to screen readers */
  GtkAdjustment *adjustment; /* of @scale */
  gboolean is_updating, is_dragging;
  double drag_size, drag_at; /* when the drag began, and where it did in the window */
};

G_DEFINE_FINAL_TYPE (TpoHandle, tpo_handle, GTK_TYPE_WIDGET)

enum {
  MOVED,
  SETTLED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static gboolean
is_horizontal (TpoHandle *self)
{
  return gtk_orientable_get_orientation (GTK_ORIENTABLE (self->scale)) ==
         GTK_ORIENTATION_HORIZONTAL;
}

static void
on_value_changed (TpoHandle *self)
{
  if (self->is_updating)
    return;
  g_signal_emit (self, signals[MOVED], 0, (int) gtk_adjustment_get_value (self->adjustment));
  if (!self->is_dragging)
    g_signal_emit (self, signals[SETTLED], 0);
}

/* ---- dragging ---------------------------------------------------------------------------------- */

/* The handle moves with the pointer; the window stays where it is. */
static double
get_window_place (TpoHandle *self, double x, double y)
{
  graphene_point_t point = GRAPHENE_POINT_INIT ((float) x, (float) y);

  if (!gtk_widget_compute_point (GTK_WIDGET (self),
                                 GTK_WIDGET (gtk_widget_get_root (GTK_WIDGET (self))), &point,
                                 &point))
    return 0.0;
  return is_horizontal (self) ? point.x : point.y;
}

/* Whether the part becomes larger to the left, or upwards. */
static gboolean
is_backward (TpoHandle *self)
{
  gboolean is_mirrored =
      is_horizontal (self) && gtk_widget_get_direction (self->scale) == GTK_TEXT_DIR_RTL;

  return gtk_range_get_inverted (GTK_RANGE (self->scale)) != is_mirrored;
}

static void
on_drag_begin (TpoHandle *self, double x, double y, GtkGesture *drag)
{
  gtk_gesture_set_state (drag, GTK_EVENT_SEQUENCE_CLAIMED);
  self->is_dragging = TRUE;
  self->drag_at = get_window_place (self, x, y);
  self->drag_size = gtk_adjustment_get_value (self->adjustment);
}

static void
on_drag_update (TpoHandle *self, double offset_x, double offset_y, GtkGesture *drag)
{
  double x, y, distance;

  gtk_gesture_drag_get_start_point (GTK_GESTURE_DRAG (drag), &x, &y);
  distance = get_window_place (self, x + offset_x, y + offset_y) - self->drag_at;
  gtk_adjustment_set_value (self->adjustment,
                            self->drag_size + (is_backward (self) ? -distance : distance));
}

static void
on_drag_end (TpoHandle *self)
{
  self->is_dragging = FALSE;
  g_signal_emit (self, signals[SETTLED], 0);
}

/* ---- object ------------------------------------------------------------------------------------ */

static void
tpo_handle_dispose (GObject *object)
{
  g_clear_pointer (&TPO_HANDLE (object)->scale, gtk_widget_unparent);
  G_OBJECT_CLASS (tpo_handle_parent_class)->dispose (object);
}

static void
tpo_handle_class_init (TpoHandleClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_handle_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "handle");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  signals[MOVED] = g_signal_new ("moved", TPO_TYPE_HANDLE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  signals[SETTLED] = g_signal_new ("settled", TPO_TYPE_HANDLE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
  /* Naming the resource keeps it in programs that link this folder as a static library. */
  g_assert (tpo_widgets_get_resource () != NULL);
  tpo_style_add (TPO_RESOURCES "/widgets/tpo-widgets.css");
}

static void
tpo_handle_init (TpoHandle *self)
{
}

GtkWidget *
tpo_handle_new (GtkOrientation orientation, const char *name, gboolean is_before)
{
  TpoHandle *self = g_object_new (TPO_TYPE_HANDLE, NULL);
  GtkGesture *drag = gtk_gesture_drag_new ();
  gboolean is_width = orientation == GTK_ORIENTATION_HORIZONTAL;

  self->scale = gtk_scale_new (orientation, NULL);
  self->adjustment = gtk_range_get_adjustment (GTK_RANGE (self->scale));
  /* A part that comes after it becomes larger to the left, or upwards. */
  gtk_range_set_inverted (GTK_RANGE (self->scale), is_before);
  gtk_widget_set_can_target (self->scale, FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->scale), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  name, -1);
  gtk_widget_set_parent (self->scale, GTK_WIDGET (self));
  g_signal_connect_swapped (self->adjustment, "value-changed", G_CALLBACK (on_value_changed),
                            self);
  gtk_widget_set_size_request (GTK_WIDGET (self), is_width ? TPO_HANDLE_PX : -1,
                               is_width ? -1 : TPO_HANDLE_PX);
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), is_width ? "col-resize" : "row-resize");
  g_signal_connect_swapped (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect_swapped (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect_swapped (drag, "drag-end", G_CALLBACK (on_drag_end), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  return GTK_WIDGET (self);
}

void
tpo_handle_update (TpoHandle *self, int least, int size, int most)
{
  g_return_if_fail (TPO_IS_HANDLE (self));

  self->is_updating = TRUE;
  gtk_adjustment_configure (self->adjustment, size, MIN (least, size), MAX (size, most),
                            STEP_PX, PAGE_PX, 0.0);
  self->is_updating = FALSE;
}
