#include "config.h"

#include <glib/gi18n.h>

#include "widgets/char-width.h"
#include "window/tpo-window-private.h"

/* Messages that come and go. */

/* Around the text of a message, and around that of its button. */
static const int EDGES_PX = 110, BUTTON_PX = 40;
static const guint CHARS_PER_S = 12; /* as they are read */

/* A toast is as wide as its text wants to be, beyond the window too. */
static void
fit (GtkWidget *label)
{
  tpo_label_fit (label, label,
                 GPOINTER_TO_INT (g_object_get_data (G_OBJECT (label), "taken-px")));
}

static void
on_realized (GtkWidget *label)
{
  g_signal_connect_object (gtk_native_get_surface (gtk_widget_get_native (label)),
                           "notify::width", G_CALLBACK (fit), label, G_CONNECT_SWAPPED);
  fit (label);
}

/* On as many lines as it needs: a toast's own title is cut off at the end of the first. */
static GtkWidget *
toast_label_new (TpoWindow *self, const char *text, const char *button)
{
  GtkWidget *label = gtk_label_new (text);
  int taken_px = EDGES_PX;

  if (button != NULL)
    taken_px += BUTTON_PX + (int) g_utf8_strlen (button, -1) * tpo_char_width (self->toasts);
  g_object_set_data (G_OBJECT (label), "taken-px", GINT_TO_POINTER (taken_px));
  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_widget_add_css_class (label, "heading");
  g_signal_connect (label, "realize", G_CALLBACK (on_realized), NULL);
  return label;
}

/* Seconds to notice and read it, and to press the button. */
static guint
reading_time (const char *text, gboolean has_button)
{
  return MAX (has_button ? 9 : 5, 2 + (guint) g_utf8_strlen (text, -1) / CHARS_PER_S);
}

void
tpo_window_toast_button (TpoWindow *self, const char *text, const char *label,
                         const char *action)
{
  GtkWidget *said = self->toast != NULL ? adw_toast_get_custom_title (self->toast) : NULL;
  AdwToast *toast;

  /* What is still being said need not be said again. */
  if (said != NULL && g_strcmp0 (gtk_label_get_text (GTK_LABEL (said)), text) == 0)
    return;
  toast = adw_toast_new ("");
  adw_toast_set_custom_title (toast, toast_label_new (self, text, label));
  g_set_weak_pointer (&self->toast, toast);
  if (label != NULL) {
    adw_toast_set_button_label (toast, label);
    adw_toast_set_action_name (toast, action);
  }
  adw_toast_set_timeout (toast, reading_time (text, label != NULL));
  adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (self->toasts), toast);
}

void
tpo_window_toast (TpoWindow *self, const char *text, gboolean with_undo)
{
  tpo_window_toast_button (self, text, with_undo ? _ ("_Undo") : NULL, "win.undo");
}
