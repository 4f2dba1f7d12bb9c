#pragma once

#include "document/tpo-document.h"

G_BEGIN_DECLS

/**
 * tpo_document_describe_source: where a keyframe comes from, in words: “corrected by Ana”,
 *   “predicted by TPO nano”
 * @keyframe: of @annotation
 *
 * What a project says of it never changes, and is read once. Main thread.
 *
 * Returns: (transfer full): translated, to stand in the middle of a sentence
 */
char *tpo_document_describe_source (TpoDocument *self, TpoAnnotation *annotation,
                                    const TpoKeyframeRecord *keyframe);

/**
 * tpo_document_get_model: which model and version predicted an annotation, whatever became of it
 *
 * Returns: (transfer none) (nullable): “TPO nano 1”, interned; %NULL where none did
 */
const char *tpo_document_get_model (TpoDocument *self, TpoAnnotation *annotation);

/**
 * tpo_document_list_models: of the open video. Returns: (transfer container): as
 * tpo_document_get_model() gives them, each once, by name
 */
GPtrArray *tpo_document_list_models (TpoDocument *self);

G_END_DECLS
