#include <glib/gi18n.h>
#include <string.h>

#include "formats/export-private.h"
#include "formats/import-private.h"
#include "store/tpo-store-conversations.h"

/*
 * Instruction tuning: VideoChat2-IT and LLaVA. Both are lists of questions and answers about videos;
 * spans become answers in words. Each pair is a record of its own, since trainers shuffle turns.
 */

/* ---- export ------------------------------------------------------------------------------------- */

typedef void (*PairFunc) (TpoJsonWriter *json, const TpoExportVideo *names, const char *id,
                          const char *question, const char *answer);

typedef struct {
  TpoExport *export;
  PairFunc write;
} Writer;

static void
write_videochat2_pair (TpoJsonWriter *json, const TpoExportVideo *names, const char *id,
                       const char *question, const char *answer)
{
  tpo_json_begin_object (json, NULL);
  tpo_json_string (json, "video", names->path);
  tpo_json_begin_array (json, "QA");
  tpo_json_begin_object (json, NULL);
  tpo_json_string (json, "i", "");
  tpo_json_string (json, "q", question);
  tpo_json_string (json, "a", answer);
  tpo_json_end_object (json);
  tpo_json_end_array (json);
  tpo_json_end_object (json);
  tpo_json_end_line (json);
}

static void
write_llava_pair (TpoJsonWriter *json, const TpoExportVideo *names, const char *id,
                  const char *question, const char *answer)
{
  g_autofree char *human = g_strconcat ("<image>\n", question, NULL);

  tpo_json_begin_object (json, NULL);
  tpo_json_string (json, "id", id);
  tpo_json_string (json, "video", names->path);
  tpo_json_begin_array (json, "conversations");
  tpo_json_begin_object (json, NULL);
  tpo_json_string (json, "from", "human");
  tpo_json_string (json, "value", human);
  tpo_json_end_object (json);
  tpo_json_begin_object (json, NULL);
  tpo_json_string (json, "from", "gpt");
  tpo_json_string (json, "value", answer);
  tpo_json_end_object (json);
  tpo_json_end_array (json);
  tpo_json_end_object (json);
  tpo_json_end_line (json);
}

/* "From 3.2 to 7.88 seconds." and for several spans "From … and from … seconds." */
static char *
answer_of (const TpoExportQuery *query)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < query->spans->len; i++) {
    const TpoAnnotationRecord *span = query->spans->pdata[i];
    TpoNumberText start, end;

    g_string_append_printf (text, "%s %s to %s", i == 0 ? "From" : " and from",
                            tpo_seconds_to_text (&start, span->start_us),
                            tpo_seconds_to_text (&end, span->end_us));
  }
  g_string_append (text, " seconds.");
  return g_strdup (text->str);
}

static gboolean
write_conversations (const Writer *self, const TpoExportVideo *names, guint *n, GError **error)
{
  TpoStore *store = self->export->store;
  g_autoptr (GPtrArray) conversations = tpo_store_list_conversations (store, names->id, error);

  for (guint i = 0; conversations != NULL && i < conversations->len; i++) {
    const TpoConversationRecord *conversation = conversations->pdata[i];
    g_autoptr (GPtrArray) messages = tpo_store_list_messages (store, conversation->id, error);

    if (messages == NULL)
      return FALSE;
    for (guint k = 1; k < messages->len; k++) {
      const TpoMessageRecord *question = messages->pdata[k - 1], *answer = messages->pdata[k];
      g_autofree char *id = NULL;

      if (question->role != TPO_MESSAGE_USER || answer->role != TPO_MESSAGE_ASSISTANT ||
          answer->state != TPO_MESSAGE_COMPLETE)
        continue;
      id = g_strdup_printf ("%s-%u", names->stem, ++*n);
      self->write (&self->export->json, names, id, question->text, answer->text);
    }
  }
  return conversations != NULL;
}

static gboolean
write_video (TpoExport *export, const TpoExportVideo *names, const TpoVideoRecord *video,
             GPtrArray *annotations, gpointer data, GError **error)
{
  const Writer *self = data;
  g_autoptr (GPtrArray) queries = tpo_export_group_queries (export, annotations);
  guint n = 0;

  for (guint i = 0; i < queries->len; i++) {
    const TpoExportQuery *query = queries->pdata[i];
    g_autofree char *id = g_strdup_printf ("%s-%u", names->stem, ++n);
    g_autofree char *answer = answer_of (query);

    tpo_loss_report_add (export->report, N_ ("spans"), query->spans->len,
                         N_ ("written as sentences, which no reader turns back into spans"));
    self->write (&export->json, names, id, query->text, answer);
  }
  return write_conversations (self, names, &n, error);
}

static gboolean
write_pairs (TpoExport *export, PairFunc write, GError **error)
{
  Writer self = { .export = export, .write = write };

  tpo_json_begin_array (&export->json, NULL);
  if (!tpo_export_each_video (export, write_video, &self, error))
    return FALSE;
  tpo_json_end_array (&export->json);
  tpo_json_end_line (&export->json);
  return TRUE;
}

static gboolean
write_videochat2 (TpoExport *self, GError **error)
{
  return write_pairs (self, write_videochat2_pair, error);
}

static gboolean
write_llava (TpoExport *self, GError **error)
{
  return write_pairs (self, write_llava_pair, error);
}

/* ---- import ------------------------------------------------------------------------------------- */

/* A record of either kind. */
typedef struct {
  char *video;
  GPtrArray *texts; /* of char *: question, answer, … */
  double start, end;
  guint n_instructions;
} Record;

static void
read_turn (TpoJsonReader *json, Record *record)
{
  g_autofree char *question = NULL;
  g_autofree char *answer = NULL;
  const char *name;

  tpo_json_read_object (json);
  while ((name = tpo_json_next_name (json)) != NULL) {
    if (g_str_equal (name, "q") && question == NULL) {
      question = tpo_json_read_text (json);
    } else if (g_str_equal (name, "a") && answer == NULL) {
      answer = tpo_json_read_text (json);
    } else if (g_str_equal (name, "i")) {
      g_autofree char *instruction = tpo_json_read_text (json);

      record->n_instructions += instruction[0] != '\0';
    } else {
      tpo_json_skip_field (json, name, NULL);
    }
  }
  if (question == NULL || answer == NULL)
    tpo_json_fail (json, "“q” and “a” are needed");
  g_ptr_array_add (record->texts, g_steal_pointer (&question));
  g_ptr_array_add (record->texts, g_steal_pointer (&answer));
}

/* Without the place of the picture. */
static char *
without_placeholder (char *value)
{
  static const char *const placeholders[] = { "<image>", "<video>" };

  for (gsize i = 0; i < G_N_ELEMENTS (placeholders); i++) {
    char *at = strstr (value, placeholders[i]);

    if (at != NULL)
      memmove (at, at + strlen (placeholders[i]), strlen (at + strlen (placeholders[i])) + 1);
  }
  return g_strstrip (value);
}

static void
read_message (TpoJsonReader *json, Record *record)
{
  g_autofree char *from = NULL;
  g_autofree char *value = NULL;
  gboolean is_answer;
  const char *name;

  tpo_json_read_object (json);
  while ((name = tpo_json_next_name (json)) != NULL) {
    if (g_str_equal (name, "from") && from == NULL)
      from = tpo_json_read_text (json);
    else if (g_str_equal (name, "value") && value == NULL)
      value = tpo_json_read_text (json);
    else
      tpo_json_skip_field (json, name, NULL);
  }
  is_answer = record->texts->len % 2 == 1;
  if (value != NULL && g_strcmp0 (from, "system") == 0 && record->texts->len == 0) {
    record->n_instructions += value[0] != '\0';
    return;
  }
  if (value == NULL || g_strcmp0 (from, is_answer ? "gpt" : "human") != 0) {
    tpo_json_fail (json, "messages of “human” and “gpt” by turns are expected");
    return;
  }
  g_ptr_array_add (record->texts, is_answer ? g_steal_pointer (&value)
                                            : without_placeholder (g_steal_pointer (&value)));
}

static void
read_members (TpoJsonReader *json, Record *record)
{
  const char *name;

  tpo_json_read_object (json);
  while ((name = tpo_json_next_name (json)) != NULL) {
    gboolean is_turns = g_str_equal (name, "QA");

    if ((g_str_equal (name, "video") || g_str_equal (name, "image")) && record->video == NULL &&
        tpo_json_peek (json) == '"') {
      record->video = tpo_json_read_text (json);
    } else if (is_turns || g_str_equal (name, "conversations")) {
      tpo_json_read_array (json);
      while (tpo_json_next_element (json)) {
        if (is_turns)
          read_turn (json, record);
        else
          read_message (json, record);
      }
    } else if (g_str_equal (name, "start") && tpo_json_peek (json) == '0') {
      record->start = tpo_json_read_number (json);
    } else if (g_str_equal (name, "end") && tpo_json_peek (json) == '0') {
      record->end = tpo_json_read_number (json);
    } else {
      tpo_json_skip_field (json, name, "id", "start", "end", NULL);
    }
  }
  if (record->texts->len % 2 != 0)
    tpo_json_fail (json, "the last question has no answer");
}

/* An answer to no question about a stretch of time is its caption. */
static void
take_record (TpoImport *self, TpoImportVideo *video, const Record *record)
{
  TpoImportTalk *talk = NULL;
  gboolean has_time = record->end > record->start;

  tpo_import_lose (self, N_ ("instructions"), record->n_instructions,
                   N_ ("before conversations, not kept"));
  for (guint i = 0; i + 1 < record->texts->len; i += 2) {
    const char *question = record->texts->pdata[i], *answer = record->texts->pdata[i + 1];

    if (has_time && question[0] == '\0') {
      tpo_import_add_span (self, video, NULL, answer, record->start, record->end);
      continue;
    }
    if (talk == NULL)
      talk = tpo_import_add_talk (self, video, question);
    g_ptr_array_add (talk->texts, g_strdup (question));
    g_ptr_array_add (talk->texts, g_strdup (answer));
  }
  if (has_time && talk != NULL)
    tpo_import_lose (self, N_ ("conversations"), 1,
                     N_ ("about a part of their video, which is not kept"));
}

static gboolean
read_records (TpoImport *self, GError **error)
{
  g_autoptr (TpoJsonReader) json = tpo_import_open_json (self, self->source, error);

  if (json == NULL)
    return FALSE;
  tpo_json_read_array (json);
  while (tpo_json_next_element (json)) {
    g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
    Record record = { .texts = texts };
    TpoImportVideo *video = NULL;
    gboolean is_found;

    read_members (json, &record);
    is_found = tpo_json_has_failed (json) || record.video == NULL ||
               tpo_import_get_video (self, record.video, &video, error);
    /* Sets for training have conversations about words alone, or several pictures, among others. */
    tpo_import_lose (self, N_ ("conversations"), record.video == NULL,
                     N_ ("about no video, or several pictures, left out"));
    if (is_found && video != NULL)
      take_record (self, video, &record);
    g_free (record.video);
    if (!is_found || !tpo_import_may_go_on (self, 0, error))
      return FALSE;
  }
  return tpo_json_finish (json, error);
}

static gboolean
detect_videochat2 (const TpoProbe *probe)
{
  return tpo_probe_has (probe, "QA", "q", "a", NULL);
}

static gboolean
detect_llava (const TpoProbe *probe)
{
  return tpo_probe_has (probe, "conversations", "from", "value", NULL) &&
         !tpo_probe_has (probe, "schema", NULL);
}

const TpoFormat tpo_format_videochat2 = {
  .id = "videochat2",
  .title = "VideoChat2-IT",
  .extension = ".json",
  .group = TPO_FORMAT_TRAINING,
  .holds = TPO_HOLDS_SPANS | TPO_HOLDS_TEXTS | TPO_HOLDS_CHAT,
  .knows = N_ ("questions and answers"),
  .write = write_videochat2,
  .read = read_records,
  .detect = detect_videochat2,
};

const TpoFormat tpo_format_llava = {
  .id = "llava",
  .title = "LLaVA",
  .extension = ".json",
  .group = TPO_FORMAT_TRAINING,
  .holds = TPO_HOLDS_SPANS | TPO_HOLDS_TEXTS | TPO_HOLDS_CHAT,
  .knows = N_ ("questions and answers"),
  .write = write_llava,
  .read = read_records,
  .detect = detect_llava,
};
