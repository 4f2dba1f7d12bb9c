#include "review/counting.h"

#include <math.h>

struct _TpoCounting {
  TpoComparison *result;
  GHashTable *figures; /* name, "" for none → TpoAgreementFigures of the result */
  GHashTable *names;   /* name → its position in @matched */
  GArray *matched;     /* guint[2]: positions of my name and theirs, of each matched pair */
};

TpoCounting *
tpo_counting_new (TpoComparison *result)
{
  TpoCounting *self = g_new0 (TpoCounting, 1);

  self->result = result;
  self->figures = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->matched = g_array_new (FALSE, FALSE, sizeof (guint));
  return self;
}

void
tpo_counting_free (TpoCounting *self)
{
  g_hash_table_unref (self->figures);
  g_hash_table_unref (self->names);
  g_array_unref (self->matched);
  g_free (self);
}

static TpoAgreementFigures *
figures_of (TpoCounting *self, const char *name)
{
  const char *key = name != NULL ? name : "";
  TpoAgreementFigures *figures = g_hash_table_lookup (self->figures, key);

  if (figures == NULL) {
    figures = tpo_agreement_figures_new (name);
    g_hash_table_insert (self->figures, g_strdup (key), figures);
    g_ptr_array_add (self->result->figures, figures);
  }
  return figures;
}

static guint
position_of (TpoCounting *self, const char *name)
{
  const char *key = name != NULL ? name : "";
  gpointer position;

  if (!g_hash_table_lookup_extended (self->names, key, NULL, &position)) {
    position = GUINT_TO_POINTER (g_hash_table_size (self->names));
    g_hash_table_insert (self->names, g_strdup (key), position);
  }
  return GPOINTER_TO_UINT (position);
}

/* ---- attributes ----------------------------------------------------------------------------------------------- */

static TpoAttributeAgreement *
attribute_of (TpoAgreementFigures *figures, const char *name)
{
  TpoAttributeAgreement *agreement;

  for (guint i = 0; i < figures->attributes->len; i++) {
    agreement = g_ptr_array_index (figures->attributes, i);
    if (g_str_equal (agreement->name, name))
      return agreement;
  }
  agreement = g_new0 (TpoAttributeAgreement, 1);
  agreement->name = g_strdup (name);
  g_ptr_array_add (figures->attributes, agreement);
  return agreement;
}

static void
count_value (TpoAgreementFigures *figures, const char *name, gboolean is_same)
{
  TpoAttributeAgreement *agreement = attribute_of (figures, name);

  agreement->n_compared++;
  agreement->n_same += is_same ? 1 : 0;
}

/* Of what at least one of both says. */
static void
count_values (TpoAgreementFigures *figures, GPtrArray *mine, GPtrArray *theirs)
{
  for (guint i = 0; i < mine->len; i++) {
    const TpoSaidValue *value = g_ptr_array_index (mine, i);

    count_value (figures, value->name,
                 tpo_said_values_are_same (value, tpo_said_values_find (theirs, value->name)));
  }
  for (guint i = 0; i < theirs->len; i++) {
    const TpoSaidValue *value = g_ptr_array_index (theirs, i);

    if (tpo_said_values_find (mine, value->name) == NULL)
      count_value (figures, value->name, FALSE);
  }
}

/* ---- pairs ---------------------------------------------------------------------------------------------------- */

static void
count_pair (TpoAgreementFigures *figures, const TpoAgreementPair *pair)
{
  if (pair->theirs == 0) {
    figures->n_mine_only++;
  } else if (pair->mine == 0) {
    figures->n_theirs_only++;
  } else if (!pair->has_same_label) {
    figures->n_renamed++;
  } else {
    figures->n_matched++;
    figures->overlap += pair->overlap; /* the mean once all are counted */
  }
}

void
tpo_counting_add (TpoCounting *self, const TpoDifference *pair)
{
  const TpoAgreementPair *both = &pair->pair;
  TpoAgreementFigures *figures =
      figures_of (self, both->mine != 0 ? pair->my_label : pair->their_label);

  count_pair (figures, both);
  count_pair (&self->result->all, both);
  if (both->mine == 0 || both->theirs == 0)
    return;
  if (both->has_same_label)
    count_values (figures, pair->my_values, pair->their_values);
  g_array_append_vals (self->matched,
                       ((const guint[]){ position_of (self, pair->my_label),
                                         position_of (self, pair->their_label) }),
                       2);
}

static int
by_name (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 ((*(TpoAgreementFigures *const *) a)->label_name,
                    (*(TpoAgreementFigures *const *) b)->label_name);
}

static int
by_attribute (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(TpoAttributeAgreement *const *) a)->name,
                 (*(TpoAttributeAgreement *const *) b)->name);
}

void
tpo_counting_finish (TpoCounting *self)
{
  TpoComparison *result = self->result;
  guint n = g_hash_table_size (self->names);
  g_autofree guint *counts = g_new0 (guint, n * n);

  for (guint i = 0; i < self->matched->len; i += 2)
    counts[g_array_index (self->matched, guint, i) * n +
           g_array_index (self->matched, guint, i + 1)]++;
  result->kappa = n > 1 ? tpo_agreement_kappa (counts, n) : (double) NAN;
  if (result->all.n_matched > 0)
    result->all.overlap /= result->all.n_matched;
  for (guint i = 0; i < result->figures->len; i++) {
    TpoAgreementFigures *figures = g_ptr_array_index (result->figures, i);

    if (figures->n_matched > 0)
      figures->overlap /= figures->n_matched;
    g_ptr_array_sort (figures->attributes, by_attribute);
  }
  g_ptr_array_sort (result->figures, by_name);
}
