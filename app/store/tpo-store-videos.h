#pragma once

#include "store/tpo-store.h"

G_BEGIN_DECLS

/**
 * tpo_content_hash:
 *
 * Identifies a video's content: "sha256:HEX" of all bytes up to 64 MiB, above that
 * "sampled-sha256:HEX" of the size and 64 blocks of 1 MiB at even distances, so that a film
 * takes a blink. Any thread.
 *
 * Returns: (transfer full): or %NULL with the error of reading
 */
char *tpo_content_hash (GFile *file, GCancellable *cancellable, GError **error);

/**
 * tpo_store_add_video:
 * @video: everything but @id, @position_us and @opened_us
 *
 * Gets the video with @video's content hash, or adds it. A video found takes over the new
 * address, size, modification time and time index: the file was moved, or is indexed better.
 * The same address with other content is another video. Marks it as opened now.
 *
 * Returns: its id, or 0
 */
gint64 tpo_store_add_video (TpoStore *self, const TpoVideoRecord *video, GError **error);

/**
 * tpo_store_import_video:
 *
 * The same for a video that nobody opened, but labels come for or it is one of many: adding it is
 * an undo step, and it is not marked as opened.
 *
 * Returns: its id, or 0
 */
gint64 tpo_store_import_video (TpoStore *self, const TpoVideoRecord *video, const TpoEdit *edit,
                               GError **error);

/**
 * tpo_store_get_video: with its time index
 *
 * Returns: (transfer full): or %NULL
 */
TpoVideoRecord *tpo_store_get_video (TpoStore *self, gint64 video_id, GError **error);

/**
 * tpo_store_find_video:
 * @content_hash: (nullable)
 * @uri: (nullable): tried when no video has that content
 *
 * Returns: id, 0 when there is none, or -1 with an error
 */
gint64 tpo_store_find_video (TpoStore *self, const char *content_hash, const char *uri,
                             GError **error);

/**
 * tpo_store_list_videos: the last opened first, without their time indices
 *
 * Returns: (transfer full) (element-type TpoVideoRecord): or %NULL
 */
GPtrArray *tpo_store_list_videos (TpoStore *self, GError **error);

/**
 * tpo_store_list_summaries: in the order of adding, with what each has
 *
 * Looks at every annotation: from a thread of its own where there are many.
 *
 * Returns: (transfer full) (element-type TpoVideoSummary): or %NULL
 */
GPtrArray *tpo_store_list_summaries (TpoStore *self, GError **error);

/**
 * tpo_store_get_summary: that of one video
 * @summary: (out) (transfer full) (nullable): %NULL when the lists do not have it
 */
gboolean tpo_store_get_summary (TpoStore *self, gint64 video_id, TpoVideoSummary **summary,
                                GError **error);

/**
 * tpo_store_find_annotation_video: of an annotation, deleted or not. Returns: id, 0 when there is
 * none, -1 with an error
 */
gint64 tpo_store_find_annotation_video (TpoStore *self, gint64 annotation_id, GError **error);

/** tpo_store_set_reviewed: whether a person is done with the video */
gboolean tpo_store_set_reviewed (TpoStore *self, gint64 video_id, gboolean is_reviewed,
                                 const TpoEdit *edit, GError **error);

/** tpo_store_set_thumbnail: @picture: a small PNG or JPEG file; no undo step */
gboolean tpo_store_set_thumbnail (TpoStore *self, gint64 video_id, GBytes *picture,
                                  GError **error);

/** tpo_store_get_thumbnail: Returns: (transfer full): or %NULL, without an error when there is none */
GBytes *tpo_store_get_thumbnail (TpoStore *self, gint64 video_id, GError **error);

/**
 * tpo_store_set_place: remembers where the user is, and the conversation that is shown, or 0; no
 * undo step
 */
gboolean tpo_store_set_place (TpoStore *self, gint64 video_id, gint64 position_us,
                              gint64 conversation_id, GError **error);

/** tpo_store_set_video_uri: for "Locate…" */
gboolean tpo_store_set_video_uri (TpoStore *self, gint64 video_id, const char *uri,
                                  const TpoEdit *edit, GError **error);

/** tpo_store_remove_video: from the lists, with what belongs to it; adding it again brings it back */
gboolean tpo_store_remove_video (TpoStore *self, gint64 video_id, const TpoEdit *edit,
                                 GError **error);

/**
 * tpo_frame_at:
 * @times_us: [n] ascending presentation times
 *
 * Returns: the index of the frame on display at @time_us, the first one before it starts
 */
gint64 tpo_frame_at (const gint64 *times_us, gint64 n, gint64 time_us);

/** tpo_frame_end: when frame @index gives way to the next one or to @duration_us */
gint64 tpo_frame_end (const gint64 *times_us, gint64 n, gint64 duration_us, gint64 index);

G_END_DECLS
