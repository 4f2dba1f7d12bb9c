#version 450
#extension GL_GOOGLE_include_directive : require
#include "divide.glsl"
#include "elem.glsl"
#include "grid.glsl"

// y[c0, …, c4] = x[offset + Σ ck · stride[k]]: permutes, slices, pads, joins and repeats. The copy does
// not know element types: it moves WORDs of 2, 4, 8 or 16 bytes, or single bytes (with BYTES, where
// buffers are seen as uints). One invocation per word of y, or four bytes.
//
// MODE 0 copies all. With MODE 1, words whose c3 is outside [low, high) are zero.
// With MODE 2, words with c3 ≥ high come from b, whose own strides count c3 from there.
layout(local_size_x_id = 0) in;
layout(constant_id = 2) const uint MODE = 0;
layout(constant_id = 3) const uint DIMS = 5;
layout(std430, binding = 0) readonly buffer X { WORD x[]; };
layout(std430, binding = 1) readonly buffer B { WORD b[]; };
layout(std430, binding = 2) writeonly buffer Y { WORD y[]; }; // [n]
layout(push_constant) uniform Params {
  uint n;
  uint size[4]; // of the last four dimensions
  uint multiplier[4];
  uint shifts; // a byte for each size
  int offset;
  int stride[5];
  int stride_b[5];
  int low, high;
};

const int NOWHERE = 0, IN_X = 1, IN_B = 2;

// Where the word of y at @index comes from: the buffer is returned, the place put into @from.
int source(uint index, out int from)
{
  int from_b = 0, c3 = 0;
  from = offset;
  [[unroll]] for (uint k = 4u; k > 5u - DIMS; k--) {
    uint q = divide(index, multiplier[k - 1u], (shifts >> (8u * (k - 1u))) & 31u);
    int c = int(index - q * size[k - 1u]);
    from += c * stride[k];
    from_b += c * stride_b[k];
    if (k == 3u)
      c3 = c;
    index = q;
  }
  from += int(index) * stride[5u - DIMS];
  from_b += int(index) * stride_b[5u - DIMS];
  if (MODE == 1u && (c3 < low || c3 >= high))
    return NOWHERE;
  if (MODE == 2u && c3 >= high) {
    from = from_b - high * stride_b[3];
    return IN_B;
  }
  return IN_X;
}

void main()
{
  uint i = grid_index();
  int from;
#ifdef BYTES
  if (i * 4u >= n)
    return;
  uint word = 0u;
  [[unroll]] for (uint k = 0u; k < 4u; k++) {
    int place = source(min(i * 4u + k, n - 1u), from);
    uint shift = (uint(from) & 3u) * 8u, v = 0u;
    if (place == IN_X)
      v = x[from >> 2] >> shift;
    else if (place == IN_B)
      v = b[from >> 2] >> shift;
    word |= (v & 255u) << (8u * k);
  }
  y[i] = word;
#else
  if (i >= n)
    return;
  int place = source(i, from);
  if (place == IN_X)
    y[i] = x[from];
  else if (place == IN_B)
    y[i] = b[from];
  else
    y[i] = WORD(0u);
#endif
}
