#pragma once

#include "io/model-spec.h"

/*
 * A model that tests write themselves: all parts, tiny sizes, random numbers. Sizes are chosen so
 * that some rows are whole blocks of 32 and some are not.
 */

enum {
  TINY_ALL = (1 << TPO_COMPONENT_COUNT) - 1
};

/** TinyModel: a fixture: folder in Hugging Face layout, settings and where to convert to */
typedef struct {
  char *folder;
  char *output;
  TpoMetadata *metadata;
} TinyModel;

void tiny_set_up (TinyModel *model, gconstpointer data);

/** tiny_tear_down: removes the files; fails if there are others than the test is known to make */
void tiny_tear_down (TinyModel *model, gconstpointer data);

/** tiny_values: Returns: (transfer full): what a tensor holds: small numbers that follow from its name */
float *tiny_values (const TpoTensorSpec *tensor);

/** tiny_path: Returns: (transfer full): path of @name in the folder */
char *tiny_path (const TinyModel *model, const char *name);

/**
 * tiny_write_tensors: all tensors of @spec from the parts @components, but for @left_out, as a
 * .safetensors file
 */
void tiny_write_tensors (const char *path, const TpoModelSpec *spec, guint components,
                         const char *left_out, const char *extra);

/** tiny_write: the model's files anew, without @left_out and with @extra in the header */
void tiny_write (const TinyModel *model, const char *left_out, const char *extra);
