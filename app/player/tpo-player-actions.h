#pragma once

#include "player/tpo-player.h"

G_BEGIN_DECLS

/**
 * tpo_player_actions_new:
 *
 * The player's actions, for gtk_widget_insert_action_group() under the name "player". Buttons,
 * menus and shortcuts share them. They are disabled while there is no video.
 *
 * | action | parameter, state | what it does |
 * | --- | --- | --- |
 * | play-pause | –, b | Space |
 * | next-frame, previous-frame | – | one frame, pausing |
 * | seek | x | to a time in microseconds |
 * | seek-by | x | by microseconds, negative for back |
 * | start, end | – | first, last frame |
 * | speed | d, d | 0.25 … 4 |
 * | slower, faster, normal-speed | – | the next lower, higher of the usual speeds; 1 |
 * | volume | d, d | 0 … 1 |
 * | mute | –, b | |
 * | loop | – | sets A, then B, then clears both |
 * | clear-loop | – | |
 *
 * Returns: (transfer full): holds a reference on @player
 */
GSimpleActionGroup *tpo_player_actions_new (TpoPlayer *player);

G_END_DECLS
