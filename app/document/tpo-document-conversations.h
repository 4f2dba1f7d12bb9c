#pragma once

#include "document/tpo-document.h"
#include "store/tpo-store-conversations.h"

G_BEGIN_DECLS

/*
 * The conversations of the open video: which one is shown, its branches, and what was said anywhere
 * in the project. Each call that changes something is saved at once, as one undo step; where it
 * fails, "toast" said why.
 */

/**
 * tpo_conversation_dup_title: its title, its first question, or "New Conversation"; one line.
 * Returns: (transfer full)
 */
char *tpo_conversation_dup_title (const TpoConversationRecord *conversation);

/** tpo_document_get_conversation: id of the one that is shown, 0 while there is none */
gint64 tpo_document_get_conversation (TpoDocument *self);

/**
 * tpo_document_list_conversations: of the open video. Returns: (transfer full) (element-type
 * TpoConversationRecord): newest first
 */
GPtrArray *tpo_document_list_conversations (TpoDocument *self);

/** tpo_document_show_conversation: which one is shown is no change of the project */
void tpo_document_show_conversation (TpoDocument *self, gint64 conversation_id);

/**
 * tpo_document_rename_conversation: @title: an empty one takes the title away, and the first
 * question stands for it
 */
gboolean tpo_document_rename_conversation (TpoDocument *self, gint64 conversation_id,
                                           const char *title);

/** tpo_document_remove_conversation: the newest of the others is shown instead; its labels stay */
gboolean tpo_document_remove_conversation (TpoDocument *self, gint64 conversation_id);

/** tpo_document_search_async: in all conversations of the project, by a thread. @text: not empty */
void tpo_document_search_async (TpoDocument *self, const char *text, guint n_max,
                                GCancellable *cancellable, GAsyncReadyCallback callback,
                                gpointer user_data);

/**
 * tpo_document_search_finish:
 *
 * Returns: (transfer full) (element-type TpoMessageHit): newest first; %NULL when it was cancelled,
 * or failed, as "toast" said
 */
GPtrArray *tpo_document_search_finish (TpoDocument *self, GAsyncResult *result);

/**
 * tpo_document_show_message: the conversation and the branch that it is in; of the open video.
 * "message-shown" says where it is once it is there
 */
void tpo_document_show_message (TpoDocument *self, gint64 conversation_id, gint64 message_id);

/** tpo_document_rate: @rating: 1 for a good answer, -1 for a bad one, 0 for neither */
gboolean tpo_document_rate (TpoDocument *self, TpoMessage *message, int rating);

/**
 * tpo_document_show_branch: @offset: -1 for what was said instead before @message, 1 for after
 *
 * Labels go and come with their answers, unless a person accepted or changed them.
 */
gboolean tpo_document_show_branch (TpoDocument *self, TpoMessage *message, int offset);

/**
 * tpo_document_edit_question:
 * @question: of the conversation shown
 * @box: (nullable): stands for <track_box> in @text
 *
 * Asks @text in its place, about the same picture; what was said before becomes a branch. Does
 * nothing while busy.
 */
void tpo_document_edit_question (TpoDocument *self, TpoMessage *question, const char *text,
                                 const TpoBox *box);

/**
 * tpo_document_highlight: what the pointer or the focus is on, in one view for all others.
 * @annotation: (nullable)
 */
void tpo_document_highlight (TpoDocument *self, TpoAnnotation *annotation);

/** tpo_document_get_highlighted: Returns: (transfer none) (nullable) */
TpoAnnotation *tpo_document_get_highlighted (TpoDocument *self);

G_END_DECLS
