#version 450
#extension GL_EXT_shader_16bit_storage : require
#extension GL_EXT_control_flow_attributes : require
#extension GL_GOOGLE_include_directive : require
#extension GL_KHR_shader_subgroup_arithmetic : require
#extension GL_KHR_shader_subgroup_shuffle : require
#include "grid.glsl"
#include "load.glsl"
#include "math.glsl"

// y[n] = sum over m of softmax_m(scale · q[n]·k[m] + mask[m]) v[m] for each head, without storing the
// scores: Milakov and Gimelshein 2018 (running maximum and sum), Dao et al. 2022 (tiles). One
// subgroup serves TM queries of one head. Scores: a lane holds keys m + lane + SG·j, q comes by a
// shuffle from the constant lane that loaded it. Values: a lane holds channels, weights come by a
// shuffle from the lane of their key.
layout(constant_id = 1) const uint SG = 8;
layout(constant_id = 2) const uint TM = 8;
layout(constant_id = 3) const uint TN = 2;
layout(constant_id = 4) const uint DK4 = 16; // groups of four channels of q and k in a head
layout(constant_id = 5) const uint DV4 = 16; // … of v
layout(constant_id = 6) const bool PLAIN = true; // no causal, position, n_keys, mask, skip

WORDS_IN(0, q); // [B, N, heads·Dk]
WORDS_IN(1, k); // [B, M, kv_heads·Dk]
WORDS_IN(2, v); // [B, M, kv_heads·Dv]
layout(std430, binding = 3) readonly buffer Position { int position[]; }; // [1]
layout(std430, binding = 4) readonly buffer Keys { int n_keys[]; };       // [1]
layout(std430, binding = 5) readonly buffer Mask { float mask[]; };       // [M]
layout(std430, binding = 6) writeonly buffer Y { ELEM4 y[]; };            // [B, N, heads·Dv]
layout(push_constant) uniform Params
{
  uint n_count, m_count, heads, group; // queries, keys, query heads, query heads per kv head
  uint causal, has_position, has_keys, has_mask, skip;
  uint problems;                       // B · heads
  float scale;
};

#ifdef X_F16
#define LOAD_Q(i) LOAD4_F16(q, i)
#else
#define LOAD_Q(i) LOAD4_F32(q, i)
#endif
// LOAD_K: so that a compiler sees which neighbours share a word, where all rows begin with one.
#ifdef KV_F16
#define LOAD_K(row, d)                                                                             \
  (DK4 % 2u == 0u ? half_of_words(WORDS(k, (row) * (DK4 / 2u) + (d) / 2u), d) : LOAD4_F16(k, (row) * DK4 + (d)))
#define LOAD_V(i) LOAD4_F16(v, i)
#else
#define LOAD_K(row, d) LOAD4_F32(k, (row) * DK4 + (d))
#define LOAD_V(i) LOAD4_F32(v, i)
#endif

const uint QV = (DK4 + SG - 1u) / SG, VV = (DV4 + SG - 1u) / SG; // vectors per lane
const uint KEYS = SG < 4u ? SG : 4u;
const float LOW = -1e30; // below all scores that count

// The largest value of all lanes. Software devices walk through their few lanes for subgroupMax().
float largest(float v)
{
  if (SG > 16u)
    return subgroupMax(v);
  float best = v;
  [[unroll]] for (uint i = 0; i < SG; i++) best = max(best, subgroupShuffle(v, i));
  return best;
}

void main()
{
  uint lane = gl_SubgroupInvocationID;
  uint tiles = (n_count + TM - 1u) / TM;
  uint n0 = grid_group() % tiles * TM, problem = grid_group() / tiles;
  if (problem >= problems)
    return; // the whole subgroup
  uint head = problem % heads, batch = problem / heads;
  uint kv_heads = heads / group, kv_head = head / group;

  uint first = !PLAIN && has_position != 0u ? uint(position[0]) : 0u;
  uint keys = m_count;
  if (!PLAIN && has_keys != 0u)
    keys = min(keys, uint(max(n_keys[0], 0)));
  uint limit = keys; // of the last query of the tile
  if (!PLAIN && causal != 0u)
    limit = min(limit, first + n0 + TM);

  vec4 qv[TM * QV], sum_v[TM * VV];
  float top[TM], total[TM];
  [[unroll]] for (uint i = 0; i < TM; i++) {
    uint row = (batch * n_count + min(n0 + i, n_count - 1u)) * heads + head;
    [[unroll]] for (uint p = 0; p < QV; p++) {
      uint at = min(p * SG + lane, DK4 - 1u);
      qv[i * QV + p] = scale * LOAD_Q(row * DK4 + at);
    }
    [[unroll]] for (uint p = 0; p < VV; p++) sum_v[i * VV + p] = vec4(0.0);
    top[i] = LOW;
    total[i] = 0.0;
  }

  for (uint m0 = 0; m0 < limit; m0 += SG * TN) {
    // Rows past the limit may hold anything, so the last good one is read instead and its weight is
    // zero.
    float s[TM * TN];
    uint key_row[TN];
    [[unroll]] for (uint j = 0; j < TN; j++)
      key_row[j] = (batch * m_count + min(m0 + lane + j * SG, limit - 1u)) * kv_heads + kv_head;
    [[unroll]] for (uint i = 0; i < TM * TN; i++) s[i] = 0.0;
    // Four vectors of a key before the next key: rows of k often lie a multiple of 4096 bytes apart
    // and push each other out of a cache.
    [[unroll]] for (uint d0 = 0; d0 < DK4; d0 += 4u) {
      vec4 kv[TN * 4u];
      [[unroll]] for (uint j = 0; j < TN; j++) [[unroll]] for (uint t = 0; t < 4u; t++)
        if (d0 + t < DK4)
          kv[j * 4u + t] = LOAD_K(key_row[j], d0 + t);
      [[unroll]] for (uint i = 0; i < TM; i++) [[unroll]] for (uint t = 0; t < 4u; t++)
        if (d0 + t < DK4)
          [[unroll]] for (uint c = 0; c < 4; c++) {
            float x = subgroupShuffle(qv[i * QV + (d0 + t) / SG][c], (d0 + t) % SG);
            [[unroll]] for (uint j = 0; j < TN; j++) s[i * TN + j] += x * kv[j * 4u + t][c];
          }
    }

    [[unroll]] for (uint i = 0; i < TM; i++) {
      float best = LOW;
      [[unroll]] for (uint j = 0; j < TN; j++) {
        uint m = m0 + lane + j * SG;
        bool seen = m < limit;
        if (!PLAIN) {
          seen = seen && (causal == 0u || m <= first + n0 + i);
          if (has_mask != 0u)
            s[i * TN + j] += mask[min(m, m_count - 1u)];
        }
        s[i * TN + j] = seen ? s[i * TN + j] : 2.0 * LOW;
        best = max(best, s[i * TN + j]);
      }
      best = max(top[i], largest(best));
      float fade = exp_f32(top[i] - best);
      top[i] = best;
      total[i] *= fade;
      [[unroll]] for (uint p = 0; p < VV; p++) sum_v[i * VV + p] *= fade;
      [[unroll]] for (uint j = 0; j < TN; j++) {
        float weight = s[i * TN + j] > LOW ? exp_f32(s[i * TN + j] - best) : 0.0;
        total[i] += weight;
        s[i * TN + j] = PLAIN || m0 + lane + j * SG >= skip ? weight : 0.0;
      }
    }

    // Several keys at once, so that sums are loaded and stored less often.
    [[unroll]] for (uint j = 0; j < TN; j++) [[unroll]] for (uint t0 = 0; t0 < SG; t0 += KEYS) {
      vec4 vv[KEYS * VV];
      [[unroll]] for (uint t = 0; t < KEYS; t++) {
        uint row = (batch * m_count + min(m0 + j * SG + t0 + t, limit - 1u)) * kv_heads + kv_head;
        [[unroll]] for (uint p = 0; p < VV; p++)
          vv[t * VV + p] = LOAD_V(row * DV4 + min(p * SG + lane, DV4 - 1u));
      }
      [[unroll]] for (uint i = 0; i < TM; i++) {
        float weight[KEYS];
        [[unroll]] for (uint t = 0; t < KEYS; t++)
          weight[t] = subgroupShuffle(s[i * TN + j], t0 + t);
        [[unroll]] for (uint p = 0; p < VV; p++) [[unroll]] for (uint t = 0; t < KEYS; t++)
          sum_v[i * VV + p] += weight[t] * vv[t * VV + p];
      }
    }
  }

  [[unroll]] for (uint i = 0; i < TM; i++) {
    float sum = subgroupAdd(total[i]);
    float norm = sum > 0.0 ? 1.0 / sum : 0.0; // nothing seen: zeros
    uint row = (batch * n_count + n0 + i) * heads + head;
    [[unroll]] for (uint p = 0; p < VV; p++) {
      uint at = p * SG + lane;
      if (n0 + i < n_count && at < DV4)
        y[row * DV4 + at] = ELEM4(norm * sum_v[i * VV + p]);
    }
  }
}
