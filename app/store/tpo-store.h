#pragma once

#include "store/tpo-records.h"

/*
 * A project: one SQLite file with its videos, conversations, predictions, annotations and the
 * history of all changes to them.
 *
 * Threads: a store belongs to the thread that opened it, which may be the main one: a change
 * takes a tenth of a millisecond or so, since another thread does the waiting for the disk. What
 * takes longer is opening an older file, which is copied and migrated, and reading time indices
 * and tracks of hours. Another thread opens the same path once more; readers and one writer do
 * not hinder each other.
 *
 * Safety: every change is one transaction, and in the system's hands when the call returns, so
 * that killing the program loses at most the change under way. It is on the disk at most a
 * second later (synchronous=NORMAL and a checkpoint in the background; FULL would have every
 * gesture wait some milliseconds, on a spinning disk many); a power cut loses that second and
 * damages nothing.
 *
 * Errors: TPO_ERROR_IO when the disk is full, the file read-only or locked for five seconds,
 * TPO_ERROR_FORMAT when it is damaged or no project, TPO_ERROR_UNSUPPORTED when a newer version
 * wrote it, TPO_ERROR_INVALID for values that make no sense. Messages are sentences for people.
 * After an error the project is as it was before the call.
 */

G_BEGIN_DECLS

typedef struct _TpoStore TpoStore;

typedef enum {
  TPO_STORE_DEFAULT = 0,
  TPO_STORE_READ_ONLY = 1 << 0, /* changes fail with TPO_ERROR_IO; the file must exist */
} TpoStoreFlags;

/**
 * TpoEdit: how a change is recorded; valid when zeroed, and %NULL is taken for a zeroed one
 */
typedef struct {
  const char *name; /* of the undo step, untranslated, "Nudge Box"; %NULL for the usual one */
  double seconds_spent; /* by the user on this gesture; 0 when unknown */
  gint64 amend_step; /* of tpo_store_get_last_step(): joined while still the newest, else 0 */
} TpoEdit;

/**
 * TpoStoreChange: what a change, an undo or a redo touched, so that views read it again
 */
typedef struct {
  const gint64 *annotation_ids; /* [n_annotation_ids], each once; may be created or gone */
  guint n_annotation_ids;
  gboolean has_labels;
  gboolean has_conversations; /* conversations or messages */
  gint64 same_message_id;     /* up to this one messages are as they were; 0: none need be */
  gboolean has_questions;     /* saved questions, not their runs */
  gboolean has_videos;
} TpoStoreChange;

/**
 * TpoStoreChangedFunc: called after the change is saved, in the thread of the call that made it
 */
typedef void (*TpoStoreChangedFunc) (TpoStore *self, const TpoStoreChange *change,
                                     gpointer user_data);

/**
 * tpo_store_open:
 * @path: of the project's file; created with its folder if there is none
 *
 * Opens a project. A file of an older version is copied to "PATH.vN" and migrated.
 *
 * Returns: (transfer full): or %NULL with an error as above
 */
TpoStore *tpo_store_open (const char *path, TpoStoreFlags flags, GError **error);

/** tpo_store_close: frees @self; a group still open is given up */
void tpo_store_close (TpoStore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoStore, tpo_store_close)

const char *tpo_store_get_path (TpoStore *self);

/** tpo_store_is_read_only: whether changes are refused */
gboolean tpo_store_is_read_only (TpoStore *self);

/** tpo_store_set_author: who revises from now on; the user's login name unless set */
void tpo_store_set_author (TpoStore *self, const char *author);

/** tpo_store_get_author: for another connection of the same person. Returns: (transfer none) */
const char *tpo_store_get_author (TpoStore *self);

/** tpo_store_set_changed_func: the one listener; %NULL for none */
void tpo_store_set_changed_func (TpoStore *self, TpoStoreChangedFunc func, gpointer user_data);

/**
 * tpo_store_flush: brings all changes to the disk, into the one project file, and waits for it
 *
 * For Ctrl+S. It happens by itself within a second.
 */
gboolean tpo_store_flush (TpoStore *self, GError **error);

/**
 * tpo_store_poll: whether another connection, of this or another program, has changed the project
 * since the last call
 *
 * Takes some microseconds. Also when nothing can be read: what reads next says why.
 */
gboolean tpo_store_poll (TpoStore *self);

/**
 * tpo_store_begin_group:
 *
 * Makes all changes up to tpo_store_end_group() one transaction and one undo step, named by
 * @edit. For what is computed without pause, such as "Accept All" or the answer of a model with
 * its annotations, not for a drag in progress: other writers wait. A change that fails inside
 * leaves no trace while the group goes on. Groups do not nest.
 */
gboolean tpo_store_begin_group (TpoStore *self, const TpoEdit *edit, GError **error);
gboolean tpo_store_end_group (TpoStore *self, GError **error);
void tpo_store_cancel_group (TpoStore *self);

/** tpo_store_finish_group: ends it if @ok, else cancels it. Returns: whether its changes stay */
gboolean tpo_store_finish_group (TpoStore *self, gboolean ok, GError **error);

/**
 * tpo_store_begin_snapshot:
 *
 * Keeps what @self reads at this moment's state until tpo_store_end_snapshot(), while others
 * write. For exports; no changes in between.
 */
gboolean tpo_store_begin_snapshot (TpoStore *self, GError **error);
void tpo_store_end_snapshot (TpoStore *self);

/**
 * tpo_store_undo:
 *
 * Takes back the newest step, of this or an earlier run. Does nothing when there is none.
 */
gboolean tpo_store_undo (TpoStore *self, GError **error);

/**
 * tpo_store_redo: does again what was undone last, until the next change
 *
 * Any change ends it, also one of a run in the background: the steps of a project are one line,
 * which redo and a later undo walk in the order of making. A step that was recorded meanwhile would
 * stand before what is redone, and undoing that one first would write values from before both.
 */
gboolean tpo_store_redo (TpoStore *self, GError **error);

/** tpo_store_count_undo: how many changes the step has that tpo_store_undo() takes back; 0 without one */
gint64 tpo_store_count_undo (TpoStore *self);

/** tpo_store_count_redo: the same of tpo_store_redo() */
gint64 tpo_store_count_redo (TpoStore *self);

/**
 * tpo_store_dup_undo_name: the name of the step that tpo_store_undo() takes back, untranslated
 *
 * Returns: (transfer full) (nullable): %NULL when there is none
 */
char *tpo_store_dup_undo_name (TpoStore *self);
char *tpo_store_dup_redo_name (TpoStore *self);

/** tpo_store_get_last_step: id of the newest step that is not undone, or 0; for TpoEdit */
gint64 tpo_store_get_last_step (TpoStore *self);

/**
 * TpoStoreCounts: how much of what a project holds, for its summary and for loss reports
 *
 * Annotations deleted do not count.
 */
typedef struct {
  gint64 n_videos, n_messages, n_predictions, n_labels;
  gint64 n_annotations[TPO_ANNOTATION_KIND_COUNT][TPO_STATUS_COUNT];
  gint64 n_keyframes, n_masks; /* of annotations, every revision's */
  gint64 n_scores;             /* predictions with a score */
  gint64 n_curves;             /* predictions with a saliency curve */
  gint64 n_corrections;        /* revisions after the first */
} TpoStoreCounts;

/** TpoVideoScope: which videos are meant; zeroed: all */
typedef struct {
  gint64 video_id;      /* that one alone; 0: any */
  gboolean is_reviewed; /* only those that are marked as reviewed */
} TpoVideoScope;

/**
 * tpo_store_count: @scope: (nullable): what belongs to which videos; labels are those of the project.
 * Videos that were removed do not count
 */
gboolean tpo_store_count (TpoStore *self, const TpoVideoScope *scope, TpoStoreCounts *counts,
                          GError **error);

G_END_DECLS
