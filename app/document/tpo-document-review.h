#pragma once

#include "document/tpo-document.h"
#include "review/resolution.h"

G_BEGIN_DECLS

/* Each returns whether it was saved; if not, "toast" said why. One undo step each. */

/** tpo_document_restore: makes a label again what it was at one of its revisions */
gboolean tpo_document_restore (TpoDocument *self, gint64 revision_id);

/** tpo_document_resolve: does about a difference to another project what was chosen */
gboolean tpo_document_resolve (TpoDocument *self, const TpoDifference *difference,
                               TpoChoice choice);

G_END_DECLS
