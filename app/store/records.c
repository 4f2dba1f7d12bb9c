#include "store/tpo-store-private.h"

static const char *const kind_names[TPO_ANNOTATION_KIND_COUNT] = {
  [TPO_ANNOTATION_SPAN] = "span",
  [TPO_ANNOTATION_BOX_TRACK] = "box-track",
  [TPO_ANNOTATION_MASK_TRACK] = "mask-track",
};

static const char *const status_names[TPO_STATUS_COUNT] = {
  [TPO_STATUS_PREDICTED] = "predicted", [TPO_STATUS_ACCEPTED] = "accepted",
  [TPO_STATUS_CORRECTED] = "corrected", [TPO_STATUS_MANUAL] = "manual",
  [TPO_STATUS_DISCARDED] = "discarded",
};

static const char *const provenance_names[TPO_PROVENANCE_COUNT] = {
  [TPO_PROVENANCE_HUMAN] = "human",
  [TPO_PROVENANCE_MODEL] = "model",
  [TPO_PROVENANCE_MODEL_CORRECTED] = "model-corrected",
  [TPO_PROVENANCE_INTERPOLATED] = "interpolated",
  [TPO_PROVENANCE_IMPORTED] = "imported",
};

static const char *const role_names[TPO_MESSAGE_ROLE_COUNT] = {
  [TPO_MESSAGE_USER] = "user",
  [TPO_MESSAGE_ASSISTANT] = "assistant",
};

static const char *const state_names[TPO_MESSAGE_STATE_COUNT] = {
  [TPO_MESSAGE_STREAMING] = "streaming",
  [TPO_MESSAGE_COMPLETE] = "complete",
  [TPO_MESSAGE_STOPPED] = "stopped",
  [TPO_MESSAGE_FAILED] = "failed",
};

static const char *const type_names[TPO_ATTRIBUTE_TYPE_COUNT] = {
  [TPO_ATTRIBUTE_CHOICE] = "choice",
  [TPO_ATTRIBUTE_NUMBER] = "number",
  [TPO_ATTRIBUTE_TEXT] = "text",
  [TPO_ATTRIBUTE_FLAG] = "flag",
};

static const char *const run_names[TPO_RUN_STATE_COUNT] = {
  [TPO_RUN_WAITING] = "waiting",
  [TPO_RUN_RUNNING] = "running",
  [TPO_RUN_DONE] = "done",
  [TPO_RUN_FAILED] = "failed",
};

static const char *const video_status_names[TPO_VIDEO_STATUS_COUNT] = {
  [TPO_VIDEO_UNLABELLED] = "unlabelled",
  [TPO_VIDEO_PREDICTED] = "predicted",
  [TPO_VIDEO_IN_WORK] = "in-work",
  [TPO_VIDEO_REVIEWED] = "reviewed",
};

static int
find_name (const char *const *names, guint n_names, const char *name)
{
  for (guint i = 0; i < n_names; i++)
    if (g_strcmp0 (names[i], name) == 0)
      return (int) i;
  return -1;
}

const char *
tpo_annotation_kind_name (TpoAnnotationKind kind)
{
  g_return_val_if_fail ((guint) kind < TPO_ANNOTATION_KIND_COUNT, NULL);

  return kind_names[kind];
}

int
tpo_annotation_kind_from_name (const char *name)
{
  return find_name (kind_names, G_N_ELEMENTS (kind_names), name);
}

const char *
tpo_annotation_status_name (TpoAnnotationStatus status)
{
  g_return_val_if_fail ((guint) status < TPO_STATUS_COUNT, NULL);

  return status_names[status];
}

int
tpo_annotation_status_from_name (const char *name)
{
  return find_name (status_names, G_N_ELEMENTS (status_names), name);
}

const char *
tpo_provenance_name (TpoProvenance provenance)
{
  g_return_val_if_fail ((guint) provenance < TPO_PROVENANCE_COUNT, NULL);

  return provenance_names[provenance];
}

int
tpo_provenance_from_name (const char *name)
{
  return find_name (provenance_names, G_N_ELEMENTS (provenance_names), name);
}

const char *
tpo_message_role_name (TpoMessageRole role)
{
  return role_names[role];
}

int
tpo_message_role_from_name (const char *name)
{
  return find_name (role_names, G_N_ELEMENTS (role_names), name);
}

const char *
tpo_message_state_name (TpoMessageState state)
{
  return state_names[state];
}

int
tpo_message_state_from_name (const char *name)
{
  return find_name (state_names, G_N_ELEMENTS (state_names), name);
}

const char *
tpo_attribute_type_name (TpoAttributeType type)
{
  g_return_val_if_fail ((guint) type < TPO_ATTRIBUTE_TYPE_COUNT, NULL);

  return type_names[type];
}

int
tpo_attribute_type_from_name (const char *name)
{
  return find_name (type_names, G_N_ELEMENTS (type_names), name);
}

const char *
tpo_run_state_name (TpoRunState state)
{
  return run_names[state];
}

int
tpo_run_state_from_name (const char *name)
{
  return find_name (run_names, G_N_ELEMENTS (run_names), name);
}

const char *
tpo_video_status_name (TpoVideoStatus status)
{
  g_return_val_if_fail ((guint) status < TPO_VIDEO_STATUS_COUNT, NULL);

  return video_status_names[status];
}

static void
video_clear (TpoVideoRecord *self)
{
  g_free (self->uri);
  g_free (self->content_hash);
  g_free (self->frame_times_us);
}

void
tpo_video_record_free (TpoVideoRecord *self)
{
  video_clear (self);
  g_free (self);
}

void
tpo_video_summary_free (TpoVideoSummary *self)
{
  video_clear (&self->video);
  g_free (self);
}

void
tpo_question_record_free (TpoQuestionRecord *self)
{
  g_free (self->text);
  g_free (self);
}

void
tpo_run_record_free (TpoRunRecord *self)
{
  g_free (self->problem);
  g_free (self);
}

void
tpo_attribute_record_free (TpoAttributeRecord *self)
{
  g_free (self->name);
  g_strfreev (self->choices);
  g_free (self);
}

void
tpo_attribute_value_free (TpoAttributeValue *self)
{
  g_free (self->value);
  g_free (self);
}

const char *
tpo_attribute_values_find (GPtrArray *values, gint64 attribute_id)
{
  for (guint i = 0; i < values->len; i++) {
    const TpoAttributeValue *value = g_ptr_array_index (values, i);

    if (value->attribute_id == attribute_id)
      return value->value;
  }
  return NULL;
}

void
tpo_conversation_record_free (TpoConversationRecord *self)
{
  g_free (self->title);
  g_free (self->question);
  g_free (self);
}

void
tpo_message_record_free (TpoMessageRecord *self)
{
  g_free (self->text);
  g_free (self->details);
  g_free (self);
}

void
tpo_message_hit_free (TpoMessageHit *self)
{
  g_free (self->text);
  g_free (self->video_uri);
  g_free (self);
}

void
tpo_keyframe_record_free (TpoKeyframeRecord *self)
{
  g_clear_pointer (&self->mask, tpo_rle_unref);
  g_free (self);
}

gboolean
tpo_keyframe_is_by_hand (const TpoKeyframeRecord *self)
{
  return self->provenance != TPO_PROVENANCE_MODEL &&
         self->provenance != TPO_PROVENANCE_INTERPOLATED;
}

gboolean
tpo_keyframe_has_mask (const TpoKeyframeRecord *self)
{
  return self->mask != NULL || self->is_light;
}

TpoKeyframeRecord *
tpo_keyframe_record_copy (const TpoKeyframeRecord *self)
{
  TpoKeyframeRecord *copy = g_memdup2 (self, sizeof *self);

  if (copy->mask != NULL)
    tpo_rle_ref (copy->mask);
  return copy;
}

void
tpo_prediction_record_free (TpoPredictionRecord *self)
{
  g_free (self->model);
  g_free (self->model_version);
  g_free (self->model_hash);
  g_free (self->prompt);
  g_free (self->settings);
  g_free (self->spans);
  g_free (self->saliency);
  g_clear_pointer (&self->keyframes, g_ptr_array_unref);
  g_free (self);
}

void
tpo_label_record_free (TpoLabelRecord *self)
{
  g_free (self->name);
  g_free (self->color);
  g_free (self->key);
  g_free (self);
}

void
tpo_annotation_record_free (TpoAnnotationRecord *self)
{
  g_free (self->text);
  g_free (self->attributes);
  g_free (self->saliency);
  g_free (self->author);
  g_free (self);
}
