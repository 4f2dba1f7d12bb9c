#include "config.h"

#include "review/history.h"

#include <glib/gi18n.h>

#include "review/words.h"
#include "store/tpo-store-labels.h"
#include "store/tpo-store-review.h"

void
tpo_history_step_free (TpoHistoryStep *self)
{
  g_clear_pointer (&self->record, tpo_annotation_record_free);
  g_free (self->what);
  g_free (self);
}

/* What is read once for all steps. */
typedef struct {
  GPtrArray *revisions; /* TpoAnnotationRecord, oldest first; a step takes its own */
  GHashTable *by_id;    /* revision id → TpoAnnotationRecord */
  GHashTable *changes;  /* revision id → TpoKeyframeChange */
  GPtrArray *labels;
} Reading;

/* ---- words ---------------------------------------------------------------------------------------------------- */

static char *
range (gint64 start_us, gint64 end_us)
{
  g_autofree char *start = tpo_words_time (start_us, TRUE);
  g_autofree char *end = tpo_words_time (end_us, TRUE);

  return g_strdup_printf ("%s – %s", start, end);
}

static const char *
name_of_label (const Reading *self, gint64 label_id)
{
  for (guint i = 0; i < self->labels->len; i++) {
    const TpoLabelRecord *label = g_ptr_array_index (self->labels, i);

    if (label->id == label_id)
      return label->name;
  }
  return _ ("none");
}

static char *
describe_birth (const TpoAnnotationRecord *record)
{
  g_autofree char *when = range (record->start_us, record->end_us);
  const char *by = record->parent_revision_id != 0                 ? _ ("Split off")
                   : record->provenance == TPO_PROVENANCE_MODEL    ? _ ("Found by the model")
                   : record->provenance == TPO_PROVENANCE_IMPORTED ? _ ("Imported")
                                                                   : _ ("Made by hand");

  /* Translators: “Made by hand: 0:01.000 – 0:02.000” */
  return g_strdup_printf (_ ("%s: %s"), by, when);
}

static const char *
describe_status (TpoAnnotationStatus status)
{
  static const char *const names[TPO_STATUS_COUNT] = {
    [TPO_STATUS_PREDICTED] = N_ ("Review taken back"),
    [TPO_STATUS_ACCEPTED] = N_ ("Accepted"),
    [TPO_STATUS_CORRECTED] = N_ ("Corrected"),
    [TPO_STATUS_MANUAL] = N_ ("Made by hand"),
    [TPO_STATUS_DISCARDED] = N_ ("Discarded"),
  };

  return _ (names[status]);
}

static void
add_keyframes (GStrvBuilder *words, const TpoKeyframeChange *change)
{
  g_autofree char *first = tpo_words_time (change->first_us, TRUE);
  g_autofree char *text = NULL;

  if (change->n_set + change->n_removed == 1)
    text = change->n_set == 1
               /* Translators: %s is a time */
               ? g_strdup_printf (_ ("Keyframe at %s"), first)
               /* Translators: %s is a time */
               : g_strdup_printf (_ ("Keyframe at %s removed"), first);
  else
    /* Translators: a number, and the time of the first one */
    text = g_strdup_printf (
        ngettext ("%u keyframe from %s", "%u keyframes from %s", change->n_set), change->n_set,
        first);
  g_strv_builder_add (words, text);
}

static void
add_stretch (GStrvBuilder *words, const TpoAnnotationRecord *from,
             const TpoAnnotationRecord *to)
{
  g_autofree char *before = range (from->start_us, from->end_us);
  g_autofree char *after = range (to->start_us, to->end_us);
  g_autofree char *text = g_strdup_printf ("%s → %s", before, after);

  g_strv_builder_add (words, text);
}

static void
add_named (GStrvBuilder *words, const char *format, const char *name)
{
  g_autofree char *shown = tpo_words_short (name != NULL ? name : _ ("none"));
  g_autofree char *text = g_strdup_printf (format, shown);

  g_strv_builder_add (words, text);
}

static gboolean
is_same_curve (const TpoAnnotationRecord *a, const TpoAnnotationRecord *b)
{
  return a->n_saliency == b->n_saliency &&
         (a->n_saliency == 0 ||
          memcmp (a->saliency, b->saliency, a->n_saliency * sizeof (float)) == 0);
}

static char *
describe (const Reading *self, const TpoAnnotationRecord *record)
{
  const TpoAnnotationRecord *before =
      g_hash_table_lookup (self->by_id, &record->parent_revision_id);
  const TpoKeyframeChange *change = g_hash_table_lookup (self->changes, &record->revision_id);
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  g_auto (GStrv) texts = NULL;

  if (before == NULL)
    return describe_birth (record);
  if (record->is_deleted != before->is_deleted)
    g_strv_builder_add (words, record->is_deleted ? _ ("Deleted") : _ ("Brought back"));
  if (record->status != before->status)
    g_strv_builder_add (words, describe_status (record->status));
  if (record->label_id != before->label_id)
    /* Translators: %s is the name of a label */
    add_named (words, _ ("Label: %s"), name_of_label (self, record->label_id));
  if (g_strcmp0 (record->text, before->text) != 0)
    /* Translators: %s is a caption */
    add_named (words, _ ("Name: %s"), record->text);
  if (record->start_us != before->start_us || record->end_us != before->end_us)
    add_stretch (words, before, record);
  if (change != NULL)
    add_keyframes (words, change);
  if (g_strcmp0 (record->attributes, before->attributes) != 0)
    g_strv_builder_add (words, _ ("Attributes"));
  if (!is_same_curve (record, before))
    g_strv_builder_add (words, _ ("Highlight curve"));
  texts = g_strv_builder_end (words);
  return *texts != NULL ? g_strjoinv (_ (", "), texts) : g_strdup (_ ("Restored"));
}

/* ---- reading -------------------------------------------------------------------------------------------------- */

static void
reading_clear (Reading *self)
{
  g_clear_pointer (&self->by_id, g_hash_table_unref);
  g_clear_pointer (&self->changes, g_hash_table_unref);
  g_clear_pointer (&self->labels, g_ptr_array_unref);
  g_clear_pointer (&self->revisions, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reading, reading_clear)

static gboolean
read_all (Reading *self, TpoStore *store, gint64 annotation_id, GError **error)
{
  self->revisions = tpo_store_list_revisions (store, annotation_id, error);
  if (self->revisions == NULL)
    return FALSE;
  self->by_id = g_hash_table_new (g_int64_hash, g_int64_equal);
  for (guint i = 0; i < self->revisions->len; i++) {
    TpoAnnotationRecord *record = g_ptr_array_index (self->revisions, i);

    g_hash_table_insert (self->by_id, &record->revision_id, record);
  }
  self->changes = tpo_store_list_keyframe_changes (store, annotation_id, error);
  if (self->changes != NULL)
    self->labels = tpo_store_list_labels (store, error);
  return self->labels != NULL;
}

/* The revisions that led to the current one. */
static GHashTable *
find_ancestors (const Reading *self, gint64 current_id)
{
  GHashTable *ancestors = g_hash_table_new (g_int64_hash, g_int64_equal);
  const TpoAnnotationRecord *record = g_hash_table_lookup (self->by_id, &current_id);

  /* A parent is older than its child, so that the walk ends. */
  while (record != NULL && g_hash_table_add (ancestors, (gpointer) &record->revision_id))
    record = g_hash_table_lookup (self->by_id, &record->parent_revision_id);
  return ancestors;
}

GPtrArray *
tpo_history_list (TpoStore *store, gint64 annotation_id, GError **error)
{
  g_auto (Reading) reading = { 0 };
  g_autoptr (GPtrArray) steps = NULL;
  g_autoptr (GHashTable) ancestors = NULL;
  g_autoptr (TpoAnnotationRecord) current = NULL;

  g_return_val_if_fail (store != NULL, NULL);

  current = tpo_store_get_annotation (store, annotation_id, NULL); /* none: deleted */
  if (!read_all (&reading, store, annotation_id, error))
    return NULL;
  ancestors = find_ancestors (&reading, current != NULL ? current->revision_id : 0);
  steps = g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_history_step_free);
  for (guint i = reading.revisions->len; i > 0; i--) {
    const TpoAnnotationRecord *record = g_ptr_array_index (reading.revisions, i - 1);
    TpoHistoryStep *step = g_new0 (TpoHistoryStep, 1);

    step->what = describe (&reading, record);
    step->is_current = current != NULL && current->revision_id == record->revision_id;
    step->is_undone = !g_hash_table_contains (ancestors, &record->revision_id);
    g_ptr_array_add (steps, step);
  }
  /* Only now, as the words look at others. */
  g_ptr_array_set_free_func (reading.revisions, NULL);
  for (guint i = 0; i < steps->len; i++)
    ((TpoHistoryStep *) g_ptr_array_index (steps, i))->record =
        g_ptr_array_index (reading.revisions, reading.revisions->len - 1 - i);
  return g_steal_pointer (&steps);
}
