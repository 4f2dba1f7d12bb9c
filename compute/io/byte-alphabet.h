#pragma once

#include <glib.h>

/*
 * The alphabet of byte-level vocabularies: each byte is written as one printable character, so that
 * pieces are texts without spaces and control characters. Printable bytes of Latin-1 stand for
 * themselves, the others for U+0100 and on, in order: a space is U+0120 "Ġ", a line feed U+010A
 * "Ċ".
 *
 * Radford et al., "Language Models are Unsupervised Multitask Learners" (2019), section 2.2, and
 * the code published with it.
 */

/** tpo_byte_alphabet_get: the character that stands for @byte */
gunichar tpo_byte_alphabet_get (guint8 byte);

/** tpo_byte_alphabet_find: the byte that @character stands for, or -1 */
gint tpo_byte_alphabet_find (gunichar character);

/** tpo_byte_alphabet_append: writes [@n] bytes to @out, a character each */
void tpo_byte_alphabet_append (GString *out, const char *bytes, gsize n);
