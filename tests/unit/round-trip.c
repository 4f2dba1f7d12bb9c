/*
 * Every format that is written and read: a project of what the format holds is exported, imported
 * into an empty project with the same videos, and exported again. The files are the same.
 */

#include <string.h>

#include "format-fixture.h"

#define FRAME_US 20000

static void
add_videos (TpoStore *store)
{
  add_video (store, "file:///videos/clip7.mp4", 64, 36, 2000000);
  add_video (store, "file:///videos/more/clip%208.mp4", 32, 32, 1000000);
}

static gint64
add_track (TpoStore *store, TpoAnnotationKind kind, gint64 video_id, gint64 label_id,
           const char *text, const char *values, gint64 first, gint64 end, GPtrArray *keyframes)
{
  TpoAnnotationRecord track = { .video_id = video_id,
                                .kind = kind,
                                .status = TPO_STATUS_MANUAL,
                                .provenance = TPO_PROVENANCE_IMPORTED,
                                .label_id = label_id,
                                .text = (char *) text,
                                .attributes = (char *) values,
                                .start_us = first * FRAME_US,
                                .end_us = end * FRAME_US };
  g_autoptr (GError) error = NULL;
  gint64 id = tpo_store_add_annotation (store, &track, keyframes, NULL, &error);

  g_assert_no_error (error);
  return id;
}

static TpoKeyframeRecord *
append_keyframe (GPtrArray *keyframes, gint64 frame)
{
  TpoKeyframeRecord *keyframe = g_new0 (TpoKeyframeRecord, 1);

  keyframe->time_us = frame * FRAME_US;
  keyframe->provenance = TPO_PROVENANCE_IMPORTED;
  keyframe->score = -1;
  g_ptr_array_add (keyframes, keyframe);
  return keyframe;
}

/* Frames 5 … 20, absent from 10 to 12; on a grid of pixels. */
static void
add_boxes (TpoStore *store, gint64 video_id, gint64 label_id, const char *text,
           const char *values)
{
  g_autoptr (GPtrArray) keyframes =
      g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_keyframe_record_free);

  for (gint64 frame = 5; frame < 21; frame++) {
    TpoKeyframeRecord *keyframe;

    if (frame > 10 && frame < 13)
      continue;
    keyframe = append_keyframe (keyframes, frame);
    keyframe->is_absent = frame == 10;
    keyframe->has_box = !keyframe->is_absent;
    if (keyframe->has_box)
      keyframe->box = (TpoBox){ 0.25f + (float) (frame - 5) / 64, 0.25f, 0.5f, 0.75f };
  }
  add_track (store, TPO_ANNOTATION_BOX_TRACK, video_id, label_id, text, values, 5, 21,
             keyframes);
}

/* A square of pixels on every step-th frame from first to before end, not at the gap. */
static void
add_masks (TpoStore *store, gint64 video_id, gint64 label_id, const char *text,
           const char *values, guint width, guint height, gint64 first, gint64 end, gint64 step,
           gint64 gap)
{
  g_autoptr (GPtrArray) keyframes =
      g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_keyframe_record_free);
  gint64 last = first;

  for (gint64 frame = first; frame < end; frame += step) {
    TpoKeyframeRecord *keyframe = append_keyframe (keyframes, frame);
    g_autofree guint8 *pixels = g_malloc0 ((gsize) width * height);

    keyframe->is_absent = frame == gap;
    if (keyframe->is_absent)
      continue;
    for (guint y = 4; y < 12; y++)
      for (guint x = 0; x < 6; x++)
        pixels[y * width + ((guint) first + (guint) frame + x) % width] = 1;
    keyframe->mask = tpo_rle_encode (pixels, width, height, width);
    last = frame;
  }
  add_track (store, TPO_ANNOTATION_MASK_TRACK, video_id, label_id, text, values, first,
             last + 1, keyframes);
}

static void
add_moment (TpoStore *store, gint64 video_id, gint64 label_id, const char *text,
            const char *values, gint64 start_us, gint64 end_us)
{
  TpoAnnotationRecord span = { .video_id = video_id,
                               .kind = TPO_ANNOTATION_SPAN,
                               .status = TPO_STATUS_MANUAL,
                               .provenance = TPO_PROVENANCE_IMPORTED,
                               .label_id = label_id,
                               .text = (char *) text,
                               .attributes = (char *) values,
                               .start_us = start_us,
                               .end_us = end_us };
  g_autoptr (GError) error = NULL;

  tpo_store_add_annotation (store, &span, NULL, NULL, &error);
  g_assert_no_error (error);
}

/* One attribute of each type for a label, with what is said of its objects. (transfer full) */
static char *
add_attributes (TpoStore *store, gint64 label_id)
{
  static const char *const choices[] = { "red", "dark <blue> & 蓝", NULL };
  const TpoAttributeRecord attributes[] = {
    { .name = (char *) "colour", .type = TPO_ATTRIBUTE_CHOICE, .choices = (char **) choices },
    { .name = (char *) "height in cm", .type = TPO_ATTRIBUTE_NUMBER },
    { .name = (char *) "maker \"A\"", .type = TPO_ATTRIBUTE_TEXT },
    { .name = (char *) "full", .type = TPO_ATTRIBUTE_FLAG },
  };
  static const char *const values[] = { "dark <blue> & 蓝", "9.5", "true", "false" };
  g_autoptr (GPtrArray) said = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  char *packed;

  for (guint i = 0; i < G_N_ELEMENTS (attributes); i++) {
    TpoAttributeRecord attribute = attributes[i];
    TpoAttributeValue value = { .value = (char *) values[i] };

    attribute.label_id = label_id;
    value.attribute_id = tpo_store_add_attribute (store, &attribute, NULL, &error);
    g_assert_no_error (error);
    g_ptr_array_add (said, g_memdup2 (&value, sizeof value));
  }
  packed = tpo_store_pack_values (store, said, &error);
  g_assert_no_error (error);
  return packed;
}

/* What another program had said of each object, in the order of the ids. */
static void
add_foreign_fields (TpoStore *store, const TpoFormat *format)
{
  static const char *const fields[] = { "{\"license\":3,\"note\":\"a \\\"b\\\" \\u000a杯\"}",
                                        "{\"weights\":[1.50,-2e-3,{\"a\":null}]}" };
  g_autoptr (GError) error = NULL;

  for (gint64 video_id = 1; video_id <= 2; video_id++) {
    g_autoptr (GPtrArray) annotations = tpo_store_list_annotations (store, video_id, NULL);

    for (guint i = 0; i < annotations->len; i++) {
      const TpoAnnotationRecord *annotation = annotations->pdata[i];

      tpo_store_set_foreign_fields (store, annotation->id, format->dialect,
                                    fields[i % G_N_ELEMENTS (fields)], &error);
      g_assert_no_error (error);
    }
  }
}

/* In the order of their beginnings, so that the ids are the same after the import. */
static void
fill (TpoStore *store, const TpoFormat *format)
{
  gboolean has_labels = (format->holds & TPO_HOLDS_LABELS) != 0;
  gboolean has_texts = (format->holds & TPO_HOLDS_TEXTS) != 0;
  const char *texts[] = { "The \"red\" cup <1> & 杯.", "a hand", "another one" };
  g_autofree char *values = NULL;
  gint64 cup = 0, hand = 0;

  if (has_labels) {
    cup = tpo_store_add_label (store, "cup", "#c01c28", "3", NULL, NULL);
    hand = tpo_store_add_label (store, "left hand", "#33d17a", NULL, NULL, NULL);
  }
  if ((format->holds & TPO_HOLDS_ATTRIBUTES) != 0)
    values = add_attributes (store, cup);
  if ((format->holds & TPO_HOLDS_BOXES) != 0)
    add_boxes (store, 1, cup, has_texts ? texts[0] : NULL, values);
  if ((format->holds & TPO_HOLDS_MASKS) != 0) {
    add_masks (store, 1, cup, has_texts ? texts[1] : NULL, values, 64, 36, 8, 33, 4, 16);
    add_masks (store, 1, hand, has_texts ? texts[2] : NULL, NULL, 64, 36, 12, 21, 4, -1);
  }
  if ((format->holds & TPO_HOLDS_CHAT) != 0) {
    gint64 answer;

    sample_answer (store, 1, "What \"is\" it?\n<image>?", &answer);
    sample_answer (store, 2, "And what is this?", &answer);
  }
  if ((format->holds & TPO_HOLDS_SPANS) != 0) {
    add_moment (store, 1, cup, has_texts ? texts[0] : NULL, values, 540000, 1020000);
    add_moment (store, 1, hand, has_texts ? texts[1] : NULL, NULL, 600000, 2000000);
  }
  if ((format->holds & TPO_HOLDS_MASKS) != 0)
    add_masks (store, 2, hand, has_texts ? texts[0] : NULL, NULL, 32, 32, 0, 9, 4, -1);
  if ((format->holds & TPO_HOLDS_SPANS) != 0)
    add_moment (store, 2, cup, has_texts ? texts[2] : NULL, values, 20000, 40000);
  if (format->dialect != NULL)
    add_foreign_fields (store, format);
}

static void
export_format (TpoStore *store, const TpoFormat *format, const char *folder)
{
  g_autofree char *name = g_strconcat ("labels", format->extension, NULL);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GFile) target = g_file_new_for_path (path);
  g_autoptr (TpoLossReport) report = NULL;
  g_autofree char *losses = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  tpo_export (store, format, target, NULL, &report, NULL, &error);
  g_assert_no_error (error);
  losses = tpo_loss_report_to_text (report);
  g_test_message ("%s", losses);
}

static TpoStore *
import_format (const TpoFormat *format, const char *folder, const char *project)
{
  g_autofree char *name = g_strconcat ("labels", format->extension, NULL);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GFile) source = g_file_new_for_path (path);
  g_autoptr (TpoImport) import = NULL;
  g_autofree char *losses = NULL;
  g_autoptr (GError) error = NULL;
  TpoStore *store = tpo_store_open (project, TPO_STORE_DEFAULT, &error);

  g_assert_no_error (error);
  tpo_store_set_author (store, "ann");
  add_videos (store);
  /* COCO with our additions is CocoVID, which has the same reader. */
  g_assert_true (tpo_import_detect (source, NULL, NULL)->read == format->read);
  import = tpo_import_read (store, format, source, NULL, NULL, &error);
  g_assert_no_error (error);
  losses = tpo_loss_report_to_text (tpo_import_get_report (import));
  g_test_message ("%s", losses);
  g_assert_cmpuint (tpo_import_get_report (import)->losses->len, ==, 0);
  tpo_import_commit (import, store, NULL, &error);
  g_assert_no_error (error);
  return store;
}

/* When something was last changed is about this project, not about the labels. */
static void
blank_times (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "labels.jsonl", NULL);
  g_autoptr (GRegex) times = g_regex_new ("\"updated\":\"[^\"]*\"", 0, 0, NULL);
  g_autofree char *text = NULL;
  g_autofree char *blank = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return;
  blank = g_regex_replace_literal (times, text, -1, 0, "\"updated\":null", 0, NULL);
  g_assert_true (g_file_set_contents (path, blank, -1, NULL));
}

/* Colour, key and attributes of the first label, and what is said of the first object that has it. */
static char *
describe_schema (TpoStore *store)
{
  g_autoptr (GPtrArray) labels = tpo_store_list_labels (store, NULL);
  const TpoLabelRecord *label = labels->pdata[0];
  g_autoptr (GPtrArray) attributes = tpo_store_list_attributes (store, label->id, NULL);
  g_autoptr (GPtrArray) annotations = tpo_store_list_annotations (store, 1, NULL);
  GString *text = g_string_new (NULL);

  g_string_printf (text, "%s %s %s\n", label->name, label->color, label->key);
  for (guint i = 0; i < attributes->len; i++) {
    const TpoAttributeRecord *attribute = attributes->pdata[i];
    g_autofree char *choices =
        attribute->choices != NULL ? g_strjoinv (", ", attribute->choices) : NULL;

    g_string_append_printf (text, "%s: %s %s\n", attribute->name,
                            tpo_attribute_type_name (attribute->type), choices);
  }
  for (guint i = 0; i < annotations->len; i++) {
    const TpoAnnotationRecord *annotation = annotations->pdata[i];
    g_autoptr (GPtrArray) values = tpo_store_list_values (store, annotation->revision_id, NULL);

    g_string_append_printf (text, "%u values\n", values->len);
    for (guint k = 0; k < values->len; k++) {
      const TpoAttributeValue *value = values->pdata[k];

      g_string_append_printf (text, "%" G_GINT64_FORMAT " %s\n", value->attribute_id,
                              value->value);
    }
  }
  return g_string_free (text, FALSE);
}

static void
test_round_trip (Fixture *self, gconstpointer data)
{
  const TpoFormat *format = data;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *project = NULL;
  g_autofree char *printed = NULL;
  g_autoptr (TpoStore) store = NULL;
  int status;
  const char *command[] = { "diff",
                            "-r",
                            "--exclude=*tpo-export.json",
                            path_in (self, "first", &first),
                            path_in (self, "second", &second),
                            NULL };

  add_videos (self->store);
  fill (self->store, format);
  export_format (self->store, format, first);
  store = import_format (format, first, path_in (self, "other.tpo", &project));
  if ((format->holds & TPO_HOLDS_ATTRIBUTES) != 0) {
    g_autofree char *before = describe_schema (self->store);
    g_autofree char *after = describe_schema (store);

    g_assert_nonnull (strstr (before, "dark <blue>"));
    g_assert_cmpstr (before, ==, after);
  }
  export_format (store, format, second);
  blank_times (first);
  blank_times (second);
  g_assert_true (g_spawn_sync (NULL, (char **) command, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL,
                               &printed, NULL, &status, NULL));
  if (status != 0)
    g_error ("%s: not the same again:\n%.3000s", format->id, printed);
}

int
main (int argc, char **argv)
{
  guint n_formats;
  const TpoFormat *const *formats = tpo_formats (&n_formats);

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < n_formats; i++) {
    g_autofree char *path = g_strconcat ("/round-trip/", formats[i]->id, NULL);

    if (formats[i]->write != NULL && formats[i]->read != NULL)
      g_test_add (path, Fixture, formats[i], fixture_set_up, test_round_trip,
                  fixture_tear_down);
  }
  return g_test_run ();
}
