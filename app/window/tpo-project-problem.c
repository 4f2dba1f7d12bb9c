#include "config.h"

#include "window/tpo-project-problem.h"

#include <glib/gi18n.h>

#include "compat/tpo-compat.h"

struct _TpoProjectProblem {
  AdwWindow parent_instance;

  char *path;
  gboolean is_missing;
  GtkWidget *buttons;
};

G_DEFINE_FINAL_TYPE (TpoProjectProblem, tpo_project_problem, ADW_TYPE_WINDOW)

enum {
  CHOSEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
choose (TpoProjectProblem *self, const char *path, TpoStoreFlags flags)
{
  g_signal_emit (self, signals[CHOSEN], 0, path, (guint) flags);
}

static void
on_file_chosen (GFile *file, const GError *error, gpointer user_data)
{
  g_autoptr (TpoProjectProblem) self = user_data;
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;

  if (error != NULL)
    tpo_compat_tell (GTK_WINDOW (self), _ ("That Did Not Work"), error->message);
  else if (path != NULL)
    choose (self, path, TPO_STORE_DEFAULT);
}

gboolean
tpo_is_project (GFile *file)
{
  g_autofree char *name = g_file_get_basename (file);

  return name != NULL && g_str_has_suffix (name, ".tpo");
}

GListModel *
tpo_project_filters (void)
{
  GListStore *filters = g_list_store_new (GTK_TYPE_FILE_FILTER);
  g_autoptr (GtkFileFilter) projects = gtk_file_filter_new ();
  g_autoptr (GtkFileFilter) all = gtk_file_filter_new ();

  gtk_file_filter_set_name (projects, _ ("Projects"));
  gtk_file_filter_add_pattern (projects, "*.tpo");
  gtk_file_filter_set_name (all, _ ("All Files"));
  gtk_file_filter_add_pattern (all, "*");
  g_list_store_append (filters, projects);
  g_list_store_append (filters, all);
  return G_LIST_MODEL (filters);
}

static void
on_locate (TpoProjectProblem *self)
{
  g_autoptr (GListModel) filters = tpo_project_filters ();

  tpo_compat_open_file (GTK_WINDOW (self), _ ("Locate the Project"), filters, on_file_chosen,
                        g_object_ref (self));
}

static void
on_try_again (TpoProjectProblem *self)
{
  choose (self, self->path, TPO_STORE_DEFAULT);
}

static void
on_read_only (TpoProjectProblem *self)
{
  choose (self, self->path, TPO_STORE_READ_ONLY);
}

static void
on_create (TpoProjectProblem *self)
{
  choose (self, self->path, TPO_STORE_DEFAULT);
}

static void
on_create_elsewhere (TpoProjectProblem *self)
{
  tpo_compat_save_file (GTK_WINDOW (self), _ ("New Project"), "labels.tpo", NULL,
                        on_file_chosen, g_object_ref (self));
}

/* ---- object ------------------------------------------------------------------------------------------- */

static void
tpo_project_problem_finalize (GObject *object)
{
  g_free (TPO_PROJECT_PROBLEM (object)->path);
  G_OBJECT_CLASS (tpo_project_problem_parent_class)->finalize (object);
}

static void
tpo_project_problem_class_init (TpoProjectProblemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tpo_project_problem_finalize;
  signals[CHOSEN] = g_signal_new ("chosen", TPO_TYPE_PROJECT_PROBLEM, G_SIGNAL_RUN_LAST, 0,
                                  NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_UINT);
}

static void
tpo_project_problem_init (TpoProjectProblem *self)
{
  gtk_window_set_default_size (GTK_WINDOW (self), 560, 620);
  gtk_window_set_title (GTK_WINDOW (self), _ ("TPO Studio"));
  gtk_widget_set_size_request (GTK_WIDGET (self), 360, 294);
}

static void
add_button (TpoProjectProblem *self, const char *label, GCallback clicked)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (label);

  gtk_widget_add_css_class (button, "pill");
  if (gtk_widget_get_first_child (self->buttons) == NULL)
    gtk_widget_add_css_class (button, "suggested-action");
  g_signal_connect_object (button, "clicked", clicked, self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (self->buttons), button);
}

static gboolean
is_readable (const char *path)
{
  g_autoptr (TpoStore) store =
      tpo_store_open (path, TPO_STORE_READ_ONLY, NULL); /* why not was said already */

  return store != NULL;
}

static void
add_buttons (TpoProjectProblem *self)
{
  self->buttons = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  gtk_widget_set_halign (self->buttons, GTK_ALIGN_CENTER);
  add_button (self, _ ("_Locate…"), G_CALLBACK (on_locate));
  if (!self->is_missing && is_readable (self->path))
    add_button (self, _ ("_Open Read-Only"), G_CALLBACK (on_read_only));
  if (!self->is_missing)
    add_button (self, _ ("_Try Again"), G_CALLBACK (on_try_again));
  if (self->is_missing)
    add_button (self, _ ("_Create It Here"), G_CALLBACK (on_create));
  else
    add_button (self, _ ("_New Project…"), G_CALLBACK (on_create_elsewhere));
}

GtkWidget *
tpo_project_problem_new (const char *path, const GError *error)
{
  TpoProjectProblem *self;
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *page = adw_status_page_new ();
  g_autofree char *missing = NULL;
  g_autofree char *description = NULL;

  g_return_val_if_fail (path != NULL, NULL);

  self = g_object_new (TPO_TYPE_PROJECT_PROBLEM, NULL);
  self->path = g_strdup (path);
  self->is_missing = error == NULL;
  /* Translators: %s is the path of a file */
  missing =
      g_strdup_printf (_ ("“%s” does not exist. It may have been moved or renamed."), path);
  description = g_markup_escape_text (error != NULL ? error->message : missing, -1);
  adw_status_page_set_icon_name (ADW_STATUS_PAGE (page), "dialog-warning-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (page), self->is_missing
                                                         ? _ ("There Is No Such Project")
                                                         : _ ("This Project Cannot Be Opened"));
  adw_status_page_set_description (ADW_STATUS_PAGE (page), description);
  add_buttons (self);
  tpo_compat_name_buttons (self->buttons);
  adw_status_page_set_child (ADW_STATUS_PAGE (page), self->buttons);
  gtk_widget_set_vexpand (page, TRUE);
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (box), page);
  adw_window_set_content (ADW_WINDOW (self), box);
  return GTK_WIDGET (self);
}
