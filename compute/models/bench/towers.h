#pragma once

#include <tpo/device.h>

/**
 * TpoTowerFunc: @name: "ViT-L/16 3136 tokens, 1 layers, f16", …; @ms: the best run, wall time
 */
typedef void (*TpoTowerFunc) (const char *name, double ms, gpointer user_data);

/**
 * tpo_tower_bench:
 * @filter: (nullable): only towers whose name contains it
 *
 * Times encoders of pictures at their published sizes, with F16 weights made up on the spot: a
 * layer of the vision encoder on 16 frames of 224 × 224, and SAM 2's tiny encoder with its neck on
 * 1024 × 1024. Each is one graph with everything from pixels to features.
 */
gboolean tpo_tower_bench (TpoDevice *device, const char *filter, TpoTowerFunc func,
                          gpointer user_data, GError **error);
