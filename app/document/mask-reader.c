#include "document/mask-reader.h"

/* Keyframes: a second and more, of each object; the next ones are read when half of them are left. */
enum {
  AHEAD = 32
};

/* Whose mask it is: keyframes of a revision never change. */
typedef struct {
  gint64 revision_id, time_us;
} Key;

typedef struct {
  Key key;
  TpoRle *mask;
  GList link; /* in @used */
} Kept;

struct _TpoMaskReader {
  TpoStore *store; /* NULL: the reader is gone, a thread still reads for it */
  gsize size, most;
  GHashTable *kept;   /* Key → Kept */
  GQueue used;        /* of Kept, the one used last first */
  GHashTable *wanted; /* set of Key: will be read ahead */
  GPtrArray *waiting; /* TpoKeyframeRecord that no thread reads yet */
  gboolean is_reading;
};

/* What a thread reads. */
typedef struct {
  TpoMaskReader *reader; /* a reference */
  char *project;
  GPtrArray *keyframes; /* TpoKeyframeRecord; they get their masks */
} Ahead;

static Key
key_of (const TpoKeyframeRecord *keyframe)
{
  return (Key){ keyframe->revision_id, keyframe->mask_time_us };
}

static guint
key_hash (gconstpointer key)
{
  const Key *self = key;

  return g_int64_hash (&self->revision_id) * 31 + g_int64_hash (&self->time_us);
}

static gboolean
key_equal (gconstpointer a, gconstpointer b)
{
  const Key *left = a, *right = b;

  return left->revision_id == right->revision_id && left->time_us == right->time_us;
}

static gsize
size_of (const TpoRle *mask)
{
  return sizeof (Kept) + sizeof *mask + mask->n_counts * sizeof *mask->counts;
}

static void
kept_free (gpointer data)
{
  Kept *self = data;

  tpo_rle_unref (self->mask);
  g_free (self);
}

static void
reader_clear (gpointer data)
{
  TpoMaskReader *self = data;

  g_hash_table_unref (self->kept);
  g_hash_table_unref (self->wanted);
  g_ptr_array_unref (self->waiting);
}

TpoMaskReader *
tpo_mask_reader_new (TpoStore *store, gsize most)
{
  TpoMaskReader *self;

  g_return_val_if_fail (store != NULL, NULL);

  self = g_rc_box_new0 (TpoMaskReader);
  self->store = store;
  self->most = most;
  self->kept = g_hash_table_new_full (key_hash, key_equal, NULL, kept_free);
  self->wanted = g_hash_table_new_full (key_hash, key_equal, g_free, NULL);
  self->waiting = g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_keyframe_record_free);
  return self;
}

void
tpo_mask_reader_free (TpoMaskReader *self)
{
  g_return_if_fail (self != NULL);

  self->store = NULL;
  g_rc_box_release_full (self, reader_clear);
}

/* ---- what is kept -------------------------------------------------------------------------------------- */

static void
forget_oldest (TpoMaskReader *self)
{
  Kept *kept = self->used.tail->data;

  g_queue_unlink (&self->used, &kept->link);
  self->size -= size_of (kept->mask);
  g_hash_table_remove (self->kept, &kept->key);
}

/* The one used last stays whatever its size. */
static void
keep (TpoMaskReader *self, Key key, TpoRle *mask)
{
  Kept *kept;

  if (g_hash_table_contains (self->kept, &key))
    return;
  kept = g_new0 (Kept, 1);
  kept->key = key;
  kept->mask = tpo_rle_ref (mask);
  kept->link.data = kept;
  g_queue_push_head_link (&self->used, &kept->link);
  g_hash_table_insert (self->kept, &kept->key, kept);
  self->size += size_of (mask);
  while (self->size > self->most && self->used.length > 1)
    forget_oldest (self);
}

static TpoRle *
find_kept (TpoMaskReader *self, Key key)
{
  Kept *kept = g_hash_table_lookup (self->kept, &key);

  if (kept == NULL)
    return NULL;
  g_queue_unlink (&self->used, &kept->link);
  g_queue_push_head_link (&self->used, &kept->link);
  return tpo_rle_ref (kept->mask);
}

/* ---- ahead --------------------------------------------------------------------------------------------- */

static void start_reading (TpoMaskReader *self);

static void
ahead_free (Ahead *self)
{
  g_rc_box_release_full (self->reader, reader_clear);
  g_free (self->project);
  g_ptr_array_unref (self->keyframes);
  g_free (self);
}

/* What cannot be read stays without a mask: who asks for it hears why. */
static void
run_reading (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Ahead *self = data;
  g_autoptr (TpoStore) store = tpo_store_open (self->project, TPO_STORE_READ_ONLY, NULL);

  for (guint i = 0; store != NULL && i < self->keyframes->len; i++) {
    TpoKeyframeRecord *keyframe = g_ptr_array_index (self->keyframes, i);

    keyframe->mask = tpo_store_get_mask (store, keyframe, NULL);
  }
  g_task_return_boolean (task, TRUE);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Ahead *ahead = g_task_get_task_data (G_TASK (result));
  TpoMaskReader *self = ahead->reader;

  self->is_reading = FALSE;
  if (self->store == NULL)
    return;
  for (guint i = 0; i < ahead->keyframes->len; i++) {
    const TpoKeyframeRecord *keyframe = g_ptr_array_index (ahead->keyframes, i);
    Key key = key_of (keyframe);

    g_hash_table_remove (self->wanted, &key);
    if (keyframe->mask != NULL)
      keep (self, key, keyframe->mask);
  }
  start_reading (self);
}

static void
start_reading (TpoMaskReader *self)
{
  g_autoptr (GTask) task = NULL;
  Ahead *ahead;

  if (self->is_reading || self->waiting->len == 0)
    return;
  ahead = g_new0 (Ahead, 1);
  ahead->reader = g_rc_box_acquire (self);
  ahead->project = g_strdup (tpo_store_get_path (self->store));
  ahead->keyframes = g_steal_pointer (&self->waiting);
  self->waiting = g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_keyframe_record_free);
  self->is_reading = TRUE;
  task = g_task_new (NULL, NULL, on_read, NULL);
  g_task_set_task_data (task, ahead, (GDestroyNotify) ahead_free);
  g_task_run_in_thread (task, run_reading);
}

static gboolean
is_missing (TpoMaskReader *self, const TpoKeyframeRecord *keyframe)
{
  Key key = key_of (keyframe);

  return keyframe->is_light && !g_hash_table_contains (self->kept, &key) &&
         !g_hash_table_contains (self->wanted, &key);
}

/* Those behind @place, unless there are enough of them already. */
static void
read_ahead (TpoMaskReader *self, GPtrArray *keyframes, guint place)
{
  guint end = MIN (keyframes->len, place + 1 + AHEAD), half = place + AHEAD / 2;

  if (half < end && !is_missing (self, g_ptr_array_index (keyframes, half)))
    return;
  for (guint i = place + 1; i < end; i++) {
    const TpoKeyframeRecord *keyframe = g_ptr_array_index (keyframes, i);
    Key key = key_of (keyframe);

    if (!is_missing (self, keyframe))
      continue;
    g_hash_table_add (self->wanted, g_memdup2 (&key, sizeof key));
    g_ptr_array_add (self->waiting, tpo_keyframe_record_copy (keyframe));
  }
  start_reading (self);
}

/* ---- masks --------------------------------------------------------------------------------------------- */

TpoRle *
tpo_mask_reader_get (TpoMaskReader *self, GPtrArray *keyframes, guint place, GError **error)
{
  const TpoKeyframeRecord *keyframe;
  TpoRle *mask;

  g_return_val_if_fail (self != NULL && keyframes != NULL && place < keyframes->len, NULL);

  keyframe = g_ptr_array_index (keyframes, place);
  if (!keyframe->is_light)
    return keyframe->mask != NULL ? tpo_rle_ref (keyframe->mask) : NULL;
  mask = find_kept (self, key_of (keyframe));
  if (mask == NULL) {
    mask = tpo_store_get_mask (self->store, keyframe, error);
    if (mask == NULL)
      return NULL;
    keep (self, key_of (keyframe), mask);
  }
  read_ahead (self, keyframes, place);
  return mask;
}

gsize
tpo_mask_reader_get_size (TpoMaskReader *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->size;
}

gboolean
tpo_mask_reader_is_reading (TpoMaskReader *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->is_reading;
}
