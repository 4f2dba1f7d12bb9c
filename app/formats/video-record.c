#include "formats/video-record.h"

#include "store/tpo-store-videos.h"

TpoVideoRecord *
tpo_video_record_new (TpoVideo *video, const char *location, GCancellable *cancellable,
                      GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (location);
  g_autoptr (GFileInfo) info = NULL;
  g_autoptr (TpoVideoRecord) record = g_new0 (TpoVideoRecord, 1);
  const TpoVideoInfo *about = tpo_video_get_info (video);

  info = g_file_query_info (file,
                            G_FILE_ATTRIBUTE_STANDARD_SIZE "," G_FILE_ATTRIBUTE_TIME_MODIFIED,
                            G_FILE_QUERY_INFO_NONE, cancellable, error);
  record->content_hash = info != NULL ? tpo_content_hash (file, cancellable, error) : NULL;
  if (record->content_hash == NULL)
    return NULL;
  record->uri = g_file_get_uri (file);
  record->size = g_file_info_get_size (info);
  record->modified_us =
      (gint64) g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_TIME_MODIFIED) *
      G_USEC_PER_SEC;
  record->width = about->display_width;
  record->height = about->display_height;
  record->duration_us = about->duration_us;
  record->n_frames = about->n_frames;
  record->frame_times_us = g_new (gint64, about->n_frames);
  for (guint i = 0; i < about->n_frames; i++)
    record->frame_times_us[i] = tpo_video_index_get_time_us (tpo_video_get_index (video), i);
  return g_steal_pointer (&record);
}

TpoVideoRecord *
tpo_video_record_from_file (const char *location, GCancellable *cancellable, GError **error)
{
  g_autoptr (TpoVideo) video = tpo_video_open (location, NULL, cancellable, error);

  return video != NULL ? tpo_video_record_new (video, location, cancellable, error) : NULL;
}
