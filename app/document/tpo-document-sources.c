#include "config.h"

#include "document/tpo-document-sources.h"

#include <glib/gi18n.h>

#include "document/tpo-document-private.h"
#include "review/words.h"

/* Returns: (transfer none): who made a revision; "" where that cannot be read */
static const char *
author_of (TpoDocument *self, gint64 revision_id)
{
  const char *known = g_hash_table_lookup (self->authors, &revision_id);
  g_autoptr (TpoAnnotationRecord) revision = NULL;
  char *author;

  if (known != NULL)
    return known;
  revision = tpo_store_get_revision (self->store, revision_id, NULL); /* unreadable: nobody */
  author = g_strdup (revision != NULL ? revision->author : "");
  g_hash_table_insert (self->authors, g_memdup2 (&revision_id, sizeof revision_id), author);
  return author;
}

char *
tpo_document_describe_source (TpoDocument *self, TpoAnnotation *annotation,
                              const TpoKeyframeRecord *keyframe)
{
  TpoProvenance provenance;
  const TpoBestSpan *best = NULL;
  const char *who = "";

  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && TPO_IS_ANNOTATION (annotation), NULL);
  g_return_val_if_fail (keyframe != NULL, NULL);

  provenance = keyframe->provenance;
  if (provenance == TPO_PROVENANCE_HUMAN || provenance == TPO_PROVENANCE_MODEL_CORRECTED)
    who = author_of (self, keyframe->revision_id);
  else if (provenance == TPO_PROVENANCE_MODEL)
    best = tpo_document_find_best_span (self, annotation);
  if (best != NULL)
    /* Translators: of a keyframe; %s is the name of a model */
    return g_strdup_printf (_ ("predicted by %s"), best->model);
  if (*who == '\0')
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
