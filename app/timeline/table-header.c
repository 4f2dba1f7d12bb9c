#include "config.h"

#include "timeline/table-header.h"

#include <glib/gi18n.h>

static const int SORT_PX = 20; /* of the arrow beside a title */
static const int CELL_PX = 8;  /* on either side of a text */

/* ---- columns ------------------------------------------------------------------------------------------ */

typedef struct {
  const TpoTableRowParts *parts;
  TpoColumn column;
} Column;

static int
compare (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const Column *column = user_data;

  return tpo_column_compare (column->column, column->parts->document, (TpoAnnotation *) a,
                             (TpoAnnotation *) b);
}

static void
add_column (TpoTableRowParts *parts, TpoColumn number)
{
  Column *column = g_new (Column, 1);
  g_autoptr (GtkColumnViewColumn) view_column =
      gtk_column_view_column_new (tpo_column_title (number), NULL);
  g_autoptr (GtkSorter) sorter = GTK_SORTER (gtk_custom_sorter_new (compare, column, g_free));

  *column = (Column){ parts, number };
  gtk_column_view_column_set_sorter (view_column, sorter);
  gtk_column_view_column_set_resizable (view_column, TRUE);
  gtk_column_view_column_set_expand (view_column, number == TPO_COLUMN_TEXT);
  tpo_table_set_column (view_column, number);
  gtk_column_view_append_column (GTK_COLUMN_VIEW (parts->header), view_column);
}

GtkWidget *
tpo_table_header_new (TpoTableRowParts *parts)
{
  GtkWidget *header = gtk_column_view_new (NULL), *child = gtk_widget_get_first_child (header);

  for (; child != NULL; child = gtk_widget_get_next_sibling (child))
    gtk_widget_set_visible (child, !GTK_IS_LIST_VIEW (child));
  gtk_accessible_update_property (GTK_ACCESSIBLE (header), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Columns"), -1);
  parts->header = header;
  parts->columns = gtk_column_view_get_columns (GTK_COLUMN_VIEW (header));
  for (guint i = 0; i < TPO_COLUMN_COUNT; i++)
    add_column (parts, (TpoColumn) i);
  return header;
}

/* ---- widths ------------------------------------------------------------------------------------------------ */

static int
measure_text (GtkWidget *header, const char *text)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (header, text);
  int width;

  pango_layout_get_pixel_size (layout, &width, NULL);
  return width;
}

/* What a column must have room for, by what may stand in it. */
static int
measure_column (GtkWidget *header, TpoColumn column)
{
  int width = measure_text (header, tpo_column_title (column)) + SORT_PX;

  switch (column) {
  case TPO_COLUMN_LABEL:
  case TPO_COLUMN_AUTHOR:
    return MAX (width, measure_text (header, "0000000000"));
  case TPO_COLUMN_TEXT:
    return MAX (width, measure_text (header, "000000000000000"));
  case TPO_COLUMN_KIND:
    for (int i = 0; i < TPO_ANNOTATION_KIND_COUNT; i++)
      width = MAX (width, measure_text (header, tpo_kind_text ((TpoAnnotationKind) i)));
    return width;
  case TPO_COLUMN_STATUS:
    for (int i = 0; i < TPO_STATUS_COUNT; i++)
      width = MAX (width, measure_text (header, tpo_status_text ((TpoAnnotationStatus) i)));
    return width;
  case TPO_COLUMN_START:
  case TPO_COLUMN_END:
  case TPO_COLUMN_DURATION:
    return MAX (width, measure_text (header, "00:00.000"));
  case TPO_COLUMN_SCORE:
  case TPO_COLUMN_COUNT:
  default:
    return width;
  }
}

void
tpo_table_header_set_widths (TpoTableRowParts *parts)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (parts->header, "0");

  pango_layout_get_pixel_size (layout, NULL, &parts->text_px);
  for (guint i = 0; i < TPO_COLUMN_COUNT; i++) {
    g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (parts->columns, i);
    int width = measure_column (parts->header, tpo_table_column_of (column));

    gtk_column_view_column_set_fixed_width (column, width + 2 * CELL_PX);
  }
}
