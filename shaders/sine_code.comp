#version 450
#extension GL_GOOGLE_include_directive : require
#include "divide.glsl"
#include "elem.glsl"
#include "grid.glsl"
#include "math.glsl"

// y[i, 2k] = sin(scale · x[i] · frequencies[k]), y[i, 2k + 1] the cosine of the same.
// One invocation per such pair.
layout(local_size_x_id = 0) in;
layout(std430, binding = 0) readonly buffer X { ELEM x[]; };                     // [n]
layout(std430, binding = 1) readonly buffer Frequencies { float frequencies[]; }; // [half_size]
layout(std430, binding = 2) writeonly buffer Y { ELEM y[]; };                    // [n, 2 · half_size]
layout(push_constant) uniform Params {
  uint n_items; // n · half_size
  uint half_size;
  uint multiplier, shift;
  float scale;
};

void main()
{
  uint i = grid_index();
  if (i >= n_items)
    return;
  uint n = divide(i, multiplier, shift);
  precise float angle = float(x[n]) * scale * frequencies[i - n * half_size];
  vec2 sc = sin_cos(angle);
  y[i * 2u] = ELEM(sc.x);
  y[i * 2u + 1u] = ELEM(sc.y);
}
