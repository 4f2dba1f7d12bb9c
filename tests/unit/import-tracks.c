/*
 * Imports of box tracks, annotation tools and timed text: the published examples and vectors of their
 * formats, and files that are damaged or hostile.
 */

#include <string.h>

#include "format-fixture.h"

static const TpoKeyframeRecord *
nth_keyframe (GPtrArray *keyframes, guint n)
{
  g_assert_cmpuint (n, <, keyframes->len);
  return keyframes->pdata[n];
}

/* Corners in pixels of a picture of 1280 × 720, within a tenth. */
static void
assert_box (GPtrArray *keyframes, guint n, gint64 time_us, double x0, double y0, double x1,
            double y1)
{
  const TpoKeyframeRecord *keyframe = nth_keyframe (keyframes, n);

  g_assert_cmpint (keyframe->time_us, ==, time_us);
  g_assert_false (keyframe->is_absent);
  g_assert_cmpfloat_with_epsilon ((double) keyframe->box.x0 * 1280, x0, 0.01);
  g_assert_cmpfloat_with_epsilon ((double) keyframe->box.y0 * 720, y0, 0.01);
  g_assert_cmpfloat_with_epsilon ((double) keyframe->box.x1 * 1280, x1, 0.01);
  g_assert_cmpfloat_with_epsilon ((double) keyframe->box.y1 * 720, y1, 0.01);
}

/* Frames, tracks and pixels count from 1; boxes may reach out of the picture. */
static void
test_motchallenge (Fixture *self, gconstpointer data)
{
  g_autoptr (TpoAnnotationRecord) track = NULL;
  g_autoptr (GPtrArray) boxes = NULL;
  g_autoptr (TpoLossReport) report = NULL;
  g_autofree char *label = NULL;
  gint64 id = add_video (self->store, "file:///videos/clip7.mp4", 1280, 720, 2000000);

  write_text (self, "m/clip7/gt/gt.txt",
              "1,1,101,81,60,40,1,1,1\n2,1,103.5,81,60,40,1,1,0.75\n5,1,106,81,60,40,0,1,0.1\n"
              "1,2,-19,1,60,40,1,3,1\n1,3,2000,1,60,40,1,3,1\n900,1,106,81,60,40,1,1,1\n");
  write_text (self, "m/clip7/seqinfo.ini",
              "[Sequence]\nname=clip7\nimDir=img1\nframeRate=25\nseqLength=1051\nimWidth=1280\n"
              "imHeight=720\nimExt=.jpg\n");
  g_assert_true (import_detects (self, "motchallenge", "m"));
  g_assert_true (import_file (self, "motchallenge", "m", &report, NULL));
  g_assert_cmpuint (n_annotations (self, id), ==, 2);
  track = nth_annotation (self, id, 0);
  boxes = keyframes_of (self, track);
  g_assert_cmpstr (label_of (self, track, &label), ==, "pedestrian");
  g_assert_cmpuint (boxes->len, ==, 4);
  assert_box (boxes, 0, 0, 100, 80, 160, 120);
  assert_box (boxes, 1, 20000, 102.5, 80, 162.5, 120);
  g_assert_true (nth_keyframe (boxes, 2)->is_absent);
  g_assert_cmpint (nth_keyframe (boxes, 2)->time_us, ==, 40000);
  assert_loss (report, "Boxes marked as to be ignored, which is not kept: 1");
  assert_loss (report, "Boxes partly hidden, which is not kept: 2");
  assert_loss (report, "Boxes across the edge of the picture, cut there: 1");
  assert_loss (report, "Boxes without an area in the picture, left out: 1");
  assert_loss (report, "Boxes and masks beyond the end of their video: 1");
}

/* The files do not say from what pixels count; the description of our own exports does. */
static void
test_motchallenge_from_zero (Fixture *self, gconstpointer data)
{
  const TpoExportOptions options = { .zero_based = TRUE };
  g_autofree char *path = NULL;
  g_autoptr (GFile) target = g_file_new_for_path (path_in (self, "from-zero", &path));
  g_autoptr (TpoAnnotationRecord) track = NULL;
  g_autoptr (GPtrArray) boxes = NULL;
  g_autoptr (GError) error = NULL;
  gint64 id = add_video (self->store, "file:///videos/clip7.mp4", 1280, 720, 2000000);

  write_text (self, "m/clip7/gt/gt.txt", "1,1,101,81,60,40,1,1,1\n");
  g_assert_true (import_file (self, "motchallenge", "m", NULL, NULL));
  tpo_export (self->store, tpo_format_find ("motchallenge"), target, &options, NULL, NULL,
              &error);
  g_assert_no_error (error);
  g_assert_true (import_file (self, "motchallenge", "from-zero", NULL, NULL));
  g_assert_cmpuint (n_annotations (self, id), ==, 2);
  track = nth_annotation (self, id, 1);
  boxes = keyframes_of (self, track);
  assert_box (boxes, 0, 0, 100, 80, 160, 120);
}

static void
test_bad_lines (Fixture *self, gconstpointer data)
{
  static const char *const cases[][2] = {
    { "1,1,101,81,-60,40,1,1,1\n", "“gt.txt”, line 1: the width of the box is negative" },
    { "1,1,101,81,60,40\n1,1,nan,81,60,40\n", "line 2: field 3, “nan”, is no number" },
    { "1,1,inf,81,60,40\n", "is no number" },
    { "1,1,0x10,81,60,40\n", "is no number" },
    { "0,1,101,81,60,40\n", "a frame from 1 on" },
    { "1.5,1,101,81,60,40\n", "a frame from 1 on" },
    { "1,1,101\n", "a box of four numbers" },
    { "1,1,\xff,81,60,40\n", "not in UTF-8" },
  };
  g_autofree char *long_line = g_strnfill (2 * 1024 * 1024, '1');

  add_video (self->store, "file:///videos/clip7.mp4", 1280, 720, 2000000);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    write_text (self, "clip7/gt/gt.txt", cases[i][0]);
    import_fails (self, "motchallenge", "clip7", NULL, cases[i][1]);
  }
  write_text (self, "clip7/gt/gt.txt", long_line);
  import_fails (self, "motchallenge", "clip7", NULL, "the line is longer than");
}

static void
test_lasot (Fixture *self, gconstpointer data)
{
  g_autoptr (TpoAnnotationRecord) track = NULL;
  g_autoptr (GPtrArray) boxes = NULL;
  g_autofree char *label = NULL;
  gint64 id = add_video (self->store, "file:///videos/cup-1.mp4", 1280, 720, 2000000);

  write_text (self, "l/cup/cup-1/groundtruth.txt",
              "100,80,60,40\n101,80,60,40\n102,80,60,40\n");
  write_text (self, "l/cup/cup-1/full_occlusion.txt", "0,1,0");
  write_text (self, "l/cup/cup-1/out_of_view.txt", "0,0,0");
  write_text (self, "l/cup/cup-1/nlp.txt", "red cup on the table\n");
  g_assert_true (import_detects (self, "lasot", "l"));
  g_assert_true (import_file (self, "lasot", "l", NULL, NULL));
  track = nth_annotation (self, id, 0);
  boxes = keyframes_of (self, track);
  g_assert_cmpstr (track->text, ==, "red cup on the table");
  g_assert_cmpstr (label_of (self, track, &label), ==, "cup");
  g_assert_cmpuint (boxes->len, ==, 3);
  assert_box (boxes, 0, 0, 100, 80, 160, 120);
  g_assert_true (nth_keyframe (boxes, 1)->is_absent);
  assert_box (boxes, 2, 40000, 102, 80, 162, 120);
}

static void
test_got_10k (Fixture *self, gconstpointer data)
{
  g_autoptr (TpoAnnotationRecord) track = NULL;
  g_autoptr (GPtrArray) boxes = NULL;
  g_autofree char *label = NULL;
  gint64 id =
      add_video (self->store, "file:///videos/GOT-10k_Train_000001.mp4", 1280, 720, 2000000);

  write_text (self, "g/list.txt", "GOT-10k_Train_000001\n");
  write_text (self, "g/GOT-10k_Train_000001/groundtruth.txt",
              "100.5000,80.0000,60.0000,40.0000\n101.0,80,60,40\n");
  write_text (self, "g/GOT-10k_Train_000001/absence.label", "0\n0\n");
  write_text (self, "g/GOT-10k_Train_000001/meta_info.ini",
              "[METAINFO]\nurl: x\nobject_class: cup\n");
  g_assert_true (import_detects (self, "got-10k", "g"));
  g_assert_true (import_file (self, "got-10k", "g", NULL, NULL));
  track = nth_annotation (self, id, 0);
  boxes = keyframes_of (self, track);
  g_assert_cmpstr (label_of (self, track, &label), ==, "cup");
  assert_box (boxes, 0, 0, 100.5, 80, 160.5, 120);
  g_assert_cmpint (track->end_us, ==, 40000);
}

#define CVAT(tracks)                                                                              \
  "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<annotations>\n  <version>1.1</version>\n"         \
  "  <meta><task><name>clip7</name><size>1051</size><mode>interpolation</mode><labels>"           \
  "<label><name>cup</name><type>any</type><attributes></attributes></label></labels>"             \
  "<original_size><width>1280</width><height>720</height></original_size></task></meta>\n" tracks \
  "</annotations>\n"

static void
test_cvat (Fixture *self, gconstpointer data)
{
  g_autoptr (TpoAnnotationRecord) box = NULL;
  g_autoptr (TpoAnnotationRecord) mask = NULL;
  g_autoptr (GPtrArray) boxes = NULL;
  g_autoptr (GPtrArray) masks = NULL;
  g_autoptr (TpoLossReport) report = NULL;
  g_autofree char *label = NULL;
  g_autofree guint8 *whole = g_malloc (1280 * 720);
  gint64 id = add_video (self->store, "file:///videos/clip7.mp4", 1280, 720, 2000000);

  import_text (
      self, "cvat", "annotations.xml",
      CVAT ("<track id=\"0\" label=\"cup\" source=\"semi-auto\">"
            "<box frame=\"0\" keyframe=\"1\" outside=\"0\" occluded=\"0\" xtl=\"100.00\" "
            "ytl=\"80.00\" xbr=\"160.00\" ybr=\"120.00\" z_order=\"0\"></box>"
            "<box frame=\"12\" keyframe=\"0\" outside=\"0\" occluded=\"0\" xtl=\"1.00\" "
            "ytl=\"80.00\" xbr=\"160.00\" ybr=\"120.00\" z_order=\"0\"></box>"
            "<box frame=\"24\" keyframe=\"1\" outside=\"0\" occluded=\"1\" xtl=\"130.00\" "
            "ytl=\"82.00\" xbr=\"190.00\" ybr=\"122.00\" z_order=\"0\"></box>"
            "<box frame=\"25\" keyframe=\"1\" outside=\"1\" occluded=\"0\" xtl=\"130.00\" "
            "ytl=\"82.00\" xbr=\"190.00\" ybr=\"122.00\" z_order=\"0\"></box></track>"
            "<track id=\"1\" label=\"cup\" source=\"auto\">"
            "<mask frame=\"0\" keyframe=\"1\" outside=\"0\" occluded=\"0\" rle=\"0, 5, 1\" "
            "left=\"1\" top=\"1\" width=\"3\" height=\"2\" z_order=\"0\"></mask>"
            "<mask frame=\"1\" keyframe=\"1\" outside=\"1\" occluded=\"0\" rle=\"0, 5, 1\" "
            "left=\"1\" top=\"1\" width=\"3\" height=\"2\" z_order=\"0\"></mask></track>"),
      &report);
  assert_loss (report, "Boxes and masks marked as occluded, which is not kept: 1");
  box = nth_annotation (self, id, 0);
  boxes = keyframes_of (self, box);
  g_assert_cmpint (box->status, ==, TPO_STATUS_CORRECTED);
  g_assert_cmpstr (label_of (self, box, &label), ==, "cup");
  g_assert_cmpuint (boxes->len, ==, 2);
  assert_box (boxes, 0, 0, 100, 80, 160, 120);
  assert_box (boxes, 1, 480000, 130, 82, 190, 122);
  g_assert_cmpint (box->end_us, ==, 500000);
  mask = nth_annotation (self, id, 1);
  masks = keyframes_of (self, mask);
  g_assert_cmpint (mask->status, ==, TPO_STATUS_PREDICTED);
  g_assert_cmpint (mask->end_us, ==, 20000);
  g_assert_cmpuint (tpo_rle_area (nth_keyframe (masks, 0)->mask), ==, 5);
  tpo_rle_decode (nth_keyframe (masks, 0)->mask, whole, 1280, 1);
  g_assert_cmpmem (whole + 1280 + 1, 3, ((guint8[]){ 1, 1, 1 }), 3);
  g_assert_cmpmem (whole + 2 * 1280 + 1, 3, ((guint8[]){ 1, 1, 0 }), 3);
}

/* As CVAT writes it: the task has a name of its own, and a source. */
static void
test_cvat_source (Fixture *self, gconstpointer data)
{
  const char *text =
      "<annotations><meta><task><name>a task</name><owner><username>max</username>"
      "</owner></task><source>clip7.mp4</source></meta>"
      "<track id=\"0\" label=\"cup\"><box frame=\"0\" keyframe=\"1\" outside=\"0\" "
      "xtl=\"100\" ytl=\"80\" xbr=\"160\" ybr=\"120\"></box></track></annotations>";
  gint64 id;

  import_fails (self, "cvat", "annotations.xml", text,
                "such as “clip7.mp4”; their labels are left out: 1");
  id = add_video (self->store, "file:///videos/clip7.mp4", 1280, 720, 2000000);
  import_text (self, "cvat", "annotations.xml", text, NULL);
  g_assert_cmpuint (n_annotations (self, id), ==, 1);
}

static void
test_bad_xml (Fixture *self, gconstpointer data)
{
  static const char *const cases[][2] = {
    { CVAT ("<track id=\"0\" label=\"cup\"><box frame=\"0\" keyframe=\"1\" outside=\"0\" "
            "xtl=\"9\" ytl=\"8\" xbr=\"1\" ybr=\"12\"></box></track>"),
      "line 5: the width of the box is negative" },
    { CVAT ("<track id=\"0\" label=\"cup\"><box frame=\"0\" keyframe=\"1\" outside=\"0\" "
            "xtl=\"nan\" ytl=\"8\" xbr=\"1\" ybr=\"12\"></box></track>"),
      "xtl=“nan” is no number" },
    { CVAT ("<track id=\"0\" label=\"cup\"><box frame=\"x\" keyframe=\"1\" "
            "outside=\"0\"></box></track>"),
      "frame=“x” is no whole number" },
    { CVAT ("<track id=\"0\" label=\"cup\"><mask frame=\"0\" keyframe=\"1\" outside=\"0\" "
            "rle=\"0, 99, 1\" left=\"1\" top=\"1\" width=\"3\" height=\"2\"></mask></track>"),
      "do not fit its rectangle" },
    { CVAT ("<track id=\"0\" label=\"cup\"><mask frame=\"0\" keyframe=\"1\" outside=\"0\" "
            "rle=\"0, 5\" left=\"1\" top=\"1\" width=\"3\" height=\"2\"></mask></track>"),
      "do not fill its rectangle" },
    { CVAT ("<track id=\"0\" label=\"cup\"><mask frame=\"0\" keyframe=\"1\" outside=\"0\" "
            "rle=\"0, 6\" left=\"1279\" top=\"1\" width=\"3\" height=\"2\"></mask></track>"),
      "does not lie within the picture" },
    { CVAT ("<track id=\"0\" label=\"cup\"><polygon frame=\"0\" keyframe=\"1\" outside=\"0\" "
            "points=\"1.00,2.00;3.00,4.00\"></polygon></track>"),
      "a polygon needs three points" },
    { CVAT ("<track id=\"0\" label=\"cup\"><polygon frame=\"0\" keyframe=\"1\" outside=\"0\" "
            "points=\"1.00,2.00;3.00;5,6\"></polygon></track>"),
      "“3.00;5,6” is no point of a polygon" },
    { CVAT ("<track id=\"0\" label=\"cup\"><polygon frame=\"0\" keyframe=\"1\" outside=\"0\" "
            "points=\"1.00,inf;3.00,4;5,6\"></polygon></track>"),
      "is no point of a polygon" },
    { CVAT ("<track id=\"0\" label=\"cup\"><polygon frame=\"0\" keyframe=\"1\" "
            "outside=\"0\"></polygon></track>"),
      "a polygon needs three points" },
    { "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><annotations>&e;</annotations>",
      "a document type is refused" },
    { "<annotations>&lol;</annotations>", "lol" },
    { "<annotations><track>", "" },
    { "<annotations><image id=\"0\"/></annotations>", "“name” is missing" },
    { "<annotations><image name=\"a/0.jpg\"/></annotations>",
      "Pictures neither frames of a video nor photographs" },
    { "<annotations><image name=\"../clip7/0.jpg\"/></annotations>", "such names are refused" },
    { "<annotations><image name=\"clip7/0.jpg\"/></annotations>", "“width” is missing" },
    { "<annotations><image name=\"clip7/0.jpg\" width=\"0\" height=\"9\"/></annotations>",
      "a picture of that size is not possible" },
    { "<annotations><image name=\"clip7/0.jpg\" width=\"9\" height=\"9\"><mask label=\"a\" "
      "rle=\"81\" left=\"0\" top=\"1\" width=\"9\" height=\"9\"/></image></annotations>",
      "the mask does not lie within the picture of 9 × 9" },
  };
  g_autoptr (GString) deep = g_string_new (NULL);

  add_video (self->store, "file:///videos/clip7.mp4", 1280, 720, 2000000);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    import_fails (self, "cvat", "clip7.xml", cases[i][0], cases[i][1]);
  for (guint i = 0; i < 10000; i++)
    g_string_append (deep, "<a>");
  import_fails (self, "cvat", "clip7.xml", deep->str, "nested more than 64 deep");
}

/* A polygon is a mask of the pixels within; those that CVAT interpolated come along and are marked so. */
static void
test_cvat_polygon (Fixture *self, gconstpointer data)
{
  g_autoptr (TpoAnnotationRecord) track = NULL;
  g_autoptr (GPtrArray) masks = NULL;
  g_autoptr (TpoLossReport) report = NULL;
  g_autofree char *label = NULL;
  gint64 id = add_video (self->store, "file:///videos/clip7.mp4", 1280, 720, 2000000);
  static const TpoProvenance provenances[] = { TPO_PROVENANCE_IMPORTED,
                                               TPO_PROVENANCE_INTERPOLATED };

  import_text (
      self, "cvat", "clip7.xml",
      CVAT (
          "<track id=\"0\" label=\"cup\">"
          "<polygon frame=\"0\" keyframe=\"1\" outside=\"0\" occluded=\"0\" "
          "points=\"10.00,20.00;30.00,20.00;30.00,60.00;10.00,60.00\" z_order=\"0\"></polygon>"
          "<polygon frame=\"1\" keyframe=\"0\" outside=\"0\" occluded=\"0\" "
          "points=\"12.00,20.00;32.00,20.00;32.00,60.00;12.00,60.00\" z_order=\"0\"></polygon>"
          "<polygon frame=\"2\" keyframe=\"1\" outside=\"1\" occluded=\"0\" "
          "points=\"12.00,20.00;32.00,20.00;32.00,60.00;12.00,60.00\" z_order=\"0\"></polygon>"
          "</track>"),
      &report);
  g_assert_cmpuint (n_annotations (self, id), ==, 1);
  track = nth_annotation (self, id, 0);
  g_assert_cmpint (track->kind, ==, TPO_ANNOTATION_MASK_TRACK);
  g_assert_cmpint (track->end_us, ==, 40000);
  g_assert_cmpstr (label_of (self, track, &label), ==, "cup");
  masks = keyframes_of (self, track);
  for (guint i = 0; i < G_N_ELEMENTS (provenances); i++) {
    const TpoKeyframeRecord *keyframe = nth_keyframe (masks, i);

    assert_box (masks, i, i * 20000, 10 + 2 * i, 20, 30 + 2 * i, 60);
    g_assert_cmpuint (tpo_rle_area (keyframe->mask), ==, 800);
    g_assert_cmpint (keyframe->provenance, ==, provenances[i]);
  }
  assert_loss (report, "Polygons made into masks of pixels: 2");
}

/* A zip is read without being unpacked; names that lead out are refused. */
static void
test_cvat_zip (Fixture *self, gconstpointer data)
{
  g_autofree char *command = NULL;
  gint64 id = add_video (self->store, "file:///videos/clip7.mp4", 1280, 720, 2000000);
  int status = -1;

  write_text (
      self, "annotations.xml",
      CVAT ("<track id=\"0\" label=\"cup\"><box frame=\"0\" keyframe=\"1\" outside=\"0\" "
            "xtl=\"1\" ytl=\"8\" xbr=\"10\" ybr=\"12\"></box></track>"));
  write_text (
      self, "evil.py",
      "import sys, zipfile\n"
      "with zipfile.ZipFile(sys.argv[1] + '/good.zip', 'w') as z:\n"
      "    z.write(sys.argv[1] + '/annotations.xml', 'annotations.xml')\n"
      "with zipfile.ZipFile(sys.argv[1] + '/evil.zip', 'w') as z:\n"
      "    z.write(sys.argv[1] + '/annotations.xml', '../annotations.xml')\n"
      "with zipfile.ZipFile(sys.argv[1] + '/bomb.zip', 'w', zipfile.ZIP_DEFLATED) as z:\n"
      "    z.writestr('annotations.xml', ' ' * 300000000)\n");
  command = g_strdup_printf ("python3 %s/evil.py %s", self->folder, self->folder);
  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, &status, NULL));
  g_assert_cmpint (status, ==, 0);
  g_assert_true (import_detects (self, "cvat", "good.zip"));
  import_fails (self, "cvat", "evil.zip", NULL, "such names are refused");
  import_fails (self, "cvat", "bomb.zip", NULL, "unpacks to more than");
  g_assert_true (import_file (self, "cvat", "good.zip", NULL, NULL));
  g_assert_cmpuint (n_annotations (self, id), ==, 1);
}

static void
test_label_studio (Fixture *self, gconstpointer data)
{
  g_autoptr (TpoAnnotationRecord) track = NULL;
  g_autoptr (TpoAnnotationRecord) predicted = NULL;
  g_autoptr (TpoAnnotationRecord) span = NULL;
  g_autoptr (GPtrArray) boxes = NULL;
  g_autofree char *label = NULL;
  /* 25 frames a second would be 0.04 s; ours have 0.02 s, and there are as many. */
  gint64 id = add_video (self->store, "file:///videos/clip7.mp4", 1280, 720, 21020000);

  import_text (
      self, "label-studio", "ls.json",
      "[{\"data\": {\"video\": \"clip7.mp4\", \"fps\": 25}, \"annotations\": [{\"result\": ["
      "{\"id\": \"r1\", \"type\": \"videorectangle\", \"from_name\": \"box\", \"to_name\": "
      "\"video\", \"origin\": \"manual\", \"value\": {\"framesCount\": 1051, \"duration\": 42.04, "
      "\"labels\": [\"cup\"], \"sequence\": [{\"frame\": 1, \"time\": 0.04, \"enabled\": true, "
      "\"x\": 7.8125, \"y\": 11.1111, \"width\": 4.6875, \"height\": 5.5556, \"rotation\": 0}, "
      "{\"frame\": 25, \"time\": 1.0, \"enabled\": false, \"x\": 10.1563, \"y\": 11.3889, "
      "\"width\": 4.6875, \"height\": 5.5556, \"rotation\": 0}]}}, "
      "{\"id\": \"r2\", \"type\": \"timelinelabels\", \"from_name\": \"span\", \"to_name\": "
      "\"video\", \"origin\": \"prediction-changed\", \"value\": {\"ranges\": [{\"start\": 81, "
      "\"end\": 197}], \"timelinelabels\": [\"lift cup\"]}}]}], "
      "\"predictions\": [{\"model_version\": \"videochat-tpo\", \"score\": 0.71, \"result\": ["
      "{\"id\": \"p1\", \"type\": \"timelinelabels\", \"from_name\": \"span\", \"to_name\": "
      "\"video\", \"value\": {\"ranges\": [{\"start\": 76, \"end\": 200}], \"timelinelabels\": "
      "[\"lift cup\"]}}]}]}]",
      NULL);
  track = nth_annotation (self, id, 0);
  boxes = keyframes_of (self, track);
  g_assert_cmpstr (label_of (self, track, &label), ==, "cup");
  assert_box (boxes, 0, 0, 100, 80, 160, 120);
  assert_box (boxes, 1, 480000, 130, 82, 190, 122);
  g_assert_cmpint (track->end_us, ==, 500000);
  predicted = nth_annotation (self, id, 1);
  g_assert_cmpint (predicted->status, ==, TPO_STATUS_PREDICTED);
  g_assert_cmpint (predicted->start_us, ==, 75 * 20000);
  span = nth_annotation (self, id, 2);
  g_assert_cmpint (span->status, ==, TPO_STATUS_CORRECTED);
  g_assert_cmpint (span->start_us, ==, 80 * 20000);
  g_assert_cmpint (span->end_us, ==, 197 * 20000); /* both ends included */
}

/* A task of another frame rate: twice the frames of the video. */
static void
test_label_studio_rate (Fixture *self, gconstpointer data)
{
  g_autoptr (TpoLossReport) report = NULL;
  g_autoptr (TpoAnnotationRecord) track = NULL;
  g_autoptr (GPtrArray) boxes = NULL;
  gint64 id = add_video (self->store, "file:///videos/clip7.mp4", 1280, 720, 2000000);

  import_text (
      self, "label-studio", "ls.json",
      "[{\"data\": {\"video\": \"/data/upload/1/0f3a-clip7.mp4\"}, \"annotations\": "
      "[{\"result\": [{\"id\": \"a\", \"type\": \"videorectangle\", \"from_name\": \"b\", "
      "\"to_name\": \"v\", \"value\": {\"framesCount\": 200, \"sequence\": [{\"frame\": "
      "101, \"enabled\": true, \"x\": 0, \"y\": 0, \"width\": 10, \"height\": 10}]}}]}]}]",
      &report);
  assert_loss (report,
               "Box tracks labelled with another frame rate; their frames are rescaled: 1");
  track = nth_annotation (self, id, 0);
  boxes = keyframes_of (self, track);
  g_assert_cmpint (nth_keyframe (boxes, 0)->time_us, ==, 1000000);
  g_assert_cmpint (track->end_us, ==, 2000000);
}

static void
test_webvtt (Fixture *self, gconstpointer data)
{
  g_autoptr (TpoAnnotationRecord) ours = NULL;
  g_autoptr (TpoAnnotationRecord) caption = NULL;
  g_autofree char *label = NULL;
  gint64 id = add_video (self->store, "file:///videos/clip7.mp4", 1280, 720, 42040000);

  import_text (
      self, "webvtt", "clip7.vtt",
      "\xef\xbb\xbfWEBVTT - a title\n\nNOTE exported spans for clip7.mp4\n00:00 no cue\n\n"
      "span-12\n00:00:03.200 --> 00:00:07.880 align:start\n"
      "{\"label\":\"lift cup\",\"source\":\"model-corrected\",\"score\":0.71}\n\n"
      "00:20.000 --> 00:31.500\nThe <i>cup</i> is\nwashed &amp; dried.\n",
      NULL);
  g_assert_cmpuint (n_annotations (self, id), ==, 2);
  ours = nth_annotation (self, id, 0);
  g_assert_cmpint (ours->start_us, ==, 3200000);
  g_assert_cmpint (ours->end_us, ==, 7880000);
  g_assert_cmpstr (label_of (self, ours, &label), ==, "lift cup");
  caption = nth_annotation (self, id, 1);
  g_assert_cmpstr (caption->text, ==, "The cup is washed & dried.");
  g_assert_true (tpo_store_undo (self->store, NULL));
  import_fails (self, "webvtt", "clip7.vtt", "1\n00:00:01,000 --> 00:00:02,000\nx\n",
                "“WEBVTT” is expected at the beginning");
  import_fails (self, "webvtt", "clip7.vtt", "WEBVTT\n\n00:00:01,000 --> 00:00:02,000\nx\n",
                "line 3: “hh:mm:ss.mmm --> hh:mm:ss.mmm” is expected");
  import_fails (self, "webvtt", "clip7.vtt", "WEBVTT\n\n00:61.000 --> 02:00.000\nx\n",
                "is expected");
}

#define EAF(units, slots, tiers)                                                          \
  "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ANNOTATION_DOCUMENT AUTHOR=\"\" "         \
  "DATE=\"2026-01-15T10:00:00+00:00\" FORMAT=\"3.0\" VERSION=\"3.0\">\n"                  \
  "<HEADER MEDIA_FILE=\"\" TIME_UNITS=\"" units "\"><MEDIA_DESCRIPTOR "                   \
  "MEDIA_URL=\"file:///elsewhere/clip7.mp4\" MIME_TYPE=\"video/mp4\" "                    \
  "RELATIVE_MEDIA_URL=\"./clip7.mp4\"/></HEADER><TIME_ORDER>" slots "</TIME_ORDER>" tiers \
  "<LINGUISTIC_TYPE LINGUISTIC_TYPE_ID=\"span\" TIME_ALIGNABLE=\"true\"/>"                \
  "</ANNOTATION_DOCUMENT>"

static void
test_elan (Fixture *self, gconstpointer data)
{
  g_autoptr (TpoAnnotationRecord) span = NULL;
  g_autoptr (TpoLossReport) report = NULL;
  g_autofree char *label = NULL;
  gint64 id = add_video (self->store, "file:///videos/clip7.mp4", 1280, 720, 42040000);

  import_text (
      self, "elan", "x.eaf",
      EAF (
          "milliseconds",
          "<TIME_SLOT TIME_SLOT_ID=\"ts1\" TIME_VALUE=\"3200\"/>"
          "<TIME_SLOT TIME_SLOT_ID=\"ts2\" TIME_VALUE=\"7880\"/><TIME_SLOT TIME_SLOT_ID=\"ts3\"/>",
          "<TIER TIER_ID=\"events #2\" LINGUISTIC_TYPE_REF=\"span\" ANNOTATOR=\"ann1\">"
          "<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID=\"a1\" TIME_SLOT_REF1=\"ts1\" "
          "TIME_SLOT_REF2=\"ts2\"><ANNOTATION_VALUE>lift &lt;cup&gt;</ANNOTATION_VALUE>"
          "</ALIGNABLE_ANNOTATION></ANNOTATION>"
          "<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID=\"a2\" TIME_SLOT_REF1=\"ts2\" "
          "TIME_SLOT_REF2=\"ts3\"><ANNOTATION_VALUE>?</ANNOTATION_VALUE>"
          "</ALIGNABLE_ANNOTATION></ANNOTATION></TIER>"),
      &report);
  assert_loss (report, "Annotations with a time slot without a time: 1");
  g_assert_cmpuint (n_annotations (self, id), ==, 1);
  span = nth_annotation (self, id, 0);
  g_assert_cmpstr (span->text, ==, "lift <cup>");
  g_assert_cmpint (span->start_us, ==, 3200000);
  g_assert_cmpint (span->end_us, ==, 7880000);
  g_assert_cmpstr (label_of (self, span, &label), ==, "events");
  g_assert_true (tpo_store_undo (self->store, NULL));
  import_fails (self, "elan", "x.eaf", EAF ("PAL-frames", "", ""),
                "times in PAL-frames are not supported");
  import_fails (self, "elan", "x.eaf",
                EAF ("milliseconds", "",
                     "<TIER TIER_ID=\"e\"><ANNOTATION><ALIGNABLE_ANNOTATION "
                     "ANNOTATION_ID=\"a\" TIME_SLOT_REF1=\"t\" TIME_SLOT_REF2=\"t\"/>"
                     "</ANNOTATION></TIER>"),
                "time slots are not in the document");
}

/*
 * CVAT's format for images, of a folder of pictures that are a video's only frames: shapes are objects
 * on one frame each.
 */
static void
test_cvat_images (Fixture *self, gconstpointer data)
{
  g_autoptr (TpoAnnotationRecord) cup = NULL;
  g_autoptr (TpoAnnotationRecord) hand = NULL;
  g_autoptr (GPtrArray) boxes = NULL;
  g_autoptr (GPtrArray) masks = NULL;
  g_autoptr (TpoLossReport) report = NULL;
  g_autofree char *label = NULL;
  g_autofree char *text = NULL;
  const TpoKeyframeRecord *box;
  gint64 id = add_video (self->store, "file:///videos/clip7.mov", 5, 4, 60000);

  import_text (
      self, "cvat", "images.xml",
      "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<annotations>\n  <version>1.1</version>\n"
      "  <meta><task><name>a task</name><labels><label><name>cup</name></label></labels></task>"
      "</meta>\n"
      "  <image id=\"0\" name=\"frames/clip7/00005.jpg\" width=\"5\" height=\"4\"></image>\n"
      "  <image id=\"1\" name=\"frames/clip7/00010.jpg\" width=\"5\" height=\"4\">\n"
      "    <box label=\"cup\" source=\"auto\" occluded=\"0\" xtl=\"1.00\" ytl=\"1.00\" xbr=\"4.00\""
      " ybr=\"3.00\" rotation=\"0\" z_order=\"0\"><attribute name=\"text\">red</attribute></box>\n"
      "    <tag label=\"outside\" source=\"manual\"></tag>\n"
      "    <skeleton label=\"hand\" source=\"manual\"><points label=\"1\" points=\"1,1\"/></skeleton>"
      "  </image>\n"
      "  <image id=\"2\" name=\"frames/clip7/00015.jpg\" width=\"5\" height=\"4\">\n"
      "    <mask label=\"hand\" source=\"manual\" occluded=\"0\" rle=\"0, 5, 1\" left=\"1\" top=\"1\""
      " width=\"3\" height=\"2\" z_order=\"0\"></mask>\n"
      "  </image>\n"
      "  <image id=\"3\" name=\"elsewhere/00015.jpg\" width=\"5\" height=\"4\">\n"
      "    <box label=\"cup\" xtl=\"1\" ytl=\"1\" xbr=\"4\" ybr=\"3\"></box>\n"
      "  </image>\n</annotations>\n",
      &report);
  assert_loss (report, "Labels of whole pictures for which there is no place: 1");
  assert_loss (report, "Shapes of other kinds (line, point, cuboid, skeleton), left out: 1");
  assert_loss (report, "their labels are left out: 1");
  g_assert_cmpuint (report->losses->len, ==, 3);
  g_assert_cmpuint (n_annotations (self, id), ==, 2);
  cup = nth_annotation (self, id, 0);
  hand = nth_annotation (self, id, 1);
  g_assert_cmpint (cup->kind, ==, TPO_ANNOTATION_BOX_TRACK);
  g_assert_cmpint (cup->status, ==, TPO_STATUS_PREDICTED);
  g_assert_cmpstr (cup->text, ==, "red");
  g_assert_cmpstr (label_of (self, cup, &label), ==, "cup");
  g_assert_cmpint (cup->start_us, ==, 20000);
  g_assert_cmpint (cup->end_us, ==, 40000);
  boxes = keyframes_of (self, cup);
  g_assert_cmpuint (boxes->len, ==, 1);
  box = boxes->pdata[0];
  g_assert_cmpfloat (box->box.x0, ==, 0.2f);
  g_assert_cmpfloat (box->box.y1, ==, 0.75f);
  g_assert_cmpint (hand->start_us, ==, 40000);
  masks = keyframes_of (self, hand);
  text = tpo_rle_to_string (((TpoKeyframeRecord *) masks->pdata[0])->mask);
  g_assert_cmpstr (text, ==, "52200O4");
}

/* Of a task that was made of a video images are called by their frames alone; a photograph by its file. */
static void
test_cvat_frames (Fixture *self, gconstpointer data)
{
  g_autoptr (TpoAnnotationRecord) cup = NULL;
  gint64 id = add_video (self->store, "file:///videos/my.clip.mp4", 5, 4, 400000);
  gint64 photo_id = add_video (self->store, "file:///photos/2024 at home.jpg", 5, 4, 20000);

  import_text (
      self, "cvat", "annotations.xml",
      "<annotations><meta><task><name>x</name><source>my.clip.mp4</source></task></meta>"
      "<image id=\"3\" name=\"frame_000003\" width=\"5\" height=\"4\"><box label=\"cup\" "
      "xtl=\"1\" ytl=\"1\" xbr=\"4\" ybr=\"3\"/></image>"
      "<image id=\"4\" name=\"2024 at home.jpg\" width=\"5\" height=\"4\"><box label=\"cup\" "
      "xtl=\"1\" ytl=\"1\" xbr=\"4\" ybr=\"3\"/></image></annotations>",
      NULL);
  g_assert_cmpuint (n_annotations (self, id), ==, 1);
  g_assert_cmpuint (n_annotations (self, photo_id), ==, 1);
  cup = nth_annotation (self, id, 0);
  g_assert_cmpint (cup->start_us, ==, 60000);
  g_assert_cmpint (cup->end_us, ==, 80000);
}

/* Files of a folder are called after their videos, whose names have dots in them. */
static void
test_cvat_dots (Fixture *self, gconstpointer data)
{
  const char *text =
      "<annotations><track label=\"cup\"><box frame=\"1\" keyframe=\"1\" xtl=\"1\" "
      "ytl=\"1\" xbr=\"4\" ybr=\"3\"/></track></annotations>";
  gint64 first = add_video (self->store, "file:///videos/shot.1.mp4", 5, 4, 400000);
  gint64 second = add_video (self->store, "file:///videos/shot.2.mp4", 5, 4, 400000);

  write_text (self, "c/shot.1.xml", text);
  write_text (self, "c/shot.2.xml", text);
  g_assert_true (import_file (self, "cvat", "c", NULL, NULL));
  g_assert_cmpuint (n_annotations (self, first), ==, 1);
  g_assert_cmpuint (n_annotations (self, second), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  FIXTURE_ADD ("/import-tracks/motchallenge", test_motchallenge);
  FIXTURE_ADD ("/import-tracks/motchallenge-from-zero", test_motchallenge_from_zero);
  FIXTURE_ADD ("/import-tracks/bad-lines", test_bad_lines);
  FIXTURE_ADD ("/import-tracks/lasot", test_lasot);
  FIXTURE_ADD ("/import-tracks/got-10k", test_got_10k);
  FIXTURE_ADD ("/import-tracks/cvat", test_cvat);
  FIXTURE_ADD ("/import-tracks/cvat-source", test_cvat_source);
  FIXTURE_ADD ("/import-tracks/bad-xml", test_bad_xml);
  FIXTURE_ADD ("/import-tracks/cvat-polygon", test_cvat_polygon);
  FIXTURE_ADD ("/import-tracks/cvat-zip", test_cvat_zip);
  FIXTURE_ADD ("/import-tracks/label-studio", test_label_studio);
  FIXTURE_ADD ("/import-tracks/label-studio-rate", test_label_studio_rate);
  FIXTURE_ADD ("/import-tracks/webvtt", test_webvtt);
  FIXTURE_ADD ("/import-tracks/elan", test_elan);
  FIXTURE_ADD ("/import-tracks/cvat-images", test_cvat_images);
  FIXTURE_ADD ("/import-tracks/cvat-frames", test_cvat_frames);
  FIXTURE_ADD ("/import-tracks/cvat-dots", test_cvat_dots);
  return g_test_run ();
}
