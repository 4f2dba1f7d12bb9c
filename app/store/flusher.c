#include "store/flusher.h"

#define DELAY_US (G_USEC_PER_SEC / 2) /* changes of one drag or answer share a flush */

struct _TpoFlusher {
  char *path;
  GThread *thread;
  GMutex flushing; /* SQLite takes one checkpoint at a time and calls the second one busy */
  GMutex mutex;    /* guards what follows */
  GCond changed;
  gboolean is_dirty;
  gboolean is_stopped;
};

/* Sleeps until there is work and the delay is over. FALSE: the store is being closed. */
static gboolean
wait_for_work (TpoFlusher *self)
{
  gint64 until_us;
  gboolean is_stopped;

  g_mutex_lock (&self->mutex);
  while (!self->is_dirty && !self->is_stopped)
    g_cond_wait (&self->changed, &self->mutex);
  until_us = g_get_monotonic_time () + DELAY_US;
  while (!self->is_stopped && g_cond_wait_until (&self->changed, &self->mutex, until_us))
    ;
  self->is_dirty = FALSE;
  is_stopped = self->is_stopped;
  g_mutex_unlock (&self->mutex);
  return !is_stopped;
}

/* A passive checkpoint syncs the log first, and hinders neither readers nor the writer. */
int
tpo_flusher_flush (TpoFlusher *self, sqlite3 *db)
{
  int result;

  g_mutex_lock (&self->flushing);
  result = sqlite3_wal_checkpoint_v2 (db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
  g_mutex_unlock (&self->flushing);
  return result;
}

static sqlite3 *
open_log (const char *path)
{
  sqlite3 *db = NULL;

  /* A connection that has read nothing yet does not know of the log, and would flush nothing. */
  if (sqlite3_open_v2 (path, &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK ||
      sqlite3_exec (db, "PRAGMA schema_version", NULL, NULL, NULL) != SQLITE_OK)
    g_clear_pointer (&db, sqlite3_close);
  return db;
}

/*
 * When a flush fails, the changes are still in the log, and the next one tries again; a disk
 * that is full or gone shows in the writer's own calls, which report it.
 */
static gpointer
run (gpointer data)
{
  TpoFlusher *self = data;
  sqlite3 *db = NULL;

  while (wait_for_work (self)) {
    if (db == NULL)
      db = open_log (self->path);
    if (db != NULL)
      tpo_flusher_flush (self, db);
  }
  sqlite3_close (db);
  return NULL;
}

TpoFlusher *
tpo_flusher_new (const char *path)
{
  TpoFlusher *self = g_new0 (TpoFlusher, 1);

  self->path = g_strdup (path);
  g_mutex_init (&self->flushing);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->changed);
  self->thread = g_thread_new ("tpo-store-flush", run, self);
  return self;
}

void
tpo_flusher_wake (TpoFlusher *self)
{
  g_mutex_lock (&self->mutex);
  if (!self->is_dirty)
    g_cond_signal (&self->changed);
  self->is_dirty = TRUE;
  g_mutex_unlock (&self->mutex);
}

void
tpo_flusher_free (TpoFlusher *self)
{
  g_mutex_lock (&self->mutex);
  self->is_stopped = TRUE;
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->mutex);
  g_thread_join (self->thread);
  g_cond_clear (&self->changed);
  g_mutex_clear (&self->mutex);
  g_mutex_clear (&self->flushing);
  g_free (self->path);
  g_free (self);
}
