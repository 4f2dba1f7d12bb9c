#include "config.h"

#include "videos/tpo-videos-page.h"

#include "videos/tpo-video-list.h"
#include "videos/tpo-video-row.h"

struct _TpoVideosPage {
  AdwBin parent_instance;

  TpoDocument *document;
  TpoVideoList *videos;
  GtkSelectionModel *selection;
  GtkWidget *stack, *list;
};

G_DEFINE_FINAL_TYPE (TpoVideosPage, tpo_videos_page, ADW_TYPE_BIN)

enum {
  OPEN_VIDEO,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
on_setup (TpoVideosPage *self, GtkListItem *list_item)
{
  gtk_list_item_set_child (list_item, tpo_video_row_new ());
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

  g_signal_emit (self, signals[OPEN_VIDEO], 0, tpo_video_item_get_summary (item)->video.uri);
}

/* The list's items are few, and each has a row. */
static void
on_video_changed (TpoVideosPage *self)
{
  for (GtkWidget *child = gtk_widget_get_first_child (self->list); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *row = gtk_widget_get_first_child (child);
    TpoVideoItem *item = row != NULL ? tpo_video_row_get_item (TPO_VIDEO_ROW (row)) : NULL;

    if (item != NULL)
      tpo_video_row_set_open (TPO_VIDEO_ROW (row), is_open (self, item));
  }
}

static void
on_loaded (TpoVideosPage *self)
{
  gtk_stack_set_visible_child_name (
      GTK_STACK (self->stack),
      g_list_model_get_n_items (G_LIST_MODEL (self->videos)) > 0 ? "list" : "empty");
}

/* ---- object -------------------------------------------------------------------------------------- */

static void
tpo_videos_page_dispose (GObject *object)
{
  TpoVideosPage *self = TPO_VIDEOS_PAGE (object);

  gtk_list_view_set_model (GTK_LIST_VIEW (self->list), NULL);
  g_clear_object (&self->selection);
  g_clear_object (&self->videos);
  g_clear_object (&self->document);
  G_OBJECT_CLASS (tpo_videos_page_parent_class)->dispose (object);
}

static void
tpo_videos_page_class_init (TpoVideosPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_videos_page_dispose;
  signals[OPEN_VIDEO] = g_signal_new ("open-video", TPO_TYPE_VIDEOS_PAGE, G_SIGNAL_RUN_LAST, 0,
                                      NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               TPO_RESOURCES "/videos/tpo-videos-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TpoVideosPage, stack);
  gtk_widget_class_bind_template_child (widget_class, TpoVideosPage, list);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
}

static void
tpo_videos_page_init (TpoVideosPage *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_swapped (factory, "setup", G_CALLBACK (on_setup), self);
  g_signal_connect_swapped (factory, "bind", G_CALLBACK (on_bind), self);
  g_signal_connect_swapped (factory, "unbind", G_CALLBACK (on_unbind), self);
  gtk_list_view_set_factory (GTK_LIST_VIEW (self->list), factory);
}

GtkWidget *
tpo_videos_page_new (TpoDocument *document)
{
  TpoVideosPage *self;

  g_return_val_if_fail (TPO_IS_DOCUMENT (document), NULL);

  self = g_object_new (TPO_TYPE_VIDEOS_PAGE, NULL);
  self->document = g_object_ref (document);
  self->videos = tpo_video_list_new (document);
  self->selection = GTK_SELECTION_MODEL (
      gtk_multi_selection_new (g_object_ref (G_LIST_MODEL (self->videos))));
  gtk_list_view_set_model (GTK_LIST_VIEW (self->list), self->selection);
  g_signal_connect_object (self->videos, "loaded", G_CALLBACK (on_loaded), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "notify::video", G_CALLBACK (on_video_changed), self,
                           G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}

GArray *
tpo_videos_page_get_selected (TpoVideosPage *self)
{
  g_autoptr (GtkBitset) selected = NULL;
  GArray *ids;
  guint64 n;

  g_return_val_if_fail (TPO_IS_VIDEOS_PAGE (self), NULL);

  ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  selected = gtk_selection_model_get_selection (self->selection);
  n = gtk_bitset_get_size (selected);
  for (guint64 i = 0; i < n; i++) {
    g_autoptr (TpoVideoItem) item = g_list_model_get_item (
        G_LIST_MODEL (self->selection), gtk_bitset_get_nth (selected, (guint) i));
    gint64 id = tpo_video_item_get_id (item);

    g_array_append_val (ids, id);
  }
  return ids;
}
