#pragma once

#include <gio/gio.h>

#include <tpo/rle.h>
#include <tpo/types.h>

/*
 * Rows of a project as plain structs. A record owns what it points to and is freed by its own
 * _free function. All texts are UTF-8; all media times are presentation times in microseconds,
 * zero being the first displayed frame; wall-clock times are microseconds since 1970, UTC.
 * Ids are positive and never used twice; 0 means "none".
 */

G_BEGIN_DECLS

typedef enum {
  TPO_ANNOTATION_SPAN,       /* a stretch of time */
  TPO_ANNOTATION_BOX_TRACK,  /* boxes at keyframes, linear in between */
  TPO_ANNOTATION_MASK_TRACK, /* a mask on each of some frames */
  TPO_ANNOTATION_KIND_COUNT,
} TpoAnnotationKind;

typedef enum {
  TPO_STATUS_PREDICTED, /* as the model said; nobody looked yet */
  TPO_STATUS_ACCEPTED,  /* as the model said, and right */
  TPO_STATUS_CORRECTED, /* from a prediction, changed by a person */
  TPO_STATUS_MANUAL,    /* made by a person */
  TPO_STATUS_DISCARDED, /* wrong; kept as the answer to its question that it is */
  TPO_STATUS_COUNT,
} TpoAnnotationStatus;

typedef enum {
  TPO_PROVENANCE_HUMAN,
  TPO_PROVENANCE_MODEL,
  TPO_PROVENANCE_MODEL_CORRECTED,
  TPO_PROVENANCE_INTERPOLATED,
  TPO_PROVENANCE_IMPORTED,
  TPO_PROVENANCE_COUNT,
} TpoProvenance;

typedef enum {
  TPO_MESSAGE_USER,
  TPO_MESSAGE_ASSISTANT,
  TPO_MESSAGE_ROLE_COUNT,
} TpoMessageRole;

typedef enum {
  TPO_MESSAGE_STREAMING, /* found in a project just opened: the program ended before the answer */
  TPO_MESSAGE_COMPLETE,
  TPO_MESSAGE_STOPPED, /* by the user */
  TPO_MESSAGE_FAILED,  /* the text is what came before the error */
  TPO_MESSAGE_STATE_COUNT,
} TpoMessageState;

typedef enum {
  TPO_ATTRIBUTE_CHOICE, /* one of its choices */
  TPO_ATTRIBUTE_NUMBER,
  TPO_ATTRIBUTE_TEXT,
  TPO_ATTRIBUTE_FLAG, /* "true" or "false" */
  TPO_ATTRIBUTE_TYPE_COUNT,
} TpoAttributeType;

/* Where a saved question stands with one video. */
typedef enum {
  TPO_RUN_WAITING,
  TPO_RUN_RUNNING,
  TPO_RUN_DONE,
  TPO_RUN_FAILED,
  TPO_RUN_STATE_COUNT,
} TpoRunState;

/* How far a video is; each includes that nothing more is the case. */
typedef enum {
  TPO_VIDEO_UNLABELLED,
  TPO_VIDEO_PREDICTED, /* all that it has is as the model said */
  TPO_VIDEO_IN_WORK,
  TPO_VIDEO_REVIEWED, /* a person said so */
  TPO_VIDEO_STATUS_COUNT,
} TpoVideoStatus;

/* Names used in files: "box-track", "model-corrected", … */
const char *tpo_annotation_kind_name (TpoAnnotationKind kind);
const char *tpo_annotation_status_name (TpoAnnotationStatus status);
const char *tpo_provenance_name (TpoProvenance provenance);
const char *tpo_attribute_type_name (TpoAttributeType type);
const char *tpo_video_status_name (TpoVideoStatus status); /* "in-work" */

/**
 * TpoVideoRecord: a video of the project; the file itself stays where it is
 */
typedef struct {
  gint64 id;
  char *uri;              /* where the file was last seen */
  char *content_hash;     /* from tpo_content_hash(); tells a moved file from a changed one */
  gint64 size;            /* of the file, bytes */
  gint64 modified_us;     /* of the file, wall clock */
  guint width, height;    /* displayed pixels: after rotation, square */
  gint64 duration_us;     /* end of the last frame */
  gint64 n_frames;        /* as many as the time index has */
  gint64 *frame_times_us; /* [n_frames], ascending; %NULL in lists, see tpo_store_get_video() */
  gint64 position_us;     /* where the user last was */
  gint64 conversation_id; /* that was shown last, perhaps removed since; 0: none */
  gint64 opened_us;       /* wall clock, of the last opening; 0: never */
  gboolean is_reviewed;   /* a person is done with it */
} TpoVideoRecord;

/**
 * TpoVideoSummary: a video with how far it is, for lists
 */
typedef struct {
  TpoVideoRecord video; /* without its time index */
  gint64 n_annotations; /* not deleted, not discarded */
  gint64 n_predicted;   /* of them, as the model said and not looked at */
  gint64 n_conversations;
  TpoVideoStatus status;
} TpoVideoSummary;

typedef struct {
  gint64 id, video_id;
  char *title;    /* nullable */
  char *question; /* nullable: its first one, which stands for a title; read only */
  gint64 created_us;
  gint64 leaf_id; /* the last message of the branch that is shown, or 0 */
} TpoConversationRecord;

typedef struct {
  gint64 id, conversation_id;
  TpoMessageRole role;
  TpoMessageState state;
  char *text;
  char *details; /* nullable, a JSON object: what it was made with */
  gint64 created_us;
  gint64 parent_id;         /* the message before it, or 0 */
  int rating;               /* by the user: -1, 0 for none, 1 */
  guint branch, n_branches; /* it is the branch-th, from 0, of those that follow its parent */
} TpoMessageRecord;

/**
 * TpoClaim: where in an answer's text a prediction stands
 */
typedef struct {
  gint64 message_id, prediction_id;
  gint64 text_offset; /* byte of the text; -1 for none */
} TpoClaim;

/**
 * TpoMessageHit: a message that was searched for, with where it is
 */
typedef struct {
  gint64 message_id, conversation_id, video_id;
  TpoMessageRole role;
  char *text;
  char *video_uri;
} TpoMessageHit;

/**
 * TpoQuestionRecord: a question that is put to many videos
 */
typedef struct {
  gint64 id;
  char *text;
  gint64 created_us;
  gint64 n_runs[TPO_RUN_STATE_COUNT]; /* videos in each state; read only */
} TpoQuestionRecord;

typedef struct {
  gint64 id, question_id, video_id;
  TpoRunState state;
  char *problem;     /* nullable: why it failed */
  gint64 message_id; /* the answer, or 0 */
} TpoRunRecord;

/**
 * TpoKeyframeRecord: what is known of an object on the frame shown at @time_us
 *
 * Of tracks of hours the masks are left in the project, see tpo_store_list_light_keyframes() and
 * tpo_store_get_outline(). A light keyframe may be stored again like any other, and keeps its mask.
 */
typedef struct {
  gint64 time_us;     /* of a frame of the time index */
  gboolean is_absent; /* not in the picture from here to the next keyframe */
  gboolean has_box;   /* always, unless absent: a mask brings its own box */
  gboolean is_light;  /* its mask, that it has, was left in the project */
  TpoProvenance provenance;
  TpoBox box;
  TpoRle *mask;         /* nullable, owned */
  double score;         /* 0 … 1; negative when there is none */
  gint64 revision_id;   /* of the annotation, that set it; 0 in a prediction; read only */
  gint64 prediction_id; /* of a light one of a prediction, else 0; read only */
  gint64
      mask_time_us; /* of a light one: where its revision or prediction has the mask; read only */
} TpoKeyframeRecord;

/**
 * TpoPredictionRecord: what a head of the model said, once and for all
 *
 * @saliency[k] is for [saliency_start_us + k · saliency_step_us, + saliency_step_us), in the
 * head's own range.
 */
typedef struct {
  gint64 id;
  gint64 video_id;
  gint64 message_id;  /* the answer it belongs to, or 0 */
  gint64 text_offset; /* byte of the answer's text where its task token stands; -1 for none */
  TpoAnnotationKind kind;
  char *model;         /* name */
  char *model_version; /* nullable */
  char *model_hash;    /* nullable, of the model file */
  char *prompt;        /* what was asked */
  char *settings;      /* nullable, a JSON object */
  gint64 created_us;
  TpoSpan *spans; /* [n_spans], best first; of a track: the one stretch it covers */
  guint n_spans;
  float *saliency; /* [n_saliency] */
  guint n_saliency;
  gint64 saliency_start_us, saliency_step_us;
  GPtrArray *keyframes; /* of TpoKeyframeRecord, by time; nullable */
  gboolean is_growing;  /* its end was not seen yet, or never, as the program ended before it */
} TpoPredictionRecord;

typedef struct {
  gint64 id;
  char *name;  /* unique in the project */
  char *color; /* "#rrggbb" */
  char *key;   /* nullable, the key that gives it: "1" */
} TpoLabelRecord;

/**
 * TpoLabelUse: how much a label is used in the whole project
 */
typedef struct {
  gint64 label_id;
  gint64 n_annotations; /* not deleted, not discarded, of videos that are there */
} TpoLabelUse;

/**
 * TpoAttributeRecord: what may be said of each annotation with a label
 */
typedef struct {
  gint64 id, label_id;
  char *name; /* unique among the label's */
  TpoAttributeType type;
  char **choices; /* of a choice, else %NULL */
} TpoAttributeRecord;

typedef struct {
  gint64 attribute_id;
  char *value; /* "true" or "false" of a flag, digits of a number */
} TpoAttributeValue;

/**
 * TpoAnnotationRecord: an annotation as one revision left it
 */
typedef struct {
  gint64 id;
  gint64 video_id;
  gint64 prediction_id; /* that it derives from, or 0 */
  gint64 created_us;
  TpoAnnotationKind kind;
  /* What a revision may change: */
  TpoAnnotationStatus status;
  gint64 label_id;         /* or 0 */
  char *text;              /* nullable: the query or caption that it answers */
  gint64 start_us, end_us; /* half open; a track is nowhere outside it */
  char *attributes;        /* nullable: see tpo_store_list_values() */
  float *saliency; /* [n_saliency] (nullable): the prediction's curve, redrawn by hand */
  guint n_saliency;
  /* How it is shown, which is no revision: */
  gboolean is_locked, is_hidden;
  /* About the revision itself: */
  gint64 revision_id;
  gint64 parent_revision_id; /* that it changed, or 0 */
  TpoProvenance provenance;
  char *author;
  double seconds_spent; /* by the author, on this revision */
  gint64 revised_us;
  gboolean is_deleted; /* only seen in the list of revisions */
} TpoAnnotationRecord;

void tpo_video_record_free (TpoVideoRecord *self);
void tpo_video_summary_free (TpoVideoSummary *self);
void tpo_question_record_free (TpoQuestionRecord *self);
void tpo_run_record_free (TpoRunRecord *self);
void tpo_attribute_record_free (TpoAttributeRecord *self);
void tpo_attribute_value_free (TpoAttributeValue *self);
void tpo_conversation_record_free (TpoConversationRecord *self);
void tpo_message_record_free (TpoMessageRecord *self);
void tpo_message_hit_free (TpoMessageHit *self);
void tpo_keyframe_record_free (TpoKeyframeRecord *self);
void tpo_prediction_record_free (TpoPredictionRecord *self);
void tpo_label_record_free (TpoLabelRecord *self);
void tpo_annotation_record_free (TpoAnnotationRecord *self);

/**
 * tpo_keyframe_is_by_hand: whether a person said it, or another program: nothing that is computed
 * may replace it
 */
gboolean tpo_keyframe_is_by_hand (const TpoKeyframeRecord *self);

/**
 * tpo_attribute_values_find: @values: (element-type TpoAttributeValue). Returns: (transfer none)
 * (nullable): what is said of that attribute
 */
const char *tpo_attribute_values_find (GPtrArray *values, gint64 attribute_id);

/** tpo_keyframe_has_mask: whether it has one, here or in the project */
gboolean tpo_keyframe_has_mask (const TpoKeyframeRecord *self);

/** tpo_keyframe_record_copy: Returns: (transfer full): shares the mask */
TpoKeyframeRecord *tpo_keyframe_record_copy (const TpoKeyframeRecord *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoVideoRecord, tpo_video_record_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoVideoSummary, tpo_video_summary_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoQuestionRecord, tpo_question_record_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoRunRecord, tpo_run_record_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoAttributeRecord, tpo_attribute_record_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoAttributeValue, tpo_attribute_value_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoConversationRecord, tpo_conversation_record_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoMessageRecord, tpo_message_record_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoMessageHit, tpo_message_hit_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoKeyframeRecord, tpo_keyframe_record_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoPredictionRecord, tpo_prediction_record_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoLabelRecord, tpo_label_record_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoAnnotationRecord, tpo_annotation_record_free)

G_END_DECLS
