#pragma once

#include "models/videochat/session.h"

/**
 * What is common to objects on single frames, objects that are followed once (videochat/masks.c)
 * and objects whose corrections are kept (videochat/corrections.c). The mask head must be held.
 */

enum {
  TPO_MASKS_PASSING =
      0, /* object of the tracker for what is done once; the others belong to corrections.c */
  TPO_MASKS_N_PLACES = 5
};

/** tpo_masks_need_tracker: a tracker with all its objects */
gboolean tpo_masks_need_tracker (TpoSession *self, GCancellable *cancellable, GError **error);

/** tpo_masks_encode: @mask: as the tracker gives it. Returns: (transfer full) */
TpoRle *tpo_masks_encode (TpoSession *self, const guint8 *mask);

/**
 * tpo_masks_check_frame, _check_size: TPO_ERROR_INVALID where the video has no such frame or no
 * such size
 */
gboolean tpo_masks_check_frame (TpoSession *self, guint frame, GError **error);
gboolean tpo_masks_check_size (TpoSession *self, const TpoRle *mask, GError **error);

/**
 * TpoMasksPrompt: what a caller says, as the tracker wants it: box corners, then clicks, and the
 * pixels of a mask.
 */
typedef struct {
  TpoSam2Prompt prompt;
  GArray *points; /* float pairs */
  GArray *labels; /* gint32 */
  guint8 *pixels;
} TpoMasksPrompt;

/** tpo_masks_prompt_init: @box, @points, @mask: (nullable); free with tpo_masks_prompt_clear() */
void tpo_masks_prompt_init (TpoMasksPrompt *self, const TpoBox *box, const TpoPoint *points,
                            guint n_points, const TpoRle *mask);
void tpo_masks_prompt_clear (TpoMasksPrompt *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TpoMasksPrompt, tpo_masks_prompt_clear)

/** tpo_masks_report: a MASK event with @mask of @object, @done of its stretch */
void tpo_masks_report (const TpoReport *report, const TpoSam2Result *result, const TpoRle *mask,
                       guint object, double done);
