#include "store/tpo-store-annotations.h"
#include "store/tpo-store-private.h"

/* What happened to annotations since a moment, without looking at all of them. */

static gboolean
get_mark (TpoStore *self, TpoStoreMark *mark, GError **error)
{
  *mark = (TpoStoreMark){ 0 };
  return tpo_sql_get_int (self, &mark->revision_id, error, "SELECT max(id) FROM revision",
                          TPO_NO_VALUES) &&
         tpo_sql_get_int (self, &mark->undone_id, error,
                          "SELECT min(id) FROM undo_step WHERE is_undone = 1", TPO_NO_VALUES) &&
         tpo_sql_get_int (self, &mark->step_id, error,
                          "SELECT max(id) FROM undo_step WHERE is_undone = 0", TPO_NO_VALUES);
}

/* Whether history only went on: nothing was taken back that was there, or done again that was not. */
static gboolean
went_on (TpoStore *self, const TpoStoreMark *before, const TpoStoreMark *now)
{
  gint64 is_there = before->step_id == 0;

  if (!is_there)
    tpo_sql_get_int (self, &is_there, NULL, /* an error: as if not */
                     "SELECT 1 FROM undo_step WHERE id = ?1 AND is_undone = 0",
                     TPO_VALUES (tpo_int (before->step_id)));
  return is_there && before->undone_id == now->undone_id;
}

GArray *
tpo_store_list_revised (TpoStore *self, TpoStoreMark *mark)
{
  TpoStoreMark before, now;
  GArray *ids = NULL;

  g_return_val_if_fail (self != NULL && mark != NULL, NULL);

  before = *mark;
  /* An index of annotations would be read from end to end to tell those that differ apart. */
  if (get_mark (self, &now, NULL) && went_on (self, &before, &now))
    ids = tpo_sql_list_ints (self, 1, NULL,
                             "SELECT DISTINCT annotation_id FROM revision NOT INDEXED"
                             " WHERE id > ?1",
                             TPO_VALUES (tpo_int (before.revision_id)));
  *mark = now;
  return ids;
}

gint64
tpo_store_count_revised (TpoStore *self, const TpoStoreMark *mark)
{
  gint64 last_id = 0;

  g_return_val_if_fail (self != NULL && mark != NULL, 0);

  if (mark->undone_id >= 0)
    tpo_sql_get_int (self, &last_id, NULL, /* an error: as if none */
                     "SELECT max(id) FROM revision", TPO_NO_VALUES);
  return MAX (last_id - mark->revision_id, 0);
}
