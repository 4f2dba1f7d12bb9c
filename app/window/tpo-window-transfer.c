#include "config.h"

#include <glib/gi18n.h>

#include "compat/tpo-compat.h"
#include "document/free-in-thread.h"
#include "formats/tpo-export.h"
#include "formats/tpo-import.h"
#include "window/tpo-transfer-bar.h"
#include "window/tpo-transfer-report.h"
#include "window/tpo-window-private.h"

/* Labels out of the project and into it: the menu of formats, and what an import asks before it saves. */

/* One at a time, in a thread, with the project opened once more. */
typedef struct {
  TpoWindow *window;
  TpoTransferBar *bar;     /* in the window */
  const TpoFormat *format; /* of an import: as detected */
  TpoExportOptions options;
  char *project, *author;
  GFile *file; /* to write, or to read */
  TpoLossReport *report;
  TpoImport *import;
  TpoTransferReport *question; /* (nullable): of what is read again */
  gboolean zero_based;         /* as that says */
} Transfer;

/* All labels of a file take a while. */
static void
drop_import (TpoImport *import)
{
  tpo_free_in_thread (import, (GDestroyNotify) tpo_import_free);
}

static void
transfer_free (Transfer *self)
{
  g_clear_object (&self->window);
  g_clear_object (&self->bar);
  g_clear_object (&self->file);
  g_clear_pointer (&self->report, tpo_loss_report_free);
  g_clear_pointer (&self->import, drop_import);
  g_clear_object (&self->question);
  g_free (self->project);
  g_free (self->author);
  g_free (self);
}

static Transfer *
transfer_new (TpoWindow *window, const TpoFormat *format)
{
  Transfer *self = g_new0 (Transfer, 1);

  self->window = g_object_ref (window);
  self->bar = g_object_ref (TPO_TRANSFER_BAR (window->transfer));
  self->format = format;
  self->project = g_strdup (tpo_store_get_path (tpo_document_get_store (window->document)));
  self->author = g_strdup (tpo_store_get_author (tpo_document_get_store (window->document)));
  return self;
}

/* Runs func under a bar with a Cancel button; the task owns the transfer. */
static void
start (Transfer *self, const char *message, GTaskThreadFunc func, GAsyncReadyCallback ready)
{
  TpoWindow *window = self->window;
  g_autoptr (GTask) task = NULL;

  window->exporting = g_cancellable_new ();
  tpo_transfer_bar_start (self->bar, message);
  task = g_task_new (window, window->exporting, ready, NULL);
  g_task_set_task_data (task, self, (GDestroyNotify) transfer_free);
  g_task_run_in_thread (task, func);
}

/* Says what went wrong, unless the user cancelled. Returns: whether it worked, and the window is
 * still there */
static gboolean
finish (TpoWindow *self, GAsyncResult *result)
{
  g_autoptr (GError) error = NULL;

  g_clear_object (&self->exporting);
  tpo_transfer_bar_stop (TPO_TRANSFER_BAR (self->transfer));
  if (self->document == NULL)
    return FALSE;
  if (g_task_propagate_boolean (G_TASK (result), &error))
    return TRUE;
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    tpo_compat_tell (GTK_WINDOW (self), _ ("That Did Not Work"), error->message);
  return FALSE;
}

static void
on_cancel_transfer (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TpoWindow *self = user_data;

  if (self->exporting != NULL)
    g_cancellable_cancel (self->exporting);
}

/* ---- export ----------------------------------------------------------------------------------------- */

static void
run_export (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Transfer *self = data;
  GError *error = NULL;
  g_autoptr (TpoStore) store = tpo_store_open (self->project, TPO_STORE_READ_ONLY, &error);

  if (store != NULL && tpo_export (store, self->format, self->file, &self->options,
                                   &self->report, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_exported (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TpoWindow *self = TPO_WINDOW (source);
  Transfer *export = g_task_get_task_data (G_TASK (result));

  if (finish (self, result))
    gtk_window_present (
        tpo_transfer_report_new_export (GTK_WINDOW (self), export->file, export->report));
}

static void
on_target_chosen (GFile *file, const GError *error, gpointer user_data)
{
  Transfer *export = user_data;

  if (error != NULL)
    tpo_window_toast (export->window, error->message, FALSE);
  if (file == NULL) {
    transfer_free (export);
    return;
  }
  export->file = g_object_ref (file);
  start (export, _ ("Exporting labels…"), run_export, on_exported);
}

static void
on_export (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TpoWindow *self = user_data;
  const TpoFormat *format = tpo_format_find (g_variant_get_string (parameter, NULL));
  g_autofree char *name = NULL;
  Transfer *export;

  if (self->exporting != NULL || format == NULL || format->write == NULL)
    return;
  /* The submenu that closes would keep the keyboard: GTK 4.8 gives it back from the first level only. */
  gtk_menu_button_popdown (GTK_MENU_BUTTON (self->export_button));
  if (!gtk_widget_grab_focus (self->export_button)) /* which is gone where there is no room */
    gtk_widget_grab_focus (self->canvas);
  /* A folder is named in the same dialog, and made. */
  name = g_strconcat ("labels-", format->id, format->extension, NULL);
  export = transfer_new (self, format);
  export->options = tpo_window_get_export_options (self);
  export->options.progress = tpo_transfer_bar_progress;
  export->options.progress_data = export->bar;
  tpo_compat_save_file (GTK_WINDOW (self), format->title, name, NULL, on_target_chosen, export);
}

static void
on_export_menu (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  tpo_window_open_export_menu (user_data);
}

/* A submenu for each group of formats. */
static GMenu *
make_menu (void)
{
  const char *const titles[TPO_FORMAT_GROUP_COUNT] = {
    [TPO_FORMAT_TRACKS] = _ ("Boxes and Masks"),
    [TPO_FORMAT_MOMENTS] = _ ("Moments and Captions"),
    [TPO_FORMAT_TRAINING] = _ ("Training Data"),
  };
  GMenu *menu = g_menu_new ();
  guint n_formats;
  const TpoFormat *const *formats = tpo_formats (&n_formats);

  for (guint group = 0; group < TPO_FORMAT_GROUP_COUNT; group++) {
    g_autoptr (GMenu) submenu = g_menu_new ();

    for (guint i = 0; i < n_formats; i++) {
      g_autofree char *action = g_strdup_printf ("win.export::%s", formats[i]->id);

      if (formats[i]->write != NULL && formats[i]->group == group)
        g_menu_append (submenu, formats[i]->title, action);
    }
    g_menu_append_submenu (menu, titles[group], G_MENU_MODEL (submenu));
  }
  return menu;
}

/* ---- import ----------------------------------------------------------------------------------------- */

static void
run_commit (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Transfer *self = data;
  GError *error = NULL;
  g_autoptr (TpoStore) store = tpo_store_open (self->project, TPO_STORE_DEFAULT, &error);

  if (store != NULL)
    tpo_store_set_author (store, self->author);
  if (store != NULL && tpo_import_commit (self->import, store, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_committed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TpoWindow *self = TPO_WINDOW (source);

  if (!finish (self, result))
    return;
  tpo_document_reload (self->document);
  tpo_window_toast (self, _ ("Labels imported"), TRUE);
}

static void
on_import_accepted (TpoTransferReport *question, GTask *task)
{
  Transfer *read = g_task_get_task_data (task);
  Transfer *import;

  if (read->window->exporting != NULL)
    return;
  import = transfer_new (read->window, read->format);
  import->import = g_steal_pointer (&read->import);
  start (import, _ ("Importing labels…"), run_commit, on_committed);
}

static void
on_question_gone (gpointer task, GClosure *closure)
{
  g_object_unref (task);
}

static void
run_read (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Transfer *self = data;
  GError *error = NULL;
  g_autoptr (GFile) folder = g_file_get_parent (self->file);
  TpoImportOptions options = { .videos = folder,
                               .zero_based = self->zero_based,
                               .progress = tpo_transfer_bar_progress,
                               .progress_data = self->bar };
  g_autoptr (TpoStore) store = NULL;

  self->format = tpo_import_detect (self->file, cancellable, &error);
  if (self->format != NULL)
    store = tpo_store_open (self->project, TPO_STORE_READ_ONLY, &error);
  if (store != NULL)
    self->import =
        tpo_import_read (store, self->format, self->file, &options, cancellable, &error);
  if (self->import != NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void on_base_chosen (TpoTransferReport *question, GTask *task);

/* What was read lives as long as the question, or until it is read again. */
static void
connect_question (TpoTransferReport *question, GTask *task)
{
  g_signal_handlers_disconnect_matched (question, G_SIGNAL_MATCH_FUNC, 0, 0, NULL,
                                        on_import_accepted, NULL);
  g_signal_handlers_disconnect_matched (question, G_SIGNAL_MATCH_FUNC, 0, 0, NULL,
                                        on_base_chosen, NULL);
  g_signal_connect_data (question, "accepted", G_CALLBACK (on_import_accepted),
                         g_object_ref (task), on_question_gone, 0);
  g_signal_connect_data (question, "base-chosen", G_CALLBACK (on_base_chosen),
                         g_object_ref (task), on_question_gone, 0);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TpoWindow *self = TPO_WINDOW (source);
  Transfer *read = g_task_get_task_data (G_TASK (result));
  g_autoptr (TpoTransferReport) question = g_steal_pointer (&read->question);
  gboolean is_again = question != NULL;

  if (!finish (self, result)) {
    if (is_again)
      gtk_window_close (GTK_WINDOW (question));
    return;
  }
  if (!is_again)
    question = g_object_ref (tpo_transfer_report_new_import (GTK_WINDOW (self), read->file));
  else if (!gtk_widget_get_visible (GTK_WIDGET (question)))
    return; /* closed in the meantime */
  tpo_transfer_report_show_import (question, read->format->title,
                                   tpo_import_get_summary (read->import),
                                   tpo_import_get_report (read->import));
  connect_question (question, G_TASK (result));
  gtk_window_present (GTK_WINDOW (question));
}

static void
start_read (TpoWindow *self, GFile *file, TpoTransferReport *question)
{
  Transfer *read = transfer_new (self, NULL);

  read->file = g_object_ref (file);
  if (question != NULL) {
    read->question = g_object_ref (question);
    read->zero_based = tpo_transfer_report_is_zero_based (question);
  }
  start (read, _ ("Reading labels…"), run_read, on_read);
}

static void
on_base_chosen (TpoTransferReport *question, GTask *task)
{
  const Transfer *read = g_task_get_task_data (task);

  if (read->window->exporting == NULL)
    start_read (read->window, read->file, question);
}

static void
on_source_chosen (GFile *file, const GError *error, gpointer user_data)
{
  g_autoptr (TpoWindow) self = user_data;

  if (error != NULL)
    tpo_window_toast (self, error->message, FALSE);
  if (file != NULL && self->exporting == NULL)
    start_read (self, file, NULL);
}

static void
on_import (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  tpo_compat_open_file (GTK_WINDOW (user_data), _ ("Import Labels"), NULL, on_source_chosen,
                        g_object_ref (user_data));
}

static void
on_import_folder (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  tpo_compat_choose_folder (GTK_WINDOW (user_data), _ ("Import a Folder of Labels"),
                            on_source_chosen, g_object_ref (user_data));
}

void
tpo_window_add_transfer (TpoWindow *self)
{
  static const GActionEntry actions[] = {
    { .name = "export", .activate = on_export, .parameter_type = "s" },
    { .name = "export-menu", .activate = on_export_menu },
    { .name = "import", .activate = on_import },
    { .name = "import-folder", .activate = on_import_folder },
    { .name = "cancel-transfer", .activate = on_cancel_transfer },
  };
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) formats = make_menu ();

  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  g_menu_append_section (menu, NULL, G_MENU_MODEL (formats));
  tpo_window_add_export_options (self, menu);
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (self->export_button), G_MENU_MODEL (menu));
}
