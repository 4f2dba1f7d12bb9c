#include "config.h"

#include "reviewer/tpo-review-queue.h"

#include "document/free-in-thread.h"

/* Changes that follow each other closely are read together. */
static const guint RELOAD_AFTER_MS = 200;
/* So many that to read all again is no more work. */
static const guint MANY_CHANGES = 200;

struct _TpoReviewQueue {
  GObject parent_instance;

  TpoDocument *document;
  GPtrArray *all;     /* TpoReviewItem, in order */
  GPtrArray *shown;   /* of them, what the filter lets through */
  GPtrArray *entries; /* TpoReviewEntry of @shown, or NULL while nobody asked */
  GHashTable *ids;    /* annotation id → TpoReviewItem of @all */
  gint64 label_id;    /* of the filter */
  char *question, *model;
  TpoReviewMemory *memory; /* the thread's while it loads */
  GCancellable *loading;   /* nullable */
  gboolean is_stale;       /* the project changed since it began to load */
  GArray *decided;         /* annotation ids: since it began to load */
  guint reload_id;
};

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TpoReviewQueue, tpo_review_queue, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

enum {
  LOADED,
  PROBLEM,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* ---- list model ---------------------------------------------------------------------------------- */

static GType
get_item_type (GListModel *model)
{
  return TPO_TYPE_REVIEW_ENTRY;
}

static guint
get_n_items (GListModel *model)
{
  return TPO_REVIEW_QUEUE (model)->shown->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  TpoReviewQueue *self = TPO_REVIEW_QUEUE (model);
  TpoReviewEntry *entry;

  if (position >= self->shown->len)
    return NULL;
  entry = g_ptr_array_index (self->entries, position);
  if (entry == NULL) {
    entry = tpo_review_entry_new (g_ptr_array_index (self->shown, position));
    g_ptr_array_index (self->entries, position) = entry;
  }
  return g_object_ref (entry);
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

/* ---- what is shown -------------------------------------------------------------------------------- */

static void
free_entry (gpointer entry)
{
  if (entry != NULL)
    g_object_unref (entry);
}

static gboolean
is_shown (TpoReviewQueue *self, const TpoReviewItem *item)
{
  const TpoUnreviewedRecord *record = item->record;

  return (self->label_id == 0 || record->label_id == self->label_id) &&
         (self->question == NULL || g_str_equal (self->question, record->question)) &&
         (self->model == NULL || g_str_equal (self->model, record->model));
}

static void
show (TpoReviewQueue *self)
{
  guint n_before = self->shown->len;

  g_ptr_array_set_size (self->shown, 0);
  for (guint i = 0; i < self->all->len; i++)
    if (is_shown (self, g_ptr_array_index (self->all, i)))
      g_ptr_array_add (self->shown, g_ptr_array_index (self->all, i));
  g_ptr_array_set_size (self->entries, 0);
  g_ptr_array_set_size (self->entries, (int) self->shown->len);
  g_list_model_items_changed (G_LIST_MODEL (self), 0, n_before, self->shown->len);
}

/* The first position that does not come before @item. */
static guint
lower_bound (GPtrArray *items, const TpoReviewItem *item)
{
  guint low = 0, high = items->len;

  while (low < high) {
    guint middle = low + (high - low) / 2;

    if (tpo_review_item_compare (g_ptr_array_index (items, middle), item) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static gboolean
find (GPtrArray *items, const TpoReviewItem *item, guint *position)
{
  *position = lower_bound (items, item);
  return *position < items->len && g_ptr_array_index (items, *position) == item;
}

static void
remove_id (TpoReviewQueue *self, gint64 annotation_id)
{
  TpoReviewItem *item = g_hash_table_lookup (self->ids, &annotation_id);
  guint position;

  if (item == NULL)
    return;
  g_hash_table_remove (self->ids, &annotation_id);
  /* Whoever hears of it may ask how many there are in all. */
  if (find (self->all, item, &position))
    g_ptr_array_steal_index (self->all, position);
  if (find (self->shown, item, &position)) {
    g_ptr_array_remove_index (self->shown, position);
    g_ptr_array_remove_index (self->entries, position);
    g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
  }
  tpo_review_item_unref (item);
}

/* ---- reading --------------------------------------------------------------------------------------- */

/* What a thread reads, with all that takes time where there are many. */
typedef struct {
  GPtrArray *items; /* TpoReviewItem */
  GHashTable *ids;
  TpoReviewMemory *memory; /* nullable: to be freed with it */
} Loaded;

static void
loaded_free (Loaded *self)
{
  g_hash_table_unref (self->ids);
  g_ptr_array_unref (self->items);
  g_clear_pointer (&self->memory, tpo_review_memory_free);
  g_free (self);
}

static Loaded *
loaded_new (GPtrArray *items)
{
  Loaded *self = g_new0 (Loaded, 1);

  self->items = items;
  self->ids = g_hash_table_new (g_int64_hash, g_int64_equal);
  for (guint i = 0; i < items->len; i++) {
    TpoReviewItem *item = g_ptr_array_index (items, i);

    g_hash_table_insert (self->ids, &item->record->annotation_id, item);
  }
  return self;
}

static void
run_loading (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  g_autoptr (TpoStore) store = tpo_store_open (data, TPO_STORE_READ_ONLY, &error);
  GPtrArray *items = store != NULL ? tpo_review_list (store, TPO_REVIEW_QUEUE (source)->memory,
                                                      cancellable, &error)
                                   : NULL;

  if (items != NULL)
    g_task_return_pointer (task, loaded_new (items), (GDestroyNotify) loaded_free);
  else
    g_task_return_error (task, error);
}

static void
take (TpoReviewQueue *self, Loaded *loaded)
{
  Loaded before = *loaded;

  *loaded = (Loaded){ .items = self->all, .ids = self->ids };
  self->all = before.items;
  self->ids = before.ids;
  show (self);
  tpo_free_in_thread (loaded, (GDestroyNotify) loaded_free);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TpoReviewQueue *self = TPO_REVIEW_QUEUE (source);
  g_autoptr (GError) error = NULL;
  Loaded *loaded = g_task_propagate_pointer (G_TASK (result), &error);

  g_clear_object (&self->loading);
  if (loaded == NULL) {
    if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
      g_signal_emit (self, signals[PROBLEM], 0, error->message);
    return;
  }
  take (self, loaded);
  for (guint i = 0; i < self->decided->len; i++)
    remove_id (self, g_array_index (self->decided, gint64, i));
  g_signal_emit (self, signals[LOADED], 0);
  if (self->is_stale)
    tpo_review_queue_reload (self);
}

static gboolean
load (gpointer user_data)
{
  TpoReviewQueue *self = user_data;
  TpoStore *store = tpo_document_get_store (self->document);
  g_autoptr (GTask) task = NULL;

  self->reload_id = 0;
  self->is_stale = FALSE;
  g_array_set_size (self->decided, 0);
  self->loading = g_cancellable_new ();
  task = g_task_new (self, self->loading, on_loaded, NULL);
  g_task_set_task_data (task, g_strdup (tpo_store_get_path (store)), g_free);
  g_task_run_in_thread (task, run_loading);
  return G_SOURCE_REMOVE;
}

void
tpo_review_queue_reload (TpoReviewQueue *self)
{
  g_return_if_fail (TPO_IS_REVIEW_QUEUE (self));

  self->is_stale = TRUE;
  if (self->loading == NULL && self->reload_id == 0)
    self->reload_id = g_timeout_add (RELOAD_AFTER_MS, load, self);
}

/* What was decided goes at once, what is new or says something else is read. */
static void
on_project_changed (TpoReviewQueue *self, const TpoStoreChange *change)
{
  TpoStore *store = tpo_document_get_store (self->document);

  if (change->has_videos || change->n_annotation_ids > MANY_CHANGES) {
    tpo_review_queue_reload (self);
    return;
  }
  for (guint i = 0; i < change->n_annotation_ids; i++) {
    g_autoptr (TpoAnnotationRecord) record =
        tpo_store_get_annotation (store, change->annotation_ids[i], NULL); /* none: deleted */

    if (record != NULL && record->status == TPO_STATUS_PREDICTED) {
      tpo_review_queue_reload (self);
      continue;
    }
    remove_id (self, change->annotation_ids[i]);
    if (self->loading != NULL)
      g_array_append_val (self->decided, change->annotation_ids[i]);
  }
}

/* ---- object -------------------------------------------------------------------------------------- */

static void
tpo_review_queue_dispose (GObject *object)
{
  TpoReviewQueue *self = TPO_REVIEW_QUEUE (object);

  g_clear_handle_id (&self->reload_id, g_source_remove);
  if (self->loading != NULL)
    g_cancellable_cancel (self->loading);
  g_clear_object (&self->document);
  G_OBJECT_CLASS (tpo_review_queue_parent_class)->dispose (object);
}

static void
tpo_review_queue_finalize (GObject *object)
{
  TpoReviewQueue *self = TPO_REVIEW_QUEUE (object);
  Loaded *loaded = g_new (Loaded, 1);

  g_clear_object (&self->loading);
  g_ptr_array_unref (self->entries);
  g_ptr_array_unref (self->shown);
  *loaded = (Loaded){ self->all, self->ids, self->memory };
  tpo_free_in_thread (loaded, (GDestroyNotify) loaded_free);
  g_array_unref (self->decided);
  g_free (self->question);
  g_free (self->model);
  G_OBJECT_CLASS (tpo_review_queue_parent_class)->finalize (object);
}

static void
tpo_review_queue_class_init (TpoReviewQueueClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tpo_review_queue_dispose;
  G_OBJECT_CLASS (klass)->finalize = tpo_review_queue_finalize;
  signals[LOADED] = g_signal_new ("loaded", TPO_TYPE_REVIEW_QUEUE, G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);
  signals[PROBLEM] = g_signal_new ("problem", TPO_TYPE_REVIEW_QUEUE, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
tpo_review_queue_init (TpoReviewQueue *self)
{
  self->all = g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_review_item_unref);
  self->shown = g_ptr_array_new ();
  self->entries = g_ptr_array_new_with_free_func (free_entry);
  self->ids = g_hash_table_new (g_int64_hash, g_int64_equal);
  self->decided = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->memory = tpo_review_memory_new ();
}

TpoReviewQueue *
tpo_review_queue_new (TpoDocument *document)
{
  TpoReviewQueue *self;

  g_return_val_if_fail (TPO_IS_DOCUMENT (document), NULL);

  self = g_object_new (TPO_TYPE_REVIEW_QUEUE, NULL);
  self->document = g_object_ref (document);
  g_signal_connect_object (document, "project-changed", G_CALLBACK (on_project_changed), self,
                           G_CONNECT_SWAPPED);
  load (self);
  return self;
}

void
tpo_review_queue_set_filter (TpoReviewQueue *self, const TpoReviewFilter *filter)
{
  g_return_if_fail (TPO_IS_REVIEW_QUEUE (self) && filter != NULL);

  self->label_id = filter->label_id;
  g_free (self->question);
  self->question = g_strdup (filter->question);
  g_free (self->model);
  self->model = g_strdup (filter->model);
  show (self);
}

guint
tpo_review_queue_get_n_all (TpoReviewQueue *self)
{
  g_return_val_if_fail (TPO_IS_REVIEW_QUEUE (self), 0);

  return self->all->len;
}

static GPtrArray *
list_texts (TpoReviewQueue *self, gsize offset)
{
  GPtrArray *texts = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ref_string_release);
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL); /* they are interned */

  for (guint i = 0; i < self->all->len; i++) {
    const TpoReviewItem *item = g_ptr_array_index (self->all, i);
    char *text = G_STRUCT_MEMBER (char *, item->record, offset);

    if (*text != '\0' && g_hash_table_add (seen, text))
      g_ptr_array_add (texts, g_ref_string_acquire (text));
  }
  return texts;
}

GPtrArray *
tpo_review_queue_list_questions (TpoReviewQueue *self)
{
  g_return_val_if_fail (TPO_IS_REVIEW_QUEUE (self), NULL);

  return list_texts (self, G_STRUCT_OFFSET (TpoUnreviewedRecord, question));
}

GPtrArray *
tpo_review_queue_list_models (TpoReviewQueue *self)
{
  g_return_val_if_fail (TPO_IS_REVIEW_QUEUE (self), NULL);

  return list_texts (self, G_STRUCT_OFFSET (TpoUnreviewedRecord, model));
}

guint
tpo_review_queue_find (TpoReviewQueue *self, const TpoReviewItem *item)
{
  g_return_val_if_fail (TPO_IS_REVIEW_QUEUE (self) && item != NULL, 0);

  return lower_bound (self->shown, item);
}
