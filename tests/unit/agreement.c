/* Agreement of two people, against values worked out by hand. */

#include <math.h>

#include "../store/fixture.h"
#include "review/comparison.h"

#define SECOND G_USEC_PER_SEC

static void
assert_near (double value, double expected)
{
  g_assert_cmpfloat_with_epsilon (value, expected, 1e-6);
}

static TpoAgreementLabel
span (gint64 id, const char *name, gint64 start_s, gint64 end_s)
{
  return (TpoAgreementLabel){ id,
                              name,
                              { TPO_ANNOTATION_SPAN, start_s * SECOND, end_s * SECOND, NULL } };
}

static void
assert_pair (GArray *pairs, guint position, gint64 mine, gint64 theirs, double overlap,
             gboolean has_same_label)
{
  const TpoAgreementPair *pair = &g_array_index (pairs, TpoAgreementPair, position);

  g_assert_cmpint (pair->mine, ==, mine);
  g_assert_cmpint (pair->theirs, ==, theirs);
  assert_near (pair->overlap, overlap);
  g_assert_cmpint (pair->has_same_label, ==, has_same_label);
}

static void
test_match (void)
{
  const TpoAgreementLabel mine[] = { span (1, "car", 0, 4), span (2, "car", 10, 14),
                                     span (3, "dog", 20, 24) };
  const TpoAgreementLabel theirs[] = { span (11, "car", 0, 2), span (12, "cat", 10, 14),
                                       span (13, "dog", 40, 44) };
  g_autoptr (GArray) pairs = tpo_agreement_match (mine, 3, theirs, 3);

  g_assert_cmpuint (pairs->len, ==, 4);
  assert_pair (pairs, 0, 1, 11, 0.5, TRUE);
  assert_pair (pairs, 1, 2, 12, 1.0, FALSE);
  assert_pair (pairs, 2, 3, 0, 0.0, FALSE);
  assert_pair (pairs, 3, 0, 13, 0.0, FALSE);
}

/* The same label counts more than a larger overlap; one label has one partner. */
static void
test_match_labels (void)
{
  const TpoAgreementLabel mine[] = { span (1, "car", 0, 4), span (2, "car", 0, 3) };
  const TpoAgreementLabel theirs[] = { span (11, "dog", 0, 4), span (12, "car", 0, 2) };
  g_autoptr (GArray) pairs = tpo_agreement_match (mine, 2, theirs, 2);
  g_autoptr (GArray) none = tpo_agreement_match (mine, 0, theirs, 0);

  g_assert_cmpuint (none->len, ==, 0);
  g_assert_cmpuint (pairs->len, ==, 2);
  assert_pair (pairs, 0, 1, 11, 1.0, FALSE);
  assert_pair (pairs, 1, 2, 12, 2.0 / 3.0, TRUE);
}

/* Cohen's own kind of table: po = 0.7, pe = 0.5. */
static void
test_kappa (void)
{
  static const guint counts[] = { 20, 5, 10, 15 }, same[] = { 3, 0, 0, 4 }, one[] = { 7 };

  assert_near (tpo_agreement_kappa (counts, 2), 0.4);
  assert_near (tpo_agreement_kappa (same, 2), 1.0);
  assert_near (tpo_agreement_kappa (one, 1), 1.0);
  g_assert_true (isnan (tpo_agreement_kappa (NULL, 0)));
}

/* ---- two projects --------------------------------------------------------------------------------------- */

static void
add (TpoStore *store, gint64 video_id, const char *label, gint64 start_us, gint64 end_us,
     TpoAnnotationStatus status)
{
  TpoAnnotationRecord record = {
    .video_id = video_id,
    .kind = TPO_ANNOTATION_SPAN,
    .status = status,
    .provenance = TPO_PROVENANCE_HUMAN,
    .start_us = start_us,
    .end_us = end_us,
  };
  g_autoptr (GError) error = NULL;

  if (label != NULL)
    record.label_id = tpo_store_add_label (store, label, "#3584e4", NULL, NULL, &error);
  g_assert_cmpint (tpo_store_add_annotation (store, &record, NULL, NULL, &error), >, 0);
  g_assert_no_error (error);
}

static const TpoAgreementFigures *
figures_at (const TpoComparison *comparison, guint position)
{
  g_assert_cmpuint (position, <, comparison->figures->len);
  return g_ptr_array_index (comparison->figures, position);
}

static void
test_comparison (Fixture *self, gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->folder, "other.tpo", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoStore) other = tpo_store_open (path, TPO_STORE_DEFAULT, &error);
  g_autoptr (TpoComparison) comparison = NULL;
  const TpoAgreementFigures *car, *dog;
  const TpoDifference *difference;
  gint64 mine, theirs;

  /* The other project numbers its videos and labels in its own way. */
  sample_video (other, "only-theirs.mp4");
  theirs = sample_video (other, "a.mp4");
  mine = sample_video (self->store, "a.mp4");
  sample_video (self->store, "only-mine.mp4");
  add (other, theirs, "cat", 500000, 700000, TPO_STATUS_MANUAL);
  add (other, theirs, "car", 0, 200000, TPO_STATUS_MANUAL);
  add (other, theirs, "dog", 800000, 900000, TPO_STATUS_MANUAL);
  add (other, theirs, "dog", 900000, 1000000, TPO_STATUS_DISCARDED);
  add (other, theirs, "dog", 950000, 1000000, TPO_STATUS_PREDICTED);
  add (self->store, mine, "car", 0, 400000, TPO_STATUS_MANUAL);
  add (self->store, mine, "car", 500000, 700000, TPO_STATUS_MANUAL);
  add (self->store, mine, "dog", 800000, 900000, TPO_STATUS_MANUAL);
  add (self->store, mine, NULL, 1000000, 1100000, TPO_STATUS_MANUAL);

  comparison = tpo_comparison_new (self->store, other, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (comparison->n_videos, ==, 1);
  g_assert_cmpuint (comparison->n_my_videos_only, ==, 1);
  g_assert_cmpuint (comparison->n_their_videos_only, ==, 1);
  g_assert_cmpuint (comparison->all.n_matched, ==, 2);
  assert_near (comparison->all.overlap, (0.5 + 1.0) / 2.0);
  g_assert_cmpuint (comparison->all.n_renamed, ==, 1);
  g_assert_cmpuint (comparison->all.n_mine_only, ==, 1);
  g_assert_cmpuint (comparison->all.n_theirs_only, ==, 0);

  /* Without a label, "car" and "dog". */
  g_assert_cmpuint (comparison->figures->len, ==, 3);
  g_assert_null (figures_at (comparison, 0)->label_name);
  g_assert_cmpuint (figures_at (comparison, 0)->n_mine_only, ==, 1);
  car = figures_at (comparison, 1);
  g_assert_cmpstr (car->label_name, ==, "car");
  g_assert_cmpuint (car->n_matched, ==, 1);
  g_assert_cmpuint (car->n_renamed, ==, 1);
  assert_near (car->overlap, 0.5);
  dog = figures_at (comparison, 2);
  g_assert_cmpuint (dog->n_matched, ==, 1);
  assert_near (dog->overlap, 1.0);

  /* Pairs (car, car), (car, cat), (dog, dog): po = 2/3, pe = 2/3 · 1/3 + 1/3 · 1/3 = 1/3. */
  assert_near (comparison->kappa, 0.5);

  /* The equal dogs are no difference; the least overlap comes first. */
  g_assert_cmpuint (comparison->differences->len, ==, 3);
  difference = g_ptr_array_index (comparison->differences, 0);
  g_assert_null (difference->theirs);
  g_assert_cmpint (difference->mine->start_us, ==, 1000000);
  difference = g_ptr_array_index (comparison->differences, 1);
  g_assert_cmpint (difference->theirs->end_us, ==, 200000);
  g_assert_cmpstr (difference->my_label, ==, "car");
  difference = g_ptr_array_index (comparison->differences, 2);
  g_assert_cmpstr (difference->their_label, ==, "cat");
  g_assert_cmpint (difference->video_id, ==, mine);
}

/* ---- attributes ----------------------------------------------------------------------------------------- */

static const char *const colors[] = { "red", "blue", NULL };

static void
say (TpoStore *store, gint64 annotation_id, gint64 label_id, const char *name,
     TpoAttributeType type, const char *value)
{
  TpoAttributeRecord attribute = {
    .label_id = label_id,
    .name = (char *) name,
    .type = type,
    .choices = type == TPO_ATTRIBUTE_CHOICE ? (char **) colors : NULL,
  };
  g_autoptr (GError) error = NULL;
  gint64 id = tpo_store_add_attribute (store, &attribute, NULL, &error);

  g_assert_no_error (error);
  if (value != NULL)
    tpo_store_set_attribute (store, annotation_id, id, value, NULL, &error);
  g_assert_no_error (error);
}

/* A car at that place, and what is said of it. */
static void
add_car (TpoStore *store, gint64 video_id, gint64 start_us, const char *color,
         const char *doors)
{
  g_autoptr (GError) error = NULL;
  gint64 label_id = tpo_store_add_label (store, "car", "#3584e4", NULL, NULL, &error);
  TpoAnnotationRecord record = {
    .video_id = video_id,
    .kind = TPO_ANNOTATION_SPAN,
    .status = TPO_STATUS_MANUAL,
    .label_id = label_id,
    .start_us = start_us,
    .end_us = start_us + 100000,
  };
  gint64 id = tpo_store_add_annotation (store, &record, NULL, NULL, &error);

  g_assert_no_error (error);
  say (store, id, label_id, "colour", TPO_ATTRIBUTE_CHOICE, color);
  say (store, id, label_id, "doors", TPO_ATTRIBUTE_NUMBER, doors);
}

static void
assert_agreement (const TpoAgreementFigures *figures, guint position, const char *name,
                  guint n_same, guint n_compared)
{
  const TpoAttributeAgreement *agreement;

  g_assert_cmpuint (position, <, figures->attributes->len);
  agreement = g_ptr_array_index (figures->attributes, position);
  g_assert_cmpstr (agreement->name, ==, name);
  g_assert_cmpuint (agreement->n_same, ==, n_same);
  g_assert_cmpuint (agreement->n_compared, ==, n_compared);
}

/* Equal stretches that differ in what is said of them are a difference, and are counted. */
static void
test_attributes (Fixture *self, gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->folder, "other.tpo", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoStore) other = tpo_store_open (path, TPO_STORE_DEFAULT, &error);
  g_autoptr (TpoComparison) comparison = NULL;
  g_autoptr (GArray) values = NULL;
  gint64 mine = sample_video (self->store, "a.mp4"), theirs;

  sample_video (other, "only-theirs.mp4");
  theirs = sample_video (other, "a.mp4");
  add (other, theirs, "dog", 900000, 1000000, TPO_STATUS_MANUAL); /* other ids than mine */
  add (self->store, mine, "dog", 900000, 1000000, TPO_STATUS_MANUAL);
  add_car (self->store, mine, 0, "red", "4");
  add_car (self->store, mine, 200000, "red", NULL);
  add_car (self->store, mine, 400000, NULL, NULL);
  add_car (other, theirs, 0, "red", "4.0"); /* the same number */
  add_car (other, theirs, 200000, "blue", "2");
  add_car (other, theirs, 400000, NULL, NULL);

  comparison = tpo_comparison_new (self->store, other, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (comparison->all.n_matched, ==, 4);
  assert_near (comparison->all.overlap, 1.0);
  assert_agreement (figures_at (comparison, 0), 0, "colour", 1, 2);
  assert_agreement (figures_at (comparison, 0), 1, "doors", 1, 2);
  g_assert_cmpuint (figures_at (comparison, 1)->attributes->len, ==, 0);

  g_assert_cmpuint (comparison->differences->len, ==, 1);
  values = tpo_difference_compare_values (g_ptr_array_index (comparison->differences, 0));
  g_assert_cmpuint (values->len, ==, 2);
  g_assert_cmpstr (g_array_index (values, TpoValueDifference, 0).mine->value, ==, "red");
  g_assert_cmpstr (g_array_index (values, TpoValueDifference, 0).theirs->value, ==, "blue");
  g_assert_null (g_array_index (values, TpoValueDifference, 1).mine);
  g_assert_cmpstr (g_array_index (values, TpoValueDifference, 1).theirs->value, ==, "2");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/agreement/match", test_match);
  g_test_add_func ("/agreement/match-labels", test_match_labels);
  g_test_add_func ("/agreement/kappa", test_kappa);
  FIXTURE_ADD ("/agreement/comparison", test_comparison);
  FIXTURE_ADD ("/agreement/attributes", test_attributes);
  return g_test_run ();
}
