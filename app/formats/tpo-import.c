#include <glib/gi18n.h>
#include <string.h>

#include "formats/import-private.h"
#include "formats/output-folder.h"

static void
video_free (gpointer data)
{
  TpoImportVideo *video = data;

  tpo_video_record_free (video->record);
  g_free (video);
}

static void
item_free (gpointer data)
{
  TpoImportItem *item = data;

  g_clear_pointer (&item->keyframes, g_ptr_array_unref);
  g_clear_pointer (&item->values, g_ptr_array_unref);
  g_free (item->label);
  g_free (item->author);
  g_free (item->text);
  g_free (item->fields);
  g_free (item->saliency);
  g_free (item);
}

static void
talk_free (gpointer data)
{
  TpoImportTalk *talk = data;

  g_ptr_array_unref (talk->texts);
  g_free (talk->title);
  g_free (talk);
}

void
tpo_import_free (TpoImport *self)
{
  g_clear_pointer (&self->known, g_ptr_array_unref);
  g_ptr_array_unref (self->items);
  g_ptr_array_unref (self->talks);
  g_ptr_array_unref (self->predictions);
  g_ptr_array_unref (self->videos);
  g_hash_table_unref (self->by_name);
  g_hash_table_unref (self->lost);
  g_hash_table_unref (self->known_by);
  g_hash_table_unref (self->uris);
  g_hash_table_unref (self->tracks);
  g_hash_table_unref (self->labels);
  g_ptr_array_unref (self->label_names);
  g_hash_table_unref (self->schema);
  g_hash_table_unref (self->attributes_by);
  g_ptr_array_unref (self->attributes);
  g_hash_table_unref (self->unknown);
  g_clear_pointer (&self->report, tpo_loss_report_free);
  g_object_unref (self->source);
  g_free (self->missing);
  g_free (self);
}

static TpoImport *
import_new (TpoStore *store, const TpoFormat *format, GFile *source,
            const TpoImportOptions *options, GCancellable *cancellable)
{
  TpoImport *self = g_new0 (TpoImport, 1);

  self->store = store;
  self->format = format;
  self->source = g_object_ref (source);
  if (options != NULL)
    self->options = *options;
  self->cancellable = cancellable;
  self->report = tpo_loss_report_new ();
  self->videos = g_ptr_array_new_with_free_func (video_free);
  self->items = g_ptr_array_new_with_free_func (item_free);
  self->talks = g_ptr_array_new_with_free_func (talk_free);
  self->predictions =
      g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_prediction_record_free);
  self->known_by = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                          (GDestroyNotify) g_ptr_array_unref);
  self->by_name = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->lost = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->uris = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->tracks = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->labels = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->label_names = g_ptr_array_new_with_free_func (g_free);
  self->schema = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                        (GDestroyNotify) tpo_label_record_free);
  self->attributes = g_ptr_array_new_with_free_func (tpo_import_attribute_free);
  self->attributes_by = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->unknown = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

/*
 * An export's description beside the source, or in it: it knows where the videos were, the labels, and what
 * the files count from.
 */
static GFile *
find_description (GFile *source)
{
  g_autofree char *name = g_file_get_basename (source);
  g_autoptr (GFile) folder = g_file_get_parent (source);
  g_autofree char *beside = NULL;
  char *dot = strrchr (name, '.');

  if (g_file_query_file_type (source, G_FILE_QUERY_INFO_NONE, NULL) == G_FILE_TYPE_DIRECTORY)
    return g_file_get_child (source, TPO_EXPORT_DESCRIPTION);
  if (folder == NULL)
    return NULL;
  if (dot != NULL && dot != name)
    *dot = '\0';
  beside = g_strconcat (name, "." TPO_EXPORT_DESCRIPTION, NULL);
  return g_file_get_child (folder, beside);
}

static void
read_described_video (TpoImport *self, TpoJsonReader *json)
{
  g_autofree char *stem = NULL;
  g_autofree char *path = NULL;
  g_autofree char *uri = NULL;
  const char *name;

  tpo_json_read_object (json);
  while ((name = tpo_json_next_name (json)) != NULL) {
    char **text = g_str_equal (name, "name")   ? &stem
                  : g_str_equal (name, "path") ? &path
                  : g_str_equal (name, "uri")  ? &uri
                                               : NULL;

    if (text == NULL || *text != NULL)
      tpo_json_skip (json);
    else
      *text = tpo_json_read_text (json);
  }
  if (uri == NULL || tpo_json_has_failed (json))
    return;
  if (path != NULL)
    g_hash_table_insert (self->uris, g_steal_pointer (&path), g_strdup (uri));
  if (stem != NULL)
    g_hash_table_insert (self->uris, g_steal_pointer (&stem), g_strdup (uri));
}

/* How the files are meant, as far as they do not say it themselves. */
static void
read_described_options (TpoImport *self, TpoJsonReader *json)
{
  const char *name;

  tpo_json_read_object (json);
  while ((name = tpo_json_next_name (json)) != NULL) {
    if (g_str_equal (name, "zero_based")) {
      self->options.zero_based |= tpo_json_read_bool (json);
      self->is_base_known = TRUE;
    } else {
      tpo_json_skip (json);
    }
  }
}

/* Without it, or with a damaged one, names of files must do. */
static void
read_description (TpoImport *self)
{
  g_autoptr (GFile) file = find_description (self->source);
  g_autoptr (TpoJsonReader) json =
      file != NULL ? tpo_import_open_json (self, file, NULL) : NULL;
  const char *name;

  if (json == NULL)
    return;
  tpo_json_read_object (json);
  while ((name = tpo_json_next_name (json)) != NULL) {
    gboolean is_label = g_str_equal (name, "labels");

    if (g_str_equal (name, "options")) {
      read_described_options (self, json);
      continue;
    }
    if (!is_label && !g_str_equal (name, "videos") && !g_str_equal (name, "aliases")) {
      tpo_json_skip (json);
      continue;
    }
    tpo_json_read_array (json);
    while (tpo_json_next_element (json)) {
      if (is_label)
        tpo_import_read_schema (self, json);
      else
        read_described_video (self, json);
    }
  }
}

static void
summarise (TpoImport *self)
{
  TpoImportSummary *summary = &self->summary;

  for (guint i = 0; i < self->items->len; i++) {
    const TpoImportItem *item = self->items->pdata[i];

    item->video->has_labels = TRUE;
    tpo_contents_count (&summary->contents, item->kind);
    summary->n_keyframes += item->keyframes != NULL ? item->keyframes->len : 0;
  }
  for (guint i = 0; i < self->talks->len; i++) {
    const TpoImportTalk *talk = self->talks->pdata[i];

    talk->video->has_labels = TRUE;
    summary->contents.n_messages += talk->texts->len;
  }
  for (guint i = 0; i < self->videos->len; i++) {
    const TpoImportVideo *video = self->videos->pdata[i];

    summary->contents.n_videos += video->has_labels;
    summary->n_new_videos += video->has_labels && video->record->id == 0;
  }
}

/* Nothing to commit is an error that says why, so that it is not taken for success. */
static gboolean
has_something (TpoImport *self, GError **error)
{
  g_autofree char *name = g_file_get_basename (self->source);
  g_autofree char *losses = tpo_loss_report_to_text (self->report);

  if (self->items->len > 0 || self->talks->len > 0)
    return TRUE;
  g_set_error (error, TPO_ERROR, TPO_ERROR_INVALID, _ ("“%s” has no labels to import%s%s"),
               name, losses[0] != '\0' ? ":\n" : ".", losses);
  return FALSE;
}

TpoImport *
tpo_import_read (TpoStore *store, const TpoFormat *format, GFile *source,
                 const TpoImportOptions *options, GCancellable *cancellable, GError **error)
{
  g_autoptr (TpoImport) self = NULL;

  g_return_val_if_fail (store != NULL && G_IS_FILE (source), NULL);
  g_return_val_if_fail (format != NULL && format->read != NULL, NULL);

  self = import_new (store, format, source, options, cancellable);
  self->known = tpo_store_list_videos (store, error);
  if (self->known == NULL)
    return NULL;
  tpo_import_index_videos (self);
  read_description (self);
  if (!format->read (self, error))
    return NULL;
  tpo_import_lose_fields (self);
  tpo_import_finish_tracks (self);
  if (!tpo_import_finish_values (self, error) || !has_something (self, error))
    return NULL;
  summarise (self);
  self->store = NULL;
  return g_steal_pointer (&self);
}

const TpoImportSummary *
tpo_import_get_summary (const TpoImport *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return &self->summary;
}

const TpoLossReport *
tpo_import_get_report (const TpoImport *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->report;
}
