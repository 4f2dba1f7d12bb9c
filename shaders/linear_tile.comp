#version 450
#extension GL_EXT_shader_16bit_storage : require
#extension GL_EXT_control_flow_attributes : require
#extension GL_GOOGLE_include_directive : require
#extension GL_KHR_shader_subgroup_shuffle : require
#include "activation.glsl"
#include "load.glsl"
#include "grid.glsl"
#define FINISH4
#include "epilogue.glsl"
#include "weights.glsl"

// y[m, n] = act(scale · sum over k of x[m, k] · w[n, k] + …), see lib/epilogue.glsl; with CONV the
// rows of x are patches of a picture. One subgroup makes a tile of TM rows by SG·TN columns: a lane
// holds TN neighbouring columns, which are stored at once where TN is 4, loads the weights of its
// own columns, and receives x from the lane that loaded it by a shuffle from a constant lane. Made
// for software devices, where a load costs more than a dozen multiplications. K is a multiple of
// PER_PACK.
layout(constant_id = 1) const uint SG = 8;
layout(constant_id = 2) const uint TM = 16;
layout(constant_id = 3) const uint TN = 2; // 4 only where N is a multiple of 4

WORDS_IN(0, x); // [batch, M, K], or a picture

#ifdef X_F16
#define LOAD_X(i) LOAD4_F16(x, i)
#else
#define LOAD_X(i) LOAD4_F32(x, i)
#endif

#ifdef CONV
#include "conv-rows.glsl"
#endif

// Elements along k in one step: a whole pack, and x from every lane.
const uint LOADS = 4u * SG < PER_PACK ? PER_PACK / (4u * SG) : 1u, CHUNK = LOADS * 4u * SG, STEPS = CHUNK / PER_PACK;

void main()
{
  uint lane = gl_SubgroupInvocationID, batch = gl_WorkGroupID.z;
  uint m_tiles = (m_count + TM - 1u) / TM;
  uint m0 = grid_group() % m_tiles * TM, n0 = grid_group() / m_tiles * (SG * TN);
  if (n0 >= n_count)
    return; // the whole subgroup

  // Rows and columns past the end repeat the last one and are not stored.
#ifdef CONV
  PatchRow row[TM];
  row[0] = patch_row(m0);
  [[unroll]] for (uint i = 1; i < TM; i++) row[i] = patch_next(row[i - 1u], m0 + i >= m_count);
#else
  uint row[TM];
  [[unroll]] for (uint i = 0; i < TM; i++)
    row[i] = (batch * x_batch + min(m0 + i, m_count - 1u) * k_count) >> 2;
#endif
  uint column[TN];
  [[unroll]] for (uint j = 0; j < TN; j++)
    column[j] = batch * w_batch + min(n0 + lane * TN + j, n_count - 1u) * k_count;

  float acc[TM * TN];
  [[unroll]] for (uint i = 0; i < TM * TN; i++) acc[i] = 0.0;

  for (uint k0 = 0; k0 < k_count; k0 += CHUNK) {
    vec4 a[TM * LOADS];
    [[unroll]] for (uint l = 0; l < LOADS; l++) {
      uint k = k0 + 4u * (l * SG + lane);
      bool inside = k < k_count;
#ifdef CONV
      uvec3 tap = patch_tap(inside ? k : 0u);
      [[unroll]] for (uint i = 0; i < TM; i++) a[l * TM + i] = patch_load(row[i], tap);
#else
      [[unroll]] for (uint i = 0; i < TM; i++)
        a[l * TM + i] = LOAD_X(row[i] + (inside ? k >> 2 : 0u));
#endif
      [[unroll]] for (uint i = 0; i < TM; i++)
        a[l * TM + i] = inside ? a[l * TM + i] : vec4(0.0);
    }

    // All of a column before the next: rows of w often lie a multiple of 4096 bytes apart and push
    // each other out of a cache.
    Pack packs[TN * STEPS];
    vec2 scale_of[TN * STEPS];
    [[unroll]] for (uint j = 0; j < TN; j++) [[unroll]] for (uint t = 0; t < STEPS; t++) {
      uint e = column[j] + min(k0 + t * PER_PACK, k_count - PER_PACK); // past the end, x is zero
      packs[j * STEPS + t] = load_pack(e);
      scale_of[j * STEPS + t] = pack_scales(e);
    }

    [[unroll]] for (uint t = 0; t < STEPS; t++) {
      [[unroll]] for (uint q = 0; q < PER_PACK / 4u; q++) {
        vec4 b[TN];
        [[unroll]] for (uint j = 0; j < TN; j++)
          b[j] = scaled(weights_of(packs[j * STEPS + t], q), scale_of[j * STEPS + t], q);
        uint from = t * (PER_PACK / 4u) + q;
        [[unroll]] for (uint i = 0; i < TM; i++) [[unroll]] for (uint c = 0; c < 4; c++) {
          float v = subgroupShuffle(a[from / SG * TM + i][c], from % SG);
          [[unroll]] for (uint j = 0; j < TN; j++) acc[i * TN + j] += v * b[j][c];
        }
      }
    }
  }

  if (TN == 4) {
    uint n = n0 + lane * 4u;
    vec4 b = bias4_of(min(n, n_count - 4u));
    [[unroll]] for (uint i = 0; i < TM; i++)
      if (m0 + i < m_count && n < n_count)
        finish4(batch, m0 + i, n, vec4(acc[i * TN], acc[i * TN + 1u], acc[i * TN + 2u], acc[i * TN + 3u]), b);
  } else {
    [[unroll]] for (uint j = 0; j < TN; j++) {
      uint n = n0 + lane * TN + j;
      float b = bias_of(min(n, n_count - 1u));
      [[unroll]] for (uint i = 0; i < TM; i++)
        if (m0 + i < m_count && n < n_count)
          finish(batch, m0 + i, n, acc[i * TN + j], b);
    }
  }
}
