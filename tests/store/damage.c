/* Files cut off, overwritten or hostile: a sentence or a reading, never a crash. */

#include <glib/gstdio.h>

#include <tpo/error.h>

#include <string.h>

#include "fixture.h"

static void
drop (GPtrArray *records)
{
  g_clear_pointer (&records, g_ptr_array_unref);
}

/* Reads all there is, as the app and the exporters do. Errors are fine. */
static void
read_everything (TpoStore *store)
{
  g_autoptr (GPtrArray) videos = tpo_store_list_videos (store, NULL);
  GArray *uses = tpo_store_list_label_uses (store, NULL);
  TpoStoreCounts counts;

  g_clear_pointer (&uses, g_array_unref);
  drop (tpo_store_list_labels (store, NULL));
  tpo_store_count (store, NULL, &counts, NULL);
  for (guint i = 0; videos != NULL && i < videos->len; i++) {
    gint64 video_id = ((TpoVideoRecord *) videos->pdata[i])->id;
    TpoVideoRecord *video = tpo_store_get_video (store, video_id, NULL);
    g_autoptr (GPtrArray) conversations = tpo_store_list_conversations (store, video_id, NULL);
    g_autoptr (GPtrArray) annotations = tpo_store_list_annotations (store, video_id, NULL);

    g_clear_pointer (&video, tpo_video_record_free);
    for (guint k = 0; conversations != NULL && k < conversations->len; k++) {
      TpoConversationRecord *conversation = conversations->pdata[k];

      drop (tpo_store_list_messages (store, conversation->id, NULL));
    }
    for (guint k = 0; annotations != NULL && k < annotations->len; k++) {
      TpoAnnotationRecord *annotation = annotations->pdata[k];
      g_autoptr (GPtrArray) keyframes = tpo_store_list_keyframes (
          store, annotation->revision_id, G_MININT64, G_MAXINT64, NULL);
      TpoBox box;

      if (keyframes != NULL)
        tpo_track_box_at (annotation, keyframes, 400000, &box);
    }
  }
  for (gint64 id = 1; id <= 3; id++) {
    TpoPredictionRecord *prediction = tpo_store_get_prediction (store, id, NULL);

    g_clear_pointer (&prediction, tpo_prediction_record_free);
  }
}

/* Opens bytes as a project; FALSE when it is refused, which must have a reason. */
static gboolean
try_bytes (Fixture *self, const char *bytes, gsize size)
{
  g_autofree char *path = g_build_filename (self->folder, "foreign.tpo", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoStore) store = NULL;

  g_assert_true (g_file_set_contents (path, bytes, (gssize) size, NULL));
  store = tpo_store_open (path, TPO_STORE_DEFAULT, &error);
  if (store != NULL) {
    read_everything (store);
    tpo_store_undo (store, NULL);
    tpo_store_set_span (store, 1, 0, 1, NULL, NULL);
    return TRUE;
  }
  g_assert_nonnull (error);
  g_assert_cmpuint (strlen (error->message), >, 10);
  return FALSE;
}

/* A project with something of everything, as bytes. */
static char *
sample_bytes (Fixture *self, gsize *size)
{
  gint64 video_id = sample_video (self->store, "clip7.mp4"), answer_id;
  char *bytes = NULL;

  sample_answer (self->store, video_id, "When?", &answer_id);
  tpo_store_add_label (self->store, "cup", "#3584e4", "1", NULL, NULL);
  tpo_store_annotate_prediction (self->store, sample_span (self->store, video_id, answer_id), 1,
                                 NULL, NULL);
  tpo_store_annotate_prediction (
      self->store, sample_box_track (self->store, video_id, answer_id), 0, NULL, NULL);
  tpo_store_annotate_prediction (
      self->store, sample_mask_track (self->store, video_id, answer_id), 0, NULL, NULL);
  g_clear_pointer (&self->store, tpo_store_close);
  g_assert_true (g_file_get_contents (self->path, &bytes, size, NULL));
  return bytes;
}

static void
test_no_project (Fixture *self, gconstpointer data)
{
  static const struct {
    const char *bytes;
    gsize size;
  } files[] = {
    { "x", 1 },
    { "A letter to my aunt.\n", 21 },
    { "SQLite format 3", 16 },
    { "SQLite format 3\0\x10\0\x02\x02", 20 },
    { "{\"images\": []}", 14 },
    { "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 24 },
  };
  g_autofree char *path = g_build_filename (self->folder, "foreign.tpo", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *after = NULL;
    gsize size;

    g_assert_false (try_bytes (self, files[i].bytes, files[i].size));
    /* And it is not touched. */
    g_assert_true (g_file_get_contents (path, &after, &size, NULL));
    g_assert_cmpmem (after, size, files[i].bytes, files[i].size);
  }
}

static void
test_cut_off (Fixture *self, gconstpointer data)
{
  gsize size = 0;
  g_autofree char *bytes = sample_bytes (self, &size);

  g_assert_true (try_bytes (self, bytes, size));
  for (gsize cut = 1; cut < 4096; cut += 97)
    g_assert_false (try_bytes (self, bytes, cut));
  for (gsize cut = 4096; cut < size; cut += 4096)
    try_bytes (self, bytes, cut);
}

static void
test_overwritten (Fixture *self, gconstpointer data)
{
  gsize size = 0;
  g_autofree char *bytes = sample_bytes (self, &size);
  guint n_opened = 0;

  for (guint round = 0; round < 100; round++) {
    g_autofree char *damaged = g_memdup2 (bytes, size);
    int n = g_test_rand_int_range (1, 40);
    gsize start = (gsize) g_test_rand_int_range (0, (int) size);

    /* Single bytes anywhere, or a stretch of one page. */
    for (int i = 0; i < n; i++) {
      gsize at = round % 2 ? (gsize) g_test_rand_int_range (0, (int) size) : (start + i) % size;

      damaged[at] = (char) g_test_rand_int_range (0, 256);
    }
    n_opened += try_bytes (self, damaged, size) ? 1 : 0;
  }
  g_test_message ("%u of 100 opened", n_opened);
}

/* Sound for SQLite, wrong for us: what a hostile program would write. */
static const char *const hostile[] = {
  "UPDATE video SET frame_times = x''",
  "UPDATE video SET frame_times = x'ffffffffffffffffffffffff'",
  "UPDATE video SET n_frames = 9223372036854775807",
  "UPDATE video SET width = 9223372036854775807",
  "UPDATE video SET uri = x'ff' || 'a'",
  "UPDATE message SET text = CAST(x'c328fe' AS TEXT)",
  "DROP TRIGGER keyframe_is_not_updated; UPDATE keyframe SET mask = x'00'",
  "DROP TRIGGER keyframe_is_not_updated; UPDATE keyframe SET mask_width = 9223372036854775807",
  "DROP TRIGGER keyframe_is_not_updated; UPDATE keyframe SET mask_width = 2000000000,"
  " mask_height = 2000000000",
  "DROP TRIGGER keyframe_is_not_updated; UPDATE keyframe SET mask = CAST('ooooooooooo' AS BLOB)",
  "DROP TRIGGER revision_is_not_updated; UPDATE revision SET label_id = 77",
  "DROP TRIGGER revision_is_not_updated; PRAGMA ignore_check_constraints = ON;"
  " UPDATE revision SET parent_id = id",
  "DROP TRIGGER revision_is_not_updated; PRAGMA ignore_check_constraints = ON;"
  " UPDATE revision SET status = 'wild', provenance = 'none'",
  "DROP TRIGGER revision_is_not_updated; PRAGMA ignore_check_constraints = ON;"
  " UPDATE revision SET end_us = start_us - 5",
  "DROP TRIGGER prediction_is_not_updated; UPDATE prediction SET saliency = x'0102030405'"
  " WHERE saliency IS NOT NULL",
  "DROP TRIGGER prediction_is_not_updated; PRAGMA ignore_check_constraints = ON;"
  " UPDATE prediction SET kind = 'shape'",
  "UPDATE undo_change SET field = 'sqlite_schema.sql'",
  "UPDATE undo_change SET before = 'text', after = x'00'",
  "DELETE FROM undo_step",
  "DROP TABLE keyframe",
  "DROP TABLE label; CREATE TABLE label (wrong TEXT)",
  "CREATE TRIGGER evil AFTER UPDATE ON annotation BEGIN DELETE FROM undo_step; END",
  "DROP TABLE label; CREATE VIEW label AS SELECT 1 AS id, 2 AS name, 3 AS color, 4 AS key,"
  " 0 AS is_removed",
};

static void
test_hostile (Fixture *self, gconstpointer data)
{
  gsize size = 0;
  g_autofree char *bytes = sample_bytes (self, &size);
  g_autofree char *path = g_build_filename (self->folder, "hostile.tpo", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (hostile); i++) {
    g_autofree char *changed = NULL;
    gsize changed_size;
    sqlite3 *db = NULL;

    g_test_message ("%s", hostile[i]);
    g_assert_true (g_file_set_contents (path, bytes, (gssize) size, NULL));
    g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
    g_assert_cmpint (sqlite3_exec (db, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL), ==,
                     SQLITE_OK);
    sqlite3_exec (db, hostile[i], NULL, NULL, NULL);
    sqlite3_close (db);
    g_assert_true (g_file_get_contents (path, &changed, &changed_size, NULL));
    try_bytes (self, changed, changed_size);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  FIXTURE_ADD ("/damage/no-project", test_no_project);
  FIXTURE_ADD ("/damage/cut-off", test_cut_off);
  FIXTURE_ADD ("/damage/overwritten", test_overwritten);
  FIXTURE_ADD ("/damage/hostile", test_hostile);
  return g_test_run ();
}
