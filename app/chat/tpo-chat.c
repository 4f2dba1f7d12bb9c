#include "config.h"

#include "chat/tpo-chat.h"

#include <glib/gi18n.h>
#include <string.h>

#include "chat/tpo-message-row.h"

struct _TpoChat {
  GtkWidget parent_instance;

  TpoDocument *document;
  TpoPlayer *player;
  GSignalGroup *document_signals;

  GtkWidget *box, *stack, *examples, *scroller, *list;
  GtkWidget *work, *step, *progress, *entry, *send;
  GtkWidget *attach, *attachment, *attachment_text;
  TpoBox attached; /* that goes with the next question, while the attachment is shown */
  gint64 box_us;
  gboolean follows; /* scroll to new text, since the end is in view */
};

G_DEFINE_FINAL_TYPE (TpoChat, tpo_chat, GTK_TYPE_WIDGET)

static gboolean
has_box (TpoChat *self)
{
  return gtk_widget_get_visible (self->attachment);
}

static void
update_send (TpoChat *self)
{
  gboolean is_busy;

  g_object_get (self->document, "is-busy", &is_busy, NULL);
  gtk_widget_set_sensitive (
      self->send,
      !is_busy && tpo_document_get_video (self->document) != NULL &&
          (has_box (self) || gtk_entry_get_text_length (GTK_ENTRY (self->entry)) > 0));
}

/* ---- a box that goes with the question ------------------------------------------------------------ */

static gboolean
find_box (TpoChat *self, TpoBox *box)
{
  TpoAnnotation *selected = tpo_document_get_selected (self->document);

  return selected != NULL &&
         tpo_annotation_get_box (selected, tpo_player_get_position_us (self->player), box);
}

static void
update_attach (TpoChat *self)
{
  TpoBox box;

  gtk_widget_set_sensitive (self->attach, find_box (self, &box));
}

static void
set_attached (TpoChat *self, gboolean is_attached)
{
  gtk_widget_set_visible (self->attachment, is_attached);
  gtk_entry_set_placeholder_text (GTK_ENTRY (self->entry), is_attached
                                                               ? _ ("Ask, or send to track it")
                                                               : _ ("Ask a question…"));
  update_send (self);
}

static void
detach (TpoChat *self)
{
  set_attached (self, FALSE);
}

static void
on_attach_clicked (TpoChat *self)
{
  g_autofree char *time = NULL;
  g_autofree char *text = NULL;

  if (!find_box (self, &self->attached))
    return;
  self->box_us = tpo_player_get_position_us (self->player);
  time = tpo_player_format_time (self->box_us);
  /* Translators: a box on the picture; %s is the time of the frame */
  text = g_strdup_printf (_ ("Box at %s"), time);
  gtk_label_set_text (GTK_LABEL (self->attachment_text), text);
  set_attached (self, TRUE);
  gtk_widget_grab_focus (self->entry);
}

/* The model reads the box where "<track_box>" stands: at the end of a question that does not say where. */
static char *
place_box (const char *question)
{
  g_autofree char *trimmed = g_strstrip (g_strdup (question));
  gsize length = strlen (trimmed);
  gsize end = length > 0 && strchr (".?!", trimmed[length - 1]) != NULL ? length - 1 : length;

  if (length == 0)
    return g_strdup (
        "Track the object in the video using a box with initial coordinates <track_box>.");
  if (strstr (trimmed, "<track_box>") != NULL)
    return g_steal_pointer (&trimmed);
  return g_strdup_printf ("%.*s <track_box>%s", (int) end, trimmed, trimmed + end);
}

/* ---- asking ----------------------------------------------------------------------------------------- */

static void
ask (TpoChat *self, const char *question)
{
  tpo_document_ask (self->document, question, tpo_player_get_position_us (self->player), NULL);
}

static void
on_send (TpoChat *self)
{
  g_autofree char *question = g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry)));

  if (!gtk_widget_get_sensitive (self->send))
    return;
  gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
  if (has_box (self)) {
    g_autofree char *with_box = place_box (question);

    detach (self);
    tpo_document_ask (self->document, with_box, self->box_us, &self->attached);
  } else {
    ask (self, question);
  }
}

static void
on_stop_clicked (TpoChat *self)
{
  tpo_document_cancel (self->document);
}

static void
on_example_clicked (TpoChat *self, GtkButton *button)
{
  ask (self, gtk_button_get_label (button));
}

static void
on_work_changed (TpoChat *self)
{
  g_autofree char *step = NULL;
  gboolean is_busy;
  double progress;

  g_object_get (self->document, "is-busy", &is_busy, "step", &step, "progress", &progress,
                NULL);
  gtk_widget_set_visible (self->work, is_busy);
  gtk_label_set_text (GTK_LABEL (self->step), step != NULL ? _ (step) : _ ("Thinking"));
  if (progress > 0.0)
    gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->progress), progress);
  else
    gtk_progress_bar_pulse (GTK_PROGRESS_BAR (self->progress));
  update_send (self);
}

static void
on_messages_changed (TpoChat *self)
{
  GListModel *messages = tpo_document_get_messages (self->document);
  gboolean is_empty = g_list_model_get_n_items (messages) == 0;

  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), is_empty ? "empty" : "messages");
  self->follows = TRUE;
}

/* New text stays in view unless the reader scrolled back. */
static void
on_extent_changed (TpoChat *self, GtkAdjustment *adjustment)
{
  if (self->follows)
    gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment));
}

static void
on_scrolled (TpoChat *self, GtkAdjustment *adjustment)
{
  self->follows =
      gtk_adjustment_get_value (adjustment) + gtk_adjustment_get_page_size (adjustment) >=
      gtk_adjustment_get_upper (adjustment) - 24.0;
}

static GtkWidget *
create_row (gpointer item, gpointer user_data)
{
  TpoChat *self = user_data;

  return tpo_message_row_new (self->document, self->player, TPO_MESSAGE (item));
}

static void
tpo_chat_dispose (GObject *object)
{
  TpoChat *self = TPO_CHAT (object);

  g_clear_object (&self->document_signals);
  if (self->box != NULL)
    gtk_widget_unparent (g_steal_pointer (&self->box));
  g_clear_object (&self->document);
  g_clear_object (&self->player);
  G_OBJECT_CLASS (tpo_chat_parent_class)->dispose (object);
}

static gboolean
tpo_chat_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (TPO_CHAT (widget)->entry);
}

static void
tpo_chat_class_init (TpoChatClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_chat_dispose;
  widget_class->grab_focus = tpo_chat_grab_focus;
  gtk_widget_class_set_template_from_resource (widget_class, TPO_RESOURCES "/chat/tpo-chat.ui");
  gtk_widget_class_bind_template_child (widget_class, TpoChat, box);
  gtk_widget_class_bind_template_child (widget_class, TpoChat, stack);
  gtk_widget_class_bind_template_child (widget_class, TpoChat, examples);
  gtk_widget_class_bind_template_child (widget_class, TpoChat, scroller);
  gtk_widget_class_bind_template_child (widget_class, TpoChat, list);
  gtk_widget_class_bind_template_child (widget_class, TpoChat, work);
  gtk_widget_class_bind_template_child (widget_class, TpoChat, step);
  gtk_widget_class_bind_template_child (widget_class, TpoChat, progress);
  gtk_widget_class_bind_template_child (widget_class, TpoChat, entry);
  gtk_widget_class_bind_template_child (widget_class, TpoChat, send);
  gtk_widget_class_bind_template_child (widget_class, TpoChat, attach);
  gtk_widget_class_bind_template_child (widget_class, TpoChat, attachment);
  gtk_widget_class_bind_template_child (widget_class, TpoChat, attachment_text);
  gtk_widget_class_bind_template_callback (widget_class, on_attach_clicked);
  gtk_widget_class_bind_template_callback (widget_class, detach);
  gtk_widget_class_bind_template_callback (widget_class, on_send);
  gtk_widget_class_bind_template_callback (widget_class, update_send);
  gtk_widget_class_bind_template_callback (widget_class, on_stop_clicked);
  gtk_widget_class_set_css_name (widget_class, "chat");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
tpo_chat_init (TpoChat *self)
{
  GtkAdjustment *adjustment;

  gtk_widget_init_template (GTK_WIDGET (self));
  adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller));
  g_signal_connect_object (adjustment, "changed", G_CALLBACK (on_extent_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (on_scrolled), self,
                           G_CONNECT_SWAPPED);
  self->follows = TRUE;
}

GtkWidget *
tpo_chat_new (TpoDocument *document, TpoPlayer *player)
{
  TpoChat *self;

  g_return_val_if_fail (TPO_IS_DOCUMENT (document) && TPO_IS_PLAYER (player), NULL);

  self = g_object_new (TPO_TYPE_CHAT, NULL);
  self->document = g_object_ref (document);
  self->player = g_object_ref (player);
  self->document_signals = g_signal_group_new (TPO_TYPE_DOCUMENT);
  g_signal_group_connect_swapped (self->document_signals, "notify::is-busy",
                                  G_CALLBACK (on_work_changed), self);
  g_signal_group_connect_swapped (self->document_signals, "notify::step",
                                  G_CALLBACK (on_work_changed), self);
  g_signal_group_connect_swapped (self->document_signals, "notify::progress",
                                  G_CALLBACK (on_work_changed), self);
  g_signal_group_connect_swapped (self->document_signals, "notify::video", G_CALLBACK (detach),
                                  self);
  g_signal_group_connect_swapped (self->document_signals, "notify::selected",
                                  G_CALLBACK (update_attach), self);
  g_signal_group_set_target (self->document_signals, document);
  gtk_list_box_bind_model (GTK_LIST_BOX (self->list), tpo_document_get_messages (document),
                           create_row, self, NULL);
  g_signal_connect_object (tpo_document_get_messages (document), "items-changed",
                           G_CALLBACK (on_messages_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (player, "notify::position-us", G_CALLBACK (update_attach), self,
                           G_CONNECT_SWAPPED);
  on_messages_changed (self);
  on_work_changed (self);
  update_attach (self);
  return GTK_WIDGET (self);
}

void
tpo_chat_set_examples (TpoChat *self, const char *const *examples)
{
  GtkWidget *child;

  g_return_if_fail (TPO_IS_CHAT (self));

  while ((child = gtk_widget_get_first_child (self->examples)) != NULL)
    gtk_box_remove (GTK_BOX (self->examples), child);
  for (gsize i = 0; examples != NULL && examples[i] != NULL; i++) {
    GtkWidget *button = gtk_button_new_with_label (examples[i]);

    gtk_label_set_wrap (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (button))), TRUE);
    gtk_widget_add_css_class (button, "example");
    g_signal_connect_object (button, "clicked", G_CALLBACK (on_example_clicked), self,
                             G_CONNECT_SWAPPED);
    gtk_box_append (GTK_BOX (self->examples), button);
  }
}

void
tpo_chat_focus (TpoChat *self)
{
  g_return_if_fail (TPO_IS_CHAT (self));

  gtk_widget_grab_focus (self->entry);
}
