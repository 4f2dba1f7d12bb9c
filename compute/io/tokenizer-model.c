#include <string.h>

#include <tpo/error.h>

#include "io/cursor.h"
#include "io/json.h"
#include "io/tokenizer-added.h"

/*
 * Reader of tokenizer.model, a protobuf message:
 *   1 repeated pieces { 1 text, 2 float score, 3 type = NORMAL }
 *   2 trainer { 3 algorithm, 24 space as suffix, 41 id of <s>, 42 id of </s> }
 *   3 normaliser { 2 character map, 3 dummy prefix, 4 remove spaces, 5 escape spaces }
 */

enum {
  ALGORITHM_BPE = 2
};

enum {
  WIRE_VARINT,
  WIRE_FIXED64,
  WIRE_BYTES,
  WIRE_FIXED32 = 5
};

typedef struct {
  guint32 number;
  guint wire;
  guint64 value;       /* of a varint or fixed number */
  const guint8 *bytes; /* of a bytes field */
  gsize size;
} Field;

typedef struct {
  gint64 algorithm;
  gboolean has_space_suffix;
  gint64 bos, eos;
  gboolean has_map, has_dummy_prefix, removes_spaces, escapes_spaces;
} Settings;

static gboolean
take_varint (TpoCursor *cursor, guint64 *value)
{
  guint8 byte;

  *value = 0;
  for (guint shift = 0; shift < 64; shift += 7) {
    if (!tpo_cursor_u8 (cursor, &byte))
      return FALSE;
    *value |= (guint64) (byte & 0x7f) << shift;
    if (byte < 0x80)
      return TRUE;
  }
  return FALSE;
}

static gboolean
take_field (TpoCursor *cursor, Field *field)
{
  guint64 tag, size;
  guint32 word;

  if (!take_varint (cursor, &tag) || tag >> 3 == 0 || tag >> 3 > G_MAXINT32)
    return FALSE;
  *field = (Field){ .number = (guint32) (tag >> 3), .wire = (guint) (tag & 7) };
  switch (field->wire) {
  case WIRE_VARINT:
    return take_varint (cursor, &field->value);
  case WIRE_FIXED64:
    return tpo_cursor_u64 (cursor, &field->value);
  case WIRE_FIXED32:
    if (!tpo_cursor_u32 (cursor, &word))
      return FALSE;
    field->value = word;
    return TRUE;
  case WIRE_BYTES:
    if (!take_varint (cursor, &size) || !tpo_cursor_take (cursor, size, &field->bytes))
      return FALSE;
    field->size = (gsize) size;
    return TRUE;
  default:
    return FALSE;
  }
}

static gboolean
malformed (const char *what, const char *part, gsize offset, GError **error)
{
  g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT,
               "%s: the %s is malformed or cut off at byte %" G_GSIZE_FORMAT, what, part,
               offset);
  return FALSE;
}

static gboolean
read_piece (TpoTokenizer *self, const Field *message, gsize offset, const char *what,
            GError **error)
{
  TpoCursor cursor = { message->bytes, message->size, 0 };
  const guint8 *text = (const guint8 *) "";
  gsize length = 0;
  float score = 0;
  guint type = TPO_PIECE_NORMAL;
  Field field;

  while (tpo_cursor_left (&cursor) > 0) {
    if (!take_field (&cursor, &field))
      return malformed (what, "vocabulary", offset + cursor.at, error);
    if (field.number == 1 && field.wire == WIRE_BYTES) {
      text = field.bytes;
      length = field.size;
    } else if (field.number == 2 && field.wire == WIRE_FIXED32) {
      guint32 word = (guint32) field.value;

      memcpy (&score, &word, sizeof score);
    } else if (field.number == 3 && field.wire == WIRE_VARINT) {
      type = (guint) MIN (field.value, G_MAXUINT);
    }
  }
  return tpo_tokenizer_append (self, (const char *) text, length, score, type, what, error);
}

static gboolean
read_settings (Settings *settings, const Field *message, gsize offset, const char *what,
               GError **error)
{
  gboolean is_trainer = message->number == 2;
  TpoCursor cursor = { message->bytes, message->size, 0 };
  Field field;

  while (tpo_cursor_left (&cursor) > 0) {
    if (!take_field (&cursor, &field))
      return malformed (what, is_trainer ? "trainer record" : "normaliser record",
                        offset + cursor.at, error);
    if (is_trainer && field.wire == WIRE_VARINT) {
      if (field.number == 3)
        settings->algorithm = (gint64) field.value;
      else if (field.number == 24)
        settings->has_space_suffix = field.value != 0;
      else if (field.number == 41)
        settings->bos = (gint64) field.value;
      else if (field.number == 42)
        settings->eos = (gint64) field.value;
    } else if (!is_trainer && field.number == 2 && field.wire == WIRE_BYTES) {
      settings->has_map = field.size > 0;
    } else if (!is_trainer && field.wire == WIRE_VARINT) {
      if (field.number == 3)
        settings->has_dummy_prefix = field.value != 0;
      else if (field.number == 4)
        settings->removes_spaces = field.value != 0;
      else if (field.number == 5)
        settings->escapes_spaces = field.value != 0;
    }
  }
  return TRUE;
}

static gboolean
check_settings (const Settings *settings, const char *what, GError **error)
{
  const char *reason = NULL;

  if (settings->algorithm != ALGORITHM_BPE)
    reason = "its algorithm is not BPE";
  else if (settings->has_map)
    reason = "it normalises characters";
  else if (settings->removes_spaces)
    reason = "it removes extra spaces";
  else if (!settings->escapes_spaces)
    reason = "it does not escape spaces";
  else if (settings->has_space_suffix)
    reason = "it treats spaces as suffixes";
  if (reason == NULL)
    return TRUE;
  g_set_error (error, TPO_ERROR, TPO_ERROR_UNSUPPORTED,
               "%s: the tokenizer is not supported: %s", what, reason);
  return FALSE;
}

static gint
special_id (const TpoTokenizer *self, gint64 id)
{
  if (id < 0 || id >= (gint64) self->pieces->len ||
      tpo_tokenizer_piece (self, (guint) id)->type != TPO_PIECE_CONTROL)
    return -1;
  return (gint) id;
}

/* Pieces and special ids, not sealed yet. */
static TpoTokenizer *
read_model (GBytes *model, const char *what, GError **error)
{
  g_autoptr (TpoTokenizer) self = tpo_tokenizer_new (TPO_TOKENIZER_SENTENCEPIECE);
  Settings settings = { .algorithm = 1,
                        .bos = 1,
                        .eos = 2,
                        .has_dummy_prefix = TRUE,
                        .removes_spaces = TRUE,
                        .escapes_spaces = TRUE };
  gsize size;
  const guint8 *data = g_bytes_get_data (model, &size);
  TpoCursor cursor = { data, size, 0 };
  Field field;

  while (tpo_cursor_left (&cursor) > 0) {
    gboolean ok = TRUE;

    if (!take_field (&cursor, &field)) {
      malformed (what, "tokenizer model", cursor.at, error);
      return NULL;
    }
    if (field.wire == WIRE_BYTES && field.number == 1)
      ok = read_piece (self, &field, cursor.at - field.size, what, error);
    else if (field.wire == WIRE_BYTES && (field.number == 2 || field.number == 3))
      ok = read_settings (&settings, &field, cursor.at - field.size, what, error);
    if (!ok)
      return NULL;
  }
  if (self->pieces->len == 0) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT, "%s is no tokenizer model: no pieces",
                 what);
    return NULL;
  }
  if (!check_settings (&settings, what, error))
    return NULL;
  self->has_dummy_prefix = settings.has_dummy_prefix;
  self->bos = special_id (self, settings.bos);
  self->eos = special_id (self, settings.eos);
  for (guint id = 0; id < self->pieces->len; id++) {
    TpoPiece *piece = &g_array_index (self->pieces, TpoPiece, id);

    piece->is_added = piece->type == TPO_PIECE_CONTROL || piece->type == TPO_PIECE_UNKNOWN;
  }
  return g_steal_pointer (&self);
}

TpoTokenizer *
tpo_tokenizer_parse (GBytes *model, const char *what, GError **error)
{
  g_autoptr (TpoTokenizer) self = read_model (model, what, error);

  return self != NULL && tpo_tokenizer_seal (self, what, error) ? g_steal_pointer (&self)
                                                                : NULL;
}

TpoTokenizer *
tpo_tokenizer_with_added (const TpoTokenizer *base, GBytes *json, const char *what,
                          GError **error)
{
  g_autoptr (TpoTokenizer) self = tpo_tokenizer_new (base->kind);
  g_autoptr (GArray) tokens = g_array_new (FALSE, FALSE, sizeof (TpoAddedToken));
  g_autoptr (TpoJson) parsed = NULL;
  gsize size;
  const char *text = g_bytes_get_data (json, &size);

  g_return_val_if_fail (base->kind == TPO_TOKENIZER_SENTENCEPIECE, NULL);
  parsed = tpo_json_parse (text != NULL ? text : "", size, what, error);
  if (parsed == NULL || !tpo_added_tokens_read (tpo_json_root (parsed), what, tokens, error))
    return NULL;
  for (guint id = 0; id < base->pieces->len; id++) {
    const TpoPiece *piece = tpo_tokenizer_piece (base, id);

    if (!tpo_tokenizer_append (self, piece->slice.text, piece->slice.length, piece->score,
                               piece->type, what, error))
      return NULL;
    g_array_index (self->pieces, TpoPiece, id).is_added = piece->is_added;
  }
  self->has_dummy_prefix = base->has_dummy_prefix;
  self->bos = base->bos;
  self->eos = base->eos;
  if (!tpo_tokenizer_append_added (self, tokens, what, error) ||
      !tpo_tokenizer_seal (self, what, error))
    return NULL;
  return g_steal_pointer (&self);
}
