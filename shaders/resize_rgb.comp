#version 450
#extension GL_GOOGLE_include_directive : require
#include "divide.glsl"
#include "grid.glsl"

// The first pass of resampling for pictures of three bytes a pixel, along the rows:
// y[o, p, c] = Σ over t of weights[p, t] · x[o, first[p] + t, c]. One invocation per pixel of y.
//
// Four pixels are twelve neighbouring bytes, which four words hold wherever they begin: a load in
// words costs a fraction of one in bytes. n_taps is a multiple of four; the weights of taps past
// the end of a row are zero, and words past the end of x are not read.
layout(local_size_x_id = 0) in;
layout(std430, binding = 0) readonly buffer X { uint x[]; };             // [outer, n_in, 3] bytes
layout(std430, binding = 1) readonly buffer First { int first[]; };      // [n_out]
layout(std430, binding = 2) readonly buffer Weights { vec4 weights[]; }; // [n_out, n_taps / 4]
layout(std430, binding = 3) writeonly buffer Y { float y[]; };           // [outer, n_out, 3]
layout(push_constant) uniform Params {
  uint n_items; // outer · n_out
  uint n_in, n_out;
  uint n_fours; // n_taps / 4
  uint last_word;
  uint multiplier, shift; // divide by n_out
};

vec3 byte_triple(uint v)
{
  return vec3(v & 255u, (v >> 8) & 255u, (v >> 16) & 255u);
}

void main()
{
  uint item = grid_index();
  if (item >= n_items)
    return;
  uint o = divide(item, multiplier, shift), p = item - o * n_out;
  uint at = (o * n_in + uint(first[p])) * 3u;
  vec3 sum = vec3(0.0);
  for (uint t = 0u; t < n_fours; t++, at += 12u) {
    uint word = at >> 2, bits = (at & 3u) * 8u;
    uint a = x[min(word, last_word)], b = x[min(word + 1u, last_word)];
    uint c = x[min(word + 2u, last_word)], d = x[min(word + 3u, last_word)];
    // A shift by 32 is undefined, so the upper part is shifted in two steps.
    uint v0 = (a >> bits) | ((b << 1) << (31u - bits));
    uint v1 = (b >> bits) | ((c << 1) << (31u - bits));
    uint v2 = (c >> bits) | ((d << 1) << (31u - bits));
    vec4 w = weights[p * n_fours + t];
    sum += w.x * byte_triple(v0);
    sum += w.y * byte_triple((v0 >> 24) | (v1 << 8));
    sum += w.z * byte_triple((v1 >> 16) | (v2 << 16));
    sum += w.w * byte_triple(v2 >> 8);
  }
  y[item * 3u] = sum.x;
  y[item * 3u + 1u] = sum.y;
  y[item * 3u + 2u] = sum.z;
}
