#include "config.h"

#include "timeline/tpo-table-row.h"

#include "compat/tpo-compat.h"
#include "timeline/tpo-table-cell.h"

enum {
  PAD_X_PX = 8, /* beside and above a text */
  PAD_Y_PX = 3,
};

struct _TpoTableRow {
  GtkWidget parent_instance;

  const TpoTableRowParts *parts;
  TpoAnnotation *annotation;          /* nullable */
  GtkWidget *cells[TPO_COLUMN_COUNT]; /* all or none; by TpoColumn */
};

G_DEFINE_FINAL_TYPE (TpoTableRow, tpo_table_row, GTK_TYPE_WIDGET)

/* ---- columns -------------------------------------------------------------------------------------------- */

void
tpo_table_set_column (GtkColumnViewColumn *title, TpoColumn column)
{
  g_object_set_data (G_OBJECT (title), "column", GINT_TO_POINTER (column));
}

TpoColumn
tpo_table_column_of (GtkColumnViewColumn *title)
{
  return (TpoColumn) GPOINTER_TO_INT (g_object_get_data (G_OBJECT (title), "column"));
}

/* Where a column is, left to right. */
typedef struct {
  TpoColumn column;
  int x, width;
} Place;

static int
get_columns (TpoTableRow *self, Place places[TPO_COLUMN_COUNT])
{
  int width = 0;

  for (guint i = 0; i < TPO_COLUMN_COUNT; i++) {
    g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (self->parts->columns, i);

    places[i].column = tpo_table_column_of (column);
    places[i].x = width;
    places[i].width = gtk_column_view_column_get_visible (column)
                          ? MAX (0, gtk_column_view_column_get_fixed_width (column))
                          : 0;
    width += places[i].width;
  }
  return width;
}

/* What is left over belongs to the text, as in the header. */
static void
get_places (TpoTableRow *self, Place places[TPO_COLUMN_COUNT])
{
  int room = gtk_widget_get_width (self->parts->header);
  int extra = MAX (0, room - get_columns (self, places)), shift = 0;

  for (guint i = 0; i < TPO_COLUMN_COUNT; i++) {
    places[i].x += shift;
    if (places[i].column == TPO_COLUMN_TEXT) {
      places[i].width += extra;
      shift = extra;
    }
    if (gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL)
      places[i].x = room - places[i].x - places[i].width;
  }
}

/* ---- cells ---------------------------------------------------------------------------------------------- */

static void
on_edited (TpoTableRow *self, const char *text, GtkWidget *cell)
{
  g_autoptr (TpoAnnotation) annotation = g_object_ref (self->annotation);
  guint column = 0;

  while (self->cells[column] != cell)
    column++;
  tpo_column_set ((TpoColumn) column, self->parts->document, annotation, text);
}

static GtkWidget *
cell_new (TpoTableRow *self, TpoColumn column)
{
  gboolean is_editable = column == TPO_COLUMN_LABEL || column == TPO_COLUMN_TEXT ||
                         column == TPO_COLUMN_START || column == TPO_COLUMN_END;
  GtkWidget *cell = tpo_table_cell_new (tpo_column_title (column), is_editable);

  g_signal_connect_object (cell, "edited", G_CALLBACK (on_edited), self, G_CONNECT_SWAPPED);
  return cell;
}

static void
remove_cells (TpoTableRow *self)
{
  for (guint i = 0; i < TPO_COLUMN_COUNT; i++)
    g_clear_pointer (&self->cells[i], gtk_widget_unparent);
}

static void
update_cells (TpoTableRow *self)
{
  for (guint i = 0; i < TPO_COLUMN_COUNT && self->cells[i] != NULL; i++) {
    g_autofree char *text =
        tpo_column_dup_text ((TpoColumn) i, self->parts->document, self->annotation);

    tpo_table_cell_set_text (TPO_TABLE_CELL (self->cells[i]), text);
  }
}

/* The list's own item is what has the focus, and is there for screen readers also out of sight. */
static void
name_item (TpoTableRow *self)
{
  const TpoAnnotationRecord *record = tpo_annotation_get_record (self->annotation);
  GtkWidget *item = gtk_widget_get_parent (GTK_WIDGET (self));
  g_autofree char *name = tpo_spoken_text (self->annotation, record->start_us, record->end_us);

  if (item != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (item), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                    -1);
}

gboolean
tpo_table_row_fill (TpoTableRow *self)
{
  Place places[TPO_COLUMN_COUNT];

  g_return_val_if_fail (TPO_IS_TABLE_ROW (self), FALSE);

  if (self->annotation == NULL || self->cells[0] != NULL)
    return FALSE;
  get_columns (self, places);
  for (guint i = 0; i < TPO_COLUMN_COUNT; i++) {
    GtkWidget *cell = cell_new (self, places[i].column);

    gtk_widget_insert_before (cell, GTK_WIDGET (self), NULL);
    self->cells[places[i].column] = cell;
  }
  update_cells (self);
  return TRUE;
}

/* ---- layout and drawing ----------------------------------------------------------------------------------- */

static void
tpo_table_row_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                       int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  TpoTableRow *self = TPO_TABLE_ROW (widget);
  Place places[TPO_COLUMN_COUNT];

  *minimum_baseline = *natural_baseline = -1;
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? get_columns (self, places)
                                                       : self->parts->text_px + 2 * PAD_Y_PX;
  for (guint i = 0; i < TPO_COLUMN_COUNT && self->cells[i] != NULL; i++) {
    int of_cell;

    gtk_widget_measure (self->cells[i], orientation, -1, &of_cell, NULL, NULL, NULL);
    if (orientation == GTK_ORIENTATION_VERTICAL)
      *minimum = MAX (*minimum, of_cell);
  }
  *natural = *minimum;
}

static void
tpo_table_row_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  TpoTableRow *self = TPO_TABLE_ROW (widget);
  Place places[TPO_COLUMN_COUNT];

  if (self->cells[0] == NULL)
    return;
  get_places (self, places);
  for (guint i = 0; i < TPO_COLUMN_COUNT; i++) {
    GtkAllocation at = { places[i].x, 0, places[i].width, height };

    gtk_widget_size_allocate (self->cells[places[i].column], &at, -1);
  }
}

static void
draw_text (TpoTableRow *self, GtkSnapshot *snapshot, PangoLayout *layout, const Place *place,
           const GdkRGBA *color)
{
  g_autofree char *text =
      tpo_column_dup_text (place->column, self->parts->document, self->annotation);
  int width = place->width - 2 * PAD_X_PX, height;
  gboolean is_rtl = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  GtkWidget *cell = self->cells[place->column];

  if (*text == '\0' || width <= 0 ||
      (cell != NULL && tpo_table_cell_is_editing (TPO_TABLE_CELL (cell))))
    return;
  pango_layout_set_text (layout, text, -1);
  pango_layout_set_width (layout, width * PANGO_SCALE);
  pango_layout_set_auto_dir (layout, FALSE);
  pango_layout_set_alignment (layout, is_rtl ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
  pango_layout_get_pixel_size (layout, NULL, &height);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (
      snapshot, &GRAPHENE_POINT_INIT (
                    (float) (place->x + PAD_X_PX),
                    (float) ((gtk_widget_get_height (GTK_WIDGET (self)) - height) / 2)));
  gtk_snapshot_append_layout (snapshot, layout, color);
  gtk_snapshot_restore (snapshot);
}

static void
tpo_table_row_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  TpoTableRow *self = TPO_TABLE_ROW (widget);
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (widget, NULL);
  Place places[TPO_COLUMN_COUNT];
  GdkRGBA color;

  if (self->annotation == NULL)
    return;
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  tpo_compat_get_color (widget, &color);
  get_places (self, places);
  for (guint i = 0; i < TPO_COLUMN_COUNT; i++)
    draw_text (self, snapshot, layout, &places[i], &color);
  GTK_WIDGET_CLASS (tpo_table_row_parent_class)->snapshot (widget, snapshot);
}

/* ---- object ----------------------------------------------------------------------------------------------- */

static void
tpo_table_row_dispose (GObject *object)
{
  TpoTableRow *self = TPO_TABLE_ROW (object);

  remove_cells (self);
  g_clear_object (&self->annotation);
  G_OBJECT_CLASS (tpo_table_row_parent_class)->dispose (object);
}

static void
tpo_table_row_class_init (TpoTableRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_table_row_dispose;
  widget_class->measure = tpo_table_row_measure;
  widget_class->size_allocate = tpo_table_row_size_allocate;
  widget_class->snapshot = tpo_table_row_snapshot;
  gtk_widget_class_set_css_name (widget_class, "table-row");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_ROW);
}

static void
tpo_table_row_init (TpoTableRow *self)
{
}

GtkWidget *
tpo_table_row_new (const TpoTableRowParts *parts)
{
  TpoTableRow *self = g_object_new (TPO_TYPE_TABLE_ROW, NULL);

  self->parts = parts;
  return GTK_WIDGET (self);
}

void
tpo_table_row_set_annotation (TpoTableRow *self, TpoAnnotation *annotation)
{
  g_return_if_fail (TPO_IS_TABLE_ROW (self));

  if (!g_set_object (&self->annotation, annotation))
    return;
  remove_cells (self);
  if (annotation != NULL)
    name_item (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

GtkWidget *
tpo_table_row_get_cell (TpoTableRow *self, TpoColumn column)
{
  g_return_val_if_fail (TPO_IS_TABLE_ROW (self) && column < TPO_COLUMN_COUNT, NULL);

  return self->cells[column];
}

TpoAnnotation *
tpo_table_row_get_annotation (TpoTableRow *self)
{
  g_return_val_if_fail (TPO_IS_TABLE_ROW (self), NULL);

  return self->annotation;
}

void
tpo_table_row_update (TpoTableRow *self)
{
  g_return_if_fail (TPO_IS_TABLE_ROW (self) && self->annotation != NULL);

  update_cells (self);
  name_item (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
