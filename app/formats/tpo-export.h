#pragma once

#include <tpo/error.h>

#include "store/tpo-store.h"

/*
 * Exports of a project. Every format is a file that other programs read, and beside it
 * "NAME.tpo-export.json": tool and schema version, options, counts, losses, the videos with
 * their addresses, and a SHA-256 of each file. Files get their names only when all of them are
 * complete; a failure or a cancel leaves what was there before.
 */

G_BEGIN_DECLS

typedef enum {
  TPO_EXPORT_COCO,         /* boxes and masks per frame */
  TPO_EXPORT_ACTIVITYNET,  /* captions with their spans */
  TPO_EXPORT_QVHIGHLIGHTS, /* queries with spans and saliency on 2-second clips */
  TPO_EXPORT_TPO_INSTRUCT, /* everything, to train from; predictions and corrections included */
  TPO_EXPORT_FORMAT_COUNT,
} TpoExportFormat;

typedef struct {
  const char *id;        /* on the command line */
  const char *title;     /* for people; a proper name, not translated */
  const char *extension; /* of the file, with its dot */
} TpoExportFormatInfo;

/** tpo_export_format_info: Returns: (transfer none) */
const TpoExportFormatInfo *tpo_export_format_info (TpoExportFormat format);

/** tpo_export_format_from_id: Returns: whether there is a format of that id */
gboolean tpo_export_format_from_id (const char *id, TpoExportFormat *format);

/**
 * TpoExportOptions: what is written and how; valid when zeroed
 */
typedef struct {
  gboolean reviewed_only;   /* leaves out what nobody accepted, corrected or made */
  gboolean with_discarded;  /* tpo-instruct only: also what was found wrong, marked so */
  gboolean polygons;        /* COCO: outlines where a mask has no holes, else run lengths */
  gboolean keyframes_only;  /* COCO: boxes at keyframes, none interpolated */
  TpoProgressFunc progress; /* nullable; called in the thread of tpo_export() */
  gpointer progress_data;
} TpoExportOptions;

/**
 * TpoLoss: something of the project that the file does not have, or not exactly
 */
typedef struct {
  char *what;   /* plural: "masks" */
  gint64 count; /* how many of them */
  char *why;    /* the rest of the sentence: "are not part of COCO" */
} TpoLoss;

/**
 * TpoLossReport: empty when the export is exact
 */
typedef struct {
  GPtrArray *losses; /* of TpoLoss */
} TpoLossReport;

void tpo_loss_report_free (TpoLossReport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoLossReport, tpo_loss_report_free)

/** tpo_loss_report_to_text: one line a loss, "12 masks are not part of COCO". (transfer full) */
char *tpo_loss_report_to_text (const TpoLossReport *self);

/**
 * tpo_export:
 * @store: of the calling thread; read as it is at the start, while others write. In the
 *   background, open the project once more with %TPO_STORE_READ_ONLY.
 * @target: replaced when it exists
 * @options: (nullable)
 * @report: (out) (optional) (transfer full): what the format could not take
 *
 * Memory is bounded by the largest video's index and track, not by the project. Numbers are the
 * same in every locale, and the same project gives the same bytes.
 *
 * Returns: false with %G_IO_ERROR from writing or cancelling, or the store's errors
 */
gboolean tpo_export (TpoStore *store, TpoExportFormat format, GFile *target,
                     const TpoExportOptions *options, TpoLossReport **report,
                     GCancellable *cancellable, GError **error);

G_END_DECLS
