#include "config.h"

#include "window/divider.h"

#include "widgets/tpo-handle.h"

static const int LARGE_SHARE =
    6; /* of the room: at least this part is the end child's, where the window is large */
static const guint SAVE_AFTER_MS = 500; /* of rest, while it is dragged */

typedef struct {
  GtkPaned *paned;
  GtkWidget *handle;
  int room;     /* the largest position there can be; it changes with the window alone */
  int extra_px; /* wanted for the end child above its least height */
  int least_start_px;
  gboolean is_chosen; /* by the user */
  GSettings *settings;
  const char *key; /* interned */
  guint save_id;
} Divider;

static int
get_wanted (Divider *self)
{
  int least, extra_px = self->extra_px;

  if (!self->is_chosen)
    extra_px = MAX (extra_px, self->room / LARGE_SHARE);
  g_object_get (self->paned, "min-position", &least, NULL);
  least = MAX (least, MIN (self->least_start_px, self->room));
  return MAX (self->room - extra_px, least);
}

static gboolean
save (gpointer user_data)
{
  Divider *self = user_data;

  self->save_id = 0;
  g_settings_set_int (self->settings, self->key, self->extra_px);
  return G_SOURCE_REMOVE;
}

/* The height that the end child cannot do without. */
static int
get_least (Divider *self)
{
  int least;

  gtk_widget_measure (gtk_paned_get_end_child (self->paned), GTK_ORIENTATION_VERTICAL,
                      gtk_widget_get_width (GTK_WIDGET (self->paned)), &least, NULL, NULL,
                      NULL);
  return least;
}

static void
update_handle (Divider *self)
{
  int least = get_least (self), least_position, position;

  g_object_get (self->paned, "min-position", &least_position, "position", &position, NULL);
  tpo_handle_update (TPO_HANDLE (self->handle), least, least + self->room - position,
                     least + self->room - least_position);
}

static void
on_handle_moved (Divider *self, int height)
{
  gtk_paned_set_position (self->paned, self->room - (height - get_least (self)));
}

/* Both numbers change before either is told: a position that comes with other room is none that a
 * user chose. */
static void
on_moved (Divider *self)
{
  int room, position;

  g_object_get (self->paned, "max-position", &room, "position", &position, NULL);
  if (room == G_MAXINT) /* no size yet */
    return;
  if (room != self->room) {
    self->room = room;
    gtk_paned_set_position (self->paned, get_wanted (self));
  } else if (position != get_wanted (self)) {
    self->extra_px = room - position;
    self->least_start_px = 0;
    self->is_chosen = TRUE;
    g_clear_handle_id (&self->save_id, g_source_remove);
    self->save_id = g_timeout_add (SAVE_AFTER_MS, save, self);
  }
  update_handle (self);
}

static void
divider_free (gpointer data)
{
  Divider *self = data;

  if (self->save_id != 0) {
    g_source_remove (self->save_id);
    save (self);
  }
  g_object_unref (self->settings);
  g_free (self);
}

void
tpo_divider_keep_end (GtkPaned *paned, const char *name, int extra_px, int least_start_px,
                      GSettings *settings, const char *key)
{
  Divider *self;
  int chosen_px;

  g_return_if_fail (GTK_IS_PANED (paned) && GTK_IS_OVERLAY (gtk_paned_get_end_child (paned)));
  g_return_if_fail (G_IS_SETTINGS (settings) && key != NULL);

  self = g_new (Divider, 1);
  *self = (Divider){ .paned = paned,
                     .handle = tpo_handle_new (GTK_ORIENTATION_VERTICAL, name, TRUE),
                     .extra_px = extra_px,
                     .least_start_px = least_start_px,
                     .settings = g_object_ref (settings),
                     .key = g_intern_string (key) };
  chosen_px = g_settings_get_int (settings, key);
  if (chosen_px >= 0) {
    self->extra_px = chosen_px;
    self->least_start_px = 0;
    self->is_chosen = TRUE;
  }
  gtk_widget_set_valign (self->handle, GTK_ALIGN_START);
  gtk_overlay_add_overlay (GTK_OVERLAY (gtk_paned_get_end_child (paned)), self->handle);
  g_signal_connect_swapped (self->handle, "moved", G_CALLBACK (on_handle_moved), self);
  g_signal_connect_swapped (paned, "notify::max-position", G_CALLBACK (on_moved), self);
  g_signal_connect_swapped (paned, "notify::position", G_CALLBACK (on_moved), self);
  g_object_set_data_full (G_OBJECT (paned), "divider", self, divider_free);
}
