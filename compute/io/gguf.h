#pragma once

#include "io/weights.h"

/**
 * tpo_gguf_read:
 * @weights: (inout): gets tensors and metadata, and holds @file
 * @file: the whole file
 * @path: for messages
 *
 * GGUF versions 2 and 3, little-endian: magic "GGUF", version, counts, metadata, tensor table,
 * padding, data. Tensor types F32 F16 BF16 F64 Q8_0 Q4_0 Q4_1 Q5_0 Q5_1 Q2_K Q3_K Q4_K Q5_K Q6_K
 * IQ4_NL IQ4_XS I8 I32 I64; up to five sizes, stored fastest first and turned round here. Nested
 * arrays are not supported.
 *
 * Returns: false with TPO_ERROR_FORMAT or TPO_ERROR_UNSUPPORTED, naming field and byte offset
 */
gboolean tpo_gguf_read (TpoWeights *weights, GBytes *file, const char *path, GError **error);

/**
 * TpoGgufWriter: writes a GGUF version 3 file in one pass over the tensor data.
 *
 * Order of calls: new; any number of add; begin; for every tensor in the order added: start and as
 * many writes as wanted; finish. Data go to "PATH.part" beside the target, which takes the final
 * name in finish, after everything has reached the disk; freeing an unfinished writer removes it.
 * It is locked meanwhile: a second writer of the same target is refused. The header is written
 * last, so that a tensor's type may be chosen when it is started. One thread. Errors are
 * TPO_ERROR_IO.
 */
typedef struct _TpoGgufWriter TpoGgufWriter;

/**
 * tpo_gguf_writer_new:
 * @metadata: kept; must not change any more. general.alignment must be absent: it is 32
 */
TpoGgufWriter *tpo_gguf_writer_new (const char *path, TpoMetadata *metadata, GError **error);

/** tpo_gguf_writer_replaces_part: whether an unfinished file was there, of a program that was killed */
gboolean tpo_gguf_writer_replaces_part (const TpoGgufWriter *self);

/** tpo_gguf_writer_add: announces a tensor; @name at most 65535 bytes */
void tpo_gguf_writer_add (TpoGgufWriter *self, const char *name, const TpoShape *shape);

gboolean tpo_gguf_writer_begin (TpoGgufWriter *self, GError **error);

/**
 * tpo_gguf_writer_start: next tensor, of @type
 *
 * @type must be one that GGUF knows (not U8, BOOL) and fit the announced shape. The previous
 * tensor must be complete.
 */
gboolean tpo_gguf_writer_start (TpoGgufWriter *self, TpoType type, GError **error);

/** tpo_gguf_writer_write: next @size bytes of the current tensor, little-endian, row-major */
gboolean tpo_gguf_writer_write (TpoGgufWriter *self, gconstpointer bytes, gsize size,
                                GError **error);

/** tpo_gguf_writer_finish: header, flush, rename. Returns: false with the old file untouched */
gboolean tpo_gguf_writer_finish (TpoGgufWriter *self, GError **error);

void tpo_gguf_writer_free (TpoGgufWriter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoGgufWriter, tpo_gguf_writer_free)

/** tpo_gguf_type: number of @type in GGUF files, or -1 */
gint tpo_gguf_type (TpoType type);

enum {
  TPO_GGUF_ALIGNMENT = 32
};
