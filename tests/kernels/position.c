#include "config.h"

#include <math.h>

#include "kernel-test.h"

/* Angles are good to some 1e-7 of a turn, and the rotation adds a unit in the last place of a sum of two. */
static const Tolerance tolerance = { 4e-6, 1e-6 };

static void
check_rope (Kernels *self, TpoType type, gint64 n, guint n_heads, gint64 size, gint32 position,
            gboolean is_llama)
{
  g_autoptr (Case) c =
      case_new (self, "rope %s %d rows, %u heads of %d at %d%s", tpo_type_name (type), (int) n,
                n_heads, (int) size, position, is_llama ? ", interleaved" : "");
  g_autoptr (HostTensor) x =
      host_random (self, type, TPO_SHAPE (n, n_heads * size), FILL_NORMAL);
  g_autoptr (HostTensor) start = host_int (position);
  g_autofree double *want = g_new (double, x->n);
  const float theta = 1e6f;
  g_autofree float *divisors = g_new (float, size / 2);
  const TpoRope rope = { .n_heads = n_heads,
                         .theta = theta,
                         .is_interleaved = is_llama,
                         .divisors = is_llama ? divisors : NULL };

  for (gint64 j = 0; j < size / 2; j++)
    divisors[j] = is_llama ? 1 + 0.25f * (float) j : 1;
  for (gint64 i = 0; i < n * n_heads; i++)
    for (gint64 j = 0; j < size / 2; j++) {
      double angle = (double) (position + i / n_heads) *
                     pow ((double) theta, -2.0 * (double) j / (double) size) / divisors[j];
      gint64 at = i * size + (is_llama ? 2 * j : j), to = is_llama ? at + 1 : at + size / 2;

      want[at] = x->v[at] * cos (angle) - x->v[to] * sin (angle);
      want[to] = x->v[to] * cos (angle) + x->v[at] * sin (angle);
    }
  case_check (c, tpo_rope (c->graph, case_input (c, x), case_input (c, start), &rope), want,
              tolerance);
}

static void
test_rope (Kernels *self)
{
  for (guint t = 0; t < 2; t++) {
    check_rope (self, float_types[t], 1, 1, 2, 0, FALSE);
    check_rope (self, float_types[t], 5, 3, 16, 7, FALSE);
    check_rope (self, float_types[t], 37, 4, 12, 100, FALSE);
    check_rope (self, float_types[t], 9, 2, 128, 8000, FALSE);
    check_rope (self, float_types[t], 3, 2, 64, 32000, FALSE);
    check_rope (self, float_types[t], 5, 3, 16, 7, TRUE);
    check_rope (self, float_types[t], 7, 4, 12, 100, TRUE);
    check_rope (self, float_types[t], 3, 2, 64, 32000, TRUE);
  }
}

static void
check_axial (Kernels *self, TpoType type, gint64 n, guint rows, guint cols, gint64 n_channels,
             gint64 n_rotated)
{
  g_autoptr (Case) c =
      case_new (self, "rope_axial %s [%d, %d] on %u × %u, %d turn", tpo_type_name (type),
                (int) n, (int) n_channels, rows, cols, (int) n_rotated);
  g_autoptr (HostTensor) x = host_random (self, type, TPO_SHAPE (n, n_channels), FILL_NORMAL);
  g_autofree double *want = g_new (double, x->n);

  for (gint64 i = 0; i < n; i++)
    for (gint64 pair = 0; pair < n_channels / 2; pair++) {
      gint64 cell = i % (rows * cols), quarter = n_channels / 4;
      gint64 place = pair < quarter ? cell % cols : cell / cols;
      double angle = i < n_rotated
                         ? (double) place * pow (10000, -4.0 * (double) (pair % quarter) /
                                                            (double) n_channels)
                         : 0;
      double re = x->v[i * n_channels + 2 * pair], im = x->v[i * n_channels + 2 * pair + 1];

      want[i * n_channels + 2 * pair] = re * cos (angle) - im * sin (angle);
      want[i * n_channels + 2 * pair + 1] = re * sin (angle) + im * cos (angle);
    }
  case_check (c, tpo_rope_axial (c->graph, case_input (c, x), rows, cols, n_rotated, 10000),
              want, tolerance);
}

static void
test_axial (Kernels *self)
{
  for (guint t = 0; t < 2; t++) {
    check_axial (self, float_types[t], 1, 1, 1, 4, 1);
    check_axial (self, float_types[t], 64 * 64, 64, 64, 16, 64 * 64);
    check_axial (self, float_types[t], 70, 5, 7, 12, 66);
    check_axial (self, float_types[t], 100, 4, 4, 64, 96);
    check_axial (self, float_types[t], 9, 3, 3, 256, 0);
  }
}

static void
check_sine (Kernels *self, TpoType type, gint64 n, gint64 inputs, guint n_channels, float scale)
{
  g_autoptr (Case) c = case_new (self, "sine_code %s [%d, %d] to %u", tpo_type_name (type),
                                 (int) n, (int) inputs, n_channels);
  g_autoptr (HostTensor) x = host_uniform (self, type, TPO_SHAPE (n, inputs), 0, 1);
  g_autofree double *want = g_new (double, x->n *n_channels);

  for (gint64 i = 0; i < x->n; i++)
    for (guint k = 0; k < n_channels; k++) {
      double angle = x->v[i] * (double) scale / pow (10000, 2.0 * (k / 2) / n_channels);

      want[i * n_channels + k] = k % 2 == 0 ? sin (angle) : cos (angle);
    }
  /* The angle is rounded: 100 to 1e-5. */
  case_check (c, tpo_sine_code (c->graph, case_input (c, x), n_channels, scale, 10000), want,
              (Tolerance){ 1e-6 + 2e-7 * (double) scale, 0 });
}

static void
test_sine (Kernels *self)
{
  for (guint t = 0; t < 2; t++) {
    check_sine (self, float_types[t], 1, 1, 2, 1);
    check_sine (self, float_types[t], 75, 2, 128, 6.2831853f);
    check_sine (self, float_types[t], 10, 3, 6, 100);
  }
}

const KernelTest tests_position[] = {
  { "rope", { "rope" }, test_rope },
  { "rope_axial", { "rope_axial" }, test_axial },
  { "sine_code", { "sine_code" }, test_sine },
  { NULL },
};
