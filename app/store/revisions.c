#include <glib/gi18n.h>
#include <inttypes.h>

#include <tpo/error.h>

#include "store/tpo-store-annotations.h"
#include "store/tpo-store-private.h"

/* Changes: the head's state, changed, becomes a new revision. */

typedef struct {
  TpoTransaction transaction;
  TpoAnnotationRecord *state;
  const TpoEdit *edit;
} Revision;

static void
revision_clear (Revision *self)
{
  tpo_transaction_clear (&self->transaction);
  g_clear_pointer (&self->state, tpo_annotation_record_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Revision, revision_clear)

static gboolean
revision_begin (Revision *self, TpoStore *store, gint64 annotation_id, const TpoEdit *edit,
                const char *name, GError **error)
{
  self->edit = edit;
  if (!tpo_transaction_begin (&self->transaction, store, edit, name, error))
    return FALSE;
  self->state = tpo_store_get_annotation (store, annotation_id, error);
  return self->state != NULL;
}

/* A person has changed where or when it is. */
static void
revision_correct (Revision *self)
{
  TpoAnnotationRecord *state = self->state;

  if (state->prediction_id != 0) {
    state->status = TPO_STATUS_CORRECTED;
    state->provenance = TPO_PROVENANCE_MODEL_CORRECTED;
  } else if (state->status == TPO_STATUS_DISCARDED) {
    state->status = TPO_STATUS_MANUAL;
  }
}

static gboolean
revision_commit (Revision *self, GPtrArray *keyframes, const GArray *removed_us, GError **error)
{
  return tpo_store_add_revision (self->transaction.store, self->state, keyframes, removed_us,
                                 self->edit, error) &&
         tpo_transaction_commit (&self->transaction, error);
}

gboolean
tpo_store_set_span (TpoStore *self, gint64 annotation_id, gint64 start_us, gint64 end_us,
                    const TpoEdit *edit, GError **error)
{
  g_auto (Revision) revision = { 0 };

  g_return_val_if_fail (self != NULL, FALSE);

  if (!tpo_span_check (start_us, end_us, error) ||
      !revision_begin (&revision, self, annotation_id, edit, N_ ("Move Span"), error))
    return FALSE;
  if (revision.state->start_us == start_us || revision.state->end_us == end_us)
    tpo_transaction_rename (&revision.transaction, edit, N_ ("Move Span Edge"));
  revision.state->start_us = start_us;
  revision.state->end_us = end_us;
  revision_correct (&revision);
  return revision_commit (&revision, NULL, NULL, error);
}

static const char *
name_of_keyframes (GPtrArray *keyframes)
{
  const TpoKeyframeRecord *first = keyframes->pdata[0];

  if (keyframes->len > 1)
    return N_ ("Track Object");
  if (first->is_absent)
    return N_ ("Mark Absent");
  return tpo_keyframe_has_mask (first) ? N_ ("Edit Mask") : N_ ("Move Box");
}

gboolean
tpo_store_set_keyframes (TpoStore *self, gint64 annotation_id, GPtrArray *keyframes,
                         gint64 last_frame_end_us, const TpoEdit *edit, GError **error)
{
  g_auto (Revision) revision = { 0 };
  gboolean is_by_hand = FALSE;

  g_return_val_if_fail (self != NULL && keyframes != NULL && keyframes->len > 0, FALSE);

  if (!revision_begin (&revision, self, annotation_id, edit, name_of_keyframes (keyframes),
                       error))
    return FALSE;
  if (revision.state->kind == TPO_ANNOTATION_SPAN) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_INVALID,
                 _ ("Annotation %" PRId64 " is a span, which has no keyframes."),
                 annotation_id);
    return FALSE;
  }
  for (guint i = 0; i < keyframes->len; i++) {
    const TpoKeyframeRecord *keyframe = keyframes->pdata[i];

    revision.state->start_us = MIN (revision.state->start_us, keyframe->time_us);
    is_by_hand = is_by_hand || tpo_keyframe_is_by_hand (keyframe);
  }
  revision.state->end_us = MAX (revision.state->end_us, last_frame_end_us);
  if (is_by_hand)
    revision_correct (&revision);
  return revision_commit (&revision, keyframes, NULL, error);
}

gboolean
tpo_store_set_keyframe (TpoStore *self, gint64 annotation_id, const TpoKeyframeRecord *keyframe,
                        gint64 frame_end_us, const TpoEdit *edit, GError **error)
{
  g_autoptr (GPtrArray) keyframes = g_ptr_array_new ();

  g_return_val_if_fail (keyframe != NULL, FALSE);

  g_ptr_array_add (keyframes, (gpointer) keyframe);
  return tpo_store_set_keyframes (self, annotation_id, keyframes, frame_end_us, edit, error);
}

gboolean
tpo_store_remove_keyframe (TpoStore *self, gint64 annotation_id, gint64 time_us,
                           const TpoEdit *edit, GError **error)
{
  g_auto (Revision) revision = { 0 };
  g_autoptr (GArray) removed_us = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GPtrArray) keyframes = NULL;
  const TpoKeyframeRecord *keyframe;

  g_return_val_if_fail (self != NULL, FALSE);

  g_array_append_val (removed_us, time_us);
  if (!revision_begin (&revision, self, annotation_id, edit, N_ ("Remove Keyframe"), error))
    return FALSE;
  keyframes = tpo_store_list_light_keyframes (self, revision.state->revision_id, G_MININT64,
                                              G_MAXINT64, error);
  if (keyframes == NULL)
    return FALSE;
  keyframe = tpo_track_keyframe_at (keyframes, time_us);
  if (keyframe == NULL || keyframe->time_us != time_us || keyframes->len == 1) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_INVALID,
                 keyframes->len == 1
                     ? _ ("A track keeps its last keyframe; delete the track instead.")
                     : _ ("There is no keyframe at this time."));
    return FALSE;
  }
  revision_correct (&revision);
  return revision_commit (&revision, NULL, removed_us, error);
}

/* What the model said of frames after @time_us and before @end_us. Returns: (transfer full) (nullable) */
static GArray *
find_predicted (TpoStore *self, gint64 revision_id, gint64 time_us, gint64 end_us,
                GError **error)
{
  g_autoptr (GPtrArray) keyframes =
      tpo_store_list_light_keyframes (self, revision_id, time_us + 1, end_us, error);
  GArray *times_us;

  if (keyframes == NULL)
    return NULL;
  times_us = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = 0; i < keyframes->len; i++) {
    const TpoKeyframeRecord *keyframe = keyframes->pdata[i];

    if (!tpo_keyframe_is_by_hand (keyframe))
      g_array_append_val (times_us, keyframe->time_us);
  }
  return times_us;
}

gboolean
tpo_store_set_absent (TpoStore *self, gint64 annotation_id, const TpoKeyframeRecord *absence,
                      gint64 end_us, gint64 frame_end_us, const TpoEdit *edit, GError **error)
{
  g_auto (Revision) revision = { 0 };
  g_autoptr (GPtrArray) keyframes = g_ptr_array_new ();
  g_autoptr (GArray) removed_us = NULL;

  g_return_val_if_fail (self != NULL && absence != NULL && absence->is_absent, FALSE);

  if (!revision_begin (&revision, self, annotation_id, edit, N_ ("Mark Absent"), error))
    return FALSE;
  removed_us = find_predicted (self, revision.state->revision_id, absence->time_us,
                               MAX (end_us, absence->time_us + 1), error);
  if (removed_us == NULL)
    return FALSE;
  g_ptr_array_add (keyframes, (gpointer) absence);
  revision.state->start_us = MIN (revision.state->start_us, absence->time_us);
  revision.state->end_us = MAX (revision.state->end_us, frame_end_us);
  revision_correct (&revision);
  return revision_commit (&revision, keyframes, removed_us, error);
}

/* A track as @change says. Returns: whether that makes sense */
static gboolean
revision_change_track (Revision *self, const TpoTrackChange *change, GError **error)
{
  if (!tpo_span_check (change->start_us, change->end_us, error))
    return FALSE;
  self->state->start_us = change->start_us;
  self->state->end_us = change->end_us;
  revision_correct (self);
  return TRUE;
}

gboolean
tpo_store_change_track (TpoStore *self, gint64 annotation_id, const TpoTrackChange *change,
                        const TpoEdit *edit, GError **error)
{
  g_auto (Revision) revision = { 0 };

  g_return_val_if_fail (self != NULL && change != NULL, FALSE);

  return revision_begin (&revision, self, annotation_id, edit, N_ ("Change Track"), error) &&
         revision_change_track (&revision, change, error) &&
         revision_commit (&revision, change->keyframes, change->removed_us, error);
}

gint64
tpo_store_split_off_track (TpoStore *self, gint64 annotation_id, const TpoTrackChange *change,
                           const TpoEdit *edit, GError **error)
{
  g_auto (Revision) revision = { 0 };
  gint64 id;

  g_return_val_if_fail (self != NULL && change != NULL, 0);

  if (!revision_begin (&revision, self, annotation_id, edit, N_ ("Split Track"), error) ||
      !revision_change_track (&revision, change, error))
    return 0;
  id = tpo_store_insert_annotation (self, revision.state, change->keyframes, change->removed_us,
                                    edit, error);
  return id != 0 && tpo_transaction_commit (&revision.transaction, error) ? id : 0;
}

gboolean
tpo_store_set_annotation_label (TpoStore *self, gint64 annotation_id, gint64 label_id,
                                const TpoEdit *edit, GError **error)
{
  g_auto (Revision) revision = { 0 };

  g_return_val_if_fail (self != NULL, FALSE);

  if (!revision_begin (&revision, self, annotation_id, edit, N_ ("Change Label"), error))
    return FALSE;
  revision.state->label_id = label_id;
  return revision_commit (&revision, NULL, NULL, error);
}

gboolean
tpo_store_set_annotation_text (TpoStore *self, gint64 annotation_id, const char *text,
                               const TpoEdit *edit, GError **error)
{
  g_auto (Revision) revision = { 0 };

  g_return_val_if_fail (self != NULL, FALSE);

  if (!revision_begin (&revision, self, annotation_id, edit, N_ ("Edit Caption"), error))
    return FALSE;
  g_free (revision.state->text);
  revision.state->text = g_strdup (text);
  return revision_commit (&revision, NULL, NULL, error);
}

gboolean
tpo_store_set_status (TpoStore *self, gint64 annotation_id, TpoAnnotationStatus status,
                      const TpoEdit *edit, GError **error)
{
  static const char *const names[TPO_STATUS_COUNT] = {
    [TPO_STATUS_PREDICTED] = N_ ("Take Back Review"),
    [TPO_STATUS_ACCEPTED] = N_ ("Accept"),
    [TPO_STATUS_CORRECTED] = N_ ("Mark as Corrected"),
    [TPO_STATUS_MANUAL] = N_ ("Mark as Manual"),
    [TPO_STATUS_DISCARDED] = N_ ("Discard"),
  };
  g_auto (Revision) revision = { 0 };

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail ((guint) status < TPO_STATUS_COUNT, FALSE);

  if (!revision_begin (&revision, self, annotation_id, edit, names[status], error))
    return FALSE;
  revision.state->status = status;
  return revision_commit (&revision, NULL, NULL, error);
}

gboolean
tpo_store_set_attribute (TpoStore *self, gint64 annotation_id, gint64 attribute_id,
                         const char *value, const TpoEdit *edit, GError **error)
{
  g_auto (Revision) revision = { 0 };
  char *values;

  g_return_val_if_fail (self != NULL, FALSE);

  if (!revision_begin (&revision, self, annotation_id, edit, N_ ("Change Attribute"), error) ||
      !tpo_attribute_check (self, attribute_id, revision.state->label_id, value, error))
    return FALSE;
  values = tpo_values_set (self, revision.state->attributes, attribute_id, value, error);
  if (values == NULL)
    return FALSE;
  g_free (revision.state->attributes);
  revision.state->attributes = values;
  return revision_commit (&revision, NULL, NULL, error);
}

/* Steps of the curve that the annotation's head predicted; 0 without one. */
static gboolean
count_steps (TpoStore *self, gint64 prediction_id, gint64 *n_steps, GError **error)
{
  return tpo_sql_get_int (self, n_steps, error,
                          "SELECT length(saliency) / 4 FROM prediction WHERE id = ?1",
                          TPO_VALUES (tpo_int (prediction_id)));
}

gboolean
tpo_store_set_saliency (TpoStore *self, gint64 annotation_id, const float *saliency,
                        guint n_saliency, const TpoEdit *edit, GError **error)
{
  g_auto (Revision) revision = { 0 };
  gint64 n_steps = 0;

  g_return_val_if_fail (self != NULL && (saliency != NULL || n_saliency == 0), FALSE);

  if (!revision_begin (&revision, self, annotation_id, edit, N_ ("Edit Highlight Curve"),
                       error) ||
      !count_steps (self, revision.state->prediction_id, &n_steps, error))
    return FALSE;
  if (n_saliency != 0 && n_saliency != n_steps) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_INVALID,
                 _ ("The highlight curve has %" PRId64 " steps, not %u."), n_steps, n_saliency);
    return FALSE;
  }
  g_free (revision.state->saliency);
  revision.state->saliency = g_memdup2 (saliency, n_saliency * sizeof (float));
  revision.state->n_saliency = n_saliency;
  revision_correct (&revision);
  return revision_commit (&revision, NULL, NULL, error);
}

gboolean
tpo_store_restore_revision (TpoStore *self, gint64 revision_id, const TpoEdit *edit,
                            GError **error)
{
  g_auto (TpoTransaction) transaction = { 0 };
  g_autoptr (TpoAnnotationRecord) state = NULL;

  g_return_val_if_fail (self != NULL, FALSE);

  if (!tpo_transaction_begin (&transaction, self, edit, N_ ("Restore"), error))
    return FALSE;
  /* As a child of the one wanted it has that one's keyframes. */
  state = tpo_store_get_revision (self, revision_id, error);
  return state != NULL && tpo_store_add_revision (self, state, NULL, NULL, edit, error) &&
         tpo_transaction_commit (&transaction, error);
}

gboolean
tpo_store_bring_back_annotation (TpoStore *self, gint64 annotation_id, const TpoEdit *edit,
                                 GError **error)
{
  gint64 before_id = 0;

  g_return_val_if_fail (self != NULL, FALSE);

  return tpo_sql_get_int (self, &before_id, error,
                          "SELECT r.parent_id FROM annotation AS a "
                          "JOIN revision AS r ON r.id = a.revision_id AND r.is_deleted "
                          "WHERE a.id = ?1",
                          TPO_VALUES (tpo_int (annotation_id))) &&
         tpo_store_restore_revision (self, before_id, edit, error);
}

gboolean
tpo_store_delete_annotation (TpoStore *self, gint64 annotation_id, const TpoEdit *edit,
                             GError **error)
{
  g_auto (Revision) revision = { 0 };

  g_return_val_if_fail (self != NULL, FALSE);

  if (!revision_begin (&revision, self, annotation_id, edit, N_ ("Delete"), error))
    return FALSE;
  revision.state->is_deleted = TRUE;
  return revision_commit (&revision, NULL, NULL, error);
}
