#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TPO_TYPE_ANSWER_TEXT (tpo_answer_text_get_type ())
G_DECLARE_FINAL_TYPE (TpoAnswerText, tpo_answer_text, TPO, ANSWER_TEXT, GtkWidget)

/**
 * TpoAnswerText:
 *
 * What a model says, Markdown, with chips inside the text where they belong. Links are opened when
 * they are pressed and lead to the web.
 */
GtkWidget *tpo_answer_text_new (void);

/**
 * tpo_answer_text_set_chips:
 * @chips: [n_chips] floating; at their places from the next text on
 * @offsets: [n_chips] bytes of the text, ascending
 */
void tpo_answer_text_set_chips (TpoAnswerText *self, GtkWidget *const *chips,
                                const gint64 *offsets, guint n_chips);

/**
 * tpo_answer_text_set_text: of a text that grows only what is new is laid out. @is_complete: no
 * more will come
 */
void tpo_answer_text_set_text (TpoAnswerText *self, const char *text, gboolean is_complete);

/** tpo_answer_text_set_plain: a long text without chips, in which nothing is taken for Markdown */
void tpo_answer_text_set_plain (TpoAnswerText *self, const char *text);

G_END_DECLS
