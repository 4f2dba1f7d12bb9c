/*
 * A disk that fails at one moment, for every such moment: write number k of a script of edits is
 * refused, as on a full disk or with an error of the device, and so are all that follow it or none.
 * What a call had confirmed must be there after the restart; what it refused must not be there in
 * parts; and the project must be whole.
 */

#include <glib/gstdio.h>

#include <tpo/error.h>

#include "fixture.h"

/* ---- a file system that fails on demand ----------------------------------------------------------- */

typedef enum {
  FAIL_ONCE,  /* a hiccup */
  FAIL_AFTER, /* from then on: the disk is full, or gone */
} Manner;

/* One test at a time; SQLite's interface leaves a file system no other place for its state. */
static struct {
  GMutex mutex; /* the flusher writes, too */
  gint64 n_writes;
  gint64 failing; /* number of the write, from 0; -1: none */
  Manner manner;
  int result; /* what it says */
} disk = { .failing = -1 };

/* The next write, truncation, synchronisation or new file. Returns: SQLITE_OK, or what it fails with */
static int
next_write (void)
{
  gint64 number;
  gboolean is_failing;

  g_mutex_lock (&disk.mutex);
  number = disk.n_writes++;
  is_failing = disk.failing >= 0 &&
               (disk.manner == FAIL_ONCE ? number == disk.failing : number >= disk.failing);
  g_mutex_unlock (&disk.mutex);
  return is_failing ? disk.result : SQLITE_OK;
}

static void
set_failing (gint64 failing, Manner manner, int result)
{
  g_mutex_lock (&disk.mutex);
  disk.n_writes = 0;
  disk.failing = failing;
  disk.manner = manner;
  disk.result = result;
  g_mutex_unlock (&disk.mutex);
}

typedef struct {
  sqlite3_file base;
  sqlite3_file *real; /* behind this struct */
} File;

static sqlite3_file *
real_of (sqlite3_file *file)
{
  return ((File *) file)->real;
}

static int
file_close (sqlite3_file *file)
{
  sqlite3_file *real = real_of (file);

  return real->pMethods != NULL ? real->pMethods->xClose (real) : SQLITE_OK;
}

static int
file_read (sqlite3_file *file, void *buffer, int size, sqlite3_int64 offset)
{
  return real_of (file)->pMethods->xRead (real_of (file), buffer, size, offset);
}

static int
file_write (sqlite3_file *file, const void *buffer, int size, sqlite3_int64 offset)
{
  int result = next_write ();

  /* A write that fails may have done half of its work. */
  if (result != SQLITE_OK) {
    real_of (file)->pMethods->xWrite (real_of (file), buffer, size / 2, offset);
    return result;
  }
  return real_of (file)->pMethods->xWrite (real_of (file), buffer, size, offset);
}

static int
file_truncate (sqlite3_file *file, sqlite3_int64 size)
{
  int result = next_write ();

  return result != SQLITE_OK ? result
                             : real_of (file)->pMethods->xTruncate (real_of (file), size);
}

/* No power is cut here: what was written is there, and waiting for it would take most of the time. */
static int
file_sync (sqlite3_file *file, int flags)
{
  return next_write ();
}

static int
file_size (sqlite3_file *file, sqlite3_int64 *size)
{
  return real_of (file)->pMethods->xFileSize (real_of (file), size);
}

static int
file_lock (sqlite3_file *file, int lock)
{
  return real_of (file)->pMethods->xLock (real_of (file), lock);
}

static int
file_unlock (sqlite3_file *file, int lock)
{
  return real_of (file)->pMethods->xUnlock (real_of (file), lock);
}

static int
file_check (sqlite3_file *file, int *is_locked)
{
  return real_of (file)->pMethods->xCheckReservedLock (real_of (file), is_locked);
}

static int
file_control (sqlite3_file *file, int operation, void *argument)
{
  return real_of (file)->pMethods->xFileControl (real_of (file), operation, argument);
}

static int
file_sector (sqlite3_file *file)
{
  return real_of (file)->pMethods->xSectorSize (real_of (file));
}

static int
file_characteristics (sqlite3_file *file)
{
  return real_of (file)->pMethods->xDeviceCharacteristics (real_of (file));
}

static int
file_map (sqlite3_file *file, int page, int size, int extend, void volatile **memory)
{
  return real_of (file)->pMethods->xShmMap (real_of (file), page, size, extend, memory);
}

static int
file_shared_lock (sqlite3_file *file, int offset, int n, int flags)
{
  return real_of (file)->pMethods->xShmLock (real_of (file), offset, n, flags);
}

static void
file_barrier (sqlite3_file *file)
{
  real_of (file)->pMethods->xShmBarrier (real_of (file));
}

static int
file_unmap (sqlite3_file *file, int is_deleted)
{
  return real_of (file)->pMethods->xShmUnmap (real_of (file), is_deleted);
}

static const sqlite3_io_methods file_methods = {
  2,
  file_close,
  file_read,
  file_write,
  file_truncate,
  file_sync,
  file_size,
  file_lock,
  file_unlock,
  file_check,
  file_control,
  file_sector,
  file_characteristics,
  file_map,
  file_shared_lock,
  file_barrier,
  file_unmap,
};

static sqlite3_vfs *
real_vfs (sqlite3_vfs *vfs)
{
  return vfs->pAppData;
}

static int
vfs_open (sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *flags_out)
{
  File *self = (File *) file;
  int result = flags & SQLITE_OPEN_CREATE ? next_write () : SQLITE_OK;

  self->real = (sqlite3_file *) &self[1];
  self->base.pMethods = NULL;
  if (result != SQLITE_OK)
    return SQLITE_CANTOPEN;
  result = real_vfs (vfs)->xOpen (real_vfs (vfs), name, self->real, flags, flags_out);
  if (result == SQLITE_OK)
    self->base.pMethods = &file_methods;
  return result;
}

static void
install_disk (void)
{
  static sqlite3_vfs vfs;

  vfs = *sqlite3_vfs_find (NULL);
  vfs.pAppData = sqlite3_vfs_find (NULL);
  vfs.zName = "failing";
  vfs.szOsFile += (int) sizeof (File);
  vfs.xOpen = vfs_open;
  g_assert_cmpint (sqlite3_vfs_register (&vfs, 1), ==, SQLITE_OK);
}

/* ---- the script ---------------------------------------------------------------------------------------- */

typedef struct {
  TpoStore *store;
  gint64 video_id, span_id, track_id, answer_id;
} Script;

typedef gboolean (*Edit) (Script *self, GError **error);

static gboolean
add_label (Script *self, GError **error)
{
  return tpo_store_add_label (self->store, "car", "#ff0000", "1", NULL, error) != 0;
}

static gboolean
move_span (Script *self, GError **error)
{
  return tpo_store_set_span (self->store, self->span_id, 7, 400000, NULL, error);
}

static gboolean
name_span (Script *self, GError **error)
{
  g_autofree char *text = g_strnfill (20000, 'n'); /* some pages of it */

  return tpo_store_set_annotation_text (self->store, self->span_id, text, NULL, error);
}

static gboolean
ask (Script *self, GError **error)
{
  gint64 conversation_id;

  if (!tpo_store_begin_group (self->store, &(TpoEdit){ .name = "Ask" }, error))
    return FALSE;
  conversation_id = tpo_store_add_conversation (self->store, self->video_id, NULL, NULL, error);
  if (conversation_id != 0 &&
      tpo_store_append_message (self->store, conversation_id, TPO_MESSAGE_USER, "when",
                                TPO_MESSAGE_COMPLETE, NULL, error) != 0)
    self->answer_id =
        tpo_store_append_message (self->store, conversation_id, TPO_MESSAGE_ASSISTANT, "",
                                  TPO_MESSAGE_STREAMING, NULL, error);
  if (self->answer_id == 0) {
    tpo_store_cancel_group (self->store);
    return FALSE;
  }
  if (tpo_store_end_group (self->store, error))
    return TRUE;
  self->answer_id = 0;
  return FALSE;
}

static gboolean
answer (Script *self, GError **error)
{
  /* Without a question there is nothing to answer, which counts as refused. */
  return self->answer_id != 0 && tpo_store_stream_message (self->store, self->answer_id, "now",
                                                           TPO_MESSAGE_COMPLETE, error);
}

static gboolean
flush (Script *self, GError **error)
{
  return tpo_store_flush (self->store, error);
}

static gboolean
move_box (Script *self, GError **error)
{
  g_autoptr (TpoKeyframeRecord) keyframe = keyframe_new (400000, 0.25f, 0.25f, 0.5f, 0.75f);

  return tpo_store_set_keyframe (self->store, self->track_id, keyframe, 440000, NULL, error);
}

static gboolean
add_two_and_undo (Script *self, GError **error)
{
  return tpo_store_add_label (self->store, "kept", "#00ff00", NULL, NULL, error) != 0 &&
         tpo_store_add_label (self->store, "undone", "#0000ff", NULL, NULL, error) != 0 &&
         tpo_store_undo (self->store, error);
}

/* What shows that an edit is in the project: 1 if so, 0 if not a trace of it is. */
static const struct {
  Edit run;
  const char *trace; /* NULL where an edit leaves none, or more than one */
} edits[] = {
  { add_label, "SELECT count(*) FROM label WHERE name = 'car'" },
  { move_span, "SELECT count(*) FROM revision WHERE start_us = 7 AND text NOT LIKE 'n%'" },
  { flush, NULL },
  { name_span, "SELECT count(*) FROM revision WHERE text LIKE 'nnn%'" },
  { ask, "SELECT count(*) FROM message WHERE role = 'user'" },
  { answer, "SELECT count(*) FROM message WHERE text = 'now'" },
  { flush, NULL },
  { move_box, "SELECT count(*) FROM keyframe" },
  { add_two_and_undo, NULL },
};

/* A project with what the script changes. */
static void
prepare (Fixture *fixture, Script *script)
{
  script->video_id = sample_video (fixture->store, "clip7.mp4");
  script->span_id = tpo_store_annotate_prediction (
      fixture->store, sample_span (fixture->store, script->video_id, 0), 0, NULL, NULL);
  script->track_id = tpo_store_annotate_prediction (
      fixture->store, sample_box_track (fixture->store, script->video_id, 0), 0, NULL, NULL);
  g_assert_cmpint (script->track_id, >, 0);
  g_clear_pointer (&fixture->store, tpo_store_close);
}

/* Fails where something is lost, or there although it was refused. */
static void
check (const char *path, const gboolean *confirmed, gint64 n_keyframes)
{
  g_assert_cmpint (query_number (path, "SELECT count(*) FROM pragma_integrity_check "
                                       "WHERE integrity_check <> 'ok'"),
                   ==, 0);
  g_assert_cmpint (query_number (path, "SELECT count(*) FROM pragma_foreign_key_check"), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (edits); i++)
    if (edits[i].trace != NULL) {
      gint64 n = query_number (path, edits[i].trace);

      n -= edits[i].run == move_box ? n_keyframes : 0;
      if (n != confirmed[i])
        g_error ("edit %u was %s, and left %" G_GINT64_FORMAT " traces", i,
                 confirmed[i] ? "confirmed" : "refused", n);
    }
}

/* Runs the script on a copy of the project with that disk. Returns: how many writes it came to;
 * @n_refused grows */
static gint64
run_script (Fixture *fixture, const Script *prepared, gint64 failing, Manner manner, int result,
            guint *n_refused)
{
  g_autofree char *path = g_build_filename (fixture->folder, "copy.tpo", NULL);
  g_autofree char *before = NULL;
  g_autofree char *bytes = NULL;
  gboolean confirmed[G_N_ELEMENTS (edits)] = { FALSE };
  Script script = *prepared;
  gint64 n_writes, n_keyframes;
  gsize size;

  g_assert_true (g_file_get_contents (fixture->path, &bytes, &size, NULL));
  g_assert_true (g_file_set_contents (path, bytes, (gssize) size, NULL));
  n_keyframes = query_number (path, "SELECT count(*) FROM keyframe");
  set_failing (failing, manner, result);
  script.store = tpo_store_open (path, TPO_STORE_DEFAULT, NULL);
  for (guint i = 0; script.store != NULL && i < G_N_ELEMENTS (edits); i++) {
    g_autoptr (GError) error = NULL;

    confirmed[i] = edits[i].run (&script, &error);
    if (error != NULL)
      g_assert_cmpint (error->domain, ==, TPO_ERROR);
    g_assert_false (confirmed[i] && error != NULL);
    *n_refused += !confirmed[i];
  }
  n_writes = disk.n_writes;
  if (script.store != NULL) {
    before = dump_visible (script.store, script.video_id);
    tpo_store_close (script.store); /* which empties the log, if the disk lets it */
  }

  set_failing (-1, manner, result);
  script.store = tpo_store_open (path, TPO_STORE_DEFAULT, NULL);
  g_assert_nonnull (script.store);
  if (before != NULL) {
    g_autofree char *after = dump_visible (script.store, script.video_id);

    g_assert_cmpstr (after, ==, before);
  }
  check (path, confirmed, n_keyframes);
  /* With a disk that works it goes on. */
  g_assert_true (tpo_store_set_span (script.store, script.span_id, 1, 2, NULL, NULL));
  tpo_store_close (script.store);
  g_unlink (path);
  return n_writes;
}

static void
sweep (Fixture *fixture, Manner manner, int result)
{
  Script script = { 0 };
  guint n_refused = 0;
  gint64 n_writes;

  prepare (fixture, &script);
  n_writes = run_script (fixture, &script, -1, manner, result, &n_refused);
  g_assert_cmpint (n_writes, >, 30);
  g_assert_cmpuint (n_refused, ==, 0);
  for (gint64 k = 0; k <= n_writes; k++)
    run_script (fixture, &script, k, manner, result, &n_refused);
  g_test_message ("%" G_GINT64_FORMAT " writes, %u changes refused", n_writes, n_refused);
  g_assert_cmpuint (n_refused, >, 20);
}

static void
test_full (Fixture *self, gconstpointer data)
{
  sweep (self, FAIL_AFTER, SQLITE_FULL);
}

static void
test_hiccup (Fixture *self, gconstpointer data)
{
  sweep (self, FAIL_ONCE, SQLITE_IOERR_WRITE);
}

static void
test_gone (Fixture *self, gconstpointer data)
{
  sweep (self, FAIL_AFTER, SQLITE_IOERR_WRITE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  install_disk ();
  FIXTURE_ADD ("/io-errors/full", test_full);
  FIXTURE_ADD ("/io-errors/hiccup", test_hiccup);
  FIXTURE_ADD ("/io-errors/gone", test_gone);
  return g_test_run ();
}
