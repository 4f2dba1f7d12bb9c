#include "config.h"

#include "videos/tpo-video-list.h"

#include "store/tpo-store-videos.h"

/* Changes that follow each other closely are read together. */
static const guint RELOAD_AFTER_MS = 200;

struct _TpoVideoList {
  GObject parent_instance;

  TpoDocument *document;
  GPtrArray *items; /* TpoVideoItem, by id */
  guint counts[TPO_VIDEO_STATUS_COUNT];
  GCancellable *loading; /* nullable: a thread reads the project */
  gboolean is_stale;     /* the project changed since it began to */
  gboolean is_loaded;
  guint reload_id;
};

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TpoVideoList, tpo_video_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

enum {
  UPDATED,
  LOADED,
  PROBLEM,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* ---- list model ---------------------------------------------------------------------------------- */

static GType
get_item_type (GListModel *model)
{
  return TPO_TYPE_VIDEO_ITEM;
}

static guint
get_n_items (GListModel *model)
{
  return TPO_VIDEO_LIST (model)->items->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  TpoVideoList *self = TPO_VIDEO_LIST (model);

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

/* ---- merging ------------------------------------------------------------------------------------- */

static gint64
id_at (TpoVideoList *self, guint position)
{
  return tpo_video_item_get_id (g_ptr_array_index (self->items, position));
}

/* The first position whose id is not less. */
static guint
lower_bound (TpoVideoList *self, gint64 id)
{
  guint low = 0, high = self->items->len;

  while (low < high) {
    guint middle = low + (high - low) / 2;

    if (id_at (self, middle) < id)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static void
remove_range (TpoVideoList *self, guint position, guint n)
{
  if (n == 0)
    return;
  g_ptr_array_remove_range (self->items, position, n);
  g_list_model_items_changed (G_LIST_MODEL (self), position, n, 0);
}

/* The summaries [from, to) are new and belong at one position. */
static void
insert_range (TpoVideoList *self, guint position, GPtrArray *summaries, guint from, guint to)
{
  g_autoptr (GPtrArray) items = NULL;

  if (from == to)
    return;
  items = g_ptr_array_new_full (self->items->len + to - from, g_object_unref);
  for (guint i = 0; i < position; i++)
    g_ptr_array_add (items, g_object_ref (g_ptr_array_index (self->items, i)));
  for (guint i = from; i < to; i++)
    g_ptr_array_add (items,
                     tpo_video_item_new (g_steal_pointer (&g_ptr_array_index (summaries, i))));
  for (guint i = position; i < self->items->len; i++)
    g_ptr_array_add (items, g_object_ref (g_ptr_array_index (self->items, i)));
  g_ptr_array_unref (self->items);
  self->items = g_steal_pointer (&items);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 0, to - from);
}

static void
update_item (TpoVideoList *self, guint position, TpoVideoSummary *summary)
{
  TpoVideoItem *item = g_ptr_array_index (self->items, position);

  if (tpo_video_item_update (item, summary))
    g_signal_emit (self, signals[UPDATED], 0, item);
}

/* Both are in the order of the ids. Takes the summaries. */
static void
merge (TpoVideoList *self, GPtrArray *summaries)
{
  guint at = 0;

  for (guint i = 0; i < summaries->len;) {
    TpoVideoSummary *summary = g_ptr_array_index (summaries, i);
    guint found = at, next = i;

    while (found < self->items->len && id_at (self, found) < summary->video.id)
      found++;
    remove_range (self, at, found - at);
    if (at < self->items->len && id_at (self, at) == summary->video.id) {
      update_item (self, at++, g_steal_pointer (&g_ptr_array_index (summaries, i++)));
      continue;
    }
    while (next < summaries->len &&
           (at == self->items->len ||
            ((TpoVideoSummary *) g_ptr_array_index (summaries, next))->video.id <
                id_at (self, at)))
      next++;
    insert_range (self, at, summaries, i, next);
    at += next - i;
    i = next;
  }
  remove_range (self, at, self->items->len - at);
}

static void
count_items (TpoVideoList *self)
{
  for (guint i = 0; i < TPO_VIDEO_STATUS_COUNT; i++)
    self->counts[i] = 0;
  for (guint i = 0; i < self->items->len; i++)
    self->counts[tpo_video_item_get_summary (g_ptr_array_index (self->items, i))->status]++;
}

/* ---- reading ------------------------------------------------------------------------------------- */

static void
free_summary (gpointer summary)
{
  if (summary != NULL)
    tpo_video_summary_free (summary);
}

static void
list_summaries (GTask *task, TpoStore *store)
{
  GError *error = NULL;
  GPtrArray *summaries = tpo_store_list_summaries (store, &error);

  if (summaries != NULL)
    g_task_return_pointer (task, summaries, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

static void
run_loading (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  g_autoptr (TpoStore) store = tpo_store_open (data, TPO_STORE_READ_ONLY, &error);

  if (store != NULL)
    list_summaries (task, store);
  else
    g_task_return_error (task, error);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TpoVideoList *self = TPO_VIDEO_LIST (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) summaries = g_task_propagate_pointer (G_TASK (result), &error);

  g_clear_object (&self->loading);
  if (self->document == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (summaries == NULL) {
    g_signal_emit (self, signals[PROBLEM], 0, error->message);
    return;
  }
  g_ptr_array_set_free_func (summaries, free_summary);
  merge (self, summaries);
  count_items (self);
  self->is_loaded = TRUE;
  g_signal_emit (self, signals[LOADED], 0);
  if (self->is_stale)
    tpo_video_list_reload (self);
}

static gboolean
load (gpointer user_data)
{
  TpoVideoList *self = user_data;
  TpoStore *store = tpo_document_get_store (self->document);
  g_autoptr (GTask) task = NULL;

  self->reload_id = 0;
  self->is_stale = FALSE;
  self->loading = g_cancellable_new ();
  task = g_task_new (self, self->loading, on_loaded, NULL);
  g_task_set_task_data (task, g_strdup (tpo_store_get_path (store)), g_free);
  /* A project that is kept in memory, where no file can be written, has one connection only. */
  if (g_str_equal (tpo_store_get_path (store), ":memory:"))
    list_summaries (task, store);
  else
    g_task_run_in_thread (task, run_loading);
  return G_SOURCE_REMOVE;
}

void
tpo_video_list_reload (TpoVideoList *self)
{
  g_return_if_fail (TPO_IS_VIDEO_LIST (self));

  self->is_stale = TRUE;
  if (self->loading == NULL && self->reload_id == 0)
    self->reload_id = g_timeout_add (RELOAD_AFTER_MS, load, self);
}

/* ---- object -------------------------------------------------------------------------------------- */

static void
tpo_video_list_dispose (GObject *object)
{
  TpoVideoList *self = TPO_VIDEO_LIST (object);

  g_clear_handle_id (&self->reload_id, g_source_remove);
  if (self->loading != NULL)
    g_cancellable_cancel (self->loading);
  g_clear_object (&self->document);
  G_OBJECT_CLASS (tpo_video_list_parent_class)->dispose (object);
}

static void
tpo_video_list_finalize (GObject *object)
{
  TpoVideoList *self = TPO_VIDEO_LIST (object);

  g_clear_object (&self->loading);
  g_ptr_array_unref (self->items);
  G_OBJECT_CLASS (tpo_video_list_parent_class)->finalize (object);
}

static void
tpo_video_list_class_init (TpoVideoListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tpo_video_list_dispose;
  G_OBJECT_CLASS (klass)->finalize = tpo_video_list_finalize;
  signals[UPDATED] = g_signal_new ("updated", TPO_TYPE_VIDEO_LIST, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 1, TPO_TYPE_VIDEO_ITEM);
  signals[LOADED] = g_signal_new ("loaded", TPO_TYPE_VIDEO_LIST, G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);
  signals[PROBLEM] = g_signal_new ("problem", TPO_TYPE_VIDEO_LIST, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
tpo_video_list_init (TpoVideoList *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
}

TpoVideoList *
tpo_video_list_new (TpoDocument *document)
{
  TpoVideoList *self;

  g_return_val_if_fail (TPO_IS_DOCUMENT (document), NULL);

  self = g_object_new (TPO_TYPE_VIDEO_LIST, NULL);
  self->document = g_object_ref (document);
  g_signal_connect_object (document, "project-changed", G_CALLBACK (tpo_video_list_reload),
                           self, G_CONNECT_SWAPPED);
  /* Opening marks a video as opened, which is no step that could be undone. */
  g_signal_connect_object (document, "notify::video", G_CALLBACK (tpo_video_list_reload), self,
                           G_CONNECT_SWAPPED);
  load (self);
  return self;
}

gboolean
tpo_video_list_is_loaded (TpoVideoList *self)
{
  g_return_val_if_fail (TPO_IS_VIDEO_LIST (self), FALSE);

  return self->is_loaded;
}

TpoVideoItem *
tpo_video_list_find (TpoVideoList *self, gint64 video_id)
{
  guint position;

  g_return_val_if_fail (TPO_IS_VIDEO_LIST (self), NULL);

  position = lower_bound (self, video_id);
  return position < self->items->len && id_at (self, position) == video_id
             ? g_ptr_array_index (self->items, position)
             : NULL;
}

guint
tpo_video_list_count (TpoVideoList *self, TpoVideoStatus status)
{
  g_return_val_if_fail (TPO_IS_VIDEO_LIST (self) && status < TPO_VIDEO_STATUS_COUNT, 0);

  return self->counts[status];
}
