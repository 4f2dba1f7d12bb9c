#pragma once

#include <glib.h>

/*
 * Markdown (CommonMark, read by cmark) of what a model says, as blocks of Pango markup. The text
 * may be hostile: all of it is escaped, HTML is text like any other, pictures are not loaded, links
 * show where they lead, and no letter can turn the reading direction around. A text that is still
 * growing is read block by block: those that are complete are not looked at again, and the last one
 * only when it has grown by a good part.
 */

typedef enum {
  TPO_BLOCK_PARAGRAPH,
  TPO_BLOCK_HEADING,
  TPO_BLOCK_CODE, /* lines as they are */
  TPO_BLOCK_RULE, /* a line across, without text */
} TpoBlockKind;

typedef struct {
  TpoBlockKind kind;
  guint level;        /* of a heading, 1 … 6 */
  guint depth;        /* lists and quotations that it lies in, 0 … 6 */
  gboolean is_quoted; /* in one quotation at least */
  char *marker;       /* nullable: of the list item that begins with it, "•" or "2." */
  char *markup;       /* with TPO_CHIP_PLACE for each of @chips */
  GArray *chips;      /* of guint, numbers of the chips in it, in their order */
} TpoBlock;

/** TPO_CHIP_PLACE: where a chip belongs in a block's text: an object replacement character, UTF-8 */
#define TPO_CHIP_PLACE "\357\277\274"

typedef struct _TpoMarkdown TpoMarkdown;

TpoMarkdown *tpo_markdown_new (void);
void tpo_markdown_free (TpoMarkdown *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoMarkdown, tpo_markdown_free)

/**
 * tpo_markdown_set_text:
 * @text: valid UTF-8, perhaps from tpo_markdown_mark_chips()
 * @is_complete: no more will come
 *
 * Reads what is new where @text begins with the text of before, else everything.
 *
 * Returns: number of the first block that may be another than before
 */
guint tpo_markdown_set_text (TpoMarkdown *self, const char *text, gboolean is_complete);

/** tpo_markdown_set_plain: in which nothing is taken for Markdown */
void tpo_markdown_set_plain (TpoMarkdown *self, const char *text);

/** tpo_markdown_get_blocks: Returns: (transfer none) (element-type TpoBlock) */
GPtrArray *tpo_markdown_get_blocks (TpoMarkdown *self);

/** tpo_markdown_get_n_read: bytes that cmark was given so far, those read again included */
gsize tpo_markdown_get_n_read (TpoMarkdown *self);

/**
 * tpo_markdown_mark_chips:
 * @offsets: [n_chips] bytes of @text, ascending; those inside a letter are moved behind it, those
 *   behind the text to its end
 *
 * Returns: (transfer full): @text with a mark, a private letter, for each chip; its own such letters give way
 */
char *tpo_markdown_mark_chips (const char *text, const gint64 *offsets, guint n_chips);

/** tpo_markdown_is_safe_link: whether @uri may be opened when a person presses it: web pages and mail only */
gboolean tpo_markdown_is_safe_link (const char *uri);
