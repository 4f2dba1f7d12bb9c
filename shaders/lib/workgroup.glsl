// Sums and maxima over a workgroup of 128 invocations, in a fixed order, without subgroup
// operations. Every invocation calls and receives the result.
const uint WORKGROUP = 128u;
shared float workgroup_values[WORKGROUP];

float workgroup_sum(float v)
{
  uint lane = gl_LocalInvocationID.x;
  barrier();
  workgroup_values[lane] = v;
  for (uint step = WORKGROUP / 2u; step > 0u; step /= 2u) {
    barrier();
    if (lane < step)
      workgroup_values[lane] += workgroup_values[lane + step];
  }
  barrier();
  return workgroup_values[0];
}

float workgroup_max(float v)
{
  uint lane = gl_LocalInvocationID.x;
  barrier();
  workgroup_values[lane] = v;
  for (uint step = WORKGROUP / 2u; step > 0u; step /= 2u) {
    barrier();
    if (lane < step)
      workgroup_values[lane] = max(workgroup_values[lane], workgroup_values[lane + step]);
  }
  barrier();
  return workgroup_values[0];
}
