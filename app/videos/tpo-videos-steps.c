#include "config.h"

#include "videos/tpo-videos-page-private.h"

/* From video to video of the list. */

static TpoVideoItem *
dup_next (TpoVideosPage *self, int step)
{
  /* Who steps on does not wait for each video on the way, nor stop at one that does not open. */
  gint64 from_id =
      self->stepped_id != 0 ? self->stepped_id : tpo_document_get_video_id (self->document);
  guint position;

  if (!tpo_video_query_find (self->query, from_id, &position))
    position = 0; /* it is not listed: start at the top */
  else if (step < 0 && position == 0)
    return NULL;
  else
    position = (guint) ((int) position + step);
  return g_list_model_get_item (G_LIST_MODEL (self->query), position);
}

void
tpo_videos_page_update_steps (TpoVideosPage *self)
{
  g_autoptr (TpoVideoItem) next = dup_next (self, 1);
  g_autoptr (TpoVideoItem) previous = dup_next (self, -1);

  if (self->has_next == (next != NULL) && self->has_previous == (previous != NULL))
    return;
  self->has_next = next != NULL;
  self->has_previous = previous != NULL;
  g_signal_emit_by_name (self, "steps-changed");
}

gboolean
tpo_videos_page_can_step (TpoVideosPage *self, int step)
{
  g_return_val_if_fail (TPO_IS_VIDEOS_PAGE (self), FALSE);

  return step > 0 ? self->has_next : self->has_previous;
}

void
tpo_videos_page_step (TpoVideosPage *self, int step)
{
  g_autoptr (TpoVideoItem) item = NULL;

  g_return_if_fail (TPO_IS_VIDEOS_PAGE (self));

  item = dup_next (self, step);
  if (item == NULL)
    return;
  self->stepped_id = tpo_video_item_get_id (item);
  tpo_videos_page_update_steps (self);
  tpo_videos_page_open (self, tpo_video_item_get_summary (item)->video.uri);
}
