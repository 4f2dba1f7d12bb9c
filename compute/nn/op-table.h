#pragma once

#include <glib.h>

#include "spirv.h"

/**
 * TpoOp: one entry per operator that does work on the device; indexes tpo_op_table.
 */
typedef enum {
  TPO_OP_LINEAR_TILE,
  TPO_OP_LINEAR_SHARED,
  TPO_OP_LINEAR_VEC,
  TPO_OP_LINEAR_ANY,
  TPO_OP_CONV_TILE,
  TPO_OP_CONV_SHARED,
  TPO_OP_CONV_DEPTHWISE,
  TPO_OP_CONV_CHANNELS,
  TPO_OP_PAD_CHANNELS,
  TPO_OP_ATTENTION,
  TPO_OP_ATTENTION_SHARED,
  TPO_OP_ATTENTION_MERGE,
  TPO_OP_GET_ROWS,
  TPO_OP_UNARY,
  TPO_OP_AFFINE,
  TPO_OP_PRELU,
  TPO_OP_CAST,
  TPO_OP_THRESHOLD,
  TPO_OP_NORMALISE_RGB,
  TPO_OP_BINARY,
  TPO_OP_COPY,
  TPO_OP_SET_ROWS,
  TPO_OP_MAX_POOL2D,
  TPO_OP_LAYER_NORM,
  TPO_OP_RMS_NORM,
  TPO_OP_L2_NORM,
  TPO_OP_SOFTMAX,
  TPO_OP_SOFTMAX_HEADS,
  TPO_OP_REDUCE_ROWS,
  TPO_OP_REDUCE_COLS,
  TPO_OP_ARGMAX,
  TPO_OP_SAMPLE_WEIGHTS,
  TPO_OP_SAMPLE,
  TPO_OP_ROPE,
  TPO_OP_ROPE_AXIAL,
  TPO_OP_SINE_CODE,
  TPO_OP_RESIZE,
  TPO_OP_RESIZE_RGB,
  TPO_OP_HOLES_LABEL,
  TPO_OP_HOLES_COUNT,
  TPO_OP_HOLES_FILL,
  TPO_OP_COUNT
} TpoOp;

enum {
  TPO_OP_MAX_VARIANTS = 32,
  TPO_OP_MAX_BINDINGS = 12,
  TPO_OP_MAX_SPEC = 10,
  TPO_OP_MAX_PARAMS = 128
};

/**
 * TpoOpRow:
 * @name: appears in errors, timings and tests
 * @spirv: variants, chosen by TpoNodeDesc.variant
 * @params_size: bytes of push constants, a multiple of 4, at most 128
 * @n_bindings: operands (present or not) and the result, which is last
 * @local_size: invocations per workgroup; 0: 64
 * @n_subgroups: not 0: the shader uses subgroup operations; a workgroup is this many whole
 *   subgroups, and
 *   @local_size is not used
 * @n_spec: specialization constants from 2 on
 *
 * What the graph must know about an operator. One row per operator in op-table.c.
 *
 * Specialization constant 0 is always the workgroup size in x, constant 1 the subgroup size;
 * 2, 3, … are TpoNodeDesc.spec of the node.
 */
typedef struct {
  const char *name;
  TpoSpirv spirv[TPO_OP_MAX_VARIANTS];
  guint params_size;
  guint n_bindings;
  guint local_size;
  guint n_subgroups;
  guint n_spec;
} TpoOpRow;

/** tpo_op_row: Returns: (transfer none) */
const TpoOpRow *tpo_op_row (TpoOp op);
