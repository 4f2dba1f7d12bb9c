#pragma once

#include "../store/fixture.h"
#include "formats/tpo-export.h"
#include "formats/tpo-import.h"

/* What tests of exports and imports share. */

const char *path_in (Fixture *self, const char *name, char **path);
void assert_loss (const TpoLossReport *report, const char *line);

/* A video of one frame every two hundredths of a second. */
gint64 add_video (TpoStore *store, const char *uri, guint width, guint height,
                  gint64 duration_us);
gint64 add_span (TpoStore *store, gint64 video_id, const char *text, gint64 start_us,
                 gint64 end_us);
gint64 add_mask (TpoStore *store, gint64 video_id, gint64 label_id, TpoRle *mask,
                 gint64 time_us);

/* A file below the fixture's folder. */
void write_text (Fixture *self, const char *name, const char *text);

/* Reads and commits a file or folder of the fixture's folder. */
gboolean import_file (Fixture *self, const char *format, const char *name,
                      TpoLossReport **report, GError **error);

/* The same for a text, which must be detected as that format. @report: (optional) */
void import_text (Fixture *self, const char *format, const char *name, const char *text,
                  TpoLossReport **report);
gboolean import_detects (Fixture *self, const char *format, const char *name);

/* Refused with that sentence, and nothing in the project. @text: (nullable): is there already */
void import_fails (Fixture *self, const char *format, const char *name, const char *text,
                   const char *sentence);

TpoAnnotationRecord *nth_annotation (Fixture *self, gint64 video_id, guint n);
guint n_annotations (Fixture *self, gint64 video_id);
GPtrArray *keyframes_of (Fixture *self, const TpoAnnotationRecord *annotation);
const char *label_of (Fixture *self, const TpoAnnotationRecord *annotation, char **name);

/* Exports into the fixture's folder. Returns the main file's text, if there is one. */
char *export_to (Fixture *self, const char *format, const char *name);
