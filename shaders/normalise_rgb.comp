#version 450
#extension GL_GOOGLE_include_directive : require
#include "elem.glsl"
#include "grid.glsl"
#include "source.glsl"

// y[i] = (scale · x[i] - mean[c]) / std[c], c = i mod 3. One invocation per four elements.
layout(local_size_x_id = 0) in;
layout(std430, binding = 0) readonly buffer X { SOURCE4 x[]; }; // [n / 3, 3]
layout(std430, binding = 1) writeonly buffer Y { vec4 y[]; };   // [n / 3, 3]
layout(push_constant) uniform Params { uint n4; float scale; float mean[3]; float inv_std[3]; };

void main()
{
  uint i = grid_index();
  if (i >= n4)
    return;
  vec4 v = WIDEN(x[i]) * scale;
  // 4·i mod 3 is i mod 3, so the four channels start there.
  uint c = i % 3u;
  vec3 m = vec3(mean[0], mean[1], mean[2]), d = vec3(inv_std[0], inv_std[1], inv_std[2]);
  m = c == 0u ? m : c == 1u ? m.yzx : m.zxy;
  d = c == 0u ? d : c == 1u ? d.yzx : d.zxy;
  y[i] = (v - m.xyzx) * d.xyzx;
}
