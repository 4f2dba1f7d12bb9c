#version 450
#extension GL_GOOGLE_include_directive : require
#include "divide.glsl"
#include "grid.glsl"

// Counts the pixels of each label, and marks labels that touch another one with the top bit: those
// belong to a component too large for the sweeps to reach its ends. One invocation per pixel.
layout(local_size_x_id = 0) in;
layout(std430, binding = 0) readonly buffer Labels { uint labels[]; }; // [rows, cols]
layout(std430, binding = 2) buffer Y { uint counts[]; };               // [rows, cols], by label
layout(push_constant) uniform Params { uint rows; uint cols; uint multiplier, shift; };

const uint NONE = 0xffffffffu, OPEN = 0x80000000u;

void main()
{
  uint i = grid_index();
  if (i >= rows * cols)
    return;
  uint label = labels[i];
  if (label == NONE)
    return;
  int row = int(divide(i, multiplier, shift)), col = int(i) - row * int(cols);
  bool is_open = false;
  for (int r = max(row - 1, 0); r <= min(row + 1, int(rows) - 1); r++)
    for (int c = max(col - 1, 0); c <= min(col + 1, int(cols) - 1); c++) {
      uint other = labels[r * int(cols) + c];
      is_open = is_open || (other != NONE && other != label);
    }
  if (is_open)
    atomicOr(counts[label], OPEN);
  atomicAdd(counts[label], 1u);
}
