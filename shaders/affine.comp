#version 450
#extension GL_GOOGLE_include_directive : require
#include "elem.glsl"
#include "grid.glsl"

// y[i] = clamp(scale · x[i] + shift, low, high). One invocation per four elements.
layout(local_size_x_id = 0) in;
layout(std430, binding = 0) readonly buffer X { ELEM4 x[]; };  // [n]
layout(std430, binding = 1) writeonly buffer Y { ELEM4 y[]; }; // [n]
layout(push_constant) uniform Params { uint n4; float scale; float shift; float low; float high; };

void main()
{
  uint i = grid_index();
  if (i < n4)
    y[i] = ELEM4(min(max(vec4(x[i]) * scale + shift, low), high));
}
