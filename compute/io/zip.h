#pragma once

#include <glib.h>

/**
 * TpoZip: directory of a zip archive whose members are stored as they are, not compressed, so that
 * a mapped archive can be read in place. Immutable.
 *
 * Format: PKWARE, "APPNOTE.TXT – .ZIP File Format Specification" 6.3.10, with the 64-bit records
 * of its section 4.5.3. Archives of several disks, encrypted and compressed members are refused.
 * Checksums are not verified: that would read every byte twice.
 */
typedef struct _TpoZip TpoZip;

/**
 * tpo_zip_open:
 * @file: the whole archive; kept
 * @path: for messages
 *
 * Every member is checked to lie within the file, before the directory and apart from the others.
 *
 * Returns: (transfer full) (nullable): %NULL with TPO_ERROR_FORMAT or TPO_ERROR_UNSUPPORTED, naming
 *   the field and its byte offset
 */
TpoZip *tpo_zip_open (GBytes *file, const char *path, GError **error);
void tpo_zip_free (TpoZip *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoZip, tpo_zip_free)

/** tpo_zip_get_n: number of members; tpo_zip_get_name() takes 0 … n - 1 in the directory's order */
guint tpo_zip_get_n (const TpoZip *self);
const char *tpo_zip_get_name (const TpoZip *self, guint index);

/**
 * tpo_zip_find:
 * @bytes: (out) (transfer none): content of the member @name, within the file
 *
 * Returns: whether there is such a member
 */
gboolean tpo_zip_find (const TpoZip *self, const char *name, const guint8 **bytes, gsize *size);
