#include "chat/markdown-reader.h"

#include <string.h>

#include <cmark.h>

#define FIRST_MARK 0xf0000 /* private letters, one for each chip */
#define LAST_MARK 0xffffd
#define MAX_DEPTH 6
#define RUN 128         /* letters, after which a word may go on in the next line */
#define PLAIN_SIZE 2048 /* bytes of a paragraph that is shown as it is, for each label */
#define BREAK_CHANCE 0x200b

void
tpo_block_free (gpointer block)
{
  TpoBlock *self = block;

  g_free (self->marker);
  g_free (self->markup);
  g_array_unref (self->chips);
  g_free (self);
}

/* ---- text ------------------------------------------------------------------------------------------- */

static gboolean
is_mark (gunichar letter)
{
  return letter >= FIRST_MARK && letter <= LAST_MARK;
}

/* Embeddings, overrides and isolates, with which a text could show itself in another order. */
static gboolean
is_direction (gunichar letter)
{
  return (letter >= 0x202a && letter <= 0x202e) || (letter >= 0x2066 && letter <= 0x2069);
}

static void
append_letter (GString *markup, gunichar letter)
{
  switch (letter) {
  case '&':
    g_string_append (markup, "&amp;");
    break;
  case '<':
    g_string_append (markup, "&lt;");
    break;
  case '>':
    g_string_append (markup, "&gt;");
    break;
  case '\'':
    g_string_append (markup, "&#39;");
    break;
  case '"':
    g_string_append (markup, "&quot;");
    break;
  case 0xfffc: /* would be taken for a chip */
    g_string_append_unichar (markup, 0xfffd);
    break;
  default:
    /* What a parser of markup refuses, or a terminal would obey. */
    if (g_unichar_iscntrl (letter) && letter != '\n' && letter != '\t')
      g_string_append_unichar (markup, 0xfffd);
    else if (!is_direction (letter))
      g_string_append_unichar (markup, letter);
  }
}

/* Bytes of the word at the end, tags among them, as far as it matters. */
static guint
last_run (const GString *markup)
{
  guint n = 0;

  for (; n < RUN && n < markup->len; n++)
    if (g_ascii_isspace (markup->str[markup->len - n - 1]) ||
        g_str_has_prefix (markup->str + markup->len - n - 1, "\342\200\213"))
      break;
  return n;
}

/* Pango takes time by the square of a word that fits no line. */
void
tpo_markdown_append_text (GString *markup, GArray *chips, const char *text)
{
  guint n_run = last_run (markup);

  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c)) {
    gunichar letter = g_utf8_get_char (c);

    if (is_mark (letter)) {
      guint chip = letter - FIRST_MARK;

      g_array_append_val (chips, chip);
      g_string_append (markup, TPO_CHIP_PLACE);
    } else {
      n_run = g_unichar_isspace (letter) ? 0 : n_run + 1;
      if (n_run > RUN && !g_unichar_ismark (letter)) {
        g_string_append_unichar (markup, BREAK_CHANCE);
        n_run = 1;
      }
      append_letter (markup, letter);
    }
  }
}

char *
tpo_markdown_mark_chips (const char *text, const gint64 *offsets, guint n_chips)
{
  GString *marked = g_string_new (NULL);
  guint chip = 0;

  g_return_val_if_fail (text != NULL, NULL);

  n_chips = MIN (n_chips, LAST_MARK - FIRST_MARK + 1);
  for (const char *c = text;; c = g_utf8_next_char (c)) {
    gunichar letter = g_utf8_get_char (c);

    for (; chip < n_chips && (offsets[chip] <= c - text || letter == '\0'); chip++)
      g_string_append_unichar (marked, FIRST_MARK + chip);
    if (letter == '\0')
      break;
    g_string_append_unichar (marked, is_mark (letter) ? 0xfffd : letter);
  }
  return g_string_free (marked, FALSE);
}

gboolean
tpo_markdown_is_safe_link (const char *uri)
{
  g_autofree char *scheme = NULL;

  g_return_val_if_fail (uri != NULL, FALSE);

  scheme = g_uri_parse_scheme (uri);
  return scheme != NULL && (g_ascii_strcasecmp (scheme, "https") == 0 ||
                            g_ascii_strcasecmp (scheme, "http") == 0 ||
                            g_ascii_strcasecmp (scheme, "mailto") == 0);
}

/* In letters that cannot be mistaken for others. */
static char *
plain_uri (const char *uri)
{
  GString *plain = g_string_new (NULL);

  for (const char *c = uri; *c != '\0'; c++)
    if (g_ascii_isgraph (*c))
      g_string_append_c (plain, *c);
    else
      g_string_append_printf (plain, "%%%02X", (guchar) *c);
  return g_string_free (plain, FALSE);
}

/* ---- one text into blocks ------------------------------------------------------------------------------ */

/* A list that is being read. */
typedef struct {
  gboolean is_ordered;
  int number; /* of the next item */
} List;

typedef struct {
  GPtrArray *blocks;
  GString *markup; /* of the block that is being read */
  GArray *chips;
  GArray *lists; /* of List, outermost first */
  char *marker;  /* nullable: of an item that has no block yet */
  guint depth, n_quotes;
  guint n_bold, n_italic, n_links;
  gsize link_start; /* of the outermost link's text in @markup */
} Reader;

static void
begin_block (Reader *self)
{
  g_string_truncate (self->markup, 0);
  self->chips = g_array_new (FALSE, FALSE, sizeof (guint));
  self->n_bold = self->n_italic = self->n_links = 0;
}

static void
end_block (Reader *self, TpoBlockKind kind, guint level)
{
  TpoBlock *block = g_new0 (TpoBlock, 1);

  *block = (TpoBlock){
    .kind = kind,
    .level = level,
    .depth = MIN (self->depth, MAX_DEPTH),
    .is_quoted = self->n_quotes > 0,
    .marker = g_steal_pointer (&self->marker),
    .markup = g_strndup (self->markup->str, self->markup->len),
    .chips = g_steal_pointer (&self->chips),
  };
  g_ptr_array_add (self->blocks, block);
}

static void
add_block (Reader *self, TpoBlockKind kind, const char *text)
{
  begin_block (self);
  tpo_markdown_append_text (self->markup, self->chips, text);
  if (g_str_has_suffix (self->markup->str, "\n"))
    g_string_truncate (self->markup, self->markup->len - 1);
  end_block (self, kind, 0);
}

static void
begin_item (Reader *self)
{
  List *list =
      self->lists->len > 0 ? &g_array_index (self->lists, List, self->lists->len - 1) : NULL;

  self->depth++;
  g_free (self->marker);
  self->marker = list != NULL && list->is_ordered ? g_strdup_printf ("%d.", list->number++)
                                                  : g_strdup ("•");
}

static void
end_item (Reader *self)
{
  if (self->marker != NULL) /* an empty one */
    add_block (self, TPO_BLOCK_PARAGRAPH, "");
  self->depth--;
}

/* A tag opens with the first of some that lie in each other, so that none can pile up. */
static void
set_style (Reader *self, guint *n, gboolean is_entering, const char *tag)
{
  if (is_entering && (*n)++ == 0)
    g_string_append_printf (self->markup, "<%s>", tag);
  else if (!is_entering && --*n == 0)
    g_string_append_printf (self->markup, "</%s>", tag);
}

static void
begin_link (Reader *self, const char *uri)
{
  g_autofree char *plain = plain_uri (uri);
  g_autofree char *escaped = g_markup_escape_text (plain, -1);

  if (self->n_links++ > 0)
    return;
  if (tpo_markdown_is_safe_link (plain))
    g_string_append_printf (self->markup, "<a href=\"%s\">", escaped);
  self->link_start = self->markup->len;
}

/* "text (where it leads)", unless the text says so itself. */
static void
end_link (Reader *self, const char *uri)
{
  g_autofree char *plain = plain_uri (uri);
  g_autoptr (GString) shown = g_string_new (NULL);
  gboolean says_so;

  if (--self->n_links > 0)
    return;
  tpo_markdown_append_text (shown, self->chips, plain);
  says_so = strcmp (self->markup->str + self->link_start, shown->str) == 0;
  if (!says_so && shown->len > 0)
    g_string_append_printf (self->markup, " (%s)", shown->str);
  if (tpo_markdown_is_safe_link (plain))
    g_string_append (self->markup, "</a>");
}

static void
read_inline (Reader *self, cmark_node *node, gboolean is_entering)
{
  switch ((int) cmark_node_get_type (node)) { /* a new kind of theirs is no mistake of ours */
  case CMARK_NODE_TEXT:
  case CMARK_NODE_HTML_INLINE:
  case CMARK_NODE_CUSTOM_INLINE:
    tpo_markdown_append_text (self->markup, self->chips, cmark_node_get_literal (node));
    break;
  case CMARK_NODE_CODE:
    g_string_append (self->markup, "<tt>");
    tpo_markdown_append_text (self->markup, self->chips, cmark_node_get_literal (node));
    g_string_append (self->markup, "</tt>");
    break;
  case CMARK_NODE_SOFTBREAK:
  case CMARK_NODE_LINEBREAK:
    g_string_append_c (self->markup, '\n');
    break;
  case CMARK_NODE_STRONG:
    set_style (self, &self->n_bold, is_entering, "b");
    break;
  case CMARK_NODE_EMPH:
    set_style (self, &self->n_italic, is_entering, "i");
    break;
  case CMARK_NODE_LINK:
  case CMARK_NODE_IMAGE:
    if (is_entering)
      begin_link (self, cmark_node_get_url (node));
    else
      end_link (self, cmark_node_get_url (node));
    break;
  default:
    break;
  }
}

static void
read_list (Reader *self, cmark_node *node, gboolean is_entering)
{
  List list = { cmark_node_get_list_type (node) == CMARK_ORDERED_LIST,
                cmark_node_get_list_start (node) };

  if (is_entering)
    g_array_append_val (self->lists, list);
  else
    g_array_set_size (self->lists, self->lists->len - 1);
}

static void
read_quote (Reader *self, gboolean is_entering)
{
  if (is_entering) {
    self->depth++;
    self->n_quotes++;
  } else {
    self->depth--;
    self->n_quotes--;
  }
}

static void
read_node (Reader *self, cmark_node *node, gboolean is_entering)
{
  switch ((int) cmark_node_get_type (node)) { /* a new kind of theirs is no mistake of ours */
  case CMARK_NODE_LIST:
    read_list (self, node, is_entering);
    break;
  case CMARK_NODE_ITEM:
    if (is_entering)
      begin_item (self);
    else
      end_item (self);
    break;
  case CMARK_NODE_BLOCK_QUOTE:
    read_quote (self, is_entering);
    break;
  case CMARK_NODE_PARAGRAPH:
  case CMARK_NODE_HEADING:
    if (is_entering)
      begin_block (self);
    else if (cmark_node_get_type (node) == CMARK_NODE_HEADING)
      end_block (self, TPO_BLOCK_HEADING, (guint) cmark_node_get_heading_level (node));
    else
      end_block (self, TPO_BLOCK_PARAGRAPH, 0);
    break;
  case CMARK_NODE_CODE_BLOCK:
    add_block (self, TPO_BLOCK_CODE, cmark_node_get_literal (node));
    break;
  case CMARK_NODE_HTML_BLOCK:
  case CMARK_NODE_CUSTOM_BLOCK:
    add_block (self, TPO_BLOCK_PARAGRAPH, cmark_node_get_literal (node));
    break;
  case CMARK_NODE_THEMATIC_BREAK:
    add_block (self, TPO_BLOCK_RULE, "");
    break;
  case CMARK_NODE_DOCUMENT:
    break;
  default:
    read_inline (self, node, is_entering);
  }
}

gsize
tpo_markdown_line_start (const char *text, int line)
{
  const char *c = text;

  for (int i = 1; i < line && *c != '\0'; i++) {
    c += strcspn (c, "\r\n");
    if (c[0] == '\r' && c[1] == '\n')
      c++;
    if (*c != '\0')
      c++;
  }
  return (gsize) (c - text);
}

/* The last block on top, unless it is but a line that has not ended: that may turn out to belong to
 * the one before. */
static cmark_node *
find_growing (cmark_node *document, const char *text)
{
  cmark_node *last = cmark_node_last_child (document);
  cmark_node *before = last != NULL ? cmark_node_previous (last) : NULL;
  const char *line =
      last != NULL ? text + tpo_markdown_line_start (text, cmark_node_get_start_line (last))
                   : "";

  return before != NULL && line[strcspn (line, "\r\n")] == '\0' ? before : last;
}

void
tpo_markdown_read (GPtrArray *blocks, const char *text, gsize size, guint *n_whole, int *line)
{
  cmark_node *document = cmark_parse_document (text, size, CMARK_OPT_DEFAULT);
  cmark_node *growing = find_growing (document, text);
  cmark_iter *iter = cmark_iter_new (document);
  g_autoptr (GString) markup = g_string_new (NULL);
  g_autoptr (GArray) lists = g_array_new (FALSE, FALSE, sizeof (List));
  Reader reader = { .blocks = blocks, .markup = markup, .lists = lists };
  cmark_event_type event;

  while ((event = cmark_iter_next (iter)) != CMARK_EVENT_DONE) {
    cmark_node *node = cmark_iter_get_node (iter);

    if (node == growing && event == CMARK_EVENT_ENTER) {
      *n_whole = blocks->len;
      *line = cmark_node_get_start_line (node);
    }
    read_node (&reader, node, event == CMARK_EVENT_ENTER);
  }
  cmark_iter_free (iter);
  cmark_node_free (document);
}

/* Bytes of the next piece of a paragraph: up to a space where there is one. */
static gsize
piece_size (const char *text)
{
  gsize size = strlen (text);
  const char *end = text + PLAIN_SIZE;

  if (size <= PLAIN_SIZE)
    return size;
  while (end > text && !g_ascii_isspace (*end))
    end--;
  if (end > text)
    return (gsize) (end - text);
  return (gsize) (g_utf8_find_prev_char (text, text + PLAIN_SIZE + 1) - text);
}

void
tpo_markdown_read_plain (GPtrArray *blocks, const char *text)
{
  g_autoptr (GString) markup = g_string_new (NULL);
  g_autoptr (GArray) lists = g_array_new (FALSE, FALSE, sizeof (List));
  Reader reader = { .blocks = blocks, .markup = markup, .lists = lists };
  g_auto (GStrv) paragraphs = g_strsplit (text, "\n\n", -1);

  for (guint i = 0; paragraphs[i] != NULL; i++) {
    const char *rest = paragraphs[i];

    do {
      gsize size = piece_size (rest);
      g_autofree char *piece = g_strndup (rest, size);

      add_block (&reader, TPO_BLOCK_PARAGRAPH, piece);
      rest += size;
      rest += g_ascii_isspace (*rest) ? 1 : 0; /* that ends the piece */
    } while (*rest != '\0');
  }
}
