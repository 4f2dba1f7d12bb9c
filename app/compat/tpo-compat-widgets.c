#include "config.h"

#include <glib/gi18n.h>

#include "compat/tpo-compat.h"

static const double STEP_PX = 20.0; /* of a touchpad to a step of a wheel */

void
tpo_compat_get_color (GtkWidget *widget, GdkRGBA *color)
{
  g_return_if_fail (GTK_IS_WIDGET (widget));
#if GTK_CHECK_VERSION(4, 10, 0)
  gtk_widget_get_color (widget, color);
#else
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), color);
#endif
}

void
tpo_compat_announce (GtkWidget *widget, const char *message)
{
  g_return_if_fail (GTK_IS_WIDGET (widget));
#if GTK_CHECK_VERSION(4, 14, 0)
  gtk_accessible_announce (GTK_ACCESSIBLE (widget), message,
                           GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
#else
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  message, -1);
#endif
}

void
tpo_compat_name_with_button (GtkWidget *widget, const char *name)
{
  GtkWidget *button;

  g_return_if_fail (GTK_IS_WIDGET (widget) && name != NULL);

  button = gtk_widget_get_first_child (widget);
  g_return_if_fail (GTK_IS_BUTTON (button));
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  -1);
}

/* Of a label that is its child, which says nothing to a button; or without the mark of a mnemonic,
 * which GTK 4.8 reads out. Other buttons with a label have a name, which may say more than that. */
static const char *
find_name (GtkButton *button)
{
  static const struct {
    const char *icon_name, *name;
  } names[] = {
    { "edit-find-symbolic", N_ ("Search") },
    { "go-previous-symbolic", N_ ("Back") },
    { "window-close-symbolic", N_ ("Close") },
  };
  GtkWidget *child = gtk_button_get_child (button);

  if (GTK_IS_LABEL (child))
    return gtk_button_get_label (button) == NULL || gtk_button_get_use_underline (button)
               ? gtk_label_get_text (GTK_LABEL (child))
               : NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_strcmp0 (gtk_button_get_icon_name (button), names[i].icon_name) == 0)
      return _ (names[i].name);
  return NULL;
}

void
tpo_compat_name_buttons (GtkWidget *widget)
{
  const char *name;

  g_return_if_fail (GTK_IS_WIDGET (widget));

  name = GTK_IS_BUTTON (widget) ? find_name (GTK_BUTTON (widget)) : NULL;
  if (name != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    name, -1);
  if (name != NULL && !GTK_IS_LABEL (gtk_button_get_child (GTK_BUTTON (widget))))
    gtk_widget_set_tooltip_text (widget, name);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    tpo_compat_name_buttons (child);
}

static gboolean
on_query_tooltip (GtkWidget *widget, int x, int y, gboolean is_keyboard, GtkTooltip *tooltip)
{
  const char *text = g_object_get_data (G_OBJECT (widget), "tooltip");

  gtk_tooltip_set_text (tooltip, text);
  return text != NULL;
}

void
tpo_compat_set_tooltip (GtkWidget *widget, const char *text)
{
  g_return_if_fail (GTK_IS_WIDGET (widget));

  if (!gtk_widget_get_has_tooltip (widget)) {
    g_signal_connect (widget, "query-tooltip", G_CALLBACK (on_query_tooltip), NULL);
    gtk_widget_set_has_tooltip (widget, TRUE);
  }
  g_object_set_data_full (G_OBJECT (widget), "tooltip", g_strdup (text), g_free);
}

static void
on_children_changed (GListModel *children, guint position, guint n_removed, guint n_added)
{
  for (guint i = position; i < position + n_added; i++) {
    g_autoptr (GtkWidget) child = g_list_model_get_item (children, i);

    tpo_compat_name_buttons (child);
  }
}

void
tpo_compat_name_toasts (AdwToastOverlay *overlay)
{
  GListModel *children;

  g_return_if_fail (ADW_IS_TOAST_OVERLAY (overlay));

  children = gtk_widget_observe_children (GTK_WIDGET (overlay));
  g_signal_connect (children, "items-changed", G_CALLBACK (on_children_changed), NULL);
  g_object_set_data_full (G_OBJECT (overlay), "toasts", children, g_object_unref);
}

char **
tpo_compat_spell_keys (const char *accelerators)
{
  g_auto (GStrv) list = g_strsplit (accelerators, " ", -1);
  g_autoptr (GPtrArray) spelled = g_ptr_array_new ();

  for (guint i = 0; list[i] != NULL; i++) {
    guint keyval;
    GdkModifierType modifiers;

    if (gtk_accelerator_parse (list[i], &keyval, &modifiers) && keyval != 0)
      g_ptr_array_add (spelled, gtk_accelerator_get_label (keyval, modifiers));
  }
  g_ptr_array_add (spelled, NULL);
  return (char **) g_ptr_array_steal (spelled, NULL);
}

gboolean
tpo_compat_drop_rows (GtkListView *view)
{
  GtkWidget *widget = GTK_WIDGET (view), *focus;

  g_return_val_if_fail (GTK_IS_LIST_VIEW (view), FALSE);

  focus = gtk_widget_get_root (widget) != NULL
              ? gtk_root_get_focus (gtk_widget_get_root (widget))
              : NULL;
  if (focus != NULL && gtk_widget_is_ancestor (focus, widget))
    return FALSE;
  gtk_list_view_set_model (view, NULL);
  return TRUE;
}

void
tpo_compat_scroll_steps (GtkEventControllerScroll *controller, double *dx, double *dy)
{
  g_return_if_fail (GTK_IS_EVENT_CONTROLLER_SCROLL (controller));
  g_return_if_fail (dx != NULL && dy != NULL);

  if (gtk_event_controller_scroll_get_unit (controller) != GDK_SCROLL_UNIT_SURFACE)
    return;
  *dx /= STEP_PX;
  *dy /= STEP_PX;
}

void
tpo_compat_find_center (GtkGesture *gesture, double *x, double *y)
{
  GtkWidget *widget;

  g_return_if_fail (GTK_IS_GESTURE (gesture) && x != NULL && y != NULL);

  if (gtk_gesture_is_active (gesture) && gtk_gesture_get_bounding_box_center (gesture, x, y))
    return;
  widget = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture));
  *x = gtk_widget_get_width (widget) / 2.0;
  *y = gtk_widget_get_height (widget) / 2.0;
}
