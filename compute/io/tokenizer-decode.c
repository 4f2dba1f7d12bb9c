#include <string.h>

#include "io/byte-alphabet.h"
#include "io/utf8.h"
#include "io/vocabulary.h"

struct _TpoTextStream {
  TpoTokenizer *tokenizer;
  GString *pending; /* bytes not handed out yet */
  GString *text;    /* the result of the last call */
  gboolean is_started;
};

static void
append_spaced (GString *out, const char *piece)
{
  const char *mark;

  while ((mark = strstr (piece, TPO_SPACE)) != NULL) {
    g_string_append_len (out, piece, mark - piece);
    g_string_append_c (out, ' ');
    piece = mark + strlen (TPO_SPACE);
  }
  g_string_append (out, piece);
}

static void
append_bytes (GString *out, const char *piece)
{
  for (; *piece != '\0'; piece = g_utf8_next_char (piece)) {
    gint byte = tpo_byte_alphabet_find (g_utf8_get_char (piece));

    if (byte >= 0) /* other letters occur in pieces that no text is made of */
      g_string_append_c (out, (char) byte);
  }
}

static void
append_piece (const TpoTokenizer *self, gint32 id, TpoTokenizerFlags flags, GString *out)
{
  const TpoPiece *piece;

  if (id < 0 || (guint) id >= self->pieces->len)
    return;
  piece = tpo_tokenizer_piece (self, (guint) id);
  if (piece->type == TPO_PIECE_BYTE)
    g_string_append_c (out, (char) (g_ascii_xdigit_value (piece->slice.text[3]) << 4 |
                                    g_ascii_xdigit_value (piece->slice.text[4])));
  else if (piece->type == TPO_PIECE_CONTROL || piece->type == TPO_PIECE_UNKNOWN)
    g_string_append (out, flags & TPO_TOKENIZER_SKIP_SPECIAL ? "" : piece->slice.text);
  else if (piece->is_added)
    g_string_append (out, piece->slice.text);
  else if (self->kind == TPO_TOKENIZER_BYTES)
    append_bytes (out, piece->slice.text);
  else
    append_spaced (out, piece->slice.text);
}

/* SentencePiece puts a space in front of every text. */
static gboolean
drops_space (const TpoTokenizer *self)
{
  return self->kind == TPO_TOKENIZER_SENTENCEPIECE;
}

GBytes *
tpo_tokenizer_decode (const TpoTokenizer *self, const gint32 *ids, gsize n,
                      TpoTokenizerFlags flags)
{
  GString *out = g_string_new (NULL);

  for (gsize i = 0; i < n; i++)
    append_piece (self, ids[i], flags, out);
  if (drops_space (self) && out->len > 0 && out->str[0] == ' ')
    g_string_erase (out, 0, 1);
  return g_string_free_to_bytes (out);
}

TpoTextStream *
tpo_text_stream_new (TpoTokenizer *tokenizer)
{
  TpoTextStream *self = g_new0 (TpoTextStream, 1);

  self->tokenizer = tpo_tokenizer_ref (tokenizer);
  self->pending = g_string_new (NULL);
  self->text = g_string_new (NULL);
  return self;
}

void
tpo_text_stream_free (TpoTextStream *self)
{
  tpo_tokenizer_unref (self->tokenizer);
  g_string_free (self->pending, TRUE);
  g_string_free (self->text, TRUE);
  g_free (self);
}

/* Moves whole characters from pending to text; all of pending at the end. */
static void
hand_out (TpoTextStream *self, gboolean at_end)
{
  GString *pending = self->pending;
  gsize at = 0;

  g_string_truncate (self->text, 0);
  while (at < pending->len) {
    gint n = pending->str[at] == '\0'
                 ? -1 /* text for people has no zero bytes */
                 : tpo_utf8_length ((const guint8 *) pending->str + at, pending->len - at);

    if (n == 0 && !at_end)
      break;
    if (n > 0)
      g_string_append_len (self->text, pending->str + at, n);
    else
      g_string_append (self->text, "\xef\xbf\xbd");
    at += n > 0 ? (gsize) n : n < 0 ? 1 : pending->len - at;
  }
  g_string_erase (pending, 0, (gssize) at);
}

const char *
tpo_text_stream_push (TpoTextStream *self, gint32 id)
{
  append_piece (self->tokenizer, id, TPO_TOKENIZER_SKIP_SPECIAL, self->pending);
  if (!self->is_started && self->pending->len > 0) {
    self->is_started = TRUE;
    if (drops_space (self->tokenizer) && self->pending->str[0] == ' ')
      g_string_erase (self->pending, 0, 1);
  }
  hand_out (self, FALSE);
  return self->text->str;
}

const char *
tpo_text_stream_finish (TpoTextStream *self)
{
  hand_out (self, TRUE);
  self->is_started = FALSE;
  return self->text->str;
}
