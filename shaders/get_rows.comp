#version 450
#extension GL_EXT_shader_16bit_storage : require
#extension GL_GOOGLE_include_directive : require
#include "grid.glsl"

// y[i] = table[ids[i]] in f32, zeros where the id is no row. A large table comes in slices of
// v_count rows from v_start; only the first slice writes the zeros. One invocation per element.
#if W_TYPE == 2
#include "load.glsl"
layout(std430, binding = 0) readonly buffer Table { uint table[]; };       // 4 signed bytes each
layout(std430, binding = 1) readonly buffer Scales { float16_t scales[]; }; // one per 32
#else
layout(std430, binding = 0) readonly buffer Table { W_ELEM table[]; }; // [v_count, cols]
#endif
layout(std430, binding = 2) readonly buffer Ids { int ids[]; };        // [n]
layout(std430, binding = 3) writeonly buffer Y { float y[]; };         // [n, cols]
layout(push_constant) uniform Params { uint count, cols, v_start, v_count, v_total; };

float load(uint e)
{
#if W_TYPE == 2
  return signed_bytes(table[e / 4u])[e % 4u] * float(scales[e / 32u]);
#else
  return float(table[e]);
#endif
}

void main()
{
  uint i = grid_index();
  if (i >= count)
    return;
  uint id = uint(ids[i / cols]);
  if (id - v_start < v_count)
    y[i] = load((id - v_start) * cols + i % cols);
  else if (v_start == 0u && id >= v_total)
    y[i] = 0.0;
}
