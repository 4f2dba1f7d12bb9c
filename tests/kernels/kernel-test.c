#include "config.h"

#include <math.h>
#include <string.h>

#include "base/half.h"
#include "kernel-test.h"

const TpoType float_types[2] = { TPO_F32, TPO_F16 };

const char *
fill_name (Fill fill)
{
  static const char *const names[FILL_COUNT] = { "normal", "equal", "huge", "tiny" };

  return names[fill];
}

gboolean
kernels_is_due (const Kernels *self, guint index, guint combination, guint n_combinations)
{
  if (self->is_quick)
    return (combination + index) % n_combinations == 0;
  return index < 3 || (combination + index) % 2 == 0;
}

/* ---- host tensors ----------------------------------------------------------------------- */

static void
encode_q8 (const double *values, double *stored, guint8 *bytes, gint64 n)
{
  for (gint64 i = 0; i < n; i += 32, bytes += 34) {
    double top = 0, scale;
    guint16 half;

    for (gint64 k = i; k < i + 32; k++)
      top = MAX (top, fabs (values[k]));
    half = tpo_half_from_float ((float) (top / 127));
    scale = tpo_half_to_float (half);
    memcpy (bytes, &half, 2);
    for (gint64 k = i; k < i + 32; k++) {
      double q = scale > 0 ? CLAMP (round (values[k] / scale), -127, 127) : 0;

      bytes[2 + k - i] = (guint8) (gint8) q;
      stored[k] = q * scale;
    }
  }
}

static void
encode (HostTensor *self, const double *values)
{
  for (gint64 i = 0; i < self->n; i++) {
    float f = (float) values[i];
    guint16 half = tpo_half_from_float (f);
    gint32 whole = self->type == TPO_I32 || self->type == TPO_U8 ? (gint32) values[i] : 0;

    switch ((int) self->type) {
    case TPO_F32:
      memcpy (self->bytes + 4 * i, &f, 4);
      self->v[i] = f;
      break;
    case TPO_F16:
      memcpy (self->bytes + 2 * i, &half, 2);
      self->v[i] = tpo_half_to_float (half);
      break;
    case TPO_I32:
      memcpy (self->bytes + 4 * i, &whole, 4);
      self->v[i] = whole;
      break;
    case TPO_U8:
      self->bytes[i] = (guint8) whole;
      self->v[i] = whole;
      break;
    default:
      g_assert_not_reached ();
    }
  }
}

static HostTensor *
host_alloc (TpoType type, TpoShape shape)
{
  HostTensor *self = g_new0 (HostTensor, 1);

  self->type = type;
  self->shape = shape;
  self->n = tpo_shape_count (&shape);
  self->size = (gsize) tpo_shape_size (&shape, type);
  self->v = g_new (double, self->n);
  self->bytes = g_malloc (self->size);
  return self;
}

HostTensor *
host_new (TpoType type, TpoShape shape, const double *values)
{
  HostTensor *self = host_alloc (type, shape);

  if (type == TPO_Q8_0)
    encode_q8 (values, self->v, self->bytes, self->n);
  else
    encode (self, values);
  return self;
}

static double
random_normal (GRand *rand)
{
  double u = g_rand_double (rand), v = g_rand_double (rand);

  return sqrt (-2 * log (1 - u)) * cos (2 * G_PI * v);
}

static double
random_value (Kernels *self, TpoType type, Fill fill)
{
  double v = random_normal (self->rand);

  if (type == TPO_U8 || type == TPO_I32)
    return g_rand_int_range (self->rand, 0, 256);
  if (fill == FILL_HUGE)
    return v * (type == TPO_F32 ? 1e15 : 200);
  if (fill == FILL_TINY)
    return v * (type == TPO_F32 ? 1e-15 : 1e-4);
  return v;
}

HostTensor *
host_random (Kernels *self, TpoType type, TpoShape shape, Fill fill)
{
  gint64 n = tpo_shape_count (&shape);
  g_autoptr (HostTensor) blocks = host_alloc (type, shape);
  g_autofree double *values = NULL;

  if (host_random_blocks (self->rand, blocks))
    return g_steal_pointer (&blocks);
  values = g_new (double, n);
  for (gint64 i = 0; i < n; i++)
    values[i] = fill == FILL_EQUAL && i > 0 ? values[0] : random_value (self, type, fill);
  return host_new (type, shape, values);
}

HostTensor *
host_uniform (Kernels *self, TpoType type, TpoShape shape, double low, double high)
{
  gint64 n = tpo_shape_count (&shape);
  g_autofree double *values = g_new (double, n);

  for (gint64 i = 0; i < n; i++)
    values[i] = g_rand_double_range (self->rand, low, high);
  return host_new (type, shape, values);
}

HostTensor *
host_int (gint32 value)
{
  double v = value;

  return host_new (TPO_I32, TPO_SHAPE (1), &v);
}

void
host_free (HostTensor *self)
{
  g_free (self->v);
  g_free (self->bytes);
  g_free (self);
}

/* ---- cases -------------------------------------------------------------------------------- */

Case *
case_new (Kernels *kernels, const char *format, ...)
{
  Case *self = g_new0 (Case, 1);
  va_list args;

  va_start (args, format);
  self->name = g_strdup_vprintf (format, args);
  va_end (args);
  self->kernels = kernels;
  self->graph = tpo_graph_new (kernels->device, "test");
  tpo_graph_set_guard (self->graph);
  kernels->n_cases++;
  return self;
}

void
case_free (Case *self)
{
  tpo_graph_free (self->graph);
  g_free (self->name);
  g_free (self);
}

void
case_fail (Case *self, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_test_message ("%s: %s", self->name, text);
  g_test_fail ();
}

TpoTensor *
case_input (Case *self, const HostTensor *host)
{
  g_autoptr (GError) error = NULL;
  TpoTensor *tensor = tpo_graph_input (self->graph, "input", host->type, host->shape);

  if (!tpo_graph_failed (self->graph) &&
      !tpo_graph_write (self->graph, tensor, host->bytes, host->size, &error))
    case_fail (self, "%s", error->message);
  return tensor;
}

static double *
decode (TpoType type, const guint8 *bytes, gint64 n)
{
  double *values = g_new (double, n);

  for (gint64 i = 0; i < n; i++) {
    float f;
    guint16 half;
    gint32 whole;

    switch ((int) type) {
    case TPO_F32:
      memcpy (&f, bytes + 4 * i, 4);
      values[i] = f;
      break;
    case TPO_F16:
      memcpy (&half, bytes + 2 * i, 2);
      values[i] = tpo_half_to_float (half);
      break;
    case TPO_I32:
      memcpy (&whole, bytes + 4 * i, 4);
      values[i] = whole;
      break;
    case TPO_U8:
      values[i] = bytes[i];
      break;
    default:
      g_assert_not_reached ();
    }
  }
  return values;
}

static void
check_validation (Case *self)
{
  guint n = tpo_device_n_validation_errors (self->kernels->device);

  if (n > self->kernels->n_errors)
    case_fail (self, "%u validation errors", n - self->kernels->n_errors);
  self->kernels->n_errors = n;
}

double *
case_read (Case *self, TpoTensor *result)
{
  g_autoptr (GError) error = NULL;
  const TpoShape *shape = tpo_tensor_get_shape (result);
  TpoType type = tpo_tensor_get_type (result);
  gint64 size = tpo_shape_size (shape, type);
  g_autofree guint8 *bytes = g_malloc0 ((gsize) MAX (size, 1));
  gboolean ok;

  if (tpo_graph_is_result (result))
    tpo_graph_output (self->graph, result);
  ok = tpo_graph_compile (self->graph, &error) && tpo_graph_fill_guards (self->graph, &error) &&
       tpo_graph_run (self->graph, NULL, &error) &&
       tpo_graph_read (self->graph, result, bytes, (gsize) size, &error) &&
       tpo_graph_check_guards (self->graph, &error);
  check_validation (self);
  if (!ok) {
    case_fail (self, "%s", error->message);
    return NULL;
  }
  return decode (type, bytes, tpo_shape_count (shape));
}

double
sum_error (gint64 n_terms)
{
  return 1.1e-7 * (double) n_terms;
}

/* How far a value may be off; F16 results are rounded once, and overflow to infinity. */
static double
allowed (TpoType type, double want, Tolerance tolerance)
{
  double result = tolerance.absolute + tolerance.relative * fabs (want);

  if (type == TPO_F16)
    result += MAX (fabs (want) * 0x1p-11, 0x1p-25);
  return result;
}

static gboolean
is_same (TpoType type, double got, double want)
{
  if (isnan (want) || isnan (got))
    return isnan (want) && isnan (got);
  if (got == want)
    return TRUE;
  return type == TPO_F16 && isinf (got) && (got > 0) == (want > 0) && fabs (want) > 65470;
}

static char *
index_to_string (const TpoShape *shape, gint64 index)
{
  GString *text = g_string_new (NULL);

  for (guint k = shape->n; k > 0; k--) {
    g_autofree char *part = g_strdup_printf (
        k > 1 ? ", %" G_GINT64_FORMAT : "%" G_GINT64_FORMAT, index % shape->dim[k - 1]);

    g_string_prepend (text, part);
    index /= shape->dim[k - 1];
  }
  return g_string_free (text, FALSE);
}

void
case_compare (Case *self, TpoTensor *result, const double *got, const double *want,
              Tolerance tolerance)
{
  Kernels *kernels = self->kernels;
  TpoType type = tpo_tensor_get_type (result);
  gint64 n = tpo_tensor_count (result), worst_at = 0;
  double worst = 0, squares = 0;

  for (gint64 i = 0; i < n; i++) {
    double share = 0;

    if (!is_same (type, got[i], want[i])) {
      share = fabs (got[i] - want[i]) / allowed (type, want[i], tolerance);
      share = isfinite (share) ? share : INFINITY;
      squares += (got[i] - want[i]) * (got[i] - want[i]);
    }
    if (share > worst) {
      worst = share;
      worst_at = i;
    }
  }
  if (worst > kernels->worst) {
    kernels->worst = worst;
    g_free (kernels->worst_case);
    kernels->worst_case = g_strdup (self->name);
  }
  if (worst > 1) {
    g_autofree char *place = index_to_string (tpo_tensor_get_shape (result), worst_at);

    case_fail (
        self,
        "element [%s] is %.9g, not %.9g: off by %.3g, allowed %.3g; mean square error %.3g",
        place, got[worst_at], want[worst_at], fabs (got[worst_at] - want[worst_at]),
        allowed (type, want[worst_at], tolerance), squares / (double) n);
  }
}

void
case_check (Case *self, TpoTensor *result, const double *want, Tolerance tolerance)
{
  g_autofree double *got = case_read (self, result);

  if (got != NULL)
    case_compare (self, result, got, want, tolerance);
}

void
case_check_refused (Case *self, const char *phrase)
{
  g_autoptr (GError) error = NULL;

  if (tpo_graph_compile (self->graph, &error))
    case_fail (self, "was not refused");
  else if (strstr (error->message, phrase) == NULL)
    case_fail (self, "refused with \"%s\", which does not say \"%s\"", error->message, phrase);
}

double
kernel_activate (TpoAct act, double v)
{
  switch (act) {
  case TPO_ACT_NONE:
    return v;
  case TPO_ACT_RELU:
    return MAX (v, 0);
  case TPO_ACT_GELU:
    return v * 0.5 * erfc (-v / sqrt (2));
  case TPO_ACT_GELU_TANH:
    return 0.5 * v * (1 + tanh (sqrt (2 / G_PI) * (v + 0.044715 * v * v * v)));
  case TPO_ACT_SILU:
    return v / (1 + exp (-v));
  case TPO_ACT_SIGMOID:
    return 1 / (1 + exp (-v));
  case TPO_ACT_TANH:
    return tanh (v);
  case TPO_ACT_COUNT:
    break;
  }
  g_assert_not_reached ();
}
