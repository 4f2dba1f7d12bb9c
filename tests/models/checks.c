#include "checks.h"

#include <math.h>

void
tpo_test_run (TpoGraph *g)
{
  g_autoptr (GError) error = NULL;

  tpo_graph_compile (g, &error);
  g_assert_no_error (error);
  tpo_graph_run (g, NULL, &error);
  g_assert_no_error (error);
}

float *
tpo_test_read (TpoGraph *g, TpoTensor *output)
{
  gsize n = (gsize) tpo_shape_count (tpo_tensor_get_shape (output));
  float *values = g_new (float, n);
  g_autoptr (GError) error = NULL;

  tpo_graph_read (g, output, values, n * sizeof *values, &error);
  g_assert_no_error (error);
  return values;
}

void
tpo_test_check (const char *what, double actual, double expected, double tolerance)
{
  g_test_message ("%s: %.6f, expected %.6f", what, actual, expected);
  g_assert_cmpfloat_with_epsilon (actual, expected, tolerance);
}

void
tpo_test_check_row (const char *what, TpoGraph *g, TpoTensor *output, gsize first,
                    const float *expected, guint n, double tolerance)
{
  g_autofree float *values = tpo_test_read (g, output);

  for (guint i = 0; i < n; i++)
    tpo_test_check (what, values[first + i], expected[i], tolerance);
}

void
tpo_test_measure (const float *values, gsize n, double *mean, double *deviation)
{
  double sum = 0, squares = 0;

  for (gsize i = 0; i < n; i++)
    sum += values[i];
  *mean = sum / (double) n;
  for (gsize i = 0; i < n; i++)
    squares += (values[i] - *mean) * (values[i] - *mean);
  *deviation = sqrt (squares / (double) (n - 1));
}

void
tpo_test_check_moments (const char *what, TpoGraph *g, TpoTensor *output, double mean,
                        double deviation, double tolerance)
{
  g_autofree float *values = tpo_test_read (g, output);
  double actual_mean, actual_deviation;

  tpo_test_measure (values, (gsize) tpo_shape_count (tpo_tensor_get_shape (output)),
                    &actual_mean, &actual_deviation);
  tpo_test_check (what, actual_mean, mean, tolerance);
  tpo_test_check (what, actual_deviation, deviation, tolerance);
}

TpoDevice *
tpo_test_open (void)
{
  const TpoDeviceOptions options = { .validate = g_getenv ("TPO_VALIDATE") != NULL };
  g_autoptr (GError) error = NULL;
  TpoDevice *device = tpo_device_open (&options, &error);

  if (device == NULL)
    g_error ("%s", error->message);
  return device;
}

int
tpo_test_all (TpoDevice *device, const TpoNetworkTest *tests, guint n, gconstpointer data)
{
  int status;

  for (guint i = 0; i < n; i++)
    g_test_add_data_func (tests[i].path, data, tests[i].run);
  status = g_test_run ();
  g_assert_cmpuint (tpo_device_n_validation_errors (device), ==, 0);
  return status;
}
