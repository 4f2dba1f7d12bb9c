#include <glib/gi18n.h>

#include "formats/coco.h"
#include "formats/export-private.h"
#include "formats/import-private.h"
#include "formats/polygon.h"
#include "formats/segmentation.h"

/*
 * COCO instances. Images are the labelled frames; since their ids must be known before the
 * annotations, each video is walked twice: once to see which frames have something on them, once
 * to write it. Categories come last, when it is known whether there are unlabelled objects.
 * video_id, frame_id and instance_id are those of CocoVID.
 */

typedef struct {
  TpoExport *export;
  TpoOutputFile *frames; /* ids of images → frames of videos */
  gint64 next_image_id, next_annotation_id;
  TpoCocoInstanceFunc func; /* nullable */
  gpointer data;
  /* The video at hand: */
  const TpoExportVideo *names;
  TpoVideoRecord *video;
  gint64 *image_ids; /* [n_frames]: 0 where nothing is labelled */
  /* The track at hand: */
  const TpoAnnotationRecord *track;
  GPtrArray *values; /* of its attributes */
  char *fields;      /* nullable: of another program's */
} Coco;

static void write_instance (const TpoTrackFrame *frame, gpointer data);

/* Calls func for all frames of all tracks of the video, with the keyframes of one at a time. */
static gboolean
walk_tracks (Coco *self, TpoTrackFrameFunc func, GError **error)
{
  TpoExport *export = self->export;
  g_autoptr (GPtrArray) annotations =
      tpo_export_list_annotations (export, self->video->id, error);

  for (guint i = 0; annotations != NULL && i < annotations->len; i++) {
    g_autoptr (GPtrArray) keyframes = NULL;
    g_autoptr (GPtrArray) values = NULL;
    g_autofree char *fields = NULL;

    self->track = annotations->pdata[i];
    if (self->track->kind == TPO_ANNOTATION_SPAN)
      continue;
    self->values = values = tpo_export_list_values (export, self->track);
    self->fields = fields = tpo_export_get_fields (export, self->track);
    keyframes = tpo_store_list_light_keyframes (export->store, self->track->revision_id,
                                                G_MININT64, G_MAXINT64, error);
    if (keyframes == NULL)
      return FALSE;
    if (func == write_instance && self->track->kind == TPO_ANNOTATION_BOX_TRACK &&
        !export->options.keyframes_only)
      tpo_loss_report_add (export->report, N_ ("box tracks"), 1, TPO_LOSS_KEYFRAMES);
    tpo_export_walk_track (export, self->video, self->track, keyframes, func, self);
    if (!tpo_export_may_go_on (export, error))
      return FALSE;
  }
  return annotations != NULL;
}

static void
mark_image (const TpoTrackFrame *frame, gpointer data)
{
  Coco *self = data;

  self->image_ids[frame->frame] = 1; /* numbered when all are known */
}

static gboolean
find_images (Coco *self, GError **error)
{
  self->image_ids = g_new0 (gint64, (gsize) self->video->n_frames + 1);
  if (!walk_tracks (self, mark_image, error))
    return FALSE;
  for (gint64 frame = 0; frame < self->video->n_frames; frame++)
    if (self->image_ids[frame] != 0)
      self->image_ids[frame] = self->next_image_id++;
  return TRUE;
}

static void
write_image (Coco *self, gint64 frame)
{
  TpoJsonWriter *json = &self->export->json;
  TpoJsonWriter line = { .file = self->frames };
  g_autofree char *name =
      g_strdup_printf ("%s/%06" G_GINT64_FORMAT ".png", self->names->stem, frame);

  tpo_json_begin_object (json, NULL);
  tpo_json_int (json, "id", self->image_ids[frame]);
  tpo_json_string (json, "file_name", name);
  tpo_json_int (json, "width", self->video->width);
  tpo_json_int (json, "height", self->video->height);
  tpo_json_int (json, "video_id", self->video->id);
  tpo_json_int (json, "frame_id", frame);
  tpo_json_end_object (json);
  tpo_json_end_line (json);

  tpo_json_begin_object (&line, NULL);
  tpo_json_int (&line, "image_id", self->image_ids[frame]);
  tpo_json_string (&line, "video", self->names->path);
  tpo_json_int (&line, "frame", frame);
  tpo_json_seconds (&line, "time", self->video->frame_times_us[frame]);
  tpo_json_end_object (&line);
  tpo_json_end_line (&line);
}

static gboolean
write_images (Coco *self, GError **error)
{
  if (!find_images (self, error))
    return FALSE;
  for (gint64 frame = 0; frame < self->video->n_frames; frame++)
    if (self->image_ids[frame] != 0)
      write_image (self, frame);
  return TRUE;
}

static void
write_box (TpoJsonWriter *json, const TpoVideoRecord *video, const TpoBox *box)
{
  double width = ((double) box->x1 - (double) box->x0) * video->width;
  double height = ((double) box->y1 - (double) box->y0) * video->height;

  tpo_json_xywh (json, "bbox", video, box);
  tpo_json_number (json, "area", width * height, 3);
}

static void
write_rings (TpoJsonWriter *json, GPtrArray *rings)
{
  tpo_json_begin_array (json, "segmentation");
  for (guint i = 0; i < rings->len; i++) {
    const GArray *ring = rings->pdata[i];

    tpo_json_begin_array (json, NULL);
    for (guint k = 0; k < ring->len; k++)
      tpo_json_int (json, NULL, g_array_index (ring, int, k));
    tpo_json_end_array (json);
  }
  tpo_json_end_array (json);
}

static void
write_mask (const Coco *self, const TpoTrackFrame *frame)
{
  TpoJsonWriter *json = &self->export->json;
  const TpoRle *mask = frame->mask;
  g_autoptr (GPtrArray) rings = NULL;
  TpoBox bounds = { 0 };

  tpo_rle_bounds (mask, &bounds);
  tpo_json_xywh (json, "bbox", self->video, &bounds);
  tpo_json_int (json, "area", (gint64) frame->area);

  if (self->export->options.polygons && tpo_mask_outlines (mask, &rings)) {
    write_rings (json, rings);
    return;
  }
  tpo_json_rle (json, "segmentation", mask);
}

static void
write_instance (const TpoTrackFrame *frame, gpointer data)
{
  Coco *self = data;
  TpoJsonWriter *json = &self->export->json;
  const TpoCocoInstance instance = {
    .annotation_id = self->next_annotation_id++,
    .image_id = self->image_ids[frame->frame],
    .category_id = tpo_export_category (self->export, self->track),
    .frame = frame->frame,
    .names = self->names,
    .track = self->track,
  };

  if (frame->is_scaled)
    tpo_loss_report_add (self->export->report, N_ ("masks"), 1, TPO_LOSS_MASKS_SCALED);
  tpo_json_begin_object (json, NULL);
  tpo_json_int (json, "id", instance.annotation_id);
  tpo_json_int (json, "image_id", instance.image_id);
  tpo_json_int (json, "category_id", instance.category_id);
  tpo_json_int (json, "iscrowd", 0);
  if (frame->mask != NULL)
    write_mask (self, frame);
  else
    write_box (json, self->video, &frame->box);
  tpo_json_int (json, "video_id", self->video->id);
  tpo_json_int (json, "instance_id", self->track->id);
  tpo_json_string (json, "tpo_status", tpo_annotation_status_name (self->track->status));
  tpo_json_string (json, "tpo_text", self->track->text);
  tpo_json_values (json, "attributes", self->values);
  tpo_json_members (json, self->fields);
  tpo_json_end_object (json);
  tpo_json_end_line (json);
  if (self->func != NULL)
    self->func (&instance, self->data);
}

static gboolean
write_instances (Coco *self, GError **error)
{
  if (self->video->n_frames == 0)
    tpo_loss_report_add (self->export->report, N_ ("videos"), 1,
                         N_ ("without a time index, thus without frames to put tracks on"));
  return find_images (self, error) && walk_tracks (self, write_instance, error);
}

/* The first two of the three walks over the project are the work. */
static gboolean
walk_videos (Coco *self, gboolean (*func) (Coco *self, GError **error), guint walk,
             GError **error)
{
  GPtrArray *videos = self->export->videos;

  self->next_image_id = 1;
  for (guint i = 0; i < videos->len; i++) {
    gboolean is_done;

    self->names = videos->pdata[i];
    self->video = tpo_store_get_video (self->export->store, self->names->id, error);
    is_done = self->video != NULL && func (self, error);
    g_clear_pointer (&self->video, tpo_video_record_free);
    g_clear_pointer (&self->image_ids, g_free);
    if (!is_done)
      return FALSE;
    tpo_export_progress (self->export, MIN (walk * videos->len + i + 1, 2 * videos->len),
                         2 * videos->len);
  }
  return TRUE;
}

static gboolean
write_video (Coco *self, GError **error)
{
  TpoJsonWriter *json = &self->export->json;

  tpo_json_begin_object (json, NULL);
  tpo_json_int (json, "id", self->video->id);
  tpo_json_string (json, "name", self->names->path);
  tpo_json_int (json, "width", self->video->width);
  tpo_json_int (json, "height", self->video->height);
  tpo_json_end_object (json);
  return TRUE;
}

static gboolean
write_all (Coco *self, GError **error)
{
  TpoJsonWriter *json = &self->export->json;

  tpo_json_begin_object (json, NULL);
  tpo_json_begin_object (json, "info");
  tpo_json_string (json, "description", "TPO Studio export");
  tpo_json_string (json, "version", "1.0");
  tpo_json_end_object (json);
  tpo_json_begin_array (json, "images");
  if (!walk_videos (self, write_images, 0, error))
    return FALSE;
  tpo_json_end_array (json);
  tpo_json_begin_array (json, "annotations");
  if (!walk_videos (self, write_instances, 1, error))
    return FALSE;
  tpo_json_end_array (json);
  tpo_export_write_categories (self->export);
  tpo_json_begin_array (json, "videos");
  if (!walk_videos (self, write_video, 2, error))
    return FALSE;
  tpo_json_end_array (json);
  tpo_json_end_object (json);
  tpo_json_end_line (json);
  return TRUE;
}

gboolean
tpo_coco_write (TpoExport *export, const char *frames_name, TpoCocoInstanceFunc func,
                gpointer data, GError **error)
{
  g_autoptr (TpoOutputFile) frames = tpo_export_open (export, frames_name, error);
  Coco self = { .export = export, .next_annotation_id = 1, .func = func, .data = data };

  self.frames = frames;
  return frames != NULL && write_all (&self, error) &&
         tpo_export_close (export, g_steal_pointer (&frames), error);
}

static gboolean
write_coco (TpoExport *export, GError **error)
{
  return tpo_coco_write (export, ".frames.jsonl", NULL, NULL, error);
}

/* All of its lists may be empty. */
static gboolean
detect_coco (const TpoProbe *probe)
{
  return tpo_probe_has (probe, "images", "file_name", NULL) ||
         tpo_probe_has (probe, "images", "annotations", "categories", NULL) ||
         tpo_probe_has (probe, "annotations", "image_id", "category_id", NULL);
}

static gboolean
detect_cocovid (const TpoProbe *probe)
{
  return detect_coco (probe) && tpo_probe_has (probe, "video_id", NULL) &&
         (tpo_probe_has (probe, "frame_id", NULL) ||
          tpo_probe_has (probe, "frame_index", NULL));
}

const TpoFormat tpo_format_coco = {
  .id = "coco",
  .title = "COCO",
  .extension = ".json",
  .group = TPO_FORMAT_TRACKS,
  .holds = TPO_HOLDS_BOXES | TPO_HOLDS_MASKS | TPO_HOLDS_LABELS | TPO_HOLDS_TEXTS |
           TPO_HOLDS_STATES | TPO_HOLDS_ATTRIBUTES,
  .dialect = "coco",
  .knows = N_ ("single frames"),
  .write = write_coco,
  .read = tpo_coco_read,
  .detect = detect_coco,
};

const TpoFormat tpo_format_cocovid = {
  .id = "cocovid",
  .title = "CocoVID",
  .extension = ".json",
  .group = TPO_FORMAT_TRACKS,
  .holds = TPO_HOLDS_BOXES | TPO_HOLDS_MASKS | TPO_HOLDS_LABELS | TPO_HOLDS_TEXTS |
           TPO_HOLDS_STATES | TPO_HOLDS_ATTRIBUTES,
  .dialect = "coco",
  .knows = N_ ("boxes and masks"),
  .write = write_coco,
  .read = tpo_coco_read,
  .detect = detect_cocovid,
};
