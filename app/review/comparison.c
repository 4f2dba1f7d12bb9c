#include "review/comparison.h"

#include <math.h>

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

/* ---- figures ------------------------------------------------------------------------------------------------ */

typedef struct {
  TpoComparison *result;
  GHashTable *figures; /* name, "" for none → TpoAgreementFigures of the result */
  GHashTable *names;   /* name → its position in @confused */
  GArray *matched;     /* guint[2]: positions of my name and theirs, of each matched pair */
} Counting;

static TpoAgreementFigures *
figures_of (Counting *self, const char *name)
{
  const char *key = name != NULL ? name : "";
  TpoAgreementFigures *figures = g_hash_table_lookup (self->figures, key);

  if (figures == NULL) {
    figures = g_new0 (TpoAgreementFigures, 1);
    figures->label_name = g_strdup (name);
    g_hash_table_insert (self->figures, g_strdup (key), figures);
    g_ptr_array_add (self->result->figures, figures);
  }
  return figures;
}

static guint
position_of (Counting *self, const char *name)
{
  const char *key = name != NULL ? name : "";
  gpointer position;

  if (!g_hash_table_lookup_extended (self->names, key, NULL, &position)) {
    position = GUINT_TO_POINTER (g_hash_table_size (self->names));
    g_hash_table_insert (self->names, g_strdup (key), position);
  }
  return GPOINTER_TO_UINT (position);
}

static void
count_pair (Counting *self, const TpoAgreementPair *pair, const char *my_name,
            const char *their_name)
{
  TpoAgreementFigures *const both[] = {
    figures_of (self, pair->mine != 0 ? my_name : their_name), &self->result->all
  };

  for (guint i = 0; i < G_N_ELEMENTS (both); i++) {
    if (pair->theirs == 0) {
      both[i]->n_mine_only++;
    } else if (pair->mine == 0) {
      both[i]->n_theirs_only++;
    } else if (!pair->has_same_label) {
      both[i]->n_renamed++;
    } else {
      both[i]->n_matched++;
      both[i]->overlap += pair->overlap; /* the mean once all are counted */
    }
  }
  if (pair->mine != 0 && pair->theirs != 0) {
    const guint positions[2] = { position_of (self, my_name), position_of (self, their_name) };

    g_array_append_vals (self->matched, positions, 2);
  }
}

static int
by_name (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 ((*(TpoAgreementFigures *const *) a)->label_name,
                    (*(TpoAgreementFigures *const *) b)->label_name);
}

static void
finish_counting (Counting *self)
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
  }
  g_ptr_array_sort (result->figures, by_name);
}

/* ---- differences ------------------------------------------------------------------------------------------- */

static void
take_side (Labels *labels, gint64 id, TpoAnnotationRecord **record, GPtrArray **keyframes,
           char **name)
{
  guint i;

  if (id == 0)
    return;
  i = find (labels, id);
  *name = g_strdup (g_array_index (labels->labels, TpoAgreementLabel, i).label_name);
  *record = g_steal_pointer (&g_ptr_array_index (labels->records, i));
  if (g_ptr_array_index (labels->keyframes, i) != NULL)
    *keyframes = g_ptr_array_ref (g_ptr_array_index (labels->keyframes, i));
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

static gboolean
compare_video (Counting *counting, const Side *mine, const Side *theirs,
               const TpoVideoRecord *video, gint64 their_video_id, GError **error)
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
    const TpoAgreementPair *pair = &g_array_index (pairs, TpoAgreementPair, i);
    TpoDifference *difference = g_atomic_rc_box_new0 (TpoDifference);

    difference->pair = *pair;
    difference->video_id = video->id;
    difference->video_uri = g_strdup (video->uri);
    difference->their_project = g_strdup (tpo_store_get_path (theirs->store));
    take_side (&my_labels, pair->mine, &difference->mine, &difference->my_keyframes,
               &difference->my_label);
    take_side (&their_labels, pair->theirs, &difference->theirs, &difference->their_keyframes,
               &difference->their_label);
    if (difference->theirs != NULL && difference->their_label != NULL)
      difference->their_color = dup_color (theirs, difference->theirs->label_id);
    count_pair (counting, pair, difference->my_label, difference->their_label);
    if (pair->has_same_label && pair->overlap >= TPO_COMPARISON_SAME)
      tpo_difference_unref (difference);
    else
      g_ptr_array_add (counting->result->differences, difference);
  }
  return TRUE;
}

/* ---- all videos --------------------------------------------------------------------------------------------- */

static gboolean
compare_videos (Counting *counting, const Side *mine, const Side *theirs,
                GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) videos = tpo_store_list_videos (mine->store, error);
  g_autoptr (GPtrArray) others =
      videos != NULL ? tpo_store_list_videos (theirs->store, error) : NULL;
  TpoComparison *result = counting->result;

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
    if (!compare_video (counting, mine, theirs, video, other_id, error))
      return FALSE;
  }
  result->n_their_videos_only = others->len - MIN (others->len, result->n_videos);
  return TRUE;
}

static TpoComparison *
compare (TpoStore *mine, TpoStore *theirs, GCancellable *cancellable, GError **error)
{
  g_autoptr (GHashTable) my_classes = read_classes (mine, error);
  g_autoptr (GHashTable) their_classes =
      my_classes != NULL ? read_classes (theirs, error) : NULL;
  g_autoptr (TpoComparison) result = g_new0 (TpoComparison, 1);
  g_autoptr (GHashTable) figures =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GArray) matched = g_array_new (FALSE, FALSE, sizeof (guint));
  const Side my_side = { mine, my_classes }, their_side = { theirs, their_classes };
  Counting counting = { result, figures, names, matched };

  result->figures =
      g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_agreement_figures_free);
  result->differences = g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_difference_unref);
  if (their_classes == NULL ||
      !compare_videos (&counting, &my_side, &their_side, cancellable, error))
    return NULL;
  finish_counting (&counting);
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
