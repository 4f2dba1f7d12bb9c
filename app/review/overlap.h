#pragma once

#include "store/tpo-store-annotations.h"

/*
 * How much two labels say the same, 0 … 1: intersection over union of spans (tIoU), boxes and
 * tracks. Any thread, that of the stores given.
 */

G_BEGIN_DECLS

/** tpo_overlap_intervals: of [a0, a1) and [b0, b1), in any unit; 0 when both are empty */
double tpo_overlap_intervals (double a0, double a1, double b0, double b1);

/** tpo_overlap_boxes: corners in order */
double tpo_overlap_boxes (const TpoBox *a, const TpoBox *b);

/**
 * TpoLabelShape: when and where a label is; borrowed
 */
typedef struct {
  TpoAnnotationKind kind;
  gint64 start_us, end_us;
  GPtrArray *keyframes; /* (nullable) (element-type TpoKeyframeRecord): of a track, by time */
  TpoStore *store;      /* (nullable): has the masks of light ones; else they count as boxes */
} TpoLabelShape;

/** TPO_OVERLAP_SAMPLES: times at which two tracks are compared */
#define TPO_OVERLAP_SAMPLES 64

/**
 * tpo_overlap_labels:
 *
 * Spans: tIoU. Tracks: the IoU at 64 times spread evenly over the stretch from the first start to
 * the last end, 0 where only one of them is there, averaged over the times at which at least one is
 * (the vIoU of spatio-temporal grounding, Zhang et al., "Where Does It Exist" (2020), with sampled
 * frames). Masks of one size are compared pixel by pixel, all else by boxes, also what cannot be
 * read. Of different kinds: 0.
 */
double tpo_overlap_labels (const TpoLabelShape *a, const TpoLabelShape *b);

G_END_DECLS
