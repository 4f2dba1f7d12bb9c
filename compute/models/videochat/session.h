#pragma once

#include "models/sam2/tracker.h"
#include "models/videochat/frames.h"
#include "models/videochat/model.h"

/**
 * TpoVisual: the chat model's view of a video or of one of its frames: pictures → rows of a prompt.
 */
typedef struct {
  TpoFrameStack *frames;
  TpoGraph *graph;
  TpoTensor *rows; /* output of @graph: rows of the frames that it takes at once */
  float *vectors;  /* [tpo_session_n_visual(), C]: of @shown */
  gint64 shown;    /* frame, or -1: the whole video; -2: nothing yet */
} TpoVisual;

/**
 * TpoMoments: features of the temporal head, one row for each second of the video.
 */
typedef struct {
  gint64 n_clips;  /* 0: not made yet */
  guint width;     /* of a row */
  float *features; /* [n_clips, width] */
} TpoMoments;

struct _TpoSession {
  TpoModel *model;
  TpoVideo *video;
  TpoVideoReader *reader; /* RGB24; opened when first needed */
  TpoVisual clip;         /* of the whole video */
  TpoVisual still;        /* of one frame */
  TpoMoments moments;
  TpoSam2Tracker *tracker;
  GPtrArray *followed; /* objects whose corrections are kept (videochat/corrections.c) */
  guint64 n_follows;   /* how often one of them had work */
};

/** tpo_corrections_new: Returns: (transfer full): of no objects */
GPtrArray *tpo_corrections_new (void);

/** tpo_corrections_unseat: the tracker is gone; the corrections stay */
void tpo_corrections_unseat (GPtrArray *followed);

/**
 * TpoReport: where a call's events go.
 */
typedef struct {
  TpoEventFunc on_event;
  gpointer user_data;
} TpoReport;

void tpo_report_step (const TpoReport *report, const char *step, double done);

gboolean tpo_session_need_reader (TpoSession *self, GCancellable *cancellable, GError **error);

/** tpo_session_n_visual: rows that @frame, or the whole video where it is -1, takes in a prompt */
guint tpo_session_n_visual (TpoSession *self, gint64 frame);

/**
 * tpo_session_look: visual vectors of @frame, or of the whole video where it is -1. Returns:
 * (transfer none) [n_visual, C]
 */
const float *tpo_session_look (TpoSession *self, gint64 frame, GCancellable *cancellable,
                               GError **error);
void tpo_visual_clear (TpoVisual *self);

/** tpo_visual_drop: frees all but the vectors. Returns: whether that was anything */
gboolean tpo_visual_drop (TpoVisual *self);

/** tpo_session_drop: frees what the session made of @part. Returns: whether that was anything */
gboolean tpo_session_drop (TpoSession *self, TpoPart part);

/** tpo_session_watch: makes the features of the temporal head if they are not there */
gboolean tpo_session_watch (TpoSession *self, const TpoReport *report,
                            GCancellable *cancellable, GError **error);

/** tpo_session_ground: temporal head. @hidden: [C], of the temporal token. Reports SPANS */
gboolean tpo_session_ground (TpoSession *self, const char *question, const float *hidden,
                             const TpoReport *report, GCancellable *cancellable,
                             GError **error);

/**
 * tpo_session_follow: mask head. Reports MASK for each frame.
 * @prompt: on frame @frame
 * @last: where to stop
 */
gboolean tpo_session_follow (TpoSession *self, const TpoSam2Prompt *prompt, guint frame,
                             guint last, const TpoReport *report, GCancellable *cancellable,
                             GError **error);
