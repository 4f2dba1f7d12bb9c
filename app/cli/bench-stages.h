#pragma once

#include "models/videochat/stages.h"
#include "nn/op-bench.h"

/**
 * tpo_stage_figure_to_string: one line, with the three kinds of operators that took longest; TSV
 *   has a stage's times and peak memory only
 *
 * Returns: (transfer full)
 */
char *tpo_stage_figure_to_string (const TpoStageFigure *figure, TpoFigureFormat format);
