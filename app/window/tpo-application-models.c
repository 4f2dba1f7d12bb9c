#include "config.h"

#include <glib/gi18n.h>

#include "compat/tpo-compat.h"
#include "files/tpo-data-files.h"
#include "window/tpo-application-private.h"

static char *
models_folder (void)
{
  return g_build_filename (g_get_user_data_dir (), "tpo-studio", "models", NULL);
}

/* What the command line or the environment says, else the model chosen last, if it is still there. */
static char *
first_model (TpoApplication *self)
{
  const char *given = self->model != NULL ? self->model : g_getenv ("TPO_MODEL");
  g_autofree char *chosen = g_settings_get_string (self->settings, "model");
  g_autofree char *folder = models_folder ();
  g_autofree char *path = g_build_filename (folder, chosen, NULL);

  if (given != NULL)
    return g_strdup (given);
  if (*chosen != '\0' && g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return g_steal_pointer (&path);
  return tpo_data_file ("tpo-nano.gguf");
}

/* Imported models are remembered by their names, all others as the one that ships with the program. */
static void
remember_model (TpoApplication *self, TpoModelEntry *entry)
{
  g_autofree char *name = g_path_get_basename (tpo_model_entry_get_path (entry));

  g_settings_set_string (self->settings, "model",
                         tpo_model_entry_is_removable (entry) ? name : "");
}

static void
show_model (TpoApplication *self, TpoModelEntry *entry)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), "use-model");

  g_simple_action_set_state (G_SIMPLE_ACTION (action),
                             g_variant_new_string (tpo_model_entry_get_path (entry)));
}

static void
on_current_model (TpoApplication *self)
{
  TpoModelEntry *current = tpo_library_get_current (self->library);

  if (current == NULL)
    return;
  show_model (self, current);
  if (current == self->wanted) {
    remember_model (self, current);
    g_clear_object (&self->wanted);
  }
}

static void
on_library_problem (TpoApplication *self, const char *heading, const char *text)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));

  if (window != NULL)
    tpo_compat_tell (window, heading, text);
  if (tpo_library_get_opening (self->library) == NULL)
    on_current_model (self); /* the choice goes back to what answers */
}

static void
tell_of_model (TpoApplication *self, const char *heading, TpoModelEntry *entry)
{
  const char *name = tpo_model_entry_get_name (entry);
  /* Translators: what has happened, and the name of a model */
  g_autofree char *text = g_strdup_printf (_ ("%s: %s"), heading, name);

  for (GList *i = gtk_application_get_windows (GTK_APPLICATION (self)); i != NULL; i = i->next)
    if (TPO_IS_WINDOW (i->data))
      tpo_window_toast (i->data, text, FALSE);
  tpo_application_notify (self, "new-model", heading, name);
}

static void
on_imported (TpoApplication *self, TpoModelEntry *entry)
{
  tell_of_model (self, _ ("Model Imported"), entry);
}

static void
on_downloaded (TpoApplication *self, TpoModelEntry *entry)
{
  tell_of_model (self, _ ("Model Downloaded"), entry);
}

void
tpo_application_need_engine (TpoApplication *self)
{
  g_autofree char *bundled = tpo_data_file ("tpo-nano.gguf");
  g_autofree char *folder = models_folder ();
  g_autofree char *path = NULL;

  if (self->engine != NULL)
    return;
  path = first_model (self);
  self->engine = tpo_engine_new (path, self->device);
  self->guard = tpo_sleep_guard_new (GTK_APPLICATION (self), self->engine);
  self->library = tpo_library_new (self->engine, folder, bundled);
  g_signal_connect_object (self->library, "notify::current", G_CALLBACK (on_current_model),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->library, "problem", G_CALLBACK (on_library_problem), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->library, "imported", G_CALLBACK (on_imported), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->library, "downloaded", G_CALLBACK (on_downloaded), self,
                           G_CONNECT_SWAPPED);
}

/* A model that a user wants although it does not seem to fit. */
typedef struct {
  TpoApplication *application;
  TpoModelEntry *entry;
} Wish;

static void
use_model (TpoApplication *self, TpoModelEntry *entry)
{
  show_model (self, entry);
  g_set_object (&self->wanted, entry);
  tpo_library_use (self->library, entry);
}

static void
on_wish_answered (gboolean is_accepted, gpointer user_data)
{
  Wish *wish = user_data;

  if (is_accepted)
    use_model (wish->application, wish->entry);
  else
    on_current_model (wish->application);
  g_object_unref (wish->application);
  g_object_unref (wish->entry);
  g_free (wish);
}

static void
ask_for_model (TpoApplication *self, TpoModelEntry *entry)
{
  const TpoQuestion question = {
    .heading = _ ("Use a Model That May Not Fit?"),
    .body = _ (
        "It seems to need more memory than the graphics device has. If loading fails, the model "
        "in use now stays. The same model stored with fewer bits may fit."),
    .accept = _ ("_Try It"),
  };
  Wish *wish = g_new (Wish, 1);

  *wish = (Wish){ g_object_ref (self), g_object_ref (entry) };
  tpo_compat_ask (gtk_application_get_active_window (GTK_APPLICATION (self)), &question,
                  on_wish_answered, wish);
}

void
tpo_application_use_model (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  TpoApplication *self = user_data;
  GListModel *models = tpo_library_get_models (self->library);

  for (guint i = 0; i < g_list_model_get_n_items (models); i++) {
    g_autoptr (TpoModelEntry) entry = g_list_model_get_item (models, i);

    if (g_strcmp0 (tpo_model_entry_get_path (entry), g_variant_get_string (value, NULL)) != 0)
      continue;
    if (tpo_library_get_fit (self->library, tpo_model_entry_get_file (entry)) == TPO_FIT_NOT)
      ask_for_model (self, entry);
    else
      use_model (self, entry);
    return;
  }
}
