#include <glib/gi18n.h>
#include <string.h>

#include "formats/coco.h"
#include "formats/export-private.h"
#include "formats/import-private.h"

/*
 * RefCOCO: "instances.json", plain COCO, and "refs.json", sentences about its annotations. The
 * published files have the latter as a Python pickle, which is a program and never read; this turns
 * it into what is:
 *
 *   python3 -c 'import json, pickle; json.dump(pickle.load(open("refs(unc).p", "rb")),
 *   open("refs.json", "w"))'
 */

/* What is ours to train with; nobody has split it. */
#define SPLIT "train"

/* ---- export ------------------------------------------------------------------------------------- */

typedef struct {
  TpoJsonWriter json;
  gint64 n_refs;
  gint64 last_track; /* that a reference was written for */
} Writer;

/* Lower case, words of letters and digits with single blanks between, as the data set's "sent" is. */
static char *
clean_sentence (const char *raw)
{
  g_autofree char *lower = g_utf8_strdown (raw, -1);
  g_autoptr (GString) clean = g_string_new (NULL);
  gboolean is_apart = FALSE;

  for (const char *c = lower; *c != '\0'; c = g_utf8_next_char (c)) {
    gunichar letter = g_utf8_get_char (c);

    if (!g_unichar_isalnum (letter) && letter != '\'') {
      is_apart = clean->len > 0;
      continue;
    }
    if (is_apart)
      g_string_append_c (clean, ' ');
    is_apart = FALSE;
    g_string_append_unichar (clean, letter);
  }
  return g_strdup (clean->str);
}

static void
write_sentence (TpoJsonWriter *json, gint64 id, const char *raw)
{
  g_autofree char *clean = clean_sentence (raw);
  g_auto (GStrv) words = g_strsplit (clean, " ", -1);

  tpo_json_begin_array (json, "sent_ids");
  tpo_json_int (json, NULL, id);
  tpo_json_end_array (json);
  tpo_json_begin_array (json, "sentences");
  tpo_json_begin_object (json, NULL);
  tpo_json_int (json, "sent_id", id);
  tpo_json_string (json, "sent", clean);
  tpo_json_string (json, "raw", raw);
  tpo_json_begin_array (json, "tokens");
  for (guint i = 0; words[i] != NULL; i++)
    if (words[i][0] != '\0')
      tpo_json_string (json, NULL, words[i]);
  tpo_json_end_array (json);
  tpo_json_end_object (json);
  tpo_json_end_array (json);
}

/* A track has its sentence on the first frame. */
static void
write_reference (const TpoCocoInstance *instance, gpointer data)
{
  Writer *self = data;
  TpoJsonWriter *json = &self->json;
  const TpoAnnotationRecord *track = instance->track;
  g_autofree char *file_name = NULL;

  if (track->id == self->last_track || track->text == NULL || track->text[0] == '\0')
    return;
  self->last_track = track->id;
  self->n_refs++;
  file_name = g_strdup_printf ("%s_%06" G_GINT64_FORMAT "_%" G_GINT64_FORMAT ".png",
                               instance->names->stem, instance->frame, instance->annotation_id);
  tpo_json_begin_object (json, NULL);
  tpo_json_int (json, "ref_id", self->n_refs);
  tpo_json_int (json, "ann_id", instance->annotation_id);
  tpo_json_int (json, "image_id", instance->image_id);
  tpo_json_int (json, "category_id", instance->category_id);
  tpo_json_string (json, "split", SPLIT);
  tpo_json_string (json, "file_name", file_name);
  write_sentence (json, self->n_refs, track->text);
  tpo_json_end_object (json);
  tpo_json_end_line (json);
}

static gboolean
write_refcoco (TpoExport *self, GError **error)
{
  g_autoptr (TpoOutputFile) instances = tpo_export_open (self, "instances.json", error);
  g_autoptr (TpoOutputFile) refs =
      instances != NULL ? tpo_export_open (self, "refs.json", error) : NULL;
  Writer writer = { .json = { .file = refs } };

  if (refs == NULL)
    return FALSE;
  self->json.file = instances;
  tpo_json_begin_array (&writer.json, NULL);
  if (!tpo_coco_write (self, "instances.frames.jsonl", write_reference, &writer, error))
    return FALSE;
  tpo_json_end_array (&writer.json);
  return tpo_export_close (self, g_steal_pointer (&instances), error) &&
         tpo_export_close (self, g_steal_pointer (&refs), error);
}

/* ---- import ------------------------------------------------------------------------------------- */

/* The first sentence as typed, or as cleaned. */
static char *
read_sentences (TpoImport *self, TpoJsonReader *json)
{
  g_autofree char *first = NULL;
  const char *name;

  tpo_json_read_array (json);
  for (guint i = 0; tpo_json_next_element (json); i++) {
    g_autofree char *raw = NULL;
    g_autofree char *sent = NULL;

    tpo_json_read_object (json);
    while ((name = tpo_json_next_name (json)) != NULL) {
      if (g_str_equal (name, "raw") && raw == NULL && tpo_json_peek (json) == '"')
        raw = tpo_json_read_text (json);
      else if (g_str_equal (name, "sent") && sent == NULL && tpo_json_peek (json) == '"')
        sent = tpo_json_read_text (json);
      else
        tpo_json_skip_field (json, name, "sent_id", "tokens", "raw", "sent", NULL);
    }
    tpo_import_lose (self, N_ ("sentences"), i > 0,
                     N_ ("beside another one about the same object"));
    if (i == 0)
      first = raw != NULL ? g_steal_pointer (&raw) : g_steal_pointer (&sent);
  }
  return g_steal_pointer (&first);
}

static void
read_split (TpoImport *self, TpoJsonReader *json)
{
  g_autofree char *split = tpo_json_read_text (json);

  tpo_import_lose (self, N_ ("references"), !g_str_equal (split, SPLIT),
                   N_ ("of validation and tests, which is not kept"));
}

static void
read_reference (TpoImport *self, TpoJsonReader *json, GHashTable *items)
{
  g_autofree char *text = NULL;
  gint64 id = 0;
  TpoImportItem *item;
  const char *name;

  tpo_json_read_object (json);
  while ((name = tpo_json_next_name (json)) != NULL) {
    if (g_str_equal (name, "ann_id"))
      id = tpo_json_read_int (json);
    else if (g_str_equal (name, "sentences") && text == NULL)
      text = read_sentences (self, json);
    else if (g_str_equal (name, "split") && tpo_json_peek (json) == '"')
      read_split (self, json);
    else
      tpo_json_skip_field (json, name, "ref_id", "image_id", "category_id", "file_name",
                           "sent_ids", NULL);
  }
  item = g_hash_table_lookup (items, &id);
  if (item == NULL)
    tpo_import_lose (self, N_ ("references"), 1,
                     N_ ("about annotations that are not imported"));
  else
    tpo_import_set_text (self, item, text);
}

static gboolean
read_refcoco (TpoImport *self, GError **error)
{
  g_autoptr (GFile) instances = g_file_get_child (self->source, "instances.json");
  g_autoptr (GFile) refs = g_file_get_child (self->source, "refs.json");
  g_autoptr (GHashTable) items =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_autoptr (TpoJsonReader) json = NULL;

  if (!tpo_coco_read_file (self, instances, items, error) ||
      (json = tpo_import_open_json (self, refs, error)) == NULL)
    return FALSE;
  tpo_json_read_array (json);
  while (tpo_json_next_element (json))
    read_reference (self, json, items);
  return tpo_json_finish (json, error);
}

static gboolean
detect_refcoco (const TpoProbe *probe)
{
  return probe->is_folder && tpo_import_has (probe->source, "instances.json") &&
         tpo_import_has (probe->source, "refs.json");
}

const TpoFormat tpo_format_refcoco = {
  .id = "refcoco",
  .title = "RefCOCO",
  .group = TPO_FORMAT_TRACKS,
  .holds = TPO_HOLDS_BOXES | TPO_HOLDS_MASKS | TPO_HOLDS_LABELS | TPO_HOLDS_TEXTS |
           TPO_HOLDS_STATES | TPO_HOLDS_ATTRIBUTES,
  .dialect = "coco",
  .knows = N_ ("single frames"),
  .write = write_refcoco,
  .read = read_refcoco,
  .detect = detect_refcoco,
};
