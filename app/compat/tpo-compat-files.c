#include "config.h"

#include "compat/tpo-compat.h"

#include <glib/gi18n.h>

typedef struct {
  TpoFileReady ready;
  TpoFilesReady ready_many; /* of a dialog for several files, instead */
  gpointer user_data;
} Request;

#if GTK_CHECK_VERSION(4, 10, 0)

typedef GFile *(*FinishFunc) (GtkFileDialog *dialog, GAsyncResult *result, GError **error);

static void
forget_dismissal (GError **error)
{
  if (g_error_matches (*error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED) ||
      g_error_matches (*error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_CANCELLED))
    g_clear_error (error);
}

static void
finish (GtkFileDialog *dialog, GAsyncResult *result, FinishFunc finish_func, gpointer user_data)
{
  g_autofree Request *request = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = finish_func (dialog, result, &error);

  forget_dismissal (&error);
  request->ready (file, error, request->user_data);
}

static void
on_many_finished (GObject *dialog, GAsyncResult *result, gpointer user_data)
{
  g_autofree Request *request = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) files =
      gtk_file_dialog_open_multiple_finish (GTK_FILE_DIALOG (dialog), result, &error);

  forget_dismissal (&error);
  request->ready_many (files, error, request->user_data);
}

static void
on_open_finished (GObject *dialog, GAsyncResult *result, gpointer user_data)
{
  finish (GTK_FILE_DIALOG (dialog), result, gtk_file_dialog_open_finish, user_data);
}

static void
on_save_finished (GObject *dialog, GAsyncResult *result, gpointer user_data)
{
  finish (GTK_FILE_DIALOG (dialog), result, gtk_file_dialog_save_finish, user_data);
}

static void
on_folder_finished (GObject *dialog, GAsyncResult *result, gpointer user_data)
{
  finish (GTK_FILE_DIALOG (dialog), result, gtk_file_dialog_select_folder_finish, user_data);
}

static void
show (GtkFileChooserAction action, GtkWindow *parent, const char *title, const char *name,
      GListModel *filters, Request *request)
{
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();

  gtk_file_dialog_set_title (dialog, title);
  if (filters != NULL)
    gtk_file_dialog_set_filters (dialog, filters);
  if (name != NULL)
    gtk_file_dialog_set_initial_name (dialog, name);
  if (request->ready_many != NULL)
    gtk_file_dialog_open_multiple (dialog, parent, NULL, on_many_finished, request);
  else if (action == GTK_FILE_CHOOSER_ACTION_OPEN)
    gtk_file_dialog_open (dialog, parent, NULL, on_open_finished, request);
  else if (action == GTK_FILE_CHOOSER_ACTION_SAVE)
    gtk_file_dialog_save (dialog, parent, NULL, on_save_finished, request);
  else
    gtk_file_dialog_select_folder (dialog, parent, NULL, on_folder_finished, request);
}

#else

static void
on_response (GtkNativeDialog *dialog, int response, gpointer user_data)
{
  g_autofree Request *request = user_data;
  GtkFileChooser *chooser = GTK_FILE_CHOOSER (dialog);
  gboolean is_accepted = response == GTK_RESPONSE_ACCEPT;

  if (request->ready_many != NULL) {
    g_autoptr (GListModel) files = is_accepted ? gtk_file_chooser_get_files (chooser) : NULL;

    request->ready_many (files, NULL, request->user_data);
  } else {
    g_autoptr (GFile) file = is_accepted ? gtk_file_chooser_get_file (chooser) : NULL;

    request->ready (file, NULL, request->user_data);
  }
  g_object_unref (dialog); /* the reference of show() */
}

static void
show (GtkFileChooserAction action, GtkWindow *parent, const char *title, const char *name,
      GListModel *filters, Request *request)
{
  GtkFileChooserNative *dialog =
      gtk_file_chooser_native_new (title, parent, action, NULL, NULL);

  for (guint i = 0; filters != NULL && i < g_list_model_get_n_items (filters); i++) {
    g_autoptr (GtkFileFilter) filter = g_list_model_get_item (filters, i);

    gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), filter);
  }
  if (name != NULL)
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (dialog), request->ready_many != NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect (dialog, "response", G_CALLBACK (on_response), request);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

#endif

static Request *
make_request (TpoFileReady ready, gpointer user_data)
{
  Request *request = g_new (Request, 1);

  *request = (Request){ .ready = ready, .user_data = user_data };
  return request;
}

GListModel *
tpo_compat_media_filters (void)
{
  GListStore *filters = g_list_store_new (GTK_TYPE_FILE_FILTER);
  g_autoptr (GtkFileFilter) media = gtk_file_filter_new ();
  g_autoptr (GtkFileFilter) all = gtk_file_filter_new ();

  gtk_file_filter_set_name (media, _ ("Videos and Pictures"));
  gtk_file_filter_add_mime_type (media, "video/*");
  gtk_file_filter_add_mime_type (media, "image/*");
  gtk_file_filter_set_name (all, _ ("All Files"));
  gtk_file_filter_add_pattern (all, "*");
  g_list_store_append (filters, media);
  g_list_store_append (filters, all);
  return G_LIST_MODEL (filters);
}

void
tpo_compat_open_file (GtkWindow *parent, const char *title, GListModel *filters,
                      TpoFileReady ready, gpointer user_data)
{
  g_return_if_fail (GTK_IS_WINDOW (parent));
  g_return_if_fail (filters == NULL || G_IS_LIST_MODEL (filters));
  show (GTK_FILE_CHOOSER_ACTION_OPEN, parent, title, NULL, filters,
        make_request (ready, user_data));
}

void
tpo_compat_open_files (GtkWindow *parent, const char *title, GListModel *filters,
                       TpoFilesReady ready, gpointer user_data)
{
  Request *request;

  g_return_if_fail (GTK_IS_WINDOW (parent));
  g_return_if_fail (filters == NULL || G_IS_LIST_MODEL (filters));
  request = make_request (NULL, user_data);
  request->ready_many = ready;
  show (GTK_FILE_CHOOSER_ACTION_OPEN, parent, title, NULL, filters, request);
}

void
tpo_compat_save_file (GtkWindow *parent, const char *title, const char *name,
                      GListModel *filters, TpoFileReady ready, gpointer user_data)
{
  g_return_if_fail (GTK_IS_WINDOW (parent));
  g_return_if_fail (filters == NULL || G_IS_LIST_MODEL (filters));
  show (GTK_FILE_CHOOSER_ACTION_SAVE, parent, title, name, filters,
        make_request (ready, user_data));
}

void
tpo_compat_choose_folder (GtkWindow *parent, const char *title, TpoFileReady ready,
                          gpointer user_data)
{
  g_return_if_fail (GTK_IS_WINDOW (parent));
  show (GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, parent, title, NULL, NULL,
        make_request (ready, user_data));
}
