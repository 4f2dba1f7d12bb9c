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

gboolean
tpo_document_resolve (TpoDocument *self, const TpoDifference *difference, TpoChoice choice)
{
  GError *error = NULL;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && difference != NULL, FALSE);

  return tpo_document_saved (
      self, tpo_difference_apply (difference, choice, self->store, &error), &error);
}
