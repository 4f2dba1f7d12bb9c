#version 450
#extension GL_GOOGLE_include_directive : require
#include "elem.glsl"
#include "grid.glsl"

// y[r] = the lowest c with the largest x[r, c]; NaNs never win, and a row of nothing else gives 0.
// One workgroup of 128 per row.
layout(local_size_x_id = 0) in;
layout(std430, binding = 0) readonly buffer X { ELEM x[]; }; // [rows, cols]
layout(std430, binding = 1) writeonly buffer Y { int y[]; }; // [rows]
layout(push_constant) uniform Params { uint rows; uint cols; };

shared float tops[128];
shared uint places[128];

void main()
{
  uint row = grid_group(), lane = gl_LocalInvocationID.x;
  float top = uintBitsToFloat(0xff800000u);
  uint place = cols;
  if (row < rows)
    for (uint c = lane; c < cols; c += 128u) {
      float v = float(x[row * cols + c]);
      if (v > top || (v == top && place == cols)) {
        top = v;
        place = c;
      }
    }
  tops[lane] = top;
  places[lane] = place;
  for (uint step = 64u; step > 0u; step /= 2u) {
    barrier();
    if (lane < step) {
      float other = tops[lane + step];
      uint other_place = places[lane + step];
      if (other > tops[lane] || (other == tops[lane] && other_place < places[lane])) {
        tops[lane] = other;
        places[lane] = other_place;
      }
    }
  }
  if (lane == 0u && row < rows)
    y[row] = places[0] < cols ? int(places[0]) : 0;
}
