#pragma once

#include <tpo/convert.h>

#include "base/type.h"
#include "io/metadata.h"

/**
 * tpo_convert_settings:
 * @source, @options: as in tpo_convert()
 * @type: of the large matrices
 * @metadata: (inout): settings of the source; gets what conversion adds and changes: name and type
 *   of the file, that adapters are merged, the vocabularies
 *
 * Returns: false with TPO_ERROR_IO or TPO_ERROR_FORMAT if a vocabulary is missing or broken, or
 *   does not fit its model
 */
gboolean tpo_convert_settings (const char *source, const TpoConvertOptions *options,
                               TpoType type, TpoMetadata *metadata, GError **error);
