#pragma once

#include <tpo/convert.h>

#include "download/tpo-download.h"
#include "engine/tpo-engine.h"
#include "library/tpo-model-entry.h"

G_BEGIN_DECLS

#define TPO_TYPE_LIBRARY (tpo_library_get_type ())
G_DECLARE_FINAL_TYPE (TpoLibrary, tpo_library, TPO, LIBRARY, GObject)

/**
 * TpoLibrary:
 *
 * The models on this computer, which of them answers, and the import and download of others. One
 * for the program; main thread only.
 *
 * Properties, all readable:
 *   "current" (TpoModelEntry, nullable): the model in use
 *   "opening" (TpoModelEntry, nullable): the model that will be in use as soon as it is loaded
 *   "is-importing"  "import-step" (string, nullable, untranslated)  "import-progress" (0 … 1)
 * Signals:
 *   "problem" (heading, text): what a user started failed; sentences
 *   "imported" (TpoModelEntry): an import is finished
 *   "downloaded" (TpoModelEntry): a download is
 */

/** TpoFit: whether a model finds room on the device */
typedef enum {
  TPO_FIT_UNKNOWN, /* while nobody knows the device's memory */
  TPO_FIT_NOT,
  TPO_FIT_IN_TURN, /* with one head at a time */
  TPO_FIT_WHOLE,
  TPO_FIT_COUNT,
} TpoFit;

/**
 * tpo_library_new:
 * @engine: shared; its model is the current one
 * @folder: where imported models are kept
 * @bundled: (nullable): path of the model that ships with the program
 *
 * The list fills from a thread.
 */
TpoLibrary *tpo_library_new (TpoEngine *engine, const char *folder, const char *bundled);

/** tpo_library_get_models: Returns: (transfer none): of TpoModelEntry: the bundled one, then by name */
GListModel *tpo_library_get_models (TpoLibrary *self);

TpoModelEntry *tpo_library_get_current (TpoLibrary *self); /* (transfer none) (nullable) */
TpoModelEntry *tpo_library_get_opening (TpoLibrary *self); /* (transfer none) (nullable) */
TpoEngine *tpo_library_get_engine (TpoLibrary *self);      /* (transfer none) */

TpoFit tpo_library_get_fit (TpoLibrary *self, const TpoModelFile *file);

/** tpo_library_use: loads @entry after what the engine is doing; the model in use stays if that fails */
void tpo_library_use (TpoLibrary *self, TpoModelEntry *entry);

/**
 * tpo_library_import:
 * @source: GGUF file, or folder in Hugging Face layout
 * @storage: of a folder's weights; a file is copied as it is
 *
 * Does nothing while another import is under way.
 */
void tpo_library_import (TpoLibrary *self, const char *source, TpoStorage storage);
void tpo_library_cancel_import (TpoLibrary *self);

/* ---- downloads: tpo-library-downloads.c ---- */

/**
 * tpo_library_get_downloads: Returns: (transfer none): of TpoDownload: those of this start of the
 *   program, also finished ones, and what earlier starts left, paused
 */
GListModel *tpo_library_get_downloads (TpoLibrary *self);

/**
 * tpo_library_check: Returns: %FALSE with a sentence where @file, known to people as @name, would
 * be of no use here
 */
gboolean tpo_library_check (TpoLibrary *self, const TpoModelFile *file, const char *name,
                            GError **error);

/**
 * tpo_library_download: starts one, or goes on with that of the same address
 * @name: of TpoOffer
 * @sha256: (nullable): as in TpoTransfer
 */
void tpo_library_download (TpoLibrary *self, const char *address, const char *name,
                           const char *sha256);

/** tpo_library_discard_download: takes it from the list; of one that has not finished, removes what came */
void tpo_library_discard_download (TpoLibrary *self, TpoDownload *download);

/** tpo_library_get_folder: where models are kept. Returns: (transfer none) */
const char *tpo_library_get_folder (TpoLibrary *self);

/** tpo_library_stop: for the end of the program: an import ends, downloads are paused */
void tpo_library_stop (TpoLibrary *self);

/** tpo_library_remove: deletes an imported model's file; not of the model in use */
void tpo_library_remove (TpoLibrary *self, TpoModelEntry *entry);

G_END_DECLS
