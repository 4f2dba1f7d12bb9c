#include "config.h"

#include "document/tpo-document-private.h"

/* The labels of the open video. */

TpoAnnotation *
tpo_document_find (TpoDocument *self, gint64 annotation_id)
{
  return tpo_annotation_list_find (self->annotations, annotation_id);
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

/* Takes @annotation over. */
static void
remove_annotation (TpoDocument *self, TpoAnnotation *annotation)
{
  GPtrArray *keyframes = g_ptr_array_ref (tpo_annotation_get_keyframes (annotation));

  tpo_document_unselect (self, annotation);
  if (self->highlighted == annotation)
    tpo_document_highlight (self, NULL);
  tpo_annotation_list_remove (self->annotations, annotation);
  remove_chip (self, annotation);
  g_object_unref (annotation);
  tpo_document_free_in_thread (keyframes);
}

static void
add_annotation (TpoDocument *self, TpoAnnotation *annotation)
{
  TpoMessage *answer = tpo_document_find_answer (self, annotation);

  tpo_annotation_list_add (self->annotations, annotation);
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
tpo_document_show_annotation (TpoDocument *self, TpoAnnotation *known,
                              TpoAnnotationRecord *record, GPtrArray *keyframes)
{
  TpoLabel *label = tpo_document_find_label (self, record->label_id);
  g_autoptr (TpoAnnotation) annotation = NULL;

  if (known != NULL) {
    GPtrArray *before = g_ptr_array_ref (tpo_annotation_get_keyframes (known));

    tpo_annotation_update (known, record, keyframes);
    tpo_document_free_in_thread (before);
    tpo_annotation_set_label (known, label);
    return;
  }
  annotation = make_annotation (self, record, keyframes);
  tpo_annotation_set_label (annotation, label);
  add_annotation (self, annotation);
}

void
tpo_document_sync_annotation (TpoDocument *self, gint64 annotation_id, gboolean at_once)
{
  TpoAnnotationRecord *record =
      tpo_store_get_annotation (self->store, annotation_id, NULL); /* none: deleted */
  TpoAnnotation *known = tpo_document_find (self, annotation_id);

  tpo_document_forget_arriving (self, annotation_id);
  if (record == NULL || record->video_id != self->video_id) {
    if (known != NULL)
      remove_annotation (self, g_object_ref (known));
    g_clear_pointer (&record, tpo_annotation_record_free);
  } else if (record->kind == TPO_ANNOTATION_SPAN) {
    tpo_document_show_annotation (self, known, record, NULL);
  } else {
    tpo_document_read_track (self, known, record, at_once);
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
      keyframes =
          tpo_store_list_light_keyframes (store, record->revision_id, 0, G_MAXINT64, error);
      if (keyframes == NULL)
        return NULL;
    }
    g_ptr_array_add (annotations, tpo_annotation_new (g_steal_pointer (&record),
                                                      g_steal_pointer (&keyframes)));
  }
  g_ptr_array_sort (annotations, by_id);
  return g_steal_pointer (&annotations);
}
