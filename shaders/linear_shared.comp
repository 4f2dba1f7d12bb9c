#version 450
#extension GL_EXT_shader_16bit_storage : require
#extension GL_EXT_control_flow_attributes : require
#extension GL_GOOGLE_include_directive : require
#define FINISH4
#include "activation.glsl"
#include "load.glsl"
#include "grid.glsl"
#include "epilogue.glsl"
#include "weights.glsl"

// The product of lib/epilogue.glsl on GPUs, with CONV over patches: a workgroup of 256 makes TILE rows
// by TILE columns from slices of 16 along k in shared memory. An invocation makes PARTS × PARTS
// squares of 4 × 4, 64 apart, and loads its share of the next slice meanwhile. K is a multiple of
// PER_PACK. WIDTH is how many columns are stored at once: four where rows of y are whole fours.
layout(constant_id = 2) const uint PARTS = 1;
layout(constant_id = 3) const uint WIDTH = 4;
const uint TILE = 64u * PARTS, STEP = 16u, LDS = 16u * PARTS + 1u; // of rows in shared memory, in vec4

WORDS_IN(0, x); // [batch, M, K], or a picture

#ifdef X_F16
#define LOAD_X(i) LOAD4_F16(x, i)
#else
#define LOAD_X(i) LOAD4_F32(x, i)
#endif

#ifdef CONV
#include "conv-rows.glsl"
#endif

shared vec4 xs[STEP * LDS], ws[STEP * LDS]; // transposed: k, then row or column

#ifdef CONV
#define Row PatchRow
#else
#define Row uint
#endif

// Elements k … k + 3 of a row of x, zero past its end.
vec4 load_x(Row row, uint k)
{
  if (k >= k_count)
    return vec4(0.0);
#ifdef CONV
  return patch_load(row, patch_tap(k));
#else
  return LOAD_X((row + k) >> 2);
#endif
}

// The same of a row of w.
vec4 load_w(uint column, uint k)
{
  if (k >= k_count)
    return vec4(0.0);
  uint e = column + k, q = e % PER_PACK / 4u;
  return scaled(weights_of(load_pack(e - 4u * q), q), pack_scales(e - 4u * q), q);
}

void main()
{
  uint lane = gl_LocalInvocationID.x, batch = gl_WorkGroupID.z;
  uint m_tiles = (m_count + TILE - 1u) / TILE;
  uint m0 = grid_group() % m_tiles * TILE, n0 = grid_group() / m_tiles * TILE;
  if (n0 >= n_count)
    return; // the whole workgroup

  // Each invocation brings four elements of PARTS rows and columns into shared memory.
  uint line = lane / 4u, part = lane % 4u * 4u;
  Row row[PARTS];
  uint column[PARTS];
  vec4 a[PARTS], b[PARTS];
  [[unroll]] for (uint p = 0; p < PARTS; p++) {
    uint m = min(m0 + line + 64u * p, m_count - 1u);
#ifdef CONV
    row[p] = patch_row(m);
#else
    row[p] = batch * x_batch + m * k_count;
#endif
    column[p] = batch * w_batch + min(n0 + line + 64u * p, n_count - 1u) * k_count;
    a[p] = load_x(row[p], part);
    b[p] = load_w(column[p], part);
  }
  uint mi = lane / 16u, ni = lane % 16u;
  vec4 acc[4u * PARTS * PARTS]; // row of the square, its place along m, along n
  [[unroll]] for (uint i = 0; i < 4u * PARTS * PARTS; i++) acc[i] = vec4(0.0);

  for (uint k = part; k - part < k_count; k += STEP) {
    barrier();
    [[unroll]] for (uint p = 0; p < PARTS; p++) [[unroll]] for (uint c = 0; c < 4; c++) {
      uint at = (part + c) * LDS + line / 4u + 16u * p;
      xs[at][line % 4u] = a[p][c];
      ws[at][line % 4u] = b[p][c];
    }
    barrier();
    [[unroll]] for (uint p = 0; p < PARTS; p++) {
      a[p] = load_x(row[p], k + STEP);
      b[p] = load_w(column[p], k + STEP);
    }
    [[unroll]] for (uint s = 0; s < STEP; s++) {
      vec4 wv[PARTS];
      [[unroll]] for (uint q = 0; q < PARTS; q++) wv[q] = ws[s * LDS + ni + 16u * q];
      [[unroll]] for (uint p = 0; p < PARTS; p++) {
        vec4 xv = xs[s * LDS + mi + 16u * p];
        [[unroll]] for (uint i = 0; i < 4; i++) [[unroll]] for (uint q = 0; q < PARTS; q++)
          acc[(i * PARTS + p) * PARTS + q] += xv[i] * wv[q];
      }
    }
  }

  [[unroll]] for (uint p = 0; p < PARTS; p++) [[unroll]] for (uint q = 0; q < PARTS; q++)
    [[unroll]] for (uint i = 0; i < 4; i++) {
      uint m = m0 + 4u * mi + 64u * p + i, n = n0 + 4u * ni + 64u * q;
      vec4 sum = acc[(i * PARTS + p) * PARTS + q];
      if (m >= m_count || n >= n_count)
        continue;
      if (WIDTH == 4u)
        finish4(batch, m, n, sum, bias4_of(n));
      else
        [[unroll]] for (uint j = 0; j < 4; j++)
          if (n + j < n_count)
            finish(batch, m, n + j, sum[j], bias_of(n + j));
    }
}
