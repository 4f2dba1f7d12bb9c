#include "io/json.h"

#include <string.h>

#include <tpo/error.h>

static TpoJson *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  TpoJson *json = tpo_json_parse (text, strlen (text), "test", &error);

  g_assert_no_error (error);
  return json;
}

static void
test_values (void)
{
  g_autoptr (TpoJson) json =
      parse (" {\"a\": [1, -2.5e3, true, null], \"b\": {\"c\": \"x\"}, \"n\": "
             "9223372036854775807, \"big\": 9223372036854775808, "
             "\"f\": 1.0, \"e\": []}\n");
  const TpoJsonNode *root = tpo_json_root (json);
  const TpoJsonNode *list = tpo_json_member (root, "a");

  g_assert_cmpint (root->type, ==, TPO_JSON_OBJECT);
  g_assert_cmpuint (root->n_children, ==, 6);
  g_assert_cmpuint (list->n_children, ==, 4);
  g_assert_true (list->child->is_integer);
  g_assert_cmpint (list->child->integer, ==, 1);
  g_assert_false (list->child->next->is_integer);
  g_assert_cmpfloat (list->child->next->number, ==, -2500);
  g_assert_true (list->child->next->next->boolean);
  g_assert_cmpint (list->child->next->next->next->type, ==, TPO_JSON_NULL);
  g_assert_cmpstr (tpo_json_member (tpo_json_member (root, "b"), "c")->string, ==, "x");
  g_assert_cmpint (tpo_json_member (root, "n")->integer, ==, G_MAXINT64);
  g_assert_false (tpo_json_member (root, "big")->is_integer);
  g_assert_cmpfloat (tpo_json_member (root, "big")->number, ==, 0x1p63);
  g_assert_false (tpo_json_member (root, "f")->is_integer);
  g_assert_null (tpo_json_member (root, "e")->child);
  g_assert_null (tpo_json_member (root, "absent"));
  g_assert_null (tpo_json_member (NULL, "absent"));
  g_assert_null (tpo_json_member (list, "absent"));
}

static void
test_strings (void)
{
  g_autoptr (TpoJson) json =
      parse ("[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\", \"\\u00e9\\ud83d\\ude80\", "
             "\"a\\u0000b\"]");
  const TpoJsonNode *node = tpo_json_root (json)->child;

  g_assert_cmpstr (node->string, ==, "\"\\/\b\f\n\r\t");
  g_assert_true (tpo_json_is_text (node));
  node = node->next;
  g_assert_cmpstr (node->string, ==, "\xc3\xa9\xf0\x9f\x9a\x80");
  node = node->next;
  g_assert_cmpmem (node->string, node->length, "a\0b", 3);
  g_assert_false (tpo_json_is_text (node));
}

static void
test_malformed (void)
{
  static const struct {
    const char *text;
    gsize offset; /* where the message says it is */
  } cases[] = {
    { "", 0 },
    { "  ", 2 },
    { "{", 1 },
    { "[1", 2 },
    { "[1,]", 3 },
    { "{\"a\"}", 4 },
    { "{\"a\":}", 5 },
    { "{a:1}", 1 },
    { "{\"a\":1,}", 7 },
    { "[1 2]", 3 },
    { "01", 1 },
    { "1.", 2 },
    { "-", 1 },
    { "1e", 2 },
    { "+1", 0 },
    { "nul", 0 },
    { "NaN", 0 },
    { "\"a", 2 },
    { "\"\\x\"", 2 },
    { "\"\\u12g4\"", 3 },
    { "\"\n\"", 1 },
    { "\"\\ud800\"", 7 },
    { "\"\\udc00\"", 7 },
    { "1 1", 2 },
    { "\"\xff\"", 1 },
    { "[]]", 2 },
    { "{\"\\u0000\":1}", 9 },
    { "// 1", 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *where = g_strdup_printf ("at byte %" G_GSIZE_FORMAT " ", cases[i].offset);

    g_test_message ("case %u", i);
    g_assert_null (tpo_json_parse (cases[i].text, strlen (cases[i].text), "file.json", &error));
    g_assert_error (error, TPO_ERROR, TPO_ERROR_FORMAT);
    g_assert_true (g_str_has_prefix (error->message, "file.json: "));
    g_assert_nonnull (strstr (error->message, where));
  }
}

static void
test_nesting (void)
{
  g_autofree char *open = g_strnfill (100000, '[');
  g_autoptr (GString) fine = g_string_new (NULL);
  g_autoptr (TpoJson) json = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (tpo_json_parse (open, strlen (open), "deep", &error));
  g_assert_error (error, TPO_ERROR, TPO_ERROR_FORMAT);
  for (guint i = 0; i < 60; i++)
    g_string_prepend (fine, "[");
  for (guint i = 0; i < 60; i++)
    g_string_append (fine, "]");
  json = parse (fine->str);
  g_assert_nonnull (json);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json/values", test_values);
  g_test_add_func ("/json/strings", test_strings);
  g_test_add_func ("/json/malformed", test_malformed);
  g_test_add_func ("/json/nesting", test_nesting);
  return g_test_run ();
}
