#version 450
#extension GL_EXT_shader_16bit_storage : require
#extension GL_GOOGLE_include_directive : require
#include "activation.glsl"
#include "grid.glsl"
#include "epilogue.glsl"

// The product of lib/epilogue.glsl for rows that are no whole number of 16-byte words: one invocation
// per element of y. Such rows are short (coordinates, counts).
layout(std430, binding = 0) readonly buffer X { ELEM x[]; };   // [batch, M, K]
layout(std430, binding = 1) readonly buffer W { W_ELEM w[]; }; // [batch, N, K]

void main()
{
  uint i = grid_index(), batch = gl_WorkGroupID.z;
  if (i >= m_count * n_count)
    return;
  uint m = i / n_count, n = i % n_count;
  uint row = batch * x_batch + m * k_count, column = batch * w_batch + n * k_count;
  float sum = 0.0;
  for (uint k = 0; k < k_count; k++)
    sum += float(x[row + k]) * float(w[column + k]);
  finish(batch, m, n, sum, bias_of(n));
}
