#include <glib/gi18n.h>
#include <string.h>

#include "formats/json-writer.h"
#include "formats/label-studio.h"

/* A region's parts come in any order, the video's name perhaps last: a task is read before it is used. */

static void
region_free (gpointer data)
{
  TpoRegion *region = data;

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
read_first (TpoRegionTask *self, TpoJsonReader *json, char **text, const char *what)
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
read_keyframe (TpoRegionTask *self, TpoJsonReader *json, GArray *sequence)
{
  TpoRegionKeyframe keyframe = { .is_enabled = TRUE };
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
read_value (TpoRegionTask *self, TpoJsonReader *json, TpoRegion *region)
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

static double
read_score (TpoJsonReader *json)
{
  return tpo_json_take_null (json) ? -1 : tpo_json_read_number (json);
}

static void
read_region (TpoRegionTask *self, TpoJsonReader *json, gboolean is_prediction)
{
  TpoRegion *region = g_new0 (TpoRegion, 1);
  const char *name;

  region->ranges = g_array_new (FALSE, FALSE, sizeof (gint64));
  region->sequence = g_array_new (FALSE, FALSE, sizeof (TpoRegionKeyframe));
  region->is_prediction = is_prediction;
  region->score = -1;
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
    else if (is_prediction && g_str_equal (name, "score"))
      region->score = read_score (json);
    else
      tpo_json_keep_field (json, region->fields, name, "to_name", NULL);
  }
}

/* What an element of "annotations" or "predictions" says of all of its regions. */
typedef struct {
  char *maker; /* nullable */
  gboolean is_email;
  double score;
} Result;

/* {"email"}, which tells people apart; a number alone tells nothing elsewhere. */
static void
read_person (TpoJsonReader *json, Result *result)
{
  const char *name;

  tpo_json_read_object (json);
  while ((name = tpo_json_next_name (json)) != NULL) {
    if (!g_str_equal (name, "email")) {
      tpo_json_skip_field (json, name, "id", "first_name", "last_name", NULL);
      continue;
    }
    set_text (json, &result->maker);
    result->is_email = TRUE;
  }
}

/* "Ana Lee ana@example.org, 7": the name without the number; what completed_by says counts more. */
static void
read_user_name (TpoJsonReader *json, Result *result)
{
  g_autofree char *name = NULL;
  char *comma;

  set_text (json, &name);
  if (name == NULL || result->is_email)
    return;
  comma = strrchr (name, ',');
  if (comma != NULL && strspn (comma + 1, " 0123456789") == strlen (comma + 1))
    *comma = '\0';
  g_free (result->maker);
  result->maker = g_strdup (g_strstrip (name));
}

static void
read_regions (TpoRegionTask *self, TpoJsonReader *json, gboolean is_prediction)
{
  tpo_json_read_array (json);
  while (tpo_json_next_element (json)) {
    if (self->regions->len == TPO_MAX_ITEMS)
      tpo_json_fail (json, "the task has more than %d regions", TPO_MAX_ITEMS);
    read_region (self, json, is_prediction);
  }
}

static gboolean
read_result_member (TpoRegionTask *self, TpoJsonReader *json, gboolean is_prediction,
                    const char *name, Result *result)
{
  if (g_str_equal (name, "result"))
    read_regions (self, json, is_prediction);
  else if (is_prediction && g_str_equal (name, "model_version"))
    set_text (json, &result->maker);
  else if (is_prediction && g_str_equal (name, "score"))
    result->score = read_score (json);
  else if (!is_prediction && g_str_equal (name, "created_username"))
    read_user_name (json, result);
  else if (!is_prediction && g_str_equal (name, "completed_by") && tpo_json_peek (json) == '{')
    read_person (json, result);
  else
    return FALSE;
  return TRUE;
}

/* "annotations" or "predictions": each element has a list "result", of one person or model. */
static void
read_results (TpoRegionTask *self, TpoJsonReader *json, gboolean is_prediction)
{
  const char *name;

  tpo_json_read_array (json);
  while (tpo_json_next_element (json)) {
    guint first = self->regions->len;
    Result result = { .score = -1 };

    tpo_json_read_object (json);
    while ((name = tpo_json_next_name (json)) != NULL)
      if (!read_result_member (self, json, is_prediction, name, &result))
        tpo_json_skip_field (json, name, NULL);
    if (result.maker != NULL)
      g_ptr_array_add (self->makers, result.maker);
    for (guint i = first; i < self->regions->len; i++) {
      TpoRegion *region = self->regions->pdata[i];

      region->maker = result.maker;
      if (region->score < 0)
        region->score = result.score;
    }
  }
}

/* The configuration says what the video is called, the file does not: one that looks like it is it. */
static void
read_other_data (TpoRegionTask *self, TpoJsonReader *json, const char *member)
{
  g_autofree char *name = g_strdup (member);
  g_autofree char *text = tpo_json_read_text (json);

  if (self->video == NULL && text != NULL && tpo_is_video_name (text))
    self->video = g_steal_pointer (&text);
  else
    tpo_json_count_field (json, name);
}

static void
read_data (TpoRegionTask *self, TpoJsonReader *json)
{
  const char *name;

  tpo_json_read_object (json);
  while ((name = tpo_json_next_name (json)) != NULL) {
    if (g_str_equal (name, "video") || g_str_equal (name, "video_url"))
      set_text (json, &self->video);
    else if (tpo_json_peek (json) == '"')
      read_other_data (self, json, name);
    else
      tpo_json_skip_field (json, name, NULL);
  }
}

static gboolean
read_task (TpoImport *import, TpoJsonReader *json, guint *n_regions, GError **error)
{
  g_autoptr (GPtrArray) regions = g_ptr_array_new_with_free_func (region_free);
  g_autoptr (GPtrArray) makers = g_ptr_array_new_with_free_func (g_free);
  TpoRegionTask self = { .import = import, .regions = regions, .makers = makers };
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
    tpo_json_fail (json, "the task is not of a video: “data” has none");
  if (!tpo_json_has_failed (json))
    is_done = tpo_label_studio_take (&self, n_regions, error);
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
