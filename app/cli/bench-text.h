#pragma once

#include <tpo/device.h>

/**
 * TpoTextFigure: speed of a language model; n runs of one test.
 */
typedef struct {
  const char *model; /* file name without ".gguf", or "a-q4_0" */
  const char *test; /* "pp128": 128 tokens read at once; "tg16": 16 tokens written one by one */
  double best;      /* tokens a second */
  double mean;      /* */
  double deviation; /* of single runs */
} TpoTextFigure;

typedef void (*TpoTextFigureFunc) (const TpoTextFigure *figure, gpointer user_data);

/**
 * TpoTextBench: what to time; valid when zeroed: 512 and 128 tokens, five times, as llama-bench does.
 */
typedef struct {
  guint n_prompt, n_generated, n_runs;
} TpoTextBench;

/**
 * tpo_bench_text:
 * @path: GGUF file of a language model
 *
 * Times prompts and generation after one run that is not counted.
 */
gboolean tpo_bench_text (TpoDevice *device, const char *path, const TpoTextBench *bench,
                         TpoTextFigureFunc func, gpointer user_data, GError **error);

/** tpo_bench_text_folder: the same for every GGUF file in @folder, in the order of names */
gboolean tpo_bench_text_folder (TpoDevice *device, const char *folder,
                                const TpoTextBench *bench, TpoTextFigureFunc func,
                                gpointer user_data, GError **error);

/**
 * tpo_bench_made_up_text:
 * @filter: (nullable): only models that have a case "llm.a.TYPE.TEST" whose name contains it
 *
 * The same for a small model of made-up weights, "a", in each of three element types: 128 and 16
 * tokens.
 */
gboolean tpo_bench_made_up_text (TpoDevice *device, const char *filter, TpoTextFigureFunc func,
                                 gpointer user_data, GError **error);
