#pragma once

#include <glib.h>

/**
 * TpoType: element types, in files and on devices.
 *
 * Q8_0 packs 32 neighbours of a row into 34 bytes: one binary16 scale d, then 32 signed bytes q;
 * value = d · q. Rows of block types are a whole number of blocks. Q4_0 and Q4_1 (32 in 18 and 20
 * bytes), Q4_K, Q5_K and Q6_K (256 in 144, 176 and 210 bytes) are laid out as in GGUF files. BF16,
 * F64, I64, I8, BOOL, Q5_0, Q5_1, Q2_K, Q3_K, IQ4_NL and IQ4_XS occur in files only and are
 * converted when they are read.
 */
typedef enum {
  TPO_F32,
  TPO_F16,
  TPO_BF16,
  TPO_Q8_0,
  TPO_U8,
  TPO_I32,
  TPO_F64,
  TPO_I64,
  TPO_BOOL,
  TPO_I8,
  TPO_Q4_0,
  TPO_Q4_K,
  TPO_Q6_K,
  TPO_Q5_K,
  TPO_Q4_1,
  TPO_Q5_0,
  TPO_Q5_1,
  TPO_Q3_K,
  TPO_Q2_K,
  TPO_IQ4_NL,
  TPO_IQ4_XS,
  TPO_TYPE_COUNT
} TpoType;

/** tpo_type_name: "f32", "q8_0", … Returns: (transfer none) */
const char *tpo_type_name (TpoType type);

/** tpo_type_block: elements a block holds: 1, or 32 or 256 for block types */
guint tpo_type_block (TpoType type);

/** tpo_type_block_size: bytes of a block */
guint tpo_type_block_size (TpoType type);

enum {
  TPO_MAX_DIMS = 5
};

/**
 * TpoShape: row-major sizes, slowest first: { .n = 2, .dim = { rows, cols } }. @n = 0 is a scalar.
 *
 * Letters used throughout: B batch, T frames, N tokens, C channels, H heads, D head size.
 */
typedef struct {
  guint n;
  gint64 dim[TPO_MAX_DIMS];
} TpoShape;

#define TPO_SHAPE(...)                                                    \
  ((TpoShape){ .n = sizeof ((gint64[]){ __VA_ARGS__ }) / sizeof (gint64), \
               .dim = { __VA_ARGS__ } })

/** tpo_shape_count: number of elements; -1 if a size is negative or the product overflows */
gint64 tpo_shape_count (const TpoShape *shape);

/**
 * tpo_shape_size: bytes of a tensor of @type, rows of the last dimension packed in blocks;
 *   -1 on overflow, a negative size, or rows that are no whole number of blocks
 */
gint64 tpo_shape_size (const TpoShape *shape, TpoType type);

gboolean tpo_shape_equal (const TpoShape *a, const TpoShape *b);

/** tpo_shape_to_string: "[3, 64]" Returns: (transfer full) */
char *tpo_shape_to_string (const TpoShape *shape);
