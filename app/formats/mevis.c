#include <glib/gi18n.h>

#include "formats/expressions.h"
#include "formats/segmentation.h"

/*
 * MeViS: expressions about one or several objects in "meta_expressions.json", and the masks in
 * "mask_dict.json": id → one entry for each frame of the video, null where there is none. The
 * latter may have gigabytes; it is read and written as it comes.
 */

/* ---- export ------------------------------------------------------------------------------------- */

typedef struct {
  TpoJsonWriter expressions, masks;
} Writers;

/* An expression with the objects that it is about. */
static void
write_expression (TpoExport *self, TpoJsonWriter *json, guint number, const char *text,
                  GPtrArray *tracks)
{
  g_autofree char *name = g_strdup_printf ("%u", number);

  tpo_json_begin_object (json, name);
  tpo_json_string (json, "exp", text);
  tpo_json_begin_array (json, "obj_id");
  for (guint i = 0; i < tracks->len; i++)
    if (g_str_equal (tpo_export_text_of (self, tracks->pdata[i]), text))
      tpo_json_int (json, NULL, i);
  tpo_json_end_array (json);
  tpo_json_begin_array (json, "anno_id");
  for (guint i = 0; i < tracks->len; i++)
    if (g_str_equal (tpo_export_text_of (self, tracks->pdata[i]), text))
      tpo_json_int (json, NULL, ((TpoAnnotationRecord *) tracks->pdata[i])->id);
  tpo_json_end_array (json);
  tpo_json_end_object (json);
}

static void
write_expressions (TpoExport *self, TpoJsonWriter *json, GPtrArray *tracks)
{
  g_autoptr (GHashTable) texts = g_hash_table_new (g_str_hash, g_str_equal);
  guint n = 0;

  tpo_json_begin_object (json, "expressions");
  for (guint i = 0; i < tracks->len; i++) {
    const char *text = tpo_export_text_of (self, tracks->pdata[i]);

    if (g_hash_table_add (texts, (gpointer) text))
      write_expression (self, json, n++, text, tracks);
    if (text[0] == '\0')
      tpo_loss_report_add (self->report, N_ ("mask tracks"), 1,
                           N_ ("without text and label, given an empty expression"));
  }
  tpo_json_end_object (json);
}

static gboolean
write_masks (TpoExport *self, TpoJsonWriter *json, const TpoVideoRecord *video,
             const TpoAnnotationRecord *track, GError **error)
{
  g_autofree char *id = g_strdup_printf ("%" G_GINT64_FORMAT, track->id);
  g_autoptr (GArray) frames = tpo_export_collect_track (self, video, track, error);
  guint next = 0;

  if (frames == NULL)
    return FALSE;
  tpo_export_count_frames (self, track, frames);
  tpo_json_begin_array (json, id);
  for (gint64 i = 0; i < video->n_frames; i++) {
    const TpoTrackFrame *frame =
        next < frames->len ? &g_array_index (frames, TpoTrackFrame, next) : NULL;
    gboolean is_here = frame != NULL && frame->frame == i;
    g_autoptr (TpoRle) mask = is_here ? tpo_export_frame_mask (self, video, frame) : NULL;

    tpo_json_rle (json, NULL, mask);
    next += is_here;
  }
  tpo_json_end_array (json);
  tpo_json_end_line (json);
  return TRUE;
}

static gboolean
write_video (TpoExport *self, const TpoExportVideo *names, const TpoVideoRecord *video,
             GPtrArray *annotations, gpointer data, GError **error)
{
  Writers *writers = data;
  g_autoptr (GPtrArray) tracks = g_ptr_array_new ();

  for (guint i = 0; i < annotations->len; i++)
    if (((TpoAnnotationRecord *) annotations->pdata[i])->kind == TPO_ANNOTATION_MASK_TRACK)
      g_ptr_array_add (tracks, annotations->pdata[i]);
  if (tracks->len == 0)
    return TRUE;
  tpo_json_begin_object (&writers->expressions, names->stem);
  write_expressions (self, &writers->expressions, tracks);
  tpo_json_frames (&writers->expressions, 0, video->n_frames);
  tpo_json_end_object (&writers->expressions);
  tpo_json_end_line (&writers->expressions);
  for (guint i = 0; i < tracks->len; i++)
    if (!write_masks (self, &writers->masks, video, tracks->pdata[i], error) ||
        !tpo_export_may_go_on (self, error))
      return FALSE;
  return TRUE;
}

static gboolean
write_mevis (TpoExport *self, GError **error)
{
  g_autoptr (TpoOutputFile) expressions =
      tpo_export_open (self, "train/meta_expressions.json", error);
  g_autoptr (TpoOutputFile) masks =
      expressions != NULL ? tpo_export_open (self, "train/mask_dict.json", error) : NULL;
  Writers writers = { .expressions = { .file = expressions }, .masks = { .file = masks } };

  if (masks == NULL)
    return FALSE;
  tpo_json_begin_object (&writers.expressions, NULL);
  tpo_json_begin_object (&writers.expressions, "videos");
  tpo_json_begin_object (&writers.masks, NULL);
  if (!tpo_export_each_video (self, write_video, &writers, error))
    return FALSE;
  tpo_json_end_object (&writers.masks);
  tpo_json_end_object (&writers.expressions);
  tpo_json_end_object (&writers.expressions);
  return tpo_export_close (self, g_steal_pointer (&expressions), error) &&
         tpo_export_close (self, g_steal_pointer (&masks), error);
}

/* ---- import ------------------------------------------------------------------------------------- */

/* What a mask's id stands for. */
typedef struct {
  const TpoExpressions *video;
  const char *text; /* of its first expression */
} Target;

static GHashTable *
find_targets (TpoImport *self, GPtrArray *videos)
{
  GHashTable *targets = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);

  for (guint i = 0; i < videos->len; i++) {
    const TpoExpressions *video = videos->pdata[i];

    for (guint k = 0; k < video->expressions->len; k++) {
      const TpoExpression *expression = video->expressions->pdata[k];

      for (guint a = 0; a < expression->annotations->len; a++) {
        char *id = expression->annotations->pdata[a];
        Target *target;

        if (g_hash_table_contains (targets, id)) {
          tpo_import_lose (self, N_ ("expressions"), 1,
                           N_ ("beside another one about the same object"));
          continue;
        }
        target = g_new0 (Target, 1);
        target->video = video;
        target->text = expression->text;
        g_hash_table_insert (targets, id, target);
      }
    }
  }
  return targets;
}

static void
read_masks (TpoImport *self, TpoJsonReader *json, const Target *target, const char *id)
{
  const GArray *frames = target->video->frames;
  TpoImportItem *track = tpo_import_get_track (self, target->video->video, id);
  guint n = 0;

  tpo_import_set_text (self, track, target->text);
  tpo_json_read_array (json);
  while (tpo_json_next_element (json)) {
    gint64 frame = n < frames->len ? g_array_index (frames, gint64, n) : n;
    g_autoptr (TpoRle) mask = NULL;

    n++;
    if (tpo_json_take_null (json)) {
      tpo_import_add_absent (self, track, frame);
      continue;
    }
    mask = tpo_json_read_rle (json);
    if (mask != NULL)
      tpo_import_add_mask (self, track, frame, mask, -1);
  }
}

static gboolean
read_dictionary (TpoImport *self, GFile *file, GHashTable *targets, GError **error)
{
  g_autoptr (TpoJsonReader) json = tpo_import_open_json (self, file, error);
  const char *name;

  if (json == NULL)
    return FALSE;
  tpo_json_read_object (json);
  while ((name = tpo_json_next_name (json)) != NULL) {
    const Target *target = g_hash_table_lookup (targets, name);
    g_autofree char *id = g_strdup (name);

    if (target != NULL)
      read_masks (self, json, target, id);
    else
      tpo_json_skip (json);
    if (!tpo_import_may_go_on (self, 0, error))
      return FALSE;
  }
  return tpo_json_finish (json, error);
}

static gboolean
read_split (TpoImport *self, GFile *folder, GError **error)
{
  g_autoptr (GFile) expressions = g_file_get_child (folder, "meta_expressions.json");
  g_autoptr (GFile) masks = g_file_get_child (folder, "mask_dict.json");
  g_autoptr (GPtrArray) videos = tpo_expressions_read (self, expressions, error);
  g_autoptr (GHashTable) targets = videos != NULL ? find_targets (self, videos) : NULL;

  return targets != NULL && read_dictionary (self, masks, targets, error);
}

static gboolean
read_mevis (TpoImport *self, GError **error)
{
  g_autoptr (GPtrArray) splits = NULL;

  if (tpo_import_has (self->source, "mask_dict.json"))
    return read_split (self, self->source, error);
  splits = tpo_import_list (self, self->source, NULL, error);
  for (guint i = 0; splits != NULL && i < splits->len; i++) {
    g_autoptr (GFile) split = g_file_get_child (self->source, splits->pdata[i]);

    if (tpo_import_has (split, "mask_dict.json") && !read_split (self, split, error))
      return FALSE;
  }
  return splits != NULL;
}

static gboolean
detect_mevis (const TpoProbe *probe)
{
  return tpo_probe_has_path (probe, "mask_dict.json");
}

const TpoFormat tpo_format_mevis = {
  .id = "mevis",
  .title = "MeViS",
  .group = TPO_FORMAT_TRACKS,
  .holds = TPO_HOLDS_MASKS | TPO_HOLDS_TEXTS,
  .knows = N_ ("masks"),
  .write = write_mevis,
  .read = read_mevis,
  .detect = detect_mevis,
};
