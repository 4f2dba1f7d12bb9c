#include "timeline/tpo-timeline-rows.h"

/* Rows of labels, their lanes, what is in sight, snapping. */

static gint64 last_id;

static TpoAnnotation *
span (const char *text, gint64 start_us, gint64 end_us)
{
  TpoAnnotationRecord *record = g_new0 (TpoAnnotationRecord, 1);

  record->id = ++last_id;
  record->kind = TPO_ANNOTATION_SPAN;
  record->status = TPO_STATUS_MANUAL;
  record->text = g_strdup (text);
  record->start_us = start_us;
  record->end_us = end_us;
  return tpo_annotation_new (record, NULL);
}

static TpoAnnotation *
track (gint64 start_us, gint64 end_us)
{
  TpoAnnotation *annotation = span (NULL, start_us, end_us);

  ((TpoAnnotationRecord *) tpo_annotation_get_record (annotation))->kind =
      TPO_ANNOTATION_BOX_TRACK;
  return annotation;
}

static TpoAnnotation *
append (TpoAnnotationList *store, TpoAnnotation *annotation)
{
  tpo_annotation_list_add (store, annotation);
  g_object_unref (annotation);
  return annotation; /* the store keeps it */
}

static void
move (TpoAnnotation *annotation, const char *text, gint64 start_us, gint64 end_us)
{
  const TpoAnnotationRecord *before = tpo_annotation_get_record (annotation);
  TpoAnnotationRecord *record = g_new0 (TpoAnnotationRecord, 1);

  record->id = before->id;
  record->kind = before->kind;
  record->is_locked = before->is_locked;
  record->text = g_strdup (text);
  record->start_us = start_us;
  record->end_us = end_us;
  tpo_annotation_update (annotation, record, NULL);
}

static void
count (TpoTimelineRows *rows, guint *n)
{
  (*n)++;
}

static void
test_rows (void)
{
  g_autoptr (TpoAnnotationList) store = tpo_annotation_list_new ();
  g_autoptr (TpoTimelineRows) rows = NULL;
  TpoAnnotation *dog = append (store, span ("dog", 0, 100)), *cat, *box;
  guint n_changes = 0;

  rows = tpo_timeline_rows_new (store);
  g_signal_connect (rows, "changed", G_CALLBACK (count), &n_changes);
  box = append (store, track (0, 500));
  cat = append (store, span ("cat", 0, 50));
  append (store, span ("dog", 200, 300));
  append (store, track (0, 500));
  g_assert_cmpuint (n_changes, ==, 4);
  /* In the order of making: dog, a track, cat, another track. */
  g_assert_cmpuint (tpo_timeline_rows_get_n (rows), ==, 4);
  g_assert_cmpuint (tpo_timeline_rows_get (rows, 0)->items->len, ==, 2);
  g_assert_true (tpo_timeline_rows_find (rows, dog) == tpo_timeline_rows_get (rows, 0));
  g_assert_true (tpo_timeline_rows_find (rows, box) == tpo_timeline_rows_get (rows, 1));
  g_assert_true (tpo_timeline_rows_find (rows, cat) == tpo_timeline_rows_get (rows, 2));

  /* A renamed span goes to the others of its name, and its row with it. */
  move (cat, "dog", 100, 150);
  g_assert_cmpuint (tpo_timeline_rows_get_n (rows), ==, 3);
  g_assert_cmpuint (tpo_timeline_rows_get (rows, 0)->items->len, ==, 3);
  g_assert_true (tpo_timeline_rows_next_in_row (rows, dog) == cat);
  g_assert_true (tpo_timeline_rows_find_touching (rows, dog, TRUE) == cat);
  g_assert_true (tpo_timeline_rows_find_touching (rows, cat, FALSE) == dog);
  g_assert_null (tpo_timeline_rows_find_touching (rows, cat, TRUE));

  tpo_annotation_list_remove (store, tpo_annotation_list_get (store, 0));
  g_assert_cmpuint (tpo_timeline_rows_get_n (rows), ==, 3);
  /* The oldest that is left of the dogs is younger than the first track. */
  g_assert_true (tpo_timeline_rows_find (rows, box) == tpo_timeline_rows_get (rows, 0));
  g_ptr_array_unref (tpo_annotation_list_clear (store));
  g_assert_cmpuint (tpo_timeline_rows_get_n (rows), ==, 0);
  g_assert_null (tpo_timeline_rows_find_y (rows, 0));
  g_assert_cmpint (tpo_timeline_rows_get_height (rows), ==, 0);
}

static void
test_labels (void)
{
  g_autoptr (TpoAnnotationList) store = tpo_annotation_list_new ();
  g_autoptr (TpoTimelineRows) rows = NULL;
  TpoLabelRecord *record = g_new0 (TpoLabelRecord, 1);
  g_autoptr (TpoLabel) label = NULL;
  TpoAnnotation *first = append (store, span ("one", 0, 10));
  TpoAnnotation *second = append (store, span ("two", 20, 30));

  record->id = 7;
  record->name = g_strdup ("walk");
  record->color = g_strdup ("#ff0000");
  label = tpo_label_new (record);
  rows = tpo_timeline_rows_new (store);
  g_assert_cmpuint (tpo_timeline_rows_get_n (rows), ==, 2);
  ((TpoAnnotationRecord *) tpo_annotation_get_record (first))->label_id = 7;
  ((TpoAnnotationRecord *) tpo_annotation_get_record (second))->label_id = 7;
  tpo_annotation_set_label (first, label);
  tpo_annotation_set_label (second, label);
  g_assert_cmpuint (tpo_timeline_rows_get_n (rows), ==, 1);
  g_assert_true (tpo_timeline_rows_find (rows, first) == tpo_timeline_rows_find (rows, second));
}

/* Overlapping ones stack, others share the first lane. */
static void
test_lanes (void)
{
  g_autoptr (TpoAnnotationList) store = tpo_annotation_list_new ();
  g_autoptr (TpoTimelineRows) rows = NULL;
  const guint lanes[] = { 0, 1, 0, 2 };
  const TpoRow *row;
  int y, height, y1;

  append (store, span ("a", 0, 100));
  append (store, span ("a", 50, 150));
  append (store, span ("a", 100, 200));
  append (store, span ("a", 120, 130));
  rows = tpo_timeline_rows_new (store);
  tpo_timeline_rows_set_metrics (rows, 30, 20);
  row = tpo_timeline_rows_get (rows, 0);
  g_assert_cmpuint (row->lanes->len, ==, 3);
  g_assert_cmpint (row->height, ==, 70);

  for (guint i = 0; i < 4; i++) {
    g_autoptr (TpoAnnotation) item = g_list_model_get_item (G_LIST_MODEL (store), i);

    g_assert_cmpuint (tpo_lanes_find (row->lanes, item), ==, lanes[i]);
  }
  tpo_timeline_rows_get_lane (rows, row, 0, &y, &height);
  g_assert_cmpint (y, >=, 0);
  g_assert_cmpint (y + height, <=, 30);
  tpo_timeline_rows_get_lane (rows, row, 2, &y1, &height);
  g_assert_cmpint (y1, ==, 50);
  g_assert_cmpint (y1 + height, <=, 70);

  tpo_timeline_rows_set_collapsed (rows, row, TRUE);
  row = tpo_timeline_rows_get (rows, 0);
  g_assert_cmpint (row->height, ==, 30);
  tpo_timeline_rows_get_lane (rows, row, 2, &y1, &height);
  g_assert_cmpint (y1 + height, <=, 30);
}

/* Of all lanes of the first row. */
static void
collect (TpoTimelineRows *rows, gint64 from_us, gint64 to_us, gint64 pixel_us, gint64 least_us,
         GPtrArray *wide, GArray *runs)
{
  const TpoSight sight = { from_us, to_us, pixel_us, least_us, 0, G_MAXINT };

  tpo_timeline_rows_collect (rows, tpo_timeline_rows_get (rows, 0), &sight, wide, runs);
}

/* Of a row with many lanes only those in sight are looked at. */
static void
test_sight (void)
{
  g_autoptr (TpoAnnotationList) store = tpo_annotation_list_new ();
  g_autoptr (TpoTimelineRows) rows = NULL;
  g_autoptr (GPtrArray) wide = g_ptr_array_new ();
  g_autoptr (GArray) runs = g_array_new (FALSE, FALSE, sizeof (TpoRun));
  TpoSight sight = { 0, 100, 1, 0, 0, 0 };
  int height;

  for (guint i = 0; i < 10; i++)
    append (store, span ("a", i, 50 + i));
  rows = tpo_timeline_rows_new (store);
  tpo_timeline_rows_get_lane (rows, tpo_timeline_rows_get (rows, 0), 4, &sight.y0, &height);
  sight.y1 = sight.y0 + 1;
  tpo_timeline_rows_collect (rows, tpo_timeline_rows_get (rows, 0), &sight, wide, runs);
  g_assert_cmpuint (wide->len, ==, 1);
  g_assert_cmpuint (tpo_lanes_find (tpo_timeline_rows_get (rows, 0)->lanes, wide->pdata[0]), ==,
                    4);
}

/* More at once than there are lanes: none is lost. */
static void
test_crowd (void)
{
  g_autoptr (TpoAnnotationList) store = tpo_annotation_list_new ();
  g_autoptr (TpoTimelineRows) rows = NULL;
  g_autoptr (GPtrArray) wide = g_ptr_array_new (), area = NULL;
  g_autoptr (GArray) runs = g_array_new (FALSE, FALSE, sizeof (TpoRun));
  const TpoRow *row;

  for (guint i = 0; i < 500; i++)
    append (store, span ("a", i, 1000 + i));
  rows = tpo_timeline_rows_new (store);
  row = tpo_timeline_rows_get (rows, 0);
  g_assert_cmpuint (row->lanes->len, ==, 64);
  collect (rows, 1100, 1200, 1, 1, wide, runs);
  /* Those that end after 1100 are 101 … 499. */
  g_assert_cmpuint (wide->len, ==, 399);
  g_assert_cmpuint (runs->len, ==, 0);
  area = tpo_timeline_rows_pick_area (rows, 0, row->height, 1100, 1200);
  g_assert_cmpuint (area->len, ==, 399);
}

/* What is collected is bounded by pixels, and no long span is missed among short ones. */
static void
test_collect (void)
{
  g_autoptr (TpoAnnotationList) store = tpo_annotation_list_new ();
  g_autoptr (TpoTimelineRows) rows = NULL;
  g_autoptr (GPtrArray) wide = g_ptr_array_new ();
  g_autoptr (GArray) runs = g_array_new (FALSE, FALSE, sizeof (TpoRun));
  TpoAnnotation *last;

  /* 100,000 spans of 5 in every 10, then a long one within the last pixel's stretch. */
  for (guint i = 0; i < 100000; i++)
    append (store, span ("a", 10 * i, 10 * i + 5));
  last = append (store, span ("a", 1000000, 1500000));
  rows = tpo_timeline_rows_new (store);
  collect (rows, 0, 2000000, 1000, 6000, wide, runs);
  g_assert_cmpuint (wide->len, ==, 1);
  g_assert_true (g_ptr_array_index (wide, 0) == last);
  g_assert_cmpuint (runs->len, ==, 1);
  g_assert_cmpint (g_array_index (runs, TpoRun, 0).start_us, ==, 0);
  g_assert_cmpint (g_array_index (runs, TpoRun, 0).end_us, >=, 1000000 - 5);

  g_ptr_array_set_size (wide, 0);
  g_array_set_size (runs, 0);
  collect (rows, 500, 600, 1, 2, wide, runs);
  g_assert_cmpuint (wide->len, ==, 10);
  g_assert_cmpuint (runs->len, ==, 0);
}

static void
test_places (void)
{
  g_autoptr (TpoAnnotationList) store = tpo_annotation_list_new ();
  g_autoptr (TpoTimelineRows) rows = NULL;
  g_autoptr (GPtrArray) framed = NULL, between = NULL;
  TpoAnnotation *first = NULL, *third = NULL;

  for (guint i = 0; i < 10; i++) {
    g_autofree char *name = g_strdup_printf ("row %u", i);

    for (guint k = 0; k < 4; k++) {
      TpoAnnotation *made = append (store, span (name, 100 * k, 100 * k + 50));

      first = i == 0 && k == 0 ? made : first;
      third = i == 0 && k == 2 ? made : third;
    }
  }
  rows = tpo_timeline_rows_new (store);
  tpo_timeline_rows_set_metrics (rows, 30, 20);
  g_assert_cmpint (tpo_timeline_rows_get_height (rows), ==, 300);
  g_assert_cmpuint (tpo_timeline_rows_find_y (rows, -5)->index, ==, 0);
  g_assert_cmpuint (tpo_timeline_rows_find_y (rows, 29)->index, ==, 0);
  g_assert_cmpuint (tpo_timeline_rows_find_y (rows, 30)->index, ==, 1);
  g_assert_cmpuint (tpo_timeline_rows_find_y (rows, 4000)->index, ==, 9);
  /* Two rows, two spans in each. */
  framed = tpo_timeline_rows_pick_area (rows, 40, 70, 40, 110);
  g_assert_cmpuint (framed->len, ==, 4);
  g_assert_true (tpo_timeline_rows_pick (rows, tpo_timeline_rows_get (rows, 0), 210, 211, 15) ==
                 third);
  g_assert_null (tpo_timeline_rows_pick (rows, tpo_timeline_rows_get (rows, 0), 60, 61, 15));
  between = tpo_timeline_rows_list_between (rows, third, first);
  g_assert_cmpuint (between->len, ==, 3);
  g_assert_true (g_ptr_array_index (between, 2) == first);
}

static void
test_locked (void)
{
  g_autoptr (TpoAnnotationList) store = tpo_annotation_list_new ();
  g_autoptr (TpoTimelineRows) rows = NULL;
  TpoAnnotation *first = append (store, span ("a", 0, 10));

  append (store, span ("a", 20, 30));
  rows = tpo_timeline_rows_new (store);
  g_assert_cmpuint (tpo_timeline_rows_get (rows, 0)->n_locked, ==, 0);
  ((TpoAnnotationRecord *) tpo_annotation_get_record (first))->is_locked = TRUE;
  move (first, "a", 5, 10);
  g_assert_cmpuint (tpo_timeline_rows_get (rows, 0)->n_locked, ==, 1);
}

static void
test_edges (void)
{
  g_autoptr (TpoAnnotationList) store = tpo_annotation_list_new ();
  g_autoptr (TpoTimelineRows) rows = NULL;
  const gint64 own[2] = { 100, 200 }, none[2] = { -1, -1 };
  GArray *edges;

  append (store, span ("a", 100, 200));
  append (store, span ("b", 200, 300));
  append (store, track (320, 330));
  rows = tpo_timeline_rows_new (store);
  edges = tpo_timeline_rows_get_edges (rows);
  g_assert_cmpuint (edges->len, ==, 6);
  /* Not to where it comes from, unless another span is there too. */
  g_assert_cmpint (tpo_edges_snap (edges, 105, own, 10), ==, 105);
  g_assert_cmpint (tpo_edges_snap (edges, 105, none, 10), ==, 100);
  g_assert_cmpint (tpo_edges_snap (edges, 195, own, 10), ==, 200);
  /* To the nearest in reach. */
  g_assert_cmpint (tpo_edges_snap (edges, 312, own, 15), ==, 320);
  g_assert_cmpint (tpo_edges_snap (edges, 308, own, 15), ==, 300);
  g_assert_cmpint (tpo_edges_snap (edges, 308, own, 7), ==, 308);
  g_assert_cmpint (tpo_edges_next (edges, 200, TRUE), ==, 300);
  g_assert_cmpint (tpo_edges_next (edges, 200, FALSE), ==, 100);
  g_assert_cmpint (tpo_edges_next (edges, 100, FALSE), ==, -1);
  g_assert_cmpint (tpo_edges_next (edges, 330, TRUE), ==, -1);
  tpo_annotation_list_remove (store, tpo_annotation_list_get (store, 2));
  g_assert_cmpuint (tpo_timeline_rows_get_edges (rows)->len, ==, 4);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/timeline-rows/rows", test_rows);
  g_test_add_func ("/timeline-rows/labels", test_labels);
  g_test_add_func ("/timeline-rows/lanes", test_lanes);
  g_test_add_func ("/timeline-rows/crowd", test_crowd);
  g_test_add_func ("/timeline-rows/collect", test_collect);
  g_test_add_func ("/timeline-rows/sight", test_sight);
  g_test_add_func ("/timeline-rows/places", test_places);
  g_test_add_func ("/timeline-rows/locked", test_locked);
  g_test_add_func ("/timeline-rows/edges", test_edges);
  return g_test_run ();
}
