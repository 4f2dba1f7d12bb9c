#pragma once

#include "models/sam2/weights.h"

/* Parts of tpo_sam2_load(). */
void tpo_sam2_load_encoder (TpoLoader *loader, TpoSam2 *self);
void tpo_sam2_load_decoder (TpoLoader *loader, TpoSam2 *self); /* with the prompt encoder */
void tpo_sam2_load_memory (TpoLoader *loader, TpoSam2 *self);

/** tpo_sam2_make_tables: the tables of @self, once its weights are loaded */
gboolean tpo_sam2_make_tables (TpoSam2 *self, TpoDevice *device, GError **error);

/**
 * tpo_sam2_load_attention: q, k, v, out "_proj" under the loader's prefix; keys and values from
 * @n_memory channels
 */
void tpo_sam2_load_attention (TpoLoader *loader, const char *name, gint64 width, gint64 inner,
                              gint64 n_memory, TpoMultiHead *attention);

/** tpo_sam2_load_mlp: "NAME.layers.0" … of equal hidden width */
void tpo_sam2_load_mlp (TpoLoader *loader, const char *name, gint64 n_in, gint64 hidden,
                        gint64 n_out, TpoLinear layers[3]);
