#version 450
#extension GL_GOOGLE_include_directive : require
#include "divide.glsl"
#include "elem.glsl"
#include "grid.glsl"
#include "math.glsl"

// Pair j of each head turns by (position + row) · turns[j] whole turns: (a, b) → (a·cos - b·sin,
// b·cos + a·sin). Su et al. 2021. A pair is channels 2j and 2j + 1 where it is INTERLEAVED, as
// there, else j and j + D/2.
//
// turns[j] is a 64-bit fraction of a turn, high word first: whole turns drop out of the product
// with a position without loss, however far a model counts.
// One invocation per pair, or per four neighbouring pairs with VEC (D a multiple of eight).
layout(local_size_x_id = 0) in;
layout(constant_id = 2) const bool VEC = true;
layout(constant_id = 3) const bool INTERLEAVED = false;
layout(std430, binding = 0) readonly buffer X { ELEM x[]; };            // [rows, n_heads · D]
layout(std430, binding = 0) readonly buffer X4 { ELEM4 x4[]; };
layout(std430, binding = 1) readonly buffer Position { int position; }; // [1]
layout(std430, binding = 2) readonly buffer Turns { uvec2 turns[]; };   // [D / 2, 2]
layout(std430, binding = 3) writeonly buffer Y { ELEM y[]; };           // [rows, n_heads · D]
layout(std430, binding = 3) writeonly buffer Y4 { ELEM4 y4[]; };
layout(push_constant) uniform Params {
  uint n_items; // rows · n_heads · half
  uint n_heads;
  uint half_size; // D / 2, in elements or fours
  uint half_multiplier, half_shift;
  uint heads_multiplier, heads_shift;
};

// (sin, cos) of the angle of pair @j at position @p
vec2 rotation(uint p, uint j)
{
  uvec2 t = turns[j];
  uint carry, low;
  umulExtended(p, t.y, carry, low);
  return sin_cos_turns(float(int(p * t.x + carry)) * 2.3283064365386963e-10);
}

void main()
{
  uint i = grid_index();
  if (i >= n_items)
    return;
  uint head = divide(i, half_multiplier, half_shift); // counted through all rows
  uint j = i - head * half_size;
  uint row = divide(head, heads_multiplier, heads_shift);
  uint p = uint(position) + row;
  // Where the two parts are: fours, or elements.
  uint at = head * half_size * 2u + (INTERLEAVED ? 2u * j : j);
  uint to = at + (INTERLEAVED ? 1u : half_size);
  if (VEC) {
    vec4 a = vec4(x4[at]), b = vec4(x4[to]), u, v;
    if (INTERLEAVED) {
      vec4 first = a;
      a = vec4(first.xz, b.xz);
      b = vec4(first.yw, b.yw);
    }
    [[unroll]] for (uint k = 0u; k < 4u; k++) {
      vec2 sc = rotation(p, j * 4u + k);
      u[k] = a[k] * sc.y - b[k] * sc.x;
      v[k] = b[k] * sc.y + a[k] * sc.x;
    }
    if (INTERLEAVED) {
      vec4 first = u;
      u = vec4(first.x, v.x, first.y, v.y);
      v = vec4(first.z, v.z, first.w, v.w);
    }
    y4[at] = ELEM4(u);
    y4[to] = ELEM4(v);
  } else {
    float a = float(x[at]), b = float(x[to]);
    vec2 sc = rotation(p, j);
    y[at] = ELEM(a * sc.y - b * sc.x);
    y[to] = ELEM(b * sc.y + a * sc.x);
  }
}
