#include "config.h"

#include "review/resolution.h"

#include <glib/gi18n.h>

#include "store/tpo-store-labels.h"

gboolean
tpo_difference_allows (const TpoDifference *self, TpoChoice choice)
{
  gboolean is_mask;

  g_return_val_if_fail (self != NULL, FALSE);

  if (choice == TPO_CHOICE_MINE || choice == TPO_CHOICE_THEIRS)
    return TRUE;
  if (self->mine == NULL || self->theirs == NULL)
    return FALSE;
  is_mask = self->mine->kind == TPO_ANNOTATION_MASK_TRACK;
  return (choice == TPO_CHOICE_MEAN) != is_mask;
}

/* ---- masks --------------------------------------------------------------------------------------------------- */

/* Runs of a mask, taken piece by piece. */
typedef struct {
  const TpoRle *mask;
  guint run;
  guint32 left; /* of the run */
} Runs;

static void
skip_empty (Runs *self)
{
  while (self->left == 0 && self->run + 1 < self->mask->n_counts)
    self->left = self->mask->counts[++self->run];
}

static Runs
runs_of (const TpoRle *mask)
{
  Runs self = { mask, 0, mask->n_counts > 0 ? mask->counts[0] : 0 };

  skip_empty (&self);
  return self;
}

TpoRle *
tpo_mask_combine (const TpoRle *a, const TpoRle *b, gboolean is_union)
{
  g_autoptr (GArray) counts = g_array_new (FALSE, TRUE, sizeof (guint32));
  Runs left = runs_of (a), right = runs_of (b);

  g_return_val_if_fail (a->width == b->width && a->height == b->height, NULL);

  g_array_set_size (counts, 1); /* of zeros, perhaps none */
  while (left.left > 0 && right.left > 0) {
    guint32 n = MIN (left.left, right.left);
    gboolean is_left = left.run % 2 == 1, is_right = right.run % 2 == 1;
    guint is_set = is_union ? is_left || is_right : is_left && is_right;

    if ((counts->len - 1) % 2 != is_set)
      g_array_set_size (counts, counts->len + 1);
    g_array_index (counts, guint32, counts->len - 1) += n;
    left.left -= n;
    right.left -= n;
    skip_empty (&left);
    skip_empty (&right);
  }
  return tpo_rle_from_counts ((const guint32 *) (gpointer) counts->data, counts->len, a->width,
                              a->height, NULL); /* two sound masks make a sound one */
}

/* ---- keyframes ----------------------------------------------------------------------------------------------- */

static int
by_time (gconstpointer a, gconstpointer b)
{
  gint64 left = *(const gint64 *) a, right = *(const gint64 *) b;

  return left < right ? -1 : left > right;
}

/* Of both, each once. */
static GArray *
times_of (const TpoDifference *self)
{
  GArray *times = g_array_new (FALSE, FALSE, sizeof (gint64));
  GPtrArray *const both[] = { self->my_keyframes, self->their_keyframes };
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (both); i++)
    for (guint k = 0; k < both[i]->len; k++)
      g_array_append_val (times,
                          ((TpoKeyframeRecord *) g_ptr_array_index (both[i], k))->time_us);
  g_array_sort (times, by_time);
  for (guint i = 0; i < times->len; i++)
    if (n == 0 || g_array_index (times, gint64, i) != g_array_index (times, gint64, n - 1))
      g_array_index (times, gint64, n++) = g_array_index (times, gint64, i);
  g_array_set_size (times, n);
  return times;
}

static TpoBox
mean_box (const TpoBox *a, const TpoBox *b)
{
  return (TpoBox){ (a->x0 + b->x0) / 2.0f, (a->y0 + b->y0) / 2.0f, (a->x1 + b->x1) / 2.0f,
                   (a->y1 + b->y1) / 2.0f };
}

/* Where only one has a box, that one. */
static void
blend_boxes (const TpoDifference *self, TpoKeyframeRecord *keyframe)
{
  TpoBox mine, theirs;
  gboolean is_mine =
      tpo_track_box_at (self->mine, self->my_keyframes, keyframe->time_us, &mine);
  gboolean is_theirs =
      tpo_track_box_at (self->theirs, self->their_keyframes, keyframe->time_us, &theirs);

  keyframe->has_box = is_mine || is_theirs;
  if (is_mine && is_theirs)
    keyframe->box = mean_box (&mine, &theirs);
  else if (keyframe->has_box)
    keyframe->box = is_mine ? mine : theirs;
}

static const TpoRle *
mask_at (const TpoAnnotationRecord *track, GPtrArray *keyframes, gint64 time_us)
{
  const TpoKeyframeRecord *keyframe = tpo_track_keyframe_at (keyframes, time_us);

  return keyframe != NULL && time_us >= track->start_us && time_us < track->end_us
             ? keyframe->mask
             : NULL;
}

/* Masks of two sizes cannot be laid over each other: mine stays. */
static void
blend_masks (const TpoDifference *self, TpoKeyframeRecord *keyframe, gboolean is_union)
{
  const TpoRle *mine = mask_at (self->mine, self->my_keyframes, keyframe->time_us);
  const TpoRle *theirs = mask_at (self->theirs, self->their_keyframes, keyframe->time_us);

  if (mine != NULL && theirs != NULL && mine->width == theirs->width &&
      mine->height == theirs->height)
    keyframe->mask = tpo_mask_combine (mine, theirs, is_union);
  else if (is_union || (mine != NULL && theirs != NULL))
    keyframe->mask = (mine != NULL ? mine : theirs) != NULL
                         ? tpo_rle_ref ((TpoRle *) (mine != NULL ? mine : theirs))
                         : NULL;
  keyframe->has_box = keyframe->mask != NULL && tpo_rle_bounds (keyframe->mask, &keyframe->box);
  if (!keyframe->has_box)
    g_clear_pointer (&keyframe->mask, tpo_rle_unref);
}

static GPtrArray *
blend_keyframes (const TpoDifference *self, TpoChoice choice)
{
  GPtrArray *blended =
      g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_keyframe_record_free);
  g_autoptr (GArray) times = times_of (self);

  for (guint i = 0; i < times->len; i++) {
    TpoKeyframeRecord *keyframe = g_new0 (TpoKeyframeRecord, 1);

    keyframe->time_us = g_array_index (times, gint64, i);
    keyframe->provenance = TPO_PROVENANCE_HUMAN;
    keyframe->score = -1.0;
    if (choice == TPO_CHOICE_MEAN)
      blend_boxes (self, keyframe);
    else
      blend_masks (self, keyframe, choice == TPO_CHOICE_UNION);
    keyframe->is_absent = !keyframe->has_box;
    g_ptr_array_add (blended, keyframe);
  }
  return blended;
}

/* ---- applying ------------------------------------------------------------------------------------------------ */

/* My label of that name, made if need be. Returns: FALSE with an error */
static gboolean
find_label (const TpoDifference *self, TpoStore *store, gint64 *label_id, GError **error)
{
  *label_id = 0;
  if (self->their_label == NULL)
    return TRUE;
  *label_id =
      tpo_store_add_label (store, self->their_label, self->their_color, NULL, NULL, error);
  return *label_id != 0;
}

static gboolean
is_among (GPtrArray *keyframes, gint64 time_us)
{
  const TpoKeyframeRecord *keyframe = tpo_track_keyframe_at (keyframes, time_us);

  return keyframe != NULL && keyframe->time_us == time_us;
}

/* Gives my track those keyframes and no others, and that stretch. */
static gboolean
reshape (const TpoDifference *self, TpoStore *store, GPtrArray *keyframes, gint64 start_us,
         gint64 end_us, GError **error)
{
  gint64 id = self->mine->id;

  if (keyframes != NULL && !tpo_store_set_keyframes (store, id, keyframes, end_us, NULL, error))
    return FALSE;
  for (guint i = 0; keyframes != NULL && i < self->my_keyframes->len; i++) {
    gint64 time_us = ((TpoKeyframeRecord *) g_ptr_array_index (self->my_keyframes, i))->time_us;

    if (!is_among (keyframes, time_us) &&
        !tpo_store_remove_keyframe (store, id, time_us, NULL, error))
      return FALSE;
  }
  return tpo_store_set_span (store, id, start_us, end_us, NULL, error);
}

static gboolean
add_theirs (const TpoDifference *self, TpoStore *store, GError **error)
{
  TpoAnnotationRecord record = {
    .video_id = self->video_id,
    .kind = self->theirs->kind,
    .status = TPO_STATUS_MANUAL,
    .text = self->theirs->text,
    .start_us = self->theirs->start_us,
    .end_us = self->theirs->end_us,
    .provenance = TPO_PROVENANCE_IMPORTED,
  };
  g_autoptr (GPtrArray) values = NULL;
  g_autofree char *attributes = NULL;

  if (!find_label (self, store, &record.label_id, error))
    return FALSE;
  values = tpo_said_values_define (self->their_values, store, record.label_id, error);
  attributes = values != NULL ? tpo_store_pack_values (store, values, error) : NULL;
  if (attributes == NULL)
    return FALSE;
  record.attributes = values->len > 0 ? attributes : NULL;
  return tpo_store_add_annotation (store, &record, self->their_keyframes, NULL, error) != 0;
}

static gboolean
take_theirs (const TpoDifference *self, TpoStore *store, GError **error)
{
  gint64 label_id;

  if (self->mine == NULL)
    return add_theirs (self, store, error);
  if (self->theirs == NULL)
    return tpo_store_delete_annotation (store, self->mine->id, NULL, error);
  return find_label (self, store, &label_id, error) &&
         (self->pair.has_same_label ||
          tpo_store_set_annotation_label (store, self->mine->id, label_id, NULL, error)) &&
         reshape (self, store, self->their_keyframes, self->theirs->start_us,
                  self->theirs->end_us, error) &&
         (tpo_difference_has_same_text (self) ||
          tpo_store_set_annotation_text (store, self->mine->id, self->theirs->text, NULL,
                                         error)) &&
         tpo_said_values_give (self->their_values, store, self->mine->id, TRUE, error);
}

static gboolean
blend (const TpoDifference *self, TpoChoice choice, TpoStore *store, GError **error)
{
  const TpoAnnotationRecord *mine = self->mine, *theirs = self->theirs;
  g_autoptr (GPtrArray) keyframes =
      mine->kind != TPO_ANNOTATION_SPAN ? blend_keyframes (self, choice) : NULL;
  gint64 start_us = (mine->start_us + theirs->start_us) / 2;
  gint64 end_us = (mine->end_us + theirs->end_us) / 2;

  if (choice == TPO_CHOICE_UNION) {
    start_us = MIN (mine->start_us, theirs->start_us);
    end_us = MAX (mine->end_us, theirs->end_us);
  } else if (choice == TPO_CHOICE_INTERSECTION) {
    start_us = MAX (mine->start_us, theirs->start_us);
    end_us = MIN (mine->end_us, theirs->end_us);
  }
  return reshape (self, store, keyframes, start_us, end_us, error) &&
         (!self->pair.has_same_label ||
          tpo_said_values_give (self->their_values, store, mine->id, FALSE, error));
}

/* Returns: (transfer full): @keyframes with their masks, or %NULL */
static GPtrArray *
read_masks (TpoStore *store, GPtrArray *keyframes, GError **error)
{
  g_autoptr (GPtrArray) whole =
      g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_keyframe_record_free);

  for (guint i = 0; i < keyframes->len; i++) {
    TpoKeyframeRecord *keyframe = tpo_keyframe_record_copy (g_ptr_array_index (keyframes, i));

    g_ptr_array_add (whole, keyframe);
    if (!keyframe->is_light)
      continue;
    keyframe->mask = tpo_store_get_mask (store, keyframe, error);
    if (keyframe->mask == NULL)
      return NULL;
    keyframe->is_light = FALSE;
  }
  return g_steal_pointer (&whole);
}

static gboolean
apply (const TpoDifference *self, TpoChoice choice, TpoStore *store, GError **error)
{
  return choice == TPO_CHOICE_THEIRS ? take_theirs (self, store, error)
                                     : blend (self, choice, store, error);
}

/* Their project is opened for the first track. Returns: (transfer full): or %NULL with an error */
static GPtrArray *
read_their_masks (const TpoDifference *self, TpoStore **theirs, GError **error)
{
  if (*theirs == NULL)
    *theirs = tpo_store_open (self->their_project, TPO_STORE_READ_ONLY, error);
  return *theirs != NULL ? read_masks (*theirs, self->their_keyframes, error) : NULL;
}

/* The masks of both sides are read now, of this difference alone. */
static gboolean
apply_with_masks (const TpoDifference *self, TpoChoice choice, TpoStore *store,
                  TpoStore **their_store, GError **error)
{
  TpoDifference whole = *self;
  g_autoptr (GPtrArray) mine = NULL;
  g_autoptr (GPtrArray) theirs = NULL;

  if (self->my_keyframes != NULL &&
      (mine = read_masks (store, self->my_keyframes, error)) == NULL)
    return FALSE;
  if (self->their_keyframes != NULL &&
      (theirs = read_their_masks (self, their_store, error)) == NULL)
    return FALSE;
  whole.my_keyframes = mine;
  whole.their_keyframes = theirs;
  return apply (&whole, choice, store, error);
}

/* As one step, of differences of one comparison. */
static gboolean
apply_all (const TpoDifference *const *differences, guint n, TpoChoice choice,
           const TpoEdit *step, TpoStore *store, GError **error)
{
  g_autoptr (TpoStore) theirs = NULL;
  gboolean ok = TRUE;

  if (!tpo_store_begin_group (store, step, error))
    return FALSE;
  for (guint i = 0; i < n && ok; i++)
    ok = apply_with_masks (differences[i], choice, store, &theirs, error);
  return tpo_store_finish_group (store, ok, error);
}

gboolean
tpo_difference_apply (const TpoDifference *self, TpoChoice choice, TpoStore *store,
                      GError **error)
{
  const TpoEdit step = { .name = choice == TPO_CHOICE_THEIRS ? N_ ("Take the Other Label")
                                                             : N_ ("Blend Labels") };

  g_return_val_if_fail (self != NULL && store != NULL, FALSE);
  g_return_val_if_fail (tpo_difference_allows (self, choice), FALSE);

  return choice == TPO_CHOICE_MINE || apply_all (&self, 1, choice, &step, store, error);
}

gboolean
tpo_differences_take (GPtrArray *differences, TpoStore *store, GError **error)
{
  const TpoEdit step = { .name = N_ ("Take Other Labels") };

  g_return_val_if_fail (differences != NULL && store != NULL, FALSE);

  return differences->len == 0 ||
         apply_all ((const TpoDifference *const *) differences->pdata, differences->len,
                    TPO_CHOICE_THEIRS, &step, store, error);
}
