#pragma once

#include <gtk/gtk.h>

#include "document/tpo-document-conversations.h"

G_BEGIN_DECLS

#define TPO_TYPE_MESSAGE_ACTIONS (tpo_message_actions_get_type ())
G_DECLARE_FINAL_TYPE (TpoMessageActions, tpo_message_actions, TPO, MESSAGE_ACTIONS, GtkWidget)

/**
 * TpoMessageActions:
 *
 * What can be done with a question, and with an answer that has ended: edit, copy, regenerate,
 * rate, and switch between versions.
 *
 * Signals: "edit" (TpoMessage): the user wants to ask this question in other words.
 */
GtkWidget *tpo_message_actions_new (TpoDocument *document);

/** tpo_message_actions_set_message: @message: (nullable) */
void tpo_message_actions_set_message (TpoMessageActions *self, TpoMessage *message);

G_END_DECLS
