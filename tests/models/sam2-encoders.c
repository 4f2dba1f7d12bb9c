/*
 * The image encoders of SAM 2 in its four published sizes, at 256 pixels and with synthetic weights, against an
 * independent implementation in double precision (tests/models/reference/make_sam2_encoders.py).
 */

#include <math.h>
#include <string.h>

#include "checks.h"
#include "io/json.h"
#include "io/model-spec.h"
#include "models/sam2/sam2.h"
#include "synthetic.h"

enum {
  SIZE = 256
};

#define PREFIX "sam."
#define SETTINGS TPO_ARCHITECTURE "." PREFIX

typedef struct {
  TpoDevice *device;
  const TpoJsonNode *size; /* what is expected of one size: settings and values */
} Subject;

static TpoSam2 *
load (const Subject *self)
{
  const TpoLoaderOptions options = { .storage = TPO_STORAGE_F32 };
  const guint mask = 1u << TPO_COMPONENT_MASK;
  g_autoptr (TpoWeights) weights = tpo_weights_new ("synthetic");
  TpoMetadata *metadata = tpo_weights_edit_metadata (weights);
  g_autoptr (TpoModelSpec) spec = NULL;
  g_autoptr (TpoLoader) loader = NULL;
  g_autoptr (GError) error = NULL;
  TpoSam2Config config;
  TpoSam2 *model;

  g_assert_true (tpo_model_config_from_json (tpo_json_member (self->size, "settings"),
                                             "settings", mask, metadata, &error));
  spec = tpo_model_spec_new (metadata, mask, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < tpo_model_spec_get_n (spec); i++) {
    const TpoTensorSpec *tensor = tpo_model_spec_get (spec, i);

    tpo_synthetic_add (weights, PREFIX, tensor->name + strlen (PREFIX), &tensor->shape);
  }
  g_assert_true (tpo_sam2_config_read (metadata, SETTINGS, &config, &error));
  loader = tpo_loader_new (self->device, weights, &options);
  model = tpo_sam2_load (loader, &config, &error);
  g_assert_no_error (error);
  return model;
}

/* The planes of the picture, pixel by pixel. */
static float *
make_picture (void)
{
  const gsize area = (gsize) SIZE * SIZE;
  g_autofree float *planes = tpo_synthetic_input ("input.frames", 3 * area);
  float *picture = g_new (float, 3 * area);

  for (gsize i = 0; i < 3 * area; i++)
    picture[i] = planes[i % 3 * area + i / 3];
  return picture;
}

/* Mean, deviation and single values, each within @share of the map's deviation. */
static void
check_map (const Subject *self, const char *name, TpoGraph *g, TpoTensor *map)
{
  static const double share = 2e-5;
  const TpoJsonNode *expected = tpo_json_member (tpo_json_member (self->size, "maps"), name);
  const double deviation = tpo_json_member (expected, "std")->number;
  const TpoJsonNode *value = tpo_json_member (expected, "values")->child;
  g_autofree float *values = tpo_test_read (g, map);
  const gint64 channels = tpo_tensor_dim (map, -1);
  const gint64 cols = (gint64) sqrt ((double) tpo_tensor_dim (map, 0));

  tpo_test_check_moments (name, g, map, tpo_json_member (expected, "mean")->number, deviation,
                          share * deviation);
  for (const TpoJsonNode *place = tpo_json_member (expected, "places")->child; place != NULL;
       place = place->next, value = value->next) {
    const TpoJsonNode *channel = place->child, *row = channel->next, *col = row->next;
    gint64 at = ((gint64) row->number * cols + (gint64) col->number) * channels +
                (gint64) channel->number;

    tpo_test_check (name, values[at], value->number, 10 * share * deviation);
  }
}

static void
encodes (gconstpointer data)
{
  const Subject *self = data;
  TpoSam2 *model = load (self);
  g_autofree float *picture = make_picture ();
  TpoGraph *g = tpo_graph_new (self->device, "encoder");
  TpoSam2Features features;

  tpo_sam2_encode (
      model, g,
      tpo_graph_constant (g, "picture", TPO_F32, TPO_SHAPE (1, SIZE, SIZE, 3), picture), NULL,
      &features);
  tpo_graph_output (g, features.f);
  tpo_graph_output (g, features.s1);
  tpo_graph_output (g, features.s0);
  tpo_test_run (g);
  check_map (self, "f", g, features.f);
  check_map (self, "s1", g, features.s1);
  check_map (self, "s0", g, features.s0);
  tpo_graph_free (g);
  tpo_sam2_free (model);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoJson) json = NULL;
  g_autoptr (GArray) subjects = g_array_new (FALSE, FALSE, sizeof (Subject));
  g_autoptr (TpoDevice) device = NULL;

  g_test_init (&argc, &argv, NULL);
  if (argc != 2)
    g_error ("usage: models-sam2-encoders EXPECTED.json");
  json = tpo_json_load (argv[1], 1 << 20, &error);
  if (json == NULL)
    g_error ("%s", error->message);
  device = tpo_test_open ();
  for (const TpoJsonNode *size = tpo_json_root (json)->child; size != NULL; size = size->next) {
    const Subject subject = { device, size };

    g_array_append_val (subjects, subject);
  }
  for (guint i = 0; i < subjects->len; i++) {
    const Subject *subject = &g_array_index (subjects, Subject, i);
    g_autofree char *path = g_strconcat ("/sam2-encoders/", subject->size->key, NULL);

    g_test_add_data_func (path, subject, encodes);
  }
  return tpo_test_all (device, NULL, 0, NULL);
}
