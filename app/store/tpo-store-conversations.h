#pragma once

#include "store/tpo-store.h"

G_BEGIN_DECLS

/** tpo_store_add_conversation: @title is nullable. Returns: id, or 0 */
gint64 tpo_store_add_conversation (TpoStore *self, gint64 video_id, const char *title,
                                   const TpoEdit *edit, GError **error);

/** tpo_store_list_conversations: Returns: (transfer full) (element-type TpoConversationRecord) */
GPtrArray *tpo_store_list_conversations (TpoStore *self, gint64 video_id, GError **error);

/** tpo_store_get_conversation: Returns: (transfer full): or %NULL; also when it is deleted */
TpoConversationRecord *tpo_store_get_conversation (TpoStore *self, gint64 conversation_id,
                                                   GError **error);

/** tpo_store_rename_conversation: @title: (nullable): %NULL: its first question stands for one */
gboolean tpo_store_rename_conversation (TpoStore *self, gint64 conversation_id,
                                        const char *title, const TpoEdit *edit, GError **error);
gboolean tpo_store_remove_conversation (TpoStore *self, gint64 conversation_id,
                                        const TpoEdit *edit, GError **error);

/**
 * tpo_store_append_message: after the conversation's leaf, whose place it takes
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

/**
 * tpo_store_end_streams: answers that stream count as stopped; when a program starts that found
 * itself killed
 */
gboolean tpo_store_end_streams (TpoStore *self, GError **error);

/**
 * tpo_store_describe_message:
 * @details: JSON object: what the message was made with
 *
 * Part of appending a message, thus no undo step of its own, and like the past not changed
 * afterwards: a message that has details is refused with %TPO_ERROR_INVALID.
 */
gboolean tpo_store_describe_message (TpoStore *self, gint64 message_id, const char *details,
                                     GError **error);

gboolean tpo_store_remove_message (TpoStore *self, gint64 message_id, const TpoEdit *edit,
                                   GError **error);

/** tpo_store_rate_message: @rating: 1 for good, -1 for bad, 0 for neither */
gboolean tpo_store_rate_message (TpoStore *self, gint64 message_id, int rating,
                                 const TpoEdit *edit, GError **error);

/**
 * tpo_store_set_leaf:
 * @message_id: of the conversation, or 0 to start over
 *
 * Where the conversation goes on: what is appended next follows this message, beside what followed
 * it before. Nothing is lost: see tpo_store_show_branch().
 */
gboolean tpo_store_set_leaf (TpoStore *self, gint64 conversation_id, gint64 message_id,
                             const TpoEdit *edit, GError **error);

/**
 * tpo_store_show_branch:
 * @offset: to which of the messages that follow the same one: -1 the one before @message_id, 1 the next
 *
 * Shows that branch up to its newest end. %TPO_ERROR_INVALID when there is none.
 */
gboolean tpo_store_show_branch (TpoStore *self, gint64 message_id, int offset,
                                const TpoEdit *edit, GError **error);

/**
 * tpo_store_list_messages: of the branch that is shown, in order
 *
 * Returns: (transfer full) (element-type TpoMessageRecord)
 */
GPtrArray *tpo_store_list_messages (TpoStore *self, gint64 conversation_id, GError **error);

/**
 * tpo_store_list_rated_answers: of all branches of a video's conversations, by id
 *
 * Returns: (transfer full) (element-type TpoMessageRecord)
 */
GPtrArray *tpo_store_list_rated_answers (TpoStore *self, gint64 video_id, GError **error);

/** tpo_store_list_messages_before: what led to a message, in order. Returns: as above */
GPtrArray *tpo_store_list_messages_before (TpoStore *self, gint64 message_id, GError **error);

/** tpo_store_list_later_messages: those of them that are newer than @after_id */
GPtrArray *tpo_store_list_later_messages (TpoStore *self, gint64 conversation_id,
                                          gint64 after_id, GError **error);

/**
 * tpo_store_has_many_messages: whether there are so many of those that to list them takes longer
 * than the main thread has. Takes a moment itself
 */
gboolean tpo_store_has_many_messages (TpoStore *self, gint64 conversation_id, gint64 after_id);

/**
 * tpo_store_search_messages: in all conversations of the project, whatever the case of letters
 * @text: what the messages contain; not empty
 * @n_max: how many at most
 *
 * Returns: (transfer full) (element-type TpoMessageHit): newest first
 */
GPtrArray *tpo_store_search_messages (TpoStore *self, const char *text, guint n_max,
                                      GError **error);

G_END_DECLS
