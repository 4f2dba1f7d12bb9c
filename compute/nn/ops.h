#pragma once

#include "nn/graph.h"

/**
 * Operators: each records one node in a graph and returns its result, owned by the graph
 * (transfer none). One shader, one row in nn/op-table.c, one test in tests/kernels/ for each.
 *
 * Conventions: tensors are dense and row-major; "rows" means all dimensions but the last,
 * flattened; images are channels-last, [rows, cols, C] or [T, rows, cols, C]. Activations are F32
 * or F16 and results take the type of the first operand; weights may also be of a block type: Q8_0,
 * Q4_0, Q4_1, Q4_K, Q5_K or Q6_K (matrices only). Sums are in F32. NULL operands marked (nullable)
 * may be left out. An operand that does not fit makes the graph fail (nn/graph.h).
 */

/* ---- shape: views share bytes, no work ---------------------------------------------------- */

/** tpo_reshape: the same bytes under another shape of equal count */
TpoTensor *tpo_reshape (TpoGraph *g, TpoTensor *x, TpoShape shape);

/**
 * tpo_slice: elements [start, start + count) of dimension @dim (negative counts from the last).
 *
 * A view where the bytes are contiguous and aligned, else a copy.
 */
TpoTensor *tpo_slice (TpoGraph *g, TpoTensor *x, int dim, gint64 start, gint64 count);

/* ---- movement ------------------------------------------------------------------------------- */

/** tpo_permute: y.dim[i] = x.dim[order[i]]; @order has x's number of dimensions, at most 5 */
TpoTensor *tpo_permute (TpoGraph *g, TpoTensor *x, const int *order);

/** tpo_concat: joins @a and @b, equal in all other dimensions, along @dim; @b is cast to @a's type */
TpoTensor *tpo_concat (TpoGraph *g, TpoTensor *a, TpoTensor *b, int dim);

/** tpo_pad: @before and @after zeros added along @dim; negative numbers crop */
TpoTensor *tpo_pad (TpoGraph *g, TpoTensor *x, int dim, gint64 before, gint64 after);

/** tpo_repeat: x.dim[dim] == 1 is repeated @count times along @dim */
TpoTensor *tpo_repeat (TpoGraph *g, TpoTensor *x, int dim, gint64 count);

/** tpo_cast: to F32 or F16 (from F32, F16, U8 or I32) */
TpoTensor *tpo_cast (TpoGraph *g, TpoTensor *x, TpoType type);

/**
 * tpo_get_rows:
 * @table: [V, C] F32, F16 or a block type
 * @ids: [N] I32, each 0 … V-1; others give a row of zeros
 *
 * Returns: [N, C] F32
 */
TpoTensor *tpo_get_rows (TpoGraph *g, TpoTensor *table, TpoTensor *ids);

/**
 * tpo_set_rows:
 * @x: [N, C], consumed: the result takes its place
 * @rows: [M, C]
 * @ids: [M] I32 row numbers in @x, distinct; negative ones are skipped
 *
 * Returns: @x with those rows replaced
 */
TpoTensor *tpo_set_rows (TpoGraph *g, TpoTensor *x, TpoTensor *rows, TpoTensor *ids);

/**
 * tpo_store_rows:
 * @state: persistent [M, C] F32 or F16, written in place (KV cache, frame memories)
 * @rows: [N, C]
 * @start: [1] I32: first row to write; rows past the end are dropped
 *
 * Returns: @state, to be passed to the readers so that they run after the write
 */
TpoTensor *tpo_store_rows (TpoGraph *g, TpoTensor *state, TpoTensor *rows, TpoTensor *start);

/* ---- matrix products ------------------------------------------------------------------------ */

typedef enum {
  TPO_ACT_NONE,
  TPO_ACT_RELU,
  TPO_ACT_GELU,      /* exact, with erf */
  TPO_ACT_GELU_TANH, /* tanh approximation */
  TPO_ACT_SILU,
  TPO_ACT_SIGMOID,
  TPO_ACT_TANH,
  TPO_ACT_COUNT
} TpoAct;

/**
 * TpoLinear: weights of y = act (x · Wᵀ + b + lora_scale · (x · Aᵀ) · Bᵀ).
 */
typedef struct {
  TpoTensor *w;      /* [N, K] F32, F16 or a block type */
  TpoTensor *b;      /* (nullable) [N] F32 */
  TpoTensor *lora_a; /* (nullable) [R, K] */
  TpoTensor *lora_b; /* (nullable) [N, R] */
  float lora_scale;  /* alpha / R */
} TpoLinear;

/**
 * tpo_linear:
 * @x: [..., K]
 * @residual: (nullable): [..., N], added after the activation
 *
 * Returns: [..., N]
 */
TpoTensor *tpo_linear (TpoGraph *g, TpoTensor *x, const TpoLinear *linear, TpoAct act,
                       TpoTensor *residual);

/**
 * tpo_matmul: batched y[b] = x[b] · w[b]ᵀ.
 * @x: [B, M, K] (or [M, K])
 * @w: [B, N, K] (or [N, K], shared by the batch)
 *
 * Returns: [B, M, N] (or [M, N])
 */
TpoTensor *tpo_matmul (TpoGraph *g, TpoTensor *x, TpoTensor *w);

/**
 * TpoAttention: valid when zeroed, but for @n_heads and @scale.
 */
typedef struct {
  guint n_heads;    /* H: query heads */
  guint n_kv_heads; /* 0: as n_heads; else each serves H / n_kv_heads consecutive query heads */
  float scale;      /* multiplies q·k */
  gboolean causal;  /* query i sees keys 0 … position + i */
  TpoTensor *position; /* (nullable) [1] I32: absolute position of query 0; NULL: 0 */
  TpoTensor *n_keys;   /* (nullable) [1] I32: how many rows of k and v count; NULL: all */
  TpoTensor *mask;     /* (nullable) [M] F32, added to the scores of key m; -inf hides it */
  guint
      skip_values; /* the first keys take part in the softmax, but their values are not summed */
} TpoAttention;

/**
 * tpo_attention: softmax (scale · q kᵀ + mask) v, without storing the scores.
 * @q: [B, N, H·Dk] (or [N, H·Dk]); heads are contiguous chunks of a row
 * @k: [B, M, Hkv·Dk] (or [M, Hkv·Dk])
 * @v: [B, M, Hkv·Dv]; Dv may differ from Dk
 *
 * Dk and Dv up to 256; multiples of 4 are quicker. Returns: [B, N, H·Dv]
 */
TpoTensor *tpo_attention (TpoGraph *g, TpoTensor *q, TpoTensor *k, TpoTensor *v,
                          const TpoAttention *params);

/**
 * tpo_conv2d:
 * @x: [T, rows, cols, Cin]
 * @w: [Cout, kernel, kernel, Cin / groups] F32 or F16: channels last, unlike published files
 * @b: (nullable) [Cout]
 * @groups: 1, or Cin for a depthwise convolution
 *
 * Zero padding of @pad on all sides. Returns: [T, (rows + 2·pad - kernel) / stride + 1, …, Cout]
 */
TpoTensor *tpo_conv2d (TpoGraph *g, TpoTensor *x, TpoTensor *w, TpoTensor *b, guint stride,
                       guint pad, guint groups, TpoAct act);

/**
 * tpo_conv_transpose2d: kernel = stride = 2: out[o, 2r+a, 2c+b] = sum over i of x[r, c, i] · w[o,
 * a, b, i].
 * @x: [T, rows, cols, Cin]
 * @w: [Cout, 2, 2, Cin]: channels last
 *
 * Returns: [T, 2·rows, 2·cols, Cout]
 */
TpoTensor *tpo_conv_transpose2d (TpoGraph *g, TpoTensor *x, TpoTensor *w, TpoTensor *b);

/** tpo_max_pool2d: 2 × 2, stride 2, of [T, rows, cols, C]; odd last rows and columns are dropped */
TpoTensor *tpo_max_pool2d (TpoGraph *g, TpoTensor *x);

/* ---- normalisation and softmax --------------------------------------------------------------- */

/**
 * tpo_layer_norm: over the last dimension, biased variance, eps inside the root; @w, @b (nullable)
 * [C] F32
 */
TpoTensor *tpo_layer_norm (TpoGraph *g, TpoTensor *x, TpoTensor *w, TpoTensor *b, float eps);

/** tpo_rms_norm: y = w · x / sqrt (mean (x²) + eps) over the last dimension */
TpoTensor *tpo_rms_norm (TpoGraph *g, TpoTensor *x, TpoTensor *w, float eps);

/** tpo_l2_norm: y = x / max (|x|₂, eps) over the last dimension */
TpoTensor *tpo_l2_norm (TpoGraph *g, TpoTensor *x, float eps);

/** tpo_softmax: over the last dimension of scale · x; a row that is -inf throughout gives zeros */
TpoTensor *tpo_softmax (TpoGraph *g, TpoTensor *x, float scale);

/**
 * tpo_softmax_heads: attention weights averaged over heads (for CG-DETR's t2v layers).
 * @q: [N, C], @k: [M, C]; heads are contiguous chunks
 * @mask: (nullable): [M] F32, added to the scores of key m
 *
 * At most 64 heads. Returns: [N, M] = mean over heads of softmax (scale · q_h k_hᵀ); zeros where
 *   all keys are masked
 */
TpoTensor *tpo_softmax_heads (TpoGraph *g, TpoTensor *q, TpoTensor *k, guint n_heads,
                              float scale, TpoTensor *mask);

/* ---- element-wise ---------------------------------------------------------------------------- */

typedef enum {
  TPO_UNARY_RELU,
  TPO_UNARY_GELU,
  TPO_UNARY_GELU_TANH,
  TPO_UNARY_SILU,
  TPO_UNARY_SIGMOID,
  TPO_UNARY_TANH,
  TPO_UNARY_EXP,
  TPO_UNARY_LOG,
  TPO_UNARY_SQRT,
  TPO_UNARY_SIN,
  TPO_UNARY_COS,
  TPO_UNARY_NEG,
  TPO_UNARY_RECIPROCAL,
  TPO_UNARY_ABS,
  TPO_UNARY_STEP, /* 1 where x > 0, else 0 */
  TPO_UNARY_LOGIT_CLAMP, /* log (max (x, 1e-3) / max (1 - x, 1e-3)), x clamped to [0, 1], as CG-DETR has it */
  TPO_UNARY_COUNT
} TpoUnary;

TpoTensor *tpo_unary (TpoGraph *g, TpoTensor *x, TpoUnary op);

typedef enum {
  TPO_BINARY_ADD,
  TPO_BINARY_SUB,
  TPO_BINARY_MUL,
  TPO_BINARY_DIV,
  TPO_BINARY_MAX,
  TPO_BINARY_MIN,
  TPO_BINARY_SWIGLU, /* silu (a) · b */
  TPO_BINARY_COUNT
} TpoBinary;

/**
 * tpo_binary: @b is broadcast to @a: dimensions align from the last; missing ones and ones of size
 * 1 repeat.
 */
TpoTensor *tpo_binary (TpoGraph *g, TpoBinary op, TpoTensor *a, TpoTensor *b);

TpoTensor *tpo_add (TpoGraph *g, TpoTensor *a, TpoTensor *b);
TpoTensor *tpo_mul (TpoGraph *g, TpoTensor *a, TpoTensor *b);

/** tpo_affine: y = clamp (scale · x + shift, low, high); pass -INFINITY and INFINITY for no clamp */
TpoTensor *tpo_affine (TpoGraph *g, TpoTensor *x, float scale, float shift, float low,
                       float high);

/** tpo_scale: y = scale · x */
TpoTensor *tpo_scale (TpoGraph *g, TpoTensor *x, float scale);

/** tpo_prelu: y = x > 0 ? x : slope · x; @slope: [1] F32 */
TpoTensor *tpo_prelu (TpoGraph *g, TpoTensor *x, TpoTensor *slope);

/* ---- position codes -------------------------------------------------------------------------- */

/**
 * TpoRope: valid when zeroed but for @n_heads and @theta.
 */
typedef struct {
  guint n_heads; /* H */
  float theta;   /* base, at least 1 */
  gboolean
      is_interleaved; /* pair j is channels 2j and 2j + 1, as in llama GGUF files; else j and j + D/2 */
  const float
      *divisors; /* (nullable) [D/2], at least 1/2 each: pair j turns so many times slower */
} TpoRope;

/**
 * tpo_rope: rotates pairs of channels by position.
 * @x: [N, H·D]
 * @position: [1] I32: position of row 0; row i has position + i
 *
 * Pair j of a head turns by (position + i) · theta^(-2j / D) / divisor. Su et al. 2021.
 */
TpoTensor *tpo_rope (TpoGraph *g, TpoTensor *x, TpoTensor *position, const TpoRope *rope);

/**
 * tpo_rope_axial: SAM 2's two-dimensional form (Heo et al. 2024).
 * @x: [N, C]; adjacent channels form a pair; row i stands for cell (i mod rows·cols) of a rows ×
 *   cols map
 * @n_rotated: rows 0 … n_rotated-1 are rotated, the rest is copied
 */
TpoTensor *tpo_rope_axial (TpoGraph *g, TpoTensor *x, guint rows, guint cols, gint64 n_rotated,
                           float theta);

/**
 * tpo_sine_code: y[n, i·C + c] = c even: sin (x[n, i]·scale / D_c), odd: cos (…), D_c =
 * theta^(2·floor (c/2) / C)
 * @x: [N, I]
 *
 * Returns: [N, I·C]
 */
TpoTensor *tpo_sine_code (TpoGraph *g, TpoTensor *x, guint n_channels, float scale,
                          float theta);

/* ---- reductions ------------------------------------------------------------------------------ */

typedef enum {
  TPO_REDUCE_SUM,
  TPO_REDUCE_MEAN,
  TPO_REDUCE_MAX,
  TPO_REDUCE_COUNT
} TpoReduce;

/** tpo_reduce: over dimension @dim, which disappears (a vector becomes [1]) */
TpoTensor *tpo_reduce (TpoGraph *g, TpoTensor *x, int dim, TpoReduce op);

/** tpo_argmax: of each row of [N, C]; ties give the lowest index, NaNs never win. Returns: [N] I32 */
TpoTensor *tpo_argmax (TpoGraph *g, TpoTensor *x);

/**
 * TpoSampling: valid when zeroed (greedy).
 */
typedef struct {
  float temperature; /* 0: argmax */
  float top_p; /* 0 or 1: off; else the smallest set of ids whose probabilities reach it */
  float repetition_penalty; /* 0 or 1: off; Keskar et al. 2019 */
} TpoSampling;

/**
 * tpo_sample: draws one id from a row of logits.
 *
 * The logits of ids in @seen are divided by the penalty when positive and multiplied by it when
 * negative, once however often an id occurs. With a temperature, probabilities are softmax (logits
 * / temperature); top_p keeps the smallest set of ids that reaches it, low ids first among equal
 * ones; ids are then walked upwards until their running probability exceeds @uniform times that of
 * the set. So the same numbers give the same id.
 *
 * @logits: [1, V] F32
 * @seen: (nullable) [n] I32 ids for the repetition penalty; negative ones are skipped
 * @uniform: [1] F32 in [0, 1), the random number of this step
 *
 * Returns: [1] I32
 */
TpoTensor *tpo_sample (TpoGraph *g, TpoTensor *logits, TpoTensor *seen, TpoTensor *uniform,
                       const TpoSampling *params);

/* ---- pictures -------------------------------------------------------------------------------- */

typedef enum {
  TPO_RESIZE_NEAREST,
  TPO_RESIZE_BILINEAR,
  TPO_RESIZE_BICUBIC,
  TPO_RESIZE_FILTER_COUNT
} TpoResizeFilter;

/**
 * TpoResize: separable resampling with half-pixel centres, as torchvision's.
 *
 * Bicubic uses a = -0.5 with antialias and -0.75 without. Nearest takes the pixel that the centre
 * falls in.
 */
typedef struct {
  TpoResizeFilter filter;
  gboolean antialias; /* widen the kernel when shrinking */
  gboolean round_u8;  /* clamp to 0 … 255 and round half to even after both passes */
} TpoResize;

/**
 * tpo_resize:
 * @x: [T, rows, cols, C] U8, F32 or F16
 *
 * Width first, then height, in F32. Returns: [T, out_rows, out_cols, C] F32 (F16 for F16)
 */
TpoTensor *tpo_resize (TpoGraph *g, TpoTensor *x, guint out_rows, guint out_cols,
                       const TpoResize *params);

/**
 * tpo_normalise_rgb: y = (x · scale - mean) / std for each of the last dimension's 3 channels.
 * @x: [..., 3] U8, F32 or F16; @scale: 1/255 for bytes
 *
 * Returns: F32
 */
TpoTensor *tpo_normalise_rgb (TpoGraph *g, TpoTensor *x, float scale, const float mean[3],
                              const float std[3]);

/**
 * tpo_patches: cuts [T, rows, cols, C] into patches of @size: [T · rows/size · cols/size, C · size
 * · size], each row ordered channel, row, column, as the flattened weight of a published patch
 * convolution is.
 */
TpoTensor *tpo_patches (TpoGraph *g, TpoTensor *x, guint size);

/**
 * tpo_windows: cuts [T, rows, cols, C], zero-padded at bottom and right to multiples of @size, into
 * [T · n, size · size, C] windows (Hiera's window attention, Ryali et al. 2023).
 */
TpoTensor *tpo_windows (TpoGraph *g, TpoTensor *x, guint size);

/** tpo_unwindows: the reverse; @frames, @rows, @cols: size of the map, padding is cropped */
TpoTensor *tpo_unwindows (TpoGraph *g, TpoTensor *x, guint size, gint64 frames, gint64 rows,
                          gint64 cols);

/** tpo_threshold: U8 0 or 1: x > level. Returns: x's shape */
TpoTensor *tpo_threshold (TpoGraph *g, TpoTensor *x, float level);

/**
 * tpo_fill_holes: SAM 2's clean-up of mask logits (Ravi et al. 2024).
 * @logits: [rows, cols] F32
 * @area: background components (8-connected, logit ≤ 0) of at most this many pixels are set to @value;
 *   must be at most 64, and a dispatch each is recorded, so small numbers are meant
 */
TpoTensor *tpo_fill_holes (TpoGraph *g, TpoTensor *logits, guint area, float value);

/* ---- conveniences built from the above ------------------------------------------------------- */

/** tpo_mlp: linears with ReLU between and none after the last; @n_layers ≥ 1 */
TpoTensor *tpo_mlp (TpoGraph *g, TpoTensor *x, const TpoLinear *layers, guint n_layers);
