#include "config.h"

#include "chat/tpo-message-row.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "chat/tpo-answer-text.h"
#include "chat/tpo-chip.h"
#include "chat/tpo-message-actions.h"

/* Kept free for them, so that rows do not grow under the pointer. */
static const int ACTIONS_PX = 28;
static const int BESIDE_PX = 8;          /* between them and a bubble */
static const gsize LONG_QUESTION = 2048; /* bytes */

struct _TpoMessageRow {
  GtkWidget parent_instance;

  TpoDocument *document;
  TpoPlayer *player;
  TpoMessage *message; /* nullable */
  GSignalGroup *message_signals, *chip_signals;
  guint update_id; /* tick callback: text has come since the last frame */

  GtkWidget *box, *bubble, *text, *answer, *note, *slot;
  GtkWidget *actions; /* nullable: made where they are needed, as most rows only pass by */
};

G_DEFINE_FINAL_TYPE (TpoMessageRow, tpo_message_row, GTK_TYPE_WIDGET)

enum {
  EDIT,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* ---- text ------------------------------------------------------------------------------------------- */

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

/* A bubble fits a short question; to find the width for a long one takes as many layouts as it has lines. */
static void
update_text (TpoMessageRow *self)
{
  const TpoMessageRecord *record = tpo_message_get_record (self->message);
  gboolean is_answer = record->role == TPO_MESSAGE_ASSISTANT;
  g_autofree char *text = shown_text (self->message);
  gboolean has_blocks = is_answer || strlen (text) > LONG_QUESTION;

  if (is_answer)
    tpo_answer_text_set_text (TPO_ANSWER_TEXT (self->answer), text,
                              record->state != TPO_MESSAGE_STREAMING);
  else if (has_blocks)
    tpo_answer_text_set_plain (TPO_ANSWER_TEXT (self->answer), text);
  gtk_label_set_text (GTK_LABEL (self->text), has_blocks ? "" : text);
  gtk_widget_set_visible (self->text, !has_blocks);
  gtk_widget_set_visible (self->answer, has_blocks);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->box),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  TpoMessageRow *self = TPO_MESSAGE_ROW (widget);

  self->update_id = 0;
  if (self->message != NULL)
    update_text (self);
  return G_SOURCE_REMOVE;
}

/* Text comes token by token, more often than it can be seen. */
static void
on_text (TpoMessageRow *self)
{
  if (self->update_id == 0)
    self->update_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_tick, NULL, NULL);
}

/* By where they stand in the text; those without a place behind it. */
static int
by_offset (gconstpointer a, gconstpointer b, gpointer data)
{
  guint64 left = (guint64) tpo_message_get_chip_offset (data, *(TpoAnnotation *const *) a);
  guint64 right = (guint64) tpo_message_get_chip_offset (data, *(TpoAnnotation *const *) b);

  return left < right ? -1 : left > right;
}

static void
update_chips (TpoMessageRow *self)
{
  GListModel *chips = tpo_message_get_chips (self->message);
  guint n = g_list_model_get_n_items (chips);
  g_autoptr (GPtrArray) sorted = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) widgets = g_ptr_array_new ();
  g_autoptr (GArray) offsets = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (sorted, g_list_model_get_item (chips, i));
  g_ptr_array_sort_with_data (sorted, by_offset, self->message);
  for (guint i = 0; i < n; i++) {
    gint64 offset = tpo_message_get_chip_offset (self->message, sorted->pdata[i]);

    offset = offset >= 0 ? offset : G_MAXINT64;
    g_array_append_val (offsets, offset);
    g_ptr_array_add (widgets, tpo_chip_new (self->document, self->player, sorted->pdata[i]));
  }
  tpo_answer_text_set_chips (TPO_ANSWER_TEXT (self->answer),
                             (GtkWidget *const *) widgets->pdata,
                             (const gint64 *) (gpointer) offsets->data, n);
}

/* ---- actions ------------------------------------------------------------------------------------------- */

static void
on_edit (TpoMessageRow *self, TpoMessage *question)
{
  g_signal_emit (self, signals[EDIT], 0, question);
}

static void
show_actions (TpoMessageRow *self)
{
  if (self->actions == NULL) {
    self->actions = tpo_message_actions_new (self->document);
    g_signal_connect_object (self->actions, "edit", G_CALLBACK (on_edit), self,
                             G_CONNECT_SWAPPED);
    adw_bin_set_child (ADW_BIN (self->slot), self->actions);
  }
  tpo_message_actions_set_message (TPO_MESSAGE_ACTIONS (self->actions), self->message);
  gtk_widget_set_visible (self->actions, self->message != NULL);
}

/* One of the last question and its answer. */
static gboolean
is_recent (TpoMessageRow *self)
{
  GListModel *messages = tpo_document_get_messages (self->document);
  guint n = g_list_model_get_n_items (messages);

  for (guint i = n > 2 ? n - 2 : 0; i < n; i++) {
    g_autoptr (TpoMessage) message = g_list_model_get_item (messages, i);

    if (message == self->message)
      return TRUE;
  }
  return FALSE;
}

/* A question's pencil stands before it; its versions need a line of their own below it, as all that
 * answers have. */
static void
place_actions (TpoMessageRow *self)
{
  const TpoMessageRecord *record = tpo_message_get_record (self->message);
  gboolean is_beside = record->role == TPO_MESSAGE_USER && record->n_branches <= 1;

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->box), is_beside
                                                                  ? GTK_ORIENTATION_HORIZONTAL
                                                                  : GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self->box), is_beside ? BESIDE_PX : 0);
  gtk_box_reorder_child_after (GTK_BOX (self->box), self->bubble,
                               is_beside ? self->slot : NULL);
  gtk_widget_set_size_request (self->slot, is_beside ? ACTIONS_PX : -1,
                               is_beside ? -1 : ACTIONS_PX);
  gtk_widget_set_margin_start (
      self->box, is_beside || record->role != TPO_MESSAGE_USER ? 0 : ACTIONS_PX + BESIDE_PX);
}

/* Without being pointed at: where the conversation is, and where there is something to see. */
static void
update_actions (TpoMessageRow *self)
{
  const TpoMessageRecord *record;

  if (self->message == NULL)
    return;
  place_actions (self);
  record = tpo_message_get_record (self->message);
  if (record->n_branches > 1 || record->rating != 0 || is_recent (self))
    show_actions (self);
}

/* ---- message ---------------------------------------------------------------------------------------------- */

/* Everything but the text. */
static void
update (TpoMessageRow *self)
{
  const TpoMessageRecord *record = tpo_message_get_record (self->message);
  const char *note = note_text (self->message);

  gtk_label_set_text (GTK_LABEL (self->note), note != NULL ? note : "");
  gtk_widget_set_visible (self->note, note != NULL);
  if (record->state == TPO_MESSAGE_FAILED)
    gtk_widget_add_css_class (self->note, "error");
  else
    gtk_widget_remove_css_class (self->note, "error");
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->box), GTK_ACCESSIBLE_STATE_BUSY,
                               record->state == TPO_MESSAGE_STREAMING, -1);
  update_actions (self);
}

static void
on_state (TpoMessageRow *self)
{
  update_text (self);
  update (self);
}

static void
on_chips_changed (TpoMessageRow *self)
{
  update_chips (self);
  on_state (self);
}

static void
update_role (TpoMessageRow *self)
{
  gboolean is_user = tpo_message_get_record (self->message)->role == TPO_MESSAGE_USER;

  gtk_widget_remove_css_class (self->bubble, is_user ? "answer" : "question");
  gtk_widget_add_css_class (self->bubble, is_user ? "question" : "answer");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->box), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  tpo_message_row_get_speaker (self), -1);
}

void
tpo_message_row_set_message (TpoMessageRow *self, TpoMessage *message)
{
  g_return_if_fail (TPO_IS_MESSAGE_ROW (self));
  g_return_if_fail (message == NULL || TPO_IS_MESSAGE (message));

  if (!g_set_object (&self->message, message))
    return;
  if (self->actions != NULL) /* of another message */
    gtk_widget_set_visible (self->actions, FALSE);
  g_signal_group_set_target (self->message_signals, message);
  g_signal_group_set_target (self->chip_signals,
                             message != NULL ? tpo_message_get_chips (message) : NULL);
  if (message == NULL) {
    tpo_answer_text_set_chips (TPO_ANSWER_TEXT (self->answer), NULL, NULL, 0);
    return;
  }
  update_role (self);
  on_chips_changed (self);
}

const char *
tpo_message_row_get_speaker (TpoMessageRow *self)
{
  g_return_val_if_fail (TPO_IS_MESSAGE_ROW (self), NULL);

  if (self->message == NULL)
    return "";
  return tpo_message_get_record (self->message)->role == TPO_MESSAGE_USER ? _ ("You")
                                                                          : _ ("Model");
}

/* ---- layout ------------------------------------------------------------------------------------------------ */

/*
 * Questions stand at the end of the line, answers at its start, as wide as their text. An alignment
 * of the box would do the same, but GTK then looks for the narrowest width that keeps the height,
 * and lays each text out ten times.
 */
static int
box_width (TpoMessageRow *self, int width)
{
  int natural;

  gtk_widget_measure (self->box, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL, NULL);
  return width >= 0 ? MIN (width, natural) : natural;
}

static GtkSizeRequestMode
tpo_message_row_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
tpo_message_row_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                         int *minimum, int *natural, int *minimum_baseline,
                         int *natural_baseline)
{
  TpoMessageRow *self = TPO_MESSAGE_ROW (widget);

  *minimum = *natural = 0;
  *minimum_baseline = *natural_baseline = -1;
  /* The list asks for a height without a width, too, and what it does with that is of no
   * consequence; each text would be laid out once more. */
  if (orientation == GTK_ORIENTATION_VERTICAL && for_size < 0)
    return;
  gtk_widget_measure (self->box, orientation,
                      orientation == GTK_ORIENTATION_VERTICAL ? box_width (self, for_size) : -1,
                      minimum, natural, NULL, NULL);
}

static void
tpo_message_row_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  TpoMessageRow *self = TPO_MESSAGE_ROW (widget);
  int room = box_width (self, width);
  gboolean is_user =
      self->message != NULL && tpo_message_get_record (self->message)->role == TPO_MESSAGE_USER;
  gboolean is_ltr = gtk_widget_get_direction (widget) != GTK_TEXT_DIR_RTL;
  GtkAllocation at = { is_user == is_ltr ? width - room : 0, 0, room, height };

  gtk_widget_size_allocate (self->box, &at, baseline);
}

/* ---- object ------------------------------------------------------------------------------------------------ */

static void
tpo_message_row_dispose (GObject *object)
{
  TpoMessageRow *self = TPO_MESSAGE_ROW (object);

  if (self->update_id != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->update_id);
  self->update_id = 0;
  g_clear_object (&self->message_signals);
  g_clear_object (&self->chip_signals);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->message);
  g_clear_object (&self->document);
  g_clear_object (&self->player);
  G_OBJECT_CLASS (tpo_message_row_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, TpoMessageRow, box);
  gtk_widget_class_bind_template_child (widget_class, TpoMessageRow, bubble);
  gtk_widget_class_bind_template_child (widget_class, TpoMessageRow, text);
  gtk_widget_class_bind_template_child (widget_class, TpoMessageRow, answer);
  gtk_widget_class_bind_template_child (widget_class, TpoMessageRow, note);
  gtk_widget_class_bind_template_child (widget_class, TpoMessageRow, slot);
}

static void
tpo_message_row_class_init (TpoMessageRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_message_row_dispose;
  widget_class->get_request_mode = tpo_message_row_get_request_mode;
  widget_class->measure = tpo_message_row_measure;
  widget_class->size_allocate = tpo_message_row_size_allocate;
  g_type_ensure (TPO_TYPE_ANSWER_TEXT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               TPO_RESOURCES "/chat/tpo-message-row.ui");
  bind_children (widget_class);
  signals[EDIT] = g_signal_new ("edit", TPO_TYPE_MESSAGE_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, TPO_TYPE_MESSAGE);
}

static void
tpo_message_row_init (TpoMessageRow *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_swapped (motion, "enter", G_CALLBACK (show_actions), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  g_signal_connect_swapped (focus, "enter", G_CALLBACK (show_actions), self);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
}

GtkWidget *
tpo_message_row_new (TpoDocument *document, TpoPlayer *player)
{
  TpoMessageRow *self = g_object_new (TPO_TYPE_MESSAGE_ROW, NULL);

  self->document = g_object_ref (document);
  self->player = g_object_ref (player);
  self->message_signals = g_signal_group_new (TPO_TYPE_MESSAGE);
  g_signal_group_connect_swapped (self->message_signals, "notify::text", G_CALLBACK (on_text),
                                  self);
  g_signal_group_connect_swapped (self->message_signals, "notify::state", G_CALLBACK (on_state),
                                  self);
  g_signal_group_connect_swapped (self->message_signals, "notify::rating",
                                  G_CALLBACK (update_actions), self);
  g_signal_group_connect_swapped (self->message_signals, "notify::n-branches",
                                  G_CALLBACK (update_actions), self);
  self->chip_signals = g_signal_group_new (G_TYPE_LIST_MODEL);
  g_signal_group_connect_swapped (self->chip_signals, "items-changed",
                                  G_CALLBACK (on_chips_changed), self);
  g_signal_connect_object (tpo_document_get_messages (document), "items-changed",
                           G_CALLBACK (update_actions), self, G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}
