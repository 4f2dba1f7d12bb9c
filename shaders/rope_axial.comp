#version 450
#extension GL_GOOGLE_include_directive : require
#include "divide.glsl"
#include "elem.glsl"
#include "grid.glsl"
#include "math.glsl"

// Adjacent channels are pairs. Row i stands for cell (i mod rows·cols) of a map: the first half of
// the pairs turns by its column, the second half by its row, times turns[j], a 32-bit fraction of a
// turn. Rows from n_rotated on are copied. One invocation per two pairs; C is a multiple of four.
// Heo et al. 2024.
layout(local_size_x_id = 0) in;
layout(std430, binding = 0) readonly buffer X { ELEM4 x[]; };        // [n, C]
layout(std430, binding = 1) readonly buffer Turns { uint turns[]; }; // [C / 4]
layout(std430, binding = 2) writeonly buffer Y { ELEM4 y[]; };       // [n, C]
layout(push_constant) uniform Params {
  uint n_items; // n · C/4
  uint n_rotated;
  uint steps; // C/4
  uint steps_multiplier, steps_shift;
  uint n_cells; // rows · cols
  uint cells_multiplier, cells_shift;
  uint cols;
  uint cols_multiplier, cols_shift;
};

// @t: a fraction of a turn; whole turns have dropped out
vec2 turn(vec2 v, uint t)
{
  vec2 sc = sin_cos_turns(float(int(t)) * 2.3283064365386963e-10);
  return vec2(v.x * sc.y - v.y * sc.x, v.x * sc.x + v.y * sc.y);
}

void main()
{
  uint i = grid_index();
  if (i >= n_items)
    return;
  uint n = divide(i, steps_multiplier, steps_shift);
  uint pair = (i - n * steps) * 2u;
  vec4 v = vec4(x[i]);
  if (n < n_rotated) {
    uint cell = n - divide(n, cells_multiplier, cells_shift) * n_cells;
    uint row = divide(cell, cols_multiplier, cols_shift);
    uvec2 place = uvec2(cell - row * cols, row);
    // With an odd number of steps the two halves meet inside one invocation.
    uint p0 = pair < steps ? place.x : place.y, p1 = pair + 1u < steps ? place.x : place.y;
    uint j0 = pair < steps ? pair : pair - steps;
    uint j1 = pair + 1u < steps ? pair + 1u : pair + 1u - steps;
    v = vec4(turn(v.xy, p0 * turns[j0]), turn(v.zw, p1 * turns[j1]));
  }
  y[i] = ELEM4(v);
}
