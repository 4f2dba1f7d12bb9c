#pragma once

#include <glib.h>

/*
 * The presentation times of a video's frames as bytes: differences of differences, zigzag,
 * LEB128. Steady rates take one byte a frame, ten hours of them a megabyte.
 */

G_BEGIN_DECLS

/** tpo_time_index_pack: Returns: (transfer full) */
GByteArray *tpo_time_index_pack (const gint64 *times_us, gint64 n);

/**
 * tpo_time_index_unpack:
 * @n: frames that there should be
 *
 * Returns: (transfer full) (nullable): [n], ascending; %NULL when @bytes are anything else
 */
gint64 *tpo_time_index_unpack (const guint8 *bytes, gsize size, gint64 n);

G_END_DECLS
