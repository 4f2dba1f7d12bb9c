#include "config.h"

#include "window/tpo-application.h"

#include <glib/gi18n.h>

#include "compat/tpo-compat.h"
#include "preferences/tpo-answers-page.h"
#include "preferences/tpo-author-page.h"
#include "preferences/tpo-models-page.h"
#include "settings/tpo-settings.h"
#include "store/tpo-store-conversations.h"
#include "tpo-chat-resources.h"
#include "tpo-labels-resources.h"
#include "tpo-preferences-resources.h"
#include "tpo-reviewer-resources.h"
#include "tpo-videos-resources.h"
#include "tpo-window-resources.h"
#include "widgets/style.h"
#include "window/shortcuts.h"
#include "window/tpo-application-private.h"
#include "window/tpo-help.h"
#include "window/tpo-project-problem.h"
#include "window/tpo-shortcuts-page.h"
#include "window/tpo-window.h"

G_DEFINE_FINAL_TYPE (TpoApplication, tpo_application, ADW_TYPE_APPLICATION)

static const GOptionEntry options[] = {
  { "project", 'p', 0, G_OPTION_ARG_FILENAME, NULL, N_ ("Project to work in"), N_ ("FILE") },
  { "model", 'm', 0, G_OPTION_ARG_FILENAME, NULL, N_ ("GGUF model to ask"), N_ ("FILE") },
  { "device", 'd', 0, G_OPTION_ARG_STRING, NULL, N_ ("Vulkan device: number, kind or name"),
    N_ ("DEVICE") },
  { "record-steps", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_FILENAME, NULL,
    "Record how long the main thread is busy at a stretch", "FILE" },
  { "new-window", 'n', 0, G_OPTION_ARG_NONE, NULL, N_ ("Open another window"), NULL },
  { "version", 'v', 0, G_OPTION_ARG_NONE, NULL, N_ ("Print the version"), NULL },
  G_OPTION_ENTRY_NULL,
};

/* ---- windows ------------------------------------------------------------------------------------- */

/* One for all windows of a project, as long as the program runs. */
TpoQuestionRunner *
tpo_application_get_runner (TpoApplication *self, TpoStore *store)
{
  const char *path;
  TpoQuestionRunner *runner;

  g_return_val_if_fail (TPO_IS_APPLICATION (self) && store != NULL, NULL);

  path = tpo_store_get_path (store);
  runner = g_hash_table_lookup (self->runners, path);
  if (runner == NULL) {
    gboolean is_writable = !tpo_store_is_read_only (store);

    runner = tpo_question_runner_new (is_writable ? path : NULL, self->engine);
    g_hash_table_insert (self->runners, g_strdup (path), runner);
  }
  return g_object_ref (runner);
}

TpoWindow *
tpo_application_get_active (TpoApplication *self)
{
  GtkWindow *active = gtk_application_get_active_window (GTK_APPLICATION (self));

  return TPO_IS_WINDOW (active) ? TPO_WINDOW (active) : NULL;
}

static gboolean
is_looked_at (void)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++) {
    g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

    if (gtk_window_is_active (window))
      return TRUE;
  }
  return FALSE;
}

void
tpo_application_notify (TpoApplication *self, const char *id, const char *heading,
                        const char *text)
{
  g_autoptr (GNotification) notification = NULL;

  g_return_if_fail (TPO_IS_APPLICATION (self) && text != NULL);

  if (is_looked_at ())
    return;
  notification = g_notification_new (heading);
  g_notification_set_body (notification, text);
  g_application_send_notification (G_APPLICATION (self), id, notification);
}

TpoWindow *
tpo_application_new_window (TpoApplication *self)
{
  TpoStore *store = tpo_application_open_project (self);
  TpoWindow *window;
  gboolean is_read_only;

  if (store == NULL)
    return NULL;
  is_read_only = tpo_store_is_read_only (store);
  /* The first window of a project finds what the program's end cut off; later ones see others answer. */
  if (!g_hash_table_contains (self->runners, tpo_store_get_path (store)) && !is_read_only)
    tpo_store_end_streams (store, NULL); /* the next start tries again */
  tpo_application_need_engine (self);
  window = tpo_window_new (self, store, self->engine, self->settings);
  if (is_read_only)
    tpo_window_show_problem (window,
                             _ ("This project is read-only: corrections cannot be saved"));
  gtk_window_present (GTK_WINDOW (window));
  return window;
}

static void
tpo_application_activate (GApplication *application)
{
  TpoApplication *self = TPO_APPLICATION (application);
  GtkWindow *active = gtk_application_get_active_window (GTK_APPLICATION (self));
  TpoWindow *window;

  if (active != NULL) {
    gtk_window_present (active);
    return;
  }
  window = tpo_application_new_window (self);
  if (window != NULL)
    tpo_window_open_first (window);
}

static void
open_videos (TpoApplication *self, GFile **files, int n_files)
{
  TpoWindow *active = tpo_application_get_active (self);
  TpoWindow *window = active != NULL ? active : tpo_application_new_window (self);

  if (window == NULL) {
    g_clear_pointer (&self->waiting, g_ptr_array_unref);
    self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
    for (int i = 0; i < n_files; i++)
      g_ptr_array_add (self->waiting, g_object_ref (files[i]));
    return;
  }
  tpo_window_open (window, files[0]);
  for (int i = 1; i < n_files; i++) {
    tpo_application_keep_project (self);
    window = tpo_application_new_window (self);
    if (window != NULL)
      tpo_window_open (window, files[i]);
  }
}

static void
tpo_application_open (GApplication *application, GFile **files, int n_files, const char *hint)
{
  TpoApplication *self = TPO_APPLICATION (application);
  g_autoptr (GPtrArray) videos = g_ptr_array_new ();

  for (int i = 0; i < n_files; i++) {
    if (tpo_is_project (files[i]))
      tpo_application_show_project (self, files[i]);
    else
      g_ptr_array_add (videos, files[i]);
  }
  if (videos->len > 0)
    open_videos (self, (GFile **) videos->pdata, (int) videos->len);
}

static int
tpo_application_handle_local_options (GApplication *application, GVariantDict *dict)
{
  TpoApplication *self = TPO_APPLICATION (application);
  g_autofree char *steps = NULL;
  g_autoptr (GError) error = NULL;

  if (g_variant_dict_contains (dict, "version")) {
    g_print ("tpo-studio %s\n", TPO_VERSION);
    return 0;
  }
  self->settings = tpo_settings_new ();
  if (self->settings == NULL) {
    g_printerr (
        "%s\n",
        _ ("The program is not completely installed: the schema of its settings is missing"));
    return 1;
  }
  if (g_variant_dict_lookup (dict, "record-steps", "^ay", &steps)) {
    self->probe = tpo_step_probe_new (steps, &error);
    if (self->probe == NULL) {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  }
  if (!g_variant_dict_lookup (dict, "project", "^ay", &self->project))
    self->project = tpo_application_get_last_project (self);
  g_variant_dict_lookup (dict, "model", "^ay", &self->model);
  g_variant_dict_lookup (dict, "device", "s", &self->device);
  /* A program that is running already has windows. Who cannot be registered is told when this one runs. */
  if (g_variant_dict_contains (dict, "new-window") &&
      g_application_register (application, NULL, NULL) &&
      g_application_get_is_remote (application))
    g_action_group_activate_action (G_ACTION_GROUP (application), "new-window", NULL);
  return -1;
}

static void
on_new_window (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TpoApplication *self = user_data;
  TpoWindow *window;

  tpo_application_keep_project (self);
  window = tpo_application_new_window (self);
  if (window != NULL)
    tpo_window_open_first (window);
}

static void
on_shortcuts (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  tpo_shortcuts_show (gtk_application_get_active_window (user_data),
                      TPO_APPLICATION (user_data)->settings);
}

static void
on_help (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  tpo_help_show (gtk_application_get_active_window (user_data));
}

static void
on_preferences (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TpoApplication *self = user_data;
  AdwPreferencesPage *const pages[] = {
    ADW_PREFERENCES_PAGE (tpo_models_page_new (self->library, self->settings)),
    ADW_PREFERENCES_PAGE (tpo_answers_page_new (self->settings)),
    ADW_PREFERENCES_PAGE (tpo_shortcuts_page_new (self->settings)),
    ADW_PREFERENCES_PAGE (tpo_author_page_new (self->settings)),
  };

  tpo_compat_show_preferences (gtk_application_get_active_window (user_data), NULL, pages,
                               G_N_ELEMENTS (pages));
}

static void
on_about (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  static const char *const developers[] = { "The TPO Studio authors", NULL };
  TpoApplication *self = user_data;
  g_autofree char *device = NULL;
  g_autofree char *model = NULL;
  g_autofree char *debug_info = NULL;
  TpoAbout about = {
    .name = _ ("TPO Studio"),
    .icon_name = TPO_APP_ID,
    .version = TPO_VERSION,
    .comments = _ (
        "Explore videos by talking to them, and turn a model’s answers into corrected labels."),
    .copyright = "© 2026 The TPO Studio authors",
    .developers = developers,
    .license = GTK_LICENSE_GPL_3_0,
  };

  g_object_get (self->engine, "device-name", &device, "model-name", &model, NULL);
  debug_info = g_strdup_printf (
      "TPO Studio %s\nGTK %u.%u.%u\nDevice: %s\nModel: %s\n", TPO_VERSION,
      gtk_get_major_version (), gtk_get_minor_version (), gtk_get_micro_version (),
      device != NULL ? device : "not opened", model != NULL ? model : "not opened");
  about.debug_info = debug_info;
  tpo_compat_show_about (gtk_application_get_active_window (user_data), &about);
}

static void
on_quit (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GList *windows;

  while ((windows = gtk_application_get_windows (user_data)) != NULL)
    gtk_window_destroy (windows->data);
}

static void
tpo_application_startup (GApplication *application)
{
  static const GActionEntry actions[] = {
    { .name = "new-window", .activate = on_new_window },
    { .name = "new-project", .activate = tpo_application_create_project },
    { .name = "open-project", .activate = tpo_application_choose_project },
    { .name = "use-model",
      .parameter_type = "s",
      .state = "''",
      .change_state = tpo_application_use_model },
    { .name = "preferences", .activate = on_preferences },
    { .name = "shortcuts", .activate = on_shortcuts },
    { .name = "help", .activate = on_help },
    { .name = "about", .activate = on_about },
    { .name = "quit", .activate = on_quit },
  };

  G_APPLICATION_CLASS (tpo_application_parent_class)->startup (application);
  /* Naming the resources keeps them in the program, which links its folders as static libraries. */
  g_assert (tpo_window_get_resource () != NULL && tpo_chat_get_resource () != NULL &&
            tpo_preferences_get_resource () != NULL && tpo_labels_get_resource () != NULL &&
            tpo_videos_get_resource () != NULL && tpo_reviewer_get_resource () != NULL);
  g_action_map_add_action_entries (G_ACTION_MAP (application), actions, G_N_ELEMENTS (actions),
                                   application);
  tpo_shortcuts_register (GTK_APPLICATION (application),
                          TPO_APPLICATION (application)->settings);
  tpo_style_add (TPO_RESOURCES "/window/tpo-window.css");
  tpo_style_add_high_contrast (TPO_RESOURCES "/window/tpo-high-contrast.css");
  tpo_style_add (TPO_RESOURCES "/chat/tpo-chat.css");
  tpo_style_add (TPO_RESOURCES "/labels/tpo-labels.css");
  gtk_window_set_default_icon_name (TPO_APP_ID);
  /* Answers are labels of which parts can be copied; one that Tab comes through would stay marked
   * as a whole. */
  g_object_set (gtk_settings_get_default (), "gtk-label-select-on-focus", FALSE, NULL);
}

static void
stop_runners (TpoApplication *self)
{
  GHashTableIter iter;
  gpointer runner;

  g_hash_table_iter_init (&iter, self->runners);
  while (g_hash_table_iter_next (&iter, NULL, &runner))
    tpo_question_runner_stop (runner);
  g_clear_pointer (&self->runners, g_hash_table_unref);
}

/* What the desktop was asked for can be taken back until here. */
static void
tpo_application_shutdown (GApplication *application)
{
  g_clear_pointer (&TPO_APPLICATION (application)->guard, tpo_sleep_guard_free);
  G_APPLICATION_CLASS (tpo_application_parent_class)->shutdown (application);
}

static void
tpo_application_finalize (GObject *object)
{
  TpoApplication *self = TPO_APPLICATION (object);
  g_autoptr (TpoEngine) engine = g_steal_pointer (&self->engine);

  stop_runners (self);
  if (self->library != NULL)
    tpo_library_stop (self->library);
  g_clear_pointer (&self->probe, tpo_step_probe_free);
  g_clear_object (&self->library);
  g_clear_object (&self->wanted);
  g_clear_object (&self->settings);
  g_clear_pointer (&self->waiting, g_ptr_array_unref);
  g_free (self->project);
  g_free (self->model);
  g_free (self->device);
  /* This gives the name on the bus back: who starts the program anew meanwhile is not sent to one
   * that ends. */
  G_OBJECT_CLASS (tpo_application_parent_class)->finalize (object);
  /* The thread must not be inside a driver when the program's exit unloads it. */
  if (engine != NULL)
    tpo_engine_stop (engine);
}

static void
tpo_application_class_init (TpoApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = tpo_application_finalize;
  application_class->startup = tpo_application_startup;
  application_class->shutdown = tpo_application_shutdown;
  application_class->activate = tpo_application_activate;
  application_class->open = tpo_application_open;
  application_class->handle_local_options = tpo_application_handle_local_options;
}

static void
tpo_application_init (TpoApplication *self)
{
  self->runners = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  g_application_add_main_option_entries (G_APPLICATION (self), options);
}

TpoApplication *
tpo_application_new (void)
{
  return g_object_new (TPO_TYPE_APPLICATION, "application-id", TPO_APP_ID, "flags",
                       G_APPLICATION_HANDLES_OPEN, NULL);
}
