#version 450
#extension GL_GOOGLE_include_directive : require
#include "divide.glsl"
#include "elem.glsl"
#include "grid.glsl"
#include "math.glsl"

// Channels j and j + D/2 of each head turn by (position + row) · turns[j] whole turns:
// (a, b) → (a·cos - b·sin, b·cos + a·sin). Su et al. 2021, in the half-split layout of Llama.
//
// turns[j] is split in two: the high part has few enough digits for its product with a position
// below 2^13 to be exact, so whole turns drop out without loss at any position a model uses.
// One invocation per pair, or per four neighbouring pairs with VEC (D a multiple of eight).
layout(local_size_x_id = 0) in;
layout(constant_id = 2) const bool VEC = true;
layout(std430, binding = 0) readonly buffer X { ELEM x[]; };            // [rows, n_heads · D]
layout(std430, binding = 0) readonly buffer X4 { ELEM4 x4[]; };
layout(std430, binding = 1) readonly buffer Position { int position; }; // [1]
layout(std430, binding = 2) readonly buffer Turns { vec2 turns[]; };    // [D / 2, 2]
layout(std430, binding = 3) writeonly buffer Y { ELEM y[]; };           // [rows, n_heads · D]
layout(std430, binding = 3) writeonly buffer Y4 { ELEM4 y4[]; };
layout(push_constant) uniform Params {
  uint n_items; // rows · n_heads · half
  uint n_heads;
  uint half_size; // D / 2, in elements or fours
  uint half_multiplier, half_shift;
  uint heads_multiplier, heads_shift;
};

void main()
{
  uint i = grid_index();
  if (i >= n_items)
    return;
  uint head = divide(i, half_multiplier, half_shift); // counted through all rows
  uint j = i - head * half_size;
  uint row = divide(head, heads_multiplier, heads_shift);
  float p = float(position + int(row));
  uint at = head * half_size * 2u + j;
  if (VEC) {
    vec4 a = vec4(x4[at]), b = vec4(x4[at + half_size]), u, v;
    [[unroll]] for (uint k = 0u; k < 4u; k++) {
      vec2 t = turns[j * 4u + k];
      vec2 sc = sin_cos_turns(fract(p * t.x) + p * t.y);
      u[k] = a[k] * sc.y - b[k] * sc.x;
      v[k] = b[k] * sc.y + a[k] * sc.x;
    }
    y4[at] = ELEM4(u);
    y4[at + half_size] = ELEM4(v);
  } else {
    float a = float(x[at]), b = float(x[at + half_size]);
    vec2 t = turns[j];
    vec2 sc = sin_cos_turns(fract(p * t.x) + p * t.y);
    y[at] = ELEM(a * sc.y - b * sc.x);
    y[at + half_size] = ELEM(b * sc.y + a * sc.x);
  }
}
