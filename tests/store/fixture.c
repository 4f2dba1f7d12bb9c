#include "fixture.h"

#include <glib/gstdio.h>

void
fixture_set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("tpo-store-XXXXXX", &error);
  g_assert_no_error (error);
  self->path = g_build_filename (self->folder, "made", "project.tpo", NULL);
  self->store = tpo_store_open (self->path, TPO_STORE_DEFAULT, &error);
  g_assert_no_error (error);
  tpo_store_set_author (self->store, "ann");
}

static void
remove_folder (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);

  for (const char *name; (name = g_dir_read_name (dir)) != NULL;) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    if (g_file_test (child, G_FILE_TEST_IS_DIR))
      remove_folder (child);
    else
      g_unlink (child);
  }
  g_rmdir (path);
}

void
fixture_tear_down (Fixture *self, gconstpointer data)
{
  g_clear_pointer (&self->store, tpo_store_close);
  remove_folder (self->folder);
  g_free (self->folder);
  g_free (self->path);
}

void
fixture_reopen (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->store, tpo_store_close);
  self->store = tpo_store_open (self->path, TPO_STORE_DEFAULT, &error);
  g_assert_no_error (error);
  tpo_store_set_author (self->store, "ann");
}

gint64
sample_video (TpoStore *store, const char *name)
{
  static const gint64 times_us[] = { 0,      40000,  80000,  120000, 400000,
                                     440000, 800000, 840000, 900000, 1000000 };
  g_autofree char *uri = g_strdup_printf ("file:///videos/%s", name);
  g_autofree char *hash = g_strdup_printf ("sha256:%s", name);
  g_autoptr (GError) error = NULL;
  TpoVideoRecord video = {
    .uri = uri,
    .content_hash = hash,
    .size = 123456,
    .modified_us = G_GINT64_CONSTANT (1700000000000000),
    .width = 640,
    .height = 360,
    .duration_us = 1100000,
    .n_frames = G_N_ELEMENTS (times_us),
    .frame_times_us = (gint64 *) times_us,
  };
  gint64 id = tpo_store_add_video (store, &video, &error);

  g_assert_no_error (error);
  g_assert_cmpint (id, >, 0);
  return id;
}

void
sample_answer (TpoStore *store, gint64 video_id, const char *question, gint64 *answer_id)
{
  g_autoptr (GError) error = NULL;
  gint64 conversation_id;

  g_assert_true (tpo_store_begin_group (store, &(TpoEdit){ .name = "Ask Question" }, &error));
  conversation_id = tpo_store_add_conversation (store, video_id, question, NULL, &error);
  g_assert_no_error (error);
  tpo_store_append_message (store, conversation_id, TPO_MESSAGE_USER, question,
                            TPO_MESSAGE_COMPLETE, NULL, &error);
  g_assert_no_error (error);
  *answer_id = tpo_store_append_message (store, conversation_id, TPO_MESSAGE_ASSISTANT, "Here.",
                                         TPO_MESSAGE_COMPLETE, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (tpo_store_end_group (store, &error));
}

TpoRle *
sample_mask (void)
{
  return tpo_rle_from_string ("52200O4", 5, 4, NULL);
}

TpoKeyframeRecord *
keyframe_new (gint64 time_us, float x0, float y0, float x1, float y1)
{
  TpoKeyframeRecord *keyframe = g_new0 (TpoKeyframeRecord, 1);

  keyframe->time_us = time_us;
  keyframe->has_box = TRUE;
  keyframe->box = (TpoBox){ x0, y0, x1, y1 };
  keyframe->provenance = TPO_PROVENANCE_MODEL;
  keyframe->score = 0.75;
  return keyframe;
}

static TpoPredictionRecord
prediction_base (gint64 video_id, gint64 message_id, TpoAnnotationKind kind)
{
  return (TpoPredictionRecord){
    .video_id = video_id,
    .message_id = message_id,
    .text_offset = 3,
    .kind = kind,
    .model = (char *) "tpo-nano",
    .model_version = (char *) "1",
    .model_hash = (char *) "sha256:abc",
    .prompt = (char *) "When is the cup lifted?",
    .settings = (char *) "{\"temperature\": 0}",
  };
}

gint64
sample_span (TpoStore *store, gint64 video_id, gint64 message_id)
{
  TpoSpan spans[] = { { 120000, 800000, 0.9f }, { 0, 40000, 0.25f } };
  float saliency[] = { 0.0f, 0.5f, -1.5f, 2.0f };
  TpoPredictionRecord prediction = prediction_base (video_id, message_id, TPO_ANNOTATION_SPAN);
  g_autoptr (GError) error = NULL;
  gint64 id;

  prediction.spans = spans;
  prediction.n_spans = G_N_ELEMENTS (spans);
  prediction.saliency = saliency;
  prediction.n_saliency = G_N_ELEMENTS (saliency);
  prediction.saliency_step_us = 250000;
  id = tpo_store_add_prediction (store, &prediction, &error);
  g_assert_no_error (error);
  return id;
}

static gint64
add_track (TpoStore *store, TpoPredictionRecord *prediction, GPtrArray *keyframes)
{
  TpoSpan span = { 0, 1100000, 0.8f };
  g_autoptr (GError) error = NULL;
  gint64 id;

  prediction->spans = &span;
  prediction->n_spans = 1;
  prediction->keyframes = keyframes;
  id = tpo_store_add_prediction (store, prediction, &error);
  g_assert_no_error (error);
  return id;
}

gint64
sample_box_track (TpoStore *store, gint64 video_id, gint64 message_id)
{
  g_autoptr (GPtrArray) keyframes =
      g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_keyframe_record_free);
  TpoPredictionRecord prediction =
      prediction_base (video_id, message_id, TPO_ANNOTATION_BOX_TRACK);

  g_ptr_array_add (keyframes, keyframe_new (0, 0.125f, 0.25f, 0.375f, 0.5f));
  g_ptr_array_add (keyframes, keyframe_new (800000, 0.5f, 0.25f, 0.75f, 0.5f));
  return add_track (store, &prediction, keyframes);
}

gint64
sample_mask_track (TpoStore *store, gint64 video_id, gint64 message_id)
{
  g_autoptr (GPtrArray) keyframes =
      g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_keyframe_record_free);
  TpoPredictionRecord prediction =
      prediction_base (video_id, message_id, TPO_ANNOTATION_MASK_TRACK);

  for (guint i = 0; i < 4; i++) {
    TpoKeyframeRecord *keyframe = keyframe_new (i * 40000, 0, 0, 0, 0);

    keyframe->has_box = FALSE; /* the mask brings it */
    keyframe->mask = sample_mask ();
    g_ptr_array_add (keyframes, keyframe);
  }
  return add_track (store, &prediction, keyframes);
}

gint64
query_number (const char *path, const char *sql)
{
  sqlite3 *db = NULL;
  sqlite3_stmt *row = NULL;
  gint64 number;

  g_assert_cmpint (sqlite3_open_v2 (path, &db, SQLITE_OPEN_READWRITE, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &row, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (row), ==, SQLITE_ROW);
  number = sqlite3_column_int64 (row, 0);
  sqlite3_finalize (row);
  sqlite3_close (db);
  return number;
}

static void
dump_values (TpoStore *store, const TpoAnnotationRecord *annotation, GString *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) values = tpo_store_list_values (store, annotation->revision_id, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < values->len; i++) {
    const TpoAttributeValue *value = values->pdata[i];

    g_string_append_printf (text, "  value of %" G_GINT64_FORMAT " %s\n", value->attribute_id,
                            value->value);
  }
  for (guint i = 0; i < annotation->n_saliency; i++)
    g_string_append_printf (text, "  saliency %g\n", (double) annotation->saliency[i]);
}

static void
dump_annotations (TpoStore *store, gint64 video_id, GString *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) annotations = tpo_store_list_annotations (store, video_id, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < annotations->len; i++) {
    const TpoAnnotationRecord *a = annotations->pdata[i];
    g_autoptr (GPtrArray) keyframes =
        tpo_store_list_keyframes (store, a->revision_id, G_MININT64, G_MAXINT64, &error);

    g_assert_no_error (error);
    g_string_append_printf (text,
                            "annotation %" G_GINT64_FORMAT " %s %s label %" G_GINT64_FORMAT
                            " “%s” %" G_GINT64_FORMAT "–%" G_GINT64_FORMAT " %s\n",
                            a->id, tpo_annotation_kind_name (a->kind),
                            tpo_annotation_status_name (a->status), a->label_id, a->text,
                            a->start_us, a->end_us, tpo_provenance_name (a->provenance));
    dump_values (store, a, text);
    for (guint k = 0; k < keyframes->len; k++) {
      const TpoKeyframeRecord *keyframe = keyframes->pdata[k];
      g_autofree char *mask =
          keyframe->mask != NULL ? tpo_rle_to_string (keyframe->mask) : g_strdup ("none");

      g_string_append_printf (
          text, "  at %" G_GINT64_FORMAT " %g %g %g %g absent %d mask %s %s\n",
          keyframe->time_us, (double) keyframe->box.x0, (double) keyframe->box.y0,
          (double) keyframe->box.x1, (double) keyframe->box.y1, keyframe->is_absent, mask,
          tpo_provenance_name (keyframe->provenance));
    }
  }
}

static void
dump_attributes (TpoStore *store, gint64 label_id, GString *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) attributes = tpo_store_list_attributes (store, label_id, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < attributes->len; i++) {
    const TpoAttributeRecord *attribute = attributes->pdata[i];
    g_autofree char *choices =
        attribute->choices != NULL ? g_strjoinv ("|", attribute->choices) : NULL;

    g_string_append_printf (text, "  attribute %" G_GINT64_FORMAT " %s %s %s\n", attribute->id,
                            attribute->name, tpo_attribute_type_name (attribute->type),
                            choices);
  }
}

static void
dump_questions (TpoStore *store, GString *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) questions = tpo_store_list_questions (store, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < questions->len; i++) {
    const TpoQuestionRecord *question = questions->pdata[i];

    g_string_append_printf (text, "question %" G_GINT64_FORMAT " %s\n", question->id,
                            question->text);
  }
}

static void
dump_conversations (TpoStore *store, gint64 video_id, GString *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) conversations = tpo_store_list_conversations (store, video_id, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < conversations->len; i++) {
    const TpoConversationRecord *conversation = conversations->pdata[i];
    g_autoptr (GPtrArray) messages = tpo_store_list_messages (store, conversation->id, &error);

    g_assert_no_error (error);
    g_string_append_printf (text, "conversation %" G_GINT64_FORMAT " “%s”\n", conversation->id,
                            conversation->title);
    for (guint k = 0; k < messages->len; k++) {
      const TpoMessageRecord *message = messages->pdata[k];

      g_string_append_printf (
          text,
          "  message %" G_GINT64_FORMAT " by %d in state %d rated %d branch %u of %u: %s\n",
          message->id, (int) message->role, (int) message->state, message->rating,
          message->branch, message->n_branches, message->text);
    }
  }
}

static void
dump_label_uses (TpoStore *store, GString *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) uses = tpo_store_list_label_uses (store, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < uses->len; i++) {
    const TpoLabelUse *use = &g_array_index (uses, TpoLabelUse, i);

    g_string_append_printf (text, "label %" G_GINT64_FORMAT " on %" G_GINT64_FORMAT "\n",
                            use->label_id, use->n_annotations);
  }
}

char *
dump_visible (TpoStore *store, gint64 video_id)
{
  GString *text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) videos = tpo_store_list_videos (store, &error);
  g_autoptr (GPtrArray) labels = tpo_store_list_labels (store, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < videos->len; i++) {
    const TpoVideoRecord *video = videos->pdata[i];

    g_string_append_printf (text, "video %" G_GINT64_FORMAT " %s %s\n", video->id, video->uri,
                            video->is_reviewed ? "reviewed" : "open");
  }
  for (guint i = 0; i < labels->len; i++) {
    const TpoLabelRecord *label = labels->pdata[i];

    g_string_append_printf (text, "label %" G_GINT64_FORMAT " %s %s %s\n", label->id,
                            label->name, label->color, label->key);
    dump_attributes (store, label->id, text);
  }
  dump_label_uses (store, text);
  dump_questions (store, text);
  dump_conversations (store, video_id, text);
  dump_annotations (store, video_id, text);
  return g_string_free (text, FALSE);
}
