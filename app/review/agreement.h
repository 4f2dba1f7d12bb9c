#pragma once

#include "review/overlap.h"

/*
 * How far two people's labels of the same videos agree. Pure functions; any thread.
 */

G_BEGIN_DECLS

/**
 * TpoAgreementLabel: a label of one side; borrowed while it is compared
 */
typedef struct {
  gint64 id;              /* of the annotation */
  const char *label_name; /* nullable: without a label */
  TpoLabelShape shape;
  const char *text; /* nullable: its query or caption */
} TpoAgreementLabel;

/** TpoAgreementPair: two labels taken for the same thing, or one that the other side does not have */
typedef struct {
  gint64 mine, theirs; /* ids; 0: there is none */
  double overlap;      /* tIoU of spans, vIoU of tracks; 0 without a pair */
  gboolean has_same_label;
} TpoAgreementPair;

/** TPO_AGREEMENT_LEAST: overlap from which two labels may be the same thing */
#define TPO_AGREEMENT_LEAST 0.1

/**
 * tpo_agreement_match:
 * @mine, @theirs: [n_mine], [n_theirs]: of one video
 *
 * Pairs labels of one kind, one to one, greedily: of all pairs with an overlap of at least
 * %TPO_AGREEMENT_LEAST the largest first, those with the same label before all others; of equal ones
 * those with the same text first, else in the order given. What is left over stays alone. Greedy pairs are those a person sees at once;
 * their sum may be less than that of an optimal assignment.
 *
 * Returns: (transfer full) (element-type TpoAgreementPair): in the order of @mine, then what only they have
 */
GArray *tpo_agreement_match (const TpoAgreementLabel *mine, guint n_mine,
                             const TpoAgreementLabel *theirs, guint n_theirs);

/** TpoAttributeAgreement: of one attribute of one label, over the pairs of which at least one says something */
typedef struct {
  char *name;
  guint n_same, n_compared;
} TpoAttributeAgreement;

/** TpoAgreementFigures: of one label, or of all */
typedef struct {
  char *label_name; /* nullable: without a label; owned */
  guint n_matched;  /* with the same label on both sides */
  double overlap;   /* their mean; 0 without any */
  guint n_mine_only, n_theirs_only;
  guint n_renamed; /* matched, but they say another label; counted where mine is */
  GPtrArray
      *attributes; /* (nullable) TpoAttributeAgreement, by name; none of all labels together */
} TpoAgreementFigures;

/** tpo_agreement_figures_new: of the label of that name, or of none. Returns: (transfer full) */
TpoAgreementFigures *tpo_agreement_figures_new (const char *label_name);
void tpo_agreement_figures_free (TpoAgreementFigures *self);

/**
 * tpo_agreement_kappa:
 * @counts: [n, n]: matched pairs with my label in the row and theirs in the column
 *
 * Cohen's kappa (po − pe) / (1 − pe) (Cohen 1960): agreement on what things are, beyond chance. 1
 * where all agree.
 *
 * Returns: −1 … 1, NAN without pairs
 */
double tpo_agreement_kappa (const guint *counts, guint n);

G_END_DECLS
