#include "chat/markdown.h"

#include <string.h>

#include "chat/markdown-reader.h"

#define MAX_SIZE 65536 /* of what is read as Markdown; no model's answer comes near */
#define REREAD_PART 16 /* the last block is read again when it has grown by a 16th */

struct _TpoMarkdown {
  char *text;
  gsize size;
  GPtrArray *blocks; /* TpoBlock */
  guint n_settled;   /* of them, that no more text can change */
  gsize settled;     /* byte where the others begin, at the start of a line */
  gsize read;        /* byte up to which the others are read */
  gsize n_read;
  gboolean is_complete;
  char *last_markup; /* of the last block as it was read, without what was put behind it */
  guint n_last_chips;
};

TpoMarkdown *
tpo_markdown_new (void)
{
  TpoMarkdown *self = g_new0 (TpoMarkdown, 1);

  self->text = g_strdup ("");
  self->blocks = g_ptr_array_new_with_free_func (tpo_block_free);
  return self;
}

void
tpo_markdown_free (TpoMarkdown *self)
{
  g_ptr_array_unref (self->blocks);
  g_free (self->last_markup);
  g_free (self->text);
  g_free (self);
}

static TpoBlock *
last_block (TpoMarkdown *self)
{
  return self->blocks->len > 0 ? g_ptr_array_index (self->blocks, self->blocks->len - 1) : NULL;
}

static void
read_rest (TpoMarkdown *self)
{
  guint n_whole = self->n_settled;
  int line = 1;
  const TpoBlock *last;

  g_ptr_array_set_size (self->blocks, (int) self->n_settled);
  tpo_markdown_read (self->blocks, self->text + self->settled, self->size - self->settled,
                     &n_whole, &line);
  self->n_read += self->size - self->settled;
  self->read = self->size;
  self->settled += tpo_markdown_line_start (self->text + self->settled, line);
  self->n_settled = n_whole;
  last = last_block (self);
  g_free (self->last_markup);
  self->last_markup = last != NULL ? g_strdup (last->markup) : NULL;
  self->n_last_chips = last != NULL ? last->chips->len : 0;
}

/* What came since is shown behind the last block, as it is. */
static void
show_rest (TpoMarkdown *self)
{
  g_autoptr (GString) markup = g_string_new (self->last_markup);
  TpoBlock *last = last_block (self);

  g_array_set_size (last->chips, self->n_last_chips);
  tpo_markdown_append_text (markup, last->chips, self->text + self->read);
  g_free (last->markup);
  last->markup = g_strdup (markup->str);
}

/* Nothing but definitions of links, or more than an answer can be: as it is. */
static void
read_plain (TpoMarkdown *self)
{
  g_ptr_array_set_size (self->blocks, 0);
  tpo_markdown_read_plain (self->blocks, self->text);
  self->n_settled = 0;
  self->settled = 0;
}

static gboolean
is_blank (const char *text)
{
  return text[strspn (text, " \t\r\n")] == '\0';
}

static void
take_text (TpoMarkdown *self, const char *text, gsize size)
{
  if (size < self->size || memcmp (self->text, text, self->size) != 0) {
    g_ptr_array_set_size (self->blocks, 0);
    self->n_settled = 0;
    self->settled = self->read = 0;
    self->is_complete = FALSE;
  }
  g_free (self->text);
  self->text = g_strndup (text, size);
  self->size = size;
}

guint
tpo_markdown_set_text (TpoMarkdown *self, const char *text, gboolean is_complete)
{
  gsize size = strlen (text), n_new;
  gboolean is_same = size == self->size && memcmp (self->text, text, size) == 0;
  guint first;

  if (is_same && (self->is_complete || !is_complete))
    return self->blocks->len;
  take_text (self, text, size);
  first = self->n_settled;
  n_new = size - self->read;
  self->is_complete = is_complete;
  if (size > MAX_SIZE) {
    read_plain (self);
    return 0;
  }
  if (!is_complete && self->blocks->len > self->n_settled &&
      n_new < (self->read - self->settled) / REREAD_PART) {
    show_rest (self);
    return self->blocks->len - 1;
  }
  read_rest (self);
  if (is_complete && self->blocks->len == 0 && !is_blank (text))
    read_plain (self);
  return first;
}

void
tpo_markdown_set_plain (TpoMarkdown *self, const char *text)
{
  take_text (self, text, strlen (text));
  self->read = self->size;
  self->is_complete = TRUE;
  read_plain (self);
}

GPtrArray *
tpo_markdown_get_blocks (TpoMarkdown *self)
{
  return self->blocks;
}

gsize
tpo_markdown_get_n_read (TpoMarkdown *self)
{
  return self->n_read;
}
