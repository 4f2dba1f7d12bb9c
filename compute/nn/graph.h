#pragma once

#include "nn/tensor.h"

/**
 * TpoGraph:
 *
 * Work recorded once and run any number of times. Life: new → inputs and operators (nn/ops.h) →
 * compile → (write inputs, run, read outputs)*. Operators never fail on their own: the first error
 * (a shape that does not fit, a type that has no shader) is remembered, later calls pass through
 * harmlessly, and tpo_graph_compile() reports it. So model code reads like the formulas.
 *
 * Compiling plans memory: a result's bytes are reused once its last reader has run; views share
 * their source's bytes. It creates the pipelines, records one or more command buffers with
 * the barriers needed, and splits long graphs into several submissions so that cancelling is quick.
 * Values that change between runs (position, cache length) live in small I32 input tensors, so a
 * decode step is recorded once and replayed for every token.
 *
 * Belongs to its device's thread.
 */
typedef struct _TpoGraph TpoGraph;

/** tpo_graph_new: @name appears in timings. Returns: (transfer full) */
TpoGraph *tpo_graph_new (TpoDevice *device, const char *name);

/**
 * tpo_graph_input:
 *
 * A tensor that the host writes before runs.
 * Returns: (transfer none): owned by the graph
 */
TpoTensor *tpo_graph_input (TpoGraph *self, const char *name, TpoType type, TpoShape shape);

/**
 * tpo_graph_constant:
 * @data: dense host data, copied at once
 *
 * A tensor with fixed content (position tables, index lists).
 * Returns: (transfer none)
 */
TpoTensor *tpo_graph_constant (TpoGraph *self, const char *name, TpoType type, TpoShape shape,
                               const void *data);

/** tpo_graph_output: keeps @tensor's bytes intact until the next run, so that it can be read */
void tpo_graph_output (TpoGraph *self, TpoTensor *tensor);

/**
 * tpo_graph_keep:
 *
 * Hands a persistent tensor's lifetime to the graph: it holds a reference until it is freed.
 * Operators do this by themselves for persistent operands.
 */
void tpo_graph_keep (TpoGraph *self, TpoTensor *tensor);

/**
 * tpo_graph_fail:
 *
 * Remembers an error found while building (a model's own check), as operators do.
 */
void tpo_graph_fail (TpoGraph *self, TpoErrorCode code, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

/**
 * tpo_graph_compile:
 *
 * Returns: false with the first error remembered, or TPO_ERROR_NO_MEMORY, _UNSUPPORTED, _DEVICE_LOST
 */
gboolean tpo_graph_compile (TpoGraph *self, GError **error);

/**
 * tpo_graph_warm_up:
 * @progress: (nullable)
 *
 * Makes the driver compile what the graph needs, which otherwise happens in the first run and takes
 * up to a second per kind of node on software devices. Must be called after compile. What other
 * graphs of the device have warmed or run is not done again.
 */
gboolean tpo_graph_warm_up (TpoGraph *self, TpoProgressFunc progress, gpointer user_data,
                            GCancellable *cancellable, GError **error);

/** tpo_graph_write: sets an input's content for the following runs. @size must be the tensor's */
gboolean tpo_graph_write (TpoGraph *self, TpoTensor *input, const void *data, gsize size,
                          GError **error);

/**
 * tpo_graph_run:
 *
 * Runs all nodes and waits. @cancellable is polled between submissions; after
 * G_IO_ERROR_CANCELLED the outputs and the persistent tensors written by the graph are undefined.
 */
gboolean tpo_graph_run (TpoGraph *self, GCancellable *cancellable, GError **error);

/** tpo_graph_read: copies an output after a run. @size must be the tensor's */
gboolean tpo_graph_read (TpoGraph *self, TpoTensor *output, void *data, gsize size,
                         GError **error);

/** tpo_graph_n_nodes: number of recorded operators */
guint tpo_graph_n_nodes (TpoGraph *self);

/**
 * TpoOpTiming: device time of one node of the last run, when timing was switched on.
 */
typedef struct {
  const char *op;    /* operator name */
  const char *label; /* name given with tpo_graph_push_label(), "layers.3/attn" */
  double us;         /* microseconds by device timestamps */
  double flops;      /* arithmetic of the node; 0 where it is not counted */
} TpoOpTiming;

/** tpo_graph_set_timing: must be called before compile */
void tpo_graph_set_timing (TpoGraph *self, gboolean enable);

/** tpo_graph_get_timings: (transfer full) (element-type TpoOpTiming): valid while the graph lives */
GArray *tpo_graph_get_timings (TpoGraph *self);

/** tpo_graph_push_label, _pop_label: nested names for nodes made in between */
void tpo_graph_push_label (TpoGraph *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
void tpo_graph_pop_label (TpoGraph *self);

void tpo_graph_free (TpoGraph *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoGraph, tpo_graph_free)
