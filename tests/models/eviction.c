/* A whole model on devices that are short of something: memory, so that parts make room for each
 * other; bindings, so that weights and activations come in slices; host-visible memory. What it
 * answers is the same everywhere. */

#include <string.h>

#include <tpo/session.h>

enum {
  N_ANSWERS = 5
};

typedef struct {
  const char *model;
  const char *video;
  char *expected[N_ANSWERS]; /* on an ordinary device */
  guint64 tight_peak;        /* bytes it takes where blocks are as small as they can be */
} Shared;

/* Everything that an answer says, with numbers as they are shown. */
static void
note (const TpoEvent *event, gpointer user_data)
{
  GString *text = user_data;

  switch (event->kind) {
  case TPO_EVENT_TEXT:
    g_string_append (text, event->text);
    break;
  case TPO_EVENT_TASK:
    g_string_append_printf (text, " [%s]", tpo_task_name (event->task));
    break;
  case TPO_EVENT_SPANS:
    g_string_append_printf (text, " %.2f-%.2f", event->spans[0].start_us / 1e6,
                            event->spans[0].end_us / 1e6);
    break;
  case TPO_EVENT_BOX:
    g_string_append_printf (text, " %.3f %.3f %.3f %.3f", event->box.x0, event->box.y0,
                            event->box.x1, event->box.y1);
    break;
  case TPO_EVENT_MASK:
    g_string_append_printf (text, " %u:%" G_GUINT64_FORMAT, event->frame,
                            tpo_rle_area (event->mask));
    break;
  case TPO_EVENT_STEP:
  case TPO_EVENT_KIND_COUNT:
    break;
  }
}

/* Questions that need each part, in an order that needs each of them twice. */
static const TpoAsk asks[N_ANSWERS] = {
  { .question = "When does the car move?", .frame = -1 },
  { .question = "Track the car.", .frame = -1, .max_mask_frames = 2 },
  { .question = "Where is the car?", .frame = 5 },
  { .question = "When is the car visible?", .frame = -1 },
  { .question = "Track the car.", .frame = -1, .max_mask_frames = 1 },
};

static void
ask_all (TpoSession *session, char *answers[N_ANSWERS])
{
  for (guint i = 0; i < N_ANSWERS; i++) {
    g_autoptr (GString) text = g_string_new (NULL);
    g_autoptr (GError) error = NULL;

    tpo_session_ask (session, &asks[i], note, text, NULL, &error);
    g_assert_no_error (error);
    answers[i] = g_string_free (g_steal_pointer (&text), FALSE);
  }
}

static TpoDevice *
open_device (const TpoDeviceOptions *options)
{
  g_autoptr (GError) error = NULL;
  TpoDevice *device = tpo_device_open (options, &error);

  g_assert_no_error (error);
  return device;
}

static guint64
answer (const Shared *shared, TpoDevice *device, char *answers[N_ANSWERS])
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoVideo) video = tpo_video_open (shared->video, NULL, NULL, &error);
  g_autoptr (TpoModel) model = NULL;
  g_autoptr (TpoSession) session = NULL;
  guint64 peak;

  g_assert_no_error (error);
  model = tpo_model_open (device, shared->model, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  session = tpo_session_new (model, video);
  ask_all (session, answers);
  tpo_device_memory_used (device, NULL, &peak);
  return peak;
}

/* Once as it comes, then with so little room to spare that memory is taken in small pieces. */
static void
answer_twice (Shared *shared)
{
  g_autoptr (TpoDevice) plain = open_device (NULL);
  TpoDeviceOptions options = { .max_memory = answer (shared, plain, shared->expected) - 1 };
  g_autoptr (TpoDevice) tight = open_device (&options);
  char *answers[N_ANSWERS] = { NULL };

  g_assert_nonnull (strstr (shared->expected[0], "[temporal]"));
  g_assert_nonnull (strstr (shared->expected[1], "[mask]"));
  g_assert_nonnull (strstr (shared->expected[2], "[region]"));
  shared->tight_peak = answer (shared, tight, answers);
  for (guint i = 0; i < N_ANSWERS; i++)
    g_free (answers[i]);
}

static void
check_same (gconstpointer data, const TpoDeviceOptions *options)
{
  const Shared *shared = data;
  g_autoptr (TpoDevice) device = open_device (options);
  char *answers[N_ANSWERS] = { NULL };
  guint64 peak = answer (shared, device, answers);

  for (guint i = 0; i < N_ANSWERS; i++) {
    g_assert_cmpstr (answers[i], ==, shared->expected[i]);
    g_free (answers[i]);
  }
  g_test_message ("peak %.1f MB", peak / 1e6);
  if (options->max_memory > 0)
    g_assert_cmpuint (peak, <=, options->max_memory);
  g_assert_cmpuint (tpo_device_n_validation_errors (device), ==, 0);
}

static void
test_bindings (gconstpointer data)
{
  check_same (data, &(TpoDeviceOptions){ .max_binding = 2 << 20, .validate = TRUE });
}

static void
test_card (gconstpointer data)
{
  check_same (data, &(TpoDeviceOptions){ .force_staging = TRUE, .force_storage_reads = TRUE });
}

/* What a device takes that has less memory than all parts need side by side. */
static void
test_memory (gconstpointer data)
{
  const Shared *shared = data;

  check_same (data, &(TpoDeviceOptions){ .max_memory = shared->tight_peak / 10 * 8 });
}

/* Whatever does not fit at all is an error that says so; what fits goes on working. */
static void
test_no_room (gconstpointer data)
{
  const Shared *shared = data;
  /* Less than half: the cache of frames takes what there is and shrinks. */
  const TpoDeviceOptions options = { .max_memory = shared->tight_peak / 3 };
  g_autoptr (TpoDevice) device = open_device (&options);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoVideo) video = tpo_video_open (shared->video, NULL, NULL, &error);
  g_autoptr (TpoModel) model = tpo_model_open (device, shared->model, NULL, NULL, NULL, &error);
  g_autoptr (TpoSession) session = NULL;

  g_assert_no_error (error);
  session = tpo_session_new (model, video);
  g_assert_false (tpo_session_ask (session, &asks[1], note, text, NULL, &error));
  g_assert_error (error, TPO_ERROR, TPO_ERROR_NO_MEMORY);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, "The weights of this model alone take up to"));
  g_clear_error (&error);
  g_string_truncate (text, 0);
  tpo_session_ask (session, &asks[2], note, text, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text->str, ==, shared->expected[2]);
}

static void
test_no_room_at_all (gconstpointer data)
{
  const Shared *shared = data;
  const TpoDeviceOptions options = { .max_memory = 4 << 20 };
  g_autoptr (TpoDevice) device = open_device (&options);
  g_autoptr (GError) error = NULL;
  guint64 used;

  g_assert_null (tpo_model_open (device, shared->model, NULL, NULL, NULL, &error));
  g_assert_error (error, TPO_ERROR, TPO_ERROR_NO_MEMORY);
  g_assert_nonnull (strstr (error->message, "The weights of this model alone take up to"));
  tpo_device_memory_used (device, &used, NULL);
  g_assert_cmpuint (used, <, 1 << 20);
}

int
main (int argc, char **argv)
{
  Shared shared = { 0 };
  int status;

  g_test_init (&argc, &argv, NULL);
  if (argc != 3)
    g_error ("usage: models-eviction MODEL VIDEO");
  shared.model = argv[1];
  shared.video = argv[2];
  answer_twice (&shared);
  g_test_add_data_func ("/eviction/bindings", &shared, test_bindings);
  g_test_add_data_func ("/eviction/card", &shared, test_card);
  g_test_add_data_func ("/eviction/memory", &shared, test_memory);
  g_test_add_data_func ("/eviction/no-room", &shared, test_no_room);
  g_test_add_data_func ("/eviction/no-room-at-all", &shared, test_no_room_at_all);
  status = g_test_run ();
  for (guint i = 0; i < N_ANSWERS; i++)
    g_free (shared.expected[i]);
  return status;
}
