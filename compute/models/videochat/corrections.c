#include "models/videochat/masks.h"

#include <glib/gi18n.h>

/*
 * Objects whose corrections are kept. The session remembers of each object the masks as they were
 * corrected, on the host; an object that is at work has a place in the tracker, where those masks
 * are prompts. So a place can be given to another object, and the mask head can be freed when
 * memory runs short, without anything being lost.
 */

enum {
  MAX_REPLAYED =
      32 /* corrections that a place starts with; others are too far away to matter */
};

typedef struct {
  guint id;                /* the caller's number */
  GHashTable *corrections; /* frame → TpoRle */
  guint place;             /* object of the tracker; TPO_MASKS_PASSING: none */
  guint64 used;            /* when it had work last */
} Followed;

static void
followed_free (gpointer data)
{
  Followed *self = data;

  g_hash_table_unref (self->corrections);
  g_free (self);
}

GPtrArray *
tpo_corrections_new (void)
{
  return g_ptr_array_new_with_free_func (followed_free);
}

void
tpo_corrections_unseat (GPtrArray *followed)
{
  for (guint i = 0; i < followed->len; i++)
    ((Followed *) g_ptr_array_index (followed, i))->place = TPO_MASKS_PASSING;
}

static Followed *
find (TpoSession *self, guint id)
{
  for (guint i = 0; i < self->followed->len; i++) {
    Followed *followed = g_ptr_array_index (self->followed, i);

    if (followed->id == id)
      return followed;
  }
  return NULL;
}

static Followed *
find_or_add (TpoSession *self, guint id)
{
  Followed *followed = find (self, id);

  if (followed != NULL)
    return followed;
  followed = g_new0 (Followed, 1);
  followed->id = id;
  followed->corrections =
      g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) tpo_rle_unref);
  g_ptr_array_add (self->followed, followed);
  return followed;
}

/* ---- places in the tracker ------------------------------------------------------------------- */

/* A free place, or that of the object that had no work for longest. */
static guint
free_place (TpoSession *self)
{
  gboolean is_taken[TPO_MASKS_N_PLACES] = { [TPO_MASKS_PASSING] = TRUE };
  Followed *oldest = NULL;
  guint place;

  for (guint i = 0; i < self->followed->len; i++) {
    Followed *followed = g_ptr_array_index (self->followed, i);

    is_taken[followed->place] = TRUE;
    if (followed->place != TPO_MASKS_PASSING &&
        (oldest == NULL || followed->used < oldest->used))
      oldest = followed;
  }
  for (place = 0; place < TPO_MASKS_N_PLACES; place++) {
    if (!is_taken[place])
      return place;
  }
  place = oldest->place;
  oldest->place = TPO_MASKS_PASSING;
  return place;
}

static gint
compare_distance (gconstpointer a, gconstpointer b, gpointer data)
{
  gint64 frame = *(const guint *) data;
  gint64 first = ABS ((gint64) * (const guint *) a - frame);
  gint64 second = ABS ((gint64) * (const guint *) b - frame);

  return first < second ? -1 : first > second;
}

/* Frames with corrections, the nearest to @frame first. Returns: (transfer full) */
static GArray *
corrected_frames (const Followed *followed, guint frame)
{
  GArray *frames = g_array_new (FALSE, FALSE, sizeof (guint));
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, followed->corrections);
  while (g_hash_table_iter_next (&iter, &key, NULL)) {
    guint corrected = GPOINTER_TO_UINT (key);

    g_array_append_val (frames, corrected);
  }
  g_array_sort_with_data (frames, compare_distance, &frame);
  return frames;
}

/* Gives the tracker the corrections near @frame. */
static gboolean
replay (TpoSession *self, const Followed *followed, guint frame, GCancellable *cancellable,
        GError **error)
{
  g_autoptr (GArray) frames = corrected_frames (followed, frame);

  for (guint i = 0; i < MIN (frames->len, MAX_REPLAYED); i++) {
    guint corrected = g_array_index (frames, guint, i);
    g_auto (TpoMasksPrompt) prompt = { 0 };
    TpoSam2Result result;

    tpo_masks_prompt_init (
        &prompt, NULL, NULL, 0,
        g_hash_table_lookup (followed->corrections, GUINT_TO_POINTER (corrected)));
    if (!tpo_sam2_tracker_prompt (self->tracker, followed->place, corrected, &prompt.prompt,
                                  FALSE, &result, cancellable, error))
      return FALSE;
  }
  return TRUE;
}

/* Makes @followed an object of the tracker, ready for work near @frame. */
static gboolean
seat (TpoSession *self, Followed *followed, guint frame, GCancellable *cancellable,
      GError **error)
{
  followed->used = ++self->n_follows;
  if (!tpo_masks_need_tracker (self, cancellable, error))
    return FALSE;
  if (followed->place != TPO_MASKS_PASSING)
    return TRUE;
  followed->place = free_place (self);
  tpo_sam2_tracker_clear_object (self->tracker, followed->place);
  if (replay (self, followed, frame, cancellable, error))
    return TRUE;
  followed->place = TPO_MASKS_PASSING;
  return FALSE;
}

/* ---- corrections ----------------------------------------------------------------------------- */

static gboolean
check_correction (TpoSession *self, const TpoCorrection *correction, GError **error)
{
  if (!tpo_masks_check_frame (self, correction->frame, error) ||
      (correction->mask != NULL && !tpo_masks_check_size (self, correction->mask, error)))
    return FALSE;
  if (correction->n_points > 0 || correction->box != NULL || correction->mask != NULL)
    return TRUE;
  g_set_error_literal (error, TPO_ERROR, TPO_ERROR_INVALID,
                       _ ("a correction needs a click, a box or a mask"));
  return FALSE;
}

static gboolean
correct (TpoSession *self, const TpoCorrection *correction, TpoRle **mask, float *score,
         GCancellable *cancellable, GError **error)
{
  Followed *followed = find_or_add (self, correction->object);
  g_auto (TpoMasksPrompt) prompt = { 0 };
  TpoSam2Result result;

  tpo_masks_prompt_init (&prompt, correction->box, correction->points, correction->n_points,
                         correction->mask);
  prompt.prompt.conditions = TRUE;
  if (!seat (self, followed, correction->frame, cancellable, error) ||
      !tpo_sam2_tracker_prompt (self->tracker, followed->place, correction->frame,
                                &prompt.prompt, correction->append, &result, cancellable,
                                error))
    return FALSE;
  /* What was drawn stands as it was drawn; the tracker sees it at its own size. */
  if (correction->mask != NULL && prompt.prompt.n_points == 0)
    *mask = tpo_rle_ref ((TpoRle *) correction->mask);
  else
    *mask = tpo_masks_encode (self, result.mask);
  *score = result.iou;
  g_hash_table_insert (followed->corrections, GUINT_TO_POINTER (correction->frame),
                       tpo_rle_ref (*mask));
  return TRUE;
}

/* An object of which nothing is known is no object. */
static void
drop_if_bare (TpoSession *self, guint object)
{
  Followed *followed = find (self, object);

  if (followed != NULL && g_hash_table_size (followed->corrections) == 0)
    g_ptr_array_remove (self->followed, followed);
}

gboolean
tpo_session_correct (TpoSession *self, const TpoCorrection *correction, TpoRle **mask,
                     float *score, GCancellable *cancellable, GError **error)
{
  gboolean ok;

  g_return_val_if_fail (self != NULL && correction != NULL, FALSE);
  g_return_val_if_fail (mask != NULL && score != NULL, FALSE);

  if (!check_correction (self, correction, error))
    return FALSE;
  ok = tpo_model_hold (self->model, TPO_PART_MASK, cancellable, error);
  if (ok) {
    ok = correct (self, correction, mask, score, cancellable, error);
    tpo_model_release (self->model, TPO_PART_MASK);
  }
  if (!ok)
    tpo_model_explain (self->model, error);
  drop_if_bare (self, correction->object);
  return ok;
}

void
tpo_session_uncorrect (TpoSession *self, guint object, guint frame)
{
  Followed *followed;

  g_return_if_fail (self != NULL);

  followed = find (self, object);
  if (followed == NULL ||
      !g_hash_table_remove (followed->corrections, GUINT_TO_POINTER (frame)))
    return;
  if (followed->place != TPO_MASKS_PASSING)
    tpo_sam2_tracker_clear_frame (self->tracker, followed->place, frame);
  drop_if_bare (self, object);
}

void
tpo_session_forget (TpoSession *self, guint object)
{
  Followed *followed;

  g_return_if_fail (self != NULL);

  followed = find (self, object);
  if (followed != NULL)
    g_ptr_array_remove (self->followed, followed);
}

/* ---- propagation ----------------------------------------------------------------------------- */

/* An object on its way through a stretch. */
typedef struct {
  Followed *followed;
  guint last; /* the frame before the next correction, or the end of the stretch */
} Walker;

typedef struct {
  TpoSession *session;
  TpoReport report;
  Walker walkers[TPO_MASKS_N_PLACES];
  guint n_walkers;
  guint64 n_masks, n_done; /* all that will be reported, and what was */
} Walk;

/* Corrected frames are barriers: they stand, and what lies behind them is theirs. */
static guint
find_barrier (const Followed *followed, const TpoStretch *stretch)
{
  gboolean backward = stretch->last < stretch->first;
  guint last = stretch->last;
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, followed->corrections);
  while (g_hash_table_iter_next (&iter, &key, NULL)) {
    guint frame = GPOINTER_TO_UINT (key);

    if (backward && frame < stretch->first && frame >= last)
      last = frame + 1;
    else if (!backward && frame > stretch->first && frame <= last)
      last = frame - 1;
  }
  return last;
}

/* The mask of a frame: as it was corrected, to the pixel, or as it was found. */
static TpoRle *
mask_of (const Walk *walk, const Followed *followed, const TpoSam2Result *result)
{
  TpoRle *corrected =
      g_hash_table_lookup (followed->corrections, GUINT_TO_POINTER (result->frame));

  return corrected != NULL ? tpo_rle_ref (corrected)
                           : tpo_masks_encode (walk->session, result->mask);
}

static gboolean
on_walk (const TpoSam2Result *result, gpointer user_data)
{
  Walk *walk = user_data;

  walk->n_done++;
  for (guint i = 0; i < walk->n_walkers; i++) {
    const Followed *followed = walk->walkers[i].followed;
    g_autoptr (TpoRle) mask = NULL;

    if (followed->place != result->object)
      continue;
    mask = mask_of (walk, followed, result);
    tpo_masks_report (&walk->report, result, mask, followed->id,
                      (double) walk->n_done / (double) walk->n_masks);
  }
  return TRUE;
}

static gboolean
start_walk (Walk *walk, const TpoStretch *stretch, GCancellable *cancellable, GError **error)
{
  for (guint i = 0; i < stretch->n_objects; i++) {
    Followed *followed = find (walk->session, stretch->objects[i]);
    guint last;

    if (followed == NULL) {
      g_set_error (error, TPO_ERROR, TPO_ERROR_INVALID,
                   _ ("an object needs a box, a click or a mask before it can be followed"));
      return FALSE;
    }
    if (!seat (walk->session, followed, stretch->first, cancellable, error))
      return FALSE;
    last = find_barrier (followed, stretch);
    walk->walkers[walk->n_walkers++] = (Walker){ followed, last };
    walk->n_masks += 1 + (guint64) ABS ((gint64) last - (gint64) stretch->first);
  }
  return TRUE;
}

/* Objects leave the walk where their barrier is; up to the nearest of those all go together. */
static gboolean
walk_on (Walk *walk, const TpoStretch *stretch, GCancellable *cancellable, GError **error)
{
  gboolean backward = stretch->last < stretch->first;
  guint objects[TPO_MASKS_N_PLACES], first = stretch->first;

  for (guint n = walk->n_walkers; n > 0;) {
    guint last = walk->walkers[0].last, kept = 0;

    for (guint i = 0; i < n; i++) {
      objects[i] = walk->walkers[i].followed->place;
      last = backward ? MAX (last, walk->walkers[i].last) : MIN (last, walk->walkers[i].last);
    }
    if (!tpo_sam2_tracker_propagate (walk->session->tracker,
                                     &(TpoSam2Stretch){ objects, n, first, last }, on_walk,
                                     walk, cancellable, error))
      return FALSE;
    for (guint i = 0; i < n; i++) {
      if (walk->walkers[i].last != last)
        walk->walkers[kept++] = walk->walkers[i];
    }
    n = walk->n_walkers = kept;
    first = backward ? last - 1 : last + 1;
  }
  return TRUE;
}

gboolean
tpo_session_propagate (TpoSession *self, const TpoStretch *stretch, TpoEventFunc on_event,
                       gpointer user_data, GCancellable *cancellable, GError **error)
{
  Walk walk = { .session = self, .report = { on_event, user_data } };
  gboolean ok;

  g_return_val_if_fail (self != NULL && stretch != NULL && on_event != NULL, FALSE);

  if (!tpo_masks_check_frame (self, stretch->first, error) ||
      !tpo_masks_check_frame (self, stretch->last, error))
    return FALSE;
  if (stretch->n_objects >= TPO_MASKS_N_PLACES) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_INVALID,
                 _ ("%u objects are too many to be followed at once; %d can be"),
                 stretch->n_objects, TPO_MASKS_N_PLACES - 1);
    return FALSE;
  }
  ok = tpo_model_hold (self->model, TPO_PART_MASK, cancellable, error);
  if (ok) {
    tpo_report_step (&walk.report, N_ ("Following the object"), 0.0);
    ok = start_walk (&walk, stretch, cancellable, error) &&
         walk_on (&walk, stretch, cancellable, error);
    tpo_model_release (self->model, TPO_PART_MASK);
  }
  if (!ok)
    tpo_model_explain (self->model, error);
  return ok;
}
