#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "formats/cvat.h"
#include "formats/export-private.h"
#include "formats/segmentation.h"
#include "formats/xml.h"

/*
 * CVAT for video 1.1: a document a video. A track holds the shapes of its keyframes and ends with one
 * that is "outside", on the frame after the last visible one. CVAT has no spans: ours are tracks
 * whose box is the picture, with the attribute tpo_span. An object's attributes are repeated on each
 * of its shapes.
 */

const char *const tpo_cvat_input_types[TPO_ATTRIBUTE_TYPE_COUNT] = {
  [TPO_ATTRIBUTE_CHOICE] = "select",
  [TPO_ATTRIBUTE_NUMBER] = "number",
  [TPO_ATTRIBUTE_TEXT] = "text",
  [TPO_ATTRIBUTE_FLAG] = "checkbox",
};

gboolean
tpo_cvat_is_own (const char *attribute)
{
  return g_str_equal (attribute, "tpo_span") || g_str_equal (attribute, "text");
}

/* The track being written. */
typedef struct {
  TpoExport *export;
  TpoOutputFile *file;
  const TpoVideoRecord *video;
  const TpoAnnotationRecord *record;
  char *text;        /* clean */
  GPtrArray *values; /* of attributes, whose names are none of ours */
} Track;

static const char *
source_of (const TpoAnnotationRecord *record)
{
  switch (record->provenance) {
  case TPO_PROVENANCE_MODEL:
    return "auto";
  case TPO_PROVENANCE_MODEL_CORRECTED:
    return "semi-auto";
  case TPO_PROVENANCE_IMPORTED:
    return "file";
  case TPO_PROVENANCE_HUMAN:
  case TPO_PROVENANCE_INTERPOLATED:
  case TPO_PROVENANCE_COUNT:
    break;
  }
  return "manual";
}

static void
write_attributes (const Track *self)
{
  if (self->record->kind == TPO_ANNOTATION_SPAN)
    tpo_xml_print (self->file, "<attribute name=\"tpo_span\">1</attribute>");
  if (self->text != NULL)
    tpo_xml_print (self->file, "<attribute name=\"text\">%s</attribute>", self->text);
  for (guint i = 0; i < self->values->len; i++) {
    const TpoExportValue *value = self->values->pdata[i];
    g_autofree char *name = tpo_xml_clean (value->attribute->name);
    g_autofree char *text = tpo_xml_clean (value->value);

    tpo_xml_print (self->file, "<attribute name=\"%s\">%s</attribute>", name, text);
  }
}

/* Without those that are named like attributes of ours. */
static GPtrArray *
list_values (TpoExport *self, const TpoAnnotationRecord *record)
{
  GPtrArray *values = tpo_export_list_values (self, record);

  for (guint i = values->len; i > 0; i--) {
    const TpoExportValue *value = values->pdata[i - 1];

    if (!tpo_cvat_is_own (value->attribute->name))
      continue;
    tpo_loss_report_add (self->report, N_ ("values of attributes"), 1,
                         N_ ("that are named like those that stand for spans and texts"));
    g_ptr_array_remove_index (values, i - 1);
  }
  return values;
}

static void
write_box (const Track *self, gint64 frame, gboolean is_outside, const TpoBox *box)
{
  double numbers[4] = { (double) box->x0 * self->video->width,
                        (double) box->y0 * self->video->height,
                        (double) box->x1 * self->video->width,
                        (double) box->y1 * self->video->height };
  char texts[4][G_ASCII_DTOSTR_BUF_SIZE];
  gboolean is_rounded = FALSE;

  for (guint i = 0; i < 4; i++) {
    g_ascii_formatd (texts[i], sizeof texts[i], "%.2f", numbers[i]);
    is_rounded |= fabs (numbers[i] * 100 - round (numbers[i] * 100)) > 0.01;
  }
  tpo_loss_report_add (self->export->report, N_ ("boxes"), is_rounded && !is_outside,
                       N_ ("rounded to a hundredth of a pixel"));
  tpo_xml_print (self->file,
                 "    <box frame=\"%" G_GINT64_FORMAT "\" keyframe=\"1\" outside=\"%d\" "
                 "occluded=\"0\" xtl=\"%s\" ytl=\"%s\" xbr=\"%s\" ybr=\"%s\" z_order=\"0\">",
                 frame, is_outside, texts[0], texts[1], texts[2], texts[3]);
  write_attributes (self);
  tpo_xml_print (self->file, "</box>\n");
}

/* Row by row within the mask's bounds, beginning with zeros. */
static void
write_runs (TpoOutputFile *file, const guint8 *pixels, guint stride, guint left, guint top,
            guint width, guint height)
{
  guint count = 0, value = 0;
  const char *separator = "";

  for (guint y = 0; y < height; y++)
    for (guint x = 0; x < width; x++) {
      guint pixel = pixels[(gsize) (top + y) * stride + left + x];

      if (pixel != value) {
        tpo_output_file_print (file, "%s%u", separator, count);
        separator = ", ";
        value = pixel;
        count = 0;
      }
      count++;
    }
  tpo_output_file_print (file, "%s%u", separator, count);
}

static void
write_mask (const Track *self, gint64 frame, gboolean is_outside, const TpoRle *mask)
{
  g_autofree guint8 *pixels = g_malloc ((gsize) mask->width * mask->height);
  TpoBox box = { 0 };
  guint left, top, width, height;

  tpo_rle_bounds (mask, &box);
  left = (guint) lround ((double) box.x0 * mask->width);
  top = (guint) lround ((double) box.y0 * mask->height);
  width = (guint) lround ((double) box.x1 * mask->width) - left;
  height = (guint) lround ((double) box.y1 * mask->height) - top;
  tpo_rle_decode (mask, pixels, mask->width, 1);
  tpo_xml_print (self->file,
                 "    <mask frame=\"%" G_GINT64_FORMAT "\" keyframe=\"1\" outside=\"%d\" "
                 "occluded=\"0\" rle=\"",
                 frame, is_outside);
  write_runs (self->file, pixels, mask->width, left, top, width, height);
  tpo_xml_print (self->file,
                 "\" left=\"%u\" top=\"%u\" width=\"%u\" height=\"%u\" z_order=\"0\">", left,
                 top, width, height);
  write_attributes (self);
  tpo_xml_print (self->file, "</mask>\n");
}

static void
write_shape (const Track *self, gint64 frame, gboolean is_outside,
             const TpoKeyframeRecord *keyframe)
{
  g_autoptr (TpoRle) mask = NULL;

  if (self->record->kind == TPO_ANNOTATION_MASK_TRACK)
    mask = tpo_export_take_mask (self->export, self->video, keyframe);
  if (mask != NULL)
    write_mask (self, frame, is_outside, mask);
  else
    write_box (self, frame, is_outside, &keyframe->box);
}

/* The first frame that is not shown any more; n_frames at the end of the video. */
static gint64
end_frame (const TpoVideoRecord *video, gint64 end_us)
{
  gint64 frame = tpo_frame_at (video->frame_times_us, video->n_frames, end_us - 1);

  return MIN (frame + 1, video->n_frames);
}

/* Keyframes within the track's time; one that began before it is written where the time begins. */
static void
write_keyframes (const Track *self, GPtrArray *keyframes)
{
  const TpoVideoRecord *video = self->video;
  const TpoAnnotationRecord *record = self->record;
  gint64 end = end_frame (video, record->end_us);
  const TpoKeyframeRecord *last = NULL;

  for (guint i = 0; i < keyframes->len; i++) {
    TpoKeyframeRecord keyframe = *(TpoKeyframeRecord *) keyframes->pdata[i];
    const TpoKeyframeRecord *next = i + 1 < keyframes->len ? keyframes->pdata[i + 1] : NULL;
    gint64 frame;

    if (keyframe.time_us >= record->end_us ||
        (next != NULL && next->time_us <= record->start_us))
      continue;
    if (keyframe.time_us < record->start_us && !keyframe.is_absent)
      tpo_track_box_at (record, keyframes, record->start_us, &keyframe.box);
    frame = tpo_frame_at (video->frame_times_us, video->n_frames,
                          MAX (keyframe.time_us, record->start_us));
    if (!keyframe.is_absent) {
      write_shape (self, frame, FALSE, &keyframe);
      last = keyframes->pdata[i];
    } else if (last != NULL) {
      write_shape (self, frame, TRUE, last);
    }
  }
  if (last != NULL && end < video->n_frames)
    write_shape (self, end, TRUE, last);
}

static void
write_span (const Track *self)
{
  const TpoVideoRecord *video = self->video;
  const TpoAnnotationRecord *record = self->record;
  const TpoBox whole = { 0, 0, 1, 1 };
  gint64 first = tpo_frame_at (video->frame_times_us, video->n_frames, record->start_us);
  gint64 end = end_frame (video, record->end_us);

  if (video->frame_times_us[first] != record->start_us ||
      tpo_frame_end (video->frame_times_us, video->n_frames, video->duration_us, end - 1) !=
          record->end_us)
    tpo_loss_report_add (self->export->report, N_ ("spans"), 1, TPO_LOSS_SPANS_WIDENED);
  write_box (self, first, FALSE, &whole);
  if (end < video->n_frames)
    write_box (self, end, TRUE, &whole);
}

static gboolean
write_track (Track *self, guint number, GError **error)
{
  const char *label = tpo_export_label_name (self->export, self->record->label_id);
  g_autofree char *clean = tpo_xml_clean (label != NULL ? label : TPO_UNLABELLED);
  g_autoptr (GPtrArray) keyframes = NULL;

  if (self->record->kind != TPO_ANNOTATION_SPAN) {
    keyframes = tpo_store_list_light_keyframes (self->export->store, self->record->revision_id,
                                                G_MININT64, G_MAXINT64, error);
    if (keyframes == NULL)
      return FALSE;
  }
  tpo_xml_print (self->file, "  <track id=\"%u\" label=\"%s\" source=\"%s\">\n", number, clean,
                 source_of (self->record));
  if (keyframes != NULL)
    write_keyframes (self, keyframes);
  else
    write_span (self);
  tpo_xml_print (self->file, "  </track>\n");
  return TRUE;
}

static void
write_attribute (TpoOutputFile *file, const TpoAttributeRecord *attribute)
{
  g_autofree char *name = tpo_xml_clean (attribute->name);
  g_autofree char *joined =
      attribute->choices != NULL ? g_strjoinv ("\n", attribute->choices) : g_strdup ("");
  g_autofree char *choices = tpo_xml_clean (joined);

  tpo_xml_print (file,
                 "<attribute><name>%s</name><mutable>False</mutable><input_type>%s</input_type>"
                 "<default_value></default_value><values>%s</values></attribute>",
                 name, tpo_cvat_input_types[attribute->type], choices);
}

/* @id: of the label, 0 of none */
static void
write_label (TpoExport *self, TpoOutputFile *file, gint64 id, const char *name)
{
  g_autofree char *clean = tpo_xml_clean (name);

  tpo_xml_print (
      file,
      "        <label><name>%s</name><type>any</type><attributes>"
      "<attribute><name>tpo_span</name><mutable>False</mutable><input_type>checkbox</input_type>"
      "<default_value>0</default_value><values>0</values></attribute>"
      "<attribute><name>text</name><mutable>False</mutable><input_type>text</input_type>"
      "<default_value></default_value><values></values></attribute>",
      clean);
  for (guint i = 0; i < self->attributes->len; i++) {
    const TpoAttributeRecord *attribute = self->attributes->pdata[i];

    if (attribute->label_id == id && !tpo_cvat_is_own (attribute->name))
      write_attribute (file, attribute);
  }
  tpo_xml_print (file, "</attributes></label>\n");
}

static void
write_meta (TpoExport *self, TpoOutputFile *file, const TpoExportVideo *names,
            const TpoVideoRecord *video)
{
  g_autofree char *name = tpo_xml_clean (names->stem);

  tpo_xml_print (file,
                 "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<annotations>\n"
                 "  <version>1.1</version>\n  <meta>\n    <task>\n      <name>%s</name>\n"
                 "      <size>%" G_GINT64_FORMAT "</size>\n      <mode>interpolation</mode>\n"
                 "      <labels>\n",
                 name, video->n_frames);
  for (guint i = 0; i < self->labels->len; i++) {
    const TpoLabelRecord *label = self->labels->pdata[i];

    write_label (self, file, label->id, label->name);
  }
  write_label (self, file, 0, TPO_UNLABELLED);
  tpo_xml_print (file,
                 "      </labels>\n      <original_size><width>%u</width><height>%u</height>"
                 "</original_size>\n    </task>\n  </meta>\n",
                 video->width, video->height);
}

static gboolean
write_tracks (TpoExport *self, TpoOutputFile *file, const TpoVideoRecord *video,
              GPtrArray *annotations, GError **error)
{
  for (guint i = 0; i < annotations->len; i++) {
    const TpoAnnotationRecord *record = annotations->pdata[i];
    g_autofree char *text = record->text != NULL ? tpo_xml_clean (record->text) : NULL;
    g_autoptr (GPtrArray) values = list_values (self, record);
    Track track = { .export = self,
                    .file = file,
                    .video = video,
                    .record = record,
                    .text = text,
                    .values = values };

    if (!write_track (&track, i, error) || !tpo_export_may_go_on (self, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
write_video (TpoExport *self, const TpoExportVideo *names, const TpoVideoRecord *video,
             GPtrArray *annotations, gpointer data, GError **error)
{
  g_autofree char *name = g_strconcat (names->stem, ".xml", NULL);
  g_autoptr (TpoOutputFile) file = NULL;

  if (annotations->len == 0)
    return TRUE;
  if (video->n_frames == 0 || !tpo_check_picture (video->width, video->height)) {
    tpo_loss_report_add (self->report, N_ ("videos"), 1,
                         N_ ("without a time index, thus without frames to put tracks on"));
    return TRUE;
  }
  file = tpo_export_open (self, name, error);
  if (file == NULL)
    return FALSE;
  write_meta (self, file, names, video);
  if (!write_tracks (self, file, video, annotations, error))
    return FALSE;
  tpo_xml_print (file, "</annotations>\n");
  return tpo_export_close (self, g_steal_pointer (&file), error);
}

static gboolean
write_cvat (TpoExport *self, GError **error)
{
  return tpo_export_each_video (self, write_video, NULL, error);
}

static gboolean
detect_cvat (const TpoProbe *probe)
{
  if (probe->is_folder)
    return tpo_probe_has_file (probe, ".xml");
  return strstr (probe->head, "<annotations>") != NULL ||
         (g_str_has_prefix (probe->head, "PK\3\4") && g_str_has_suffix (probe->name, ".zip"));
}

const TpoFormat tpo_format_cvat = {
  .id = "cvat",
  .title = "CVAT for video 1.1",
  .group = TPO_FORMAT_TRACKS,
  .holds = TPO_HOLDS_SPANS | TPO_HOLDS_BOXES | TPO_HOLDS_MASKS | TPO_HOLDS_LABELS |
           TPO_HOLDS_TEXTS | TPO_HOLDS_KEYFRAMES | TPO_HOLDS_ATTRIBUTES,
  .write = write_cvat,
  .read = tpo_cvat_read,
  .detect = detect_cvat,
};
