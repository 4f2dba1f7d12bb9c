#include "config.h"

#include <string.h>

#include <glib/gi18n.h>

#include "document/tpo-document-private.h"

static const glong MAX_TITLE_CHARS = 80;

char *
tpo_conversation_dup_title (const TpoConversationRecord *conversation)
{
  const char *text = conversation->title != NULL ? conversation->title : conversation->question;
  g_autofree char *line = NULL;

  if (text == NULL)
    return g_strdup (_ ("New Conversation"));
  line = g_strndup (text, strcspn (text, "\r\n"));
  if (g_utf8_strlen (line, -1) <= MAX_TITLE_CHARS)
    return g_steal_pointer (&line);
  *g_utf8_offset_to_pointer (line, MAX_TITLE_CHARS - 1) = '\0';
  return g_strconcat (line, "…", NULL);
}

gint64
tpo_document_get_conversation (TpoDocument *self)
{
  g_return_val_if_fail (TPO_IS_DOCUMENT (self), 0);

  return self->conversation_id;
}

GPtrArray *
tpo_document_list_conversations (TpoDocument *self)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *list;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self), NULL);

  if (self->video == NULL)
    return g_ptr_array_new ();
  list = tpo_store_list_conversations (self->store, self->video_id, &error);
  if (list == NULL) { /* which is said */
    tpo_document_toast (self, error->message);
    return g_ptr_array_new ();
  }
  for (guint i = 0; i < list->len / 2; i++) {
    gpointer older = list->pdata[i];

    list->pdata[i] = list->pdata[list->len - 1 - i];
    list->pdata[list->len - 1 - i] = older;
  }
  return list;
}

gboolean
tpo_document_clear_conversation (TpoDocument *self)
{
  TpoEdit step = { .name = N_ ("New Conversation") };
  GError *error = NULL;
  gint64 id;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && self->video != NULL, FALSE);

  id = tpo_store_add_conversation (self->store, self->video_id, NULL, &step, &error);
  if (!tpo_document_saved (self, id != 0, &error))
    return FALSE;
  tpo_document_show_conversation (self, id);
  return TRUE;
}

gboolean
tpo_document_rename_conversation (TpoDocument *self, gint64 conversation_id, const char *title)
{
  g_autofree char *trimmed = NULL;
  GError *error = NULL;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && title != NULL, FALSE);

  trimmed = g_strstrip (g_strdup (title));
  return tpo_document_saved (self,
                             tpo_store_rename_conversation (self->store, conversation_id,
                                                            *trimmed != '\0' ? trimmed : NULL,
                                                            NULL, &error),
                             &error);
}

gboolean
tpo_document_remove_conversation (TpoDocument *self, gint64 conversation_id)
{
  g_autoptr (TpoConversationRecord) record = NULL;
  g_autofree char *title = NULL;
  g_autofree char *text = NULL;
  GError *error = NULL;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self), FALSE);

  record = tpo_store_get_conversation (self->store, conversation_id, &error);
  if (!tpo_document_saved (self,
                           record != NULL && tpo_store_remove_conversation (
                                                 self->store, conversation_id, NULL, &error),
                           &error))
    return FALSE;
  title = tpo_conversation_dup_title (record);
  /* Translators: %s is the title of a conversation */
  text = g_strdup_printf (_ ("Deleted “%s”"), title);
  g_signal_emit_by_name (self, "toast-undo", text);
  return TRUE;
}

gboolean
tpo_document_rate (TpoDocument *self, TpoMessage *message, int rating)
{
  GError *error = NULL;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && TPO_IS_MESSAGE (message), FALSE);

  return tpo_document_saved (self,
                             tpo_store_rate_message (self->store,
                                                     tpo_message_get_record (message)->id,
                                                     rating, NULL, &error),
                             &error);
}

void
tpo_document_highlight (TpoDocument *self, TpoAnnotation *annotation)
{
  g_return_if_fail (TPO_IS_DOCUMENT (self));

  if (g_set_object (&self->highlighted, annotation))
    tpo_document_notify (self, TPO_DOCUMENT_PROP_HIGHLIGHTED);
}

TpoAnnotation *
tpo_document_get_highlighted (TpoDocument *self)
{
  g_return_val_if_fail (TPO_IS_DOCUMENT (self), NULL);

  return self->highlighted;
}
