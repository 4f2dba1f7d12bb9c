// What the kernels of attention share: operands, which keys a query sees, and where results go.
//
// y[n] = sum over m of softmax_m(scale · q[n]·k[m] + mask[m]) v[m] for each head, without storing the
// scores: Milakov and Gimelshein 2018 (running maximum and sum), Dao et al. 2022 (tiles). Where there
// are few queries, the keys are split among workgroups, and attention_merge.comp joins what they
// found (Dao et al. 2023, "Flash-Decoding").
#include "grid.glsl"
#include "load.glsl"
#include "math.glsl"

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
layout(std430, binding = 6) writeonly buffer Parts { vec4 parts[]; };     // [splits, B·N·heads, Dv + 4]
layout(push_constant) uniform Params
{
  uint n_count, m_count, heads, group; // queries, keys, query heads, query heads per kv head
  uint causal, has_position, has_keys, has_mask, skip;
  uint problems; // B · heads
  uint splits;   // of the keys
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

const float LOW = -1e30; // below all scores that count

// A workgroup's share: a tile of queries of one head, and a range of keys.
struct Share
{
  uint n0, head, batch, kv_head, kv_heads, split;
  uint first;        // position of the first query of all
  uint limit;        // keys from here on are seen by no query of the tile
  uint begin, end;   // the range
  bool is_some;      // else there is nothing to do
};

// For tiles of @rows queries, with keys taken @step at a time.
Share share_of_group(uint rows, uint step)
{
  Share s;
  uint tiles = (n_count + rows - 1u) / rows, group_id = grid_group(), rest = group_id / tiles;
  uint problem = rest % problems, keys = m_count;
  s.n0 = group_id % tiles * rows;
  s.split = rest / problems;
  s.is_some = s.split < splits;
  s.head = problem % heads;
  s.batch = problem / heads;
  s.kv_heads = heads / group;
  s.kv_head = s.head / group;
  s.first = !PLAIN && has_position != 0u ? uint(position[0]) : 0u;
  if (!PLAIN && has_keys != 0u)
    keys = min(keys, uint(max(n_keys[0], 0)));
  s.limit = keys;
  if (!PLAIN && causal != 0u)
    s.limit = min(s.limit, s.first + s.n0 + rows);
  uint span = ((keys + splits - 1u) / splits + step - 1u) / step * step;
  s.begin = s.split * span;
  s.end = min(s.limit, s.begin + span);
  return s;
}

// Rows past the limit may hold anything, so the last good one is read instead and its weight is zero.
uint key_row(Share s, uint m)
{
  return (s.batch * m_count + min(m, s.limit - 1u)) * s.kv_heads + s.kv_head;
}

uint query_row(Share s, uint n)
{
  return (s.batch * n_count + n) * heads + s.head;
}

// A score of query n and key m as the softmax takes it: 2 · LOW where the key is not seen.
float seen_score(Share s, float score, uint n, uint m)
{
  bool seen = m < s.limit;
  if (!PLAIN) {
    seen = seen && (causal == 0u || m <= s.first + n);
    if (has_mask != 0u)
      score += mask[min(m, m_count - 1u)];
  }
  return seen ? score : 2.0 * LOW;
}

// Four channels of a query's result: a sum of values with weights that add up to @total below @top.
void store_result(Share s, uint n, uint at, vec4 sum, float total)
{
  if (n >= n_count || at >= DV4)
    return;
  if (splits == 1u)
    y[query_row(s, n) * DV4 + at] = ELEM4((total > 0.0 ? 1.0 / total : 0.0) * sum); // nothing seen: zeros
  else
    parts[(s.split * n_count * problems + query_row(s, n)) * (DV4 + 1u) + at] = sum;
}

// Called by one invocation for each query.
void store_stats(Share s, uint n, float top, float total)
{
  if (n < n_count && splits > 1u)
    parts[(s.split * n_count * problems + query_row(s, n)) * (DV4 + 1u) + DV4] = vec4(top, total, 0.0, 0.0);
}
