// Convolution as a matrix product: row m of x is the patch under output position m, never stored.
// Element k of a patch is (kernel row, kernel column, channel), as in w. CHANNELS is a multiple of 4.
struct PatchRow {
  int row, col; // top left corner in the picture
  uint frame;   // first picture row of the frame
};

PatchRow patch_row(uint m)
{
  uint c = m % out_cols, r = m / out_cols;
  PatchRow p;
  p.frame = r / out_rows * rows;
  p.row = int(r % out_rows * stride) - int(pad);
  p.col = int(c * stride) - int(pad);
  return p;
}

// Elements k … k + 3 of a patch: kernel row, kernel column, first channel.
uvec3 patch_tap(uint k)
{
  uint tap = k / channels;
  return uvec3(tap / kernel, tap % kernel, k - tap * channels);
}

vec4 patch_load(PatchRow p, uvec3 tap)
{
  int r = p.row + int(tap.x), c = p.col + int(tap.y);
  bool inside = uint(r) < rows && uint(c) < cols;
  uint e = inside ? ((p.frame + uint(r)) * cols + uint(c)) * channels + tap.z : 0u;
  vec4 v = LOAD_X(e >> 2);
  return inside ? v : vec4(0.0);
}
