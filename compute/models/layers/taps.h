#pragma once

#include "nn/ops.h"

/**
 * TpoTaps:
 *
 * Intermediate results that a caller wants to read after a run, found by name. A network's forward
 * function offers its landmarks with tpo_tap(); without taps (%NULL, the ordinary case) that does
 * nothing and the graph may reuse their memory. With taps every offered tensor becomes an output of
 * the graph.
 */
typedef struct _TpoTaps TpoTaps;

TpoTaps *tpo_taps_new (void);
void tpo_taps_free (TpoTaps *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoTaps, tpo_taps_free)

/** tpo_tap: names @tensor; does nothing when @self is %NULL */
void tpo_tap (TpoTaps *self, TpoGraph *graph, TpoTensor *tensor, const char *format, ...)
    G_GNUC_PRINTF (4, 5);

/** tpo_taps_find: Returns: (transfer none) (nullable) */
TpoTensor *tpo_taps_find (TpoTaps *self, const char *name);
