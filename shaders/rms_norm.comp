#version 450
#extension GL_GOOGLE_include_directive : require
#include "elem.glsl"
#include "grid.glsl"
#include "rows.glsl"

// y[r, c] = w[c] · x[r, c] / sqrt(mean over c of x² + eps). Zhang and Sennrich 2019, eps inside the
// root. One workgroup per row.
layout(constant_id = 3) const bool HAS_W = true;
layout(std430, binding = 0) readonly buffer X { ELEM x[]; };   // [rows, cols]
layout(std430, binding = 0) readonly buffer X4 { ELEM4 x4[]; };
layout(std430, binding = 1) readonly buffer W { float w[]; };  // [cols]
layout(std430, binding = 1) readonly buffer W4 { vec4 w4[]; };
layout(std430, binding = 2) writeonly buffer Y { ELEM y[]; };  // [rows, cols]
layout(std430, binding = 2) writeonly buffer Y4 { ELEM4 y4[]; };
layout(push_constant) uniform Params { uint rows; uint cols; float eps; };

void main()
{
  uint row = grid_group(), n = ROW_STEPS(cols);
  if (row >= rows)
    return;
  vec4 squares = vec4(0.0);
  for (uint i = LANE; i < n; i += LANES) {
    vec4 v = ROW_LOAD(x, x4, row * n + i);
    squares += v * v;
  }
  float factor = 1.0 / sqrt(row_sum(dot(squares, vec4(1.0))) / float(cols) + eps);
  for (uint i = LANE; i < n; i += LANES) {
    vec4 v = ROW_LOAD(x, x4, row * n + i) * factor;
    if (HAS_W)
      v *= ROW_LOAD(w, w4, i);
    ROW_STORE(y, y4, row * n + i, v);
  }
}
