#pragma once

#include "download/transfer.h"

G_BEGIN_DECLS

#define TPO_TYPE_DOWNLOAD (tpo_download_get_type ())
G_DECLARE_FINAL_TYPE (TpoDownload, tpo_download, TPO, DOWNLOAD, GObject)

/**
 * TpoDownload:
 *
 * A model file that is fetched in a thread, can be paused, and goes on after a restart of the
 * program. Main thread only.
 *
 * Signals: "changed": state, progress or problem; "finished": it has its final name.
 */

typedef enum {
  TPO_DOWNLOAD_PAUSED,
  TPO_DOWNLOAD_RUNNING,
  TPO_DOWNLOAD_FAILED, /* may be tried again */
  TPO_DOWNLOAD_FINISHED,
  TPO_DOWNLOAD_STATE_COUNT,
} TpoDownloadState;

/**
 * tpo_download_new: paused
 * @path: final name
 * @sha256: (nullable): as in TpoTransfer
 */
TpoDownload *tpo_download_new (const char *address, const char *path, const char *sha256);

/**
 * tpo_download_list: those that are unfinished in @folder. Returns: (transfer full) (element-type
 * TpoDownload)
 */
GPtrArray *tpo_download_list (const char *folder);

/** tpo_download_start: begins or goes on; nothing if it runs, or has finished */
void tpo_download_start (TpoDownload *self);

/** tpo_download_pause: what came stays */
void tpo_download_pause (TpoDownload *self);

/** tpo_download_stop: the same, and waits for the thread; for the end of the program */
void tpo_download_stop (TpoDownload *self);

/** tpo_download_set_checksum: @sha256: (nullable): what it is to be from the next start on */
void tpo_download_set_checksum (TpoDownload *self, const char *sha256);

/** tpo_download_discard: ends it and removes what came; of no use afterwards */
void tpo_download_discard (TpoDownload *self);

/** tpo_download_take_model: Returns: (transfer full) (nullable): what came; once, when it has finished */
TpoModelFile *tpo_download_take_model (TpoDownload *self);

/** tpo_download_get_checksum: (nullable): the SHA-256 of what came, when it has finished */
const char *tpo_download_get_checksum (TpoDownload *self);

TpoDownloadState tpo_download_get_state (TpoDownload *self);
const TpoTransferProgress *tpo_download_get_progress (TpoDownload *self); /* (transfer none) */
const char *tpo_download_get_path (TpoDownload *self);
const char *tpo_download_get_address (TpoDownload *self);

/** tpo_download_get_problem: (nullable): a sentence: why it has failed */
const char *tpo_download_get_problem (TpoDownload *self);

G_END_DECLS
