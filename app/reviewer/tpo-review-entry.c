#include "config.h"

#include "reviewer/tpo-review-entry.h"

#include <glib/gi18n.h>

struct _TpoReviewEntry {
  GObject parent_instance;

  TpoReviewItem *item;
};

G_DEFINE_FINAL_TYPE (TpoReviewEntry, tpo_review_entry, G_TYPE_OBJECT)

static void
tpo_review_entry_finalize (GObject *object)
{
  g_clear_pointer (&TPO_REVIEW_ENTRY (object)->item, tpo_review_item_unref);
  G_OBJECT_CLASS (tpo_review_entry_parent_class)->finalize (object);
}

static void
tpo_review_entry_class_init (TpoReviewEntryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tpo_review_entry_finalize;
}

static void
tpo_review_entry_init (TpoReviewEntry *self)
{
}

TpoReviewEntry *
tpo_review_entry_new (TpoReviewItem *item)
{
  TpoReviewEntry *self;

  g_return_val_if_fail (item != NULL, NULL);

  self = g_object_new (TPO_TYPE_REVIEW_ENTRY, NULL);
  self->item = tpo_review_item_ref (item);
  return self;
}

const TpoReviewItem *
tpo_review_entry_get_item (TpoReviewEntry *self)
{
  g_return_val_if_fail (TPO_IS_REVIEW_ENTRY (self), NULL);

  return self->item;
}

char *
tpo_review_entry_dup_title (TpoReviewEntry *self)
{
  const TpoUnreviewedRecord *record;

  g_return_val_if_fail (TPO_IS_REVIEW_ENTRY (self), NULL);

  record = self->item->record;
  if (record->text != NULL && *record->text != '\0')
    return g_strdup (record->text);
  if (*record->question != '\0')
    return g_strdup (record->question);
  return g_strdup (record->kind == TPO_ANNOTATION_SPAN        ? _ ("Span")
                   : record->kind == TPO_ANNOTATION_BOX_TRACK ? _ ("Box")
                                                              : _ ("Mask"));
}

char *
tpo_review_entry_dup_reason (TpoReviewEntry *self)
{
  g_return_val_if_fail (TPO_IS_REVIEW_ENTRY (self), NULL);

  return tpo_doubt_describe (&self->item->doubts, self->item->doubt, self->item->record->kind);
}

char *
tpo_review_entry_dup_video_name (TpoReviewEntry *self)
{
  g_autoptr (GFile) file = NULL;
  g_autofree char *name = NULL;

  g_return_val_if_fail (TPO_IS_REVIEW_ENTRY (self), NULL);

  file = g_file_new_for_uri (self->item->record->video_uri);
  name = g_file_get_basename (file);
  return g_filename_display_name (name);
}

char *
tpo_review_entry_dup_name (TpoReviewEntry *self)
{
  g_autofree char *title = tpo_review_entry_dup_title (self);
  g_autofree char *reason = tpo_review_entry_dup_reason (self);
  g_autofree char *video = tpo_review_entry_dup_video_name (self);

  return g_strdup_printf ("%s, %s, %s", title, reason, video);
}
