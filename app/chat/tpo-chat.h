#pragma once

#include <gtk/gtk.h>

#include "document/tpo-document-conversations.h"
#include "player/tpo-player.h"

G_BEGIN_DECLS

#define TPO_TYPE_CHAT (tpo_chat_get_type ())
G_DECLARE_FINAL_TYPE (TpoChat, tpo_chat, TPO, CHAT, GtkWidget)

/**
 * TpoChat:
 *
 * The conversation at the side of the video: which one it is, its messages with chips, what the
 * model is doing with a Stop button, example questions where nothing was asked yet, and the
 * question field.
 *
 * Signals: "open-message" (TpoMessageHit, pointer): a message of another video was searched for;
 * once that is open, see tpo_chat_show_message().
 */

/** tpo_chat_new: all shared */
GtkWidget *tpo_chat_new (TpoDocument *document, TpoPlayer *player, GSettings *settings);

/**
 * tpo_chat_set_examples: questions offered while the conversation is empty. @examples: (nullable)
 * (array zero-terminated=1)
 */
void tpo_chat_set_examples (TpoChat *self, const char *const *examples);

/** tpo_chat_get_actions: "chat.*": what can be done with the conversation. Returns: (transfer none) */
GActionGroup *tpo_chat_get_actions (TpoChat *self);

/** tpo_chat_show_message: of the open video; scrolls to it */
void tpo_chat_show_message (TpoChat *self, gint64 conversation_id, gint64 message_id);

/** tpo_chat_focus: puts the cursor into the question field */
void tpo_chat_focus (TpoChat *self);

G_END_DECLS
