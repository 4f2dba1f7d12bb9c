#include "config.h"

#include <string.h>

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>

#include "document/tpo-document-private.h"

/*
 * While the engine works, its findings come back event by event. Text is saved about once a second; what a head
 * says becomes a prediction and an annotation as soon as it is complete, a track at its end or when it is cancelled.
 */

static const gint64 SAVE_TEXT_EVERY_US = G_USEC_PER_SEC;

static void
work_free (TpoWork *self)
{
  g_clear_object (&self->cancellable);
  g_clear_object (&self->answer);
  g_clear_object (&self->track);
  g_clear_pointer (&self->keyframes, g_ptr_array_unref);
  g_free (self->prompt);
  g_free (self);
}

static TpoWork *
begin_work (TpoDocument *self, const char *prompt)
{
  self->work = g_new0 (TpoWork, 1);
  self->work->cancellable = g_cancellable_new ();
  self->work->prompt = g_strdup (prompt);
  self->work->keyframes =
      g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_keyframe_record_free);
  tpo_document_notify (self, TPO_DOCUMENT_PROP_IS_BUSY);
  return self->work;
}

static void
end_work (TpoDocument *self)
{
  g_clear_pointer (&self->work, work_free);
  tpo_document_set_step (self, NULL, 0.0);
  tpo_document_notify (self, TPO_DOCUMENT_PROP_IS_BUSY);
}

void
tpo_document_cancel (TpoDocument *self)
{
  g_return_if_fail (TPO_IS_DOCUMENT (self));

  if (self->work != NULL)
    g_cancellable_cancel (self->work->cancellable);
}

/* ---- what the heads say ------------------------------------------------------------------------ */

/* Settings that a prediction was made with, as JSON. */
static char *
settings_json (TpoDocument *self)
{
  g_autoptr (JsonBuilder) json = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *device = NULL;
  const char *const settings[][2] = { { "sampling", "greedy" }, { "program", TPO_VERSION } };

  g_object_get (self->engine, "device-name", &device, NULL);
  json_builder_begin_object (json);
  for (gsize i = 0; i < G_N_ELEMENTS (settings); i++) {
    json_builder_set_member_name (json, settings[i][0]);
    json_builder_add_string_value (json, settings[i][1]);
  }
  json_builder_set_member_name (json, "device");
  json_builder_add_string_value (json, device != NULL ? device : "");
  json_builder_end_object (json);
  root = json_builder_get_root (json);
  return json_to_string (root, FALSE);
}

/* Saves a prediction and the annotation made from it. Fills in what all predictions share. */
static TpoAnnotation *
keep_prediction (TpoDocument *self, TpoPredictionRecord *prediction)
{
  TpoWork *work = self->work;
  g_autoptr (TpoModelInfo) info = tpo_engine_dup_model_info (self->engine);
  g_autofree char *settings = settings_json (self);
  TpoEdit step = { .amend_step = work->step_id };
  g_autoptr (GError) error = NULL;
  gint64 id;

  prediction->video_id = self->video_id;
  prediction->prompt = work->prompt != NULL ? work->prompt : (char *) "";
  prediction->settings = settings;
  prediction->model = info != NULL ? info->name : (char *) "VideoChat-TPO";
  prediction->model_hash = info != NULL ? info->version : NULL;
  prediction->text_offset = -1;
  if (work->answer != NULL) {
    const TpoMessageRecord *answer = tpo_message_get_record (work->answer);

    prediction->message_id = answer->id;
    prediction->text_offset = (gint64) strlen (answer->text);
  }
  id = tpo_store_add_prediction (self->store, prediction, &error);
  if (id != 0 && work->answer != NULL)
    tpo_message_add_prediction (work->answer, id);
  if (id != 0)
    id = tpo_store_annotate_prediction (self->store, id, 0, &step, &error);
  if (id == 0) {
    tpo_document_toast (self, error->message);
    return NULL;
  }
  if (work->step_id == 0)
    work->step_id = tpo_store_get_last_step (self->store);
  return tpo_document_find (self, id);
}

static void
keep_spans (TpoDocument *self, const TpoEvent *event)
{
  TpoPredictionRecord prediction = {
    .kind = TPO_ANNOTATION_SPAN,
    .spans = (TpoSpan *) event->spans,
    .n_spans = event->n_spans,
    .saliency = (float *) event->saliency,
    .n_saliency = event->n_saliency,
    .saliency_step_us = G_USEC_PER_SEC,
  };
  g_autofree TpoSpan *spans = g_new (TpoSpan, event->n_spans);
  gint64 duration_us = tpo_video_get_info (self->video)->duration_us;

  /* Show at least a frame's worth, inside the video. */
  for (guint i = 0; i < event->n_spans; i++) {
    spans[i] = event->spans[i];
    spans[i].start_us = CLAMP (spans[i].start_us, 0, duration_us - 1);
    spans[i].end_us = CLAMP (spans[i].end_us, spans[i].start_us + 1, duration_us);
  }
  prediction.spans = spans;
  if (event->n_spans > 0)
    tpo_document_select (self, keep_prediction (self, &prediction));
}

/* A regressed box may have its corners swapped, lie outside or have no area; a label may not. */
static TpoBox
box_on_picture (const TpoBox *box)
{
  static const float least = 1e-3f;
  TpoBox inside = {
    CLAMP (MIN (box->x0, box->x1), 0.0f, 1.0f - least),
    CLAMP (MIN (box->y0, box->y1), 0.0f, 1.0f - least),
    CLAMP (MAX (box->x0, box->x1), 0.0f, 1.0f),
    CLAMP (MAX (box->y0, box->y1), 0.0f, 1.0f),
  };

  inside.x1 = MAX (inside.x1, inside.x0 + least);
  inside.y1 = MAX (inside.y1, inside.y0 + least);
  return inside;
}

static void
keep_box (TpoDocument *self, const TpoEvent *event)
{
  TpoVideoIndex *index = tpo_video_get_index (self->video);
  gint64 start_us = tpo_video_index_get_time_us (index, event->frame);
  TpoSpan span = { start_us,
                   start_us + tpo_video_index_get_frame_duration_us (index, event->frame),
                   1.0f };
  TpoKeyframeRecord keyframe = {
    .time_us = start_us,
    .has_box = TRUE,
    .box = box_on_picture (&event->box),
    .provenance = TPO_PROVENANCE_MODEL,
    .score = -1.0,
  };
  g_autoptr (GPtrArray) keyframes = g_ptr_array_new ();
  TpoPredictionRecord prediction = {
    .kind = TPO_ANNOTATION_BOX_TRACK, .spans = &span, .n_spans = 1, .keyframes = keyframes
  };

  g_ptr_array_add (keyframes, &keyframe);
  tpo_document_select (self, keep_prediction (self, &prediction));
}

static TpoKeyframeRecord *
keyframe_of (TpoDocument *self, const TpoEvent *event)
{
  TpoKeyframeRecord *keyframe = g_new0 (TpoKeyframeRecord, 1);

  keyframe->time_us =
      tpo_video_index_get_time_us (tpo_video_get_index (self->video), event->frame);
  keyframe->provenance = TPO_PROVENANCE_MODEL;
  keyframe->score = event->score;
  keyframe->has_box = tpo_rle_bounds (event->mask, &keyframe->box);
  keyframe->is_absent = !keyframe->has_box;
  if (keyframe->has_box)
    keyframe->mask = tpo_rle_ref ((TpoRle *) event->mask);
  return keyframe;
}

static int
by_time (gconstpointer a, gconstpointer b)
{
  const TpoKeyframeRecord *left = *(TpoKeyframeRecord *const *) a;
  const TpoKeyframeRecord *right = *(TpoKeyframeRecord *const *) b;

  return left->time_us < right->time_us ? -1 : left->time_us > right->time_us;
}

static gint64
frame_end (TpoDocument *self, gint64 time_us)
{
  gint64 end_us;

  tpo_document_frame (self, time_us, &end_us);
  return end_us;
}

/* A track that grows is shown at once, before it is saved. */
static void
show_growing (TpoDocument *self, const TpoKeyframeRecord *keyframe)
{
  TpoWork *work = self->work;
  gint64 end_us = frame_end (self, keyframe->time_us);

  if (work->track == NULL) {
    TpoAnnotationRecord *record = g_new0 (TpoAnnotationRecord, 1);

    record->kind = TPO_ANNOTATION_MASK_TRACK;
    record->video_id = self->video_id;
    record->text = g_strdup (work->prompt);
    record->start_us = keyframe->time_us;
    record->end_us = end_us;
    work->track = tpo_annotation_new (record, NULL);
    tpo_annotation_append_keyframe (work->track, tpo_keyframe_record_copy (keyframe), end_us);
    g_list_store_append (self->annotations, work->track);
  } else {
    tpo_annotation_append_keyframe (work->track, tpo_keyframe_record_copy (keyframe), end_us);
  }
}

static void
keep_mask (TpoDocument *self, const TpoEvent *event)
{
  TpoKeyframeRecord *keyframe = keyframe_of (self, event);

  g_ptr_array_add (self->work->keyframes, keyframe);
  if (!self->work->is_extension && !self->work->is_segment)
    show_growing (self, keyframe);
}

/* A new track: what was shown while it grew gives way to what is saved. */
static void
save_track (TpoDocument *self)
{
  TpoWork *work = self->work;
  const TpoKeyframeRecord *first = g_ptr_array_index (work->keyframes, 0);
  const TpoKeyframeRecord *last = g_ptr_array_index (work->keyframes, work->keyframes->len - 1);
  TpoSpan span = { first->time_us, frame_end (self, last->time_us), first->score };
  TpoPredictionRecord prediction = { .kind = TPO_ANNOTATION_MASK_TRACK,
                                     .spans = &span,
                                     .n_spans = 1,
                                     .keyframes = work->keyframes };
  guint position;

  if (work->track != NULL && g_list_store_find (self->annotations, work->track, &position))
    g_list_store_remove (self->annotations, position);
  tpo_document_select (self, keep_prediction (self, &prediction));
}

/* More of a track that exists; frames that a person corrected are left alone. */
static void
extend_track (TpoDocument *self)
{
  TpoWork *work = self->work;
  GPtrArray *known = tpo_annotation_get_keyframes (work->track);
  g_autoptr (GPtrArray) fresh = g_ptr_array_new ();
  TpoEdit step = { .name = work->is_segment ? N_ ("Segment by Click") : N_ ("Track Object") };
  g_autoptr (GError) error = NULL;
  gint64 last_us = 0;

  for (guint i = 0; i < work->keyframes->len; i++) {
    TpoKeyframeRecord *keyframe = g_ptr_array_index (work->keyframes, i);
    const TpoKeyframeRecord *old = tpo_track_keyframe_at (known, keyframe->time_us);
    gboolean is_by_hand = old != NULL && old->time_us == keyframe->time_us &&
                          old->provenance != TPO_PROVENANCE_MODEL;

    if (work->is_segment)
      keyframe->provenance = TPO_PROVENANCE_MODEL_CORRECTED;
    if (work->is_segment || !is_by_hand)
      g_ptr_array_add (fresh, keyframe);
    last_us = MAX (last_us, keyframe->time_us);
  }
  if (fresh->len > 0 &&
      !tpo_store_set_keyframes (self->store, tpo_annotation_get_id (work->track), fresh,
                                frame_end (self, last_us), &step, &error))
    tpo_document_toast (self, error->message);
}

static void
save_keyframes (TpoDocument *self)
{
  TpoWork *work = self->work;

  if (work->keyframes->len == 0)
    return;
  g_ptr_array_sort (work->keyframes, by_time);
  if (work->is_extension)
    extend_track (self);
  else
    save_track (self);
}

/* ---- conversation ---------------------------------------------------------------------------- */

static void
save_text (TpoDocument *self, TpoMessageState state)
{
  const TpoMessageRecord *answer = tpo_message_get_record (self->work->answer);
  g_autoptr (GError) error = NULL;

  if (!tpo_store_stream_message (self->store, answer->id, answer->text, state, &error))
    tpo_document_toast (self, error->message);
  self->work->saved_text_us = g_get_monotonic_time ();
}

static void
on_event (const TpoEvent *event, gpointer user_data)
{
  TpoDocument *self = user_data;

  if (self->work == NULL)
    return;
  switch (event->kind) {
  case TPO_EVENT_STEP:
    tpo_document_set_step (self, event->step, event->done);
    break;
  case TPO_EVENT_TEXT:
    if (self->work->answer == NULL)
      break;
    tpo_message_append_text (self->work->answer, event->text);
    if (g_get_monotonic_time () - self->work->saved_text_us > SAVE_TEXT_EVERY_US)
      save_text (self, TPO_MESSAGE_STREAMING);
    break;
  case TPO_EVENT_SPANS:
    keep_spans (self, event);
    break;
  case TPO_EVENT_BOX:
    keep_box (self, event);
    break;
  case TPO_EVENT_MASK:
    keep_mask (self, event);
    tpo_document_set_step (self, self->step, event->done);
    break;
  case TPO_EVENT_TASK:
  case TPO_EVENT_KIND_COUNT:
    break;
  }
}

static void
finish_answer (TpoDocument *self, const GError *error)
{
  TpoMessage *answer = self->work->answer;
  gboolean is_stopped = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  TpoMessageState state = error == NULL ? TPO_MESSAGE_COMPLETE
                          : is_stopped  ? TPO_MESSAGE_STOPPED
                                        : TPO_MESSAGE_FAILED;

  save_text (self, state);
  tpo_message_set_state (answer, state, state == TPO_MESSAGE_FAILED ? error->message : NULL);
}

static void
on_finished (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TpoDocument) self = user_data;
  g_autoptr (GError) error = NULL;

  tpo_engine_finish (TPO_ENGINE (source), result, &error);
  /* Another video may be open by now. */
  if (self->work == NULL || self->work->cancellable != g_task_get_cancellable (G_TASK (result)))
    return;
  save_keyframes (self);
  if (self->work->answer != NULL)
    finish_answer (self, error);
  else if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    tpo_document_toast (self, error->message);
  end_work (self);
}

void
tpo_document_abandon_work (TpoDocument *self)
{
  if (self->work == NULL)
    return;
  g_cancellable_cancel (self->work->cancellable);
  save_keyframes (self);
  if (self->work->answer != NULL)
    save_text (self, TPO_MESSAGE_STOPPED);
  end_work (self);
}

/* Question and empty answer, one undo step together with all that comes of them. */
static gboolean
add_messages (TpoDocument *self, const char *question, gint64 *answer_id, GError **error)
{
  TpoEdit step = { .name = N_ ("Ask") };

  if (!tpo_store_begin_group (self->store, &step, error))
    return FALSE;
  if (self->conversation_id == 0)
    self->conversation_id =
        tpo_store_add_conversation (self->store, self->video_id, NULL, NULL, error);
  if (self->conversation_id == 0 ||
      tpo_store_append_message (self->store, self->conversation_id, TPO_MESSAGE_USER, question,
                                TPO_MESSAGE_COMPLETE, NULL, error) == 0) {
    tpo_store_cancel_group (self->store);
    return FALSE;
  }
  *answer_id =
      tpo_store_append_message (self->store, self->conversation_id, TPO_MESSAGE_ASSISTANT, "",
                                TPO_MESSAGE_STREAMING, NULL, error);
  if (*answer_id == 0) {
    tpo_store_cancel_group (self->store);
    return FALSE;
  }
  return tpo_store_end_group (self->store, error);
}

static TpoMessage *
last_message (TpoDocument *self)
{
  GListModel *messages = G_LIST_MODEL (self->messages);

  return g_list_model_get_item (messages, g_list_model_get_n_items (messages) - 1);
}

/* Earlier questions with complete answers. Texts belong to the messages. */
static GArray *
collect_history (TpoDocument *self)
{
  GArray *turns = g_array_new (FALSE, FALSE, sizeof (TpoTurn));
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->messages));

  for (guint i = 0; i + 1 < n; i++) {
    g_autoptr (TpoMessage) first = g_list_model_get_item (G_LIST_MODEL (self->messages), i);
    g_autoptr (TpoMessage) second =
        g_list_model_get_item (G_LIST_MODEL (self->messages), i + 1);
    const TpoMessageRecord *question = tpo_message_get_record (first);
    const TpoMessageRecord *answer = tpo_message_get_record (second);
    TpoTurn turn = { question->text, answer->text };

    if (question->role == TPO_MESSAGE_USER && answer->role == TPO_MESSAGE_ASSISTANT &&
        answer->state == TPO_MESSAGE_COMPLETE)
      g_array_append_val (turns, turn);
  }
  return turns;
}

void
tpo_document_ask (TpoDocument *self, const char *question, gint64 position_us,
                  const TpoBox *box)
{
  g_autofree char *trimmed = NULL;
  g_autoptr (GArray) history = NULL;
  g_autoptr (GError) error = NULL;
  gint64 answer_id;
  TpoWork *work;
  TpoAsk ask = { 0 };

  g_return_if_fail (TPO_IS_DOCUMENT (self) && question != NULL);

  trimmed = g_strstrip (g_strdup (question));
  if (self->work != NULL || self->video == NULL || *trimmed == '\0')
    return;
  history = collect_history (self);
  work = begin_work (self, trimmed);
  if (!add_messages (self, trimmed, &answer_id, &error)) {
    tpo_document_toast (self, error->message);
    end_work (self);
    return;
  }
  work->step_id = tpo_store_get_last_step (self->store);
  work->answer = last_message (self);
  work->saved_text_us = g_get_monotonic_time ();

  ask.question = trimmed;
  ask.history = (const TpoTurn *) (gpointer) history->data;
  ask.n_history = history->len;
  ask.box = box;
  ask.frame = tpo_video_index_find_frame (tpo_video_get_index (self->video), position_us);
  tpo_engine_ask_async (self->engine, self->video, &ask, on_event, self, work->cancellable,
                        on_finished, g_object_ref (self));
}

/* ---- tracking and clicks ------------------------------------------------------------------------ */

void
tpo_document_track (TpoDocument *self, TpoAnnotation *annotation, gint64 position_us,
                    gboolean backward)
{
  const TpoVideoInfo *info;
  TpoTrack track = { 0 };
  TpoWork *work;
  TpoBox box;

  g_return_if_fail (TPO_IS_DOCUMENT (self) && TPO_IS_ANNOTATION (annotation));

  if (self->work != NULL || self->video == NULL)
    return;
  info = tpo_video_get_info (self->video);
  track.frame = tpo_video_index_find_frame (tpo_video_get_index (self->video), position_us);
  track.last_frame = backward ? 0 : info->n_frames - 1;
  track.mask = tpo_annotation_get_mask (annotation, position_us);
  if (track.mask == NULL && tpo_annotation_get_box (annotation, position_us, &box))
    track.box = &box;
  if (track.mask == NULL && track.box == NULL) {
    tpo_document_toast (self, _ ("Go to a frame where the object has a box or a mask"));
    return;
  }
  work = begin_work (self, tpo_annotation_get_record (annotation)->text);
  /* Masks of a box's object are a track of their own. */
  if (tpo_annotation_get_record (annotation)->kind == TPO_ANNOTATION_MASK_TRACK) {
    work->track = g_object_ref (annotation);
    work->is_extension = TRUE;
  }
  tpo_engine_track_async (self->engine, self->video, &track, on_event, self, work->cancellable,
                          on_finished, g_object_ref (self));
}

void
tpo_document_segment (TpoDocument *self, TpoAnnotation *annotation, gint64 position_us,
                      const TpoPoint *points, guint n_points)
{
  TpoWork *work;
  guint frame;

  g_return_if_fail (TPO_IS_DOCUMENT (self) && points != NULL && n_points > 0);

  if (self->work != NULL || self->video == NULL)
    return;
  frame = tpo_video_index_find_frame (tpo_video_get_index (self->video), position_us);
  work = begin_work (self, NULL);
  work->is_segment = TRUE;
  if (annotation != NULL &&
      tpo_annotation_get_record (annotation)->kind == TPO_ANNOTATION_MASK_TRACK) {
    work->track = g_object_ref (annotation);
    work->is_extension = TRUE;
  }
  tpo_engine_segment_async (self->engine, self->video, frame, points, n_points, NULL, on_event,
                            self, work->cancellable, on_finished, g_object_ref (self));
}
