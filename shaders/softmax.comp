#version 450
#extension GL_GOOGLE_include_directive : require
#include "elem.glsl"
#include "grid.glsl"
#include "math.glsl"
#include "rows.glsl"

// y[r, c] = exp(scale · x[r, c] - m) / Σ over c of the same, m the row's maximum of scale · x.
// A row that is -inf throughout gives zeros. One workgroup per row.
layout(std430, binding = 0) readonly buffer X { ELEM x[]; };  // [rows, cols]
layout(std430, binding = 0) readonly buffer X4 { ELEM4 x4[]; };
layout(std430, binding = 1) writeonly buffer Y { ELEM y[]; }; // [rows, cols]
layout(std430, binding = 1) writeonly buffer Y4 { ELEM4 y4[]; };
layout(push_constant) uniform Params { uint rows; uint cols; float scale; };

const float LOWEST = -3.4e38;

vec4 exp4(vec4 v)
{
  return VEC ? vec4(exp_f32(v.x), exp_f32(v.y), exp_f32(v.z), exp_f32(v.w))
             : vec4(exp_f32(v.x), 0.0, 0.0, 0.0);
}

void main()
{
  uint row = grid_group(), n = ROW_STEPS(cols);
  if (row >= rows)
    return;
  vec4 top = vec4(LOWEST);
  for (uint i = LANE; i < n; i += LANES)
    top = max(top, VEC ? ROW_LOAD(x, x4, row * n + i) * scale
                       : vec4(ROW_LOAD(x, x4, row * n + i).x * scale));
  float m = row_max(max(max(top.x, top.y), max(top.z, top.w)));

  vec4 sum = vec4(0.0);
  for (uint i = LANE; i < n; i += LANES)
    sum += exp4(ROW_LOAD(x, x4, row * n + i) * scale - m);
  float total = row_sum(dot(sum, vec4(1.0)));
  float factor = total > 0.0 ? 1.0 / total : 0.0;

  for (uint i = LANE; i < n; i += LANES)
    ROW_STORE(y, y4, row * n + i, exp4(ROW_LOAD(x, x4, row * n + i) * scale - m) * factor);
}
