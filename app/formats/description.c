#include "config.h"

#include "formats/export-private.h"

/* The description beside the other files: what they are, and what they lack. */

static void
write_options (TpoJsonWriter *json, const TpoExportOptions *options)
{
  tpo_json_begin_object (json, "options");
  tpo_json_bool (json, "reviewed_videos", options->videos.is_reviewed);
  tpo_json_bool (json, "single_video", options->videos.video_id != 0);
  tpo_json_bool (json, "reviewed_only", options->reviewed_only);
  tpo_json_bool (json, "with_discarded", options->with_discarded);
  tpo_json_bool (json, "polygons", options->polygons);
  tpo_json_bool (json, "keyframes_only", options->keyframes_only);
  tpo_json_bool (json, "zero_based", options->zero_based);
  tpo_json_int (json, "frame_index_base", 0);
  tpo_json_end_object (json);
}

static void
write_counts (TpoJsonWriter *json, const TpoStoreCounts *counts)
{
  tpo_json_begin_object (json, "counts");
  tpo_json_int (json, "videos", counts->n_videos);
  tpo_json_int (json, "labels", counts->n_labels);
  for (guint kind = 0; kind < TPO_ANNOTATION_KIND_COUNT; kind++) {
    tpo_json_begin_object (json, tpo_annotation_kind_name ((TpoAnnotationKind) kind));
    for (guint status = 0; status < TPO_STATUS_COUNT; status++)
      tpo_json_int (json, tpo_annotation_status_name ((TpoAnnotationStatus) status),
                    counts->n_annotations[kind][status]);
    tpo_json_end_object (json);
  }
  tpo_json_end_object (json);
}

static void
write_losses (TpoJsonWriter *json, const TpoLossReport *report)
{
  tpo_json_begin_array (json, "losses");
  for (guint i = 0; i < report->losses->len; i++) {
    const TpoLoss *loss = report->losses->pdata[i];

    tpo_json_begin_object (json, NULL);
    tpo_json_string (json, "what", loss->what);
    tpo_json_int (json, "count", loss->count);
    tpo_json_string (json, "why", loss->why);
    tpo_json_end_object (json);
  }
  tpo_json_end_array (json);
}

/* With the command that makes the images that formats of frames name. */
static void
write_videos (TpoExport *self, TpoJsonWriter *json)
{
  const guint kinds = TPO_HOLDS_BOXES | TPO_HOLDS_MASKS;
  gboolean names_frames = (self->format->holds & kinds) != 0;

  tpo_json_begin_array (json, "videos");
  for (guint i = 0; i < self->videos->len; i++) {
    const TpoExportVideo *video = self->videos->pdata[i];
    g_autofree char *pattern = g_strconcat (video->stem, "/%06d.png", NULL);
    g_autofree char *input = g_shell_quote (video->path);
    g_autofree char *output = g_shell_quote (pattern);
    g_autofree char *command = g_strdup_printf (
        "ffmpeg -i %s -fps_mode passthrough -start_number 0 %s", input, output);

    tpo_json_begin_object (json, NULL);
    tpo_json_int (json, "id", video->id);
    tpo_json_string (json, "path", video->path);
    tpo_json_string (json, "name", video->stem);
    tpo_json_string (json, "uri", video->uri);
    if (names_frames)
      tpo_json_string (json, "frames_by", command);
    tpo_json_end_object (json);
  }
  tpo_json_end_array (json);
}

static gint
compare_names (gconstpointer a, gconstpointer b, gpointer data)
{
  return g_strcmp0 (*(char *const *) a, *(char *const *) b);
}

static void
write_aliases (TpoExport *self, TpoJsonWriter *json)
{
  guint n_names;
  g_autofree char **names = (char **) g_hash_table_get_keys_as_array (self->aliases, &n_names);

  g_qsort_with_data (names, (int) n_names, sizeof *names, compare_names, NULL);
  tpo_json_begin_array (json, "aliases");
  for (guint i = 0; i < n_names; i++) {
    const TpoExportVideo *video = g_hash_table_lookup (self->aliases, names[i]);

    tpo_json_begin_object (json, NULL);
    tpo_json_string (json, "name", names[i]);
    tpo_json_string (json, "uri", video->uri);
    tpo_json_end_object (json);
    tpo_json_end_line (json);
  }
  tpo_json_end_array (json);
}

void
tpo_export_add_alias (TpoExport *self, const char *name, const TpoExportVideo *video)
{
  g_hash_table_insert (self->aliases, g_strdup (name), (gpointer) video);
}

void
tpo_export_begin_description (TpoExport *self)
{
  TpoJsonWriter *json = &self->about;
  g_autofree char *project = g_path_get_basename (tpo_store_get_path (self->store));

  tpo_json_begin_object (json, NULL);
  tpo_json_string (json, "schema", "tpo-export/1");
  tpo_json_string (json, "tool", "tpo-studio");
  tpo_json_string (json, "tool_version", TPO_VERSION);
  tpo_json_string (json, "format", self->format->id);
  tpo_json_string (json, "project", project);
  write_options (json, &self->options);
  tpo_json_begin_array (json, "files");
}

void
tpo_export_describe_file (TpoExport *self, const TpoOutputFile *file, const char *name)
{
  TpoJsonWriter *json = &self->about;

  tpo_json_begin_object (json, NULL);
  tpo_json_string (json, "name", name);
  tpo_json_int (json, "size", file->size);
  tpo_json_string (json, "sha256", file->sha256);
  tpo_json_end_object (json);
  tpo_json_end_line (json);
  self->report->n_files++;
}

void
tpo_export_end_description (TpoExport *self, const TpoStoreCounts *counts)
{
  TpoJsonWriter *json = &self->about;

  tpo_json_end_array (json);
  write_counts (json, counts);
  write_losses (json, self->report);
  tpo_export_write_schema (self, json);
  write_videos (self, json);
  write_aliases (self, json);
  tpo_json_end_object (json);
  tpo_json_end_line (json);
}
