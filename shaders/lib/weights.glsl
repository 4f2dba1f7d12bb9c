// The rows of w in words of 16 bytes, and their unpacking. W_TYPE is 0 (f32), 1 (f16), 2 (Q8_0), 3
// (Q4_0), 4 (Q4_K), 5 (Q6_K), 6 (Q5_K) or 7 (Q4_1); compute/nn/packing.h has the layout of block
// types. A Pack is PER_PACK neighbours of a row. W_AT is the binding of w; the scales of block
// types are at the next one.
#ifndef W_AT
#define W_AT 1
#endif
WORDS_IN(W_AT, w);

#if W_TYPE == 0
#define PER_PACK 4u
#elif W_TYPE == 1
#define PER_PACK 8u
#elif W_TYPE == 2
#define PER_PACK 16u
#else
#define PER_PACK 32u
#endif

// Weights e … e + PER_PACK - 1 of w; e is a multiple of PER_PACK.
#if W_TYPE == 5
struct Pack {
  uvec4 low;
  uvec2 high;
};

Pack load_pack(uint e)
{
  uint at = e / 64u * 3u, odd = e >> 5 & 1u;
  uvec4 high = WORDS(w, at + 2u);
  return Pack(WORDS(w, at + odd), odd != 0u ? high.zw : high.xy);
}
#elif W_TYPE == 6
struct Pack {
  uvec4 low;
  uint high;
};

Pack load_pack(uint e)
{
  uint at = e / 128u * 5u, group = e >> 5 & 3u;
  return Pack(WORDS(w, at + group), WORDS(w, at + 4u)[group]);
}
#else
#define Pack uvec4
uvec4 load_pack(uint e)
{
  return WORDS(w, e / PER_PACK);
}
#endif

// Four bytes below 128.
vec4 small_bytes(uint word)
{
  int v = int(word);
  return vec4(v & 255, v >> 8 & 255, v >> 16 & 255, v >> 24);
}

uint nibbles_of(uvec4 words, uint q)
{
  return (words[q & 3u] >> (q < 4u ? 0u : 4u)) & 0x0f0f0f0fu;
}

// Weights 4q … 4q + 3 of a pack, before scaled().
vec4 weights_of(Pack pack, uint q)
{
#if W_TYPE == 0
  return uintBitsToFloat(pack);
#elif W_TYPE == 1
  return halves_to_vec4(q == 0u ? pack.xy : pack.zw);
#elif W_TYPE == 2
  return signed_bytes(pack[q]);
#elif W_TYPE == 6
  return small_bytes(nibbles_of(pack.low, q) | (pack.high >> q & 0x01010101u) << 4);
#elif W_TYPE != 5
  return small_bytes(nibbles_of(pack, q));
#else
  uint high = (q < 4u ? pack.high.x : pack.high.y) >> (q & 3u) * 2u & 0x03030303u;
  return small_bytes(nibbles_of(pack.low, q) | high << 4) - 32.0;
#endif
}

#if W_TYPE == 2 || W_TYPE == 3
#ifdef TEXEL
WORDS_IN(W_AT + 1, scales);

float scale_at(uint i)
{
  uint pair = WORDS(scales, i >> 3)[i >> 1 & 3u];
  return unpackHalf2x16(pair >> (i & 1u) * 16u).x;
}
#else
layout(std430, binding = W_AT + 1) readonly buffer Scales { float16_t scales[]; };

float scale_at(uint i)
{
  return float(scales[i]);
}
#endif
#elif W_TYPE > 3
WORDS_IN(W_AT + 1, scales);
#endif

// Whether a weight is a number times a factor plus a summand, both the same for a group of 32.
#define HAS_SUMMAND (W_TYPE == 3 || W_TYPE == 4 || W_TYPE == 6 || W_TYPE == 7)

// What scaled() needs for the pack from element e on: factors of its two halves, or, where zero is
// not in the middle, a factor and a summand.
vec2 pack_scales(uint e)
{
#if W_TYPE == 2
  return vec2(scale_at(e >> 5));
#elif W_TYPE == 3
  return scale_at(e >> 5) * vec2(1.0, -8.0);
#elif W_TYPE == 7
  return unpackHalf2x16(WORDS(scales, e >> 7)[e >> 5 & 3u]);
#elif W_TYPE == 4 || W_TYPE == 6
  uvec4 s = WORDS(scales, e >> 8);
  uint group = e >> 5 & 7u;
  uvec2 low = s.yz >> group * 4u & 15u, high = uvec2(s.w, s.w >> 16) >> group * 2u & 3u;
  return unpackHalf2x16(s.x) * vec2(ivec2(low | high << 4)) * vec2(1.0, -1.0);
#elif W_TYPE == 5
  uvec4 s = WORDS(scales, e >> 7 & ~1u);
  uint pair = s[e >> 6 & 3u] >> (e >> 5 & 1u) * 16u;
  float d = unpackHalf2x16(WORDS(scales, (e >> 7) | 1u).x).x;
  return d * vec2(int(pair << 24) >> 24, int(pair << 16) >> 24);
#else
  return vec2(1.0);
#endif
}

// Weights 4q … 4q + 3 of a pack, finished.
vec4 scaled(vec4 v, vec2 s, uint q)
{
#if W_TYPE < 2
  return v;
#elif HAS_SUMMAND
  return v * s.x + s.y;
#else
  return v * (q < PER_PACK / 8u ? s.x : s.y);
#endif
}

// The same for products that were added up over a pack: sums over its halves, and the sum of the
// other factors.
float scaled_sum(vec2 sums, float total, vec2 s)
{
#if W_TYPE < 2
  return sums.x + sums.y;
#elif HAS_SUMMAND
  return (sums.x + sums.y) * s.x + total * s.y;
#else
  return sums.x * s.x + sums.y * s.y;
#endif
}
