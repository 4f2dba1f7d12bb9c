#pragma once

#include <gio/gio.h>

/*
 * A file under a passing name beside the one that it is to become. The first error is kept and
 * given by tpo_output_file_finish(); writing after it does nothing.
 */

G_BEGIN_DECLS

/**
 * tpo_output_fail: says which file or folder cannot be written, and why in plain words
 * @problem: taken over; a cancel is passed on as it is
 *
 * Returns: %FALSE
 */
gboolean tpo_output_fail (GFile *target, GError *problem, GError **error);

typedef struct {
  char *name;   /* base name of the target */
  char *sha256; /* of all bytes, hexadecimal; set when finished */
  goffset size; /* bytes so far */
  GFile *target;
  GFile *unfinished;
  GOutputStream *stream; /* NULL once finished */
  GChecksum *checksum;
  GString *buffer;
  GCancellable *cancellable;
  GError *error;
  gboolean is_synced_later; /* with the whole folder that it is in */
} TpoOutputFile;

/** tpo_output_file_new: of a @target in a folder. Returns: (transfer full): or %NULL with an error */
TpoOutputFile *tpo_output_file_new (GFile *target, GCancellable *cancellable, GError **error);

void tpo_output_file_write (TpoOutputFile *self, gconstpointer bytes, gsize size);

/** tpo_output_file_print: text; numbers with a point go through tpo_number_to_text() */
void tpo_output_file_print (TpoOutputFile *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

/** tpo_output_file_seek: goes on from byte @offset; size and sha256 no longer say anything of the file */
void tpo_output_file_seek (TpoOutputFile *self, goffset offset);

/** tpo_output_file_has_failed: an error is waiting, or the cancellable is cancelled */
gboolean tpo_output_file_has_failed (TpoOutputFile *self);

/** tpo_output_file_finish: brings all bytes to the disk, still under the passing name */
gboolean tpo_output_file_finish (TpoOutputFile *self, GError **error);

/** tpo_output_file_publish: gives a finished file its name, in one step */
gboolean tpo_output_file_publish (TpoOutputFile *self, GError **error);

/** tpo_output_file_free: an unpublished file is removed */
void tpo_output_file_free (TpoOutputFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoOutputFile, tpo_output_file_free)

G_END_DECLS
