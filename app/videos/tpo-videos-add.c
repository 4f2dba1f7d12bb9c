#include "config.h"

#include <glib/gi18n.h>

#include "compat/tpo-compat.h"
#include "videos/tpo-picture-folders.h"
#include "videos/tpo-videos-page-private.h"

/* Files and folders that become videos of the project, with their progress below the list. */

static void
on_progress (TpoVideosPage *self)
{
  const TpoVideoImportResult *result = tpo_video_import_get_result (self->import);
  double done = result->n_found > 0 ? (double) result->n_done / result->n_found : 0.0;
  g_autofree char *text =
      /* Translators: while files are added: how many are done, and how many there are */
      g_strdup_printf (_ ("Adding %u of %u…"), MIN (result->n_done + 1, result->n_found),
                       result->n_found);

  gtk_label_set_text (GTK_LABEL (self->import_text), text);
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->import_progress), done);
}

static void
show_progress (TpoVideosPage *self)
{
  on_progress (self);
  gtk_revealer_set_reveal_child (GTK_REVEALER (self->import_bar), TRUE);
}

static void
on_chosen (TpoVideosPage *self, double rate, TpoPictureFolders *dialog)
{
  GPtrArray *sequences = g_ptr_array_ref (tpo_picture_folders_get_sequences (dialog));

  tpo_video_import_add_sequences (self->import, sequences, rate);
  show_progress (self);
}

/* @about: what came of the rest. */
static void
ask (TpoVideosPage *self, GPtrArray *sequences, const char *about)
{
  GtkWindow *dialog =
      tpo_picture_folders_new (tpo_videos_page_get_window (self), sequences, about);

  g_signal_connect_object (dialog, "chosen", G_CALLBACK (on_chosen), self, G_CONNECT_SWAPPED);
  gtk_window_present (dialog);
}

/* One sentence is a toast; names of files that could not be read need room and time. */
static void
on_finished (TpoVideosPage *self)
{
  const TpoVideoImportResult *result = tpo_video_import_get_result (self->import);
  g_autofree char *text = tpo_video_import_dup_text (self->import);
  g_autoptr (GPtrArray) asked = tpo_video_import_take_asked (self->import);

  gtk_revealer_set_reveal_child (GTK_REVEALER (self->import_bar), FALSE);
  if (asked->len > 0)
    ask (self, asked, text);
  else if (result->failed->len > 0 || result->problem != NULL)
    tpo_compat_tell (tpo_videos_page_get_window (self), _ ("Not Everything Was Added"), text);
  else
    tpo_videos_page_notice (self, text, result->n_added > 0);
}

void
tpo_videos_page_add_import (TpoVideosPage *self)
{
  self->import = tpo_video_import_new (self->document);
  g_signal_connect_object (self->import, "progress", G_CALLBACK (on_progress), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->import, "finished", G_CALLBACK (on_finished), self,
                           G_CONNECT_SWAPPED);
}

void
tpo_videos_page_add (TpoVideosPage *self, GPtrArray *files)
{
  g_return_if_fail (TPO_IS_VIDEOS_PAGE (self) && files != NULL);

  if (files->len == 0)
    return;
  tpo_video_import_add (self->import, files);
  show_progress (self);
}

static void
on_files_chosen (GListModel *files, const GError *error, gpointer user_data)
{
  g_autoptr (TpoVideosPage) self = user_data;
  g_autoptr (GPtrArray) chosen = g_ptr_array_new_with_free_func (g_object_unref);

  if (error != NULL)
    tpo_videos_page_notice (self, error->message, FALSE);
  for (guint i = 0; files != NULL && i < g_list_model_get_n_items (files); i++)
    g_ptr_array_add (chosen, g_list_model_get_item (files, i));
  tpo_videos_page_add (self, chosen);
}

static void
on_folder_chosen (GFile *folder, const GError *error, gpointer user_data)
{
  g_autoptr (TpoVideosPage) self = user_data;
  g_autoptr (GPtrArray) chosen = g_ptr_array_new_with_free_func (g_object_unref);

  if (error != NULL)
    tpo_videos_page_notice (self, error->message, FALSE);
  if (folder != NULL)
    g_ptr_array_add (chosen, g_object_ref (folder));
  tpo_videos_page_add (self, chosen);
}

void
tpo_videos_page_choose (TpoVideosPage *self, gboolean is_folder)
{
  g_autoptr (GListModel) filters = tpo_compat_media_filters ();

  if (is_folder)
    tpo_compat_choose_folder (tpo_videos_page_get_window (self), _ ("Add a Folder"),
                              on_folder_chosen, g_object_ref (self));
  else
    tpo_compat_open_files (tpo_videos_page_get_window (self), _ ("Add Videos"), filters,
                           on_files_chosen, g_object_ref (self));
}
