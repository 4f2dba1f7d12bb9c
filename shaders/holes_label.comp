#version 450
#extension GL_GOOGLE_include_directive : require
#include "divide.glsl"
#include "grid.glsl"

// Labels of background pixels for the filling of holes; the foreground has NONE.
// STAGE 0: y = the pixel's own index where the logit is ≤ 0. x: [rows, cols] f32 logits
// STAGE 1: y = the lowest label among the pixel and its eight neighbours. x: labels
// STAGE 2: y = 0, to count in.
// One invocation per pixel.
layout(local_size_x_id = 0) in;
layout(constant_id = 2) const uint STAGE = 0;
layout(std430, binding = 0) readonly buffer X { uint x[]; };  // [rows, cols]
layout(std430, binding = 1) writeonly buffer Y { uint y[]; }; // [rows, cols]
layout(push_constant) uniform Params { uint rows; uint cols; uint multiplier, shift; };

const uint NONE = 0xffffffffu;

void main()
{
  uint i = grid_index();
  if (i >= rows * cols)
    return;
  if (STAGE == 0u) {
    y[i] = uintBitsToFloat(x[i]) <= 0.0 ? i : NONE;
  } else if (STAGE == 2u) {
    y[i] = 0u;
  } else {
    uint label = x[i];
    if (label != NONE) {
      int row = int(divide(i, multiplier, shift)), col = int(i) - row * int(cols);
      for (int r = max(row - 1, 0); r <= min(row + 1, int(rows) - 1); r++)
        for (int c = max(col - 1, 0); c <= min(col + 1, int(cols) - 1); c++)
          label = min(label, x[r * int(cols) + c]);
    }
    y[i] = label;
  }
}
