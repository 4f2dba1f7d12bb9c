#include <glib/gi18n.h>
#include <string.h>

#include "formats/archive.h"
#include "formats/cvat-pictures.h"
#include "formats/cvat-shapes.h"
#include "formats/cvat.h"
#include "formats/export-private.h"
#include "formats/xml.h"

/* The document's state; what a track is, is known at its end only. */
typedef struct {
  TpoImport *import;
  TpoImportVideo
      *video;   /* nullable: of the task's name, else of its source, else of this file's */
  char *file;   /* its name */
  char *stem;   /* the same without extension */
  char *source; /* nullable: the file that the task was made of */
  gboolean is_in_task, is_in_label, is_in_attribute, is_in_image, is_in_skeleton;
  guint n_tracks, n_images;
  TpoCvatPictures *pictures; /* nullable: of the format for images */
  gboolean are_placed;       /* they are known, and what they show is read */
  /* The label that is being defined, and its attribute; nullable: */
  char *defined, *defined_attribute, *input_type, *choices;
  /* The track at hand: */
  TpoImportItem *track; /* nullable: of no video, or of a kind that is left out */
  char *label, *text;
  TpoAnnotationStatus status;
  gboolean is_span;
  GPtrArray *values; /* of its attributes */
  gint64 frame;      /* of the image at hand */
  guint width, height;
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

/* Before the first image, which may have a video of its own. */
static void
find_task_video (Cvat *self, GError **error)
{
  if (self->video == NULL)
    tpo_import_try_video (self->import, self->stem, &self->video, error);
}

/* Before the first track; a video that is nowhere is called as the task's source is. */
static void
find_video (Cvat *self, GError **error)
{
  find_task_video (self, error);
  if (self->video == NULL && *error == NULL)
    tpo_import_get_video (self->import, self->source != NULL ? self->source : self->stem,
                          &self->video, error);
}

static TpoAnnotationStatus
status_of (const char *source)
{
  if (g_strcmp0 (source, "auto") == 0)
    return TPO_STATUS_PREDICTED;
  return g_strcmp0 (source, "semi-auto") == 0 ? TPO_STATUS_CORRECTED : TPO_STATUS_MANUAL;
}

/* A track of @video, with the attributes of its element; or none. */
static void
begin_track (Cvat *self, TpoImportVideo *video, const char *const *names,
             const char *const *values)
{
  g_autofree char *key = g_strdup_printf ("%s %u", self->file, self->n_tracks++);

  g_free (self->label);
  self->label = g_strdup (tpo_xml_get (names, values, "label"));
  self->status = status_of (tpo_xml_get (names, values, "source"));
  self->is_span = FALSE;
  g_clear_pointer (&self->text, g_free);
  g_ptr_array_set_size (self->values, 0);
  self->track = video != NULL ? tpo_import_get_track (self->import, video, key) : NULL;
}

static void
start_track (Cvat *self, const char *const *names, const char *const *values, GError **error)
{
  if (self->are_placed) /* it was read with the list of images */
    return;
  find_video (self, error);
  begin_track (self, self->video, names, values);
  if (self->track == NULL)
    return;
  self->track->is_open_ended = TRUE;
  self->width = self->video->record->width;
  self->height = self->video->record->height;
}

/* Only keyframes say something; the others are interpolated copies, of use where they are polygons. */
static void
start_shape (Cvat *self, const char *name, const char *const *names, const char *const *values,
             GError **error)
{
  const TpoCvatPlace place = { self->import, self->track, self->width, self->height };
  gboolean is_keyframe = tpo_cvat_is_set (names, values, "keyframe");
  gboolean is_outside = tpo_cvat_is_set (names, values, "outside");
  gint64 frame;

  if (self->track == NULL || (!is_keyframe && (!g_str_equal (name, "polygon") || is_outside)))
    return;
  if (!tpo_xml_int (names, values, "frame", &frame, error))
    return;
  if (is_outside)
    tpo_import_add_absent (self->import, self->track, frame);
  else
    tpo_cvat_add_shape (&place, name, frame, is_keyframe, names, values, error);
}

/* All images are listed before one is placed: the file is read twice. */
static void
start_image (Cvat *self, const char *const *names, const char *const *values, GError **error)
{
  const char *name = tpo_xml_get (names, values, "name");
  guint nth = self->n_images++;
  gint64 width, height;

  self->is_in_image = TRUE;
  if (self->are_placed) {
    self->video = tpo_cvat_pictures_get (self->pictures, nth, &self->frame);
    if (self->video == NULL)
      return;
  } else if (name == NULL || nth >= TPO_MAX_ITEMS) {
    tpo_xml_fail (error, name == NULL ? "“name” is missing" : "there are too many images");
    return;
  } else {
    if (self->pictures == NULL)
      self->pictures = tpo_cvat_pictures_new (self->import);
    find_task_video (self, error);
    if (*error == NULL)
      tpo_cvat_pictures_add (self->pictures, name, self->video, error);
    return;
  }
  if (!tpo_xml_int (names, values, "width", &width, error) ||
      !tpo_xml_int (names, values, "height", &height, error))
    return;
  if (width <= 0 || height <= 0 || width > TPO_MAX_EDGE || height > TPO_MAX_EDGE) {
    tpo_xml_fail (error, "a picture of that size is not possible");
    return;
  }
  self->width = (guint) width;
  self->height = (guint) height;
}

/* A shape of an image is an object on that frame. */
static void
start_image_shape (Cvat *self, const char *name, const char *const *names,
                   const char *const *values, GError **error)
{
  TpoCvatPlace place = { self->import, NULL, self->width, self->height };

  if (!self->are_placed || self->video == NULL || self->is_in_skeleton)
    return;
  self->is_in_skeleton = g_str_equal (name, "skeleton");
  if (tpo_cvat_is_kept (name))
    begin_track (self, self->video, names, values);
  place.track = self->track;
  tpo_cvat_add_shape (&place, name, self->frame, TRUE, names, values, error);
}

static void
on_start (const char *name, const char *const *names, const char *const *values, gpointer data,
          GError **error)
{
  Cvat *self = data;

  if (g_str_equal (name, "task"))
    self->is_in_task = TRUE;
  else if (g_str_equal (name, "label"))
    self->is_in_label = TRUE;
  else if (g_str_equal (name, "track"))
    start_track (self, names, values, error);
  else if (g_str_equal (name, "image"))
    start_image (self, names, values, error);
  else if (self->is_in_image && g_str_equal (name, "tag"))
    tpo_import_lose (self->import, N_ ("labels of whole pictures"), self->are_placed,
                     N_ ("for which there is no place"));
  else if (self->is_in_image && tpo_cvat_is_shape (name))
    start_image_shape (self, name, names, values, error);
  else if (tpo_cvat_is_shape (name))
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
  } else if (g_str_equal (name, "track") || (self->is_in_image && tpo_cvat_is_kept (name)))
    end_track (self);
  else if (g_str_equal (name, "image"))
    self->is_in_image = FALSE;
  else if (g_str_equal (name, "skeleton"))
    self->is_in_skeleton = FALSE;
  else if (g_str_equal (name, "attribute")) {
    self->is_in_attribute = FALSE;
    if (!self->is_in_task)
      end_attribute (self, text);
  }
  if (self->is_in_label)
    end_definition (self, name, text);
}

/* The document, from its beginning. */
static GInputStream *
open_document (TpoImport *self, GFile *file, GBytes *unpacked, GError **error)
{
  return unpacked != NULL ? g_memory_input_stream_new_from_bytes (unpacked)
                          : tpo_import_open (self, file, error);
}

static gboolean
read_document (Cvat *self, GFile *file, GBytes *unpacked, GError **error)
{
  static const TpoXmlFuncs funcs = { on_start, on_end };
  g_autofree char *name = g_file_get_basename (file);
  g_autoptr (GInputStream) stream = open_document (self->import, file, unpacked, error);

  return stream != NULL && tpo_xml_read (self->import, stream, name, &funcs, self, error);
}

/* Once more when there are images, whose places are known then. */
static gboolean
read_all (Cvat *self, GFile *file, GBytes *unpacked, GError **error)
{
  if (!read_document (self, file, unpacked, error))
    return FALSE;
  if (self->pictures == NULL)
    return TRUE;
  tpo_cvat_pictures_place (self->pictures);
  self->are_placed = TRUE;
  self->n_images = 0;
  return read_document (self, file, unpacked, error);
}

static gboolean
read_file (TpoImport *import, GFile *file, GError **error)
{
  g_autofree char *name = g_file_get_basename (file);
  g_autofree char *stem = g_strdup (name);
  g_autoptr (GPtrArray) values = tpo_import_values_new ();
  g_autoptr (GBytes) unpacked = NULL;
  Cvat self = { .import = import, .file = name, .stem = stem, .values = values };
  char *dot = strrchr (stem, '.');
  gboolean is_done;

  if (dot != NULL && dot != stem)
    *dot = '\0';

  if (g_str_has_suffix (name, ".zip")) {
    unpacked = tpo_archive_extract (import, file, "annotations.xml", error);
    if (unpacked == NULL)
      return FALSE;
  }
  is_done = read_all (&self, file, unpacked, error);
  g_clear_pointer (&self.pictures, tpo_cvat_pictures_free);
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

gboolean
tpo_cvat_read (TpoImport *self, GError **error)
{
  return tpo_import_each_file (self, ".xml", read_file, error);
}
