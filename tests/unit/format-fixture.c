#include "format-fixture.h"

#include <string.h>

const char *
path_in (Fixture *self, const char *name, char **path)
{
  *path = g_build_filename (self->folder, name, NULL);
  return *path;
}

void
assert_loss (const TpoLossReport *report, const char *line)
{
  g_autofree char *text = tpo_loss_report_to_text (report);

  if (strstr (text, line) == NULL)
    g_error ("no loss “%s” in:\n%s", line, text);
}

/* A video of one frame every two hundredths of a second. */
gint64
add_video (TpoStore *store, const char *uri, guint width, guint height, gint64 duration_us)
{
  gint64 n = duration_us / 20000;
  g_autofree gint64 *times_us = g_new (gint64, n);
  g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, uri, -1);
  g_autofree char *hash = g_strconcat ("sha256:", sum, NULL);
  TpoVideoRecord video = { .uri = (char *) uri,
                           .content_hash = hash,
                           .width = width,
                           .height = height,
                           .duration_us = duration_us,
                           .n_frames = n,
                           .frame_times_us = times_us };
  g_autoptr (GError) error = NULL;
  gint64 id;

  for (gint64 i = 0; i < n; i++)
    times_us[i] = i * 20000;
  id = tpo_store_add_video (store, &video, &error);
  g_assert_no_error (error);
  return id;
}

gint64
add_span (TpoStore *store, gint64 video_id, const char *text, gint64 start_us, gint64 end_us)
{
  TpoAnnotationRecord span = { .video_id = video_id,
                               .kind = TPO_ANNOTATION_SPAN,
                               .status = TPO_STATUS_MANUAL,
                               .text = (char *) text,
                               .start_us = start_us,
                               .end_us = end_us };
  g_autoptr (GError) error = NULL;
  gint64 id = tpo_store_add_annotation (store, &span, NULL, NULL, &error);

  g_assert_no_error (error);
  return id;
}

gint64
add_mask (TpoStore *store, gint64 video_id, gint64 label_id, TpoRle *mask, gint64 time_us)
{
  TpoAnnotationRecord track = { .video_id = video_id,
                                .kind = TPO_ANNOTATION_MASK_TRACK,
                                .status = TPO_STATUS_MANUAL,
                                .label_id = label_id,
                                .start_us = time_us,
                                .end_us = time_us + 20000 };
  TpoKeyframeRecord keyframe = { .time_us = time_us, .mask = mask, .score = -1 };
  g_autoptr (GPtrArray) keyframes = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  gint64 id;

  g_ptr_array_add (keyframes, &keyframe);
  id = tpo_store_add_annotation (store, &track, keyframes, NULL, &error);
  g_assert_no_error (error);
  return id;
}

void
write_text (Fixture *self, const char *name, const char *text)
{
  g_autofree char *path = NULL;
  g_autofree char *folder = g_path_get_dirname (path_in (self, name, &path));
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

gboolean
import_file (Fixture *self, const char *format, const char *name, TpoLossReport **report,
             GError **error)
{
  g_autofree char *path = NULL;
  g_autoptr (GFile) source = g_file_new_for_path (path_in (self, name, &path));
  g_autoptr (TpoImport) import =
      tpo_import_read (self->store, tpo_format_find (format), source, NULL, NULL, error);
  if (import == NULL || !tpo_import_commit (import, self->store, NULL, error))
    return FALSE;
  if (report != NULL) {
    g_autofree char *text = tpo_loss_report_to_text (tpo_import_get_report (import));

    g_test_message ("%s", text);
    *report = tpo_loss_report_new ();
    for (guint i = 0; i < tpo_import_get_report (import)->losses->len; i++) {
      const TpoLoss *loss = tpo_import_get_report (import)->losses->pdata[i];

      tpo_loss_report_add (*report, loss->what, loss->count, loss->why);
    }
  }
  return TRUE;
}

void
import_text (Fixture *self, const char *format, const char *name, const char *text,
             TpoLossReport **report)
{
  g_autoptr (GError) error = NULL;
  gboolean is_done;

  write_text (self, name, text);
  is_done = import_file (self, format, name, report, &error);
  g_assert_no_error (error);
  g_assert_true (is_done);
  g_assert_true (import_detects (self, format, name));
}

gboolean
import_detects (Fixture *self, const char *format, const char *name)
{
  g_autofree char *path = NULL;
  g_autoptr (GFile) source = g_file_new_for_path (path_in (self, name, &path));
  const TpoFormat *found = tpo_import_detect (source, NULL, NULL);

  g_test_message ("detected as %s", found != NULL ? found->id : "nothing");
  return found == tpo_format_find (format);
}

void
import_fails (Fixture *self, const char *format, const char *name, const char *text,
              const char *sentence)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) videos = tpo_store_list_videos (self->store, NULL);

  if (text != NULL)
    write_text (self, name, text);
  g_assert_false (import_file (self, format, name, NULL, &error));
  g_assert_nonnull (error);
  g_test_message ("%s", error->message);
  if (strstr (error->message, sentence) == NULL)
    g_error ("no “%s” in: %s", sentence, error->message);
  for (guint i = 0; i < videos->len; i++) {
    const TpoVideoRecord *video = videos->pdata[i];
    g_autoptr (GPtrArray) none = tpo_store_list_annotations (self->store, video->id, NULL);

    g_assert_cmpuint (none->len, ==, 0);
  }
}

TpoAnnotationRecord *
nth_annotation (Fixture *self, gint64 video_id, guint n)
{
  g_autoptr (GPtrArray) list = tpo_store_list_annotations (self->store, video_id, NULL);

  g_assert_nonnull (list);
  g_assert_cmpuint (n, <, list->len);
  return tpo_store_get_annotation (self->store, ((TpoAnnotationRecord *) list->pdata[n])->id,
                                   NULL);
}

guint
n_annotations (Fixture *self, gint64 video_id)
{
  g_autoptr (GPtrArray) list = tpo_store_list_annotations (self->store, video_id, NULL);

  return list->len;
}

GPtrArray *
keyframes_of (Fixture *self, const TpoAnnotationRecord *annotation)
{
  return tpo_store_list_keyframes (self->store, annotation->revision_id, G_MININT64, G_MAXINT64,
                                   NULL);
}

const char *
label_of (Fixture *self, const TpoAnnotationRecord *annotation, char **name)
{
  g_autoptr (GPtrArray) labels = tpo_store_list_labels (self->store, NULL);

  *name = NULL;
  for (guint i = 0; i < labels->len; i++) {
    const TpoLabelRecord *label = labels->pdata[i];

    if (label->id == annotation->label_id)
      *name = g_strdup (label->name);
  }
  return *name;
}

char *
export_to (Fixture *self, const char *format, const char *name)
{
  g_autofree char *path = NULL;
  g_autoptr (GFile) target = g_file_new_for_path (path_in (self, name, &path));
  g_autoptr (TpoLossReport) report = NULL;
  g_autofree char *losses = NULL;
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  tpo_export (self->store, tpo_format_find (format), target, NULL, &report, NULL, &error);
  g_assert_no_error (error);
  losses = tpo_loss_report_to_text (report);
  g_test_message ("%s", losses);
  if (tpo_format_find (format)->extension != NULL)
    g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}
