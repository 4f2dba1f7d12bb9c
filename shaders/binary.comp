#version 450
#extension GL_GOOGLE_include_directive : require
#include "activation.glsl"
#include "divide.glsl"
#include "elem.glsl"
#include "grid.glsl"

// y = f(a, b), b broadcast to a; the numbers of TpoBinary. One invocation per four elements of a.
//
// a is seen as at most five dimensions, size[k] being the sizes of the last four; b has a stride
// for each, 0 where it repeats. MODE says how four neighbours find theirs in b:
// 0 the same index, 1 four neighbours, 2 one element for all, 3 each its own.
// In modes 1 and 2 the last size is counted in fours.
layout(local_size_x_id = 0) in;
layout(constant_id = 2) const uint OP = 0;
layout(constant_id = 3) const uint MODE = 0;
layout(constant_id = 4) const uint DIMS = 5;
layout(std430, binding = 0) readonly buffer A { ELEM4 a[]; };    // [n]
layout(std430, binding = 1) readonly buffer B { BELEM b[]; };
layout(std430, binding = 1) readonly buffer B4 { BELEM4 b4[]; };
layout(std430, binding = 2) writeonly buffer Y { ELEM4 y[]; };   // [n]
layout(push_constant) uniform Params {
  uint n; // elements of a
  uint size[4];
  uint multiplier[4];
  uint shifts; // a byte for each size
  uint stride[5];
};

// Offset in b of the index that counts a's elements, or fours in modes 1 and 2.
uint offset_b(uint index)
{
  uint offset = 0u;
  [[unroll]] for (uint k = 4u; k > 5u - DIMS; k--) {
    uint q = divide(index, multiplier[k - 1u], (shifts >> (8u * (k - 1u))) & 31u);
    offset += (index - q * size[k - 1u]) * stride[k];
    index = q;
  }
  return offset + index * stride[5u - DIMS];
}

float apply(float u, float v)
{
  switch (OP) {
  case 0:
    return u + v;
  case 1:
    return u - v;
  case 2:
    return u * v;
  case 3:
    return u / v;
  case 4:
    return max(u, v);
  case 5:
    return min(u, v);
  case 6:
    return silu(u) * v;
  }
  return u;
}

void main()
{
  uint i = grid_index();
  if (i * 4u >= n)
    return;
  vec4 u = vec4(a[i]), v;
  if (MODE == 0u) {
    v = vec4(b4[i]);
  } else if (MODE == 1u) {
    v = vec4(b4[offset_b(i)]);
  } else if (MODE == 2u) {
    v = vec4(float(b[offset_b(i)]));
  } else {
    [[unroll]] for (uint k = 0u; k < 4u; k++)
      v[k] = float(b[offset_b(min(i * 4u + k, n - 1u))]);
  }
  y[i] = ELEM4(vec4(apply(u.x, v.x), apply(u.y, v.y), apply(u.z, v.z), apply(u.w, v.w)));
}
