#pragma once

#include "io/weights.h"

/**
 * tpo_folder_read:
 * @weights: (inout): gets the tensors of all files and the settings of config.json
 * @path: folder in Hugging Face layout
 *
 * Reads model.safetensors.index.json and the shards it names, or model.safetensors where there is
 * no index; then internvideo2-clip.safetensors, where there is one; then config.json, where there is
 * one, by tpo_model_config_from_json(). The index must list exactly the tensors of each shard, and
 * shards are plain file names within the folder.
 *
 * Returns: false with TPO_ERROR_IO, TPO_ERROR_FORMAT or TPO_ERROR_UNSUPPORTED
 */
gboolean tpo_folder_read (TpoWeights *weights, const char *path, GError **error);

/**
 * tpo_folder_read_config:
 * @weights: (inout): gets the settings of config.json, where the folder has one
 * @more: bits 1 << TpoComponent of parts whose settings are wanted though their tensors are not in
 *   @weights
 *
 * Returns: false with TPO_ERROR_IO or TPO_ERROR_FORMAT
 */
gboolean tpo_folder_read_config (TpoWeights *weights, const char *path, guint more,
                                 GError **error);
