#include "config.h"

#include "reviewer/tpo-ask-many.h"

#include <glib/gi18n.h>

#include "store/tpo-store-questions.h"
#include "store/tpo-store-videos.h"
#include "widgets/tpo-title.h"

/* Some of the project's videos, as a line of the choice. */
typedef struct {
  char *title;
  GArray *ids;
} Group;

struct _TpoAskMany {
  AdwWindow parent_instance;

  TpoQuestionRunner *runner;
  GArray *selected;  /* gint64 */
  GPtrArray *groups; /* Group */
  GtkWidget *question, *videos, *saved, *templates, *ask_button;
};

G_DEFINE_FINAL_TYPE (TpoAskMany, tpo_ask_many, ADW_TYPE_WINDOW)

/* In English whatever the user's language is, as the examples of a conversation are. */
static const char *const templates[] = {
  "When does something move?",
  "How many objects are there?",
  "Track the main object.",
};

static void
group_free (gpointer data)
{
  Group *self = data;

  g_free (self->title);
  g_array_unref (self->ids);
  g_free (self);
}

static void
on_changed (TpoAskMany *self)
{
  g_autofree char *text =
      g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->question))));
  guint position = adw_combo_row_get_selected (ADW_COMBO_ROW (self->videos));

  gtk_widget_set_sensitive (self->ask_button, *text != '\0' && position < self->groups->len);
}

static void
on_ask (TpoAskMany *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->question));
  guint position = adw_combo_row_get_selected (ADW_COMBO_ROW (self->videos));
  const Group *group;

  if (!gtk_widget_get_sensitive (self->ask_button))
    return;
  group = g_ptr_array_index (self->groups, position);
  tpo_question_runner_ask (self->runner, text, (const gint64 *) (gpointer) group->ids->data,
                           group->ids->len);
  gtk_window_close (GTK_WINDOW (self));
}

static void
on_chosen (TpoAskMany *self, AdwActionRow *row)
{
  gtk_editable_set_text (GTK_EDITABLE (self->question),
                         adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)));
  gtk_widget_grab_focus (self->question);
}

static void
add_row (TpoAskMany *self, GtkWidget *group, const char *text, const char *subtitle)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), text);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  g_signal_connect_object (row, "activated", G_CALLBACK (on_chosen), self, G_CONNECT_SWAPPED);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
}

/* ---- what the project has ------------------------------------------------------------------------------- */

typedef struct {
  GPtrArray *questions, *videos;
} Content;

static void
content_free (Content *self)
{
  g_clear_pointer (&self->questions, g_ptr_array_unref);
  g_clear_pointer (&self->videos, g_ptr_array_unref);
  g_free (self);
}

static void
run_reading (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  g_autoptr (TpoStore) store = tpo_store_open (data, TPO_STORE_READ_ONLY, &error);
  Content *content = g_new0 (Content, 1);

  if (store != NULL)
    content->questions = tpo_store_list_questions (store, &error);
  if (content->questions != NULL)
    content->videos = tpo_store_list_videos (store, &error);
  if (content->videos != NULL) {
    g_task_return_pointer (task, content, (GDestroyNotify) content_free);
  } else {
    g_task_return_error (task, error);
    content_free (content);
  }
}

static void
show_questions (TpoAskMany *self, GPtrArray *questions)
{
  for (guint i = 0; i < questions->len; i++) {
    /* The latest first. */
    const TpoQuestionRecord *question = g_ptr_array_index (questions, questions->len - 1 - i);
    gint64 n_done = question->n_runs[TPO_RUN_DONE], n_all = 0;
    g_autofree char *subtitle = NULL;

    for (guint k = 0; k < TPO_RUN_STATE_COUNT; k++)
      n_all += question->n_runs[k];
    subtitle =
        /* Translators: of how many of how many videos there is an answer */
        g_strdup_printf (_ ("%d of %d videos answered"), (int) MIN (n_done, G_MAXINT),
                         (int) MIN (n_all, G_MAXINT));
    add_row (self, self->saved, question->text, subtitle);
  }
  gtk_widget_set_visible (self->saved, questions->len > 0);
  gtk_widget_set_visible (self->templates, questions->len == 0);
}

/* Takes @title over. */
static Group *
add_group (TpoAskMany *self, char *title)
{
  Group *group = g_new (Group, 1);

  group->title = title;
  group->ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_ptr_array_add (self->groups, group);
  return group;
}

static void
add_folders (TpoAskMany *self, GPtrArray *videos)
{
  g_autoptr (GHashTable) folders =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < videos->len; i++) {
    const TpoVideoRecord *video = g_ptr_array_index (videos, i);
    char *folder = g_path_get_dirname (video->uri);
    Group *group = g_hash_table_lookup (folders, folder);

    if (group == NULL) {
      g_autofree char *path = g_filename_from_uri (folder, NULL, NULL); /* none: elsewhere */
      g_autofree char *name = g_path_get_basename (path != NULL ? path : folder);

      group = add_group (self, g_filename_display_name (name));
      g_hash_table_insert (folders, folder, group);
    } else {
      g_free (folder);
    }
    g_array_append_val (group->ids, video->id);
  }
}

static void
show_videos (TpoAskMany *self, GPtrArray *videos)
{
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);
  Group *all;

  if (self->selected->len > 1) { /* one is asked in its conversation */
    Group *selected = add_group (self, g_strdup (_ ("Selected in the list")));

    g_array_append_vals (selected->ids, self->selected->data, self->selected->len);
  }
  all = add_group (self, g_strdup (_ ("All of the project")));
  for (guint i = 0; i < videos->len; i++) {
    const TpoVideoRecord *video = g_ptr_array_index (videos, i);

    g_array_append_val (all->ids, video->id);
  }
  add_folders (self, videos);
  for (guint i = 0; i < self->groups->len; i++) {
    const Group *group = g_ptr_array_index (self->groups, i);
    /* Translators: some videos, "All of the project" or a folder's name, and how many they are */
    g_autofree char *title = g_strdup_printf (_ ("%s (%u)"), group->title, group->ids->len);

    gtk_string_list_append (titles, title);
  }
  adw_combo_row_set_model (ADW_COMBO_ROW (self->videos), G_LIST_MODEL (titles));
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TpoAskMany *self = TPO_ASK_MANY (source);
  g_autoptr (GError) error = NULL;
  Content *content = g_task_propagate_pointer (G_TASK (result), &error);

  if (content == NULL) {
    adw_action_row_set_subtitle (ADW_ACTION_ROW (self->videos), error->message);
    return;
  }
  if (self->groups != NULL) {
    show_questions (self, content->questions);
    show_videos (self, content->videos);
    on_changed (self);
  }
  content_free (content);
}

/* ---- object --------------------------------------------------------------------------------------------- */

static void
tpo_ask_many_dispose (GObject *object)
{
  TpoAskMany *self = TPO_ASK_MANY (object);

  g_clear_pointer (&self->selected, g_array_unref);
  g_clear_pointer (&self->groups, g_ptr_array_unref);
  g_clear_object (&self->runner);
  G_OBJECT_CLASS (tpo_ask_many_parent_class)->dispose (object);
}

static void
tpo_ask_many_class_init (TpoAskManyClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_ask_many_dispose;
  g_type_ensure (TPO_TYPE_TITLE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               TPO_RESOURCES "/reviewer/tpo-ask-many.ui");
  gtk_widget_class_bind_template_child (widget_class, TpoAskMany, question);
  gtk_widget_class_bind_template_child (widget_class, TpoAskMany, videos);
  gtk_widget_class_bind_template_child (widget_class, TpoAskMany, saved);
  gtk_widget_class_bind_template_child (widget_class, TpoAskMany, templates);
  gtk_widget_class_bind_template_child (widget_class, TpoAskMany, ask_button);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_ask);
}

static void
tpo_ask_many_init (TpoAskMany *self)
{
  self->groups = g_ptr_array_new_with_free_func (group_free);
  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < G_N_ELEMENTS (templates); i++)
    add_row (self, self->templates, templates[i], NULL);
}

GtkWindow *
tpo_ask_many_new (GtkWindow *parent, TpoQuestionRunner *runner, const char *project,
                  GArray *selected)
{
  TpoAskMany *self;
  g_autoptr (GTask) task = NULL;

  g_return_val_if_fail (TPO_IS_QUESTION_RUNNER (runner) && project != NULL, NULL);

  self = g_object_new (TPO_TYPE_ASK_MANY, "transient-for", parent, NULL);
  self->runner = g_object_ref (runner);
  self->selected = g_array_ref (selected);
  task = g_task_new (self, NULL, on_read, NULL);
  g_task_set_task_data (task, g_strdup (project), g_free);
  g_task_run_in_thread (task, run_reading);
  return GTK_WINDOW (self);
}
