#include "io/chat-template.h"

#include <string.h>

#include <tpo/error.h>

/* Programs cut down to what tells them apart. */
static void
test_find (void)
{
  static const struct {
    const char *source, *name;
  } cases[] = {
    { "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\\n' + m['content'] + "
      "'<|im_end|>' }}{% endfor %}",
      "ChatML" },
    { "{{ '<|start_header_id|>' + m['role'] + '<|end_header_id|>\\n\\n' + m['content'] | trim + "
      "'<|eot_id|>' }}",
      "Llama 3" },
    { "{% if m['role'] == 'user' %}{{ '<|user|>\\n' + m['content'] + eos_token }}{% else %}"
      "{{ '<|assistant|>\\n' + m['content'] + eos_token }}{% endif %}",
      "Zephyr" },
    { "{{ bos_token + '[INST] ' + m['content'] + ' [/INST]' }}", "Llama 2" },
    { "{{ '[INST] ' + m['content'] + '[/INST]' }}", "Mistral 3" },
    { "{{ '[INST]' + m['content'] + '[/INST]' }}", "Mistral" },
  };
  static const char *const unknown[] = {
    "",
    "{{ m['content'] }}",
    "<start_of_turn>user\n",
    "{{ '<|user|>\\n' + m['content'] + '<|end|>\\n<|assistant|>\\n' }}", /* ends otherwise */
    "<|im_start|> alone",
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    const TpoChatTemplate *chat = tpo_chat_template_find (cases[i].source, &error);

    g_assert_no_error (error);
    g_assert_cmpstr (chat->name, ==, cases[i].name);
  }
  for (guint i = 0; i < G_N_ELEMENTS (unknown); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (tpo_chat_template_find (unknown[i], &error));
    g_assert_error (error, TPO_ERROR, TPO_ERROR_UNSUPPORTED);
  }
}

/* The marks of Mistral and Llama 2 are plain text, and ids those of the whole text (the tokenizer
 * itself is checked elsewhere). "</s>" is a token of the vocabulary. */
static void
test_encode (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "tokenizer", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoTokenizer) tokenizer = tpo_tokenizer_load (path, &error);
  const TpoChatTemplate *plain = tpo_chat_template_find ("'[INST] ' + ' [/INST]'", &error);
  const TpoChatTemplate *zephyr = tpo_chat_template_find ("<|user|> <|assistant|>", &error);
  static const char whole[] = "[INST] Hello world [/INST]", marked[] = "<|user|>\nHello";
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint32));
  g_autoptr (GArray) expected = g_array_new (FALSE, FALSE, sizeof (gint32));
  gint32 eos;

  g_assert_no_error (error);
  g_assert_true (tpo_chat_template_encode (plain, tokenizer, "Hello world", ids, &error));
  tpo_tokenizer_encode (tokenizer, whole, strlen (whole), 0, expected);
  g_assert_cmpmem (ids->data, ids->len * 4, expected->data, expected->len * 4);

  g_array_set_size (ids, 0);
  g_array_set_size (expected, 0);
  g_assert_true (tpo_chat_template_encode (zephyr, tokenizer, "Hello", ids, &error));
  tpo_tokenizer_encode (tokenizer, marked, strlen (marked), 0, expected);
  eos = tpo_tokenizer_get_eos (tokenizer);
  g_array_append_val (expected, eos);
  g_assert_cmpuint (ids->len, >, expected->len);
  g_assert_cmpmem (ids->data, expected->len * 4, expected->data, expected->len * 4);

  g_array_set_size (ids, 0);
  g_assert_false (tpo_chat_template_encode (zephyr, tokenizer, "a</s>b", ids, &error));
  g_assert_error (error, TPO_ERROR, TPO_ERROR_INVALID);
  g_assert_cmpuint (ids->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chat-template/find", test_find);
  g_test_add_func ("/chat-template/encode", test_encode);
  return g_test_run ();
}
