#pragma once

#include <glib.h>

#include "spirv.h"

/**
 * TpoOp: one entry per operator that does work on the device; indexes tpo_op_table.
 */
typedef enum {
  TPO_OP_UNARY,
  TPO_OP_COUNT
} TpoOp;

enum {
  TPO_OP_MAX_VARIANTS = 16,
  TPO_OP_MAX_BINDINGS = 12,
  TPO_OP_MAX_SPEC = 10,
  TPO_OP_MAX_PARAMS = 128
};

/**
 * TpoOpRow: what the graph must know about an operator. One row per operator in op-table.c.
 *
 * Specialization constant 0 is always the workgroup size in x, constant 1 the subgroup size;
 * 2, 3, … are TpoNodeDesc.spec of the node.
 */
typedef struct {
  const char *name;                    /* appears in errors, timings and tests */
  TpoSpirv spirv[TPO_OP_MAX_VARIANTS]; /* chosen by TpoNodeDesc.variant */
  guint params_size; /* bytes of push constants, a multiple of 4, at most 128 */
  guint n_bindings;  /* operands (present or not) and the result, which is last */
  guint local_size;  /* invocations per workgroup; 0: 64 */
  guint n_subgroups; /* not 0: the shader uses subgroup operations; the workgroup is this
                                              many whole subgroups and local_size is not used */
  guint n_spec;      /* specialization constants from 2 on */
} TpoOpRow;

/** tpo_op_row: Returns: (transfer none) */
const TpoOpRow *tpo_op_row (TpoOp op);
