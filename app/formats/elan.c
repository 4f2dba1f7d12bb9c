#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "formats/export-private.h"
#include "formats/xml.h"

/*
 * ELAN EAF 3.0: a document a video, a tier a label. Times are whole milliseconds. Annotations of a
 * tier must not overlap: where they do, further tiers "NAME #2", "NAME #3" … take them.
 */

#define NO_LABEL_TIER "spans"

/* ---- export ------------------------------------------------------------------------------------- */

typedef struct {
  gint64 start_ms, end_ms;
  const TpoAnnotationRecord *record;
  guint tier, number; /* number: of its first time slot */
} Span;

/* A tier is a label, an author and a lane in which nothing overlaps. */
typedef struct {
  char *name;
  const char *label, *author;
  gint64 end_ms; /* of its last span */
} Tier;

static void
tier_clear (gpointer data)
{
  g_free (((Tier *) data)->name);
}

/* The first lane of that label and author which is free at the span's start. */
static guint
find_tier (GArray *tiers, const char *label, const Span *span)
{
  Tier tier = { .label = label, .author = span->record->author, .end_ms = span->end_ms };
  guint n_lanes = 1;

  for (guint i = 0; i < tiers->len; i++) {
    Tier *other = &g_array_index (tiers, Tier, i);

    if (!g_str_equal (other->label, label))
      continue;
    if (g_strcmp0 (other->author, tier.author) == 0 && other->end_ms <= span->start_ms) {
      other->end_ms = span->end_ms;
      return i;
    }
    n_lanes++;
  }
  tier.name = n_lanes == 1 ? g_strdup (label) : g_strdup_printf ("%s #%u", label, n_lanes);
  g_array_append_val (tiers, tier);
  return tiers->len - 1;
}

static GArray *
make_spans (TpoExport *self, GPtrArray *annotations, GArray *tiers)
{
  GArray *spans = g_array_new (FALSE, FALSE, sizeof (Span));

  for (guint i = 0; i < annotations->len; i++) {
    const TpoAnnotationRecord *record = annotations->pdata[i];
    const char *label = tpo_export_label_name (self, record->label_id);
    Span span = { .record = record, .number = 2 * spans->len + 1 };

    if (record->kind != TPO_ANNOTATION_SPAN)
      continue;
    span.start_ms = (record->start_us + 500) / 1000;
    span.end_ms = MAX ((record->end_us + 500) / 1000, span.start_ms + 1);
    if (span.start_ms * 1000 != record->start_us || span.end_ms * 1000 != record->end_us)
      tpo_loss_report_add (self->report, N_ ("spans"), 1, TPO_LOSS_MILLISECONDS);
    span.tier = find_tier (tiers, label != NULL ? label : NO_LABEL_TIER, &span);
    g_array_append_val (spans, span);
  }
  return spans;
}

static void
write_head (TpoOutputFile *file, const TpoExportVideo *names, GArray *spans)
{
  g_autofree char *uri = tpo_xml_clean (names->uri);
  g_autofree char *path = tpo_xml_clean (names->path);

  tpo_xml_print (
      file,
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<ANNOTATION_DOCUMENT AUTHOR=\"\" DATE=\"1970-01-01T00:00:00+00:00\" FORMAT=\"3.0\" "
      "VERSION=\"3.0\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
      "xsi:noNamespaceSchemaLocation=\"http://www.mpi.nl/tools/elan/EAFv3.0.xsd\">\n"
      "  <HEADER MEDIA_FILE=\"\" TIME_UNITS=\"milliseconds\">\n"
      "    <MEDIA_DESCRIPTOR MEDIA_URL=\"%s\" MIME_TYPE=\"video/mp4\" "
      "RELATIVE_MEDIA_URL=\"./%s\"/>\n"
      "    <PROPERTY NAME=\"lastUsedAnnotationId\">%u</PROPERTY>\n  </HEADER>\n  <TIME_ORDER>\n",
      uri, path, spans->len);
  for (guint i = 0; i < spans->len; i++) {
    const Span *span = &g_array_index (spans, Span, i);

    tpo_xml_print (
        file,
        "    <TIME_SLOT TIME_SLOT_ID=\"ts%u\" TIME_VALUE=\"%" G_GINT64_FORMAT "\"/>\n"
        "    <TIME_SLOT TIME_SLOT_ID=\"ts%u\" TIME_VALUE=\"%" G_GINT64_FORMAT "\"/>\n",
        span->number, span->start_ms, span->number + 1, span->end_ms);
  }
  tpo_xml_print (file, "  </TIME_ORDER>\n");
}

static void
write_tier (TpoOutputFile *file, const Tier *tier, guint index, GArray *spans)
{
  g_autofree char *name = tpo_xml_clean (tier->name);
  g_autofree char *author = tpo_xml_clean (tier->author);

  tpo_xml_print (file,
                 "  <TIER TIER_ID=\"%s\" LINGUISTIC_TYPE_REF=\"span\" ANNOTATOR=\"%s\">\n",
                 name, author);
  for (guint i = 0; i < spans->len; i++) {
    const Span *span = &g_array_index (spans, Span, i);
    g_autofree char *text =
        tpo_xml_clean (span->record->text != NULL ? span->record->text : "");

    if (span->tier != index)
      continue;
    tpo_xml_print (file,
                   "    <ANNOTATION>\n      <ALIGNABLE_ANNOTATION ANNOTATION_ID=\"a%u\" "
                   "TIME_SLOT_REF1=\"ts%u\" TIME_SLOT_REF2=\"ts%u\">\n"
                   "        <ANNOTATION_VALUE>%s</ANNOTATION_VALUE>\n"
                   "      </ALIGNABLE_ANNOTATION>\n    </ANNOTATION>\n",
                   i + 1, span->number, span->number + 1, text);
  }
  tpo_xml_print (file, "  </TIER>\n");
}

static gboolean
write_video (TpoExport *self, const TpoExportVideo *names, const TpoVideoRecord *video,
             GPtrArray *annotations, gpointer data, GError **error)
{
  g_autofree char *name = g_strconcat (names->stem, ".eaf", NULL);
  g_autoptr (GArray) tiers = g_array_new (FALSE, FALSE, sizeof (Tier));
  g_autoptr (GArray) spans = NULL;
  TpoOutputFile *file;

  g_array_set_clear_func (tiers, tier_clear);
  spans = make_spans (self, annotations, tiers);
  if (spans->len == 0)
    return TRUE;
  file = tpo_export_open (self, name, error);
  if (file == NULL)
    return FALSE;
  write_head (file, names, spans);
  for (guint i = 0; i < tiers->len; i++)
    write_tier (file, &g_array_index (tiers, Tier, i), i, spans);
  tpo_xml_print (file, "  <LINGUISTIC_TYPE LINGUISTIC_TYPE_ID=\"span\" TIME_ALIGNABLE=\"true\" "
                       "GRAPHIC_REFERENCES=\"false\"/>\n</ANNOTATION_DOCUMENT>\n");
  return tpo_export_close (self, file, error);
}

static gboolean
write_elan (TpoExport *self, GError **error)
{
  return tpo_export_each_video (self, write_video, NULL, error);
}

/* ---- import ------------------------------------------------------------------------------------- */

typedef struct {
  TpoImport *import;
  TpoImportVideo *video; /* nullable */
  gboolean is_found;     /* video is one that the document names */
  char *stem;            /* of the document's name */
  GHashTable *slots;     /* id → milliseconds as double, -1 for an unaligned one */
  char *label;           /* of the tier; nullable */
  gboolean has_times;    /* of the annotation at hand */
  double start_ms, end_ms;
} Elan;

static void
start_media (Elan *self, const char *const *names, const char *const *values, GError **error)
{
  const char *const keys[] = { "RELATIVE_MEDIA_URL", "MEDIA_URL" };

  for (guint i = 0; i < G_N_ELEMENTS (keys) && !self->is_found; i++) {
    const char *url = tpo_xml_get (names, values, keys[i]);
    g_autofree char *path = url != NULL ? g_uri_unescape_string (url, "/") : NULL;
    g_autofree char *base = path != NULL ? g_path_get_basename (path) : NULL;

    /* Where the file was on another computer says nothing here; its name does. */
    if (base == NULL || base[0] == '\0' || base[0] == '.' || base[0] == '/')
      continue;
    if (!tpo_import_try_video (self->import, base, &self->video, error))
      return;
    self->is_found = self->video != NULL;
  }
}

static void
start_slot (Elan *self, const char *const *names, const char *const *values, GError **error)
{
  const char *id = tpo_xml_get (names, values, "TIME_SLOT_ID");
  double time = -1;

  if (tpo_xml_get (names, values, "TIME_VALUE") != NULL &&
      (!tpo_xml_number (names, values, "TIME_VALUE", &time, error) || time < 0))
    time = -1;
  if (id != NULL)
    g_hash_table_insert (self->slots, g_strdup (id), g_memdup2 (&time, sizeof time));
}

/* "NAME #2" is the second lane of NAME. */
static void
start_tier (Elan *self, const char *const *names, const char *const *values)
{
  const char *name = tpo_xml_get (names, values, "TIER_ID"), *lane;

  g_clear_pointer (&self->label, g_free);
  if (name == NULL)
    return;
  lane = strrchr (name, '#');
  if (lane != NULL && lane - name > 1 && lane[-1] == ' ' && lane[1] != '\0' &&
      strspn (lane + 1, "0123456789") == strlen (lane + 1))
    self->label = g_strndup (name, (gsize) (lane - name) - 1);
  else
    self->label = g_strdup (name);
  if (g_str_equal (self->label, NO_LABEL_TIER))
    g_clear_pointer (&self->label, g_free);
}

static void
start_annotation (Elan *self, const char *const *names, const char *const *values,
                  GError **error)
{
  const char *first = tpo_xml_get (names, values, "TIME_SLOT_REF1");
  const char *second = tpo_xml_get (names, values, "TIME_SLOT_REF2");
  const double *start = first != NULL ? g_hash_table_lookup (self->slots, first) : NULL;
  const double *end = second != NULL ? g_hash_table_lookup (self->slots, second) : NULL;

  self->has_times = FALSE;
  if (start == NULL || end == NULL) {
    tpo_xml_fail (error, "the annotation's time slots are not in the document");
    return;
  }
  if (*start < 0 || *end < 0) {
    tpo_import_lose (self->import, N_ ("annotations"), 1,
                     N_ ("with a time slot without a time"));
    return;
  }
  self->has_times = TRUE;
  self->start_ms = *start;
  self->end_ms = *end;
}

static void
on_start (const char *name, const char *const *names, const char *const *values, gpointer data,
          GError **error)
{
  Elan *self = data;

  if (g_str_equal (name, "HEADER")) {
    const char *units = tpo_xml_get (names, values, "TIME_UNITS");

    if (units != NULL && !g_str_equal (units, "milliseconds"))
      tpo_xml_fail (error, "times in %s are not supported, only milliseconds", units);
  } else if (g_str_equal (name, "MEDIA_DESCRIPTOR")) {
    start_media (self, names, values, error);
  } else if (g_str_equal (name, "TIME_SLOT")) {
    start_slot (self, names, values, error);
  } else if (g_str_equal (name, "TIER")) {
    if (self->video == NULL &&
        !tpo_import_get_video (self->import, self->stem, &self->video, error))
      return;
    start_tier (self, names, values);
  } else if (g_str_equal (name, "ALIGNABLE_ANNOTATION")) {
    start_annotation (self, names, values, error);
  } else if (g_str_equal (name, "REF_ANNOTATION")) {
    self->has_times = FALSE;
    tpo_import_lose (self->import, N_ ("annotations"), 1,
                     N_ ("that refer to another one, without a time of their own"));
  }
}

static void
on_end (const char *name, const char *text, gpointer data, GError **error)
{
  Elan *self = data;

  if (!g_str_equal (name, "ANNOTATION_VALUE") || !self->has_times || self->video == NULL)
    return;
  tpo_import_add_span (self->import, self->video, self->label, text, self->start_ms / 1000,
                       self->end_ms / 1000);
}

static gboolean
read_file (TpoImport *import, GFile *file, GError **error)
{
  static const TpoXmlFuncs funcs = { on_start, on_end };
  g_autofree char *name = g_file_get_basename (file);
  g_autofree char *stem = g_strndup (name, strcspn (name, "."));
  g_autoptr (GInputStream) stream = tpo_import_open (import, file, error);
  g_autoptr (GHashTable) slots =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  Elan self = { .import = import, .stem = stem, .slots = slots };
  gboolean is_done =
      stream != NULL && tpo_xml_read (import, stream, name, &funcs, &self, error);

  g_free (self.label);
  return is_done;
}

static gboolean
read_elan (TpoImport *self, GError **error)
{
  return tpo_import_each_file (self, ".eaf", read_file, error);
}

static gboolean
detect_elan (const TpoProbe *probe)
{
  return tpo_probe_has_file (probe, ".eaf") ||
         (!probe->is_folder && strstr (probe->head, "<ANNOTATION_DOCUMENT") != NULL);
}

const TpoFormat tpo_format_elan = {
  .id = "elan",
  .title = "ELAN",
  .group = TPO_FORMAT_MOMENTS,
  .holds = TPO_HOLDS_SPANS | TPO_HOLDS_LABELS | TPO_HOLDS_TEXTS,
  .knows = N_ ("spans"),
  .write = write_elan,
  .read = read_elan,
  .detect = detect_elan,
};
