#version 450
#extension GL_EXT_shader_16bit_storage : require
#extension GL_EXT_control_flow_attributes : require
#extension GL_GOOGLE_include_directive : require
#include "activation.glsl"
#include "load.glsl"
#include "grid.glsl"
#include "epilogue.glsl"
#include "weights.glsl"

// The product of lib/epilogue.glsl on GPUs, with CONV over patches: a workgroup of 256 makes TILE rows
// by TILE columns from slices of 16 along k in shared memory. An invocation makes PARTS × PARTS
// squares of 4 × 4, 64 apart. K is a multiple of PER_PACK.
layout(constant_id = 2) const uint PARTS = 1;
const uint TILE = 64u * PARTS, STEP = 16u, LDS = TILE + 4u;

WORDS_IN(0, x); // [batch, M, K], or a picture

#ifdef X_F16
#define LOAD_X(i) LOAD4_F16(x, i)
#else
#define LOAD_X(i) LOAD4_F32(x, i)
#endif

#ifdef CONV
#include "conv-rows.glsl"
#endif

shared float xs[STEP * LDS], ws[STEP * LDS]; // transposed: k, then row or column

// Weights k … k + 3 of column n.
vec4 load_w(uint column, uint k)
{
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
  uint column[PARTS];
#ifdef CONV
  PatchRow row[PARTS];
#else
  uint row[PARTS];
#endif
  [[unroll]] for (uint p = 0; p < PARTS; p++) {
    uint m = min(m0 + line + 64u * p, m_count - 1u);
#ifdef CONV
    row[p] = patch_row(m);
#else
    row[p] = batch * x_batch + m * k_count;
#endif
    column[p] = batch * w_batch + min(n0 + line + 64u * p, n_count - 1u) * k_count;
  }
  uint mi = lane / 16u * 4u, ni = lane % 16u * 4u;
  vec4 acc[4u * PARTS * PARTS]; // row of the square, its place along m, along n
  [[unroll]] for (uint i = 0; i < 4u * PARTS * PARTS; i++) acc[i] = vec4(0.0);

  for (uint k0 = 0; k0 < k_count; k0 += STEP) {
    uint k = k0 + part;
    vec4 a[PARTS], b[PARTS];
    [[unroll]] for (uint p = 0; p < PARTS; p++) {
      a[p] = b[p] = vec4(0.0);
      if (k < k_count) {
#ifdef CONV
        a[p] = patch_load(row[p], patch_tap(k));
#else
        a[p] = LOAD_X((row[p] + k) >> 2);
#endif
        b[p] = load_w(column[p], k);
      }
    }
    barrier();
    [[unroll]] for (uint p = 0; p < PARTS; p++) [[unroll]] for (uint c = 0; c < 4; c++) {
      xs[(part + c) * LDS + line + 64u * p] = a[p][c];
      ws[(part + c) * LDS + line + 64u * p] = b[p][c];
    }
    barrier();
    [[unroll]] for (uint s = 0; s < STEP; s++) {
      vec4 wv[PARTS];
      [[unroll]] for (uint q = 0; q < PARTS; q++) {
        uint at = s * LDS + ni + 64u * q;
        wv[q] = vec4(ws[at], ws[at + 1u], ws[at + 2u], ws[at + 3u]);
      }
      [[unroll]] for (uint p = 0; p < PARTS; p++) [[unroll]] for (uint i = 0; i < 4; i++) {
        float xv = xs[s * LDS + mi + 64u * p + i];
        [[unroll]] for (uint q = 0; q < PARTS; q++) acc[(i * PARTS + p) * PARTS + q] += xv * wv[q];
      }
    }
  }

  [[unroll]] for (uint p = 0; p < PARTS; p++) [[unroll]] for (uint q = 0; q < PARTS; q++)
    [[unroll]] for (uint i = 0; i < 4; i++) [[unroll]] for (uint j = 0; j < 4; j++) {
      uint m = m0 + mi + 64u * p + i, n = n0 + ni + 64u * q + j;
      if (m < m_count && n < n_count)
        finish(batch, m, n, acc[(i * PARTS + p) * PARTS + q][j], bias_of(n));
    }
}
