#include <glib/gi18n.h>

#include <tpo/error.h>

#include "store/time-index.h"
#include "store/tpo-store-private.h"
#include "store/tpo-store-videos.h"

#define COLUMNS                                                                      \
  "id, uri, content_hash, size, modified_us, width, height, duration_us, n_frames, " \
  "position_us, opened_us, is_reviewed, conversation_id"

static gboolean
is_sound (const TpoVideoRecord *video, GError **error)
{
  if (video->width == 0 || video->height == 0 || video->duration_us < 0 || video->size < 0) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_INVALID,
                 _ ("“%s” has no picture, or sizes that make no sense."), video->uri);
    return FALSE;
  }
  for (gint64 i = 1; i < video->n_frames; i++)
    if (video->frame_times_us[i] <= video->frame_times_us[i - 1]) {
      g_set_error (error, TPO_ERROR, TPO_ERROR_INVALID,
                   _ ("The frames of “%s” are not in the order of their times."), video->uri);
      return FALSE;
    }
  return TRUE;
}

/* Inserts the video, out of sight if is_hidden, or updates the one of that content. */
static gint64
put_video (TpoStore *self, const TpoVideoRecord *video, gboolean is_hidden, GError **error)
{
  g_autoptr (GByteArray) times = tpo_time_index_pack (video->frame_times_us, video->n_frames);
  gint64 id = 0;

  if (!tpo_sql_run (
          self, error,
          "INSERT INTO video (uri, content_hash, size, modified_us, width, height, duration_us,"
          "                   n_frames, frame_times, frame_times_encoding, opened_us,"
          "                   is_removed) "
          "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'delta2-leb128', ?10, ?11) "
          "ON CONFLICT (content_hash) DO UPDATE SET uri = ?1, size = ?3, modified_us = ?4,"
          "  width = ?5, height = ?6, duration_us = ?7, n_frames = ?8, frame_times = ?9,"
          "  opened_us = max(opened_us, ?10),"
          "  is_removed = CASE ?11 WHEN 0 THEN 0 ELSE is_removed END",
          TPO_VALUES (tpo_text (video->uri), tpo_text (video->content_hash),
                      tpo_int (video->size), tpo_int (video->modified_us),
                      tpo_int (video->width), tpo_int (video->height),
                      tpo_int (video->duration_us), tpo_int (video->n_frames),
                      tpo_blob (times->data, times->len),
                      tpo_int (is_hidden ? 0 : g_get_real_time ()), tpo_int (is_hidden))) ||
      !tpo_sql_get_int (self, &id, error, "SELECT id FROM video WHERE content_hash = ?1",
                        TPO_VALUES (tpo_text (video->content_hash))))
    return 0;
  return id;
}

static gboolean
may_put (TpoStore *self, const TpoVideoRecord *video, GError **error)
{
  g_return_val_if_fail (self != NULL && video != NULL, FALSE);
  g_return_val_if_fail (video->uri != NULL && video->content_hash != NULL, FALSE);
  g_return_val_if_fail (video->n_frames == 0 || video->frame_times_us != NULL, FALSE);

  return is_sound (video, error);
}

gint64
tpo_store_add_video (TpoStore *self, const TpoVideoRecord *video, GError **error)
{
  g_auto (TpoTransaction) transaction = { 0 };
  gint64 id;

  if (!may_put (self, video, error) ||
      !tpo_transaction_begin (&transaction, self, NULL, NULL, error))
    return 0;
  id = put_video (self, video, FALSE, error);
  return id != 0 && tpo_transaction_commit (&transaction, error) ? id : 0;
}

gint64
tpo_store_import_video (TpoStore *self, const TpoVideoRecord *video, const TpoEdit *edit,
                        GError **error)
{
  g_auto (TpoTransaction) transaction = { 0 };
  gint64 id;

  if (!may_put (self, video, error) ||
      !tpo_transaction_begin (&transaction, self, edit, N_ ("Add Video"), error))
    return 0;
  id = put_video (self, video, TRUE, error);
  return id != 0 && tpo_journal_set (self, TPO_FIELD_VIDEO_REMOVED, id, tpo_int (0), error) &&
                 tpo_transaction_commit (&transaction, error)
             ? id
             : 0;
}

static void
read_video (TpoVideoRecord *video, sqlite3_stmt *row)
{
  video->id = sqlite3_column_int64 (row, 0);
  video->uri = tpo_column_text (row, 1);
  video->content_hash = tpo_column_text (row, 2);
  video->size = sqlite3_column_int64 (row, 3);
  video->modified_us = sqlite3_column_int64 (row, 4);
  video->width = (guint) CLAMP (sqlite3_column_int64 (row, 5), 1, G_MAXINT);
  video->height = (guint) CLAMP (sqlite3_column_int64 (row, 6), 1, G_MAXINT);
  video->duration_us = sqlite3_column_int64 (row, 7);
  video->n_frames = sqlite3_column_int64 (row, 8);
  video->position_us = sqlite3_column_int64 (row, 9);
  video->opened_us = sqlite3_column_int64 (row, 10);
  video->is_reviewed = sqlite3_column_int (row, 11) != 0;
  video->conversation_id = sqlite3_column_int64 (row, 12); /* NULL: 0 */
}

static gpointer
video_from_row (TpoStore *self, sqlite3_stmt *row, GError **error)
{
  TpoVideoRecord *video = g_new0 (TpoVideoRecord, 1);

  read_video (video, row);
  return video;
}

static gpointer
summary_from_row (TpoStore *self, sqlite3_stmt *row, GError **error)
{
  TpoVideoSummary *summary = g_new0 (TpoVideoSummary, 1);

  read_video (&summary->video, row);
  summary->n_annotations = sqlite3_column_int64 (row, 13);
  summary->n_predicted = sqlite3_column_int64 (row, 14);
  summary->n_conversations = sqlite3_column_int64 (row, 15);
  if (summary->video.is_reviewed)
    summary->status = TPO_VIDEO_REVIEWED;
  else if (summary->n_annotations > summary->n_predicted)
    summary->status = TPO_VIDEO_IN_WORK;
  else if (summary->n_predicted > 0)
    summary->status = TPO_VIDEO_PREDICTED;
  return summary;
}

static gpointer
times_from_row (TpoStore *self, sqlite3_stmt *row, GError **error)
{
  gint64 id = sqlite3_column_int64 (row, 0), n = sqlite3_column_int64 (row, 1);
  const guint8 *bytes = sqlite3_column_blob (row, 2);
  gint64 *times = tpo_time_index_unpack (bytes, (gsize) sqlite3_column_bytes (row, 2), n);

  return times != NULL ? times : tpo_bad_row (self, "the time index of video", id, error);
}

TpoVideoRecord *
tpo_store_get_video (TpoStore *self, gint64 video_id, GError **error)
{
  g_autoptr (TpoVideoRecord) video = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  video = tpo_sql_get (self, video_from_row, "video", video_id, error,
                       "SELECT " COLUMNS " FROM video WHERE id = ?1");
  if (video == NULL)
    return NULL;
  video->frame_times_us =
      tpo_sql_get (self, times_from_row, "video", video_id, error,
                   "SELECT id, n_frames, frame_times FROM video WHERE id = ?1");
  return video->frame_times_us != NULL ? g_steal_pointer (&video) : NULL;
}

gint64
tpo_store_find_video (TpoStore *self, const char *content_hash, const char *uri, GError **error)
{
  gint64 id = 0;

  g_return_val_if_fail (self != NULL, -1);

  if (!tpo_sql_get_int (self, &id, error,
                        "SELECT id FROM video WHERE NOT is_removed "
                        "AND (content_hash = ?1 OR uri = ?2) "
                        "ORDER BY content_hash IS ?1 DESC, opened_us DESC LIMIT 1",
                        TPO_VALUES (tpo_text (content_hash), tpo_text (uri))))
    return -1;
  return id;
}

GPtrArray *
tpo_store_list_videos (TpoStore *self, GError **error)
{
  g_return_val_if_fail (self != NULL, NULL);

  return tpo_sql_list (self, video_from_row, (GDestroyNotify) tpo_video_record_free, error,
                       "SELECT " COLUMNS " FROM video WHERE NOT is_removed "
                       "ORDER BY opened_us DESC, id DESC",
                       TPO_NO_VALUES);
}

GPtrArray *
tpo_store_list_summaries (TpoStore *self, GError **error)
{
  g_return_val_if_fail (self != NULL, NULL);

  return tpo_sql_list (
      self, summary_from_row, (GDestroyNotify) tpo_video_summary_free, error,
      "SELECT " COLUMNS ", coalesce(a.n, 0), coalesce(a.n_predicted, 0), coalesce(c.n, 0) "
      "FROM video LEFT JOIN ("
      "  SELECT a.video_id, count(*) AS n, sum(r.status = 'predicted') AS n_predicted"
      "  FROM annotation AS a JOIN revision AS r ON r.id = a.revision_id"
      "  WHERE NOT r.is_deleted AND r.status <> 'discarded' GROUP BY a.video_id"
      ") AS a ON a.video_id = video.id LEFT JOIN ("
      "  SELECT video_id, count(*) AS n FROM conversation WHERE NOT is_removed"
      "  GROUP BY video_id"
      ") AS c ON c.video_id = video.id "
      "WHERE NOT is_removed ORDER BY id",
      TPO_NO_VALUES);
}

gboolean
tpo_store_get_summary (TpoStore *self, gint64 video_id, TpoVideoSummary **summary,
                       GError **error)
{
  g_autoptr (GPtrArray) found = NULL;

  g_return_val_if_fail (self != NULL && summary != NULL, FALSE);

  *summary = NULL;
  found = tpo_sql_list (
      self, summary_from_row, NULL, error,
      "SELECT " COLUMNS ", a.n, coalesce(a.n_predicted, 0), c.n FROM video, ("
      "  SELECT count(*) AS n, sum(r.status = 'predicted') AS n_predicted"
      "  FROM annotation AS a JOIN revision AS r ON r.id = a.revision_id"
      "  WHERE a.video_id = ?1 AND NOT r.is_deleted AND r.status <> 'discarded'"
      ") AS a, ("
      "  SELECT count(*) AS n FROM conversation WHERE video_id = ?1 AND NOT is_removed"
      ") AS c WHERE id = ?1 AND NOT is_removed",
      TPO_VALUES (tpo_int (video_id)));
  if (found != NULL && found->len > 0)
    *summary = found->pdata[0];
  return found != NULL;
}

gint64
tpo_store_find_annotation_video (TpoStore *self, gint64 annotation_id, GError **error)
{
  gint64 id = 0;

  g_return_val_if_fail (self != NULL, -1);

  return tpo_sql_get_int (self, &id, error, "SELECT video_id FROM annotation WHERE id = ?1",
                          TPO_VALUES (tpo_int (annotation_id)))
             ? id
             : -1;
}

gboolean
tpo_store_set_reviewed (TpoStore *self, gint64 video_id, gboolean is_reviewed,
                        const TpoEdit *edit, GError **error)
{
  g_auto (TpoTransaction) transaction = { 0 };
  const char *name = is_reviewed ? N_ ("Mark as Reviewed") : N_ ("Take Back Review");

  g_return_val_if_fail (self != NULL, FALSE);

  return tpo_transaction_begin (&transaction, self, edit, name, error) &&
         tpo_journal_set (self, TPO_FIELD_VIDEO_REVIEWED, video_id, tpo_int (is_reviewed != 0),
                          error) &&
         tpo_transaction_commit (&transaction, error);
}

gboolean
tpo_store_set_thumbnail (TpoStore *self, gint64 video_id, GBytes *picture, GError **error)
{
  g_auto (TpoTransaction) transaction = { 0 };
  gsize size;
  gconstpointer bytes;

  g_return_val_if_fail (self != NULL && picture != NULL, FALSE);

  bytes = g_bytes_get_data (picture, &size);
  return tpo_transaction_begin (&transaction, self, NULL, NULL, error) &&
         tpo_sql_run (self, error, "UPDATE video SET thumbnail = ?2 WHERE id = ?1",
                      TPO_VALUES (tpo_int (video_id), tpo_blob (bytes, size))) &&
         tpo_transaction_commit (&transaction, error);
}

static gpointer
bytes_from_row (TpoStore *self, sqlite3_stmt *row, GError **error)
{
  gconstpointer bytes = sqlite3_column_blob (row, 0);

  return g_bytes_new (bytes, (gsize) sqlite3_column_bytes (row, 0));
}

GBytes *
tpo_store_get_thumbnail (TpoStore *self, gint64 video_id, GError **error)
{
  g_autoptr (GBytes) picture = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  picture = tpo_sql_get (self, bytes_from_row, "video", video_id, error,
                         "SELECT thumbnail FROM video WHERE id = ?1");
  return picture != NULL && g_bytes_get_size (picture) > 0 ? g_steal_pointer (&picture) : NULL;
}

gboolean
tpo_store_set_place (TpoStore *self, gint64 video_id, gint64 position_us,
                     gint64 conversation_id, GError **error)
{
  g_auto (TpoTransaction) transaction = { 0 };

  g_return_val_if_fail (self != NULL, FALSE);

  return tpo_transaction_begin (&transaction, self, NULL, NULL, error) &&
         tpo_sql_run (self, error,
                      "UPDATE video SET position_us = ?2, conversation_id = nullif (?3, 0) "
                      "WHERE id = ?1",
                      TPO_VALUES (tpo_int (video_id), tpo_int (position_us),
                                  tpo_int (conversation_id))) &&
         tpo_transaction_commit (&transaction, error);
}

gboolean
tpo_store_set_video_uri (TpoStore *self, gint64 video_id, const char *uri, const TpoEdit *edit,
                         GError **error)
{
  g_auto (TpoTransaction) transaction = { 0 };

  g_return_val_if_fail (self != NULL && uri != NULL, FALSE);

  return tpo_transaction_begin (&transaction, self, edit, N_ ("Locate Video"), error) &&
         tpo_journal_set (self, TPO_FIELD_VIDEO_URI, video_id, tpo_text (uri), error) &&
         tpo_transaction_commit (&transaction, error);
}

gboolean
tpo_store_remove_video (TpoStore *self, gint64 video_id, const TpoEdit *edit, GError **error)
{
  g_auto (TpoTransaction) transaction = { 0 };

  g_return_val_if_fail (self != NULL, FALSE);

  return tpo_transaction_begin (&transaction, self, edit, N_ ("Remove Video"), error) &&
         tpo_journal_set (self, TPO_FIELD_VIDEO_REMOVED, video_id, tpo_int (1), error) &&
         tpo_transaction_commit (&transaction, error);
}
