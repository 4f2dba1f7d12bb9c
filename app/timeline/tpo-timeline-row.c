#include "config.h"

#include "timeline/tpo-timeline-row-private.h"

#include <glib/gi18n.h>

#include "timeline/row-menu.h"
#include "timeline/tpo-curve-lane.h"
#include "timeline/tpo-row-header.h"

static const int LEAST_PX = 8; /* where there are many, bars shorter than this are painted */
static const guint MAX_SPANS = 200; /* widgets in a row; the others are painted too */
static const guint MAX_SPARE = 100;
static const double BEYOND_PX = 40.0;

G_DEFINE_FINAL_TYPE (TpoTimelineRow, tpo_timeline_row, GTK_TYPE_WIDGET)

/* ---- bars in sight ---------------------------------------------------------------------------------- */

static gboolean
has_focus (GtkWidget *span)
{
  GtkRoot *root = gtk_widget_get_root (span);
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  return focus != NULL && (focus == span || gtk_widget_is_ancestor (focus, span));
}

/* What no bar needs goes out of sight at once, and is hidden when there is time. */
static void
let_go (TpoTimelineRow *self, GtkWidget *span)
{
  if (has_focus (span))
    gtk_widget_grab_focus (self->header);
  tpo_span_widget_set_annotation (TPO_SPAN_WIDGET (span), NULL);
  g_ptr_array_add (self->idle, span);
}

/* Returns: whether none is left that should be hidden */
static gboolean
hide_idle (TpoTimelineRow *self, guint *n_changes)
{
  for (; self->idle->len > 0 && *n_changes > 0; --*n_changes) {
    GtkWidget *span = g_ptr_array_steal_index_fast (self->idle, self->idle->len - 1);

    if (self->spare->len >= MAX_SPARE) {
      gtk_widget_unparent (span);
      continue;
    }
    gtk_widget_set_visible (span, FALSE);
    g_ptr_array_add (self->spare, span);
  }
  return self->idle->len == 0;
}

static TpoSpanWidget *
take_span (TpoTimelineRow *self, TpoAnnotation *annotation)
{
  GPtrArray *from = self->idle->len > 0 ? self->idle : self->spare;
  GtkWidget *span;

  if (from->len > 0) {
    span = g_ptr_array_steal_index_fast (from, from->len - 1);
  } else {
    span = tpo_span_widget_new (self->parts);
    gtk_widget_set_parent (span, GTK_WIDGET (self));
  }
  tpo_span_widget_set_annotation (TPO_SPAN_WIDGET (span), annotation);
  gtk_widget_set_visible (span, TRUE);
  g_hash_table_insert (self->spans, annotation, span);
  return TPO_SPAN_WIDGET (span);
}

static void
paint_instead (TpoTimelineRow *self, TpoAnnotation *annotation)
{
  const TpoAnnotationRecord *record = tpo_annotation_get_record (annotation);
  TpoRun run = { tpo_lanes_find (self->row->lanes, annotation), record->start_us,
                 record->end_us, tpo_annotation_get_color (annotation) };

  g_array_append_val (self->runs, run);
}

static gboolean
is_in_row (TpoTimelineRow *self, TpoAnnotation *annotation)
{
  return annotation != NULL &&
         tpo_timeline_rows_find (self->parts->rows, annotation) == self->row;
}

/* Those that are no widgets yet are painted for now, but for the next *@n_changes. Returns: whether
 * there are none such */
static gboolean
hold_back (TpoTimelineRow *self, guint *n_changes)
{
  guint n = 0;

  for (guint i = 0; i < self->wide->len; i++) {
    TpoAnnotation *annotation = g_ptr_array_index (self->wide, i);
    gboolean is_new = !g_hash_table_contains (self->spans, annotation);

    if (is_new && *n_changes == 0) {
      paint_instead (self, annotation);
      continue;
    }
    *n_changes -= is_new ? 1 : 0;
    self->wide->pdata[n++] = annotation;
  }
  if (n == self->wide->len)
    return TRUE;
  g_ptr_array_set_size (self->wide, (int) n);
  return FALSE;
}

/* Where there are many, only what lies about between @y0 and @y1 and is wide enough. */
static void
collect_in_sight (TpoTimelineRow *self, int y0, int y1)
{
  TpoTimelineModel *model = self->parts->model;
  TpoSight sight = {
    .from_us = tpo_timeline_model_x_to_time (model, -BEYOND_PX),
    .to_us =
        tpo_timeline_model_x_to_time (model, tpo_timeline_model_get_width (model) + BEYOND_PX),
    .pixel_us = MAX (1, (gint64) tpo_timeline_model_get_us_per_px (model)),
    .y1 = G_MAXINT,
  };

  if (self->row->items->len > MAX_SPANS) {
    sight.least_us = LEAST_PX * sight.pixel_us;
    sight.y0 = y0 - (int) BEYOND_PX;
    sight.y1 = y1 + (int) BEYOND_PX;
  }
  tpo_timeline_rows_collect (self->parts->rows, self->row, &sight, self->wide, self->runs);
  for (guint i = MAX_SPANS; i < self->wide->len; i++)
    paint_instead (self, g_ptr_array_index (self->wide, i));
  g_ptr_array_set_size (self->wide, (int) MIN (self->wide->len, MAX_SPANS));
}

/* What has the focus or is selected is a widget wherever and however short it is. Returns: whether
 * all are that should be */
static gboolean
collect (TpoTimelineRow *self, int y0, int y1, guint *n_changes)
{
  TpoAnnotation *selected = tpo_document_get_selected (self->parts->document);
  gboolean is_complete;
  GHashTableIter iter;
  gpointer annotation, span;

  g_ptr_array_set_size (self->wide, 0);
  g_array_set_size (self->runs, 0);
  if (self->row == NULL)
    return TRUE;
  collect_in_sight (self, y0, y1);
  is_complete = hold_back (self, n_changes);
  if (is_in_row (self, selected) && !g_ptr_array_find (self->wide, selected, NULL))
    g_ptr_array_add (self->wide, selected);
  g_hash_table_iter_init (&iter, self->spans);
  while (g_hash_table_iter_next (&iter, &annotation, &span)) {
    if (has_focus (span) && is_in_row (self, annotation) &&
        !g_ptr_array_find (self->wide, annotation, NULL))
      g_ptr_array_add (self->wide, annotation);
  }
  return is_complete;
}

static void
assign (TpoTimelineRow *self)
{
  g_autoptr (GHashTable) old = g_steal_pointer (&self->spans);
  GtkWidget *before = self->header;
  GHashTableIter iter;
  gpointer span;

  self->spans = g_hash_table_new (NULL, NULL);
  for (guint i = 0; i < self->wide->len; i++) {
    gpointer annotation = g_ptr_array_index (self->wide, i);

    if (g_hash_table_steal_extended (old, annotation, NULL, &span))
      g_hash_table_insert (self->spans, annotation, span);
  }
  g_hash_table_iter_init (&iter, old);
  while (g_hash_table_iter_next (&iter, NULL, &span))
    let_go (self, span);
  /* Screen readers and Tab meet them in order. */
  for (guint i = 0; i < self->wide->len; i++) {
    TpoAnnotation *annotation = g_ptr_array_index (self->wide, i);
    GtkWidget *widget = g_hash_table_lookup (self->spans, annotation);

    if (widget == NULL)
      widget = GTK_WIDGET (take_span (self, annotation));
    if (gtk_widget_get_prev_sibling (widget) != before)
      gtk_widget_insert_after (widget, GTK_WIDGET (self), before);
    before = widget;
  }
}

/* The curve of the selected one, else of the first that has one. */
static void
update_highlight (TpoTimelineRow *self)
{
  TpoAnnotation *selected = tpo_document_get_selected (self->parts->document), *of = NULL;
  gint64 revision_id;

  if (is_in_row (self, selected))
    of = selected;
  for (guint i = 0; self->row != NULL && of == NULL && i < self->row->items->len; i++) {
    TpoAnnotation *item = g_ptr_array_index (self->row->items, i);

    if (tpo_annotation_get_record (item)->prediction_id != 0)
      of = item;
  }
  revision_id = of != NULL ? tpo_annotation_get_record (of)->revision_id : 0;
  if (revision_id == self->highlight_of)
    return;
  g_clear_pointer (&self->highlight, tpo_highlight_free);
  self->highlight_of = revision_id;
  if (of != NULL)
    self->highlight = tpo_highlight_new (self->parts->document, of);
}

static void
update_curve (TpoTimelineRow *self)
{
  TpoAnnotation *edited = tpo_timeline_rows_get_curve (self->parts->rows);

  if (self->row == NULL || self->row->curve_px == 0) {
    g_clear_pointer (&self->curve, gtk_widget_unparent);
    return;
  }
  if (self->curve == NULL) {
    self->curve = tpo_curve_lane_new (self->parts);
    gtk_widget_set_parent (self->curve, GTK_WIDGET (self));
  }
  tpo_curve_lane_update (TPO_CURVE_LANE (self->curve), edited);
}

static void
update_class (TpoTimelineRow *self)
{
  gboolean is_selected = FALSE;

  for (guint i = 0; self->row != NULL && !is_selected && i < self->row->items->len; i++)
    is_selected = tpo_document_is_selected (self->parts->document,
                                            g_ptr_array_index (self->row->items, i));
  if (is_selected)
    gtk_widget_add_css_class (GTK_WIDGET (self), "selected");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "selected");
}

gboolean
tpo_timeline_row_update (TpoTimelineRow *self, int y0, int y1, guint *n_changes)
{
  gboolean is_complete;

  g_return_val_if_fail (TPO_IS_TIMELINE_ROW (self) && n_changes != NULL, TRUE);

  tpo_row_header_update (TPO_ROW_HEADER (self->header), self->row);
  is_complete = collect (self, y0, y1, n_changes);
  assign (self);
  is_complete = hide_idle (self, n_changes) && is_complete;
  for (guint i = 0; i < self->wide->len; i++)
    tpo_span_widget_update (
        g_hash_table_lookup (self->spans, g_ptr_array_index (self->wide, i)));
  update_highlight (self);
  update_curve (self);
  update_class (self);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
  gtk_widget_queue_draw (GTK_WIDGET (self));
  return is_complete;
}

/* ---- menu -------------------------------------------------------------------------------------------- */

static void
show_menu (TpoTimelineRow *self, double x, double y)
{
  GdkRectangle at = { (int) x, (int) y, 1, 1 };

  if (self->menu == NULL) {
    self->menu = tpo_row_menu_new ();
    gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
  }
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), &at);
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

/* The menu is about what is selected: what lies under the pointer, unless it is one of several. */
static void
on_secondary (TpoTimelineRow *self, int n_presses, double x, double y)
{
  GtkWidget *picked = gtk_widget_pick (GTK_WIDGET (self), x, y, GTK_PICK_DEFAULT);
  TpoAnnotation *annotation = NULL;

  if (self->row == NULL || self->row->items->len == 0)
    return;
  while (picked != NULL && picked != GTK_WIDGET (self) && !TPO_IS_SPAN_WIDGET (picked))
    picked = gtk_widget_get_parent (picked);
  if (picked != NULL && TPO_IS_SPAN_WIDGET (picked))
    annotation = tpo_span_widget_get_annotation (TPO_SPAN_WIDGET (picked));
  else if (!is_in_row (self, tpo_document_get_selected (self->parts->document)))
    annotation = g_ptr_array_index (self->row->items, 0);
  if (annotation != NULL && !tpo_document_is_selected (self->parts->document, annotation))
    tpo_document_select (self->parts->document, annotation);
  show_menu (self, x, y);
}

static gboolean
on_menu_key (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  TpoTimelineRow *self = TPO_TIMELINE_ROW (widget);

  show_menu (self, tpo_timeline_model_get_titles (self->parts->model),
             gtk_widget_get_height (widget));
  return TRUE;
}

/* ---- layout ---------------------------------------------------------------------------------------------- */

static void
tpo_timeline_row_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                          int *minimum, int *natural, int *minimum_baseline,
                          int *natural_baseline)
{
  TpoTimelineRow *self = TPO_TIMELINE_ROW (widget);

  *minimum_baseline = *natural_baseline = -1;
  if (self->curve != NULL)
    gtk_widget_measure (self->curve, orientation, -1, minimum, natural, NULL, NULL);
  gtk_widget_measure (self->header, orientation, -1, minimum, natural, NULL, NULL);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *minimum = *natural = 0; /* the timeline knows */
}

/* Beside the first lane, so that Tab comes to it first. */
static int
header_height (TpoTimelineRow *self, int height)
{
  int y, lane_height;

  if (self->row == NULL || self->row->is_collapsed)
    return height - (self->row != NULL ? self->row->curve_px : 0);
  tpo_timeline_rows_get_lane (self->parts->rows, self->row, 0, &y, &lane_height);
  return MIN (height, lane_height + 2 * y);
}

static void
tpo_timeline_row_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  TpoTimelineRow *self = TPO_TIMELINE_ROW (widget);
  int titles = tpo_timeline_model_get_titles (self->parts->model);
  GtkAllocation header = { 0, 0, titles, header_height (self, height) };

  gtk_widget_size_allocate (self->header, &header, -1);
  if (self->curve != NULL) {
    GtkAllocation curve = { titles, height - self->row->curve_px, MAX (1, width - titles),
                            MAX (1, self->row->curve_px) };

    gtk_widget_size_allocate (self->curve, &curve, -1);
  }
  for (guint i = 0; i < self->wide->len; i++) {
    TpoAnnotation *annotation = g_ptr_array_index (self->wide, i);
    int y, lane_height;

    if (self->row->is_stale)
      break; /* an update is on its way */
    tpo_timeline_rows_get_lane (self->parts->rows, self->row,
                                tpo_lanes_find (self->row->lanes, annotation), &y,
                                &lane_height);
    tpo_span_widget_place (g_hash_table_lookup (self->spans, annotation), titles, y,
                           lane_height);
  }
  for (guint i = 0; i < self->idle->len; i++) {
    GtkAllocation above = { 0, -2 * height, height, height };

    gtk_widget_size_allocate (g_ptr_array_index (self->idle, i), &above, -1);
  }
  if (self->menu != NULL)
    gtk_popover_present (GTK_POPOVER (self->menu));
}

/* ---- object -------------------------------------------------------------------------------------------- */

static void
tpo_timeline_row_dispose (GObject *object)
{
  TpoTimelineRow *self = TPO_TIMELINE_ROW (object);
  GtkWidget *child;

  g_ptr_array_set_size (self->wide, 0);
  g_array_set_size (self->runs, 0);
  g_hash_table_remove_all (self->spans);
  g_ptr_array_set_size (self->idle, 0);
  g_ptr_array_set_size (self->spare, 0);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  self->header = self->menu = self->curve = NULL;
  g_clear_pointer (&self->highlight, tpo_highlight_free);
  g_clear_pointer (&self->row, tpo_row_unref);
  g_clear_pointer (&self->parts, tpo_timeline_parts_unref);
  G_OBJECT_CLASS (tpo_timeline_row_parent_class)->dispose (object);
}

static void
tpo_timeline_row_finalize (GObject *object)
{
  TpoTimelineRow *self = TPO_TIMELINE_ROW (object);

  g_hash_table_unref (self->spans);
  g_ptr_array_unref (self->idle);
  g_ptr_array_unref (self->spare);
  g_ptr_array_unref (self->wide);
  g_array_unref (self->runs);
  G_OBJECT_CLASS (tpo_timeline_row_parent_class)->finalize (object);
}

static void
tpo_timeline_row_class_init (TpoTimelineRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_timeline_row_dispose;
  G_OBJECT_CLASS (klass)->finalize = tpo_timeline_row_finalize;
  widget_class->snapshot = tpo_timeline_row_snapshot;
  widget_class->measure = tpo_timeline_row_measure;
  widget_class->size_allocate = tpo_timeline_row_size_allocate;
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Menu, 0, on_menu_key, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, on_menu_key, NULL);
  gtk_widget_class_set_css_name (widget_class, "timeline-row");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST);
}

static void
tpo_timeline_row_init (TpoTimelineRow *self)
{
  GtkGesture *secondary = gtk_gesture_click_new ();

  self->spans = g_hash_table_new (NULL, NULL);
  self->idle = g_ptr_array_new ();
  self->spare = g_ptr_array_new ();
  self->wide = g_ptr_array_new ();
  self->runs = g_array_new (FALSE, FALSE, sizeof (TpoRun));
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (secondary), GDK_BUTTON_SECONDARY);
  g_signal_connect_swapped (secondary, "pressed", G_CALLBACK (on_secondary), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (secondary));
}

GtkWidget *
tpo_timeline_row_new (TpoTimelineParts *parts)
{
  TpoTimelineRow *self = g_object_new (TPO_TYPE_TIMELINE_ROW, NULL);

  self->parts = tpo_timeline_parts_ref (parts);
  self->header = tpo_row_header_new (parts);
  gtk_widget_set_parent (self->header, GTK_WIDGET (self));
  return GTK_WIDGET (self);
}

void
tpo_timeline_row_set_row (TpoTimelineRow *self, const TpoRow *row)
{
  TpoAnnotation *first;
  g_autofree char *title = NULL;

  g_return_if_fail (TPO_IS_TIMELINE_ROW (self));

  if (self->row == row)
    return;
  g_clear_pointer (&self->row, tpo_row_unref);
  self->row = row != NULL ? tpo_row_ref (row) : NULL;
  if (row == NULL)
    return;
  first = g_ptr_array_index (row->items, 0);
  title = tpo_annotation_dup_title (first);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  -1);
}

const TpoRow *
tpo_timeline_row_get_row (TpoTimelineRow *self)
{
  g_return_val_if_fail (TPO_IS_TIMELINE_ROW (self), NULL);

  return self->row;
}

TpoSpanWidget *
tpo_timeline_row_find_span (TpoTimelineRow *self, TpoAnnotation *annotation)
{
  g_return_val_if_fail (TPO_IS_TIMELINE_ROW (self), NULL);

  return g_hash_table_lookup (self->spans, annotation);
}
