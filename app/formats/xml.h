#pragma once

#include "formats/import-private.h"
#include "formats/output-file.h"

/*
 * XML by GLib's GMarkup: no document types, no entities but the five of XML, so that nothing in a
 * file leads to another file or grows. What it does not limit is limited here.
 */

G_BEGIN_DECLS

/** TpoXmlFuncs: called in order; an error ends the reading */
typedef struct {
  void (*start) (const char *name, const char *const *names, const char *const *values,
                 gpointer data, GError **error);
  void (*end) (const char *name, const char *text, gpointer data, GError **error);
} TpoXmlFuncs;

/**
 * tpo_xml_read:
 * @name: of the file, for messages
 *
 * Reads a whole document; "end" gets the text that the element has between its last child and its
 * end. Depth, elements, attributes and texts have limits.
 */
gboolean tpo_xml_read (TpoImport *self, GInputStream *stream, const char *name,
                       const TpoXmlFuncs *funcs, gpointer data, GError **error);

/** tpo_xml_get: Returns: (nullable): the attribute's value */
const char *tpo_xml_get (const char *const *names, const char *const *values, const char *name);

/** tpo_xml_number: an attribute that must be a finite number; sets @error when it is missing or none */
gboolean tpo_xml_number (const char *const *names, const char *const *values, const char *name,
                         double *number, GError **error);

/** tpo_xml_int: the same for a whole number */
gboolean tpo_xml_int (const char *const *names, const char *const *values, const char *name,
                      gint64 *number, GError **error);

/** tpo_xml_fail: a sentence with the place to follow */
void tpo_xml_fail (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

/** tpo_xml_print: as tpo_output_file_print(), with each text argument escaped; see tpo_xml_clean() */
void tpo_xml_print (TpoOutputFile *file, const char *format, ...) G_GNUC_PRINTF (2, 3);

/** tpo_xml_clean: without the control characters that XML does not have. (transfer full) */
char *tpo_xml_clean (const char *text);

G_END_DECLS
