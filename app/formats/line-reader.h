#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * TpoLineReader: a text in UTF-8, line by line
 *
 * The first error is kept, as in the JSON reader.
 */
typedef struct {
  GDataInputStream *stream;
  GCancellable *cancellable;
  char *file;
  guint number;  /* of the line at hand, from 1 */
  char *line;    /* at hand, without its end */
  gsize n_bytes; /* read so far */
  GError *error;
} TpoLineReader;

TpoLineReader *tpo_line_reader_new (GInputStream *stream, const char *name,
                                    GCancellable *cancellable);
void tpo_line_reader_free (TpoLineReader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoLineReader, tpo_line_reader_free)

/** tpo_line_reader_next: Returns: the next line, valid until the one after it; %NULL at the end */
char *tpo_line_reader_next (TpoLineReader *self);

/** tpo_line_reader_fail: what is wrong with the line at hand */
void tpo_line_reader_fail (TpoLineReader *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

/** tpo_line_reader_finish: Returns: false with the first error */
gboolean tpo_line_reader_finish (TpoLineReader *self, GError **error);

/** tpo_parse_number: all of @text, blanks around it aside, must be a finite number */
gboolean tpo_parse_number (const char *text, double *number);

/** tpo_parse_int: the same for a whole number, also when written "3.0" */
gboolean tpo_parse_int (const char *text, gint64 *number);

/**
 * tpo_line_reader_numbers: the fields of the line at hand, as numbers; fails where one is none
 * @separators: between fields; blanks around numbers are skipped
 * @n_max: the most that are read; further fields are left alone
 *
 * Returns: how many there are, 0 after an error
 */
guint tpo_line_reader_numbers (TpoLineReader *self, const char *separators, double *numbers,
                               guint n_max);

G_END_DECLS
