#pragma once

#include <gio/gio.h>

#include <tpo/convert.h>
#include <tpo/model-file.h>

/**
 * TpoImport: a model file that is copied, or a published folder that is converted, into the library's folder.
 */
typedef struct {
  const char *source;        /* GGUF file or folder in Hugging Face layout */
  const char *folder;        /* where the file goes; made when it is missing */
  TpoStorage storage;        /* of a folder; a file is taken as it is */
  const char *const *hashes; /* of the models that the library has already; ends with NULL */
  TpoProgressFunc progress;
  gpointer user_data;
  GCancellable *cancellable;
} TpoImport;

/**
 * tpo_import_run:
 *
 * Checks the source and the free space first. Takes from seconds to many minutes; for a thread of
 * its own. A file that could not be finished is removed.
 *
 * Returns: (transfer full) (nullable): the model in its new place, or %NULL with a sentence that
 * says what is wrong
 */
TpoModelFile *tpo_import_run (const TpoImport *self, GError **error);

/**
 * tpo_import_check: whether a model is of use here
 * @name: what people know it by
 * @hashes: of the models that the library has already; ends with NULL
 *
 * Returns: %FALSE with a sentence: it answers no questions about videos, is not complete, or is there already
 */
gboolean tpo_import_check (const TpoModelFile *file, const char *name,
                           const char *const *hashes, GError **error);
