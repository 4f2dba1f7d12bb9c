#include "config.h"

#include "timeline/label-table.h"

#include <string.h>

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>

#include "document/tpo-document-sources.h"
#include "player/tpo-player.h"
#include "timeline/time-text.h"

const char *
tpo_status_text (TpoAnnotationStatus status)
{
  static const char *const names[TPO_STATUS_COUNT] = {
    [TPO_STATUS_PREDICTED] = N_ ("predicted"), [TPO_STATUS_ACCEPTED] = N_ ("accepted"),
    [TPO_STATUS_CORRECTED] = N_ ("corrected"), [TPO_STATUS_MANUAL] = N_ ("made by hand"),
    [TPO_STATUS_DISCARDED] = N_ ("discarded"),
  };

  return _ (names[status]);
}

const char *
tpo_kind_text (TpoAnnotationKind kind)
{
  static const char *const names[TPO_ANNOTATION_KIND_COUNT] = {
    [TPO_ANNOTATION_SPAN] = N_ ("Span"),
    [TPO_ANNOTATION_BOX_TRACK] = N_ ("Box"),
    [TPO_ANNOTATION_MASK_TRACK] = N_ ("Mask"),
  };

  return _ (names[kind]);
}

const char *
tpo_column_title (TpoColumn column)
{
  static const char *const titles[TPO_COLUMN_COUNT] = {
    [TPO_COLUMN_LABEL] = N_ ("Label"),   [TPO_COLUMN_TEXT] = N_ ("Text"),
    [TPO_COLUMN_KIND] = N_ ("Kind"),     [TPO_COLUMN_START] = N_ ("Start"),
    [TPO_COLUMN_END] = N_ ("End"),       [TPO_COLUMN_DURATION] = N_ ("Duration"),
    [TPO_COLUMN_STATUS] = N_ ("Status"), [TPO_COLUMN_SCORE] = N_ ("Score"),
    [TPO_COLUMN_AUTHOR] = N_ ("By"),
  };

  return _ (titles[column]);
}

/* Returns: (nullable) */
static const char *
label_name (TpoAnnotation *annotation)
{
  TpoLabel *label = tpo_annotation_get_label (annotation);

  return label != NULL ? tpo_label_get_record (label)->name : NULL;
}

const char *
tpo_maker_text (TpoMaker maker)
{
  static const char *const texts[TPO_MAKER_COUNT] = {
    [TPO_MAKER_PEOPLE] = N_ ("By people"),
    [TPO_MAKER_MODEL] = N_ ("By the model"),
    [TPO_MAKER_IMPORT] = N_ ("Imported"),
  };

  return _ (texts[maker]);
}

static TpoMaker
maker_of (const TpoAnnotationRecord *record)
{
  switch (record->provenance) {
  case TPO_PROVENANCE_MODEL:
    return TPO_MAKER_MODEL;
  case TPO_PROVENANCE_IMPORTED:
    return TPO_MAKER_IMPORT;
  case TPO_PROVENANCE_HUMAN:
  case TPO_PROVENANCE_MODEL_CORRECTED:
  case TPO_PROVENANCE_INTERPOLATED:
  case TPO_PROVENANCE_COUNT:
  default:
    return TPO_MAKER_PEOPLE;
  }
}

/* Who said so last: a person, also one who imported it, or the model. */
static const char *
author (const TpoAnnotationRecord *record)
{
  if (maker_of (record) == TPO_MAKER_MODEL)
    return _ ("Model");
  return record->author != NULL ? record->author : "";
}

char *
tpo_column_dup_text (TpoColumn column, TpoDocument *document, TpoAnnotation *annotation)
{
  const TpoAnnotationRecord *record = tpo_annotation_get_record (annotation);
  double score;

  switch (column) {
  case TPO_COLUMN_LABEL:
    return g_strdup (label_name (annotation) != NULL ? label_name (annotation) : "");
  case TPO_COLUMN_TEXT:
    return g_strdup (record->text != NULL ? record->text : "");
  case TPO_COLUMN_KIND:
    return g_strdup (tpo_kind_text (record->kind));
  case TPO_COLUMN_START:
    return tpo_player_format_time (record->start_us);
  case TPO_COLUMN_END:
    return tpo_player_format_time (record->end_us);
  case TPO_COLUMN_DURATION:
    return tpo_player_format_time (record->end_us - record->start_us);
  case TPO_COLUMN_STATUS:
    return g_strdup (tpo_status_text (record->status));
  case TPO_COLUMN_SCORE:
    score = tpo_document_get_score (document, annotation);
    return score >= 0.0 ? g_strdup_printf ("%.2f", score) : g_strdup ("");
  case TPO_COLUMN_AUTHOR:
    return g_strdup (author (record));
  case TPO_COLUMN_COUNT:
  default:
    return g_strdup ("");
  }
}

char *
tpo_spoken_text (TpoAnnotation *annotation, gint64 start_us, gint64 end_us)
{
  const char *status = tpo_status_text (tpo_annotation_get_record (annotation)->status);
  g_autofree char *title = tpo_annotation_dup_title (annotation);
  g_autofree char *start = tpo_player_format_time (start_us);
  g_autofree char *end = tpo_player_format_time (end_us);

  /* Translators: spoken: "dog runs, 0:03.200 to 0:05.000, predicted" */
  return g_strdup_printf (_ ("%s, %s to %s, %s"), title, start, end, status);
}

static int
compare_numbers (double a, double b)
{
  return a < b ? -1 : a > b;
}

static int
compare_texts (const char *a, const char *b)
{
  return g_utf8_collate (a != NULL ? a : "", b != NULL ? b : "");
}

int
tpo_column_compare (TpoColumn column, TpoDocument *document, TpoAnnotation *a, TpoAnnotation *b)
{
  const TpoAnnotationRecord *left = tpo_annotation_get_record (a);
  const TpoAnnotationRecord *right = tpo_annotation_get_record (b);
  int order = 0;

  switch (column) {
  case TPO_COLUMN_LABEL:
    order = compare_texts (label_name (a), label_name (b));
    break;
  case TPO_COLUMN_TEXT:
    order = compare_texts (left->text, right->text);
    break;
  case TPO_COLUMN_KIND:
    order = (int) left->kind - (int) right->kind;
    break;
  case TPO_COLUMN_END:
    order = compare_numbers ((double) left->end_us, (double) right->end_us);
    break;
  case TPO_COLUMN_DURATION:
    order = compare_numbers ((double) (left->end_us - left->start_us),
                             (double) (right->end_us - right->start_us));
    break;
  case TPO_COLUMN_STATUS:
    order = (int) left->status - (int) right->status;
    break;
  case TPO_COLUMN_SCORE:
    order = compare_numbers (tpo_document_get_score (document, a),
                             tpo_document_get_score (document, b));
    break;
  case TPO_COLUMN_AUTHOR:
    order = compare_texts (author (left), author (right));
    break;
  case TPO_COLUMN_START:
  case TPO_COLUMN_COUNT:
  default:
    break;
  }
  if (order == 0)
    order = compare_numbers ((double) left->start_us, (double) right->start_us);
  return order != 0 ? order : compare_numbers ((double) left->id, (double) right->id);
}

/* ---- what a person types ---------------------------------------------------------------------------- */

static gboolean
set_edge (TpoColumn column, TpoDocument *document, TpoAnnotation *annotation, const char *text)
{
  const TpoAnnotationRecord *record = tpo_annotation_get_record (annotation);
  TpoVideo *video = tpo_document_get_video (document);
  gint64 start_us = record->start_us, end_us = record->end_us, time_us;

  if (!tpo_time_parse (text, &time_us)) {
    tpo_document_toast (document, _ ("A time is written like 1:02.5 or 62.5"));
    return FALSE;
  }
  if (column == TPO_COLUMN_START)
    start_us = time_us;
  else
    end_us = time_us;
  if (start_us >= end_us || end_us > tpo_video_get_info (video)->duration_us) {
    tpo_document_toast (
        document, _ ("A label starts before it ends, and ends with the video at the latest"));
    return FALSE;
  }
  return tpo_document_set_span (document, annotation, start_us, end_us);
}

/* A name that no label has yet makes one. */
static gboolean
set_label (TpoDocument *document, TpoAnnotation *annotation, const char *text)
{
  g_autofree char *name = g_strstrip (g_strdup (text));
  gint64 id = *name != '\0' ? tpo_document_add_label (document, name) : 0;

  if (*name != '\0' && id == 0)
    return FALSE;
  return tpo_document_set_label (document, annotation, id);
}

gboolean
tpo_column_set (TpoColumn column, TpoDocument *document, TpoAnnotation *annotation,
                const char *text)
{
  g_autofree char *before = tpo_column_dup_text (column, document, annotation);

  if (g_strcmp0 (before, text) == 0)
    return TRUE;
  if (!tpo_document_is_open (document, annotation))
    return FALSE;
  if (column == TPO_COLUMN_START || column == TPO_COLUMN_END)
    return set_edge (column, document, annotation, text);
  if (column == TPO_COLUMN_LABEL)
    return set_label (document, annotation, text);
  g_return_val_if_fail (column == TPO_COLUMN_TEXT, FALSE);
  return tpo_document_set_text (document, annotation, text);
}

/* ---- filter --------------------------------------------------------------------------------------------- */

static gboolean
has_words (const char *text, const char *words)
{
  g_autofree char *folded = text != NULL ? g_utf8_casefold (text, -1) : NULL;

  return folded != NULL && strstr (folded, words) != NULL;
}

/* @values: (nullable): packed, as a record has them */
static gboolean
have_words (const char *values, const char *words)
{
  g_autoptr (JsonNode) root = values != NULL ? json_from_string (values, NULL) : NULL;
  JsonObjectIter iter;
  JsonNode *value;

  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return FALSE;
  json_object_iter_init (&iter, json_node_get_object (root));
  while (json_object_iter_next (&iter, NULL, &value))
    if (JSON_NODE_HOLDS_VALUE (value) && has_words (json_node_get_string (value), words))
      return TRUE;
  return FALSE;
}

gboolean
tpo_label_filter_match (const TpoLabelFilter *self, TpoDocument *document,
                        TpoAnnotation *annotation)
{
  const TpoAnnotationRecord *record = tpo_annotation_get_record (annotation);

  if (self->status >= 0 && (int) record->status != self->status)
    return FALSE;
  if (self->maker >= 0 && (int) maker_of (record) != self->maker)
    return FALSE;
  if (self->model != NULL && tpo_document_get_model (document, annotation) != self->model)
    return FALSE;
  if (self->label_id != 0 && record->label_id != self->label_id)
    return FALSE;
  return self->words == NULL || *self->words == '\0' || has_words (record->text, self->words) ||
         has_words (label_name (annotation), self->words) ||
         has_words (author (record), self->words) ||
         have_words (record->attributes, self->words);
}
