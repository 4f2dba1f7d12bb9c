#pragma once

#include <tpo/device.h>

G_BEGIN_DECLS

/**
 * TpoParityStorage: how the weights of a module are held during a parity run.
 */
typedef enum {
  TPO_PARITY_F32,
  TPO_PARITY_F16,
  TPO_PARITY_Q8_0,
  TPO_PARITY_STORAGE_COUNT
} TpoParityStorage;

/** tpo_parity_storage_name: "f32", "f16", "q8_0" */
const char *tpo_parity_storage_name (TpoParityStorage storage);

/**
 * TpoParityOptions: valid when zeroed.
 */
typedef struct {
  TpoParityStorage storage;
  GCancellable *cancellable; /* (nullable) (transfer none) */
} TpoParityOptions;

/**
 * TpoParityItem: one stored tensor compared with what the module computes.
 *
 * The worst value is the one whose error is largest. For ids, counts and texts, which must agree
 * exactly, the error is the number of values that differ and the tolerance is 0.
 */
typedef struct {
  char *name; /* of the stored tensor, with a remark in brackets where there are several runs */
  gint64 n_values;
  double error;     /* largest |actual - expected|; infinite if a value is not finite */
  double tolerance; /* largest error that passes */
  gint64 worst_at;  /* index of the worst value in stored, row-major order; -1: none */
  double actual;    /* the worst value */
  double expected;  /* what is stored there */
  gboolean passed;
} TpoParityItem;

/**
 * TpoParityReport: what one fixture showed.
 */
typedef struct {
  char *path;
  char *module;     /* kind of network, as the file says */
  GPtrArray *items; /* TpoParityItem */
  guint n_failed;   /* items over their tolerance, and stored results that were not compared */
  guint n_skipped;  /* stored results of training, which the engine does not run; no items */
} TpoParityReport;

void tpo_parity_report_free (TpoParityReport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoParityReport, tpo_parity_report_free)

/**
 * tpo_parity_run:
 * @path: a .safetensors fixture (weights, "in.", "mid." and "out." tensors, metadata "module",
 *   "hparams" and "tolerance"), the JSON fixture of the tokenizer, with tokenizer.model beside it, or
 *   the folder of a whole model with its "expected.safetensors"
 * @options: (nullable)
 * @report: (out): also set when items fail
 *
 * Loads the module's weights, runs it on the device with the stored inputs and compares every
 * stored result. An error passes up to 8 · atol with F32 storage and up to atol_f16 with F16, atol
 * being what the fixture states for the tensor; with Q8_0, for which fixtures state nothing, up to
 * 16 · atol_f16.
 *
 * Returns: true when the module could be run, whatever the figures; false with
 *   TPO_ERROR_UNSUPPORTED for a module that has no runner, TPO_ERROR_FORMAT or _SHAPE when the file
 *   lacks something, or the device's errors
 */
gboolean tpo_parity_run (TpoDevice *device, const char *path, const TpoParityOptions *options,
                         TpoParityReport **report, GError **error);

G_END_DECLS
