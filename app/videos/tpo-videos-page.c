#include "config.h"

#include <glib/gi18n.h>

#include "compat/tpo-compat.h"
#include "settings/tpo-settings.h"
#include "videos/tpo-video-row.h"
#include "videos/tpo-video-selection.h"
#include "videos/tpo-videos-page-private.h"

G_DEFINE_FINAL_TYPE (TpoVideosPage, tpo_videos_page, ADW_TYPE_BIN)

enum {
  OPEN_VIDEO,
  NOTICE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

void
tpo_videos_page_notice (TpoVideosPage *self, const char *text, gboolean with_undo)
{
  g_signal_emit (self, signals[NOTICE], 0, text, with_undo);
}

void
tpo_videos_page_open (TpoVideosPage *self, const char *uri)
{
  g_signal_emit (self, signals[OPEN_VIDEO], 0, uri);
}

GtkWindow *
tpo_videos_page_get_window (TpoVideosPage *self)
{
  return GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));
}

static void
on_problem (TpoVideosPage *self, const char *text)
{
  tpo_videos_page_notice (self, text, FALSE);
}

/* ---- rows ---------------------------------------------------------------------------------------- */

static void
on_setup (TpoVideosPage *self, GtkListItem *list_item)
{
  gtk_list_item_set_child (list_item, tpo_video_row_new (self->thumbnails));
}

static gboolean
is_open (TpoVideosPage *self, TpoVideoItem *item)
{
  return tpo_document_get_video_id (self->document) == tpo_video_item_get_id (item);
}

static void
on_bind (TpoVideosPage *self, GtkListItem *list_item)
{
  TpoVideoRow *row = TPO_VIDEO_ROW (gtk_list_item_get_child (list_item));
  TpoVideoItem *item = gtk_list_item_get_item (list_item);

  tpo_video_row_set_item (row, item);
  tpo_video_row_set_open (row, is_open (self, item));
}

static void
on_unbind (TpoVideosPage *self, GtkListItem *list_item)
{
  tpo_video_row_set_item (TPO_VIDEO_ROW (gtk_list_item_get_child (list_item)), NULL);
}

static void
on_activate (TpoVideosPage *self, guint position)
{
  g_autoptr (TpoVideoItem) item =
      g_list_model_get_item (G_LIST_MODEL (self->selection), position);

  tpo_videos_page_open (self, tpo_video_item_get_summary (item)->video.uri);
}

/* The row of an item of the list, if it has one. */
static TpoVideoRow *
get_row (GtkWidget *list_item)
{
  GtkWidget *row = gtk_widget_get_first_child (list_item);

  return row != NULL && tpo_video_row_get_item (TPO_VIDEO_ROW (row)) != NULL
             ? TPO_VIDEO_ROW (row)
             : NULL;
}

static void
on_thumbnail_ready (TpoVideosPage *self, gint64 id)
{
  for (GtkWidget *child = gtk_widget_get_first_child (self->list); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    TpoVideoRow *row = get_row (child);

    if (row != NULL && tpo_video_item_get_id (tpo_video_row_get_item (row)) == id)
      gtk_widget_queue_draw (GTK_WIDGET (row));
  }
}

/* Shows which one is open; it is scrolled to and selected unless several others are. */
static void
on_video_changed (TpoVideosPage *self)
{
  g_autoptr (GtkBitset) selected = gtk_selection_model_get_selection (self->selection);
  guint position;

  self->stepped_id = 0;
  tpo_videos_page_update_steps (self);
  tpo_thumbnails_take_open (self->thumbnails);
  for (GtkWidget *child = gtk_widget_get_first_child (self->list); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    TpoVideoRow *row = get_row (child);

    if (row != NULL)
      tpo_video_row_set_open (row, is_open (self, tpo_video_row_get_item (row)));
  }
  if (gtk_bitset_get_size (selected) > 1 ||
      !tpo_video_query_find (self->query, tpo_document_get_video_id (self->document),
                             &position))
    return;
  gtk_selection_model_select_item (self->selection, position, TRUE);
  gtk_widget_activate_action (self->list, "list.scroll-to-item", "u", position);
}

/* ---- search -------------------------------------------------------------------------------------- */

static gboolean
show_rows (gpointer user_data)
{
  TpoVideosPage *self = user_data;

  self->show_id = 0;
  gtk_list_view_set_model (GTK_LIST_VIEW (self->list), self->selection);
  return G_SOURCE_REMOVE;
}

static void
renew_rows (TpoVideosPage *self)
{
  if (tpo_compat_drop_rows (GTK_LIST_VIEW (self->list)) && self->show_id == 0)
    self->show_id = g_idle_add (show_rows, self);
}

static void
on_search_changed (TpoVideosPage *self)
{
  renew_rows (self);
  tpo_video_query_set_text (self->query, gtk_editable_get_text (GTK_EDITABLE (self->search)));
}

static void
on_search_stopped (TpoVideosPage *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  gtk_widget_child_focus (self->list, GTK_DIR_TAB_FORWARD);
}

static void
on_show_changed (TpoVideosPage *self)
{
  guint show = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->show));

  if (self->query == NULL || show >= TPO_VIDEO_SHOW_COUNT)
    return;
  renew_rows (self);
  tpo_video_query_set_show (self->query, (TpoVideoShow) show);
}

/* "12 videos: 3 unlabelled, 9 reviewed" */
static char *
dup_counts (TpoVideosPage *self)
{
  const char *const formats[TPO_VIDEO_STATUS_COUNT] = {
    [TPO_VIDEO_UNLABELLED] = _ ("%u unlabelled"),
    [TPO_VIDEO_PREDICTED] = _ ("%u predicted"),
    [TPO_VIDEO_IN_WORK] = _ ("%u in work"),
    [TPO_VIDEO_REVIEWED] = _ ("%u reviewed"),
  };
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->videos));
  g_autoptr (GString) parts = g_string_new (NULL);

  for (guint i = 0; i < TPO_VIDEO_STATUS_COUNT; i++) {
    g_autofree char *part =
        g_strdup_printf (formats[i], tpo_video_list_count (self->videos, (TpoVideoStatus) i));

    if (tpo_video_list_count (self->videos, (TpoVideoStatus) i) > 0)
      g_string_append_printf (parts, "%s%s", parts->len > 0 ? _ (", ") : "", part);
  }
  /* Translators: how many videos a project has, and then how many of each kind, "3 unlabelled, 9 reviewed" */
  return g_strdup_printf (ngettext ("%u video: %s", "%u videos: %s", n), n, parts->str);
}

static void
update_counts (TpoVideosPage *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->videos));
  guint n_shown = g_list_model_get_n_items (G_LIST_MODEL (self->query));
  g_autofree char *text =
      n_shown < n
          /* Translators: how many videos fit the search, and how many there are */
          ? g_strdup_printf (ngettext ("%u of %u video", "%u of %u videos", n), n_shown, n)
          : dup_counts (self);

  gtk_label_set_text (GTK_LABEL (self->counts), text);
  gtk_stack_set_visible_child_name (GTK_STACK (self->results), n_shown > 0 ? "some" : "none");
  gtk_stack_set_visible_child_name (
      GTK_STACK (self->stack),
      n > 0 || !tpo_video_list_is_loaded (self->videos) ? "list" : "empty");
}

static void
on_listed (TpoVideosPage *self)
{
  update_counts (self);
  tpo_videos_page_update_actions (self);
  tpo_videos_page_update_steps (self);
  tpo_videos_page_offer_gone (self);
}

/* ---- context menu -------------------------------------------------------------------------------- */

static void
pop_up (TpoVideosPage *self, double x, double y)
{
  GdkRectangle at = { (int) x, (int) y, 1, 1 };

  tpo_videos_page_update_actions (self);
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), &at);
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

/* The row at a place of the list; around it is the list's own item. */
static TpoVideoRow *
pick_row (TpoVideosPage *self, double x, double y)
{
  GtkWidget *picked = gtk_widget_pick (self->list, x, y, GTK_PICK_DEFAULT);

  if (picked == NULL || picked == self->list)
    return NULL;
  return get_row (TPO_IS_VIDEO_ROW (picked) ? gtk_widget_get_parent (picked) : picked);
}

/* A press on a video outside the selection is about that one. */
static void
on_menu_pressed (TpoVideosPage *self, double x, double y)
{
  TpoVideoRow *row = pick_row (self, x, y);
  graphene_point_t point;
  guint position;

  if (row == NULL ||
      !tpo_video_query_find (self->query, tpo_video_item_get_id (tpo_video_row_get_item (row)),
                             &position))
    return;
  gtk_widget_grab_focus (gtk_widget_get_parent (GTK_WIDGET (row)));
  if (!gtk_selection_model_is_selected (self->selection, position))
    gtk_selection_model_select_item (self->selection, position, TRUE);
  if (gtk_widget_compute_point (self->list, GTK_WIDGET (self),
                                &GRAPHENE_POINT_INIT ((float) x, (float) y), &point))
    pop_up (self, (double) point.x, (double) point.y);
}

static void
on_right_click (TpoVideosPage *self, int n_presses, double x, double y)
{
  on_menu_pressed (self, x, y);
}

/* The menu has the place to itself. */
static gboolean
on_query_tooltip (TpoVideosPage *self, int x, int y, gboolean is_keyboard, GtkTooltip *tooltip)
{
  TpoVideoRow *row =
      is_keyboard || gtk_widget_get_visible (self->menu) ? NULL : pick_row (self, x, y);
  g_autofree char *text = row != NULL ? tpo_video_row_dup_tooltip (row) : NULL;

  gtk_tooltip_set_text (tooltip, text);
  return row != NULL;
}

static gboolean
on_menu_key (GtkWidget *list, GVariant *arguments, gpointer user_data)
{
  TpoVideosPage *self = user_data;
  GtkWidget *focus = gtk_widget_get_focus_child (list);
  graphene_rect_t bounds;

  if (focus == NULL || !gtk_widget_compute_bounds (focus, GTK_WIDGET (self), &bounds))
    return FALSE;
  pop_up (self, (double) (bounds.origin.x + bounds.size.width / 2.0f),
          (double) (bounds.origin.y + bounds.size.height / 2.0f));
  return TRUE;
}

static void
add_list_controllers (TpoVideosPage *self)
{
  GtkGesture *click = gtk_gesture_click_new (), *press = gtk_gesture_long_press_new ();
  GtkEventController *keys = gtk_shortcut_controller_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (on_right_click), self);
  gtk_widget_add_controller (self->list, GTK_EVENT_CONTROLLER (click));
  gtk_gesture_single_set_touch_only (GTK_GESTURE_SINGLE (press), TRUE);
  g_signal_connect_swapped (press, "pressed", G_CALLBACK (on_menu_pressed), self);
  gtk_widget_add_controller (self->list, GTK_EVENT_CONTROLLER (press));
  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (keys),
      gtk_shortcut_new (gtk_shortcut_trigger_parse_string ("Menu|<Shift>F10"),
                        gtk_callback_action_new (on_menu_key, self, NULL)));
  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (keys),
      gtk_shortcut_new (gtk_shortcut_trigger_parse_string ("Delete|KP_Delete"),
                        gtk_named_action_new ("videos.remove")));
  gtk_widget_add_controller (self->list, keys);
}

static void
tpo_videos_page_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  TpoVideosPage *self = TPO_VIDEOS_PAGE (widget);

  GTK_WIDGET_CLASS (tpo_videos_page_parent_class)
      ->size_allocate (widget, width, height, baseline);
  gtk_popover_present (GTK_POPOVER (self->menu));
}

/* ---- object -------------------------------------------------------------------------------------- */

static void
tpo_videos_page_dispose (GObject *object)
{
  TpoVideosPage *self = TPO_VIDEOS_PAGE (object);

  g_clear_handle_id (&self->show_id, g_source_remove);
  if (self->import != NULL)
    tpo_video_import_cancel (self->import);
  if (self->list != NULL)
    gtk_list_view_set_model (GTK_LIST_VIEW (self->list), NULL);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  g_clear_pointer (&self->gone_uri, g_free);
  g_clear_object (&self->actions);
  g_clear_object (&self->import);
  g_clear_object (&self->thumbnails);
  g_clear_object (&self->selection);
  g_clear_object (&self->query);
  g_clear_object (&self->videos);
  g_clear_object (&self->document);
  G_OBJECT_CLASS (tpo_videos_page_parent_class)->dispose (object);
}

static void
tpo_videos_page_class_init (TpoVideosPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_videos_page_dispose;
  widget_class->size_allocate = tpo_videos_page_size_allocate;
  signals[OPEN_VIDEO] = g_signal_new ("open-video", TPO_TYPE_VIDEOS_PAGE, G_SIGNAL_RUN_LAST, 0,
                                      NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  g_signal_new ("steps-changed", TPO_TYPE_VIDEOS_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 0);
  signals[NOTICE] = g_signal_new ("notice", TPO_TYPE_VIDEOS_PAGE, G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_BOOLEAN);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               TPO_RESOURCES "/videos/tpo-videos-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TpoVideosPage, stack);
  gtk_widget_class_bind_template_child (widget_class, TpoVideosPage, results);
  gtk_widget_class_bind_template_child (widget_class, TpoVideosPage, search);
  gtk_widget_class_bind_template_child (widget_class, TpoVideosPage, show);
  gtk_widget_class_bind_template_child (widget_class, TpoVideosPage, list);
  gtk_widget_class_bind_template_child (widget_class, TpoVideosPage, counts);
  gtk_widget_class_bind_template_child (widget_class, TpoVideosPage, import_bar);
  gtk_widget_class_bind_template_child (widget_class, TpoVideosPage, import_text);
  gtk_widget_class_bind_template_child (widget_class, TpoVideosPage, import_progress);
  gtk_widget_class_bind_template_child_full (widget_class, "video_menu", FALSE, 0);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_search_stopped);
  gtk_widget_class_bind_template_callback (widget_class, on_show_changed);
}

static void
tpo_videos_page_init (TpoVideosPage *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  tpo_compat_name_with_button (self->show, _ ("Status"));
  g_signal_connect_swapped (factory, "setup", G_CALLBACK (on_setup), self);
  g_signal_connect_swapped (factory, "bind", G_CALLBACK (on_bind), self);
  g_signal_connect_swapped (factory, "unbind", G_CALLBACK (on_unbind), self);
  gtk_list_view_set_factory (GTK_LIST_VIEW (self->list), factory);
  /* Whoever types in the list searches it. */
  gtk_search_entry_set_key_capture_widget (GTK_SEARCH_ENTRY (self->search), self->list);
  self->menu = gtk_popover_menu_new_from_model (G_MENU_MODEL (
      gtk_widget_get_template_child (GTK_WIDGET (self), TPO_TYPE_VIDEOS_PAGE, "video_menu")));
  gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
  gtk_widget_set_halign (self->menu, GTK_ALIGN_START);
  gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
  /* What had the focus before, which would else go to the window's first button. */
  g_signal_connect_swapped (self->menu, "closed", G_CALLBACK (gtk_widget_grab_focus),
                            self->list);
  gtk_widget_set_has_tooltip (self->list, TRUE);
  g_signal_connect_swapped (self->list, "query-tooltip", G_CALLBACK (on_query_tooltip), self);
  add_list_controllers (self);
}

GtkWidget *
tpo_videos_page_new (TpoDocument *document, GSettings *settings)
{
  TpoVideosPage *self;

  g_return_val_if_fail (TPO_IS_DOCUMENT (document) && G_IS_SETTINGS (settings), NULL);

  self = g_object_new (TPO_TYPE_VIDEOS_PAGE, NULL);
  self->document = g_object_ref (document);
  self->videos = tpo_video_list_new (document);
  self->query = tpo_video_query_new (self->videos);
  self->selection = GTK_SELECTION_MODEL (tpo_video_selection_new (G_LIST_MODEL (self->query)));
  self->thumbnails = tpo_thumbnails_new (document);
  g_signal_connect_object (self->thumbnails, "ready", G_CALLBACK (on_thumbnail_ready), self,
                           G_CONNECT_SWAPPED);
  tpo_videos_page_add_import (self);
  tpo_videos_page_add_actions (self);
  tpo_settings_remember (settings, "video-sort", G_ACTION_GROUP (self->actions), "sort");
  g_settings_bind (settings, "video-show", self->show, "selected",
                   G_SETTINGS_BIND_DEFAULT | G_SETTINGS_BIND_GET_NO_CHANGES);
  gtk_list_view_set_model (GTK_LIST_VIEW (self->list), self->selection);
  g_signal_connect_object (self->videos, "loaded", G_CALLBACK (on_listed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->videos, "problem", G_CALLBACK (on_problem), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->query, "items-changed", G_CALLBACK (on_listed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->selection, "selection-changed",
                           G_CALLBACK (tpo_videos_page_update_actions), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "notify::video", G_CALLBACK (on_video_changed), self,
                           G_CONNECT_SWAPPED);
  on_listed (self);
  return GTK_WIDGET (self);
}

/* ---- what others ask ----------------------------------------------------------------------------- */

GPtrArray *
tpo_videos_page_get_items (TpoVideosPage *self)
{
  g_autoptr (GtkBitset) selected = gtk_selection_model_get_selection (self->selection);
  GPtrArray *items = g_ptr_array_new_with_free_func (g_object_unref);
  GtkBitsetIter iter;
  guint position;

  for (gboolean more = gtk_bitset_iter_init_first (&iter, selected, &position); more;
       more = gtk_bitset_iter_next (&iter, &position))
    g_ptr_array_add (items, g_list_model_get_item (G_LIST_MODEL (self->selection), position));
  return items;
}

GArray *
tpo_videos_page_get_selected (TpoVideosPage *self)
{
  g_autoptr (GPtrArray) items = NULL;
  GArray *ids;

  g_return_val_if_fail (TPO_IS_VIDEOS_PAGE (self), NULL);

  items = tpo_videos_page_get_items (self);
  ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = 0; i < items->len; i++) {
    gint64 id = tpo_video_item_get_id (g_ptr_array_index (items, i));

    g_array_append_val (ids, id);
  }
  return ids;
}
