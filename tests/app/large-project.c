/*
 * Makes a project of many videos, labels and messages, to see how the program does with it.
 *
 * large-project [--videos=N] [--labels=N] [--labels-in-first=N] [--predicted=N] [--messages=N]
 *   [--tracks=N] [--track-frames=N] [--first=VIDEO] FOLDER CLIP
 *
 * FOLDER gets "labels.tpo" and the videos: the first N_OPENABLE and the last are copies of CLIP, an
 * MP4 file, that differ by a box of bytes at the end which players skip, all others are links to
 * it; or VIDEO, as it is, comes first. The first has as many labels as wished, the rest are spread
 * over the others: spans, and every eighth a box track, each of one of N_CLASSES labels; one in N
 * is as a model said. The first video has a conversation of that many messages, too, and that many
 * tracks with a mask on each of as many frames, as following objects leaves them: a revision a
 * second.
 */

#include <errno.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "formats/video-record.h"
#include "store/tpo-store-annotations.h"
#include "store/tpo-store-conversations.h"
#include "store/tpo-store-labels.h"
#include "store/tpo-store-predictions.h"
#include "store/tpo-store-videos.h"

enum {
  N_OPENABLE = 20,
  N_IN_GROUP = 5000,
  N_CLASSES = 10,
  N_QUESTIONS = 40,
  N_IN_REVISION = 25,
};

typedef struct {
  TpoStore *store;
  const char *folder;
  char *clip, *first; /* the latter is nullable */
  int n_videos, n_labels, n_in_first, predicted_every, n_messages, n_tracks, n_track_frames;
  TpoVideoRecord *about; /* of the clip */
  TpoVideoRecord *about_first;
  gint64 classes[N_CLASSES];
  GError *error; /* the first problem */
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

static char *
link_video (Maker *self, const char *path, const char *target, guint number)
{
  if (symlink (target, path) == 0)
    return g_strdup_printf ("sha256:%u", number);
  g_set_error (&self->error, G_IO_ERROR, g_io_error_from_errno (errno), "no link “%s”", path);
  return NULL;
}

static gint64
add_video (Maker *self, guint number)
{
  gboolean is_first = number == 0 && self->first != NULL;
  gboolean is_openable = number < N_OPENABLE || number == (guint) self->n_videos - 1;
  g_autofree char *name = g_strdup_printf ("clip %05u.mp4", number);
  g_autofree char *path = g_build_filename (self->folder, name, NULL);
  g_autofree char *uri = g_filename_to_uri (path, NULL, &self->error);
  g_autofree char *hash = NULL;
  TpoVideoRecord video = is_first ? *self->about_first : *self->about;

  if (uri == NULL)
    return 0;
  if (is_first) {
    g_autofree char *unused = link_video (self, path, self->first, number);

    hash = unused != NULL ? g_strdup (video.content_hash) : NULL;
  } else if (is_openable) {
    g_autoptr (GFile) file = g_file_new_for_path (path);

    if (copy_clip (self, path, number))
      hash = tpo_content_hash (file, NULL, &self->error);
  } else {
    hash = link_video (self, path, self->clip, number);
  }
  video.uri = uri;
  video.content_hash = hash;
  return hash != NULL ? tpo_store_add_video (self->store, &video, &self->error) : 0;
}

static gboolean
add_classes (Maker *self)
{
  for (guint i = 0; i < N_CLASSES; i++) {
    g_autofree char *name = g_strdup_printf ("class %u", i);
    g_autofree char *color = g_strdup_printf ("#%02x%02x80", 255 - 25 * i, 25 * i);
    g_autofree char *key = i > 0 ? g_strdup_printf ("%u", i) : NULL;

    self->classes[i] = tpo_store_add_label (self->store, name, color, key, NULL, &self->error);
    if (self->classes[i] == 0)
      return FALSE;
  }
  return TRUE;
}

/* ---- labels -------------------------------------------------------------------------------------------- */

/* @message_id: whose claim it is at @text_offset, or 0 */
static gboolean
add_prediction (Maker *self, const TpoAnnotationRecord *label, GPtrArray *keyframes,
                gint64 message_id, gint64 text_offset)
{
  g_autofree char *prompt =
      g_strdup_printf ("Where is number %d?", (int) label->start_us % N_QUESTIONS);
  TpoSpan span = { label->start_us, label->end_us, (float) (label->start_us % 997) / 997.0f };
  TpoPredictionRecord prediction = { .video_id = label->video_id,
                                     .message_id = message_id,
                                     .text_offset = text_offset,
                                     .kind = label->kind,
                                     .model = (char *) "a model",
                                     .prompt = prompt,
                                     .spans = &span,
                                     .n_spans = 1,
                                     .keyframes = keyframes };
  gint64 id = tpo_store_add_prediction (self->store, &prediction, &self->error);

  return id != 0 && tpo_store_annotate_prediction (self->store, id, label->label_id, NULL,
                                                   &self->error) != 0;
}

static gboolean
add_annotation (Maker *self, const TpoVideoRecord *about, gint64 video_id, guint number)
{
  gint64 last_us = about->duration_us - G_USEC_PER_SEC;
  gboolean is_predicted =
      self->predicted_every > 0 && number % (guint) self->predicted_every == 0;
  TpoKeyframeRecord keyframe = { .has_box = TRUE,
                                 .box = { 0.1f, 0.2f, 0.4f, 0.6f },
                                 .provenance =
                                     is_predicted ? TPO_PROVENANCE_MODEL : TPO_PROVENANCE_HUMAN,
                                 .score = is_predicted ? 0.5 : -1.0 };
  g_autoptr (GPtrArray) keyframes = g_ptr_array_new ();
  TpoAnnotationRecord label = {
    .video_id = video_id,
    .kind = number % 8 == 0 ? TPO_ANNOTATION_BOX_TRACK : TPO_ANNOTATION_SPAN,
    .status = TPO_STATUS_MANUAL,
    .label_id = self->classes[number % N_CLASSES],
    .provenance = TPO_PROVENANCE_HUMAN,
    .start_us = (gint64) number * 1009 * 997 % last_us,
  };
  const gint64 *times = about->frame_times_us;
  gboolean is_span = label.kind == TPO_ANNOTATION_SPAN;

  label.start_us = times[tpo_frame_at (times, about->n_frames, label.start_us)];
  label.end_us = label.start_us + G_USEC_PER_SEC / 2;
  keyframe.time_us = label.start_us;
  g_ptr_array_add (keyframes, &keyframe);
  if (is_predicted)
    return add_prediction (self, &label, is_span ? NULL : keyframes, 0, -1);
  return tpo_store_add_annotation (self->store, &label, is_span ? NULL : keyframes, NULL,
                                   &self->error) != 0;
}

/* ---- the conversation ------------------------------------------------------------------------------------ */

static char *
make_text (guint number)
{
  GString *text = g_string_new (NULL);

  if (number % 2 == 0) {
    g_string_printf (text, "What happens in part %u, and who is there?", number / 2);
  } else {
    g_string_printf (text, "In part **%u** there are these:\n\n", number / 2);
    for (guint i = 0; i < 1 + number % 7; i++)
      g_string_append_printf (
          text, "- somebody who does *something* for the %u. time, and goes on\n", i + 1);
    g_string_append (text, "\nAll of it takes a while.");
  }
  return g_string_free (text, FALSE);
}

/* One answer in five finds something. */
static gboolean
add_message (Maker *self, gint64 video_id, gint64 conversation_id, guint number)
{
  g_autofree char *text = make_text (number);
  gint64 id = tpo_store_append_message (
      self->store, conversation_id, number % 2 == 0 ? TPO_MESSAGE_USER : TPO_MESSAGE_ASSISTANT,
      text, TPO_MESSAGE_COMPLETE, NULL, &self->error);
  TpoAnnotationRecord found = { .video_id = video_id,
                                .kind = TPO_ANNOTATION_SPAN,
                                .start_us = number % 10 * G_USEC_PER_SEC,
                                .end_us = (number % 10 + 1) * G_USEC_PER_SEC };

  return id != 0 &&
         (number % 10 != 1 || add_prediction (self, &found, NULL, id, (gint64) strlen (text)));
}

static gboolean
add_conversation (Maker *self, gint64 video_id)
{
  gint64 id;
  gboolean ok = TRUE;

  if (self->n_messages == 0)
    return TRUE;
  if (!tpo_store_begin_group (self->store, NULL, &self->error))
    return FALSE;
  id = tpo_store_add_conversation (self->store, video_id, NULL, NULL, &self->error);
  for (guint i = 0; ok && i < (guint) self->n_messages; i++)
    ok = id != 0 && add_message (self, video_id, id, i);
  return ok && tpo_store_end_group (self->store, &self->error);
}

/* ---- tracks of masks -------------------------------------------------------------------------------------- */

/* A third of the picture's width and height, with an edge that goes in and out; it walks around. */
static TpoRle *
make_mask (const TpoVideoRecord *about, guint frame)
{
  g_autoptr (GArray) counts = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint width = about->width, height = about->height, first = width / 3, n = width / 3;
  double middle = (0.5 + 0.3 * sin (frame * 0.01)) * height;
  guint32 zeros = first * height;

  for (guint x = 0; x < n; x++) {
    double wave = 0.9 + 0.1 * sin (0.7 * x + 0.3 * frame);
    double half = wave * sqrt (x * (double) (n - x)) / n * height / 3.0 + 1.0;
    guint32 top = (guint32) MAX (middle - half, 0.0);
    guint32 end = (guint32) MIN (middle + half, height - 1.0);
    guint32 ones = end - top;

    zeros += top;
    g_array_append_val (counts, zeros);
    g_array_append_val (counts, ones);
    zeros = height - end;
  }
  zeros += (width - first - n) * height;
  g_array_append_val (counts, zeros);
  return tpo_rle_from_counts ((const guint32 *) (gpointer) counts->data, counts->len, width,
                              height, NULL); /* %NULL cannot come of these */
}

/* What was found of an object in a second. */
static GPtrArray *
make_keyframes (const TpoVideoRecord *about, guint first, guint end, guint track)
{
  GPtrArray *keyframes =
      g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_keyframe_record_free);

  for (guint i = first; i < end; i++) {
    TpoKeyframeRecord *keyframe = g_new0 (TpoKeyframeRecord, 1);

    keyframe->time_us = about->frame_times_us[i];
    keyframe->mask = make_mask (about, i + 100 * track);
    keyframe->has_box = tpo_rle_bounds (keyframe->mask, &keyframe->box);
    keyframe->provenance = TPO_PROVENANCE_MODEL;
    keyframe->score = 0.9;
    g_ptr_array_add (keyframes, keyframe);
  }
  return keyframes;
}

static gboolean
add_track (Maker *self, const TpoVideoRecord *about, gint64 video_id, guint track)
{
  guint n = MIN ((guint) self->n_track_frames, (guint) about->n_frames - 1);
  TpoAnnotationRecord label = { .video_id = video_id,
                                .kind = TPO_ANNOTATION_MASK_TRACK,
                                .status = TPO_STATUS_MANUAL,
                                .label_id = self->classes[track % N_CLASSES],
                                .provenance = TPO_PROVENANCE_HUMAN };
  gint64 id = 0;

  for (guint first = 0; first < n; first += N_IN_REVISION) {
    guint end = MIN (first + N_IN_REVISION, n);
    g_autoptr (GPtrArray) keyframes = make_keyframes (about, first, end, track);
    gint64 end_us = about->frame_times_us[end];

    label.end_us = end_us;
    if (id == 0)
      id = tpo_store_add_annotation (self->store, &label, keyframes, NULL, &self->error);
    else if (!tpo_store_set_keyframes (self->store, id, keyframes, end_us, NULL, &self->error))
      return FALSE;
    if (id == 0)
      return FALSE;
  }
  return TRUE;
}

/* The last of them is a step of its own: what Undo takes back. */
static gboolean
add_tracks (Maker *self, gint64 video_id)
{
  const TpoVideoRecord *about = self->first != NULL ? self->about_first : self->about;
  TpoEdit step = { .name = "Track Object" };

  for (guint i = 0; i < (guint) self->n_tracks; i++)
    if (!tpo_store_begin_group (self->store, &step, &self->error) ||
        !add_track (self, about, video_id, i) ||
        !tpo_store_end_group (self->store, &self->error))
      return FALSE;
  return TRUE;
}

/* ---- all of it ---------------------------------------------------------------------------------------------- */

static gboolean
add_annotations (Maker *self, const gint64 *ids)
{
  guint n_labels = (guint) self->n_labels, n_others = (guint) self->n_videos - 1;

  for (guint i = 0; i < n_labels; i++) {
    guint video = i < (guint) self->n_in_first ? 0 : 1 + i % n_others;
    const TpoVideoRecord *about =
        video == 0 && self->first != NULL ? self->about_first : self->about;

    if (i % N_IN_GROUP == 0 && !tpo_store_begin_group (self->store, NULL, &self->error))
      return FALSE;
    if (!add_annotation (self, about, ids[video], i))
      return FALSE;
    if ((i % N_IN_GROUP == N_IN_GROUP - 1 || i == n_labels - 1) &&
        !tpo_store_end_group (self->store, &self->error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
fill (Maker *self)
{
  g_autofree gint64 *ids = g_new (gint64, (gsize) self->n_videos);

  if (!add_classes (self))
    return FALSE;
  for (guint i = 0; i < (guint) self->n_videos; i++)
    if ((ids[i] = add_video (self, i)) == 0)
      return FALSE;
  return add_annotations (self, ids) && add_conversation (self, ids[0]) &&
         add_tracks (self, ids[0]);
}

static gboolean
prepare (Maker *self)
{
  g_autofree char *project = g_build_filename (self->folder, "labels.tpo", NULL);

  g_mkdir_with_parents (self->folder, 0777);
  self->about = tpo_video_record_from_file (self->clip, NULL, &self->error);
  if (self->about != NULL && self->first != NULL)
    self->about_first = tpo_video_record_from_file (self->first, NULL, &self->error);
  if (self->error == NULL)
    self->store = tpo_store_open (project, TPO_STORE_DEFAULT, &self->error);
  return self->store != NULL;
}

static void
maker_clear (Maker *self)
{
  g_clear_pointer (&self->store, tpo_store_close);
  g_clear_pointer (&self->about, tpo_video_record_free);
  g_clear_pointer (&self->about_first, tpo_video_record_free);
  g_free (self->clip);
  g_free (self->first);
  g_clear_error (&self->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Maker, maker_clear)

int
main (int argc, char **argv)
{
  g_auto (Maker) maker = { .n_videos = 2 };
  g_autofree char *first = NULL;
  const GOptionEntry options[] = {
    { "videos", 0, 0, G_OPTION_ARG_INT, &maker.n_videos, NULL, NULL },
    { "labels", 0, 0, G_OPTION_ARG_INT, &maker.n_labels, NULL, NULL },
    { "labels-in-first", 0, 0, G_OPTION_ARG_INT, &maker.n_in_first, NULL, NULL },
    { "predicted", 0, 0, G_OPTION_ARG_INT, &maker.predicted_every, NULL, NULL },
    { "messages", 0, 0, G_OPTION_ARG_INT, &maker.n_messages, NULL, NULL },
    { "tracks", 0, 0, G_OPTION_ARG_INT, &maker.n_tracks, NULL, NULL },
    { "track-frames", 0, 0, G_OPTION_ARG_INT, &maker.n_track_frames, NULL, NULL },
    { "first", 0, 0, G_OPTION_ARG_FILENAME, &first, NULL, NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("FOLDER CLIP");

  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &maker.error) || argc != 3) {
    g_printerr ("%s\n", maker.error != NULL ? maker.error->message : "FOLDER and CLIP, please");
    return 2;
  }
  maker.folder = argv[1];
  maker.clip = g_canonicalize_filename (argv[2], NULL);
  maker.first = first != NULL ? g_canonicalize_filename (first, NULL) : NULL;
  maker.n_videos = MAX (2, maker.n_videos);
  if (prepare (&maker) && fill (&maker))
    return 0;
  g_printerr ("%s\n", maker.error->message);
  return 1;
}
