#pragma once

#include <gio/gio.h>

/**
 * tpo_free_space: bytes that can still be written in @folder
 *
 * Returns: %FALSE with an error of GIO
 */
gboolean tpo_free_space (const char *folder, guint64 *n_free, GCancellable *cancellable,
                         GError **error);

/**
 * tpo_free_space_check:
 * @size: bytes that are to be written
 *
 * Returns: %FALSE with TPO_ERROR_IO and a sentence where there is less room, or with an error of GIO
 */
gboolean tpo_free_space_check (const char *folder, guint64 size, GCancellable *cancellable,
                               GError **error);
