#version 450
#extension GL_GOOGLE_include_directive : require
#include "grid.glsl"

// y = value in background components of at most area pixels, x elsewhere. A label that is marked open
// (holes_count.comp) has the top bit set and so counts as large. One invocation per pixel.
layout(local_size_x_id = 0) in;
layout(std430, binding = 0) readonly buffer X { float x[]; };          // [n]
layout(std430, binding = 1) readonly buffer Labels { uint labels[]; }; // [n]
layout(std430, binding = 2) readonly buffer Counts { uint counts[]; }; // [n], by label
layout(std430, binding = 3) writeonly buffer Y { float y[]; };         // [n]
layout(push_constant) uniform Params { uint n; uint area; float value; };

const uint NONE = 0xffffffffu;

void main()
{
  uint i = grid_index();
  if (i >= n)
    return;
  uint label = labels[i];
  y[i] = label != NONE && counts[label] <= area ? value : x[i];
}
