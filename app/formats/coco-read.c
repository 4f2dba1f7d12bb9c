#include <glib/gi18n.h>
#include <string.h>

#include "formats/coco.h"
#include "formats/export-private.h"
#include "formats/import-private.h"
#include "formats/segmentation.h"

/*
 * COCO's parts may come in any order, and annotations are many: the file is read twice, first for
 * images, categories, videos and tracks, then for annotations.
 *
 * An image is a frame of a video by its video_id and frame_id (CocoVID, 0-based; ByteTrack, known by
 * prev_image_id, 1-based; TAO's frame_index), else by its name, "clip7/000012.jpg", else a picture of
 * its own.
 */

typedef struct {
  gint64 id, video_id, frame; /* video_id 0 and frame -1 for none */
  char *file_name;
  guint width, height;
  TpoImportVideo *video; /* once found */
} Image;

typedef struct {
  TpoImport *import;
  GFile *file;
  GHashTable *items;      /* nullable; id of an annotation → TpoImportItem */
  GHashTable *images;     /* id → Image */
  GPtrArray *list;        /* of the same, in order */
  GHashTable *categories; /* id → name */
  GHashTable *videos;     /* id → name */
  GHashTable *tracks;     /* TAO: id → category id */
  GHashTable *steps;      /* TpoImportVideo → frames from one image to the next */
  gboolean is_one_based;
  guint64 size; /* of the file, or 0 */
} Coco;

typedef struct {
  gint64 id, image_id, category_id, instance_id; /* -1 for none */
  gboolean is_crowd, has_box;
  double box[4], score;
  TpoSegmentation segmentation;
  char *status, *text;
  GPtrArray *values; /* of attributes */
  GString *fields;   /* that are not known */
} Instance;

static void
image_free (gpointer data)
{
  Image *image = data;

  g_free (image->file_name);
  g_free (image);
}

static gpointer
key_new (gint64 id)
{
  return g_memdup2 (&id, sizeof id);
}

static void
take_text (TpoJsonReader *json, char **text)
{
  g_free (*text);
  *text = NULL;
  if (!tpo_json_take_null (json))
    *text = tpo_json_read_text (json);
}

static guint
read_edge (TpoJsonReader *json)
{
  gint64 edge = tpo_json_read_int (json);

  if (edge <= 0 || edge > TPO_MAX_EDGE)
    tpo_json_fail (json, "a picture of %" G_GINT64_FORMAT " pixels is not possible", edge);
  return (guint) edge;
}

static void
read_image (Coco *self, TpoJsonReader *json)
{
  Image *image = g_new0 (Image, 1);
  const char *name;

  image->frame = -1;
  tpo_json_read_object (json);
  while ((name = tpo_json_next_name (json)) != NULL) {
    if (g_str_equal (name, "id"))
      image->id = tpo_json_read_int (json);
    else if (g_str_equal (name, "file_name"))
      take_text (json, &image->file_name);
    else if (g_str_equal (name, "width"))
      image->width = read_edge (json);
    else if (g_str_equal (name, "height"))
      image->height = read_edge (json);
    else if (g_str_equal (name, "video_id"))
      image->video_id = tpo_json_read_int (json);
    else if (g_str_equal (name, "frame_id") || g_str_equal (name, "frame_index"))
      image->frame = tpo_json_read_int (json);
    else {
      self->is_one_based |= g_str_equal (name, "prev_image_id");
      tpo_json_skip_field (json, name, "prev_image_id", "next_image_id", NULL);
    }
  }
  if (image->file_name == NULL || image->width == 0 || image->height == 0)
    tpo_json_fail (json, "an image needs file_name, width and height");
  else if (image->frame < -1 || image->frame > G_MAXINT)
    tpo_json_fail (json, "there is no frame %" G_GINT64_FORMAT, image->frame);
  else if (g_hash_table_size (self->images) >= TPO_MAX_ITEMS)
    tpo_json_fail (json, "there are more than %d images", TPO_MAX_ITEMS);
  else if (g_hash_table_contains (self->images, &image->id))
    tpo_json_fail (json, "there are two images %" G_GINT64_FORMAT, image->id);
  g_ptr_array_add (self->list, image);
  g_hash_table_insert (self->images, key_new (image->id), image);
}

static void
read_track (Coco *self, TpoJsonReader *json)
{
  gint64 id = 0, category_id = -1;
  const char *name;

  tpo_json_read_object (json);
  while ((name = tpo_json_next_name (json)) != NULL) {
    if (g_str_equal (name, "id"))
      id = tpo_json_read_int (json);
    else if (g_str_equal (name, "category_id"))
      category_id = tpo_json_read_int (json);
    else
      tpo_json_skip_field (json, name, "video_id", NULL);
  }
  if (g_hash_table_size (self->tracks) < TPO_MAX_ITEMS)
    g_hash_table_insert (self->tracks, key_new (id), key_new (category_id));
}

/* Everything but the annotations. */
static gboolean
read_tables (Coco *self, GError **error)
{
  g_autoptr (TpoJsonReader) json = tpo_import_open_json (self->import, self->file, error);
  const char *name;

  if (json == NULL)
    return FALSE;
  if (tpo_json_peek (json) == '[')
    tpo_json_fail (json, "this is a list of results, which names no images; "
                         "the data set's own file is needed");
  tpo_json_read_object (json);
  while ((name = tpo_json_next_name (json)) != NULL) {
    gboolean is_images = g_str_equal (name, "images"), is_tracks = g_str_equal (name, "tracks");
    GHashTable *table = g_str_equal (name, "categories") ? self->categories
                        : g_str_equal (name, "videos")   ? self->videos
                                                         : NULL;

    if (!is_images && !is_tracks && table == NULL) {
      tpo_json_skip (json);
      continue;
    }
    tpo_json_read_array (json);
    while (tpo_json_next_element (json)) {
      if (is_images)
        read_image (self, json);
      else if (is_tracks)
        read_track (self, json);
      else
        tpo_json_read_category (json, table, table == self->categories ? self->import : NULL);
    }
  }
  self->size = tpo_json_get_offset (json);
  return tpo_json_finish (json, error);
}

/* The video that an image is a frame of; names of frames give both. */
static gboolean
find_video (Coco *self, Image *image, GError **error)
{
  const char *video_name = g_hash_table_lookup (self->videos, &image->video_id);
  g_autofree char *folder = NULL;
  gint64 frame = 0;
  gboolean is_frame = tpo_name_of_frame (image->file_name, &folder, &frame);

  if (image->frame >= 0 && self->is_one_based)
    image->frame--;
  if (image->frame < 0 && is_frame)
    image->frame = frame;
  if (video_name != NULL) {
    if (!tpo_import_try_video (self->import, video_name, &image->video, error))
      return FALSE;
    if (image->video != NULL || !is_frame)
      return image->video != NULL ||
             tpo_import_get_video (self->import, video_name, &image->video, error);
  }
  if (is_frame) {
    if (!tpo_import_try_video (self->import, folder, &image->video, error))
      return FALSE;
    if (image->video != NULL)
      return TRUE;
  }
  /* A picture of its own. */
  if (!tpo_import_try_video (self->import, image->file_name, &image->video, error))
    return FALSE;
  if (image->video != NULL) {
    image->frame = 0;
    return TRUE;
  }
  return tpo_import_get_video (self->import, is_frame ? folder : image->file_name,
                               &image->video, error);
}

static gint
compare_images (gconstpointer a, gconstpointer b)
{
  const Image *const *left = a, *const *right = b;

  if ((*left)->video != (*right)->video)
    return (*left)->video < (*right)->video ? -1 : 1;
  return (*left)->frame < (*right)->frame ? -1 : (*left)->frame > (*right)->frame;
}

/* The least distance of a video's images: a track that skips more than that is absent. */
static void
find_steps (Coco *self)
{
  g_ptr_array_sort (self->list, compare_images);
  for (guint i = 1; i < self->list->len; i++) {
    const Image *last = self->list->pdata[i - 1], *image = self->list->pdata[i];
    gint64 step = image->frame - last->frame;
    gint64 least = GPOINTER_TO_INT (g_hash_table_lookup (self->steps, image->video));

    if (image->video == last->video && step > 0 && step < G_MAXINT &&
        (least == 0 || step < least))
      g_hash_table_insert (self->steps, image->video, GINT_TO_POINTER ((int) step));
  }
}

static gboolean
find_videos (Coco *self, GError **error)
{
  for (guint i = 0; i < self->list->len; i++)
    if (!find_video (self, self->list->pdata[i], error))
      return FALSE;
  find_steps (self);
  return TRUE;
}

static void
read_instance (TpoJsonReader *json, Instance *instance)
{
  const char *name;

  tpo_json_read_object (json);
  while ((name = tpo_json_next_name (json)) != NULL) {
    if (g_str_equal (name, "id")) {
      instance->id = tpo_json_read_int (json);
    } else if (g_str_equal (name, "image_id")) {
      instance->image_id = tpo_json_read_int (json);
    } else if (g_str_equal (name, "category_id")) {
      instance->category_id = tpo_json_read_int (json);
    } else if (g_str_equal (name, "instance_id") || g_str_equal (name, "track_id")) {
      instance->instance_id = tpo_json_read_int (json);
    } else if (g_str_equal (name, "bbox")) {
      instance->has_box = tpo_json_read_box (json, instance->box);
    } else if (g_str_equal (name, "segmentation")) {
      tpo_segmentation_read (&instance->segmentation, json);
    } else if (g_str_equal (name, "iscrowd")) {
      instance->is_crowd = tpo_json_read_bool (json);
    } else if (g_str_equal (name, "score")) {
      instance->score = tpo_json_take_null (json) ? -1 : tpo_json_read_number (json);
    } else if (g_str_equal (name, "attributes")) {
      tpo_json_read_values (json, instance->values);
    } else if (g_str_equal (name, "tpo_status")) {
      take_text (json, &instance->status);
    } else if (g_str_equal (name, "tpo_text")) {
      take_text (json, &instance->text);
    } else {
      tpo_json_keep_field (json, instance->fields, name, "area", "video_id", NULL);
    }
  }
}

static TpoImportItem *
track_of (Coco *self, const Instance *instance, const Image *image)
{
  g_autofree char *key = instance->instance_id >= 0
                             ? g_strdup_printf ("i%" G_GINT64_FORMAT, instance->instance_id)
                             : g_strdup_printf ("a%" G_GINT64_FORMAT, instance->id);
  TpoImportItem *track = tpo_import_get_track (self->import, image->video, key);
  const gint64 *of_track = g_hash_table_lookup (self->tracks, &instance->instance_id);
  const char *label = g_hash_table_lookup (
      self->categories,
      of_track != NULL && instance->category_id < 0 ? of_track : &instance->category_id);

  if (track->keyframes->len == 0)
    track->step = MAX (GPOINTER_TO_INT (g_hash_table_lookup (self->steps, image->video)), 1);
  if (self->items != NULL)
    g_hash_table_insert (self->items, key_new (instance->id), track);
  /* The category of objects without a label, as our export writes it. */
  if (g_strcmp0 (label, TPO_UNLABELLED) != 0)
    tpo_import_set_label (self->import, track, label);
  tpo_import_set_text (self->import, track, instance->text);
  tpo_import_set_status (track, instance->status);
  tpo_import_set_values (self->import, track, instance->values);
  tpo_import_set_fields (self->import, track, instance->fields);
  return track;
}

/* The readers' error says where; the mask's own one what is wrong. */
static void
take_instance (Coco *self, TpoJsonReader *json, const Instance *instance)
{
  const Image *image = g_hash_table_lookup (self->images, &instance->image_id);
  const double *box = instance->box;
  g_autoptr (TpoRle) mask = NULL;
  GError *problem = NULL;

  if (image == NULL) {
    tpo_json_fail (json, "there is no image %" G_GINT64_FORMAT, instance->image_id);
    return;
  }
  if (image->video == NULL)
    return;
  if (instance->is_crowd)
    tpo_import_lose (self->import, N_ ("annotations"), 1,
                     N_ ("of crowds, made into ordinary ones"));
  tpo_segmentation_report (&instance->segmentation, self->import->report);
  if (!tpo_segmentation_is_empty (&instance->segmentation)) {
    if (!tpo_check_picture (image->width, image->height)) {
      tpo_json_fail (json, "the picture is too large for a mask");
      return;
    }
    mask = tpo_segmentation_to_mask (&instance->segmentation, image->width, image->height,
                                     &problem);
    tpo_json_take_error (json, problem);
  }
  if (mask != NULL)
    tpo_import_add_mask (self->import, track_of (self, instance, image), image->frame, mask,
                         instance->score);
  else if (instance->has_box && !tpo_json_has_failed (json))
    tpo_import_add_box (self->import, track_of (self, instance, image), image->frame,
                        box[0] / image->width, box[1] / image->height,
                        (box[0] + box[2]) / image->width, (box[1] + box[3]) / image->height,
                        instance->score);
  else if (!tpo_json_has_failed (json))
    tpo_import_lose (self->import, N_ ("annotations"), 1,
                     N_ ("without a box or a mask, left out"));
}

static gboolean
read_annotations (Coco *self, TpoJsonReader *json, GError **error)
{
  tpo_json_read_array (json);
  while (tpo_json_next_element (json)) {
    g_autoptr (GPtrArray) values = tpo_import_values_new ();
    g_autoptr (GString) fields = g_string_new (NULL);
    Instance instance = { .image_id = -1,
                          .category_id = -1,
                          .instance_id = -1,
                          .score = -1,
                          .values = values,
                          .fields = fields };

    read_instance (json, &instance);
    if (!tpo_json_has_failed (json))
      take_instance (self, json, &instance);
    tpo_segmentation_clear (&instance.segmentation);
    g_free (instance.status);
    g_free (instance.text);
    if (!tpo_import_may_go_on (
            self->import, (double) tpo_json_get_offset (json) / (double) self->size, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
read_labels (Coco *self, GError **error)
{
  g_autoptr (TpoJsonReader) json = tpo_import_open_json (self->import, self->file, error);
  const char *name;

  if (json == NULL)
    return FALSE;
  tpo_json_read_object (json);
  while ((name = tpo_json_next_name (json)) != NULL) {
    if (!g_str_equal (name, "annotations"))
      tpo_json_skip (json);
    else if (!read_annotations (self, json, error))
      return FALSE;
  }
  return tpo_json_finish (json, error);
}

gboolean
tpo_coco_read_file (TpoImport *import, GFile *file, GHashTable *items, GError **error)
{
  g_autoptr (GHashTable) images =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (image_free);
  g_autoptr (GHashTable) categories =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  g_autoptr (GHashTable) videos =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  g_autoptr (GHashTable) tracks =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  g_autoptr (GHashTable) steps = g_hash_table_new (g_direct_hash, g_direct_equal);
  Coco self = { .import = import,
                .file = file,
                .items = items,
                .images = images,
                .list = list,
                .categories = categories,
                .videos = videos,
                .tracks = tracks,
                .steps = steps };

  return read_tables (&self, error) && find_videos (&self, error) && read_labels (&self, error);
}

gboolean
tpo_coco_read (TpoImport *import, GError **error)
{
  return tpo_coco_read_file (import, import->source, NULL, error);
}
