#pragma once

#include <tpo/session.h>

/**
 * TpoStageFigure: what one stage of a model's work costs.
 */
typedef struct {
  const char *name;
  double ms;         /* wall time, with what is recorded and compiled for it */
  double cpu_ms;     /* time of processors, all threads together */
  guint64 used;      /* bytes of device memory after it … */
  guint64 peak;      /* … and at most meanwhile */
  guint64 host_peak; /* bytes of main memory at most meanwhile, mapped files included */
  const TpoDeviceTime *times; /* [n_times]: device time by part and operator, longest first */
  guint n_times;
} TpoStageFigure;

typedef void (*TpoStageFunc) (const TpoStageFigure *figure, gpointer user_data);

/**
 * tpo_stages_run:
 * @path: of a GGUF file
 * @question: what is asked about the video
 * @part: (nullable): only that part of the work: "words", "masks" or "moments"
 *
 * Opens a model and goes once through everything that it can do with @video, heads included,
 * whatever its answer would call for, so that models of random weights can be measured. @func is
 * called after each stage. The device takes the time of each operator meanwhile.
 */
gboolean tpo_stages_run (TpoDevice *device, const char *path, TpoVideo *video,
                         const char *question, const char *part, TpoStageFunc func,
                         gpointer user_data, GError **error);
