#include "config.h"

#include <glib/gi18n.h>

#include "compat/tpo-compat.h"
#include "window/tpo-application-private.h"
#include "window/tpo-project-problem.h"

/* Which project a window works in: one for each window, the one chosen last at the next start. */

static char *
usual_path (void)
{
  return g_build_filename (g_get_user_data_dir (), "tpo-studio", "labels.tpo", NULL);
}

static void
use_project (TpoApplication *self, const char *path, TpoStoreFlags flags)
{
  char *project = g_strdup (path);

  g_free (self->project);
  self->project = project;
  self->project_flags = flags;
}

static void
remember (TpoApplication *self, const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autofree char *uri = g_file_get_uri (file);

  g_settings_set_string (self->settings, "project", uri);
}

char *
tpo_application_get_last_project (TpoApplication *self)
{
  g_autofree char *uri = g_settings_get_string (self->settings, "project");
  g_autoptr (GFile) file = g_file_new_for_uri (uri);

  return *uri != '\0' ? g_file_get_path (file) : NULL;
}

char *
tpo_application_get_project_name (TpoApplication *self, TpoStore *store)
{
  g_autofree char *usual = usual_path ();
  g_autofree char *name = NULL;

  g_return_val_if_fail (TPO_IS_APPLICATION (self) && store != NULL, NULL);

  if (g_str_equal (tpo_store_get_path (store), usual) && !tpo_store_is_read_only (store))
    return NULL;
  name = g_filename_display_basename (tpo_store_get_path (store));
  if (g_str_has_suffix (name, ".tpo"))
    name[strlen (name) - strlen (".tpo")] = '\0';
  /* Translators: %s is the name of a project */
  return tpo_store_is_read_only (store) ? g_strdup_printf (_ ("%s (read-only)"), name)
                                        : g_steal_pointer (&name);
}

/* ---- a project that is not there ----------------------------------------------------------------- */

static void
on_problem_closed (TpoApplication *self)
{
  self->problem = NULL;
  g_application_release (G_APPLICATION (self));
}

/* Goes on with what was wanted when the project was not there. */
static void
on_project_chosen (TpoApplication *self, const char *path, guint flags)
{
  g_autoptr (GPtrArray) files = g_steal_pointer (&self->waiting);
  TpoWindow *window;

  use_project (self, path, (TpoStoreFlags) flags);
  self->may_create = self->is_chosen = TRUE;
  g_application_hold (G_APPLICATION (self)); /* no window is left for a moment */
  gtk_window_destroy (GTK_WINDOW (self->problem));
  if (files != NULL)
    g_application_open (G_APPLICATION (self), (GFile **) files->pdata, (int) files->len, "");
  else if ((window = tpo_application_new_window (self)) != NULL)
    tpo_window_open_first (window);
  g_application_release (G_APPLICATION (self));
}

static void
ask_for_project (TpoApplication *self, const char *path, const GError *error)
{
  g_application_hold (G_APPLICATION (self));
  if (self->problem != NULL) /* of another project, perhaps */
    gtk_window_destroy (GTK_WINDOW (self->problem));
  self->problem = tpo_project_problem_new (path, error);
  g_signal_connect_object (self->problem, "chosen", G_CALLBACK (on_project_chosen), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->problem, "destroy", G_CALLBACK (on_problem_closed), self,
                           G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (self->problem));
}

/* A project that is not there, or cannot be opened, is for the user to decide about: nothing is
 * made in its place. */
TpoStore *
tpo_application_open_project (TpoApplication *self)
{
  g_autofree char *path = self->project != NULL ? g_strdup (self->project) : usual_path ();
  g_autoptr (GError) error = NULL;
  TpoStore *store = NULL;

  /* The usual one is made at the first start. */
  if (self->project == NULL || self->may_create || g_file_test (path, G_FILE_TEST_EXISTS))
    store = tpo_store_open (path, self->project_flags, &error);
  if (store == NULL)
    ask_for_project (self, path, error);
  else if (self->is_chosen)
    remember (self, path);
  self->may_create = self->is_chosen = FALSE;
  return store;
}

/* ---- another project ------------------------------------------------------------------------------- */

void
tpo_application_keep_project (TpoApplication *self)
{
  TpoWindow *active = tpo_application_get_active (self);
  TpoStore *store = active != NULL ? tpo_window_get_store (active) : NULL;

  if (store != NULL)
    use_project (self, tpo_store_get_path (store),
                 tpo_store_is_read_only (store) ? TPO_STORE_READ_ONLY : TPO_STORE_DEFAULT);
}

static void
show_project (TpoApplication *self, GFile *file, const GError *error, gboolean may_create)
{
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;
  gboolean is_there = path != NULL && g_file_test (path, G_FILE_TEST_EXISTS);
  TpoWindow *window;

  if (error != NULL)
    tpo_compat_tell (gtk_application_get_active_window (GTK_APPLICATION (self)),
                     _ ("That Did Not Work"), error->message);
  if (path == NULL)
    return;
  use_project (self, path, TPO_STORE_DEFAULT);
  self->may_create = may_create;
  self->is_chosen = TRUE;
  window = tpo_application_new_window (self);
  if (window == NULL)
    return;
  tpo_window_open_last (window);
  /* The file dialog has asked whether to replace it. */
  if (may_create && is_there)
    tpo_compat_tell (GTK_WINDOW (window), _ ("This Project Was There Before"),
                     _ ("It has been opened, and nothing in it was replaced. For a new one "
                        "choose a name that no file has."));
}

/* Of the project at @path. Returns: (nullable) */
static TpoWindow *
find_window (TpoApplication *self, const char *path)
{
  g_autofree char *wanted = g_canonicalize_filename (path, NULL);

  for (GList *at = gtk_application_get_windows (GTK_APPLICATION (self)); at != NULL;
       at = at->next)
    if (TPO_IS_WINDOW (at->data) &&
        g_str_equal (tpo_store_get_path (tpo_window_get_store (at->data)), wanted))
      return at->data;
  return NULL;
}

void
tpo_application_show_project (TpoApplication *self, GFile *file)
{
  const char *path = g_file_peek_path (file);
  TpoWindow *window = path != NULL ? find_window (self, path) : NULL;

  if (window != NULL)
    gtk_window_present (GTK_WINDOW (window));
  else
    show_project (self, file, NULL, FALSE);
}

static void
on_place_chosen (GFile *file, const GError *error, gpointer user_data)
{
  g_autoptr (TpoApplication) self = user_data;

  show_project (self, file, error, TRUE);
}

static void
on_file_chosen (GFile *file, const GError *error, gpointer user_data)
{
  g_autoptr (TpoApplication) self = user_data;

  show_project (self, file, error, FALSE);
}

void
tpo_application_create_project (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  tpo_compat_save_file (gtk_application_get_active_window (user_data), _ ("New Project"),
                        "labels.tpo", NULL, on_place_chosen, g_object_ref (user_data));
}

void
tpo_application_choose_project (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_autoptr (GListModel) filters = tpo_project_filters ();

  tpo_compat_open_file (gtk_application_get_active_window (user_data), _ ("Open a Project"),
                        filters, on_file_chosen, g_object_ref (user_data));
}
