#version 450
#extension GL_GOOGLE_include_directive : require
#include "elem.glsl"
#include "grid.glsl"
#include "math.glsl"

// Joins what attention found among parts of the keys (lib/attention.glsl): sums of values and of
// weights below a maximum each. One invocation makes four channels of one row.
layout(std430, binding = 0) readonly buffer Parts { vec4 parts[]; }; // [splits, rows, 4·fours + 4]
layout(std430, binding = 1) writeonly buffer Y { ELEM4 y[]; };       // [rows, 4·fours]
layout(push_constant) uniform Params { uint rows, fours, splits; };

void main()
{
  uint row = grid_index() / fours, at = grid_index() % fours, next = rows * (fours + 1u);
  if (row >= rows)
    return;
  uint begin = row * (fours + 1u);
  float top = parts[begin + fours].x, total = 0.0;
  for (uint s = 1u; s < splits; s++) top = max(top, parts[s * next + begin + fours].x);
  vec4 sum = vec4(0.0);
  for (uint s = 0u; s < splits; s++) {
    vec2 found = parts[s * next + begin + fours].xy;
    float fade = exp_f32(found.x - top);
    total += fade * found.y;
    sum += fade * parts[s * next + begin + at];
  }
  y[row * fours + at] = ELEM4((total > 0.0 ? 1.0 / total : 0.0) * sum); // nothing seen: zeros
}
