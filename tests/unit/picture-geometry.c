#include "canvas/picture-geometry.h"

static const TpoPlane plane = { .x = 100, .y = 50, .width = 400, .height = 200 };

static void
test_mapping (void)
{
  double x = 300, y = 100;
  TpoBox box = { 0.25f, 0.5f, 0.75f, 1.0f }, speck = { 0.5f, 0.5f, 0.5001f, 0.5001f };
  TpoFrameRect rect;

  tpo_plane_to_picture (&plane, &x, &y);
  g_assert_cmpfloat_with_epsilon (x, 0.5, 1e-9);
  g_assert_cmpfloat_with_epsilon (y, 0.25, 1e-9);
  tpo_plane_to_view (&plane, &x, &y);
  g_assert_cmpfloat_with_epsilon (x, 300, 1e-9);
  g_assert_cmpfloat_with_epsilon (y, 100, 1e-9);

  rect = tpo_plane_place (&plane, &box);
  g_assert_cmpint (rect.x, ==, 200);
  g_assert_cmpint (rect.y, ==, 150);
  g_assert_cmpint (rect.width, ==, 200);
  g_assert_cmpint (rect.height, ==, 100);
  rect = tpo_plane_place (&plane, &speck);
  g_assert_cmpint (rect.width, ==, 1);
  g_assert_cmpint (rect.height, ==, 1);
}

static void
test_no_picture (void)
{
  TpoPlane none = { 0 };
  double x = 3, y = 4;

  tpo_plane_to_picture (&none, &x, &y);
  g_assert_cmpfloat (x, ==, 0);
  g_assert_cmpfloat (y, ==, 0);
}

static void
test_grips (void)
{
  TpoFrameRect rect = { 100, 100, 200, 80 };

  g_assert_cmpint (tpo_grip_at (&rect, 200, 140), ==, TPO_GRIP_ALL);
  g_assert_cmpint (tpo_grip_at (&rect, 98, 97), ==, TPO_GRIP_LEFT | TPO_GRIP_TOP);
  g_assert_cmpint (tpo_grip_at (&rect, 303, 183), ==, TPO_GRIP_RIGHT | TPO_GRIP_BOTTOM);
  g_assert_cmpint (tpo_grip_at (&rect, 200, 105), ==, TPO_GRIP_TOP);
  g_assert_cmpint (tpo_grip_at (&rect, 306, 140), ==, TPO_GRIP_RIGHT);
  g_assert_cmpint (tpo_grip_at (&rect, 308, 140), ==, TPO_GRIP_NONE);
  g_assert_cmpint (tpo_grip_at (&rect, 200, 90), ==, TPO_GRIP_NONE);
}

/* Twelve pixels at least can be grabbed of every edge, and a tiny box can still be moved. */
static void
test_grip_sizes (void)
{
  TpoFrameRect rect = { 100, 100, 200, 80 }, tiny = { 50, 50, 8, 8 };
  int n_left = 0;

  for (int x = 50; x < 200; x++)
    n_left += tpo_grip_at (&rect, x + 0.5, 140) == TPO_GRIP_LEFT;
  g_assert_cmpint (n_left, >=, 12);
  g_assert_cmpint (tpo_grip_at (&tiny, 54, 54), ==, TPO_GRIP_ALL);
  g_assert_cmpint (tpo_grip_at (&tiny, 45, 54), ==, TPO_GRIP_LEFT);
}

static void
test_cursors (void)
{
  g_assert_cmpstr (tpo_grip_cursor (TPO_GRIP_ALL), ==, "move");
  g_assert_cmpstr (tpo_grip_cursor (TPO_GRIP_LEFT), ==, "ew-resize");
  g_assert_cmpstr (tpo_grip_cursor (TPO_GRIP_BOTTOM), ==, "ns-resize");
  g_assert_cmpstr (tpo_grip_cursor (TPO_GRIP_LEFT | TPO_GRIP_TOP), ==, "nwse-resize");
  g_assert_cmpstr (tpo_grip_cursor (TPO_GRIP_RIGHT | TPO_GRIP_BOTTOM), ==, "nwse-resize");
  g_assert_cmpstr (tpo_grip_cursor (TPO_GRIP_RIGHT | TPO_GRIP_TOP), ==, "nesw-resize");
  g_assert_cmpstr (tpo_grip_cursor (TPO_GRIP_NONE), ==, "default");
}

static void
assert_box (TpoBox box, double x0, double y0, double x1, double y1)
{
  g_assert_cmpfloat_with_epsilon (box.x0, x0, 1e-6);
  g_assert_cmpfloat_with_epsilon (box.y0, y0, 1e-6);
  g_assert_cmpfloat_with_epsilon (box.x1, x1, 1e-6);
  g_assert_cmpfloat_with_epsilon (box.y1, y1, 1e-6);
}

static void
test_drag (void)
{
  const TpoBox box = { 0.2f, 0.3f, 0.5f, 0.7f };

  assert_box (tpo_box_drag (&box, TPO_GRIP_ALL, 0.1, -0.1, 0, 0), 0.3, 0.2, 0.6, 0.6);
  assert_box (tpo_box_drag (&box, TPO_GRIP_ALL, 2, -2, 0, 0), 0.7, 0.0, 1.0, 0.4);
  assert_box (tpo_box_drag (&box, TPO_GRIP_RIGHT, 0.2, 0.4, 0, 0), 0.2, 0.3, 0.7, 0.7);
  assert_box (tpo_box_drag (&box, TPO_GRIP_LEFT | TPO_GRIP_TOP, -0.5, -0.1, 0, 0), 0.0, 0.2,
              0.5, 0.7);
  /* Turned over: the right edge goes left of the left one. */
  assert_box (tpo_box_drag (&box, TPO_GRIP_RIGHT, -0.4, 0, 0, 0), 0.1, 0.3, 0.2, 0.7);
}

static void
test_least_size (void)
{
  const TpoBox box = { 0.8f, 0.3f, 1.0f, 0.7f };

  assert_box (tpo_box_drag (&box, TPO_GRIP_LEFT, 0.2, 0, 0.1, 0.1), 0.9, 0.3, 1.0, 0.7);
  assert_box (tpo_box_drag (&box, TPO_GRIP_TOP, 0, 0.4, 0.1, 0.1), 0.8, 0.7, 1.0, 0.8);
}

static void
test_between (void)
{
  TpoBox box = tpo_box_between (0.9, 0.2, 0.4, 1.7);

  assert_box (box, 0.4, 0.2, 0.9, 1.0);
  g_assert_cmpfloat_with_epsilon (tpo_box_area (&box), 0.4, 1e-6);
  g_assert_true (tpo_box_has (&box, 0.5, 0.5));
  g_assert_false (tpo_box_has (&box, 0.3, 0.5));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/picture-geometry/mapping", test_mapping);
  g_test_add_func ("/picture-geometry/no-picture", test_no_picture);
  g_test_add_func ("/picture-geometry/grips", test_grips);
  g_test_add_func ("/picture-geometry/grip-sizes", test_grip_sizes);
  g_test_add_func ("/picture-geometry/cursors", test_cursors);
  g_test_add_func ("/picture-geometry/drag", test_drag);
  g_test_add_func ("/picture-geometry/least-size", test_least_size);
  g_test_add_func ("/picture-geometry/between", test_between);
  return g_test_run ();
}
