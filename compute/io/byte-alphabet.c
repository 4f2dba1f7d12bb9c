#include "io/byte-alphabet.h"

enum {
  FIRST_SPARE = 0x100
};

/* The printable ones: "!" to "~", "¡" to "¬", "®" to "ÿ". */
static gboolean
is_itself (guint byte)
{
  return (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
}

gunichar
tpo_byte_alphabet_get (guint8 byte)
{
  gunichar spare = FIRST_SPARE;

  if (is_itself (byte))
    return byte;
  for (guint i = 0; i < byte; i++)
    spare += is_itself (i) ? 0 : 1;
  return spare;
}

gint
tpo_byte_alphabet_find (gunichar character)
{
  if (character < FIRST_SPARE)
    return is_itself (character) ? (gint) character : -1;
  for (guint i = 0, spare = FIRST_SPARE; i < 256; i++) {
    if (is_itself (i))
      continue;
    if (spare++ == character)
      return (gint) i;
  }
  return -1;
}

void
tpo_byte_alphabet_append (GString *out, const char *bytes, gsize n)
{
  for (gsize i = 0; i < n; i++)
    g_string_append_unichar (out, tpo_byte_alphabet_get ((guint8) bytes[i]));
}
