#include "config.h"

#include "window/tpo-window-private.h"

/* The conversation in the window: its actions, and messages of other videos. */

static void
on_open_message (TpoWindow *self, const TpoMessageHit *hit)
{
  g_autoptr (GFile) file = g_file_new_for_uri (hit->video_uri);

  self->wanted_message.video_id = hit->video_id;
  self->wanted_message.conversation_id = hit->conversation_id;
  self->wanted_message.message_id = hit->message_id;
  tpo_window_open (self, file);
}

static void
on_video_changed (TpoWindow *self)
{
  gboolean is_wanted =
      self->wanted_message.video_id != 0 &&
      self->wanted_message.video_id == tpo_document_get_video_id (self->document);

  self->wanted_message.video_id = 0; /* whatever was opened instead */
  if (is_wanted)
    tpo_chat_show_message (TPO_CHAT (self->chat), self->wanted_message.conversation_id,
                           self->wanted_message.message_id);
}

void
tpo_window_add_chat (TpoWindow *self)
{
  gtk_widget_insert_action_group (GTK_WIDGET (self), "chat",
                                  tpo_chat_get_actions (TPO_CHAT (self->chat)));
  g_signal_connect_object (self->chat, "open-message", G_CALLBACK (on_open_message), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->document, "notify::video", G_CALLBACK (on_video_changed), self,
                           G_CONNECT_SWAPPED);
}
