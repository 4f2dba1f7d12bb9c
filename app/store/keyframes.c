#include <glib/gi18n.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include <tpo/error.h>

#include "store/tpo-store-annotations.h"
#include "store/tpo-store-private.h"

static gboolean
is_finite (const TpoBox *box)
{
  return isfinite (box->x0) && isfinite (box->y0) && isfinite (box->x1) && isfinite (box->y1);
}

TpoKeyframeRecord *
tpo_keyframe_check (TpoStore *self, const TpoKeyframeRecord *keyframe, GError **error)
{
  g_autoptr (TpoKeyframeRecord) copy = tpo_keyframe_record_copy (keyframe);
  TpoBox *box = &copy->box, given;

  if (copy->is_light && copy->mask == NULL && !copy->is_absent &&
      (copy->mask = tpo_store_get_mask (self, copy, error)) == NULL)
    return NULL;

  /* A mask with nothing in it says that the object is not there. */
  if (copy->mask != NULL && !copy->has_box && !copy->is_absent)
    copy->is_absent = !tpo_rle_bounds (copy->mask, box);
  copy->has_box = !copy->is_absent;
  if (copy->is_absent) {
    g_clear_pointer (&copy->mask, tpo_rle_unref);
    return g_steal_pointer (&copy);
  }
  given = *box;
  /* Dragging may leave the picture by a little. */
  box->x0 = fmaxf (box->x0, 0.0f);
  box->y0 = fmaxf (box->y0, 0.0f);
  box->x1 = fminf (box->x1, 1.0f);
  box->y1 = fminf (box->y1, 1.0f);
  if (!is_finite (&given) || box->x0 >= box->x1 || box->y0 >= box->y1) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_INVALID,
                 _ ("The box at %" PRId64 " µs has no area in the picture."), copy->time_us);
    return NULL;
  }
  return g_steal_pointer (&copy);
}

/* sql takes the owner and then TPO_KEYFRAME_COLUMNS; keyframe has been checked. */
gboolean
tpo_store_insert_keyframe (TpoStore *self, const char *sql, gint64 owner_id,
                           const TpoKeyframeRecord *keyframe, GError **error)
{
  g_autofree char *mask = keyframe->mask != NULL ? tpo_rle_to_string (keyframe->mask) : NULL;
  const TpoSqlValue none = tpo_null ();
  gboolean has_box = keyframe->has_box, has_mask = mask != NULL;

  return tpo_sql_run (self, error, sql,
                      TPO_VALUES (tpo_int (owner_id), tpo_int (keyframe->time_us),
                                  tpo_text (keyframe->is_absent ? "absent" : "present"),
                                  has_box ? tpo_real ((double) keyframe->box.x0) : none,
                                  has_box ? tpo_real ((double) keyframe->box.y0) : none,
                                  has_box ? tpo_real ((double) keyframe->box.x1) : none,
                                  has_box ? tpo_real ((double) keyframe->box.y1) : none,
                                  has_mask ? tpo_blob (mask, strlen (mask)) : none,
                                  tpo_text (has_mask ? "coco-rle" : NULL),
                                  has_mask ? tpo_int (keyframe->mask->width) : none,
                                  has_mask ? tpo_int (keyframe->mask->height) : none,
                                  tpo_text (tpo_provenance_name (keyframe->provenance)),
                                  keyframe->score >= 0 ? tpo_real (keyframe->score) : none));
}

/* From the column @first on: the mask, its encoding, width and height. */
static TpoRle *
mask_from_row (sqlite3_stmt *row, int first)
{
  g_autofree char *text = NULL;
  gint64 width = sqlite3_column_int64 (row, first + 2);
  gint64 height = sqlite3_column_int64 (row, first + 3);
  gconstpointer bytes = sqlite3_column_blob (row, first);
  int size = sqlite3_column_bytes (row, first);

  if (bytes == NULL || width <= 0 || width > G_MAXINT || height <= 0 || height > G_MAXINT ||
      memchr (bytes, '\0', (gsize) size) != NULL)
    return NULL;
  text = g_strndup (bytes, (gsize) size);
  return tpo_rle_from_string (text, (guint) width, (guint) height,
                              NULL); /* the caller reports */
}

gpointer
tpo_keyframe_from_row (TpoStore *self, sqlite3_stmt *row, GError **error)
{
  g_autoptr (TpoKeyframeRecord) keyframe = g_new0 (TpoKeyframeRecord, 1);
  int provenance = tpo_provenance_from_name ((const char *) sqlite3_column_text (row, 10));
  gboolean is_sound;

  keyframe->time_us = sqlite3_column_int64 (row, 0);
  keyframe->is_absent = g_strcmp0 ((const char *) sqlite3_column_text (row, 1), "absent") == 0;
  keyframe->has_box = sqlite3_column_type (row, 2) != SQLITE_NULL;
  keyframe->box = (TpoBox){ .x0 = (float) sqlite3_column_double (row, 2),
                            .y0 = (float) sqlite3_column_double (row, 3),
                            .x1 = (float) sqlite3_column_double (row, 4),
                            .y1 = (float) sqlite3_column_double (row, 5) };
  keyframe->provenance = (TpoProvenance) MAX (provenance, 0);
  keyframe->score =
      sqlite3_column_type (row, 11) != SQLITE_NULL ? sqlite3_column_double (row, 11) : -1.0;
  if (sqlite3_column_count (row) > 12)
    keyframe->revision_id = sqlite3_column_int64 (row, 12);
  is_sound = provenance >= 0 && keyframe->has_box != keyframe->is_absent;
  keyframe->mask_time_us = keyframe->time_us;
  if (sqlite3_column_type (row, 6) != SQLITE_NULL) {
    keyframe->mask = mask_from_row (row, 6);
    is_sound = is_sound && keyframe->mask != NULL;
  } else {
    keyframe->is_light = sqlite3_column_type (row, 8) != SQLITE_NULL;
  }
  if (!is_sound)
    return tpo_bad_row (self, "the keyframe at time", keyframe->time_us, error);
  return g_steal_pointer (&keyframe);
}

static gpointer
only_mask_from_row (TpoStore *self, sqlite3_stmt *row, GError **error)
{
  TpoRle *mask = mask_from_row (row, 0);

  return mask != NULL
             ? mask
             : tpo_bad_row (self, "the mask at time", sqlite3_column_int64 (row, 4), error);
}

#define GET_MASK(table, owner)                                                               \
  "SELECT mask, mask_encoding, mask_width, mask_height, time_us FROM " table " WHERE " owner \
  " = ?1 AND time_us = ?2"

TpoRle *
tpo_store_get_mask (TpoStore *self, const TpoKeyframeRecord *keyframe, GError **error)
{
  g_autoptr (GPtrArray) found = NULL;
  gboolean is_predicted;

  g_return_val_if_fail (self != NULL && keyframe != NULL, NULL);

  if (keyframe->mask != NULL || !keyframe->is_light)
    return keyframe->mask != NULL ? tpo_rle_ref (keyframe->mask) : NULL;
  is_predicted = keyframe->prediction_id != 0;
  found = tpo_sql_list (
      self, only_mask_from_row, (GDestroyNotify) tpo_rle_unref, error,
      is_predicted ? GET_MASK ("prediction_keyframe", "prediction_id")
                   : GET_MASK ("keyframe", "revision_id"),
      TPO_VALUES (tpo_int (is_predicted ? keyframe->prediction_id : keyframe->revision_id),
                  tpo_int (keyframe->mask_time_us)));
  if (found == NULL)
    return NULL;
  return found->len > 0 ? g_ptr_array_steal_index (found, 0)
                        : tpo_bad_row (self, "the mask at time", keyframe->mask_time_us, error);
}

/* How many keyframes are at or before the time. */
static guint
n_until (GPtrArray *keyframes, gint64 time_us)
{
  guint low = 0, high = keyframes->len;

  /* All before low are at or before the time, all from high on are after it. */
  while (low < high) {
    guint middle = low + (high - low) / 2;
    const TpoKeyframeRecord *keyframe = keyframes->pdata[middle];

    if (keyframe->time_us <= time_us)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

const TpoKeyframeRecord *
tpo_track_keyframe_at (GPtrArray *keyframes, gint64 time_us)
{
  guint n;

  g_return_val_if_fail (keyframes != NULL, NULL);

  n = n_until (keyframes, time_us);
  return n > 0 ? keyframes->pdata[n - 1] : NULL;
}

static float
mix (float from, float to, double share)
{
  return (float) ((double) from + ((double) to - (double) from) * share);
}

gboolean
tpo_track_box_at (const TpoAnnotationRecord *track, GPtrArray *keyframes, gint64 time_us,
                  TpoBox *box)
{
  const TpoKeyframeRecord *from, *to;
  double share;
  guint n;

  g_return_val_if_fail (track != NULL && keyframes != NULL && box != NULL, FALSE);

  n = n_until (keyframes, time_us);
  if (n == 0 || time_us < track->start_us || time_us >= track->end_us)
    return FALSE;
  from = keyframes->pdata[n - 1];
  *box = from->box;
  if (!from->has_box || n == keyframes->len)
    return from->has_box;

  to = keyframes->pdata[n];
  if (to->has_box) {
    share = (double) (time_us - from->time_us) / (double) (to->time_us - from->time_us);
    box->x0 = mix (from->box.x0, to->box.x0, share);
    box->y0 = mix (from->box.y0, to->box.y0, share);
    box->x1 = mix (from->box.x1, to->box.x1, share);
    box->y1 = mix (from->box.y1, to->box.y1, share);
  }
  return TRUE;
}
