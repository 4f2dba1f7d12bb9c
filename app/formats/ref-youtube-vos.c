#include <glib/gi18n.h>

#include "formats/expressions.h"
#include "formats/mask-sequence.h"

/*
 * Ref-YouTube-VOS: pictures of indices in "SPLIT/Annotations/VIDEO", categories of objects in
 * "SPLIT/meta.json", sentences about them in "meta_expressions/SPLIT/meta_expressions.json". We
 * write the split "train".
 */

typedef struct {
  TpoJsonWriter meta, expressions;
} Writers;

/* Frames of the object, by name, as meta.json lists them. */
static gboolean
write_object (TpoExport *self, TpoJsonWriter *json, const TpoVideoRecord *video,
              const TpoAnnotationRecord *track, const char *id, GError **error)
{
  const char *label = tpo_export_label_name (self, track->label_id);
  g_autoptr (GArray) frames = tpo_export_collect_track (self, video, track, error);

  if (frames == NULL)
    return FALSE;
  tpo_json_begin_object (json, id);
  tpo_json_string (json, "category", label != NULL ? label : TPO_UNLABELLED);
  tpo_json_begin_array (json, "frames");
  for (guint i = 0; i < frames->len; i++) {
    char name[32];

    g_snprintf (name, sizeof name, "%05" G_GINT64_FORMAT,
                g_array_index (frames, TpoTrackFrame, i).frame);
    tpo_json_string (json, NULL, name);
  }
  tpo_json_end_array (json);
  tpo_json_end_object (json);
  return TRUE;
}

static void
write_expressions (TpoJsonWriter *json, const TpoVideoRecord *video, GPtrArray *tracks)
{
  guint n = 0;

  tpo_json_begin_object (json, "expressions");
  for (guint i = 0; i < tracks->len; i++) {
    const TpoAnnotationRecord *track = tracks->pdata[i];
    g_autofree char *number = g_strdup_printf ("%u", n);
    g_autofree char *object = g_strdup_printf ("%u", i + 1);

    if (track->text == NULL || track->text[0] == '\0')
      continue;
    tpo_json_begin_object (json, number);
    tpo_json_string (json, "exp", track->text);
    tpo_json_string (json, "obj_id", object);
    tpo_json_end_object (json);
    n++;
  }
  tpo_json_end_object (json);
  tpo_json_frames (json, 0, video->n_frames);
}

static gboolean
write_video (TpoExport *self, const TpoExportVideo *names, const TpoVideoRecord *video,
             GPtrArray *annotations, gpointer data, GError **error)
{
  Writers *writers = data;
  g_autoptr (GPtrArray) tracks = tpo_export_mask_tracks (self, annotations);
  g_autofree char *folder = g_strdup_printf ("train/Annotations/%s", names->stem);

  if (tracks->len == 0)
    return TRUE;
  tpo_json_begin_object (&writers->meta, names->stem);
  tpo_json_begin_object (&writers->meta, "objects");
  for (guint i = 0; i < tracks->len; i++) {
    g_autofree char *id = g_strdup_printf ("%u", i + 1);

    if (!write_object (self, &writers->meta, video, tracks->pdata[i], id, error))
      return FALSE;
  }
  tpo_json_end_object (&writers->meta);
  tpo_json_end_object (&writers->meta);
  tpo_json_end_line (&writers->meta);
  tpo_json_begin_object (&writers->expressions, names->stem);
  write_expressions (&writers->expressions, video, tracks);
  tpo_json_end_object (&writers->expressions);
  tpo_json_end_line (&writers->expressions);
  return tpo_export_write_indexed (self, video, tracks, folder, error);
}

static void
begin_videos (TpoJsonWriter *json)
{
  tpo_json_begin_object (json, NULL);
  tpo_json_begin_object (json, "videos");
}

static void
end_videos (TpoJsonWriter *json)
{
  tpo_json_end_object (json);
  tpo_json_end_object (json);
  tpo_json_end_line (json);
}

static gboolean
write_ref_youtube_vos (TpoExport *self, GError **error)
{
  g_autoptr (TpoOutputFile) meta = tpo_export_open (self, "train/meta.json", error);
  g_autoptr (TpoOutputFile) expressions =
      meta != NULL
          ? tpo_export_open (self, "meta_expressions/train/meta_expressions.json", error)
          : NULL;
  Writers writers = { .meta = { .file = meta }, .expressions = { .file = expressions } };

  if (expressions == NULL)
    return FALSE;
  begin_videos (&writers.meta);
  begin_videos (&writers.expressions);
  if (!tpo_export_each_video (self, write_video, &writers, error))
    return FALSE;
  end_videos (&writers.meta);
  end_videos (&writers.expressions);
  return tpo_export_close (self, g_steal_pointer (&meta), error) &&
         tpo_export_close (self, g_steal_pointer (&expressions), error);
}

/* ---- import ------------------------------------------------------------------------------------- */

/* "objects": category of each. */
static void
read_objects (TpoImport *self, TpoJsonReader *json, TpoImportVideo *video)
{
  const char *name;

  tpo_json_read_object (json);
  while ((name = tpo_json_next_name (json)) != NULL) {
    TpoImportItem *track = video != NULL ? tpo_import_find_track (self, video, name) : NULL;
    g_autofree char *category = NULL;

    tpo_json_read_object (json);
    while ((name = tpo_json_next_name (json)) != NULL) {
      if (g_str_equal (name, "category") && category == NULL)
        category = tpo_json_read_text (json);
      else
        tpo_json_skip_field (json, name, "frames", NULL);
    }
    if (track != NULL && g_strcmp0 (category, TPO_UNLABELLED) != 0)
      tpo_import_set_label (self, track, category);
  }
}

static gboolean
read_meta_videos (TpoImport *self, TpoJsonReader *json, GError **error)
{
  const char *name;

  tpo_json_read_object (json);
  while ((name = tpo_json_next_name (json)) != NULL) {
    TpoImportVideo *video;

    if (!tpo_import_try_video (self, name, &video, error))
      return FALSE;
    tpo_json_read_object (json);
    while ((name = tpo_json_next_name (json)) != NULL) {
      if (g_str_equal (name, "objects"))
        read_objects (self, json, video);
      else
        tpo_json_skip_field (json, name, NULL);
    }
  }
  return TRUE;
}

static gboolean
read_meta (TpoImport *self, GFile *file, GError **error)
{
  g_autoptr (TpoJsonReader) json = tpo_import_open_json (self, file, error);
  const char *name;

  if (json == NULL)
    return FALSE;
  tpo_json_read_object (json);
  while ((name = tpo_json_next_name (json)) != NULL) {
    if (!g_str_equal (name, "videos"))
      tpo_json_skip (json);
    else if (!read_meta_videos (self, json, error))
      return FALSE;
  }
  return tpo_json_finish (json, error);
}

static gboolean
read_expressions (TpoImport *self, GFile *file, GError **error)
{
  g_autoptr (GPtrArray) videos = tpo_expressions_read (self, file, error);

  for (guint i = 0; videos != NULL && i < videos->len; i++) {
    const TpoExpressions *of_video = videos->pdata[i];

    for (guint k = 0; k < of_video->expressions->len; k++) {
      const TpoExpression *expression = of_video->expressions->pdata[k];
      TpoImportItem *track =
          expression->objects->len == 1
              ? tpo_import_find_track (self, of_video->video, expression->objects->pdata[0])
              : NULL;

      if (track == NULL)
        tpo_import_lose (self, N_ ("expressions"), 1, N_ ("about objects without a mask"));
      else if (track->text != NULL)
        tpo_import_lose (self, N_ ("expressions"), 1,
                         N_ ("beside another one about the same object"));
      else
        tpo_import_set_text (self, track, expression->text);
    }
  }
  return videos != NULL;
}

static gboolean
read_masks (TpoImport *self, GFile *folder, GError **error)
{
  g_autoptr (GPtrArray) names = tpo_import_list (self, folder, NULL, error);

  for (guint i = 0; names != NULL && i < names->len; i++) {
    g_autoptr (GFile) sequence = g_file_get_child (folder, names->pdata[i]);
    TpoImportVideo *video;

    if (!tpo_import_get_video (self, names->pdata[i], &video, error) ||
        (video != NULL && !tpo_import_read_indexed (self, video, sequence, error)))
      return FALSE;
  }
  return names != NULL;
}

/* Every split that has masks. */
static gboolean
read_ref_youtube_vos (TpoImport *self, GError **error)
{
  g_autoptr (GPtrArray) splits = tpo_import_list (self, self->source, NULL, error);

  for (guint i = 0; splits != NULL && i < splits->len; i++) {
    g_autoptr (GFile) split = g_file_get_child (self->source, splits->pdata[i]);
    g_autoptr (GFile) masks = g_file_get_child (split, "Annotations");
    g_autoptr (GFile) meta = g_file_get_child (split, "meta.json");
    g_autofree char *path = g_strdup_printf ("meta_expressions/%s/meta_expressions.json",
                                             (char *) splits->pdata[i]);
    g_autoptr (GFile) expressions = g_file_resolve_relative_path (self->source, path);

    if (!tpo_import_has (split, "Annotations"))
      continue;
    if (!read_masks (self, masks, error) ||
        (tpo_import_has (split, "meta.json") && !read_meta (self, meta, error)) ||
        (tpo_import_has (self->source, path) && !read_expressions (self, expressions, error)))
      return FALSE;
  }
  return splits != NULL;
}

static gboolean
detect_ref_youtube_vos (const TpoProbe *probe)
{
  return probe->is_folder && tpo_import_has (probe->source, "meta_expressions");
}

const TpoFormat tpo_format_ref_youtube_vos = {
  .id = "ref-youtube-vos",
  .title = "Ref-YouTube-VOS",
  .group = TPO_FORMAT_TRACKS,
  .holds = TPO_HOLDS_MASKS | TPO_HOLDS_LABELS | TPO_HOLDS_TEXTS,
  .knows = N_ ("masks"),
  .write = write_ref_youtube_vos,
  .read = read_ref_youtube_vos,
  .detect = detect_ref_youtube_vos,
};
