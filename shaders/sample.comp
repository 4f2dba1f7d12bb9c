#version 450
#extension GL_GOOGLE_include_directive : require
#include "workgroup.glsl"

// Draws one id with probability proportional to its weight, among the smallest set of ids whose
// weights reach top_p of the total (Holtzman et al. 2020); among equal weights, low ids enter first.
// One workgroup of 128.
//
// No sorting: the bits of non-negative floats order like the floats, so the threshold of the
// set is found bit by bit. Ids are then walked upwards until the running weight exceeds
// uniform · (weight of the set).
layout(local_size_x_id = 0) in;
layout(std430, binding = 0) readonly buffer X { float x[]; };        // [n], ≥ 0
layout(std430, binding = 1) readonly buffer Uniform { float drawn; }; // [1], in [0, 1)
layout(std430, binding = 2) writeonly buffer Y { int y; };           // [1]
layout(push_constant) uniform Params { uint n; float top_p; };

shared uint ties[WORKGROUP];
shared float masses[WORKGROUP];

// Weight of all ids whose bits are at least @threshold.
float mass_from(uint threshold)
{
  float sum = 0.0;
  for (uint i = gl_LocalInvocationID.x; i < n; i += WORKGROUP)
    sum += floatBitsToUint(x[i]) >= threshold ? x[i] : 0.0;
  return workgroup_sum(sum);
}

void main()
{
  uint lane = gl_LocalInvocationID.x;
  uint threshold = 0u, n_ties = n;
  if (top_p < 1.0) {
    float target = top_p * mass_from(0u);
    for (uint bit = 0x40000000u; bit > 0u; bit >>= 1)
      if (mass_from(threshold | bit) >= target)
        threshold |= bit;
    float above = mass_from(threshold + 1u), value = uintBitsToFloat(threshold);
    n_ties = uint(clamp(ceil((target - above) / value), 1.0, float(n)));
  }

  // Each invocation owns a run of neighbouring ids from here on.
  uint chunk = (n + WORKGROUP - 1u) / WORKGROUP;
  uint begin = min(lane * chunk, n), end = min(begin + chunk, n);
  uint count = 0u;
  for (uint i = begin; i < end; i++)
    count += floatBitsToUint(x[i]) == threshold ? 1u : 0u;
  ties[lane] = count;
  barrier();
  uint ties_before = 0u;
  for (uint k = 0u; k < lane; k++)
    ties_before += ties[k];

  uint tie = ties_before;
  float mass = 0.0;
  for (uint i = begin; i < end; i++) {
    uint bits = floatBitsToUint(x[i]);
    if (bits > threshold || (bits == threshold && tie++ < n_ties))
      mass += x[i];
  }
  masses[lane] = mass;
  barrier();
  float before = 0.0, total = 0.0;
  for (uint k = 0u; k < WORKGROUP; k++) {
    before = k == lane ? total : before;
    total += masses[k];
  }
  float target = drawn * total;

  // The last run with weight that begins at or before the target holds the id, and in it the last
  // such id: so rounding can never walk past the end.
  barrier();
  workgroup_values[lane] = mass > 0.0 && before <= target ? 1.0 : 0.0;
  barrier();
  bool is_last = workgroup_values[lane] > 0.0;
  for (uint k = lane + 1u; k < WORKGROUP; k++)
    is_last = is_last && workgroup_values[k] == 0.0;
  if (!is_last)
    return;
  tie = ties_before;
  int chosen = 0;
  for (uint i = begin; i < end; i++) {
    uint bits = floatBitsToUint(x[i]);
    if (x[i] > 0.0 && (bits > threshold || (bits == threshold && tie++ < n_ties)) &&
        before <= target) {
      chosen = int(i);
      before += x[i];
    }
  }
  y = chosen;
}
