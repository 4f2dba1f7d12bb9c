#include "config.h"

#include "preferences/tpo-download-row.h"

#include <glib/gi18n.h>

#include "compat/tpo-compat.h"

struct _TpoDownloadRow {
  AdwPreferencesRow parent_instance;

  TpoLibrary *library;
  TpoDownload *download;
  GtkWidget *name, *progress, *status, *pause, *resume, *remove;
};

G_DEFINE_FINAL_TYPE (TpoDownloadRow, tpo_download_row, ADW_TYPE_PREFERENCES_ROW)

/* ---- words -------------------------------------------------------------------------------------- */

static char *
describe_left (gint64 left_us)
{
  int seconds = (int) MIN (left_us / G_USEC_PER_SEC, G_MAXINT), minutes = (seconds + 30) / 60;

  if (seconds < 60)
    return g_strdup_printf (ngettext ("%d second left", "%d seconds left", seconds), seconds);
  if (minutes < 60)
    return g_strdup_printf (ngettext ("%d minute left", "%d minutes left", minutes), minutes);
  /* Translators: hours and minutes: "3 h 20 min left" */
  return g_strdup_printf (_ ("%d h %d min left"), minutes / 60, minutes % 60);
}

static char *
describe_size (const TpoTransferProgress *progress)
{
  g_autofree char *done = g_format_size (progress->done);
  g_autofree char *total = g_format_size (progress->total);

  if (progress->total == 0)
    return g_steal_pointer (&done);
  /* Translators: both are sizes: "1.2 GB of 5.3 GB" */
  return g_strdup_printf (_ ("%1$s of %2$s"), done, total);
}

static char *
describe_running (const TpoTransferProgress *progress)
{
  g_autofree char *size = describe_size (progress);
  g_autofree char *rate = g_format_size ((guint64) progress->rate);
  g_autofree char *left = NULL;

  if (progress->is_checking)
    /* Translators: how far the checksum is: "1.2 GB of 5.3 GB" */
    return g_strdup_printf (_ ("Checking what came: %s"), size);
  if (progress->rate < 1.0)
    return progress->done > 0 ? g_steal_pointer (&size) : g_strdup (_ ("Connecting…"));
  if (progress->left_us < 0)
    /* Translators: size, and bytes a second: "1.2 GB · 3 MB/s" */
    return g_strdup_printf (_ ("%1$s · %2$s/s"), size, rate);
  left = describe_left (progress->left_us);
  /* Translators: size, bytes a second, time: "1.2 GB of 5.3 GB · 3 MB/s · 20 minutes left" */
  return g_strdup_printf (_ ("%1$s · %2$s/s · %3$s"), size, rate, left);
}

static char *
describe (TpoDownload *download)
{
  const TpoTransferProgress *progress = tpo_download_get_progress (download);
  g_autofree char *size = describe_size (progress);

  switch (tpo_download_get_state (download)) {
  case TPO_DOWNLOAD_RUNNING:
    return describe_running (progress);
  case TPO_DOWNLOAD_FAILED:
    return g_strdup (tpo_download_get_problem (download));
  case TPO_DOWNLOAD_FINISHED:
    /* Translators: %s is a checksum, a long number */
    return g_strdup_printf (_ ("Downloaded. Its SHA-256 is %s"),
                            tpo_download_get_checksum (download));
  case TPO_DOWNLOAD_PAUSED:
  case TPO_DOWNLOAD_STATE_COUNT:
    break;
  }
  /* Translators: how much is there: "Paused: 1.2 GB of 5.3 GB" */
  return g_strdup_printf (_ ("Paused: %s"), size);
}

/* ---- following the download ------------------------------------------------------------------------ */

static void
update (TpoDownloadRow *self)
{
  TpoDownloadState state = tpo_download_get_state (self->download);
  const TpoTransferProgress *progress = tpo_download_get_progress (self->download);
  g_autofree char *text = describe (self->download);
  gboolean is_finished = state == TPO_DOWNLOAD_FINISHED,
           is_waiting = state == TPO_DOWNLOAD_PAUSED || state == TPO_DOWNLOAD_FAILED;
  const char *remove = is_finished ? _ ("Remove from the List") : _ ("Cancel the Download");

  gtk_label_set_text (GTK_LABEL (self->status), text);
  gtk_widget_set_visible (self->progress,
                          state == TPO_DOWNLOAD_RUNNING || state == TPO_DOWNLOAD_PAUSED);
  if (progress->total > 0)
    gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->progress),
                                   (double) progress->done / (double) progress->total);
  gtk_widget_set_visible (self->pause, state == TPO_DOWNLOAD_RUNNING);
  gtk_widget_set_visible (self->resume, is_waiting);
  gtk_widget_set_tooltip_text (self->remove, remove);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->remove), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  remove, -1);
}

static void
on_pause (TpoDownloadRow *self)
{
  tpo_download_pause (self->download);
}

static void
on_resume (TpoDownloadRow *self)
{
  tpo_download_start (self->download);
}

static void
on_cancel_answered (gboolean is_accepted, gpointer user_data)
{
  g_autoptr (TpoDownloadRow) self = user_data;

  if (is_accepted && self->library != NULL)
    tpo_library_discard_download (self->library, self->download);
}

/* Much may have come already. */
static void
on_remove (TpoDownloadRow *self)
{
  static const TpoQuestion question = {
    .heading = N_ ("Cancel the Download?"),
    .body = N_ ("What came so far is deleted."),
    .accept = N_ ("Cancel the _Download"),
    .cancel = N_ ("_Keep It"),
    .is_destructive = TRUE,
  };
  const TpoQuestion asked = { _ (question.heading), _ (question.body), _ (question.accept),
                              _ (question.cancel), question.is_destructive };

  if (tpo_download_get_state (self->download) == TPO_DOWNLOAD_FINISHED)
    tpo_library_discard_download (self->library, self->download);
  else
    tpo_compat_ask (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), &asked,
                    on_cancel_answered, g_object_ref (self));
}

/* ---- object ------------------------------------------------------------------------------------------ */

static void
tpo_download_row_dispose (GObject *object)
{
  TpoDownloadRow *self = TPO_DOWNLOAD_ROW (object);

  g_clear_object (&self->library);
  g_clear_object (&self->download);
  G_OBJECT_CLASS (tpo_download_row_parent_class)->dispose (object);
}

static void
tpo_download_row_class_init (TpoDownloadRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_download_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, TPO_RESOURCES
                                               "/preferences/tpo-download-row.ui");
  gtk_widget_class_bind_template_child (widget_class, TpoDownloadRow, name);
  gtk_widget_class_bind_template_child (widget_class, TpoDownloadRow, progress);
  gtk_widget_class_bind_template_child (widget_class, TpoDownloadRow, status);
  gtk_widget_class_bind_template_child (widget_class, TpoDownloadRow, pause);
  gtk_widget_class_bind_template_child (widget_class, TpoDownloadRow, resume);
  gtk_widget_class_bind_template_child (widget_class, TpoDownloadRow, remove);
  gtk_widget_class_bind_template_callback (widget_class, on_pause);
  gtk_widget_class_bind_template_callback (widget_class, on_resume);
  gtk_widget_class_bind_template_callback (widget_class, on_remove);
}

static void
tpo_download_row_init (TpoDownloadRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
tpo_download_row_new (TpoLibrary *library, TpoDownload *download)
{
  TpoDownloadRow *self;
  g_autofree char *name = NULL;

  g_return_val_if_fail (TPO_IS_LIBRARY (library) && TPO_IS_DOWNLOAD (download), NULL);

  self = g_object_new (TPO_TYPE_DOWNLOAD_ROW, NULL);
  self->library = g_object_ref (library);
  self->download = g_object_ref (download);
  name = g_filename_display_basename (tpo_download_get_path (download));
  gtk_label_set_text (GTK_LABEL (self->name), name);
  gtk_widget_set_tooltip_text (self->name, tpo_download_get_address (download));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), name);
  g_signal_connect_object (download, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}
