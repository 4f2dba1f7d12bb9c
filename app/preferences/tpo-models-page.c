#include "config.h"

#include "preferences/tpo-models-page.h"

#include <glib/gi18n.h>

#include "compat/tpo-compat.h"
#include "preferences/tpo-download-dialog.h"
#include "preferences/tpo-download-row.h"
#include "preferences/tpo-model-row.h"

struct _TpoModelsPage {
  AdwPreferencesPage parent_instance;

  TpoLibrary *library;
  GtkWidget *list, *downloads, *file_row, *folder_row, *storage;
  GtkWidget *import, *step, *progress;
};

G_DEFINE_FINAL_TYPE (TpoModelsPage, tpo_models_page, ADW_TYPE_PREFERENCES_PAGE)

/* In the order of the list in the page. */
static const TpoStorage storages[] = { TPO_STORAGE_F16, TPO_STORAGE_Q8_0, TPO_STORAGE_Q4_0 };

static GtkWindow *
get_window (TpoModelsPage *self)
{
  return GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));
}

/* ---- import --------------------------------------------------------------------------------------- */

static void
on_source_chosen (GFile *file, const GError *error, gpointer user_data)
{
  g_autoptr (TpoModelsPage) self = user_data;
  guint chosen = adw_combo_row_get_selected (ADW_COMBO_ROW (self->storage));
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;

  if (path != NULL)
    tpo_library_import (self->library, path,
                        storages[MIN (chosen, G_N_ELEMENTS (storages) - 1)]);
  else if (error != NULL)
    tpo_compat_tell (get_window (self), _ ("The Model Cannot Be Imported"), error->message);
  else if (file != NULL)
    tpo_compat_tell (get_window (self), _ ("The Model Cannot Be Imported"),
                     _ ("Only files of this computer can be imported."));
}

static void
on_file_activated (TpoModelsPage *self)
{
  g_autoptr (GListStore) filters = g_list_store_new (GTK_TYPE_FILE_FILTER);
  g_autoptr (GtkFileFilter) models = gtk_file_filter_new ();

  gtk_file_filter_set_name (models, _ ("Model Files"));
  gtk_file_filter_add_pattern (models, "*.gguf");
  g_list_store_append (filters, models);
  tpo_compat_open_file (get_window (self), _ ("Import a Model File"), G_LIST_MODEL (filters),
                        on_source_chosen, g_object_ref (self));
}

static void
on_folder_activated (TpoModelsPage *self)
{
  tpo_compat_choose_folder (get_window (self), _ ("Import a Published Folder"),
                            on_source_chosen, g_object_ref (self));
}

static void
on_cancel_clicked (TpoModelsPage *self)
{
  tpo_library_cancel_import (self->library);
}

static void
update_import (TpoModelsPage *self)
{
  g_autofree char *step = NULL;
  gboolean is_importing;
  double progress;

  g_object_get (self->library, "is-importing", &is_importing, "import-step", &step,
                "import-progress", &progress, NULL);
  gtk_widget_set_visible (self->import, is_importing);
  gtk_widget_set_sensitive (self->file_row, !is_importing);
  gtk_widget_set_sensitive (self->folder_row, !is_importing);
  gtk_label_set_text (GTK_LABEL (self->step), step != NULL ? _ (step) : _ ("Checking"));
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->progress), progress);
}

/* ---- download ------------------------------------------------------------------------------------- */

static void
on_download_activated (TpoModelsPage *self)
{
  gtk_window_present (tpo_download_dialog_new (get_window (self), self->library));
}

static void
update_downloads (TpoModelsPage *self)
{
  GListModel *downloads = tpo_library_get_downloads (self->library);

  gtk_widget_set_visible (self->downloads, g_list_model_get_n_items (downloads) > 0);
}

static GtkWidget *
create_download_row (gpointer item, gpointer user_data)
{
  TpoModelsPage *self = user_data;

  return tpo_download_row_new (self->library, TPO_DOWNLOAD (item));
}

/* ---- object ----------------------------------------------------------------------------------------- */

static GtkWidget *
create_row (gpointer item, gpointer user_data)
{
  TpoModelsPage *self = user_data;

  return tpo_model_row_new (self->library, TPO_MODEL_ENTRY (item));
}

static void
tpo_models_page_dispose (GObject *object)
{
  TpoModelsPage *self = TPO_MODELS_PAGE (object);

  g_clear_object (&self->library);
  G_OBJECT_CLASS (tpo_models_page_parent_class)->dispose (object);
}

static void
tpo_models_page_class_init (TpoModelsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_models_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               TPO_RESOURCES "/preferences/tpo-models-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TpoModelsPage, list);
  gtk_widget_class_bind_template_child (widget_class, TpoModelsPage, downloads);
  gtk_widget_class_bind_template_child (widget_class, TpoModelsPage, file_row);
  gtk_widget_class_bind_template_child (widget_class, TpoModelsPage, folder_row);
  gtk_widget_class_bind_template_child (widget_class, TpoModelsPage, storage);
  gtk_widget_class_bind_template_child (widget_class, TpoModelsPage, import);
  gtk_widget_class_bind_template_child (widget_class, TpoModelsPage, step);
  gtk_widget_class_bind_template_child (widget_class, TpoModelsPage, progress);
  gtk_widget_class_bind_template_callback (widget_class, on_download_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_file_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_folder_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel_clicked);
}

static void
tpo_models_page_init (TpoModelsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
tpo_models_page_new (TpoLibrary *library, GSettings *settings)
{
  TpoModelsPage *self;

  g_return_val_if_fail (TPO_IS_LIBRARY (library) && G_IS_SETTINGS (settings), NULL);

  self = g_object_new (TPO_TYPE_MODELS_PAGE, NULL);
  self->library = g_object_ref (library);
  gtk_list_box_bind_model (GTK_LIST_BOX (self->list), tpo_library_get_models (library),
                           create_row, self, NULL);
  gtk_list_box_bind_model (GTK_LIST_BOX (self->downloads), tpo_library_get_downloads (library),
                           create_download_row, self, NULL);
  g_signal_connect_object (tpo_library_get_downloads (library), "items-changed",
                           G_CALLBACK (update_downloads), self, G_CONNECT_SWAPPED);
  update_downloads (self);
  g_settings_bind (settings, "import-storage", self->storage, "selected",
                   G_SETTINGS_BIND_DEFAULT);
  g_signal_connect_object (library, "notify::is-importing", G_CALLBACK (update_import), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (library, "notify::import-step", G_CALLBACK (update_import), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (library, "notify::import-progress", G_CALLBACK (update_import), self,
                           G_CONNECT_SWAPPED);
  update_import (self);
  return GTK_WIDGET (self);
}
