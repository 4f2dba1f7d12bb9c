#version 450
#extension GL_GOOGLE_include_directive : require
#include "activation.glsl"
#include "elem.glsl"
#include "grid.glsl"

// y[i] = f(x[i]), with the numbers of TpoUnary. One invocation per four elements.
layout(local_size_x_id = 0) in;
layout(constant_id = 2) const uint OP = 0;
layout(std430, binding = 0) readonly buffer X { ELEM4 x[]; };  // [n]
layout(std430, binding = 1) writeonly buffer Y { ELEM4 y[]; }; // [n]
layout(push_constant) uniform Params { uint n4; };

float apply(float v)
{
  switch (OP) {
  case 0:
    return max(v, 0.0);
  case 1:
    return gelu(v);
  case 2:
    return gelu_tanh(v);
  case 3:
    return silu(v);
  case 4:
    return sigmoid(v);
  case 5:
    return tanh_f32(v);
  case 6:
    return exp_f32(v);
  case 7:
    return log_f32(v);
  case 8:
    return sqrt(v);
  case 9:
    return sin_cos(v).x;
  case 10:
    return sin_cos(v).y;
  case 11:
    return -v;
  case 12:
    return 1.0 / v;
  case 13:
    return abs(v);
  case 14:
    return v > 0.0 ? 1.0 : 0.0;
  case 15: {
    float c = clamp(v, 0.0, 1.0);
    return log_f32(max(c, 1e-3) / max(1.0 - c, 1e-3));
  }
  }
  return v;
}

void main()
{
  uint i = grid_index();
  if (i >= n4)
    return;
  vec4 v = vec4(x[i]);
  y[i] = ELEM4(vec4(apply(v.x), apply(v.y), apply(v.z), apply(v.w)));
}
