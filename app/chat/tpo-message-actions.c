#include "config.h"

#include "chat/tpo-message-actions.h"

#include <glib/gi18n.h>

struct _TpoMessageActions {
  GtkWidget parent_instance;

  TpoDocument *document;
  TpoMessage *message; /* nullable */
  GSignalGroup *message_signals;
  gboolean is_setting;

  GtkWidget *box, *copy, *regenerate, *edit, *good, *bad;
  GtkWidget *branches, *branch, *previous, *next;
};

G_DEFINE_FINAL_TYPE (TpoMessageActions, tpo_message_actions, GTK_TYPE_WIDGET)

enum {
  EDIT,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static gboolean
is_last (TpoMessageActions *self)
{
  GListModel *messages = tpo_document_get_messages (self->document);
  guint n = g_list_model_get_n_items (messages);
  g_autoptr (TpoMessage) last = n > 0 ? g_list_model_get_item (messages, n - 1) : NULL;

  return last == self->message;
}

static void
set_rating (TpoMessageActions *self, int rating)
{
  self->is_setting = TRUE;
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->good), rating > 0);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->bad), rating < 0);
  self->is_setting = FALSE;
}

static void
update_branches (TpoMessageActions *self, gboolean is_busy)
{
  const TpoMessageRecord *record = tpo_message_get_record (self->message);
  g_autofree char *shown =
      /* Translators: "2 of 3": which of several versions of a question or an answer is shown */
      g_strdup_printf (_ ("%1$u of %2$u"), record->branch + 1, record->n_branches);
  g_autofree char *spoken =
      /* Translators: spoken */
      g_strdup_printf (_ ("Version %1$u of %2$u"), record->branch + 1, record->n_branches);

  gtk_widget_set_visible (self->branches, record->n_branches > 1);
  gtk_label_set_text (GTK_LABEL (self->branch), shown);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->branch), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  spoken, -1);
  gtk_widget_set_sensitive (self->previous, !is_busy && record->branch > 0);
  gtk_widget_set_sensitive (self->next, !is_busy && record->branch + 1 < record->n_branches);
}

/* What can be done with a question, and with an answer that has ended. */
static void
update (TpoMessageActions *self)
{
  const TpoMessageRecord *record;
  gboolean is_busy, is_answer;

  if (self->message == NULL)
    return;
  record = tpo_message_get_record (self->message);
  is_answer = record->role == TPO_MESSAGE_ASSISTANT;
  g_object_get (self->document, "is-busy", &is_busy, NULL);
  gtk_widget_set_visible (self->box, record->state != TPO_MESSAGE_STREAMING);
  gtk_widget_set_visible (self->copy, is_answer && *record->text != '\0');
  gtk_widget_set_visible (self->regenerate, is_answer && is_last (self));
  gtk_widget_set_sensitive (self->regenerate, !is_busy);
  gtk_widget_set_visible (self->good, is_answer);
  gtk_widget_set_visible (self->bad, is_answer);
  gtk_widget_set_visible (self->edit, !is_answer);
  gtk_widget_set_sensitive (self->edit, !is_busy);
  set_rating (self, record->rating);
  update_branches (self, is_busy);
}

static void
on_copy_clicked (TpoMessageActions *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)),
                          tpo_message_get_record (self->message)->text);
}

static void
on_regenerate_clicked (TpoMessageActions *self)
{
  tpo_document_regenerate (self->document);
}

static void
on_edit_clicked (TpoMessageActions *self)
{
  g_signal_emit (self, signals[EDIT], 0, self->message);
}

/* Pressed once more, neither is pressed. */
static void
on_rated (TpoMessageActions *self, GtkToggleButton *button)
{
  int rating = 0;

  if (self->is_setting)
    return;
  if (gtk_toggle_button_get_active (button))
    rating = GTK_WIDGET (button) == self->good ? 1 : -1;
  if (!tpo_document_rate (self->document, self->message, rating))
    rating = tpo_message_get_record (self->message)->rating;
  set_rating (self, rating);
}

static void
on_previous_clicked (TpoMessageActions *self)
{
  tpo_document_show_branch (self->document, self->message, -1);
}

static void
on_next_clicked (TpoMessageActions *self)
{
  tpo_document_show_branch (self->document, self->message, 1);
}

/* ---- object ------------------------------------------------------------------------------------------------ */

static void
tpo_message_actions_dispose (GObject *object)
{
  TpoMessageActions *self = TPO_MESSAGE_ACTIONS (object);

  g_clear_object (&self->message_signals);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->message);
  g_clear_object (&self->document);
  G_OBJECT_CLASS (tpo_message_actions_parent_class)->dispose (object);
}

static void
tpo_message_actions_class_init (TpoMessageActionsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_message_actions_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               TPO_RESOURCES "/chat/tpo-message-actions.ui");
  gtk_widget_class_bind_template_child (widget_class, TpoMessageActions, box);
  gtk_widget_class_bind_template_child (widget_class, TpoMessageActions, copy);
  gtk_widget_class_bind_template_child (widget_class, TpoMessageActions, regenerate);
  gtk_widget_class_bind_template_child (widget_class, TpoMessageActions, edit);
  gtk_widget_class_bind_template_child (widget_class, TpoMessageActions, good);
  gtk_widget_class_bind_template_child (widget_class, TpoMessageActions, bad);
  gtk_widget_class_bind_template_child (widget_class, TpoMessageActions, branches);
  gtk_widget_class_bind_template_child (widget_class, TpoMessageActions, branch);
  gtk_widget_class_bind_template_child (widget_class, TpoMessageActions, previous);
  gtk_widget_class_bind_template_child (widget_class, TpoMessageActions, next);
  gtk_widget_class_bind_template_callback (widget_class, on_copy_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_regenerate_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_edit_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_rated);
  gtk_widget_class_bind_template_callback (widget_class, on_previous_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_next_clicked);
  signals[EDIT] = g_signal_new ("edit", TPO_TYPE_MESSAGE_ACTIONS, G_SIGNAL_RUN_LAST, 0, NULL,
                                NULL, NULL, G_TYPE_NONE, 1, TPO_TYPE_MESSAGE);
}

static void
tpo_message_actions_init (TpoMessageActions *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
tpo_message_actions_new (TpoDocument *document)
{
  TpoMessageActions *self = g_object_new (TPO_TYPE_MESSAGE_ACTIONS, NULL);
  static const char *const changes[] = { "notify::text", "notify::state", "notify::rating",
                                         "notify::n-branches" };

  self->document = g_object_ref (document);
  self->message_signals = g_signal_group_new (TPO_TYPE_MESSAGE);
  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++)
    g_signal_group_connect_swapped (self->message_signals, changes[i], G_CALLBACK (update),
                                    self);
  g_signal_connect_object (tpo_document_get_messages (document), "items-changed",
                           G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "notify::is-busy", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}

void
tpo_message_actions_set_message (TpoMessageActions *self, TpoMessage *message)
{
  g_return_if_fail (TPO_IS_MESSAGE_ACTIONS (self));
  g_return_if_fail (message == NULL || TPO_IS_MESSAGE (message));

  g_set_object (&self->message, message);
  g_signal_group_set_target (self->message_signals, message);
  update (self);
}
