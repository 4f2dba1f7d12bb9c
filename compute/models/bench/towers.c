#include "models/bench/towers.h"

#include <string.h>

#include "io/model-spec.h"
#include "models/bench/made-up.h"
#include "models/sam2/sam2.h"
#include "models/vit/vit.h"

enum {
  N_RUNS = 3 /* besides one that compiles */
};

#define SETTING(name) TPO_ARCHITECTURE "." name

typedef struct {
  const char *name;
  TpoComponent component;
  const char *config; /* as a config.json has it */
  gint64 frames[3];   /* how many, rows, columns */
  TpoTensor *(*build) (TpoGraph *g, gpointer network, TpoTensor *frames);
  gpointer (*load) (TpoLoader *loader, const TpoMetadata *metadata, GError **error);
  void (*free) (gpointer network);
} Tower;

/* ---- the networks ---------------------------------------------------------------------------- */

static gpointer
load_vit (TpoLoader *loader, const TpoMetadata *metadata, GError **error)
{
  TpoVitConfig config;

  return tpo_vit_config_read (&config, metadata, SETTING ("vision."), error)
             ? tpo_vit_load (loader, &config, error)
             : NULL;
}

static TpoTensor *
build_vit (TpoGraph *g, gpointer network, TpoTensor *frames)
{
  return tpo_vit_forward (g, network, frames, NULL);
}

static void
free_vit (gpointer network)
{
  tpo_vit_free (network);
}

static gpointer
load_sam2 (TpoLoader *loader, const TpoMetadata *metadata, GError **error)
{
  TpoSam2Config config;

  return tpo_sam2_config_read (metadata, SETTING ("sam."), &config, error)
             ? tpo_sam2_load (loader, &config, error)
             : NULL;
}

static TpoTensor *
build_sam2 (TpoGraph *g, gpointer network, TpoTensor *frames)
{
  TpoSam2Features features;

  tpo_sam2_encode (network, g, frames, NULL, &features);
  tpo_graph_output (g, features.s1);
  tpo_graph_output (g, features.s0);
  return features.f;
}

static void
free_sam2 (gpointer network)
{
  tpo_sam2_free (network);
}

static const Tower towers[] = {
  { "ViT-L/16 3136 tokens, 1 layers, f16",
    TPO_COMPONENT_VISION,
    "{ \"model_config\": { \"vision_encoder\": { \"encoder_depth\": 2 } } }",
    { 16, 224, 224 },
    build_vit,
    load_vit,
    free_vit },
  { "SAM2 Hiera-T trunk+neck 1024x1024 f16",
    TPO_COMPONENT_MASK,
    "{ \"model_config\": { \"sam\": { \"embed_dim\": 96, \"num_heads\": 1, \"stages\": [1, 2, 7, 2],"
    " \"global_att_blocks\": [5, 7, 9], \"window_spec\": [8, 4, 14, 7] } } }",
    { 1, 1024, 1024 },
    build_sam2,
    load_sam2,
    free_sam2 },
};

/* ---- made-up weights ------------------------------------------------------------------------- */

/* All tensors of a part, which share their bytes. */
static TpoWeights *
make_weights (const Tower *tower, GError **error)
{
  g_autoptr (TpoJson) json =
      tpo_json_parse (tower->config, strlen (tower->config), tower->name, error);
  g_autoptr (TpoWeights) weights = tpo_weights_new (tower->name);
  TpoMetadata *metadata = tpo_weights_edit_metadata (weights);
  g_autoptr (TpoModelSpec) spec = NULL;
  g_autoptr (GBytes) halves = NULL;
  gsize most = 0;

  if (json == NULL || !tpo_model_config_from_json (tpo_json_root (json), tower->name,
                                                   1u << tower->component, metadata, error))
    return NULL;
  spec = tpo_model_spec_new (metadata, 1u << tower->component, error);
  if (spec == NULL)
    return NULL;
  for (guint i = 0; i < tpo_model_spec_get_n (spec); i++)
    most = MAX (most, (gsize) tpo_shape_count (&tpo_model_spec_get (spec, i)->shape));
  halves = tpo_made_up_bytes (TPO_F16, most, error);
  if (halves == NULL)
    return NULL;
  tpo_weights_hold (weights, halves);
  for (guint i = 0; i < tpo_model_spec_get_n (spec); i++) {
    const TpoTensorSpec *tensor = tpo_model_spec_get (spec, i);
    const TpoWeight weight = {
      .name = tensor->name,
      .type = TPO_F16,
      .shape = tensor->shape,
      .bytes = g_bytes_get_data (halves, NULL),
      .size = (gsize) tpo_shape_count (&tensor->shape) * 2,
    };

    if (!tpo_weights_add (weights, &weight, error))
      return NULL;
  }
  return g_steal_pointer (&weights);
}

/* ---- timing ---------------------------------------------------------------------------------- */

static gboolean
time_graph (TpoDevice *device, const Tower *tower, gpointer network, double *best_ms,
            GError **error)
{
  g_autoptr (TpoGraph) g = tpo_graph_new (device, tower->name);
  TpoTensor *frames =
      tpo_graph_input (g, "frames", TPO_F32,
                       TPO_SHAPE (tower->frames[0], tower->frames[1], tower->frames[2], 3));

  tpo_graph_output (g, tower->build (g, network, frames));
  if (!tpo_graph_compile (g, error))
    return FALSE;
  *best_ms = G_MAXDOUBLE;
  for (guint i = 0; i <= N_RUNS; i++) {
    gint64 start_us = g_get_monotonic_time ();

    if (!tpo_graph_run (g, NULL, error))
      return FALSE;
    if (i > 0)
      *best_ms = MIN (*best_ms, (double) (g_get_monotonic_time () - start_us) / 1e3);
  }
  return TRUE;
}

static gboolean
time_tower (TpoDevice *device, const Tower *tower, double *best_ms, GError **error)
{
  const TpoLoaderOptions options = { .storage = TPO_STORAGE_AS_FILED };
  g_autoptr (TpoWeights) weights = make_weights (tower, error);
  g_autoptr (TpoLoader) loader = NULL;
  gpointer network;
  gboolean ok;

  if (weights == NULL)
    return FALSE;
  loader = tpo_loader_new (device, weights, &options);
  network = tower->load (loader, tpo_weights_get_metadata (weights), error);
  if (network == NULL)
    return FALSE;
  ok = time_graph (device, tower, network, best_ms, error);
  tower->free (network);
  return ok;
}

gboolean
tpo_tower_bench (TpoDevice *device, const char *filter, TpoTowerFunc func, gpointer user_data,
                 GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (towers); i++) {
    double ms;

    if (filter != NULL && strstr (towers[i].name, filter) == NULL)
      continue;
    if (!time_tower (device, &towers[i], &ms, error))
      return FALSE;
    func (towers[i].name, ms, user_data);
  }
  return TRUE;
}
