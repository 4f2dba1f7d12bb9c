#pragma once

#include <tpo/error.h>

#include "formats/tpo-formats.h"
#include "formats/tpo-loss-report.h"
#include "store/tpo-store.h"

/*
 * Imports into a project, in two steps: reading a file or folder, which changes nothing and tells
 * what would come and what is lost, and committing that, all or nothing, as one undo step.
 *
 * Labels belong to videos by name: of a video in the project, or of a file below the folder of
 * videos, which is then indexed and joins the project. Imported labels count as made by a
 * person, with the provenance "imported".
 *
 * Errors: %TPO_ERROR_FORMAT for a malformed file, with the field and the position;
 * %TPO_ERROR_UNSUPPORTED for what is no known format or beyond a limit; %TPO_ERROR_INVALID when
 * nothing could be placed; %G_IO_ERROR from reading or cancelling.
 */

G_BEGIN_DECLS

/**
 * TpoImportFindFunc: looks further for a video, in the thread of tpo_import_read()
 * @name: as the labels' file has it, with nothing in it that leads out of a folder
 *
 * Returns: (transfer full) (nullable): the video without an id; %NULL with an error ends the import,
 * without one there is none
 */
typedef TpoVideoRecord *(*TpoImportFindFunc) (const char *name, gpointer user_data,
                                              GCancellable *cancellable, GError **error);

/** TpoImportOptions: valid when zeroed */
typedef struct {
  GFile *videos;          /* (nullable): folder with the videos */
  TpoImportFindFunc find; /* (nullable): of what is neither in the project nor in that folder */
  gpointer find_data;
  gboolean zero_based;      /* MOTChallenge: pixels count from 0; an export of ours says it */
  TpoProgressFunc progress; /* (nullable): called in the thread of tpo_import_read() */
  gpointer progress_data;
} TpoImportOptions;

/** TpoImportSummary: what would come into the project */
typedef struct {
  TpoContents contents;
  guint n_new_videos; /* of those, not in the project yet */
  guint n_keyframes;
  gboolean asks_base; /* zero_based is a guess: no description says from what pixels count */
} TpoImportSummary;

/**
 * tpo_import_detect:
 *
 * Returns: (transfer none) (nullable): the format that @source looks like, or %NULL with an error
 */
const TpoFormat *tpo_import_detect (GFile *source, GCancellable *cancellable, GError **error);

/**
 * tpo_import_read:
 * @store: of the calling thread; only read
 * @format: one that has @read
 * @source: a file or a folder
 * @options: (nullable)
 *
 * Returns: (transfer full): what was read, for tpo_import_commit(), or %NULL with an error
 */
TpoImport *tpo_import_read (TpoStore *store, const TpoFormat *format, GFile *source,
                            const TpoImportOptions *options, GCancellable *cancellable,
                            GError **error);

/** tpo_import_get_summary: Returns: (transfer none) */
const TpoImportSummary *tpo_import_get_summary (const TpoImport *self);

/** tpo_import_get_report: what was not taken, or not exactly. Returns: (transfer none) */
const TpoLossReport *tpo_import_get_report (const TpoImport *self);

/**
 * tpo_import_commit:
 * @store: the project that was given for reading, perhaps opened once more by another thread
 *
 * Saves everything in one transaction, as one undo step. May be called once.
 */
gboolean tpo_import_commit (TpoImport *self, TpoStore *store, GCancellable *cancellable,
                            GError **error);

void tpo_import_free (TpoImport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoImport, tpo_import_free)

G_END_DECLS
