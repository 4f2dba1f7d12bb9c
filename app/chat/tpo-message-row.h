#pragma once

#include <gtk/gtk.h>

#include "document/tpo-document-conversations.h"
#include "player/tpo-player.h"

G_BEGIN_DECLS

#define TPO_TYPE_MESSAGE_ROW (tpo_message_row_get_type ())
G_DECLARE_FINAL_TYPE (TpoMessageRow, tpo_message_row, TPO, MESSAGE_ROW, GtkWidget)

/**
 * TpoMessageRow:
 *
 * A question or an answer with its chips; a chip selects what it stands for and goes there. Rows
 * are used again for other messages, since conversations may be long.
 *
 * Signals: "edit" (TpoMessage): the user wants to ask this question in other words.
 */

/** tpo_message_row_new: both shared */
GtkWidget *tpo_message_row_new (TpoDocument *document, TpoPlayer *player);

/** tpo_message_row_set_message: @message: (nullable) */
void tpo_message_row_set_message (TpoMessageRow *self, TpoMessage *message);

/** tpo_message_row_get_speaker: "You" or "Model", translated: a name for the list's item */
const char *tpo_message_row_get_speaker (TpoMessageRow *self);

G_END_DECLS
