#version 450
#extension GL_GOOGLE_include_directive : require
#include "elem.glsl"
#include "grid.glsl"
#include "rows.glsl"

// y[r, c] = (x[r, c] - mean) / sqrt(variance + eps) · w[c] + b[c], mean and biased variance over
// the row. Ba et al. 2016. One workgroup per row. The mean is taken of differences to the row's
// first element and the variance in a second pass, so that a large offset does not cancel digits
// away.
layout(constant_id = 3) const bool HAS_W = true;
layout(constant_id = 4) const bool HAS_B = true;
layout(std430, binding = 0) readonly buffer X { ELEM x[]; };   // [rows, cols]
layout(std430, binding = 0) readonly buffer X4 { ELEM4 x4[]; };
layout(std430, binding = 1) readonly buffer W { float w[]; };  // [cols]
layout(std430, binding = 1) readonly buffer W4 { vec4 w4[]; };
layout(std430, binding = 2) readonly buffer B { float b[]; };  // [cols]
layout(std430, binding = 2) readonly buffer B4 { vec4 b4[]; };
layout(std430, binding = 3) writeonly buffer Y { ELEM y[]; };  // [rows, cols]
layout(std430, binding = 3) writeonly buffer Y4 { ELEM4 y4[]; };
layout(push_constant) uniform Params { uint rows; uint cols; float eps; };

void main()
{
  uint row = grid_group(), n = ROW_STEPS(cols);
  if (row >= rows)
    return;
  float first = float(x[row * cols]);
  vec4 sum = vec4(0.0);
  for (uint i = LANE; i < n; i += LANES)
    sum += (ROW_LOAD(x, x4, row * n + i) - first) * ROW_MASK;
  float mean = row_sum(dot(sum, vec4(1.0))) / float(cols);

  vec4 squares = vec4(0.0);
  for (uint i = LANE; i < n; i += LANES) {
    vec4 d = ((ROW_LOAD(x, x4, row * n + i) - first) - mean) * ROW_MASK;
    squares += d * d;
  }
  float factor = 1.0 / sqrt(row_sum(dot(squares, vec4(1.0))) / float(cols) + eps);

  for (uint i = LANE; i < n; i += LANES) {
    vec4 v = ((ROW_LOAD(x, x4, row * n + i) - first) - mean) * factor;
    if (HAS_W)
      v *= ROW_LOAD(w, w4, i);
    if (HAS_B)
      v += ROW_LOAD(b, b4, i);
    ROW_STORE(y, y4, row * n + i, v);
  }
}
