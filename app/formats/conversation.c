#include "config.h"

#include "formats/conversation.h"

#include <string.h>

#include <glib/gi18n.h>

#include "formats/json-writer.h"
#include "store/tpo-store-annotations.h"
#include "store/tpo-store-predictions.h"
#include "store/tpo-store-videos.h"

/* Everything that is written, read in one go. */
typedef struct {
  TpoStore *store;
  TpoConversationRecord *conversation;
  TpoVideoRecord *video;
  GPtrArray *messages;     /* TpoMessageRecord */
  GArray *claims;          /* TpoClaim, by message and place */
  GHashTable *annotations; /* prediction id → GPtrArray of TpoAnnotationRecord */
} Content;

static void
content_clear (Content *self)
{
  g_clear_pointer (&self->conversation, tpo_conversation_record_free);
  g_clear_pointer (&self->video, tpo_video_record_free);
  g_clear_pointer (&self->messages, g_ptr_array_unref);
  g_clear_pointer (&self->claims, g_array_unref);
  g_clear_pointer (&self->annotations, g_hash_table_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Content, content_clear)

/* Takes what is in @records over. */
static gboolean
add_annotations (Content *self, GPtrArray *records)
{
  if (records == NULL)
    return FALSE;
  while (records->len > 0) {
    TpoAnnotationRecord *record = g_ptr_array_steal_index (records, 0);
    GPtrArray *list = g_hash_table_lookup (self->annotations, &record->prediction_id);

    if (list == NULL) {
      list = g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_annotation_record_free);
      g_hash_table_insert (self->annotations,
                           g_memdup2 (&record->prediction_id, sizeof record->prediction_id),
                           list);
    }
    g_ptr_array_add (list, record);
  }
  return TRUE;
}

static gboolean
content_read (Content *self, TpoStore *store, gint64 conversation_id, GError **error)
{
  g_autoptr (GPtrArray) kept = NULL;
  g_autoptr (GPtrArray) withdrawn = NULL;

  self->store = store;
  self->annotations = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free,
                                             (GDestroyNotify) g_ptr_array_unref);
  self->conversation = tpo_store_get_conversation (store, conversation_id, error);
  if (self->conversation == NULL)
    return FALSE;
  self->video = tpo_store_get_video (store, self->conversation->video_id, error);
  if (self->video == NULL)
    return FALSE;
  self->messages = tpo_store_list_messages (store, conversation_id, error);
  if (self->messages == NULL)
    return FALSE;
  self->claims = tpo_store_list_claims (store, conversation_id, 0, error);
  if (self->claims == NULL)
    return FALSE;
  kept = tpo_store_list_annotations (store, self->video->id, error);
  if (!add_annotations (self, kept))
    return FALSE;
  withdrawn = tpo_store_list_withdrawn (store, self->video->id, 0, error);
  return add_annotations (self, withdrawn);
}

/* What is disputed: discarded, or deleted by a person; what merely gave way to another answer is
 * not shown. */
static gboolean
is_disputed (const TpoAnnotationRecord *record)
{
  return record->is_deleted || record->status == TPO_STATUS_DISCARDED;
}

static gboolean
is_shown (const TpoAnnotationRecord *record)
{
  return !record->is_deleted || record->status != TPO_STATUS_PREDICTED;
}

/* ---- Markdown ------------------------------------------------------------------------------------------- */

static char *
format_time (gint64 time_us)
{
  gint64 ms = (MAX (time_us, 0) + 500) / 1000;
  int hours = (int) (ms / 3600000), minutes = (int) (ms / 60000 % 60);
  int seconds = (int) (ms / 1000 % 60), rest = (int) (ms % 1000);

  if (hours > 0)
    return g_strdup_printf ("%d:%02d:%02d.%03d", hours, minutes, seconds, rest);
  return g_strdup_printf ("%d:%02d.%03d", minutes, seconds, rest);
}

static char *
describe_box (const TpoKeyframeRecord *keyframe)
{
  TpoNumberText x0, y0, x1, y1;
  g_autofree char *at = format_time (keyframe->time_us);

  return g_strdup_printf (
      /* Translators: a box on the picture: the time of its frame, then its corners, parts of the picture */
      _ ("box at %s: %s, %s, %s, %s"), at,
      tpo_number_to_text (&x0, (double) keyframe->box.x0, 3),
      tpo_number_to_text (&y0, (double) keyframe->box.y0, 3),
      tpo_number_to_text (&x1, (double) keyframe->box.x1, 3),
      tpo_number_to_text (&y1, (double) keyframe->box.y1, 3));
}

static char *
describe_claim (const TpoAnnotationRecord *record, GPtrArray *keyframes)
{
  g_autofree char *start = format_time (record->start_us);
  g_autofree char *end = format_time (record->end_us);

  switch (record->kind) {
  case TPO_ANNOTATION_BOX_TRACK:
    if (keyframes->len == 1 && ((TpoKeyframeRecord *) keyframes->pdata[0])->has_box)
      return describe_box (keyframes->pdata[0]);
    /* Translators: a box over a stretch of time */
    return g_strdup_printf (_ ("box, %1$s – %2$s"), start, end);
  case TPO_ANNOTATION_MASK_TRACK:
    /* Translators: a mask over a stretch of time */
    return g_strdup_printf (_ ("mask, %1$s – %2$s"), start, end);
  case TPO_ANNOTATION_SPAN:
  case TPO_ANNOTATION_KIND_COUNT:
    break;
  }
  return g_strdup_printf ("%s – %s", start, end);
}

/* Of a track; empty for a span. */
static GPtrArray *
list_keyframes (const Content *self, const TpoAnnotationRecord *record, GError **error)
{
  if (record->kind == TPO_ANNOTATION_SPAN)
    return g_ptr_array_new ();
  return tpo_store_list_light_keyframes (self->store, record->revision_id, 0, G_MAXINT64,
                                         error);
}

static gboolean
append_claim (const Content *self, const TpoClaim *claim, GString *text, GError **error)
{
  GPtrArray *records = g_hash_table_lookup (self->annotations, &claim->prediction_id);

  for (guint i = 0; records != NULL && i < records->len; i++) {
    const TpoAnnotationRecord *record = records->pdata[i];
    g_autoptr (GPtrArray) keyframes = list_keyframes (self, record, error);
    g_autofree char *description = NULL;

    if (keyframes == NULL)
      return FALSE;
    if (!is_shown (record))
      continue;
    description = describe_claim (record, keyframes);
    if (text->len > 0 && !g_ascii_isspace (text->str[text->len - 1]))
      g_string_append_c (text, ' ');
    g_string_append_printf (text, is_disputed (record) ? "[~~%s~~]" : "[%s]", description);
  }
  return TRUE;
}

/* The text with its claims where they stand; those without a place behind it. */
static char *
text_with_claims (const Content *self, const TpoMessageRecord *message, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gsize size = strlen (message->text), done = 0;

  for (guint i = 0; i < self->claims->len; i++) {
    const TpoClaim *claim = &g_array_index (self->claims, TpoClaim, i);
    gsize place = claim->text_offset >= 0 ? MIN ((gsize) claim->text_offset, size) : size;

    if (claim->message_id != message->id)
      continue;
    while (place < size && ((guchar) message->text[place] & 0xc0) == 0x80)
      place++;
    if (place > done)
      g_string_append_len (text, message->text + done, (gssize) (place - done));
    done = MAX (done, place);
    if (!append_claim (self, claim, text, error))
      return NULL;
  }
  g_string_append (text, message->text + done);
  return g_strndup (text->str, text->len);
}

static void
append_heading (const Content *self, GString *text)
{
  g_autofree char *name = g_path_get_basename (self->video->uri);
  g_autofree char *readable = g_uri_unescape_string (name, NULL);
  g_autoptr (GDateTime) created =
      g_date_time_new_from_unix_local (self->conversation->created_us / G_USEC_PER_SEC);
  g_autofree char *date = created != NULL ? g_date_time_format (created, "%F %R") : NULL;
  const char *title = self->conversation->title != NULL ? self->conversation->title
                                                        : self->conversation->question;

  g_string_append_printf (text, "# %s\n\n", title != NULL ? title : _ ("Conversation"));
  g_string_append_printf (text, "%s · %s\n", readable != NULL ? readable : name,
                          date != NULL ? date : "");
}

static gboolean
append_message (const Content *self, const TpoMessageRecord *message, GString *text,
                GError **error)
{
  static const char *const ratings[] = { N_ ("rated bad"), NULL, N_ ("rated good") };
  const char *rating = ratings[CLAMP (message->rating, -1, 1) + 1];
  g_autofree char *body = text_with_claims (self, message, error);

  if (body == NULL)
    return FALSE;
  g_string_append_printf (text, "\n**%s**",
                          message->role == TPO_MESSAGE_USER ? _ ("You") : _ ("Model"));
  if (rating != NULL)
    g_string_append_printf (text, " (%s)", _ (rating));
  g_string_append_printf (text, "\n\n%s\n", body);
  return TRUE;
}

char *
tpo_conversation_to_markdown (TpoStore *store, gint64 conversation_id, GError **error)
{
  g_auto (Content) content = { 0 };
  g_autoptr (GString) text = g_string_new (NULL);

  g_return_val_if_fail (store != NULL, NULL);

  if (!content_read (&content, store, conversation_id, error))
    return NULL;
  append_heading (&content, text);
  for (guint i = 0; i < content.messages->len; i++) {
    if (!append_message (&content, content.messages->pdata[i], text, error))
      return NULL;
  }
  return g_strndup (text->str, text->len);
}

/* ---- JSON ------------------------------------------------------------------------------------------------- */

static void
write_box (TpoJsonWriter *json, const TpoBox *box)
{
  const float corners[] = { box->x0, box->y0, box->x1, box->y1 };

  tpo_json_begin_array (json, "box");
  for (guint i = 0; i < G_N_ELEMENTS (corners); i++)
    tpo_json_number (json, NULL, (double) corners[i], 6);
  tpo_json_end_array (json);
}

static gboolean
write_mask (const Content *self, TpoJsonWriter *json, const TpoKeyframeRecord *keyframe,
            GError **error)
{
  g_autoptr (TpoRle) mask = tpo_store_get_mask (self->store, keyframe, error);
  g_autofree char *counts = mask != NULL ? tpo_rle_to_string (mask) : NULL;

  if (counts != NULL)
    tpo_json_string (json, "mask", counts);
  return counts != NULL;
}

static gboolean
write_keyframes (const Content *self, TpoJsonWriter *json, GPtrArray *keyframes, GError **error)
{
  tpo_json_begin_array (json, "keyframes");
  for (guint i = 0; i < keyframes->len; i++) {
    const TpoKeyframeRecord *keyframe = keyframes->pdata[i];

    tpo_json_begin_object (json, NULL);
    tpo_json_int (json, "time_us", keyframe->time_us);
    if (keyframe->has_box)
      write_box (json, &keyframe->box);
    if (keyframe->is_absent)
      tpo_json_bool (json, "absent", TRUE);
    if (tpo_keyframe_has_mask (keyframe) && !write_mask (self, json, keyframe, error))
      return FALSE;
    tpo_json_end_object (json);
  }
  tpo_json_end_array (json);
  return TRUE;
}

static gboolean
write_claim (const Content *self, const TpoClaim *claim, TpoJsonWriter *json, GError **error)
{
  GPtrArray *records = g_hash_table_lookup (self->annotations, &claim->prediction_id);

  for (guint i = 0; records != NULL && i < records->len; i++) {
    const TpoAnnotationRecord *record = records->pdata[i];
    g_autoptr (GPtrArray) keyframes = list_keyframes (self, record, error);

    if (keyframes == NULL)
      return FALSE;
    if (!is_shown (record))
      continue;
    tpo_json_begin_object (json, NULL);
    if (claim->text_offset >= 0)
      tpo_json_int (json, "text_offset", claim->text_offset);
    tpo_json_string (json, "kind", tpo_annotation_kind_name (record->kind));
    tpo_json_string (json, "status", tpo_annotation_status_name (record->status));
    tpo_json_bool (json, "disputed", is_disputed (record));
    tpo_json_int (json, "start_us", record->start_us);
    tpo_json_int (json, "end_us", record->end_us);
    if (record->kind != TPO_ANNOTATION_SPAN && !write_keyframes (self, json, keyframes, error))
      return FALSE;
    tpo_json_end_object (json);
  }
  return TRUE;
}

static gboolean
write_message (const Content *self, const TpoMessageRecord *message, TpoJsonWriter *json,
               GError **error)
{
  tpo_json_begin_object (json, NULL);
  tpo_json_string (json, "role", message->role == TPO_MESSAGE_USER ? "user" : "assistant");
  tpo_json_string (json, "text", message->text);
  tpo_json_time (json, "created", message->created_us);
  if (message->rating != 0)
    tpo_json_int (json, "rating", message->rating);
  if (message->details != NULL)
    tpo_json_raw (json, "details", message->details);
  tpo_json_begin_array (json, "claims");
  for (guint i = 0; i < self->claims->len; i++) {
    const TpoClaim *claim = &g_array_index (self->claims, TpoClaim, i);

    if (claim->message_id == message->id && !write_claim (self, claim, json, error))
      return FALSE;
  }
  tpo_json_end_array (json);
  tpo_json_end_object (json);
  tpo_json_end_line (json);
  return TRUE;
}

static gboolean
write_json (const Content *self, TpoOutputFile *file, GError **error)
{
  TpoJsonWriter json = { .file = file };

  tpo_json_begin_object (&json, NULL);
  tpo_json_string (&json, "format", "tpo-conversation");
  tpo_json_int (&json, "version", 1);
  tpo_json_string (&json, "title", self->conversation->title);
  tpo_json_time (&json, "created", self->conversation->created_us);
  tpo_json_string (&json, "video", self->video->uri);
  tpo_json_string (&json, "content_hash", self->video->content_hash);
  tpo_json_begin_array (&json, "messages");
  tpo_json_end_line (&json);
  for (guint i = 0; i < self->messages->len; i++) {
    if (!write_message (self, self->messages->pdata[i], &json, error))
      return FALSE;
  }
  tpo_json_end_array (&json);
  tpo_json_end_object (&json);
  tpo_json_end_line (&json);
  return TRUE;
}

gboolean
tpo_conversation_write (TpoStore *store, gint64 conversation_id, GFile *file, gboolean is_json,
                        GError **error)
{
  g_auto (Content) content = { 0 };
  g_autoptr (TpoOutputFile) output = NULL;

  g_return_val_if_fail (store != NULL && G_IS_FILE (file), FALSE);

  output = tpo_output_file_new (file, NULL, error);
  if (output == NULL)
    return FALSE;
  if (is_json) {
    if (!content_read (&content, store, conversation_id, error) ||
        !write_json (&content, output, error))
      return FALSE;
  } else {
    g_autofree char *text = tpo_conversation_to_markdown (store, conversation_id, error);

    if (text == NULL)
      return FALSE;
    tpo_output_file_write (output, text, strlen (text));
  }
  return tpo_output_file_finish (output, error) && tpo_output_file_publish (output, error);
}
