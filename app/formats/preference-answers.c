#include "formats/preference.h"
#include "store/tpo-store-conversations.h"

/* Answers that people rated, also in branches that are not shown. */

static void
write_prompt (TpoJsonWriter *json, GPtrArray *before)
{
  tpo_json_begin_array (json, "prompt");
  for (guint i = 0; i < before->len; i++) {
    const TpoMessageRecord *message = before->pdata[i];

    tpo_json_begin_object (json, NULL);
    tpo_json_string (json, "role", message->role == TPO_MESSAGE_USER ? "user" : "assistant");
    tpo_json_string (json, "content", message->text);
    tpo_json_end_object (json);
  }
  tpo_json_end_array (json);
}

/* What follows the messages: the video, and where the record comes from. */
static void
end_record (TpoJsonWriter *json, const TpoExportVideo *names, const TpoMessageRecord *answer)
{
  g_autofree char *sample = g_strdup_printf ("%s-m%" G_GINT64_FORMAT, names->stem, answer->id);

  tpo_json_begin_array (json, "videos");
  tpo_json_string (json, NULL, names->path);
  tpo_json_end_array (json);
  tpo_json_begin_object (json, "tpo");
  tpo_json_string (json, "sample", sample);
  tpo_json_end_object (json);
  tpo_json_end_object (json);
  tpo_json_end_line (json);
}

/* "prompt", "completion", "label", as trainers take answers that are good or bad by themselves. */
static void
write_rating (TpoOutputFile *file, const TpoExportVideo *names, GPtrArray *before,
              const TpoMessageRecord *answer)
{
  TpoJsonWriter json = { .file = file };

  tpo_json_begin_object (&json, NULL);
  write_prompt (&json, before);
  tpo_preference_write_message (&json, "completion", "assistant", answer->text);
  tpo_json_bool (&json, "label", answer->rating > 0);
  end_record (&json, names, answer);
}

/* With each bad answer to the same question. */
static void
write_pairs (TpoExport *self, const TpoExportVideo *names, GPtrArray *before,
             const TpoMessageRecord *good, GPtrArray *rated)
{
  TpoJsonWriter *json = &self->json;

  for (guint i = 0; i < rated->len; i++) {
    const TpoMessageRecord *bad = rated->pdata[i];

    if (bad->rating > 0 || bad->parent_id != good->parent_id)
      continue;
    tpo_json_begin_object (json, NULL);
    write_prompt (json, before);
    tpo_preference_write_message (json, "chosen", "assistant", good->text);
    tpo_preference_write_message (json, "rejected", "assistant", bad->text);
    end_record (json, names, good);
  }
}

gboolean
tpo_preference_write_answers (TpoExport *self, const TpoExportVideo *names,
                              TpoOutputFile **ratings, GError **error)
{
  g_autoptr (GPtrArray) rated = tpo_store_list_rated_answers (self->store, names->id, error);

  for (guint i = 0; rated != NULL && i < rated->len; i++) {
    const TpoMessageRecord *answer = rated->pdata[i];
    g_autoptr (GPtrArray) before =
        tpo_store_list_messages_before (self->store, answer->id, error);

    if (before == NULL)
      return FALSE;
    if (*ratings == NULL)
      *ratings = tpo_export_open (self, ".ratings.jsonl", error);
    if (*ratings == NULL)
      return FALSE;
    write_rating (*ratings, names, before, answer);
    if (answer->rating > 0 && answer->parent_id != 0)
      write_pairs (self, names, before, answer, rated);
  }
  return rated != NULL;
}
