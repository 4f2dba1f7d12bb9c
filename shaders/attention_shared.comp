#version 450
#extension GL_EXT_shader_16bit_storage : require
#extension GL_EXT_control_flow_attributes : require
#extension GL_GOOGLE_include_directive : require
#include "attention.glsl"

// lib/attention.glsl on GPUs: a workgroup of 256 serves 64 queries of one head, 64 keys at a time.
// Scores are made from slices of 16 channels of q and k in shared memory, results from slices of v; an
// invocation loads its share of the next slice meanwhile. It holds a square of four queries by four
// keys, then squares of the queries by four channels, 64 apart.
const uint TILE = 64u, LD = TILE / 4u + 1u;  // of rows in shared memory, in vec4
const uint VS = (DV4 + 15u) / 16u;           // vectors of channels per invocation
const uint V_ROWS = DV4 <= 16u ? 16u : DV4 <= 32u ? 8u : 4u; // keys of a slice of v

// Of q by channel, then query, and what the lanes of a row share; of k by channel, then key, or of v.
shared vec4 q_slice[16u * LD], slice[16u * LD];
shared vec4 weights[TILE * LD]; // by key, then query

// Four channels of a query or key, zero past the last.
vec4 load_q(uint row, uint d)
{
  return d < DK4 ? scale * LOAD_Q(row * DK4 + d) : vec4(0.0);
}

vec4 load_k(uint row, uint d)
{
  return d < DK4 ? LOAD_K(row, d) : vec4(0.0);
}

// Four channels of the slice of values from key m on.
vec4 load_v(Share share, uint m, uint at)
{
  return at < V_ROWS * DV4 ? LOAD_V(key_row(share, m + at / DV4) * DV4 + at % DV4) : vec4(0.0);
}

void main()
{
  Share share = share_of_group(TILE, TILE);
  if (!share.is_some)
    return; // the whole workgroup
  uint lane = gl_LocalInvocationID.x, line = lane / 4u, part = lane % 4u, mi = lane / 16u, ni = lane % 16u;
  uint q_row = query_row(share, min(share.n0 + line, n_count - 1u)), n0 = share.n0 + 4u * mi;

  vec4 sum_v[4u * VS], total = vec4(0.0), top = vec4(LOW); // of four queries
  [[unroll]] for (uint i = 0; i < 4u * VS; i++) sum_v[i] = vec4(0.0);

  for (uint m0 = share.begin; m0 < share.end; m0 += TILE) {
    vec4 score[4]; // of four keys
    [[unroll]] for (uint i = 0; i < 4; i++) score[i] = vec4(0.0);
    uint k_row = key_row(share, m0 + line);
    vec4 a = load_q(q_row, part), b = load_k(k_row, part);
    [[dont_unroll]] for (uint d = part; d - part < DK4; d += 4u) {
      barrier();
      [[unroll]] for (uint c = 0; c < 4; c++) {
        uint at = (part * 4u + c) * LD + line / 4u;
        q_slice[at][line % 4u] = a[c];
        slice[at][line % 4u] = b[c];
      }
      barrier();
      a = load_q(q_row, d + 4u);
      b = load_k(k_row, d + 4u);
      [[unroll]] for (uint s = 0; s < 16; s++) {
        vec4 queries = q_slice[s * LD + mi], keys = slice[s * LD + ni];
        [[unroll]] for (uint i = 0; i < 4; i++) score[i] += queries[i] * keys;
      }
    }
    vec4 values = load_v(share, m0, lane);

    // The largest score of each query: of four keys, then of the 16 lanes of the row.
    uint m = m0 + 4u * ni;
    vec4 best = top;
    [[unroll]] for (uint i = 0; i < 4; i++) [[unroll]] for (uint j = 0; j < 4; j++) {
      score[i][j] = seen_score(share, score[i][j], n0 + i, m + j);
      best[i] = max(best[i], score[i][j]);
    }
    barrier();
    q_slice[ni * LD + mi] = best;
    barrier();
    for (uint t = 0; t < 16u; t++) best = max(best, q_slice[t * LD + mi]);

    vec4 fade;
    [[unroll]] for (uint i = 0; i < 4; i++) fade[i] = exp_f32(top[i] - best[i]);
    top = best;
    total *= fade;
    [[unroll]] for (uint i = 0; i < 4; i++) [[unroll]] for (uint x = 0; x < VS; x++) sum_v[i * VS + x] *= fade[i];
    [[unroll]] for (uint j = 0; j < 4; j++) {
      vec4 weight;
      [[unroll]] for (uint i = 0; i < 4; i++)
        weight[i] = score[i][j] > LOW ? exp_f32(score[i][j] - top[i]) : 0.0;
      total += weight;
      weights[(4u * ni + j) * LD + mi] = PLAIN || m + j >= skip ? weight : vec4(0.0);
    }

    [[dont_unroll]] for (uint t0 = 0; t0 < TILE; t0 += V_ROWS) {
      barrier();
      slice[lane] = values;
      barrier();
      values = load_v(share, m0 + t0 + V_ROWS, lane);
      [[unroll]] for (uint t = 0; t < V_ROWS; t++) {
        vec4 weight = weights[(t0 + t) * LD + mi];
        [[unroll]] for (uint x = 0; x < VS; x++) {
          vec4 value = slice[t * DV4 + min(ni + 16u * x, DV4 - 1u)];
          [[unroll]] for (uint i = 0; i < 4; i++) sum_v[i * VS + x] += weight[i] * value;
        }
      }
    }
  }

  barrier();
  q_slice[ni * LD + mi] = total;
  barrier();
  total = vec4(0.0);
  for (uint t = 0; t < 16u; t++) total += q_slice[t * LD + mi];
  [[unroll]] for (uint i = 0; i < 4; i++) {
    [[unroll]] for (uint x = 0; x < VS; x++)
      store_result(share, n0 + i, ni + 16u * x, sum_v[i * VS + x], total[i]);
    if (ni == 0u)
      store_stats(share, n0 + i, top[i], total[i]);
  }
}
