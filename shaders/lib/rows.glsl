// For operators with one subgroup per row. With VEC a step along the row is four elements (rows
// are a multiple of four long); else it is one, and the other three lanes of each vec4 are zero.
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_arithmetic : require
layout(local_size_x_id = 0) in;
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
