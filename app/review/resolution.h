#pragma once

#include "review/comparison.h"

G_BEGIN_DECLS

/**
 * TpoChoice: what to do about a difference
 *
 * Blends keep what I say of attributes, and take what only they say.
 */
typedef enum {
  TPO_CHOICE_MINE,   /* leaves all as it is */
  TPO_CHOICE_THEIRS, /* their stretch, keyframes, label and values of attributes; what only they have is added, what only I have is deleted */
  TPO_CHOICE_MEAN,   /* of both's edges, and of boxes at the keyframes of both; my label */
  TPO_CHOICE_UNION,  /* of masks, pixel by pixel, and of the stretches; my label */
  TPO_CHOICE_INTERSECTION, /* likewise */
  TPO_CHOICE_COUNT
} TpoChoice;

/**
 * tpo_difference_allows: blends need both sides; spans and boxes have a mean, masks union and
 * intersection
 */
gboolean tpo_difference_allows (const TpoDifference *self, TpoChoice choice);

/** tpo_difference_apply: @store: of my project. One undo step; none where nothing is to be done */
gboolean tpo_difference_apply (const TpoDifference *self, TpoChoice choice, TpoStore *store,
                               GError **error);

/**
 * tpo_differences_take:
 * @differences: (element-type TpoDifference): of one comparison, none that I have
 * @store: of my project
 *
 * Adds all that only they have. One undo step; none without differences
 */
gboolean tpo_differences_take (GPtrArray *differences, TpoStore *store, GError **error);

/** tpo_mask_combine: pixels that are in @a or @b, or in both; of one size. Returns: (transfer full) */
TpoRle *tpo_mask_combine (const TpoRle *a, const TpoRle *b, gboolean is_union);

G_END_DECLS
