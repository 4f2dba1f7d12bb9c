#version 450
#extension GL_GOOGLE_include_directive : require
#include "elem.glsl"
#include "grid.glsl"

// y[i] = x[i] > 0 ? x[i] : slope · x[i]. One invocation per four elements. He et al. 2015.
layout(local_size_x_id = 0) in;
layout(std430, binding = 0) readonly buffer X { ELEM4 x[]; };      // [n]
layout(std430, binding = 1) readonly buffer Slope { float slope; }; // [1]
layout(std430, binding = 2) writeonly buffer Y { ELEM4 y[]; };     // [n]
layout(push_constant) uniform Params { uint n4; };

void main()
{
  uint i = grid_index();
  if (i >= n4)
    return;
  vec4 v = vec4(x[i]);
  y[i] = ELEM4(mix(v * slope, v, greaterThan(v, vec4(0.0))));
}
