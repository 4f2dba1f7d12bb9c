#include "config.h"

#include "videos/tpo-video-item.h"

#include <gio/gio.h>

/* What the project says, and what follows from it. */
typedef struct {
  TpoVideoSummary *summary;
  char *name, *sort_key, *search_key;
} Facts;

struct _TpoVideoItem {
  GObject parent_instance;

  Facts facts;
  gboolean is_missing;
};

G_DEFINE_FINAL_TYPE (TpoVideoItem, tpo_video_item, G_TYPE_OBJECT)

enum {
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
tpo_video_item_finalize (GObject *object)
{
  Facts *facts = &TPO_VIDEO_ITEM (object)->facts;

  tpo_video_summary_free (facts->summary);
  g_free (facts->name);
  g_free (facts->sort_key);
  g_free (facts->search_key);
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
take (Facts *facts, TpoVideoSummary *summary)
{
  g_autoptr (GFile) file = g_file_new_for_uri (summary->video.uri);
  g_autofree char *base = g_file_get_basename (file);
  g_autofree char *shown = dup_shown (file);

  facts->summary = summary;
  facts->name = base != NULL ? g_filename_display_name (base) : g_strdup (summary->video.uri);
  facts->sort_key = g_utf8_collate_key_for_filename (facts->name, -1);
  facts->search_key = g_utf8_casefold (shown, -1);
}

TpoVideoItem *
tpo_video_item_new (TpoVideoSummary *summary)
{
  TpoVideoItem *self;

  g_return_val_if_fail (summary != NULL && summary->video.uri != NULL, NULL);

  self = g_object_new (TPO_TYPE_VIDEO_ITEM, NULL);
  take (&self->facts, summary);
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
tpo_video_item_update (TpoVideoItem *self, TpoVideoItem *newer)
{
  Facts before;

  g_return_val_if_fail (TPO_IS_VIDEO_ITEM (self) && TPO_IS_VIDEO_ITEM (newer), FALSE);

  before = self->facts;
  if (is_same (before.summary, newer->facts.summary))
    return FALSE;
  if (!g_str_equal (before.summary->video.uri, newer->facts.summary->video.uri))
    self->is_missing = FALSE; /* until somebody looks */
  self->facts = newer->facts;
  newer->facts = before;
  g_signal_emit (self, signals[CHANGED], 0);
  return TRUE;
}

const TpoVideoSummary *
tpo_video_item_get_summary (TpoVideoItem *self)
{
  g_return_val_if_fail (TPO_IS_VIDEO_ITEM (self), NULL);

  return self->facts.summary;
}

gint64
tpo_video_item_get_id (TpoVideoItem *self)
{
  g_return_val_if_fail (TPO_IS_VIDEO_ITEM (self), 0);

  return self->facts.summary->video.id;
}

const char *
tpo_video_item_get_name (TpoVideoItem *self)
{
  g_return_val_if_fail (TPO_IS_VIDEO_ITEM (self), NULL);

  return self->facts.name;
}

const char *
tpo_video_item_get_sort_key (TpoVideoItem *self)
{
  g_return_val_if_fail (TPO_IS_VIDEO_ITEM (self), NULL);

  return self->facts.sort_key;
}

const char *
tpo_video_item_get_search_key (TpoVideoItem *self)
{
  g_return_val_if_fail (TPO_IS_VIDEO_ITEM (self), NULL);

  return self->facts.search_key;
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

  file = g_file_new_for_uri (self->facts.summary->video.uri);
  folder = g_file_get_parent (file);
  return dup_shown (folder != NULL ? folder : file);
}
