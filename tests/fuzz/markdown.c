#include "fuzz.h"

#include <string.h>

#include "chat/markdown.h"

enum {
  N_CHIPS = 4,
};

static void
on_element (GMarkupParseContext *context, const char *name, const char **names,
            const char **values, gpointer data, GError **error)
{
  static const char *const known[] = { "m", "b", "i", "tt", "a", NULL };

  g_assert (g_strv_contains (known, name));
  for (guint i = 0; names[i] != NULL; i++)
    g_assert (strcmp (names[i], "href") == 0 && tpo_markdown_is_safe_link (values[i]));
}

static void
check_block (const TpoBlock *block)
{
  static const GMarkupParser parser = { .start_element = on_element };
  g_autoptr (GMarkupParseContext) context = g_markup_parse_context_new (&parser, 0, NULL, NULL);
  g_autofree char *whole = g_strconcat ("<m>", block->markup, "</m>", NULL);
  guint n_places = 0;

  g_assert (g_markup_parse_context_parse (context, whole, -1, NULL));
  g_assert (g_markup_parse_context_end_parse (context, NULL));
  for (const char *c = block->markup; (c = strstr (c, TPO_CHIP_PLACE)) != NULL;
       c += strlen (TPO_CHIP_PLACE))
    n_places++;
  g_assert (n_places == block->chips->len);
  for (guint i = 0; i < block->chips->len; i++)
    g_assert (g_array_index (block->chips, guint, i) < N_CHIPS);
}

static void
check (TpoMarkdown *markdown, const char *text, gboolean is_complete)
{
  guint first = tpo_markdown_set_text (markdown, text, is_complete);
  GPtrArray *blocks = tpo_markdown_get_blocks (markdown);

  g_assert (first <= blocks->len);
  for (guint i = 0; i < blocks->len; i++)
    check_block (g_ptr_array_index (blocks, i));
}

/* An answer that comes in pieces, with chips in it; whatever it is made of, markup of the few tags
 * that there are comes out. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_utf8_make_valid ((const char *) data, (gssize) size);
  gsize length = strlen (text);
  const gint64 offsets[N_CHIPS] = { 0, (gint64) length / 3, (gint64) length / 2,
                                    (gint64) length };
  g_autofree char *marked = tpo_markdown_mark_chips (text, offsets, N_CHIPS);
  g_autoptr (TpoMarkdown) markdown = tpo_markdown_new ();
  gsize end = 0;

  length = strlen (marked);
  for (guint i = 1; i < 8; i++) {
    g_autofree char *start = NULL;

    end = MAX (end, length * i / 8);
    while ((marked[end] & 0xc0) == 0x80)
      end++;
    start = g_strndup (marked, end);
    check (markdown, start, FALSE);
  }
  check (markdown, marked, TRUE);
  return 0;
}
