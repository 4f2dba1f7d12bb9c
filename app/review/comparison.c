#include "review/comparison.h"

#include "review/counting.h"
#include "store/tpo-store-labels.h"
#include "store/tpo-store-videos.h"

static void
difference_clear (gpointer data)
{
  TpoDifference *self = data;

  g_clear_pointer (&self->mine, tpo_annotation_record_free);
  g_clear_pointer (&self->theirs, tpo_annotation_record_free);
  g_clear_pointer (&self->my_keyframes, g_ptr_array_unref);
  g_clear_pointer (&self->their_keyframes, g_ptr_array_unref);
  g_clear_pointer (&self->my_values, g_ptr_array_unref);
  g_clear_pointer (&self->their_values, g_ptr_array_unref);
  g_free (self->my_label);
  g_free (self->their_label);
  g_free (self->their_color);
  g_free (self->video_uri);
  g_free (self->their_project);
}

TpoDifference *
tpo_difference_ref (TpoDifference *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
tpo_difference_unref (TpoDifference *self)
{
  g_atomic_rc_box_release_full (self, difference_clear);
}

guint
tpo_difference_count_keyframes (const TpoDifference *self)
{
  guint n = 0;

  g_return_val_if_fail (self != NULL, 0);

  n += self->my_keyframes != NULL ? self->my_keyframes->len : 0;
  n += self->their_keyframes != NULL ? self->their_keyframes->len : 0;
  return n;
}

GArray *
tpo_difference_compare_values (const TpoDifference *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (!self->pair.has_same_label)
    return g_array_new (FALSE, FALSE, sizeof (TpoValueDifference));
  return tpo_said_values_compare (self->my_values, self->their_values);
}

gboolean
tpo_difference_has_same_text (const TpoDifference *self)
{
  g_return_val_if_fail (self != NULL, TRUE);

  return self->mine == NULL || self->theirs == NULL || self->my_label != NULL ||
         self->their_label != NULL || self->mine->text == NULL || self->theirs->text == NULL ||
         g_str_equal (self->mine->text, self->theirs->text);
}

void
tpo_comparison_free (TpoComparison *self)
{
  g_ptr_array_unref (self->figures);
  g_ptr_array_unref (self->differences);
  g_free (self);
}

/* ---- one side of a video ---------------------------------------------------------------------------------- */

typedef struct {
  TpoStore *store;
  GHashTable *classes; /* id → TpoLabelRecord */
  GHashTable *book;    /* attributes of labels */
} Side;

static GHashTable *
read_classes (TpoStore *store, GError **error)
{
  g_autoptr (GPtrArray) labels = tpo_store_list_labels (store, error);
  GHashTable *classes;

  if (labels == NULL)
    return NULL;
  classes = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL,
                                   (GDestroyNotify) tpo_label_record_free);
  g_ptr_array_set_free_func (labels, NULL);
  for (guint i = 0; i < labels->len; i++) {
    TpoLabelRecord *label = g_ptr_array_index (labels, i);

    g_hash_table_insert (classes, &label->id, label);
  }
  return classes;
}

/* The labels of one video, each with what it points to. */
typedef struct {
  GPtrArray *records;   /* TpoAnnotationRecord */
  GPtrArray *keyframes; /* GPtrArray, or NULL of a span */
  GArray *labels;       /* TpoAgreementLabel: borrow from the two */
} Labels;

static void
labels_clear (Labels *self)
{
  g_clear_pointer (&self->labels, g_array_unref);
  g_clear_pointer (&self->keyframes, g_ptr_array_unref);
  g_clear_pointer (&self->records, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Labels, labels_clear)

static void
unref_keyframes (gpointer keyframes)
{
  if (keyframes != NULL)
    g_ptr_array_unref (keyframes);
}

static gboolean
read_label (Labels *self, const Side *side, TpoAnnotationRecord *record, GError **error)
{
  const TpoLabelRecord *class = g_hash_table_lookup (side->classes, &record->label_id);
  TpoAgreementLabel label = {
    .id = record->id,
    .label_name = class != NULL ? class->name : NULL,
    .shape = { record->kind, record->start_us, record->end_us, NULL, NULL },
    .text = record->text,
  };

  if (record->kind != TPO_ANNOTATION_SPAN) {
    label.shape.store = side->store;
    label.shape.keyframes = tpo_store_list_light_keyframes (side->store, record->revision_id,
                                                            G_MININT64, G_MAXINT64, error);
    if (label.shape.keyframes == NULL)
      return FALSE;
  }
  g_ptr_array_add (self->keyframes, label.shape.keyframes);
  g_array_append_val (self->labels, label);
  return TRUE;
}

static gboolean
read_labels (Labels *self, const Side *side, gint64 video_id, GError **error)
{
  g_autoptr (GPtrArray) all = tpo_store_list_annotations (side->store, video_id, error);

  self->records = g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_annotation_record_free);
  self->keyframes = g_ptr_array_new_with_free_func (unref_keyframes);
  self->labels = g_array_new (FALSE, FALSE, sizeof (TpoAgreementLabel));
  if (all == NULL)
    return FALSE;
  g_ptr_array_set_free_func (all, NULL);
  for (guint i = 0; i < all->len; i++) {
    TpoAnnotationRecord *record = g_ptr_array_index (all, i);

    if (record->status == TPO_STATUS_DISCARDED || record->status == TPO_STATUS_PREDICTED)
      tpo_annotation_record_free (record);
    else
      g_ptr_array_add (self->records, record);
  }
  for (guint i = 0; i < self->records->len; i++)
    if (!read_label (self, side, g_ptr_array_index (self->records, i), error))
      return FALSE;
  return TRUE;
}

static guint
find (const Labels *self, gint64 id)
{
  guint i = 0;

  while (g_array_index (self->labels, TpoAgreementLabel, i).id != id)
    i++;
  return i;
}

/* ---- differences ------------------------------------------------------------------------------------------- */

/* Returns: FALSE with an error */
static gboolean
take_side (Labels *labels, const Side *side, gint64 id, TpoAnnotationRecord **record,
           GPtrArray **keyframes, GPtrArray **values, char **name, GError **error)
{
  guint i;

  if (id == 0)
    return TRUE;
  i = find (labels, id);
  *name = g_strdup (g_array_index (labels->labels, TpoAgreementLabel, i).label_name);
  *record = g_steal_pointer (&g_ptr_array_index (labels->records, i));
  if (g_ptr_array_index (labels->keyframes, i) != NULL)
    *keyframes = g_ptr_array_ref (g_ptr_array_index (labels->keyframes, i));
  *values = tpo_said_values_read (side->store, side->book, *record, error);
  return *values != NULL;
}

static char *
dup_color (const Side *side, gint64 label_id)
{
  const TpoLabelRecord *class = g_hash_table_lookup (side->classes, &label_id);

  return class != NULL ? g_strdup (class->color) : NULL;
}

static int
by_overlap (gconstpointer a, gconstpointer b)
{
  const TpoDifference *left = *(TpoDifference *const *) a;
  const TpoDifference *right = *(TpoDifference *const *) b;

  if (left->video_id != right->video_id)
    return left->video_id < right->video_id ? -1 : 1;
  if (left->pair.overlap != right->pair.overlap)
    return left->pair.overlap < right->pair.overlap ? -1 : 1;
  return left->pair.mine < right->pair.mine ? -1 : left->pair.mine > right->pair.mine;
}

static void
free_record (gpointer record)
{
  if (record != NULL)
    tpo_annotation_record_free (record);
}

/* Whether there is nothing to be decided about. */
static gboolean
is_agreed (const TpoDifference *pair)
{
  g_autoptr (GArray) values = NULL;

  if (!pair->pair.has_same_label || pair->pair.overlap < TPO_COMPARISON_SAME ||
      !tpo_difference_has_same_text (pair))
    return FALSE;
  values = tpo_difference_compare_values (pair);
  return values->len == 0;
}

/* Returns: (transfer full): or %NULL with an error */
static TpoDifference *
take_pair (const TpoAgreementPair *pair, const TpoVideoRecord *video, const Side *mine,
           Labels *my_labels, const Side *theirs, Labels *their_labels, GError **error)
{
  TpoDifference *self = g_atomic_rc_box_new0 (TpoDifference);

  self->pair = *pair;
  self->video_id = video->id;
  self->video_uri = g_strdup (video->uri);
  self->their_project = g_strdup (tpo_store_get_path (theirs->store));
  if (!take_side (my_labels, mine, pair->mine, &self->mine, &self->my_keyframes,
                  &self->my_values, &self->my_label, error) ||
      !take_side (their_labels, theirs, pair->theirs, &self->theirs, &self->their_keyframes,
                  &self->their_values, &self->their_label, error)) {
    tpo_difference_unref (self);
    return NULL;
  }
  if (self->theirs != NULL && self->their_label != NULL)
    self->their_color = dup_color (theirs, self->theirs->label_id);
  return self;
}

static gboolean
compare_video (TpoCounting *counting, TpoComparison *result, const Side *mine,
               const Side *theirs, const TpoVideoRecord *video, gint64 their_video_id,
               GError **error)
{
  g_auto (Labels) my_labels = { 0 };
  g_auto (Labels) their_labels = { 0 };
  g_autoptr (GArray) pairs = NULL;

  if (!read_labels (&my_labels, mine, video->id, error) ||
      !read_labels (&their_labels, theirs, their_video_id, error))
    return FALSE;
  pairs = tpo_agreement_match ((const TpoAgreementLabel *) (gpointer) my_labels.labels->data,
                               my_labels.labels->len,
                               (const TpoAgreementLabel *) (gpointer) their_labels.labels->data,
                               their_labels.labels->len);
  g_ptr_array_set_free_func (my_labels.records, free_record);
  g_ptr_array_set_free_func (their_labels.records, free_record);
  for (guint i = 0; i < pairs->len; i++) {
    TpoDifference *pair = take_pair (&g_array_index (pairs, TpoAgreementPair, i), video, mine,
                                     &my_labels, theirs, &their_labels, error);

    if (pair == NULL)
      return FALSE;
    tpo_counting_add (counting, pair);
    if (is_agreed (pair))
      tpo_difference_unref (pair);
    else
      g_ptr_array_add (result->differences, pair);
  }
  return TRUE;
}

/* ---- all videos --------------------------------------------------------------------------------------------- */

static gboolean
compare_videos (TpoComparison *result, const Side *mine, const Side *theirs,
                GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) videos = tpo_store_list_videos (mine->store, error);
  g_autoptr (GPtrArray) others =
      videos != NULL ? tpo_store_list_videos (theirs->store, error) : NULL;
  g_autoptr (TpoCounting) counting = tpo_counting_new (result);

  if (others == NULL)
    return FALSE;
  for (guint i = 0; i < videos->len; i++) {
    const TpoVideoRecord *video = g_ptr_array_index (videos, i);
    gint64 other_id;

    if (g_cancellable_set_error_if_cancelled (cancellable, error))
      return FALSE;
    other_id = tpo_store_find_video (theirs->store, video->content_hash, NULL, error);
    if (other_id < 0)
      return FALSE;
    if (other_id == 0) {
      result->n_my_videos_only++;
      continue;
    }
    result->n_videos++;
    if (!compare_video (counting, result, mine, theirs, video, other_id, error))
      return FALSE;
  }
  result->n_their_videos_only = others->len - MIN (others->len, result->n_videos);
  tpo_counting_finish (counting);
  return TRUE;
}

static TpoComparison *
compare (TpoStore *mine, TpoStore *theirs, GCancellable *cancellable, GError **error)
{
  g_autoptr (GHashTable) my_classes = read_classes (mine, error);
  g_autoptr (GHashTable) their_classes =
      my_classes != NULL ? read_classes (theirs, error) : NULL;
  g_autoptr (TpoComparison) result = g_new0 (TpoComparison, 1);
  g_autoptr (GHashTable) my_book = tpo_attribute_book_new ();
  g_autoptr (GHashTable) their_book = tpo_attribute_book_new ();
  const Side my_side = { mine, my_classes, my_book };
  const Side their_side = { theirs, their_classes, their_book };

  result->figures =
      g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_agreement_figures_free);
  result->differences = g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_difference_unref);
  if (their_classes == NULL ||
      !compare_videos (result, &my_side, &their_side, cancellable, error))
    return NULL;
  g_ptr_array_sort (result->differences, by_overlap);
  return g_steal_pointer (&result);
}

TpoComparison *
tpo_comparison_new (TpoStore *mine, TpoStore *theirs, GCancellable *cancellable, GError **error)
{
  TpoComparison *result;

  g_return_val_if_fail (mine != NULL && theirs != NULL, NULL);

  if (!tpo_store_begin_snapshot (mine, error))
    return NULL;
  result = compare (mine, theirs, cancellable, error);
  tpo_store_end_snapshot (mine);
  return result;
}
