// Convolution as a matrix product: row m of x is the patch under output position m, never stored.
// Element k of a patch is (kernel row, kernel column, channel), as in w. CHANNELS is a multiple of 4.
struct PatchRow {
  int row, col; // top left corner in the picture
  uint frame;   // first picture row of the frame
};

PatchRow patch_row(uint m)
{
  uint r = m / out_cols, c = m - r * out_cols;
  uint t = r / out_rows;
  PatchRow p;
  p.frame = t * rows;
  p.row = int((r - t * out_rows) * stride) - int(pad);
  p.col = int(c * stride) - int(pad);
  return p;
}

// The patch after @p, unless that is the last one: divisions are slow on software devices.
PatchRow patch_next(PatchRow p, bool is_last)
{
  int end_col = int(out_cols * stride) - int(pad), end_row = int(out_rows * stride) - int(pad);
  PatchRow n = p;
  n.col += int(stride);
  bool wraps = n.col >= end_col;
  n.col = wraps ? -int(pad) : n.col;
  n.row += wraps ? int(stride) : 0;
  bool turns = n.row >= end_row;
  n.row = turns ? -int(pad) : n.row;
  n.frame += turns ? rows : 0u;
  n.row = is_last ? p.row : n.row;
  n.col = is_last ? p.col : n.col;
  n.frame = is_last ? p.frame : n.frame;
  return n;
}

// floor(a / b) for a below 2^18, which is checked for K: the half is a larger share of a than the
// error of a division, 2.5 units in the last place.
uint divide_small(uint a, uint b)
{
  return uint((float(a) + 0.5) / float(b));
}

// Elements k … k + 3 of a patch: kernel row, kernel column, first channel.
uvec3 patch_tap(uint k)
{
  uint tap = divide_small(k, channels), row = divide_small(tap, kernel);
  return uvec3(row, tap - row * kernel, k - tap * channels);
}

vec4 patch_load(PatchRow p, uvec3 tap)
{
  int r = p.row + int(tap.x), c = p.col + int(tap.y);
  bool inside = uint(r) < rows && uint(c) < cols;
  uint e = inside ? ((p.frame + uint(r)) * cols + uint(c)) * channels + tap.z : 0u;
  vec4 v = LOAD_X(e >> 2);
  return inside ? v : vec4(0.0);
}
