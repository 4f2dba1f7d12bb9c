#pragma once

#include "models/sam2/sam2.h"

/**
 * TpoSam2Tracker:
 *
 * Follows objects through a video: the inference state of SAM 2's video predictor. Frames get
 * prompts; propagation carries each object from frame to frame by memory. Objects are independent
 * and share the frame's features. A prompted frame has a memory of its own (a conditioning frame);
 * other frames are remembered as long as they may still be read, and features of frames as far as a
 * budget goes, so memory does not grow with the video. Belongs to the device's thread.
 *
 * Life of one object's frame: prompt → pending output → (propagate) → memory. A prompt on a frame
 * that was tracked before starts from the mask found there; the frame stays an ordinary one unless
 * the prompt says otherwise, but what was prompted is not tracked over.
 */
typedef struct _TpoSam2Tracker TpoSam2Tracker;

/**
 * TpoSam2FrameFunc:
 * @frame: number of the frame
 *
 * Returns: (transfer full) (nullable): [rows, cols, 3], dense, of the type and size given to
 * tpo_sam2_tracker_new()
 */
typedef GBytes *(*TpoSam2FrameFunc) (guint frame, gpointer user_data, GCancellable *cancellable,
                                     GError **error);

/**
 * TpoSam2Video: what is tracked through.
 */
typedef struct {
  guint n_frames;
  guint rows, cols;           /* pixels of the frames that @load gives */
  gboolean is_normalised;     /* they are F32, normalised and of the model's size, and not U8 */
  guint mask_rows, mask_cols; /* pixels of the masks wanted */
  guint64 cache_size;         /* bytes for the features of frames; one frame is held anyway */
  TpoSam2FrameFunc load;
  gpointer user_data;
} TpoSam2Video;

/** tpo_sam2_tracker_new: @model must outlive it. Returns: (transfer full) */
TpoSam2Tracker *tpo_sam2_tracker_new (TpoDevice *device, const TpoSam2 *model,
                                      const TpoSam2Video *video, GError **error);
void tpo_sam2_tracker_free (TpoSam2Tracker *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoSam2Tracker, tpo_sam2_tracker_free)

/**
 * tpo_sam2_tracker_add_object: Returns: its number, from 0 on. It takes memory when it is first
 * prompted
 */
guint tpo_sam2_tracker_add_object (TpoSam2Tracker *self);

/** tpo_sam2_tracker_clear_object: forgets all of @object, whose number goes on standing for one */
void tpo_sam2_tracker_clear_object (TpoSam2Tracker *self, guint object);

/**
 * tpo_sam2_tracker_clear_frame: takes back the prompts of @frame; what was found there is an
 * ordinary memory then
 */
void tpo_sam2_tracker_clear_frame (TpoSam2Tracker *self, guint object, guint frame);

/** tpo_sam2_tracker_reset: forgets all objects; the recorded graphs and the frame's features stay */
void tpo_sam2_tracker_reset (TpoSam2Tracker *self);

/**
 * TpoSam2Prompt: what is known of the object on a frame; valid when zeroed. A @mask alone is the
 * result; with points it is what they correct, in place of the mask found before.
 */
typedef struct {
  const float *points; /* (nullable) [n_points, 2]: normalised x, y */
  const gint32
      *labels; /* [n_points]: 0 and 1 negative and positive click, 2 and 3 corners of a box */
  guint n_points;
  const float *
      embedding; /* (nullable) [3, C]: stands for the codes of a box (VideoChat-TPO's track_embed) */
  const guint8 *mask;  /* (nullable) [rows, cols] of the mask size, non-zero is set */
  gboolean is_still;   /* as on a single picture: the object score cannot say “not there” */
  gboolean conditions; /* a frame tracked before becomes a conditioning frame, too */
} TpoSam2Prompt;

/**
 * TpoSam2Result: an object on a frame.
 */
typedef struct {
  guint object, frame;
  const guint8 *mask; /* [mask_rows, mask_cols]: 0 or 1; valid until the next call */
  float iou;          /* predicted, of the mask that was chosen */
  float score;        /* object score, a logit; above 0: present */
  const float
      *ious; /* [TPO_SAM2_MASKS]: of the single mask and the candidates; while @mask is valid */
  gboolean is_prompted; /* the frame stands as it was prompted */
} TpoSam2Result;

/**
 * tpo_sam2_tracker_prompt:
 * @append: add the clicks to those given on this frame before
 * @result: (out)
 *
 * Finds the object on one frame. Propagation takes it up.
 */
gboolean tpo_sam2_tracker_prompt (TpoSam2Tracker *self, guint object, guint frame,
                                  const TpoSam2Prompt *prompt, gboolean append,
                                  TpoSam2Result *result, GCancellable *cancellable,
                                  GError **error);

/**
 * TpoSam2ResultFunc: Returns: false to stop
 */
typedef gboolean (*TpoSam2ResultFunc) (const TpoSam2Result *result, gpointer user_data);

/**
 * TpoSam2Stretch: what to follow, and how far.
 */
typedef struct {
  const guint *objects; /* [n_objects] */
  guint n_objects;
  guint first, last; /* frames; @last below @first: backwards */
} TpoSam2Stretch;

/**
 * tpo_sam2_tracker_propagate:
 *
 * Every object on every frame of @stretch, frame by frame. A frame with a prompt stands as it was
 * prompted; all others are made anew.
 */
gboolean tpo_sam2_tracker_propagate (TpoSam2Tracker *self, const TpoSam2Stretch *stretch,
                                     TpoSam2ResultFunc on_result, gpointer user_data,
                                     GCancellable *cancellable, GError **error);

/**
 * TpoSam2Stored: what an object keeps of a frame, for tests and for the curious.
 */
typedef struct {
  float *logits; /* (out caller-allocates) (nullable): [4G·4G], holes filled, absence marked */
  float *pointer; /* (out caller-allocates) (nullable): [C] */
  float *memory;  /* (out caller-allocates) (nullable): [G·G, M] */
} TpoSam2Stored;

/** tpo_sam2_tracker_read: false with TPO_ERROR_INVALID where nothing is kept of @frame */
gboolean tpo_sam2_tracker_read (TpoSam2Tracker *self, guint object, guint frame,
                                const TpoSam2Stored *stored, GError **error);
