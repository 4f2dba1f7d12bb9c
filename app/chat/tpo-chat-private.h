#pragma once

#include "chat/tpo-chat.h"
#include "chat/tpo-message-window.h"

struct _TpoChat {
  GtkWidget parent_instance;

  TpoDocument *document;
  TpoPlayer *player;
  GSignalGroup *document_signals;
  GSimpleActionGroup *actions;
  TpoMessageWindow *shown; /* of the messages */

  GtkWidget *box, *header, *conversations, *title, *stack, *examples, *scroller, *list;
  GtkWidget *work, *step, *progress, *composer;
  gboolean follows; /* scroll to new text, since the end is in view */
  guint scroll_id;  /* tick callback that does */
  guint grow_id;    /* tick callback that shows more messages, one in a frame */
};

/** tpo_chat_add_actions: "chat.*" */
void tpo_chat_add_actions (TpoChat *self);

/** tpo_chat_update_actions: what makes sense now */
void tpo_chat_update_actions (TpoChat *self);
