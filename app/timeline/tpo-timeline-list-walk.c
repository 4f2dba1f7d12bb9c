#include "config.h"

#include "timeline/tpo-row-header.h"
#include "timeline/tpo-timeline-list-private.h"
#include "timeline/tpo-timeline-row.h"

/*
 * Tab through all labels. What is out of sight is no widget that GTK would find: it is brought into
 * sight first, and gets the keyboard once it is where it belongs.
 */

static const guint FRAMES = 2; /* one that makes the widget and one after it got its place */

static TpoSpanWidget *
find_span (TpoTimelineList *self, const TpoRow *row, TpoAnnotation *annotation)
{
  GtkWidget *widget = tpo_timeline_list_find_shown (self, row);

  return widget != NULL ? tpo_timeline_row_find_span (TPO_TIMELINE_ROW (widget), annotation)
                        : NULL;
}

gboolean
tpo_timeline_list_walk (TpoTimelineList *self)
{
  g_autoptr (TpoAnnotation) to = NULL;
  const TpoRow *row;
  TpoSpanWidget *span;

  if (self->walk.n_frames == 0 || --self->walk.n_frames > 0)
    return self->walk.n_frames == 0;
  to = g_steal_pointer (&self->walk.to);
  if (to == NULL) {
    gtk_widget_child_focus (GTK_WIDGET (self), self->walk.direction);
    return TRUE;
  }
  row = tpo_timeline_rows_find (self->parts->rows, to);
  span = row != NULL ? find_span (self, row, to) : NULL;
  if (span != NULL)
    gtk_widget_grab_focus (GTK_WIDGET (span));
  return TRUE;
}

static void
begin (TpoTimelineList *self, TpoAnnotation *to, GtkDirectionType direction)
{
  g_set_object (&self->walk.to, to);
  self->walk.direction = direction;
  self->walk.n_frames = FRAMES;
}

/* Selected, it is a widget however short it is, and its time comes into sight. */
static gboolean
walk_to_label (TpoTimelineList *self, const TpoRow *row, TpoAnnotation *label,
               GtkDirectionType direction)
{
  if (label == NULL || find_span (self, row, label) != NULL)
    return FALSE;
  begin (self, label, direction);
  tpo_document_select (self->parts->document, label);
  tpo_timeline_list_reveal (self, label);
  return TRUE;
}

/* To the title of the row below, or to the last label of the one above. */
static gboolean
walk_to_row (TpoTimelineList *self, const TpoRow *from, GtkDirectionType direction)
{
  gboolean is_forward = direction == GTK_DIR_TAB_FORWARD;
  guint index = is_forward ? from->index + 1 : from->index - 1; /* above the first: too large */
  const TpoRow *row;

  if (index >= tpo_timeline_rows_get_n (self->parts->rows))
    return FALSE;
  row = tpo_timeline_rows_get (self->parts->rows, index);
  if (!is_forward)
    return walk_to_label (self, row, tpo_lanes_get (row->lanes, row->items->len - 1),
                          direction);
  if (tpo_timeline_list_find_shown (self, row) != NULL)
    return FALSE;
  begin (self, NULL, direction);
  tpo_timeline_list_reveal (self, tpo_lanes_get (row->lanes, 0));
  return TRUE;
}

static gboolean
walk_from_span (TpoTimelineList *self, const TpoRow *row, TpoAnnotation *annotation,
                GtkDirectionType direction)
{
  gboolean is_forward = direction == GTK_DIR_TAB_FORWARD;
  guint place = tpo_lanes_get_place (row->lanes, annotation);

  if (is_forward && place + 1 < row->items->len)
    return walk_to_label (self, row, tpo_lanes_get (row->lanes, place + 1), direction);
  if (!is_forward && place > 0)
    return walk_to_label (self, row, tpo_lanes_get (row->lanes, place - 1), direction);
  /* The title comes before the first label, and the curve may come after the last. */
  return is_forward && row->curve_px == 0 && walk_to_row (self, row, direction);
}

/* Not to the list itself: as it is higher than the view, that would scroll to its end. */
static gboolean
enter (TpoTimelineList *self, GtkDirectionType direction)
{
  guint n = self->shown->len;

  for (guint i = 0; i < n; i++) {
    guint k = direction == GTK_DIR_TAB_FORWARD ? i : n - 1 - i;

    if (gtk_widget_child_focus (g_ptr_array_index (self->shown, k), direction))
      return TRUE;
  }
  return FALSE;
}

gboolean
tpo_timeline_list_start_walk (TpoTimelineList *self, GtkDirectionType direction)
{
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self))), *at, *span;
  const TpoRow *row;

  if (direction != GTK_DIR_TAB_FORWARD && direction != GTK_DIR_TAB_BACKWARD)
    return FALSE;
  if (focus == NULL || !gtk_widget_is_ancestor (focus, GTK_WIDGET (self)))
    return focus != GTK_WIDGET (self) && enter (self, direction);
  at = gtk_widget_get_ancestor (focus, TPO_TYPE_TIMELINE_ROW);
  row = at != NULL ? tpo_timeline_row_get_row (TPO_TIMELINE_ROW (at)) : NULL;
  if (row == NULL || row->is_stale)
    return FALSE;
  span = gtk_widget_get_ancestor (focus, TPO_TYPE_SPAN_WIDGET);
  at = span != NULL ? span : gtk_widget_get_ancestor (focus, TPO_TYPE_ROW_HEADER);
  if (at == NULL)
    return FALSE;
  /* Keyframes in the bar and buttons in the title come first. */
  if (gtk_widget_child_focus (at, direction))
    return TRUE;
  if (span != NULL)
    return walk_from_span (self, row, tpo_span_widget_get_annotation (TPO_SPAN_WIDGET (span)),
                           direction);
  if (direction == GTK_DIR_TAB_FORWARD)
    return walk_to_label (self, row, tpo_lanes_get (row->lanes, 0), direction);
  return walk_to_row (self, row, direction);
}
