// For operators with one workgroup per row: one subgroup, or several where rows are few and long.
// With VEC a step along the row is four elements (rows are a multiple of four long); else it is one,
// and the other three lanes of each vec4 are zero.
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_arithmetic : require
layout(local_size_x_id = 0) in;
layout(constant_id = 1) const uint SG = 8;
layout(constant_id = 2) const bool VEC = true;

#define LANE gl_LocalInvocationID.x
#define LANES gl_WorkGroupSize.x
#define ROW_STEPS(cols) (VEC ? (cols) / 4u : (cols))
#define ROW_LOAD(v, v4, at) (VEC ? vec4(v4[at]) : vec4(float(v[at]), 0.0, 0.0, 0.0))
// Chosen by element: Mesa 22.3 evaluates a constant choice between vectors wrongly past the first.
#define ROW_MASK vec4(1.0, vec3(VEC ? 1.0 : 0.0))
#define ROW_STORE(v, v4, at, value)                                                               \
  if (VEC)                                                                                        \
    v4[at] = ELEM4(value);                                                                        \
  else                                                                                            \
    v[at] = ELEM((value).x)

const uint MAX_SUBGROUPS = 8u;
shared float row_parts[MAX_SUBGROUPS];

// What all subgroups of the workgroup have found, in row_parts. All invocations call it.
void row_share(float found)
{
  barrier(); // what was shared before has been read
  if (subgroupElect())
    row_parts[gl_SubgroupID] = found;
  barrier();
}

// The sum of all invocations' values, in a fixed order; every one receives it.
float row_sum(float v)
{
  float sum = subgroupAdd(v);
  if (LANES > SG) {
    row_share(sum);
    sum = row_parts[0];
    for (uint i = 1u; i < LANES / SG; i++)
      sum += row_parts[i];
  }
  return sum;
}

float row_max(float v)
{
  float top = subgroupMax(v);
  if (LANES > SG) {
    row_share(top);
    top = row_parts[0];
    for (uint i = 1u; i < LANES / SG; i++)
      top = max(top, row_parts[i]);
  }
  return top;
}
