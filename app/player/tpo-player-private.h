#pragma once

#include "player/tpo-clock.h"
#include "player/tpo-pictures.h"
#include "player/tpo-player.h"
#include "player/tpo-sound.h"

G_BEGIN_DECLS

enum {
  PROP_0,
  PROP_HAS_VIDEO,
  PROP_TEXTURE,
  PROP_FRAME_INDEX,
  PROP_PREVIOUS,
  PROP_POSITION_US,
  PROP_DURATION_US,
  PROP_PLAYING,
  PROP_SEEKING,
  PROP_SPEED,
  PROP_VOLUME,
  PROP_MUTED,
  PROP_LOOP_START_US,
  PROP_LOOP_END_US,
  PROP_OPENING,
  PROP_PROGRESS,
  PROP_ERROR,
  PROP_N_SHOWN,
  PROP_N_DROPPED,
  N_PROPS
};

/*
 * The player is idle, seeking (a request is under way; the clock stands), starting (it wants to
 * play and waits for the sound to start the clock) or running. @position_us is the position
 * except while the clock runs.
 */
struct _TpoPlayer {
  GObject parent_instance;

  TpoVideo *video; /* (nullable), and with it the next two */
  TpoPictures *pictures;
  TpoSound *sound; /* (nullable): the video has none */
  TpoClock *clock;
  GSource *wake;

  GdkTexture *texture;
  guint frame;
  GdkTexture *previous;  /* (nullable) */
  gint64 previous_frame; /* that it is of, or is to be; -1: none */
  gboolean wants_previous;
  gint64 position_us;
  gboolean is_playing, is_seeking;
  guint request, seek_frame; /* of the seek under way */

  double speed, volume;
  gboolean is_muted;
  gint64 loop_start_us, loop_end_us;
  gboolean is_opening;
  double progress;
  char *error;
  guint n_shown, n_late;
  guint view_width, view_height; /* device pixels of the whole picture on the screen */
  guint picture_width;           /* of the textures made from now on */
};

void tpo_player_notify (TpoPlayer *self, guint property);
void tpo_player_set_flag (TpoPlayer *self, gboolean *flag, gboolean value, guint property);
void tpo_player_set_position (TpoPlayer *self, gint64 position_us);
gboolean tpo_player_has_loop (const TpoPlayer *self);

/** tpo_player_get_limit_us: where playing ends, or starts anew */
gint64 tpo_player_get_limit_us (TpoPlayer *self);

/** tpo_player_show_picture: takes @picture over */
void tpo_player_show_picture (TpoPlayer *self, TpoShownPicture *picture);

/** tpo_player_stop_clock: and the sound; the clock stands at @time_us */
void tpo_player_stop_clock (TpoPlayer *self, gint64 time_us);

/** tpo_player_start_clock: from the position, now or when the sound is heard */
void tpo_player_start_clock (TpoPlayer *self);

/** tpo_player_request: starts a seek */
void tpo_player_request (TpoPlayer *self, guint frame, gint64 position_us,
                         gboolean wants_preview);

/** tpo_player_follow_previous: for tpo-player-previous.c, once */
void tpo_player_follow_previous (TpoPlayer *self);

/** tpo_player_take_previous: when the decoder has something */
void tpo_player_take_previous (TpoPlayer *self);

/** tpo_player_update_picture_size: tells the decoder how large the view is */
void tpo_player_update_picture_size (TpoPlayer *self);

G_END_DECLS
