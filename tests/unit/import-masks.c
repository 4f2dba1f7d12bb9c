/*
 * Imports of boxes and masks: the published examples and vectors of their formats, and files that
 * are damaged or hostile.
 */

#include <string.h>

#include "format-fixture.h"
#include "formats/mask-png.h"
#include "formats/polygon.h"

/* The example mask, at the time of that frame. */
static void
assert_mask (GPtrArray *keyframes, guint n, gint64 time_us)
{
  const TpoKeyframeRecord *keyframe = keyframes->pdata[n];
  g_autofree char *text = NULL;

  g_assert_cmpint (keyframe->time_us, ==, time_us);
  g_assert_nonnull (keyframe->mask);
  text = tpo_rle_to_string (keyframe->mask);
  g_assert_cmpstr (text, ==, "52200O4");
}

static void
test_coco (Fixture *self, gconstpointer data)
{
  g_autoptr (TpoAnnotationRecord) first = NULL;
  g_autoptr (TpoAnnotationRecord) second = NULL;
  g_autoptr (GPtrArray) masks = NULL;
  g_autoptr (TpoLossReport) report = NULL;
  g_autofree char *label = NULL;
  gint64 id = add_video (self->store, "file:///videos/clip7.mp4", 5, 4, 60000);

  import_text (
      self, "coco", "c.json",
      "{\"info\": {\"description\": \"x\", \"version\": \"1.0\"},"
      "\"images\": [{\"id\": 1, \"file_name\": \"clip7/000000.png\", \"width\": 5, \"height\": 4}],"
      "\"categories\": [{\"id\": 1, \"name\": \"cup\", \"supercategory\": \"object\"}],"
      "\"annotations\": ["
      "{\"id\": 1, \"image_id\": 1, \"category_id\": 1, \"iscrowd\": 0, \"bbox\": [1, 1, 3, 2],"
      " \"area\": 5, \"segmentation\": {\"size\": [4, 5], \"counts\": \"52200O4\"}},"
      "{\"id\": 2, \"image_id\": 1, \"category_id\": 1, \"iscrowd\": 0, \"bbox\": [0, 0, 2, 2],"
      " \"area\": 4, \"segmentation\": [[0, 0, 2, 0, 2, 2, 0, 2]]}]}",
      &report);
  assert_loss (report, "Polygons made into masks of pixels: 1");
  g_assert_cmpuint (n_annotations (self, id), ==, 2);
  first = nth_annotation (self, id, 0);
  g_assert_cmpint (first->kind, ==, TPO_ANNOTATION_MASK_TRACK);
  g_assert_cmpint (first->start_us, ==, 0);
  g_assert_cmpint (first->end_us, ==, 20000);
  g_assert_cmpstr (label_of (self, first, &label), ==, "cup");
  masks = keyframes_of (self, first);
  g_assert_cmpuint (masks->len, ==, 1);
  assert_mask (masks, 0, 0);
  second = nth_annotation (self, id, 1);
  g_ptr_array_unref (masks);
  masks = keyframes_of (self, second);
  g_assert_cmpuint (tpo_rle_area (((TpoKeyframeRecord *) masks->pdata[0])->mask), ==, 4);
}

/* ByteTrack counts frames from 1; a track that misses an image is absent there. */
static void
test_bytetrack (Fixture *self, gconstpointer data)
{
  g_autoptr (TpoAnnotationRecord) track = NULL;
  g_autoptr (GPtrArray) boxes = NULL;
  gint64 id = add_video (self->store, "file:///videos/clip7.mp4", 100, 50, 200000);

  import_text (
      self, "cocovid", "b.json",
      "{\"annotations\": ["
      "{\"id\": 1, \"category_id\": 1, \"image_id\": 1, \"track_id\": 4, \"bbox\": [10, 5, 20, 10]},"
      "{\"id\": 2, \"category_id\": 1, \"image_id\": 3, \"track_id\": 4, \"bbox\": [10, 5, 20, 10]}],"
      "\"images\": ["
      "{\"file_name\": \"clip7/img1/000001.jpg\", \"id\": 1, \"frame_id\": 1, \"prev_image_id\": -1,"
      " \"next_image_id\": 2, \"video_id\": 1, \"height\": 50, \"width\": 100},"
      "{\"file_name\": \"clip7/img1/000002.jpg\", \"id\": 2, \"frame_id\": 2, \"prev_image_id\": 1,"
      " \"next_image_id\": 3, \"video_id\": 1, \"height\": 50, \"width\": 100},"
      "{\"file_name\": \"clip7/img1/000003.jpg\", \"id\": 3, \"frame_id\": 3, \"prev_image_id\": 2,"
      " \"next_image_id\": -1, \"video_id\": 1, \"height\": 50, \"width\": 100}],"
      "\"videos\": [{\"id\": 1, \"file_name\": \"clip7\", \"name\": \"clip7\"}],"
      "\"categories\": [{\"id\": 1, \"name\": \"pedestrian\"}]}",
      NULL);
  g_assert_cmpuint (n_annotations (self, id), ==, 1);
  track = nth_annotation (self, id, 0);
  boxes = keyframes_of (self, track);
  g_assert_cmpint (track->start_us, ==, 0);
  g_assert_cmpint (track->end_us, ==, 60000);
  g_assert_cmpuint (boxes->len, ==, 3);
  g_assert_true (((TpoKeyframeRecord *) boxes->pdata[1])->is_absent);
  g_assert_cmpfloat (((TpoKeyframeRecord *) boxes->pdata[2])->box.x1, ==, 0.3f);
}

#define COCO(annotation)                                                                          \
  "{\"images\": [{\"id\": 1, \"file_name\": \"clip7/000000.png\", \"width\": 5, \"height\": 4}]," \
  "\"categories\": [], \"annotations\": [" annotation "]}"

static void
test_bad_coco (Fixture *self, gconstpointer data)
{
  static const struct {
    const char *text, *sentence;
  } cases[] = {
    { COCO ("{\"id\": 1, \"image_id\": 1, \"bbox\": [1, 1, -3, 2]}"),
      "annotations[0].bbox, byte 161: the width of the box is negative" },
    { COCO ("{\"id\": 1, \"image_id\": 2, \"bbox\": [1, 1, 3, 2]}"), "there is no image 2" },
    { COCO ("{\"image_id\": 1, \"segmentation\": {\"size\": [4, 5], \"counts\": \"52200O\"}}"),
      "the mask's runs cover" },
    { COCO ("{\"image_id\": 1, \"segmentation\": {\"size\": [4, 5], \"counts\": \"p\"}}"),
      "malformed" },
    { COCO ("{\"image_id\": 1, \"segmentation\": {\"size\": [4, 5], \"counts\": [-1, 21]}}"),
      "a run of -1 pixels is not possible" },
    { COCO (
          "{\"image_id\": 1, \"segmentation\": {\"size\": [40000, 50000], \"counts\": \"0\"}}"),
      "is not possible" },
    { COCO ("{\"image_id\": 1, \"segmentation\": {\"size\": [5, 4], \"counts\": [20]}}"),
      "a mask of 4 × 5 pixels is on a picture of 5 × 4" },
    { COCO ("{\"image_id\": 1, \"segmentation\": [[0, 0, 1, 1]]}"),
      "Rings of polygons with fewer than three points, left out: 1" },
    { COCO ("{\"image_id\": 1, \"segmentation\": [[0, 0, 1, 1, 2, 2, 3]]}"),
      "the points of a ring are of two numbers each" },
    { COCO ("{\"image_id\": 1, \"bbox\": [1, 1, 3]}"), "a box has four numbers" },
    { COCO ("{\"image_id\": 1, \"bbox\": [1, 1, 3, 2, 1]}"), "a box has four numbers" },
    { COCO ("{\"image_id\": 1, \"bbox\": [1, 1, 3, \"2\"]}"), "a number is expected" },
    { COCO ("{\"image_id\": 1.5}"), "a whole number is expected" },
    { COCO ("{\"image_id\": 1, \"caption\": \"a cup\"}"),
      "Annotations without a box or a mask, left out: 1" },
    { COCO ("{\"image_id\": 1, \"bbox\": [9, 9, 3, 2]}"),
      "Boxes without an area in the picture, left out: 1" },
    { "{\"images\": [{\"id\": 1, \"file_name\": \"../x/000000.png\", \"width\": 5, "
      "\"height\": 4}], \"annotations\": []}",
      "such names are refused" },
    { "{\"images\": [{\"id\": 1, \"file_name\": \"a/0.png\", \"width\": 0, \"height\": 4}]}",
      "a picture of 0 pixels is not possible" },
    { "[{\"image_id\": 1, \"category_id\": 1, \"score\": 0.5}]", "this is a list of results" },
    { "{\"videos\": [{\"id\": 1, \"name\": \"gone\"}], \"images\": [{\"id\": 1, \"video_id\": 1, "
      "\"frame_id\": 0, \"file_name\": \"gone/000000.jpg\", \"width\": 5, \"height\": 4}],"
      "\"annotations\": [{\"image_id\": 1, \"bbox\": [1, 1, 3, 2]}]}",
      "such as “gone”; their labels are left out: 1" },
  };

  add_video (self->store, "file:///videos/clip7.mp4", 5, 4, 60000);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    import_fails (self, "coco", "c.json", cases[i].text, cases[i].sentence);
}

/* As other tools write them: no box as an empty list, no score, and rings of two points. */
static void
test_odd_coco (Fixture *self, gconstpointer data)
{
  g_autoptr (TpoAnnotationRecord) track = NULL;
  g_autoptr (GPtrArray) masks = NULL;
  g_autoptr (TpoLossReport) report = NULL;
  gint64 id = add_video (self->store, "file:///videos/clip7.mp4", 5, 4, 60000);

  import_text (
      self, "coco", "c.json",
      COCO ("{\"id\": 1.0, \"image_id\": 1e0, \"bbox\": [], \"score\": null, "
            "\"segmentation\": [[0, 0, 1, 1], [0, 0, 2, 0, 2, 2, 0, 2]]},"
            "{\"id\": 2, \"image_id\": 1, \"bbox\": [1, 1, 2, 2], \"segmentation\": []},"
            "{\"id\": 3, \"image_id\": 1, \"bbox\": [1, 1, 2, 2], \"segmentation\": "
            "[[0, 0, 1, 1]]}"),
      &report);
  assert_loss (report, "Rings of polygons with fewer than three points, left out: 2");
  assert_loss (report, "Polygons made into masks of pixels: 1");
  g_assert_cmpuint (n_annotations (self, id), ==, 3);
  track = nth_annotation (self, id, 0);
  masks = keyframes_of (self, track);
  g_assert_cmpuint (tpo_rle_area (((TpoKeyframeRecord *) masks->pdata[0])->mask), ==, 4);
}

/* Vertices lie on pixels' corners: from 10 to 30 are columns 10 … 29. */
static void
test_polygon (void)
{
  const double corners[] = { 10, 20, 30, 20, 30, 60, 10, 60 };
  const double triangle[] = { 0, 0, 8, 0, 0, 8 };
  g_autoptr (GPtrArray) rings = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  g_autoptr (TpoRle) mask = NULL;
  g_autoptr (TpoRle) half = NULL;
  g_autofree char *text = NULL;
  g_autofree char *zeros = g_strnfill (37, '0');
  g_autofree char *expected = g_strconcat ("lo0X1l1", zeros, "dk4", NULL);
  GArray *ring = g_array_new (FALSE, FALSE, sizeof (double));

  g_array_append_vals (ring, corners, 8);
  g_ptr_array_add (rings, ring);
  mask = tpo_mask_from_rings (rings, 80, 100);
  text = tpo_rle_to_string (mask);
  g_assert_cmpstr (text, ==, expected);
  g_assert_cmpuint (tpo_rle_area (mask), ==, 800);
  g_array_set_size (ring, 0);
  g_array_append_vals (ring, triangle, 6);
  half = tpo_mask_from_rings (rings, 8, 8);
  g_assert_cmpuint (tpo_rle_area (half), ==, 28); /* centres on the slope are outside */
}

static void
test_youtube_vis (Fixture *self, gconstpointer data)
{
  g_autoptr (TpoAnnotationRecord) track = NULL;
  g_autoptr (GPtrArray) masks = NULL;
  gint64 id = add_video (self->store, "file:///videos/clip7.mp4", 5, 4, 400000);

  import_text (
      self, "youtube-vis", "y.json",
      "{\"videos\": [{\"id\": 1, \"width\": 5, \"height\": 4, \"length\": 3,"
      " \"file_names\": [\"clip7/00000.jpg\", \"clip7/00005.jpg\", \"clip7/00010.jpg\"]}],"
      "\"categories\": [{\"id\": 1, \"name\": \"cup\"}],"
      "\"annotations\": [{\"id\": 1, \"video_id\": 1, \"category_id\": 1, \"iscrowd\": 0,"
      " \"segmentations\": [{\"size\": [4, 5], \"counts\": [5, 2, 2, 2, 2, 1, 6]}, null,"
      "                     {\"size\": [4, 5], \"counts\": \"52200O4\"}],"
      " \"bboxes\": [[1, 1, 3, 2], null, [1, 1, 3, 2]], \"areas\": [5, null, 5]}]}",
      NULL);
  track = nth_annotation (self, id, 0);
  masks = keyframes_of (self, track);
  g_assert_cmpuint (masks->len, ==, 3);
  assert_mask (masks, 0, 0);
  g_assert_true (((TpoKeyframeRecord *) masks->pdata[1])->is_absent);
  assert_mask (masks, 2, 200000);
  g_assert_cmpint (track->end_us, ==, 220000);
  g_assert_true (tpo_store_undo (self->store, NULL));
  import_fails (self, "youtube-vis", "y.json",
                "{\"videos\": [{\"id\": 1, \"width\": 5, \"height\": 4, \"file_names\": "
                "[\"clip7/00000.jpg\"]}], \"annotations\": [{\"video_id\": 1, "
                "\"bboxes\": [null, null]}]}",
                "the video has 1 frames, the track another number");
}

static void
test_mevis (Fixture *self, gconstpointer data)
{
  g_autoptr (TpoAnnotationRecord) first = NULL;
  g_autoptr (TpoAnnotationRecord) second = NULL;
  g_autoptr (GPtrArray) masks = NULL;
  gint64 id = add_video (self->store, "file:///videos/clip7.mp4", 5, 4, 400000);

  write_text (
      self, "m/meta_expressions.json",
      "{\"videos\": {\"clip7\": {\"expressions\": {\"0\": {\"exp\": \"both cups that get "
      "moved\", \"obj_id\": [0, 2], \"anno_id\": [11, 13]}}, \"frames\": [\"00000\", "
      "\"00001\"]}}}");
  write_text (self, "m/mask_dict.json",
              "{\"11\": [{\"size\": [4, 5], \"counts\": \"52200O4\"}, null],"
              " \"13\": [null, {\"size\": [4, 5], \"counts\": \"52200O4\"}]}");
  g_assert_true (import_detects (self, "mevis", "m"));
  g_assert_true (import_file (self, "mevis", "m", NULL, NULL));
  first = nth_annotation (self, id, 0);
  second = nth_annotation (self, id, 1);
  g_assert_cmpstr (first->text, ==, "both cups that get moved");
  g_assert_cmpstr (second->text, ==, "both cups that get moved");
  g_assert_cmpint (second->start_us, ==, 20000);
  masks = keyframes_of (self, first);
  g_assert_cmpuint (masks->len, ==, 1);
  assert_mask (masks, 0, 0);
}

static void
test_sa_v (Fixture *self, gconstpointer data)
{
  g_autoptr (TpoAnnotationRecord) track = NULL;
  g_autoptr (GPtrArray) masks = NULL;
  gint64 id = add_video (self->store, "file:///videos/sav_000001.mp4", 5, 4, 400000);

  import_text (self, "sa-v", "sav_000001_auto.json",
               "{\"video_id\": \"sav_000001\", \"masklet_type\": \"auto\", \"masklet\": ["
               "[{\"size\": [4, 5], \"counts\": \"52200O4\"}], [{\"size\": [4, 5], \"counts\": "
               "\"d0\"}], [{\"size\": [4, 5], \"counts\": \"52200O4\"}]]}",
               NULL);
  track = nth_annotation (self, id, 0);
  masks = keyframes_of (self, track);
  g_assert_cmpint (track->status, ==, TPO_STATUS_PREDICTED);
  g_assert_cmpuint (masks->len, ==, 3);
  assert_mask (masks, 0, 0);
  g_assert_true (((TpoKeyframeRecord *) masks->pdata[1])->is_absent);
  assert_mask (masks, 2, 160000);
}

/* Objects of the two files of a video are different ones; "masklet_type" has a word for each. */
static void
test_sa_v_both (Fixture *self, gconstpointer data)
{
  gint64 id = add_video (self->store, "file:///videos/sav_000001.mp4", 5, 4, 400000);
  guint n_predicted = 0;

  write_text (self, "s/sav_000001_auto.json",
              "{\"video_id\": \"sav_000001\", \"masklet_type\": [\"auto\", \"auto\"], "
              "\"masklet\": [[{\"size\": [4, 5], \"counts\": \"52200O4\"}, {\"size\": [4, 5], "
              "\"counts\": \"52200O4\"}]]}");
  write_text (self, "s/sav_000001_manual.json",
              "{\"video_id\": \"sav_000001\", \"masklet_type\": [\"manual\"], "
              "\"masklet\": [[{\"size\": [4, 5], \"counts\": \"52200O4\"}]]}");
  g_assert_true (import_detects (self, "sa-v", "s"));
  g_assert_true (import_file (self, "sa-v", "s", NULL, NULL));
  g_assert_cmpuint (n_annotations (self, id), ==, 3);
  for (guint i = 0; i < 3; i++) {
    g_autoptr (TpoAnnotationRecord) track = nth_annotation (self, id, i);
    g_autoptr (GPtrArray) masks = keyframes_of (self, track);

    n_predicted += track->status == TPO_STATUS_PREDICTED;
    assert_mask (masks, 0, 0);
  }
  g_assert_cmpuint (n_predicted, ==, 2);
}

/* The palette of Pascal VOC, and pictures that come back as they were. */
static void
test_png (void)
{
  static const guint8 expected[][4] = { { 1, 128, 0, 0 },   { 2, 0, 128, 0 },
                                        { 3, 128, 128, 0 }, { 7, 128, 128, 128 },
                                        { 8, 64, 0, 0 },    { 255, 224, 224, 192 },
                                        { 4, 0, 0, 128 },   { 5, 128, 0, 128 } };
  guint8 indices[35], color[3];
  g_autoptr (GBytes) png = NULL;
  g_autoptr (GError) error = NULL;
  guint width, height;

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++) {
    tpo_voc_color (expected[i][0], color);
    g_assert_cmpmem (color, 3, expected[i] + 1, 3);
  }
  for (guint i = 0; i < 35; i++)
    indices[i] = (guint8) g_test_rand_int_range (0, 256);
  png = tpo_mask_png_encode (indices, 7, 5);
  for (gsize size = 0; size <= g_bytes_get_size (png); size++) {
    g_autoptr (GBytes) part = g_bytes_new_from_bytes (png, 0, size);
    g_autofree guint8 *back = NULL;

    g_clear_error (&error);
    back = tpo_mask_png_decode (part, "x.png", &width, &height, &error);
    g_assert_true ((back == NULL) == (error != NULL));
    /* The last few bytes only say that it ends. */
    if (size + 40 < g_bytes_get_size (png))
      g_assert_null (back);
    if (back != NULL)
      g_assert_cmpmem (back, width * height, indices, 35);
  }
  g_assert_no_error (error);
  g_assert_cmpuint (width, ==, 7);
}

static void
write_png (Fixture *self, const char *name, const guint8 *indices, guint width, guint height)
{
  g_autoptr (GBytes) png = tpo_mask_png_encode (indices, width, height);
  g_autofree char *path = NULL;

  write_text (self, name, ""); /* makes the folder */
  g_assert_true (g_file_set_contents (path_in (self, name, &path), g_bytes_get_data (png, NULL),
                                      (gssize) g_bytes_get_size (png), NULL));
}

/* Two objects, one of them seen later and with a gap; 255 and 254 are nobody's. */
static void
test_davis (Fixture *self, gconstpointer data)
{
  static const guint8 first[20] = { 0, 0, 0, 0, 255, 0, 1, 1, 1, 254, 0, 1, 1 };
  static const guint8 second[20] = { 2, 2 };
  g_autoptr (TpoAnnotationRecord) one = NULL;
  g_autoptr (TpoAnnotationRecord) two = NULL;
  g_autoptr (GPtrArray) masks = NULL;
  gint64 id = add_video (self->store, "file:///videos/clip7.mp4", 5, 4, 400000);

  write_png (self, "d/Annotations/480p/clip7/00000.png", first, 5, 4);
  write_png (self, "d/Annotations/480p/clip7/00001.png", second, 5, 4);
  write_png (self, "d/Annotations/480p/clip7/00002.png", first, 5, 4);
  write_text (self, "d/ImageSets/2017/train.txt", "clip7\n");
  g_assert_true (import_detects (self, "davis", "d"));
  g_assert_true (import_file (self, "davis", "d", NULL, NULL));
  g_assert_cmpuint (n_annotations (self, id), ==, 2);
  one = nth_annotation (self, id, 0);
  two = nth_annotation (self, id, 1);
  masks = keyframes_of (self, one);
  g_assert_cmpuint (masks->len, ==, 3);
  assert_mask (masks, 0, 0);
  g_assert_true (((TpoKeyframeRecord *) masks->pdata[1])->is_absent);
  assert_mask (masks, 2, 40000);
  g_assert_cmpint (two->start_us, ==, 20000);
  g_assert_cmpint (two->end_us, ==, 40000);
  write_text (self, "d/Annotations/480p/clip7/00003.png", "\x89PNG no picture");
  g_assert_true (tpo_store_undo (self->store, NULL));
  import_fails (self, "davis", "d", NULL, "“00003.png”: ");
}

static void
test_ref_youtube_vos (Fixture *self, gconstpointer data)
{
  static const guint8 picture[20] = { 2, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 1, 1 };
  g_autoptr (TpoAnnotationRecord) cup = NULL;
  g_autoptr (TpoAnnotationRecord) hand = NULL;
  g_autofree char *cup_label = NULL;
  g_autofree char *hand_label = NULL;
  gint64 id = add_video (self->store, "file:///videos/clip7.mp4", 5, 4, 400000);

  write_png (self, "r/train/Annotations/clip7/00000.png", picture, 5, 4);
  write_png (self, "r/train/Annotations/clip7/00005.png", picture, 5, 4);
  write_text (
      self, "r/meta_expressions/train/meta_expressions.json",
      "{\"videos\": {\"clip7\": {\"expressions\": {\"0\": {\"exp\": \"the cup being "
      "lifted\", \"obj_id\": \"1\"}, \"1\": {\"exp\": \"a hand on the left\", \"obj_id\": "
      "\"2\"}}, \"frames\": [\"00000\", \"00005\", \"00010\"]}}}");
  write_text (
      self, "r/train/meta.json",
      "{\"videos\": {\"clip7\": {\"objects\": {\"1\": {\"category\": \"cup\", \"frames\": "
      "[\"00000\"]}, \"2\": {\"category\": \"hand\", \"frames\": [\"00000\"]}}}}}");
  g_assert_true (import_detects (self, "ref-youtube-vos", "r"));
  g_assert_true (import_file (self, "ref-youtube-vos", "r", NULL, NULL));
  g_assert_cmpuint (n_annotations (self, id), ==, 2);
  cup = nth_annotation (self, id, 0);
  hand = nth_annotation (self, id, 1);
  g_assert_cmpstr (cup->text, ==, "the cup being lifted");
  g_assert_cmpstr (label_of (self, cup, &cup_label), ==, "cup");
  g_assert_cmpstr (hand->text, ==, "a hand on the left");
  g_assert_cmpstr (label_of (self, hand, &hand_label), ==, "hand");
  g_assert_cmpint (hand->end_us, ==, 120000);
}

/* A video made of the pictures alone has no frame 5 or 10: their numbers are places in it. */
static void
assert_placed (Fixture *self, gint64 id)
{
  g_autoptr (TpoAnnotationRecord) track = NULL;
  g_autoptr (GPtrArray) masks = NULL;

  g_assert_cmpuint (n_annotations (self, id), ==, 1);
  track = nth_annotation (self, id, 0);
  masks = keyframes_of (self, track);
  g_assert_cmpuint (masks->len, ==, 3);
  assert_mask (masks, 0, 0);
  g_assert_true (((TpoKeyframeRecord *) masks->pdata[1])->is_absent);
  g_assert_cmpint (((TpoKeyframeRecord *) masks->pdata[1])->time_us, ==, 20000);
  assert_mask (masks, 2, 40000);
  g_assert_true (tpo_store_undo (self->store, NULL));
}

static void
test_numbered (Fixture *self, gconstpointer data)
{
  static const guint8 mask[20] = { 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 1, 1 }, none[20] = { 0 };
  gint64 id = add_video (self->store, "file:///videos/clip7.mov", 5, 4, 60000);

  import_text (self, "youtube-vis", "y.json",
               "{\"videos\": [{\"id\": 1, \"width\": 5, \"height\": 4, \"file_names\": "
               "[\"clip7/00000.jpg\", \"clip7/00005.jpg\", \"clip7/00010.jpg\"]}],"
               "\"annotations\": [{\"video_id\": 1, \"segmentations\": ["
               "{\"size\": [4, 5], \"counts\": \"52200O4\"}, null,"
               "{\"size\": [4, 5], \"counts\": \"52200O4\"}]}]}",
               NULL);
  assert_placed (self, id);

  write_text (self, "m/meta_expressions.json",
              "{\"videos\": {\"clip7\": {\"frames\": [\"00001\", \"00002\", \"00003\"],"
              "\"expressions\": {\"0\": {\"exp\": \"a cup\", \"anno_id\": [7]}}}}}");
  write_text (self, "m/mask_dict.json",
              "{\"7\": [{\"size\": [4, 5], \"counts\": \"52200O4\"}, null,"
              "{\"size\": [4, 5], \"counts\": \"52200O4\"}]}");
  g_assert_true (import_file (self, "mevis", "m", NULL, NULL));
  assert_placed (self, id);

  write_png (self, "d/Annotations/480p/clip7/00005.png", mask, 5, 4);
  write_png (self, "d/Annotations/480p/clip7/00010.png", none, 5, 4);
  write_png (self, "d/Annotations/480p/clip7/00015.png", mask, 5, 4);
  g_assert_true (import_file (self, "davis", "d", NULL, NULL));
  assert_placed (self, id);
}

/*
 * SA-V's folders of objects, which overlap: whatever the number of the pixels, an empty picture, and a
 * picture that is missing at the end.
 */
static void
test_sa_v_png (Fixture *self, gconstpointer data)
{
  static const guint8 mask[20] = { 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 1, 1 };
  static const guint8 void_mask[20] = { 0, 0, 0, 0, 0, 0, 255, 255, 255, 0, 0, 255, 255 };
  static const guint8 none[20] = { 0 };
  g_autoptr (TpoAnnotationRecord) one = NULL;
  g_autoptr (TpoAnnotationRecord) two = NULL;
  g_autoptr (GPtrArray) masks = NULL;
  gint64 id = add_video (self->store, "file:///videos/sav_000001.mov", 5, 4, 400000);

  write_png (self, "v/Annotations_6fps/sav_000001/000/00000.png", mask, 5, 4);
  write_png (self, "v/Annotations_6fps/sav_000001/000/00004.png", none, 5, 4);
  write_png (self, "v/Annotations_6fps/sav_000001/000/00008.png", mask, 5, 4);
  write_png (self, "v/Annotations_6fps/sav_000001/001/00004.png", void_mask, 5, 4);
  write_text (self, "v/JPEGImages_24fps/sav_000001/00000.jpg", "x");
  write_text (self, "v/sav_val.txt", "sav_000001\n");
  g_assert_true (import_detects (self, "sa-v-png", "v"));
  g_assert_true (import_detects (self, "sa-v-png", "v/Annotations_6fps"));
  g_assert_true (import_file (self, "sa-v-png", "v", NULL, NULL));
  g_assert_cmpuint (n_annotations (self, id), ==, 2);
  one = nth_annotation (self, id, 0);
  masks = keyframes_of (self, one);
  g_assert_cmpuint (masks->len, ==, 3);
  assert_mask (masks, 0, 0);
  g_assert_true (((TpoKeyframeRecord *) masks->pdata[1])->is_absent);
  assert_mask (masks, 2, 160000);
  two = nth_annotation (self, id, 1);
  g_assert_cmpint (two->start_us, ==, 80000);
  g_assert_cmpint (two->end_us, ==, 100000);
  g_ptr_array_unref (masks);
  masks = keyframes_of (self, two);
  assert_mask (masks, 0, 80000);

  g_assert_true (tpo_store_undo (self->store, NULL));
  write_png (self, "v/Annotations_6fps/sav_000001/001/00400.png", mask, 5, 4);
  write_text (self, "v/Annotations_6fps/sav_000001/001/00404.png", "\x89PNG no picture");
  import_fails (self, "sa-v-png", "v", NULL, "“00404.png”: ");
}

/* The numbers of all objects' pictures together tell where they are in a video of them alone. */
static void
test_placed_objects (Fixture *self, gconstpointer data)
{
  static const guint8 mask[20] = { 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 1, 1 };
  gint64 id = add_video (self->store, "file:///videos/clip7.mov", 5, 4, 60000);
  g_autoptr (TpoAnnotationRecord) two = NULL;

  write_png (self, "v/clip7/000/00000.png", mask, 5, 4);
  write_png (self, "v/clip7/000/00004.png", mask, 5, 4);
  write_png (self, "v/clip7/001/00004.png", mask, 5, 4);
  write_png (self, "v/clip7/001/00008.png", mask, 5, 4);
  g_assert_true (import_detects (self, "sa-v-png", "v"));
  g_assert_true (import_file (self, "sa-v-png", "v", NULL, NULL));
  g_assert_cmpuint (n_annotations (self, id), ==, 2);
  two = nth_annotation (self, id, 1);
  g_assert_cmpint (two->start_us, ==, 20000);
  g_assert_cmpint (two->end_us, ==, 60000);
}

/* As YouTube-VOS and others have it: no resolution between, and pictures instead of lists. */
static void
test_plain_davis (Fixture *self, gconstpointer data)
{
  static const guint8 mask[20] = { 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 1, 1 }, none[20] = { 0 };
  gint64 id = add_video (self->store, "file:///videos/clip7.mov", 5, 4, 60000);

  write_png (self, "d/Annotations/clip7/00000.png", mask, 5, 4);
  write_png (self, "d/Annotations/clip7/00001.png", none, 5, 4);
  write_png (self, "d/Annotations/clip7/00002.png", mask, 5, 4);
  write_text (self, "d/JPEGImages/clip7/00000.jpg", "x");
  g_assert_true (import_detects (self, "davis", "d"));
  g_assert_true (import_file (self, "davis", "d", NULL, NULL));
  assert_placed (self, id);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  FIXTURE_ADD ("/import-masks/coco", test_coco);
  FIXTURE_ADD ("/import-masks/bytetrack", test_bytetrack);
  FIXTURE_ADD ("/import-masks/bad-coco", test_bad_coco);
  FIXTURE_ADD ("/import-masks/odd-coco", test_odd_coco);
  g_test_add_func ("/import-masks/polygon", test_polygon);
  FIXTURE_ADD ("/import-masks/youtube-vis", test_youtube_vis);
  FIXTURE_ADD ("/import-masks/mevis", test_mevis);
  FIXTURE_ADD ("/import-masks/sa-v", test_sa_v);
  FIXTURE_ADD ("/import-masks/sa-v-both", test_sa_v_both);
  FIXTURE_ADD ("/import-masks/sa-v-png", test_sa_v_png);
  FIXTURE_ADD ("/import-masks/placed-objects", test_placed_objects);
  g_test_add_func ("/import-masks/png", test_png);
  FIXTURE_ADD ("/import-masks/davis", test_davis);
  FIXTURE_ADD ("/import-masks/ref-youtube-vos", test_ref_youtube_vos);
  FIXTURE_ADD ("/import-masks/numbered", test_numbered);
  FIXTURE_ADD ("/import-masks/plain-davis", test_plain_davis);
  return g_test_run ();
}
