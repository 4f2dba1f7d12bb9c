#version 450
#extension GL_GOOGLE_include_directive : require
#include "divide.glsl"
#include "elem.glsl"
#include "grid.glsl"

// y[o, c] = Σ, mean or maximum over k of x[o, k, c], by the numbers of TpoReduce. One invocation per
// column, or per four neighbours with VEC (cols a multiple of four).
layout(local_size_x_id = 0) in;
layout(constant_id = 2) const bool VEC = true;
layout(constant_id = 3) const uint OP = 0;
layout(std430, binding = 0) readonly buffer X { ELEM x[]; };  // [outer, n, cols]
layout(std430, binding = 0) readonly buffer X4 { ELEM4 x4[]; };
layout(std430, binding = 1) writeonly buffer Y { ELEM y[]; }; // [outer, cols]
layout(std430, binding = 1) writeonly buffer Y4 { ELEM4 y4[]; };
layout(push_constant) uniform Params {
  uint n_items; // outer · steps
  uint n;
  uint steps; // cols, in elements or fours
  uint multiplier, shift; // divide by steps
};

vec4 load(uint at)
{
  return VEC ? vec4(x4[at]) : vec4(float(x[at]));
}

void main()
{
  uint i = grid_index();
  if (i >= n_items)
    return;
  uint outer = divide(i, multiplier, shift);
  uint at = outer * n * steps + (i - outer * steps);
  vec4 result;
  if (OP == 2u) {
    result = load(at);
    for (uint k = 1u; k < n; k++)
      result = max(result, load(at + k * steps));
  } else {
    // Two levels of sums keep rounding small for long columns.
    result = vec4(0.0);
    for (uint k0 = 0u; k0 < n; k0 += 64u) {
      vec4 part = vec4(0.0);
      for (uint k = k0; k < min(k0 + 64u, n); k++)
        part += load(at + k * steps);
      result += part;
    }
    if (OP == 1u)
      result /= float(n);
  }
  if (VEC)
    y4[i] = ELEM4(result);
  else
    y[i] = ELEM(result.x);
}
