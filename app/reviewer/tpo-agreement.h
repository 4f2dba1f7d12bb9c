#pragma once

#include <adwaita.h>

#include "document/tpo-document.h"
#include "review/comparison.h"

G_BEGIN_DECLS

#define TPO_TYPE_AGREEMENT (tpo_agreement_get_type ())
G_DECLARE_FINAL_TYPE (TpoAgreement, tpo_agreement, TPO, AGREEMENT, AdwWindow)

/**
 * TpoAgreement:
 *
 * How far the labels of two projects agree, and a walk through the differences: each is shown, and
 * mine kept, theirs taken, both blended, or it is skipped.
 *
 * Signals: "show-label" (string, gint64, gint64): address of a video, my annotation or 0, and time
 * to be shown
 */

/** tpo_agreement_new: @comparison is taken over; @name: of the other project, to be shown */
GtkWindow *tpo_agreement_new (GtkWindow *parent, TpoDocument *document,
                              TpoComparison *comparison, const char *name);

/** tpo_agreement_start: shows the first difference; once somebody listens to "show-label" */
void tpo_agreement_start (TpoAgreement *self);

G_END_DECLS
