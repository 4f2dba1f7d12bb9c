#include "config.h"

#include "timeline/tpo-timeline-rows.h"

/* What is at a place of the rows, and beside what. */

static void
add_lanes_between (TpoTimelineRows *self, const TpoRow *row, int y0, int y1, gint64 from_us,
                   gint64 to_us, GPtrArray *found)
{
  for (guint k = 0; k < row->lanes->len; k++) {
    int y, height;

    tpo_timeline_rows_get_lane (self, row, k, &y, &height);
    if (y <= y1 && y + height > y0)
      tpo_lane_add_all (g_ptr_array_index (row->lanes, k), from_us, to_us, found);
  }
}

TpoAnnotation *
tpo_timeline_rows_pick (TpoTimelineRows *self, const TpoRow *row, gint64 from_us, gint64 to_us,
                        int y)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new ();

  g_return_val_if_fail (TPO_IS_TIMELINE_ROWS (self) && row != NULL, NULL);

  tpo_timeline_rows_get_n (self); /* they are in order now */
  add_lanes_between (self, row, y, y, from_us, to_us, found);
  return found->len > 0 ? g_ptr_array_index (found, 0) : NULL;
}

GPtrArray *
tpo_timeline_rows_pick_area (TpoTimelineRows *self, int y0, int y1, gint64 from_us,
                             gint64 to_us)
{
  GPtrArray *found = g_ptr_array_new_with_free_func (g_object_unref);
  const TpoRow *first = tpo_timeline_rows_find_y (self, y0);
  guint n = tpo_timeline_rows_get_n (self);

  for (guint i = first != NULL ? first->index : 0; i < n; i++) {
    const TpoRow *row = tpo_timeline_rows_get (self, i);

    if (row->y > y1)
      break;
    add_lanes_between (self, row, y0 - row->y, y1 - row->y, from_us, to_us, found);
  }
  for (guint i = 0; i < found->len; i++)
    g_object_ref (g_ptr_array_index (found, i));
  return found;
}

GPtrArray *
tpo_timeline_rows_list_between (TpoTimelineRows *self, TpoAnnotation *from, TpoAnnotation *to)
{
  GPtrArray *found = g_ptr_array_new_with_free_func (g_object_unref);
  const TpoRow *row = tpo_timeline_rows_find (self, to);
  guint i, k;

  if (row != NULL && from != NULL && g_ptr_array_find (row->items, from, &i) &&
      g_ptr_array_find (row->items, to, &k))
    for (; i != k; i += i < k ? 1 : (guint) -1)
      g_ptr_array_add (found, g_object_ref (g_ptr_array_index (row->items, i)));
  g_ptr_array_add (found, g_object_ref (to));
  return found;
}

TpoAnnotation *
tpo_timeline_rows_next_in_row (TpoTimelineRows *self, TpoAnnotation *annotation)
{
  const TpoRow *row = tpo_timeline_rows_find (self, annotation);
  guint i;

  if (row == NULL || !g_ptr_array_find (row->items, annotation, &i))
    return NULL;
  return i + 1 < row->items->len ? g_ptr_array_index (row->items, i + 1) : NULL;
}

TpoAnnotation *
tpo_timeline_rows_find_touching (TpoTimelineRows *self, TpoAnnotation *annotation,
                                 gboolean at_end)
{
  const TpoAnnotationRecord *record = tpo_annotation_get_record (annotation);
  const TpoRow *row = tpo_timeline_rows_find (self, annotation);
  gint64 edge_us = at_end ? record->end_us : record->start_us;
  g_autoptr (GPtrArray) near = g_ptr_array_new ();

  if (row == NULL || record->kind != TPO_ANNOTATION_SPAN)
    return NULL;
  add_lanes_between (self, row, 0, row->height, edge_us - 1, edge_us + 1, near);
  for (guint i = 0; i < near->len; i++) {
    TpoAnnotation *other = g_ptr_array_index (near, i);
    const TpoAnnotationRecord *its = tpo_annotation_get_record (other);

    if (other != annotation && (at_end ? its->start_us : its->end_us) == edge_us)
      return other;
  }
  return NULL;
}
