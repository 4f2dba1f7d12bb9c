#pragma once

#include "media/picture-sequence.h"

G_BEGIN_DECLS

/*
 * What TpoVideoImport does in a thread of its own. The main thread looks at the two atomic numbers
 * alone until it is done.
 */

typedef struct {
  char *project;
  GPtrArray *files; /* of GFile: files and folders to add */
  GPtrArray
      *sequences; /* nullable: of TpoPictureSequence, to add as videos or as their pictures */
  double rate;    /* frames a second of those that do not say, or 0 for their pictures */

  int n_found, n_done; /* atomic */
  guint n_added, n_known;
  GPtrArray *asked; /* nullable once taken: of TpoPictureSequence: found, to be asked about */
  guint n_label_folders; /* of masks, left out */
  GPtrArray *failed;     /* nullable once taken: of char *: names */
  char *reason, *problem;
} TpoVideoImportJob;

/** tpo_video_import_job_new: @project: its path. The caller fills in what is to
 * be added. Returns: (transfer full) */
TpoVideoImportJob *tpo_video_import_job_new (const char *project);

void tpo_video_import_job_free (TpoVideoImportJob *self);

/** tpo_video_import_job_run: blocks; what was done until it is cancelled stays */
void tpo_video_import_job_run (TpoVideoImportJob *self, GCancellable *cancellable);

G_END_DECLS
