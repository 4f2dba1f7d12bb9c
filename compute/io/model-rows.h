#pragma once

#include "io/model-spec.h"

/*
 * The tensor tables behind TpoModelSpec.
 *
 * A name pattern has alternatives {a,b} and ranges {0..L}, end exclusive, with a step {0..L:X}. A
 * shape is a list of sizes, each a number, a variable or number*variable. In patterns that end in
 * {weight,bias} the shape is the weight's, and a bias has its first size. Variables are single
 * words, defined per component in model-variables.c.
 */
typedef struct {
  const char *pattern;
  const char *shape;
  const char *condition; /* (nullable): variable that must not be 0 */
  TpoTensorUse use;
  const char *reason;
} TpoTensorRow;

typedef struct {
  const TpoTensorRow *rows;
  guint n_rows;
} TpoTensorTable;

/** tpo_tensor_table: the rows of @component as the settings of @metadata choose them */
const TpoTensorTable *tpo_tensor_table (TpoComponent component, const TpoMetadata *metadata);

enum {
  TPO_MAX_VARIABLES = 40,
  TPO_MAX_VARIABLE_NAME = 4
};

typedef struct {
  struct {
    char name[TPO_MAX_VARIABLE_NAME];
    gint64 value;
  } list[TPO_MAX_VARIABLES];
  guint n;
} TpoVariables;

/** tpo_variables_read: the variables of the rows of @component */
gboolean tpo_variables_read (TpoVariables *self, TpoComponent component,
                             const TpoMetadata *metadata, GError **error);

/** tpo_variables_get: value of the @length letters of @name, or of a number; our tables are right */
gint64 tpo_variables_get (const TpoVariables *self, const char *name, gsize length);
