#include "io/metadata.h"

#include <math.h>

#include <tpo/error.h>

TpoReader
tpo_reader (const TpoMetadata *metadata, const char *prefix)
{
  return (TpoReader){ .metadata = metadata, .prefix = prefix };
}

void
tpo_reader_fail (TpoReader *self, const char *name, const char *reason)
{
  if (self->error == NULL)
    g_set_error (&self->error, TPO_ERROR, TPO_ERROR_FORMAT, "the setting %s%s %s", self->prefix,
                 name, reason);
}

static const TpoValue *
lookup (TpoReader *self, const char *name)
{
  g_autofree char *key = g_strconcat (self->prefix, name, NULL);

  return tpo_metadata_find (self->metadata, key);
}

gboolean
tpo_reader_has (TpoReader *self, const char *name)
{
  return lookup (self, name) != NULL;
}

static const TpoValue *
require (TpoReader *self, const char *name)
{
  const TpoValue *value = lookup (self, name);

  if (value == NULL)
    tpo_reader_fail (self, name, "is missing");
  return value;
}

static gint64
check_int (TpoReader *self, const char *name, const TpoValue *value, gsize i, gint64 min,
           gint64 max)
{
  gint64 number;

  if (!tpo_value_is_int (value)) {
    tpo_reader_fail (self, name, "is not an integer");
    return 0;
  }
  number = value->ints[i];
  if (number < min || number > max || (value->type == TPO_VALUE_U64 && number < 0)) {
    g_autofree char *reason = g_strdup_printf (
        "is %" G_GINT64_FORMAT ", allowed are %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT,
        number, min, max);

    tpo_reader_fail (self, name, reason);
    return 0;
  }
  return number;
}

static double
check_real (TpoReader *self, const char *name, const TpoValue *value, gsize i)
{
  double number = 0;

  if (tpo_value_is_real (value))
    number = value->reals[i];
  else if (tpo_value_is_int (value))
    number = (double) value->ints[i];
  else
    number = NAN;
  if (!isfinite (number)) {
    tpo_reader_fail (self, name, "is not a finite number");
    return 0;
  }
  return number;
}

static gint64
read_int (TpoReader *self, const char *name, const TpoValue *value, gint64 min, gint64 max)
{
  if (value == NULL)
    return 0;
  if (value->is_array) {
    tpo_reader_fail (self, name, "is an array, one number is expected");
    return 0;
  }
  return check_int (self, name, value, 0, min, max);
}

guint
tpo_reader_uint (TpoReader *self, const char *name, guint min, guint max)
{
  return (guint) read_int (self, name, require (self, name), min, max);
}

guint
tpo_reader_uint_or (TpoReader *self, const char *name, guint min, guint max, guint fallback)
{
  const TpoValue *value = lookup (self, name);

  return value != NULL ? (guint) read_int (self, name, value, min, max) : fallback;
}

gint
tpo_reader_int (TpoReader *self, const char *name, gint min, gint max)
{
  return (gint) read_int (self, name, require (self, name), min, max);
}

gint
tpo_reader_int_or (TpoReader *self, const char *name, gint min, gint max, gint fallback)
{
  const TpoValue *value = lookup (self, name);

  return value != NULL ? (gint) read_int (self, name, value, min, max) : fallback;
}

static double
read_real (TpoReader *self, const char *name, const TpoValue *value)
{
  if (value == NULL)
    return 0;
  if (value->is_array) {
    tpo_reader_fail (self, name, "is an array, one number is expected");
    return 0;
  }
  return check_real (self, name, value, 0);
}

double
tpo_reader_real (TpoReader *self, const char *name)
{
  return read_real (self, name, require (self, name));
}

double
tpo_reader_real_or (TpoReader *self, const char *name, double fallback)
{
  const TpoValue *value = lookup (self, name);

  return value != NULL ? read_real (self, name, value) : fallback;
}

gboolean
tpo_reader_bool_or (TpoReader *self, const char *name, gboolean fallback)
{
  const TpoValue *value = lookup (self, name);

  return value != NULL ? read_int (self, name, value, 0, 1) != 0 : fallback;
}

const char *
tpo_reader_string_or (TpoReader *self, const char *name, const char *fallback)
{
  const TpoValue *value = lookup (self, name);

  if (value == NULL)
    return fallback;
  if (value->type != TPO_VALUE_STRING || value->is_array) {
    tpo_reader_fail (self, name, "is not a text");
    return NULL;
  }
  return value->strings[0];
}

guint
tpo_reader_uints (TpoReader *self, const char *name, guint min, guint max, guint *values,
                  guint max_n)
{
  const TpoValue *value = require (self, name);

  if (value == NULL)
    return 0;
  if (value->n > max_n) {
    tpo_reader_fail (self, name, "has too many elements");
    return 0;
  }
  for (gsize i = 0; i < value->n; i++)
    values[i] = (guint) check_int (self, name, value, i, min, max);
  return self->error == NULL ? (guint) value->n : 0;
}

guint
tpo_reader_reals (TpoReader *self, const char *name, double *values, guint max_n)
{
  const TpoValue *value = require (self, name);

  if (value == NULL)
    return 0;
  if (value->n > max_n) {
    tpo_reader_fail (self, name, "has too many elements");
    return 0;
  }
  for (gsize i = 0; i < value->n; i++)
    values[i] = check_real (self, name, value, i);
  return self->error == NULL ? (guint) value->n : 0;
}

gboolean
tpo_reader_finish (TpoReader *self, GError **error)
{
  if (self->error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&self->error));
  return FALSE;
}
