/*
 * Values of attributes: out of a project, into one that knows the attributes or other ones of that name, and
 * from files of other programs, which do not say what their types are.
 */

#include <string.h>

#include "format-fixture.h"

static const char coco[] =
    "{\"images\": [{\"id\": 1, \"file_name\": \"clip7/000000.png\", \"width\": 64, \"height\": 36},"
    "{\"id\": 2, \"file_name\": \"clip7/000001.png\", \"width\": 64, \"height\": 36}],"
    "\"categories\": [{\"id\": 1, \"name\": \"cup\"}],"
    "\"annotations\": ["
    "{\"id\": 1, \"image_id\": 1, \"category_id\": 1, \"instance_id\": 1, \"bbox\": [1, 1, 9, 9],"
    " \"attributes\": {\"colour\": \"red\", \"height\": 9.5, \"full\": true, \"parts\": [1],"
    " \"maker\": null}},"
    "{\"id\": 2, \"image_id\": 2, \"category_id\": 1, \"instance_id\": 1, \"bbox\": [1, 1, 9, 9],"
    " \"attributes\": {\"colour\": \"red\", \"height\": 9.5, \"full\": false}},"
    "{\"id\": 3, \"image_id\": 2, \"category_id\": 9, \"instance_id\": 2, \"bbox\": [1, 1, 9, 9],"
    " \"attributes\": {\"colour\": \"red\"}}]}";

static gint64
add_attribute (TpoStore *store, gint64 label_id, const char *name, TpoAttributeType type,
               const char *const *choices)
{
  TpoAttributeRecord attribute = {
    .label_id = label_id, .name = (char *) name, .type = type, .choices = (char **) choices
  };
  g_autoptr (GError) error = NULL;
  gint64 id = tpo_store_add_attribute (store, &attribute, NULL, &error);

  g_assert_no_error (error);
  return id;
}

/* "colour=red;full=true;" of the nth label of the first video, in the order of the attributes */
static char *
values_of (Fixture *self, guint n)
{
  g_autoptr (TpoAnnotationRecord) annotation = nth_annotation (self, 1, n);
  g_autoptr (GPtrArray) attributes =
      tpo_store_list_attributes (self->store, annotation->label_id, NULL);
  g_autoptr (GPtrArray) values =
      tpo_store_list_values (self->store, annotation->revision_id, NULL);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < values->len; i++)
    for (guint k = 0; k < attributes->len; k++) {
      const TpoAttributeValue *value = values->pdata[i];
      const TpoAttributeRecord *attribute = attributes->pdata[k];

      if (attribute->id == value->attribute_id)
        g_string_append_printf (text, "%s(%s)=%s;", attribute->name,
                                tpo_attribute_type_name (attribute->type), value->value);
    }
  return g_string_free (text, FALSE);
}

/* Types are guessed, the first of values that change is kept, and objects need a label. */
static void
test_guessed (Fixture *self, gconstpointer data)
{
  g_autoptr (TpoLossReport) report = NULL;
  g_autofree char *values = NULL;

  add_video (self->store, "file:///videos/clip7.mp4", 64, 36, 60000);
  import_text (self, "coco", "labels.json", coco, &report);
  values = values_of (self, 0);
  g_assert_cmpstr (values, ==, "colour(text)=red;height(number)=9.5;full(flag)=true;");
  assert_loss (report,
               "Values of attributes that change with time, of which the first is kept: 1");
  assert_loss (report, "Values of attributes of objects without a label, which has them: 1");
  /* One step takes the attributes away, too. */
  g_assert_true (tpo_store_undo (self->store, NULL));
  g_assert_cmpuint (n_annotations (self, 1), ==, 0);
  g_assert_cmpint (
      query_number (self->path, "SELECT count(*) FROM label_attribute WHERE NOT is_removed"),
      ==, 0);
}

/* The project's attributes count: a choice becomes longer, what does not suit a number is left out. */
static void
test_known (Fixture *self, gconstpointer data)
{
  static const char *const choices[] = { "blue", NULL };
  g_autoptr (TpoLossReport) report = NULL;
  g_autoptr (GPtrArray) attributes = NULL;
  g_autofree char *values = NULL;
  gint64 cup = tpo_store_add_label (self->store, "cup", "#3584e4", NULL, NULL, NULL);

  add_video (self->store, "file:///videos/clip7.mp4", 64, 36, 60000);
  add_attribute (self->store, cup, "colour", TPO_ATTRIBUTE_CHOICE, choices);
  add_attribute (self->store, cup, "full", TPO_ATTRIBUTE_NUMBER, NULL);
  import_text (self, "coco", "labels.json", coco, &report);
  values = values_of (self, 0);
  g_assert_cmpstr (values, ==, "colour(choice)=red;height(number)=9.5;");
  assert_loss (report, "Values of attributes that the attribute of that name does not take: 1");
  attributes = tpo_store_list_attributes (self->store, cup, NULL);
  g_assert_cmpstr (((TpoAttributeRecord *) attributes->pdata[0])->choices[1], ==, "red");
}

/* Choices, numbers and flags of CVAT, of which the file says what they are. */
static void
test_cvat (Fixture *self, gconstpointer data)
{
  g_autoptr (TpoLossReport) report = NULL;
  g_autofree char *values = NULL;

  add_video (self->store, "file:///videos/clip7.mp4", 64, 36, 60000);
  import_text (
      self, "cvat", "clip7.xml",
      "<annotations><version>1.1</version><meta><task><name>clip7</name><labels><label>"
      "<name>cup</name><attributes>"
      "<attribute><name>colour</name><mutable>False</mutable><input_type>radio</input_type>"
      "<default_value>red</default_value><values>red\nblue</values></attribute>"
      "<attribute><name>height</name><mutable>True</mutable><input_type>number</input_type>"
      "<default_value>1</default_value><values>1\n20\n1</values></attribute>"
      "<attribute><name>full</name><mutable>False</mutable><input_type>checkbox</input_type>"
      "<default_value>false</default_value><values>false</values></attribute>"
      "<attribute><name>size</name><mutable>False</mutable><input_type>select</input_type>"
      "<default_value></default_value><values></values></attribute>"
      "</attributes></label></labels></task></meta>"
      "<track id=\"0\" label=\"cup\" source=\"manual\">"
      "<box frame=\"0\" keyframe=\"1\" outside=\"0\" occluded=\"0\" xtl=\"1\" ytl=\"1\" "
      "xbr=\"9\" ybr=\"9\"><attribute name=\"colour\">blue</attribute>"
      "<attribute name=\"height\">9</attribute><attribute name=\"full\">true</attribute>"
      "<attribute name=\"size\">L</attribute></box>"
      "<box frame=\"2\" keyframe=\"1\" outside=\"0\" occluded=\"0\" xtl=\"1\" ytl=\"1\" "
      "xbr=\"9\" ybr=\"9\"><attribute name=\"colour\">blue</attribute>"
      "<attribute name=\"height\">11</attribute><attribute name=\"full\">true</attribute>"
      "</box></track></annotations>",
      &report);
  values = values_of (self, 0);
  g_assert_cmpstr (values, ==,
                   "colour(choice)=blue;height(number)=9;full(flag)=true;size(text)=L;");
  assert_loss (report,
               "Values of attributes that change with time, of which the first is kept: 1");
}

/* Regions of one object; the choice of a whole video is none. */
static void
test_label_studio (Fixture *self, gconstpointer data)
{
  g_autoptr (TpoLossReport) report = NULL;
  g_autoptr (TpoAnnotationRecord) span = NULL;
  g_autofree char *values = NULL;

  add_video (self->store, "file:///videos/clip7.mp4", 64, 36, 60000);
  import_text (
      self, "label-studio", "tasks.json",
      "[{\"data\": {\"video\": \"clip7.mp4\"}, \"annotations\": [{\"result\": ["
      "{\"id\": \"a\", \"type\": \"timelinelabels\", \"from_name\": \"span\", \"to_name\": \"video\","
      " \"value\": {\"ranges\": [{\"start\": 1, \"end\": 2}], \"timelinelabels\": [\"cup\"]}},"
      "{\"id\": \"a\", \"type\": \"choices\", \"from_name\": \"colour\", \"to_name\": \"video\","
      " \"value\": {\"choices\": [\"red\"]}},"
      "{\"id\": \"a\", \"type\": \"number\", \"from_name\": \"height\", \"to_name\": \"video\","
      " \"value\": {\"number\": 9.5}},"
      "{\"id\": \"a\", \"type\": \"textarea\", \"from_name\": \"caption\", \"to_name\": \"video\","
      " \"value\": {\"text\": [\"a cup\"]}},"
      "{\"id\": \"b\", \"type\": \"choices\", \"from_name\": \"quality\", \"to_name\": \"video\","
      " \"value\": {\"choices\": [\"good\"]}}]}]}]",
      &report);
  span = nth_annotation (self, 1, 0);
  g_assert_cmpstr (span->text, ==, "a cup");
  values = values_of (self, 0);
  g_assert_cmpstr (values, ==, "colour(choice)=red;height(number)=9.5;");
  assert_loss (report,
               "Regions of other kinds than boxes, timeline labels and texts, left out: 1");
}

/* Formats without a place say how many values they leave out. */
static void
test_left_out (Fixture *self, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autoptr (GFile) target = g_file_new_for_path (path_in (self, "out.json", &path));
  g_autoptr (TpoLossReport) report = NULL;
  g_autoptr (GError) error = NULL;
  gint64 cup = tpo_store_add_label (self->store, "cup", "#3584e4", NULL, NULL, NULL);
  gint64 id = add_attribute (self->store, cup, "colour", TPO_ATTRIBUTE_TEXT, NULL), span_id;

  span_id =
      add_span (self->store, add_video (self->store, "file:///videos/clip7.mp4", 64, 36, 60000),
                "a cup", 0, 20000);
  tpo_store_set_annotation_label (self->store, span_id, cup, NULL, &error);
  tpo_store_set_attribute (self->store, span_id, id, "red", NULL, &error);
  tpo_export (self->store, tpo_format_find ("activitynet"), target, NULL, &report, NULL,
              &error);
  g_assert_no_error (error);
  assert_loss (report, "Values of attributes without a place in ActivityNet Captions: 1");
}

/* The description beside an export gives colours and keys, as far as they make sense and are free. */
static void
test_schema (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) labels = NULL;

  tpo_store_add_label (self->store, "taken", "#3584e4", "2", NULL, NULL);
  add_video (self->store, "file:///videos/clip7.mp4", 64, 36, 60000);
  write_text (self, "labels.tpo-export.json",
              "{\"labels\": [{\"name\": \"cup\", \"color\": \"#c01c28\", \"key\": \"2\", "
              "\"attributes\": [{\"name\": \"colour\", \"type\": \"choice\", \"choices\": []}, "
              "{\"type\": 3}, {\"name\": \"height\", \"type\": \"length\"}]},"
              "{\"name\": \"cup 2\", \"color\": \"red; DROP\", \"key\": \"12\"}, {}]}");
  import_text (self, "coco", "labels.json", coco, NULL);
  labels = tpo_store_list_labels (self->store, NULL);
  g_assert_cmpuint (labels->len, ==, 2);
  g_assert_cmpstr (((TpoLabelRecord *) labels->pdata[1])->color, ==, "#c01c28");
  g_assert_null (((TpoLabelRecord *) labels->pdata[1])->key);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  FIXTURE_ADD ("/import-values/guessed", test_guessed);
  FIXTURE_ADD ("/import-values/known", test_known);
  FIXTURE_ADD ("/import-values/cvat", test_cvat);
  FIXTURE_ADD ("/import-values/label-studio", test_label_studio);
  FIXTURE_ADD ("/import-values/left-out", test_left_out);
  FIXTURE_ADD ("/import-values/schema", test_schema);
  return g_test_run ();
}
