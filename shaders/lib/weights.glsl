// The rows of w as 16-byte words of PER_WORD weights, and their unpacking: W_TYPE is 0 (f32), 1
// (f16) or 2 (Q8_0: signed bytes here, one f16 scale per 32 of them at binding 2).
#if W_TYPE == 0
#define PER_WORD 4u
#elif W_TYPE == 1
#define PER_WORD 8u
#else
#define PER_WORD 16u
layout(std430, binding = 2) readonly buffer Scales { float16_t scales[]; };
#endif

// Weights 4q … 4q + 3 of a word, without the scale.
vec4 weights_of(uvec4 words, uint q)
{
#if W_TYPE == 0
  return uintBitsToFloat(words);
#elif W_TYPE == 1
  return halves_to_vec4(q == 0u ? words.xy : words.zw);
#else
  return signed_bytes(words[q]);
#endif
}
