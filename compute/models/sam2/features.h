#pragma once

#include "models/sam2/tracker.h"

/**
 * TpoSam2FrameCache:
 *
 * What the encoder made of the frames used last, so that a stretch is quicker to follow a second
 * time: tables of device memory with a row for each frame, filled within a budget of bytes and then
 * from the frame that was not used for longest.
 */
typedef struct _TpoSam2FrameCache TpoSam2FrameCache;

/** tpo_sam2_frame_cache_new: @video->cache_size is the budget. One frame is always held */
TpoSam2FrameCache *tpo_sam2_frame_cache_new (TpoDevice *device, const TpoSam2 *model,
                                             const TpoSam2Video *video, GError **error);
void tpo_sam2_frame_cache_free (TpoSam2FrameCache *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoSam2FrameCache, tpo_sam2_frame_cache_free)

/**
 * tpo_sam2_frame_cache_need: encodes @frame unless it is there. Returns: its row, valid until the
 * next call; -1: failed
 */
gint32 tpo_sam2_frame_cache_need (TpoSam2FrameCache *self, guint frame,
                                  GCancellable *cancellable, GError **error);

typedef enum {
  TPO_SAM2_FEATURES_F,
  TPO_SAM2_FEATURES_S1,
  TPO_SAM2_FEATURES_S0,
  TPO_SAM2_FEATURES_COUNT
} TpoSam2FeatureKind;

/** tpo_sam2_frame_cache_record: @row: [1] I32. Returns: features of that row, as in TpoSam2Features */
TpoTensor *tpo_sam2_frame_cache_record (const TpoSam2FrameCache *self, TpoGraph *g,
                                        TpoSam2FeatureKind kind, TpoTensor *row);
