#version 450
#extension GL_GOOGLE_include_directive : require
#include "elem.glsl"
#include "grid.glsl"
#include "rows.glsl"

// y[r] = Σ, mean or maximum over c of x[r, c], by the numbers of TpoReduce. One workgroup per row.
layout(constant_id = 3) const uint OP = 0;
layout(std430, binding = 0) readonly buffer X { ELEM x[]; };  // [rows, cols]
layout(std430, binding = 0) readonly buffer X4 { ELEM4 x4[]; };
layout(std430, binding = 1) writeonly buffer Y { ELEM y[]; }; // [rows]
layout(push_constant) uniform Params { uint rows; uint cols; };

void main()
{
  uint row = grid_group(), n = ROW_STEPS(cols);
  if (row >= rows)
    return;
  float result;
  if (OP == 2u) {
    vec4 top = vec4(uintBitsToFloat(0xff800000u));
    for (uint i = LANE; i < n; i += LANES) {
      vec4 v = ROW_LOAD(x, x4, row * n + i);
      top = max(top, VEC ? v : vec4(v.x));
    }
    result = row_max(max(max(top.x, top.y), max(top.z, top.w)));
  } else {
    vec4 sum = vec4(0.0);
    for (uint i = LANE; i < n; i += LANES)
      sum += ROW_LOAD(x, x4, row * n + i);
    result = row_sum(dot(sum, vec4(1.0)));
    if (OP == 1u)
      result /= float(cols);
  }
  if (LANE == 0u)
    y[row] = ELEM(result);
}
