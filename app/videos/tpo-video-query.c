#include "config.h"

#include "videos/tpo-video-query.h"

#include <string.h>

struct _TpoVideoQuery {
  GObject parent_instance;

  TpoVideoList *videos;
  char **words; /* nullable: casefolded */
  TpoVideoShow show;
  TpoVideoSort sort;
  GPtrArray *sorted; /* TpoVideoItem of the list, in order; nullable: to be sorted again */
  GPtrArray *items;  /* those of them that fit */
  guint update_id;
};

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TpoVideoQuery, tpo_video_query, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

/* ---- list model ---------------------------------------------------------------------------------- */

static GType
get_item_type (GListModel *model)
{
  return TPO_TYPE_VIDEO_ITEM;
}

static guint
get_n_items (GListModel *model)
{
  return TPO_VIDEO_QUERY (model)->items->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  TpoVideoQuery *self = TPO_VIDEO_QUERY (model);

  return position < self->items->len ? g_object_ref (g_ptr_array_index (self->items, position))
                                     : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

/* ---- order --------------------------------------------------------------------------------------- */

static int
compare (gint64 a, gint64 b)
{
  return a < b ? -1 : a > b;
}

static int
compare_items (gconstpointer a, gconstpointer b, gpointer user_data)
{
  TpoVideoItem *left = *(TpoVideoItem *const *) a, *right = *(TpoVideoItem *const *) b;
  const TpoVideoSummary *first = tpo_video_item_get_summary (left);
  const TpoVideoSummary *second = tpo_video_item_get_summary (right);
  int result = 0;

  switch ((TpoVideoSort) GPOINTER_TO_INT (user_data)) {
  case TPO_VIDEO_SORT_NAME:
    result = strcmp (tpo_video_item_get_sort_key (left), tpo_video_item_get_sort_key (right));
    break;
  case TPO_VIDEO_SORT_OPENED:
    result = compare (second->video.opened_us, first->video.opened_us);
    break;
  case TPO_VIDEO_SORT_STATUS:
    result = compare (first->status, second->status);
    break;
  case TPO_VIDEO_SORT_LABELS:
    result = compare (second->n_annotations, first->n_annotations);
    break;
  case TPO_VIDEO_SORT_ADDED:
  case TPO_VIDEO_SORT_COUNT:
  default:
    break;
  }
  return result != 0 ? result : compare (first->video.id, second->video.id);
}

static void
sort_items (TpoVideoQuery *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->videos));

  g_clear_pointer (&self->sorted, g_ptr_array_unref);
  self->sorted = g_ptr_array_new_full (n, g_object_unref);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (self->sorted, g_list_model_get_item (G_LIST_MODEL (self->videos), i));
  if (self->sort != TPO_VIDEO_SORT_ADDED) /* the order that they come in */
    g_ptr_array_sort_with_data (self->sorted, compare_items, GINT_TO_POINTER (self->sort));
}

/* ---- search -------------------------------------------------------------------------------------- */

static gboolean
is_shown (TpoVideoQuery *self, TpoVideoItem *item)
{
  TpoVideoStatus status = tpo_video_item_get_summary (item)->status;

  switch (self->show) {
  case TPO_VIDEO_SHOW_UNLABELLED:
    return status == TPO_VIDEO_UNLABELLED;
  case TPO_VIDEO_SHOW_PREDICTED:
    return status == TPO_VIDEO_PREDICTED;
  case TPO_VIDEO_SHOW_IN_WORK:
    return status == TPO_VIDEO_IN_WORK;
  case TPO_VIDEO_SHOW_REVIEWED:
    return status == TPO_VIDEO_REVIEWED;
  case TPO_VIDEO_SHOW_MISSING:
    return tpo_video_item_is_missing (item);
  case TPO_VIDEO_SHOW_ALL:
  case TPO_VIDEO_SHOW_COUNT:
  default:
    return TRUE;
  }
}

static gboolean
is_match (TpoVideoQuery *self, TpoVideoItem *item)
{
  const char *key = tpo_video_item_get_search_key (item);

  for (guint i = 0; self->words != NULL && self->words[i] != NULL; i++)
    if (strstr (key, self->words[i]) == NULL)
      return FALSE;
  return is_shown (self, item);
}

static gboolean
is_same_at (GPtrArray *a, guint i, GPtrArray *b, guint j)
{
  return g_ptr_array_index (a, i) == g_ptr_array_index (b, j);
}

/* Tells of the stretch between what is the same at both ends. */
static void
replace_items (TpoVideoQuery *self, GPtrArray *items)
{
  g_autoptr (GPtrArray) before = self->items;
  guint start = 0, end = 0, shorter = MIN (before->len, items->len);

  while (start < shorter && is_same_at (before, start, items, start))
    start++;
  while (end < shorter - start &&
         is_same_at (before, before->len - 1 - end, items, items->len - 1 - end))
    end++;
  self->items = items;
  if (before->len - start - end > 0 || items->len - start - end > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), start, before->len - start - end,
                                items->len - start - end);
}

static void
update (TpoVideoQuery *self)
{
  GPtrArray *items;

  g_clear_handle_id (&self->update_id, g_source_remove);
  if (self->sorted == NULL)
    sort_items (self);
  items = g_ptr_array_new_full (self->sorted->len, g_object_unref);
  for (guint i = 0; i < self->sorted->len; i++)
    if (is_match (self, g_ptr_array_index (self->sorted, i)))
      g_ptr_array_add (items, g_object_ref (g_ptr_array_index (self->sorted, i)));
  replace_items (self, items);
}

static gboolean
on_update (gpointer user_data)
{
  TpoVideoQuery *self = user_data;

  self->update_id = 0;
  update (self);
  return G_SOURCE_REMOVE;
}

/* Many changes come together: one look is enough for all of them. */
static void
on_videos_changed (TpoVideoQuery *self)
{
  g_clear_pointer (&self->sorted, g_ptr_array_unref);
  if (self->update_id == 0)
    self->update_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_update, self, NULL);
}

/* ---- object -------------------------------------------------------------------------------------- */

static void
tpo_video_query_dispose (GObject *object)
{
  TpoVideoQuery *self = TPO_VIDEO_QUERY (object);

  g_clear_handle_id (&self->update_id, g_source_remove);
  g_clear_object (&self->videos);
  G_OBJECT_CLASS (tpo_video_query_parent_class)->dispose (object);
}

static void
tpo_video_query_finalize (GObject *object)
{
  TpoVideoQuery *self = TPO_VIDEO_QUERY (object);

  g_strfreev (self->words);
  g_clear_pointer (&self->sorted, g_ptr_array_unref);
  g_ptr_array_unref (self->items);
  G_OBJECT_CLASS (tpo_video_query_parent_class)->finalize (object);
}

static void
tpo_video_query_class_init (TpoVideoQueryClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tpo_video_query_dispose;
  G_OBJECT_CLASS (klass)->finalize = tpo_video_query_finalize;
}

static void
tpo_video_query_init (TpoVideoQuery *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
}

TpoVideoQuery *
tpo_video_query_new (TpoVideoList *videos)
{
  TpoVideoQuery *self;

  g_return_val_if_fail (TPO_IS_VIDEO_LIST (videos), NULL);

  self = g_object_new (TPO_TYPE_VIDEO_QUERY, NULL);
  self->videos = g_object_ref (videos);
  g_signal_connect_object (videos, "items-changed", G_CALLBACK (on_videos_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (videos, "updated", G_CALLBACK (on_videos_changed), self,
                           G_CONNECT_SWAPPED);
  update (self);
  return self;
}

void
tpo_video_query_set_text (TpoVideoQuery *self, const char *text)
{
  g_autofree char *folded = NULL;
  g_autofree char *stripped = NULL;

  g_return_if_fail (TPO_IS_VIDEO_QUERY (self));

  folded = g_utf8_casefold (text != NULL ? text : "", -1);
  stripped = g_strstrip (g_strdup (folded));
  g_strfreev (self->words);
  /* An empty word, from two spaces in a row, is in every name. */
  self->words = *stripped != '\0' ? g_strsplit (stripped, " ", -1) : NULL;
  update (self);
}

void
tpo_video_query_set_show (TpoVideoQuery *self, TpoVideoShow show)
{
  g_return_if_fail (TPO_IS_VIDEO_QUERY (self) && show < TPO_VIDEO_SHOW_COUNT);

  self->show = show;
  update (self);
}

void
tpo_video_query_set_sort (TpoVideoQuery *self, TpoVideoSort sort)
{
  g_return_if_fail (TPO_IS_VIDEO_QUERY (self) && sort < TPO_VIDEO_SORT_COUNT);

  self->sort = sort;
  g_clear_pointer (&self->sorted, g_ptr_array_unref);
  update (self);
}

gboolean
tpo_video_query_find (TpoVideoQuery *self, gint64 video_id, guint *position)
{
  g_return_val_if_fail (TPO_IS_VIDEO_QUERY (self) && position != NULL, FALSE);

  for (guint i = 0; i < self->items->len; i++)
    if (tpo_video_item_get_id (g_ptr_array_index (self->items, i)) == video_id) {
      *position = i;
      return TRUE;
    }
  return FALSE;
}
