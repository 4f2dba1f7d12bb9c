#pragma once

#include "timeline/tpo-timeline-rows.h"

/**
 * tpo_row_refresh: brings items, lanes and counts of a row that changed in order
 * @row_of: TpoAnnotation → TpoRow: what is of another row now leaves this one
 */
void tpo_row_refresh (TpoRow *row, GHashTable *row_of);
