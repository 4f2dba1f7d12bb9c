#pragma once

#include <gio/gio.h>

/**
 * TpoPart: a file that is still being fetched, "NAME.part" beside its final name, with a note in
 * "NAME.part.info" of where it comes from. Both outlive the program. Locked while it is open: a
 * second one of the same name is refused. One thread.
 */
typedef struct {
  char *path;      /* final one */
  char *part_path; /* what there is so far */
  char *info_path;
  int file;
  guint64 size; /* bytes that are there */
  /* The note: */
  char *address;
  char *sha256;  /* nullable: wanted */
  char *mark;    /* nullable: as in TpoHttpAnswer, of the file that the bytes are from */
  guint64 total; /* bytes of the whole file; 0: nobody knows */
} TpoPart;

/**
 * tpo_part_open:
 * @path: final name
 * @sha256: (nullable): checksum that the file is to have
 *
 * Opens what an earlier try from @address left, or begins anew.
 *
 * Returns: %NULL with a sentence
 */
TpoPart *tpo_part_open (const char *path, const char *address, const char *sha256,
                        GError **error);
void tpo_part_free (TpoPart *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoPart, tpo_part_free)

/** tpo_part_restart: forgets the bytes; what comes is from a file of @total bytes with @mark (nullable) */
gboolean tpo_part_restart (TpoPart *self, const char *mark, guint64 total, GError **error);

gboolean tpo_part_append (TpoPart *self, gconstpointer bytes, gsize size, GError **error);

/** tpo_part_finish: flushes it, gives it its final name, which must be free, and drops the note */
gboolean tpo_part_finish (TpoPart *self, GError **error);

/** tpo_part_remove: @path: final name; not while it is open */
void tpo_part_remove (const char *path);

/**
 * tpo_part_list: what is unfinished in @folder
 *
 * Returns: (transfer full) (element-type TpoPart): not open (file is -1), to be looked at only
 */
GPtrArray *tpo_part_list (const char *folder);
