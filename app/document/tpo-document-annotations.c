#include "config.h"

#include "document/tpo-document-private.h"

/*
 * The labels of the open video. They are in the order of making, which is that of their ids; tracks in the making, which
 * have none yet, come behind them. That makes finding one among thousands a matter of some steps.
 */

static gint64
order_of (TpoAnnotation *annotation)
{
  gint64 id = tpo_annotation_get_id (annotation);

  return id != 0 ? id : G_MAXINT64;
}

/* Where an annotation of that id is, or would be. */
static guint
find_place (TpoDocument *self, gint64 annotation_id)
{
  guint low = 0, high = g_list_model_get_n_items (G_LIST_MODEL (self->annotations));

  while (low < high) {
    guint middle = low + (high - low) / 2;
    g_autoptr (TpoAnnotation) item =
        g_list_model_get_item (G_LIST_MODEL (self->annotations), middle);

    if (order_of (item) < annotation_id)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static gboolean
find_position (TpoDocument *self, gint64 annotation_id, guint *position)
{
  g_autoptr (TpoAnnotation) item = NULL;

  *position = find_place (self, annotation_id);
  item = g_list_model_get_item (G_LIST_MODEL (self->annotations), *position);
  return item != NULL && tpo_annotation_get_id (item) == annotation_id;
}

TpoAnnotation *
tpo_document_find (TpoDocument *self, gint64 annotation_id)
{
  g_autoptr (TpoAnnotation) item = NULL;
  guint position;

  if (!find_position (self, annotation_id, &position))
    return NULL;
  item = g_list_model_get_item (G_LIST_MODEL (self->annotations), position);
  return item; /* the model keeps it */
}

/* A claim of an answer that a person takes out stays in the answer, as disputed. */
static void
remove_chip (TpoDocument *self, TpoAnnotation *annotation)
{
  TpoMessage *answer = tpo_document_find_answer (self, annotation);
  TpoAnnotationRecord *withdrawn;
  guint chip;

  if (answer == NULL || !g_list_store_find (tpo_message_edit_chips (answer), annotation, &chip))
    return;
  withdrawn = tpo_document_get_withdrawn (self, annotation);
  if (withdrawn != NULL)
    tpo_annotation_update (annotation, withdrawn,
                           g_ptr_array_ref (tpo_annotation_get_keyframes (annotation)));
  else
    g_list_store_remove (tpo_message_edit_chips (answer), chip);
}

static void
remove_annotation (TpoDocument *self, guint position)
{
  g_autoptr (TpoAnnotation) item =
      g_list_model_get_item (G_LIST_MODEL (self->annotations), position);

  tpo_document_unselect (self, item);
  if (self->highlighted == item)
    tpo_document_highlight (self, NULL);
  g_list_store_remove (self->annotations, position);
  remove_chip (self, item);
}

static void
add_annotation (TpoDocument *self, TpoAnnotation *annotation)
{
  TpoMessage *answer = tpo_document_find_answer (self, annotation);

  g_list_store_insert (self->annotations, find_place (self, order_of (annotation)), annotation);
  if (answer != NULL && !g_list_store_find (tpo_message_edit_chips (answer), annotation, NULL))
    g_list_store_append (tpo_message_edit_chips (answer), annotation);
}

/* The same object as before where an answer kept it as disputed. */
static TpoAnnotation *
make_annotation (TpoDocument *self, TpoAnnotationRecord *record, GPtrArray *keyframes)
{
  TpoAnnotation *kept = tpo_document_find_withdrawn (self, record);

  if (kept == NULL)
    return tpo_annotation_new (record, keyframes);
  tpo_annotation_update (kept, record, keyframes);
  return g_object_ref (kept);
}

void
tpo_document_sync_annotation (TpoDocument *self, gint64 annotation_id)
{
  g_autoptr (TpoAnnotationRecord) record =
      tpo_store_get_annotation (self->store, annotation_id, NULL); /* none: deleted */
  g_autoptr (GPtrArray) keyframes = NULL;
  guint position;
  gboolean is_known = find_position (self, annotation_id, &position);

  if (record == NULL || record->video_id != self->video_id) {
    if (is_known)
      remove_annotation (self, position);
    return;
  }
  if (record->kind != TPO_ANNOTATION_SPAN) {
    g_autoptr (GError) error = NULL;

    keyframes =
        tpo_store_list_keyframes (self->store, record->revision_id, 0, G_MAXINT64, &error);
    if (keyframes == NULL) {
      tpo_document_toast (self, error->message);
      return;
    }
  }
  if (is_known) {
    TpoAnnotation *annotation = tpo_document_find (self, annotation_id);
    TpoLabel *label = tpo_document_find_label (self, record->label_id);

    tpo_annotation_update (annotation, g_steal_pointer (&record), g_steal_pointer (&keyframes));
    tpo_annotation_set_label (annotation, label);
  } else {
    TpoLabel *label = tpo_document_find_label (self, record->label_id);
    g_autoptr (TpoAnnotation) annotation =
        make_annotation (self, g_steal_pointer (&record), g_steal_pointer (&keyframes));

    tpo_annotation_set_label (annotation, label);
    add_annotation (self, annotation);
  }
}

/* ---- all of a video ------------------------------------------------------------------------------------ */

static int
by_id (gconstpointer a, gconstpointer b)
{
  gint64 left = tpo_annotation_get_id (*(TpoAnnotation *const *) a);
  gint64 right = tpo_annotation_get_id (*(TpoAnnotation *const *) b);

  return left < right ? -1 : left > right;
}

GPtrArray *
tpo_document_load_annotations (TpoStore *store, gint64 video_id, GError **error)
{
  g_autoptr (GPtrArray) records = tpo_store_list_annotations (store, video_id, error);
  g_autoptr (GPtrArray) annotations = g_ptr_array_new_with_free_func (g_object_unref);

  if (records == NULL)
    return NULL;
  while (records->len > 0) {
    g_autoptr (TpoAnnotationRecord) record =
        g_ptr_array_steal_index (records, records->len - 1);
    g_autoptr (GPtrArray) keyframes = NULL;

    if (record->kind != TPO_ANNOTATION_SPAN) {
      keyframes = tpo_store_list_keyframes (store, record->revision_id, 0, G_MAXINT64, error);
      if (keyframes == NULL)
        return NULL;
    }
    g_ptr_array_add (annotations, tpo_annotation_new (g_steal_pointer (&record),
                                                      g_steal_pointer (&keyframes)));
  }
  g_ptr_array_sort (annotations, by_id);
  return g_steal_pointer (&annotations);
}

void
tpo_document_show_annotations (TpoDocument *self, GPtrArray *annotations)
{
  g_autoptr (GArray) changed = NULL;
  guint n_before = g_list_model_get_n_items (G_LIST_MODEL (self->annotations));

  for (guint i = 0; i < annotations->len; i++) {
    TpoAnnotation *annotation = g_ptr_array_index (annotations, i);
    gint64 label_id = tpo_annotation_get_record (annotation)->label_id;

    tpo_annotation_set_label (annotation, tpo_document_find_label (self, label_id));
  }
  g_list_store_splice (self->annotations, 0, n_before, annotations->pdata, annotations->len);
  changed = tpo_document_list_changed (self);
  for (guint i = 0; i < changed->len; i++)
    tpo_document_sync_annotation (self, g_array_index (changed, gint64, i));
}
