#pragma once

#include "nn/graph-internal.h"
#include "nn/ops.h"

/*
 * Small helpers of the ops-*.c files.
 */

/**
 * TpoDivisor: what a shader needs to divide by a fixed number with one multiplication; see
 * shaders/lib/divide.glsl.
 */
typedef struct {
  guint32 multiplier;
  guint32 shift;
} TpoDivisor;

/** tpo_divisor: @divisor must be 1 … 2^31 */
TpoDivisor tpo_divisor (gint64 divisor);

/** tpo_type_is_float: F32 or F16, the types of activations */
gboolean tpo_type_is_float (TpoType type);

/** tpo_tiles: how many tiles of @tile elements hold @n, rounded up */
gint64 tpo_tiles (gint64 n, gint64 tile);

/** tpo_fours: how many groups of four hold @n elements, rounded up */
guint32 tpo_fours (gint64 n);

/**
 * tpo_graph_check_float:
 *
 * The check that most operators begin with: @x is F32 or F16, and its elements can be
 * counted in 31 bits, as shaders do.
 * Returns: true when the operator can go on
 */
gboolean tpo_graph_check_float (TpoGraph *g, TpoOp op, TpoTensor *x);

/** tpo_graph_check_count: only the second half of it */
gboolean tpo_graph_check_count (TpoGraph *g, TpoOp op, TpoTensor *x);

/**
 * tpo_row_subgroups:
 *
 * How many subgroups share a row, in operators with a workgroup per row of @cols elements
 * (shaders/lib/rows.glsl): more than one where a GPU would else wait for few subgroups with long
 * rows, as at each step of a text decoder.
 */
guint tpo_row_subgroups (TpoGraph *g, gint64 rows, gint64 cols);

/** tpo_as_type: @x, cast where it has another type; %NULL for %NULL */
TpoTensor *tpo_as_type (TpoGraph *g, TpoTensor *x, TpoType type);

/** tpo_copy: a result with the bytes of @x, where one is needed that may be overwritten */
TpoTensor *tpo_copy (TpoGraph *g, TpoTensor *x);
