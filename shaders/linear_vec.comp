#version 450
#extension GL_EXT_shader_16bit_storage : require
#extension GL_EXT_control_flow_attributes : require
#extension GL_GOOGLE_include_directive : require
#extension GL_KHR_shader_subgroup_arithmetic : require
#include "activation.glsl"
#include "load.glsl"
#include "grid.glsl"
#include "epilogue.glsl"
#include "weights.glsl"

// The product of lib/epilogue.glsl for few rows of x: one subgroup makes TM rows by TN columns, its
// lanes lie along k, and the partial sums meet at the end. K is a multiple of PER_PACK.
layout(constant_id = 1) const uint SG = 8;
layout(constant_id = 2) const uint TM = 1;
layout(constant_id = 3) const uint TN = 4;

WORDS_IN(0, x); // [batch, M, K]

#ifdef X_F16
#define LOAD_X(i) LOAD4_F16(x, i)
#else
#define LOAD_X(i) LOAD4_F32(x, i)
#endif

const uint QUADS = PER_PACK / 4u;

void main()
{
  uint lane = gl_SubgroupInvocationID, batch = gl_WorkGroupID.z;
  uint tile = grid_group() * gl_NumSubgroups + gl_SubgroupID;
  uint m_tiles = (m_count + TM - 1u) / TM;
  uint m0 = tile % m_tiles * TM, n0 = tile / m_tiles * TN;
  if (n0 >= n_count)
    return; // the whole subgroup

  uint row[TM], column[TN];
  [[unroll]] for (uint i = 0; i < TM; i++)
    row[i] = (batch * x_batch + min(m0 + i, m_count - 1u) * k_count) >> 2;
  [[unroll]] for (uint j = 0; j < TN; j++)
    column[j] = batch * w_batch + min(n0 + j, n_count - 1u) * k_count;

  float acc[TM * TN];
  [[unroll]] for (uint i = 0; i < TM * TN; i++) acc[i] = 0.0;

  for (uint k0 = 0; k0 < k_count; k0 += SG * PER_PACK) {
    uint k = k0 + lane * PER_PACK;
    bool inside = k < k_count;
    k = inside ? k : 0u;
    vec4 a[TM * QUADS];
    float total[TM];
    [[unroll]] for (uint i = 0; i < TM; i++) {
      vec4 sum = vec4(0.0);
      [[unroll]] for (uint q = 0; q < QUADS; q++) {
        vec4 v = LOAD_X(row[i] + (k >> 2) + q);
        a[i * QUADS + q] = inside ? v : vec4(0.0);
        sum += a[i * QUADS + q];
      }
      total[i] = sum.x + sum.y + sum.z + sum.w;
    }
    [[unroll]] for (uint j = 0; j < TN; j++) {
      Pack pack = load_pack(column[j] + k);
      vec2 s = pack_scales(column[j] + k);
      [[unroll]] for (uint i = 0; i < TM; i++) {
        vec2 sums = vec2(0.0);
        [[unroll]] for (uint q = 0; q < QUADS; q++)
          sums[q * 2u / QUADS] += dot(a[i * QUADS + q], weights_of(pack, q));
        acc[i * TN + j] += scaled_sum(sums, total[i], s);
      }
    }
  }

  [[unroll]] for (uint i = 0; i < TM; i++) [[unroll]] for (uint j = 0; j < TN; j++) {
    float sum = subgroupAdd(acc[i * TN + j]);
    if (lane == (i * TN + j) % SG && m0 + i < m_count && n0 + j < n_count)
      finish(batch, m0 + i, n0 + j, sum, bias_of(n0 + j));
  }
}
