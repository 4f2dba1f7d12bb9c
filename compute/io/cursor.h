#pragma once

#include <string.h>

#include <glib.h>

/**
 * TpoCursor: bounded little-endian reading of bytes that are not to be trusted.
 *
 * Every take either succeeds and moves @at on, or returns false and leaves the cursor as it is.
 * @at never exceeds @size.
 */
typedef struct {
  const guint8 *data; /* [size] bytes */
  gsize size;
  gsize at;
} TpoCursor;

static inline gsize
tpo_cursor_left (const TpoCursor *self)
{
  return self->size - self->at;
}

static inline gboolean
tpo_cursor_take (TpoCursor *self, guint64 size, const guint8 **bytes)
{
  if (size > tpo_cursor_left (self))
    return FALSE;
  *bytes = self->data + self->at;
  self->at += (gsize) size;
  return TRUE;
}

static inline gboolean
tpo_cursor_u8 (TpoCursor *self, guint8 *value)
{
  const guint8 *bytes;

  if (!tpo_cursor_take (self, 1, &bytes))
    return FALSE;
  *value = *bytes;
  return TRUE;
}

static inline gboolean
tpo_cursor_u16 (TpoCursor *self, guint16 *value)
{
  const guint8 *bytes;

  if (!tpo_cursor_take (self, sizeof *value, &bytes))
    return FALSE;
  memcpy (value, bytes, sizeof *value);
  *value = GUINT16_FROM_LE (*value);
  return TRUE;
}

static inline gboolean
tpo_cursor_u32 (TpoCursor *self, guint32 *value)
{
  const guint8 *bytes;

  if (!tpo_cursor_take (self, sizeof *value, &bytes))
    return FALSE;
  memcpy (value, bytes, sizeof *value);
  *value = GUINT32_FROM_LE (*value);
  return TRUE;
}

static inline gboolean
tpo_cursor_u64 (TpoCursor *self, guint64 *value)
{
  const guint8 *bytes;

  if (!tpo_cursor_take (self, sizeof *value, &bytes))
    return FALSE;
  memcpy (value, bytes, sizeof *value);
  *value = GUINT64_FROM_LE (*value);
  return TRUE;
}
