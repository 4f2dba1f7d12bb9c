/* A saved question put to a video: what of it is in the project, when, and what one undo takes back. */

#include "tasks/question-run.h"
#include "../store/fixture.h"
#include "formats/video-record.h"

static const TpoAnswerMaker maker = { "nano", "1", "0a", "{}" };

/* The clip that is argument 1, or a file that is not there. */
static gint64
add_video (Fixture *self, const char *location)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoVideoRecord) video = tpo_video_record_from_file (location, NULL, &error);
  gint64 id;

  g_assert_no_error (error);
  id = tpo_store_add_video (self->store, video, &error);
  g_assert_no_error (error);
  return id;
}

static void
queue (Fixture *self, const char *question, gint64 video_id)
{
  g_autoptr (GError) error = NULL;
  gint64 id = tpo_store_add_question (self->store, question, NULL, &error);

  g_assert_true (tpo_store_queue_question (self->store, id, &video_id, 1, &error));
  g_assert_no_error (error);
}

static TpoQuestionRun *
take (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  TpoQuestionRun *run = tpo_question_run_take (self->store, NULL, &error);

  g_assert_no_error (error);
  return run;
}

/* A mask on each frame from @first to @last, or nothing there. */
static void
find (TpoQuestionRun *run, guint first, guint last, gboolean is_there)
{
  const guint8 nothing[5 * 4] = { 0 };
  g_autoptr (TpoRle) mask = is_there ? sample_mask () : tpo_rle_encode (nothing, 5, 4, 5);

  for (guint frame = first; frame <= last; frame++)
    tpo_question_run_add (
        run,
        &(TpoEvent){ .kind = TPO_EVENT_MASK, .mask = mask, .frame = frame, .score = 0.5f });
}

/* As a model answers: words, a moment, a box, and a mask on two frames. */
static void
answer (TpoQuestionRun *run)
{
  const TpoSpan spans[] = { { -5, 2 * G_USEC_PER_SEC, 0.9f }, { 0, 1, 0.1f } };
  const float saliency[] = { 1.0f, 2.0f, 0.5f };

  tpo_question_run_add (run, &(TpoEvent){ .kind = TPO_EVENT_TEXT, .text = "At " });
  tpo_question_run_add (run, &(TpoEvent){ .kind = TPO_EVENT_TEXT, .text = "once" });
  tpo_question_run_add (run, &(TpoEvent){ .kind = TPO_EVENT_TASK, .task = TPO_TASK_TEMPORAL });
  tpo_question_run_add (run, &(TpoEvent){ .kind = TPO_EVENT_SPANS,
                                          .spans = spans,
                                          .n_spans = 2,
                                          .saliency = saliency,
                                          .n_saliency = 3 });
  tpo_question_run_add (
      run, &(TpoEvent){ .kind = TPO_EVENT_BOX, .box = { 0.5f, 0.2f, 0.1f, 1.3f }, .frame = 3 });
  find (run, 4, 5, TRUE);
}

static void
test_save (Fixture *self, gconstpointer clip)
{
  g_autoptr (GError) error = NULL;
  gint64 video_id = add_video (self, clip);
  g_autoptr (TpoQuestionRun) run = NULL;
  g_autoptr (TpoQuestionRun) none = NULL;
  g_autoptr (GPtrArray) annotations = NULL;
  g_autoptr (GPtrArray) conversations = NULL;
  g_autoptr (GPtrArray) messages = NULL;
  g_autoptr (TpoPredictionRecord) track = NULL;
  const TpoAnnotationRecord *annotation;
  const TpoMessageRecord *message;
  TpoAsk ask;

  queue (self, "When?", video_id);
  run = take (self);
  ask = tpo_question_run_get_ask (run);
  g_assert_cmpstr (ask.question, ==, "When?");
  g_assert_cmpint (ask.frame, ==, tpo_video_get_info (run->video)->n_frames / 2);
  answer (run);
  g_assert_cmpint (query_number (self->path, "SELECT count(*) FROM prediction"), ==, 0);
  g_assert_true (tpo_question_run_save (run, self->store, &maker, &error));
  g_assert_no_error (error);

  annotations = tpo_store_list_annotations (self->store, video_id, &error);
  g_assert_cmpuint (annotations->len, ==, 3);
  annotation = annotations->pdata[0];
  g_assert_cmpint (annotation->kind, ==, TPO_ANNOTATION_SPAN);
  g_assert_cmpint (annotation->start_us, ==, 0);
  g_assert_cmpint (annotation->status, ==, TPO_STATUS_PREDICTED);
  annotation = annotations->pdata[2];
  g_assert_cmpint (annotation->kind, ==, TPO_ANNOTATION_MASK_TRACK);
  track = tpo_store_get_prediction (self->store, annotation->prediction_id, &error);
  g_assert_cmpuint (track->keyframes->len, ==, 2);
  g_assert_cmpint (((TpoKeyframeRecord *) track->keyframes->pdata[0])->time_us, <,
                   ((TpoKeyframeRecord *) track->keyframes->pdata[1])->time_us);
  g_assert_cmpstr (track->model, ==, "nano");
  g_assert_cmpint (track->text_offset, ==, 7);

  conversations = tpo_store_list_conversations (self->store, video_id, &error);
  g_assert_cmpuint (conversations->len, ==, 1);
  messages = tpo_store_list_messages (
      self->store, ((TpoConversationRecord *) conversations->pdata[0])->id, &error);
  g_assert_cmpuint (messages->len, ==, 2);
  message = messages->pdata[1];
  g_assert_cmpstr (message->text, ==, "At once");
  g_assert_cmpint (message->state, ==, TPO_MESSAGE_COMPLETE);
  g_assert_nonnull (strstr (message->details, "temporal"));
  g_assert_cmpint (
      query_number (self->path, "SELECT message_id FROM question_run WHERE state = 'done'"), ==,
      message->id);

  none = take (self);
  g_assert_null (none);
}

/* One step takes back all that a run brought. */
static void
test_undo (Fixture *self, gconstpointer clip)
{
  g_autoptr (GError) error = NULL;
  gint64 video_id = add_video (self, clip);
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autofree char *name = NULL;
  g_autoptr (TpoQuestionRun) run = NULL;

  queue (self, "When?", video_id);
  before = dump_visible (self->store, video_id);
  run = take (self);
  answer (run);
  g_assert_true (tpo_question_run_save (run, self->store, &maker, &error));
  name = tpo_store_dup_undo_name (self->store);
  g_assert_cmpstr (name, ==, "Ask Many Videos");
  g_assert_true (tpo_store_undo (self->store, &error));
  g_assert_no_error (error);
  after = dump_visible (self->store, video_id);
  g_assert_cmpstr (after, ==, before);
}

/* A program killed in the middle leaves nothing but a run that is taken again. */
static void
test_killed (Fixture *self, gconstpointer clip)
{
  g_autoptr (GError) error = NULL;
  gint64 video_id = add_video (self, clip);
  g_autoptr (TpoQuestionRun) run = NULL;
  g_autoptr (TpoQuestionRun) again = NULL;

  queue (self, "When?", video_id);
  run = take (self);
  answer (run);
  fixture_reopen (self);
  g_assert_cmpint (query_number (self->path, "SELECT count(*) FROM message"), ==, 0);
  g_assert_true (tpo_store_resume_runs (self->store, &error));
  again = take (self);
  g_assert_nonnull (again);
  g_assert_cmpint (again->record->id, ==, run->record->id);
}

/* ---- a track while it is found --------------------------------------------------------------------- */

/* Saves what was found until now. Returns: whether there was anything to follow it from */
static gboolean
grow (Fixture *self, TpoQuestionRun *run, const TpoAnswerMaker *by)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found = tpo_question_run_steal_found (run);

  if (found == NULL)
    return FALSE;
  g_assert_true (tpo_question_run_grow (run, self->store, by, found, &error));
  g_assert_no_error (error);
  return TRUE;
}

/* A run that found the object on frames 2 to 9, and was cut short by a kill; taken again. */
static TpoQuestionRun *
take_again (Fixture *self, gint64 video_id)
{
  g_autoptr (GError) error = NULL;
  TpoQuestionRun *run;

  queue (self, "Track it.", video_id);
  run = take (self);
  find (run, 2, 9, TRUE);
  g_assert_true (grow (self, run, &maker));
  find (run, 10, 11, TRUE);
  tpo_question_run_free (run);
  fixture_reopen (self);
  g_assert_true (tpo_store_resume_runs (self->store, &error));
  return take (self);
}

static gint64
count (Fixture *self, const char *from)
{
  g_autofree char *sql = g_strdup_printf ("SELECT count(*) FROM %s", from);

  return query_number (self->path, sql);
}

/* The only annotation is a track of @n frames in a row. */
static void
check_track (Fixture *self, gint64 video_id, guint n)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) annotations =
      tpo_store_list_annotations (self->store, video_id, &error);
  g_autoptr (GPtrArray) keyframes = NULL;
  const TpoAnnotationRecord *track;

  g_assert_cmpuint (annotations->len, ==, 1);
  track = annotations->pdata[0];
  g_assert_cmpint (track->kind, ==, TPO_ANNOTATION_MASK_TRACK);
  keyframes = tpo_store_list_keyframes (self->store, track->revision_id, 0, G_MAXINT64, &error);
  g_assert_cmpuint (keyframes->len, ==, n);
  for (guint i = 1; i < n; i++)
    g_assert_cmpint (((TpoKeyframeRecord *) keyframes->pdata[i])->time_us, <,
                     ((TpoKeyframeRecord *) keyframes->pdata[i - 1])->time_us + 50000);
}

/* Nothing that is saved stays in memory; prediction and label grow together, as one step. */
static void
test_grow (Fixture *self, gconstpointer clip)
{
  g_autoptr (GError) error = NULL;
  gint64 video_id = add_video (self, clip);
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autoptr (TpoQuestionRun) run = NULL;

  queue (self, "Track it.", video_id);
  before = dump_visible (self->store, video_id);
  run = take (self);
  tpo_question_run_add (run, &(TpoEvent){ .kind = TPO_EVENT_TEXT, .text = "There" });
  find (run, 0, 1, FALSE);
  g_assert_false (grow (self, run, &maker)); /* nothing to go on from yet */
  find (run, 2, 3, TRUE);
  g_assert_true (grow (self, run, &maker));
  g_assert_cmpuint (run->found->len, ==, 0);
  check_track (self, video_id, 4);
  g_assert_cmpint (count (self, "prediction WHERE is_growing"), ==, 1);
  g_assert_cmpint (count (self, "question_run WHERE state = 'running'"), ==, 1);
  g_assert_false (grow (self, run, &maker));
  find (run, 4, 5, FALSE);
  g_assert_true (grow (self, run, &maker));
  find (run, 6, 7, TRUE);
  g_assert_true (tpo_question_run_save (run, self->store, &maker, &error));
  g_assert_no_error (error);
  check_track (self, video_id, 8);
  g_assert_cmpint (count (self, "prediction_keyframe"), ==, 8);
  g_assert_cmpint (count (self, "prediction WHERE is_growing"), ==, 0);
  g_assert_cmpint (count (self, "question_run WHERE state = 'done'"), ==, 1);
  g_assert_cmpint (count (self, "message"), ==, 2);

  g_assert_true (tpo_store_undo (self->store, &error));
  after = dump_visible (self->store, video_id);
  g_assert_cmpstr (after, ==, before);
}

/* After a kill it is gone on with from its last frame, and is one answer. What a person said stays. */
static void
test_go_on (Fixture *self, gconstpointer clip)
{
  g_autoptr (GError) error = NULL;
  gint64 video_id = add_video (self, clip);
  g_autoptr (TpoQuestionRun) run = take_again (self, video_id);
  g_autoptr (TpoKeyframeRecord) said = keyframe_new (0, 0.1f, 0.1f, 0.4f, 0.4f);
  TpoFollow follow;

  g_assert_true (tpo_question_run_get_follow (run, &follow));
  g_assert_cmpuint (follow.corrections->frame, ==, 9);
  g_assert_nonnull (follow.corrections->mask);
  g_assert_cmpuint (follow.stretches->first, ==, 10);
  g_assert_cmpuint (follow.stretches->last, ==, tpo_video_get_info (run->video)->n_frames - 1);
  said->time_us = tpo_video_index_get_time_us (tpo_video_get_index (run->video), 12);
  said->provenance = TPO_PROVENANCE_HUMAN;
  said->mask = sample_mask ();
  g_assert_true (tpo_store_set_keyframe (self->store, run->track_id, said, said->time_us + 1,
                                         NULL, &error));
  find (run, 10, 13, TRUE);
  g_assert_true (tpo_question_run_put_back (run, self->store, &maker, &error));
  g_clear_pointer (&run, tpo_question_run_free);

  run = take (self);
  g_assert_cmpuint (run->rest.first, ==, 14);
  find (run, 14, 20, TRUE);
  g_assert_true (tpo_question_run_save (run, self->store, &maker, &error));
  g_assert_no_error (error);
  check_track (self, video_id, 19);
  g_assert_cmpint (count (self, "prediction"), ==, 1);
  g_assert_cmpint (count (self, "prediction_keyframe"), ==, 19);
  g_assert_cmpint (count (self, "message"), ==, 2);
  g_assert_cmpint (count (self, "keyframe WHERE provenance = 'human' AND state <> 'removed'"),
                   ==, 1);
  g_assert_cmpint (query_number (self->path, "SELECT message_id FROM question_run"), ==, 2);
}

/* What another model finds later is its own prediction, of the same label. */
static void
test_other_model (Fixture *self, gconstpointer clip)
{
  const TpoAnswerMaker other = { "full", "2", "0b", "{}" };
  g_autoptr (GError) error = NULL;
  gint64 video_id = add_video (self, clip);
  g_autoptr (TpoQuestionRun) run = take_again (self, video_id);

  find (run, 10, 11, TRUE);
  g_assert_true (grow (self, run, &other));
  find (run, 12, 12, TRUE);
  g_assert_true (tpo_question_run_save (run, self->store, &other, &error));
  g_assert_no_error (error);
  check_track (self, video_id, 11);
  g_assert_cmpint (count (self, "prediction_keyframe JOIN prediction ON id = prediction_id "
                                "WHERE model = 'nano'"),
                   ==, 8);
  g_assert_cmpint (count (self,
                          "prediction_keyframe JOIN prediction ON id = prediction_id "
                          "WHERE model = 'full' AND message_id IS NULL AND NOT is_growing"),
                   ==, 3);
}

/* A person who deleted the label meanwhile wants no more of it. */
static void
test_deleted (Fixture *self, gconstpointer clip)
{
  g_autoptr (GError) error = NULL;
  gint64 video_id = add_video (self, clip);
  g_autoptr (TpoQuestionRun) run = take_again (self, video_id);
  g_autoptr (TpoQuestionRun) over = NULL;

  g_assert_true (tpo_store_delete_annotation (self->store, run->track_id, NULL, &error));
  find (run, 10, 11, TRUE);
  g_assert_true (tpo_question_run_fail (run, self->store, &maker, "Enough", &error));
  g_assert_no_error (error);
  g_assert_cmpint (count (self, "prediction_keyframe"), ==, 10);
  g_assert_true (tpo_store_retry_runs (self->store, &error));
  over = take (self);
  g_assert_null (over->video);
  g_assert_cmpint (count (self, "question_run WHERE state = 'done' AND message_id = 2"), ==, 1);
  g_assert_cmpint (count (self, "prediction WHERE is_growing"), ==, 0);
}

/* A video that is gone fails its run with a sentence, and not the others. */
static void
test_missing (Fixture *self, gconstpointer clip)
{
  g_autoptr (GError) error = NULL;
  gint64 gone_id = sample_video (self->store, "gone.mp4"), video_id = add_video (self, clip);
  g_autoptr (TpoQuestionRun) failed = NULL;
  g_autoptr (TpoQuestionRun) next = NULL;
  g_autoptr (GPtrArray) failures = NULL;

  queue (self, "When?", gone_id);
  queue (self, "When?", video_id);
  failed = take (self);
  g_assert_null (failed->video);
  g_assert_cmpstr (failed->video_name, ==, "gone.mp4");
  failures = tpo_store_list_failures (self->store, 10, &error);
  g_assert_cmpuint (failures->len, ==, 1);
  g_assert_nonnull (strstr (((TpoRunRecord *) failures->pdata[0])->problem, "gone.mp4"));
  next = take (self);
  g_assert_nonnull (next->video);
  g_assert_true (tpo_question_run_put_back (next, self->store, &maker, &error));
  g_assert_cmpint (
      query_number (self->path, "SELECT count(*) FROM question_run WHERE state = 'waiting'"),
      ==, 1);
}

#define ADD(path, func) \
  g_test_add (path, Fixture, argv[1], fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  ADD ("/question-run/save", test_save);
  ADD ("/question-run/undo", test_undo);
  ADD ("/question-run/killed", test_killed);
  ADD ("/question-run/grow", test_grow);
  ADD ("/question-run/go-on", test_go_on);
  ADD ("/question-run/other-model", test_other_model);
  ADD ("/question-run/deleted", test_deleted);
  ADD ("/question-run/missing", test_missing);
  return g_test_run ();
}
