#include <string.h>

#include "formats/media.h"
#include "formats/sample.h"

/*
 * A Hugging Face VideoFolder: "data/train/metadata.jsonl" with a line for each video beside it, and a
 * dataset card. The videos are copied, under numbers.
 */

typedef struct {
  TpoJsonWriter json;
  guint n; /* videos so far */
} Writer;

static gboolean
write_card (TpoExport *self, GError **error)
{
  TpoOutputFile *file = tpo_export_open (self, "README.md", error);

  if (file == NULL)
    return FALSE;
  tpo_output_file_print (file,
                         "---\nlicense: other\nconfigs:\n- config_name: default\n"
                         "  data_files:\n  - split: train\n    path: data/train/*\n---\n\n"
                         "# Labelled videos\n\nMade with TPO Studio. `metadata.jsonl` has a "
                         "line a video: spans in seconds, tracks with boxes from 0 to 1 and "
                         "masks as COCO run lengths, by frames.\n");
  return tpo_export_close (self, file, error);
}

static gboolean
write_video (TpoExport *self, const TpoExportVideo *names, const TpoVideoRecord *video,
             GPtrArray *annotations, gpointer data, GError **error)
{
  Writer *writer = data;
  const char *extension = tpo_media_extension (names);
  g_autofree char *name = NULL;
  g_autofree char *path = NULL;

  if (annotations->len == 0)
    return TRUE;
  name = g_strdup_printf ("%04u%s", ++writer->n, extension);
  path = g_strconcat ("data/train/", name, NULL);
  tpo_export_add_alias (self, name, names);
  if (!tpo_media_copy (self, names, path, error) ||
      !tpo_sample_write (self, &writer->json, name, names, video, annotations, error))
    return FALSE;
  tpo_json_end_line (&writer->json);
  return TRUE;
}

static gboolean
write_hugging_face (TpoExport *self, GError **error)
{
  g_autoptr (TpoOutputFile) file = tpo_export_open (self, "data/train/metadata.jsonl", error);
  Writer writer = { .json = { .file = file } };

  return file != NULL && tpo_export_each_video (self, write_video, &writer, error) &&
         tpo_export_close (self, g_steal_pointer (&file), error) && write_card (self, error);
}

/* ---- import ------------------------------------------------------------------------------------- */

/* The videos are beside their metadata, unless another folder was named. */
static gboolean
read_metadata (TpoImport *self, GFile *folder, GError **error)
{
  g_autoptr (GFile) file = g_file_get_child (folder, "metadata.jsonl");
  g_autoptr (TpoJsonReader) json = tpo_import_open_json (self, file, error);
  GFile *videos = self->options.videos;
  gboolean is_read = json != NULL;

  if (videos == NULL)
    self->options.videos = folder;
  while (is_read && tpo_json_peek (json) != '\0')
    is_read = tpo_sample_read (self, json, error);
  self->options.videos = videos;
  return is_read && tpo_json_finish (json, error);
}

static gboolean
read_splits (TpoImport *self, GFile *folder, GError **error)
{
  g_autoptr (GPtrArray) names = tpo_import_list (self, folder, NULL, error);

  if (names == NULL ||
      (tpo_import_has (folder, "metadata.jsonl") && !read_metadata (self, folder, error)))
    return FALSE;
  for (guint i = 0; i < names->len; i++) {
    g_autoptr (GFile) split = g_file_get_child (folder, names->pdata[i]);

    if (tpo_import_has (split, "metadata.jsonl") && !read_metadata (self, split, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
read_hugging_face (TpoImport *self, GError **error)
{
  g_autoptr (GFile) data = g_file_get_child (self->source, "data");

  return read_splits (self, tpo_import_has (self->source, "data") ? data : self->source, error);
}

static gboolean
detect_hugging_face (const TpoProbe *probe)
{
  return tpo_probe_has_path (probe, "metadata.jsonl") ||
         tpo_probe_has_path (probe, "train/metadata.jsonl");
}

const TpoFormat tpo_format_hugging_face = {
  .id = "hugging-face",
  .title = "Hugging Face Folder",
  .group = TPO_FORMAT_TRAINING,
  .holds = TPO_HOLDS_SPANS | TPO_HOLDS_BOXES | TPO_HOLDS_MASKS | TPO_HOLDS_LABELS |
           TPO_HOLDS_TEXTS | TPO_HOLDS_KEYFRAMES | TPO_HOLDS_STATES | TPO_HOLDS_ATTRIBUTES,
  .write = write_hugging_face,
  .read = read_hugging_face,
  .detect = detect_hugging_face,
};
