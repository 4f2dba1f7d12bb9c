#include <glib/gi18n.h>

#include "formats/export-private.h"
#include "formats/import-private.h"
#include "formats/segmentation.h"

/*
 * YouTube-VIS: videos with lists of annotated frames, and tracks with an entry for each of these.
 * A frame's place in the list is not its number in the video: that is in the name of its image.
 */

/* ---- export ------------------------------------------------------------------------------------- */

/* Which frames of a video have something on them. (transfer full): [n_frames], or NULL */
static gboolean *
find_frames (TpoExport *self, const TpoVideoRecord *video, GPtrArray *annotations,
             GError **error)
{
  g_autofree gboolean *is_used = g_new0 (gboolean, (gsize) video->n_frames + 1);

  for (guint i = 0; i < annotations->len; i++) {
    g_autoptr (GArray) frames = NULL;

    if (!tpo_is_track (annotations->pdata[i]))
      continue;
    frames = tpo_export_collect_track (self, video, annotations->pdata[i], error);
    if (frames == NULL)
      return NULL;
    for (guint k = 0; k < frames->len; k++)
      is_used[g_array_index (frames, TpoTrackFrame, k).frame] = TRUE;
  }
  return g_steal_pointer (&is_used);
}

static gboolean
write_video (TpoExport *self, const TpoExportVideo *names, const TpoVideoRecord *video,
             GPtrArray *annotations, gpointer data, GError **error)
{
  TpoJsonWriter *json = &self->json;
  g_autofree gboolean *is_used = find_frames (self, video, annotations, error);
  gint64 length = 0;

  if (is_used == NULL)
    return FALSE;
  tpo_json_begin_object (json, NULL);
  tpo_json_int (json, "id", video->id);
  tpo_json_int (json, "width", video->width);
  tpo_json_int (json, "height", video->height);
  tpo_json_begin_array (json, "file_names");
  for (gint64 frame = 0; frame < video->n_frames; frame++) {
    g_autofree char *name =
        g_strdup_printf ("%s/%05" G_GINT64_FORMAT ".jpg", names->stem, frame);

    if (!is_used[frame])
      continue;
    tpo_json_string (json, NULL, name);
    length++;
  }
  tpo_json_end_array (json);
  tpo_json_int (json, "length", length);
  tpo_json_end_object (json);
  tpo_json_end_line (json);
  return TRUE;
}

/* One of the three arrays of a track, with null where it is absent. */
static void
write_column (TpoExport *self, const char *name, const TpoVideoRecord *video,
              const gboolean *is_used, GArray *frames,
              void (*write) (TpoExport *self, const TpoVideoRecord *video,
                             const TpoTrackFrame *frame))
{
  guint next = 0;

  tpo_json_begin_array (&self->json, name);
  for (gint64 i = 0; i < video->n_frames; i++) {
    const TpoTrackFrame *frame =
        next < frames->len ? &g_array_index (frames, TpoTrackFrame, next) : NULL;
    gboolean is_here = frame != NULL && frame->frame == i;

    next += is_here;
    if (is_here)
      write (self, video, frame);
    else if (is_used[i])
      tpo_json_null (&self->json, NULL);
  }
  tpo_json_end_array (&self->json);
}

static void
write_segmentation (TpoExport *self, const TpoVideoRecord *video, const TpoTrackFrame *frame)
{
  g_autoptr (TpoRle) mask = tpo_export_frame_mask (self, video, frame);

  tpo_json_rle (&self->json, NULL, mask);
}

static void
write_box (TpoExport *self, const TpoVideoRecord *video, const TpoTrackFrame *frame)
{
  tpo_json_xywh (&self->json, NULL, video, &frame->box);
}

static void
write_area (TpoExport *self, const TpoVideoRecord *video, const TpoTrackFrame *frame)
{
  const TpoBox *box = &frame->box;
  double width = ((double) box->x1 - (double) box->x0) * video->width;
  double height = ((double) box->y1 - (double) box->y0) * video->height;

  if (frame->area > 0)
    tpo_json_int (&self->json, NULL, (gint64) frame->area);
  else
    tpo_json_number (&self->json, NULL, width * height, 3);
}

static gboolean
write_tracks (TpoExport *self, const TpoExportVideo *names, const TpoVideoRecord *video,
              GPtrArray *annotations, gpointer data, GError **error)
{
  TpoJsonWriter *json = &self->json;
  g_autofree gboolean *is_used = find_frames (self, video, annotations, error);

  for (guint i = 0; is_used != NULL && i < annotations->len; i++) {
    const TpoAnnotationRecord *track = annotations->pdata[i];
    g_autoptr (GArray) frames = NULL;

    if (!tpo_is_track (track))
      continue;
    frames = tpo_export_collect_track (self, video, track, error);
    if (frames == NULL)
      return FALSE;
    tpo_export_count_frames (self, track, frames);
    tpo_json_begin_object (json, NULL);
    tpo_json_int (json, "id", track->id);
    tpo_json_int (json, "video_id", video->id);
    tpo_json_int (json, "category_id", tpo_export_category (self, track));
    tpo_json_int (json, "iscrowd", 0);
    write_column (self, "segmentations", video, is_used, frames, write_segmentation);
    write_column (self, "bboxes", video, is_used, frames, write_box);
    write_column (self, "areas", video, is_used, frames, write_area);
    tpo_export_write_values (self, json, "attributes", track);
    tpo_export_write_fields (self, json, track);
    tpo_json_end_object (json);
    tpo_json_end_line (json);
  }
  return is_used != NULL;
}

static gboolean
write_youtube_vis (TpoExport *self, GError **error)
{
  TpoJsonWriter *json = &self->json;

  self->n_walks = 2;
  tpo_json_begin_object (json, NULL);
  tpo_json_begin_array (json, "videos");
  if (!tpo_export_each_video (self, write_video, NULL, error))
    return FALSE;
  tpo_json_end_array (json);
  tpo_json_begin_array (json, "annotations");
  if (!tpo_export_each_video (self, write_tracks, NULL, error))
    return FALSE;
  tpo_json_end_array (json);
  tpo_export_write_categories (self);
  tpo_json_end_object (json);
  tpo_json_end_line (json);
  return TRUE;
}

/* ---- import ------------------------------------------------------------------------------------- */

typedef struct {
  TpoImportVideo *video; /* nullable: not found */
  GArray *frames;        /* of gint64, one a name */
  gint64 step;           /* the frames' least distance */
  char *name;            /* the folder of the first image */
  guint width, height;
} Video;

typedef struct {
  TpoImport *import;
  GHashTable *videos;     /* id → Video */
  GHashTable *categories; /* id → name */
} YoutubeVis;

/* An annotation; arrays grow as they are read. */
typedef struct {
  gint64 id, video_id, category_id;
  GPtrArray *segmentations; /* of TpoSegmentation */
  GArray *boxes;            /* of double, four an entry; the width is -1 for null */
  GPtrArray *values;        /* of attributes */
  GString *fields;          /* that are not known */
} Track;

static void
video_free (gpointer data)
{
  Video *video = data;

  g_array_unref (video->frames);
  g_free (video->name);
  g_free (video);
}

static void
segmentation_free (gpointer data)
{
  tpo_segmentation_clear (data);
  g_free (data);
}

static void
read_names (TpoJsonReader *json, Video *video)
{
  tpo_json_read_array (json);
  while (tpo_json_next_element (json)) {
    g_autofree char *path = tpo_json_read_text (json);
    g_autofree char *folder = NULL;
    gint64 frame = video->frames->len;

    if (tpo_name_of_frame (path, &folder, &frame) && video->name == NULL)
      video->name = g_steal_pointer (&folder);
    if (video->frames->len == TPO_MAX_FILES)
      tpo_json_fail (json, "the video has more than %d frames", TPO_MAX_FILES);
    g_array_append_val (video->frames, frame);
  }
}

static gboolean
read_video (YoutubeVis *self, TpoJsonReader *json, GError **error)
{
  Video *video = g_new0 (Video, 1);
  gint64 id = 0, width = 1, height = 1;
  const char *name;

  video->frames = g_array_new (FALSE, FALSE, sizeof (gint64));
  tpo_json_read_object (json);
  while ((name = tpo_json_next_name (json)) != NULL) {
    if (g_str_equal (name, "id"))
      id = tpo_json_read_int (json);
    else if (g_str_equal (name, "width"))
      width = tpo_json_read_int (json);
    else if (g_str_equal (name, "height"))
      height = tpo_json_read_int (json);
    else if (g_str_equal (name, "file_names"))
      read_names (json, video);
    else
      tpo_json_skip_field (json, name, "length", NULL);
  }
  if (!tpo_check_picture (width, height))
    tpo_json_fail (
        json, "a picture of %" G_GINT64_FORMAT " × %" G_GINT64_FORMAT " pixels is not possible",
        width, height);
  video->width = (guint) width;
  video->height = (guint) height;
  g_hash_table_insert (self->videos, g_memdup2 (&id, sizeof id), video);
  if (tpo_json_has_failed (json) || video->name == NULL)
    return TRUE;
  if (!tpo_import_get_video (self->import, video->name, &video->video, error))
    return FALSE;
  if (video->video != NULL)
    tpo_import_place_frames (video->video, video->frames);
  video->step = tpo_import_find_step (video->frames);
  return TRUE;
}

static void
read_boxes (TpoJsonReader *json, GArray *boxes)
{
  tpo_json_read_array (json);
  while (tpo_json_next_element (json)) {
    double box[4] = { 0, 0, -1, 0 };

    tpo_json_read_box (json, box);
    g_array_append_vals (boxes, box, 4);
  }
}

static void
read_track (TpoJsonReader *json, Track *track)
{
  const char *name;

  tpo_json_read_object (json);
  while ((name = tpo_json_next_name (json)) != NULL) {
    if (g_str_equal (name, "id")) {
      track->id = tpo_json_read_int (json);
    } else if (g_str_equal (name, "video_id")) {
      track->video_id = tpo_json_read_int (json);
    } else if (g_str_equal (name, "category_id")) {
      track->category_id = tpo_json_read_int (json);
    } else if (g_str_equal (name, "bboxes") && tpo_json_peek (json) == '[') {
      read_boxes (json, track->boxes);
    } else if (g_str_equal (name, "attributes")) {
      tpo_json_read_values (json, track->values);
    } else if (g_str_equal (name, "segmentations") && tpo_json_peek (json) == '[') {
      tpo_json_read_array (json);
      while (tpo_json_next_element (json)) {
        TpoSegmentation *segmentation = g_new0 (TpoSegmentation, 1);

        g_ptr_array_add (track->segmentations, segmentation);
        tpo_segmentation_read (segmentation, json);
      }
    } else {
      tpo_json_keep_field (json, track->fields, name, "bboxes", "segmentations", "areas",
                           "iscrowd", NULL);
    }
  }
}

static void
take_entry (YoutubeVis *self, TpoJsonReader *json, const Track *track, const Video *video,
            TpoImportItem *item, guint i)
{
  gint64 frame = g_array_index (video->frames, gint64, i);
  const TpoSegmentation *segmentation =
      i < track->segmentations->len ? track->segmentations->pdata[i] : NULL;
  const double *box =
      4 * i < track->boxes->len ? &g_array_index (track->boxes, double, 4 * i) : NULL;
  GError *problem = NULL;

  if (segmentation != NULL)
    tpo_segmentation_report (segmentation, self->import->report);
  if (segmentation != NULL && !tpo_segmentation_is_empty (segmentation)) {
    g_autoptr (TpoRle) mask =
        tpo_segmentation_to_mask (segmentation, video->width, video->height, &problem);

    if (mask != NULL)
      tpo_import_add_mask (self->import, item, frame, mask, -1);
    tpo_json_take_error (json, problem);
  } else if (box != NULL && box[2] >= 0) {
    tpo_import_add_box (self->import, item, frame, box[0] / video->width,
                        box[1] / video->height, (box[0] + box[2]) / video->width,
                        (box[1] + box[3]) / video->height, -1);
  } else {
    tpo_import_add_absent (self->import, item, frame);
  }
}

static void
take_track (YoutubeVis *self, TpoJsonReader *json, const Track *track)
{
  const Video *video = g_hash_table_lookup (self->videos, &track->video_id);
  const char *label = g_hash_table_lookup (self->categories, &track->category_id);
  g_autofree char *key = g_strdup_printf ("%" G_GINT64_FORMAT, track->id);
  TpoImportItem *item;

  if (video == NULL) {
    tpo_json_fail (json, "there is no video %" G_GINT64_FORMAT, track->video_id);
    return;
  }
  if ((track->segmentations->len > 0 && track->segmentations->len != video->frames->len) ||
      (track->boxes->len > 0 && track->boxes->len != 4 * video->frames->len)) {
    tpo_json_fail (json, "the video has %u frames, the track another number",
                   video->frames->len);
    return;
  }
  if (video->video == NULL)
    return;
  item = tpo_import_get_track (self->import, video->video, key);
  item->step = video->step;
  if (g_strcmp0 (label, TPO_UNLABELLED) != 0)
    tpo_import_set_label (self->import, item, label);
  tpo_import_set_values (self->import, item, track->values);
  tpo_import_set_fields (self->import, item, track->fields);
  for (guint i = 0; i < video->frames->len && !tpo_json_has_failed (json); i++)
    take_entry (self, json, track, video, item, i);
}

static gboolean
read_tracks (YoutubeVis *self, TpoJsonReader *json, GError **error)
{
  tpo_json_read_array (json);
  while (tpo_json_next_element (json)) {
    g_autoptr (GPtrArray) segmentations = g_ptr_array_new_with_free_func (segmentation_free);
    g_autoptr (GArray) boxes = g_array_new (FALSE, FALSE, sizeof (double));
    g_autoptr (GPtrArray) values = tpo_import_values_new ();
    g_autoptr (GString) fields = g_string_new (NULL);
    Track track = {
      .segmentations = segmentations, .boxes = boxes, .values = values, .fields = fields
    };

    read_track (json, &track);
    if (!tpo_json_has_failed (json))
      take_track (self, json, &track);
    if (!tpo_import_may_go_on (self->import, 0, error))
      return FALSE;
  }
  return TRUE;
}

/* Videos and categories first, wherever they are in the file; then tracks. */
static gboolean
read_pass (YoutubeVis *self, gboolean with_tracks, GError **error)
{
  g_autoptr (TpoJsonReader) json =
      tpo_import_open_json (self->import, self->import->source, error);
  const char *name;

  if (json == NULL)
    return FALSE;
  tpo_json_read_object (json);
  while ((name = tpo_json_next_name (json)) != NULL) {
    if (with_tracks && g_str_equal (name, "annotations")) {
      if (!read_tracks (self, json, error))
        return FALSE;
    } else if (!with_tracks && g_str_equal (name, "videos")) {
      tpo_json_read_array (json);
      while (tpo_json_next_element (json))
        if (!read_video (self, json, error))
          return FALSE;
    } else if (!with_tracks && g_str_equal (name, "categories")) {
      tpo_json_read_array (json);
      while (tpo_json_next_element (json))
        tpo_json_read_category (json, self->categories, self->import);
    } else {
      tpo_json_skip (json);
    }
  }
  return tpo_json_finish (json, error);
}

static gboolean
read_youtube_vis (TpoImport *import, GError **error)
{
  g_autoptr (GHashTable) videos =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, video_free);
  g_autoptr (GHashTable) categories =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  YoutubeVis self = { .import = import, .videos = videos, .categories = categories };

  return read_pass (&self, FALSE, error) && read_pass (&self, TRUE, error);
}

/* All of its lists may be empty; images are CocoVID's. */
static gboolean
detect_youtube_vis (const TpoProbe *probe)
{
  return tpo_probe_has (probe, "file_names", "videos", NULL) ||
         (tpo_probe_has (probe, "videos", "annotations", "categories", NULL) &&
          !tpo_probe_has (probe, "images", NULL)) ||
         tpo_probe_has (probe, "segmentations", "bboxes", NULL);
}

const TpoFormat tpo_format_youtube_vis = {
  .id = "youtube-vis",
  .title = "YouTube-VIS",
  .extension = ".json",
  .group = TPO_FORMAT_TRACKS,
  .holds = TPO_HOLDS_BOXES | TPO_HOLDS_MASKS | TPO_HOLDS_LABELS | TPO_HOLDS_ATTRIBUTES,
  .dialect = "youtube-vis",
  .knows = N_ ("boxes and masks"),
  .write = write_youtube_vis,
  .read = read_youtube_vis,
  .detect = detect_youtube_vis,
};
