#pragma once

#include "formats/json-reader.h"

/*
 * Members of objects that this program has no place for. Those of an object of the video are kept as
 * they are, for an export in the same format; others are counted by name, for the loss report.
 */

G_BEGIN_DECLS

/** tpo_json_count_field: a member @name, whose value was read, has no place */
void tpo_json_count_field (TpoJsonReader *self, const char *name);

/**
 * tpo_json_skip_field: passes over the value of the member @name and counts it
 * @...: names that are not counted, since they say nothing new; ends with %NULL
 */
void tpo_json_skip_field (TpoJsonReader *self, const char *name, ...) G_GNUC_NULL_TERMINATED;

/**
 * tpo_json_keep_field: appends the member @name to @fields: JSON, as between the braces of an object
 * @...: as above; they are passed over
 *
 * What is longer than TPO_MAX_FIELDS together is counted instead.
 */
void tpo_json_keep_field (TpoJsonReader *self, GString *fields, const char *name,
                          ...) G_GNUC_NULL_TERMINATED;

G_END_DECLS
