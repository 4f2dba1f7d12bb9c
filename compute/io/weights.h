#pragma once

#include <glib.h>

#include "base/type.h"
#include "io/metadata.h"

/**
 * TpoWeight: one stored tensor; belongs to its TpoWeights and lives as long.
 *
 * @bytes lies in a mapped file and need not be aligned for its type: copy it, do not cast it.
 */
typedef struct {
  const char *name;
  TpoType type;
  TpoShape shape; /* row-major, slowest first, as published by PyTorch */
  const guint8 *bytes;
  gsize size; /* bytes; always tpo_shape_size (&shape, type) */
} TpoWeight;

/**
 * TpoWeights: the tensors and settings of a model, from a .safetensors file, a GGUF file, a file of
 * torch.save() or a folder in Hugging Face layout, all seen the same way.
 *
 * Tensors keep their published names in every kind of file; those of LLaVA-OneVision get the names
 * that VideoChat-TPO has for the same parts (io/llava-names.h). Settings are found in the metadata:
 *   GGUF                  as stored; the keys of architecture videochat-tpo are listed in io/keys.h
 *   folder                the same keys, derived from config.json
 *   .safetensors          the string metadata; texts that are JSON objects are also flattened, so
 *                         "hparams" = {"vision":{"depth":3}} gives the key "hparams.vision.depth"
 *   torch.save()          none
 * A network's settings are therefore read with one code and two prefixes (see TpoReader).
 *
 * Data stay on disk and are paged in when read. Reference-counted; after opening read-only and
 * safe to use from any thread. The file must not be truncated while it is open.
 */
typedef struct _TpoWeights TpoWeights;

/**
 * tpo_weights_open:
 * @path: file or folder; the kind is told by content
 *
 * All lengths, types, offsets and overlaps are checked here; afterwards every TpoWeight is valid.
 *
 * Returns: (transfer full) (nullable): %NULL with TPO_ERROR_IO, TPO_ERROR_FORMAT or
 *   TPO_ERROR_UNSUPPORTED; the message names file, field and byte offset
 */
TpoWeights *tpo_weights_open (const char *path, GError **error);

TpoWeights *tpo_weights_ref (TpoWeights *self);
void tpo_weights_unref (TpoWeights *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoWeights, tpo_weights_unref)

const char *tpo_weights_get_path (const TpoWeights *self);
const TpoMetadata *tpo_weights_get_metadata (const TpoWeights *self);

/** tpo_weights_get_n: number of tensors; tpo_weights_get() takes 0 … n - 1 in stored order */
guint tpo_weights_get_n (const TpoWeights *self);
const TpoWeight *tpo_weights_get (const TpoWeights *self, guint index);

/** tpo_weights_find: Returns: (transfer none) (nullable) */
const TpoWeight *tpo_weights_find (const TpoWeights *self, const char *name);

/**
 * tpo_weights_require:
 * @shape: (nullable): what it must be; %NULL if the caller checks
 *
 * Returns: (transfer none) (nullable): %NULL with TPO_ERROR_FORMAT if the tensor is missing or
 *   TPO_ERROR_SHAPE if it has another shape
 */
const TpoWeight *tpo_weights_require (const TpoWeights *self, const char *name,
                                      const TpoShape *shape, GError **error);

/**
 * tpo_weights_drop_pages:
 *
 * Tells the system that the pages of @weight are not needed soon, so that a pass over a large
 * file does not fill the memory. They can still be read.
 */
void tpo_weights_drop_pages (const TpoWeights *self, const TpoWeight *weight);

/* For the file readers of this folder and for tests; nobody else builds weights. */

/** tpo_weights_new: (constructor): empty; @path is used in messages */
TpoWeights *tpo_weights_new (const char *path);

/** tpo_weights_hold: keeps a mapping alive as long as @self */
void tpo_weights_hold (TpoWeights *self, GBytes *mapping);

/** tpo_weights_hold_all: keeps the mappings of @other alive as long as @self */
void tpo_weights_hold_all (TpoWeights *self, const TpoWeights *other);

/** tpo_weights_remove: drops the tensor @name, which must be there */
void tpo_weights_remove (TpoWeights *self, const char *name);

/** tpo_weights_edit_metadata: Returns: (transfer none): the metadata, to be filled in */
TpoMetadata *tpo_weights_edit_metadata (TpoWeights *self);

/**
 * tpo_weights_add: adds a tensor, copying @weight and its name
 *
 * Returns: false with TPO_ERROR_FORMAT if the name occurs already
 */
gboolean tpo_weights_add (TpoWeights *self, const TpoWeight *weight, GError **error);

/**
 * tpo_weights_rename:
 * @new_name: the name that a tensor is to have, or %NULL to leave it
 *
 * Returns: false with TPO_ERROR_FORMAT if two tensors come to the same name
 */
gboolean tpo_weights_rename (TpoWeights *self, char *(*new_name) (const char *name),
                             GError **error);
