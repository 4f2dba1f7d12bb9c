#include "synthetic.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static guint32
hash_of (const char *name)
{
  guint32 hash = 2166136261u;

  for (const char *c = name; *c != '\0'; c++)
    hash = (hash ^ (guint8) *c) * 16777619u;
  return hash;
}

/* -0.5 … 0.5 */
static double
value_at (guint32 hash, gsize index)
{
  guint32 x = hash + 2654435761u * (guint32) index;

  x ^= x >> 16;
  x *= 0x7feb352du;
  x ^= x >> 15;
  x *= 0x846ca68bu;
  x ^= x >> 16;
  return x / 4294967296.0 - 0.5;
}

/* A weight is offset + scale · u. */
static void
find_rule (const char *name, const TpoShape *shape, double *offset, double *scale)
{
  double row = (double) tpo_shape_count (shape) / (double) shape->dim[0];

  *offset = 0;
  if (g_str_has_suffix (name, "activation.weight")) {
    *offset = 0.25;
    *scale = 0;
  } else if (g_str_has_suffix (name, "gamma")) {
    *offset = 0.5;
    *scale = 0.2;
  } else if (strstr (name, "gaussian_matrix") != NULL) {
    *scale = 2;
  } else if (g_str_has_suffix (name, "bias")) {
    *scale = 0.2;
  } else if (shape->n == 1 && g_str_has_suffix (name, ".weight")) {
    *offset = 1;
    *scale = 0.4;
  } else if (shape->n == 1) {
    *scale = 2;
  } else {
    *scale = sqrt (12 / row);
  }
}

void
tpo_synthetic_values (const char *name, const TpoShape *shape, gsize first, gsize n,
                      float *values)
{
  guint32 hash = hash_of (name);
  double offset, scale;

  find_rule (name, shape, &offset, &scale);
  for (gsize i = 0; i < n; i++)
    values[i] = (float) (offset + scale * value_at (hash, first + i));
}

float *
tpo_synthetic_input (const char *name, gsize n)
{
  guint32 hash = hash_of (name);
  float *values = g_new (float, n);

  for (gsize i = 0; i < n; i++)
    values[i] = (float) (2 * value_at (hash, i));
  return values;
}

/* ---- lists --------------------------------------------------------------------------------------- */

/* What a list is read for. */
typedef struct {
  TpoWeights *weights;
  const char *prefix;
  const char *constant; /* (nullable) */
  float value;
} Reading;

/* Weights lie in a file, as they always do: a reader drops their pages once it has copied them. */
static GBytes *
map_values (const float *values, gsize size)
{
  int fd = memfd_create ("weights", MFD_CLOEXEC);
  g_autoptr (GMappedFile) file = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (fd, >=, 0);
  for (gsize done = 0; done < size;) {
    gssize n = write (fd, (const char *) values + done, size - done);

    g_assert_cmpint (n, >, 0);
    done += (gsize) n;
  }
  file = g_mapped_file_new_from_fd (fd, FALSE, &error);
  g_assert_no_error (error);
  close (fd);
  return g_mapped_file_get_bytes (file);
}

static void
add_weight (const Reading *reading, const char *name, const TpoShape *shape)
{
  gsize n = (gsize) tpo_shape_count (shape);
  g_autofree float *values = g_new (float, n);
  g_autofree char *full = g_strconcat (reading->prefix, name, NULL);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  TpoWeight weight = { .name = full, .type = TPO_F32, .shape = *shape };

  tpo_synthetic_values (name, shape, 0, n, values);
  for (gsize i = 0; i < n && g_strcmp0 (name, reading->constant) == 0; i++)
    values[i] = reading->value;
  bytes = map_values (values, n * sizeof *values);
  weight.bytes = g_bytes_get_data (bytes, &weight.size);
  tpo_weights_hold (reading->weights, bytes);
  tpo_weights_add (reading->weights, &weight, &error);
  g_assert_no_error (error);
}

/* Where the alternative that starts at @c ends: at a comma or at the brace that closes the list. */
static const char *
end_of_alternative (const char *c)
{
  guint depth = 0;

  for (; depth > 0 || (*c != ',' && *c != '}'); c++) {
    g_assert (*c != '\0');
    depth += *c == '{';
    depth -= *c == '}';
  }
  return c;
}

/* All that @pattern stands for: its first list is replaced by each of its alternatives in turn. */
static void
expand (const Reading *reading, const char *pattern, const TpoShape *shape)
{
  const char *open = strchr (pattern, '{'), *end;
  int n_before = (int) (open - pattern);
  guint first, last;

  if (open == NULL) {
    add_weight (reading, pattern, shape);
    return;
  }
  end = end_of_alternative (open + 1);
  if (sscanf (open, "{%u..%u}", &first, &last) == 2) {
    for (guint i = first; i <= last; i++) {
      g_autofree char *one = g_strdup_printf ("%.*s%u%s", n_before, pattern, i, end + 1);

      expand (reading, one, shape);
    }
    return;
  }
  while (*end == ',')
    end = end_of_alternative (end + 1);
  for (const char *from = open + 1, *to; from <= end; from = to + 1) {
    g_autofree char *one = NULL;

    to = end_of_alternative (from);
    one = g_strdup_printf ("%.*s%.*s%s", n_before, pattern, (int) (to - from), from, end + 1);
    expand (reading, one, shape);
  }
}

static TpoShape
parse_shape (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, "x", -1);
  TpoShape shape = { .n = g_strv_length (parts) };

  g_assert_cmpuint (shape.n, <=, G_N_ELEMENTS (shape.dim));
  for (guint i = 0; i < shape.n; i++)
    shape.dim[i] = g_ascii_strtoll (parts[i], NULL, 10);
  return shape;
}

void
tpo_synthetic_add (TpoWeights *weights, const char *prefix, const char *name,
                   const TpoShape *shape)
{
  add_weight (&(Reading){ .weights = weights, .prefix = prefix }, name, shape);
}

TpoWeights *
tpo_synthetic_weights (const char *list, const char *prefix, const char *constant, float value)
{
  const Reading reading = { tpo_weights_new (list), prefix, constant, value };
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (list, &text, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (g_strstrip (text), "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++) {
    g_auto (GStrv) words = g_strsplit (lines[i], " ", 2);
    TpoShape shape;

    if (lines[i][0] == '#')
      continue;
    g_assert_cmpuint (g_strv_length (words), ==, 2);
    shape = parse_shape (words[1]);
    expand (&reading, words[0], &shape);
  }
  return reading.weights;
}
