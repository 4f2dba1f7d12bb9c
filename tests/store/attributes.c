/* Attributes of labels and their values; the redrawn curve; restoring a revision. */

#include <tpo/error.h>

#include "fixture.h"

typedef struct {
  gint64 label_id, other_label_id, span_id;
} Ids;

static Ids
make (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  gint64 video_id = sample_video (self->store, "clip7.mp4");
  gint64 prediction_id = sample_span (self->store, video_id, 0);
  Ids ids = { 0 };

  ids.label_id = tpo_store_add_label (self->store, "cup", "#3584e4", NULL, NULL, &error);
  ids.other_label_id = tpo_store_add_label (self->store, "hand", "#33d17a", NULL, NULL, &error);
  ids.span_id =
      tpo_store_annotate_prediction (self->store, prediction_id, ids.label_id, NULL, &error);
  g_assert_no_error (error);
  return ids;
}

static gint64
add (Fixture *self, gint64 label_id, const char *name, TpoAttributeType type,
     const char *const *choices)
{
  g_autoptr (GError) error = NULL;
  TpoAttributeRecord attribute = {
    .label_id = label_id, .name = (char *) name, .type = type, .choices = (char **) choices
  };
  gint64 id = tpo_store_add_attribute (self->store, &attribute, NULL, &error);

  g_assert_no_error (error);
  return id;
}

static void
assert_value (Fixture *self, gint64 annotation_id, gint64 attribute_id, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoAnnotationRecord) annotation =
      tpo_store_get_annotation (self->store, annotation_id, &error);
  g_autoptr (GPtrArray) values =
      tpo_store_list_values (self->store, annotation->revision_id, &error);
  const char *found = NULL;

  g_assert_no_error (error);
  for (guint i = 0; i < values->len; i++) {
    const TpoAttributeValue *value = values->pdata[i];

    if (value->attribute_id == attribute_id)
      found = value->value;
  }
  g_assert_cmpstr (found, ==, expected);
}

static void
test_types (Fixture *self, gconstpointer data)
{
  const char *const choices[] = { "“full”", "empty, or \"dry\"", "", NULL };
  Ids ids = make (self);
  struct {
    gint64 id;
    const char *good[3], *bad[3];
  } cases[] = {
    { add (self, ids.label_id, "content", TPO_ATTRIBUTE_CHOICE, choices),
      { "“full”", "empty, or \"dry\"", "" },
      { "full", "FULL", "null" } },
    { add (self, ids.label_id, "height", TPO_ATTRIBUTE_NUMBER, NULL),
      { "1", "-2.5e3", "0" },
      { "", "1,5", "inf" } },
    { add (self, ids.label_id, "broken", TPO_ATTRIBUTE_FLAG, NULL),
      { "true", "false", "true" },
      { "yes", "", "True" } },
    { add (self, ids.label_id, "note", TPO_ATTRIBUTE_TEXT, NULL),
      { "", "杯子 {\"a\": null}", "null" },
      { NULL } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint k = 0; k < 3; k++) {
      g_autoptr (GError) error = NULL;

      g_assert_true (tpo_store_set_attribute (self->store, ids.span_id, cases[i].id,
                                              cases[i].good[k], NULL, &error));
      fixture_reopen (self);
      assert_value (self, ids.span_id, cases[i].id, cases[i].good[k]);
      if (cases[i].bad[k] == NULL)
        continue;
      g_assert_false (tpo_store_set_attribute (self->store, ids.span_id, cases[i].id,
                                               cases[i].bad[k], NULL, &error));
      g_assert_error (error, TPO_ERROR, TPO_ERROR_INVALID);
      assert_value (self, ids.span_id, cases[i].id, cases[i].good[k]);
    }
}

static void
test_labels (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  Ids ids = make (self);
  gint64 own = add (self, ids.label_id, "note", TPO_ATTRIBUTE_TEXT, NULL);
  gint64 foreign = add (self, ids.other_label_id, "note", TPO_ATTRIBUTE_TEXT, NULL);
  TpoAttributeRecord empty = { .label_id = ids.label_id,
                               .name = (char *) "size",
                               .type = TPO_ATTRIBUTE_CHOICE };

  g_assert_cmpint (own, !=, foreign);
  g_assert_true (
      tpo_store_set_attribute (self->store, ids.span_id, own, "chipped", NULL, &error));
  g_assert_false (
      tpo_store_set_attribute (self->store, ids.span_id, foreign, "left", NULL, &error));
  g_assert_error (error, TPO_ERROR, TPO_ERROR_INVALID);
  g_clear_error (&error);

  /* Another label has other attributes; with the first one the value is there again. */
  g_assert_true (tpo_store_set_annotation_label (self->store, ids.span_id, ids.other_label_id,
                                                 NULL, &error));
  assert_value (self, ids.span_id, own, NULL);
  g_assert_true (
      tpo_store_set_annotation_label (self->store, ids.span_id, ids.label_id, NULL, &error));
  assert_value (self, ids.span_id, own, "chipped");
  g_assert_true (tpo_store_set_attribute (self->store, ids.span_id, own, NULL, NULL, &error));
  assert_value (self, ids.span_id, own, NULL);

  g_assert_cmpint (tpo_store_add_attribute (self->store, &empty, NULL, &error), ==, 0);
  g_assert_error (error, TPO_ERROR, TPO_ERROR_INVALID);
}

static void
test_curve (Fixture *self, gconstpointer data)
{
  const float curve[] = { 0.75f, -1.5f, 0.0f, 2.0f };
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoAnnotationRecord) drawn = NULL;
  g_autoptr (TpoAnnotationRecord) restored = NULL;
  g_autoptr (GPtrArray) revisions = NULL;
  const TpoAnnotationRecord *first;
  Ids ids = make (self);

  g_assert_false (tpo_store_set_saliency (self->store, ids.span_id, curve, 1, NULL, &error));
  g_assert_error (error, TPO_ERROR, TPO_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_true (tpo_store_set_saliency (self->store, ids.span_id, curve, 4, NULL, &error));
  g_assert_true (tpo_store_set_span (self->store, ids.span_id, 0, 500000, NULL, &error));
  fixture_reopen (self);
  drawn = tpo_store_get_annotation (self->store, ids.span_id, &error);
  g_assert_cmpuint (drawn->n_saliency, ==, 4);
  g_assert_cmpmem (drawn->saliency, sizeof curve, curve, sizeof curve);
  g_assert_cmpint (drawn->status, ==, TPO_STATUS_CORRECTED);

  revisions = tpo_store_list_revisions (self->store, ids.span_id, &error);
  first = revisions->pdata[0];
  g_assert_true (tpo_store_restore_revision (self->store, first->revision_id, NULL, &error));
  restored = tpo_store_get_annotation (self->store, ids.span_id, &error);
  g_assert_no_error (error);
  g_assert_cmpint (restored->start_us, ==, first->start_us);
  g_assert_cmpint (restored->status, ==, TPO_STATUS_PREDICTED);
  g_assert_cmpuint (restored->n_saliency, ==, 0);
  g_assert_cmpint (restored->revision_id, >, drawn->revision_id);
}

/* Locking and hiding is kept, and is nothing to undo. */
static void
test_shown (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoAnnotationRecord) annotation = NULL;
  Ids ids = make (self);
  g_autofree char *before = tpo_store_dup_undo_name (self->store);
  g_autofree char *after = NULL;

  g_assert_true (tpo_store_set_shown (self->store, ids.span_id, TRUE, FALSE, &error));
  fixture_reopen (self);
  annotation = tpo_store_get_annotation (self->store, ids.span_id, &error);
  g_assert_true (annotation->is_locked);
  g_assert_false (annotation->is_hidden);
  after = tpo_store_dup_undo_name (self->store);
  g_assert_cmpstr (after, ==, before);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  FIXTURE_ADD ("/attributes/types", test_types);
  FIXTURE_ADD ("/attributes/labels", test_labels);
  FIXTURE_ADD ("/attributes/curve", test_curve);
  FIXTURE_ADD ("/attributes/shown", test_shown);
  return g_test_run ();
}
