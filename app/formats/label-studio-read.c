#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "formats/import-private.h"
#include "formats/json-writer.h"
#include "formats/label-studio.h"

/* A region's parts come in any order, the video's name perhaps last: a task is read before it is used. */

typedef struct {
  gint64 frame; /* from 1 */
  gboolean is_enabled;
  double x, y, width, height; /* percent */
} Keyframe;

typedef struct {
  char *id, *type, *from_name, *origin, *label, *text;
  char *number, *choice; /* of attributes */
  GArray *ranges;        /* of gint64, two a range */
  GArray *sequence;      /* of Keyframe */
  gint64 n_frames;       /* framesCount, or 0 */
  gboolean is_prediction;
  GString *fields; /* that are not known */
} Region;

typedef struct {
  TpoImport *import;
  char *video;
  GPtrArray *regions;
} Task;

static void
region_free (gpointer data)
{
  Region *region = data;

  g_array_unref (region->ranges);
  g_array_unref (region->sequence);
  g_string_free (region->fields, TRUE);
  g_free (region->id);
  g_free (region->type);
  g_free (region->from_name);
  g_free (region->number);
  g_free (region->choice);
  g_free (region->origin);
  g_free (region->label);
  g_free (region->text);
  g_free (region);
}

static void
set_text (TpoJsonReader *json, char **text)
{
  g_free (*text);
  *text = NULL;
  if (tpo_json_peek (json) == '"')
    *text = tpo_json_read_text (json);
  else
    tpo_json_skip (json);
}

/* The first of a list of texts; others of it are counted. */
static void
read_first (Task *self, TpoJsonReader *json, char **text, const char *what)
{
  if (tpo_json_peek (json) != '[') {
    set_text (json, text);
    return;
  }
  tpo_json_read_array (json);
  for (guint i = 0; tpo_json_next_element (json); i++) {
    if (i == 0)
      set_text (json, text);
    else
      tpo_json_skip (json);
    tpo_import_lose (self->import, what, i > 0, N_ ("beside another one of the same region"));
  }
}

static void
read_ranges (TpoJsonReader *json, GArray *ranges)
{
  const char *name;

  tpo_json_read_array (json);
  while (tpo_json_next_element (json)) {
    gint64 range[2] = { 0, 0 };

    tpo_json_read_object (json);
    while ((name = tpo_json_next_name (json)) != NULL) {
      if (g_str_equal (name, "start"))
        range[0] = tpo_json_read_int (json);
      else if (g_str_equal (name, "end"))
        range[1] = tpo_json_read_int (json);
      else
        tpo_json_skip (json);
    }
    if (range[0] < 0 || range[1] < 0 || range[1] > G_MAXINT)
      tpo_json_fail (json, "frames count from 1");
    g_array_append_vals (ranges, range, 2);
  }
}

static void
read_keyframe (Task *self, TpoJsonReader *json, GArray *sequence)
{
  Keyframe keyframe = { .is_enabled = TRUE };
  const char *name, *problem;

  tpo_json_read_object (json);
  while ((name = tpo_json_next_name (json)) != NULL) {
    double *number = g_str_equal (name, "x")        ? &keyframe.x
                     : g_str_equal (name, "y")      ? &keyframe.y
                     : g_str_equal (name, "width")  ? &keyframe.width
                     : g_str_equal (name, "height") ? &keyframe.height
                                                    : NULL;

    if (number != NULL)
      *number = tpo_json_read_number (json);
    else if (g_str_equal (name, "frame"))
      keyframe.frame = tpo_json_read_int (json);
    else if (g_str_equal (name, "enabled"))
      keyframe.is_enabled = tpo_json_read_bool (json);
    else if (g_str_equal (name, "rotation"))
      tpo_import_lose (self->import, N_ ("boxes"), tpo_json_read_number (json) != 0,
                       N_ ("turned by an angle, which is not kept"));
    else
      tpo_json_skip (json);
  }
  problem = tpo_box_problem (keyframe.width, keyframe.height);
  if (problem != NULL)
    tpo_json_fail (json, "%s", problem);
  g_array_append_val (sequence, keyframe);
}

static void
read_value (Task *self, TpoJsonReader *json, Region *region)
{
  const char *name;

  tpo_json_read_object (json);
  while ((name = tpo_json_next_name (json)) != NULL) {
    if (g_str_equal (name, "ranges")) {
      read_ranges (json, region->ranges);
    } else if (g_str_equal (name, "sequence") && tpo_json_peek (json) == '[') {
      tpo_json_read_array (json);
      while (tpo_json_next_element (json))
        read_keyframe (self, json, region->sequence);
    } else if (g_str_equal (name, "framesCount")) {
      region->n_frames = tpo_json_read_int (json);
    } else if (g_str_equal (name, "labels") || g_str_equal (name, "timelinelabels")) {
      read_first (self, json, &region->label, "labels");
    } else if (g_str_equal (name, "text")) {
      read_first (self, json, &region->text, "texts");
    } else if (g_str_equal (name, "choices")) {
      read_first (self, json, &region->choice, "choices");
    } else if (g_str_equal (name, "number") && strchr ("-0123456789", tpo_json_peek (json))) {
      TpoNumberText text;

      g_free (region->number);
      region->number = g_strdup (tpo_number_to_text (&text, tpo_json_read_number (json), 9));
    } else {
      tpo_json_skip_field (json, name, "sequence", "number", "duration", NULL);
    }
  }
}

static void
read_region (Task *self, TpoJsonReader *json, gboolean is_prediction)
{
  Region *region = g_new0 (Region, 1);
  const char *name;

  region->ranges = g_array_new (FALSE, FALSE, sizeof (gint64));
  region->sequence = g_array_new (FALSE, FALSE, sizeof (Keyframe));
  region->is_prediction = is_prediction;
  region->fields = g_string_new (NULL);
  g_ptr_array_add (self->regions, region);
  tpo_json_read_object (json);
  while ((name = tpo_json_next_name (json)) != NULL) {
    if (g_str_equal (name, "id"))
      set_text (json, &region->id);
    else if (g_str_equal (name, "type"))
      set_text (json, &region->type);
    else if (g_str_equal (name, "from_name"))
      set_text (json, &region->from_name);
    else if (g_str_equal (name, "origin"))
      set_text (json, &region->origin);
    else if (g_str_equal (name, "value"))
      read_value (self, json, region);
    else
      tpo_json_keep_field (json, region->fields, name, "to_name", NULL);
  }
}

/* "annotations" or "predictions": each has a list "result". */
static void
read_results (Task *self, TpoJsonReader *json, gboolean is_prediction)
{
  const char *name;

  tpo_json_read_array (json);
  while (tpo_json_next_element (json)) {
    tpo_json_read_object (json);
    while ((name = tpo_json_next_name (json)) != NULL) {
      if (!g_str_equal (name, "result")) {
        tpo_json_skip_field (json, name, NULL);
        continue;
      }
      tpo_json_read_array (json);
      while (tpo_json_next_element (json)) {
        if (self->regions->len == TPO_MAX_ITEMS)
          tpo_json_fail (json, "the task has more than %d regions", TPO_MAX_ITEMS);
        read_region (self, json, is_prediction);
      }
    }
  }
}

static void
read_data (Task *self, TpoJsonReader *json)
{
  const char *name;

  tpo_json_read_object (json);
  while ((name = tpo_json_next_name (json)) != NULL) {
    if (g_str_equal (name, "video") || g_str_equal (name, "video_url"))
      set_text (json, &self->video);
    else
      tpo_json_skip_field (json, name, NULL);
  }
}

static TpoAnnotationStatus
status_of (const Region *region)
{
  if (region->is_prediction)
    return TPO_STATUS_PREDICTED;
  if (g_strcmp0 (region->origin, "prediction") == 0)
    return TPO_STATUS_ACCEPTED;
  return g_strcmp0 (region->origin, "prediction-changed") == 0 ? TPO_STATUS_CORRECTED
                                                               : TPO_STATUS_MANUAL;
}

static gboolean
is_object (const Region *region)
{
  return g_strcmp0 (region->type, "videorectangle") == 0 ||
         g_strcmp0 (region->type, "timelinelabels") == 0;
}

/* Whether a region says something about the object @region, which has the same id. */
static gboolean
is_about (const Region *other, const Region *region)
{
  return other != region && region->id != NULL && g_strcmp0 (other->id, region->id) == 0 &&
         other->is_prediction == region->is_prediction && !is_object (other);
}

/* The attribute that a region gives a value to; NULL when it is the object's text, or none. */
static const char *
attribute_of (const Region *region)
{
  const char *name = region->from_name;

  if (name != NULL && g_str_has_prefix (name, TPO_LABEL_STUDIO_ATTRIBUTE))
    return name + strlen (TPO_LABEL_STUDIO_ATTRIBUTE);
  return g_strcmp0 (region->type, "textarea") == 0 ? NULL : name;
}

/* The text that a region of the same id has. */
static const char *
text_of (const Task *self, const Region *region)
{
  for (guint i = 0; i < self->regions->len; i++) {
    const Region *other = self->regions->pdata[i];

    if (is_about (other, region) && g_strcmp0 (other->type, "textarea") == 0 &&
        attribute_of (other) == NULL)
      return other->text;
  }
  return NULL;
}

/* Flags are choices of "true" and "false", as far as it shows. */
static void
take_values (const Task *self, const Region *region, TpoImportItem *item)
{
  g_autoptr (GPtrArray) values = tpo_import_values_new ();

  for (guint i = 0; i < self->regions->len; i++) {
    const Region *other = self->regions->pdata[i];
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
has_object (const Task *self, const Region *region)
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
real_frame (const Region *region, const TpoVideoRecord *video, gint64 frame)
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
take_boxes (TpoImport *self, TpoImportVideo *video, const Region *region, TpoImportItem *track)
{
  track->is_open_ended = TRUE;
  if (region->n_frames > 0 && ABS (region->n_frames - video->record->n_frames) > 1)
    tpo_import_lose (self, N_ ("box tracks"), 1,
                     N_ ("labelled with another frame rate; their frames are rescaled"));
  for (guint i = 0; i < region->sequence->len; i++) {
    const Keyframe *keyframe = &g_array_index (region->sequence, Keyframe, i);
    gint64 frame = real_frame (region, video->record, keyframe->frame);

    tpo_import_add_box (self, track, frame, keyframe->x / 100, keyframe->y / 100,
                        (keyframe->x + keyframe->width) / 100,
                        (keyframe->y + keyframe->height) / 100, -1);
    /* It is still shown on this frame. */
    if (!keyframe->is_enabled)
      tpo_import_add_absent (self, track, frame + 1);
  }
}

static void
take_region (Task *self, TpoImportVideo *video, const Region *region, guint number)
{
  TpoImport *import = self->import;
  const char *text = text_of (self, region);
  g_autofree char *key = g_strdup_printf ("%u", number);

  if (g_strcmp0 (region->type, "videorectangle") == 0) {
    TpoImportItem *track = tpo_import_get_track (import, video, key);

    track->status = status_of (region);
    tpo_import_set_label (import, track, region->label);
    tpo_import_set_text (import, track, text);
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
find_video (Task *self, TpoImportVideo **video, GError **error)
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

static gboolean
read_task (TpoImport *import, TpoJsonReader *json, guint *n_regions, GError **error)
{
  g_autoptr (GPtrArray) regions = g_ptr_array_new_with_free_func (region_free);
  Task self = { .import = import, .regions = regions };
  TpoImportVideo *video = NULL;
  gboolean is_done = TRUE;
  const char *name;

  tpo_json_read_object (json);
  while ((name = tpo_json_next_name (json)) != NULL) {
    gboolean is_prediction = g_str_equal (name, "predictions");

    if ((is_prediction || g_str_equal (name, "annotations")) && tpo_json_peek (json) == '[')
      read_results (&self, json, is_prediction);
    else if (g_str_equal (name, "data"))
      read_data (&self, json);
    else
      tpo_json_skip_field (json, name, "annotations", "predictions", NULL);
  }
  if (self.video == NULL)
    tpo_json_fail (json, "the task has no “data.video”");
  if (!tpo_json_has_failed (json))
    is_done = find_video (&self, &video, error);
  for (guint i = 0; video != NULL && i < regions->len; i++)
    take_region (&self, video, regions->pdata[i], (*n_regions)++);
  g_free (self.video);
  return is_done && tpo_import_may_go_on (import, 0, error);
}

gboolean
tpo_label_studio_read (TpoImport *self, GError **error)
{
  g_autoptr (TpoJsonReader) json = tpo_import_open_json (self, self->source, error);
  guint n_regions = 0;

  if (json == NULL)
    return FALSE;
  /* An export is a list of tasks; one task alone is taken too. */
  if (tpo_json_peek (json) == '{')
    return read_task (self, json, &n_regions, error) && tpo_json_finish (json, error);
  tpo_json_read_array (json);
  while (tpo_json_next_element (json))
    if (!read_task (self, json, &n_regions, error))
      return FALSE;
  return tpo_json_finish (json, error);
}
