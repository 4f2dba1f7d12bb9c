/* Objects that are followed with corrections: the bundled model on a bundled clip. */

#include <tpo/session.h>

enum {
  N = 13 /* frames that are followed */
};

typedef struct {
  TpoDevice *device;
  TpoModel *model;
  TpoVideo *video;
} Shared;

/* Masks of a call, and how many came. */
typedef struct {
  TpoRle *masks[2][N]; /* by object and frame */
  guint n_masks;
  guint64 memory[N]; /* bytes used when the frame was reported */
  TpoDevice *device;
  const guint *objects;
} Record;

static void
record_clear (Record *self)
{
  for (guint i = 0; i < 2 * N; i++)
    g_clear_pointer (&self->masks[i / N][i % N], tpo_rle_unref);
  self->n_masks = 0;
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Record, record_clear)

static void
on_event (const TpoEvent *event, gpointer user_data)
{
  Record *record = user_data;
  guint object;

  if (event->kind != TPO_EVENT_MASK)
    return;
  object = record->objects != NULL && event->object == record->objects[1];
  g_assert_cmpuint (event->frame, <, N);
  g_assert_null (record->masks[object][event->frame]);
  record->masks[object][event->frame] = tpo_rle_ref ((TpoRle *) event->mask);
  record->n_masks++;
  tpo_device_memory_used (record->device, &record->memory[event->frame], NULL);
}

static const TpoBox car = { 0.55f, 0.55f, 0.95f, 0.95f };

static void
correct (TpoSession *session, const TpoCorrection *correction, TpoRle **mask)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoRle) found = NULL;
  float score;

  tpo_session_correct (session, correction, &found, &score, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (found);
  if (mask != NULL)
    *mask = g_steal_pointer (&found);
}

static void
propagate (TpoSession *session, Record *record, const guint *objects, guint n, guint first,
           guint last)
{
  const TpoStretch stretch = { objects, n, first, last };
  g_autoptr (GError) error = NULL;

  record_clear (record);
  record->objects = n > 1 ? objects : NULL;
  tpo_session_propagate (session, &stretch, on_event, record, NULL, &error);
  g_assert_no_error (error);
}

static void
assert_same (const TpoRle *a, const TpoRle *b)
{
  g_assert_nonnull (a);
  g_assert_nonnull (b);
  g_assert_cmpmem (a->counts, a->n_counts * sizeof *a->counts, b->counts,
                   b->n_counts * sizeof *b->counts);
}

/* The frames from @first to @last were reported, and no others. */
static void
assert_reported (const Record *record, guint object, guint first, guint last)
{
  for (guint i = 0; i < N; i++) {
    if (i >= first && i <= last)
      g_assert_nonnull (record->masks[object][i]);
    else
      g_assert_null (record->masks[object][i]);
  }
}

/* Without a correction on the way it is the same as following once. */
static void
like_once (gconstpointer data)
{
  const Shared *shared = data;
  g_autoptr (TpoSession) session = tpo_session_new (shared->model, shared->video);
  const TpoTrack track = { .box = &car, .last_frame = N - 1 };
  const guint object = 42;
  g_auto (Record) once = { .device = shared->device }, kept = { .device = shared->device };
  g_autoptr (GError) error = NULL;

  tpo_session_track (session, &track, on_event, &once, NULL, &error);
  g_assert_no_error (error);
  correct (session, &(TpoCorrection){ .object = object, .box = &car }, NULL);
  propagate (session, &kept, &object, 1, 0, N - 1);
  g_assert_cmpuint (kept.n_masks, ==, N);
  for (guint i = 0; i < N; i++)
    assert_same (once.masks[0][i], kept.masks[0][i]);
  g_assert_cmpuint (kept.memory[N - 1], ==, kept.memory[N / 2]);
}

/* A click in the middle changes what follows up to the next correction, and nothing else. */
static void
barriers (gconstpointer data)
{
  enum {
    MIDDLE = 6,
    END = 10
  };
  const Shared *shared = data;
  g_autoptr (TpoSession) session = tpo_session_new (shared->model, shared->video);
  const TpoPoint away = { 0.7f, 0.7f, FALSE }, back = { 0.75f, 0.8f, TRUE };
  const guint object = 1;
  g_auto (Record) before = { .device = shared->device }, after = { .device = shared->device };
  g_autoptr (TpoRle) first = NULL, second = NULL;

  correct (session, &(TpoCorrection){ .object = object, .box = &car }, NULL);
  propagate (session, &before, &object, 1, 0, N - 1);

  correct (
      session,
      &(TpoCorrection){ .object = object, .frame = MIDDLE, .points = &away, .n_points = 1 },
      &first);
  correct (
      session,
      &(TpoCorrection){
          .object = object, .frame = MIDDLE, .points = &back, .n_points = 1, .append = TRUE },
      &second);
  correct (session,
           &(TpoCorrection){ .object = object, .frame = END, .mask = before.masks[0][END] },
           NULL);
  g_assert_cmpfloat (tpo_rle_iou (first, before.masks[0][MIDDLE]), <, 1);
  g_assert_cmpfloat (tpo_rle_iou (first, second), <, 1);

  propagate (session, &after, &object, 1, MIDDLE, N - 1);
  assert_reported (&after, 0, MIDDLE, END - 1);
  assert_same (after.masks[0][MIDDLE], second);
  propagate (session, &after, &object, 1, MIDDLE, 0);
  assert_reported (&after, 0, 1, MIDDLE);
  propagate (session, &after, &object, 1, 0, N - 1);
  assert_reported (&after, 0, 0, MIDDLE - 1);
  propagate (session, &after, &object, 1, END, N - 1);
  assert_reported (&after, 0, END, N - 1);
  assert_same (after.masks[0][END], before.masks[0][END]);

  /* Taken back, they leave no trace in what is followed anew. */
  tpo_session_uncorrect (session, object, MIDDLE);
  tpo_session_uncorrect (session, object, END);
  propagate (session, &after, &object, 1, 0, N - 1);
  assert_reported (&after, 0, 0, N - 1);
  for (guint i = 0; i < N; i++)
    assert_same (after.masks[0][i], before.masks[0][i]);
}

/* Objects share a pass and each ends at its own barrier. */
static void
two_objects (gconstpointer data)
{
  const Shared *shared = data;
  g_autoptr (TpoSession) session = tpo_session_new (shared->model, shared->video);
  const guint objects[] = { 7, 3 };
  const TpoBox other = { 0.05f, 0.3f, 0.4f, 0.8f };
  g_auto (Record) record = { .device = shared->device }, alone = { .device = shared->device };

  correct (session, &(TpoCorrection){ .object = 7, .box = &car }, NULL);
  correct (session, &(TpoCorrection){ .object = 3, .box = &other }, NULL);
  correct (session, &(TpoCorrection){ .object = 3, .frame = 5, .box = &other }, NULL);
  propagate (session, &record, objects, 2, 0, N - 1);
  assert_reported (&record, 0, 0, N - 1);
  assert_reported (&record, 1, 0, 4);

  tpo_session_forget (session, 3);
  propagate (session, &alone, objects, 1, 0, N - 1);
  for (guint i = 0; i < N; i++)
    assert_same (record.masks[0][i], alone.masks[0][i]);
}

/* More objects than are at work at a time: each finds its corrections again. */
static void
many_objects (gconstpointer data)
{
  const Shared *shared = data;
  g_autoptr (TpoSession) session = tpo_session_new (shared->model, shared->video);
  g_auto (Record) first = { .device = shared->device }, again = { .device = shared->device };
  const guint object = 0;

  for (guint i = 0; i < 6; i++) {
    correct (session, &(TpoCorrection){ .object = i, .box = &car }, NULL);
    if (i == object)
      propagate (session, &first, &object, 1, 0, 3);
  }
  propagate (session, &again, &object, 1, 0, 3);
  assert_reported (&again, 0, 0, 3);
  for (guint i = 0; i <= 3; i++)
    g_assert_cmpfloat (tpo_rle_iou (first.masks[0][i], again.masks[0][i]), >, 0.8);
}

static void
assert_refused (TpoSession *session, const TpoCorrection *correction)
{
  g_autoptr (GError) error = NULL;
  TpoRle *mask = NULL;
  float score;

  g_assert_false (tpo_session_correct (session, correction, &mask, &score, NULL, &error));
  g_assert_error (error, TPO_ERROR, TPO_ERROR_INVALID);
  g_assert_null (mask);
}

static void
refusals (gconstpointer data)
{
  const Shared *shared = data;
  g_autoptr (TpoSession) session = tpo_session_new (shared->model, shared->video);
  const guint32 counts[] = { 12 };
  g_autoptr (TpoRle) small = tpo_rle_from_counts (counts, 1, 4, 3, NULL);
  const guint objects[] = { 0, 1, 2, 3, 4 };
  g_auto (Record) record = { .device = shared->device };
  g_autoptr (GError) error = NULL;

  assert_refused (session, &(TpoCorrection){ .frame = G_MAXUINT, .box = &car });
  assert_refused (session, &(TpoCorrection){ .frame = 0 });
  assert_refused (session, &(TpoCorrection){ .mask = small });
  tpo_session_uncorrect (session, 9, 9);
  tpo_session_forget (session, 9);
  for (guint n = 1; n <= G_N_ELEMENTS (objects); n += 4) {
    g_assert_false (tpo_session_propagate (session, &(TpoStretch){ objects, n, 0, 1 }, on_event,
                                           &record, NULL, &error));
    g_assert_error (error, TPO_ERROR, TPO_ERROR_INVALID);
    g_clear_error (&error);
  }
  g_assert_cmpuint (record.n_masks, ==, 0);
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    GTestDataFunc run;
  } tests[] = {
    { "/corrections/like-once", like_once },     { "/corrections/barriers", barriers },
    { "/corrections/two-objects", two_objects }, { "/corrections/many-objects", many_objects },
    { "/corrections/refusals", refusals },
  };
  const TpoDeviceOptions options = { .validate = g_getenv ("TPO_VALIDATE") != NULL };
  g_autoptr (GError) error = NULL;
  Shared shared = { 0 };
  int status;

  g_test_init (&argc, &argv, NULL);
  if (argc != 3)
    g_error ("usage: models-corrections MODEL VIDEO");
  shared.device = tpo_device_open (&options, &error);
  if (shared.device != NULL)
    shared.model = tpo_model_open (shared.device, argv[1], NULL, NULL, NULL, &error);
  if (shared.model != NULL)
    shared.video = tpo_video_open (argv[2], NULL, NULL, &error);
  if (shared.video == NULL)
    g_error ("%s", error->message);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add_data_func (tests[i].path, &shared, tests[i].run);
  status = g_test_run ();
  g_assert_cmpuint (tpo_device_n_validation_errors (shared.device), ==, 0);
  tpo_video_unref (shared.video);
  tpo_model_free (shared.model);
  tpo_device_unref (shared.device);
  return status;
}
