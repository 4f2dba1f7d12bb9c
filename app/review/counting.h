#pragma once

#include "review/comparison.h"

/*
 * The figures of a comparison, counted pair by pair. Any thread.
 */

G_BEGIN_DECLS

typedef struct _TpoCounting TpoCounting;

/** tpo_counting_new: @result: borrowed; gets the figures. Returns: (transfer full) */
TpoCounting *tpo_counting_new (TpoComparison *result);
void tpo_counting_free (TpoCounting *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoCounting, tpo_counting_free)

/** tpo_counting_add: what a pair says, alike or not */
void tpo_counting_add (TpoCounting *self, const TpoDifference *pair);

/** tpo_counting_finish: once all are added: means, kappa and order of the figures */
void tpo_counting_finish (TpoCounting *self);

G_END_DECLS
