#version 450
#extension GL_EXT_shader_16bit_storage : require
#extension GL_GOOGLE_include_directive : require
#include "grid.glsl"

// y[i] = table[ids[i]] in f32, zeros where the id is no row. A large table comes in slices of
// v_count rows from v_start; only the first slice writes the zeros. One invocation per element.
#if W_TYPE < 2
layout(std430, binding = 0) readonly buffer Table { W_ELEM table[]; }; // [v_count, cols]
#else
#define W_AT 0
#include "load.glsl"
#include "weights.glsl"
#endif
layout(std430, binding = 2) readonly buffer Ids { int ids[]; };        // [n]
layout(std430, binding = 3) writeonly buffer Y { float y[]; };         // [n, cols]
layout(push_constant) uniform Params { uint count, cols, v_start, v_count, v_total; };

float load(uint e)
{
#if W_TYPE < 2
  return float(table[e]);
#else
  uint start = e - e % PER_PACK, q = e % PER_PACK / 4u;
  return scaled(weights_of(load_pack(start), q), pack_scales(start), q)[e % 4u];
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
