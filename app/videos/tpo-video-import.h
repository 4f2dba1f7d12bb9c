#pragma once

#include "document/tpo-document.h"
#include "media/picture-sequence.h"

G_BEGIN_DECLS

#define TPO_TYPE_VIDEO_IMPORT (tpo_video_import_get_type ())
G_DECLARE_FINAL_TYPE (TpoVideoImport, tpo_video_import, TPO, VIDEO_IMPORT, GObject)

/**
 * TpoVideoImport:
 *
 * Adds many videos and pictures to a project: a thread of its own walks through folders, indexes
 * files and saves each at once, all as one undo step. Files that are in the project already cost a
 * look at their date; those that cannot be read stop nothing. Folders of numbered pictures may be
 * frames of videos or photographs: whoever adds them is to say. Main thread only.
 *
 * Signals: "progress": the numbers below changed, some times a second; "finished": the last file is
 * done, or it was cancelled.
 */

/** TpoVideoImportResult: since the import began */
typedef struct {
  guint n_found;    /* files that look like videos or pictures, so far */
  guint n_done;     /* of them */
  guint n_added;    /* new in the project */
  guint n_known;    /* were in the project, here or at an address where they no longer are */
  GPtrArray *asked; /* of TpoPictureSequence: what they are is to be said */
  guint n_label_folders; /* of numbered masks, left out */
  GPtrArray *failed;     /* of char *: names of files that could not be read */
  char *reason;          /* nullable: why the first of them could not */
  char *problem;         /* nullable: why nothing more could be saved */
} TpoVideoImportResult;

TpoVideoImport *tpo_video_import_new (TpoDocument *document);

/**
 * tpo_video_import_add: @files: (element-type GFile): files and folders; while it runs they come
 * after those before
 */
void tpo_video_import_add (TpoVideoImport *self, GPtrArray *files);

/**
 * tpo_video_import_take_asked: what the result has so far of numbered pictures. Returns: (transfer
 * full) (element-type TpoPictureSequence): which it then has no more
 */
GPtrArray *tpo_video_import_take_asked (TpoVideoImport *self);

/**
 * tpo_video_import_add_sequences: adds numbered pictures
 * @sequences: (element-type TpoPictureSequence): kept, not changed
 * @rate: as videos, of so many frames a second unless they say it themselves; or 0: one by one
 */
void tpo_video_import_add_sequences (TpoVideoImport *self, GPtrArray *sequences, double rate);

/** tpo_video_import_cancel: what was added stays */
void tpo_video_import_cancel (TpoVideoImport *self);

gboolean tpo_video_import_is_running (TpoVideoImport *self);

/**
 * tpo_video_import_get_result: Returns: (transfer none): lists and texts only once "finished" was
 * emitted
 */
const TpoVideoImportResult *tpo_video_import_get_result (TpoVideoImport *self);

/** tpo_video_import_dup_text: what came of it, a sentence or some, or "" while
 * all of it is to be asked about. Returns: (transfer full): translated */
char *tpo_video_import_dup_text (TpoVideoImport *self);

G_END_DECLS
