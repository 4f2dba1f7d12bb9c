/*
 * Makes a project of many videos and labels, to see how the program does with it.
 *
 * large-project FOLDER CLIP N_VIDEOS N_ANNOTATIONS N_IN_FIRST
 *
 * FOLDER gets "labels.tpo" and the videos: the first N_OPENABLE and the last are copies of CLIP, an MP4 file, that differ
 * by a box of bytes at the end which players skip, all others are links to it. The first has N_IN_FIRST annotations, the
 * rest are spread over the others: spans, and every eighth a box track.
 */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "formats/video-record.h"
#include "store/tpo-store-annotations.h"
#include "store/tpo-store-videos.h"

enum {
  N_OPENABLE = 20,
  N_IN_GROUP = 5000,
};

typedef struct {
  TpoStore *store;
  const char *folder, *clip;
  TpoVideoRecord *about; /* of the clip */
  GError *error;         /* the first problem */
} Maker;

/* A copy that is a video of its own. */
static gboolean
copy_clip (Maker *self, const char *path, guint number)
{
  g_autofree char *bytes = NULL;
  g_autoptr (GByteArray) all = g_byte_array_new ();
  guint8 box[16] = { 0, 0, 0, 16, 'f', 'r', 'e', 'e' };
  gsize size;

  if (!g_file_get_contents (self->clip, &bytes, &size, &self->error))
    return FALSE;
  memcpy (box + 8, &number, sizeof number);
  g_byte_array_append (all, (const guint8 *) bytes, (guint) size);
  g_byte_array_append (all, box, sizeof box);
  return g_file_set_contents (path, (const char *) all->data, all->len, &self->error);
}

static gint64
add_video (Maker *self, guint number, gboolean is_openable)
{
  g_autofree char *name = g_strdup_printf ("clip %05u.mp4", number);
  g_autofree char *path = g_build_filename (self->folder, name, NULL);
  g_autofree char *uri = g_filename_to_uri (path, NULL, &self->error);
  g_autofree char *hash = NULL;
  TpoVideoRecord video = *self->about;

  if (uri == NULL)
    return 0;
  if (is_openable) {
    g_autoptr (GFile) file = g_file_new_for_path (path);

    if (!copy_clip (self, path, number))
      return 0;
    hash = tpo_content_hash (file, NULL, &self->error);
  } else {
    if (symlink (self->clip, path) != 0) {
      g_set_error (&self->error, G_IO_ERROR, g_io_error_from_errno (errno), "no link “%s”",
                   path);
      return 0;
    }
    hash = g_strdup_printf ("sha256:%u", number);
  }
  video.uri = uri;
  video.content_hash = hash;
  return hash != NULL ? tpo_store_add_video (self->store, &video, &self->error) : 0;
}

static gboolean
add_annotation (Maker *self, gint64 video_id, guint number)
{
  gint64 last_us = self->about->duration_us - G_USEC_PER_SEC;
  TpoKeyframeRecord keyframe = { .has_box = TRUE,
                                 .box = { 0.1f, 0.2f, 0.4f, 0.6f },
                                 .provenance = TPO_PROVENANCE_HUMAN,
                                 .score = -1.0 };
  g_autoptr (GPtrArray) keyframes = g_ptr_array_new ();
  TpoAnnotationRecord annotation = {
    .video_id = video_id,
    .kind = number % 8 == 0 ? TPO_ANNOTATION_BOX_TRACK : TPO_ANNOTATION_SPAN,
    .status = number % 3 == 0 ? TPO_STATUS_PREDICTED : TPO_STATUS_MANUAL,
    .provenance = TPO_PROVENANCE_HUMAN,
    .start_us = (gint64) number * 1009 * 997 % last_us,
  };
  const gint64 *times = self->about->frame_times_us;

  annotation.start_us = times[tpo_frame_at (times, self->about->n_frames, annotation.start_us)];
  annotation.end_us = annotation.start_us + G_USEC_PER_SEC / 2;
  keyframe.time_us = annotation.start_us;
  g_ptr_array_add (keyframes, &keyframe);
  return tpo_store_add_annotation (self->store, &annotation,
                                   annotation.kind == TPO_ANNOTATION_SPAN ? NULL : keyframes,
                                   NULL, &self->error) != 0;
}

static gboolean
fill (Maker *self, guint n_videos, guint n_annotations, guint n_in_first)
{
  g_autofree gint64 *ids = g_new (gint64, n_videos);

  for (guint i = 0; i < n_videos; i++)
    if ((ids[i] = add_video (self, i, i < N_OPENABLE || i == n_videos - 1)) == 0)
      return FALSE;
  for (guint i = 0; i < n_annotations; i++) {
    guint video = i < n_in_first ? 0 : 1 + i % (n_videos - 1);

    if (i % N_IN_GROUP == 0 && !tpo_store_begin_group (self->store, NULL, &self->error))
      return FALSE;
    if (!add_annotation (self, ids[video], i))
      return FALSE;
    if ((i % N_IN_GROUP == N_IN_GROUP - 1 || i == n_annotations - 1) &&
        !tpo_store_end_group (self->store, &self->error))
      return FALSE;
  }
  return TRUE;
}

int
main (int argc, char **argv)
{
  Maker maker = { 0 };
  g_autoptr (TpoVideoRecord) about = NULL;
  g_autoptr (TpoStore) store = NULL;
  g_autofree char *project = NULL;
  g_autofree char *clip = NULL;
  g_autoptr (GError) error = NULL;

  if (argc != 6) {
    g_printerr ("usage: large-project FOLDER CLIP N_VIDEOS N_ANNOTATIONS N_IN_FIRST\n");
    return 2;
  }
  project = g_build_filename (argv[1], "labels.tpo", NULL);
  g_mkdir_with_parents (argv[1], 0777);
  clip = g_canonicalize_filename (argv[2], NULL);
  about = tpo_video_record_from_file (clip, NULL, &error);
  if (about != NULL)
    store = tpo_store_open (project, TPO_STORE_DEFAULT, &error);
  if (store == NULL) {
    g_printerr ("%s\n", error->message);
    return 1;
  }
  maker = (Maker){ .store = store, .folder = argv[1], .clip = clip, .about = about };
  if (!fill (&maker, MAX (2, (guint) g_ascii_strtoull (argv[3], NULL, 10)),
             (guint) g_ascii_strtoull (argv[4], NULL, 10),
             (guint) g_ascii_strtoull (argv[5], NULL, 10))) {
    g_printerr ("%s\n", maker.error->message);
    g_clear_error (&maker.error);
    return 1;
  }
  return 0;
}
