#include "review/agreement.h"

#include <math.h>

static void
attribute_agreement_free (gpointer data)
{
  TpoAttributeAgreement *self = data;

  g_free (self->name);
  g_free (self);
}

TpoAgreementFigures *
tpo_agreement_figures_new (const char *label_name)
{
  TpoAgreementFigures *self = g_new0 (TpoAgreementFigures, 1);

  self->label_name = g_strdup (label_name);
  self->attributes = g_ptr_array_new_with_free_func (attribute_agreement_free);
  return self;
}

void
tpo_agreement_figures_free (TpoAgreementFigures *self)
{
  g_ptr_array_unref (self->attributes);
  g_free (self->label_name);
  g_free (self);
}

/* Two labels that could be the same thing. */
typedef struct {
  guint mine, theirs;
  double overlap;
  gboolean has_same_label, has_same_text;
} Candidate;

static int
by_likeness (gconstpointer a, gconstpointer b)
{
  const Candidate *left = a, *right = b;

  if (left->has_same_label != right->has_same_label)
    return left->has_same_label ? -1 : 1;
  if (left->overlap != right->overlap)
    return left->overlap > right->overlap ? -1 : 1;
  if (left->has_same_text != right->has_same_text)
    return left->has_same_text ? -1 : 1;
  if (left->mine != right->mine)
    return left->mine < right->mine ? -1 : 1;
  return left->theirs < right->theirs ? -1 : left->theirs > right->theirs;
}

static gboolean
meet (const TpoLabelShape *a, const TpoLabelShape *b)
{
  return a->kind == b->kind && a->start_us < b->end_us && b->start_us < a->end_us;
}

static GArray *
find_candidates (const TpoAgreementLabel *mine, guint n_mine, const TpoAgreementLabel *theirs,
                 guint n_theirs)
{
  GArray *candidates = g_array_new (FALSE, FALSE, sizeof (Candidate));

  for (guint i = 0; i < n_mine; i++) {
    for (guint k = 0; k < n_theirs; k++) {
      Candidate candidate = { .mine = i, .theirs = k };

      if (!meet (&mine[i].shape, &theirs[k].shape))
        continue;
      candidate.overlap = tpo_overlap_labels (&mine[i].shape, &theirs[k].shape);
      candidate.has_same_label = g_strcmp0 (mine[i].label_name, theirs[k].label_name) == 0;
      candidate.has_same_text = g_strcmp0 (mine[i].text, theirs[k].text) == 0;
      if (candidate.overlap >= TPO_AGREEMENT_LEAST)
        g_array_append_val (candidates, candidate);
    }
  }
  g_array_sort (candidates, by_likeness);
  return candidates;
}

GArray *
tpo_agreement_match (const TpoAgreementLabel *mine, guint n_mine,
                     const TpoAgreementLabel *theirs, guint n_theirs)
{
  GArray *pairs = g_array_new (FALSE, TRUE, sizeof (TpoAgreementPair));
  g_autoptr (GArray) candidates = find_candidates (mine, n_mine, theirs, n_theirs);
  g_autofree gboolean *is_taken = g_new0 (gboolean, n_theirs);

  g_array_set_size (pairs, n_mine);
  for (guint i = 0; i < n_mine; i++)
    g_array_index (pairs, TpoAgreementPair, i).mine = mine[i].id;
  for (guint i = 0; i < candidates->len; i++) {
    const Candidate *candidate = &g_array_index (candidates, Candidate, i);
    TpoAgreementPair *pair = &g_array_index (pairs, TpoAgreementPair, candidate->mine);

    if (pair->theirs != 0 || is_taken[candidate->theirs])
      continue;
    is_taken[candidate->theirs] = TRUE;
    pair->theirs = theirs[candidate->theirs].id;
    pair->overlap = candidate->overlap;
    pair->has_same_label = candidate->has_same_label;
  }
  for (guint k = 0; k < n_theirs; k++) {
    TpoAgreementPair alone = { .theirs = theirs[k].id };

    if (!is_taken[k])
      g_array_append_val (pairs, alone);
  }
  return pairs;
}

double
tpo_agreement_kappa (const guint *counts, guint n)
{
  double sum = 0.0, same = 0.0, chance = 0.0;

  for (guint i = 0; i < n * n; i++)
    sum += counts[i];
  if (sum == 0.0)
    return NAN;
  for (guint i = 0; i < n; i++) {
    double row = 0.0, column = 0.0;

    for (guint k = 0; k < n; k++) {
      row += counts[i * n + k];
      column += counts[k * n + i];
    }
    same += counts[i * n + i] / sum;
    chance += row / sum * column / sum;
  }
  return chance < 1.0 ? (same - chance) / (1.0 - chance) : 1.0;
}
