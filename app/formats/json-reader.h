#pragma once

#include <gio/gio.h>

/*
 * Reads JSON (RFC 8259, strict) or JSON Lines as it comes, without keeping it. The caller says what
 * it expects, value by value:
 *
 *   tpo_json_read_object (json);
 *   while ((name = tpo_json_next_name (json)) != NULL)
 *     if (g_str_equal (name, "id"))
 *       id = tpo_json_read_int (json);
 *     else
 *       tpo_json_skip (json);
 *
 * The first error is kept; from then on numbers are 0, texts empty, and objects and arrays at their
 * end, so that loops end by themselves. tpo_json_finish() gives it, with the path of the value and
 * its byte: “labels.json”, annotations[3].bbox[2], byte 1204: a number is expected.
 */

G_BEGIN_DECLS

typedef struct _TpoJsonReader TpoJsonReader;

/** tpo_json_reader_new: @name: of the file, for messages. Returns: (transfer full) */
TpoJsonReader *tpo_json_reader_new (GInputStream *stream, const char *name,
                                    GCancellable *cancellable);
void tpo_json_reader_free (TpoJsonReader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoJsonReader, tpo_json_reader_free)

/**
 * tpo_json_reader_set_unknown: @unknown: (nullable): names of members that were passed over → how
 * often; filled by json-fields.h
 */
void tpo_json_reader_set_unknown (TpoJsonReader *self, GHashTable *unknown);
GHashTable *tpo_json_reader_get_unknown (TpoJsonReader *self);

/** tpo_json_peek: the next value's kind: one of { [ " 0 t f n, or '\0' at the end of the file */
char tpo_json_peek (TpoJsonReader *self);

void tpo_json_read_object (TpoJsonReader *self);

/** tpo_json_next_name: Returns: the next member's name, valid until the next one; or %NULL at the end */
const char *tpo_json_next_name (TpoJsonReader *self);

void tpo_json_read_array (TpoJsonReader *self);

/** tpo_json_next_element: Returns: whether there is one more */
gboolean tpo_json_next_element (TpoJsonReader *self);

/** tpo_json_read_int: a whole number, also when written 3.0 or 3e2 */
gint64 tpo_json_read_int (TpoJsonReader *self);
double tpo_json_read_number (TpoJsonReader *self);

/** tpo_json_read_number_text: as it is written. Returns: (transfer none): valid until the next call */
const char *tpo_json_read_number_text (TpoJsonReader *self);
gboolean tpo_json_read_bool (TpoJsonReader *self);

/** tpo_json_read_text: a string without zero characters. Returns: (transfer full): "" on an error */
char *tpo_json_read_text (TpoJsonReader *self);

/** tpo_json_read_name: a string or a whole number, as ids of both kinds are. (transfer full) */
char *tpo_json_read_name (TpoJsonReader *self);

/** tpo_json_read_numbers: an array of exactly @n numbers */
void tpo_json_read_numbers (TpoJsonReader *self, double *numbers, guint n);

/** tpo_json_take_null: takes a null and returns true, or leaves another value */
gboolean tpo_json_take_null (TpoJsonReader *self);

/** tpo_json_skip: any value */
void tpo_json_skip (TpoJsonReader *self);

/** tpo_json_fail: what is wrong with the value at hand; the first one counts */
void tpo_json_fail (TpoJsonReader *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

/** tpo_json_take_error: as tpo_json_fail() with @error's message, which is freed; %NULL does nothing */
void tpo_json_take_error (TpoJsonReader *self, GError *error);

gboolean tpo_json_has_failed (TpoJsonReader *self);

/** tpo_json_get_offset: how much of the bytes is read so far */
guint64 tpo_json_get_offset (TpoJsonReader *self);

/** tpo_json_finish: nothing but white space may follow. Returns: false with the first error */
gboolean tpo_json_finish (TpoJsonReader *self, GError **error);

G_END_DECLS
