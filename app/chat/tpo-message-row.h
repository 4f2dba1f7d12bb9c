#pragma once

#include <gtk/gtk.h>

#include "document/tpo-document.h"
#include "player/tpo-player.h"

G_BEGIN_DECLS

#define TPO_TYPE_MESSAGE_ROW (tpo_message_row_get_type ())
G_DECLARE_FINAL_TYPE (TpoMessageRow, tpo_message_row, TPO, MESSAGE_ROW, GtkListBoxRow)

/** tpo_message_row_new: a question or an answer with its chips; a chip selects what it stands for and goes there */
GtkWidget *tpo_message_row_new (TpoDocument *document, TpoPlayer *player, TpoMessage *message);

G_END_DECLS
