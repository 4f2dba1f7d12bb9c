#include "io/tokenizer.h"

#include <string.h>

#include <tpo/error.h>

#include "io/json.h"
#include "io/words.h"

/* Expected ids of SentencePiece vocabularies were computed by its library, those of the byte-level one by
 * tests/models/reference/byte_pairs.py. */
enum {
  MAX_JSON_SIZE = 4 << 20
};

/* Its folder holds the vocabulary whole, in tokenizer.json, and in parts. */
#define BYTES "fixtures/tiny-llava-tpo"

static TpoTokenizer *
load (const char *folder)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, folder, NULL);
  g_autoptr (GError) error = NULL;
  TpoTokenizer *tokenizer = tpo_tokenizer_load (path, &error);

  g_assert_no_error (error);
  return tokenizer;
}

static TpoJson *
load_expected (const char *folder)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, folder, "expected.json", NULL);
  g_autoptr (GError) error = NULL;
  TpoJson *json = tpo_json_load (path, MAX_JSON_SIZE, &error);

  g_assert_no_error (error);
  return json;
}

static void
assert_ids (const TpoJsonNode *expected, const GArray *ids, const char *text)
{
  guint i = 0;

  for (const TpoJsonNode *node = expected->child; node != NULL; node = node->next, i++) {
    if (i >= ids->len || g_array_index (ids, gint32, i) != node->integer)
      g_error ("\"%s\": id %u is %d, expected %d", text, i,
               i < ids->len ? g_array_index (ids, gint32, i) : -1, (int) node->integer);
  }
  g_assert_cmpuint (ids->len, ==, i);
}

static void
check_encode (const char *folder, TpoTokenizer *tokenizer, guint n_least)
{
  g_autoptr (TpoJson) json = load_expected (folder);
  const TpoJsonNode *list = tpo_json_member (tpo_json_root (json), "encode");

  g_assert_cmpuint (list->n_children, >=, n_least);
  for (const TpoJsonNode *entry = list->child; entry != NULL; entry = entry->next) {
    const TpoJsonNode *text = tpo_json_member (entry, "text");
    g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint32));

    tpo_tokenizer_encode (tokenizer, text->string, text->length, TPO_TOKENIZER_PARSE_ADDED,
                          ids);
    assert_ids (tpo_json_member (entry, "ids"), ids, text->string);
  }
}

static void
test_encode (void)
{
  g_autoptr (TpoTokenizer) tokenizer = load ("tokenizer");

  g_assert_cmpuint (tpo_tokenizer_get_n (tokenizer), ==, 32007);
  g_assert_cmpint (tpo_tokenizer_get_bos (tokenizer), ==, 1);
  g_assert_cmpint (tpo_tokenizer_get_eos (tokenizer), ==, 2);
  g_assert_cmpint (tpo_tokenizer_find (tokenizer, "<track_begin>"), ==, 32004);
  g_assert_cmpint (tpo_tokenizer_find (tokenizer, "<track_begin"), ==, -1);
  check_encode ("tokenizer", tokenizer, 269);
}

/* User-defined pieces stay whole inside a segment and never merge with neighbours. */
static void
test_user_defined (void)
{
  g_autoptr (TpoTokenizer) tokenizer = load ("tokenizer-user-defined");
  g_autoptr (GBytes) model = NULL;
  g_autofree char *path =
      g_test_build_filename (G_TEST_DIST, "tokenizer-user-defined/tokenizer.model", NULL);
  g_autoptr (TpoTokenizer) bare = NULL;
  g_autoptr (TpoJson) json = load_expected ("tokenizer-user-defined");
  g_autofree char *content = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (path, &content, &size, NULL));
  model = g_bytes_new (content, size);
  bare = tpo_tokenizer_parse (model, path, NULL);
  g_assert_nonnull (bare);
  g_assert_cmpuint (tpo_tokenizer_get_n (tokenizer), ==, tpo_tokenizer_get_n (bare) + 7);
  /* The library does not cut at <s>, </s>, <unk> either. */
  for (const TpoJsonNode *entry = tpo_json_member (tpo_json_root (json), "encode")->child;
       entry != NULL; entry = entry->next) {
    const char *text = tpo_json_member (entry, "text")->string;
    g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint32));

    tpo_tokenizer_encode (tokenizer, text, strlen (text), 0, ids);
    assert_ids (tpo_json_member (entry, "ids"), ids, text);
  }
}

/* Task tokens typed by a user are letters when the caller says so. */
static void
test_literal (void)
{
  static const char text[] = "<box_begin></s>";
  g_autoptr (TpoTokenizer) tokenizer = load ("tokenizer");
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint32));
  g_autoptr (GBytes) back = NULL;

  tpo_tokenizer_encode (tokenizer, text, strlen (text), 0, ids);
  for (guint i = 0; i < ids->len; i++)
    g_assert_cmpint (g_array_index (ids, gint32, i), <, 32000);
  for (guint i = 0; i < ids->len; i++)
    g_assert_cmpint (g_array_index (ids, gint32, i), >, 2);
  back = tpo_tokenizer_decode (tokenizer, (const gint32 *) (gpointer) ids->data, ids->len, 0);
  g_assert_cmpmem (g_bytes_get_data (back, NULL), g_bytes_get_size (back), text, strlen (text));
}

static void
check_decoded (TpoTokenizer *tokenizer, const TpoJsonNode *entry, const char *member,
               TpoTokenizerFlags flags)
{
  const TpoJsonNode *expected = tpo_json_member (entry, member);
  const TpoJsonNode *list = tpo_json_member (entry, "ids");
  g_autofree gint32 *ids = g_new (gint32, list->n_children + 1);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GString) hex = g_string_new (NULL);
  gsize n = 0;

  for (const TpoJsonNode *node = list->child; node != NULL; node = node->next)
    ids[n++] = (gint32) node->integer;
  bytes = tpo_tokenizer_decode (tokenizer, ids, n, flags);
  if (strstr (member, "hex") == NULL) {
    g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), expected->string,
                     expected->length);
    return;
  }
  for (gsize i = 0; i < g_bytes_get_size (bytes); i++)
    g_string_append_printf (hex, "%02x", ((const guint8 *) g_bytes_get_data (bytes, NULL))[i]);
  g_assert_cmpstr (hex->str, ==, expected->string);
}

static void
check_decode (const char *folder, guint n)
{
  g_autoptr (TpoTokenizer) tokenizer = load (folder);
  g_autoptr (TpoJson) json = load_expected (folder);
  const TpoJsonNode *root = tpo_json_root (json);
  guint n_skipped = 0;

  g_assert_cmpuint (tpo_json_member (root, "decode")->n_children, ==, n);
  for (const TpoJsonNode *entry = tpo_json_member (root, "decode")->child; entry != NULL;
       entry = entry->next) {
    check_decoded (tokenizer, entry, "bytes_hex", 0);
    check_decoded (tokenizer, entry, "bytes_hex_skip_special", TPO_TOKENIZER_SKIP_SPECIAL);
  }
  for (const TpoJsonNode *entry = tpo_json_member (root, "encode")->child; entry != NULL;
       entry = entry->next) {
    check_decoded (tokenizer, entry, "decoded", 0);
    if (tpo_json_member (entry, "decoded_skip_special") != NULL) {
      check_decoded (tokenizer, entry, "decoded_skip_special", TPO_TOKENIZER_SKIP_SPECIAL);
      n_skipped++;
    }
  }
  g_assert_cmpuint (n_skipped, >, 0);
}

static void
test_decode (void)
{
  check_decode ("tokenizer", 17);
}

static void
test_stream (void)
{
  /* ▁ 🚀 as four bytes, stray byte, Hello, first half of a character. */
  static const gint32 ids[] = { 1, 28705, 243, 162, 157, 131, 131, 22557, 198 };
  static const char *const expected[] = {
    "", "", "", "", "", "\xf0\x9f\x9a\x80", "\xef\xbf\xbd", " Hello", ""
  };
  g_autoptr (TpoTokenizer) tokenizer = load ("tokenizer");
  g_autoptr (TpoTextStream) stream = tpo_text_stream_new (tokenizer);

  for (guint round = 0; round < 2; round++) {
    for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
      g_assert_cmpstr (tpo_text_stream_push (stream, ids[i]), ==, expected[i]);
    g_assert_cmpstr (tpo_text_stream_finish (stream), ==, "\xef\xbf\xbd");
  }
  g_assert_cmpstr (tpo_text_stream_push (stream, -5), ==, "");
  g_assert_cmpstr (tpo_text_stream_push (stream, 40000), ==, "");
}

/* Streaming and whole decoding say the same about every text. */
static void
check_stream (const char *folder)
{
  g_autoptr (TpoTokenizer) tokenizer = load (folder);
  g_autoptr (TpoJson) json = load_expected (folder);

  for (const TpoJsonNode *entry = tpo_json_member (tpo_json_root (json), "encode")->child;
       entry != NULL; entry = entry->next) {
    g_autoptr (TpoTextStream) stream = tpo_text_stream_new (tokenizer);
    g_autoptr (GString) text = g_string_new (NULL);
    const TpoJsonNode *expected = tpo_json_member (entry, "decoded_skip_special");

    if (expected == NULL)
      expected = tpo_json_member (entry, "decoded");
    if (!tpo_json_is_text (expected)) /* a stream replaces zero bytes */
      continue;
    for (const TpoJsonNode *node = tpo_json_member (entry, "ids")->child; node != NULL;
         node = node->next)
      g_string_append (text, tpo_text_stream_push (stream, (gint32) node->integer));
    g_string_append (text, tpo_text_stream_finish (stream));
    g_assert_cmpstr (text->str, ==, expected->string);
  }
}

static void
test_stream_agrees (void)
{
  check_stream ("tokenizer");
  check_stream (BYTES);
}

static void
test_metadata (void)
{
  g_autoptr (TpoTokenizer) tokenizer = load ("tokenizer");
  g_autoptr (TpoMetadata) metadata = tpo_metadata_new ();
  g_autoptr (TpoTokenizer) copy = NULL;
  g_autoptr (GError) error = NULL;

  tpo_tokenizer_to_metadata (tokenizer, metadata);
  copy = tpo_tokenizer_from_metadata (metadata, &error);
  g_assert_no_error (error);
  check_encode ("tokenizer", copy, 269);
  tpo_metadata_set_string (metadata, "tokenizer.ggml.model", "gpt2");
  g_assert_null (tpo_tokenizer_from_metadata (metadata, &error));
  g_assert_error (error, TPO_ERROR, TPO_ERROR_FORMAT); /* its pieces are no bytes */
}

/* A question of 100 KB, once ordinary and once a single run of one letter, stays quick. */
static void
check_long (const char *folder)
{
  g_autoptr (TpoTokenizer) tokenizer = load (folder);
  g_autoptr (GString) words = g_string_new (NULL);
  g_autofree char *letters = g_strnfill (100000, 'a');
  gint64 start_us = g_get_monotonic_time ();

  while (words->len < 100000)
    g_string_append (words, "Where is the red car? ");
  for (guint i = 0; i < 2; i++) {
    const char *text = i == 0 ? words->str : letters;
    g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint32));
    g_autoptr (GBytes) back = NULL;

    tpo_tokenizer_encode (tokenizer, text, strlen (text), TPO_TOKENIZER_PARSE_ADDED, ids);
    back = tpo_tokenizer_decode (tokenizer, (const gint32 *) (gpointer) ids->data, ids->len, 0);
    g_assert_cmpmem (g_bytes_get_data (back, NULL), g_bytes_get_size (back), text,
                     strlen (text));
  }
  g_assert_cmpint (g_get_monotonic_time () - start_us, <, 10 * G_USEC_PER_SEC);
}

static void
test_long (void)
{
  check_long ("tokenizer");
  check_long (BYTES);
}

/* Bytes that are no UTF-8 become U+FFFD one by one, as in the library. */
static void
check_invalid_utf8 (const char *folder)
{
  g_autoptr (TpoTokenizer) tokenizer = load (folder);
  g_autoptr (GArray) broken = g_array_new (FALSE, FALSE, sizeof (gint32));
  g_autoptr (GArray) replaced = g_array_new (FALSE, FALSE, sizeof (gint32));

  tpo_tokenizer_encode (tokenizer, "a\xff\xe4\xbd z", 6, 0, broken);
  tpo_tokenizer_encode (tokenizer, "a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd z", 12, 0, replaced);
  g_assert_cmpmem (broken->data, broken->len * 4, replaced->data, replaced->len * 4);
}

static void
test_invalid_utf8 (void)
{
  check_invalid_utf8 ("tokenizer");
  check_invalid_utf8 (BYTES);
}

static void
test_truncated (void)
{
  g_autofree char *path =
      g_test_build_filename (G_TEST_DIST, "tokenizer-user-defined/tokenizer.model", NULL);
  g_autofree char *content = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (path, &content, &size, NULL));
  for (gsize n = 0; n < size; n += n < 2000 ? 1 : 97) {
    g_autoptr (GBytes) part = g_bytes_new (content, n);
    g_autoptr (GError) error = NULL;
    g_autoptr (TpoTokenizer) tokenizer = tpo_tokenizer_parse (part, "cut.model", &error);

    /* A cut between two records leaves a valid file; the settings at its end are lost then. */
    g_assert_null (tokenizer);
    g_assert_nonnull (error);
    g_assert_nonnull (strstr (error->message, "cut.model"));
  }
}

/* ---- byte-level vocabularies ------------------------------------------------------------------ */

static GBytes *
read_bytes (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, BYTES, name, NULL);
  char *content;
  gsize size;

  g_assert_true (g_file_get_contents (path, &content, &size, NULL));
  return g_bytes_new_take (content, size);
}

/* @bytes, which it takes, with @to in the first place of @from */
static GBytes *
replace (GBytes *bytes, const char *from, const char *to)
{
  g_autofree char *text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  const char *at = strstr (text, from);
  char *changed;

  g_assert_nonnull (at);
  changed = g_strdup_printf ("%.*s%s%s", (int) (at - text), text, to, at + strlen (from));
  g_bytes_unref (bytes);
  return g_bytes_new_take (changed, strlen (changed));
}

static void
test_bytes (void)
{
  g_autoptr (TpoTokenizer) tokenizer = load (BYTES);
  gint end = tpo_tokenizer_find (tokenizer, "<|im_end|>");

  g_assert_cmpint (end, >, 0);
  g_assert_cmpint (tpo_tokenizer_get_eos (tokenizer), ==, end);
  g_assert_cmpint (tpo_tokenizer_get_bos (tokenizer), ==, -1);
  g_assert_cmpint (tpo_tokenizer_find (tokenizer, "<track_box>"), ==,
                   tpo_tokenizer_get_n (tokenizer) - 1);
  check_encode (BYTES, tokenizer, 200);
  check_decode (BYTES, 5);
}

static void
test_bytes_in_parts (void)
{
  g_autoptr (GBytes) vocabulary = read_bytes ("vocab.json");
  g_autoptr (GBytes) merges = read_bytes ("merges.txt");
  g_autoptr (GBytes) settings = read_bytes ("tokenizer_config.json");
  const TpoByteVocabulary files = {
    .folder = BYTES, .vocabulary = vocabulary, .merges = merges, .settings = settings
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoTokenizer) tokenizer = tpo_tokenizer_parse_bytes (&files, &error);

  g_assert_no_error (error);
  check_encode (BYTES, tokenizer, 200);
}

/* 0xf1 begins characters that are not assigned: vocabularies that lack it leave it out. */
static void
test_bytes_missing (void)
{
  static const char text[] = "a\xf1\x90\x80\x80z";
  g_autoptr (GBytes) vocabulary = replace (read_bytes ("vocab.json"), "\"ñ\"", "\"ññ\"");
  g_autoptr (GBytes) merges = read_bytes ("merges.txt");
  g_autoptr (GBytes) settings = read_bytes ("tokenizer_config.json");
  const TpoByteVocabulary files = {
    .folder = BYTES, .vocabulary = vocabulary, .merges = merges, .settings = settings
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoTokenizer) tokenizer = tpo_tokenizer_parse_bytes (&files, &error);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint32));
  g_autoptr (GBytes) decoded = NULL;

  g_assert_no_error (error);
  check_encode (BYTES, tokenizer, 200);
  tpo_tokenizer_encode (tokenizer, text, strlen (text), 0, ids);
  decoded =
      tpo_tokenizer_decode (tokenizer, (const gint32 *) (gpointer) ids->data, ids->len, 0);
  g_assert_cmpmem (g_bytes_get_data (decoded, NULL), g_bytes_get_size (decoded),
                   "a\x90\x80\x80z", strlen (text) - 1);
}

static void
test_bytes_metadata (void)
{
  g_autoptr (TpoTokenizer) tokenizer = load (BYTES);
  g_autoptr (TpoMetadata) metadata = tpo_metadata_new ();
  g_autoptr (TpoTokenizer) copy = NULL;
  g_autoptr (GError) error = NULL;

  tpo_tokenizer_to_metadata (tokenizer, metadata);
  g_assert_cmpstr (tpo_metadata_find_string (metadata, "tokenizer.ggml.model"), ==, "gpt2");
  copy = tpo_tokenizer_from_metadata (metadata, &error);
  g_assert_no_error (error);
  g_assert_cmpint (tpo_tokenizer_get_eos (copy), ==, tpo_tokenizer_get_eos (tokenizer));
  check_encode (BYTES, copy, 200);
  tpo_metadata_set_string (metadata, "tokenizer.ggml.pre", "tekken");
  g_assert_null (tpo_tokenizer_from_metadata (metadata, &error));
  g_assert_error (error, TPO_ERROR, TPO_ERROR_UNSUPPORTED);
}

/* Each way of cutting words is written by a name that is read again. */
static void
test_ways (void)
{
  g_autoptr (TpoTokenizer) tokenizer = load (BYTES);
  g_autoptr (TpoMetadata) metadata = tpo_metadata_new ();

  tpo_tokenizer_to_metadata (tokenizer, metadata);
  for (TpoWords words = 0; words < TPO_WORDS_COUNT; words++) {
    g_autoptr (TpoMetadata) copied = tpo_metadata_new ();
    g_autoptr (TpoTokenizer) copy = NULL;
    g_autoptr (GError) error = NULL;

    g_assert_cmpint (tpo_words_find (tpo_words_name (words)), ==, words);
    tpo_metadata_set_string (metadata, "tokenizer.ggml.pre", tpo_words_name (words));
    copy = tpo_tokenizer_from_metadata (metadata, &error);
    g_assert_no_error (error);
    tpo_tokenizer_to_metadata (copy, copied);
    g_assert_cmpstr (tpo_metadata_find_string (copied, "tokenizer.ggml.pre"), ==,
                     tpo_words_name (words));
  }
}

/* A byte that is no piece, an id twice, pairs of nothing: each is refused by the name of its field. */
static void
test_bytes_refused (void)
{
  static const struct {
    const char *file, *from, *to; /* the first place of @from becomes @to */
    const char *message;
  } cases[] = {
    { "vocab.json", "\"!\": 0", "\"!\": 1", "have the same id" },
    { "vocab.json", "\"!\": 0", "\"!\": -1", "the id of \"!\"" },
    { "vocab.json", "\"!\": 0", "\"!\": \"0\"", "the id of \"!\"" },
    { "vocab.json", "\"!\": 0", "\"!!\": 0", "no piece \"!\" for the byte 0x21" },
    { "vocab.json", "{", "[", "vocab.json" },
    { "merges.txt", "\n", "\n! \xc4\x80\n", "merges.txt: pair 2" },
    { "merges.txt", "\n", "\n!\n", "merges.txt: pair 2" },
    { "tokenizer_config.json", "<|im_end|>\",", "<|end|>\",", "eos_token" },
    { "tokenizer_config.json", "\"content\"", "\"text\"", "added_tokens_decoder" },
    { "tokenizer_config.json", "<|endoftext|>", "", "empty" },
    { "tokenizer.json", "\"NFC\"", "\"NFKC\"", "normalizer.type" },
    { "tokenizer.json", "\"BPE\"", "\"Unigram\"", "model.type" },
    { "tokenizer.json", "\\p{N}|", "\\p{N}{1,3}|", "pre_tokenizer" },
    { "tokenizer.json", "\"merges\"", "\"merge\"", "model.merges" },
    { "tokenizer.json", "\"vocab\"", "\"words\"", "model.vocab" },
    { "tokenizer.json", "\"id\"", "\"number\"", "added_tokens" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    static const char *const names[] = { "tokenizer.json", "vocab.json", "merges.txt",
                                         "tokenizer_config.json" };
    GBytes *parts[G_N_ELEMENTS (names)];
    g_autoptr (GError) error = NULL;
    g_autoptr (TpoTokenizer) tokenizer = NULL;
    gboolean is_whole = strcmp (cases[i].file, names[0]) == 0;
    TpoByteVocabulary files = { .folder = "folder" };

    for (guint k = 0; k < G_N_ELEMENTS (names); k++) {
      parts[k] = read_bytes (names[k]);
      if (strcmp (cases[i].file, names[k]) == 0)
        parts[k] = replace (parts[k], cases[i].from, cases[i].to);
    }
    files.whole = is_whole ? parts[0] : NULL;
    files.vocabulary = parts[1];
    files.merges = parts[2];
    files.settings = parts[3];
    tokenizer = tpo_tokenizer_parse_bytes (&files, &error);
    g_assert_null (tokenizer);
    g_assert_true (g_error_matches (error, TPO_ERROR, TPO_ERROR_FORMAT) ||
                   g_error_matches (error, TPO_ERROR, TPO_ERROR_UNSUPPORTED));
    g_test_message ("%s", error->message);
    g_assert_nonnull (strstr (error->message, cases[i].message));
    for (guint k = 0; k < G_N_ELEMENTS (names); k++)
      g_bytes_unref (parts[k]);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tokenizer/encode", test_encode);
  g_test_add_func ("/tokenizer/user-defined", test_user_defined);
  g_test_add_func ("/tokenizer/literal", test_literal);
  g_test_add_func ("/tokenizer/decode", test_decode);
  g_test_add_func ("/tokenizer/stream", test_stream);
  g_test_add_func ("/tokenizer/stream-agrees", test_stream_agrees);
  g_test_add_func ("/tokenizer/metadata", test_metadata);
  g_test_add_func ("/tokenizer/long", test_long);
  g_test_add_func ("/tokenizer/invalid-utf8", test_invalid_utf8);
  g_test_add_func ("/tokenizer/truncated", test_truncated);
  g_test_add_func ("/tokenizer/bytes", test_bytes);
  g_test_add_func ("/tokenizer/bytes-in-parts", test_bytes_in_parts);
  g_test_add_func ("/tokenizer/bytes-missing", test_bytes_missing);
  g_test_add_func ("/tokenizer/bytes-metadata", test_bytes_metadata);
  g_test_add_func ("/tokenizer/ways", test_ways);
  g_test_add_func ("/tokenizer/bytes-refused", test_bytes_refused);
  return g_test_run ();
}
