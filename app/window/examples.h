#pragma once

#include <tpo/video.h>

/**
 * tpo_examples_for: questions that work on @video: those written for a bundled clip, else general
 * ones. Returns: (transfer full)
 */
GStrv tpo_examples_for (TpoVideo *video);
