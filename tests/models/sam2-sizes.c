/*
 * SAM 2 in its four published sizes with synthetic weights, from a picture and a box to masks,
 * against an independent implementation in double precision
 * (tests/models/reference/make_sam2_sizes.py). The same at the published 1024 pixels is a
 * benchmark, for it takes minutes.
 */

#include <math.h>
#include <string.h>

#include "checks.h"
#include "io/json.h"
#include "io/model-spec.h"
#include "models/sam2/sam2.h"
#include "synthetic.h"

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
make_picture (guint edge)
{
  const gsize area = (gsize) edge * edge;
  g_autofree float *planes = tpo_synthetic_input ("input.frames", 3 * area);
  float *picture = g_new (float, 3 * area);

  for (gsize i = 0; i < 3 * area; i++)
    picture[i] = planes[i % 3 * area + i / 3];
  return picture;
}

/* Mean, deviation and single values, each within a share of the map's deviation. @map: [edge ·
 * edge, channels] or, of masks, [channels, edge · edge] */
static void
check_map (const Subject *self, const char *name, TpoGraph *g, TpoTensor *map,
           gboolean is_channels_first)
{
  static const double share = 2e-5;
  const TpoJsonNode *expected = tpo_json_member (tpo_json_member (self->size, "maps"), name);
  const double deviation = tpo_json_member (expected, "std")->number;
  const TpoJsonNode *value = tpo_json_member (expected, "values")->child;
  g_autofree float *values = tpo_test_read (g, map);
  const gint64 area = tpo_tensor_dim (map, is_channels_first ? 1 : 0);
  const gint64 channels = tpo_tensor_dim (map, is_channels_first ? 0 : 1);
  const gint64 cols = (gint64) sqrt ((double) area);

  tpo_test_check_moments (name, g, map, tpo_json_member (expected, "mean")->number, deviation,
                          share * deviation);
  for (const TpoJsonNode *place = tpo_json_member (expected, "places")->child; place != NULL;
       place = place->next, value = value->next) {
    const TpoJsonNode *channel = place->child, *row = channel->next, *col = row->next;
    gint64 place_at = (gint64) row->number * cols + (gint64) col->number;
    gint64 at = is_channels_first ? (gint64) channel->number * area + place_at
                                  : place_at * channels + (gint64) channel->number;

    tpo_test_check (name, values[at], value->number, 10 * share * deviation);
  }
}

/* What the decoder says of the box. */
static void
decode (const Subject *self, const TpoSam2 *model, TpoGraph *g, const TpoSam2Features *features,
        TpoSam2Masks *masks)
{
  static const gint32 corners[] = { 2, 3 };
  float box[4];
  guint n = 0;

  for (const TpoJsonNode *edge = tpo_json_member (self->size, "box")->child; edge != NULL;
       edge = edge->next)
    box[n++] = (float) edge->number;
  g_assert_cmpuint (n, ==, 4);
  tpo_sam2_decode (model, g, tpo_sam2_unconditioned (model, g, features->f), features,
                   tpo_sam2_prompt_points (
                       model, g, tpo_graph_constant (g, "box", TPO_F32, TPO_SHAPE (2, 2), box),
                       tpo_graph_constant (g, "corners", TPO_I32, TPO_SHAPE (2), corners)),
                   tpo_sam2_prompt_mask (model, g, NULL), masks);
}

static void
check_masks (const Subject *self, TpoGraph *g, const TpoSam2Masks *masks)
{
  const TpoJsonNode *iou = tpo_json_member (self->size, "ious")->child;
  g_autofree float *ious = tpo_test_read (g, masks->ious);
  g_autofree float *score = tpo_test_read (g, masks->score);

  check_map (self, "masks", g, masks->logits, TRUE);
  for (guint i = 0; i < TPO_SAM2_MASKS; i++, iou = iou->next)
    tpo_test_check ("iou", ious[i], iou->number, 2e-5);
  tpo_test_check ("score", *score, tpo_json_member (self->size, "score")->number, 1e-4);
}

static void
segments (gconstpointer data)
{
  const Subject *self = data;
  TpoSam2 *model = load (self);
  const gint64 edge = tpo_sam2_get_config (model)->image_size;
  g_autofree float *picture = make_picture ((guint) edge);
  TpoGraph *g = tpo_graph_new (self->device, "picture");
  TpoSam2Features features;
  TpoSam2Masks masks;

  tpo_sam2_encode (
      model, g,
      tpo_graph_constant (g, "picture", TPO_F32, TPO_SHAPE (1, edge, edge, 3), picture), NULL,
      &features);
  decode (self, model, g, &features, &masks);
  tpo_graph_output (g, features.f);
  tpo_graph_output (g, features.s1);
  tpo_graph_output (g, features.s0);
  tpo_graph_output (g, masks.logits);
  tpo_graph_output (g, masks.ious);
  tpo_graph_output (g, masks.score);
  tpo_test_run (g);
  check_map (self, "f", g, features.f, FALSE);
  check_map (self, "s1", g, features.s1, FALSE);
  check_map (self, "s0", g, features.s0, FALSE);
  check_masks (self, g, &masks);
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
    g_error ("usage: models-sam2-sizes EXPECTED.json");
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
    g_autofree char *path = g_strconcat ("/sam2-sizes/", subject->size->key, NULL);

    g_test_add_data_func (path, subject, segments);
  }
  return tpo_test_all (device, NULL, 0, NULL);
}
