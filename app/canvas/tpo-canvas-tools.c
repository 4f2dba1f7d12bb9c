#include "config.h"

#include <glib/gi18n.h>

#include "canvas/tpo-canvas-private.h"

#define TPO_TYPE_CANVAS_TOOLS (tpo_canvas_tools_get_type ())
G_DECLARE_FINAL_TYPE (TpoCanvasTools, tpo_canvas_tools, TPO, CANVAS_TOOLS, GtkWidget)

struct _TpoCanvasTools {
  GtkWidget parent_instance;

  GActionGroup *actions;
  GtkWidget *size_button, *size_label, *size_number;
  GtkAdjustment *size, *smoothing;
};

G_DEFINE_FINAL_TYPE (TpoCanvasTools, tpo_canvas_tools, GTK_TYPE_WIDGET)

static void
on_size_moved (TpoCanvasTools *self)
{
  g_action_group_change_action_state (
      self->actions, "brush-size",
      g_variant_new_int32 ((gint32) (gtk_adjustment_get_value (self->size) + 0.5)));
}

static void
on_smoothing_moved (TpoCanvasTools *self)
{
  g_action_group_change_action_state (
      self->actions, "smoothing",
      g_variant_new_int32 ((gint32) (gtk_adjustment_get_value (self->smoothing) + 0.5)));
}

/* The size matters to brush and eraser alone. */
static void
on_state (TpoCanvasTools *self)
{
  g_autoptr (GVariant) tool = g_action_group_get_action_state (self->actions, "tool");
  g_autoptr (GVariant) size = g_action_group_get_action_state (self->actions, "brush-size");
  const char *name = g_variant_get_string (tool, NULL);
  /* Translators: the diameter of a brush in pixels */
  g_autofree char *text = g_strdup_printf (_ ("%d px"), g_variant_get_int32 (size));
  g_autofree char *number = g_variant_print (size, FALSE);

  gtk_label_set_text (GTK_LABEL (self->size_label), text);
  gtk_label_set_text (GTK_LABEL (self->size_number), number);
  gtk_adjustment_set_value (self->size, g_variant_get_int32 (size));
  gtk_widget_set_visible (self->size_button,
                          g_str_equal (name, "brush") || g_str_equal (name, "eraser"));
}

static void
tpo_canvas_tools_dispose (GObject *object)
{
  TpoCanvasTools *self = TPO_CANVAS_TOOLS (object);
  GtkWidget *child;

  g_clear_object (&self->actions);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (tpo_canvas_tools_parent_class)->dispose (object);
}

static void
tpo_canvas_tools_class_init (TpoCanvasToolsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_canvas_tools_dispose;
  gtk_widget_class_set_css_name (widget_class, "canvastools");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_TOOLBAR);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               TPO_RESOURCES "/canvas/tpo-canvas-tools.ui");
  gtk_widget_class_bind_template_child (widget_class, TpoCanvasTools, size_button);
  gtk_widget_class_bind_template_child (widget_class, TpoCanvasTools, size_label);
  gtk_widget_class_bind_template_child (widget_class, TpoCanvasTools, size_number);
  gtk_widget_class_bind_template_child (widget_class, TpoCanvasTools, size);
  gtk_widget_class_bind_template_child (widget_class, TpoCanvasTools, smoothing);
}

static void
tpo_canvas_tools_init (TpoCanvasTools *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  /* It lies on the picture, so it is dark in every scheme. */
  gtk_widget_add_css_class (GTK_WIDGET (self), "osd");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Tools for the picture"), -1);
}

GtkWidget *
tpo_canvas_tools_new (TpoCanvas *canvas)
{
  TpoCanvasTools *self;

  g_return_val_if_fail (TPO_IS_CANVAS (canvas), NULL);

  self = g_object_new (TPO_TYPE_CANVAS_TOOLS, NULL);
  self->actions = g_object_ref (tpo_canvas_get_actions (canvas));
  gtk_widget_insert_action_group (GTK_WIDGET (self), "canvas", self->actions);
  g_signal_connect_object (self->actions, "action-state-changed", G_CALLBACK (on_state), self,
                           G_CONNECT_SWAPPED);
  on_state (self);
  g_set_weak_pointer (&canvas->tools, GTK_WIDGET (self));
  g_signal_connect_object (self->size_button, "notify::visible",
                           G_CALLBACK (gtk_widget_queue_allocate), canvas, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->size, "value-changed", G_CALLBACK (on_size_moved), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->smoothing, "value-changed", G_CALLBACK (on_smoothing_moved),
                           self, G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}
