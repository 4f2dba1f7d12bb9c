#pragma once

#include "base/type.h"

/**
 * TpoPacking: how a matrix of a block type lies on the device.
 *
 * First the numbers of all blocks, row by row, in words of 16 bytes, then the scales of all blocks,
 * row by row, from the next multiple of 256 bytes on. So both are read in aligned words, and a
 * shader finds both by the place of an element alone (shaders/lib/weights.glsl):
 *   Q8_0  32 bytes: the 32 signed numbers; scales: d, binary16
 *   Q4_0  16 bytes: byte i has element i in its low and i + 16 in its high half; scales: d, binary16
 *   Q4_K  16 bytes for each group of 32, as in Q4_0; scales, 16 bytes: d and dmin, then for the eight groups, lowest
 *         first, four low bits of each scale, four low bits of each minimum, two high bits of each
 *         scale, of each minimum
 *   Q4_1  as Q4_0; scales, 4 bytes: factor and summand, binary16
 *   Q5_K  80 bytes for each 128: the four low bits of four groups of 32, as in Q4_0, then 4 bytes for each with the
 *         fifth bits: that of element 4q + c is bit q of byte c; scales as of Q4_K
 *   Q6_K  48 bytes for each 64: the four low bits of two groups of 32, as in Q4_0, then the two high bits of both:
 *         of the four elements 4q … 4q + 3 of a group in bits 2 · (q mod 4) of the bytes of word q / 4;
 *         scales, 32 bytes: the 16 signed scales, then d and 14 bytes that are not used
 */
typedef struct {
  guint words_size;  /* bytes of a block in the first part */
  guint scales_size; /* bytes of a block in the second part */
  void (*pack) (const guint8 *block, guint8 *words, guint8 *scales);
  void (*unpack) (guint8 *block, const guint8 *words, const guint8 *scales);
} TpoPacking;

/** tpo_packing: Returns: (transfer none) (nullable): %NULL where devices hold @type as files do */
const TpoPacking *tpo_packing (TpoType type);

/** tpo_weight_kind: W_TYPE in shaders of matrices of @type; -1: no type of weights */
int tpo_weight_kind (TpoType type);

/** tpo_words_size: bytes of @n_elements, whole blocks, in the first part, or in all for other types */
gsize tpo_words_size (TpoType type, gsize n_elements);

/** tpo_scales_size: bytes of @n_elements, whole blocks, in the second part; 0 for other types */
gsize tpo_scales_size (TpoType type, gsize n_elements);

/** tpo_scales_offset: where the second part of a matrix starts */
gsize tpo_scales_offset (TpoType type, const TpoShape *shape);

/** tpo_packed_size: bytes of a tensor on the device; -1 as tpo_shape_size() gives it */
gint64 tpo_packed_size (TpoType type, const TpoShape *shape);
