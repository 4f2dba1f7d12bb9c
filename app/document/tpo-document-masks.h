#pragma once

#include "document/tpo-document.h"

G_BEGIN_DECLS

/*
 * Masks of the open video. Annotations know where they have masks; the masks themselves are read
 * from the project when they are looked at, so that tracks of hours take little memory.
 */

/**
 * tpo_document_get_mask: the mask of a track that is shown at @time_us
 *
 * Returns: (transfer full) (nullable): also %NULL where it cannot be read; a toast says why
 */
TpoRle *tpo_document_get_mask (TpoDocument *self, TpoAnnotation *annotation, gint64 time_us);

/**
 * tpo_document_get_mask_on: the same, unless it is that of an earlier frame. Returns: (transfer
 * full) (nullable)
 */
TpoRle *tpo_document_get_mask_on (TpoDocument *self, TpoAnnotation *annotation, gint64 time_us);

G_END_DECLS
