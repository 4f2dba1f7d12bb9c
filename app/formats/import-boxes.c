#include <glib/gi18n.h>

#include "formats/import-private.h"

const char *
tpo_box_problem (double width, double height)
{
  if (width < 0)
    return "the width of the box is negative";
  return height < 0 ? "the height of the box is negative" : NULL;
}

gboolean
tpo_json_read_box (TpoJsonReader *json, double box[4])
{
  guint n = 0;

  if (tpo_json_take_null (json))
    return FALSE;
  tpo_json_read_array (json);
  while (tpo_json_next_element (json)) {
    double number = tpo_json_read_number (json);

    if (n < 4)
      box[n] = number;
    n++;
  }
  if (n > 0 && n != 4)
    tpo_json_fail (json, "a box has four numbers");
  else if (n == 4 && tpo_box_problem (box[2], box[3]) != NULL)
    tpo_json_fail (json, "%s", tpo_box_problem (box[2], box[3]));
  return n == 4;
}

/* Cuts [*low, *high) to the picture. Returns how much reached out. */
static double
cut (double *low, double *high)
{
  double out = MAX (MAX (-*low, *high - 1), 0);

  *low = CLAMP (*low, 0, 1);
  *high = CLAMP (*high, 0, 1);
  return out;
}

static TpoKeyframeRecord *
add_keyframe (TpoImport *self, TpoImportItem *track, gint64 frame)
{
  const TpoVideoRecord *video = track->video->record;
  TpoKeyframeRecord *keyframe;

  if (frame < 0 || frame >= video->n_frames) {
    tpo_import_lose (self, N_ ("boxes and masks"), 1, N_ ("beyond the end of their video"));
    return NULL;
  }
  /* Far more than any data set has: what remains is hostile or damaged. */
  if (self->n_keyframes >= TPO_MAX_KEYFRAMES) {
    tpo_import_lose (self, N_ ("boxes and masks"), 1,
                     N_ ("beyond the number that an import takes"));
    return NULL;
  }
  keyframe = g_new0 (TpoKeyframeRecord, 1);
  keyframe->time_us = video->frame_times_us[frame];
  keyframe->provenance = TPO_PROVENANCE_IMPORTED;
  keyframe->score = -1;
  g_ptr_array_add (track->keyframes, keyframe);
  self->n_keyframes++;
  return keyframe;
}

TpoKeyframeRecord *
tpo_import_add_box (TpoImport *self, TpoImportItem *track, gint64 frame, double x0, double y0,
                    double x1, double y1, double score)
{
  /* Written with two or three decimals, a box at the edge may reach out by so much. */
  const double rounding = 1e-4;
  TpoKeyframeRecord *keyframe;
  double out_x = cut (&x0, &x1), out_y = cut (&y0, &y1);
  TpoBox box = { (float) x0, (float) y0, (float) x1, (float) y1 };

  if (!(box.x0 < box.x1 && box.y0 < box.y1)) {
    tpo_import_lose (self, N_ ("boxes"), 1, N_ ("without an area in the picture, left out"));
    return NULL;
  }
  if (MAX (out_x, out_y) > rounding)
    tpo_import_lose (self, N_ ("boxes"), 1, N_ ("across the edge of the picture, cut there"));
  keyframe = add_keyframe (self, track, frame);
  if (keyframe == NULL)
    return NULL;
  keyframe->has_box = TRUE;
  keyframe->box = box;
  keyframe->score = score >= 0 ? MIN (score, 1) : -1;
  return keyframe;
}

TpoKeyframeRecord *
tpo_import_add_mask (TpoImport *self, TpoImportItem *track, gint64 frame, TpoRle *mask,
                     double score)
{
  TpoBox box;
  TpoKeyframeRecord *keyframe;

  if (!tpo_rle_bounds (mask, &box)) {
    tpo_import_add_absent (self, track, frame);
    return NULL;
  }
  keyframe = add_keyframe (self, track, frame);
  if (keyframe == NULL)
    return NULL;
  track->kind = TPO_ANNOTATION_MASK_TRACK;
  keyframe->has_box = TRUE;
  keyframe->box = box;
  keyframe->mask = tpo_rle_ref (mask);
  keyframe->score = score >= 0 ? MIN (score, 1) : -1;
  return keyframe;
}

void
tpo_import_add_absent (TpoImport *self, TpoImportItem *track, gint64 frame)
{
  const TpoVideoRecord *video = track->video->record;
  TpoKeyframeRecord *keyframe;

  /* Behind the last frame nothing is left to be absent from. */
  if (frame < 0 || frame >= video->n_frames)
    return;
  keyframe = add_keyframe (self, track, frame);
  if (keyframe != NULL)
    keyframe->is_absent = TRUE;
}
