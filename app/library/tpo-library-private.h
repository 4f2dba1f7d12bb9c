#pragma once

#include "library/tpo-library.h"

/* What the files of the library share. */

struct _TpoLibrary {
  GObject parent_instance;

  TpoEngine *engine;
  char *folder;
  char *bundled;         /* nullable */
  GListStore *models;    /* TpoModelEntry */
  GListStore *downloads; /* TpoDownload: unfinished ones */
  TpoModelEntry *current, *opening;
  GCancellable *switching;
  GCancellable *importing; /* nullable */
  char *import_step;
  double import_progress;
};

/** tpo_library_report: tells of a problem, though nobody needs to be told that a user cancelled */
void tpo_library_report (TpoLibrary *self, const char *heading, const GError *error);

/** tpo_library_add: takes @file over. Returns: (transfer none) */
TpoModelEntry *tpo_library_add (TpoLibrary *self, TpoModelFile *file);

/** tpo_library_list_hashes: of all models. Returns: (transfer full) */
GStrv tpo_library_list_hashes (TpoLibrary *self);

void tpo_library_add_download (TpoLibrary *self, TpoDownload *download);
