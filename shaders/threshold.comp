#version 450
#extension GL_GOOGLE_include_directive : require
#include "elem.glsl"
#include "grid.glsl"

// y[i] = x[i] > level, as bytes. One invocation per four elements, which share a word.
layout(local_size_x_id = 0) in;
layout(std430, binding = 0) readonly buffer X { ELEM4 x[]; }; // [n]
layout(std430, binding = 1) writeonly buffer Y { uint y[]; }; // [n] bytes
layout(push_constant) uniform Params { uint n4; float level; };

void main()
{
  uint i = grid_index();
  if (i >= n4)
    return;
  uvec4 b = uvec4(greaterThan(vec4(x[i]), vec4(level)));
  y[i] = b.x | b.y << 8 | b.z << 16 | b.w << 24;
}
