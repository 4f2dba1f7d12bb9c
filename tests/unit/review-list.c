/* The queue of a project: what is in it, in which order, and what it costs to make it again. */

#include "review/review-list.h"
#include "../store/fixture.h"

static GPtrArray *
list (Fixture *self, TpoReviewMemory *memory)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *items = tpo_review_list (self->store, memory, NULL, &error);

  g_assert_no_error (error);
  return items;
}

static gint64
add_span (Fixture *self, gint64 video_id, gint64 message_id, TpoSpan span)
{
  TpoPredictionRecord prediction = {
    .video_id = video_id,
    .message_id = message_id,
    .text_offset = -1,
    .kind = TPO_ANNOTATION_SPAN,
    .model = (char *) "nano",
    .prompt = (char *) "When?",
    .spans = &span,
    .n_spans = 1,
  };
  g_autoptr (GError) error = NULL;
  gint64 id = tpo_store_add_prediction (self->store, &prediction, &error);

  id = tpo_store_annotate_prediction (self->store, id, 0, NULL, &error);
  g_assert_no_error (error);
  return id;
}

static const TpoReviewItem *
item_at (GPtrArray *items, guint position)
{
  g_assert_cmpuint (position, <, items->len);
  return g_ptr_array_index (items, position);
}

static void
test_order (Fixture *self, gconstpointer data)
{
  g_autoptr (TpoReviewMemory) memory = tpo_review_memory_new ();
  gint64 video_id = sample_video (self->store, "a.mp4");
  gint64 sure = add_span (self, video_id, 0, (TpoSpan){ 0, 40000, 0.9f });
  gint64 unsure = add_span (self, video_id, 0, (TpoSpan){ 0, 40000, 0.25f });
  gint64 seen = add_span (self, video_id, 0, (TpoSpan){ 0, 40000, 0.1f });
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) items = NULL;
  g_autofree char *reason = NULL;

  g_assert_true (tpo_store_set_status (self->store, seen, TPO_STATUS_ACCEPTED, NULL, &error));
  items = list (self, memory);
  g_assert_cmpuint (items->len, ==, 2);
  g_assert_cmpint (item_at (items, 0)->record->annotation_id, ==, unsure);
  g_assert_cmpfloat_with_epsilon (item_at (items, 0)->gain, 0.6 * 0.75, 1e-6);
  g_assert_cmpstr (item_at (items, 0)->record->video_uri, ==, "file:///videos/a.mp4");
  g_assert_cmpstr (item_at (items, 0)->record->model, ==, "nano");
  g_assert_cmpint (item_at (items, 1)->record->annotation_id, ==, sure);
  reason = tpo_doubt_describe (&item_at (items, 0)->doubts, item_at (items, 0)->doubt,
                               TPO_ANNOTATION_SPAN);
  g_assert_cmpstr (reason, ==, "The model is 25 % sure");
}

/* Two answers to one question: [0, 0.4) and [0.2, 0.6) share a third; the third one is another question's. */
static void
test_answers (Fixture *self, gconstpointer data)
{
  g_autoptr (TpoReviewMemory) memory = tpo_review_memory_new ();
  gint64 video_id = sample_video (self->store, "a.mp4"), first, second;
  gint64 other_video = sample_video (self->store, "b.mp4"), third;
  g_autoptr (GPtrArray) items = NULL;

  sample_answer (self->store, video_id, "When?", &first);
  sample_answer (self->store, video_id, "When?", &second);
  sample_answer (self->store, other_video, "When?", &third);
  add_span (self, other_video, third, (TpoSpan){ 0, 900000, 1.0f });
  add_span (self, video_id, first, (TpoSpan){ 0, 400000, 1.0f });
  add_span (self, video_id, second, (TpoSpan){ 200000, 600000, 1.0f });
  items = list (self, memory);
  g_assert_cmpuint (items->len, ==, 3);
  for (guint i = 0; i < 2; i++) {
    g_assert_cmpint (item_at (items, i)->record->video_id, ==, video_id);
    g_assert_cmpint (item_at (items, i)->doubt, ==, TPO_DOUBT_ANSWERS);
    g_assert_cmpfloat_with_epsilon (item_at (items, i)->gain, 0.8 * (1.0 - 1.0 / 3.0), 1e-6);
  }
  g_assert_cmpfloat (item_at (items, 2)->gain, ==, 0.0);
}

/* What the queue shows stays with what it came from, whatever is in the project. */
static void
test_fixture (Fixture *self, gconstpointer data)
{
  g_autoptr (TpoReviewMemory) memory = tpo_review_memory_new ();
  gint64 video_id = sample_video (self->store, "a.mp4"), message_id;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GPtrArray) again = NULL;

  sample_answer (self->store, video_id, "Where?", &message_id);
  tpo_store_annotate_prediction (self->store, sample_span (self->store, video_id, message_id),
                                 0, NULL, &error);
  tpo_store_annotate_prediction (
      self->store, sample_box_track (self->store, video_id, message_id), 0, NULL, &error);
  tpo_store_annotate_prediction (
      self->store, sample_mask_track (self->store, video_id, message_id), 0, NULL, &error);
  g_assert_no_error (error);
  items = list (self, memory);
  again = list (self, memory);
  g_assert_cmpuint (items->len, ==, 3);
  g_assert_cmpuint (again->len, ==, 3);
  for (guint i = 0; i < items->len; i++) {
    const TpoReviewItem *item = item_at (items, i), *same = item_at (again, i);
    gint64 time_us = tpo_review_item_get_time (item);

    g_assert_cmpint (item->record->annotation_id, ==, same->record->annotation_id);
    g_assert_cmpfloat (item->gain, ==, same->gain);
    g_assert_cmpint (time_us, >=, item->record->start_us);
    g_assert_cmpint (time_us, <, item->record->end_us);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  FIXTURE_ADD ("/review-list/order", test_order);
  FIXTURE_ADD ("/review-list/answers", test_answers);
  FIXTURE_ADD ("/review-list/fixture", test_fixture);
  return g_test_run ();
}
