#include "formats/sample.h"

#include <glib/gi18n.h>
#include <string.h>

#include "formats/segmentation.h"

/* ---- export ------------------------------------------------------------------------------------- */

static void
write_common (TpoExport *self, TpoJsonWriter *json, const TpoAnnotationRecord *record)
{
  tpo_json_string (json, "label", tpo_export_label_name (self, record->label_id));
  tpo_json_string (json, "text", record->text);
  tpo_json_string (json, "status", tpo_annotation_status_name (record->status));
  tpo_json_seconds (json, "start", record->start_us);
  tpo_json_seconds (json, "end", record->end_us);
  tpo_export_write_values (self, json, "attributes", record);
}

static void
write_box (TpoJsonWriter *json, const TpoKeyframeRecord *keyframe)
{
  if (!keyframe->has_box) {
    tpo_json_null (json, NULL);
    return;
  }
  tpo_json_begin_array (json, NULL);
  tpo_json_number (json, NULL, (double) keyframe->box.x0, 7);
  tpo_json_number (json, NULL, (double) keyframe->box.y0, 7);
  tpo_json_number (json, NULL, (double) keyframe->box.x1, 7);
  tpo_json_number (json, NULL, (double) keyframe->box.y1, 7);
  tpo_json_end_array (json);
}

static gboolean
write_track (TpoExport *self, TpoJsonWriter *json, const TpoVideoRecord *video,
             const TpoAnnotationRecord *record, GError **error)
{
  g_autoptr (GPtrArray) keyframes = tpo_store_list_light_keyframes (
      self->store, record->revision_id, G_MININT64, G_MAXINT64, error);

  if (keyframes == NULL)
    return FALSE;
  tpo_json_begin_object (json, NULL);
  tpo_json_string (json, "kind", tpo_annotation_kind_name (record->kind));
  write_common (self, json, record);
  tpo_json_begin_array (json, "frames");
  for (guint i = 0; i < keyframes->len; i++)
    tpo_json_int (json, NULL,
                  tpo_frame_at (video->frame_times_us, video->n_frames,
                                ((TpoKeyframeRecord *) keyframes->pdata[i])->time_us));
  tpo_json_end_array (json);
  tpo_json_begin_array (json, "xyxy");
  for (guint i = 0; i < keyframes->len; i++)
    write_box (json, keyframes->pdata[i]);
  tpo_json_end_array (json);
  tpo_json_begin_array (json, "rle");
  for (guint i = 0; i < keyframes->len && record->kind == TPO_ANNOTATION_MASK_TRACK; i++)
    tpo_export_write_mask (self, json, video, keyframes->pdata[i]);
  tpo_json_end_array (json);
  tpo_json_end_object (json);
  return TRUE;
}

gboolean
tpo_sample_write (TpoExport *self, TpoJsonWriter *json, const char *file_name,
                  const TpoExportVideo *names, const TpoVideoRecord *video,
                  GPtrArray *annotations, GError **error)
{
  tpo_json_begin_object (json, NULL);
  if (file_name != NULL)
    tpo_json_string (json, "file_name", file_name);
  tpo_json_string (json, "video", names->path);
  tpo_json_int (json, "width", video->width);
  tpo_json_int (json, "height", video->height);
  tpo_json_int (json, "n_frames", video->n_frames);
  tpo_json_seconds (json, "duration", video->duration_us);
  tpo_json_begin_array (json, "spans");
  for (guint i = 0; i < annotations->len; i++) {
    if (tpo_is_track (annotations->pdata[i]))
      continue;
    tpo_json_begin_object (json, NULL);
    write_common (self, json, annotations->pdata[i]);
    tpo_json_end_object (json);
  }
  tpo_json_end_array (json);
  tpo_json_begin_array (json, "tracks");
  for (guint i = 0; i < annotations->len; i++)
    if (tpo_is_track (annotations->pdata[i]) &&
        !write_track (self, json, video, annotations->pdata[i], error))
      return FALSE;
  tpo_json_end_array (json);
  tpo_json_end_object (json);
  return TRUE;
}

/* ---- import ------------------------------------------------------------------------------------- */

/* A span or a track. */
typedef struct {
  char *label, *text, *status;
  double start, end;
  GArray *frames;    /* of gint64 */
  GArray *boxes;     /* of double, four a frame; the first one is -1 for null */
  GPtrArray *masks;  /* of char *, NULL for null */
  GPtrArray *values; /* of attributes */
} Item;

typedef struct {
  char *file_name, *video, *text;
  GPtrArray *spans, *tracks; /* of Item */
  GArray *windows;           /* of double, two a window */
} Sample;

static Item *
item_new (void)
{
  Item *self = g_new0 (Item, 1);

  self->frames = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->boxes = g_array_new (FALSE, FALSE, sizeof (double));
  self->masks = g_ptr_array_new_with_free_func (g_free);
  self->values = tpo_import_values_new ();
  return self;
}

static void
item_free (gpointer data)
{
  Item *self = data;

  g_free (self->label);
  g_free (self->text);
  g_free (self->status);
  g_array_unref (self->frames);
  g_array_unref (self->boxes);
  g_ptr_array_unref (self->masks);
  g_ptr_array_unref (self->values);
  g_free (self);
}

static void
read_nullable (TpoJsonReader *json, char **text)
{
  g_free (*text);
  *text = tpo_json_take_null (json) ? NULL : tpo_json_read_text (json);
}

static void
read_frames (TpoJsonReader *json, GArray *frames)
{
  tpo_json_read_array (json);
  while (tpo_json_next_element (json)) {
    gint64 frame = tpo_json_read_int (json);

    g_array_append_val (frames, frame);
  }
}

static void
read_boxes (TpoJsonReader *json, GArray *boxes)
{
  tpo_json_read_array (json);
  while (tpo_json_next_element (json)) {
    double box[4] = { -1, 0, 0, 0 };

    if (!tpo_json_take_null (json)) {
      tpo_json_read_numbers (json, box, 4);
      if (tpo_box_problem (box[2] - box[0], box[3] - box[1]) != NULL || box[0] < 0)
        tpo_json_fail (json, "corners of the picture, from 0 to 1, are expected");
    }
    g_array_append_vals (boxes, box, 4);
  }
}

static void
read_masks (TpoJsonReader *json, GPtrArray *masks)
{
  tpo_json_read_array (json);
  while (tpo_json_next_element (json))
    g_ptr_array_add (masks, tpo_json_take_null (json) ? NULL : tpo_json_read_text (json));
}

static void
read_items (TpoJsonReader *json, GPtrArray *items)
{
  const char *name;

  tpo_json_read_array (json);
  while (tpo_json_next_element (json)) {
    Item *item = item_new ();

    g_ptr_array_add (items, item);
    tpo_json_read_object (json);
    while ((name = tpo_json_next_name (json)) != NULL) {
      if (g_str_equal (name, "label"))
        read_nullable (json, &item->label);
      else if (g_str_equal (name, "text"))
        read_nullable (json, &item->text);
      else if (g_str_equal (name, "status"))
        read_nullable (json, &item->status);
      else if (g_str_equal (name, "start"))
        item->start = tpo_json_read_number (json);
      else if (g_str_equal (name, "end"))
        item->end = tpo_json_read_number (json);
      else if (g_str_equal (name, "frames"))
        read_frames (json, item->frames);
      else if (g_str_equal (name, "xyxy"))
        read_boxes (json, item->boxes);
      else if (g_str_equal (name, "rle"))
        read_masks (json, item->masks);
      else if (g_str_equal (name, "attributes"))
        tpo_json_read_values (json, item->values);
      else
        tpo_json_skip (json);
    }
    if (item->boxes->len != 4 * item->frames->len ||
        (item->masks->len > 0 && item->masks->len != item->frames->len))
      tpo_json_fail (json, "“frames”, “xyxy” and “rle” are of different lengths");
  }
}

static void
read_members (TpoJsonReader *json, Sample *sample)
{
  const char *name;

  tpo_json_read_object (json);
  while ((name = tpo_json_next_name (json)) != NULL) {
    if (g_str_equal (name, "file_name"))
      read_nullable (json, &sample->file_name);
    else if (g_str_equal (name, "video"))
      read_nullable (json, &sample->video);
    else if (g_str_equal (name, "text"))
      read_nullable (json, &sample->text);
    else if (g_str_equal (name, "spans"))
      read_items (json, sample->spans);
    else if (g_str_equal (name, "tracks"))
      read_items (json, sample->tracks);
    else if (g_str_equal (name, "windows")) {
      tpo_json_read_array (json);
      while (tpo_json_next_element (json)) {
        double window[2];

        tpo_json_read_numbers (json, window, 2);
        g_array_append_vals (sample->windows, window, 2);
      }
    } else {
      tpo_json_skip_field (json, name, "width", "height", "n_frames", "duration", NULL);
    }
  }
  if (sample->file_name == NULL && sample->video == NULL)
    tpo_json_fail (json, "“file_name” or “video” is needed");
}

static void
take_track (TpoImport *self, TpoJsonReader *json, TpoImportVideo *video, const Item *item,
            guint number)
{
  const TpoVideoRecord *record = video->record;
  g_autofree char *key = g_strdup_printf ("%u", number);
  TpoImportItem *track = tpo_import_get_track (self, video, key);
  GError *problem = NULL;

  tpo_import_set_label (self, track, item->label);
  tpo_import_set_text (self, track, item->text);
  tpo_import_set_status (track, item->status);
  tpo_import_set_values (self, track, item->values);
  tpo_import_set_ends (track, item->start, item->end);
  for (guint i = 0; i < item->frames->len; i++) {
    gint64 frame = g_array_index (item->frames, gint64, i);
    const double *box = &g_array_index (item->boxes, double, 4 * i);
    const char *text = i < item->masks->len ? item->masks->pdata[i] : NULL;

    if (text != NULL && tpo_check_picture (record->width, record->height)) {
      g_autoptr (TpoRle) mask =
          tpo_rle_from_string (text, record->width, record->height, &problem);

      if (mask != NULL)
        tpo_import_add_mask (self, track, frame, mask, -1);
      tpo_json_take_error (json, g_steal_pointer (&problem));
    } else if (box[0] >= 0) {
      tpo_import_add_box (self, track, frame, box[0], box[1], box[2], box[3], -1);
    } else {
      tpo_import_add_absent (self, track, frame);
    }
  }
}

static gboolean
find_video (TpoImport *self, const Sample *sample, TpoImportVideo **video, GError **error)
{
  const char *names[] = { sample->file_name, sample->video };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    if (names[i] != NULL && !tpo_import_try_video (self, names[i], video, error))
      return FALSE;
    if (names[i] != NULL && *video != NULL)
      return TRUE;
  }
  return tpo_import_get_video (self, names[0] != NULL ? names[0] : names[1], video, error);
}

static gboolean
take (TpoImport *self, TpoJsonReader *json, const Sample *sample, GError **error)
{
  TpoImportVideo *video = NULL;

  if (tpo_json_has_failed (json))
    return TRUE;
  if (!find_video (self, sample, &video, error))
    return FALSE;
  if (video == NULL)
    return TRUE;
  for (guint i = 0; i < sample->windows->len && sample->spans->len == 0; i += 2)
    tpo_import_add_span (self, video, NULL, sample->text,
                         g_array_index (sample->windows, double, i),
                         g_array_index (sample->windows, double, i + 1));
  for (guint i = 0; i < sample->tracks->len; i++)
    take_track (self, json, video, sample->tracks->pdata[i], i);
  for (guint i = 0; i < sample->spans->len; i++) {
    const Item *item = sample->spans->pdata[i];
    TpoImportItem *span =
        tpo_import_add_span (self, video, item->label, item->text, item->start, item->end);

    if (span == NULL)
      continue;
    tpo_import_set_status (span, item->status);
    tpo_import_set_values (self, span, item->values);
  }
  return tpo_import_may_go_on (self, 0, error);
}

gboolean
tpo_sample_read (TpoImport *self, TpoJsonReader *json, GError **error)
{
  g_autoptr (GPtrArray) spans = g_ptr_array_new_with_free_func (item_free);
  g_autoptr (GPtrArray) tracks = g_ptr_array_new_with_free_func (item_free);
  g_autoptr (GArray) windows = g_array_new (FALSE, FALSE, sizeof (double));
  Sample sample = { .spans = spans, .tracks = tracks, .windows = windows };
  gboolean is_taken;

  read_members (json, &sample);
  is_taken = take (self, json, &sample, error);
  g_free (sample.file_name);
  g_free (sample.video);
  g_free (sample.text);
  return is_taken;
}
