#include "config.h"

#include <glib/gi18n.h>

#include "videos/tpo-video-edits.h"
#include "videos/tpo-videos-page-private.h"

/* What can be done with the selected videos: "videos.*". */

static const char *const sorts[TPO_VIDEO_SORT_COUNT] = {
  [TPO_VIDEO_SORT_ADDED] = "added",   [TPO_VIDEO_SORT_NAME] = "name",
  [TPO_VIDEO_SORT_OPENED] = "opened", [TPO_VIDEO_SORT_STATUS] = "status",
  [TPO_VIDEO_SORT_LABELS] = "labels",
};

/* ---- one video ----------------------------------------------------------------------------------- */

static TpoVideoItem *
dup_first (TpoVideosPage *self)
{
  g_autoptr (GPtrArray) items = tpo_videos_page_get_items (self);

  return items->len > 0 ? g_object_ref (g_ptr_array_index (items, 0)) : NULL;
}

static void
on_open (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TpoVideosPage *self = user_data;
  g_autoptr (TpoVideoItem) item = dup_first (self);

  if (item != NULL)
    tpo_videos_page_open (self, tpo_video_item_get_summary (item)->video.uri);
}

static void
on_locate (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TpoVideosPage *self = user_data;
  g_autoptr (TpoVideoItem) item = dup_first (self);

  if (item != NULL)
    tpo_videos_page_locate (self, item);
}

static void
on_folder_shown (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TpoVideosPage) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!g_app_info_launch_default_for_uri_finish (result, &error) && self->document != NULL)
    tpo_videos_page_notice (self, error->message, FALSE);
}

/* A file manager that can point at the file, else whatever opens folders. */
static void
on_item_shown (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GFile) file = user_data;
  TpoVideosPage *self = g_object_get_data (G_OBJECT (file), "page");
  g_autoptr (GFile) folder = g_file_get_parent (file);
  g_autofree char *uri = g_file_get_uri (folder != NULL ? folder : file);
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (
      G_DBUS_CONNECTION (source), result, NULL); /* no such program: the folder it is */

  if (reply == NULL)
    g_app_info_launch_default_for_uri_async (uri, NULL, NULL, on_folder_shown,
                                             g_object_ref (self));
}

static void
on_show_in_folder (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TpoVideosPage *self = user_data;
  g_autoptr (TpoVideoItem) item = dup_first (self);
  GDBusConnection *bus = g_application_get_dbus_connection (g_application_get_default ());
  const char *uris[] = { NULL, NULL };
  GFile *file;

  if (item == NULL || bus == NULL)
    return;
  uris[0] = tpo_video_item_get_summary (item)->video.uri;
  file = g_file_new_for_uri (uris[0]);
  g_object_set_data_full (G_OBJECT (file), "page", g_object_ref (self), g_object_unref);
  g_dbus_connection_call (bus, "org.freedesktop.FileManager1", "/org/freedesktop/FileManager1",
                          "org.freedesktop.FileManager1", "ShowItems",
                          g_variant_new ("(^ass)", uris, ""), NULL, G_DBUS_CALL_FLAGS_NONE, -1,
                          NULL, on_item_shown, file);
}

/* ---- all selected -------------------------------------------------------------------------------- */

typedef struct {
  TpoVideosPage *page;
  char *text; /* to say when it is done */
} Edit;

static void
on_edited (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Edit *edit = user_data;
  g_autoptr (TpoVideosPage) self = edit->page;
  g_autofree char *text = edit->text;
  g_autoptr (GError) error = NULL;

  if (tpo_video_edit_finish (TPO_DOCUMENT (source), result, &error))
    tpo_videos_page_notice (self, text, TRUE);
  else
    tpo_videos_page_notice (self, error->message, FALSE);
}

static void
change (TpoVideosPage *self, TpoVideoEdit kind, GArray *ids, const char *one, const char *many)
{
  Edit *edit = g_new (Edit, 1);

  *edit = (Edit){ g_object_ref (self), NULL };
  edit->text = ids->len == 1 ? g_strdup (one) : g_strdup_printf (many, ids->len);
  tpo_video_edit_async (self->document, kind, ids, on_edited, edit);
}

static void
mark (TpoVideosPage *self, GArray *ids, gboolean is_reviewed)
{
  if (is_reviewed)
    change (self, TPO_VIDEO_EDIT_REVIEWED, ids, _ ("Marked as reviewed"),
            _ ("%u videos marked as reviewed"));
  else
    change (self, TPO_VIDEO_EDIT_NOT_REVIEWED, ids, _ ("Marked as not reviewed"),
            _ ("%u videos marked as not reviewed"));
}

static void
on_mark_reviewed (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  mark (user_data, tpo_videos_page_get_selected (user_data), TRUE);
}

static void
on_take_back_review (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  mark (user_data, tpo_videos_page_get_selected (user_data), FALSE);
}

void
tpo_videos_page_toggle_reviewed (TpoVideosPage *self)
{
  gint64 id;
  TpoVideoItem *item;
  GArray *ids;

  g_return_if_fail (TPO_IS_VIDEOS_PAGE (self));

  id = tpo_document_get_video_id (self->document);
  item = tpo_video_list_find (self->videos, id);
  if (item == NULL)
    return;
  ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_array_append_val (ids, id);
  mark (self, ids, !tpo_video_item_get_summary (item)->video.is_reviewed);
}

/* What is in the window stays: its labels would go on being made for a video that is in no list. */
static void
on_remove (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TpoVideosPage *self = user_data;
  g_autoptr (GArray) ids = tpo_videos_page_get_selected (self);
  gint64 open_id = tpo_document_get_video_id (self->document);

  for (guint i = ids->len; i-- > 0;)
    if (g_array_index (ids, gint64, i) == open_id)
      g_array_remove_index (ids, i);
  if (ids->len > 0)
    change (self, TPO_VIDEO_EDIT_REMOVE, g_steal_pointer (&ids), _ ("Video removed"),
            _ ("%u videos removed"));
  else
    tpo_videos_page_notice (
        self, _ ("The video that is open stays: open another one to remove it"), FALSE);
}

/* ---- the list ------------------------------------------------------------------------------------ */

static void
on_add_files (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  tpo_videos_page_choose (user_data, FALSE);
}

static void
on_add_folder (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  tpo_videos_page_choose (user_data, TRUE);
}

static void
on_cancel_adding (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  tpo_video_import_cancel (((TpoVideosPage *) user_data)->import);
}

static void
on_sort (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  TpoVideosPage *self = user_data;

  for (guint i = 0; i < TPO_VIDEO_SORT_COUNT; i++)
    if (g_str_equal (sorts[i], g_variant_get_string (value, NULL))) {
      g_simple_action_set_state (action, value);
      tpo_video_query_set_sort (self->query, (TpoVideoSort) i);
    }
}

static void
set_enabled (TpoVideosPage *self, const char *name, gboolean is_enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->actions), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), is_enabled);
}

void
tpo_videos_page_update_actions (TpoVideosPage *self)
{
  g_autoptr (GPtrArray) items = NULL;
  guint n_reviewed = 0, n_missing = 0;

  if (self->selection == NULL)
    return;
  items = tpo_videos_page_get_items (self);
  for (guint i = 0; i < items->len; i++) {
    TpoVideoItem *item = g_ptr_array_index (items, i);

    n_reviewed += tpo_video_item_get_summary (item)->video.is_reviewed;
    n_missing += tpo_video_item_is_missing (item);
  }
  set_enabled (self, "open", items->len == 1);
  set_enabled (self, "locate", items->len == 1 && n_missing == 1);
  set_enabled (self, "show-in-folder", items->len == 1 && n_missing == 0);
  set_enabled (self, "mark-reviewed", items->len > n_reviewed);
  set_enabled (self, "take-back-review", items->len > 0 && items->len == n_reviewed);
  set_enabled (self, "remove", items->len > 0);
}

void
tpo_videos_page_add_actions (TpoVideosPage *self)
{
  static const GActionEntry entries[] = {
    { .name = "open", .activate = on_open },
    { .name = "locate", .activate = on_locate },
    { .name = "show-in-folder", .activate = on_show_in_folder },
    { .name = "mark-reviewed", .activate = on_mark_reviewed },
    { .name = "take-back-review", .activate = on_take_back_review },
    { .name = "remove", .activate = on_remove },
    { .name = "add-files", .activate = on_add_files },
    { .name = "add-folder", .activate = on_add_folder },
    { .name = "cancel-adding", .activate = on_cancel_adding },
    { .name = "sort", .parameter_type = "s", .state = "'added'", .change_state = on_sort },
  };

  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries,
                                   G_N_ELEMENTS (entries), self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "videos", G_ACTION_GROUP (self->actions));
}
