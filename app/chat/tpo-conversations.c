#include "config.h"

#include "chat/tpo-conversations.h"

#include <string.h>

#include <glib/gi18n.h>

static const guint MAX_HITS = 60;
static const guint HITS_IN_FRAME = 4;
static const glong EXCERPT_BEFORE = 20, EXCERPT_CHARS = 90;

struct _TpoConversations {
  GtkPopover parent_instance;

  TpoDocument *document;
  GtkWidget *search, *list, *heading, *hits, *nothing;
  char *wanted;            /* what is searched for; nullable */
  GCancellable *searching; /* nullable: of the search that goes on */
  GPtrArray *found;        /* nullable: TpoMessageHit that are not in the list yet */
  guint add_id;            /* tick callback that adds them, or 0 */
};

G_DEFINE_FINAL_TYPE (TpoConversations, tpo_conversations, GTK_TYPE_POPOVER)

enum {
  FOUND,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
clear_list (GtkWidget *list)
{
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (list)) != NULL)
    gtk_list_box_remove (GTK_LIST_BOX (list), row);
}

/* ---- conversations ------------------------------------------------------------------------------------- */

static TpoConversationRecord *
get_record (GtkWidget *row)
{
  return g_object_get_data (G_OBJECT (row), "conversation");
}

static void
on_conversation_activated (TpoConversations *self, GtkListBoxRow *row)
{
  tpo_document_show_conversation (self->document, get_record (GTK_WIDGET (row))->id);
  gtk_popover_popdown (GTK_POPOVER (self));
}

static GtkWidget *
row_of (GtkWidget *child)
{
  return gtk_widget_get_ancestor (child, GTK_TYPE_LIST_BOX_ROW);
}

static void update (TpoConversations *self);

static void
on_delete_clicked (TpoConversations *self, GtkWidget *button)
{
  tpo_document_remove_conversation (self->document, get_record (row_of (button))->id);
  update (self);
}

/* Else it would take the presses that choose the row. */
static void
set_editable (GtkWidget *title, gboolean is_editable)
{
  gtk_widget_set_can_target (title, is_editable);
  gtk_widget_set_focusable (title, is_editable);
}

/* The focus must not stay where nothing takes keys any more. */
static void
leave_title (TpoConversations *self, GtkWidget *title)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  if (focus == NULL || focus == title || gtk_widget_is_ancestor (focus, title))
    gtk_widget_grab_focus (row_of (title));
  set_editable (title, FALSE);
}

static void
on_editing (TpoConversations *self, GParamSpec *pspec, GtkWidget *title)
{
  TpoConversationRecord *record = get_record (row_of (title));
  g_autofree char *old = NULL;
  const char *text = gtk_editable_get_text (GTK_EDITABLE (title));

  if (gtk_editable_label_get_editing (GTK_EDITABLE_LABEL (title)))
    return;
  leave_title (self, title);
  old = tpo_conversation_dup_title (record);
  if (g_strcmp0 (old, text) != 0)
    tpo_document_rename_conversation (self->document, record->id, text);
}

static void
start_editing (GtkWidget *title)
{
  set_editable (title, TRUE);
  gtk_editable_label_start_editing (GTK_EDITABLE_LABEL (title));
}

static void
on_rename_clicked (TpoConversations *self, GtkWidget *button)
{
  start_editing (g_object_get_data (G_OBJECT (row_of (button)), "title"));
}

static GtkWidget *
create_button (const char *icon_name, const char *title)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon_name);

  gtk_widget_set_tooltip_text (button, title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  -1);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  return button;
}

/* A GtkEditableLabel is as wide as its text, but for what is in it. */
static void
ellipsize (GtkWidget *title)
{
  GtkWidget *label = title;

  while (label != NULL && !GTK_IS_LABEL (label))
    label = gtk_widget_get_first_child (label);
  if (label != NULL)
    gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
}

/* Takes @record over. */
static GtkWidget *
create_row (TpoConversations *self, TpoConversationRecord *record)
{
  GtkWidget *row = gtk_list_box_row_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 3);
  g_autofree char *text = tpo_conversation_dup_title (record);
  GtkWidget *title = gtk_editable_label_new (text);
  GtkWidget *tick = gtk_image_new_from_icon_name ("object-select-symbolic");
  GtkWidget *rename = create_button ("document-edit-symbolic", _ ("Rename"));
  GtkWidget *remove = create_button ("user-trash-symbolic", _ ("Delete"));

  ellipsize (title);
  g_object_set_data_full (G_OBJECT (row), "conversation", record,
                          (GDestroyNotify) tpo_conversation_record_free);
  g_object_set_data (G_OBJECT (row), "title", title);
  gtk_widget_set_hexpand (title, TRUE);
  gtk_widget_set_valign (title, GTK_ALIGN_CENTER);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (title), 24);
  gtk_editable_set_width_chars (GTK_EDITABLE (title), 18);
  set_editable (title, FALSE);
  gtk_widget_set_visible (tick, record->id == tpo_document_get_conversation (self->document));
  g_signal_connect_object (title, "notify::editing", G_CALLBACK (on_editing), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (rename, "clicked", G_CALLBACK (on_rename_clicked), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (remove, "clicked", G_CALLBACK (on_delete_clicked), self,
                           G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), tick);
  gtk_box_append (GTK_BOX (box), rename);
  gtk_box_append (GTK_BOX (box), remove);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, text,
                                  -1);
  return row;
}

static gboolean
is_match (const char *text, const char *wanted)
{
  g_autofree char *folded = g_utf8_casefold (text, -1);
  g_autofree char *folded_wanted = g_utf8_casefold (wanted, -1);

  return strstr (folded, folded_wanted) != NULL;
}

/* Returns: how many */
static guint
fill_conversations (TpoConversations *self, const char *wanted)
{
  g_autoptr (GPtrArray) records = tpo_document_list_conversations (self->document);
  guint n = 0;

  clear_list (self->list);
  while (records->len > 0) {
    TpoConversationRecord *record = g_ptr_array_steal_index (records, 0);
    g_autofree char *title = tpo_conversation_dup_title (record);

    if (is_match (title, wanted)) {
      gtk_list_box_append (GTK_LIST_BOX (self->list), create_row (self, record));
      n++;
    } else {
      tpo_conversation_record_free (record);
    }
  }
  return n;
}

/* ---- messages -------------------------------------------------------------------------------------------- */

static void
on_hit_activated (TpoConversations *self, GtkListBoxRow *row)
{
  gtk_popover_popdown (GTK_POPOVER (self));
  g_signal_emit (self, signals[FOUND], 0, g_object_get_data (G_OBJECT (row), "hit"));
}

/* The line of @text around what was searched for. */
static char *
excerpt (const char *text, const char *wanted)
{
  g_autofree char *folded = g_utf8_casefold (text, -1);
  g_autofree char *folded_wanted = g_utf8_casefold (wanted, -1);
  const char *found = strstr (folded, folded_wanted);
  glong length = g_utf8_strlen (text, -1);
  /* Folding may lengthen a text; the place is near enough then. */
  glong place = found != NULL ? g_utf8_pointer_to_offset (folded, found) : 0;
  glong start = CLAMP (place - EXCERPT_BEFORE, 0, length);
  g_autofree char *part = g_utf8_substring (text, start, MIN (length, start + EXCERPT_CHARS));

  g_strdelimit (part, "\n\r\t", ' ');
  return g_strconcat (start > 0 ? "…" : "", part, start + EXCERPT_CHARS < length ? "…" : "",
                      NULL);
}

/* Takes @hit over. */
static GtkWidget *
create_hit (TpoMessageHit *hit, const char *wanted)
{
  g_autofree char *text = excerpt (hit->text, wanted);
  g_autofree char *name = g_path_get_basename (hit->video_uri);
  g_autofree char *readable = g_uri_unescape_string (name, NULL);
  const char *video = readable != NULL ? readable : name;
  const char *speaker = hit->role == TPO_MESSAGE_USER ? _ ("You") : _ ("Model");
  g_autofree char *origin = g_strdup_printf ("%s · %s", video, speaker);
  GtkWidget *row = gtk_list_box_row_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *line = gtk_label_new (text), *where = gtk_label_new (origin);

  gtk_label_set_xalign (GTK_LABEL (line), 0.0f);
  gtk_label_set_wrap (GTK_LABEL (line), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (line), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (where), 0.0f);
  gtk_label_set_ellipsize (GTK_LABEL (where), PANGO_ELLIPSIZE_MIDDLE);
  gtk_widget_add_css_class (where, "caption");
  gtk_widget_add_css_class (where, "dim-label");
  gtk_box_append (GTK_BOX (box), line);
  gtk_box_append (GTK_BOX (box), where);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  g_object_set_data_full (G_OBJECT (row), "hit", hit, (GDestroyNotify) tpo_message_hit_free);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, text,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, origin, -1);
  return row;
}

/* What becomes of the last search is not waited for. */
static void
stop_search (TpoConversations *self)
{
  if (self->searching != NULL)
    g_cancellable_cancel (self->searching);
  g_clear_object (&self->searching);
  if (self->add_id != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->add_id);
  self->add_id = 0;
  g_clear_pointer (&self->found, g_ptr_array_unref);
}

/* A few in a frame. */
static gboolean
on_add (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  TpoConversations *self = TPO_CONVERSATIONS (widget);

  for (guint i = 0; i < HITS_IN_FRAME && self->found->len > 0; i++)
    gtk_list_box_append (GTK_LIST_BOX (self->hits),
                         create_hit (g_ptr_array_steal_index (self->found, 0), self->wanted));
  if (self->found->len > 0)
    return G_SOURCE_CONTINUE;
  g_clear_pointer (&self->found, g_ptr_array_unref);
  self->add_id = 0;
  return G_SOURCE_REMOVE;
}

/* ---- both ------------------------------------------------------------------------------------------------- */

static void
show_lists (TpoConversations *self, gboolean has_hits, gboolean is_nothing)
{
  gtk_widget_set_visible (self->heading, has_hits);
  gtk_widget_set_visible (self->hits, has_hits);
  gtk_widget_set_visible (self->nothing,
                          is_nothing && gtk_widget_get_first_child (self->list) == NULL);
}

static void
on_searched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TpoConversations) self = user_data;
  g_autoptr (GPtrArray) hits = tpo_document_search_finish (TPO_DOCUMENT (source), result);
  gboolean has_hits = hits != NULL && hits->len > 0;

  /* One that was stopped may have ended before. */
  if (g_task_get_cancellable (G_TASK (result)) != self->searching)
    return;
  g_clear_object (&self->searching);
  clear_list (self->hits);
  show_lists (self, has_hits, !has_hits);
  if (!has_hits)
    return;
  self->found = g_steal_pointer (&hits);
  self->add_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_add, NULL, NULL);
}

/* What was found before stays until there is something else. */
static void
update (TpoConversations *self)
{
  stop_search (self);
  g_free (self->wanted);
  self->wanted = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->search))));
  gtk_widget_set_visible (self->list, fill_conversations (self, self->wanted) > 0);
  if (*self->wanted == '\0') {
    clear_list (self->hits);
    show_lists (self, FALSE, FALSE);
    return;
  }
  self->searching = g_cancellable_new ();
  tpo_document_search_async (self->document, self->wanted, MAX_HITS, self->searching,
                             on_searched, g_object_ref (self));
}

/* ---- object ----------------------------------------------------------------------------------------------- */

static void
tpo_conversations_map (GtkWidget *widget)
{
  TpoConversations *self = TPO_CONVERSATIONS (widget);

  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  update (self);
  GTK_WIDGET_CLASS (tpo_conversations_parent_class)->map (widget);
}

static void
tpo_conversations_unmap (GtkWidget *widget)
{
  stop_search (TPO_CONVERSATIONS (widget));
  GTK_WIDGET_CLASS (tpo_conversations_parent_class)->unmap (widget);
}

static void
tpo_conversations_dispose (GObject *object)
{
  TpoConversations *self = TPO_CONVERSATIONS (object);

  stop_search (self);
  g_clear_object (&self->document);
  G_OBJECT_CLASS (tpo_conversations_parent_class)->dispose (object);
}

static void
tpo_conversations_finalize (GObject *object)
{
  g_free (TPO_CONVERSATIONS (object)->wanted);
  G_OBJECT_CLASS (tpo_conversations_parent_class)->finalize (object);
}

static void
tpo_conversations_class_init (TpoConversationsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_conversations_dispose;
  G_OBJECT_CLASS (klass)->finalize = tpo_conversations_finalize;
  widget_class->map = tpo_conversations_map;
  widget_class->unmap = tpo_conversations_unmap;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               TPO_RESOURCES "/chat/tpo-conversations.ui");
  gtk_widget_class_bind_template_child (widget_class, TpoConversations, search);
  gtk_widget_class_bind_template_child (widget_class, TpoConversations, list);
  gtk_widget_class_bind_template_child (widget_class, TpoConversations, heading);
  gtk_widget_class_bind_template_child (widget_class, TpoConversations, hits);
  gtk_widget_class_bind_template_child (widget_class, TpoConversations, nothing);
  gtk_widget_class_bind_template_callback (widget_class, update);
  gtk_widget_class_bind_template_callback (widget_class, on_conversation_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_hit_activated);
  gtk_widget_class_bind_template_callback (widget_class, gtk_popover_popdown);
  signals[FOUND] = g_signal_new ("found", TPO_TYPE_CONVERSATIONS, G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
tpo_conversations_init (TpoConversations *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
tpo_conversations_new (TpoDocument *document)
{
  TpoConversations *self;

  g_return_val_if_fail (TPO_IS_DOCUMENT (document), NULL);

  self = g_object_new (TPO_TYPE_CONVERSATIONS, NULL);
  self->document = g_object_ref (document);
  return GTK_WIDGET (self);
}

void
tpo_conversations_rename (TpoConversations *self)
{
  GtkWidget *row;

  g_return_if_fail (TPO_IS_CONVERSATIONS (self));

  gtk_popover_popup (GTK_POPOVER (self));
  for (row = gtk_widget_get_first_child (self->list); row != NULL;
       row = gtk_widget_get_next_sibling (row)) {
    if (get_record (row)->id == tpo_document_get_conversation (self->document))
      start_editing (g_object_get_data (G_OBJECT (row), "title"));
  }
}
