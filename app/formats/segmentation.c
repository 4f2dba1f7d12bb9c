#include "formats/segmentation.h"

#include <glib/gi18n.h>
#include <tpo/error.h>

#include "formats/import-limits.h"
#include "formats/polygon.h"

gboolean
tpo_check_picture (gint64 width, gint64 height)
{
  return width > 0 && height > 0 && width <= TPO_MAX_EDGE && height <= TPO_MAX_EDGE &&
         width * height <= TPO_MAX_PIXELS;
}

/* Both forms of counts; the text form is kept until the size is known. */
static void
read_counts (TpoJsonReader *json, char **text, GArray *counts)
{
  if (tpo_json_peek (json) == '"') {
    g_free (*text);
    *text = tpo_json_read_text (json);
    return;
  }
  tpo_json_read_array (json);
  while (tpo_json_next_element (json)) {
    gint64 value = tpo_json_read_int (json);
    guint32 count = (guint32) value;

    if (value < 0 || value > G_MAXUINT32)
      tpo_json_fail (json, "a run of %" G_GINT64_FORMAT " pixels is not possible", value);
    else if (counts->len == TPO_MAX_RUNS)
      tpo_json_fail (json, "the mask has more than %d runs", TPO_MAX_RUNS);
    g_array_append_val (counts, count);
  }
}

TpoRle *
tpo_json_read_rle (TpoJsonReader *json)
{
  g_autofree char *text = NULL;
  g_autoptr (GArray) counts = g_array_new (FALSE, FALSE, sizeof (guint32));
  double size[2] = { 0, 0 }; /* height, width */
  GError *problem = NULL;
  const char *name;
  TpoRle *mask;

  tpo_json_read_object (json);
  while ((name = tpo_json_next_name (json)) != NULL) {
    if (g_str_equal (name, "size"))
      tpo_json_read_numbers (json, size, 2);
    else if (g_str_equal (name, "counts"))
      read_counts (json, &text, counts);
    else
      tpo_json_skip (json);
  }
  if (size[0] > TPO_MAX_EDGE || size[1] > TPO_MAX_EDGE ||
      !tpo_check_picture ((gint64) size[1], (gint64) size[0]))
    tpo_json_fail (json, "a mask of %.0f × %.0f pixels is not possible", size[1], size[0]);
  if (tpo_json_has_failed (json))
    return NULL;
  mask = text != NULL ? tpo_rle_from_string (text, (guint) size[1], (guint) size[0], &problem)
                      : tpo_rle_from_counts ((guint32 *) (gpointer) counts->data, counts->len,
                                             (guint) size[1], (guint) size[0], &problem);
  tpo_json_take_error (json, problem);
  return mask;
}

static void
read_ring (TpoSegmentation *self, TpoJsonReader *json)
{
  g_autoptr (GArray) ring = g_array_new (FALSE, FALSE, sizeof (double));

  tpo_json_read_array (json);
  while (tpo_json_next_element (json)) {
    double value = tpo_json_read_number (json);

    if (ring->len == 2 * TPO_MAX_VERTICES)
      tpo_json_fail (json, "the ring has more than %d points", TPO_MAX_VERTICES);
    g_array_append_val (ring, value);
  }
  if (ring->len % 2 != 0)
    tpo_json_fail (json, "the points of a ring are of two numbers each");
  else if (ring->len < 6)
    self->n_left_out++;
  else
    g_ptr_array_add (self->rings, g_steal_pointer (&ring));
}

void
tpo_segmentation_read (TpoSegmentation *self, TpoJsonReader *json)
{
  tpo_segmentation_clear (self);
  if (tpo_json_take_null (json))
    return;
  if (tpo_json_peek (json) == '{') {
    self->rle = tpo_json_read_rle (json);
    return;
  }
  self->rings = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  tpo_json_read_array (json);
  while (tpo_json_next_element (json))
    read_ring (self, json);
}

TpoRle *
tpo_segmentation_to_mask (const TpoSegmentation *self, guint width, guint height,
                          GError **error)
{
  if (self->rings != NULL)
    return tpo_mask_from_rings (self->rings, width, height);
  if (self->rle->width == width && self->rle->height == height)
    return tpo_rle_ref (self->rle);
  g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT,
               _ ("a mask of %u × %u pixels is on a picture of %u × %u"), self->rle->width,
               self->rle->height, width, height);
  return NULL;
}

void
tpo_segmentation_report (const TpoSegmentation *self, TpoLossReport *report)
{
  tpo_loss_report_add (report, N_ ("polygons"), self->rings != NULL && self->rings->len > 0,
                       N_ ("made into masks of pixels"));
  tpo_loss_report_add (report, N_ ("rings of polygons"), self->n_left_out,
                       N_ ("with fewer than three points, left out"));
}

gboolean
tpo_segmentation_is_empty (const TpoSegmentation *self)
{
  return self->rle == NULL && (self->rings == NULL || self->rings->len == 0);
}

void
tpo_segmentation_clear (TpoSegmentation *self)
{
  g_clear_pointer (&self->rle, tpo_rle_unref);
  g_clear_pointer (&self->rings, g_ptr_array_unref);
  self->n_left_out = 0;
}

void
tpo_json_rle (TpoJsonWriter *json, const char *name, const TpoRle *mask)
{
  g_autofree char *counts = mask != NULL ? tpo_rle_to_string (mask) : NULL;

  if (mask == NULL) {
    tpo_json_null (json, name);
    return;
  }
  tpo_json_begin_object (json, name);
  tpo_json_begin_array (json, "size");
  tpo_json_int (json, NULL, mask->height);
  tpo_json_int (json, NULL, mask->width);
  tpo_json_end_array (json);
  tpo_json_string (json, "counts", counts);
  tpo_json_end_object (json);
}
