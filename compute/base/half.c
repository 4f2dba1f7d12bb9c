#include "base/half.h"

typedef union {
  float f;
  guint32 u;
} FloatBits;

guint16
tpo_half_from_float (float value)
{
  FloatBits bits = { .f = value };
  guint32 sign = (bits.u >> 16) & 0x8000;
  guint32 magnitude = bits.u & 0x7fffffff;

  if (magnitude > 0x7f800000) /* NaN stays NaN */
    return (guint16) (sign | 0x7e00);
  if (magnitude >= 0x477ff000) /* rounds to 65536 or more */
    return (guint16) (sign | 0x7c00);
  if (magnitude >= 0x38800000) { /* normal: round the 13 bits that go */
    guint32 odd = (magnitude >> 13) & 1;

    return (guint16) (sign | ((magnitude - 0x38000000 + 0xfff + odd) >> 13));
  }
  /* Subnormal: adding one half lets the addition itself round to a multiple of 2^-24. */
  bits.u = magnitude;
  bits.f += 0.5f;
  return (guint16) (sign | (bits.u - 0x3f000000));
}

float
tpo_half_to_float (guint16 half)
{
  guint32 sign = (guint32) (half & 0x8000) << 16;
  guint32 magnitude = half & 0x7fff;
  FloatBits bits;

  if (magnitude >= 0x7c00)
    bits.u = 0x7f800000 | (magnitude & 0x3ff) << 13;
  else if (magnitude >= 0x400)
    bits.u = (magnitude << 13) + 0x38000000;
  else
    bits.f = (float) magnitude * 0x1p-24f;
  bits.u |= sign;
  return bits.f;
}
