#include "config.h"

#include <glib/gi18n.h>

#include "compat/tpo-compat.h"
#include "store/tpo-store-videos.h"
#include "videos/tpo-videos-page-private.h"

/* Videos whose files were moved: only a file of the same content takes a video's labels. */

typedef struct {
  TpoVideosPage *page;
  TpoVideoItem *item;
  GFile *file; /* chosen */
  char *hash;  /* that the project has */
} Search;

static void
search_free (Search *self)
{
  g_clear_object (&self->page);
  g_clear_object (&self->item);
  g_clear_object (&self->file);
  g_free (self->hash);
  g_free (self);
}

static Search *
search_new (TpoVideosPage *page, TpoVideoItem *item, GFile *file)
{
  Search *self = g_new0 (Search, 1);

  self->page = g_object_ref (page);
  self->item = g_object_ref (item);
  if (file != NULL)
    self->file = g_object_ref (file);
  self->hash = g_strdup (tpo_video_item_get_summary (item)->video.content_hash);
  return self;
}

/* A different video is added as one of its own. */
static void
on_other_answered (gboolean is_accepted, gpointer user_data)
{
  Search *search = user_data;
  g_autoptr (GPtrArray) files = g_ptr_array_new ();

  g_ptr_array_add (files, search->file);
  if (is_accepted && search->page->document != NULL)
    tpo_videos_page_add (search->page, files);
  search_free (search);
}

static void
ask_about_other (Search *search)
{
  g_autofree char *name = g_file_get_basename (search->file);
  g_autofree char *body = g_strdup_printf (
      /* Translators: names of two video files */
      _ ("“%s” is not the video that “%s” was: its content differs, and the labels would not "
         "fit. It can be added as a video of its own."),
      name, tpo_video_item_get_name (search->item));

  tpo_compat_ask (tpo_videos_page_get_window (search->page),
                  &(TpoQuestion){ .heading = _ ("Add It as Another Video?"),
                                  .body = body,
                                  .accept = _ ("_Add") },
                  on_other_answered, search_new (search->page, search->item, search->file));
}

static void
take_file (Search *search)
{
  TpoVideosPage *self = search->page;
  g_autofree char *uri = g_file_get_uri (search->file);
  g_autoptr (GError) error = NULL;

  if (!tpo_store_set_video_uri (tpo_document_get_store (self->document),
                                tpo_video_item_get_id (search->item), uri, NULL, &error))
    tpo_videos_page_notice (self, error->message, FALSE);
  else
    tpo_videos_page_open (self, uri);
}

static void
run_hash (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Search *search = data;
  GError *error = NULL;
  char *hash = tpo_content_hash (search->file, cancellable, &error);

  if (hash != NULL)
    g_task_return_pointer (task, hash, g_free);
  else
    g_task_return_error (task, error);
}

static void
on_hashed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Search *search = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autofree char *hash = g_task_propagate_pointer (G_TASK (result), &error);

  if (search->page->document == NULL)
    return;
  if (hash == NULL)
    tpo_videos_page_notice (search->page, error->message, FALSE);
  else if (g_str_equal (hash, search->hash))
    take_file (search);
  else
    ask_about_other (search);
}

static void
on_file_chosen (GFile *file, const GError *error, gpointer user_data)
{
  Search *search = user_data;
  g_autoptr (GTask) task = NULL;

  if (error != NULL)
    tpo_videos_page_notice (search->page, error->message, FALSE);
  if (file == NULL) {
    search_free (search);
    return;
  }
  g_set_object (&search->file, file);
  task = g_task_new (search->page, NULL, on_hashed, NULL);
  g_task_set_task_data (task, search, (GDestroyNotify) search_free);
  g_task_run_in_thread (task, run_hash);
}

void
tpo_videos_page_locate (TpoVideosPage *self, TpoVideoItem *item)
{
  g_autoptr (GListModel) filters = tpo_compat_media_filters ();
  g_autofree char *title =
      /* Translators: title of a dialog; %s is the name of a file */
      g_strdup_printf (_ ("Locate “%s”"), tpo_video_item_get_name (item));

  tpo_compat_open_file (tpo_videos_page_get_window (self), title, filters, on_file_chosen,
                        search_new (self, item, NULL));
}

static void
on_offer_answered (gboolean is_accepted, gpointer user_data)
{
  Search *search = user_data;

  if (is_accepted && search->page->document != NULL)
    tpo_videos_page_locate (search->page, search->item);
  search_free (search);
}

static gboolean
is_gone (TpoVideosPage *self, const char *uri)
{
  g_autoptr (GFile) file = g_file_new_for_uri (uri);

  return tpo_store_find_video (tpo_document_get_store (self->document), NULL, uri, NULL) > 0 &&
         !g_file_query_exists (file, NULL);
}

void
tpo_videos_page_offer_gone (TpoVideosPage *self)
{
  g_autofree char *uri = g_steal_pointer (&self->gone_uri);

  if (uri != NULL)
    tpo_videos_page_offer_location (self, uri);
}

gboolean
tpo_videos_page_offer_location (TpoVideosPage *self, const char *uri)
{
  TpoVideoItem *item;
  g_autofree char *folder = NULL;
  g_autofree char *heading = NULL;
  g_autofree char *body = NULL;

  g_return_val_if_fail (TPO_IS_VIDEOS_PAGE (self) && uri != NULL, FALSE);

  if (!tpo_video_list_is_loaded (self->videos) && is_gone (self, uri)) {
    g_free (self->gone_uri);
    self->gone_uri = g_strdup (uri);
    return TRUE;
  }
  item = tpo_video_list_find_uri (self->videos, uri);
  if (item == NULL || !tpo_video_list_look (self->videos, item))
    return FALSE;
  folder = tpo_video_item_dup_folder (item);
  /* Translators: a short question; %s is the name of a file */
  heading = g_strdup_printf (_ ("Where Is “%s”?"), tpo_video_item_get_name (item));
  body = g_strdup_printf (
      /* Translators: %s is a folder */
      _ ("It is no longer in “%s”. If it was moved, choose it where it is now: its labels and "
         "conversations are kept in the project."),
      folder);
  tpo_compat_ask (tpo_videos_page_get_window (self),
                  &(TpoQuestion){ .heading = heading, .body = body, .accept = _ ("_Locate…") },
                  on_offer_answered, search_new (self, item, NULL));
  return TRUE;
}
