#pragma once

#include <glib.h>

/**
 * TpoJsonType: what a node is. Numbers written without fraction and exponent that fit 64 bits
 * are also integers.
 */
typedef enum {
  TPO_JSON_NULL,
  TPO_JSON_BOOL,
  TPO_JSON_NUMBER,
  TPO_JSON_STRING,
  TPO_JSON_ARRAY,
  TPO_JSON_OBJECT,
} TpoJsonType;

/**
 * TpoJsonNode: one value of a parsed text. Belongs to its TpoJson; read-only.
 */
typedef struct _TpoJsonNode TpoJsonNode;
struct _TpoJsonNode {
  TpoJsonType type;
  gboolean is_integer; /* of a number: @integer holds it exactly */
  gboolean boolean;    /* of a bool */
  guint n_children;    /* of an array or object */
  gsize offset;        /* bytes from the start of the text, for messages */
  const char *key;     /* name within an object, else %NULL */
  const char *string;  /* of a string, UTF-8, zero-terminated */
  gsize length;        /* of a string, bytes; more than strlen only if "\u0000" is inside */
  double number;       /* of a number */
  gint64 integer;      /* of an integer */
  const TpoJsonNode *child; /* first member or element */
  const TpoJsonNode *next;  /* next of the same parent */
};

/**
 * TpoJson: a parsed JSON text (RFC 8259), strict: no comments, no trailing commas, no NaN, valid
 * UTF-8 only, nothing after the value but white space. Nesting is limited to 64, nodes to four
 * millions, so that a hostile file costs bounded stack and memory. Names contain no zero
 * character; strings may. Duplicate names are kept;
 * tpo_json_member() finds the first.
 */
typedef struct _TpoJson TpoJson;

/**
 * tpo_json_parse:
 * @text: [size] bytes, need not end in zero; not kept
 * @what: name of the file or field for messages
 *
 * Returns: (transfer full) (nullable): %NULL with TPO_ERROR_FORMAT, naming the byte offset
 */
TpoJson *tpo_json_parse (const char *text, gsize size, const char *what, GError **error);

/**
 * tpo_json_load: parses the file at @path, which must not exceed @max_size bytes
 *
 * Returns: (transfer full) (nullable): %NULL with TPO_ERROR_IO or TPO_ERROR_FORMAT
 */
TpoJson *tpo_json_load (const char *path, gsize max_size, GError **error);

/** tpo_json_is_text: whether @node is a string without zero characters, safe to use as such */
gboolean tpo_json_is_text (const TpoJsonNode *node);

/** tpo_json_root: Returns: (transfer none): lives as long as @self */
const TpoJsonNode *tpo_json_root (const TpoJson *self);

/** tpo_json_member: first member @key of @object; %NULL if none or @object is %NULL or no object */
const TpoJsonNode *tpo_json_member (const TpoJsonNode *object, const char *key);

void tpo_json_free (TpoJson *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoJson, tpo_json_free)
