#include "config.h"

#include "document/tpo-document-sources.h"

#include <glib/gi18n.h>

#include "document/tpo-document-private.h"
#include "review/words.h"

/* Returns: (transfer none): the revision that set a keyframe; an empty one where it cannot be read */
static const TpoAnnotationRecord *
revision_of (TpoDocument *self, const TpoKeyframeRecord *keyframe)
{
  gint64 id = keyframe->revision_id;
  TpoAnnotationRecord *revision = g_hash_table_lookup (self->revisions, &id);

  if (revision != NULL)
    return revision;
  revision = tpo_store_get_revision (self->store, id, NULL); /* unreadable: nobody's */
  if (revision == NULL)
    revision = g_new0 (TpoAnnotationRecord, 1);
  g_hash_table_insert (self->revisions, g_memdup2 (&id, sizeof id), revision);
  return revision;
}

/* Who followed the object last before the keyframe was saved; else what it was predicted as. (nullable) */
static const char *
model_of (TpoDocument *self, TpoAnnotation *annotation, const TpoKeyframeRecord *keyframe)
{
  const TpoAnnotationRecord *revision = revision_of (self, keyframe);
  const TpoBestSpan *best;

  for (guint i = self->track_makers != NULL ? self->track_makers->len : 0; i > 0; i--) {
    const TpoTrackMaker *maker = self->track_makers->pdata[i - 1];

    if (maker->annotation_id == revision->id && maker->began_us <= revision->revised_us)
      return maker->model;
  }
  best = tpo_document_find_best_span (self, annotation);
  return best != NULL ? best->model : NULL;
}

char *
tpo_document_describe_source (TpoDocument *self, TpoAnnotation *annotation,
                              const TpoKeyframeRecord *keyframe)
{
  TpoProvenance provenance;
  const char *model = NULL, *who = NULL;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && TPO_IS_ANNOTATION (annotation), NULL);
  g_return_val_if_fail (keyframe != NULL, NULL);

  provenance = keyframe->provenance;
  if (provenance == TPO_PROVENANCE_HUMAN || provenance == TPO_PROVENANCE_MODEL_CORRECTED)
    who = revision_of (self, keyframe)->author;
  else if (provenance == TPO_PROVENANCE_MODEL)
    model = model_of (self, annotation, keyframe);
  if (model != NULL)
    /* Translators: of a keyframe; %s is the name of a model */
    return g_strdup_printf (_ ("predicted by %s"), model);
  if (who == NULL || *who == '\0')
    return g_strdup (tpo_words_provenance (provenance));
  return provenance == TPO_PROVENANCE_HUMAN
             /* Translators: of a keyframe; %s is a person's name */
             ? g_strdup_printf (_ ("set by %s"), who)
             /* Translators: of a keyframe; %s is a person's name */
             : g_strdup_printf (_ ("corrected by %s"), who);
}

/* ---- models ------------------------------------------------------------------------------------------ */

const char *
tpo_document_get_model (TpoDocument *self, TpoAnnotation *annotation)
{
  const TpoBestSpan *best;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && TPO_IS_ANNOTATION (annotation), NULL);

  best = tpo_document_find_best_span (self, annotation);
  return best != NULL ? best->model_title : NULL;
}

static int
by_title (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

GPtrArray *
tpo_document_list_models (TpoDocument *self)
{
  GPtrArray *models = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer best;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self), models);

  if (self->best_spans == NULL) /* nothing is open */
    return models;
  g_hash_table_iter_init (&iter, self->best_spans);
  while (g_hash_table_iter_next (&iter, NULL, &best)) {
    gpointer title = (gpointer) ((const TpoBestSpan *) best)->model_title;

    if (!g_ptr_array_find (models, title, NULL))
      g_ptr_array_add (models, title);
  }
  g_ptr_array_sort (models, by_title);
  return models;
}
