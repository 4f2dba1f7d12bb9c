#pragma once

#include <tpo/error.h>

#include "formats/tpo-formats.h"
#include "formats/tpo-loss-report.h"
#include "store/tpo-store.h"

/*
 * Exports of a project. Every format is a file or a folder that other programs read, and beside
 * it "NAME.tpo-export.json", or in it "tpo-export.json": tool and schema version, options,
 * counts, losses, the videos with their addresses, and a SHA-256 of each file. Files get their
 * names only when all of them are complete; a failure or a cancel leaves what was there before.
 */

G_BEGIN_DECLS

/**
 * TpoExportOptions: what is written and how; valid when zeroed
 */
typedef struct {
  TpoVideoScope videos;     /* the others are counted in the report */
  gboolean reviewed_only;   /* leaves out what nobody accepted, corrected or made */
  gboolean with_discarded;  /* tpo-instruct only: also what was found wrong, marked so */
  gboolean polygons;        /* COCO: outlines where a mask has no holes, else run lengths */
  gboolean keyframes_only;  /* COCO: boxes at keyframes, none interpolated */
  gboolean zero_based;      /* MOTChallenge: the first pixel is 0, as some programs read it */
  TpoProgressFunc progress; /* nullable; called in the thread of tpo_export() */
  gpointer progress_data;
} TpoExportOptions;

/**
 * tpo_export:
 * @store: of the calling thread; read as it is at the start, while others write. In the
 *   background, open the project once more with %TPO_STORE_READ_ONLY.
 * @format: one that has @write
 * @target: a file, replaced when it exists, or for a format without extension a folder, replaced
 *   when it is empty or an earlier export
 * @options: (nullable)
 * @report: (out) (optional) (transfer full): what the format could not take
 *
 * Memory is bounded by the largest video's index and track, not by the project. Numbers are the
 * same in every locale, and the same project gives the same bytes.
 *
 * Returns: false with %G_IO_ERROR from writing or cancelling, or the store's errors
 */
gboolean tpo_export (TpoStore *store, const TpoFormat *format, GFile *target,
                     const TpoExportOptions *options, TpoLossReport **report,
                     GCancellable *cancellable, GError **error);

G_END_DECLS
