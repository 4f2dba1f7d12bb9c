#pragma once

#include <glib.h>

/** tpo_half_from_float: IEEE binary16 nearest to @value, ties to even; overflow gives infinity */
guint16 tpo_half_from_float (float value);

/** tpo_half_to_float: exact */
float tpo_half_to_float (guint16 half);
