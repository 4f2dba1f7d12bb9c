#pragma once

#include "formats/import-limits.h"
#include "formats/json-reader.h"

/* Of json-reader.c, for json-numbers.c. */

G_BEGIN_DECLS

typedef struct {
  gboolean is_object;
  gboolean has_members;
  gint64 index;  /* of the element at hand */
  GString *name; /* of the member at hand */
} TpoJsonLevel;

struct _TpoJsonReader {
  GInputStream *stream;
  GCancellable *cancellable;
  char *file;
  guint8 *buffer; /* [BUFFER_SIZE] */
  gsize size, at; /* of the buffer */
  guint64 offset; /* of the buffer in the file */
  GString *text;  /* the string or number at hand */
  TpoJsonLevel levels[TPO_MAX_DEPTH];
  guint depth;
  GHashTable *unknown; /* nullable: of the caller */
  GError *error;
};

/** tpo_json_peek_byte: the next byte, or -1 at the end or after an error */
int tpo_json_peek_byte (TpoJsonReader *self);

/** tpo_json_expect: whether the next value is of that kind, as tpo_json_peek() has it; else it fails */
gboolean tpo_json_expect (TpoJsonReader *self, char kind, const char *what);

G_END_DECLS
