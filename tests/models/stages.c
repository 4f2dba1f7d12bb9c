/* What a model's stages cost: each is told once, in order, with figures that can be true. */

#include <string.h>

#include <tpo/error.h>

#include "models/videochat/stages.h"

typedef struct {
  TpoDevice *device;
  const char *model;
  TpoVideo *video;
} Setup;

static void
note (const TpoStageFigure *figure, gpointer user_data)
{
  GString *names = user_data;

  g_string_append_printf (names, "%s\n", figure->name);
  g_assert_cmpfloat (figure->ms, >, 0);
  g_assert_cmpfloat (figure->cpu_ms, >=, 0);
  g_assert_cmpuint (figure->used, >, 0);
  g_assert_cmpuint (figure->peak, >=, figure->used);
  g_assert_cmpuint (figure->host_peak, >, 0);
  for (guint i = 1; i < figure->n_times; i++)
    g_assert_cmpfloat (figure->times[i].us, <=, figure->times[i - 1].us);
}

static void
test_parts (gconstpointer data)
{
  static const struct {
    const char *part, *stages;
  } cases[] = {
    { "words", "open the model\nlook at the video\nread the question, and one word\na word\n"
               "a task token\nregion head\n" },
    { "masks", "open the model\nload the mask head\nmask of a picture\n"
               "mask of the same picture\nfollow the mask, a frame\n" },
    { "moments", "open the model\nload the clip tower\nwatch the clip, a second\n"
                 "load the query tower\nload the temporal head\n"
                 "temporal head, with its query\n" },
  };
  const Setup *setup = data;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GString) names = g_string_new (NULL);
    g_autoptr (GError) error = NULL;

    tpo_stages_run (setup->device, setup->model, setup->video, "When does the car move?",
                    cases[i].part, note, names, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (names->str, ==, cases[i].stages);
  }
}

static void
test_refused (gconstpointer data)
{
  const Setup *setup = data;
  g_autoptr (GString) names = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (tpo_stages_run (setup->device, setup->model, setup->video, "When?", "mask",
                                  note, names, &error));
  g_assert_error (error, TPO_ERROR, TPO_ERROR_INVALID);
  g_assert_cmpuint (names->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  Setup setup = { 0 };
  int status;

  g_test_init (&argc, &argv, NULL);
  if (argc != 3)
    g_error ("usage: models-stages MODEL VIDEO");
  setup.device = tpo_device_open (NULL, &error);
  g_assert_no_error (error);
  setup.model = argv[1];
  setup.video = tpo_video_open (argv[2], NULL, NULL, &error);
  g_assert_no_error (error);
  g_test_add_data_func ("/stages/parts", &setup, test_parts);
  g_test_add_data_func ("/stages/refused", &setup, test_refused);
  status = g_test_run ();
  tpo_video_unref (setup.video);
  tpo_device_unref (setup.device);
  return status;
}
