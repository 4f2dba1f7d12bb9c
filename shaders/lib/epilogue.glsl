// What matrix products do with a finished sum before it is stored, shared by all their shaders:
// y = act(scale · sum + b[n] + add[m, n]) + residual[m, n].
// Both choices are specialization constants: software devices walk through every branch that is left.
layout(constant_id = 4) const uint ACT = ACT_NONE;
layout(constant_id = 5) const uint HAS = 0; // or-ed:
const uint HAS_BIAS = 1u, HAS_ADD = 2u, HAS_RESIDUAL = 4u;

layout(std430, binding = 3) readonly buffer Bias { float bias[]; };        // [N]
layout(std430, binding = 4) readonly buffer Add { ELEM add[]; };           // as y
layout(std430, binding = 5) readonly buffer Residual { ELEM residual[]; }; // as y
layout(std430, binding = 6) writeonly buffer Y { ELEM y[]; };              // [batch, M, ldy]

layout(push_constant) uniform Params
{
  uint m_count, n_count, k_count; // rows of x, rows of w bound here, length of both
  uint ldy, n_start;              // row length of y, first column made here
  uint x_batch, w_batch, y_batch; // elements from one problem of the batch to the next
  float scale;
#ifdef CONV
  uint rows, cols, channels;      // of the picture
  uint kernel, stride, pad;
  uint out_rows, out_cols;
#endif
};

// The bias of a column, to be loaded once for all its rows.
float bias_of(uint n)
{
  return (HAS & HAS_BIAS) != 0u ? bias[n_start + n] : 0.0;
}

void finish(uint batch, uint m, uint n, float sum, float column_bias)
{
  uint column = n_start + n;
  uint at = batch * y_batch + m * ldy + column;
  float v = sum * scale + column_bias;
  if ((HAS & HAS_ADD) != 0u)
    v += float(add[at]);
  v = activate(v, ACT);
  if ((HAS & HAS_RESIDUAL) != 0u)
    v += float(residual[at]);
  y[at] = ELEM(v);
}

#ifdef FINISH4
layout(std430, binding = 3) readonly buffer Bias4 { vec4 bias4[]; };
layout(std430, binding = 4) readonly buffer Add4 { ELEM4 add4[]; };
layout(std430, binding = 5) readonly buffer Residual4 { ELEM4 residual4[]; };
layout(std430, binding = 6) writeonly buffer Y4 { ELEM4 y4[]; };

vec4 bias4_of(uint n)
{
  return (HAS & HAS_BIAS) != 0u ? bias4[(n_start + n) >> 2] : vec4(0.0);
}

// Four neighbours in a row, where rows of y are a multiple of four long.
void finish4(uint batch, uint m, uint n, vec4 sum, vec4 column_bias)
{
  uint at = (batch * y_batch + m * ldy + n_start + n) >> 2;
  vec4 v = sum * scale + column_bias;
  if ((HAS & HAS_ADD) != 0u)
    v += vec4(add4[at]);
  v = activate4(v, ACT);
  if ((HAS & HAS_RESIDUAL) != 0u)
    v += vec4(residual4[at]);
  y4[at] = ELEM4(v);
}
#endif
