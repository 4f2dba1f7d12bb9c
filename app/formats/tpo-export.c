#include "config.h"

#include <string.h>

#include "formats/export-private.h"
#include "store/tpo-store-labels.h"

typedef struct {
  TpoExportFormatInfo info;
  gboolean (*write) (TpoExport *self, GError **error);
  const char *frames_extension; /* of the list of images, or NULL */
} Format;

static const Format formats[TPO_EXPORT_FORMAT_COUNT] = {
  [TPO_EXPORT_COCO] = { .info = { "coco", "COCO", ".json" },
                        .write = tpo_export_write_coco,
                        .frames_extension = ".frames.jsonl" },
  [TPO_EXPORT_ACTIVITYNET] = { .info = { "activitynet", "ActivityNet Captions", ".json" },
                               .write = tpo_export_write_activitynet },
  [TPO_EXPORT_QVHIGHLIGHTS] = { .info = { "qvhighlights", "QVHighlights", ".jsonl" },
                                .write = tpo_export_write_qvhighlights },
  [TPO_EXPORT_TPO_INSTRUCT] = { .info = { "tpo-instruct", "TPO Instruct", ".jsonl" },
                                .write = tpo_export_write_tpo_instruct },
};

const TpoExportFormatInfo *
tpo_export_format_info (TpoExportFormat format)
{
  g_return_val_if_fail ((guint) format < TPO_EXPORT_FORMAT_COUNT, NULL);

  return &formats[format].info;
}

gboolean
tpo_export_format_from_id (const char *id, TpoExportFormat *format)
{
  for (guint i = 0; i < TPO_EXPORT_FORMAT_COUNT; i++)
    if (g_strcmp0 (formats[i].info.id, id) == 0) {
      *format = (TpoExportFormat) i;
      return TRUE;
    }
  return FALSE;
}

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
    return self->format == TPO_EXPORT_TPO_INSTRUCT && self->options.with_discarded;
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
  TpoOutputFile *file = self->frames != NULL && tpo_output_file_has_failed (self->frames)
                            ? self->frames
                            : self->file;

  return !tpo_output_file_has_failed (file) || tpo_output_file_finish (file, error);
}

void
tpo_export_progress (TpoExport *self, guint n_done, guint n_all)
{
  if (self->options.progress != NULL)
    self->options.progress ((double) n_done / n_all, NULL, self->options.progress_data);
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
    tpo_loss_report_add (self->report, "annotations", n_predicted, "were not reviewed");
  if (self->format != TPO_EXPORT_TPO_INSTRUCT || !self->options.with_discarded)
    tpo_loss_report_add (self->report, "annotations", n_discarded, "were discarded");
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

/* Writes all files under passing names and then names them; the description comes last. */
static gboolean
write_files (TpoExport *self, GFile *target, GCancellable *cancellable, GError **error)
{
  const Format *format = &formats[self->format];
  g_autoptr (GFile) description_file = sibling (target, ".tpo-export.json");
  g_autoptr (TpoOutputFile) description = NULL;
  TpoJsonWriter json = { 0 };
  TpoStoreCounts counts;

  if (!tpo_store_count (self->store, &counts, error))
    return FALSE;
  tpo_export_add_format_losses (self, &counts);
  count_left_out (self, &counts);
  self->videos = tpo_export_name_videos (self, target, error);
  self->labels = self->videos != NULL ? tpo_store_list_labels (self->store, error) : NULL;
  self->file = self->labels != NULL ? tpo_output_file_new (target, cancellable, error) : NULL;
  if (self->file == NULL)
    return FALSE;
  if (format->frames_extension != NULL) {
    g_autoptr (GFile) frames = sibling (target, format->frames_extension);

    self->frames = tpo_output_file_new (frames, cancellable, error);
    if (self->frames == NULL)
      return FALSE;
  }
  self->json.file = self->file;
  if (!format->write (self, error) || !tpo_output_file_finish (self->file, error) ||
      (self->frames != NULL && !tpo_output_file_finish (self->frames, error)) ||
      (description = tpo_output_file_new (description_file, cancellable, error)) == NULL)
    return FALSE;
  json.file = description;
  tpo_export_write_description (self, &json, &counts);
  return tpo_output_file_finish (description, error) &&
         tpo_output_file_publish (self->file, error) &&
         (self->frames == NULL || tpo_output_file_publish (self->frames, error)) &&
         tpo_output_file_publish (description, error);
}

static gboolean
check_target (GFile *target, GError **error)
{
  g_autofree char *name = NULL;

  /* The root has no parent and is a folder too. */
  if (g_file_query_file_type (target, G_FILE_QUERY_INFO_NONE, NULL) != G_FILE_TYPE_DIRECTORY)
    return TRUE;
  name = g_file_get_parse_name (target);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY, "“%s” is a folder, not a file.",
               name);
  return FALSE;
}

gboolean
tpo_export (TpoStore *store, TpoExportFormat format, GFile *target,
            const TpoExportOptions *options, TpoLossReport **report, GCancellable *cancellable,
            GError **error)
{
  TpoExport self = { .store = store, .format = format };
  gboolean is_done;

  g_return_val_if_fail (store != NULL && G_IS_FILE (target), FALSE);
  g_return_val_if_fail ((guint) format < TPO_EXPORT_FORMAT_COUNT, FALSE);

  if (options != NULL)
    self.options = *options;
  if (!check_target (target, error) || !tpo_store_begin_snapshot (store, error))
    return FALSE;
  is_done = write_files (&self, target, cancellable, error);
  tpo_store_end_snapshot (store);

  g_clear_pointer (&self.file, tpo_output_file_free);
  g_clear_pointer (&self.frames, tpo_output_file_free);
  g_clear_pointer (&self.videos, g_ptr_array_unref);
  g_clear_pointer (&self.labels, g_ptr_array_unref);
  if (is_done && report != NULL)
    *report = g_steal_pointer (&self.report);
  g_clear_pointer (&self.report, tpo_loss_report_free);
  return is_done;
}
