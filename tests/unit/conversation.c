/* A conversation as a text to read and as data, with what its answers point at, also after corrections. */

#include <json-glib/json-glib.h>
#include <string.h>

#include "../store/fixture.h"
#include "formats/conversation.h"

typedef struct {
  gint64 video_id, conversation_id, answer_id, span_id, box_id;
} Sample;

static Sample
make_sample (Fixture *self)
{
  Sample sample = { .video_id = sample_video (self->store, "my clip.mp4") };

  sample_answer (self->store, sample.video_id, "When *is* it?", &sample.answer_id);
  sample.conversation_id = 1;
  sample.span_id = tpo_store_annotate_prediction (
      self->store, sample_span (self->store, sample.video_id, sample.answer_id), 0, NULL, NULL);
  sample.box_id = tpo_store_annotate_prediction (
      self->store, sample_box_track (self->store, sample.video_id, sample.answer_id), 0, NULL,
      NULL);
  g_assert_cmpint (sample.box_id, >, 0);
  return sample;
}

static void
assert_markdown (Fixture *self, const Sample *sample, const char *answer)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text =
      tpo_conversation_to_markdown (self->store, sample->conversation_id, &error);
  g_autofree char *end =
      g_strdup_printf ("\n**You**\n\nWhen *is* it?\n\n**Model**%s\n", answer);

  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (text, "# When *is* it?\n\nmy clip.mp4 · "));
  g_assert_cmpstr (strstr (text, "\n**You**"), ==, end);
}

static void
test_markdown (Fixture *self, gconstpointer data)
{
  Sample sample = make_sample (self);

  assert_markdown (self, &sample, "\n\nHer [0:00.120 – 0:00.800] [box, 0:00.000 – 0:01.100]e.");
  g_assert_true (tpo_store_set_span (self->store, sample.span_id, 40000, 80000, NULL, NULL));
  g_assert_true (tpo_store_rate_message (self->store, sample.answer_id, 1, NULL, NULL));
  assert_markdown (self, &sample,
                   " (rated good)\n\nHer [0:00.040 – 0:00.080] [box, 0:00.000 – 0:01.100]e.");
  /* Deleted by a person: disputed. What merely gave way to another answer is not there. */
  g_assert_true (tpo_store_delete_annotation (self->store, sample.span_id, NULL, NULL));
  g_assert_true (tpo_store_delete_annotation (self->store, sample.box_id, NULL, NULL));
  assert_markdown (self, &sample, " (rated good)\n\nHer [~~0:00.040 – 0:00.080~~]e.");
}

static void
test_json (Fixture *self, gconstpointer data)
{
  Sample sample = make_sample (self);
  g_autofree char *path = g_build_filename (self->folder, "conversation.json", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  JsonObject *root, *answer, *span, *box;
  JsonArray *messages, *claims;

  g_assert_true (
      tpo_store_set_status (self->store, sample.span_id, TPO_STATUS_DISCARDED, NULL, &error));
  g_assert_true (
      tpo_conversation_write (self->store, sample.conversation_id, file, TRUE, &error));
  g_assert_no_error (error);
  g_assert_true (json_parser_load_from_file (parser, path, &error));
  root = json_node_get_object (json_parser_get_root (parser));
  g_assert_cmpstr (json_object_get_string_member (root, "format"), ==, "tpo-conversation");
  messages = json_object_get_array_member (root, "messages");
  g_assert_cmpuint (json_array_get_length (messages), ==, 2);
  answer = json_array_get_object_element (messages, 1);
  g_assert_cmpstr (json_object_get_string_member (answer, "text"), ==, "Here.");
  claims = json_object_get_array_member (answer, "claims");
  g_assert_cmpuint (json_array_get_length (claims), ==, 2);
  span = json_array_get_object_element (claims, 0);
  g_assert_cmpint (json_object_get_int_member (span, "text_offset"), ==, 3);
  g_assert_cmpint (json_object_get_int_member (span, "start_us"), ==, 120000);
  g_assert_true (json_object_get_boolean_member (span, "disputed"));
  box = json_array_get_object_element (claims, 1);
  g_assert_cmpstr (json_object_get_string_member (box, "kind"), ==, "box-track");
  g_assert_false (json_object_get_boolean_member (box, "disputed"));
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (box, "keyframes")), ==,
                    2);
}

/* What is not there, or cannot be written, is said so; nothing is left behind. */
static void
test_errors (Fixture *self, gconstpointer data)
{
  Sample sample = make_sample (self);
  g_autoptr (GFile) nowhere = g_file_new_for_path ("/nonexistent/folder/a.json");
  g_autoptr (GError) error = NULL;

  g_assert_null (tpo_conversation_to_markdown (self->store, 77, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_false (
      tpo_conversation_write (self->store, sample.conversation_id, nowhere, TRUE, &error));
  g_assert_nonnull (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  FIXTURE_ADD ("/conversation/markdown", test_markdown);
  FIXTURE_ADD ("/conversation/json", test_json);
  FIXTURE_ADD ("/conversation/errors", test_errors);
  return g_test_run ();
}
