#pragma once

#include "document/tpo-document.h"
#include "review/resolution.h"

G_BEGIN_DECLS

/*
 * Each is one undo step and returns whether it was saved or, of a long track by a thread, is on its
 * way; if not, "toast" says why.
 */

/** tpo_document_restore: makes a label again what it was at one of its revisions */
gboolean tpo_document_restore (TpoDocument *self, gint64 revision_id);

/** tpo_document_resolve: does about a difference to another project what was chosen */
gboolean tpo_document_resolve (TpoDocument *self, TpoDifference *difference, TpoChoice choice);

/**
 * tpo_document_take_all: adds all labels that only the other project has
 * @differences: (element-type TpoDifference): held on to meanwhile
 */
gboolean tpo_document_take_all (TpoDocument *self, GPtrArray *differences);

G_END_DECLS
