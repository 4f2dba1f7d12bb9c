/* How LLaVA-OneVision cuts pictures into tiles, and the rows that it makes of them, against a
 * reference in double precision (tests/models/reference/make_llava_tiles.py): the tiny model, told
 * to cut. */

#include <math.h>

#include <glib/gstdio.h>

#include "io/json.h"
#include "io/model-config.h"
#include "io/quantize.h"
#include "llava-folder.h"
#include "models/videochat/session.h"

typedef struct {
  const char *source; /* folder of the tiny model */
  const char *folder; /* pictures and what is expected of them */
  char *model;        /* the converted file */
} Shared;

static void
geometry (gconstpointer data)
{
  const Shared *shared = data;
  g_autofree char *path = g_build_filename (shared->folder, "geometry.json", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoJson) json = tpo_json_load (path, 1 << 20, &error);

  g_assert_no_error (error);
  for (const TpoJsonNode *node = tpo_json_root (json)->child; node != NULL; node = node->next) {
    const TpoJsonNode *value = tpo_json_member (node, "given")->child;
    guint given[6];
    TpoTiles tiles;

    for (guint i = 0; i < 6; i++, value = value->next)
      given[i] = (guint) value->integer;
    tpo_tiles_choose (given[0], given[1], given[2], given[3], given[4], given[5], &tiles);
    g_test_message ("%u × %u: %u × %u tiles, %u × %u cells", given[1], given[0], tiles.cols,
                    tiles.rows, tiles.out_cols, tiles.out_rows);
    {
      const guint actual[] = { tiles.rows,   tiles.cols,   tiles.height,    tiles.width,
                               tiles.y0,     tiles.x0,     tiles.first_row, tiles.first_col,
                               tiles.n_rows, tiles.n_cols, tiles.out_rows,  tiles.out_cols };

      value = tpo_json_member (node, "tiles")->child;
      for (guint i = 0; i < G_N_ELEMENTS (actual); i++, value = value->next)
        g_assert_cmpint (actual[i], ==, value->integer);
    }
  }
}

static void
check_rows (const Shared *shared, TpoModel *model, const TpoWeight *expected)
{
  g_autofree char *name = g_strconcat (expected->name, ".png", NULL);
  g_autofree char *path = g_build_filename (shared->folder, name, NULL);
  gsize n = (gsize) tpo_shape_count (&expected->shape);
  g_autofree float *wanted = g_new (float, n);
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoVideo) picture = tpo_video_open (path, NULL, NULL, &error);
  g_autoptr (TpoSession) session = NULL;
  const float *rows;
  double worst = 0, largest = 0;

  g_assert_no_error (error);
  session = tpo_session_new (model, picture);
  g_assert_cmpuint (tpo_session_n_visual (session, 0), ==, expected->shape.dim[0]);
  rows = tpo_session_look (session, 0, NULL, &error);
  g_assert_no_error (error);
  tpo_numbers_read (expected->type, expected->bytes, n, wanted);
  for (gsize i = 0; i < n; i++) {
    worst = MAX (worst, fabs ((double) rows[i] - wanted[i]));
    largest = MAX (largest, fabs ((double) wanted[i]));
  }
  g_test_message ("%s: %" G_GINT64_FORMAT " rows, worst %.2e of at most %.2f", expected->name,
                  expected->shape.dim[0], worst, largest);
  g_assert_cmpfloat (worst, <=, 1e-5 * largest);
}

static void
rows (gconstpointer data)
{
  const Shared *shared = data;
  const TpoDeviceOptions options = { .validate = g_getenv ("TPO_VALIDATE") != NULL };
  g_autofree char *path = g_build_filename (shared->folder, "expected.safetensors", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoWeights) expected = tpo_weights_open (path, &error);
  g_autoptr (TpoDevice) device = NULL;
  g_autoptr (TpoModel) model = NULL;

  g_assert_no_error (error);
  device = tpo_device_open (&options, &error);
  g_assert_no_error (error);
  model = tpo_model_open (device, shared->model, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < tpo_weights_get_n (expected); i++)
    check_rows (shared, model, tpo_weights_get (expected, i));
  g_assert_cmpuint (tpo_device_n_validation_errors (device), ==, 0);
}

static void
refused (gconstpointer data)
{
  static const char *const pictures[] = {
    "\"image_aspect_ratio\": \"anyres_max_9\",",
    "\"image_aspect_ratio\": \"anyres\", \"image_grid_pinpoints\": [[74, 148]],",
    "\"image_aspect_ratio\": \"anyres\", \"image_grid_pinpoints\": [[384, 384]],",
    "\"image_aspect_ratio\": \"anyres\", \"image_grid_pinpoints\": [[74, 74, 74]],",
    "\"image_aspect_ratio\": \"anyres\", \"image_grid_pinpoints\": [[74, 74], [74, 148], [148, 148], [148, 74]],",
    "\"image_aspect_ratio\": \"anyres\", \"image_grid_pinpoints\": [],",
    "\"image_aspect_ratio\": \"anyres\", \"image_grid_pinpoints\": \"(1x1),...,(2x3)\",",
    "\"image_aspect_ratio\": \"anyres_max_x\", \"image_grid_pinpoints\": \"(1x1),...,(3x3)\",",
  };

  for (guint i = 0; i < G_N_ELEMENTS (pictures); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_false (llava_convert (data, pictures[i], "/nonexistent/model.gguf", &error));
    g_assert_error (error, TPO_ERROR, TPO_ERROR_UNSUPPORTED);
    g_test_message ("%s", error->message);
  }
}

/* The grids as a training script is told them, where the model of the other tests has them as it
 * writes them. */
static void
named (gconstpointer data)
{
  const Shared *shared = data;
  g_autofree char *path = g_strconcat (shared->model, ".named", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoWeights) weights = NULL;
  TpoReader reader;

  llava_convert (shared->source,
                 "\"image_aspect_ratio\": \"anyres_max_2\","
                 "\"image_grid_pinpoints\": \"(1x1),...,(3x3)\",",
                 path, &error);
  g_assert_no_error (error);
  weights = tpo_weights_open (path, &error);
  g_assert_no_error (error);
  reader = tpo_reader (tpo_weights_get_metadata (weights), TPO_ARCHITECTURE ".projector.");
  g_assert_cmpuint (tpo_reader_uint (&reader, "tile_grid", 0, 16), ==, 3);
  g_assert_cmpuint (tpo_reader_uint (&reader, "max_tiles", 0, 16), ==, 2);
  g_assert_true (tpo_reader_finish (&reader, &error));
  g_unlink (path);
}

int
main (int argc, char **argv)
{
  g_autofree char *folder = g_dir_make_tmp ("tpo-tiles-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "tiny.gguf", NULL);
  g_autoptr (GError) error = NULL;
  Shared shared = { .model = path };
  int status;

  g_test_init (&argc, &argv, NULL);
  if (argc != 3)
    g_error ("usage: models-llava-tiles MODEL-FOLDER EXPECTED-FOLDER");
  shared.source = argv[1];
  shared.folder = argv[2];
  if (!llava_convert (argv[1],
                      "\"image_aspect_ratio\": \"anyres_max_2\","
                      "\"image_grid_pinpoints\": [[74, 74], [74, 148], [74, 222], [148, 74],"
                      "[148, 148], [148, 222], [222, 74], [222, 148], [222, 222]],",
                      path, &error))
    g_error ("%s", error->message);
  g_test_add_data_func ("/llava-tiles/geometry", &shared, geometry);
  g_test_add_data_func ("/llava-tiles/rows", &shared, rows);
  g_test_add_data_func ("/llava-tiles/named", &shared, named);
  g_test_add_data_func ("/llava-tiles/refused", argv[1], refused);
  status = g_test_run ();
  g_unlink (path);
  g_rmdir (folder);
  return status;
}
