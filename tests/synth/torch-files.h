#pragma once

#include "io/model-spec.h"

/**
 * torch_file_write:
 * @wrapper: (nullable): "model", "module": the dictionary around the tensors
 * @type: of all tensors
 * @rename: Returns: (transfer full) (nullable): the name in the file, or %NULL to leave it out
 *
 * Writes the tensors of @spec, filled by synth_values(), as torch.save() does.
 *
 * Returns: false with TPO_ERROR_IO
 */
gboolean torch_file_write (const char *path, const char *wrapper, TpoType type,
                           const TpoModelSpec *spec, char *(*rename) (const char *name),
                           GError **error);

/**
 * torch_files_write: what VideoChat-TPO's published folder lacks, into @folder: the two files of the
 *   clip encoder, that of the query encoder, and SAM 2 and 2.1 in all sizes
 */
gboolean torch_files_write (const char *folder, GError **error);
