#include "config.h"

#include "document/tpo-document-review.h"

#include "document/tpo-document-private.h"

gboolean
tpo_document_restore (TpoDocument *self, gint64 revision_id)
{
  GError *error = NULL;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self), FALSE);

  return tpo_document_saved (
      self, tpo_store_restore_revision (self->store, revision_id, NULL, &error), &error);
}

typedef struct {
  TpoDifference *difference;
  TpoChoice choice;
} Resolving;

static void
resolving_free (gpointer resolving)
{
  Resolving *self = resolving;

  tpo_difference_unref (self->difference);
  g_free (self);
}

static gboolean
run_resolving (TpoStore *store, gpointer resolving, GError **error)
{
  const Resolving *self = resolving;

  return tpo_difference_apply (self->difference, self->choice, store, error);
}

gboolean
tpo_document_resolve (TpoDocument *self, TpoDifference *difference, TpoChoice choice)
{
  Resolving *resolving;
  guint n_keyframes;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && difference != NULL, FALSE);

  resolving = g_new (Resolving, 1);
  *resolving = (Resolving){ tpo_difference_ref (difference), choice };
  n_keyframes = tpo_difference_count_keyframes (difference);
  return tpo_document_run_job (self, n_keyframes, run_resolving, resolving, resolving_free,
                               NULL);
}

static gboolean
run_taking (TpoStore *store, gpointer differences, GError **error)
{
  return tpo_differences_take (differences, store, error);
}

gboolean
tpo_document_take_all (TpoDocument *self, GPtrArray *differences)
{
  guint n_changes = differences->len;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self), FALSE);

  for (guint i = 0; i < differences->len; i++)
    n_changes += tpo_difference_count_keyframes (g_ptr_array_index (differences, i));
  return tpo_document_run_job (self, n_changes, run_taking, g_ptr_array_ref (differences),
                               (GDestroyNotify) g_ptr_array_unref, NULL);
}
