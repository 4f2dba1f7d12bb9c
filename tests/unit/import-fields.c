/*
 * Fields of foreign files that this program does not know: those of objects are kept for an export in the
 * same format, others are counted by name.
 */

#include "format-fixture.h"

static const char one_object[] =
    "{\"info\": {\"year\": 2026}, \"images\": [{\"id\": 1, \"file_name\": \"clip7/000000.png\","
    " \"width\": 64, \"height\": 36, \"license\": 4, \"coco_url\": \"http://x\"},"
    " {\"id\": 2, \"file_name\": \"clip7/000001.png\", \"width\": 64, \"height\": 36}],"
    " \"categories\": [{\"id\": 1, \"name\": \"cup\"}], \"annotations\": ["
    "{\"id\": 1, \"image_id\": 1, \"category_id\": 1, \"instance_id\": 5, \"iscrowd\": 0, \"area\": 100,"
    " \"bbox\": [1, 2, 10, 10], \"keypoints\": [1.50, 2e1, -3], \"note\": {\"by\": \"A \\\"B\\\" 杯\\n\"}},"
    "{\"id\": 2, \"image_id\": 2, \"category_id\": 1, \"instance_id\": 5, \"iscrowd\": 0, \"area\": 100,"
    " \"bbox\": [2, 2, 10, 10], \"keypoints\": %s, \"note\": {\"by\": \"A \\\"B\\\" 杯\\n\"}}]}";

static char *
export_text (Fixture *self, const char *id, TpoLossReport **report)
{
  const TpoFormat *format = tpo_format_find (id);
  g_autofree char *name = g_strconcat ("out", format->extension, NULL);
  g_autofree char *path = NULL;
  g_autoptr (GFile) target = g_file_new_for_path (path_in (self, name, &path));
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  tpo_export (self->store, format, target, NULL, report, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &text, NULL, &error));
  return text;
}

static guint
n_matches (const char *text, const char *part)
{
  guint n = 0;

  for (const char *at = text; (at = strstr (at, part)) != NULL; at++)
    n++;
  return n;
}

static void
import_object (Fixture *self, const char *second, TpoLossReport **report)
{
  g_autoptr (GString) text = g_string_new (one_object);

  g_string_replace (text, "%s", second, 1);
  add_video (self->store, "file:///videos/clip7.mp4", 64, 36, 2000000);
  import_text (self, "coco", "c.json", text->str, report);
}

static void
test_kept (Fixture *self, gconstpointer data)
{
  g_autoptr (TpoLossReport) in = NULL;
  g_autoptr (TpoLossReport) out = NULL;
  g_autofree char *text = NULL;
  g_autofree char *losses = NULL;

  import_object (self, "[1.50, 2e1, -3]", &in);
  assert_loss (in, "Fields without a place here (coco_url, license): 2");
  g_assert_cmpuint (in->losses->len, ==, 1);
  text = export_text (self, "cocovid", &out);
  g_assert_cmpuint (
      n_matches (text,
                 "\"keypoints\":[1.50,2e1,-3],\"note\":{\"by\":\"A \\\"B\\\" 杯\\u000a\"}}"),
      ==, 2);
  losses = tpo_loss_report_to_text (out);
  g_assert_null (strstr (losses, "fields"));
}

static void
test_other_format (Fixture *self, gconstpointer data)
{
  g_autoptr (TpoLossReport) in = NULL;
  g_autoptr (TpoLossReport) out = NULL;
  g_autofree char *text = NULL;

  import_object (self, "[1.50, 2e1, -3]", &in);
  text = export_text (self, "label-studio", &out);
  g_assert_null (strstr (text, "keypoints"));
  assert_loss (out, "Labels with fields of another format without a place in Label Studio: 1");
}

/* A track has its fields once. */
static void
test_different (Fixture *self, gconstpointer data)
{
  g_autoptr (TpoLossReport) in = NULL;
  g_autoptr (TpoLossReport) out = NULL;
  g_autofree char *text = NULL;

  import_object (self, "[7]", &in);
  assert_loss (in, "Frames with other fields than the first one of the same object: 1");
  text = export_text (self, "coco", &out);
  g_assert_cmpuint (n_matches (text, "\"keypoints\":[1.50,2e1,-3]"), ==, 2);
}

static void
test_too_long (Fixture *self, gconstpointer data)
{
  g_autoptr (GString) value = g_string_new ("[0");
  g_autoptr (TpoLossReport) in = NULL;
  g_autoptr (TpoLossReport) out = NULL;
  g_autofree char *text = NULL;

  for (guint i = 0; i < 50000; i++)
    g_string_append (value, ",1");
  g_string_append_c (value, ']');
  import_object (self, value->str, &in);
  assert_loss (in, "Fields without a place here (coco_url, keypoints, license): 3");
  text = export_text (self, "coco", &out);
  g_assert_cmpuint (n_matches (text, "\"keypoints\":[1.50,2e1,-3]"), ==, 2);
}

/* They belong to the import: its undo takes the labels with them, and redo brings them back. */
static void
test_undone (Fixture *self, gconstpointer data)
{
  g_autoptr (TpoLossReport) in = NULL;
  g_autoptr (TpoLossReport) out = NULL;
  g_autofree char *text = NULL;

  import_object (self, "[1.50, 2e1, -3]", &in);
  g_assert_true (tpo_store_undo (self->store, NULL));
  g_assert_true (tpo_store_redo (self->store, NULL));
  text = export_text (self, "youtube-vis", &out);
  assert_loss (out, "Labels with fields of another format without a place in YouTube-VIS: 1");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/import-fields/kept", Fixture, NULL, fixture_set_up, test_kept,
              fixture_tear_down);
  g_test_add ("/import-fields/other-format", Fixture, NULL, fixture_set_up, test_other_format,
              fixture_tear_down);
  g_test_add ("/import-fields/different", Fixture, NULL, fixture_set_up, test_different,
              fixture_tear_down);
  g_test_add ("/import-fields/too-long", Fixture, NULL, fixture_set_up, test_too_long,
              fixture_tear_down);
  g_test_add ("/import-fields/undone", Fixture, NULL, fixture_set_up, test_undone,
              fixture_tear_down);
  return g_test_run ();
}
