/* LLaVA-OneVision with the heads of TPO, end to end at tiny size: a folder is converted, and what
 * comes of it answers about a clip with each of its heads. Its numbers are random, so answers are
 * drawn until all were seen. */

#include <math.h>
#include <string.h>

#include <glib/gstdio.h>

#include <tpo/convert.h>
#include <tpo/error.h>
#include <tpo/session.h>

enum {
  MAX_TRIES = 200,
  N_MASKS = 2
};

typedef struct {
  char *model; /* the converted file */
  const char *video;
} Shared;

/* What answers brought so far. */
typedef struct {
  const TpoVideoInfo *info;
  guint n_tasks[TPO_TASK_COUNT];
  guint n_spans, n_boxes, n_masks, n_words;
} Seen;

static void
note (const TpoEvent *event, gpointer user_data)
{
  Seen *seen = user_data;

  switch (event->kind) {
  case TPO_EVENT_TEXT:
    g_assert_true (g_utf8_validate (event->text, -1, NULL));
    seen->n_words++;
    break;
  case TPO_EVENT_TASK:
    seen->n_tasks[event->task]++;
    break;
  case TPO_EVENT_SPANS:
    g_assert_cmpuint (event->n_spans, ==, 6);
    g_assert_cmpuint (event->n_saliency, ==, seen->info->duration_us / G_USEC_PER_SEC);
    for (guint i = 0; i < event->n_spans; i++) {
      g_assert_cmpint (event->spans[i].start_us, <=, event->spans[i].end_us);
      g_assert_cmpint (event->spans[i].end_us, <=, seen->info->duration_us);
    }
    seen->n_spans++;
    break;
  case TPO_EVENT_BOX:
    g_assert_cmpuint (event->frame, ==, 3);
    g_assert_true (isfinite (event->box.x0) && isfinite (event->box.y1));
    seen->n_boxes++;
    break;
  case TPO_EVENT_MASK:
    g_assert_cmpuint (event->mask->width, ==, seen->info->display_width);
    g_assert_cmpuint (event->mask->height, ==, seen->info->display_height);
    seen->n_masks++;
    break;
  case TPO_EVENT_STEP:
  case TPO_EVENT_KIND_COUNT:
    break;
  }
}

static void
answers (gconstpointer data)
{
  const Shared *shared = data;
  const TpoTurn history = { .question = "What is this?", .answer = "A red car." };
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoDevice) device = NULL;
  g_autoptr (TpoVideo) video = tpo_video_open (shared->video, NULL, NULL, &error);
  g_autoptr (TpoModel) model = NULL;
  g_autoptr (TpoSession) session = NULL;
  Seen seen = { 0 };

  g_assert_no_error (error);
  device = tpo_device_open (
      &(TpoDeviceOptions){ .validate = g_getenv ("TPO_VALIDATE") != NULL }, &error);
  g_assert_no_error (error);
  model = tpo_model_open (device, shared->model, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (tpo_model_get_info (model)->has_temporal);
  g_assert_true (tpo_model_get_info (model)->has_mask);
  session = tpo_session_new (model, video);
  seen.info = tpo_video_get_info (video);

  for (guint i = 0; i < MAX_TRIES && (seen.n_spans == 0 || seen.n_boxes == 0 ||
                                      seen.n_masks == 0 || seen.n_words == 0);
       i++) {
    const TpoAsk ask = { .question = "Where does the car go?",
                         .history = &history,
                         .n_history = i % 2,
                         .temperature = 2.0f,
                         .seed = i,
                         .max_tokens = 8,
                         .frame = 3,
                         .max_mask_frames = N_MASKS };

    tpo_session_ask (session, &ask, note, &seen, NULL, &error);
    g_assert_no_error (error);
  }
  g_assert_cmpuint (seen.n_tasks[TPO_TASK_TEMPORAL], ==, seen.n_spans);
  g_assert_cmpuint (seen.n_tasks[TPO_TASK_REGION], ==, seen.n_boxes);
  g_assert_cmpuint (N_MASKS * seen.n_tasks[TPO_TASK_MASK], ==, seen.n_masks);
  g_assert_cmpuint (seen.n_spans, >, 0);
  g_assert_cmpuint (seen.n_boxes, >, 0);
  g_assert_cmpuint (seen.n_masks, >, 0);
  g_assert_cmpuint (seen.n_words, >, 0);
  g_assert_cmpuint (tpo_device_n_validation_errors (device), ==, 0);
}

/* The same file with one of its choices misspelt: @from becomes @to, as long. */
static void
check_refused (const Shared *shared, const char *from, const char *to, const char *message)
{
  g_autofree char *path = g_strconcat (shared->model, ".bad", NULL);
  g_autofree char *content = NULL;
  g_autoptr (TpoDevice) device = tpo_device_open (NULL, NULL);
  g_autoptr (TpoModel) model = NULL;
  g_autoptr (GError) error = NULL;
  char *at;
  gsize size;

  g_assert_true (g_file_get_contents (shared->model, &content, &size, NULL));
  at = memmem (content, size, from, strlen (from));
  g_assert_nonnull (at);
  memcpy (at, to, strlen (from));
  g_assert_true (g_file_set_contents (path, content, (gssize) size, NULL));
  model = tpo_model_open (device, path, NULL, NULL, NULL, &error);
  g_unlink (path);
  g_assert_null (model);
  g_assert_error (error, TPO_ERROR, TPO_ERROR_FORMAT);
  g_assert_nonnull (strstr (error->message, message));
}

static void
refused (gconstpointer data)
{
  check_refused (data, "siglip", "seglip", "vision.kind");
  check_refused (data, "chatml", "chatlm", "prompt.template");
  check_refused (data, "videochat-tpo.connector", "videochat-tpo.konnector", "qformer");
  check_refused (data, "mm_projector.2.bias", "mm_projector.2.bios", "mm_projector.2.bias");
}

int
main (int argc, char **argv)
{
  g_autofree char *folder = g_dir_make_tmp ("tpo-llava-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "tiny.gguf", NULL);
  const TpoConvertOptions options = { .storage = TPO_STORAGE_Q8_0 };
  TpoConvertReport report;
  g_autoptr (GError) error = NULL;
  Shared shared = { .model = path };
  int status;

  g_test_init (&argc, &argv, NULL);
  if (argc != 3)
    g_error ("usage: models-llava FOLDER VIDEO");
  shared.video = argv[2];
  if (!tpo_convert (argv[1], path, &options, &report, &error))
    g_error ("%s", error->message);
  tpo_convert_report_clear (&report);
  g_test_add_data_func ("/llava/answers", &shared, answers);
  g_test_add_data_func ("/llava/refused", &shared, refused);
  status = g_test_run ();
  g_unlink (path);
  g_rmdir (folder);
  return status;
}
