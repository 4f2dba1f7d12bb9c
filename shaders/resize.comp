#version 450
#extension GL_GOOGLE_include_directive : require
#include "divide.glsl"
#include "elem.glsl"
#include "grid.glsl"
#include "source.glsl"

// One pass of separable resampling along the middle dimension: y[o, p, i] = Σ over t of weights[p,
// t] · x[o, first[p] + t, i]. The host prepares first and weights for the filter; taps past the end
// have the weight zero. With ROUND the result is clamped to 0 … 255 and rounded half to even. One
// invocation per element of y, or per four neighbours i with VEC. With FROM_BYTES x holds bytes.
layout(local_size_x_id = 0) in;
layout(constant_id = 2) const bool VEC = true;
layout(constant_id = 3) const bool ROUND = false;
layout(constant_id = 4) const uint FEW = 0; // 1 or 2 taps; 0: many, in fours
#ifdef FROM_BYTES
layout(std430, binding = 0) readonly buffer X { uint x[]; }; // [outer, n_in, inner]
#else
layout(std430, binding = 0) readonly buffer X { SOURCE x[]; };
#endif
layout(std430, binding = 0) readonly buffer X4 { SOURCE4 x4[]; };
layout(std430, binding = 1) readonly buffer First { int first[]; };       // [n_out]
layout(std430, binding = 2) readonly buffer Weights { vec4 weights[]; };  // [n_out, n_fours]
layout(std430, binding = 2) readonly buffer FewWeights { float few_weights[]; }; // [n_out, FEW]
layout(std430, binding = 3) writeonly buffer Y { ELEM y[]; };             // [outer, n_out, inner]
layout(std430, binding = 3) writeonly buffer Y4 { ELEM4 y4[]; };
layout(push_constant) uniform Params {
  uint n_items;
  uint n_in, n_out;
  uint n_fours; // taps, in fours
  uint steps; // inner, in elements or fours
  uint steps_multiplier, steps_shift;
  uint out_multiplier, out_shift;
};

vec4 load(uint at)
{
#ifdef FROM_BYTES
  return VEC ? WIDEN(x4[at]) : vec4(float((x[at >> 2] >> ((at & 3u) * 8u)) & 255u));
#else
  return VEC ? WIDEN(x4[at]) : vec4(float(x[at]));
#endif
}

void main()
{
  uint item = grid_index();
  if (item >= n_items)
    return;
  uint line = divide(item, steps_multiplier, steps_shift), i = item - line * steps;
  uint o = divide(line, out_multiplier, out_shift), p = line - o * n_out;
  uint start = uint(first[p]), base = o * n_in * steps + i;
  vec4 sum = vec4(0.0);
  [[unroll]] for (uint k = 0u; k < FEW; k++)
    sum += few_weights[p * FEW + k] * load(base + min(start + k, n_in - 1u) * steps);
  for (uint t = 0u; FEW == 0u && t < n_fours; t++) {
    vec4 w = weights[p * n_fours + t];
    [[unroll]] for (uint k = 0u; k < 4u; k++)
      sum += w[k] * load(base + min(start + t * 4u + k, n_in - 1u) * steps);
  }
  if (ROUND)
    sum = roundEven(clamp(sum, 0.0, 255.0));
  if (VEC)
    y4[item] = ELEM4(sum);
  else
    y[item] = ELEM(sum.x);
}
