#pragma once

#include <glib.h>

/* Larger pictures are refused by name. 16384 is also the largest texture of common devices; the
 * product keeps one picture of four bytes a pixel within half a gigabyte. */
#define TPO_VIDEO_MAX_EDGE 16384
#define TPO_VIDEO_MAX_PIXELS (G_GINT64_CONSTANT (1) << 27)

/* More frames than 200 days at 120 frames a second is a damaged file. */
#define TPO_VIDEO_MAX_FRAMES (G_GUINT64_CONSTANT (1) << 31)
