#include <string.h>

#include <tpo/error.h>
#include <tpo/rle.h>

/* Columns that the encoder turns upright at a time: one cache line of every row. */
#define STRIP_COLUMNS 64

/* A count takes at most seven groups of five bits; more is no number of ours. */
#define MAX_GROUPS 7

static TpoRle *
rle_new (guint width, guint height, GArray *counts)
{
  TpoRle *self = g_atomic_rc_box_new0 (TpoRle);

  self->width = width;
  self->height = height;
  self->n_counts = counts->len;
  self->counts = (guint32 *) (gpointer) g_array_free (counts, FALSE);
  return self;
}

static void
rle_clear (gpointer data)
{
  TpoRle *self = data;

  g_free (self->counts);
}

TpoRle *
tpo_rle_ref (TpoRle *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

void
tpo_rle_unref (TpoRle *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, rle_clear);
}

/* Copies columns x … x + n - 1 into strip, one column after the other, as zeros and ones. */
static void
turn_strip (const guint8 *mask, gsize stride, guint height, guint x, guint n, guint8 *strip)
{
  for (guint y = 0; y < height; y++) {
    const guint8 *row = mask + y * stride + x;

    for (guint i = 0; i < n; i++)
      strip[(gsize) i * height + y] = row[i] != 0;
  }
}

/* Index of the first byte from start on that is not value, eight at a time where they agree. */
static gsize
run_end (const guint8 *pixels, gsize start, gsize size, guint8 value)
{
  const guint64 same = value * G_GUINT64_CONSTANT (0x0101010101010101);
  gsize i = start;

  for (guint64 word; i + sizeof word <= size; i += sizeof word) {
    memcpy (&word, pixels + i, sizeof word);
    if (word != same)
      break;
  }
  while (i < size && pixels[i] == value)
    i++;
  return i;
}

TpoRle *
tpo_rle_encode (const guint8 *mask, guint width, guint height, gsize stride)
{
  g_autofree guint8 *strip = NULL;
  GArray *counts;
  guint32 count = 0;
  guint8 value = 0;

  g_return_val_if_fail (mask != NULL || width == 0 || height == 0, NULL);
  g_return_val_if_fail ((guint64) width * height <= G_MAXUINT32, NULL);

  counts = g_array_new (FALSE, FALSE, sizeof (guint32));
  strip = g_malloc ((gsize) STRIP_COLUMNS * height);
  for (guint x = 0; x < width; x += STRIP_COLUMNS) {
    guint n = MIN (STRIP_COLUMNS, width - x);
    gsize size = (gsize) n * height;

    turn_strip (mask, stride, height, x, n, strip);
    for (gsize i = 0, end; i < size; i = end) {
      end = run_end (strip, i, size, value);
      count += (guint32) (end - i);
      if (end == size)
        break;
      g_array_append_val (counts, count);
      count = 0;
      value ^= 1;
    }
  }
  if (count > 0 || counts->len == 0)
    g_array_append_val (counts, count);
  return rle_new (width, height, counts);
}

void
tpo_rle_decode (const TpoRle *self, guint8 *mask, gsize stride, guint8 value)
{
  guint64 start = 0;

  g_return_if_fail (self != NULL);

  for (guint y = 0; y < self->height; y++)
    memset (mask + y * stride, 0, self->width);
  for (guint i = 0; i < self->n_counts; start += self->counts[i++]) {
    guint64 end = i % 2 == 1 ? start + self->counts[i] : start;

    /* The run goes down its first column, then down whole ones, then part of its last. */
    for (guint64 at = start; at < end;) {
      guint8 *pixel = mask + at % self->height * stride + at / self->height;
      guint64 column_end = MIN (end, (at / self->height + 1) * self->height);

      for (; at < column_end; at++, pixel += stride)
        *pixel = value;
    }
  }
}

/* Takes the counts when they cover the picture exactly, else frees them and says what is wrong. */
static TpoRle *
rle_new_checked (guint width, guint height, GArray *counts, GError **error)
{
  guint64 n_pixels = (guint64) width * height, sum = 0;

  for (guint i = 0; i < counts->len; i++)
    sum += g_array_index (counts, guint32, i);
  if (sum == n_pixels && n_pixels <= G_MAXUINT32)
    return rle_new (width, height, counts);

  g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT,
               "the mask's runs cover %" G_GUINT64_FORMAT " pixels, the picture has %u × %u",
               sum, width, height);
  g_array_unref (counts);
  return NULL;
}

/* Reads one number of COCO's text form; moves *text past it. */
static gboolean
parse_number (const char **text, gint64 *number)
{
  guint64 bits = 0;

  for (guint k = 0; k < MAX_GROUPS; k++) {
    int c = (guchar) * *text;

    if (c < 48 || c > 111)
      return FALSE;
    (*text)++;
    bits |= (guint64) ((c - 48) & 31) << (5 * k);
    if (((c - 48) & 32) == 0) {
      gint64 sign = (c - 48) & 16 ? (gint64) 1 << (5 * (k + 1)) : 0;

      *number = (gint64) bits - sign;
      return TRUE;
    }
  }
  return FALSE;
}

TpoRle *
tpo_rle_from_string (const char *text, guint width, guint height, GError **error)
{
  const char *rest = text;
  GArray *counts;

  g_return_val_if_fail (text != NULL, NULL);

  counts = g_array_new (FALSE, FALSE, sizeof (guint32));
  while (*rest != '\0') {
    gsize at = (gsize) (rest - text);
    gint64 number;

    if (parse_number (&rest, &number)) {
      guint32 count;

      if (counts->len > 2)
        number += g_array_index (counts, guint32, counts->len - 2);
      if (number >= 0 && number <= G_MAXUINT32) {
        count = (guint32) number;
        g_array_append_val (counts, count);
        continue;
      }
    }
    g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT,
                 "the mask's run lengths are malformed at byte %" G_GSIZE_FORMAT, at);
    g_array_unref (counts);
    return NULL;
  }
  return rle_new_checked (width, height, counts, error);
}

TpoRle *
tpo_rle_from_counts (const guint32 *counts, guint n_counts, guint width, guint height,
                     GError **error)
{
  GArray *copy = g_array_sized_new (FALSE, FALSE, sizeof (guint32), n_counts);

  g_array_append_vals (copy, counts, n_counts);
  return rle_new_checked (width, height, copy, error);
}

char *
tpo_rle_to_string (const TpoRle *self)
{
  GString *text;

  g_return_val_if_fail (self != NULL, NULL);

  text = g_string_sized_new (2 * (gsize) self->n_counts);
  for (guint i = 0; i < self->n_counts; i++) {
    gint64 rest = self->counts[i];
    gboolean is_last = FALSE;

    if (i > 2)
      rest -= self->counts[i - 2];
    while (!is_last) {
      int group = (int) (rest & 31);

      rest >>= 5; /* gcc and clang shift the sign in, as the format wants */
      is_last = group & 16 ? rest == -1 : rest == 0;
      g_string_append_c (text, (char) (48 + group + (is_last ? 0 : 32)));
    }
  }
  return g_string_free (text, FALSE);
}

guint64
tpo_rle_area (const TpoRle *self)
{
  guint64 area = 0;

  g_return_val_if_fail (self != NULL, 0);

  for (guint i = 1; i < self->n_counts; i += 2)
    area += self->counts[i];
  return area;
}

gboolean
tpo_rle_bounds (const TpoRle *self, TpoBox *box)
{
  guint x0 = G_MAXUINT, y0 = G_MAXUINT, x1 = 0, y1 = 0;
  guint64 start = 0;

  g_return_val_if_fail (self != NULL, FALSE);

  for (guint i = 0; i < self->n_counts; start += self->counts[i++]) {
    guint64 last = start + self->counts[i] - 1;

    if (i % 2 == 0 || self->counts[i] == 0)
      continue;
    x0 = MIN (x0, (guint) (start / self->height));
    x1 = MAX (x1, (guint) (last / self->height) + 1);
    if (start / self->height != last / self->height) {
      /* A run into the next column has the last row of one and the first row of the other. */
      y0 = 0;
      y1 = self->height;
    } else {
      y0 = MIN (y0, (guint) (start % self->height));
      y1 = MAX (y1, (guint) (last % self->height) + 1);
    }
  }
  if (x0 == G_MAXUINT)
    return FALSE;
  box->x0 = (float) x0 / (float) self->width;
  box->y0 = (float) y0 / (float) self->height;
  box->x1 = (float) x1 / (float) self->width;
  box->y1 = (float) y1 / (float) self->height;
  return TRUE;
}

double
tpo_rle_iou (const TpoRle *a, const TpoRle *b)
{
  guint64 both = 0, either, end_a = 0, end_b = 0, at = 0;
  guint i = 0, j = 0;

  g_return_val_if_fail (a != NULL && b != NULL, 0);
  g_return_val_if_fail (a->width == b->width && a->height == b->height, 0);

  /* Walks both masks from run end to run end; run i - 1 of a is set when it is odd. */
  while (i < a->n_counts || j < b->n_counts) {
    guint64 next;

    while (i < a->n_counts && end_a == at)
      end_a += a->counts[i++];
    while (j < b->n_counts && end_b == at)
      end_b += b->counts[j++];
    next = MIN (end_a, end_b);
    if (next == at)
      break;
    if (i % 2 == 0 && j % 2 == 0)
      both += next - at;
    at = next;
  }
  either = tpo_rle_area (a) + tpo_rle_area (b) - both;
  return either > 0 ? (double) both / (double) either : 0.0;
}
