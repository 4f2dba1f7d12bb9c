#include <archive.h>
#include <archive_entry.h>
#include <string.h>

#include "formats/archive.h"
#include "formats/media.h"
#include "formats/sample.h"

/*
 * WebDataset: tar files in which members of one name but for their extension are a sample: the video
 * and its labels, "000012.mp4" and "000012.json". Headers have no times and no owners, so that the
 * same project gives the same bytes. Samples come in an order that is mixed but fixed, since readers
 * only shuffle what they hold.
 */

#define SHARD_SIZE ((goffset) 1000 * 1000 * 1000)

/* ---- export ------------------------------------------------------------------------------------- */

typedef struct {
  TpoExport *export;
  struct archive *tar; /* NULL between shards */
  TpoOutputFile *file; /* what tar writes into */
  TpoJsonWriter list;  /* shards.json */
  guint n_shards, n_samples;
} Writer;

static la_ssize_t
on_write (struct archive *tar, void *data, const void *bytes, size_t size)
{
  Writer *self = data;

  tpo_output_file_write (self->file, bytes, size);
  return tpo_output_file_has_failed (self->file) ? -1 : (la_ssize_t) size;
}

static gboolean
open_shard (Writer *self, GError **error)
{
  g_autofree char *name = g_strdup_printf ("labels-%06u.tar", self->n_shards);

  self->file = tpo_export_open (self->export, name, error);
  if (self->file == NULL)
    return FALSE;
  self->tar = archive_write_new ();
  archive_write_set_format_pax_restricted (self->tar);
  archive_write_set_bytes_per_block (self->tar, 10240);
  archive_write_open (self->tar, self, NULL, on_write, NULL);
  self->n_samples = 0;
  return TRUE;
}

static gboolean
close_shard (Writer *self, GError **error)
{
  g_autofree char *name = g_strdup_printf ("labels-%06u.tar", self->n_shards);
  TpoOutputFile *file;

  if (self->file == NULL)
    return TRUE;
  archive_write_close (self->tar); /* what goes wrong the file remembers */
  g_clear_pointer (&self->tar, archive_write_free);
  file = g_steal_pointer (&self->file);
  tpo_json_begin_object (&self->list, NULL);
  tpo_json_string (&self->list, "name", name);
  tpo_json_int (&self->list, "samples", self->n_samples);
  tpo_json_int (&self->list, "size", file->size);
  tpo_json_end_object (&self->list);
  self->n_shards++;
  return tpo_export_close (self->export, file, error);
}

static void
begin_member (Writer *self, const char *name, goffset size)
{
  struct archive_entry *entry = archive_entry_new ();

  archive_entry_set_pathname (entry, name);
  archive_entry_set_size (entry, size);
  archive_entry_set_filetype (entry, AE_IFREG);
  archive_entry_set_perm (entry, 0644);
  archive_entry_set_mtime (entry, 0, 0);
  archive_entry_set_uid (entry, 0);
  archive_entry_set_gid (entry, 0);
  archive_write_header (self->tar, entry);
  archive_entry_free (entry);
}

static gboolean
write_part (gconstpointer bytes, gsize size, gpointer data, GError **error)
{
  Writer *self = data;

  archive_write_data (self->tar, bytes, size);
  return !tpo_output_file_has_failed (self->file) || tpo_output_file_finish (self->file, error);
}

static gboolean
write_media (Writer *self, const TpoExportVideo *names, const char *key, GError **error)
{
  goffset size;
  g_autoptr (GInputStream) stream = tpo_media_open (self->export, names, &size);
  g_autofree char *name = g_strconcat (key, tpo_media_extension (names), NULL);

  if (stream == NULL)
    return TRUE;
  begin_member (self, name, size);
  return tpo_media_each_part (self->export, stream, write_part, self, error);
}

/* A file that is finished, in parts. */
static gboolean
copy_labels (Writer *self, const char *name, GFile *file, goffset size, GError **error)
{
  g_autoptr (GFileInputStream) stream = g_file_read (file, self->export->cancellable, error);

  if (stream == NULL)
    return FALSE;
  begin_member (self, name, size);
  return tpo_media_each_part (self->export, G_INPUT_STREAM (stream), write_part, self, error);
}

/* The size of a member goes before it: the labels of one video are made in a file of their own. */
static gboolean
write_labels (Writer *self, const TpoExportVideo *names, const char *key, GError **error)
{
  TpoExport *export = self->export;
  g_autofree char *name = g_strconcat (key, ".json", NULL);
  g_autoptr (TpoVideoRecord) video = tpo_store_get_video (export->store, names->id, error);
  g_autoptr (GPtrArray) annotations =
      video != NULL ? tpo_export_list_annotations (export, video->id, error) : NULL;
  g_autoptr (GFile) target = g_file_get_child (export->folder, name);
  g_autoptr (TpoOutputFile) passing = NULL;
  TpoJsonWriter json = { 0 };

  if (annotations == NULL)
    return FALSE;
  passing = tpo_output_file_new (target, export->cancellable, error);
  if (passing == NULL)
    return FALSE;
  passing->is_synced_later = TRUE; /* it does not stay */
  json.file = passing;
  return tpo_sample_write (export, &json, NULL, names, video, annotations, error) &&
         tpo_output_file_finish (passing, error) &&
         copy_labels (self, name, passing->unfinished, passing->size, error);
}

static gboolean
write_sample (Writer *self, const TpoExportVideo *names, guint number, GError **error)
{
  g_autofree char *key = g_strdup_printf ("%06u", number);

  if (self->file == NULL && !open_shard (self, error))
    return FALSE;
  /* "json" sorts before "mp4" and most others; readers only ask that they are adjacent. */
  if (!write_labels (self, names, key, error) || !write_media (self, names, key, error))
    return FALSE;
  self->n_samples++;
  return self->file->size < SHARD_SIZE || close_shard (self, error);
}

/* By a hash of the name: mixed, and the same every time. */
static gint
compare_mixed (gconstpointer a, gconstpointer b)
{
  const TpoExportVideo *const *left = a, *const *right = b;
  guint x = g_str_hash ((*left)->stem) * 2654435761u,
        y = g_str_hash ((*right)->stem) * 2654435761u;

  return x != y ? (x < y ? -1 : 1) : g_strcmp0 ((*left)->stem, (*right)->stem);
}

static gboolean
add_labelled (TpoExport *self, const TpoExportVideo *names, const TpoVideoRecord *video,
              GPtrArray *annotations, gpointer data, GError **error)
{
  if (annotations->len > 0)
    g_ptr_array_add (data, (gpointer) names);
  return TRUE;
}

static gboolean
write_samples (Writer *self, GPtrArray *videos, GError **error)
{
  tpo_json_begin_object (&self->list, NULL);
  tpo_json_begin_array (&self->list, "shards");
  for (guint i = 0; i < videos->len; i++) {
    if (!write_sample (self, videos->pdata[i], i, error) ||
        !tpo_export_may_go_on (self->export, error))
      return FALSE;
    tpo_export_progress (self->export, i + 1, videos->len);
  }
  if (!close_shard (self, error))
    return FALSE;
  tpo_json_end_array (&self->list);
  tpo_json_end_object (&self->list);
  return TRUE;
}

static gboolean
write_webdataset (TpoExport *export, GError **error)
{
  g_autoptr (GPtrArray) videos = g_ptr_array_new ();
  g_autoptr (TpoOutputFile) list = tpo_export_open (export, "shards.json", error);
  Writer self = { .export = export, .list = { .file = list } };
  gboolean is_done;

  if (list == NULL)
    return FALSE;
  export->is_counting = TRUE;
  is_done = tpo_export_each_video (export, add_labelled, videos, error);
  export->is_counting = FALSE;
  if (!is_done)
    return FALSE;
  g_ptr_array_sort (videos, compare_mixed);
  is_done = write_samples (&self, videos, error);
  if (self.tar != NULL)
    archive_write_free (self.tar);
  g_clear_pointer (&self.file, tpo_output_file_free);
  return is_done && tpo_export_close (export, g_steal_pointer (&list), error);
}

/* ---- import ------------------------------------------------------------------------------------- */

static gboolean
read_member (const char *name, GBytes *content, gpointer data, GError **error)
{
  TpoImport *self = data;
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_bytes (content);
  g_autoptr (TpoJsonReader) json = tpo_json_reader_new (stream, name, self->cancellable);

  return tpo_sample_read (self, json, error) && tpo_json_finish (json, error);
}

static gboolean
read_shard (TpoImport *self, GFile *file, GError **error)
{
  return tpo_archive_read (self, file, ".json", read_member, self, error);
}

static gboolean
read_webdataset (TpoImport *self, GError **error)
{
  return tpo_import_each_file (self, ".tar", read_shard, error);
}

static gboolean
detect_webdataset (const TpoProbe *probe)
{
  return tpo_probe_has_file (probe, ".tar") ||
         (!probe->is_folder && g_str_has_suffix (probe->name, ".tar"));
}

const TpoFormat tpo_format_webdataset = {
  .id = "webdataset",
  .title = "WebDataset",
  .group = TPO_FORMAT_TRAINING,
  .holds = TPO_HOLDS_SPANS | TPO_HOLDS_BOXES | TPO_HOLDS_MASKS | TPO_HOLDS_LABELS |
           TPO_HOLDS_TEXTS | TPO_HOLDS_KEYFRAMES | TPO_HOLDS_STATES | TPO_HOLDS_ATTRIBUTES,
  .write = write_webdataset,
  .read = read_webdataset,
  .detect = detect_webdataset,
};
