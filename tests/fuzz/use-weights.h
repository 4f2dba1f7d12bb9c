#pragma once

#include "io/weights.h"

/** use_weights: reads every number of @weights, and its tensor table and tokenizer if it has them */
void use_weights (const TpoWeights *weights);
