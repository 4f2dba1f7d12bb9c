#include "config.h"

#include "timeline/tpo-table-cell.h"

struct _TpoTableCell {
  GtkWidget parent_instance;

  GtkWidget *entry; /* while it is edited; nullable */
  GtkWidget *left;  /* the one before, that the focus has left; nullable */
  guint left_id;    /* idle source, or 0 */
  char *name;
  char *text; /* nullable: none yet */
  gboolean is_editable;
};

G_DEFINE_FINAL_TYPE (TpoTableCell, tpo_table_cell, GTK_TYPE_WIDGET)

enum {
  EDITED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static gboolean
drop_left (gpointer user_data)
{
  TpoTableCell *self = user_data;

  self->left_id = 0;
  /* The focus left with the whole window. */
  if (gtk_widget_is_focus (self->left))
    gtk_widget_grab_focus (GTK_WIDGET (self));
  g_clear_pointer (&self->left, gtk_widget_unparent);
  gtk_widget_queue_draw (gtk_widget_get_parent (GTK_WIDGET (self)));
  return G_SOURCE_REMOVE;
}

/*
 * The entry stays until GTK is done with what made it end: while it tells of the focus it goes on from the
 * one that has lost it to that one's parents, and never ends without them.
 */
static void
stop (TpoTableCell *self, gboolean is_kept)
{
  g_autofree char *text = NULL;

  if (self->entry == NULL)
    return;
  if (self->left_id != 0)
    g_source_remove (self->left_id);
  g_clear_pointer (&self->left, gtk_widget_unparent);
  self->left = g_steal_pointer (&self->entry);
  self->left_id = g_idle_add_full (G_PRIORITY_DEFAULT, drop_left, self, NULL);
  text = g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->left)));
  if (is_kept)
    g_signal_emit (self, signals[EDITED], 0, text);
}

static void
on_activate (TpoTableCell *self)
{
  stop (self, TRUE);
}

static void
on_leave (TpoTableCell *self)
{
  stop (self, TRUE);
}

static gboolean
on_entry_key (TpoTableCell *self, guint key)
{
  if (key != GDK_KEY_Escape)
    return FALSE;
  stop (self, FALSE);
  return TRUE;
}

static void
start (TpoTableCell *self)
{
  GtkEventController *focus, *keys;

  if (!self->is_editable || self->entry != NULL)
    return;
  focus = gtk_event_controller_focus_new ();
  keys = gtk_event_controller_key_new ();
  self->entry = gtk_text_new ();
  gtk_editable_set_text (GTK_EDITABLE (self->entry), self->text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  self->name, -1);
  g_signal_connect_swapped (self->entry, "activate", G_CALLBACK (on_activate), self);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (self->entry, focus);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_entry_key), self);
  gtk_widget_add_controller (self->entry, keys);
  gtk_widget_set_parent (self->entry, GTK_WIDGET (self));
  gtk_widget_grab_focus (self->entry);
  gtk_widget_queue_draw (gtk_widget_get_parent (GTK_WIDGET (self)));
}

static void
on_pressed (TpoTableCell *self, int n_presses)
{
  if (n_presses == 2)
    start (self);
}

/* The row takes the focus when it is pressed; the cell has it then, so that keys edit it. */
static void
on_released (TpoTableCell *self)
{
  if (self->entry == NULL)
    gtk_widget_grab_focus (GTK_WIDGET (self));
}

static gboolean
on_edit_key (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  start (TPO_TABLE_CELL (widget));
  return TRUE;
}

/* ---- layout ----------------------------------------------------------------------------------------- */

static void
tpo_table_cell_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                        int *minimum, int *natural, int *minimum_baseline,
                        int *natural_baseline)
{
  TpoTableCell *self = TPO_TABLE_CELL (widget);
  int size = 1;

  *minimum_baseline = *natural_baseline = -1;
  if (self->entry != NULL)
    gtk_widget_measure (self->entry, orientation, -1, &size, NULL, NULL, NULL);
  *minimum = *natural = size;
}

static void
tpo_table_cell_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  TpoTableCell *self = TPO_TABLE_CELL (widget);

  if (self->entry != NULL)
    gtk_widget_size_allocate (self->entry, &(GtkAllocation){ 0, 0, width, height }, -1);
}

/* ---- object -------------------------------------------------------------------------------------------- */

static void
tpo_table_cell_dispose (GObject *object)
{
  TpoTableCell *self = TPO_TABLE_CELL (object);

  g_clear_handle_id (&self->left_id, g_source_remove);
  g_clear_pointer (&self->left, gtk_widget_unparent);
  g_clear_pointer (&self->entry, gtk_widget_unparent);
  G_OBJECT_CLASS (tpo_table_cell_parent_class)->dispose (object);
}

static void
tpo_table_cell_finalize (GObject *object)
{
  g_free (TPO_TABLE_CELL (object)->name);
  g_free (TPO_TABLE_CELL (object)->text);
  G_OBJECT_CLASS (tpo_table_cell_parent_class)->finalize (object);
}

static void
tpo_table_cell_class_init (TpoTableCellClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_table_cell_dispose;
  G_OBJECT_CLASS (klass)->finalize = tpo_table_cell_finalize;
  signals[EDITED] = g_signal_new ("edited", TPO_TYPE_TABLE_CELL, G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_F2, 0, on_edit_key, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Return, 0, on_edit_key, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_KP_Enter, 0, on_edit_key, NULL);
  widget_class->measure = tpo_table_cell_measure;
  widget_class->size_allocate = tpo_table_cell_size_allocate;
  gtk_widget_class_set_css_name (widget_class, "table-cell");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GRID_CELL);
}

static void
tpo_table_cell_init (TpoTableCell *self)
{
}

GtkWidget *
tpo_table_cell_new (const char *name, gboolean is_editable)
{
  TpoTableCell *self = g_object_new (TPO_TYPE_TABLE_CELL, NULL);

  self->name = g_strdup (name);
  self->is_editable = is_editable;
  gtk_widget_set_focusable (GTK_WIDGET (self), is_editable);
  if (is_editable) {
    GtkGesture *click = gtk_gesture_click_new ();

    g_signal_connect_swapped (click, "pressed", G_CALLBACK (on_pressed), self);
    g_signal_connect_swapped (click, "released", G_CALLBACK (on_released), self);
    gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  }
  return GTK_WIDGET (self);
}

void
tpo_table_cell_set_text (TpoTableCell *self, const char *text)
{
  g_autofree char *spoken = NULL;

  g_return_if_fail (TPO_IS_TABLE_CELL (self) && text != NULL);

  if (g_strcmp0 (self->text, text) == 0)
    return;
  g_free (self->text);
  self->text = g_strdup (text);
  spoken = g_strdup_printf ("%s: %s", self->name, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken,
                                  -1);
}

gboolean
tpo_table_cell_is_editing (TpoTableCell *self)
{
  g_return_val_if_fail (TPO_IS_TABLE_CELL (self), FALSE);

  return self->entry != NULL;
}
