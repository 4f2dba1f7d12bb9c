#version 450
#extension GL_GOOGLE_include_directive : require
#include "elem.glsl"
#include "grid.glsl"
#include "source.glsl"

// y[i] = x[i] in another type. One invocation per four elements.
layout(local_size_x_id = 0) in;
layout(std430, binding = 0) readonly buffer X { SOURCE4 x[]; }; // [n]
layout(std430, binding = 1) writeonly buffer Y { ELEM4 y[]; };  // [n]
layout(push_constant) uniform Params { uint n4; };

void main()
{
  uint i = grid_index();
  if (i < n4)
    y[i] = ELEM4(WIDEN(x[i]));
}
