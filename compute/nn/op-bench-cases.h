#pragma once

#include "nn/ops.h"

/**
 * TpoOpCase: one operator at one size; @size means what @build makes of it.
 */
typedef struct _TpoOpCase TpoOpCase;
struct _TpoOpCase {
  const char *name;
  const char *op;
  TpoTensor *(*build) (TpoGraph *g, const TpoOpCase *self);
  gint64 size[6];
  TpoType type;   /* of weights, keys or the operand */
  guint function; /* for unary, binary and reduce */
};

/** tpo_op_cases: Returns: (transfer none): an array whose last element has no name */
const TpoOpCase *tpo_op_cases (void);

/**
 * tpo_op_fill: numbers between -1 and 1, or blocks with values of about that size, the same at each
 * call
 */
void tpo_op_fill (TpoType type, guint8 *bytes, gsize size);
