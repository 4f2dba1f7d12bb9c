#pragma once

#include <gtk/gtk.h>

#include "document/tpo-document-conversations.h"
#include "player/tpo-player.h"

G_BEGIN_DECLS

#define TPO_TYPE_COMPOSER (tpo_composer_get_type ())
G_DECLARE_FINAL_TYPE (TpoComposer, tpo_composer, TPO, COMPOSER, GtkWidget)

/**
 * TpoComposer:
 *
 * The question field, with the box that goes along, templates of questions, and the question that
 * is being edited.
 */

/** tpo_composer_new: all shared; templates of the user's own are kept in @settings */
GtkWidget *tpo_composer_new (TpoDocument *document, TpoPlayer *player, GSettings *settings);

/** tpo_composer_focus: its field gets the keyboard */
void tpo_composer_focus (TpoComposer *self);

/** tpo_composer_edit: puts @question into the field; sending asks it in its place */
void tpo_composer_edit (TpoComposer *self, TpoMessage *question);

G_END_DECLS
