#version 450
#extension GL_EXT_shader_16bit_storage : require
#extension GL_GOOGLE_include_directive : require
#include "activation.glsl"
#include "grid.glsl"

// y[t, r, c, ch] = act(b[ch] + sum over i, j of x[t, r·stride + i - pad, c·stride + j - pad, ch] ·
// w[ch, i, j]), zeros outside. One invocation per element of y, neighbours along the channels.
layout(std430, binding = 0) readonly buffer X { ELEM x[]; };    // [T, rows, cols, channels]
layout(std430, binding = 1) readonly buffer W { W_ELEM w[]; };  // [channels, kernel, kernel]
layout(std430, binding = 2) readonly buffer B { float b[]; };   // [channels]
layout(std430, binding = 3) writeonly buffer Y { ELEM y[]; };   // [T, out_rows, out_cols, channels]
layout(push_constant) uniform Params
{
  uint count, channels, rows, cols, out_rows, out_cols, kernel, stride, pad, act, has_bias;
};

void main()
{
  uint i = grid_index();
  if (i >= count)
    return;
  uint ch = i % channels, at = i / channels;
  uint c = at % out_cols, r = at / out_cols % out_rows, t = at / out_cols / out_rows;
  float sum = has_bias != 0u ? b[ch] : 0.0;
  for (uint kr = 0; kr < kernel; kr++)
    for (uint kc = 0; kc < kernel; kc++) {
      uint xr = r * stride + kr - pad, xc = c * stride + kc - pad; // wraps below zero
      if (xr < rows && xc < cols)
        sum += float(x[((t * rows + xr) * cols + xc) * channels + ch]) *
               float(w[(ch * kernel + kr) * kernel + kc]);
    }
  y[i] = ELEM(activate(sum, act));
}
