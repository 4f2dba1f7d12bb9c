#include "config.h"

#include "timeline/tpo-timeline-list-private.h"

#include <glib/gi18n.h>

#include "timeline/tpo-timeline-row.h"

static const int LEAST_ROW_PX = 28, LEAST_LANE_PX = 24;
static const guint MOST_CHANGES = 16; /* widgets made or hidden in a frame */

G_DEFINE_FINAL_TYPE (TpoTimelineList, tpo_timeline_list, GTK_TYPE_WIDGET)

/* ---- rows in sight ---------------------------------------------------------------------------------- */

static gboolean
holds_focus (GtkWidget *row)
{
  return gtk_widget_get_focus_child (row) != NULL && gtk_widget_get_root (row) != NULL &&
         gtk_root_get_focus (gtk_widget_get_root (row)) != NULL &&
         gtk_widget_is_ancestor (gtk_root_get_focus (gtk_widget_get_root (row)), row);
}

/* Its bars stay with it: hidden, there are never more rows than were in sight together. */
static void
put_aside (TpoTimelineList *self, GtkWidget *row)
{
  guint none = 0;

  if (holds_focus (row))
    gtk_widget_grab_focus (GTK_WIDGET (self));
  tpo_timeline_row_set_row (TPO_TIMELINE_ROW (row), NULL);
  tpo_timeline_row_update (TPO_TIMELINE_ROW (row), 0, 0, &none);
  gtk_widget_set_visible (row, FALSE);
  g_ptr_array_add (self->spare, row);
}

static GtkWidget *
take_row (TpoTimelineList *self)
{
  GtkWidget *row;

  if (self->spare->len > 0) {
    row = g_ptr_array_steal_index_fast (self->spare, self->spare->len - 1);
  } else {
    row = tpo_timeline_row_new (self->parts);
    gtk_widget_set_parent (row, GTK_WIDGET (self));
  }
  gtk_widget_set_visible (row, TRUE);
  return row;
}

static GtkWidget *
find_shown (GPtrArray *rows, const TpoRow *row)
{
  for (guint i = 0; i < rows->len; i++) {
    GtkWidget *widget = g_ptr_array_index (rows, i);

    if (tpo_timeline_row_get_row (TPO_TIMELINE_ROW (widget)) == row)
      return widget;
  }
  return NULL;
}

GtkWidget *
tpo_timeline_list_find_shown (TpoTimelineList *self, const TpoRow *row)
{
  return find_shown (self->shown, row);
}

/* The edges of the view. */
static void
get_view (TpoTimelineList *self, int *y0, int *y1)
{
  *y0 = self->adjustment != NULL ? (int) gtk_adjustment_get_value (self->adjustment) : 0;
  *y1 = *y0 + (self->adjustment != NULL ? (int) gtk_adjustment_get_page_size (self->adjustment)
                                        : gtk_widget_get_height (GTK_WIDGET (self)));
}

/* Those between @y0 and @y1, and the one that has the focus, wherever it is. */
static GPtrArray *
list_wanted (TpoTimelineList *self, int y0, int y1, GPtrArray *old)
{
  GPtrArray *wanted = g_ptr_array_new ();
  const TpoRow *first = tpo_timeline_rows_find_y (self->parts->rows, y0);
  guint n = tpo_timeline_rows_get_n (self->parts->rows);

  for (guint i = 0; i < old->len; i++) {
    GtkWidget *widget = g_ptr_array_index (old, i);
    const TpoRow *row = tpo_timeline_row_get_row (TPO_TIMELINE_ROW (widget));

    if (row->items->len > 0 && (row->y >= y1 || row->y + row->height <= y0) &&
        holds_focus (widget))
      g_ptr_array_add (wanted, (gpointer) row);
  }
  for (guint i = first != NULL ? first->index : 0; i < n; i++) {
    const TpoRow *row = tpo_timeline_rows_get (self->parts->rows, i);

    if (row->y >= y1)
      break;
    g_ptr_array_add (wanted, (gpointer) row);
  }
  return wanted;
}

/* Returns: whether all is there */
static gboolean
show_rows (TpoTimelineList *self)
{
  g_autoptr (GPtrArray) old = g_steal_pointer (&self->shown);
  g_autoptr (GPtrArray) wanted = NULL;
  GtkWidget *before = NULL;
  int y0, y1;
  guint n_changes = MOST_CHANGES;
  gboolean is_complete = TRUE;

  get_view (self, &y0, &y1);
  wanted = list_wanted (self, y0, y1, old);
  self->shown = g_ptr_array_new ();
  for (guint i = 0; i < wanted->len; i++)
    g_ptr_array_add (self->shown, find_shown (old, g_ptr_array_index (wanted, i)));
  for (guint i = 0; i < old->len; i++)
    if (!g_ptr_array_find (self->shown, g_ptr_array_index (old, i), NULL))
      put_aside (self, g_ptr_array_index (old, i));
  for (guint i = 0; i < wanted->len; i++) {
    GtkWidget *widget = g_ptr_array_index (self->shown, i);
    const TpoRow *row = g_ptr_array_index (wanted, i);

    if (widget == NULL)
      widget = self->shown->pdata[i] = take_row (self);
    if (gtk_widget_get_prev_sibling (widget) != before)
      gtk_widget_insert_after (widget, GTK_WIDGET (self), before);
    tpo_timeline_row_set_row (TPO_TIMELINE_ROW (widget), row);
    is_complete = tpo_timeline_row_update (TPO_TIMELINE_ROW (widget), y0 - row->y, y1 - row->y,
                                           &n_changes) &&
                  is_complete;
    before = widget;
  }
  return is_complete;
}

/* A row just made has a place only once the window is laid out again. */
static gboolean
reveal_wanted (TpoTimelineList *self)
{
  const TpoRow *row = tpo_timeline_rows_find (self->parts->rows, self->wanted);
  int y, height;

  if (row != NULL && row->y + row->height > (int) gtk_adjustment_get_upper (self->adjustment))
    return FALSE;
  if (row != NULL) {
    tpo_timeline_rows_get_lane (self->parts->rows, row,
                                tpo_lanes_find (row->lanes, self->wanted), &y, &height);
    gtk_adjustment_clamp_page (self->adjustment, row->y, row->y + row->height);
    gtk_adjustment_clamp_page (self->adjustment, row->y + y, row->y + y + height);
  }
  g_clear_object (&self->wanted);
  return TRUE;
}

static gboolean
on_update (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  TpoTimelineList *self = TPO_TIMELINE_LIST (widget);
  gboolean is_done = TRUE;

  if (self->wanted != NULL && self->adjustment != NULL)
    is_done = reveal_wanted (self);
  is_done = show_rows (self) && is_done;
  if (is_done)
    is_done = tpo_timeline_list_walk (self);
  gtk_widget_queue_allocate (widget);
  if (is_done)
    self->update_id = 0;
  return is_done ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

/* What is out of sight is looked at when it comes into sight. */
static void
queue_update (TpoTimelineList *self)
{
  if (self->update_id == 0 && gtk_widget_get_mapped (GTK_WIDGET (self)))
    self->update_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_update, NULL, NULL);
}

static void
on_rows_changed (TpoTimelineList *self)
{
  gtk_widget_queue_resize (GTK_WIDGET (self));
  queue_update (self);
}

void
tpo_timeline_list_reveal (TpoTimelineList *self, TpoAnnotation *annotation)
{
  g_return_if_fail (TPO_IS_TIMELINE_LIST (self));

  g_set_object (&self->wanted, annotation);
  queue_update (self);
}

/* ---- layout ------------------------------------------------------------------------------------------- */

static void
update_metrics (TpoTimelineList *self)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), "0");
  int height;

  pango_layout_get_pixel_size (layout, NULL, &height);
  tpo_timeline_rows_set_metrics (self->parts->rows, MAX (LEAST_ROW_PX, height + 12),
                                 MAX (LEAST_LANE_PX, height + 8));
}

static void
tpo_timeline_list_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                           int *minimum, int *natural, int *minimum_baseline,
                           int *natural_baseline)
{
  TpoTimelineList *self = TPO_TIMELINE_LIST (widget);
  int other, of_row;

  *minimum_baseline = *natural_baseline = -1;
  /* Rows have fixed places, but GTK wants to have asked each of them. */
  for (guint i = 0; i < self->shown->len; i++)
    gtk_widget_measure (g_ptr_array_index (self->shown, i), orientation, -1, &of_row, &other,
                        NULL, NULL);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *minimum = *natural = 0; /* the timeline knows */
  else
    *minimum = *natural = tpo_timeline_rows_get_height (self->parts->rows);
}

static void
tpo_timeline_list_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  TpoTimelineList *self = TPO_TIMELINE_LIST (widget);

  for (guint i = 0; i < self->shown->len; i++) {
    GtkWidget *child = g_ptr_array_index (self->shown, i);
    const TpoRow *row = tpo_timeline_row_get_row (TPO_TIMELINE_ROW (child));
    GtkAllocation at = { 0, row->y, width, row->height };

    gtk_widget_size_allocate (child, &at, -1);
  }
}

/* What is out of sight altogether holds no labels. */
static void
tpo_timeline_list_unmap (GtkWidget *widget)
{
  TpoTimelineList *self = TPO_TIMELINE_LIST (widget);

  for (guint i = 0; i < self->shown->len; i++)
    put_aside (self, g_ptr_array_index (self->shown, i));
  g_ptr_array_set_size (self->shown, 0);
  GTK_WIDGET_CLASS (tpo_timeline_list_parent_class)->unmap (widget);
}

static void
tpo_timeline_list_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (tpo_timeline_list_parent_class)->map (widget);
  queue_update (TPO_TIMELINE_LIST (widget));
}

static void
tpo_timeline_list_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (tpo_timeline_list_parent_class)->css_changed (widget, change);
  if (TPO_TIMELINE_LIST (widget)->parts != NULL)
    update_metrics (TPO_TIMELINE_LIST (widget));
}

static gboolean
tpo_timeline_list_focus (GtkWidget *widget, GtkDirectionType direction)
{
  return tpo_timeline_list_start_walk (TPO_TIMELINE_LIST (widget), direction) ||
         GTK_WIDGET_CLASS (tpo_timeline_list_parent_class)->focus (widget, direction);
}

/* ---- object -------------------------------------------------------------------------------------------- */

static void
tpo_timeline_list_dispose (GObject *object)
{
  TpoTimelineList *self = TPO_TIMELINE_LIST (object);
  GtkWidget *child;

  if (self->update_id != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->update_id);
  self->update_id = 0;
  g_ptr_array_set_size (self->shown, 0);
  g_ptr_array_set_size (self->spare, 0);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->wanted);
  g_clear_object (&self->walk.to);
  g_clear_object (&self->adjustment);
  g_clear_pointer (&self->parts, tpo_timeline_parts_unref);
  G_OBJECT_CLASS (tpo_timeline_list_parent_class)->dispose (object);
}

static void
tpo_timeline_list_finalize (GObject *object)
{
  TpoTimelineList *self = TPO_TIMELINE_LIST (object);

  g_ptr_array_unref (self->shown);
  g_ptr_array_unref (self->spare);
  G_OBJECT_CLASS (tpo_timeline_list_parent_class)->finalize (object);
}

static void
tpo_timeline_list_class_init (TpoTimelineListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_timeline_list_dispose;
  G_OBJECT_CLASS (klass)->finalize = tpo_timeline_list_finalize;
  widget_class->measure = tpo_timeline_list_measure;
  widget_class->size_allocate = tpo_timeline_list_size_allocate;
  widget_class->map = tpo_timeline_list_map;
  widget_class->unmap = tpo_timeline_list_unmap;
  widget_class->css_changed = tpo_timeline_list_css_changed;
  widget_class->focus = tpo_timeline_list_focus;
  gtk_widget_class_set_css_name (widget_class, "timeline-list");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
tpo_timeline_list_init (TpoTimelineList *self)
{
  self->shown = g_ptr_array_new ();
  self->spare = g_ptr_array_new ();
  /* Where the focus goes when what had it is no more. */
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Rows of labels"), -1);
}

GtkWidget *
tpo_timeline_list_new (TpoTimelineParts *parts)
{
  TpoTimelineList *self = g_object_new (TPO_TYPE_TIMELINE_LIST, NULL);

  self->parts = tpo_timeline_parts_ref (parts);
  update_metrics (self);
  g_signal_connect_object (parts->rows, "changed", G_CALLBACK (on_rows_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (parts->model, "changed", G_CALLBACK (queue_update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (parts->document, "notify::selected", G_CALLBACK (queue_update), self,
                           G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}

void
tpo_timeline_list_set_adjustment (TpoTimelineList *self, GtkAdjustment *adjustment)
{
  g_return_if_fail (TPO_IS_TIMELINE_LIST (self) && GTK_IS_ADJUSTMENT (adjustment));

  g_set_object (&self->adjustment, adjustment);
  g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (queue_update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (adjustment, "changed", G_CALLBACK (queue_update), self,
                           G_CONNECT_SWAPPED);
}
