// Loads of 16 bytes, through a storage buffer or, with TEXEL, a uniform texel buffer of
// R32G32B32A32_UINT, and what they hold. Software devices gather texels in one instruction but
// walk through the lanes for a storage buffer.
#ifdef TEXEL
#define WORDS_IN(at, name) layout(binding = at) uniform usamplerBuffer name
#define WORDS(name, i) texelFetch(name, int(i))
#else
#define WORDS_IN(at, name)                                                                        \
  layout(std430, binding = at) readonly buffer name##_block                                       \
  {                                                                                               \
    uvec4 words[];                                                                                \
  }                                                                                               \
  name
#define WORDS(name, i) name.words[i]
#endif

vec4 halves_to_vec4(uvec2 words)
{
  return vec4(unpackHalf2x16(words.x), unpackHalf2x16(words.y));
}

// Four signed bytes.
vec4 signed_bytes(uint word)
{
  int w = int(word);
  return vec4((w << 24) >> 24, (w << 16) >> 24, (w << 8) >> 24, w >> 24);
}

vec4 half_of_words(uvec4 words, uint i)
{
  return halves_to_vec4((i & 1u) != 0u ? words.zw : words.xy);
}

// Elements 4i … 4i + 3 of an operand of f32, or of f16.
#define LOAD4_F32(name, i) uintBitsToFloat(WORDS(name, i))
#define LOAD4_F16(name, i) half_of_words(WORDS(name, (i) >> 1), i)
