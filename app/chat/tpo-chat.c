#include "config.h"

#include <glib/gi18n.h>

#include "chat/tpo-chat-private.h"
#include "chat/tpo-composer.h"
#include "chat/tpo-conversations.h"
#include "chat/tpo-message-row.h"

G_DEFINE_FINAL_TYPE (TpoChat, tpo_chat, GTK_TYPE_WIDGET)

enum {
  OPEN_MESSAGE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static const double READY_PAGES =
    1.0; /* messages that are ready above and below those in view */
static const double KEPT_PAGES =
    1.5; /* more than these are dropped again: each that is there makes each change dearer */
static const guint READY = 12; /* of them at the end */

/* ---- asking ----------------------------------------------------------------------------------------- */

static void
on_stop_clicked (TpoChat *self)
{
  tpo_document_cancel (self->document);
}

static void
on_example_clicked (TpoChat *self, GtkButton *button)
{
  tpo_document_ask (self->document, gtk_button_get_label (button),
                    tpo_player_get_position_us (self->player), NULL);
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
}

/* ---- messages ---------------------------------------------------------------------------------------- */

static gboolean
scroll_to_end (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  TpoChat *self = TPO_CHAT (widget);
  GtkAdjustment *adjustment =
      gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller));

  self->scroll_id = 0;
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment));
  return G_SOURCE_REMOVE;
}

/* New text stays in view unless the reader scrolled back. Not at once: the list is in the middle of
 * its layout. */
static void
follow (TpoChat *self)
{
  if (self->follows && self->scroll_id == 0)
    self->scroll_id =
        gtk_widget_add_tick_callback (GTK_WIDGET (self), scroll_to_end, NULL, NULL);
}

static void
stop_following (TpoChat *self)
{
  self->follows = FALSE;
  if (self->scroll_id != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->scroll_id);
  self->scroll_id = 0;
}

/* How much of the list is out of sight, in pages. */
static void
measure_hidden (TpoChat *self, double *page, double *above, double *below)
{
  GtkAdjustment *adjustment =
      gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller));

  *page = gtk_adjustment_get_page_size (adjustment);
  *above = gtk_adjustment_get_value (adjustment);
  *below = gtk_adjustment_get_upper (adjustment) - *above - *page;
}

/* Which messages are wanted next. Returns: whether any are */
static gboolean
wants_more (TpoChat *self, gboolean *backward)
{
  double page, above, below;
  gboolean is_short = g_list_model_get_n_items (G_LIST_MODEL (self->shown)) < READY;

  measure_hidden (self, &page, &above, &below);
  *backward = FALSE;
  if (below < READY_PAGES * page && tpo_message_window_has_more (self->shown, FALSE))
    return TRUE;
  *backward = TRUE;
  return (above < READY_PAGES * page || is_short) &&
         tpo_message_window_has_more (self->shown, TRUE);
}

/* Rows out of view have a height for the list, but no place, and so none of their own. */
static int
row_height (TpoChat *self, GtkWidget *row)
{
  int height;

  gtk_widget_measure (row, GTK_ORIENTATION_VERTICAL, gtk_widget_get_width (self->list), &height,
                      NULL, NULL, NULL);
  return height;
}

/* One at an end that is so far away that without it there is still more than is wanted. Returns:
 * whether there was one */
static gboolean
drop_far (TpoChat *self)
{
  GtkWidget *first = gtk_widget_get_first_child (self->list);
  GtkWidget *last = gtk_widget_get_last_child (self->list);
  double page, above, below;
  gboolean backward;

  measure_hidden (self, &page, &above, &below);
  if (first == NULL || g_list_model_get_n_items (G_LIST_MODEL (self->shown)) <= READY)
    return FALSE;
  backward = above - row_height (self, first) > KEPT_PAGES * page;
  if (!backward && below - row_height (self, last) <= KEPT_PAGES * page)
    return FALSE;
  tpo_message_window_drop (self->shown, backward);
  return TRUE;
}

static gboolean
on_grow (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  TpoChat *self = TPO_CHAT (widget);
  gboolean backward;

  if (wants_more (self, &backward) ? tpo_message_window_grow (self->shown, backward)
                                   : drop_far (self))
    return G_SOURCE_CONTINUE;
  self->grow_id = 0;
  return G_SOURCE_REMOVE;
}

static void
grow (TpoChat *self)
{
  gboolean backward;

  if (self->grow_id == 0 && self->shown != NULL && wants_more (self, &backward))
    self->grow_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_grow, NULL, NULL);
}

static void
on_messages_changed (TpoChat *self, guint position, guint n_removed, guint n_added)
{
  GListModel *messages = tpo_document_get_messages (self->document);
  gboolean is_empty = g_list_model_get_n_items (messages) == 0;

  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), is_empty ? "empty" : "messages");
  if (n_added > 0) {
    self->follows = TRUE;
    tpo_message_window_show_end (self->shown);
  }
  follow (self);
  grow (self);
}

/* By the reader, unless the list has another length and is about to be scrolled. */
static void
on_scrolled (TpoChat *self, GtkAdjustment *adjustment)
{
  grow (self);
  if (self->scroll_id != 0)
    return;
  self->follows =
      !tpo_message_window_has_more (self->shown, FALSE) &&
      gtk_adjustment_get_value (adjustment) + gtk_adjustment_get_page_size (adjustment) >=
          gtk_adjustment_get_upper (adjustment) - 24.0;
}

static void
on_edit (TpoChat *self, TpoMessage *question)
{
  tpo_composer_edit (TPO_COMPOSER (self->composer), question);
}

static void
on_setup (TpoChat *self, GtkListItem *item)
{
  GtkWidget *row = tpo_message_row_new (self->document, self->player);

  g_signal_connect_object (row, "edit", G_CALLBACK (on_edit), self, G_CONNECT_SWAPPED);
  gtk_list_item_set_activatable (item, FALSE);
  gtk_list_item_set_selectable (item, FALSE);
  gtk_list_item_set_child (item, row);
}

/* Each time that a row comes before others they are bound once more, to what they have: so they are
 * not emptied between. */
static void
on_bind (TpoChat *self, GtkListItem *item)
{
  TpoMessageRow *row = TPO_MESSAGE_ROW (gtk_list_item_get_child (item));
  GtkWidget *parent = gtk_widget_get_parent (GTK_WIDGET (row));

  tpo_message_row_set_message (row, gtk_list_item_get_item (item));
  if (parent != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (parent), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    tpo_message_row_get_speaker (row), -1);
}

static void
show_messages (TpoChat *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkNoSelection *model;

  self->shown = tpo_message_window_new (tpo_document_get_messages (self->document));
  model = gtk_no_selection_new (G_LIST_MODEL (g_object_ref (self->shown)));
  g_signal_connect_object (factory, "setup", G_CALLBACK (on_setup), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "bind", G_CALLBACK (on_bind), self, G_CONNECT_SWAPPED);
  gtk_list_view_set_factory (GTK_LIST_VIEW (self->list), factory);
  gtk_list_view_set_model (GTK_LIST_VIEW (self->list), GTK_SELECTION_MODEL (model));
  g_object_unref (factory);
  g_object_unref (model);
}

static void
on_message_shown (TpoChat *self, guint position)
{
  stop_following (self);
  gtk_widget_activate_action (self->list, "list.scroll-to-item", "u",
                              tpo_message_window_show (self->shown, position));
  grow (self);
}

void
tpo_chat_show_message (TpoChat *self, gint64 conversation_id, gint64 message_id)
{
  g_return_if_fail (TPO_IS_CHAT (self));

  tpo_document_show_message (self->document, conversation_id, message_id);
}

/* ---- conversations ------------------------------------------------------------------------------------ */

static void
on_conversation_changed (TpoChat *self)
{
  g_autofree char *title = NULL;

  g_object_get (self->document, "conversation", &title, NULL);
  gtk_label_set_text (GTK_LABEL (self->title), title != NULL ? title : _ ("Conversation"));
  tpo_chat_update_actions (self);
}

static void
on_video_changed (TpoChat *self)
{
  gtk_widget_set_visible (self->header, tpo_document_get_video (self->document) != NULL);
  on_conversation_changed (self);
}

static void
on_found (TpoChat *self, TpoMessageHit *hit)
{
  if (hit->video_id == tpo_document_get_video_id (self->document))
    tpo_chat_show_message (self, hit->conversation_id, hit->message_id);
  else
    g_signal_emit (self, signals[OPEN_MESSAGE], 0, hit);
}

/* ---- object --------------------------------------------------------------------------------------------- */

static void
tpo_chat_dispose (GObject *object)
{
  TpoChat *self = TPO_CHAT (object);

  stop_following (self);
  if (self->grow_id != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->grow_id);
  self->grow_id = 0;
  g_clear_object (&self->document_signals);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->shown);
  g_clear_object (&self->actions);
  g_clear_object (&self->document);
  g_clear_object (&self->player);
  G_OBJECT_CLASS (tpo_chat_parent_class)->dispose (object);
}

static void
tpo_chat_class_init (TpoChatClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_chat_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, TPO_RESOURCES "/chat/tpo-chat.ui");
  gtk_widget_class_bind_template_child (widget_class, TpoChat, box);
  gtk_widget_class_bind_template_child (widget_class, TpoChat, header);
  gtk_widget_class_bind_template_child (widget_class, TpoChat, conversations);
  gtk_widget_class_bind_template_child (widget_class, TpoChat, title);
  gtk_widget_class_bind_template_child (widget_class, TpoChat, stack);
  gtk_widget_class_bind_template_child (widget_class, TpoChat, examples);
  gtk_widget_class_bind_template_child (widget_class, TpoChat, scroller);
  gtk_widget_class_bind_template_child (widget_class, TpoChat, list);
  gtk_widget_class_bind_template_child (widget_class, TpoChat, work);
  gtk_widget_class_bind_template_child (widget_class, TpoChat, step);
  gtk_widget_class_bind_template_child (widget_class, TpoChat, progress);
  gtk_widget_class_bind_template_callback (widget_class, on_stop_clicked);
  gtk_widget_class_set_css_name (widget_class, "chat");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  signals[OPEN_MESSAGE] = g_signal_new ("open-message", TPO_TYPE_CHAT, G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
tpo_chat_init (TpoChat *self)
{
  GtkAdjustment *adjustment;

  gtk_widget_init_template (GTK_WIDGET (self));
  self->actions = g_simple_action_group_new ();
  tpo_chat_add_actions (self);
  adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller));
  g_signal_connect_object (adjustment, "changed", G_CALLBACK (follow), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (adjustment, "changed", G_CALLBACK (grow), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (on_scrolled), self,
                           G_CONNECT_SWAPPED);
  self->follows = TRUE;
}

static void
follow_document (TpoChat *self)
{
  static const char *const of_work[] = { "notify::is-busy", "notify::step",
                                         "notify::progress" };

  self->document_signals = g_signal_group_new (TPO_TYPE_DOCUMENT);
  for (gsize i = 0; i < G_N_ELEMENTS (of_work); i++)
    g_signal_group_connect_swapped (self->document_signals, of_work[i],
                                    G_CALLBACK (on_work_changed), self);
  g_signal_group_connect_swapped (self->document_signals, "message-shown",
                                  G_CALLBACK (on_message_shown), self);
  g_signal_group_connect_swapped (self->document_signals, "notify::video",
                                  G_CALLBACK (on_video_changed), self);
  g_signal_group_connect_swapped (self->document_signals, "notify::conversation",
                                  G_CALLBACK (on_conversation_changed), self);
  g_signal_group_set_target (self->document_signals, self->document);
  g_signal_connect_object (tpo_document_get_messages (self->document), "items-changed",
                           G_CALLBACK (on_messages_changed), self, G_CONNECT_SWAPPED);
}

GtkWidget *
tpo_chat_new (TpoDocument *document, TpoPlayer *player, GSettings *settings)
{
  TpoChat *self;
  GtkWidget *popover;

  g_return_val_if_fail (TPO_IS_DOCUMENT (document) && TPO_IS_PLAYER (player), NULL);

  self = g_object_new (TPO_TYPE_CHAT, NULL);
  self->document = g_object_ref (document);
  self->player = g_object_ref (player);
  self->composer = tpo_composer_new (document, player, settings);
  gtk_box_append (GTK_BOX (self->box), self->composer);
  popover = tpo_conversations_new (document);
  g_signal_connect_object (popover, "found", G_CALLBACK (on_found), self, G_CONNECT_SWAPPED);
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (self->conversations), popover);
  show_messages (self);
  follow_document (self);
  on_messages_changed (self, 0, 0, 0);
  on_work_changed (self);
  on_video_changed (self);
  return GTK_WIDGET (self);
}

static GtkWidget *
example_new (TpoChat *self, const char *text)
{
  GtkWidget *button = gtk_button_new_with_label (text);
  GtkLabel *label = GTK_LABEL (gtk_button_get_child (GTK_BUTTON (button)));

  gtk_label_set_wrap (label, TRUE);
  gtk_label_set_justify (label, GTK_JUSTIFY_CENTER);
  gtk_widget_add_css_class (button, "example");
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_example_clicked), self,
                           G_CONNECT_SWAPPED);
  return button;
}

/* Buttons that are there are used again: examples come with every video. */
void
tpo_chat_set_examples (TpoChat *self, const char *const *examples)
{
  GtkWidget *button;

  g_return_if_fail (TPO_IS_CHAT (self));

  button = gtk_widget_get_first_child (self->examples);
  for (guint n = 0; examples != NULL && examples[n] != NULL; n++) {
    if (button == NULL) {
      gtk_box_append (GTK_BOX (self->examples), example_new (self, examples[n]));
      continue;
    }
    gtk_button_set_label (GTK_BUTTON (button), examples[n]);
    button = gtk_widget_get_next_sibling (button);
  }
  while (button != NULL) {
    GtkWidget *next = gtk_widget_get_next_sibling (button);

    gtk_box_remove (GTK_BOX (self->examples), button);
    button = next;
  }
}

GActionGroup *
tpo_chat_get_actions (TpoChat *self)
{
  g_return_val_if_fail (TPO_IS_CHAT (self), NULL);

  return G_ACTION_GROUP (self->actions);
}

void
tpo_chat_focus (TpoChat *self)
{
  g_return_if_fail (TPO_IS_CHAT (self));

  tpo_composer_focus (TPO_COMPOSER (self->composer));
}
