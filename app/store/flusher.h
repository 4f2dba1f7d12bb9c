#pragma once

#include <glib.h>
#include <sqlite3.h>

/*
 * Brings saved changes to the disk in a thread of its own, so that the thread that makes them
 * never waits for it. A change is in the system's hands when its transaction ends; at most half
 * a second later the flusher has the log synced and moved into the project file.
 */

G_BEGIN_DECLS

typedef struct _TpoFlusher TpoFlusher;

/** tpo_flusher_new: @path: of a database in WAL mode. Returns: (transfer full) */
TpoFlusher *tpo_flusher_new (const char *path);

/** tpo_flusher_wake: something was saved. Any thread; takes no time */
void tpo_flusher_wake (TpoFlusher *self);

/**
 * tpo_flusher_flush:
 * @db: a connection of the calling thread
 *
 * Flushes now, after one that is under way.
 *
 * Returns: SQLite's result code
 */
int tpo_flusher_flush (TpoFlusher *self, sqlite3 *db);

/** tpo_flusher_free: waits for a flush under way; what is left, closing the database does */
void tpo_flusher_free (TpoFlusher *self);

G_END_DECLS
