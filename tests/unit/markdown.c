/* Markdown of answers: what blocks come of it, that hostile text stays text, and that a growing
 * text is not read over and over. */

#include <string.h>

#include "chat/markdown.h"

/* "<kind><level>[ depth][ marker]|markup", one line a block; chips by number. */
static char *
describe (TpoMarkdown *self)
{
  static const char kinds[] = "phc-";
  GPtrArray *blocks = tpo_markdown_get_blocks (self);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < blocks->len; i++) {
    const TpoBlock *block = blocks->pdata[i];

    g_string_append_printf (text, "%c%u %u%s %s|%s|", kinds[block->kind], block->level,
                            block->depth, block->is_quoted ? ">" : "",
                            block->marker != NULL ? block->marker : "", block->markup);
    for (guint k = 0; k < block->chips->len; k++)
      g_string_append_printf (text, "%u,", g_array_index (block->chips, guint, k));
    g_string_append_c (text, '\n');
  }
  return g_string_free (text, FALSE);
}

static char *
render (const char *source)
{
  g_autoptr (TpoMarkdown) markdown = tpo_markdown_new ();

  tpo_markdown_set_text (markdown, source, TRUE);
  return describe (markdown);
}

static void
assert_renders (const char *source, const char *expected)
{
  g_autofree char *rendered = render (source);

  g_assert_cmpstr (rendered, ==, expected);
}

static void
test_blocks (void)
{
  assert_renders ("", "");
  assert_renders ("Hello *you*, **all** `of < you`.",
                  "p0 0 |Hello <i>you</i>, <b>all</b> <tt>of &lt; you</tt>.|\n");
  assert_renders ("# One\n\nTwo\nthree  \nfour\n\n---",
                  "h1 0 |One|\np0 0 |Two\nthree\nfour|\n-0 0 ||\n");
  assert_renders ("- a\n- b\n  1. c\n  2. d\n\n> e",
                  "p0 1 •|a|\np0 1 •|b|\np0 2 1.|c|\np0 2 2.|d|\np0 1> |e|\n");
  assert_renders ("7) x\n\n   y", "p0 1 7.|x|\np0 1 |y|\n");
  assert_renders ("-\n- a", "p0 1 •||\np0 1 •|a|\n");
  assert_renders ("```c\nif (a < b)\n  *c* = 1;\n```", "c0 0 |if (a &lt; b)\n  *c* = 1;|\n");
  assert_renders ("***both***", "p0 0 |<i><b>both</b></i>|\n");
}

static void
test_links (void)
{
  assert_renders (
      "[here](https://a.b/c?d=1&e=2)",
      "p0 0 |<a href=\"https://a.b/c?d=1&amp;e=2\">here (https://a.b/c?d=1&amp;e=2)</a>|\n");
  assert_renders ("<https://a.b>", "p0 0 |<a href=\"https://a.b\">https://a.b</a>|\n");
  /* Nothing but web pages and mail can be pressed; where they lead is said all the same. */
  assert_renders ("[x](file:///etc/passwd)", "p0 0 |x (file:///etc/passwd)|\n");
  assert_renders ("[x](javascript:alert%281%29)", "p0 0 |x (javascript:alert%281%29)|\n");
  /* A target looks like what it is: no foreign letters, no turning around. */
  assert_renders ("[x](https://аpple.com)",
                  "p0 0 |<a href=\"https://%D0%B0pple.com\">x (https://%D0%B0pple.com)</a>|\n");
  assert_renders ("a\342\200\256b", "p0 0 |ab|\n");
  /* Pictures are not loaded. */
  assert_renders ("![a cat](https://spy/1.png)",
                  "p0 0 |<a href=\"https://spy/1.png\">a cat (https://spy/1.png)</a>|\n");
  /* A definition alone is not lost. */
  assert_renders ("[a]: https://b", "p0 0 |[a]: https://b|\n");
}

static void
test_html (void)
{
  assert_renders ("<b>x</b> & <script>", "p0 0 |&lt;b&gt;x&lt;/b&gt; &amp; &lt;script&gt;|\n");
  assert_renders ("<div onclick='x'>\ny\n</div>",
                  "p0 0 |&lt;div onclick=&#39;x&#39;&gt;\ny\n&lt;/div&gt;|\n");
  assert_renders ("&lt;b&gt; &amp;amp; &#60;i&#62;", "p0 0 |&lt;b&gt; &amp;amp; &lt;i&gt;|\n");
  assert_renders ("a\001b\033[31m", "p0 0 |a\357\277\275b\357\277\275[31m|\n");
}

static void
assert_chips (const char *text, const char *offsets, const char *expected)
{
  g_auto (GStrv) words = g_strsplit (offsets, " ", -1);
  gint64 places[8];
  guint n = g_strv_length (words);
  g_autofree char *marked = NULL;

  for (guint i = 0; i < n; i++)
    places[i] = g_ascii_strtoll (words[i], NULL, 10);
  marked = tpo_markdown_mark_chips (text, places, n);
  assert_renders (marked, expected);
}

static void
test_chips (void)
{
#define HERE TPO_CHIP_PLACE
  assert_chips ("From to.", "4 7", "p0 0 |From" HERE " to" HERE ".|0,1,\n");
  assert_chips ("a **b** c", "5 99", "p0 0 |a <b>b" HERE "</b> c" HERE "|0,1,\n");
  assert_chips ("ä.", "1", "p0 0 |ä" HERE ".|0,\n");
  assert_chips ("one\n\n- two", "3 10", "p0 0 |one" HERE "|0,\np0 1 •|two" HERE "|1,\n");
  /* A place that is not shown: the chip is missing, and the others are not mistaken for it. */
  assert_chips ("```ab\nc\n```\nd", "4 13", "c0 0 |c|\np0 0 |d" HERE "|1,\n");
  /* The text's own letters of that kind are none. */
  assert_chips ("x\357\277\274\363\260\200\200", "1",
                "p0 0 |x" HERE "\357\277\275\357\277\275|0,\n");
#undef HERE
}

/* ---- whatever a text is made of ----------------------------------------------------------------------- */

static void
on_element (GMarkupParseContext *context, const char *name, const char **names,
            const char **values, gpointer data, GError **error)
{
  static const char *const known[] = { "m", "b", "i", "tt", "a", NULL };

  g_assert_true (g_strv_contains (known, name));
  for (guint i = 0; names[i] != NULL; i++) {
    g_assert_cmpstr (names[i], ==, "href");
    g_assert_true (tpo_markdown_is_safe_link (values[i]));
  }
}

/* Each block is markup of the few tags that there are, links lead where they may, chips are as many
 * as places. */
static void
assert_sound (TpoMarkdown *self)
{
  static const GMarkupParser parser = { .start_element = on_element };
  GPtrArray *blocks = tpo_markdown_get_blocks (self);

  for (guint i = 0; i < blocks->len; i++) {
    const TpoBlock *block = blocks->pdata[i];
    g_autoptr (GMarkupParseContext) context =
        g_markup_parse_context_new (&parser, 0, NULL, NULL);
    g_autofree char *whole = g_strconcat ("<m>", block->markup, "</m>", NULL);
    g_auto (GStrv) parts = g_strsplit (block->markup, TPO_CHIP_PLACE, -1);
    g_autoptr (GError) error = NULL;

    g_markup_parse_context_parse (context, whole, -1, &error);
    g_assert_no_error (error);
    g_assert_true (g_utf8_validate (block->markup, -1, NULL));
    g_assert_cmpuint (g_strv_length (parts), ==, block->chips->len + (*block->markup != '\0'));
    g_assert_cmpuint (block->depth, <=, 6);
  }
}

/* Pieces that answers, and attacks, are made of. */
static const char *const pieces[] = {
  "a",
  " ",
  "\n",
  "\n\n",
  "*",
  "**",
  "_",
  "`",
  "```\n",
  "~~~",
  "- ",
  "1. ",
  "> ",
  "# ",
  "    ",
  "[",
  "](",
  ")",
  "<",
  ">",
  "&",
  "&amp;",
  "&#x;",
  "<a href='x'>",
  "</span>",
  "<!--",
  "http://x.y ",
  "![",
  "\\",
  "\"",
  "'",
  "\t",
  "\r\n",
  "---\n",
  "===\n",
  "é",
  "\342\200\256",
  "\357\277\274",
  "]: x",
  "\363\260\200\200",
  "\1",
  "word word ",
};

static char *
random_text (guint n)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append (text, pieces[g_test_rand_int_range (0, G_N_ELEMENTS (pieces))]);
  return g_string_free (text, FALSE);
}

static void
test_hostile (void)
{
  static const char *const repeated[] = { "[",  "![", "*", "_",    "**a *", "> ",
                                          "- ", "<",  "`", "[a](", "&",     "*_" };

  for (guint i = 0; i < G_N_ELEMENTS (repeated); i++) {
    g_autoptr (TpoMarkdown) markdown = tpo_markdown_new ();
    g_autoptr (GString) text = g_string_new (NULL);

    for (guint k = 0; k < 5000; k++)
      g_string_append (text, repeated[i]);
    tpo_markdown_set_text (markdown, text->str, TRUE);
    assert_sound (markdown);
  }
  for (guint i = 0; i < 2000; i++) {
    g_autoptr (TpoMarkdown) markdown = tpo_markdown_new ();
    g_autofree char *text = random_text (60);

    tpo_markdown_set_text (markdown, text, TRUE);
    assert_sound (markdown);
  }
}

/* The longest run of letters of @text without a place to break it at. */
static guint
longest_run (const char *text)
{
  guint longest = 0, n = 0;

  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c)) {
    n = g_unichar_isspace (g_utf8_get_char (c)) || g_utf8_get_char (c) == 0x200b ? 0 : n + 1;
    longest = MAX (longest, n);
  }
  return longest;
}

/* What a label takes minutes to lay out is never given to one. */
static void
test_long (void)
{
  static const char *const repeated[] = { "a", "\303\251", "**a**", "word ",
                                          "[x](https://a.b/" };
  static const guint N_LETTERS = 5000;

  for (guint i = 0; i < G_N_ELEMENTS (repeated); i++) {
    g_autoptr (TpoMarkdown) markdown = tpo_markdown_new ();
    g_autoptr (GString) text = g_string_new (NULL);
    GPtrArray *blocks = tpo_markdown_get_blocks (markdown);
    gsize size = 0;

    for (guint k = 0; k < N_LETTERS; k++)
      g_string_append (text, repeated[i]);
    tpo_markdown_set_text (markdown, text->str, TRUE);
    assert_sound (markdown);
    for (guint k = 0; k < blocks->len; k++)
      g_assert_cmpuint (longest_run (((TpoBlock *) blocks->pdata[k])->markup), <=, 128 + 20);

    tpo_markdown_set_plain (markdown, text->str);
    assert_sound (markdown);
    for (guint k = 0; k < blocks->len; k++) {
      const char *markup = ((TpoBlock *) blocks->pdata[k])->markup;

      g_assert_cmpuint (strlen (markup), <=, 2048 + 3 * (2048 / 128 + 1));
      g_assert_cmpuint (longest_run (markup), <=, 128);
      size += strlen (markup);
    }
    g_assert_cmpuint (size, >=, text->len - blocks->len); /* but for spaces between pieces */
  }
}

/* ---- growing ----------------------------------------------------------------------------------------------- */

/* A text that comes bit by bit ends as if it had come at once, and is sound all the way. */
static void
test_growing (void)
{
  for (guint i = 0; i < 500; i++) {
    g_autoptr (TpoMarkdown) markdown = tpo_markdown_new ();
    g_autofree char *text = random_text (80);
    g_autofree char *whole = render (text);
    g_autofree char *grown = NULL;
    gsize size = strlen (text);

    /* Definitions of links reach across blocks, and of those that came before only what is whole is read. */
    if (strstr (text, "]: x") != NULL)
      continue;
    for (gsize end = 0; end < size;) {
      g_autofree char *start = NULL;
      gsize step =
          (gsize) g_test_rand_int_range (1, 12); /* MIN() evaluates its arguments twice */

      end = MIN (size, end + step);
      while ((text[end] & 0xc0) == 0x80)
        end++;
      start = g_strndup (text, end);
      tpo_markdown_set_text (markdown, start, FALSE);
      assert_sound (markdown);
    }
    tpo_markdown_set_text (markdown, text, TRUE);
    grown = describe (markdown);
    g_assert_cmpstr (grown, ==, whole);
  }
}

/* How much is read of a text of @n pieces that comes piece by piece, per byte. */
static double
read_per_byte (const char *piece, guint n)
{
  g_autoptr (TpoMarkdown) markdown = tpo_markdown_new ();
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < n; i++) {
    g_string_append (text, piece);
    tpo_markdown_set_text (markdown, text->str, FALSE);
  }
  tpo_markdown_set_text (markdown, text->str, TRUE);
  return (double) tpo_markdown_get_n_read (markdown) / (double) text->len;
}

static void
test_linear (void)
{
  static const char *const shapes[] = { "word ", "word word word.\n\n", "- item\n",
                                        "    code\n", "**bold** " };

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++) {
    double few = read_per_byte (shapes[i], 500), many = read_per_byte (shapes[i], 5000);

    g_test_message ("“%.10s” is read %.1f and %.1f times", shapes[i], few, many);
    g_assert_cmpfloat (many, <, 25.0);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/markdown/blocks", test_blocks);
  g_test_add_func ("/markdown/links", test_links);
  g_test_add_func ("/markdown/html", test_html);
  g_test_add_func ("/markdown/chips", test_chips);
  g_test_add_func ("/markdown/hostile", test_hostile);
  g_test_add_func ("/markdown/long", test_long);
  g_test_add_func ("/markdown/growing", test_growing);
  g_test_add_func ("/markdown/linear", test_linear);
  return g_test_run ();
}
