#include "models/connector/connector.h"

struct _TpoConnector {
  TpoQformer *qformer;     /* either this */
  TpoProjector *projector; /* or this */
};

static gboolean
load_qformer (TpoConnector *self, TpoLoader *loader, const TpoMetadata *metadata,
              const char *prefix, GError **error)
{
  g_autofree char *settings = g_strconcat (prefix, "qformer.", NULL);
  TpoQformerConfig config;

  if (!tpo_qformer_config_read (&config, metadata, settings, error))
    return FALSE;
  self->qformer = tpo_qformer_load (loader, &config, error);
  return self->qformer != NULL;
}

static gboolean
load_projector (TpoConnector *self, TpoLoader *loader, const TpoMetadata *metadata,
                const char *prefix, GError **error)
{
  g_autofree char *settings = g_strconcat (prefix, "projector.", NULL);
  TpoProjectorConfig config;

  if (!tpo_projector_config_read (&config, metadata, settings, error))
    return FALSE;
  self->projector = tpo_projector_load (loader, &config, error);
  return self->projector != NULL;
}

TpoConnector *
tpo_connector_load (TpoLoader *loader, const char *prefix, GError **error)
{
  g_autoptr (TpoConnector) self = g_new0 (TpoConnector, 1);
  const TpoMetadata *metadata = tpo_weights_get_metadata (tpo_loader_get_weights (loader));
  TpoReader reader = tpo_reader (metadata, prefix);
  const char *kind = tpo_reader_string_or (&reader, "connector", "qformer");
  gboolean is_mlp = g_strcmp0 (kind, "mlp") == 0, ok;

  if (!is_mlp && g_strcmp0 (kind, "qformer") != 0)
    tpo_reader_fail (&reader, "connector", "names no connector that is known");
  if (!tpo_reader_finish (&reader, error))
    return NULL;
  ok = is_mlp ? load_projector (self, loader, metadata, prefix, error)
              : load_qformer (self, loader, metadata, prefix, error);
  return ok ? g_steal_pointer (&self) : NULL;
}

void
tpo_connector_free (TpoConnector *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->qformer, tpo_qformer_free);
  g_clear_pointer (&self->projector, tpo_projector_free);
  g_free (self);
}

guint
tpo_connector_get_width (const TpoConnector *self)
{
  return self->qformer != NULL ? tpo_qformer_get_config (self->qformer)->llm_width
                               : tpo_projector_get_config (self->projector)->llm_width;
}

guint
tpo_connector_n_rows (const TpoConnector *self, guint n_frames, guint n_tokens,
                      gboolean is_still)
{
  if (self->qformer != NULL)
    return tpo_qformer_n_vectors (self->qformer);
  return n_frames * tpo_projector_n_rows (self->projector, n_tokens, !is_still) + 1;
}

gboolean
tpo_connector_choose_tiles (const TpoConnector *self, guint height, guint width, guint tile,
                            guint side, TpoTiles *tiles)
{
  const TpoProjectorConfig *config =
      self->projector != NULL ? tpo_projector_get_config (self->projector) : NULL;

  if (config == NULL || config->tile_grid == 0)
    return FALSE;
  tpo_tiles_choose (height, width, tile, side, config->tile_grid, config->max_tiles, tiles);
  return TRUE;
}

gboolean
tpo_connector_is_by_frame (const TpoConnector *self)
{
  return self->projector != NULL;
}

const float *
tpo_connector_get_last (const TpoConnector *self)
{
  return self->projector != NULL ? tpo_projector_get_newline (self->projector) : NULL;
}

TpoTensor *
tpo_connector_forward (TpoGraph *g, const TpoConnector *self, TpoTensor *vision, guint n_frames,
                       gboolean is_still, TpoTaps *taps)
{
  TpoTensor *queries;

  if (self->projector != NULL)
    return tpo_projector_forward (g, self->projector, vision, n_frames, !is_still);
  queries = tpo_qformer_forward (g, self->qformer, vision, taps);
  tpo_tap (taps, g, queries, "query_output");
  return tpo_qformer_project (g, self->qformer, queries);
}
