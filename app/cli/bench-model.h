#pragma once

#include <tpo/device.h>

/**
 * TpoModelFigureFunc:
 * @name: "open", "question 1, first word", …
 * @ms: wall time in milliseconds
 */
typedef void (*TpoModelFigureFunc) (const char *name, double ms, gpointer user_data);

/**
 * tpo_bench_model:
 * @model: path of a GGUF file
 * @video: path of a video
 * @questions: (array zero-terminated=1)
 *
 * Times what a person waits for: opening the model and the video, then for each question the first word
 * and the whole answer with what its head finds, first with an empty session and then once more, when
 * the video's tokens and features are there already.
 */
gboolean tpo_bench_model (TpoDevice *device, const char *model, const char *video,
                          const char *const *questions, TpoModelFigureFunc func,
                          gpointer user_data, GError **error);
