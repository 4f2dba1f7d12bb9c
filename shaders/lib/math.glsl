// Elementary functions in f32 with errors of one to a few units in the last place on every
// device: Vulkan's own promise is too loose for the models (sin and cos may be off by 2^-11,
// exp by 3 + 2·|x| ulp, tanh is only as good as its exp). The polynomials are minimax fits.
// `precise` keeps compilers from reassociating the argument reductions.

float exp_f32(float x)
{
  precise float n = roundEven(clamp(x, -104.0, 89.0) * 1.44269504);
  precise float r = (clamp(x, -104.0, 89.0) - n * 0.693359375) + n * 2.12194440e-4;
  float p = 1.39505e-3;
  p = p * r + 8.36889e-3;
  p = p * r + 4.166621e-2;
  p = p * r + 0.16666519;
  p = p * r + 0.5;
  p = p * r * r + r + 1.0;
  // Two factors, so that neither 2^n leaves the range of normal numbers.
  int h = int(n) / 2;
  p = p * uintBitsToFloat(uint(h + 127) << 23) * uintBitsToFloat(uint(int(n) - h + 127) << 23);
  return x < -103.0 ? 0.0 : p;
}

// Natural logarithm of positive normal numbers; -inf below them, NaN for negative ones.
float log_f32(float x)
{
  // x = m · 2^e with m between √½ and √2.
  int bits = floatBitsToInt(x), e = (bits - 0x3f3504f3) >> 23;
  float m = intBitsToFloat(bits - (e << 23));
  float s = (m - 1.0) / (m + 1.0), u = s * s;
  precise float tail = s * u * (0.66666778 + u * (0.39977286 + u * 0.29879171)) +
                       float(e) * -2.12194440e-4;
  precise float y = (2.0 * s + tail) + float(e) * 0.693359375;
  if (x < 1.17549435e-38)
    return x < 0.0 ? uintBitsToFloat(0x7fc00000u) : uintBitsToFloat(0xff800000u);
  return x > 3.4e38 ? x : y;
}

// (sin a, cos a) of a = r + quadrant·π/2 with |r| ≤ π/4.
vec2 sin_cos_reduced(float r, int quadrant)
{
  float u = r * r;
  float s = r + r * u * (-0.16666655 + u * (0.00833216 - u * 0.00019514));
  float c = 1.0 - 0.5 * u + u * u * (0.0416666463 + u * (-0.00138873371 + u * 2.44348442e-5));
  vec2 sc = (quadrant & 1) != 0 ? vec2(c, s) : vec2(s, c);
  return vec2((quadrant & 2) != 0 ? -sc.x : sc.x, ((quadrant + 1) & 2) != 0 ? -sc.y : sc.y);
}

// (sin, cos) of an angle in radians, good to |x| of some ten thousand.
vec2 sin_cos(float x)
{
  precise float q = roundEven(x * 0.636619772);
  precise float r = ((x - q * 1.5703125) - q * 4.83751297e-4) - q * 7.54978942e-8;
  return sin_cos_reduced(r, int(q));
}

// (sin, cos) of an angle in turns, whole turns dropped exactly.
vec2 sin_cos_turns(float t)
{
  precise float f = t - roundEven(t);
  precise float q = roundEven(f * 4.0);
  precise float r = (f - q * 0.25) * 6.28318531;
  return sin_cos_reduced(r, int(q));
}

float tanh_f32(float x)
{
  float a = abs(x), u = x * x;
  if (a < 0.6)
    return x + x * u *
                   (-0.33333299 +
                    u * (0.13331958 + u * (-0.05378668 + u * (0.02080538 - u * 0.00590586))));
  return sign(x) * (1.0 - 2.0 / (exp_f32(2.0 * min(a, 20.0)) + 1.0));
}

// The upper tail of the normal distribution, Φ(-z) for z ≥ 0, as 2^polynomial: z·Φ(-z) is good
// to 5e-8. Zero from 6 on, where z·Φ(-z) is below 6e-9.
float normal_tail(float z)
{
  float p = 3.984190187e-7;
  p = p * z - 7.890882444e-6;
  p = p * z + 6.500722520e-5;
  p = p * z - 2.527909819e-4;
  p = p * z - 4.238979090e-5;
  p = p * z + 6.991711910e-3;
  p = p * z - 0.05247049033;
  p = p * z - 0.45921087265;
  p = p * z - 1.15110552311;
  p = p * z - 1.0;
  return z < 6.0 ? exp_f32(p * 0.693147181) : 0.0;
}
