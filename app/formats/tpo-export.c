#include <glib/gi18n.h>
#include <string.h>

#include "files/shown-name.h"
#include "formats/export-private.h"
#include "store/tpo-store-labels.h"

const char *
tpo_export_label_name (TpoExport *self, gint64 label_id)
{
  for (guint i = 0; i < self->labels->len; i++) {
    const TpoLabelRecord *label = self->labels->pdata[i];

    if (label->id == label_id)
      return label->name;
  }
  return NULL;
}

static gboolean
is_wanted (TpoExport *self, const TpoAnnotationRecord *annotation)
{
  switch (annotation->status) {
  case TPO_STATUS_DISCARDED:
    return (self->format->holds & TPO_HOLDS_STATES) != 0 && self->options.with_discarded;
  case TPO_STATUS_PREDICTED:
    return !self->options.reviewed_only;
  case TPO_STATUS_ACCEPTED:
  case TPO_STATUS_CORRECTED:
  case TPO_STATUS_MANUAL:
  case TPO_STATUS_COUNT:
    break;
  }
  return TRUE;
}

GPtrArray *
tpo_export_list_annotations (TpoExport *self, gint64 video_id, GError **error)
{
  GPtrArray *annotations = tpo_store_list_annotations (self->store, video_id, error);

  for (guint i = annotations != NULL ? annotations->len : 0; i > 0; i--)
    if (!is_wanted (self, annotations->pdata[i - 1]))
      g_ptr_array_remove_index (annotations, i - 1);
  return annotations;
}

gboolean
tpo_export_may_go_on (TpoExport *self, GError **error)
{
  if (self->file != NULL && tpo_output_file_has_failed (self->file))
    return tpo_output_file_finish (self->file, error);
  if (self->problem != NULL) {
    g_propagate_error (error, g_error_copy (self->problem));
    return FALSE;
  }
  return !g_cancellable_set_error_if_cancelled (self->cancellable, error);
}

void
tpo_export_progress (TpoExport *self, guint n_done, guint n_all)
{
  if (self->options.progress != NULL)
    self->options.progress ((double) n_done / n_all, NULL, self->options.progress_data);
}

gboolean
tpo_export_each_video (TpoExport *self, TpoExportVideoFunc func, gpointer data, GError **error)
{
  for (guint i = 0; i < self->videos->len; i++) {
    const TpoExportVideo *names = self->videos->pdata[i];
    g_autoptr (TpoVideoRecord) video = tpo_store_get_video (self->store, names->id, error);
    g_autoptr (GPtrArray) annotations = NULL;

    if (video == NULL ||
        (annotations = tpo_export_list_annotations (self, video->id, error)) == NULL ||
        !func (self, names, video, annotations, data, error) ||
        !tpo_export_may_go_on (self, error))
      return FALSE;
    if (!self->is_counting)
      tpo_export_progress (self, self->n_walked * self->videos->len + i + 1,
                           MAX (self->n_walks, 1) * self->videos->len);
  }
  if (!self->is_counting)
    self->n_walked++;
  return TRUE;
}

static void
count_left_out (TpoExport *self, const TpoStoreCounts *counts)
{
  gint64 n_predicted = 0, n_discarded = 0;

  for (guint kind = 0; kind < TPO_ANNOTATION_KIND_COUNT; kind++) {
    n_predicted += counts->n_annotations[kind][TPO_STATUS_PREDICTED];
    n_discarded += counts->n_annotations[kind][TPO_STATUS_DISCARDED];
  }
  if (self->options.reviewed_only)
    tpo_loss_report_add (self->report, N_ ("annotations"), n_predicted, N_ ("not reviewed"));
  if ((self->format->holds & TPO_HOLDS_STATES) == 0 || !self->options.with_discarded)
    tpo_loss_report_add (self->report, N_ ("annotations"), n_discarded,
                         N_ ("that were discarded"));
}

/* The target's name with another ending. */
static GFile *
sibling (GFile *target, const char *extension)
{
  g_autofree char *name = g_file_get_basename (target);
  g_autoptr (GFile) folder = g_file_get_parent (target);
  g_autofree char *other = NULL;
  char *dot = strrchr (name, '.');

  if (dot != NULL && dot != name)
    *dot = '\0';
  other = g_strconcat (name, extension, NULL);
  return g_file_get_child (folder, other);
}

TpoOutputFile *
tpo_export_open (TpoExport *self, const char *name, GError **error)
{
  g_autoptr (GFile) file = NULL;
  g_autoptr (GFile) folder = NULL;
  TpoOutputFile *output;
  GError *problem = NULL;

  if (self->in_making == NULL) {
    file = sibling (self->file->target, name);
    return tpo_output_file_new (file, self->cancellable, error);
  }
  file = g_file_resolve_relative_path (self->folder, name);
  folder = g_file_get_parent (file);
  if (!g_file_make_directory_with_parents (folder, NULL, &problem) &&
      !g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_EXISTS)) {
    tpo_output_fail (file, problem, error);
    return NULL;
  }
  g_clear_error (&problem);
  output = tpo_output_file_new (file, self->cancellable, error);
  if (output != NULL)
    output->is_synced_later = TRUE;
  return output;
}

gboolean
tpo_export_close (TpoExport *self, TpoOutputFile *file, GError **error)
{
  g_autoptr (TpoOutputFile) owned = file;
  g_autofree char *name = g_file_get_relative_path (self->folder, file->target);

  if (!tpo_output_file_finish (file, error))
    return FALSE;
  tpo_export_describe_file (self, file, name);
  if (self->in_making != NULL)
    return tpo_output_file_publish (file, error);
  g_ptr_array_add (self->finished, g_steal_pointer (&owned));
  return TRUE;
}

/* Opens the main file, if there is one, and the description. */
static gboolean
open_files (TpoExport *self, GFile *target, GError **error)
{
  g_autoptr (GFile) description = NULL;

  if (self->format->extension == NULL) {
    self->in_making = tpo_output_folder_new (target, error);
    if (self->in_making == NULL)
      return FALSE;
    self->folder = g_object_ref (self->in_making->unfinished);
    description = g_file_get_child (self->folder, TPO_EXPORT_DESCRIPTION);
  } else {
    self->folder = g_file_get_parent (target);
    description = sibling (target, "." TPO_EXPORT_DESCRIPTION);
    self->file = tpo_output_file_new (target, self->cancellable, error);
    if (self->file == NULL)
      return FALSE;
  }
  self->json.file = self->file;
  self->description = tpo_output_file_new (description, self->cancellable, error);
  self->about.file = self->description;
  return self->description != NULL;
}

/* Gives all files their names; the description comes last. */
static gboolean
publish (TpoExport *self, GError **error)
{
  for (guint i = 0; i < self->finished->len; i++)
    if (!tpo_output_file_publish (self->finished->pdata[i], error))
      return FALSE;
  return tpo_output_file_publish (self->description, error) &&
         (self->in_making == NULL || tpo_output_folder_publish (self->in_making, error));
}

/* Writes all files under passing names and then names them. */
static gboolean
write_files (TpoExport *self, GFile *target, GError **error)
{
  TpoStoreCounts counts;

  self->labels = tpo_store_list_labels (self->store, error);
  if (self->labels == NULL || !tpo_export_load_attributes (self, error))
    return FALSE;
  self->has_foreign_fields = tpo_store_has_foreign_fields (self->store);
  self->videos = tpo_export_name_videos (self, target, error);
  if (self->videos == NULL ||
      !tpo_store_count (self->store, &self->options.videos, &counts, error) ||
      !tpo_export_add_format_losses (self, &counts, error))
    return FALSE;
  count_left_out (self, &counts);
  if (!open_files (self, target, error))
    return FALSE;
  tpo_export_begin_description (self);
  if (!self->format->write (self, error) || !tpo_export_may_go_on (self, error) ||
      (self->file != NULL && !tpo_export_close (self, g_steal_pointer (&self->file), error)))
    return FALSE;
  tpo_export_end_description (self, &counts);
  return tpo_output_file_finish (self->description, error) && publish (self, error);
}

static gboolean
check_target (const TpoFormat *format, GFile *target, GError **error)
{
  g_autofree char *name = NULL;

  /* The root has no parent and is a folder too. */
  if (format->extension == NULL ||
      g_file_query_file_type (target, G_FILE_QUERY_INFO_NONE, NULL) != G_FILE_TYPE_DIRECTORY)
    return TRUE;
  name = tpo_shown_name (target);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY, _ ("“%s” is a folder, not a file."),
               name);
  return FALSE;
}

gboolean
tpo_export (TpoStore *store, const TpoFormat *format, GFile *target,
            const TpoExportOptions *options, TpoLossReport **report, GCancellable *cancellable,
            GError **error)
{
  TpoExport self = { .store = store, .format = format, .cancellable = cancellable };
  gboolean is_done;

  g_return_val_if_fail (store != NULL && G_IS_FILE (target), FALSE);
  g_return_val_if_fail (format != NULL && format->write != NULL, FALSE);

  if (options != NULL)
    self.options = *options;
  if (!check_target (format, target, error) || !tpo_store_begin_snapshot (store, error))
    return FALSE;
  self.report = tpo_loss_report_new ();
  self.aliases = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self.finished = g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_output_file_free);
  is_done = write_files (&self, target, error);
  tpo_store_end_snapshot (store);

  g_clear_pointer (&self.file, tpo_output_file_free);
  g_clear_pointer (&self.description, tpo_output_file_free);
  g_clear_pointer (&self.finished, g_ptr_array_unref);
  g_clear_pointer (&self.in_making, tpo_output_folder_free);
  g_clear_object (&self.folder);
  g_hash_table_unref (self.aliases);
  g_clear_pointer (&self.videos, g_ptr_array_unref);
  g_clear_pointer (&self.attributes, g_ptr_array_unref);
  g_clear_pointer (&self.labels, g_ptr_array_unref);
  g_clear_error (&self.problem);
  if (is_done && report != NULL)
    *report = g_steal_pointer (&self.report);
  g_clear_pointer (&self.report, tpo_loss_report_free);
  return is_done;
}
