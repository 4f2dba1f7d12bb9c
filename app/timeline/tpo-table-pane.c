#include "config.h"

#include "timeline/tpo-table-pane.h"

#include <glib/gi18n.h>

#include "timeline/table-header.h"
#include "timeline/tpo-table-row.h"

static const guint MOST_FILLED = 3; /* rows that get their cells in a frame */

struct _TpoTablePane {
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkWidget *header; /* the titles: a column view without rows */
  GtkWidget *view;   /* the rows */
  GtkWidget *scrollbar;
  TpoTableRowParts parts;
  GHashTable *rows; /* GtkListItem of each TpoTableRow */
  guint fill_id;    /* tick callback, or 0 */
  guint n_looks;    /* that it takes until rows that were bound are where they belong */
};

G_DEFINE_FINAL_TYPE (TpoTablePane, tpo_table_pane, GTK_TYPE_WIDGET)

/* ---- rows -------------------------------------------------------------------------------------------- */

static TpoTableRow *
row_of (GtkListItem *item)
{
  return TPO_TABLE_ROW (gtk_list_item_get_child (item));
}

static gboolean
is_in_sight (TpoTablePane *self, GtkWidget *row)
{
  graphene_rect_t at;

  return gtk_widget_get_mapped (row) && gtk_widget_compute_bounds (row, self->view, &at) &&
         at.origin.y < (float) gtk_widget_get_height (self->view) &&
         at.origin.y + at.size.height > 0.0f;
}

/* Not while the rows are given their places, which it takes some room from. */
static void
show_scrollbar (TpoTablePane *self)
{
  GtkAdjustment *adjustment = gtk_scrollbar_get_adjustment (GTK_SCROLLBAR (self->scrollbar));

  gtk_widget_set_visible (self->scrollbar, gtk_adjustment_get_upper (adjustment) >
                                               gtk_adjustment_get_page_size (adjustment));
}

static gboolean
on_fill (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  TpoTablePane *self = TPO_TABLE_PANE (widget);
  guint n_filled = 0;
  GHashTableIter iter;
  gpointer item;

  show_scrollbar (self);
  g_hash_table_iter_init (&iter, self->rows);
  while (n_filled < MOST_FILLED && g_hash_table_iter_next (&iter, &item, NULL))
    if (is_in_sight (self, GTK_WIDGET (row_of (item))) && tpo_table_row_fill (row_of (item)))
      n_filled++;
  if (n_filled > 0 || self->n_looks > 0) {
    self->n_looks -= self->n_looks > 0 ? 1 : 0;
    return G_SOURCE_CONTINUE;
  }
  self->fill_id = 0;
  return G_SOURCE_REMOVE;
}

/* Rows that have come into sight get cells, once they are where they belong. */
static void
queue_fill (TpoTablePane *self)
{
  self->n_looks = 2;
  if (self->fill_id == 0)
    self->fill_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_fill, NULL, NULL);
}

static void
on_setup (TpoTablePane *self, GtkListItem *item)
{
  GtkWidget *row = tpo_table_row_new (&self->parts);

  g_hash_table_add (self->rows, item);
  gtk_list_item_set_child (item, row);
}

static void
on_teardown (TpoTablePane *self, GtkListItem *item)
{
  g_hash_table_remove (self->rows, item);
}

/* Where rows come and go before it, a row is bound once more to what it has. */
static void
on_bind (TpoTablePane *self, GtkListItem *item)
{
  tpo_table_row_set_annotation (row_of (item), gtk_list_item_get_item (item));
  queue_fill (self);
}

/* ---- columns ------------------------------------------------------------------------------------------ */

static void
on_columns_changed (TpoTablePane *self)
{
  GHashTableIter iter;
  gpointer item;

  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, &item, NULL)) {
    gtk_widget_queue_resize (gtk_list_item_get_child (item));
    gtk_widget_queue_draw (gtk_list_item_get_child (item));
  }
}

/* ---- object -------------------------------------------------------------------------------------------- */

static void
tpo_table_pane_dispose (GObject *object)
{
  TpoTablePane *self = TPO_TABLE_PANE (object);

  if (self->fill_id != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->fill_id);
  self->fill_id = 0;
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_hash_table_remove_all (self->rows);
  g_clear_object (&self->parts.document);
  G_OBJECT_CLASS (tpo_table_pane_parent_class)->dispose (object);
}

static void
tpo_table_pane_finalize (GObject *object)
{
  g_hash_table_unref (TPO_TABLE_PANE (object)->rows);
  G_OBJECT_CLASS (tpo_table_pane_parent_class)->finalize (object);
}

static void
tpo_table_pane_system_setting_changed (GtkWidget *widget, GtkSystemSetting setting)
{
  GTK_WIDGET_CLASS (tpo_table_pane_parent_class)->system_setting_changed (widget, setting);
  tpo_table_header_set_widths (&TPO_TABLE_PANE (widget)->parts);
}

static void
tpo_table_pane_class_init (TpoTablePaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_table_pane_dispose;
  G_OBJECT_CLASS (klass)->finalize = tpo_table_pane_finalize;
  widget_class->system_setting_changed = tpo_table_pane_system_setting_changed;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

/*
 * The titles stay while the rows below them are scrolled; both are scrolled sideways together. The
 * bar that scrolls the rows is beside both, so that they are equally wide.
 */
static void
add_table (TpoTablePane *self)
{
  GtkWidget *across = gtk_scrolled_window_new (), *down = gtk_scrolled_window_new ();
  GtkWidget *viewport = gtk_viewport_new (NULL, NULL);
  GtkWidget *both = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *table = g_object_new (GTK_TYPE_BOX, "orientation", GTK_ORIENTATION_VERTICAL,
                                   "accessible-role", GTK_ACCESSIBLE_ROLE_TABLE, NULL);
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkAdjustment *adjustment;

  gtk_accessible_update_property (GTK_ACCESSIBLE (table), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Labels"), -1);
  self->header = tpo_table_header_new (&self->parts);
  self->view = gtk_list_view_new (NULL, factory);
  gtk_widget_set_vexpand (self->view, TRUE);
  g_signal_connect_object (factory, "setup", G_CALLBACK (on_setup), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "bind", G_CALLBACK (on_bind), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "teardown", G_CALLBACK (on_teardown), self,
                           G_CONNECT_SWAPPED);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (down), GTK_POLICY_NEVER,
                                  GTK_POLICY_EXTERNAL);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (down), self->view);
  adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (down));
  g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (queue_fill), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (adjustment, "changed", G_CALLBACK (queue_fill), self,
                           G_CONNECT_SWAPPED);
  self->scrollbar = gtk_scrollbar_new (GTK_ORIENTATION_VERTICAL, adjustment);
  gtk_box_append (GTK_BOX (table), self->header);
  gtk_box_append (GTK_BOX (table), down);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (across), GTK_POLICY_AUTOMATIC,
                                  GTK_POLICY_NEVER);
  /* A row is wider than the view: that it has the focus is no reason to scroll sideways. */
  gtk_viewport_set_scroll_to_focus (GTK_VIEWPORT (viewport), FALSE);
  gtk_viewport_set_child (GTK_VIEWPORT (viewport), table);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (across), viewport);
  gtk_widget_set_hexpand (across, TRUE);
  gtk_widget_set_vexpand (across, TRUE);
  gtk_box_append (GTK_BOX (both), across);
  gtk_box_append (GTK_BOX (both), self->scrollbar);
  gtk_box_append (GTK_BOX (self->box), both);
}

static void
tpo_table_pane_init (TpoTablePane *self)
{
  self->rows = g_hash_table_new (NULL, NULL);
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  gtk_widget_set_vexpand (GTK_WIDGET (self), TRUE);
  add_table (self);
  for (guint i = 0; i < TPO_COLUMN_COUNT; i++) {
    g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (self->parts.columns, i);

    g_signal_connect_object (column, "notify::fixed-width", G_CALLBACK (on_columns_changed),
                             self, G_CONNECT_SWAPPED);
  }
  g_signal_connect_object (self->parts.columns, "items-changed",
                           G_CALLBACK (on_columns_changed), self, G_CONNECT_SWAPPED);
  tpo_table_header_set_widths (&self->parts);
}

GtkWidget *
tpo_table_pane_new (TpoDocument *document)
{
  TpoTablePane *self;

  g_return_val_if_fail (TPO_IS_DOCUMENT (document), NULL);

  self = g_object_new (TPO_TYPE_TABLE_PANE, NULL);
  self->parts.document = g_object_ref (document);
  return GTK_WIDGET (self);
}

/* ---- what stands there ---------------------------------------------------------------------------------- */

GtkListView *
tpo_table_pane_get_view (TpoTablePane *self)
{
  g_return_val_if_fail (TPO_IS_TABLE_PANE (self), NULL);

  return GTK_LIST_VIEW (self->view);
}

GtkSorter *
tpo_table_pane_get_sorter (TpoTablePane *self)
{
  g_return_val_if_fail (TPO_IS_TABLE_PANE (self), NULL);

  return gtk_column_view_get_sorter (GTK_COLUMN_VIEW (self->header));
}

/* A handler on each label for its row would cost more. */
void
tpo_table_pane_update (TpoTablePane *self, TpoAnnotation *annotation)
{
  GHashTableIter iter;
  gpointer item;

  g_return_if_fail (TPO_IS_TABLE_PANE (self));

  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, &item, NULL))
    if (tpo_table_row_get_annotation (row_of (item)) == annotation)
      tpo_table_row_update (row_of (item));
}

GtkWidget *
tpo_table_pane_find_cell (TpoTablePane *self, TpoAnnotation *annotation)
{
  GHashTableIter iter;
  gpointer item;

  g_return_val_if_fail (TPO_IS_TABLE_PANE (self), NULL);

  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, &item, NULL))
    if (tpo_table_row_get_annotation (row_of (item)) == annotation &&
        is_in_sight (self, GTK_WIDGET (row_of (item))))
      return tpo_table_row_get_cell (row_of (item), TPO_COLUMN_LABEL);
  return NULL;
}
