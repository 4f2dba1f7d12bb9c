#pragma once

#include "store/tpo-store-conversations.h"

/*
 * One conversation as a text to read or as data: the branch that is shown, with what its answers
 * point at, as it is now after corrections. Its parts are written where they stand in the answers'
 * texts.
 */

G_BEGIN_DECLS

/**
 * tpo_conversation_to_markdown:
 *
 * Claims appear as "[0:03.200 – 0:07.000]", "[box at 0:03.200: 0.1, 0.2, 0.5, 0.8]" (corners, parts
 * of the picture), "[mask, 0:03.200 – 0:07.000]"; those that a person disputes are struck out.
 *
 * Returns: (transfer full): or %NULL with an error
 */
char *tpo_conversation_to_markdown (TpoStore *store, gint64 conversation_id, GError **error);

/**
 * tpo_conversation_write:
 * @is_json: data instead of Markdown: the members are those of the project's tables, times in microseconds
 *
 * Writes @file in one step. Takes no longer than reading the conversation.
 */
gboolean tpo_conversation_write (TpoStore *store, gint64 conversation_id, GFile *file,
                                 gboolean is_json, GError **error);

G_END_DECLS
