#pragma once

#include <gtk/gtk.h>

#include "document/tpo-document-conversations.h"

G_BEGIN_DECLS

#define TPO_TYPE_CONVERSATIONS (tpo_conversations_get_type ())
G_DECLARE_FINAL_TYPE (TpoConversations, tpo_conversations, TPO, CONVERSATIONS, GtkPopover)

/**
 * TpoConversations:
 *
 * The conversations of the open video: one is chosen, renamed or deleted. What is typed finds
 * messages in all of the project.
 *
 * Signals: "found" (TpoMessageHit, pointer): a message was chosen, perhaps of another video.
 */
GtkWidget *tpo_conversations_new (TpoDocument *document);

/** tpo_conversations_rename: opens it with the title of the conversation shown ready to be typed */
void tpo_conversations_rename (TpoConversations *self);

G_END_DECLS
