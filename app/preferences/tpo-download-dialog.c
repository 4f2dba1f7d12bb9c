#include "config.h"

#include "preferences/tpo-download-dialog.h"

#include <glib/gi18n.h>

#include "files/free-space.h"
#include "preferences/model-words.h"
#include "widgets/tpo-title.h"

struct _TpoDownloadDialog {
  AdwWindow parent_instance;

  TpoLibrary *library;
  GCancellable *looking; /* nullable */
  char *name;            /* nullable: of what was found at the address */
  GtkWidget *address, *checksum, *look_button, *download_button, *spinner;
  GtkWidget *problem, *offer, *model_row, *space_row;
};

G_DEFINE_FINAL_TYPE (TpoDownloadDialog, tpo_download_dialog, ADW_TYPE_WINDOW)

static char *
dup_text (GtkWidget *entry)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (entry))));
}

static gboolean
has_good_checksum (TpoDownloadDialog *self)
{
  g_autofree char *checksum = dup_text (self->checksum);

  return *checksum == '\0' || tpo_transfer_is_checksum (checksum);
}

static void
show_problem (TpoDownloadDialog *self, const char *text)
{
  gtk_label_set_text (GTK_LABEL (self->problem), text != NULL ? text : "");
  gtk_widget_set_visible (self->problem, text != NULL);
}

static void
update (TpoDownloadDialog *self)
{
  g_autofree char *address = dup_text (self->address);
  gboolean is_good = has_good_checksum (self);

  gtk_widget_set_visible (self->spinner, self->looking != NULL);
  gtk_widget_set_visible (self->offer, self->name != NULL);
  gtk_widget_set_visible (self->look_button, self->name == NULL);
  gtk_widget_set_visible (self->download_button, self->name != NULL);
  gtk_widget_set_sensitive (self->look_button, *address != '\0' && self->looking == NULL);
  gtk_widget_set_sensitive (self->download_button, is_good);
  if (is_good)
    gtk_widget_remove_css_class (self->checksum, "error");
  else
    gtk_widget_add_css_class (self->checksum, "error");
}

/* ---- what is there ------------------------------------------------------------------------------- */

/* What a thread finds out. */
typedef struct {
  char *address, *folder;
  TpoOffer *offer;
  guint64 n_free;
  gboolean knows_free;
} Look;

static void
look_free (Look *self)
{
  g_clear_pointer (&self->offer, tpo_offer_free);
  g_free (self->address);
  g_free (self->folder);
  g_free (self);
}

static void
run_look (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Look *look = data;
  GError *error = NULL;

  look->offer = tpo_offer_get (look->address, cancellable, &error);
  if (look->offer == NULL) {
    g_task_return_error (task, error);
    return;
  }
  look->knows_free = tpo_free_space (look->folder, &look->n_free, cancellable, NULL);
  if (!look->knows_free) { /* no model was ever imported: the folder is made in this one */
    g_autofree char *parent = g_path_get_dirname (look->folder);

    look->knows_free = tpo_free_space (parent, &look->n_free, cancellable, NULL);
  }
  g_task_return_boolean (task, TRUE);
}

static char *
describe_space (const Look *look)
{
  g_autofree char *size = g_format_size (look->offer->size);
  g_autofree char *room = g_format_size (look->n_free);

  if (look->offer->size == 0)
    return g_strdup (_ ("The server does not say how large the file is."));
  if (!look->knows_free)
    return g_steal_pointer (&size);
  /* Translators: sizes: of a file, and what is free on the disk */
  return g_strdup_printf (_ ("%1$s, of %2$s that are free"), size, room);
}

static void
show_offer (TpoDownloadDialog *self, const Look *look)
{
  const TpoOffer *offer = look->offer;
  g_autofree char *space = describe_space (look);
  g_autofree char *words =
      offer->model != NULL ? tpo_model_words (self->library, offer->model) : g_strdup ("");
  g_autofree char *whole =
      offer->can_resume
          ? g_strdup (space)
          : g_strdup_printf ("%s\n%s", space,
                             _ ("If the connection is cut, this server begins anew."));
  gboolean has_room = !look->knows_free || offer->size <= look->n_free;

  g_free (self->name);
  self->name = g_strdup (offer->name);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->model_row), offer->name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->model_row), words);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->space_row), whole);
  if (has_room)
    gtk_widget_remove_css_class (self->space_row, "error");
  else
    gtk_widget_add_css_class (self->space_row, "error");
  update (self);
  gtk_widget_set_sensitive (self->download_button, has_room && has_good_checksum (self));
  gtk_widget_grab_focus (self->download_button);
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TpoDownloadDialog *self = TPO_DOWNLOAD_DIALOG (source);
  const Look *look = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  if (g_task_get_cancellable (G_TASK (result)) != self->looking)
    return; /* the address has changed since */
  g_clear_object (&self->looking);
  if (!g_task_propagate_boolean (G_TASK (result), &error) ||
      (look->offer->model != NULL &&
       !tpo_library_check (self->library, look->offer->model, look->offer->name, &error)))
    show_problem (self, error->message);
  else
    show_offer (self, look);
  update (self);
}

static void
on_look (TpoDownloadDialog *self)
{
  g_autoptr (GTask) task = NULL;
  Look *look;

  if (!gtk_widget_get_sensitive (self->look_button) || self->name != NULL)
    return;
  look = g_new0 (Look, 1);
  look->address = dup_text (self->address);
  look->folder = g_strdup (tpo_library_get_folder (self->library));
  self->looking = g_cancellable_new ();
  task = g_task_new (self, self->looking, on_looked, NULL);
  g_task_set_task_data (task, look, (GDestroyNotify) look_free);
  g_task_run_in_thread (task, run_look);
  show_problem (self, NULL);
  update (self);
}

/* What was found is of another address now. */
static void
on_address_changed (TpoDownloadDialog *self)
{
  if (self->looking != NULL)
    g_cancellable_cancel (self->looking);
  g_clear_object (&self->looking);
  g_clear_pointer (&self->name, g_free);
  show_problem (self, NULL);
  update (self);
}

static void
on_download (TpoDownloadDialog *self)
{
  g_autofree char *address = dup_text (self->address);
  g_autofree char *checksum = dup_text (self->checksum);

  tpo_library_download (self->library, address, self->name,
                        *checksum != '\0' ? checksum : NULL);
  gtk_window_close (GTK_WINDOW (self));
}

/* ---- object ----------------------------------------------------------------------------------------- */

static void
tpo_download_dialog_dispose (GObject *object)
{
  TpoDownloadDialog *self = TPO_DOWNLOAD_DIALOG (object);

  g_clear_object (&self->looking);
  g_clear_object (&self->library);
  g_clear_pointer (&self->name, g_free);
  G_OBJECT_CLASS (tpo_download_dialog_parent_class)->dispose (object);
}

/* The thread's reference would keep a closed dialog. */
static gboolean
on_close_request (TpoDownloadDialog *self)
{
  if (self->looking != NULL)
    g_cancellable_cancel (self->looking);
  g_clear_object (&self->looking);
  return GDK_EVENT_PROPAGATE;
}

static void
tpo_download_dialog_class_init (TpoDownloadDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_download_dialog_dispose;
  g_type_ensure (TPO_TYPE_TITLE);
  gtk_widget_class_set_template_from_resource (widget_class, TPO_RESOURCES
                                               "/preferences/tpo-download-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, TpoDownloadDialog, address);
  gtk_widget_class_bind_template_child (widget_class, TpoDownloadDialog, checksum);
  gtk_widget_class_bind_template_child (widget_class, TpoDownloadDialog, look_button);
  gtk_widget_class_bind_template_child (widget_class, TpoDownloadDialog, download_button);
  gtk_widget_class_bind_template_child (widget_class, TpoDownloadDialog, spinner);
  gtk_widget_class_bind_template_child (widget_class, TpoDownloadDialog, problem);
  gtk_widget_class_bind_template_child (widget_class, TpoDownloadDialog, offer);
  gtk_widget_class_bind_template_child (widget_class, TpoDownloadDialog, model_row);
  gtk_widget_class_bind_template_child (widget_class, TpoDownloadDialog, space_row);
  gtk_widget_class_bind_template_callback (widget_class, on_address_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_look);
  gtk_widget_class_bind_template_callback (widget_class, on_download);
  gtk_widget_class_bind_template_callback (widget_class, on_close_request);
  gtk_widget_class_bind_template_callback (widget_class, update);
}

static void
tpo_download_dialog_init (TpoDownloadDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWindow *
tpo_download_dialog_new (GtkWindow *parent, TpoLibrary *library)
{
  TpoDownloadDialog *self;

  g_return_val_if_fail (TPO_IS_LIBRARY (library), NULL);

  self = g_object_new (TPO_TYPE_DOWNLOAD_DIALOG, "transient-for", parent, NULL);
  self->library = g_object_ref (library);
  update (self);
  return GTK_WINDOW (self);
}
