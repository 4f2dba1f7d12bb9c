#include <glib/gi18n.h>
#include <string.h>

#include "formats/tpo-instruct.h"
#include "store/tpo-store-conversations.h"
#include "store/tpo-store-predictions.h"

/*
 * tpo-instruct/1: a line a sample. A query with its spans is a "moment", a track on one frame a
 * "box" or "mask", on several a "track", a question answered in words only a "qa". What the
 * model had predicted and how it was corrected follow as tpo_predictions and tpo_revisions.
 */

/* The answer's pair of task tokens, which call the head. */
static const char *const answers[TPO_ANNOTATION_KIND_COUNT] = {
  [TPO_ANNOTATION_SPAN] = "<time_begin><temp>",
  [TPO_ANNOTATION_BOX_TRACK] = "<box_begin><boxes>",
  [TPO_ANNOTATION_MASK_TRACK] = "<track_begin><tracking>",
};

static void
begin_sample (const TpoInstructWriter *self, const char *id, const char *task)
{
  TpoJsonWriter *json = &self->export->json;
  const TpoVideoRecord *video = self->video;

  tpo_json_begin_object (json, NULL);
  tpo_json_string (json, "schema", "tpo-instruct/1");
  tpo_json_string (json, "id", id);
  tpo_json_string (json, "task", task);
  tpo_json_string (json, "video", self->names->path);
  if (g_str_has_prefix (video->content_hash, "sha256:"))
    tpo_json_string (json, "sha256", video->content_hash + strlen ("sha256:"));
  tpo_json_int (json, "width", video->width);
  tpo_json_int (json, "height", video->height);
  tpo_json_int (json, "n_frames", video->n_frames);
  tpo_json_seconds (json, "duration", video->duration_us);
}

static void
end_sample (const TpoInstructWriter *self)
{
  tpo_json_end_object (&self->export->json);
  tpo_json_end_line (&self->export->json);
}

static void
write_turn (TpoJsonWriter *json, const char *from, const char *value)
{
  tpo_json_begin_object (json, NULL);
  tpo_json_string (json, "from", from);
  tpo_json_string (json, "value", value);
  tpo_json_end_object (json);
}

static void
write_conversation (TpoJsonWriter *json, const char *question, const char *answer)
{
  g_autofree char *human = g_strconcat ("<image>\n", question, NULL);

  tpo_json_begin_array (json, "conversations");
  write_turn (json, "human", human);
  write_turn (json, "gpt", answer);
  tpo_json_end_array (json);
}

static void
write_prediction (const TpoInstructWriter *self, const TpoPredictionRecord *prediction,
                  const TpoAnnotationRecord *annotation)
{
  TpoJsonWriter *json = &self->export->json;

  tpo_json_begin_object (json, NULL);
  tpo_json_string (json, "model", prediction->model);
  tpo_json_string (json, "model_version", prediction->model_version);
  tpo_json_string (json, "model_hash", prediction->model_hash);
  tpo_json_string (json, "prompt", prediction->prompt);
  tpo_json_raw (json, "settings", prediction->settings != NULL ? prediction->settings : "null");
  tpo_json_time (json, "created", prediction->created_us);
  tpo_json_begin_array (json, "windows"); /* with scores, best first */
  for (guint i = 0; i < prediction->n_spans; i++) {
    const TpoSpan *span = &prediction->spans[i];

    tpo_json_begin_array (json, NULL);
    tpo_json_seconds (json, NULL, span->start_us);
    tpo_json_seconds (json, NULL, span->end_us);
    tpo_json_number (json, NULL, (double) span->score, 6);
    tpo_json_end_array (json);
  }
  tpo_json_end_array (json);
  tpo_instruct_write_curve (json, prediction);
  if (annotation->n_saliency > 0) /* as a person redrew it */
    tpo_instruct_write_scores (json, "redrawn", annotation->saliency, annotation->n_saliency);
  if (prediction->kind == TPO_ANNOTATION_MASK_TRACK)
    tpo_instruct_write_masks (self, prediction->keyframes);
  if (prediction->kind != TPO_ANNOTATION_SPAN)
    tpo_instruct_write_track (self, prediction->keyframes);
  tpo_json_end_object (json);
}

static gboolean
write_predictions (const TpoInstructWriter *self, GPtrArray *annotations, GError **error)
{
  TpoJsonWriter *json = &self->export->json;

  tpo_json_begin_array (json, "tpo_predictions");
  for (guint i = 0; i < annotations->len; i++) {
    const TpoAnnotationRecord *annotation = annotations->pdata[i];
    g_autoptr (TpoPredictionRecord) prediction = NULL;

    if (annotation->prediction_id == 0)
      continue;
    prediction = tpo_store_get_outline (self->export->store, annotation->prediction_id, error);
    if (prediction == NULL)
      return FALSE;
    write_prediction (self, prediction, annotation);
  }
  tpo_json_end_array (json);
  return TRUE;
}

static gboolean
write_revisions (const TpoInstructWriter *self, GPtrArray *annotations, GError **error)
{
  TpoJsonWriter *json = &self->export->json;

  tpo_json_begin_array (json, "tpo_revisions");
  for (guint i = 0; i < annotations->len; i++) {
    const TpoAnnotationRecord *annotation = annotations->pdata[i];
    g_autoptr (GPtrArray) revisions =
        tpo_store_list_revisions (self->export->store, annotation->id, error);

    if (revisions == NULL)
      return FALSE;
    for (guint k = 0; k < revisions->len; k++) {
      const TpoAnnotationRecord *revision = revisions->pdata[k];

      tpo_json_begin_object (json, NULL);
      tpo_json_int (json, "annotation", revision->id);
      tpo_json_string (json, "status", tpo_annotation_status_name (revision->status));
      tpo_json_string (json, "source", tpo_provenance_name (revision->provenance));
      tpo_json_string (json, "annotator", revision->author);
      tpo_json_number (json, "seconds_spent", revision->seconds_spent, 3);
      tpo_json_time (json, "updated", revision->revised_us);
      tpo_json_begin_array (json, "window");
      tpo_json_seconds (json, NULL, revision->start_us);
      tpo_json_seconds (json, NULL, revision->end_us);
      tpo_json_end_array (json);
      if (revision->revision_id == annotation->revision_id)
        tpo_json_bool (json, "is_current", TRUE);
      if (revision->is_deleted)
        tpo_json_bool (json, "is_deleted", TRUE);
      tpo_json_end_object (json);
    }
  }
  tpo_json_end_array (json);
  return TRUE;
}

static void
write_provenance (const TpoInstructWriter *self, const TpoAnnotationRecord *annotation,
                  const TpoPredictionRecord *prediction)
{
  TpoJsonWriter *json = &self->export->json;

  tpo_json_begin_object (json, "provenance");
  tpo_json_string (json, "source", tpo_provenance_name (annotation->provenance));
  tpo_json_string (json, "model", prediction != NULL ? prediction->model : NULL);
  tpo_json_string (json, "model_version",
                   prediction != NULL ? prediction->model_version : NULL);
  tpo_json_string (json, "annotator", annotation->author);
  tpo_json_time (json, "updated", annotation->revised_us);
  tpo_json_end_object (json);
  tpo_json_string (json, "tpo_status", tpo_annotation_status_name (annotation->status));
  tpo_json_string (json, "tpo_label",
                   tpo_export_label_name (self->export, annotation->label_id));
}

/* An object for each span or track of the sample; nothing when nothing is said of any. */
static void
write_values (const TpoInstructWriter *self, GPtrArray *annotations)
{
  TpoJsonWriter *json = &self->export->json;
  g_autoptr (GPtrArray) lists =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  guint n_values = 0;

  for (guint i = 0; i < annotations->len; i++) {
    GPtrArray *values = tpo_export_list_values (self->export, annotations->pdata[i]);

    n_values += values->len;
    g_ptr_array_add (lists, values);
  }
  if (n_values == 0)
    return;
  tpo_json_begin_array (json, "tpo_attributes");
  for (guint i = 0; i < lists->len; i++) {
    GPtrArray *values = lists->pdata[i];

    if (values->len > 0)
      tpo_json_values (json, NULL, values);
    else
      tpo_json_null (json, NULL);
  }
  tpo_json_end_array (json);
}

static gboolean
write_moment (const TpoInstructWriter *self, const TpoExportQuery *query, GError **error)
{
  TpoJsonWriter *json = &self->export->json;
  g_autoptr (TpoPredictionRecord) prediction = NULL;
  const TpoAnnotationRecord *newest = query->spans->pdata[0];
  g_autofree char *id =
      g_strdup_printf ("%s-a%" G_GINT64_FORMAT, self->names->stem, newest->id);

  if (!tpo_export_get_prediction (self->export, query, &prediction, error))
    return FALSE;
  begin_sample (self, id, "moment");
  write_conversation (json, query->text, answers[TPO_ANNOTATION_SPAN]);
  tpo_json_begin_object (json, "targets");
  tpo_json_begin_array (json, "windows");
  for (guint i = 0; i < query->spans->len; i++) {
    const TpoAnnotationRecord *span = query->spans->pdata[i];

    tpo_instruct_write_window (json, span->start_us, span->end_us);
    if (span->revised_us > newest->revised_us)
      newest = span;
  }
  tpo_json_end_array (json);
  tpo_instruct_write_curve (json, prediction);
  tpo_json_end_object (json);
  write_provenance (self, newest, prediction);
  write_values (self, query->spans);
  if (!write_predictions (self, query->spans, error) ||
      !write_revisions (self, query->spans, error))
    return FALSE;
  end_sample (self);
  return TRUE;
}

static void
write_track_targets (const TpoInstructWriter *self, const TpoAnnotationRecord *track,
                     GPtrArray *keyframes)
{
  TpoJsonWriter *json = &self->export->json;

  tpo_json_begin_object (json, "targets");
  if (track->kind == TPO_ANNOTATION_MASK_TRACK)
    tpo_instruct_write_masks (self, keyframes);
  if (keyframes->len == 1 && track->kind == TPO_ANNOTATION_BOX_TRACK) {
    const TpoKeyframeRecord *keyframe = keyframes->pdata[0];

    tpo_json_begin_object (json, "box");
    tpo_json_int (
        json, "frame",
        tpo_frame_at (self->video->frame_times_us, self->video->n_frames, keyframe->time_us));
    tpo_instruct_write_xyxy (json, "xyxy", &keyframe->box);
    tpo_json_end_object (json);
  } else {
    tpo_instruct_write_track (self, keyframes);
  }
  tpo_json_end_object (json);
}

static gboolean
write_object (const TpoInstructWriter *self, TpoAnnotationRecord *track, GError **error)
{
  g_autoptr (GPtrArray) keyframes = tpo_store_list_light_keyframes (
      self->export->store, track->revision_id, track->start_us, track->end_us, error);
  g_autoptr (TpoPredictionRecord) prediction = NULL;
  g_autoptr (GPtrArray) self_only = g_ptr_array_new ();
  const char *label = tpo_export_label_name (self->export, track->label_id);
  g_autofree char *id = g_strdup_printf ("%s-a%" G_GINT64_FORMAT, self->names->stem, track->id);
  const char *task = track->kind == TPO_ANNOTATION_BOX_TRACK ? "box" : "mask";

  if (keyframes == NULL)
    return FALSE;
  if (keyframes->len == 0) {
    tpo_loss_report_add (self->export->report, N_ ("tracks"), 1,
                         N_ ("without a keyframe in their time"));
    return TRUE;
  }
  if (track->prediction_id != 0 &&
      (prediction = tpo_store_get_outline (self->export->store, track->prediction_id, error)) ==
          NULL)
    return FALSE;
  begin_sample (self, id, keyframes->len > 1 ? "track" : task);
  write_conversation (&self->export->json,
                      track->text != NULL ? track->text
                      : label != NULL     ? label
                                          : "",
                      answers[track->kind]);
  write_track_targets (self, track, keyframes);
  write_provenance (self, track, prediction);
  g_ptr_array_add (self_only, track);
  write_values (self, self_only);
  if (!write_predictions (self, self_only, error) || !write_revisions (self, self_only, error))
    return FALSE;
  end_sample (self);
  return TRUE;
}

/* A question and the answer after it, unless a head had its say: then the above has it. */
static gboolean
write_answer (const TpoInstructWriter *self, const TpoMessageRecord *question,
              const TpoMessageRecord *answer, GError **error)
{
  TpoJsonWriter *json = &self->export->json;
  g_autoptr (GArray) predictions =
      tpo_store_list_predictions (self->export->store, answer->id, error);
  g_autofree char *id =
      g_strdup_printf ("%s-m%" G_GINT64_FORMAT, self->names->stem, answer->id);

  if (predictions == NULL)
    return FALSE;
  if (predictions->len > 0)
    return TRUE;
  if (self->export->options.reviewed_only) {
    tpo_loss_report_add (self->export->report, N_ ("answers"), 1,
                         N_ ("in words only, not reviewed"));
    return TRUE;
  }
  begin_sample (self, id, "qa");
  write_conversation (json, question->text, answer->text);
  tpo_json_begin_object (json, "targets");
  tpo_json_end_object (json);
  tpo_json_begin_object (json, "provenance");
  tpo_json_string (json, "source", tpo_provenance_name (TPO_PROVENANCE_MODEL));
  tpo_json_time (json, "updated", answer->created_us);
  tpo_json_end_object (json);
  end_sample (self);
  return TRUE;
}

static gboolean
write_answers (const TpoInstructWriter *self, GError **error)
{
  TpoStore *store = self->export->store;
  g_autoptr (GPtrArray) conversations =
      tpo_store_list_conversations (store, self->video->id, error);

  for (guint i = 0; conversations != NULL && i < conversations->len; i++) {
    const TpoConversationRecord *conversation = conversations->pdata[i];
    g_autoptr (GPtrArray) messages = tpo_store_list_messages (store, conversation->id, error);

    if (messages == NULL)
      return FALSE;
    for (guint k = 1; k < messages->len; k++) {
      const TpoMessageRecord *question = messages->pdata[k - 1], *answer = messages->pdata[k];

      if (question->role == TPO_MESSAGE_USER && answer->role == TPO_MESSAGE_ASSISTANT &&
          answer->state == TPO_MESSAGE_COMPLETE &&
          !write_answer (self, question, answer, error))
        return FALSE;
    }
  }
  return conversations != NULL;
}

static gboolean
write_video (TpoExport *export, const TpoExportVideo *names, const TpoVideoRecord *video,
             GPtrArray *annotations, gpointer data, GError **error)
{
  g_autoptr (GPtrArray) queries = tpo_export_group_queries (export, annotations);
  TpoInstructWriter sample = { .export = export, .names = names, .video = video };

  for (guint i = 0; i < queries->len; i++)
    if (!write_moment (&sample, queries->pdata[i], error))
      return FALSE;
  for (guint i = 0; i < annotations->len; i++) {
    TpoAnnotationRecord *track = annotations->pdata[i];

    if (track->kind != TPO_ANNOTATION_SPAN &&
        (!write_object (&sample, track, error) || !tpo_export_may_go_on (export, error)))
      return FALSE;
  }
  return write_answers (&sample, error);
}

static gboolean
write_tpo_instruct (TpoExport *self, GError **error)
{
  return tpo_export_each_video (self, write_video, NULL, error);
}

static gboolean
detect_tpo_instruct (const TpoProbe *probe)
{
  return tpo_probe_has (probe, "schema", "task", "targets", NULL);
}

const TpoFormat tpo_format_tpo_instruct = {
  .id = "tpo-instruct",
  .title = "TPO Instruct",
  .extension = ".jsonl",
  .group = TPO_FORMAT_TRAINING,
  .holds = TPO_HOLDS_SPANS | TPO_HOLDS_BOXES | TPO_HOLDS_MASKS | TPO_HOLDS_LABELS |
           TPO_HOLDS_TEXTS | TPO_HOLDS_KEYFRAMES | TPO_HOLDS_STATES | TPO_HOLDS_CURVES |
           TPO_HOLDS_CHAT | TPO_HOLDS_PREDICTIONS | TPO_HOLDS_HISTORY | TPO_HOLDS_ATTRIBUTES,
  .write = write_tpo_instruct,
  .read = tpo_instruct_read,
  .detect = detect_tpo_instruct,
};
