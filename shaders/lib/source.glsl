// Four neighbours of an operand that may also hold bytes or integers: SOURCE4 is vec4, f16vec4 or
// ivec4, or uint for four bytes (with FROM_BYTES).
vec4 bytes_to_vec4(uint v)
{
  return vec4(v & 255u, (v >> 8) & 255u, (v >> 16) & 255u, v >> 24);
}
#ifdef FROM_BYTES
#define WIDEN(v) bytes_to_vec4(v)
#else
#define WIDEN(v) vec4(v)
#endif
