#include "config.h"

#include "window/tpo-transfer-report.h"

#include <glib/gi18n.h>

#include "compat/tpo-compat.h"
#include "widgets/tpo-title.h"

struct _TpoTransferReport {
  AdwWindow parent_instance;

  GFile *file;
  GtkWidget *header, *cancel_button, *import_button;
  GtkWidget *file_row, *folder_button, *contents_row, *videos_row, *base_row, *base_switch;
  GtkWidget *losses, *exact;
  GPtrArray *loss_rows; /* of GtkWidget, unowned: in @losses */
};

G_DEFINE_FINAL_TYPE (TpoTransferReport, tpo_transfer_report, ADW_TYPE_WINDOW)

enum {
  ACCEPTED,
  BASE_CHOSEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* ---- words -------------------------------------------------------------------------------------------- */

/* Takes @part over; @n: how many there are, none of which is not said. */
static void
add_part (GStrvBuilder *parts, guint n, char *part)
{
  if (n > 0)
    g_strv_builder_add (parts, part);
  g_free (part);
}

static char *
describe_contents (const TpoContents *contents)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) parts = NULL;
  guint n = contents->n_spans;

  add_part (builder, n, g_strdup_printf (ngettext ("%u span", "%u spans", n), n));
  n = contents->n_box_tracks;
  add_part (builder, n, g_strdup_printf (ngettext ("%u box track", "%u box tracks", n), n));
  n = contents->n_mask_tracks;
  add_part (builder, n, g_strdup_printf (ngettext ("%u mask track", "%u mask tracks", n), n));
  n = contents->n_messages;
  add_part (builder, n, g_strdup_printf (ngettext ("%u message", "%u messages", n), n));
  parts = g_strv_builder_end (builder);
  /* Translators: between the parts of a list, “9 spans, 3 box tracks” */
  return parts[0] != NULL ? g_strjoinv (_ (", "), parts) : g_strdup (_ ("Nothing"));
}

/* ---- rows --------------------------------------------------------------------------------------------- */

static void
set_subtitle (GtkWidget *row, const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), escaped);
}

static void
show_file (TpoTransferReport *self, GFile *file)
{
  g_autofree char *name = g_file_get_basename (file);
  g_autofree char *shown = g_filename_display_name (name);
  g_autoptr (GFile) folder = g_file_get_parent (file);
  g_autofree char *place = folder != NULL ? g_file_get_parse_name (folder) : NULL;

  self->file = g_object_ref (file);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->file_row), shown);
  set_subtitle (self->file_row, place != NULL ? place : "");
}

static void
show_losses (TpoTransferReport *self, const TpoLossReport *report)
{
  g_autofree char *text = tpo_loss_report_to_text (report);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (self->losses);

  for (guint i = 0; i < self->loss_rows->len; i++)
    adw_preferences_group_remove (group, self->loss_rows->pdata[i]);
  g_ptr_array_set_size (self->loss_rows, 0);
  for (guint i = 0; lines[i] != NULL; i++) {
    GtkWidget *row;

    if (*lines[i] == '\0')
      continue;
    row = adw_action_row_new ();
    adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), lines[i]);
    adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
    adw_preferences_group_add (group, row);
    g_ptr_array_add (self->loss_rows, row);
  }
  gtk_widget_set_visible (self->losses, report->losses->len > 0);
  gtk_widget_set_visible (self->exact, report->losses->len == 0);
}

/* ---- answers ------------------------------------------------------------------------------------------ */

static void
on_folder_shown (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TpoTransferReport) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!g_app_info_launch_default_for_uri_finish (result, &error) && self->file != NULL)
    tpo_compat_tell (GTK_WINDOW (self), _ ("That Did Not Work"), error->message);
}

/* A folder that was written is shown itself, a file with what lies beside it. */
static void
on_folder_clicked (TpoTransferReport *self)
{
  gboolean is_folder = g_file_query_file_type (self->file, G_FILE_QUERY_INFO_NONE, NULL) ==
                       G_FILE_TYPE_DIRECTORY;
  g_autoptr (GFile) folder =
      is_folder ? g_object_ref (self->file) : g_file_get_parent (self->file);
  g_autofree char *uri = g_file_get_uri (folder);

  g_app_info_launch_default_for_uri_async (uri, NULL, NULL, on_folder_shown,
                                           g_object_ref (self));
}

static void
on_import_clicked (TpoTransferReport *self)
{
  g_signal_emit (self, signals[ACCEPTED], 0);
  gtk_window_close (GTK_WINDOW (self));
}

static void
on_base_switched (TpoTransferReport *self)
{
  gtk_widget_set_sensitive (self->import_button, FALSE);
  gtk_widget_set_sensitive (self->base_row, FALSE);
  g_signal_emit (self, signals[BASE_CHOSEN], 0);
}

/* ---- object ------------------------------------------------------------------------------------------- */

static void
tpo_transfer_report_dispose (GObject *object)
{
  g_clear_object (&TPO_TRANSFER_REPORT (object)->file);
  G_OBJECT_CLASS (tpo_transfer_report_parent_class)->dispose (object);
}

static void
tpo_transfer_report_finalize (GObject *object)
{
  g_ptr_array_unref (TPO_TRANSFER_REPORT (object)->loss_rows);
  G_OBJECT_CLASS (tpo_transfer_report_parent_class)->finalize (object);
}

static void
tpo_transfer_report_class_init (TpoTransferReportClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_transfer_report_dispose;
  G_OBJECT_CLASS (klass)->finalize = tpo_transfer_report_finalize;
  signals[ACCEPTED] = g_signal_new ("accepted", TPO_TYPE_TRANSFER_REPORT, G_SIGNAL_RUN_LAST, 0,
                                    NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[BASE_CHOSEN] = g_signal_new ("base-chosen", TPO_TYPE_TRANSFER_REPORT,
                                       G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  g_type_ensure (TPO_TYPE_TITLE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               TPO_RESOURCES "/window/tpo-transfer-report.ui");
  gtk_widget_class_bind_template_child (widget_class, TpoTransferReport, header);
  gtk_widget_class_bind_template_child (widget_class, TpoTransferReport, cancel_button);
  gtk_widget_class_bind_template_child (widget_class, TpoTransferReport, import_button);
  gtk_widget_class_bind_template_child (widget_class, TpoTransferReport, file_row);
  gtk_widget_class_bind_template_child (widget_class, TpoTransferReport, folder_button);
  gtk_widget_class_bind_template_child (widget_class, TpoTransferReport, contents_row);
  gtk_widget_class_bind_template_child (widget_class, TpoTransferReport, videos_row);
  gtk_widget_class_bind_template_child (widget_class, TpoTransferReport, base_row);
  gtk_widget_class_bind_template_child (widget_class, TpoTransferReport, base_switch);
  gtk_widget_class_bind_template_child (widget_class, TpoTransferReport, losses);
  gtk_widget_class_bind_template_child (widget_class, TpoTransferReport, exact);
  gtk_widget_class_bind_template_callback (widget_class, on_folder_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_import_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_base_switched);
}

static void
tpo_transfer_report_init (TpoTransferReport *self)
{
  self->loss_rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWindow *
tpo_transfer_report_new_export (GtkWindow *parent, GFile *file, const TpoLossReport *report)
{
  TpoTransferReport *self;
  g_autofree char *contents = NULL;
  g_autofree char *name = NULL;
  g_autofree char *title = NULL;
  g_autofree char *videos = NULL;
  g_autofree char *files = NULL;
  guint n;

  g_return_val_if_fail (G_IS_FILE (file) && report != NULL, NULL);

  self = g_object_new (TPO_TYPE_TRANSFER_REPORT, "transient-for", parent, NULL);
  name = g_file_get_basename (file);
  /* Translators: %s is a file name */
  title = g_strdup_printf (_ ("Exported to %s"), name);
  gtk_window_set_title (GTK_WINDOW (self), title);
  show_file (self, file);
  contents = describe_contents (&report->contents);
  set_subtitle (self->contents_row, contents);
  n = report->contents.n_videos;
  videos = g_strdup_printf (ngettext ("%u video", "%u videos", n), n);
  files =
      /* Translators: the first is “3 videos”; the files are those that were written */
      g_strdup_printf (ngettext ("%s, in %u file", "%s, in %u files", report->n_files), videos,
                       report->n_files);
  set_subtitle (self->videos_row, files);
  show_losses (self, report);
  return GTK_WINDOW (self);
}

TpoTransferReport *
tpo_transfer_report_new_import (GtkWindow *parent, GFile *file)
{
  TpoTransferReport *self;

  g_return_val_if_fail (G_IS_FILE (file), NULL);

  self = g_object_new (TPO_TYPE_TRANSFER_REPORT, "transient-for", parent, NULL);
  gtk_window_set_title (GTK_WINDOW (self), _ ("Import Labels?"));
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (self->losses),
                                         _ ("What was read stays as it is."));
  adw_header_bar_set_show_start_title_buttons (ADW_HEADER_BAR (self->header), FALSE);
  adw_header_bar_set_show_end_title_buttons (ADW_HEADER_BAR (self->header), FALSE);
  gtk_widget_set_visible (self->cancel_button, TRUE);
  gtk_widget_set_visible (self->import_button, TRUE);
  gtk_widget_set_visible (self->folder_button, FALSE);
  gtk_window_set_default_widget (GTK_WINDOW (self), self->import_button);
  show_file (self, file);
  return self;
}

void
tpo_transfer_report_show_import (TpoTransferReport *self, const char *format,
                                 const TpoImportSummary *summary, const TpoLossReport *report)
{
  g_autofree char *contents = NULL;
  g_autofree char *as_format = NULL;
  g_autofree char *videos = NULL;

  g_return_if_fail (TPO_IS_TRANSFER_REPORT (self));
  g_return_if_fail (format != NULL && summary != NULL && report != NULL);

  contents = describe_contents (&summary->contents);
  /* Translators: the first is a format such as “COCO”, the second what it has: “9 spans” */
  as_format = g_strdup_printf (_ ("%s: %s"), format, contents);
  set_subtitle (self->contents_row, as_format);
  /* Translators: videos that labels belong to, and how many of these come with them */
  videos = g_strdup_printf (ngettext ("%u video, %u of them new in the project",
                                      "%u videos, %u of them new in the project",
                                      summary->contents.n_videos),
                            summary->contents.n_videos, summary->n_new_videos);
  set_subtitle (self->videos_row, videos);
  show_losses (self, report);
  gtk_widget_set_visible (self->base_row, summary->asks_base);
  gtk_widget_set_sensitive (self->base_row, TRUE);
  gtk_widget_set_sensitive (self->import_button, TRUE);
}

gboolean
tpo_transfer_report_is_zero_based (TpoTransferReport *self)
{
  g_return_val_if_fail (TPO_IS_TRANSFER_REPORT (self), FALSE);

  return gtk_switch_get_active (GTK_SWITCH (self->base_switch));
}
