#include "config.h"

#include "window/tpo-side-pane.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "widgets/char-width.h"
#include "widgets/tpo-handle.h"

static const int SHARE = 5;       /* of the window's width: one part is the pane's */
static const int MOST_SHARE = 3;  /* where the text is large */
static const int LINE_CHARS = 40; /* that a line of it should hold */

struct _TpoSidePane {
  GtkWidget parent_instance;

  GtkWidget *child;  /* nullable */
  GtkWidget *handle; /* over its edge */
  int chosen_width;
};

G_DEFINE_FINAL_TYPE (TpoSidePane, tpo_side_pane, GTK_TYPE_WIDGET)

enum {
  PROP_0,
  PROP_CHOSEN_WIDTH,
  PROP_COUNT
};

static GParamSpec *properties[PROP_COUNT];

static void
on_moved (TpoSidePane *self, int width)
{
  self->chosen_width = width;
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

static void
on_settled (TpoSidePane *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CHOSEN_WIDTH]);
}

/* ---- size -------------------------------------------------------------------------------------- */

static int
get_wanted (TpoSidePane *self)
{
  GtkNative *native = gtk_widget_get_native (GTK_WIDGET (self));
  GdkSurface *surface = native != NULL ? gtk_native_get_surface (native) : NULL;
  int room = surface != NULL ? gdk_surface_get_width (surface) : 0;

  if (self->chosen_width > 0)
    return self->chosen_width;
  return MAX (room / SHARE,
              MIN (room / MOST_SHARE, LINE_CHARS * tpo_char_width (GTK_WIDGET (self))));
}

static GtkSizeRequestMode
tpo_side_pane_get_request_mode (GtkWidget *widget)
{
  TpoSidePane *self = TPO_SIDE_PANE (widget);

  return self->child != NULL ? gtk_widget_get_request_mode (self->child)
                             : GTK_SIZE_REQUEST_CONSTANT_SIZE;
}

static void
tpo_side_pane_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                       int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  TpoSidePane *self = TPO_SIDE_PANE (widget);

  if (self->child != NULL)
    gtk_widget_measure (self->child, orientation, for_size, minimum, natural, minimum_baseline,
                        natural_baseline);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *natural = MAX (*minimum, get_wanted (self));
}

/* What lies beside it keeps its least width. */
static void
update_handle (TpoSidePane *self, int width)
{
  GtkWidget *flap = gtk_widget_get_parent (GTK_WIDGET (self));
  int least, beside;

  gtk_widget_measure (GTK_WIDGET (self), GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL,
                      NULL);
  gtk_widget_measure (adw_flap_get_content (ADW_FLAP (flap)), GTK_ORIENTATION_HORIZONTAL, -1,
                      &beside, NULL, NULL, NULL);
  tpo_handle_update (TPO_HANDLE (self->handle), least, width,
                     gtk_widget_get_width (flap) - beside);
}

static void
tpo_side_pane_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  TpoSidePane *self = TPO_SIDE_PANE (widget);
  gboolean is_rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int handle_x = is_rtl ? width - TPO_HANDLE_PX : 0;

  update_handle (self, width);
  if (self->child != NULL)
    gtk_widget_size_allocate (self->child, &(GtkAllocation){ 0, 0, width, height }, baseline);
  gtk_widget_size_allocate (self->handle,
                            &(GtkAllocation){ handle_x, 0, TPO_HANDLE_PX, height }, -1);
}

/* A window's size is told before it is shared out. */
static void
tpo_side_pane_realize (GtkWidget *widget)
{
  GdkSurface *surface;

  GTK_WIDGET_CLASS (tpo_side_pane_parent_class)->realize (widget);
  surface = gtk_native_get_surface (gtk_widget_get_native (widget));
  g_signal_connect_object (surface, "notify::width", G_CALLBACK (gtk_widget_queue_resize),
                           widget, G_CONNECT_SWAPPED);
}

static void
tpo_side_pane_unrealize (GtkWidget *widget)
{
  g_signal_handlers_disconnect_by_data (gtk_native_get_surface (gtk_widget_get_native (widget)),
                                        widget);
  GTK_WIDGET_CLASS (tpo_side_pane_parent_class)->unrealize (widget);
}

/* ---- object ------------------------------------------------------------------------------------ */

static void
tpo_side_pane_dispose (GObject *object)
{
  TpoSidePane *self = TPO_SIDE_PANE (object);

  g_clear_pointer (&self->child, gtk_widget_unparent);
  g_clear_pointer (&self->handle, gtk_widget_unparent);
  G_OBJECT_CLASS (tpo_side_pane_parent_class)->dispose (object);
}

static void
tpo_side_pane_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_CHOSEN_WIDTH)
    g_value_set_int (value, TPO_SIDE_PANE (object)->chosen_width);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
tpo_side_pane_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_CHOSEN_WIDTH) {
    TPO_SIDE_PANE (object)->chosen_width = g_value_get_int (value);
    gtk_widget_queue_resize (GTK_WIDGET (object));
  } else {
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
tpo_side_pane_class_init (TpoSidePaneClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = tpo_side_pane_dispose;
  object_class->get_property = tpo_side_pane_get_property;
  object_class->set_property = tpo_side_pane_set_property;
  widget_class->get_request_mode = tpo_side_pane_get_request_mode;
  widget_class->measure = tpo_side_pane_measure;
  widget_class->size_allocate = tpo_side_pane_size_allocate;
  widget_class->realize = tpo_side_pane_realize;
  widget_class->unrealize = tpo_side_pane_unrealize;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  properties[PROP_CHOSEN_WIDTH] =
      g_param_spec_int ("chosen-width", NULL, NULL, 0, G_MAXINT, 0,
                        G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, PROP_COUNT, properties);
}

static void
tpo_side_pane_init (TpoSidePane *self)
{
  self->handle =
      tpo_handle_new (GTK_ORIENTATION_HORIZONTAL, _ ("Width of the Conversation"), TRUE);
  g_signal_connect_swapped (self->handle, "moved", G_CALLBACK (on_moved), self);
  g_signal_connect_swapped (self->handle, "settled", G_CALLBACK (on_settled), self);
  gtk_widget_set_parent (self->handle, GTK_WIDGET (self));
}

void
tpo_side_pane_set_child (TpoSidePane *self, GtkWidget *child)
{
  g_return_if_fail (TPO_IS_SIDE_PANE (self) && self->child == NULL);

  self->child = child;
  gtk_widget_insert_before (child, GTK_WIDGET (self), self->handle);
}
