#version 450
#extension GL_EXT_shader_16bit_storage : require
#extension GL_EXT_control_flow_attributes : require
#extension GL_GOOGLE_include_directive : require
#include "activation.glsl"
#include "grid.glsl"
#include "load.glsl"

// y[t, r, c, ch] = act(b[ch] + sum over i, j of x[t, r·STRIDE + i - pad, c·STRIDE + j - pad, ch] ·
// w[i, j, ch]), zeros outside: a filter per channel. One invocation makes four channels of COLS
// neighbours in a row, so that each load serves several of them.
layout(constant_id = 2) const uint KERNEL = 3;
layout(constant_id = 3) const uint STRIDE = 1;
layout(constant_id = 4) const uint ACT = ACT_NONE;
const uint COLS = 4u, REACH = (COLS - 1u) * STRIDE + KERNEL;

WORDS_IN(0, x);                                               // [T, rows, cols, channels]
WORDS_IN(1, w);                                               // [KERNEL, KERNEL, channels]
layout(std430, binding = 2) readonly buffer B { vec4 b[]; };  // [channels]
layout(std430, binding = 3) writeonly buffer Y { ELEM4 y[]; }; // [T, out_rows, out_cols, channels]
layout(push_constant) uniform Params
{
  uint count; // invocations: T · out_rows · strips of a row · channels / 4
  uint channels4, strips, rows, cols, out_rows, out_cols, pad, has_bias;
};

#ifdef X_F16
#define LOAD_X(i) LOAD4_F16(x, i)
#else
#define LOAD_X(i) LOAD4_F32(x, i)
#endif
#if W_TYPE == 1
#define LOAD_W(i) LOAD4_F16(w, i)
#else
#define LOAD_W(i) LOAD4_F32(w, i)
#endif

void main()
{
  uint i = grid_index();
  if (i >= count)
    return;
  uint ch = i % channels4, at = i / channels4;
  uint c0 = at % strips * COLS, line = at / strips; // line: over all frames
  uint r = line % out_rows, t = line / out_rows;
  int left = int(c0 * STRIDE) - int(pad), top = int(r * STRIDE) - int(pad);

  vec4 sum[COLS];
  [[unroll]] for (uint o = 0; o < COLS; o++) sum[o] = has_bias != 0u ? b[ch] : vec4(0.0);
  for (uint kr = 0; kr < KERNEL; kr++) {
    int row = top + int(kr);
    bool inside = uint(row) < rows;
    uint base = (t * rows + (inside ? uint(row) : 0u)) * cols;
    vec4 xs[REACH], ws[KERNEL];
    [[unroll]] for (uint k = 0; k < REACH; k++) {
      int col = left + int(k);
      bool valid = inside && uint(col) < cols;
      vec4 v = LOAD_X((base + (valid ? uint(col) : 0u)) * channels4 + ch);
      xs[k] = valid ? v : vec4(0.0);
    }
    [[unroll]] for (uint k = 0; k < KERNEL; k++) ws[k] = LOAD_W((kr * KERNEL + k) * channels4 + ch);
    [[unroll]] for (uint k = 0; k < KERNEL; k++) [[unroll]] for (uint o = 0; o < COLS; o++)
      sum[o] += xs[o * STRIDE + k] * ws[k];
  }

  [[unroll]] for (uint o = 0; o < COLS; o++)
    if (c0 + o < out_cols) {
      vec4 v = sum[o];
      v = vec4(activate(v.x, ACT), activate(v.y, ACT), activate(v.z, ACT), activate(v.w, ACT));
      y[(line * out_cols + c0 + o) * channels4 + ch] = ELEM4(v);
    }
}
