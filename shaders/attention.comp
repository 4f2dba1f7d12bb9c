#version 450
#extension GL_EXT_shader_16bit_storage : require
#extension GL_EXT_control_flow_attributes : require
#extension GL_GOOGLE_include_directive : require
#extension GL_KHR_shader_subgroup_arithmetic : require
#extension GL_KHR_shader_subgroup_shuffle : require
#include "attention.glsl"

// lib/attention.glsl with one subgroup for TM queries of one head. Scores: a lane holds keys
// m + lane + SG·j, q comes by a shuffle from the constant lane that loaded it. Values: a lane holds
// channels, weights come by a shuffle from the lane of their key.
layout(constant_id = 1) const uint SG = 8;
layout(constant_id = 2) const uint TM = 8;
layout(constant_id = 3) const uint TN = 2;

const uint QV = (DK4 + SG - 1u) / SG, VV = (DV4 + SG - 1u) / SG; // vectors per lane
const uint KEYS = SG < 4u ? SG : 4u;

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
  Share share = share_of_group(TM, SG * TN);
  if (!share.is_some)
    return; // the whole subgroup

  vec4 qv[TM * QV], sum_v[TM * VV];
  float top[TM], total[TM];
  [[unroll]] for (uint i = 0; i < TM; i++) {
    uint row = query_row(share, min(share.n0 + i, n_count - 1u));
    [[unroll]] for (uint p = 0; p < QV; p++) {
      uint at = min(p * SG + lane, DK4 - 1u);
      qv[i * QV + p] = scale * LOAD_Q(row * DK4 + at);
    }
    [[unroll]] for (uint p = 0; p < VV; p++) sum_v[i * VV + p] = vec4(0.0);
    top[i] = LOW;
    total[i] = 0.0;
  }

  for (uint m0 = share.begin; m0 < share.end; m0 += SG * TN) {
    float s[TM * TN];
    uint row[TN];
    [[unroll]] for (uint j = 0; j < TN; j++) row[j] = key_row(share, m0 + lane + j * SG);
    [[unroll]] for (uint i = 0; i < TM * TN; i++) s[i] = 0.0;
    // Four vectors of a key before the next key: rows of k often lie a multiple of 4096 bytes apart
    // and push each other out of a cache.
    [[unroll]] for (uint d0 = 0; d0 < DK4; d0 += 4u) {
      vec4 kv[TN * 4u];
      [[unroll]] for (uint j = 0; j < TN; j++) [[unroll]] for (uint t = 0; t < 4u; t++)
        if (d0 + t < DK4)
          kv[j * 4u + t] = LOAD_K(row[j], d0 + t);
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
        s[i * TN + j] = seen_score(share, s[i * TN + j], share.n0 + i, m0 + lane + j * SG);
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
        uint value_row = key_row(share, m0 + j * SG + t0 + t);
        [[unroll]] for (uint p = 0; p < VV; p++)
          vv[t * VV + p] = LOAD_V(value_row * DV4 + min(p * SG + lane, DV4 - 1u));
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
    [[unroll]] for (uint p = 0; p < VV; p++)
      store_result(share, share.n0 + i, p * SG + lane, sum_v[i * VV + p], sum);
    if (lane == 0u)
      store_stats(share, share.n0 + i, top[i], sum);
  }
}
