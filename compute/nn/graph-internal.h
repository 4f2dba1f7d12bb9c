#pragma once

#include "nn/graph.h"
#include "nn/op-table.h"
#include "vk/device.h"

/*
 * What operators need to record nodes; not for models. An operator checks its operands with
 * tpo_graph_check(), fills a TpoNodeDesc and calls tpo_graph_add(); see nn/ops-unary.c.
 */

enum {
  TPO_NODE_MAX_OPERANDS = TPO_OP_MAX_BINDINGS - 1
};

/** TpoNodeRange: bytes of a tensor from its start; a zero @size stands for the rest */
typedef struct {
  gsize offset; /* a multiple of tpo_graph_view_align() */
  gsize size;
} TpoNodeRange;

/**
 * TpoNodeDesc:
 * @variant: index in the row's spirv list
 * @operands: bindings 0, 1, …; %NULL binds a few zero bytes
 * @ranges: the part of each operand that is bound; zero: all of it
 * @result_range: the same for the result
 * @in_place: 0, or 1 + the index of the operand whose bytes the result takes over; that operand stays
 *   bound at its own index, and the result is bound to the same bytes
 * @into: (nullable): result of an earlier node of which this one makes more, in place of one of its own
 * @texels: bit i: binding i is read as a usamplerBuffer of 16-byte words
 * @n_subgroups: 0: the row's; only for rows with subgroup operations
 * @params: the row's params_size bytes, copied
 * @spec: specialization constants 2, 3, …
 * @grid: workgroups; zeros count as 1
 * @flops: arithmetic, for timings and for splitting submissions
 * @may_do_less: @flops is the most it can be, since a number on the device says how much there is
 *   to do: timings do not count it
 *
 * One dispatch to be recorded; valid when zeroed but for @op, @params and @grid.
 */
typedef struct {
  TpoOp op;
  guint variant;
  TpoTensor *operands[TPO_NODE_MAX_OPERANDS];
  TpoNodeRange ranges[TPO_NODE_MAX_OPERANDS];
  TpoNodeRange result_range;
  guint in_place;
  TpoTensor *into;
  guint texels;
  guint n_subgroups;
  const void *params;
  guint32 spec[TPO_OP_MAX_SPEC];
  guint32 grid[3];
  double flops;
  gboolean may_do_less;
} TpoNodeDesc;

/**
 * tpo_graph_add:
 *
 * Records the node and makes its result. The result is bound last. Does nothing after an error.
 * Returns: (transfer none)
 */
TpoTensor *tpo_graph_add (TpoGraph *self, const TpoNodeDesc *node, TpoType type,
                          TpoShape shape);

/**
 * tpo_graph_view: another shape (and start) on the bytes of @x; no work.
 * @offset: bytes; must be a multiple of tpo_graph_view_align()
 *
 * Returns: (transfer none)
 */
TpoTensor *tpo_graph_view (TpoGraph *self, TpoTensor *x, TpoShape shape, gsize offset);
gsize tpo_graph_view_align (TpoGraph *self);

/**
 * tpo_graph_check:
 * @ok: the claim; when false and no error is remembered yet, the graph fails with TPO_ERROR_SHAPE
 *   and the message "op: …"
 *
 * Returns: true when the operator can go on: @ok, and no earlier error
 */
gboolean tpo_graph_check (TpoGraph *self, TpoOp op, gboolean ok, const char *format, ...)
    G_GNUC_PRINTF (4, 5);

/** tpo_graph_failed: an error is remembered; operators return tpo_graph_nothing() at once */
gboolean tpo_graph_failed (TpoGraph *self);

/** tpo_graph_nothing: the harmless result of operators after an error: an F32 tensor of shape [1] */
TpoTensor *tpo_graph_nothing (TpoGraph *self);

/**
 * tpo_graph_set_guard: must be called before compile.
 *
 * For tests of operators: no two results share bytes, and each is followed by a guard band.
 */
void tpo_graph_set_guard (TpoGraph *self);

/**
 * tpo_graph_fill_guards: fills all results and guard bands with 0xff bytes, a NaN in every float
 *   type, so that elements that a shader leaves out show. To be called before each run
 */
gboolean tpo_graph_fill_guards (TpoGraph *self, GError **error);

/**
 * tpo_graph_check_guards: after a run; TPO_ERROR_INVALID naming an operator that wrote past its
 * result
 */
gboolean tpo_graph_check_guards (TpoGraph *self, GError **error);

TpoDevice *tpo_graph_get_device (TpoGraph *self);

/**
 * tpo_graph_is_result: @x is (a view of) a node's result, so that its bytes may be taken over in
 * place
 */
gboolean tpo_graph_is_result (const TpoTensor *x);

/** tpo_tensor_count: number of elements; tpo_tensor_rows: of all dimensions but the last */
gint64 tpo_tensor_count (const TpoTensor *self);
gint64 tpo_tensor_rows (const TpoTensor *self);

/**
 * tpo_grid_1d:
 * @n_groups: workgroups wanted
 *
 * Folds a long row of workgroups into two dimensions within the device's limit; shaders recover the
 * index with shaders/lib/grid.glsl and must guard it.
 */
void tpo_grid_1d (guint32 grid[3], gint64 n_groups);

/** tpo_grid_for: the same for one invocation per item with @local_size invocations a workgroup */
void tpo_grid_for (guint32 grid[3], gint64 n_items, guint local_size);
