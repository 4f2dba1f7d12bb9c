// v / d for v < 2^31 by a multiplication: d is given as its multiplier and shift, which
// tpo_divisor() prepares (Granlund and Montgomery 1994). Integer division is slow everywhere.
uint divide(uint v, uint multiplier, uint shift)
{
  uint high, low;
  umulExtended(v, multiplier, high, low);
  return (high + v) >> shift;
}
