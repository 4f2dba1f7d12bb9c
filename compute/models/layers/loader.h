#pragma once

#include "io/weights.h"
#include "nn/ops.h"

/**
 * TpoStorage: how matrices are held on the device.
 *
 * Vectors, tables of positions and everything loaded with tpo_load_vector() or tpo_load_array()
 * stay F32.
 */
typedef enum {
  TPO_STORAGE_AS_FILED, /* F32 and block types as they are; the rest as F16 */
  TPO_STORAGE_F32,
  TPO_STORAGE_F16,
  TPO_STORAGE_Q8_0, /* F16 where a row is no whole number of 32-element blocks */
  TPO_STORAGE_COUNT
} TpoStorage;

/**
 * TpoLoaderOptions: valid when zeroed.
 */
typedef struct {
  TpoStorage storage;
  gboolean merge_lora; /* add adapters to their base matrices instead of keeping them apart */
  guint64 total_size;  /* file bytes that are all of the progress; 0: the whole model's */
  TpoProgressFunc progress;  /* (nullable) */
  gpointer user_data;        /* of @progress */
  GCancellable *cancellable; /* (nullable) (transfer none): polled before each tensor */
} TpoLoaderOptions;

/**
 * TpoLoader:
 *
 * Copies weights by name from a file to persistent tensors. Loading functions never fail on their
 * own, as operators do not: the first error (a tensor that is missing or has another shape, no
 * memory, cancelled) is remembered, later calls return %NULL at once, and tpo_loader_take() reports
 * it. So a network's load.c reads like its table of weights:
 * |[
 * tpo_loader_enter (loader, "blocks.%u.", i);
 * tpo_load_norm (loader, "norm1", width, &block->norm1);
 * tpo_load_linear (loader, "mlp.fc1", 4 * width, width, TPO_LOAD_BIAS, &block->fc1);
 * tpo_loader_leave (loader);
 * ]|
 * Published shapes are compared with the expected ones without regard to sizes of 1: [1, 32, 768]
 * is [32, 768]. A matrix may be stored with more dimensions; all but the first are then its
 * columns, as in a patch embedding. Belongs to the device's thread.
 */
typedef struct _TpoLoader TpoLoader;

/**
 * tpo_loader_new:
 * @weights: must outlive the loader
 * @options: (nullable): copied
 *
 * Returns: (transfer full)
 */
TpoLoader *tpo_loader_new (TpoDevice *device, TpoWeights *weights,
                           const TpoLoaderOptions *options);
void tpo_loader_free (TpoLoader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoLoader, tpo_loader_free)

TpoDevice *tpo_loader_get_device (TpoLoader *self);
TpoWeights *tpo_loader_get_weights (TpoLoader *self);

/** tpo_loader_get_storage, _set_storage: for what is loaded from now on; heads ask for F32 */
TpoStorage tpo_loader_get_storage (TpoLoader *self);
void tpo_loader_set_storage (TpoLoader *self, TpoStorage storage);

/** tpo_loader_set_merge: TpoLoaderOptions.merge_lora for what is loaded from now on */
void tpo_loader_set_merge (TpoLoader *self, gboolean merge_lora);

/** tpo_loader_set_lora_alpha: numerator of the adapters' scale, alpha / rank; 0 leaves adapters out */
void tpo_loader_set_lora_alpha (TpoLoader *self, float alpha);

/**
 * tpo_loader_enter: puts a prefix in front of the names that follow, inside the prefixes entered
 * before
 */
void tpo_loader_enter (TpoLoader *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
void tpo_loader_leave (TpoLoader *self);

/** tpo_loader_has: whether the file has a tensor of that name, prefixes included */
gboolean tpo_loader_has (TpoLoader *self, const char *name);

/**
 * tpo_loader_shape:
 * @shape: (out): published shape of that tensor, sizes of 1 included
 *
 * For sizes that no setting gives. A tensor that is missing is an error, as for the loading functions.
 */
gboolean tpo_loader_shape (TpoLoader *self, const char *name, TpoShape *shape);

/** tpo_loader_fail: remembers an error found by a network's own check, as a graph does */
void tpo_loader_fail (TpoLoader *self, TpoErrorCode code, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

/**
 * tpo_loader_take:
 *
 * Ends a network's list of weights.
 *
 * Returns: (transfer full) (element-type TpoTensor) (nullable): the tensors loaded since the last
 *   take, freed in one call with g_ptr_array_unref(); %NULL with the first error
 */
GPtrArray *tpo_loader_take (TpoLoader *self, GError **error);

/**
 * tpo_load_matrix:
 *
 * Returns: (transfer none): [@rows, @cols] in the loader's storage type
 */
TpoTensor *tpo_load_matrix (TpoLoader *self, const char *name, gint64 rows, gint64 cols);

/**
 * tpo_load_matrix_rows: rows @start … @start + @n_rows - 1 of a stored [@rows, @cols] matrix, such as
 *   the query third of a joint qkv projection
 */
TpoTensor *tpo_load_matrix_rows (TpoLoader *self, const char *name, gint64 rows, gint64 cols,
                                 gint64 start, gint64 n_rows);

/** tpo_load_vector: [@count] F32 */
TpoTensor *tpo_load_vector (TpoLoader *self, const char *name, gint64 count);

/** tpo_load_vector_part: elements @start … @start + @n - 1 of a stored [@count] vector, F32 */
TpoTensor *tpo_load_vector_part (TpoLoader *self, const char *name, gint64 count, gint64 start,
                                 gint64 n);

/** tpo_load_array: any shape, F32 */
TpoTensor *tpo_load_array (TpoLoader *self, const char *name, TpoShape shape);

/**
 * tpo_load_floats:
 *
 * Returns: (transfer full) (nullable): [@count] on the host, freed with g_free(); for task tokens
 *   and tables that the host writes into inputs
 */
float *tpo_load_floats (TpoLoader *self, const char *name, gint64 count);

/**
 * TpoLoadFlags:
 * @TPO_LOAD_BIAS: "NAME.bias" belongs to it; "NAME.base_layer.bias" where PEFT has wrapped the layer
 * @TPO_LOAD_LORA: adapters as PEFT stores them: "NAME.base_layer.weight",
 *   "NAME.lora_A.default.weight" and "NAME.lora_B.default.weight"; where the file has a plain
 *   "NAME.weight", that is taken
 */
typedef enum {
  TPO_LOAD_PLAIN = 0,
  TPO_LOAD_BIAS = 1 << 0,
  TPO_LOAD_LORA = 1 << 1,
} TpoLoadFlags;

/** tpo_load_linear: @linear: (out): its tensors belong to the loader, then to who takes them */
void tpo_load_linear (TpoLoader *self, const char *name, gint64 n_out, gint64 n_in,
                      TpoLoadFlags flags, TpoLinear *linear);

/**
 * tpo_load_linear_rows: rows @start … @start + @n - 1 of a joint projection "NAME.weight",
 * "NAME.bias"
 */
void tpo_load_linear_rows (TpoLoader *self, const char *weight, const char *bias, gint64 n_out,
                           gint64 n_in, gint64 start, gint64 n, TpoLinear *linear);

/**
 * TpoNorm: weights of a normalisation over the last dimension.
 */
typedef struct {
  TpoTensor *w; /* [C] F32 */
  TpoTensor *b; /* (nullable) [C] F32; RMSNorm has none */
} TpoNorm;

/** tpo_load_norm: "NAME.weight" and, where the file has one, "NAME.bias" */
void tpo_load_norm (TpoLoader *self, const char *name, gint64 width, TpoNorm *norm);

/**
 * TpoConv: weights of tpo_conv2d() and tpo_conv_transpose2d(), channels last.
 */
typedef struct {
  TpoTensor *w; /* [Cout, kernel, kernel, Cin / groups] F32 or F16 */
  TpoTensor *b; /* (nullable) [Cout] F32 */
} TpoConv;

/** tpo_load_conv: published as [n_out, n_in, kernel, kernel]; @n_in is per group */
void tpo_load_conv (TpoLoader *self, const char *name, gint64 n_out, gint64 n_in, gint64 kernel,
                    TpoLoadFlags flags, TpoConv *conv);

/** tpo_load_conv_transpose: published as [n_in, n_out, kernel, kernel] */
void tpo_load_conv_transpose (TpoLoader *self, const char *name, gint64 n_out, gint64 n_in,
                              gint64 kernel, TpoLoadFlags flags, TpoConv *conv);
