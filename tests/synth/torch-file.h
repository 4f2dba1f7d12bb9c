#pragma once

#include <stdio.h>

#include <glib.h>

#include "base/type.h"

/*
 * Writes files as torch.save() does, for tests and for checkpoints of random numbers: a zip archive
 * with the folder "archive", its data.pkl and one member for every storage.
 */

/** PickleBuilder: the text of data.pkl; a dictionary of tensors */
typedef struct {
  GByteArray *bytes;
  guint n_tensors;
  gboolean is_wrapped;
} PickleBuilder;

/** pickle_begin: @wrapper: (nullable): "model" for {"model": {names to tensors}} */
void pickle_begin (PickleBuilder *self, const char *wrapper);

/** pickle_tensor: one with a storage of its own, "data/KEY"; keys count from 0 */
void pickle_tensor (PickleBuilder *self, const char *name, TpoType type, const TpoShape *shape);

/** pickle_end: Returns: (transfer full): what was built */
GByteArray *pickle_end (PickleBuilder *self);

/**
 * ZipWriter: members in turn into @file, checksums left at zero. 64-bit records are written where
 * numbers need them, or for everything if @is_large.
 */
typedef struct {
  FILE *file;
  gboolean is_large;
  GByteArray *directory;
  guint n_members;
} ZipWriter;

/** zip_start: the caller writes @size bytes of content to the file next */
void zip_start (ZipWriter *self, const char *name, guint64 size);

/** zip_end: the directory; the file is still open. Whether all went well is told by ferror(). */
void zip_end (ZipWriter *self);
