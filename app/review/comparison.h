#pragma once

#include "review/agreement.h"
#include "review/said-values.h"

/*
 * Two projects side by side: another person's file against one's own. Videos are the same where
 * their content is, labels where their names are. What a person discarded does not count, nor what
 * nobody looked at, which is a model's.
 */

G_BEGIN_DECLS

/**
 * TpoDifference: a label on which they differ; immutable, reference-counted
 */
typedef struct {
  char *video_uri; /* of my project */
  gint64 video_id; /* likewise */
  TpoAgreementPair pair;
  char *their_project; /* path */
  /* (nullable): as it was read, with light keyframes: */
  TpoAnnotationRecord *mine, *theirs;
  GPtrArray *my_keyframes, *their_keyframes;
  GPtrArray *my_values, *their_values; /* TpoSaidValue; of what is there */
  char *my_label, *their_label;        /* nullable */
  char *their_color;                   /* of their label; nullable */
} TpoDifference;

TpoDifference *tpo_difference_ref (TpoDifference *self);
void tpo_difference_unref (TpoDifference *self);

/** tpo_difference_count_keyframes: of both sides */
guint tpo_difference_count_keyframes (const TpoDifference *self);

/**
 * tpo_difference_compare_values: attributes of which both say different things; none where their
 * labels differ, whose attributes are others
 *
 * Returns: (transfer full) (element-type TpoValueDifference): borrows from @self
 */
GArray *tpo_difference_compare_values (const TpoDifference *self);

/**
 * tpo_difference_has_same_text: %FALSE where both have captions that differ, and no label that says
 * what they are
 */
gboolean tpo_difference_has_same_text (const TpoDifference *self);

typedef struct {
  guint n_videos; /* in both */
  guint n_my_videos_only, n_their_videos_only;
  TpoAgreementFigures all;
  GPtrArray *figures; /* TpoAgreementFigures of each label, by name; none first */
  double kappa; /* of the labels of matched pairs; NAN without pairs or with one label alone */
  GPtrArray *differences; /* TpoDifference: by video, the least overlap first */
} TpoComparison;

void tpo_comparison_free (TpoComparison *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoComparison, tpo_comparison_free)

/** TPO_COMPARISON_SAME: overlap from which a pair of the same label, values and text is no difference */
#define TPO_COMPARISON_SAME 0.95

/**
 * tpo_comparison_new: @mine, @theirs: only read. Blocks; from a thread of its own
 *
 * Returns: (transfer full): or %NULL
 */
TpoComparison *tpo_comparison_new (TpoStore *mine, TpoStore *theirs, GCancellable *cancellable,
                                   GError **error);

G_END_DECLS
