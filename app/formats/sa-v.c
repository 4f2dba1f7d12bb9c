#include <glib/gi18n.h>
#include <string.h>

#include "formats/mask-sequence.h"
#include "formats/sa-v.h"
#include "formats/segmentation.h"

/*
 * SA-V for training: a file a video, "VIDEO_manual.json". Videos have 24 frames a second and every fourth is
 * annotated: place k of "masklet" is frame 4k, and holds a mask for each object, empty where it is
 * not seen.
 */

#define MAX_OBJECTS 65536 /* of a video */

/* ---- export ------------------------------------------------------------------------------------- */

static void
write_about (TpoJsonWriter *json, const TpoExportVideo *names, const TpoVideoRecord *video)
{
  tpo_json_string (json, "video_id", names->stem);
  tpo_json_seconds (json, "video_duration", video->duration_us);
  tpo_json_int (json, "video_frame_count", video->n_frames);
  tpo_json_int (json, "video_height", video->height);
  tpo_json_int (json, "video_width", video->width);
  tpo_json_int (json, "video_resolution", (gint64) video->height * video->width);
}

/* Each annotated frame with the mask of each object. */
static void
write_masklets (TpoExport *self, TpoJsonWriter *json, const TpoVideoRecord *video,
                GPtrArray *all)
{
  const guint32 none = video->width * video->height;
  g_autoptr (TpoRle) empty = tpo_rle_from_counts (&none, 1, video->width, video->height, NULL);
  g_autofree guint *next = g_new0 (guint, all->len + 1);

  tpo_json_begin_array (json, "masklet");
  for (gint64 index = 0; index < video->n_frames; index += TPO_SA_V_STEP) {
    tpo_json_begin_array (json, NULL);
    for (guint i = 0; i < all->len; i++) {
      const GArray *frames = all->pdata[i];
      const TpoTrackFrame *frame;
      g_autoptr (TpoRle) mask = NULL;

      while (next[i] < frames->len &&
             g_array_index (frames, TpoTrackFrame, next[i]).frame < index)
        next[i]++;
      frame = next[i] < frames->len ? &g_array_index (frames, TpoTrackFrame, next[i]) : NULL;
      if (frame != NULL && frame->frame == index)
        mask = tpo_export_frame_mask (self, video, frame);
      tpo_json_rle (json, NULL, mask != NULL ? mask : empty);
    }
    tpo_json_end_array (json);
  }
  tpo_json_end_array (json);
}

static void
write_statistics (TpoJsonWriter *json, const TpoVideoRecord *video, GPtrArray *all)
{
  tpo_json_begin_array (json, "masklet_id");
  for (guint i = 0; i < all->len; i++)
    tpo_json_int (json, NULL, i);
  tpo_json_end_array (json);
  tpo_json_begin_array (json, "masklet_first_appeared_frame");
  for (guint i = 0; i < all->len; i++) {
    const GArray *frames = all->pdata[i];

    tpo_json_int (
        json, NULL,
        frames->len > 0 ? g_array_index (frames, TpoTrackFrame, 0).frame / TPO_SA_V_STEP : 0);
  }
  tpo_json_end_array (json);
  tpo_json_int (json, "masklet_num", all->len);
  tpo_json_int (json, "masklet_frame_count",
                (video->n_frames + TPO_SA_V_STEP - 1) / TPO_SA_V_STEP);
  tpo_json_begin_array (json, "masklet_type");
  for (guint i = 0; i < all->len; i++)
    tpo_json_string (json, NULL, "manual");
  tpo_json_end_array (json);
}

static gboolean
write_video (TpoExport *self, const TpoExportVideo *names, const TpoVideoRecord *video,
             GPtrArray *annotations, gpointer data, GError **error)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  g_autofree char *name = g_strconcat (names->stem, "_manual.json", NULL);
  TpoJsonWriter json = { 0 };

  if (!tpo_check_picture (video->width, video->height))
    return TRUE;
  for (guint i = 0; i < annotations->len; i++) {
    const TpoAnnotationRecord *track = annotations->pdata[i];
    GArray *frames;

    if (track->kind != TPO_ANNOTATION_MASK_TRACK)
      continue;
    frames = tpo_export_collect_track (self, video, track, error);
    if (frames == NULL)
      return FALSE;
    g_ptr_array_add (all, frames);
    tpo_export_count_frames (self, track, frames);
    tpo_export_count_skipped (self, frames, TPO_SA_V_STEP);
  }
  if (all->len == 0)
    return TRUE;
  json.file = tpo_export_open (self, name, error);
  if (json.file == NULL)
    return FALSE;
  tpo_json_begin_object (&json, NULL);
  write_about (&json, names, video);
  write_statistics (&json, video, all);
  write_masklets (self, &json, video, all);
  tpo_json_end_object (&json);
  return tpo_export_close (self, json.file, error);
}

static gboolean
write_sa_v (TpoExport *self, GError **error)
{
  return tpo_export_each_video (self, write_video, NULL, error);
}

/* ---- import ------------------------------------------------------------------------------------- */

static void
mask_free (gpointer data)
{
  if (data != NULL)
    tpo_rle_unref (data);
}

/* The masks of a frame, object by object; NULL for none. */
static GPtrArray *
read_frame (TpoJsonReader *json)
{
  GPtrArray *masks = g_ptr_array_new_with_free_func (mask_free);

  tpo_json_read_array (json);
  while (tpo_json_next_element (json)) {
    TpoRle *mask = tpo_json_take_null (json) ? NULL : tpo_json_read_rle (json);

    if (masks->len == MAX_OBJECTS)
      tpo_json_fail (json, "there are more than %d objects", MAX_OBJECTS);
    g_ptr_array_add (masks, mask);
  }
  return masks;
}

static GPtrArray *
read_frames (TpoJsonReader *json)
{
  GPtrArray *frames = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);

  tpo_json_read_array (json);
  while (tpo_json_next_element (json))
    g_ptr_array_add (frames, read_frame (json));
  return frames;
}

/* What "masklet_type" says: a word for all, or one for each object. (element-type utf8) */
static GPtrArray *
read_types (TpoJsonReader *json)
{
  GPtrArray *types = g_ptr_array_new_with_free_func (g_free);

  if (tpo_json_peek (json) == '"') {
    g_ptr_array_add (types, tpo_json_read_name (json));
    return types;
  }
  tpo_json_read_array (json);
  while (tpo_json_next_element (json)) {
    if (types->len == MAX_OBJECTS)
      tpo_json_fail (json, "there are more than %d objects", MAX_OBJECTS);
    g_ptr_array_add (types, tpo_json_read_name (json));
  }
  return types;
}

static gboolean
is_auto (const GPtrArray *types, guint object)
{
  guint i = types != NULL && types->len == 1 ? 0 : object;

  return types != NULL && i < types->len && g_strcmp0 (types->pdata[i], "auto") == 0;
}

/* Objects of two files of a video, the manual and the automatic one, are different ones. */
static void
take_frames (TpoImport *self, TpoImportVideo *video, GPtrArray *frames, const GPtrArray *types,
             const char *file)
{
  for (guint i = 0; i < frames->len; i++) {
    const GPtrArray *masks = frames->pdata[i];

    for (guint k = 0; k < masks->len; k++) {
      g_autofree char *key = g_strdup_printf ("%u %s", k, file);
      TpoImportItem *track = tpo_import_get_track (self, video, key);

      if (is_auto (types, k))
        track->status = TPO_STATUS_PREDICTED;
      if (masks->pdata[k] != NULL)
        tpo_import_add_mask (self, track, (gint64) i * TPO_SA_V_STEP, masks->pdata[k], -1);
      else
        tpo_import_add_absent (self, track, (gint64) i * TPO_SA_V_STEP);
    }
  }
}

static gboolean
read_file (TpoImport *self, GFile *file, GError **error)
{
  g_autoptr (TpoJsonReader) json = tpo_import_open_json (self, file, error);
  g_autoptr (GPtrArray) frames = NULL;
  g_autoptr (GPtrArray) types = NULL;
  g_autofree char *id = NULL;
  g_autofree char *base = g_file_get_basename (file);
  TpoImportVideo *video = NULL;
  const char *name;

  if (json == NULL)
    return FALSE;
  tpo_json_read_object (json);
  while ((name = tpo_json_next_name (json)) != NULL) {
    char kind = tpo_json_peek (json);

    if (g_str_equal (name, "video_id") && id == NULL)
      id = tpo_json_read_name (json);
    else if (g_str_equal (name, "masklet_type") && types == NULL &&
             (kind == '"' || kind == '['))
      types = read_types (json);
    else if (g_str_equal (name, "masklet") && frames == NULL)
      frames = read_frames (json);
    else
      tpo_json_skip_field (json, name, "masklet_first_appeared_frame", "masklet_frame_count",
                           "masklet_id", "masklet_num", "video_duration", "video_frame_count",
                           "video_height", "video_width", "video_resolution", NULL);
  }
  if (id == NULL || frames == NULL)
    tpo_json_fail (json, "“video_id” and “masklet” are needed");
  if (!tpo_json_finish (json, error) || !tpo_import_get_video (self, id, &video, error))
    return FALSE;
  if (video != NULL)
    take_frames (self, video, frames, types, base);
  return tpo_import_may_go_on (self, 0, error);
}

static gboolean
read_sa_v (TpoImport *self, GError **error)
{
  return tpo_import_each_file (self, "_manual.json", read_file, error) &&
         (g_file_query_file_type (self->source, G_FILE_QUERY_INFO_NONE, NULL) !=
              G_FILE_TYPE_DIRECTORY ||
          tpo_import_each_file (self, "_auto.json", read_file, error));
}

static gboolean
detect_sa_v (const TpoProbe *probe)
{
  return tpo_probe_has (probe, "video_id", "masklet", NULL) ||
         tpo_probe_has (probe, "video_id", "video_frame_count", NULL) ||
         tpo_probe_has_file (probe, "_manual.json") || tpo_probe_has_file (probe, "_auto.json");
}

const TpoFormat tpo_format_sa_v = {
  .id = "sa-v",
  .title = "SA-V",
  .group = TPO_FORMAT_TRACKS,
  .holds = TPO_HOLDS_MASKS,
  .knows = N_ ("masks"),
  .write = write_sa_v,
  .read = read_sa_v,
  .detect = detect_sa_v,
};
