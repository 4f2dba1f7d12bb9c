#include "io/prompt.h"

#include <string.h>

#include "io/vocabulary.h"

/* A call of the tokenizer: text, of which some stretches were typed by the user. */
typedef struct {
  const TpoTokenizer *tokenizer;
  const TpoQuestion *question;
  GString *text;
  GArray *literal; /* of guint8, one per byte of text; 1: no token may be cut out here */
  GArray *ids;     /* of gint32 */
  GByteArray *is_visual;
} Builder;

static const char *const markers[] = { "[<IMG_PLH>]", "[<VID_PLH>]" };
static const char box_token[] = "<track_box>";

/* How answers that call for a head end in training. */
static const char *const task_endings[TPO_TASK_COUNT] = {
  [TPO_TASK_NONE] = "",
  [TPO_TASK_REGION] = "<box_begin><boxes>",
  [TPO_TASK_TEMPORAL] = "<time_begin><temp>",
  [TPO_TASK_MASK] = "<track_begin><tracking>",
};

static void
add_text (Builder *self, const char *text, gboolean is_literal)
{
  gsize at = self->literal->len;

  if (*text == '\0')
    return;
  g_string_append (self->text, text);
  g_array_set_size (self->literal, (guint) self->text->len);
  memset (self->literal->data + at, is_literal, self->text->len - at);
}

static void
add_stripped (Builder *self, const char *text)
{
  const char *end = text + strlen (text);
  g_autofree char *stripped = NULL;

  while (end > text) {
    const char *last = g_utf8_prev_char (end);

    if (!g_unichar_isspace (g_utf8_get_char (last)))
      break;
    end = last;
  }
  stripped = g_strndup (text, (gsize) (end - text));
  add_text (self, stripped, FALSE);
}

static void
add_id (Builder *self, gint32 id, guint8 is_visual)
{
  g_array_append_val (self->ids, id);
  g_byte_array_append (self->is_visual, &is_visual, 1);
}

static gboolean
is_free (const Builder *self, gsize at, gsize length)
{
  return memchr (self->literal->data + at, 1, length) == NULL;
}

static void
encode_segment (Builder *self, gsize start, gsize end)
{
  guint n = self->ids->len;

  tpo_tokenizer_encode (self->tokenizer, self->text->str + start, end - start, 0, self->ids);
  g_byte_array_set_size (self->is_visual, self->ids->len);
  memset (self->is_visual->data + n, 0, self->ids->len - n);
}

/* Text between two visual blocks: begin token, then segments between added tokens. */
static void
encode_part (Builder *self, gsize start, gsize end)
{
  const TpoTokenizer *tokenizer = self->tokenizer;
  TpoBosMode mode = self->question->bos_mode;

  if (tokenizer->bos >= 0 &&
      (mode == TPO_BOS_PER_PART || (mode == TPO_BOS_FIRST_ONLY && self->ids->len == 0)))
    add_id (self, tokenizer->bos, 0);
  for (gsize at = start; at < end;) {
    gint id = tpo_literals_match (tokenizer, &tokenizer->added, self->text->str + at, end - at);
    gsize length = id >= 0 ? tpo_tokenizer_piece (tokenizer, (guint) id)->slice.length : 0;

    if (id < 0 || !is_free (self, at, length)) {
      at++;
      continue;
    }
    if (at > start)
      encode_segment (self, start, at);
    add_id (self, id, 0);
    at += length;
    start = at;
  }
  if (end > start)
    encode_segment (self, start, end);
}

static gboolean
is_marker (const Builder *self, gsize at)
{
  for (guint i = 0; i < G_N_ELEMENTS (markers); i++) {
    gsize length = strlen (markers[i]);

    if (self->text->len - at >= length &&
        memcmp (self->text->str + at, markers[i], length) == 0 && is_free (self, at, length))
      return TRUE;
  }
  return FALSE;
}

/* One call of the tokenizer on the text collected so far. */
static void
encode_call (Builder *self)
{
  gsize start = 0;

  for (gsize at = 0; at < self->text->len;) {
    if (!is_marker (self, at)) {
      at++;
      continue;
    }
    encode_part (self, start, at);
    for (guint i = 0; i < self->question->n_visual; i++)
      add_id (self, 0, 1);
    at += strlen (markers[0]);
    start = at;
  }
  if (start < self->text->len)
    encode_part (self, start, self->text->len);
  g_string_truncate (self->text, 0);
  g_array_set_size (self->literal, 0);
}

static void
builder_init (Builder *self, const TpoTokenizer *tokenizer, const TpoQuestion *question)
{
  self->tokenizer = tokenizer;
  self->question = question;
  self->text = g_string_new (NULL);
  self->literal = g_array_new (FALSE, FALSE, sizeof (guint8));
  self->ids = g_array_new (FALSE, FALSE, sizeof (gint32));
  self->is_visual = g_byte_array_new ();
}

static TpoPrompt *
builder_finish (Builder *self)
{
  TpoPrompt *prompt = g_new0 (TpoPrompt, 1);
  guint max = self->question->max_ids;

  prompt->n = max > 0 ? MIN (self->ids->len, max) : self->ids->len;
  prompt->ids = (gint32 *) (gpointer) g_array_free (self->ids, FALSE);
  prompt->is_visual = g_byte_array_free (self->is_visual, FALSE);
  g_string_free (self->text, TRUE);
  g_array_unref (self->literal);
  return prompt;
}

static void
add_media (Builder *self)
{
  gboolean is_image = self->question->is_image;

  add_text (self, "[INST] ", FALSE);
  add_text (self, is_image ? "<Image>[<IMG_PLH>]</Image>" : "<Video>[<VID_PLH>]</Video>",
            FALSE);
  if (self->question->message != NULL)
    add_stripped (self, self->question->message);
  add_text (self, "[/INST]", FALSE);
}

/* Text of a user. */
static void
add_typed (Builder *self, const char *text, gboolean has_box)
{
  const char *box;

  if (!self->question->is_literal) {
    add_text (self, text, FALSE);
    return;
  }
  while (has_box && (box = strstr (text, box_token)) != NULL) {
    g_autofree char *before = g_strndup (text, (gsize) (box - text));

    add_text (self, before, TRUE);
    add_text (self, box_token, FALSE);
    text = box + strlen (box_token);
  }
  add_text (self, text, TRUE);
}

static void
add_question (Builder *self, const char *text, gboolean has_box)
{
  add_text (self, " [INST] ", FALSE);
  add_typed (self, text, has_box);
  add_text (self, " [/INST]", FALSE);
}

TpoPrompt *
tpo_prompt_new_chat (const TpoTokenizer *tokenizer, const TpoQuestion *question)
{
  Builder builder;

  g_return_val_if_fail (tokenizer != NULL && question != NULL && question->text != NULL, NULL);
  builder_init (&builder, tokenizer, question);
  add_media (&builder);
  encode_call (&builder);
  if (question->text[0] != '\0')
    add_question (&builder, question->text, question->has_box);
  add_text (&builder, " ", FALSE);
  encode_call (&builder);
  return builder_finish (&builder);
}

TpoPrompt *
tpo_prompt_new_answer (const TpoTokenizer *tokenizer, const TpoQuestion *question)
{
  Builder builder;

  g_return_val_if_fail (tokenizer != NULL && question != NULL && question->text != NULL, NULL);
  builder_init (&builder, tokenizer, question);
  if (question->instruction != NULL)
    add_text (&builder, question->instruction, FALSE);
  add_media (&builder);
  for (guint i = 0; i < question->n_turns; i++) {
    const TpoTurn *turn = &question->turns[i];

    add_question (&builder, turn->question, turn->box != NULL);
    add_text (&builder, turn->answer, FALSE);
    add_text (&builder, task_endings[turn->task], FALSE);
    add_text (&builder, "</s>", FALSE);
  }
  add_question (&builder, question->text, question->has_box);
  if (question->has_answer_start)
    add_text (&builder, "Best Option: (", FALSE);
  encode_call (&builder);
  return builder_finish (&builder);
}

static void
add_user_turn (Builder *self, guint index, const char *text, gboolean has_box)
{
  const TpoQuestion *question = self->question;

  add_text (self, "<|im_start|>user\n", FALSE);
  if (index == 0) {
    add_text (self, question->is_image ? "[<IMG_PLH>]\n" : "[<VID_PLH>]\n", FALSE);
    if (question->message != NULL) {
      add_stripped (self, question->message);
      add_text (self, "\n", FALSE);
    }
  }
  add_typed (self, text, has_box);
  add_text (self, "<|im_end|>\n<|im_start|>assistant\n", FALSE);
}

/* conv_qwen of LLaVA-NeXT's llava/conversation.py, the picture where "<image>" stands there. */
static TpoPrompt *
new_chatml (const TpoTokenizer *tokenizer, const TpoQuestion *question)
{
  Builder builder;

  builder_init (&builder, tokenizer, question);
  add_text (&builder, "<|im_start|>system\n", FALSE);
  add_text (&builder, question->system != NULL ? question->system : "", FALSE);
  add_text (&builder, "<|im_end|>\n", FALSE);
  for (guint i = 0; i < question->n_turns; i++) {
    const TpoTurn *turn = &question->turns[i];

    add_user_turn (&builder, i, turn->question, turn->box != NULL);
    add_text (&builder, turn->answer, FALSE);
    add_text (&builder, task_endings[turn->task], FALSE);
    add_text (&builder, "<|im_end|>\n", FALSE);
  }
  add_user_turn (&builder, question->n_turns, question->text, question->has_box);
  encode_call (&builder);
  return builder_finish (&builder);
}

TpoPrompt *
tpo_prompt_new (const TpoTokenizer *tokenizer, const TpoQuestion *question)
{
  g_return_val_if_fail (tokenizer != NULL && question != NULL && question->text != NULL, NULL);

  switch (question->template) {
  case TPO_TEMPLATE_CHATML:
    return new_chatml (tokenizer, question);
  case TPO_TEMPLATE_INST:
  default:
    return question->n_turns > 0 ? tpo_prompt_new_answer (tokenizer, question)
                                 : tpo_prompt_new_chat (tokenizer, question);
  }
}

void
tpo_prompt_free (TpoPrompt *self)
{
  g_free (self->ids);
  g_free (self->is_visual);
  g_free (self);
}

guint
tpo_prompt_count_boxes (const char *text)
{
  guint n = 0;

  for (const char *at = text; (at = strstr (at, box_token)) != NULL; at += strlen (box_token))
    n++;
  return n;
}

gboolean
tpo_prompt_wants_timestamps (const char *question)
{
  return strstr (question, "timestamp") != NULL;
}

char *
tpo_prompt_timestamps (const double *seconds, guint n)
{
  GString *text = g_string_new (NULL);
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_printf (text, " The video contains %u frames sampled at ", n);
  for (guint i = 0; i < n; i++) {
    if (i > 0)
      g_string_append (text, ", ");
    g_string_append (text, g_ascii_formatd (number, sizeof number, "%.1f", seconds[i]));
  }
  g_string_append (text, " seconds. ");
  return g_string_free (text, FALSE);
}
