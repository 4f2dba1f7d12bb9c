#include "config.h"

#include "chat/tpo-composer.h"

#include <string.h>

#include <glib/gi18n.h>

#include "chat/tpo-templates.h"

struct _TpoComposer {
  GtkWidget parent_instance;

  TpoDocument *document;
  TpoPlayer *player;
  GSignalGroup *document_signals;
  TpoMessage *edited; /* nullable: sending asks it in other words */

  GtkWidget *box, *entry, *send, *templates;
  GtkWidget *attach, *attachment, *attachment_text, *editing;
  TpoBox attached; /* that goes with the next question, while the attachment is shown */
  gint64 box_us;
};

G_DEFINE_FINAL_TYPE (TpoComposer, tpo_composer, GTK_TYPE_WIDGET)

static gboolean
has_box (TpoComposer *self)
{
  return gtk_widget_get_visible (self->attachment);
}

static void
update_send (TpoComposer *self)
{
  gboolean is_busy;

  g_object_get (self->document, "is-busy", &is_busy, NULL);
  gtk_widget_set_sensitive (
      self->send,
      !is_busy && tpo_document_get_video (self->document) != NULL &&
          (has_box (self) || gtk_entry_get_text_length (GTK_ENTRY (self->entry)) > 0));
}

static void
set_question (TpoComposer *self, const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (self->entry), text);
  gtk_editable_set_position (GTK_EDITABLE (self->entry), -1);
}

/* ---- a box that goes with the question ------------------------------------------------------------ */

static gboolean
find_box (TpoComposer *self, TpoBox *box)
{
  TpoAnnotation *selected = tpo_document_get_selected (self->document);

  return selected != NULL &&
         tpo_annotation_get_box (selected, tpo_player_get_position_us (self->player), box);
}

static void
update_attach (TpoComposer *self)
{
  TpoBox box;

  gtk_widget_set_sensitive (self->attach, find_box (self, &box));
}

static void
set_attached (TpoComposer *self, gboolean is_attached)
{
  gtk_widget_set_visible (self->attachment, is_attached);
  gtk_entry_set_placeholder_text (GTK_ENTRY (self->entry), is_attached
                                                               ? _ ("Ask, or send to track it")
                                                               : _ ("Ask a question…"));
  update_send (self);
}

static void
detach (TpoComposer *self)
{
  set_attached (self, FALSE);
}

static void
attach_box (TpoComposer *self, const TpoBox *box, gint64 position_us)
{
  g_autofree char *time = tpo_player_format_time (position_us);
  /* Translators: a box on the picture; %s is the time of the frame */
  g_autofree char *text = g_strdup_printf (_ ("Box at %s"), time);

  self->attached = *box;
  self->box_us = position_us;
  gtk_label_set_text (GTK_LABEL (self->attachment_text), text);
  set_attached (self, TRUE);
}

static void
on_attach_clicked (TpoComposer *self)
{
  TpoBox box;

  if (!find_box (self, &box))
    return;
  attach_box (self, &box, tpo_player_get_position_us (self->player));
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

/* ---- a question in other words ------------------------------------------------------------------------ */

static void
stop_editing (TpoComposer *self)
{
  if (self->edited == NULL)
    return;
  g_clear_object (&self->edited);
  gtk_widget_set_visible (self->editing, FALSE);
  set_question (self, "");
  detach (self);
}

void
tpo_composer_edit (TpoComposer *self, TpoMessage *question)
{
  const TpoBox *box;

  g_return_if_fail (TPO_IS_COMPOSER (self) && TPO_IS_MESSAGE (question));

  box = tpo_message_get_box (question);
  g_set_object (&self->edited, question);
  gtk_widget_set_visible (self->editing, TRUE);
  if (box != NULL)
    attach_box (self, box, MAX (tpo_message_get_position (question), 0));
  else
    detach (self);
  set_question (self, tpo_message_get_record (question)->text);
  gtk_widget_grab_focus (self->entry);
}

/* One that is gone, or in another conversation, can no longer be asked in its place. */
static void
on_messages_changed (TpoComposer *self)
{
  GListModel *messages = tpo_document_get_messages (self->document);

  if (self->edited != NULL && !g_list_store_find (G_LIST_STORE (messages), self->edited, NULL))
    stop_editing (self);
}

/* ---- asking ---------------------------------------------------------------------------------------------- */

static void
on_send (TpoComposer *self)
{
  g_autofree char *question = g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry)));
  g_autofree char *with_box = has_box (self) ? place_box (question) : NULL;
  const char *text = with_box != NULL ? with_box : question;
  const TpoBox *box = with_box != NULL ? &self->attached : NULL;
  g_autoptr (TpoMessage) edited = NULL;

  if (!gtk_widget_get_sensitive (self->send))
    return;
  edited = g_steal_pointer (&self->edited);
  gtk_widget_set_visible (self->editing, FALSE);
  set_question (self, "");
  detach (self);
  if (edited != NULL)
    tpo_document_edit_question (self->document, edited, text, box);
  else
    tpo_document_ask (self->document, text,
                      box != NULL ? self->box_us : tpo_player_get_position_us (self->player),
                      box);
}

/* ---- object ------------------------------------------------------------------------------------------------ */

static void
tpo_composer_dispose (GObject *object)
{
  TpoComposer *self = TPO_COMPOSER (object);

  g_clear_object (&self->document_signals);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->edited);
  g_clear_object (&self->document);
  g_clear_object (&self->player);
  G_OBJECT_CLASS (tpo_composer_parent_class)->dispose (object);
}

static void
tpo_composer_class_init (TpoComposerClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_composer_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               TPO_RESOURCES "/chat/tpo-composer.ui");
  gtk_widget_class_bind_template_child (widget_class, TpoComposer, box);
  gtk_widget_class_bind_template_child (widget_class, TpoComposer, entry);
  gtk_widget_class_bind_template_child (widget_class, TpoComposer, send);
  gtk_widget_class_bind_template_child (widget_class, TpoComposer, templates);
  gtk_widget_class_bind_template_child (widget_class, TpoComposer, attach);
  gtk_widget_class_bind_template_child (widget_class, TpoComposer, attachment);
  gtk_widget_class_bind_template_child (widget_class, TpoComposer, attachment_text);
  gtk_widget_class_bind_template_child (widget_class, TpoComposer, editing);
  gtk_widget_class_bind_template_callback (widget_class, on_attach_clicked);
  gtk_widget_class_bind_template_callback (widget_class, detach);
  gtk_widget_class_bind_template_callback (widget_class, stop_editing);
  gtk_widget_class_bind_template_callback (widget_class, on_send);
  gtk_widget_class_bind_template_callback (widget_class, update_send);
}

static void
tpo_composer_init (TpoComposer *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
tpo_composer_new (TpoDocument *document, TpoPlayer *player, GSettings *settings)
{
  TpoComposer *self;

  g_return_val_if_fail (TPO_IS_DOCUMENT (document) && TPO_IS_PLAYER (player), NULL);

  self = g_object_new (TPO_TYPE_COMPOSER, NULL);
  self->document = g_object_ref (document);
  self->player = g_object_ref (player);
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (self->templates),
                               tpo_templates_new (GTK_EDITABLE (self->entry), settings));
  self->document_signals = g_signal_group_new (TPO_TYPE_DOCUMENT);
  g_signal_group_connect_swapped (self->document_signals, "notify::is-busy",
                                  G_CALLBACK (update_send), self);
  g_signal_group_connect_swapped (self->document_signals, "notify::video", G_CALLBACK (detach),
                                  self);
  g_signal_group_connect_swapped (self->document_signals, "notify::selected",
                                  G_CALLBACK (update_attach), self);
  g_signal_group_set_target (self->document_signals, document);
  g_signal_connect_object (tpo_document_get_messages (document), "items-changed",
                           G_CALLBACK (on_messages_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (player, "notify::position-us", G_CALLBACK (update_attach), self,
                           G_CONNECT_SWAPPED);
  update_send (self);
  update_attach (self);
  return GTK_WIDGET (self);
}

void
tpo_composer_focus (TpoComposer *self)
{
  g_return_if_fail (TPO_IS_COMPOSER (self));

  gtk_widget_grab_focus (self->entry);
}
