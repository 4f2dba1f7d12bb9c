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

/* Names used in files: "box-track", "model-corrected", … */
const char *tpo_annotation_kind_name (TpoAnnotationKind kind);
const char *tpo_annotation_status_name (TpoAnnotationStatus status);
const char *tpo_provenance_name (TpoProvenance provenance);

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
  gint64 opened_us;       /* wall clock, of the last opening */
} TpoVideoRecord;

typedef struct {
  gint64 id, video_id;
  char *title; /* nullable */
  gint64 created_us;
} TpoConversationRecord;

typedef struct {
  gint64 id, conversation_id;
  TpoMessageRole role;
  TpoMessageState state;
  char *text;
  gint64 created_us;
} TpoMessageRecord;

/**
 * TpoKeyframeRecord: what is known of an object on the frame shown at @time_us
 */
typedef struct {
  gint64 time_us;     /* of a frame of the time index */
  gboolean is_absent; /* not in the picture from here to the next keyframe */
  gboolean has_box;   /* always, unless absent: a mask brings its own box */
  TpoBox box;
  TpoRle *mask; /* nullable, owned */
  TpoProvenance provenance;
  double score; /* 0 … 1; negative when there is none */
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
} TpoPredictionRecord;

typedef struct {
  gint64 id;
  char *name;           /* unique in the project */
  char *color;          /* "#rrggbb" */
  char *key;            /* nullable, the key that gives it: "1" */
  gint64 n_annotations; /* that carry it now; read only */
} TpoLabelRecord;

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
  /* About the revision itself: */
  gint64 revision_id;
  TpoProvenance provenance;
  char *author;
  double seconds_spent; /* by the author, on this revision */
  gint64 revised_us;
  gboolean is_deleted; /* only seen in the list of revisions */
} TpoAnnotationRecord;

void tpo_video_record_free (TpoVideoRecord *self);
void tpo_conversation_record_free (TpoConversationRecord *self);
void tpo_message_record_free (TpoMessageRecord *self);
void tpo_keyframe_record_free (TpoKeyframeRecord *self);
void tpo_prediction_record_free (TpoPredictionRecord *self);
void tpo_label_record_free (TpoLabelRecord *self);
void tpo_annotation_record_free (TpoAnnotationRecord *self);

/** tpo_keyframe_record_copy: Returns: (transfer full): shares the mask */
TpoKeyframeRecord *tpo_keyframe_record_copy (const TpoKeyframeRecord *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoVideoRecord, tpo_video_record_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoConversationRecord, tpo_conversation_record_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoMessageRecord, tpo_message_record_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoKeyframeRecord, tpo_keyframe_record_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoPredictionRecord, tpo_prediction_record_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoLabelRecord, tpo_label_record_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoAnnotationRecord, tpo_annotation_record_free)

G_END_DECLS
