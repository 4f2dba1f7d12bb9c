#pragma once

#include <gtk/gtk.h>

#include "player/tpo-player.h"

G_BEGIN_DECLS

#define TPO_TYPE_TRANSPORT_BAR (tpo_transport_bar_get_type ())
G_DECLARE_FINAL_TYPE (TpoTransportBar, tpo_transport_bar, TPO, TRANSPORT_BAR, GtkWidget)

/**
 * TpoTransportBar:
 *
 * Buttons and time below the picture. Its buttons activate the actions "player.…" of
 * tpo_player_actions_new() and "win.fullscreen", which the window provides.
 *
 * Properties: "player" TpoPlayer, "has-slider" gboolean: a slider to scrub with, for places
 * without a timeline.
 */
GtkWidget *tpo_transport_bar_new (void);

void tpo_transport_bar_set_player (TpoTransportBar *self, TpoPlayer *player);
void tpo_transport_bar_set_has_slider (TpoTransportBar *self, gboolean has_slider);

G_END_DECLS
