#include "document/tpo-document-masks.h"

#include "document/tpo-document-private.h"

/* What is wrong with one mask is most likely so with the next: it is said once. */
static void
complain (TpoDocument *self, const GError *error)
{
  if (!self->is_mask_missed)
    tpo_document_toast (self, error->message);
  self->is_mask_missed = TRUE;
}

static TpoRle *
get_mask (TpoDocument *self, GPtrArray *keyframes, guint place)
{
  g_autoptr (GError) error = NULL;
  TpoRle *mask = tpo_mask_reader_get (self->masks, keyframes, place, &error);

  if (error != NULL)
    complain (self, error);
  else if (mask != NULL)
    self->is_mask_missed = FALSE;
  return mask;
}

TpoRle *
tpo_document_get_mask (TpoDocument *self, TpoAnnotation *annotation, gint64 time_us)
{
  guint place;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && TPO_IS_ANNOTATION (annotation), NULL);

  return tpo_annotation_find_mask (annotation, time_us, &place)
             ? get_mask (self, tpo_annotation_get_keyframes (annotation), place)
             : NULL;
}

TpoRle *
tpo_document_get_mask_on (TpoDocument *self, TpoAnnotation *annotation, gint64 time_us)
{
  GPtrArray *keyframes;
  guint place;

  g_return_val_if_fail (TPO_IS_DOCUMENT (self) && TPO_IS_ANNOTATION (annotation), NULL);

  if (!tpo_annotation_find_mask (annotation, time_us, &place))
    return NULL;
  keyframes = tpo_annotation_get_keyframes (annotation);
  return ((TpoKeyframeRecord *) g_ptr_array_index (keyframes, place))->time_us == time_us
             ? get_mask (self, keyframes, place)
             : NULL;
}
