#pragma once

#include <tpo/device.h>

/**
 * TpoOpFigure: how fast one operator ran at one size. Times are by device time stamps.
 */
typedef struct {
  const char *name; /* "layer_norm 1024 x 3136", the size included; static */
  const char *op;   /* "layer_norm"; static */
  guint n_runs;     /* */
  double best_us;   /* microseconds */
  double median_us; /* */
  double spread_us; /* half the distance between the quartiles */
  double bytes;     /* that must be moved at least, operands and result */
  double flops;     /* arithmetic; 0 where only bytes count */
  double
      calibrations; /* best_us in units of the calibration kernel's time, taken right before */
} TpoOpFigure;

/**
 * TpoFigureFormat:
 * @TPO_FIGURE_TEXT: a line for people
 * @TPO_FIGURE_TSV: "op:NAME", "ms", the best time, with tabs between
 * @TPO_FIGURE_JSON: an object
 */
typedef enum {
  TPO_FIGURE_TEXT,
  TPO_FIGURE_TSV,
  TPO_FIGURE_JSON,
} TpoFigureFormat;

/** tpo_op_figure_to_string: without a newline. Returns: (transfer full) */
char *tpo_op_figure_to_string (const TpoOpFigure *self, TpoFigureFormat format);

typedef void (*TpoOpFigureFunc) (const TpoOpFigure *figure, gpointer user_data);

/**
 * tpo_op_bench:
 * @filter: (nullable): only cases whose name contains it, or that are of the operator so named
 * @func: called for each case as it is done
 *
 * Times operators at sizes that models use. The calibration kernel, a scaling of 4 Mi numbers in
 * F32, is timed before each case: a machine that is busy with something else slows both. A case that
 * needs more memory than the device has is left out.
 *
 * Returns: false with an error other than TPO_ERROR_NO_MEMORY and TPO_ERROR_UNSUPPORTED
 */
gboolean tpo_op_bench (TpoDevice *device, const char *filter, GCancellable *cancellable,
                       TpoOpFigureFunc func, gpointer user_data, GError **error);
