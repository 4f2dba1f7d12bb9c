#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "formats/archive.h"
#include "formats/cvat.h"
#include "formats/export-private.h"
#include "formats/polygon.h"
#include "formats/segmentation.h"
#include "formats/xml.h"

/* The document's state; what a track is, is known at its end only. */
typedef struct {
  TpoImport *import;
  TpoImportVideo
      *video;   /* nullable: of the task's name, else of its source, else of this file's */
  char *file;   /* its name without extension */
  char *source; /* nullable: the file that the task was made of */
  gboolean is_in_task, is_in_label, is_in_attribute;
  guint n_tracks;
  /* The label that is being defined, and its attribute; nullable: */
  char *defined, *defined_attribute, *input_type, *choices;
  /* The track at hand: */
  TpoImportItem *track; /* nullable: of no video, or of a kind that is left out */
  char *label, *text;
  TpoAnnotationStatus status;
  gboolean is_span;
  GPtrArray *values; /* of its attributes */
  /* The shape at hand: */
  char *attribute;
} Cvat;

/* Our own exports and many tasks are called after the video. */
static void
try_video (Cvat *self, const char *name, GError **error)
{
  if (self->video == NULL && name[0] != '\0')
    tpo_import_try_video (self->import, name, &self->video, error);
}

/* Before the first track; a video that is nowhere is called as the task's source is. */
static void
find_video (Cvat *self, GError **error)
{
  if (self->video == NULL)
    tpo_import_try_video (self->import, self->file, &self->video, error);
  if (self->video == NULL)
    tpo_import_get_video (self->import, self->source != NULL ? self->source : self->file,
                          &self->video, error);
}

static TpoAnnotationStatus
status_of (const char *source)
{
  if (g_strcmp0 (source, "auto") == 0)
    return TPO_STATUS_PREDICTED;
  return g_strcmp0 (source, "semi-auto") == 0 ? TPO_STATUS_CORRECTED : TPO_STATUS_MANUAL;
}

static void
start_track (Cvat *self, const char *const *names, const char *const *values, GError **error)
{
  g_autofree char *key = g_strdup_printf ("%s %u", self->file, self->n_tracks++);

  find_video (self, error);
  g_free (self->label);
  self->label = g_strdup (tpo_xml_get (names, values, "label"));
  self->status = status_of (tpo_xml_get (names, values, "source"));
  self->is_span = FALSE;
  g_clear_pointer (&self->text, g_free);
  g_ptr_array_set_size (self->values, 0);
  self->track =
      self->video != NULL ? tpo_import_get_track (self->import, self->video, key) : NULL;
  if (self->track != NULL)
    self->track->is_open_ended = TRUE;
}

static void
add_box (Cvat *self, gint64 frame, const char *const *names, const char *const *values,
         GError **error)
{
  const TpoVideoRecord *video = self->video->record;
  double x0, y0, x1, y1;

  if (!tpo_xml_number (names, values, "xtl", &x0, error) ||
      !tpo_xml_number (names, values, "ytl", &y0, error) ||
      !tpo_xml_number (names, values, "xbr", &x1, error) ||
      !tpo_xml_number (names, values, "ybr", &y1, error))
    return;
  if (tpo_box_problem (x1 - x0, y1 - y0) != NULL) {
    tpo_xml_fail (error, "%s", tpo_box_problem (x1 - x0, y1 - y0));
    return;
  }
  if (tpo_xml_get (names, values, "rotation") != NULL &&
      !g_str_equal (tpo_xml_get (names, values, "rotation"), "0.00"))
    tpo_import_lose (self->import, N_ ("boxes"), 1,
                     N_ ("turned by an angle, which is not kept"));
  tpo_import_add_box (self->import, self->track, frame, x0 / video->width, y0 / video->height,
                      x1 / video->width, y1 / video->height, -1);
}

/* Runs row by row within a rectangle, into a mask of the video's size. */
static TpoRle *
mask_of_runs (const char *text, gint64 left, gint64 top, gint64 width, gint64 height,
              const TpoVideoRecord *video, GError **error)
{
  g_autofree guint8 *pixels = g_malloc0 ((gsize) video->width * video->height);
  gint64 at = 0, size = width * height;
  guint value = 0;

  for (const char *c = text; *c != '\0'; value ^= 1) {
    char *end;
    gint64 count = (c += strspn (c, ", "), g_ascii_strtoll (c, &end, 10));

    if (end == c || count < 0 || count > size - at) {
      tpo_xml_fail (error, "the mask's runs are malformed or do not fit its rectangle");
      return NULL;
    }
    for (gint64 i = at; value != 0 && i < at + count; i++)
      pixels[(gsize) (top + i / width) * video->width + (gsize) (left + i % width)] = 1;
    at += count;
    c = end + strspn (end, ", ");
  }
  if (at == size)
    return tpo_rle_encode (pixels, video->width, video->height, video->width);
  tpo_xml_fail (error, "the mask's runs do not fill its rectangle");
  return NULL;
}

static void
add_mask (Cvat *self, gint64 frame, const char *const *names, const char *const *values,
          GError **error)
{
  const TpoVideoRecord *video = self->video->record;
  const char *text = tpo_xml_get (names, values, "rle");
  gint64 left, top, width, height;
  g_autoptr (TpoRle) mask = NULL;

  if (!tpo_xml_int (names, values, "left", &left, error) ||
      !tpo_xml_int (names, values, "top", &top, error) ||
      !tpo_xml_int (names, values, "width", &width, error) ||
      !tpo_xml_int (names, values, "height", &height, error))
    return;
  if (text == NULL || left < 0 || top < 0 || width <= 0 || height <= 0 ||
      left + width > video->width || top + height > video->height ||
      !tpo_check_picture (video->width, video->height)) {
    tpo_xml_fail (error, "the mask does not lie within the picture of %u × %u", video->width,
                  video->height);
    return;
  }
  mask = mask_of_runs (text, left, top, width, height, video, error);
  if (mask != NULL)
    tpo_import_add_mask (self->import, self->track, frame, mask, -1);
}

/* "x0,y0;x1,y1;…" in pixels. Returns: (transfer full) (nullable): x, y, x, y, …; %NULL with an error */
static GArray *
read_points (const char *text, GError **error)
{
  g_autoptr (GArray) ring = g_array_new (FALSE, FALSE, sizeof (double));

  while (text != NULL && *text != '\0') {
    double point[2];

    for (guint i = 0; i < 2; i++) {
      const char *after = i == 0 ? "," : ";";
      gsize length = strcspn (text, after);
      g_autofree char *number = g_strndup (text, length);

      if (!tpo_parse_number (number, &point[i]) || (i == 0 && text[length] == '\0')) {
        tpo_xml_fail (error, "“%.40s” is no point of a polygon", text);
        return NULL;
      }
      text += length + (text[length] != '\0');
    }
    g_array_append_vals (ring, point, 2);
    if (ring->len > 2 * TPO_MAX_VERTICES) {
      tpo_xml_fail (error, "the polygon has more than %d points", TPO_MAX_VERTICES);
      return NULL;
    }
  }
  if (ring->len >= 6)
    return g_steal_pointer (&ring);
  tpo_xml_fail (error, "a polygon needs three points");
  return NULL;
}

/* Between keyframes CVAT writes what it interpolates, which a mask cannot do again. */
static void
add_polygon (Cvat *self, gint64 frame, gboolean is_keyframe, const char *const *names,
             const char *const *values, GError **error)
{
  const TpoVideoRecord *video = self->video->record;
  g_autoptr (GPtrArray) rings = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  g_autoptr (TpoRle) mask = NULL;
  TpoKeyframeRecord *keyframe;
  GArray *ring;

  if (!tpo_check_picture (video->width, video->height)) {
    tpo_xml_fail (error, "the picture is too large for a mask");
    return;
  }
  ring = read_points (tpo_xml_get (names, values, "points"), error);
  if (ring == NULL)
    return;
  g_ptr_array_add (rings, ring);
  mask = tpo_mask_from_rings (rings, video->width, video->height);
  keyframe = tpo_import_add_mask (self->import, self->track, frame, mask, -1);
  if (keyframe != NULL && !is_keyframe)
    keyframe->provenance = TPO_PROVENANCE_INTERPOLATED;
  tpo_import_lose (self->import, N_ ("polygons"), 1, N_ ("made into masks of pixels"));
}

static gboolean
is_set (const char *const *names, const char *const *values, const char *name)
{
  return g_strcmp0 (tpo_xml_get (names, values, name), "1") == 0;
}

/* Only keyframes say something; the others are interpolated copies, of use where they are polygons. */
static void
start_shape (Cvat *self, const char *name, const char *const *names, const char *const *values,
             GError **error)
{
  gboolean is_keyframe = is_set (names, values, "keyframe");
  gboolean is_polygon = g_str_equal (name, "polygon");
  gint64 frame;

  if (self->track == NULL ||
      (!is_keyframe && (!is_polygon || is_set (names, values, "outside"))))
    return;
  if (!tpo_xml_int (names, values, "frame", &frame, error))
    return;
  if (is_set (names, values, "occluded"))
    tpo_import_lose (self->import, N_ ("boxes and masks"), 1,
                     N_ ("marked as occluded, which is not kept"));
  if (is_set (names, values, "outside"))
    tpo_import_add_absent (self->import, self->track, frame);
  else if (g_str_equal (name, "box"))
    add_box (self, frame, names, values, error);
  else if (g_str_equal (name, "mask"))
    add_mask (self, frame, names, values, error);
  else if (is_polygon)
    add_polygon (self, frame, is_keyframe, names, values, error);
  else
    tpo_import_lose (self->import, N_ ("shapes"), 1,
                     N_ ("of other kinds (line, point, cuboid, skeleton), left out"));
}

static void
on_start (const char *name, const char *const *names, const char *const *values, gpointer data,
          GError **error)
{
  static const char *const shapes[] = { "box",     "mask",   "polygon",  "polyline", "points",
                                        "ellipse", "cuboid", "skeleton", NULL };
  Cvat *self = data;

  if (g_str_equal (name, "task"))
    self->is_in_task = TRUE;
  else if (g_str_equal (name, "label"))
    self->is_in_label = TRUE;
  else if (g_str_equal (name, "track"))
    start_track (self, names, values, error);
  else if (g_str_equal (name, "image"))
    tpo_xml_fail (error, "this is CVAT's format for images; the one for video is needed");
  else if (g_strv_contains (shapes, name))
    start_shape (self, name, names, values, error);
  else if (g_str_equal (name, "attribute")) {
    self->is_in_attribute = TRUE;
    g_free (self->attribute);
    self->attribute = g_strdup (tpo_xml_get (names, values, "name"));
  }
}

/* A span of ours: from its first keyframe to where it is outside, or to the end. */
static void
end_span (Cvat *self)
{
  const TpoVideoRecord *video = self->video->record;
  const TpoKeyframeRecord *first = NULL, *end = NULL;
  TpoImportItem *span;

  for (guint i = 0; i < self->track->keyframes->len; i++) {
    const TpoKeyframeRecord *keyframe = self->track->keyframes->pdata[i];

    if (!keyframe->is_absent && first == NULL)
      first = keyframe;
    else if (keyframe->is_absent && first != NULL && end == NULL)
      end = keyframe;
  }
  if (first == NULL)
    return;
  span = tpo_import_add_span (
      self->import, self->video, NULL, self->text, (double) first->time_us / G_USEC_PER_SEC,
      (double) (end != NULL ? end->time_us : video->duration_us) / G_USEC_PER_SEC);
  if (span != NULL) {
    span->status = self->status;
    tpo_import_set_values (self->import, span, self->values);
    if (g_strcmp0 (self->label, TPO_UNLABELLED) != 0)
      tpo_import_set_label (self->import, span, self->label);
  }
}

static void
end_track (Cvat *self)
{
  if (self->track == NULL)
    return;
  if (self->is_span) {
    end_span (self);
    tpo_import_drop_track (self->import, self->track);
  } else {
    self->track->status = self->status;
    tpo_import_set_values (self->import, self->track, self->values);
    tpo_import_set_text (self->import, self->track, self->text);
    if (g_strcmp0 (self->label, TPO_UNLABELLED) != 0)
      tpo_import_set_label (self->import, self->track, self->label);
  }
  self->track = NULL;
}

/* As far as it shows without a definition. */
static TpoAttributeType
type_of_value (const char *text)
{
  return g_str_equal (text, "true") || g_str_equal (text, "false") ? TPO_ATTRIBUTE_FLAG
                                                                   : TPO_ATTRIBUTE_TEXT;
}

static void
end_attribute (Cvat *self, const char *text)
{
  if (g_strcmp0 (self->attribute, "tpo_span") == 0) {
    self->is_span = g_str_equal (text, "1");
  } else if (g_strcmp0 (self->attribute, "text") == 0) {
    g_free (self->text);
    self->text = g_strdup (text);
  } else if (self->attribute != NULL && self->track != NULL) {
    tpo_import_values_add (self->values, self->attribute, text, type_of_value (text));
  }
  g_clear_pointer (&self->attribute, g_free);
}

/* The parts of a label's attribute; CVAT lists choices line by line. */
static void
end_definition (Cvat *self, const char *name, const char *text)
{
  char **part = g_str_equal (name, "name")         ? &self->defined_attribute
                : g_str_equal (name, "input_type") ? &self->input_type
                : g_str_equal (name, "values")     ? &self->choices
                                                   : NULL;
  TpoAttributeType type = TPO_ATTRIBUTE_TEXT;
  g_auto (GStrv) choices = NULL;

  if (part != NULL && self->is_in_attribute) {
    g_free (*part);
    *part = g_strdup (text);
  }
  if (!g_str_equal (name, "attribute"))
    return;
  for (guint i = 0; self->input_type != NULL && i < TPO_ATTRIBUTE_TYPE_COUNT; i++)
    if (g_str_equal (self->input_type, tpo_cvat_input_types[i]))
      type = (TpoAttributeType) i;
  if (g_strcmp0 (self->input_type, "radio") == 0)
    type = TPO_ATTRIBUTE_CHOICE;
  choices = g_strsplit (self->choices != NULL ? self->choices : "", "\n", -1);
  if (self->defined != NULL && self->defined_attribute != NULL &&
      !tpo_cvat_is_own (self->defined_attribute))
    tpo_import_define_attribute (self->import, self->defined, self->defined_attribute, type,
                                 (const char *const *) choices);
  g_clear_pointer (&self->defined_attribute, g_free);
  g_clear_pointer (&self->input_type, g_free);
  g_clear_pointer (&self->choices, g_free);
}

static void
on_end (const char *name, const char *text, gpointer data, GError **error)
{
  Cvat *self = data;

  if (g_str_equal (name, "task"))
    self->is_in_task = FALSE;
  else if (g_str_equal (name, "label"))
    self->is_in_label = FALSE;
  else if (g_str_equal (name, "name") && self->is_in_task && !self->is_in_label)
    try_video (self, text, error);
  else if (g_str_equal (name, "source")) {
    try_video (self, text, error);
    g_free (self->source);
    self->source = g_strdup (text);
  } else if (g_str_equal (name, "name") && self->is_in_label && !self->is_in_attribute) {
    g_free (self->defined);
    self->defined = g_strdup (text);
    if (!g_str_equal (text, TPO_UNLABELLED))
      tpo_import_add_label (self->import, text);
  } else if (g_str_equal (name, "track"))
    end_track (self);
  else if (g_str_equal (name, "attribute")) {
    self->is_in_attribute = FALSE;
    if (!self->is_in_task)
      end_attribute (self, text);
  }
  if (self->is_in_label)
    end_definition (self, name, text);
}

static gboolean
read_stream (TpoImport *import, GInputStream *stream, const char *name, GError **error)
{
  static const TpoXmlFuncs funcs = { on_start, on_end };
  g_autofree char *stem = g_strndup (name, strcspn (name, "."));
  g_autoptr (GPtrArray) values = tpo_import_values_new ();
  Cvat self = { .import = import, .file = stem, .values = values };
  gboolean is_done = tpo_xml_read (import, stream, name, &funcs, &self, error);

  g_free (self.source);
  g_free (self.label);
  g_free (self.text);
  g_free (self.attribute);
  g_free (self.defined);
  g_free (self.defined_attribute);
  g_free (self.input_type);
  g_free (self.choices);
  return is_done;
}

static gboolean
read_file (TpoImport *self, GFile *file, GError **error)
{
  g_autofree char *name = g_file_get_basename (file);
  g_autoptr (GInputStream) stream = NULL;

  if (g_str_has_suffix (name, ".zip")) {
    g_autoptr (GBytes) bytes = tpo_archive_extract (self, file, "annotations.xml", error);

    stream = bytes != NULL ? g_memory_input_stream_new_from_bytes (bytes) : NULL;
  } else {
    stream = tpo_import_open (self, file, error);
  }
  return stream != NULL && read_stream (self, stream, name, error);
}

gboolean
tpo_cvat_read (TpoImport *self, GError **error)
{
  return tpo_import_each_file (self, ".xml", read_file, error);
}
