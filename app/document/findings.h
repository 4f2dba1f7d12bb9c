#pragma once

#include <tpo/session.h>

#include "store/tpo-store-predictions.h"

/*
 * What the model's heads report, as predictions to keep. They say when and where; whose question it
 * was and which model answered is filled in by the caller. Any thread.
 */

G_BEGIN_DECLS

/**
 * tpo_finding_of_spans: spans inside the video, each of some length. Returns: (transfer full)
 * (nullable): %NULL without any
 */
TpoPredictionRecord *tpo_finding_of_spans (TpoVideo *video, const TpoEvent *event);

/** tpo_finding_of_box: a track of one frame, the box inside the picture. Returns: (transfer full) */
TpoPredictionRecord *tpo_finding_of_box (TpoVideo *video, const TpoEvent *event);

/**
 * tpo_finding_of_masks: @keyframes: of tpo_finding_keyframe(), by time, not empty; shared. Returns:
 * (transfer full)
 */
TpoPredictionRecord *tpo_finding_of_masks (TpoVideo *video, GPtrArray *keyframes);

/** tpo_finding_keyframe: a mask of one frame. Returns: (transfer full) */
TpoKeyframeRecord *tpo_finding_keyframe (TpoVideo *video, const TpoEvent *event);

/** tpo_finding_sort: brings TpoKeyframeRecords into the order of time */
void tpo_finding_sort (GPtrArray *keyframes);

/** tpo_finding_end: where the frame of the last of @keyframes ends; they are by time, not empty */
gint64 tpo_finding_end (TpoVideo *video, GPtrArray *keyframes);

/**
 * tpo_finding_list_fresh: those of @found that may be saved beside @known, keyframes of a track by
 * time: a person may have said something of a frame
 *
 * Returns: (transfer container) (element-type TpoKeyframeRecord): borrowed from @found
 */
GPtrArray *tpo_finding_list_fresh (GPtrArray *known, GPtrArray *found);

G_END_DECLS
