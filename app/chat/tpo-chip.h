#pragma once

#include <gtk/gtk.h>

#include "document/tpo-document.h"
#include "player/tpo-player.h"

G_BEGIN_DECLS

#define TPO_TYPE_CHIP (tpo_chip_get_type ())
G_DECLARE_FINAL_TYPE (TpoChip, tpo_chip, TPO, CHIP, GtkButton)

/**
 * tpo_chip_new: a button in an answer that stands for a span, box or mask track; its text follows
 *   corrections, and pressing it selects the label and seeks to it
 */
GtkWidget *tpo_chip_new (TpoDocument *document, TpoPlayer *player, TpoAnnotation *annotation);

G_END_DECLS
