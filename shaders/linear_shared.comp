#version 450
#extension GL_EXT_shader_16bit_storage : require
#extension GL_EXT_control_flow_attributes : require
#extension GL_GOOGLE_include_directive : require
#include "activation.glsl"
#include "load.glsl"
#include "grid.glsl"
#include "epilogue.glsl"
#include "weights.glsl"

// The product of lib/epilogue.glsl on GPUs, with CONV over patches: a workgroup of 256 makes 64 rows by
// 64 columns from slices of 16 along k in shared memory, 4 × 4 per invocation. K is a multiple of
// PER_PACK.
const uint TILE = 64u, STEP = 16u, LDS = TILE + 4u;

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

  // Each invocation brings four elements of one row and of one column into shared memory.
  uint line = lane / 4u, part = lane % 4u * 4u;
#ifdef CONV
  PatchRow row = patch_row(min(m0 + line, m_count - 1u));
#else
  uint row = batch * x_batch + min(m0 + line, m_count - 1u) * k_count;
#endif
  uint column = batch * w_batch + min(n0 + line, n_count - 1u) * k_count;
  uint mi = lane / 16u * 4u, ni = lane % 16u * 4u;
  vec4 acc[4] = { vec4(0.0), vec4(0.0), vec4(0.0), vec4(0.0) };

  for (uint k0 = 0; k0 < k_count; k0 += STEP) {
    uint k = k0 + part;
    vec4 a = vec4(0.0), b = vec4(0.0);
    if (k < k_count) {
#ifdef CONV
      a = patch_load(row, patch_tap(k));
#else
      a = LOAD_X((row + k) >> 2);
#endif
      b = load_w(column, k);
    }
    barrier();
    [[unroll]] for (uint c = 0; c < 4; c++) {
      xs[(part + c) * LDS + line] = a[c];
      ws[(part + c) * LDS + line] = b[c];
    }
    barrier();
    [[unroll]] for (uint s = 0; s < STEP; s++) {
      vec4 wv = vec4(ws[s * LDS + ni], ws[s * LDS + ni + 1u], ws[s * LDS + ni + 2u],
                     ws[s * LDS + ni + 3u]);
      [[unroll]] for (uint i = 0; i < 4; i++) acc[i] += xs[s * LDS + mi + i] * wv;
    }
  }

  [[unroll]] for (uint i = 0; i < 4; i++) [[unroll]] for (uint j = 0; j < 4; j++)
    if (m0 + mi + i < m_count && n0 + ni + j < n_count)
      finish(batch, m0 + mi + i, n0 + ni + j, acc[i][j], bias_of(n0 + ni + j));
}
