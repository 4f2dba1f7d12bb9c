#version 450
#extension GL_GOOGLE_include_directive : require
#include "math.glsl"
#include "workgroup.glsl"

// Prepares a row of logits for sampling. First the repetition penalty (Keskar et al. 2019): a
// logit whose id occurs in seen is divided by the penalty when positive, else multiplied, once.
// Then, with EXPONENT, y = exp((z - max z) / temperature); without, y = z. One workgroup of 128.
layout(local_size_x_id = 0) in;
layout(constant_id = 2) const bool EXPONENT = true;
layout(std430, binding = 0) readonly buffer X { float x[]; };  // [n]
layout(std430, binding = 1) readonly buffer Seen { int seen[]; }; // [n_seen]
layout(std430, binding = 2) coherent buffer Y { float y[]; };  // [n]
layout(push_constant) uniform Params { uint n; uint n_seen; float penalty; float inv_temperature; };

void main()
{
  uint lane = gl_LocalInvocationID.x;
  for (uint i = lane; i < n; i += WORKGROUP)
    y[i] = x[i];
  memoryBarrierBuffer();
  barrier();
  for (uint i = lane; i < n_seen; i += WORKGROUP) {
    int id = seen[i];
    if (id >= 0 && uint(id) < n)
      y[id] = x[id] > 0.0 ? x[id] / penalty : x[id] * penalty;
  }
  memoryBarrierBuffer();
  barrier();
  if (!EXPONENT)
    return;
  float top = -3.4e38;
  for (uint i = lane; i < n; i += WORKGROUP)
    top = max(top, y[i]);
  top = workgroup_max(top);
  for (uint i = lane; i < n; i += WORKGROUP)
    y[i] = exp_f32((y[i] - top) * inv_temperature);
}
