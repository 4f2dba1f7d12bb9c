#version 450
#extension GL_EXT_shader_16bit_storage : require
#extension GL_GOOGLE_include_directive : require
#include "grid.glsl"

// y[row, c] = c < channels ? x[row, c] : 0, for convolutions, which load four channels at a time.
// One invocation makes four channels.
layout(std430, binding = 0) readonly buffer X { ELEM x[]; };   // [rows, channels]
layout(std430, binding = 1) writeonly buffer Y { ELEM4 y[]; }; // [rows, 4·out4]
layout(push_constant) uniform Params { uint count, channels, out4; };

void main()
{
  uint i = grid_index();
  if (i >= count)
    return;
  uint row = out4 == 1u ? i : i / out4;
  uint c = (i - row * out4) * 4u, at = row * channels + c;
  vec4 v = vec4(0.0);
  if (c < channels)
    v.x = float(x[at]);
  if (c + 1u < channels)
    v.y = float(x[at + 1u]);
  if (c + 2u < channels)
    v.z = float(x[at + 2u]);
  if (c + 3u < channels)
    v.w = float(x[at + 3u]);
  y[i] = ELEM4(v);
}
