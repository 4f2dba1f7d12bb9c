#pragma once

#include <gtk/gtk.h>

#include "document/tpo-document.h"
#include "player/tpo-player.h"

G_BEGIN_DECLS

#define TPO_TYPE_TRACK_BAR (tpo_track_bar_get_type ())
G_DECLARE_FINAL_TYPE (TpoTrackBar, tpo_track_bar, TPO, TRACK_BAR, GtkWidget)

/**
 * TpoTrackBar:
 *
 * Lies on the picture while objects are followed: how far, and a way to stop. After a correction it
 * offers to follow the object anew from there. Its buttons use actions of "canvas".
 */
GtkWidget *tpo_track_bar_new (TpoDocument *document, TpoPlayer *player);

G_END_DECLS
