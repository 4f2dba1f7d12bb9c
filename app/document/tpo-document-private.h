#pragma once

#include "document/tpo-document.h"
#include "store/tpo-store-conversations.h"
#include "store/tpo-store-videos.h"

/**
 * TpoTracked: an object that is being followed.
 */
typedef struct {
  TpoAnnotation *annotation; /* owned */
  guint frame;               /* from which it is followed; it stays as it is */
  TpoBox box;                /* there */
  GPtrArray *found;          /* TpoKeyframeRecord, not saved yet */
} TpoTracked;

/**
 * TpoTracking: objects on their way through the video.
 */
typedef struct {
  GPtrArray *tracked;     /* TpoTracked, by the engine's object number */
  guint n_frames, n_done; /* of all objects */
  gint64 save_at_us;      /* monotonic: when what was found is saved next */
} TpoTracking;

/**
 * TpoWork: the question or track that the engine is busy with.
 */
typedef struct {
  GCancellable *cancellable;
  TpoMessage *answer;         /* nullable */
  gint64 step_id;             /* undo step that everything of it joins */
  gint64 saved_text_us;       /* when the answer's text was last saved */
  char *prompt;               /* what was asked; owned */
  TpoAnswerSettings settings; /* of the answer, with the seed that was drawn */
  guint n_turns;              /* before the question; sent to models that take them */
  gboolean has_box;
  TpoBox box;            /* that was asked about */
  TpoTask task;          /* that the answer called for */
  TpoAnnotation *track;  /* mask track in the making, or that gets a mask; nullable */
  gboolean is_extension; /* of a track that exists */
  GPtrArray *keyframes;  /* TpoKeyframeRecord found so far, by time */
  gboolean is_segment;   /* one mask for one frame */
  TpoTracking *tracking; /* nullable */
} TpoWork;

struct _TpoDocument {
  GObject parent_instance;

  TpoStore *store;
  TpoEngine *engine;

  TpoVideo *video; /* nullable, with all below */
  char *title;
  gint64 video_id;
  gint64 conversation_id; /* 0: none yet */
  gint64 position_us;
  GListStore *annotations;
  GListStore *messages;
  GListStore *labels;
  TpoAnnotation *selected;

  TpoAnswerSettings settings; /* for the next answer */
  TpoWork *work;              /* nullable */
  char *step;
  double progress;
  char *problem;
};

typedef enum {
  TPO_DOCUMENT_PROP_0,
  TPO_DOCUMENT_PROP_VIDEO,
  TPO_DOCUMENT_PROP_TITLE,
  TPO_DOCUMENT_PROP_SELECTED,
  TPO_DOCUMENT_PROP_POSITION_US,
  TPO_DOCUMENT_PROP_IS_BUSY,
  TPO_DOCUMENT_PROP_STEP,
  TPO_DOCUMENT_PROP_PROGRESS,
  TPO_DOCUMENT_PROP_UNDO_NAME,
  TPO_DOCUMENT_PROP_REDO_NAME,
  TPO_DOCUMENT_PROP_PROBLEM,
  TPO_DOCUMENT_N_PROPS,
} TpoDocumentProp;

void tpo_document_notify (TpoDocument *self, TpoDocumentProp prop);

/** tpo_document_saved: @ok as a call of the store gave it; says in a toast why not. Takes @error over */
gboolean tpo_document_saved (TpoDocument *self, gboolean ok, GError *error);

/** tpo_document_find: Returns: (transfer none) (nullable) */
TpoAnnotation *tpo_document_find (TpoDocument *self, gint64 annotation_id);

/** tpo_document_sync_labels: reads the label schema again; annotations follow */
void tpo_document_sync_labels (TpoDocument *self);

void tpo_document_toast (TpoDocument *self, const char *text);

/** tpo_document_frame: of the open video. @end_us: (out) (optional): when its display ends. Returns: when it begins */
gint64 tpo_document_frame (TpoDocument *self, gint64 position_us, gint64 *end_us);

/** tpo_document_set_step: @step: (nullable) */
void tpo_document_set_step (TpoDocument *self, const char *step, double progress);

/** tpo_document_abandon_work: when the video goes away or the document ends */
void tpo_document_abandon_work (TpoDocument *self);

/** tpo_document_begin_work: Returns: (transfer none): no longer than until tpo_document_end_work() */
TpoWork *tpo_document_begin_work (TpoDocument *self, const char *prompt);
void tpo_document_end_work (TpoDocument *self);

/** tpo_document_is_work: whether the work that goes on is that of @result; another video may be open by now */
gboolean tpo_document_is_work (TpoDocument *self, GAsyncResult *result);

/* ---- tpo-document-track.c ---- */

void tpo_tracking_free (TpoTracking *self);

/** tpo_document_save_tracking: what was found of the objects so far, as one step with what was saved of them before */
void tpo_document_save_tracking (TpoDocument *self);

/* ---- tpo-document-findings.c: of the work that goes on ---- */

/** tpo_document_settings_json: what its predictions are made with. Returns: (transfer full) */
char *tpo_document_settings_json (TpoDocument *self);

void tpo_document_keep_spans (TpoDocument *self, const TpoEvent *event);
void tpo_document_keep_box (TpoDocument *self, const TpoEvent *event);

/** tpo_document_keep_mask: shows a track that grows; it is saved at its end, with tpo_document_save_keyframes() */
void tpo_document_keep_mask (TpoDocument *self, const TpoEvent *event);
void tpo_document_save_keyframes (TpoDocument *self);
