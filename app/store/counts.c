#include "store/tpo-store-private.h"

/* Annotations that are in sight, each with its head. */
#define HEADS "annotation AS a JOIN revision AS r ON r.id = a.revision_id AND NOT r.is_deleted"

/* The videos that are meant: ?1 alone, unless it is NULL; only reviewed ones, unless ?2 is 0. */
#define IN_SCOPE                                   \
  " IN (SELECT id FROM video WHERE NOT is_removed" \
  " AND (?1 IS NULL OR id = ?1) AND (?2 = 0 OR is_reviewed))"

#define SCOPE_VALUES(scope) \
  TPO_VALUES (tpo_id ((scope)->video_id), tpo_int ((scope)->is_reviewed))

static gboolean
count_annotations (TpoStore *self, const TpoVideoScope *scope, TpoStoreCounts *counts,
                   GError **error)
{
  sqlite3_stmt *row = tpo_sql_query (self, error,
                                     "SELECT a.kind, r.status, count(*) FROM " HEADS
                                     " WHERE a.video_id" IN_SCOPE " GROUP BY a.kind, r.status",
                                     SCOPE_VALUES (scope));
  GError *problem = NULL;

  if (row == NULL)
    return FALSE;
  while (tpo_sql_next (self, row, &problem)) {
    int kind = tpo_annotation_kind_from_name ((const char *) sqlite3_column_text (row, 0));
    int status = tpo_annotation_status_from_name ((const char *) sqlite3_column_text (row, 1));

    if (kind >= 0 && status >= 0)
      counts->n_annotations[kind][status] = sqlite3_column_int64 (row, 2);
  }
  if (problem != NULL)
    g_propagate_error (error, problem);
  return problem == NULL;
}

gboolean
tpo_store_count (TpoStore *self, const TpoVideoScope *scope, TpoStoreCounts *counts,
                 GError **error)
{
  const TpoVideoScope all = { 0 };
  const struct {
    gint64 *count;
    const char *sql;
  } rows[] = {
    { &counts->n_videos, "SELECT count(*) FROM video WHERE id" IN_SCOPE },
    { &counts->n_messages,
      "SELECT count(*) FROM message AS m JOIN conversation AS c ON c.id = m.conversation_id"
      " WHERE NOT m.is_removed AND c.video_id" IN_SCOPE },
    { &counts->n_predictions, "SELECT count(*) FROM prediction WHERE video_id" IN_SCOPE },
    { &counts->n_keyframes,
      "SELECT count(*) FROM " HEADS " JOIN revision AS old ON old.annotation_id = a.id"
      " JOIN keyframe AS k ON k.revision_id = old.id WHERE a.video_id" IN_SCOPE },
    { &counts->n_masks,
      "SELECT count(*) FROM " HEADS " JOIN revision AS old ON old.annotation_id = a.id"
      " JOIN keyframe AS k ON k.revision_id = old.id"
      " WHERE k.mask IS NOT NULL AND a.video_id" IN_SCOPE },
    { &counts->n_scores,
      "SELECT count(DISTINCT s.prediction_id) FROM prediction_span AS s"
      " JOIN prediction AS p ON p.id = s.prediction_id WHERE p.video_id" IN_SCOPE },
    { &counts->n_curves,
      "SELECT count(*) FROM prediction WHERE saliency IS NOT NULL AND video_id" IN_SCOPE },
    { &counts->n_corrections,
      "SELECT count(*) FROM " HEADS " JOIN revision AS old ON old.annotation_id = a.id"
      " WHERE old.parent_id IS NOT NULL AND a.video_id" IN_SCOPE },
  };

  g_return_val_if_fail (self != NULL && counts != NULL, FALSE);

  if (scope == NULL)
    scope = &all;
  *counts = (TpoStoreCounts){ 0 };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (!tpo_sql_get_int (self, rows[i].count, error, rows[i].sql, SCOPE_VALUES (scope)))
      return FALSE;
  return tpo_sql_get_int (self, &counts->n_labels, error,
                          "SELECT count(*) FROM label WHERE NOT is_removed", TPO_NO_VALUES) &&
         count_annotations (self, scope, counts, error);
}
