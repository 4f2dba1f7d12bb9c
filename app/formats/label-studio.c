#include "formats/label-studio.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "formats/export-private.h"

/*
 * Label Studio: a task a video, with regions: "videorectangle" for box tracks, "timelinelabels" for
 * spans, and a "textarea" of the same id for its text, and further ones for attributes. Frames count from 1, both ends of a range
 * included; boxes are in percent. What nobody reviewed is under "predictions", by models; the rest
 * under "annotations", by people.
 */

typedef struct {
  TpoExport *export;
  const TpoVideoRecord *video;
  GHashTable *best; /* id of a prediction → TpoBestSpan */
} Task;

/* Of a label that nobody has reviewed. Returns: (nullable) */
static const TpoBestSpan *
prediction_of (const Task *self, const TpoAnnotationRecord *record)
{
  if (record->status != TPO_STATUS_PREDICTED)
    return NULL;
  return g_hash_table_lookup (self->best, &record->prediction_id);
}

/* With the decimals that are written, so that what is computed of it is the same once it was read. */
static double
score_of (const Task *self, const TpoAnnotationRecord *record)
{
  const TpoBestSpan *best = prediction_of (self, record);

  return best != NULL && best->span.score >= 0 ? round (1e6 * (double) best->span.score) / 1e6
                                               : -1;
}

static void
begin_region (TpoJsonWriter *json, const TpoAnnotationRecord *record, const char *type,
              const char *from)
{
  static const char *const origins[TPO_STATUS_COUNT] = {
    [TPO_STATUS_PREDICTED] = "prediction",         [TPO_STATUS_ACCEPTED] = "prediction",
    [TPO_STATUS_CORRECTED] = "prediction-changed", [TPO_STATUS_MANUAL] = "manual",
    [TPO_STATUS_DISCARDED] = "prediction",
  };
  g_autofree char *id = g_strdup_printf ("r%" G_GINT64_FORMAT, record->id);

  tpo_json_begin_object (json, NULL);
  tpo_json_string (json, "id", id);
  tpo_json_string (json, "type", type);
  tpo_json_string (json, "from_name", from);
  tpo_json_string (json, "to_name", "video");
  tpo_json_string (json, "origin", origins[record->status]);
  tpo_json_begin_object (json, "value");
}

static void
end_region (TpoJsonWriter *json)
{
  tpo_json_end_object (json);
  tpo_json_end_object (json);
  tpo_json_end_line (json);
}

/* The same of the region that is the object itself. */
static void
end_object (const Task *self, const TpoAnnotationRecord *record)
{
  TpoJsonWriter *json = &self->export->json;
  double score = score_of (self, record);

  tpo_json_end_object (json);
  if (score >= 0)
    tpo_json_number (json, "score", score, 6);
  tpo_export_write_fields (self->export, json, record);
  tpo_json_end_object (json);
  tpo_json_end_line (json);
}

static void
write_labels (TpoExport *self, const char *name, const TpoAnnotationRecord *record)
{
  const char *label = tpo_export_label_name (self, record->label_id);

  tpo_json_begin_array (&self->json, name);
  if (label != NULL)
    tpo_json_string (&self->json, NULL, label);
  tpo_json_end_array (&self->json);
}

static void
write_text (TpoExport *self, const TpoAnnotationRecord *record)
{
  TpoJsonWriter *json = &self->json;

  if (record->text == NULL)
    return;
  begin_region (json, record, "textarea", "text");
  tpo_json_begin_array (json, "text");
  tpo_json_string (json, NULL, record->text);
  tpo_json_end_array (json);
  end_region (json);
}

/* A region a value, of the object's id. */
static void
write_value (TpoExport *self, const TpoAnnotationRecord *record, const TpoExportValue *value)
{
  TpoJsonWriter *json = &self->json;
  gboolean is_text = value->attribute->type == TPO_ATTRIBUTE_TEXT;
  g_autofree char *from =
      g_strconcat (TPO_LABEL_STUDIO_ATTRIBUTE, value->attribute->name, NULL);

  if (value->attribute->type == TPO_ATTRIBUTE_NUMBER) {
    begin_region (json, record, "number", from);
    tpo_json_number (json, "number", g_ascii_strtod (value->value, NULL), 9);
  } else {
    begin_region (json, record, is_text ? "textarea" : "choices", from);
    tpo_json_begin_array (json, is_text ? "text" : "choices");
    tpo_json_string (json, NULL, value->value);
    tpo_json_end_array (json);
  }
  end_region (json);
}

static void
write_values (TpoExport *self, const TpoAnnotationRecord *record)
{
  g_autoptr (GPtrArray) values = tpo_export_list_values (self, record);

  for (guint i = 0; i < values->len; i++)
    write_value (self, record, values->pdata[i]);
}

static void
write_span (const Task *self, const TpoAnnotationRecord *record)
{
  TpoJsonWriter *json = &self->export->json;
  const TpoVideoRecord *video = self->video;
  gint64 first = tpo_frame_at (video->frame_times_us, video->n_frames, record->start_us);
  gint64 last = tpo_frame_at (video->frame_times_us, video->n_frames, record->end_us - 1);

  if (video->frame_times_us[first] != record->start_us ||
      tpo_frame_end (video->frame_times_us, video->n_frames, video->duration_us, last) !=
          record->end_us)
    tpo_loss_report_add (self->export->report, N_ ("spans"), 1, TPO_LOSS_SPANS_WIDENED);
  begin_region (json, record, "timelinelabels", "span");
  tpo_json_begin_array (json, "ranges");
  tpo_json_begin_object (json, NULL);
  tpo_json_int (json, "start", first + 1);
  tpo_json_int (json, "end", last + 1);
  tpo_json_end_object (json);
  tpo_json_end_array (json);
  write_labels (self->export, "timelinelabels", record);
  end_object (self, record);
}

/* "time" is the frame's number by the rate, as Label Studio writes it; nobody should go by it. */
static void
write_keyframe (const Task *self, gint64 frame, const TpoBox *box, gboolean is_enabled)
{
  TpoJsonWriter *json = &self->export->json;
  double seconds = (double) self->video->duration_us / G_USEC_PER_SEC;

  tpo_json_begin_object (json, NULL);
  tpo_json_int (json, "frame", frame + 1);
  tpo_json_bool (json, "enabled", is_enabled);
  tpo_json_int (json, "rotation", 0);
  tpo_json_number (json, "x", 100 * (double) box->x0, 6);
  tpo_json_number (json, "y", 100 * (double) box->y0, 6);
  tpo_json_number (json, "width", 100 * ((double) box->x1 - (double) box->x0), 6);
  tpo_json_number (json, "height", 100 * ((double) box->y1 - (double) box->y0), 6);
  tpo_json_number (json, "time",
                   seconds * (double) (frame + 1) / (double) MAX (self->video->n_frames, 1), 6);
  tpo_json_end_object (json);
}

static gint64
frame_at (const Task *self, gint64 time_us)
{
  return tpo_frame_at (self->video->frame_times_us, self->video->n_frames, time_us);
}

/*
 * The sequence of keyframes. One that is not enabled is the last frame on which the object is
 * shown: the frame before an absence, or the last of the track.
 */
static void
write_sequence (const Task *self, const TpoAnnotationRecord *track, GPtrArray *keyframes)
{
  gint64 last_frame = frame_at (self, track->end_us - 1), written = -1;
  gboolean is_visible = FALSE;
  TpoBox box;

  for (guint i = 0; i < keyframes->len; i++) {
    const TpoKeyframeRecord *keyframe = keyframes->pdata[i];
    const TpoKeyframeRecord *next = i + 1 < keyframes->len ? keyframes->pdata[i + 1] : NULL;
    gint64 frame = frame_at (self, MAX (keyframe->time_us, track->start_us));
    gboolean ends =
        next != NULL && next->is_absent && frame_at (self, next->time_us) == frame + 1;

    if (keyframe->time_us >= track->end_us ||
        (next != NULL && next->time_us <= track->start_us))
      continue;
    if (keyframe->is_absent) {
      if (is_visible && frame - 1 > written &&
          tpo_track_box_at (track, keyframes, self->video->frame_times_us[frame - 1], &box))
        write_keyframe (self, frame - 1, &box, FALSE);
      is_visible = FALSE;
      continue;
    }
    if (!tpo_track_box_at (track, keyframes, self->video->frame_times_us[frame], &box))
      continue;
    write_keyframe (self, frame, &box, !ends && frame < last_frame);
    is_visible = !ends && frame < last_frame;
    written = frame;
  }
  if (is_visible && last_frame > written &&
      tpo_track_box_at (track, keyframes, self->video->frame_times_us[last_frame], &box))
    write_keyframe (self, last_frame, &box, FALSE);
}

static gboolean
write_boxes (const Task *self, const TpoAnnotationRecord *track, GError **error)
{
  TpoJsonWriter *json = &self->export->json;
  g_autoptr (GPtrArray) keyframes = tpo_store_list_light_keyframes (
      self->export->store, track->revision_id, G_MININT64, G_MAXINT64, error);

  if (keyframes == NULL)
    return FALSE;
  begin_region (json, track, "videorectangle", "box");
  tpo_json_int (json, "framesCount", self->video->n_frames);
  tpo_json_seconds (json, "duration", self->video->duration_us);
  tpo_json_begin_array (json, "sequence");
  write_sequence (self, track, keyframes);
  tpo_json_end_array (json);
  write_labels (self->export, "labels", track);
  end_object (self, track);
  return TRUE;
}

/* The person, or the model of what nobody has reviewed; "" when it is not known. */
static const char *
maker_of (const Task *self, const TpoAnnotationRecord *record)
{
  const TpoBestSpan *best = prediction_of (self, record);

  if (record->status != TPO_STATUS_PREDICTED)
    return record->author;
  return best != NULL ? best->model_title : "";
}

static gboolean
write_object (const Task *self, const TpoAnnotationRecord *record, GError **error)
{
  if (record->kind == TPO_ANNOTATION_SPAN)
    write_span (self, record);
  else if (!write_boxes (self, record, error))
    return FALSE;
  write_text (self->export, record);
  write_values (self->export, record);
  return TRUE;
}

/*
 * Label Studio finds people by their e-mail address and refuses a file with another "completed_by";
 * "created_username" it writes itself and does not read.
 */
static void
write_person (TpoJsonWriter *json, const char *author)
{
  const char *at = strchr (author, '@');

  if (at == NULL || at == author || at[1] == '\0' || strpbrk (author, " \t") != NULL) {
    tpo_json_string (json, "created_username", author);
    return;
  }
  tpo_json_begin_object (json, "completed_by");
  tpo_json_string (json, "email", author);
  tpo_json_end_object (json);
}

/* @objects: of one model. As there is one score for all of them, it is the mean. */
static void
write_model (const Task *self, GPtrArray *objects, const char *model)
{
  double sum = 0, score;
  guint n = 0;

  if (*model != '\0')
    tpo_json_string (&self->export->json, "model_version", model);
  for (guint i = 0; i < objects->len; i++) {
    if ((score = score_of (self, objects->pdata[i])) < 0)
      continue;
    sum += score;
    n++;
  }
  if (n > 0)
    tpo_json_number (&self->export->json, "score", sum / n, 6);
}

/* What one person or model made. */
static gboolean
write_result (const Task *self, GPtrArray *objects, gboolean of_predictions, GError **error)
{
  TpoJsonWriter *json = &self->export->json;
  const char *maker = maker_of (self, objects->pdata[0]);

  tpo_json_begin_object (json, NULL);
  if (of_predictions)
    write_model (self, objects, maker);
  else
    write_person (json, maker);
  tpo_json_begin_array (json, "result");
  for (guint i = 0; i < objects->len; i++)
    if (!write_object (self, objects->pdata[i], error))
      return FALSE;
  tpo_json_end_array (json);
  tpo_json_end_object (json);
  return TRUE;
}

/* (transfer full) (element-type GPtrArray of TpoAnnotationRecord): by maker, as they come */
static GPtrArray *
group (const Task *self, GPtrArray *annotations, gboolean of_predictions)
{
  GPtrArray *groups = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  g_autoptr (GHashTable) by_maker = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < annotations->len; i++) {
    TpoAnnotationRecord *record = annotations->pdata[i];
    char *maker = (char *) maker_of (self, record);
    GPtrArray *objects = g_hash_table_lookup (by_maker, maker);

    if ((record->status == TPO_STATUS_PREDICTED) != of_predictions ||
        record->kind == TPO_ANNOTATION_MASK_TRACK)
      continue;
    if (objects == NULL) {
      objects = g_ptr_array_new ();
      g_ptr_array_add (groups, objects);
      g_hash_table_insert (by_maker, maker, objects);
    }
    g_ptr_array_add (objects, record);
  }
  return groups;
}

static gboolean
write_results (const Task *self, const char *name, GPtrArray *annotations,
               gboolean of_predictions, GError **error)
{
  g_autoptr (GPtrArray) groups = group (self, annotations, of_predictions);

  tpo_json_begin_array (&self->export->json, name);
  for (guint i = 0; i < groups->len; i++)
    if (!write_result (self, groups->pdata[i], of_predictions, error))
      return FALSE;
  tpo_json_end_array (&self->export->json);
  return TRUE;
}

static gboolean
write_video (TpoExport *self, const TpoExportVideo *names, const TpoVideoRecord *video,
             GPtrArray *annotations, gpointer data, GError **error)
{
  TpoJsonWriter *json = &self->json;
  g_autoptr (GHashTable) by_id = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_autoptr (GPtrArray) spans = NULL;
  const Task task = { .export = self, .video = video, .best = by_id };

  if (video->n_frames == 0 || annotations->len == 0)
    return TRUE;
  spans = tpo_store_list_best_spans (self->store, video->id, error);
  for (guint i = 0; spans != NULL && i < spans->len; i++)
    g_hash_table_insert (by_id, &((TpoBestSpan *) spans->pdata[i])->prediction_id,
                         spans->pdata[i]);
  if (spans == NULL)
    return FALSE;
  tpo_json_begin_object (json, NULL);
  tpo_json_begin_object (json, "data");
  tpo_json_string (json, "video", names->path);
  tpo_json_end_object (json);
  if (!write_results (&task, "annotations", annotations, FALSE, error) ||
      !write_results (&task, "predictions", annotations, TRUE, error))
    return FALSE;
  tpo_json_end_object (json);
  tpo_json_end_line (json);
  return TRUE;
}

static gboolean
write_label_studio (TpoExport *self, GError **error)
{
  tpo_json_begin_array (&self->json, NULL);
  if (!tpo_export_each_video (self, write_video, NULL, error))
    return FALSE;
  tpo_json_end_array (&self->json);
  tpo_json_end_line (&self->json);
  return TRUE;
}

static gboolean
detect_label_studio (const TpoProbe *probe)
{
  return tpo_probe_has (probe, "result", "from_name", "to_name", NULL);
}

const TpoFormat tpo_format_label_studio = {
  .id = "label-studio",
  .title = "Label Studio",
  .extension = ".json",
  .group = TPO_FORMAT_TRACKS,
  .holds = TPO_HOLDS_SPANS | TPO_HOLDS_BOXES | TPO_HOLDS_LABELS | TPO_HOLDS_TEXTS |
           TPO_HOLDS_KEYFRAMES | TPO_HOLDS_ATTRIBUTES,
  .dialect = "label-studio",
  .knows = N_ ("spans and boxes"),
  .write = write_label_studio,
  .read = tpo_label_studio_read,
  .detect = detect_label_studio,
};
