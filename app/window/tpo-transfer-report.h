#pragma once

#include <adwaita.h>

#include "formats/tpo-import.h"

/* What went where in an export, or would come with an import, and what is lost on the way. */

G_BEGIN_DECLS

#define TPO_TYPE_TRANSFER_REPORT (tpo_transfer_report_get_type ())
G_DECLARE_FINAL_TYPE (TpoTransferReport, tpo_transfer_report, TPO, TRANSFER_REPORT, AdwWindow)

/**
 * tpo_transfer_report_new_export:
 * @file: what was written, a file or a folder; a button shows where it is
 *
 * Returns: a window to present, with that button and nothing else to decide
 */
GtkWindow *tpo_transfer_report_new_export (GtkWindow *parent, GFile *file,
                                           const TpoLossReport *report);

/**
 * tpo_transfer_report_new_import:
 * @file: what was read
 *
 * Returns: a window to present once tpo_transfer_report_show_import() was called; it emits
 * "accepted" once, if the user wants that, and closes. "base-chosen" asks for @file to be read
 * again, with pixels that count from 0 or not; until that is shown it cannot be accepted.
 */
TpoTransferReport *tpo_transfer_report_new_import (GtkWindow *parent, GFile *file);

/** tpo_transfer_report_show_import: what would come; @format: what it was read as, such as "COCO" */
void tpo_transfer_report_show_import (TpoTransferReport *self, const char *format,
                                      const TpoImportSummary *summary,
                                      const TpoLossReport *report);

/** tpo_transfer_report_is_zero_based: whether pixels are said to count from 0 */
gboolean tpo_transfer_report_is_zero_based (TpoTransferReport *self);

G_END_DECLS
