#pragma once

#include "formats/output-file.h"

/*
 * Writes JSON as it comes, without keeping it. @name is the member's name in an object and NULL
 * in an array or at the top. Objects and arrays are written without spaces in one line;
 * tpo_json_end_line() separates records or long elements. Errors are kept by the file until it
 * is finished.
 */

G_BEGIN_DECLS

typedef struct {
  TpoOutputFile *file; /* not owned */
  guint depth;         /* of open objects and arrays, at most 63 */
  guint64 has_members; /* bit d: something is written at depth d */
} TpoJsonWriter;

void tpo_json_begin_object (TpoJsonWriter *self, const char *name);
void tpo_json_end_object (TpoJsonWriter *self);
void tpo_json_begin_array (TpoJsonWriter *self, const char *name);
void tpo_json_end_array (TpoJsonWriter *self);

/** tpo_json_string: @value NULL gives null */
void tpo_json_string (TpoJsonWriter *self, const char *name, const char *value);
void tpo_json_int (TpoJsonWriter *self, const char *name, gint64 value);
void tpo_json_bool (TpoJsonWriter *self, const char *name, gboolean value);
void tpo_json_null (TpoJsonWriter *self, const char *name);

/** tpo_json_number: rounded to @n_decimals, 9 at most, without trailing zeros; not finite: null */
void tpo_json_number (TpoJsonWriter *self, const char *name, double value, guint n_decimals);

/** tpo_json_seconds: microseconds as seconds, exactly */
void tpo_json_seconds (TpoJsonWriter *self, const char *name, gint64 time_us);

/** tpo_json_time: microseconds since 1970 as "2026-01-15T10:00:00Z" */
void tpo_json_time (TpoJsonWriter *self, const char *name, gint64 wall_us);

/** tpo_json_raw: @json is a value in JSON already */
void tpo_json_raw (TpoJsonWriter *self, const char *name, const char *json);

/** tpo_json_members: those of @object, (nullable) JSON of no spaces, into the object at hand */
void tpo_json_members (TpoJsonWriter *self, const char *object);

void tpo_json_end_line (TpoJsonWriter *self);

/* ---- numbers as text, the same in every locale ---- */

/** TpoNumberText: space for a number; the largest double has 309 digits */
typedef struct {
  char text[G_ASCII_DTOSTR_BUF_SIZE + 320];
} TpoNumberText;

/** tpo_number_to_text: as tpo_json_number() writes it; @value is finite. Returns: valid with @text */
const char *tpo_number_to_text (TpoNumberText *text, double value, guint n_decimals);

/** tpo_seconds_to_text: as tpo_json_seconds() writes it */
const char *tpo_seconds_to_text (TpoNumberText *text, gint64 time_us);

G_END_DECLS
