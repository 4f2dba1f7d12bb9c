#pragma once

#include <stddef.h>
#include <stdint.h>

/**
 * LLVMFuzzerTestOneInput: the one function of a fuzz target. Each target reads @data as one kind
 * of foreign file and uses what it was given; all that may happen is a refusal.
 */
int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);
