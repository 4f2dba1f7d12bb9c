#include "store/tpo-store-private.h"

/* Annotations that are in sight, each with its head. */
#define HEADS "annotation AS a JOIN revision AS r ON r.id = a.revision_id AND NOT r.is_deleted"

static gboolean
count_annotations (TpoStore *self, TpoStoreCounts *counts, GError **error)
{
  sqlite3_stmt *row = tpo_sql_query (
      self, error, "SELECT a.kind, r.status, count(*) FROM " HEADS " GROUP BY a.kind, r.status",
      TPO_NO_VALUES);
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
tpo_store_count (TpoStore *self, TpoStoreCounts *counts, GError **error)
{
  const struct {
    gint64 *count;
    const char *sql;
  } rows[] = {
    { &counts->n_videos, "SELECT count(*) FROM video WHERE NOT is_removed" },
    { &counts->n_messages, "SELECT count(*) FROM message WHERE NOT is_removed" },
    { &counts->n_predictions, "SELECT count(*) FROM prediction" },
    { &counts->n_labels, "SELECT count(*) FROM label WHERE NOT is_removed" },
    { &counts->n_keyframes,
      "SELECT count(*) FROM " HEADS " JOIN revision AS old ON old.annotation_id = a.id"
      " JOIN keyframe AS k ON k.revision_id = old.id" },
    { &counts->n_masks,
      "SELECT count(*) FROM " HEADS " JOIN revision AS old ON old.annotation_id = a.id"
      " JOIN keyframe AS k ON k.revision_id = old.id"
      " WHERE k.mask IS NOT NULL" },
    { &counts->n_scores, "SELECT count(DISTINCT prediction_id) FROM prediction_span" },
    { &counts->n_curves, "SELECT count(*) FROM prediction WHERE saliency IS NOT NULL" },
    { &counts->n_corrections,
      "SELECT count(*) FROM " HEADS " JOIN revision AS old ON old.annotation_id = a.id"
      " WHERE old.parent_id IS NOT NULL" },
  };

  g_return_val_if_fail (self != NULL && counts != NULL, FALSE);

  *counts = (TpoStoreCounts){ 0 };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (!tpo_sql_get_int (self, rows[i].count, error, rows[i].sql, TPO_NO_VALUES))
      return FALSE;
  return count_annotations (self, counts, error);
}
