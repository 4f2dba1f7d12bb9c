#version 450
#extension GL_GOOGLE_include_directive : require
#include "elem.glsl"
#include "grid.glsl"
#include "math.glsl"
#include "rows.glsl"

// y[n, m] = mean over heads h of softmax over m of scale · q[n, h] · k[m, h] + mask[m].
// Rows without an unmasked key give zeros. One subgroup per row n.
// Scores are computed twice instead of stored: once for each head's maximum and sum, once for the
// result, so that any number of keys fits. VEC: the head size is a multiple of four.
layout(constant_id = 3) const bool HAS_MASK = false;
layout(std430, binding = 0) readonly buffer Q { ELEM q[]; };  // [rows, n_heads · size]
layout(std430, binding = 0) readonly buffer Q4 { ELEM4 q4[]; };
layout(std430, binding = 1) readonly buffer K { ELEM k[]; };  // [n_keys, n_heads · size]
layout(std430, binding = 1) readonly buffer K4 { ELEM4 k4[]; };
layout(std430, binding = 2) readonly buffer Mask { float mask[]; }; // [n_keys]
layout(std430, binding = 3) writeonly buffer Y { ELEM y[]; }; // [rows, n_keys]
layout(push_constant) uniform Params { uint rows; uint n_keys; uint n_heads; uint size; float scale; };

const uint MAX_HEADS = 64u;
shared vec2 stats[MAX_HEADS]; // each head's maximum and reciprocal sum

float score(uint row, uint key, uint head)
{
  uint n = ROW_STEPS(size), at_q = (row * n_heads + head) * n, at_k = (key * n_heads + head) * n;
  float sum = 0.0;
  for (uint i = 0u; i < n; i++)
    sum += dot(ROW_LOAD(q, q4, at_q + i), ROW_LOAD(k, k4, at_k + i));
  return sum * scale + (HAS_MASK ? mask[key] : 0.0);
}

void main()
{
  uint row = grid_group();
  if (row >= rows)
    return;
  for (uint h = 0u; h < n_heads; h++) {
    float top = -3.4e38, sum = 0.0;
    for (uint m = LANE; m < n_keys; m += LANES) {
      float s = score(row, m, h), higher = max(top, s);
      sum = sum * exp_f32(top - higher) + exp_f32(s - higher);
      top = higher;
    }
    float all = subgroupMax(top), total = subgroupAdd(sum * exp_f32(top - all));
    if (LANE == 0u)
      stats[h] = vec2(all, total > 0.0 ? 1.0 / total : 0.0);
  }
  barrier();
  for (uint m = LANE; m < n_keys; m += LANES) {
    float sum = 0.0;
    for (uint h = 0u; h < n_heads; h++)
      sum += exp_f32(score(row, m, h) - stats[h].x) * stats[h].y;
    y[row * n_keys + m] = ELEM(sum / float(n_heads));
  }
}
