#include "config.h"

#include "document/tpo-document-private.h"

/*
 * The keyframes of tracks that have changed. Most changes are of a few frames, which join those
 * that are known; whole tracks, of which undo brings back many thousand keyframes at once, are read
 * by a thread over a connection of its own.
 */

enum {
  MANY_BACK = 64 /* keyframes that are looked up one by one */
};

/* What is to be read of a track. */
typedef struct {
  char *project;
  gint64 video_id;
  gint64 known_id, known_parent_id; /* revisions of what is shown so far; 0: nothing is */
  TpoAnnotationRecord *record;
  GPtrArray *keyframes; /* result: TpoKeyframeRecord, all of them or those that are set */
  GArray *removed_us;   /* nullable: gint64; %NULL: @keyframes are all of them */
} Reading;

static void
reading_clear (Reading *self)
{
  g_clear_pointer (&self->project, g_free);
  g_clear_pointer (&self->record, tpo_annotation_record_free);
  g_clear_pointer (&self->keyframes, g_ptr_array_unref);
  g_clear_pointer (&self->removed_us, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reading, reading_clear)

static void
reading_free (Reading *self)
{
  reading_clear (self);
  g_free (self);
}

/* ---- from the project ---------------------------------------------------------------------------------- */

/* From what is known on: keyframes that were set since, and the times of those that went. */
static gboolean
read_forward (Reading *self, TpoStore *store)
{
  self->keyframes = tpo_store_list_changed_keyframes (store, self->record->revision_id,
                                                      &self->removed_us, NULL);
  return self->keyframes != NULL;
}

/* What is at a time now, where what is known has something else. */
static gboolean
read_back (Reading *self, TpoStore *store, gint64 time_us)
{
  g_autoptr (GPtrArray) found = tpo_store_list_light_keyframes (
      store, self->record->revision_id, time_us, time_us + 1, NULL);

  if (found == NULL)
    return FALSE;
  if (found->len > 0)
    g_ptr_array_add (self->keyframes, g_ptr_array_steal_index (found, 0));
  else
    g_array_append_val (self->removed_us, time_us);
  return TRUE;
}

/* Back from what is known, as undo goes. */
static gboolean
read_backward (Reading *self, TpoStore *store)
{
  g_autoptr (GArray) removed_us = NULL;
  g_autoptr (GPtrArray) set =
      tpo_store_list_changed_keyframes (store, self->known_id, &removed_us, NULL);
  gboolean ok = set != NULL && set->len + removed_us->len <= MANY_BACK;

  if (!ok)
    return FALSE;
  self->keyframes = g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_keyframe_record_free);
  self->removed_us = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = 0; ok && i < set->len; i++)
    ok = read_back (self, store, ((TpoKeyframeRecord *) g_ptr_array_index (set, i))->time_us);
  for (guint i = 0; ok && i < removed_us->len; i++)
    ok = read_back (self, store, g_array_index (removed_us, gint64, i));
  if (ok)
    return TRUE;
  g_clear_pointer (&self->keyframes, g_ptr_array_unref);
  g_clear_pointer (&self->removed_us, g_array_unref);
  return FALSE;
}

/* Where a difference cannot be read all is, which says what is wrong. */
static gboolean
read_keyframes (Reading *self, TpoStore *store, GError **error)
{
  if (self->known_id != 0 && self->record->revision_id == self->known_parent_id &&
      read_backward (self, store))
    return TRUE;
  self->keyframes =
      tpo_store_list_light_keyframes (store, self->record->revision_id, 0, G_MAXINT64, error);
  return self->keyframes != NULL;
}

static void
run_reading (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Reading *self = data;
  GError *error = NULL;
  g_autoptr (TpoStore) store = tpo_store_open (self->project, TPO_STORE_READ_ONLY, &error);

  if (store != NULL && read_keyframes (self, store, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* ---- to what is shown ---------------------------------------------------------------------------------- */

/* Takes all of @reading over. */
static void
show (TpoDocument *self, TpoAnnotation *known, Reading *reading)
{
  TpoAnnotationRecord *record = g_steal_pointer (&reading->record);

  if (reading->removed_us == NULL) {
    tpo_document_show_annotation (self, known, record, g_steal_pointer (&reading->keyframes));
    return;
  }
  tpo_annotation_change (known, record, g_steal_pointer (&reading->keyframes),
                         reading->removed_us);
  tpo_annotation_set_label (known, tpo_document_find_label (self, record->label_id));
}

/* Whether it alone is to be selected once it is there. */
static gboolean
is_awaited (TpoDocument *self, gint64 id)
{
  return self->reselected != NULL && self->reselected->len == 1 &&
         g_array_index (self->reselected, gint64, 0) == id;
}

static gboolean
is_at (TpoAnnotation *annotation, gint64 revision_id)
{
  return (annotation != NULL ? tpo_annotation_get_record (annotation)->revision_id : 0) ==
         revision_id;
}

/* It may have gone on in the meantime, or be shown already. */
static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TpoDocument *self = TPO_DOCUMENT (source);
  Reading *reading = g_task_get_task_data (G_TASK (result));
  g_autoptr (TpoAnnotationRecord) now = NULL;
  g_autoptr (GError) error = NULL;
  TpoAnnotation *known;
  gint64 id = reading->record->id;

  if (self->store == NULL)
    return;
  g_hash_table_remove (self->being_read, &id);
  if (self->video_id != reading->video_id)
    return;
  if (!g_task_propagate_boolean (G_TASK (result), &error)) {
    tpo_document_toast (self, error->message);
    return;
  }
  now = tpo_store_get_annotation (self->store, id, NULL); /* none: deleted, or told later */
  known = tpo_document_find (self, id);
  if (now == NULL || is_at (known, now->revision_id))
    return;
  if (now->revision_id == reading->record->revision_id && is_at (known, reading->known_id))
    show (self, known, reading);
  else
    tpo_document_sync_annotation (self, id, FALSE);
  if (is_awaited (self, id) && tpo_document_find (self, id) != NULL)
    tpo_document_reselect (self);
}

/* Takes all of @reading over. */
static void
read_in_thread (TpoDocument *self, Reading *reading)
{
  g_autoptr (GTask) task = NULL;
  gint64 id = reading->record->id;
  Reading *moved;

  /* What comes of it is compared with what is there by then. */
  if (!g_hash_table_add (self->being_read, g_memdup2 (&id, sizeof id)))
    return;
  moved = g_memdup2 (reading, sizeof *reading);
  *reading = (Reading){ 0 };
  moved->project = g_strdup (tpo_store_get_path (self->store));
  task = g_task_new (self, NULL, on_read, NULL);
  g_task_set_task_data (task, moved, (GDestroyNotify) reading_free);
  g_task_run_in_thread (task, run_reading);
}

void
tpo_document_read_track (TpoDocument *self, TpoAnnotation *known, TpoAnnotationRecord *record,
                         gboolean at_once)
{
  g_auto (Reading) reading = { .record = record, .video_id = self->video_id };
  g_autoptr (GError) error = NULL;

  if (known != NULL) {
    reading.known_id = tpo_annotation_get_record (known)->revision_id;
    reading.known_parent_id = tpo_annotation_get_record (known)->parent_revision_id;
  }
  if (known != NULL && record->parent_revision_id == reading.known_id &&
      (at_once || !tpo_store_has_long_change (self->store, record->revision_id)) &&
      read_forward (&reading, self->store)) {
    show (self, known, &reading);
    return;
  }
  if (!at_once && tpo_store_has_long_track (self->store, record->revision_id)) {
    read_in_thread (self, &reading);
    return;
  }
  if (read_keyframes (&reading, self->store, &error))
    show (self, known, &reading);
  else
    tpo_document_toast (self, error->message);
}
