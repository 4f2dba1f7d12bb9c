#pragma once

#include <glib.h>

#include "io/json.h"

/** TpoValueType: types of metadata values, numbered as in GGUF files */
typedef enum {
  TPO_VALUE_U8,
  TPO_VALUE_I8,
  TPO_VALUE_U16,
  TPO_VALUE_I16,
  TPO_VALUE_U32,
  TPO_VALUE_I32,
  TPO_VALUE_F32,
  TPO_VALUE_BOOL,
  TPO_VALUE_STRING,
  TPO_VALUE_ARRAY,
  TPO_VALUE_U64,
  TPO_VALUE_I64,
  TPO_VALUE_F64,
  TPO_VALUE_COUNT
} TpoValueType;

/**
 * TpoValue: one value or a flat array of values of one type; immutable.
 *
 * Every integer type and bool is held as gint64 (an U64 beyond its range keeps its bits), both
 * float types as double, strings as UTF-8.
 */
typedef struct {
  TpoValueType type; /* of the value, or of the elements of an array; never ARRAY */
  gboolean is_array;
  gsize n; /* elements; 1 unless an array */
  union {
    gpointer data;
    gint64 *ints;
    double *reals;
    char **strings; /* n strings, then NULL */
  };
} TpoValue;

/**
 * tpo_value_new: (constructor)
 * @n: elements; 1 unless @is_array. All are zero; strings are %NULL and must be filled in.
 */
TpoValue *tpo_value_new (TpoValueType type, gboolean is_array, gsize n);
void tpo_value_free (TpoValue *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoValue, tpo_value_free)

gboolean tpo_value_is_int (const TpoValue *self);  /* any integer type or bool, array or not */
gboolean tpo_value_is_real (const TpoValue *self); /* F32 or F64 */

/**
 * TpoMetadata: named values in the order they were added; the header of a model file.
 *
 * Built by one thread, then read by any number. Keys are UTF-8 words joined by dots.
 */
typedef struct _TpoMetadata TpoMetadata;

TpoMetadata *tpo_metadata_new (void);
TpoMetadata *tpo_metadata_ref (TpoMetadata *self);
void tpo_metadata_unref (TpoMetadata *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoMetadata, tpo_metadata_unref)

guint tpo_metadata_get_n (const TpoMetadata *self);
const char *tpo_metadata_get_key (const TpoMetadata *self, guint index);
const TpoValue *tpo_metadata_get_value (const TpoMetadata *self, guint index);

/** tpo_metadata_find: Returns: (nullable) (transfer none) */
const TpoValue *tpo_metadata_find (const TpoMetadata *self, const char *key);

/** tpo_metadata_find_string: Returns: (nullable) (transfer none): %NULL unless a single string */
const char *tpo_metadata_find_string (const TpoMetadata *self, const char *key);

/** tpo_metadata_set: replaces an earlier value of @key; takes ownership of @value */
void tpo_metadata_set (TpoMetadata *self, const char *key, TpoValue *value);
void tpo_metadata_set_u32 (TpoMetadata *self, const char *key, guint32 value);
void tpo_metadata_set_f32 (TpoMetadata *self, const char *key, double value);
void tpo_metadata_set_bool (TpoMetadata *self, const char *key, gboolean value);
void tpo_metadata_set_string (TpoMetadata *self, const char *key, const char *value);

/** tpo_metadata_clear: removes everything */
void tpo_metadata_clear (TpoMetadata *self);

/**
 * tpo_metadata_set_json:
 *
 * Flattens @node under @key: members of objects become "key.member", arrays of numbers, bools or
 * strings become arrays, null, mixed arrays and texts with
 * zero characters are left out. Integers become I64, other numbers
 * F64.
 */
void tpo_metadata_set_json (TpoMetadata *self, const char *key, const TpoJsonNode *node);

/**
 * TpoReader: reads the settings of one component, remembering the first error.
 *
 * Lives on the stack. Getters return the value, or @fallback where the key is absent, or 0 where it
 * is wrong or a required one is absent; the error comes out of tpo_reader_finish(), so that a
 * loader is a plain list:
 * |[
 * TpoReader reader = tpo_reader (metadata, "videochat-tpo.llm.");
 *
 * config->hidden_size = tpo_reader_uint (&reader, "hidden_size", 1, 1 << 20);
 * config->rope_theta = tpo_reader_real_or (&reader, "rope_theta", 1e6);
 * return tpo_reader_finish (&reader, error);
 * ]|
 * tpo_reader_finish() must be called exactly once.
 */
typedef struct {
  const TpoMetadata *metadata;
  const char *prefix;
  GError *error;
} TpoReader;

TpoReader tpo_reader (const TpoMetadata *metadata, const char *prefix);

/** tpo_reader_has: whether a value of that name is present */
gboolean tpo_reader_has (TpoReader *self, const char *name);

/** tpo_reader_uint: integer, must be within @min … @max */
guint tpo_reader_uint (TpoReader *self, const char *name, guint min, guint max);
guint tpo_reader_uint_or (TpoReader *self, const char *name, guint min, guint max,
                          guint fallback);

/** tpo_reader_int: like tpo_reader_uint(), signed */
gint tpo_reader_int (TpoReader *self, const char *name, gint min, gint max);
gint tpo_reader_int_or (TpoReader *self, const char *name, gint min, gint max, gint fallback);

/** tpo_reader_real: float or integer; must be finite */
double tpo_reader_real (TpoReader *self, const char *name);
double tpo_reader_real_or (TpoReader *self, const char *name, double fallback);

gboolean tpo_reader_bool_or (TpoReader *self, const char *name, gboolean fallback);

/** tpo_reader_string_or: Returns: (transfer none) (nullable): belongs to the metadata */
const char *tpo_reader_string_or (TpoReader *self, const char *name, const char *fallback);

/**
 * tpo_reader_uints:
 * @values: (out caller-allocates): [@max_n]
 *
 * Array of integers (or one integer) within @min … @max. Returns: how many, at most @max_n;
 * 0 with the error remembered if absent or wrong
 */
guint tpo_reader_uints (TpoReader *self, const char *name, guint min, guint max, guint *values,
                        guint max_n);

/** tpo_reader_reals: the same for floats */
guint tpo_reader_reals (TpoReader *self, const char *name, double *values, guint max_n);

/** tpo_reader_fail: remembers a TPO_ERROR_FORMAT about @name, if there is no earlier error */
void tpo_reader_fail (TpoReader *self, const char *name, const char *reason);

/** tpo_reader_finish: true if every getter so far succeeded, else false with the first error */
gboolean tpo_reader_finish (TpoReader *self, GError **error);
