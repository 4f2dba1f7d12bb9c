#include "config.h"

#include "window/tpo-application.h"

#include <glib/gi18n.h>

#include "compat/tpo-compat.h"
#include "files/tpo-data-files.h"
#include "tpo-chat-resources.h"
#include "tpo-window-resources.h"
#include "window/shortcuts.h"
#include "window/tpo-window.h"

struct _TpoApplication {
  AdwApplication parent_instance;

  TpoEngine *engine;
  char *project; /* nullable: as given on the command line */
  char *model, *device;
};

G_DEFINE_FINAL_TYPE (TpoApplication, tpo_application, ADW_TYPE_APPLICATION)

static const GOptionEntry options[] = {
  { "project", 'p', 0, G_OPTION_ARG_FILENAME, NULL, N_ ("Project to work in"), N_ ("FILE") },
  { "model", 'm', 0, G_OPTION_ARG_FILENAME, NULL, N_ ("GGUF model to ask"), N_ ("FILE") },
  { "device", 'd', 0, G_OPTION_ARG_STRING, NULL, N_ ("Vulkan device: number, kind or name"),
    N_ ("DEVICE") },
  { "version", 'v', 0, G_OPTION_ARG_NONE, NULL, N_ ("Print the version"), NULL },
  G_OPTION_ENTRY_NULL,
};

static char *
project_path (TpoApplication *self)
{
  return self->project != NULL
             ? g_strdup (self->project)
             : g_build_filename (g_get_user_data_dir (), "tpo-studio", "labels.tpo", NULL);
}

/* One engine serves all windows, since there is one device. */
static TpoEngine *
need_engine (TpoApplication *self)
{
  const char *given = self->model != NULL ? self->model : g_getenv ("TPO_MODEL");
  g_autofree char *path = given != NULL ? g_strdup (given) : tpo_data_file ("tpo-nano.gguf");

  if (self->engine == NULL)
    self->engine = tpo_engine_new (path, self->device);
  return self->engine;
}

/* A project that cannot be opened is said so, and work goes on in one that is kept beside it. */
static TpoStore *
open_project (TpoApplication *self, char **problem)
{
  g_autofree char *path = project_path (self);
  g_autofree char *other = g_strconcat (path, ".new", NULL);
  g_autoptr (GError) error = NULL;
  TpoStore *store = tpo_store_open (path, TPO_STORE_DEFAULT, &error);

  if (store == NULL) {
    *problem = g_strdup (error->message);
    g_clear_error (&error);
    store = tpo_store_open (path, TPO_STORE_READ_ONLY,
                            NULL); /* the first error is the one to show */
  }
  if (store == NULL)
    store = tpo_store_open (other, TPO_STORE_DEFAULT, &error);
  if (store == NULL)
    store = tpo_store_open (":memory:", TPO_STORE_DEFAULT, NULL); /* as above */
  return store;
}

static TpoWindow *
new_window (TpoApplication *self)
{
  g_autofree char *problem = NULL;
  TpoStore *store = open_project (self, &problem);
  TpoWindow *window;

  if (store == NULL) {
    g_printerr ("%s\n", problem);
    return NULL;
  }
  window = tpo_window_new (self, store, need_engine (self));
  if (problem != NULL)
    tpo_window_show_problem (window, problem);
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
  window = new_window (self);
  if (window != NULL)
    tpo_window_open_first (window);
}

static void
tpo_application_open (GApplication *application, GFile **files, int n_files, const char *hint)
{
  TpoApplication *self = TPO_APPLICATION (application);
  GtkWindow *active = gtk_application_get_active_window (GTK_APPLICATION (self));
  TpoWindow *window = active != NULL ? TPO_WINDOW (active) : new_window (self);

  if (window == NULL)
    return;
  tpo_window_open (window, files[0]);
  for (int i = 1; i < n_files; i++) {
    window = new_window (self);
    if (window != NULL)
      tpo_window_open (window, files[i]);
  }
}

static int
tpo_application_handle_local_options (GApplication *application, GVariantDict *dict)
{
  TpoApplication *self = TPO_APPLICATION (application);

  if (g_variant_dict_contains (dict, "version")) {
    g_print ("tpo-studio %s\n", TPO_VERSION);
    return 0;
  }
  g_variant_dict_lookup (dict, "project", "^ay", &self->project);
  g_variant_dict_lookup (dict, "model", "^ay", &self->model);
  g_variant_dict_lookup (dict, "device", "s", &self->device);
  return -1;
}

static void
on_new_window (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TpoWindow *window = new_window (user_data);

  if (window != NULL)
    tpo_window_open_first (window);
}

static void
on_shortcuts (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  tpo_shortcuts_show (gtk_application_get_active_window (user_data));
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
    { .name = "shortcuts", .activate = on_shortcuts },
    { .name = "about", .activate = on_about },
    { .name = "quit", .activate = on_quit },
  };
  g_autoptr (GtkCssProvider) provider = gtk_css_provider_new ();
  g_autoptr (GtkCssProvider) chat = gtk_css_provider_new ();

  G_APPLICATION_CLASS (tpo_application_parent_class)->startup (application);
  /* Naming the resources keeps them in the program, which links its folders as static libraries. */
  g_assert (tpo_window_get_resource () != NULL && tpo_chat_get_resource () != NULL);
  g_action_map_add_action_entries (G_ACTION_MAP (application), actions, G_N_ELEMENTS (actions),
                                   application);
  tpo_shortcuts_register (GTK_APPLICATION (application));
  gtk_css_provider_load_from_resource (provider, TPO_RESOURCES "/window/tpo-window.css");
  gtk_style_context_add_provider_for_display (gdk_display_get_default (),
                                              GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  gtk_css_provider_load_from_resource (chat, TPO_RESOURCES "/chat/tpo-chat.css");
  gtk_style_context_add_provider_for_display (gdk_display_get_default (),
                                              GTK_STYLE_PROVIDER (chat),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  gtk_window_set_default_icon_name (TPO_APP_ID);
}

static void
tpo_application_finalize (GObject *object)
{
  TpoApplication *self = TPO_APPLICATION (object);
  g_autoptr (TpoEngine) engine = g_steal_pointer (&self->engine);

  g_free (self->project);
  g_free (self->model);
  g_free (self->device);
  /* This gives the name on the bus back: who starts the program anew meanwhile is not sent to one that ends. */
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
  application_class->activate = tpo_application_activate;
  application_class->open = tpo_application_open;
  application_class->handle_local_options = tpo_application_handle_local_options;
}

static void
tpo_application_init (TpoApplication *self)
{
  g_application_add_main_option_entries (G_APPLICATION (self), options);
}

TpoApplication *
tpo_application_new (void)
{
  return g_object_new (TPO_TYPE_APPLICATION, "application-id", TPO_APP_ID, "flags",
                       G_APPLICATION_HANDLES_OPEN, NULL);
}
