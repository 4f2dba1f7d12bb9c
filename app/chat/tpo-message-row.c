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

static void
update (TpoMessageRow *self)
{
  const TpoMessageRecord *record = tpo_message_get_record (self->message);
  const char *note = note_text (self->message);

  gtk_label_set_text (GTK_LABEL (self->text), record->text);
  gtk_widget_set_visible (self->text, *record->text != '\0');
  gtk_label_set_text (GTK_LABEL (self->note), note != NULL ? note : "");
  gtk_widget_set_visible (self->note, note != NULL);
  if (record->state == TPO_MESSAGE_FAILED)
    gtk_widget_add_css_class (self->note, "error");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  record->role == TPO_MESSAGE_USER ? _ ("You") : _ ("Model"),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, record->text, -1);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_STATE_BUSY,
                               record->state == TPO_MESSAGE_STREAMING, -1);
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
  update (self);
  on_chips_changed (self);
  return GTK_WIDGET (self);
}
