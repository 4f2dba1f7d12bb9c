#pragma once

#include <gio/gio.h>

#include <tpo/device.h>
#include <tpo/rle.h>
#include <tpo/types.h>
#include <tpo/video.h>

G_BEGIN_DECLS

/**
 * TpoModel: an opened model file on a device: the chat model, and its heads, which are loaded when
 * first needed and freed, the longest unused first, when the device's memory runs short. Belongs to its
 * device's thread.
 */
typedef struct _TpoModel TpoModel;

/**
 * TpoModelInfo: what a model file says of itself.
 */
typedef struct {
  char *name;    /* "nano", "VideoChat-TPO", … */
  char *version; /* (nullable): as its maker numbers it, "general.version" of the file */
  char *hash;    /* of the file; tells those of one name and version apart */
  guint64 n_parameters;
  guint64 file_size;                           /* bytes */
  gboolean has_region, has_temporal, has_mask; /* which heads the file holds */
  gboolean is_multi_turn;                      /* earlier turns may be sent with a question */
} TpoModelInfo;

/**
 * tpo_model_open:
 * @path: a GGUF file of architecture "videochat-tpo"
 * @progress: (nullable): loading and shader warm-up
 *
 * Returns: (transfer full): %NULL with TPO_ERROR_FORMAT (naming the field or tensor),
 *   TPO_ERROR_NO_MEMORY (saying what the model needs), or G_IO_ERROR_CANCELLED
 */
TpoModel *tpo_model_open (TpoDevice *device, const char *path, TpoProgressFunc progress,
                          gpointer user_data, GCancellable *cancellable, GError **error);

/** tpo_model_get_info: Returns: (transfer none) */
const TpoModelInfo *tpo_model_get_info (TpoModel *self);

void tpo_model_free (TpoModel *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoModel, tpo_model_free)

/**
 * TpoEventKind: what tpo_session_ask() reports, in this order where they apply.
 */
typedef enum {
  TPO_EVENT_STEP,  /* a stage begins: .step and .done */
  TPO_EVENT_TEXT,  /* more of the answer: .text */
  TPO_EVENT_TASK,  /* the model chose a head: .task */
  TPO_EVENT_SPANS, /* .spans, best first, and .saliency */
  TPO_EVENT_BOX,   /* .box on frame .frame */
  TPO_EVENT_MASK,  /* .mask of frame .frame, in frame order */
  TPO_EVENT_KIND_COUNT
} TpoEventKind;

/**
 * TpoEvent: pointers are valid during the callback only.
 */
typedef struct {
  TpoEventKind kind;
  const char *step;     /* STEP: a short phrase; MASK: NULL */
  double done;          /* STEP, MASK: 0 … 1 of this stage */
  const char *text;     /* TEXT: valid UTF-8, to be appended */
  TpoTask task;         /* TASK */
  const TpoSpan *spans; /* SPANS: [n_spans], unrounded, best first */
  guint n_spans;
  const float *saliency; /* SPANS: [n_saliency], one raw score a second of video */
  guint n_saliency;
  TpoBox box;         /* BOX: as regressed, not clamped */
  guint frame;        /* BOX, MASK: frame index in presentation order */
  guint object;       /* MASK of tpo_session_propagate(): which object */
  const TpoRle *mask; /* MASK: at the video's display size */
  float score;        /* BOX: 1; MASK: the object score's probability */
  float iou;          /* MASK: predicted, of the mask; 1 for one that was given */
} TpoEvent;

typedef void (*TpoEventFunc) (const TpoEvent *event, gpointer user_data);

/**
 * TpoAsk: a question; valid when zeroed but for @question.
 */
typedef struct {
  const char *question;
  const TpoTurn *history; /* [n_history] (nullable): earlier turns, sent before the question */
  guint n_history;
  const TpoBox *box; /* (nullable): replaces each "<track_box>" of the question */
  guint max_tokens;  /* 0: 200 */
  float temperature, top_p, repetition_penalty; /* 0: greedy, off, off */
  guint64 seed;                                 /* of the sampler */
  gint64 frame; /* for region questions: the frame that is looked at; -1: the whole clip */
  guint max_mask_frames; /* 0: all frames of the video */
  gboolean train_order;  /* feed the task id before the task embedding, as in training */
} TpoAsk;

/**
 * TpoSession: one video with a model: caches its visual tokens, features and frame embeddings.
 */
typedef struct _TpoSession TpoSession;

/** tpo_session_new: holds references to neither: @model and @video must outlive it */
TpoSession *tpo_session_new (TpoModel *model, TpoVideo *video);

/**
 * tpo_session_ask:
 * @on_event: called from this thread, as results come
 *
 * Answers one question: prefill, greedy or sampled decoding, and the head that the answer calls
 * for (VideoChat-TPO, app.py `generate`). Blocks; @cancellable is polled between submissions.
 *
 * Returns: false with TPO_ERROR_INVALID (empty question, prompt longer than the model's context),
 *   any decoding or device error, or G_IO_ERROR_CANCELLED; events already given stay valid. The
 *   session can be asked again, but for TPO_ERROR_DEVICE_LOST: then device, model and session must
 *   be opened anew
 */
gboolean tpo_session_ask (TpoSession *self, const TpoAsk *ask, TpoEventFunc on_event,
                          gpointer user_data, GCancellable *cancellable, GError **error);

/**
 * tpo_session_segment:
 * @frame: frame index
 * @points: [n_points] clicks, @box: (nullable)
 * @mask: (out) (transfer full): at the video's display size
 * @score: (out): predicted IoU
 *
 * Segments one object on one frame from clicks or a box (SAM 2's image path).
 */
gboolean tpo_session_segment (TpoSession *self, guint frame, const TpoPoint *points,
                              guint n_points, const TpoBox *box, TpoRle **mask, float *score,
                              GCancellable *cancellable, GError **error);

/**
 * TpoTrack: one object followed through the video; valid when zeroed but for its prompt.
 */
typedef struct {
  guint frame;            /* frame of the prompt */
  const TpoBox *box;      /* (nullable) prompt: a box, */
  const TpoPoint *points; /* (nullable) or [n_points] clicks, */
  guint n_points;
  const TpoRle *mask; /* (nullable) or a mask */
  guint last_frame;   /* where to stop; below @frame: backwards */
} TpoTrack;

/**
 * tpo_session_track:
 *
 * Follows an object with SAM 2's memory and reports a TPO_EVENT_MASK for each frame from the
 * prompted one on.
 */
gboolean tpo_session_track (TpoSession *self, const TpoTrack *track, TpoEventFunc on_event,
                            gpointer user_data, GCancellable *cancellable, GError **error);

/**
 * TpoCorrection: what a person says of an object on one frame; valid when zeroed but for a prompt.
 */
typedef struct {
  guint object;           /* a number of the caller's choice; a new one is a new object */
  guint frame;            /* frame index */
  const TpoBox *box;      /* (nullable) a box, */
  const TpoPoint *points; /* (nullable) and [n_points] clicks, */
  guint n_points;
  const TpoRle *
      mask; /* (nullable) or a mask at the video's display size; with box or clicks: the mask they correct */
  gboolean
      append; /* the clicks add to those of the correction before on this frame, else they replace them */
} TpoCorrection;

/**
 * tpo_session_correct:
 * @mask: (out) (transfer full): the object on that frame, at the video's display size
 * @score: (out): predicted IoU; 1 for a mask that was given
 *
 * Says where an object is on one frame. The frame then conditions the others wherever the object is
 * followed, and tpo_session_propagate() leaves it as it is. On a frame that was followed before, a
 * box or clicks correct the mask found there. Nothing else is computed; propagate what lies around
 * afterwards. The session keeps corrections until they are taken back, also when the mask head
 * makes room for other parts of the model.
 *
 * SAM2VideoPredictor.add_new_points_or_box and add_new_mask, with
 * add_all_frames_to_correct_as_cond. Blocks.
 *
 * Returns: false with TPO_ERROR_INVALID (no such frame, no prompt, a mask of another size), any
 *   decoding or device error, or G_IO_ERROR_CANCELLED; corrections before it stay
 */
gboolean tpo_session_correct (TpoSession *self, const TpoCorrection *correction, TpoRle **mask,
                              float *score, GCancellable *cancellable, GError **error);

/**
 * tpo_session_uncorrect: takes back the corrections on @frame; of an object without any nothing is
 * known
 */
void tpo_session_uncorrect (TpoSession *self, guint object, guint frame);

/** tpo_session_forget: takes back all corrections of @object */
void tpo_session_forget (TpoSession *self, guint object);

/**
 * TpoStretch: frames through which objects are followed.
 */
typedef struct {
  const guint *objects; /* [n_objects], distinct, each with a correction */
  guint n_objects;      /* 1 … 4; together they cost less than one after the other */
  guint first;          /* frame index, usually of a correction */
  guint last;           /* where to stop; below @first: backwards */
} TpoStretch;

/**
 * tpo_session_propagate:
 *
 * Follows objects with SAM 2's memory and reports a TPO_EVENT_MASK for each frame and object from
 * @first on. An object ends before its next corrected frame, if that comes before @last: corrected
 * frames are barriers, and a correction in the middle of a track changes the stretch up to the next
 * ones only. Device memory does not grow with the video, and frames that were seen lately are not
 * encoded again. Blocks.
 *
 * Returns: false with TPO_ERROR_INVALID (no such frame, an object without corrections), any
 *   decoding or device error, or G_IO_ERROR_CANCELLED; masks already reported stay valid
 */
gboolean tpo_session_propagate (TpoSession *self, const TpoStretch *stretch,
                                TpoEventFunc on_event, gpointer user_data,
                                GCancellable *cancellable, GError **error);

void tpo_session_free (TpoSession *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoSession, tpo_session_free)

G_END_DECLS
