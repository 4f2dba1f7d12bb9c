#pragma once

#include <glib.h>

/**
 * llava_convert:
 * @source: folder of the tiny model
 * @settings: put at the start of its config.json: "\"name\": value,"
 * @output: GGUF file, with F32 matrices
 *
 * Returns: false with the error of the conversion
 */
gboolean llava_convert (const char *source, const char *settings, const char *output,
                        GError **error);
