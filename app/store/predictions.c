#include <tpo/error.h>

#include "store/tpo-store-predictions.h"
#include "store/tpo-store-private.h"

/* Parts go in first, since the prediction's own row seals them; see schema.c. */

static gboolean
insert_spans (TpoStore *self, gint64 id, const TpoPredictionRecord *prediction, GError **error)
{
  for (guint i = 0; i < prediction->n_spans; i++) {
    const TpoSpan *span = &prediction->spans[i];

    if (!tpo_sql_run (
            self, error,
            "INSERT INTO prediction_span (prediction_id, rank, start_us, end_us, score) "
            "VALUES (?1, ?2, ?3, ?4, ?5)",
            TPO_VALUES (tpo_int (id), tpo_int (i), tpo_int (span->start_us),
                        tpo_int (span->end_us), tpo_real ((double) span->score))))
      return FALSE;
  }
  return TRUE;
}

static gboolean
insert_keyframes (TpoStore *self, gint64 id, GPtrArray *keyframes, GError **error)
{
  for (guint i = 0; keyframes != NULL && i < keyframes->len; i++) {
    g_autoptr (TpoKeyframeRecord) keyframe =
        tpo_keyframe_check (self, keyframes->pdata[i], error);

    if (keyframe == NULL ||
        !tpo_store_insert_keyframe (
            self,
            "INSERT INTO prediction_keyframe (prediction_id, " TPO_KEYFRAME_COLUMNS ") "
            "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
            id, keyframe, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
insert_prediction (TpoStore *self, gint64 id, const TpoPredictionRecord *p, GError **error)
{
  g_autoptr (GByteArray) curve = tpo_curve_pack (p->saliency, p->n_saliency);
  const TpoSqlValue none = tpo_null ();
  gboolean has_curve = p->n_saliency > 0;

  return tpo_sql_run (
      self, error,
      "INSERT INTO prediction (id, video_id, message_id, text_offset, kind, model, model_version,"
      "  model_hash, prompt, settings, created_us, saliency, saliency_encoding,"
      "  saliency_start_us, saliency_step_us, is_growing) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
      TPO_VALUES (tpo_int (id), tpo_int (p->video_id), tpo_id (p->message_id),
                  p->text_offset >= 0 ? tpo_int (p->text_offset) : none,
                  tpo_text (tpo_annotation_kind_name (p->kind)), tpo_text (p->model),
                  tpo_text (p->model_version), tpo_text (p->model_hash), tpo_text (p->prompt),
                  tpo_text (p->settings),
                  tpo_int (p->created_us != 0 ? p->created_us : g_get_real_time ()),
                  has_curve ? tpo_blob (curve->data, curve->len) : none,
                  tpo_text (has_curve ? "f32le" : NULL),
                  has_curve ? tpo_int (p->saliency_start_us) : none,
                  has_curve ? tpo_int (p->saliency_step_us) : none,
                  tpo_int (p->is_growing != 0)));
}

gint64
tpo_store_add_prediction (TpoStore *self, const TpoPredictionRecord *prediction, GError **error)
{
  g_auto (TpoTransaction) transaction = { 0 };
  gint64 id = 0;

  g_return_val_if_fail (self != NULL && prediction != NULL, 0);
  g_return_val_if_fail (prediction->model != NULL && prediction->prompt != NULL, 0);

  if (!tpo_sql_check_object (self, "settings of a prediction", prediction->settings, error) ||
      !tpo_transaction_begin (&transaction, self, NULL, NULL, error) ||
      !tpo_sql_get_int (self, &id, error, "SELECT coalesce(max(id), 0) + 1 FROM prediction",
                        TPO_NO_VALUES) ||
      !insert_spans (self, id, prediction, error) ||
      !insert_keyframes (self, id, prediction->keyframes, error) ||
      !insert_prediction (self, id, prediction, error))
    return 0;
  return tpo_transaction_commit (&transaction, error) ? id : 0;
}

gboolean
tpo_store_grow_prediction (TpoStore *self, gint64 prediction_id, GPtrArray *keyframes,
                           gint64 end_us, GError **error)
{
  g_auto (TpoTransaction) transaction = { 0 };

  g_return_val_if_fail (self != NULL && keyframes != NULL, FALSE);

  return tpo_transaction_begin (&transaction, self, NULL, NULL, error) &&
         insert_keyframes (self, prediction_id, keyframes, error) &&
         tpo_sql_run (self, error,
                      "UPDATE prediction_span SET end_us = max(end_us, ?2) "
                      "WHERE prediction_id = ?1",
                      TPO_VALUES (tpo_int (prediction_id), tpo_int (end_us))) &&
         tpo_transaction_commit (&transaction, error);
}

gboolean
tpo_store_seal_prediction (TpoStore *self, gint64 prediction_id, GError **error)
{
  g_auto (TpoTransaction) transaction = { 0 };

  g_return_val_if_fail (self != NULL, FALSE);

  return tpo_transaction_begin (&transaction, self, NULL, NULL, error) &&
         tpo_sql_run (self, error,
                      "UPDATE prediction SET is_growing = 0 WHERE id = ?1 AND is_growing",
                      TPO_VALUES (tpo_int (prediction_id))) &&
         tpo_transaction_commit (&transaction, error);
}

static gpointer
prediction_from_row (TpoStore *self, sqlite3_stmt *row, GError **error)
{
  g_autoptr (TpoPredictionRecord) p = g_new0 (TpoPredictionRecord, 1);
  int kind = tpo_annotation_kind_from_name ((const char *) sqlite3_column_text (row, 4));
  gsize curve_size = (gsize) sqlite3_column_bytes (row, 11);

  p->id = sqlite3_column_int64 (row, 0);
  p->video_id = sqlite3_column_int64 (row, 1);
  p->message_id = sqlite3_column_int64 (row, 2);
  p->text_offset =
      sqlite3_column_type (row, 3) != SQLITE_NULL ? sqlite3_column_int64 (row, 3) : -1;
  p->kind = (TpoAnnotationKind) MAX (kind, 0);
  p->model = tpo_column_text (row, 5);
  p->model_version = tpo_column_text (row, 6);
  p->model_hash = tpo_column_text (row, 7);
  p->prompt = tpo_column_text (row, 8);
  p->settings = tpo_column_text (row, 9);
  p->created_us = sqlite3_column_int64 (row, 10);
  if (kind < 0 || p->model == NULL || p->prompt == NULL || curve_size % sizeof (float) != 0)
    return tpo_bad_row (self, "prediction", p->id, error);
  if (curve_size > 0) {
    p->saliency = tpo_column_curve (row, 11, &p->n_saliency);
    p->saliency_start_us = sqlite3_column_int64 (row, 12);
    p->saliency_step_us = sqlite3_column_int64 (row, 13);
  }
  p->is_growing = sqlite3_column_int (row, 14) != 0;
  return g_steal_pointer (&p);
}

static gpointer
span_from_row (TpoStore *self, sqlite3_stmt *row, GError **error)
{
  TpoSpan *span = g_new0 (TpoSpan, 1);

  span->start_us = sqlite3_column_int64 (row, 0);
  span->end_us = sqlite3_column_int64 (row, 1);
  span->score = (float) sqlite3_column_double (row, 2);
  return span;
}

/* @list_keyframes: ?1 is the prediction */
static TpoPredictionRecord *
get_prediction (TpoStore *self, gint64 prediction_id, const char *list_keyframes,
                GError **error)
{
  g_autoptr (TpoPredictionRecord) prediction = NULL;
  g_autoptr (GPtrArray) spans = NULL;

  prediction = tpo_sql_get (self, prediction_from_row, "prediction", prediction_id, error,
                            "SELECT id, video_id, message_id, text_offset, kind, model,"
                            "  model_version, model_hash, prompt,"
                            "  CASE WHEN json_valid(settings) THEN settings END, created_us,"
                            "  saliency, saliency_start_us, saliency_step_us, is_growing "
                            "FROM prediction WHERE id = ?1");
  if (prediction == NULL)
    return NULL;
  spans = tpo_sql_list (self, span_from_row, g_free, error,
                        "SELECT start_us, end_us, score FROM prediction_span "
                        "WHERE prediction_id = ?1 ORDER BY rank",
                        TPO_VALUES (tpo_int (prediction_id)));
  if (spans == NULL)
    return NULL;
  prediction->n_spans = spans->len;
  prediction->spans = g_new (TpoSpan, spans->len);
  for (guint i = 0; i < spans->len; i++)
    prediction->spans[i] = *(const TpoSpan *) spans->pdata[i];

  prediction->keyframes =
      tpo_sql_list (self, tpo_keyframe_from_row, (GDestroyNotify) tpo_keyframe_record_free,
                    error, list_keyframes, TPO_VALUES (tpo_int (prediction_id)));
  return prediction->keyframes != NULL ? g_steal_pointer (&prediction) : NULL;
}

TpoPredictionRecord *
tpo_store_get_prediction (TpoStore *self, gint64 prediction_id, GError **error)
{
  g_return_val_if_fail (self != NULL, NULL);

  return get_prediction (self, prediction_id,
                         "SELECT " TPO_KEYFRAME_COLUMNS " FROM prediction_keyframe "
                         "WHERE prediction_id = ?1 ORDER BY time_us",
                         error);
}

TpoPredictionRecord *
tpo_store_get_outline (TpoStore *self, gint64 prediction_id, GError **error)
{
  TpoPredictionRecord *outline;

  g_return_val_if_fail (self != NULL, NULL);

  outline = get_prediction (self, prediction_id,
                            "SELECT " TPO_LIGHT_KEYFRAME_COLUMNS " FROM prediction_keyframe "
                            "WHERE prediction_id = ?1 ORDER BY time_us",
                            error);
  for (guint i = 0; outline != NULL && i < outline->keyframes->len; i++)
    ((TpoKeyframeRecord *) outline->keyframes->pdata[i])->prediction_id = prediction_id;
  return outline;
}

GArray *
tpo_store_list_predictions (TpoStore *self, gint64 message_id, GError **error)
{
  g_return_val_if_fail (self != NULL, NULL);

  return tpo_sql_list_ints (self, 1, error,
                            "SELECT id FROM prediction WHERE message_id = ?1 "
                            "ORDER BY text_offset, id",
                            TPO_VALUES (tpo_int (message_id)));
}

GArray *
tpo_store_list_claims (TpoStore *self, gint64 conversation_id, gint64 after_id, GError **error)
{
  g_return_val_if_fail (self != NULL, NULL);

  G_STATIC_ASSERT (sizeof (TpoClaim) == 3 * sizeof (gint64));
  return tpo_sql_list_ints (self, 3, error,
                            TPO_SHOWN_PATH
                            "SELECT p.message_id, p.id, coalesce(p.text_offset, -1) FROM path "
                            "JOIN message AS m ON m.id = path.id AND NOT m.is_removed "
                            "JOIN prediction AS p ON p.message_id = m.id "
                            "ORDER BY p.message_id, p.text_offset, p.id",
                            TPO_VALUES (tpo_int (conversation_id), tpo_int (after_id)));
}

/* Few models say many things: a text is kept once for all of them. */
static const char *
intern_title (const char *model, const char *version, const char *hash)
{
  const char *digits = hash != NULL ? strchr (hash, ':') : NULL;
  g_autofree char *title = NULL;

  if (version != NULL && *version != '\0')
    title = g_strdup_printf ("%s %s", model, version);
  else if (hash != NULL && *hash != '\0')
    title = g_strdup_printf ("%s %.8s", model, digits != NULL ? digits + 1 : hash);
  return g_intern_string (title != NULL ? title : model);
}

static const char *
column_text (sqlite3_stmt *row, int column)
{
  return (const char *) sqlite3_column_text (row, column);
}

static gpointer
best_span_from_row (TpoStore *self, sqlite3_stmt *row, GError **error)
{
  TpoBestSpan *best = g_new0 (TpoBestSpan, 1);

  best->prediction_id = sqlite3_column_int64 (row, 0);
  best->span.start_us = sqlite3_column_int64 (row, 1);
  best->span.end_us = sqlite3_column_int64 (row, 2);
  best->span.score = (float) sqlite3_column_double (row, 3);
  best->model = g_intern_string (column_text (row, 4));
  best->model_title = intern_title (best->model, column_text (row, 5), column_text (row, 6));
  return best;
}

#define BEST_SPAN_COLUMNS \
  "s.prediction_id, s.start_us, s.end_us, s.score, p.model, p.model_version, p.model_hash"

GPtrArray *
tpo_store_list_best_spans (TpoStore *self, gint64 video_id, GError **error)
{
  g_return_val_if_fail (self != NULL, NULL);

  return tpo_sql_list (self, best_span_from_row, g_free, error,
                       "SELECT " BEST_SPAN_COLUMNS " FROM annotation AS a "
                       "JOIN prediction AS p ON p.id = a.prediction_id "
                       "JOIN prediction_span AS s ON s.prediction_id = p.id AND s.rank = 0 "
                       "WHERE a.video_id = ?1",
                       TPO_VALUES (tpo_int (video_id)));
}

TpoBestSpan *
tpo_store_get_best_span (TpoStore *self, gint64 prediction_id, GError **error)
{
  g_return_val_if_fail (self != NULL, NULL);

  return tpo_sql_get (self, best_span_from_row, "span of prediction", prediction_id, error,
                      "SELECT " BEST_SPAN_COLUMNS " FROM prediction AS p "
                      "JOIN prediction_span AS s ON s.prediction_id = p.id AND s.rank = 0 "
                      "WHERE p.id = ?1");
}

static gpointer
track_maker_from_row (TpoStore *self, sqlite3_stmt *row, GError **error)
{
  TpoTrackMaker *maker = g_new0 (TpoTrackMaker, 1);

  maker->annotation_id = sqlite3_column_int64 (row, 0);
  maker->began_us = sqlite3_column_int64 (row, 1);
  maker->model = g_intern_string (column_text (row, 2));
  return maker;
}

GPtrArray *
tpo_store_list_track_makers (TpoStore *self, gint64 video_id, GError **error)
{
  g_return_val_if_fail (self != NULL, NULL);

  return tpo_sql_list (self, track_maker_from_row, g_free, error,
                       "SELECT j.value, p.created_us, p.model FROM prediction AS p "
                       "JOIN json_each(p.settings) AS j ON j.key = 'annotation' "
                       "WHERE p.video_id = ?1 AND p.message_id IS NULL "
                       "AND json_valid(p.settings) ORDER BY p.created_us",
                       TPO_VALUES (tpo_int (video_id)));
}
