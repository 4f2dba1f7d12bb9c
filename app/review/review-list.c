#include "review/review-list.h"

#include "review/overlap.h"

struct _TpoReviewMemory {
  GHashTable *doubts; /* prediction id → TpoDoubts */
};

TpoReviewMemory *
tpo_review_memory_new (void)
{
  TpoReviewMemory *self = g_new0 (TpoReviewMemory, 1);

  self->doubts = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  return self;
}

void
tpo_review_memory_free (TpoReviewMemory *self)
{
  g_hash_table_unref (self->doubts);
  g_free (self);
}

static void
clear_item (gpointer data)
{
  tpo_unreviewed_record_free (((TpoReviewItem *) data)->record);
}

TpoReviewItem *
tpo_review_item_ref (TpoReviewItem *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
tpo_review_item_unref (TpoReviewItem *self)
{
  g_atomic_rc_box_release_full (self, clear_item);
}

gint64
tpo_review_item_get_time (const TpoReviewItem *self)
{
  gint64 time_us;

  g_return_val_if_fail (self != NULL, 0);

  time_us = self->doubt < TPO_DOUBT_COUNT ? self->doubts.time_us[self->doubt] : -1;
  return time_us >= self->record->start_us && time_us < self->record->end_us
             ? time_us
             : self->record->start_us;
}

static const TpoDoubts *
read_doubts (TpoReviewMemory *self, TpoStore *store, const TpoUnreviewedRecord *record,
             GError **error)
{
  TpoDoubts *doubts = g_hash_table_lookup (self->doubts, &record->prediction_id);
  g_autoptr (TpoPredictionRecord) prediction = NULL;

  if (doubts != NULL)
    return doubts;
  prediction = tpo_store_get_outline (store, record->prediction_id, error);
  if (prediction == NULL)
    return NULL;
  doubts = g_new (TpoDoubts, 1);
  tpo_doubts_read (doubts, prediction, record->answer);
  g_hash_table_insert (
      self->doubts, g_memdup2 (&record->prediction_id, sizeof record->prediction_id), doubts);
  return doubts;
}

/* ---- other answers ------------------------------------------------------------------------------------ */

static TpoLabelShape
shape_of (const TpoPredictionRecord *prediction)
{
  TpoLabelShape shape = { .kind = prediction->kind, .keyframes = prediction->keyframes };

  if (prediction->n_spans > 0) {
    shape.start_us = prediction->spans[0].start_us;
    shape.end_us = prediction->spans[0].end_us;
  }
  return shape;
}

/* Tracks of different stretches say nothing of each other. */
static gboolean
is_comparable (const TpoLabelShape *a, const TpoLabelShape *b)
{
  return a->kind == TPO_ANNOTATION_SPAN ||
         MAX (a->start_us, b->start_us) < MIN (a->end_us, b->end_us);
}

/* The best overlap of @mine with the findings of a message; below 0 when none can be compared. */
static double
best_overlap (const TpoLabelShape *mine, const TpoAskedAgainRecord *asked,
              GPtrArray *predictions, gint64 message_id)
{
  double best = -1.0;

  for (guint i = 0; i < predictions->len; i++) {
    TpoLabelShape other = shape_of (g_ptr_array_index (predictions, i));

    if (asked[i].message_id == message_id && is_comparable (mine, &other))
      best = MAX (best, tpo_overlap_labels (mine, &other));
  }
  return best;
}

static gboolean
is_first_of_message (const TpoAskedAgainRecord *asked, guint which)
{
  for (guint i = 0; i < which; i++)
    if (asked[i].message_id == asked[which].message_id)
      return FALSE;
  return TRUE;
}

/* How far prediction @which is from what other answers to the same question found. */
static double
disagreement (const TpoAskedAgainRecord *asked, GPtrArray *predictions, guint which)
{
  TpoLabelShape mine = shape_of (g_ptr_array_index (predictions, which));
  double sum = 0.0;
  guint n = 0;

  for (guint i = 0; i < predictions->len; i++) {
    double best;

    if (asked[i].message_id == asked[which].message_id || !is_first_of_message (asked, i))
      continue;
    best = best_overlap (&mine, asked, predictions, asked[i].message_id);
    if (best >= 0.0) {
      sum += best;
      n++;
    }
  }
  return n > 0 ? 1.0 - sum / n : 0.0;
}

/* @items: prediction id → TpoReviewItem */
static gboolean
compare_group (TpoStore *store, const TpoAskedAgainRecord *asked, guint n, GHashTable *items,
               GError **error)
{
  g_autoptr (GPtrArray) predictions =
      g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_prediction_record_free);
  gboolean is_wanted = FALSE;

  for (guint i = 0; i < n; i++)
    is_wanted = is_wanted || g_hash_table_contains (items, &asked[i].prediction_id);
  if (!is_wanted)
    return TRUE;
  for (guint i = 0; i < n; i++) {
    TpoPredictionRecord *prediction =
        tpo_store_get_outline (store, asked[i].prediction_id, error);

    if (prediction == NULL)
      return FALSE;
    g_ptr_array_add (predictions, prediction);
  }
  for (guint i = 0; i < n; i++) {
    TpoReviewItem *item = g_hash_table_lookup (items, &asked[i].prediction_id);

    if (item != NULL)
      item->doubts.d[TPO_DOUBT_ANSWERS] = disagreement (asked, predictions, i);
  }
  return TRUE;
}

static gboolean
compare_answers (TpoStore *store, GPtrArray *items, GError **error)
{
  g_autoptr (GArray) asked = tpo_store_list_asked_again (store, error);
  g_autoptr (GHashTable) by_prediction = g_hash_table_new (g_int64_hash, g_int64_equal);
  const TpoAskedAgainRecord *all;

  if (asked == NULL)
    return FALSE;
  for (guint i = 0; i < items->len; i++) {
    TpoReviewItem *item = g_ptr_array_index (items, i);

    g_hash_table_insert (by_prediction, &item->record->prediction_id, item);
  }
  all = (const TpoAskedAgainRecord *) (gpointer) asked->data;
  for (guint first = 0, n; first < asked->len; first += n) {
    for (n = 1; first + n < asked->len && all[first + n].group == all[first].group; n++)
      ;
    if (!compare_group (store, &all[first], n, by_prediction, error))
      return FALSE;
  }
  return TRUE;
}

/* ---- the list ------------------------------------------------------------------------------------------ */

int
tpo_review_item_compare (const TpoReviewItem *a, const TpoReviewItem *b)
{
  if (a->gain != b->gain)
    return a->gain > b->gain ? -1 : 1;
  return a->record->annotation_id < b->record->annotation_id
             ? -1
             : a->record->annotation_id > b->record->annotation_id;
}

static int
by_gain (gconstpointer a, gconstpointer b)
{
  return tpo_review_item_compare (*(TpoReviewItem *const *) a, *(TpoReviewItem *const *) b);
}

static GPtrArray *
list (TpoStore *store, TpoReviewMemory *memory, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) records = tpo_store_list_unreviewed (store, error);
  g_autoptr (GPtrArray) items =
      g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_review_item_unref);

  for (guint i = 0; records != NULL && i < records->len; i++) {
    const TpoDoubts *doubts = NULL;
    TpoReviewItem *item;

    if (!g_cancellable_set_error_if_cancelled (cancellable, error))
      doubts = read_doubts (memory, store, g_ptr_array_index (records, i), error);
    if (doubts == NULL)
      return NULL;
    item = g_atomic_rc_box_new0 (TpoReviewItem);
    item->record = g_steal_pointer (&g_ptr_array_index (records, i));
    item->doubts = *doubts;
    g_clear_pointer (&item->record->answer, g_free);
    g_ptr_array_add (items, item);
  }
  if (records == NULL || !compare_answers (store, items, error))
    return NULL;
  for (guint i = 0; i < items->len; i++) {
    TpoReviewItem *item = g_ptr_array_index (items, i);

    item->gain = tpo_doubts_gain (&item->doubts, &item->doubt);
  }
  g_ptr_array_sort (items, by_gain);
  return g_steal_pointer (&items);
}

GPtrArray *
tpo_review_list (TpoStore *store, TpoReviewMemory *memory, GCancellable *cancellable,
                 GError **error)
{
  GPtrArray *items;

  g_return_val_if_fail (store != NULL && memory != NULL, NULL);

  if (!tpo_store_begin_snapshot (store, error))
    return NULL;
  items = list (store, memory, cancellable, error);
  tpo_store_end_snapshot (store);
  return items;
}
