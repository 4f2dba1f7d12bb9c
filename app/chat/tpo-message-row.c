#include "config.h"

#include "chat/tpo-message-row.h"

#include <glib/gi18n.h>

#include "chat/tpo-chip.h"

struct _TpoMessageRow {
  GtkListBoxRow parent_instance;

  TpoDocument *document;
  TpoPlayer *player;
  TpoMessage *message;
  GtkWidget *bubble, *text, *chips, *note;
  GtkWidget *actions, *copy, *regenerate;
};

G_DEFINE_FINAL_TYPE (TpoMessageRow, tpo_message_row, GTK_TYPE_LIST_BOX_ROW)

static const char *
note_text (TpoMessage *message)
{
  switch (tpo_message_get_record (message)->state) {
  case TPO_MESSAGE_STOPPED:
    return _ ("Stopped");
  case TPO_MESSAGE_FAILED:
    return tpo_message_get_problem (message) != NULL ? tpo_message_get_problem (message)
                                                     : _ ("The answer failed");
  case TPO_MESSAGE_COMPLETE:
    if (*tpo_message_get_record (message)->text == '\0' &&
        tpo_message_get_record (message)->role == TPO_MESSAGE_ASSISTANT &&
        g_list_model_get_n_items (tpo_message_get_chips (message)) == 0)
      return _ ("The model said nothing");
    break;
  case TPO_MESSAGE_STREAMING:
  case TPO_MESSAGE_STATE_COUNT:
    break;
  }
  return NULL;
}

/* A box that came with a question is a sign in its text. */
static char *
shown_text (TpoMessage *message)
{
  GString *text = g_string_new (tpo_message_get_record (message)->text);

  if (tpo_message_get_box (message) != NULL)
    g_string_replace (text, "<track_box>", "▭", 0);
  return g_string_free (text, FALSE);
}

static gboolean
is_last (TpoMessageRow *self)
{
  GListModel *messages = tpo_document_get_messages (self->document);
  guint n = g_list_model_get_n_items (messages);
  g_autoptr (TpoMessage) last = n > 0 ? g_list_model_get_item (messages, n - 1) : NULL;

  return last == self->message;
}

/* What can be done with an answer that has ended. */
static void
update_actions (TpoMessageRow *self)
{
  const TpoMessageRecord *record = tpo_message_get_record (self->message);
  gboolean is_busy;

  g_object_get (self->document, "is-busy", &is_busy, NULL);
  gtk_widget_set_visible (self->actions, record->role == TPO_MESSAGE_ASSISTANT &&
                                             record->state != TPO_MESSAGE_STREAMING);
  gtk_widget_set_visible (self->copy, *record->text != '\0');
  gtk_widget_set_visible (self->regenerate, is_last (self));
  gtk_widget_set_sensitive (self->regenerate, !is_busy);
}

static void
on_copy_clicked (TpoMessageRow *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)),
                          tpo_message_get_record (self->message)->text);
}

static void
on_regenerate_clicked (TpoMessageRow *self)
{
  tpo_document_regenerate (self->document);
}

static void
update (TpoMessageRow *self)
{
  const TpoMessageRecord *record = tpo_message_get_record (self->message);
  const char *note = note_text (self->message);
  g_autofree char *text = shown_text (self->message);

  gtk_label_set_text (GTK_LABEL (self->text), text);
  gtk_widget_set_visible (self->text, *record->text != '\0');
  gtk_label_set_text (GTK_LABEL (self->note), note != NULL ? note : "");
  gtk_widget_set_visible (self->note, note != NULL);
  if (record->state == TPO_MESSAGE_FAILED)
    gtk_widget_add_css_class (self->note, "error");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  record->role == TPO_MESSAGE_USER ? _ ("You") : _ ("Model"),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_STATE_BUSY,
                               record->state == TPO_MESSAGE_STREAMING, -1);
  update_actions (self);
}

static void
on_chips_changed (TpoMessageRow *self)
{
  GListModel *chips = tpo_message_get_chips (self->message);
  guint n = g_list_model_get_n_items (chips);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->chips)) != NULL)
    gtk_box_remove (GTK_BOX (self->chips), child);
  for (guint i = 0; i < n; i++) {
    g_autoptr (TpoAnnotation) annotation = g_list_model_get_item (chips, i);

    gtk_box_append (GTK_BOX (self->chips),
                    tpo_chip_new (self->document, self->player, annotation));
  }
  gtk_widget_set_visible (self->chips, n > 0);
}

static void
tpo_message_row_dispose (GObject *object)
{
  TpoMessageRow *self = TPO_MESSAGE_ROW (object);

  g_clear_object (&self->message);
  g_clear_object (&self->document);
  g_clear_object (&self->player);
  G_OBJECT_CLASS (tpo_message_row_parent_class)->dispose (object);
}

static void
tpo_message_row_class_init (TpoMessageRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_message_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               TPO_RESOURCES "/chat/tpo-message-row.ui");
  gtk_widget_class_bind_template_child (widget_class, TpoMessageRow, bubble);
  gtk_widget_class_bind_template_child (widget_class, TpoMessageRow, text);
  gtk_widget_class_bind_template_child (widget_class, TpoMessageRow, chips);
  gtk_widget_class_bind_template_child (widget_class, TpoMessageRow, note);
  gtk_widget_class_bind_template_child (widget_class, TpoMessageRow, actions);
  gtk_widget_class_bind_template_child (widget_class, TpoMessageRow, copy);
  gtk_widget_class_bind_template_child (widget_class, TpoMessageRow, regenerate);
  gtk_widget_class_bind_template_callback (widget_class, on_copy_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_regenerate_clicked);
}

static void
tpo_message_row_init (TpoMessageRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
tpo_message_row_new (TpoDocument *document, TpoPlayer *player, TpoMessage *message)
{
  TpoMessageRow *self = g_object_new (TPO_TYPE_MESSAGE_ROW, NULL);
  gboolean is_user = tpo_message_get_record (message)->role == TPO_MESSAGE_USER;

  self->document = g_object_ref (document);
  self->player = g_object_ref (player);
  self->message = g_object_ref (message);
  gtk_widget_add_css_class (self->bubble, is_user ? "question" : "answer");
  gtk_widget_set_halign (self->bubble, is_user ? GTK_ALIGN_END : GTK_ALIGN_START);
  g_signal_connect_object (message, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (tpo_message_get_chips (message), "items-changed",
                           G_CALLBACK (on_chips_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (tpo_document_get_messages (document), "items-changed",
                           G_CALLBACK (update_actions), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "notify::is-busy", G_CALLBACK (update_actions), self,
                           G_CONNECT_SWAPPED);
  update (self);
  on_chips_changed (self);
  return GTK_WIDGET (self);
}
