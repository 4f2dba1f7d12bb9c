#pragma once

#include <gtk/gtk.h>

#include "document/tpo-document.h"
#include "player/tpo-player.h"

G_BEGIN_DECLS

#define TPO_TYPE_CHAT (tpo_chat_get_type ())
G_DECLARE_FINAL_TYPE (TpoChat, tpo_chat, TPO, CHAT, GtkWidget)

/**
 * TpoChat:
 *
 * The conversation at the side of the video: messages with chips, what the model is doing with a Stop button, example
 * questions where nothing was asked yet, and the question field.
 */

/** tpo_chat_new: both shared */
GtkWidget *tpo_chat_new (TpoDocument *document, TpoPlayer *player);

/** tpo_chat_set_examples: questions offered while the conversation is empty. @examples: (nullable) (array zero-terminated=1) */
void tpo_chat_set_examples (TpoChat *self, const char *const *examples);

/** tpo_chat_focus: puts the cursor into the question field */
void tpo_chat_focus (TpoChat *self);

G_END_DECLS
