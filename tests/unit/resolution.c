/* What each choice about a difference makes of my label, and that one undo takes it back. */

#include "review/resolution.h"
#include "../store/fixture.h"
#include "store/tpo-store-labels.h"

typedef struct {
  TpoStore *theirs;
  TpoComparison *comparison;
} Other;

static void
other_clear (Other *self)
{
  g_clear_pointer (&self->comparison, tpo_comparison_free);
  g_clear_pointer (&self->theirs, tpo_store_close);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Other, other_clear)

static void
other_open (Other *self, Fixture *fixture)
{
  g_autofree char *path = g_build_filename (fixture->folder, "other.tpo", NULL);
  g_autoptr (GError) error = NULL;

  self->theirs = tpo_store_open (path, TPO_STORE_DEFAULT, &error);
  g_assert_no_error (error);
}

static const TpoDifference *
compare (Other *self, Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  self->comparison = tpo_comparison_new (fixture->store, self->theirs, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (self->comparison->differences->len, ==, 1);
  return g_ptr_array_index (self->comparison->differences, 0);
}

static gint64
add (TpoStore *store, gint64 video_id, TpoAnnotationKind kind, const char *label,
     gint64 start_us, gint64 end_us, GPtrArray *keyframes)
{
  TpoAnnotationRecord record = {
    .video_id = video_id,
    .kind = kind,
    .status = TPO_STATUS_MANUAL,
    .provenance = TPO_PROVENANCE_HUMAN,
    .start_us = start_us,
    .end_us = end_us,
  };
  g_autoptr (GError) error = NULL;
  gint64 id;

  if (label != NULL)
    record.label_id = tpo_store_add_label (store, label, "#e01b24", NULL, NULL, &error);
  id = tpo_store_add_annotation (store, &record, keyframes, NULL, &error);
  g_assert_no_error (error);
  return id;
}

static void
apply (Fixture *self, const TpoDifference *difference, TpoChoice choice)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (tpo_difference_apply (difference, choice, self->store, &error));
  g_assert_no_error (error);
}

static TpoAnnotationRecord *
get (Fixture *self, gint64 id)
{
  g_autoptr (GError) error = NULL;
  TpoAnnotationRecord *record = tpo_store_get_annotation (self->store, id, &error);

  g_assert_no_error (error);
  return record;
}

/* Undoes one step, after which all must be as it was. */
static void
assert_undone (Fixture *self, gint64 video_id, const char *before)
{
  g_autofree char *after = NULL;

  g_assert_true (tpo_store_undo (self->store, NULL));
  after = dump_visible (self->store, video_id);
  g_assert_cmpstr (after, ==, before);
}

static gint64
add_caption (TpoStore *store, gint64 video_id, const char *text)
{
  g_autoptr (GError) error = NULL;
  gint64 id = add (store, video_id, TPO_ANNOTATION_SPAN, NULL, 0, 400000, NULL);

  g_assert_true (tpo_store_set_annotation_text (store, id, text, NULL, &error));
  g_assert_no_error (error);
  return id;
}

/* Captions of one moment are paired by their words; other words are a difference, and can be taken. */
static void
test_captions (Fixture *self, gconstpointer data)
{
  g_auto (Other) other = { 0 };
  gint64 video_id = sample_video (self->store, "a.mp4"), their_video_id, id;
  const TpoDifference *difference;
  g_autofree char *before = NULL;
  g_autoptr (TpoAnnotationRecord) taken = NULL;

  other_open (&other, self);
  their_video_id = sample_video (other.theirs, "a.mp4");
  id = add_caption (self->store, video_id, "A cat sleeps.");
  add_caption (self->store, video_id, "It rains.");
  add_caption (other.theirs, their_video_id, "It rains.");
  add_caption (other.theirs, their_video_id, "A dog sleeps.");
  difference = compare (&other, self);
  before = dump_visible (self->store, video_id);
  g_assert_false (tpo_difference_has_same_text (difference));
  g_assert_cmpint (difference->mine->id, ==, id);

  apply (self, difference, TPO_CHOICE_THEIRS);
  taken = get (self, id);
  g_assert_cmpstr (taken->text, ==, "A dog sleeps.");
  assert_undone (self, video_id, before);
}

static void
test_spans (Fixture *self, gconstpointer data)
{
  g_auto (Other) other = { 0 };
  gint64 video_id = sample_video (self->store, "a.mp4"), id;
  const TpoDifference *difference;
  g_autofree char *before = NULL;
  g_autoptr (TpoAnnotationRecord) mean = NULL;
  g_autoptr (TpoAnnotationRecord) theirs = NULL;
  g_autoptr (GPtrArray) labels = NULL;

  other_open (&other, self);
  id = add (self->store, video_id, TPO_ANNOTATION_SPAN, NULL, 0, 400000, NULL);
  add (other.theirs, sample_video (other.theirs, "a.mp4"), TPO_ANNOTATION_SPAN, "dog", 200000,
       800000, NULL);
  difference = compare (&other, self);
  before = dump_visible (self->store, video_id);
  g_assert_true (tpo_difference_allows (difference, TPO_CHOICE_MEAN));
  g_assert_false (tpo_difference_allows (difference, TPO_CHOICE_UNION));

  apply (self, difference, TPO_CHOICE_MINE);
  g_assert_null (strstr (before, "dog"));
  apply (self, difference, TPO_CHOICE_MEAN);
  mean = get (self, id);
  g_assert_cmpint (mean->start_us, ==, 100000);
  g_assert_cmpint (mean->end_us, ==, 600000);
  g_assert_cmpint (mean->label_id, ==, 0);
  assert_undone (self, video_id, before);

  apply (self, difference, TPO_CHOICE_THEIRS);
  theirs = get (self, id);
  labels = tpo_store_list_labels (self->store, NULL);
  g_assert_cmpint (theirs->start_us, ==, 200000);
  g_assert_cmpint (theirs->end_us, ==, 800000);
  g_assert_cmpuint (labels->len, ==, 1);
  g_assert_cmpint (theirs->label_id, ==, ((TpoLabelRecord *) labels->pdata[0])->id);
  g_assert_cmpstr (((TpoLabelRecord *) labels->pdata[0])->color, ==, "#e01b24");
  assert_undone (self, video_id, before);
}

static void
test_alone (Fixture *self, gconstpointer data)
{
  g_auto (Other) other = { 0 };
  gint64 video_id = sample_video (self->store, "a.mp4");
  const TpoDifference *difference;
  g_autofree char *before = NULL;
  g_autoptr (GPtrArray) all = NULL;
  const TpoAnnotationRecord *taken;

  other_open (&other, self);
  add (other.theirs, sample_video (other.theirs, "a.mp4"), TPO_ANNOTATION_SPAN, "dog", 200000,
       800000, NULL);
  difference = compare (&other, self);
  g_assert_null (difference->mine);
  g_assert_false (tpo_difference_allows (difference, TPO_CHOICE_MEAN));
  before = dump_visible (self->store, video_id);
  apply (self, difference, TPO_CHOICE_THEIRS);
  all = tpo_store_list_annotations (self->store, video_id, NULL);
  g_assert_cmpuint (all->len, ==, 1);
  taken = all->pdata[0];
  g_assert_cmpint (taken->start_us, ==, 200000);
  g_assert_cmpint (taken->provenance, ==, TPO_PROVENANCE_IMPORTED);
  assert_undone (self, video_id, before);
}

static GPtrArray *
boxes (gint64 first_us, float x0, gint64 second_us)
{
  GPtrArray *keyframes =
      g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_keyframe_record_free);

  g_ptr_array_add (keyframes, keyframe_new (first_us, x0, 0.2f, x0 + 0.4f, 0.6f));
  g_ptr_array_add (keyframes, keyframe_new (second_us, x0, 0.2f, x0 + 0.4f, 0.6f));
  return keyframes;
}

static GPtrArray *
keyframes_of (Fixture *self, gint64 id)
{
  g_autoptr (TpoAnnotationRecord) record = get (self, id);

  return tpo_store_list_keyframes (self->store, record->revision_id, G_MININT64, G_MAXINT64,
                                   NULL);
}

static void
test_boxes (Fixture *self, gconstpointer data)
{
  g_auto (Other) other = { 0 };
  gint64 video_id = sample_video (self->store, "a.mp4"), id;
  g_autoptr (GPtrArray) mine = boxes (0, 0.2f, 400000);
  g_autoptr (GPtrArray) theirs = boxes (0, 0.4f, 800000);
  g_autoptr (GPtrArray) mean = NULL;
  g_autoptr (GPtrArray) taken = NULL;
  g_autofree char *before = NULL;
  const TpoDifference *difference;

  other_open (&other, self);
  id = add (self->store, video_id, TPO_ANNOTATION_BOX_TRACK, NULL, 0, 1000000, mine);
  add (other.theirs, sample_video (other.theirs, "a.mp4"), TPO_ANNOTATION_BOX_TRACK, NULL, 0,
       1000000, theirs);
  difference = compare (&other, self);
  before = dump_visible (self->store, video_id);
  apply (self, difference, TPO_CHOICE_MEAN);
  mean = keyframes_of (self, id);
  g_assert_cmpuint (mean->len, ==, 3);
  for (guint i = 0; i < mean->len; i++)
    g_assert_cmpfloat_with_epsilon (((TpoKeyframeRecord *) mean->pdata[i])->box.x0, 0.3f, 1e-6);
  assert_undone (self, video_id, before);

  /* Theirs alone: the keyframe that only I had goes. */
  apply (self, difference, TPO_CHOICE_THEIRS);
  taken = keyframes_of (self, id);
  g_assert_cmpuint (taken->len, ==, 2);
  g_assert_cmpint (((TpoKeyframeRecord *) taken->pdata[1])->time_us, ==, 800000);
  assert_undone (self, video_id, before);
}

/* Columns of a mask of two rows and four columns: 1 where set. */
static TpoRle *
columns (const char *set)
{
  guint8 mask[2][4];

  for (guint i = 0; i < 8; i++)
    mask[i / 4][i % 4] = set[i % 4] == '1';
  return tpo_rle_encode (mask[0], 4, 2, 4);
}

static void
assert_combined (const char *a, const char *b, const char *both, const char *either)
{
  g_autoptr (TpoRle) first = columns (a);
  g_autoptr (TpoRle) second = columns (b);
  g_autoptr (TpoRle) intersection = tpo_mask_combine (first, second, FALSE);
  g_autoptr (TpoRle) all = tpo_mask_combine (first, second, TRUE);
  g_autoptr (TpoRle) expected_intersection = columns (both);
  g_autoptr (TpoRle) expected_union = columns (either);
  g_autofree char *found_both = tpo_rle_to_string (intersection);
  g_autofree char *found_either = tpo_rle_to_string (all);
  g_autofree char *expected_both = tpo_rle_to_string (expected_intersection);
  g_autofree char *expected_either = tpo_rle_to_string (expected_union);

  g_assert_cmpstr (found_both, ==, expected_both);
  g_assert_cmpstr (found_either, ==, expected_either);
}

static void
test_masks (void)
{
  assert_combined ("0110", "0011", "0010", "0111");
  assert_combined ("1100", "0011", "0000", "1111");
  assert_combined ("1010", "0101", "0000", "1111");
  assert_combined ("1111", "1001", "1001", "1111");
  assert_combined ("0000", "0000", "0000", "0000");
}

static gint64
add_mask (TpoStore *store, const char *set)
{
  g_autoptr (GPtrArray) one =
      g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_keyframe_record_free);
  TpoKeyframeRecord *keyframe = g_new0 (TpoKeyframeRecord, 1);

  keyframe->mask = columns (set);
  g_ptr_array_add (one, keyframe);
  return add (store, sample_video (store, "a.mp4"), TPO_ANNOTATION_MASK_TRACK, NULL, 0, 400000,
              one);
}

static void
assert_mask (Fixture *self, gint64 id, const char *set)
{
  g_autoptr (GPtrArray) keyframes = keyframes_of (self, id);
  g_autoptr (TpoRle) expected = columns (set);

  g_assert_cmpuint (keyframes->len, ==, 1);
  g_assert_cmpfloat (tpo_rle_iou (((TpoKeyframeRecord *) keyframes->pdata[0])->mask, expected),
                     ==, 1.0);
}

/* Masks stay in both projects until one of them is chosen. */
static void
test_mask_tracks (Fixture *self, gconstpointer data)
{
  static const struct {
    TpoChoice choice;
    const char *set;
  } choices[] = {
    { TPO_CHOICE_THEIRS, "0110" },
    { TPO_CHOICE_UNION, "1110" },
    { TPO_CHOICE_INTERSECTION, "0100" },
  };
  g_auto (Other) other = { 0 };
  g_autofree char *before = NULL;
  const TpoDifference *difference;
  gint64 id;

  other_open (&other, self);
  add_mask (other.theirs, "1111"); /* numbered like mine: they must not be mixed up */
  tpo_store_undo (other.theirs, NULL);
  id = add_mask (self->store, "1100");
  add_mask (other.theirs, "0110");
  difference = compare (&other, self);
  g_assert_cmpfloat_with_epsilon (difference->pair.overlap, 1.0 / 3.0, 1e-6);
  before = dump_visible (self->store, difference->video_id);
  for (guint i = 0; i < G_N_ELEMENTS (choices); i++) {
    apply (self, difference, choices[i].choice);
    assert_mask (self, id, choices[i].set);
    assert_undone (self, difference->video_id, before);
  }
}

/* ---- attributes ----------------------------------------------------------------------------------------- */

static void
say (TpoStore *store, gint64 id, const char *name, TpoAttributeType type, char **choices,
     const char *value)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoAnnotationRecord) record = tpo_store_get_annotation (store, id, &error);
  TpoAttributeRecord attribute = {
    .label_id = record->label_id, .name = (char *) name, .type = type, .choices = choices
  };
  gint64 attribute_id = tpo_store_add_attribute (store, &attribute, NULL, &error);

  g_assert_no_error (error);
  tpo_store_set_attribute (store, id, attribute_id, value, NULL, &error);
  g_assert_no_error (error);
}

/* What is said of an annotation, by name of the attribute: “colour=red doors=2”. */
static char *
said (TpoStore *store, gint64 id)
{
  g_autoptr (GHashTable) book = tpo_attribute_book_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoAnnotationRecord) record = tpo_store_get_annotation (store, id, &error);
  g_autoptr (GPtrArray) values = tpo_said_values_read (store, book, record, &error);
  GString *text = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < values->len; i++) {
    const TpoSaidValue *value = values->pdata[i];

    g_string_append_printf (text, "%s%s=%s", i > 0 ? " " : "", value->name, value->value);
  }
  return g_string_free (text, FALSE);
}

static void
assert_said (Fixture *self, gint64 id, const char *expected)
{
  g_autofree char *found = said (self->store, id);

  g_assert_cmpstr (found, ==, expected);
}

/* Their values come with attributes and choices that my label lacks; those of mine that they do not
 * say go. A blend keeps mine. */
static void
test_values (Fixture *self, gconstpointer data)
{
  static char *my_colors[] = { "red", NULL }, *their_colors[] = { "blue", "red", NULL };
  g_auto (Other) other = { 0 };
  gint64 video_id = sample_video (self->store, "a.mp4"), id, their_id;
  const TpoDifference *difference;
  g_autofree char *before = NULL;

  other_open (&other, self);
  id = add (self->store, video_id, TPO_ANNOTATION_SPAN, "car", 0, 400000, NULL);
  say (self->store, id, "colour", TPO_ATTRIBUTE_CHOICE, my_colors, "red");
  say (self->store, id, "note", TPO_ATTRIBUTE_TEXT, NULL, "far away");
  say (self->store, id, "speed", TPO_ATTRIBUTE_NUMBER, NULL, "3");
  add (other.theirs, sample_video (other.theirs, "b.mp4"), TPO_ANNOTATION_SPAN, "dog", 0,
       400000, NULL);
  their_id = add (other.theirs, sample_video (other.theirs, "a.mp4"), TPO_ANNOTATION_SPAN,
                  "car", 0, 400000, NULL);
  say (other.theirs, their_id, "parked", TPO_ATTRIBUTE_FLAG, NULL, "true");
  say (other.theirs, their_id, "colour", TPO_ATTRIBUTE_CHOICE, their_colors, "blue");
  say (other.theirs, their_id, "speed", TPO_ATTRIBUTE_TEXT, NULL, "fast");
  difference = compare (&other, self);
  g_assert_cmpfloat (difference->pair.overlap, ==, 1.0);
  before = dump_visible (self->store, video_id);

  apply (self, difference, TPO_CHOICE_MEAN);
  assert_said (self, id, "colour=red note=far away speed=3 parked=true");
  assert_undone (self, video_id, before);
  assert_said (self, id, "colour=red note=far away speed=3");

  /* “fast” is no number: it is left out. */
  apply (self, difference, TPO_CHOICE_THEIRS);
  assert_said (self, id, "colour=blue parked=true");
  assert_undone (self, video_id, before);
  assert_said (self, id, "colour=red note=far away speed=3");
}

/* All that only they have, with what they say of it, is one step; what both have stays. */
static void
test_take_all (Fixture *self, gconstpointer data)
{
  static char *colors[] = { "blue", NULL };
  g_auto (Other) other = { 0 };
  gint64 video_id = sample_video (self->store, "a.mp4"), theirs, mine, their_id;
  g_autoptr (GPtrArray) only =
      g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_difference_unref);
  g_autoptr (GPtrArray) keyframes = boxes (400000, 0.2f, 500000);
  g_autoptr (GPtrArray) taken = NULL;
  g_autofree char *before = NULL;
  g_autofree char *values = NULL;
  g_autoptr (GError) error = NULL;

  other_open (&other, self);
  theirs = sample_video (other.theirs, "a.mp4");
  mine = add (self->store, video_id, TPO_ANNOTATION_SPAN, "car", 0, 200000, NULL);
  add (other.theirs, theirs, TPO_ANNOTATION_SPAN, "car", 0, 400000, NULL);
  their_id = add (other.theirs, theirs, TPO_ANNOTATION_SPAN, "car", 600000, 800000, NULL);
  say (other.theirs, their_id, "colour", TPO_ATTRIBUTE_CHOICE, colors, "blue");
  add (other.theirs, theirs, TPO_ANNOTATION_BOX_TRACK, "dog", 400000, 800000, keyframes);
  before = dump_visible (self->store, video_id);
  other.comparison = tpo_comparison_new (self->store, other.theirs, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (tpo_differences_take (only, self->store, &error)); /* nothing is no step */
  for (guint i = 0; i < other.comparison->differences->len; i++) {
    TpoDifference *difference = other.comparison->differences->pdata[i];

    if (difference->mine == NULL)
      g_ptr_array_add (only, tpo_difference_ref (difference));
  }
  g_assert_cmpuint (only->len, ==, 2);
  g_assert_true (tpo_differences_take (only, self->store, &error));
  g_assert_no_error (error);

  taken = tpo_store_list_annotations (self->store, video_id, NULL);
  g_assert_cmpuint (taken->len, ==, 3);
  g_assert_cmpint (((TpoAnnotationRecord *) taken->pdata[0])->id, ==, mine);
  g_assert_cmpint (((TpoAnnotationRecord *) taken->pdata[0])->end_us, ==, 200000);
  g_assert_cmpint (((TpoAnnotationRecord *) taken->pdata[1])->kind, ==,
                   TPO_ANNOTATION_BOX_TRACK);
  values = said (self->store, ((TpoAnnotationRecord *) taken->pdata[2])->id);
  g_assert_cmpstr (values, ==, "colour=blue");
  assert_undone (self, video_id, before);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  FIXTURE_ADD ("/resolution/captions", test_captions);
  FIXTURE_ADD ("/resolution/spans", test_spans);
  FIXTURE_ADD ("/resolution/alone", test_alone);
  FIXTURE_ADD ("/resolution/boxes", test_boxes);
  g_test_add_func ("/resolution/masks", test_masks);
  FIXTURE_ADD ("/resolution/mask-tracks", test_mask_tracks);
  FIXTURE_ADD ("/resolution/values", test_values);
  FIXTURE_ADD ("/resolution/take-all", test_take_all);
  return g_test_run ();
}
