#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** TpoModelPart: a part of a model, such as the mask head */
typedef struct {
  const char *name; /* for people, static */
  guint n_tensors;
  guint64 n_parameters;
  guint64 size;        /* bytes */
  guint64 memory_size; /* bytes of its matrices and vectors on a device */
} TpoModelPart;

/** TpoModelTensor: one stored tensor */
typedef struct {
  char *name;       /* as published */
  const char *type; /* "f32", "q8_0", …; static */
  gint64 sizes[5];  /* [n_sizes], row-major, slowest first */
  guint n_sizes;
  guint64 size; /* bytes */
} TpoModelTensor;

/** TpoModelSetting: a value of the file's header, as text; long arrays as their length */
typedef struct {
  char *key;
  char *value;
} TpoModelSetting;

/** TpoModelFile: what a model file holds, found without loading it; read-only */
typedef struct {
  char *path;
  char *architecture; /* "videochat-tpo", "llama", …; "unknown" */
  char *name;         /* (nullable) */
  char *description;  /* (nullable) */
  char *version;      /* (nullable): as its maker numbers it */
  guint n_tensors;
  guint64 n_parameters;
  guint64 size;        /* bytes of tensor data */
  guint64 tensor_size; /* bytes of the largest tensor */
  guint64 file_size;   /* bytes; 0 of a folder */
  char *hash; /* (nullable): tells files of one name apart, as in predictions; of a file */
  gboolean has_region, has_temporal, has_mask; /* which heads are complete */
  guint64 memory_size; /* bytes of device memory with all heads loaded; this and what follows is
                        * an estimate, and 0 of other architectures */
  guint64 least_memory_size; /* with one head at a time, as when memory runs short */
  guint64 cache_size;        /* of these: keys and values of the longest prompt and answer */
  guint64 activation_size;   /* of these: intermediate results of all networks */
  TpoModelPart *parts;       /* [n_parts], parts without tensors left out */
  guint n_parts;
  TpoModelTensor *tensors;   /* [n_tensors] in stored order */
  TpoModelSetting *settings; /* [n_settings] */
  guint n_settings;
  char *problem; /* (nullable): why the file is no complete model, a sentence */
} TpoModelFile;

/**
 * tpo_model_file_load:
 * @path: GGUF file, .safetensors file or folder in Hugging Face layout
 *
 * Reads the header only. A well-formed file of a model that lacks tensors, or has wrong ones, is no
 * error: see @problem.
 *
 * Returns: (transfer full) (nullable): %NULL with TPO_ERROR_IO, TPO_ERROR_FORMAT or
 *   TPO_ERROR_UNSUPPORTED
 */
TpoModelFile *tpo_model_file_load (const char *path, GError **error);
void tpo_model_file_free (TpoModelFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoModelFile, tpo_model_file_free)

G_END_DECLS
