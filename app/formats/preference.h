#pragma once

#include "formats/export-private.h"

G_BEGIN_DECLS

/** tpo_preference_write_message: a list of one message, as trainers take it */
void tpo_preference_write_message (TpoJsonWriter *json, const char *name, const char *role,
                                   const char *content);

/**
 * tpo_preference_write_answers: the rated answers of a video: pairs of a good and a bad one to the same question
 * into the main file, and each by itself into @ratings
 * @ratings: (inout): a file of its own, which the first answer opens; %NULL before
 */
gboolean tpo_preference_write_answers (TpoExport *self, const TpoExportVideo *names,
                                       TpoOutputFile **ratings, GError **error);

G_END_DECLS
