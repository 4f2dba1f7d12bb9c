#version 450
#extension GL_GOOGLE_include_directive : require
#include "divide.glsl"
#include "elem.glsl"
#include "grid.glsl"

// y[t, r, c, i] = max of x[t, 2r…2r+1, 2c…2c+1, i]; odd last rows and columns are dropped.
// One invocation per element of y, or per four channels with VEC (C a multiple of four).
layout(local_size_x_id = 0) in;
layout(constant_id = 2) const bool VEC = true;
layout(std430, binding = 0) readonly buffer X { ELEM x[]; };  // [T, rows, cols, C]
layout(std430, binding = 0) readonly buffer X4 { ELEM4 x4[]; };
layout(std430, binding = 1) writeonly buffer Y { ELEM y[]; }; // [T, rows/2, cols/2, C]
layout(std430, binding = 1) writeonly buffer Y4 { ELEM4 y4[]; };
layout(push_constant) uniform Params {
  uint n_items;
  uint rows, cols; // of x
  uint steps;      // C, in elements or fours
  uint steps_multiplier, steps_shift;
  uint out_cols, out_cols_multiplier, out_cols_shift;
  uint out_rows, out_rows_multiplier, out_rows_shift;
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
  uint pixel = divide(i, steps_multiplier, steps_shift), channel = i - pixel * steps;
  uint line = divide(pixel, out_cols_multiplier, out_cols_shift), c = pixel - line * out_cols;
  uint t = divide(line, out_rows_multiplier, out_rows_shift), r = line - t * out_rows;
  uint at = ((t * rows + r * 2u) * cols + c * 2u) * steps + channel, below = at + cols * steps;
  vec4 v = max(max(load(at), load(at + steps)), max(load(below), load(below + steps)));
  if (VEC)
    y4[i] = ELEM4(v);
  else
    y[i] = ELEM(v.x);
}
