#version 450
#extension GL_GOOGLE_include_directive : require
#include "divide.glsl"
#include "elem.glsl"
#include "grid.glsl"

// Row m of the operand replaces row places[m] of y, or with FROM_START row places[0] + m. Places
// outside y are skipped. SOURCE is the operand's element type, ELEM that of y. One invocation per
// element, or per four with VEC (cols a multiple of four).
layout(local_size_x_id = 0) in;
layout(constant_id = 2) const bool VEC = true;
layout(constant_id = 3) const bool FROM_START = false;
layout(std430, binding = 1) readonly buffer X { SOURCE x[]; };    // [n_rows, cols]
layout(std430, binding = 1) readonly buffer X4 { SOURCE4 x4[]; };
layout(std430, binding = 2) readonly buffer Places { int places[]; };
layout(std430, binding = 3) writeonly buffer Y { ELEM y[]; };     // [y_rows, cols]
layout(std430, binding = 3) writeonly buffer Y4 { ELEM4 y4[]; };
layout(push_constant) uniform Params {
  uint n_items; // n_rows · steps
  uint y_rows;
  uint steps; // cols, in elements or fours
  uint multiplier, shift;
};

void main()
{
  uint i = grid_index();
  if (i >= n_items)
    return;
  uint row = divide(i, multiplier, shift), step = i - row * steps;
  int place = FROM_START ? places[0] + int(row) : places[row];
  if (place < 0 || uint(place) >= y_rows)
    return;
  uint at = uint(place) * steps + step;
  if (VEC)
    y4[at] = ELEM4(vec4(x4[i]));
  else
    y[at] = ELEM(float(x[i]));
}
