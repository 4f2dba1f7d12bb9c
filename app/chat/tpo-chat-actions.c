#include "config.h"

#include <string.h>

#include <glib/gi18n.h>

#include "chat/tpo-chat-private.h"
#include "chat/tpo-conversations.h"
#include "compat/tpo-compat.h"
#include "formats/conversation.h"

/* What can be done with the conversation as a whole. */

static GtkWindow *
get_window (TpoChat *self)
{
  return GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));
}

static void
on_rename (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TpoChat *self = user_data;
  GtkPopover *popover = gtk_menu_button_get_popover (GTK_MENU_BUTTON (self->conversations));

  tpo_conversations_rename (TPO_CONVERSATIONS (popover));
}

static void
on_delete (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TpoDocument *document = ((TpoChat *) user_data)->document;

  tpo_document_remove_conversation (document, tpo_document_get_conversation (document));
}

static void
on_search (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  gtk_menu_button_popup (GTK_MENU_BUTTON (((TpoChat *) user_data)->conversations));
}

static void
on_copy (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TpoChat *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *text =
      tpo_conversation_to_markdown (tpo_document_get_store (self->document),
                                    tpo_document_get_conversation (self->document), &error);

  if (text != NULL)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  else
    tpo_compat_tell (get_window (self), _ ("That Did Not Work"), error->message);
}

/* ---- export ----------------------------------------------------------------------------------------- */

typedef struct {
  TpoChat *chat;
  gint64 conversation_id;
  gboolean is_json;
} Export;

static void
on_file_chosen (GFile *file, const GError *error, gpointer user_data)
{
  g_autofree Export *export = user_data;
  g_autoptr (TpoChat) self = export->chat;
  g_autoptr (GError) problem = error != NULL ? g_error_copy (error) : NULL;

  if (file != NULL)
    tpo_conversation_write (tpo_document_get_store (self->document), export->conversation_id,
                            file, export->is_json, &problem);
  if (problem != NULL)
    tpo_compat_tell (get_window (self), _ ("That Did Not Work"), problem->message);
}

/* "When does the car move.md" */
static char *
file_name (TpoChat *self, const char *extension)
{
  g_autofree char *title = NULL;

  g_object_get (self->document, "conversation", &title, NULL);
  g_strdelimit (title, "/\\:*?\"<>|", ' ');
  g_strstrip (title);
  return g_strconcat (*title != '\0' ? title : "conversation", extension, NULL);
}

static void
on_export (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TpoChat *self = user_data;
  gboolean is_json = g_str_equal (g_variant_get_string (parameter, NULL), "json");
  g_autofree char *name = file_name (self, is_json ? ".json" : ".md");
  Export *export = g_new (Export, 1);

  *export =
      (Export){ g_object_ref (self), tpo_document_get_conversation (self->document), is_json };
  tpo_compat_save_file (get_window (self), _ ("Export the Conversation"), name, NULL,
                        on_file_chosen, export);
}

/* ---- all ------------------------------------------------------------------------------------------------- */

void
tpo_chat_add_actions (TpoChat *self)
{
  static const GActionEntry actions[] = {
    { .name = "search", .activate = on_search },
    { .name = "rename", .activate = on_rename },
    { .name = "copy", .activate = on_copy },
    { .name = "export", .parameter_type = "s", .activate = on_export },
    { .name = "delete", .activate = on_delete },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), actions,
                                   G_N_ELEMENTS (actions), self);
}

void
tpo_chat_update_actions (TpoChat *self)
{
  static const char *const need_conversation[] = { "rename", "copy", "export", "delete" };
  gboolean has_conversation = tpo_document_get_conversation (self->document) != 0;

  for (gsize i = 0; i < G_N_ELEMENTS (need_conversation); i++) {
    GAction *action =
        g_action_map_lookup_action (G_ACTION_MAP (self->actions), need_conversation[i]);

    g_simple_action_set_enabled (G_SIMPLE_ACTION (action), has_conversation);
  }
}
