#pragma once

#include "store/tpo-store.h"

G_BEGIN_DECLS

/** tpo_store_add_conversation: @title is nullable. Returns: id, or 0 */
gint64 tpo_store_add_conversation (TpoStore *self, gint64 video_id, const char *title,
                                   const TpoEdit *edit, GError **error);

/** tpo_store_list_conversations: Returns: (transfer full) (element-type TpoConversationRecord) */
GPtrArray *tpo_store_list_conversations (TpoStore *self, gint64 video_id, GError **error);

gboolean tpo_store_rename_conversation (TpoStore *self, gint64 conversation_id,
                                        const char *title, const TpoEdit *edit, GError **error);
gboolean tpo_store_remove_conversation (TpoStore *self, gint64 conversation_id,
                                        const TpoEdit *edit, GError **error);

/**
 * tpo_store_append_message:
 * @state: %TPO_MESSAGE_STREAMING for an answer whose text is still to come
 *
 * Returns: id, or 0
 */
gint64 tpo_store_append_message (TpoStore *self, gint64 conversation_id, TpoMessageRole role,
                                 const char *text, TpoMessageState state, const TpoEdit *edit,
                                 GError **error);

/**
 * tpo_store_stream_message:
 * @text: all of the answer up to now
 * @state: %TPO_MESSAGE_STREAMING, or how it ended
 *
 * Fills a message that was appended as streaming; part of appending it, thus no undo step of
 * its own. Once a second is enough while it streams. A message that has ended is not changed:
 * %TPO_ERROR_INVALID.
 */
gboolean tpo_store_stream_message (TpoStore *self, gint64 message_id, const char *text,
                                   TpoMessageState state, GError **error);

gboolean tpo_store_remove_message (TpoStore *self, gint64 message_id, const TpoEdit *edit,
                                   GError **error);

/** tpo_store_list_messages: in order. Returns: (transfer full) (element-type TpoMessageRecord) */
GPtrArray *tpo_store_list_messages (TpoStore *self, gint64 conversation_id, GError **error);

G_END_DECLS
