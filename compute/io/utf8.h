#pragma once

#include <glib.h>

/**
 * tpo_utf8_length:
 * @bytes: [@n], n > 0
 *
 * Returns: bytes of the character at @bytes, 1 … 4; 0 if it is the beginning of one that is cut
 *   off; -1 if no character begins so (overlong forms and surrogates included)
 */
static inline gint
tpo_utf8_length (const guint8 *bytes, gsize n)
{
  guint8 first = bytes[0], low = 0x80, high = 0xbf;
  gint length;

  if (first < 0x80)
    return 1;
  if (first < 0xc2 || first > 0xf4)
    return -1;
  length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  /* The second byte's range excludes overlong forms, surrogates and what exceeds U+10FFFF. */
  if (first == 0xe0)
    low = 0xa0;
  else if (first == 0xf0)
    low = 0x90;
  else if (first == 0xed)
    high = 0x9f;
  else if (first == 0xf4)
    high = 0x8f;
  for (gint i = 1; i < length; i++) {
    if ((gsize) i >= n)
      return 0;
    if (bytes[i] < low || bytes[i] > high)
      return -1;
    low = 0x80;
    high = 0xbf;
  }
  return length;
}
