#include "config.h"

#include "videos/tpo-video-item.h"

#include <gio/gio.h>

struct _TpoVideoItem {
  GObject parent_instance;

  TpoVideoSummary *summary;
  char *name, *sort_key, *search_key;
  gboolean is_missing;
};

G_DEFINE_FINAL_TYPE (TpoVideoItem, tpo_video_item, G_TYPE_OBJECT)

enum {
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
forget (TpoVideoItem *self)
{
  g_clear_pointer (&self->summary, tpo_video_summary_free);
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->sort_key, g_free);
  g_clear_pointer (&self->search_key, g_free);
}

static void
tpo_video_item_finalize (GObject *object)
{
  forget (TPO_VIDEO_ITEM (object));
  G_OBJECT_CLASS (tpo_video_item_parent_class)->finalize (object);
}

static void
tpo_video_item_class_init (TpoVideoItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tpo_video_item_finalize;
  signals[CHANGED] = g_signal_new ("changed", TPO_TYPE_VIDEO_ITEM, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
tpo_video_item_init (TpoVideoItem *self)
{
}

/* What an address is called where people read it; of a file its path. */
static char *
dup_shown (GFile *file)
{
  return g_file_get_parse_name (file);
}

static void
take (TpoVideoItem *self, TpoVideoSummary *summary)
{
  g_autoptr (GFile) file = g_file_new_for_uri (summary->video.uri);
  g_autofree char *base = g_file_get_basename (file);
  g_autofree char *shown = dup_shown (file);

  self->summary = summary;
  self->name = base != NULL ? g_filename_display_name (base) : g_strdup (summary->video.uri);
  self->sort_key = g_utf8_collate_key_for_filename (self->name, -1);
  self->search_key = g_utf8_casefold (shown, -1);
}

TpoVideoItem *
tpo_video_item_new (TpoVideoSummary *summary)
{
  TpoVideoItem *self;

  g_return_val_if_fail (summary != NULL && summary->video.uri != NULL, NULL);

  self = g_object_new (TPO_TYPE_VIDEO_ITEM, NULL);
  take (self, summary);
  return self;
}

static gboolean
is_same (const TpoVideoSummary *a, const TpoVideoSummary *b)
{
  return a->status == b->status && a->n_annotations == b->n_annotations &&
         a->n_predicted == b->n_predicted && a->n_conversations == b->n_conversations &&
         a->video.opened_us == b->video.opened_us &&
         a->video.modified_us == b->video.modified_us &&
         a->video.duration_us == b->video.duration_us &&
         g_str_equal (a->video.uri, b->video.uri);
}

gboolean
tpo_video_item_update (TpoVideoItem *self, TpoVideoSummary *summary)
{
  g_return_val_if_fail (TPO_IS_VIDEO_ITEM (self) && summary != NULL, FALSE);

  if (is_same (self->summary, summary)) {
    tpo_video_summary_free (summary);
    return FALSE;
  }
  if (!g_str_equal (self->summary->video.uri, summary->video.uri))
    self->is_missing = FALSE; /* until somebody looks */
  forget (self);
  take (self, summary);
  g_signal_emit (self, signals[CHANGED], 0);
  return TRUE;
}

const TpoVideoSummary *
tpo_video_item_get_summary (TpoVideoItem *self)
{
  g_return_val_if_fail (TPO_IS_VIDEO_ITEM (self), NULL);

  return self->summary;
}

gint64
tpo_video_item_get_id (TpoVideoItem *self)
{
  g_return_val_if_fail (TPO_IS_VIDEO_ITEM (self), 0);

  return self->summary->video.id;
}

const char *
tpo_video_item_get_name (TpoVideoItem *self)
{
  g_return_val_if_fail (TPO_IS_VIDEO_ITEM (self), NULL);

  return self->name;
}

const char *
tpo_video_item_get_sort_key (TpoVideoItem *self)
{
  g_return_val_if_fail (TPO_IS_VIDEO_ITEM (self), NULL);

  return self->sort_key;
}

const char *
tpo_video_item_get_search_key (TpoVideoItem *self)
{
  g_return_val_if_fail (TPO_IS_VIDEO_ITEM (self), NULL);

  return self->search_key;
}

gboolean
tpo_video_item_is_missing (TpoVideoItem *self)
{
  g_return_val_if_fail (TPO_IS_VIDEO_ITEM (self), FALSE);

  return self->is_missing;
}

gboolean
tpo_video_item_set_missing (TpoVideoItem *self, gboolean is_missing)
{
  g_return_val_if_fail (TPO_IS_VIDEO_ITEM (self), FALSE);

  if (self->is_missing == is_missing)
    return FALSE;
  self->is_missing = is_missing;
  g_signal_emit (self, signals[CHANGED], 0);
  return TRUE;
}

char *
tpo_video_item_dup_folder (TpoVideoItem *self)
{
  g_autoptr (GFile) file = NULL;
  g_autoptr (GFile) folder = NULL;

  g_return_val_if_fail (TPO_IS_VIDEO_ITEM (self), NULL);

  file = g_file_new_for_uri (self->summary->video.uri);
  folder = g_file_get_parent (file);
  return dup_shown (folder != NULL ? folder : file);
}
