#include "config.h"

#include "videos/tpo-video-list.h"

#include "document/free-in-thread.h"
#include "videos/video-files.h"
#include "videos/video-reading.h"

/* Changes that follow each other closely are read together, */
static const guint READ_AFTER_MS = 200;
static const guint RETRY_AFTER_MS = 10000; /* a project that could not be read */

/* and while they go on for long, the thread rests so much longer than it reads. */
static const guint REST_FACTOR = 4;

/* Where more annotations than these changed, all videos are read. */
static const guint MAX_SINGLE = 1000;

struct _TpoVideoList {
  GObject parent_instance;

  TpoDocument *document;
  GPtrArray *items; /* TpoVideoItem, by id */
  guint counts[TPO_VIDEO_STATUS_COUNT];
  TpoVideoReading *wanted; /* nullable: for the next time */
  GCancellable *checking;  /* nullable: a thread looks for the files */
  gboolean is_loaded, is_reading, has_failed;
  gint64 began_us;     /* to read */
  guint read_after_ms; /* a change */
  guint read_id;
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

/* The items [from, to) of those that were read are new and belong at one position. */
static void
insert_range (TpoVideoList *self, guint position, GPtrArray *read, guint from, guint to)
{
  g_autoptr (GPtrArray) items = NULL;

  if (from == to)
    return;
  items = g_ptr_array_new_full (self->items->len + to - from, g_object_unref);
  for (guint i = 0; i < position; i++)
    g_ptr_array_add (items, g_object_ref (g_ptr_array_index (self->items, i)));
  for (guint i = from; i < to; i++)
    g_ptr_array_add (items, g_steal_pointer (&g_ptr_array_index (read, i)));
  for (guint i = position; i < self->items->len; i++)
    g_ptr_array_add (items, g_object_ref (g_ptr_array_index (self->items, i)));
  g_ptr_array_unref (self->items);
  self->items = g_steal_pointer (&items);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 0, to - from);
}

static void
update_item (TpoVideoList *self, guint position, TpoVideoItem *newer)
{
  TpoVideoItem *item = g_ptr_array_index (self->items, position);

  if (tpo_video_item_update (item, newer))
    g_signal_emit (self, signals[UPDATED], 0, item);
}

/* Both are in the order of the ids. */
static void
merge (TpoVideoList *self, GPtrArray *read)
{
  guint at = 0;

  for (guint i = 0; i < read->len;) {
    gint64 id = tpo_video_item_get_id (g_ptr_array_index (read, i));
    guint found = at, next = i;

    while (found < self->items->len && id_at (self, found) < id)
      found++;
    remove_range (self, at, found - at);
    if (at < self->items->len && id_at (self, at) == id) {
      update_item (self, at++, g_ptr_array_index (read, i++));
      continue;
    }
    while (next < read->len &&
           (at == self->items->len ||
            tpo_video_item_get_id (g_ptr_array_index (read, next)) < id_at (self, at)))
      next++;
    insert_range (self, at, read, i, next);
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

/* Of the videos that were read, the @i-th, which may be new, changed or gone. */
static void
merge_one (TpoVideoList *self, gint64 video_id, GPtrArray *read, guint i)
{
  TpoVideoItem *item = g_ptr_array_index (read, i);
  guint position = lower_bound (self, video_id);
  gboolean is_known = position < self->items->len && id_at (self, position) == video_id;

  if (is_known && item != NULL)
    update_item (self, position, item);
  else if (is_known)
    remove_range (self, position, 1);
  else if (item != NULL)
    insert_range (self, position, read, i, i + 1);
}

/* ---- reading ------------------------------------------------------------------------------------- */

static void
merge_some (TpoVideoList *self, TpoVideoReading *reading)
{
  GHashTableIter iter;
  gpointer id;
  guint i = 0;

  g_hash_table_iter_init (&iter, reading->video_ids); /* in the order of the items */
  while (g_hash_table_iter_next (&iter, &id, NULL))
    merge_one (self, *(gint64 *) id, reading->items, i++);
}

static void schedule (TpoVideoList *self);
static TpoVideoReading *want (TpoVideoList *self);

/* What was to be read is still missing: all is read again later. One word about it is enough. */
static void
on_failed (TpoVideoList *self, const GError *error)
{
  if (!self->has_failed)
    g_signal_emit (self, signals[PROBLEM], 0, error->message);
  self->has_failed = TRUE;
  self->read_after_ms = MAX (self->read_after_ms, RETRY_AFTER_MS);
  want (self)->is_whole = TRUE;
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TpoVideoList *self = TPO_VIDEO_LIST (source);
  TpoVideoReading *reading = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  gboolean ok = g_task_propagate_boolean (G_TASK (result), &error);

  self->is_reading = FALSE;
  self->read_after_ms = MAX (
      READ_AFTER_MS, REST_FACTOR * (guint) ((g_get_monotonic_time () - self->began_us) / 1000));
  if (self->document == NULL)
    return;
  if (!ok) {
    on_failed (self, error);
    return;
  }
  self->has_failed = FALSE;
  if (reading->is_whole)
    merge (self, reading->items);
  else
    merge_some (self, reading);
  tpo_free_in_thread (g_steal_pointer (&reading->items), (GDestroyNotify) g_ptr_array_unref);
  count_items (self);
  self->is_loaded = TRUE;
  if (reading->is_whole)
    tpo_video_list_check_files (self);
  g_signal_emit (self, signals[LOADED], 0);
  if (self->wanted != NULL)
    schedule (self);
}

static gboolean
read_wanted (gpointer user_data)
{
  TpoVideoList *self = user_data;
  TpoStore *store = tpo_document_get_store (self->document);
  TpoVideoReading *reading = g_steal_pointer (&self->wanted);
  g_autoptr (GTask) task = g_task_new (self, NULL, on_read, NULL);

  self->read_id = 0;
  self->is_reading = TRUE;
  self->began_us = g_get_monotonic_time ();
  tpo_video_reading_run (reading, store, task);
  return G_SOURCE_REMOVE;
}

static void
schedule (TpoVideoList *self)
{
  if (!self->is_reading && self->read_id == 0)
    self->read_id = g_timeout_add (self->read_after_ms, read_wanted, self);
}

static TpoVideoReading *
want (TpoVideoList *self)
{
  if (self->wanted == NULL)
    self->wanted = tpo_video_reading_new ();
  schedule (self);
  return self->wanted;
}

void
tpo_video_list_reload (TpoVideoList *self)
{
  g_return_if_fail (TPO_IS_VIDEO_LIST (self));

  want (self)->is_whole = TRUE;
}

static void
on_project_changed (TpoVideoList *self, const TpoStoreChange *change)
{
  TpoVideoReading *wanted = want (self);

  if (change->has_videos || wanted->annotation_ids->len + change->n_annotation_ids > MAX_SINGLE)
    wanted->is_whole = TRUE;
  else
    g_array_append_vals (wanted->annotation_ids, change->annotation_ids,
                         change->n_annotation_ids);
}

/* Opening marks a video as opened, which is no step that could be undone. */
static void
on_video_opened (TpoVideoList *self)
{
  tpo_video_reading_add_video (want (self), tpo_document_get_video_id (self->document));
}

/* ---- files --------------------------------------------------------------------------------------- */

static void
set_missing (TpoVideoList *self, TpoVideoItem *item, gboolean is_missing)
{
  if (tpo_video_item_set_missing (item, is_missing))
    g_signal_emit (self, signals[UPDATED], 0, item);
}

static void
on_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TpoVideoList *self = TPO_VIDEO_LIST (source);
  GArray *files = g_task_get_task_data (G_TASK (result));

  if (!g_task_propagate_boolean (G_TASK (result), NULL)) /* cancelled: by a later look */
    return;
  for (guint i = 0; i < files->len; i++) {
    const TpoVideoFile *file = &g_array_index (files, TpoVideoFile, i);
    TpoVideoItem *item = tpo_video_list_find (self, file->id);

    if (item != NULL && g_str_equal (tpo_video_item_get_summary (item)->video.uri, file->uri))
      set_missing (self, item, file->is_missing);
  }
}

gboolean
tpo_video_list_look (TpoVideoList *self, TpoVideoItem *item)
{
  g_autoptr (GFile) file = NULL;

  g_return_val_if_fail (TPO_IS_VIDEO_LIST (self) && TPO_IS_VIDEO_ITEM (item), FALSE);

  file = g_file_new_for_uri (tpo_video_item_get_summary (item)->video.uri);
  set_missing (self, item, !g_file_query_exists (file, NULL));
  return tpo_video_item_is_missing (item);
}

void
tpo_video_list_check_files (TpoVideoList *self)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (TPO_IS_VIDEO_LIST (self));

  if (self->checking != NULL)
    g_cancellable_cancel (self->checking);
  g_clear_object (&self->checking);
  self->checking = g_cancellable_new ();
  task = g_task_new (self, self->checking, on_checked, NULL);
  tpo_video_files_look (self->items, task);
}

/* ---- object -------------------------------------------------------------------------------------- */

static void
tpo_video_list_dispose (GObject *object)
{
  TpoVideoList *self = TPO_VIDEO_LIST (object);

  g_clear_handle_id (&self->read_id, g_source_remove);
  if (self->checking != NULL)
    g_cancellable_cancel (self->checking);
  g_clear_object (&self->document);
  G_OBJECT_CLASS (tpo_video_list_parent_class)->dispose (object);
}

static void
tpo_video_list_finalize (GObject *object)
{
  TpoVideoList *self = TPO_VIDEO_LIST (object);

  g_clear_object (&self->checking);
  g_clear_pointer (&self->wanted, tpo_video_reading_free);
  tpo_free_in_thread (self->items, (GDestroyNotify) g_ptr_array_unref);
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
  g_signal_connect_object (document, "project-changed", G_CALLBACK (on_project_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "notify::video", G_CALLBACK (on_video_opened), self,
                           G_CONNECT_SWAPPED);
  tpo_video_list_reload (self);
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

TpoVideoItem *
tpo_video_list_find_uri (TpoVideoList *self, const char *uri)
{
  g_return_val_if_fail (TPO_IS_VIDEO_LIST (self) && uri != NULL, NULL);

  for (guint i = 0; i < self->items->len; i++) {
    TpoVideoItem *item = g_ptr_array_index (self->items, i);

    if (g_str_equal (tpo_video_item_get_summary (item)->video.uri, uri))
      return item;
  }
  return NULL;
}

guint
tpo_video_list_count (TpoVideoList *self, TpoVideoStatus status)
{
  g_return_val_if_fail (TPO_IS_VIDEO_LIST (self) && status < TPO_VIDEO_STATUS_COUNT, 0);

  return self->counts[status];
}
