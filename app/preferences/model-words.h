#pragma once

#include "library/tpo-library.h"

/**
 * tpo_model_words: lines that say what a model is, what it can do, and whether it fits the device.
 * Returns: (transfer full)
 */
char *tpo_model_words (TpoLibrary *library, const TpoModelFile *file);
