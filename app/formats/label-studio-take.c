#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "formats/label-studio.h"

/* Of regions that are read: the objects, with what further regions say of them. */

static TpoAnnotationStatus
status_of (const TpoRegion *region)
{
  if (region->is_prediction)
    return TPO_STATUS_PREDICTED;
  if (g_strcmp0 (region->origin, "prediction") == 0)
    return TPO_STATUS_ACCEPTED;
  return g_strcmp0 (region->origin, "prediction-changed") == 0 ? TPO_STATUS_CORRECTED
                                                               : TPO_STATUS_MANUAL;
}

/*
 * Who made an object; of a prediction that names its model, what that said. Returns: its number, or 0
 */
static guint
add_maker (TpoImport *self, const TpoRegion *region, TpoImportItem *item)
{
  TpoPredictionRecord *prediction;

  if (!region->is_prediction) {
    tpo_import_set_author (item, region->maker);
    return 0;
  }
  if (region->maker == NULL || region->maker[0] == '\0') {
    tpo_import_lose (self, N_ ("scores"), region->score >= 0,
                     N_ ("of predictions that name no model, which are not kept"));
    return 0;
  }
  prediction = g_new0 (TpoPredictionRecord, 1);
  prediction->text_offset = -1;
  prediction->model = g_strdup (region->maker);
  prediction->prompt = g_strdup (item->text != NULL ? item->text : "");
  prediction->spans = g_new0 (TpoSpan, 1);
  prediction->n_spans = 1;
  prediction->spans[0] = (TpoSpan){ item->start_us, item->end_us, (float) region->score };
  return tpo_import_add_prediction (self, prediction);
}

static gboolean
is_object (const TpoRegion *region)
{
  return g_strcmp0 (region->type, "videorectangle") == 0 ||
         g_strcmp0 (region->type, "timelinelabels") == 0;
}

/* Whether a region says something about the object @region, which has the same id. */
static gboolean
is_about (const TpoRegion *other, const TpoRegion *region)
{
  return other != region && region->id != NULL && g_strcmp0 (other->id, region->id) == 0 &&
         other->is_prediction == region->is_prediction && !is_object (other);
}

/* The attribute that a region gives a value to; NULL when it is the object's text, or none. */
static const char *
attribute_of (const TpoRegion *region)
{
  const char *name = region->from_name;

  if (name != NULL && g_str_has_prefix (name, TPO_LABEL_STUDIO_ATTRIBUTE))
    return name + strlen (TPO_LABEL_STUDIO_ATTRIBUTE);
  return g_strcmp0 (region->type, "textarea") == 0 ? NULL : name;
}

/* The text that a region of the same id has. */
static const char *
text_of (const TpoRegionTask *self, const TpoRegion *region)
{
  for (guint i = 0; i < self->regions->len; i++) {
    const TpoRegion *other = self->regions->pdata[i];

    if (is_about (other, region) && g_strcmp0 (other->type, "textarea") == 0 &&
        attribute_of (other) == NULL)
      return other->text;
  }
  return NULL;
}

/* Flags are choices of "true" and "false", as far as it shows. */
static void
take_values (const TpoRegionTask *self, const TpoRegion *region, TpoImportItem *item)
{
  g_autoptr (GPtrArray) values = tpo_import_values_new ();

  for (guint i = 0; i < self->regions->len; i++) {
    const TpoRegion *other = self->regions->pdata[i];
    const char *name = is_about (other, region) ? attribute_of (other) : NULL;
    gboolean is_flag =
        g_strcmp0 (other->choice, "true") == 0 || g_strcmp0 (other->choice, "false") == 0;

    if (name == NULL)
      continue;
    if (other->number != NULL)
      tpo_import_values_add (values, name, other->number, TPO_ATTRIBUTE_NUMBER);
    else if (other->choice != NULL)
      tpo_import_values_add (values, name, other->choice,
                             is_flag ? TPO_ATTRIBUTE_FLAG : TPO_ATTRIBUTE_CHOICE);
    else if (other->text != NULL)
      tpo_import_values_add (values, name, other->text, TPO_ATTRIBUTE_TEXT);
  }
  tpo_import_set_values (self->import, item, values);
}

/* Whether there is an object that the region belongs to, which then takes it. */
static gboolean
has_object (const TpoRegionTask *self, const TpoRegion *region)
{
  for (guint i = 0; i < self->regions->len; i++)
    if (is_object (self->regions->pdata[i]) && is_about (region, self->regions->pdata[i]))
      return TRUE;
  return FALSE;
}

/*
 * Frames of a task that was configured with another rate than the video's are on a stretched axis,
 * which framesCount tells. 0-based.
 */
static gint64
real_frame (const TpoRegion *region, const TpoVideoRecord *video, gint64 frame)
{
  double ratio = region->n_frames > 0 && video->n_frames > 0
                     ? (double) video->n_frames / (double) region->n_frames
                     : 1;

  if (frame < 1 || (double) frame > 1e9)
    return -1;
  /* One frame more or less is a matter of counting, not of the rate. */
  if (region->n_frames == 0 || ABS (region->n_frames - video->n_frames) <= 1)
    return frame - 1;
  return CLAMP (llround ((double) (frame - 1) * ratio), 0, video->n_frames - 1);
}

static void
take_boxes (TpoImport *self, TpoImportVideo *video, const TpoRegion *region,
            TpoImportItem *track)
{
  track->is_open_ended = TRUE;
  if (region->n_frames > 0 && ABS (region->n_frames - video->record->n_frames) > 1)
    tpo_import_lose (self, N_ ("box tracks"), 1,
                     N_ ("labelled with another frame rate; their frames are rescaled"));
  for (guint i = 0; i < region->sequence->len; i++) {
    const TpoRegionKeyframe *keyframe = &g_array_index (region->sequence, TpoRegionKeyframe, i);
    gint64 frame = real_frame (region, video->record, keyframe->frame);

    tpo_import_add_box (self, track, frame, keyframe->x / 100, keyframe->y / 100,
                        (keyframe->x + keyframe->width) / 100,
                        (keyframe->y + keyframe->height) / 100, region->score);
    /* It is still shown on this frame. */
    if (!keyframe->is_enabled)
      tpo_import_add_absent (self, track, frame + 1);
  }
}

static void
take_region (TpoRegionTask *self, TpoImportVideo *video, const TpoRegion *region, guint number)
{
  TpoImport *import = self->import;
  const char *text = text_of (self, region);
  g_autofree char *key = g_strdup_printf ("%u", number);

  if (g_strcmp0 (region->type, "videorectangle") == 0) {
    TpoImportItem *track = tpo_import_get_track (import, video, key);

    track->status = status_of (region);
    tpo_import_set_label (import, track, region->label);
    tpo_import_set_text (import, track, text);
    track->prediction = add_maker (import, region, track);
    take_values (self, region, track);
    tpo_import_set_fields (import, track, region->fields);
    take_boxes (import, video, region, track);
  } else if (g_strcmp0 (region->type, "timelinelabels") == 0) {
    for (guint i = 0; i + 1 < region->ranges->len; i += 2) {
      TpoImportItem *span = tpo_import_add_frames (
          import, video, region->label, text, g_array_index (region->ranges, gint64, i) - 1,
          g_array_index (region->ranges, gint64, i + 1) - 1);

      if (span == NULL)
        continue;
      span->status = status_of (region);
      span->prediction = add_maker (import, region, span);
      take_values (self, region, span);
      tpo_import_set_fields (import, span, region->fields);
    }
  } else if (g_strcmp0 (region->type, "textarea") != 0 && !has_object (self, region)) {
    tpo_import_lose (import, N_ ("regions"), 1,
                     N_ ("of other kinds than boxes, timeline labels and texts, left out"));
  }
}

/* The file's name; uploads are "/data/upload/1/0f3a-clip7.mp4", addresses end in it. */
static gboolean
find_video (TpoRegionTask *self, TpoImportVideo **video, GError **error)
{
  g_autofree char *path = g_strndup (self->video, strcspn (self->video, "?#"));
  g_autofree char *base = g_path_get_basename (path);
  const char *dash = strchr (base, '-');
  gboolean is_address = strstr (path, "://") != NULL || path[0] == '/';

  if (!tpo_import_try_video (self->import, is_address ? base : path, video, error))
    return FALSE;
  if (*video == NULL && dash != NULL && dash[1] != '\0' &&
      !tpo_import_try_video (self->import, dash + 1, video, error))
    return FALSE;
  return *video != NULL || tpo_import_get_video (self->import, base, video, error);
}

gboolean
tpo_label_studio_take (TpoRegionTask *self, guint *n_regions, GError **error)
{
  TpoImportVideo *video = NULL;
  gboolean is_done = find_video (self, &video, error);

  for (guint i = 0; video != NULL && i < self->regions->len; i++)
    take_region (self, video, self->regions->pdata[i], (*n_regions)++);
  return is_done;
}
