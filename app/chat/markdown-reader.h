#pragma once

#include "chat/markdown.h"

/* One text as blocks of markup, all of it escaped (see markdown.h). Any thread. */

/** tpo_block_free: a GDestroyNotify for a TpoBlock */
void tpo_block_free (gpointer block);

/**
 * tpo_markdown_read: appends the blocks of a text
 * @blocks: (element-type TpoBlock)
 * @text: [size] bytes of valid UTF-8, and a 0
 * @n_whole: (out): number of @blocks that no more text can change, as it is where there are none
 * @line: (out): line of @text where the others begin, from 1; unchanged likewise
 */
void tpo_markdown_read (GPtrArray *blocks, const char *text, gsize size, guint *n_whole,
                        int *line);

/**
 * tpo_markdown_read_plain: appends paragraphs of @text, in which nothing is taken for Markdown; long
 * ones in pieces that a label lays out at once
 */
void tpo_markdown_read_plain (GPtrArray *blocks, const char *text);

/**
 * tpo_markdown_append_text: of letters as they are, and marks of chips (element-type guint), whose
 * numbers go to @chips. Words that are longer than a line get places to be broken at
 */
void tpo_markdown_append_text (GString *markup, GArray *chips, const char *text);

/** tpo_markdown_line_start: byte where line @line, from 1, begins. Lines end as cmark sees it. */
gsize tpo_markdown_line_start (const char *text, int line);
