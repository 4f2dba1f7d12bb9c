#include "math.glsl"

// Activations, in f32. The numbers are those of TpoAct (compute/nn/ops.h).
const uint ACT_NONE = 0, ACT_RELU = 1, ACT_GELU = 2, ACT_GELU_TANH = 3, ACT_SILU = 4,
           ACT_SIGMOID = 5, ACT_TANH = 6;

// x·Φ(x), from the tail so that nothing cancels for negative x.
float gelu(float x)
{
  float tail = x * normal_tail(abs(x));
  return x < 0.0 ? tail : x - tail;
}

float sigmoid(float x)
{
  return 1.0 / (1.0 + exp_f32(-x));
}

// 0.5·x·(1 + tanh(u)) = x·sigmoid(2u)
float gelu_tanh(float x)
{
  float u = 0.7978845608 * (x + 0.044715 * x * x * x);
  return x * sigmoid(clamp(2.0 * u, -80.0, 80.0));
}

float silu(float x)
{
  return x * sigmoid(max(x, -80.0));
}

float activate(float x, uint act)
{
  switch (act) {
  case ACT_RELU:
    return max(x, 0.0);
  case ACT_GELU:
    return gelu(x);
  case ACT_GELU_TANH:
    return gelu_tanh(x);
  case ACT_SILU:
    return silu(x);
  case ACT_SIGMOID:
    return sigmoid(x);
  case ACT_TANH:
    return tanh_f32(x);
  }
  return x;
}

vec4 activate4(vec4 x, uint act)
{
  return vec4(activate(x.x, act), activate(x.y, act), activate(x.z, act), activate(x.w, act));
}
