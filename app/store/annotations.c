#include <glib/gi18n.h>
#include <inttypes.h>

#include <tpo/error.h>

#include "store/tpo-store-annotations.h"
#include "store/tpo-store-predictions.h"
#include "store/tpo-store-private.h"

/*
 * An annotation's head is its current revision. A revision holds the annotation's few values in
 * full, but only those keyframes that it changed: the keyframes of a revision are its own, over
 * its parent's, over that one's parent's, and so on. Undo moves the head, nothing else.
 */

#define COLUMNS                                                                             \
  "a.id, a.video_id, a.prediction_id, a.created_us, a.kind, r.status, r.label_id, r.text, " \
  "r.start_us, r.end_us, r.id, r.provenance, r.author, r.seconds_spent, r.created_us, "     \
  "r.is_deleted, r.attributes, r.saliency, a.is_locked, a.is_hidden, r.parent_id"

static gpointer
annotation_from_row (TpoStore *self, sqlite3_stmt *row, GError **error)
{
  g_autoptr (TpoAnnotationRecord) annotation = g_new0 (TpoAnnotationRecord, 1);
  int kind = tpo_annotation_kind_from_name ((const char *) sqlite3_column_text (row, 4));
  int status = tpo_annotation_status_from_name ((const char *) sqlite3_column_text (row, 5));
  int provenance = tpo_provenance_from_name ((const char *) sqlite3_column_text (row, 11));

  annotation->id = sqlite3_column_int64 (row, 0);
  annotation->video_id = sqlite3_column_int64 (row, 1);
  annotation->prediction_id = sqlite3_column_int64 (row, 2);
  annotation->created_us = sqlite3_column_int64 (row, 3);
  annotation->label_id = sqlite3_column_int64 (row, 6);
  annotation->text = tpo_column_text (row, 7);
  annotation->start_us = sqlite3_column_int64 (row, 8);
  annotation->end_us = sqlite3_column_int64 (row, 9);
  annotation->revision_id = sqlite3_column_int64 (row, 10);
  annotation->author = tpo_column_text (row, 12);
  annotation->seconds_spent = sqlite3_column_double (row, 13);
  annotation->revised_us = sqlite3_column_int64 (row, 14);
  annotation->is_deleted = sqlite3_column_int (row, 15) != 0;
  annotation->attributes = tpo_column_text (row, 16);
  annotation->saliency = tpo_column_curve (row, 17, &annotation->n_saliency);
  annotation->is_locked = sqlite3_column_int (row, 18) != 0;
  annotation->is_hidden = sqlite3_column_int (row, 19) != 0;
  annotation->parent_revision_id = sqlite3_column_int64 (row, 20);
  if (kind < 0 || status < 0 || provenance < 0 || annotation->author == NULL ||
      annotation->end_us <= annotation->start_us)
    return tpo_bad_row (self, "annotation", annotation->id, error);
  annotation->kind = (TpoAnnotationKind) kind;
  annotation->status = (TpoAnnotationStatus) status;
  annotation->provenance = (TpoProvenance) provenance;
  return g_steal_pointer (&annotation);
}

TpoAnnotationRecord *
tpo_store_get_annotation (TpoStore *self, gint64 annotation_id, GError **error)
{
  g_return_val_if_fail (self != NULL, NULL);

  return tpo_sql_get (self, annotation_from_row, "annotation", annotation_id, error,
                      "SELECT " COLUMNS " FROM annotation AS a "
                      "JOIN revision AS r ON r.id = a.revision_id "
                      "WHERE a.id = ?1 AND NOT r.is_deleted");
}

GPtrArray *
tpo_store_list_withdrawn (TpoStore *self, gint64 video_id, gint64 prediction_id, GError **error)
{
  g_return_val_if_fail (self != NULL, NULL);

  return tpo_sql_list (self, annotation_from_row, (GDestroyNotify) tpo_annotation_record_free,
                       error,
                       "SELECT " COLUMNS " FROM annotation AS a "
                       "JOIN revision AS r ON r.id = a.revision_id "
                       "WHERE a.video_id = ?1 AND r.is_deleted AND a.prediction_id IS NOT NULL"
                       "  AND (?2 IS NULL OR a.prediction_id = ?2) ORDER BY a.id",
                       TPO_VALUES (tpo_int (video_id), tpo_id (prediction_id)));
}

GArray *
tpo_store_list_heads (TpoStore *self, gint64 video_id, GError **error)
{
  g_return_val_if_fail (self != NULL, NULL);

  G_STATIC_ASSERT (sizeof (TpoHead) == 2 * sizeof (gint64));
  return tpo_sql_list_ints (self, 2, error,
                            "SELECT a.id, r.id FROM annotation AS a "
                            "JOIN revision AS r ON r.id = a.revision_id "
                            "WHERE a.video_id = ?1 AND NOT r.is_deleted ORDER BY a.id",
                            TPO_VALUES (tpo_int (video_id)));
}

TpoAnnotationRecord *
tpo_store_get_revision (TpoStore *self, gint64 revision_id, GError **error)
{
  return tpo_sql_get (self, annotation_from_row, "revision", revision_id, error,
                      "SELECT " COLUMNS " FROM revision AS r "
                      "JOIN annotation AS a ON a.id = r.annotation_id WHERE r.id = ?1");
}

GPtrArray *
tpo_store_list_annotations (TpoStore *self, gint64 video_id, GError **error)
{
  g_return_val_if_fail (self != NULL, NULL);

  return tpo_sql_list (self, annotation_from_row, (GDestroyNotify) tpo_annotation_record_free,
                       error,
                       "SELECT " COLUMNS " FROM annotation AS a "
                       "JOIN revision AS r ON r.id = a.revision_id "
                       "WHERE a.video_id = ?1 AND NOT r.is_deleted ORDER BY r.start_us, a.id",
                       TPO_VALUES (tpo_int (video_id)));
}

GPtrArray *
tpo_store_list_revisions (TpoStore *self, gint64 annotation_id, GError **error)
{
  g_return_val_if_fail (self != NULL, NULL);

  return tpo_sql_list (self, annotation_from_row, (GDestroyNotify) tpo_annotation_record_free,
                       error,
                       "SELECT " COLUMNS " FROM annotation AS a "
                       "JOIN revision AS r ON r.annotation_id = a.id "
                       "WHERE a.id = ?1 ORDER BY r.id",
                       TPO_VALUES (tpo_int (annotation_id)));
}

/* The revision ?1 and all that it derives from. */
#define CHAIN                                                                                  \
  "WITH RECURSIVE chain (id, depth) AS ("                                                      \
  "  SELECT ?1, 0 "                                                                            \
  "  UNION ALL SELECT r.parent_id, depth + 1 FROM chain JOIN revision AS r ON r.id = chain.id" \
  "    WHERE r.parent_id < r.id"                                                               \
  ") "

/* Of each time from ?2 to ?3 the keyframe nearest to the revision ?1: with min(), SQLite takes the
 * other columns, of which @inner are read, from the same row. A parent is older than its child, so
 * that the walk must end. */
#define NEAREST(columns, inner)                                         \
  CHAIN "SELECT " columns ", revision_id FROM ("                        \
        "  SELECT " inner ", min(depth)"                                \
        "  FROM chain JOIN keyframe AS k ON k.revision_id = chain.id"   \
        "  WHERE k.time_us >= ?2 AND k.time_us < ?3 GROUP BY k.time_us" \
        ") WHERE state <> 'removed' ORDER BY time_us"

static GPtrArray *
list_nearest (TpoStore *self, const char *sql, gint64 revision_id, gint64 start_us,
              gint64 end_us, GError **error)
{
  return tpo_sql_list (
      self, tpo_keyframe_from_row, (GDestroyNotify) tpo_keyframe_record_free, error, sql,
      TPO_VALUES (tpo_int (revision_id), tpo_int (start_us), tpo_int (end_us)));
}

GPtrArray *
tpo_store_list_keyframes (TpoStore *self, gint64 revision_id, gint64 start_us, gint64 end_us,
                          GError **error)
{
  g_return_val_if_fail (self != NULL, NULL);

  return list_nearest (self, NEAREST (TPO_KEYFRAME_COLUMNS, "k.*"), revision_id, start_us,
                       end_us, error);
}

GPtrArray *
tpo_store_list_light_keyframes (TpoStore *self, gint64 revision_id, gint64 start_us,
                                gint64 end_us, GError **error)
{
  g_return_val_if_fail (self != NULL, NULL);

  return list_nearest (self,
                       NEAREST (TPO_LIGHT_KEYFRAME_COLUMNS,
                                "time_us, state, x0, y0, x1, y1, mask_width, mask_height, "
                                "provenance, score, revision_id"),
                       revision_id, start_us, end_us, error);
}

enum {
  LONG = 1000
};

/* Whether @sql, of the revision ?1, gives ?2 rows. Unreadable: what lists them says so. */
static gboolean
is_long (TpoStore *self, const char *sql, gint64 revision_id)
{
  gint64 n = 0;

  return tpo_sql_get_int (self, &n, NULL, sql,
                          TPO_VALUES (tpo_int (revision_id), tpo_int (LONG))) &&
         n == LONG;
}

gboolean
tpo_store_has_long_track (TpoStore *self, gint64 revision_id)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return is_long (self,
                  CHAIN "SELECT count(*) FROM (SELECT 1 FROM chain"
                        "  JOIN keyframe AS k ON k.revision_id = chain.id LIMIT ?2)",
                  revision_id);
}

gboolean
tpo_store_has_long_change (TpoStore *self, gint64 revision_id)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return is_long (self,
                  "SELECT count(*) FROM "
                  "(SELECT 1 FROM keyframe WHERE revision_id = ?1 LIMIT ?2)",
                  revision_id);
}

GPtrArray *
tpo_store_list_changed_keyframes (TpoStore *self, gint64 revision_id, GArray **removed_us,
                                  GError **error)
{
  GPtrArray *set;

  g_return_val_if_fail (self != NULL && removed_us != NULL, NULL);

  *removed_us = tpo_sql_list_ints (self, 1, error,
                                   "SELECT time_us FROM keyframe "
                                   "WHERE revision_id = ?1 AND state = 'removed' ORDER BY 1",
                                   TPO_VALUES (tpo_int (revision_id)));
  if (*removed_us == NULL)
    return NULL;
  set = tpo_sql_list (self, tpo_keyframe_from_row, (GDestroyNotify) tpo_keyframe_record_free,
                      error,
                      "SELECT " TPO_LIGHT_KEYFRAME_COLUMNS ", revision_id FROM keyframe "
                      "WHERE revision_id = ?1 AND state <> 'removed' ORDER BY time_us",
                      TPO_VALUES (tpo_int (revision_id)));
  if (set == NULL)
    g_clear_pointer (removed_us, g_array_unref);
  return set;
}

TpoKeyframeRecord *
tpo_store_get_replaced_keyframe (TpoStore *self, gint64 revision_id, gint64 time_us,
                                 GError **error)
{
  g_autoptr (GPtrArray) found = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  found = tpo_sql_list (
      self, tpo_keyframe_from_row, (GDestroyNotify) tpo_keyframe_record_free, error,
      CHAIN "SELECT " TPO_KEYFRAME_COLUMNS ", revision_id "
            "FROM chain JOIN keyframe AS k ON k.revision_id = chain.id "
            "WHERE k.time_us = ?2 AND k.provenance = 'model' AND k.state <> 'removed' "
            "ORDER BY depth LIMIT 1",
      TPO_VALUES (tpo_int (revision_id), tpo_int (time_us)));
  return found != NULL && found->len > 0 ? tpo_keyframe_record_copy (found->pdata[0]) : NULL;
}

#define INSERT_KEYFRAME                                           \
  "INSERT INTO keyframe (revision_id, " TPO_KEYFRAME_COLUMNS ") " \
  "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)"

static gboolean
find_next_revision (TpoStore *self, gint64 *id, GError **error)
{
  *id = 0;
  return tpo_sql_get_int (self, id, error, "SELECT coalesce(max(id), 0) + 1 FROM revision",
                          TPO_NO_VALUES);
}

/* Its keyframes are there already; none may follow. */
static gboolean
insert_revision (TpoStore *self, gint64 id, const TpoAnnotationRecord *state,
                 const TpoEdit *edit, GError **error)
{
  g_autoptr (GByteArray) curve = tpo_curve_pack (state->saliency, state->n_saliency);

  return tpo_sql_run (
             self, error,
             "INSERT INTO revision (id, annotation_id, parent_id, status, label_id, text,"
             "  start_us, end_us, is_deleted, provenance, author, seconds_spent, created_us,"
             "  attributes, saliency) "
             "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
             TPO_VALUES (
                 tpo_int (id), tpo_int (state->id), tpo_id (state->revision_id),
                 tpo_text (tpo_annotation_status_name (state->status)),
                 tpo_id (state->label_id), tpo_text (state->text), tpo_int (state->start_us),
                 tpo_int (state->end_us), tpo_int (state->is_deleted != 0),
                 tpo_text (tpo_provenance_name (state->provenance)), tpo_text (self->author),
                 tpo_real (edit != NULL ? MAX (edit->seconds_spent, 0) : 0),
                 tpo_int (g_get_real_time ()), tpo_text (state->attributes),
                 curve->len > 0 ? tpo_blob (curve->data, curve->len) : tpo_null ())) &&
         tpo_journal_set (self, TPO_FIELD_ANNOTATION_REVISION, state->id, tpo_int (id), error);
}

gboolean
tpo_store_add_revision (TpoStore *self, const TpoAnnotationRecord *state, GPtrArray *keyframes,
                        const GArray *removed_us, const TpoEdit *edit, GError **error)
{
  gint64 id;

  if (!find_next_revision (self, &id, error))
    return FALSE;
  for (guint i = 0; keyframes != NULL && i < keyframes->len; i++) {
    g_autoptr (TpoKeyframeRecord) keyframe =
        tpo_keyframe_check (self, keyframes->pdata[i], error);

    if (keyframe == NULL ||
        !tpo_store_insert_keyframe (self, INSERT_KEYFRAME, id, keyframe, error))
      return FALSE;
  }
  for (guint i = 0; removed_us != NULL && i < removed_us->len; i++)
    if (!tpo_sql_run (
            self, error,
            "INSERT INTO keyframe (revision_id, time_us, state, provenance) "
            "VALUES (?1, ?2, 'removed', 'human')",
            TPO_VALUES (tpo_int (id), tpo_int (g_array_index (removed_us, gint64, i)))))
      return FALSE;
  return insert_revision (self, id, state, edit, error);
}

gboolean
tpo_store_set_shown (TpoStore *self, gint64 annotation_id, gboolean is_locked,
                     gboolean is_hidden, GError **error)
{
  g_auto (TpoTransaction) transaction = { 0 };

  g_return_val_if_fail (self != NULL, FALSE);

  return tpo_transaction_begin (&transaction, self, NULL, NULL, error) &&
         tpo_sql_run (self, error,
                      "UPDATE annotation SET is_locked = ?2, is_hidden = ?3 WHERE id = ?1",
                      TPO_VALUES (tpo_int (annotation_id), tpo_int (is_locked != 0),
                                  tpo_int (is_hidden != 0))) &&
         tpo_transaction_commit (&transaction, error);
}

gboolean
tpo_span_check (gint64 start_us, gint64 end_us, GError **error)
{
  if (start_us < end_us)
    return TRUE;
  g_set_error (error, TPO_ERROR, TPO_ERROR_INVALID,
               _ ("A span must end after it starts, not from %" PRId64 " to %" PRId64 " µs."),
               start_us, end_us);
  return FALSE;
}

/* Returns: its id, or 0 */
static gint64
insert_row (TpoStore *self, const TpoAnnotationRecord *annotation, GError **error)
{
  return tpo_sql_run (self, error,
                      "INSERT INTO annotation (video_id, kind, prediction_id, created_us) "
                      "VALUES (?1, ?2, ?3, ?4)",
                      TPO_VALUES (tpo_int (annotation->video_id),
                                  tpo_text (tpo_annotation_kind_name (annotation->kind)),
                                  tpo_id (annotation->prediction_id),
                                  tpo_int (g_get_real_time ())))
             ? sqlite3_last_insert_rowid (self->db)
             : 0;
}

gint64
tpo_store_insert_annotation (TpoStore *self, const TpoAnnotationRecord *annotation,
                             GPtrArray *keyframes, const GArray *removed_us,
                             const TpoEdit *edit, GError **error)
{
  TpoAnnotationRecord state = *annotation;

  state.id = insert_row (self, annotation, error);
  return state.id != 0 &&
                 tpo_store_add_revision (self, &state, keyframes, removed_us, edit, error)
             ? state.id
             : 0;
}

static const char *const add_names[TPO_ANNOTATION_KIND_COUNT] = {
  [TPO_ANNOTATION_SPAN] = N_ ("Add Span"),
  [TPO_ANNOTATION_BOX_TRACK] = N_ ("Add Box"),
  [TPO_ANNOTATION_MASK_TRACK] = N_ ("Add Mask"),
};

/* What a new annotation must have. */
static gboolean
check_new (const TpoAnnotationRecord *annotation, GPtrArray *keyframes, GError **error)
{
  if (!tpo_span_check (annotation->start_us, annotation->end_us, error))
    return FALSE;
  if (annotation->kind == TPO_ANNOTATION_SPAN || (keyframes != NULL && keyframes->len > 0))
    return TRUE;
  g_set_error (error, TPO_ERROR, TPO_ERROR_INVALID, _ ("A track needs a keyframe."));
  return FALSE;
}

gint64
tpo_store_add_annotation (TpoStore *self, const TpoAnnotationRecord *annotation,
                          GPtrArray *keyframes, const TpoEdit *edit, GError **error)
{
  g_auto (TpoTransaction) transaction = { 0 };
  TpoAnnotationRecord state;
  gint64 id;

  g_return_val_if_fail (self != NULL && annotation != NULL, 0);
  g_return_val_if_fail ((guint) annotation->kind < TPO_ANNOTATION_KIND_COUNT, 0);

  if (!check_new (annotation, keyframes, error) ||
      !tpo_transaction_begin (&transaction, self, edit, add_names[annotation->kind], error))
    return 0;
  state = *annotation;
  state.revision_id = 0;
  state.is_deleted = FALSE;
  id = tpo_store_insert_annotation (self, &state, keyframes, NULL, edit, error);
  return id != 0 && tpo_transaction_commit (&transaction, error) ? id : 0;
}

/* Its keyframes were checked when it was added: they are copied as they are, however many there are. */
static gboolean
copy_prediction (TpoStore *self, const TpoAnnotationRecord *state, const TpoEdit *edit,
                 GError **error)
{
  gint64 id;

  return find_next_revision (self, &id, error) &&
         tpo_sql_run (self, error,
                      "INSERT INTO keyframe (revision_id, " TPO_KEYFRAME_COLUMNS ") "
                      "SELECT ?1, " TPO_KEYFRAME_COLUMNS " FROM prediction_keyframe "
                      "WHERE prediction_id = ?2 ORDER BY time_us",
                      TPO_VALUES (tpo_int (id), tpo_int (state->prediction_id))) &&
         insert_revision (self, id, state, edit, error);
}

/* What was asked, without the place of a box that came with it, which the track has. */
static char *
dup_asked (const char *prompt)
{
  static const char *const places[] = { " using a box with initial coordinates <track_box>",
                                        " <track_box>", "<track_box>" };
  GString *text = g_string_new (prompt);

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    g_string_replace (text, places[i], "", 0);
  return g_string_free (text, FALSE);
}

gint64
tpo_store_annotate_prediction (TpoStore *self, gint64 prediction_id, gint64 label_id,
                               const TpoEdit *edit, GError **error)
{
  g_auto (TpoTransaction) transaction = { 0 };
  g_autoptr (TpoPredictionRecord) prediction = NULL;
  g_autofree char *asked = NULL;
  TpoAnnotationRecord annotation = { 0 };

  g_return_val_if_fail (self != NULL, 0);

  prediction = tpo_store_get_outline (self, prediction_id, error);
  if (prediction == NULL)
    return 0;
  if (prediction->n_spans == 0) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_INVALID,
                 _ ("Prediction %" PRId64 " says nothing about when."), prediction_id);
    return 0;
  }
  annotation.video_id = prediction->video_id;
  annotation.kind = prediction->kind;
  annotation.prediction_id = prediction_id;
  annotation.status = TPO_STATUS_PREDICTED;
  annotation.provenance = TPO_PROVENANCE_MODEL;
  annotation.label_id = label_id;
  annotation.text = asked = dup_asked (prediction->prompt);
  annotation.start_us = prediction->spans[0].start_us;
  annotation.end_us = prediction->spans[0].end_us;
  if (!check_new (&annotation, prediction->keyframes, error) ||
      !tpo_transaction_begin (&transaction, self, edit, add_names[annotation.kind], error))
    return 0;
  annotation.id = insert_row (self, &annotation, error);
  return annotation.id != 0 && copy_prediction (self, &annotation, edit, error) &&
                 tpo_transaction_commit (&transaction, error)
             ? annotation.id
             : 0;
}
