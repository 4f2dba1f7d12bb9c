#include "config.h"

#include <math.h>

#include "player/tpo-player-private.h"

GdkTexture *
tpo_player_get_texture (TpoPlayer *self)
{
  g_return_val_if_fail (TPO_IS_PLAYER (self), NULL);
  return self->texture;
}

guint
tpo_player_get_frame_index (TpoPlayer *self)
{
  g_return_val_if_fail (TPO_IS_PLAYER (self), 0);
  return self->frame;
}

gint64
tpo_player_get_position_us (TpoPlayer *self)
{
  g_return_val_if_fail (TPO_IS_PLAYER (self), 0);
  if (!tpo_clock_is_running (self->clock))
    return self->position_us;
  /* The clock may be past it when the main loop was late. */
  return CLAMP (tpo_clock_get_time_us (self->clock), 0, tpo_player_get_limit_us (self));
}

gint64
tpo_player_get_duration_us (TpoPlayer *self)
{
  g_return_val_if_fail (TPO_IS_PLAYER (self), 0);
  return self->video != NULL ? tpo_video_get_info (self->video)->duration_us : 0;
}

const char *
tpo_player_get_error (TpoPlayer *self)
{
  g_return_val_if_fail (TPO_IS_PLAYER (self), NULL);
  return self->error;
}

/* The pause is at the start of the frame that is seen, so that stepping goes on from it. */
static void
stand_still (TpoPlayer *self)
{
  TpoVideoIndex *index;

  if (self->is_seeking)
    return;
  index = tpo_video_get_index (self->video);
  if (tpo_clock_is_running (self->clock))
    self->position_us = tpo_video_index_get_time_us (index, self->frame);
  tpo_player_stop_clock (self, self->position_us);
  tpo_player_notify (self, PROP_POSITION_US);
}

void
tpo_player_set_playing (TpoPlayer *self, gboolean playing)
{
  gint64 position_us;

  g_return_if_fail (TPO_IS_PLAYER (self));
  playing = playing && self->video != NULL;
  if (self->is_playing == playing)
    return;
  position_us = tpo_player_get_position_us (self);
  self->is_playing = playing;
  if (!playing) {
    stand_still (self);
  } else if (tpo_player_has_loop (self) &&
             (position_us < self->loop_start_us || position_us >= self->loop_end_us)) {
    tpo_player_seek (self, self->loop_start_us);
  } else if (position_us >= tpo_player_get_duration_us (self)) {
    tpo_player_seek (self, 0);
  } else if (!self->is_seeking) {
    tpo_player_start_clock (self);
  }
  tpo_player_notify (self, PROP_PLAYING);
}

gboolean
tpo_player_get_playing (TpoPlayer *self)
{
  g_return_val_if_fail (TPO_IS_PLAYER (self), FALSE);
  return self->is_playing;
}

static void
seek (TpoPlayer *self, gint64 time_us, gboolean wants_preview)
{
  guint frame;

  if (self->video == NULL)
    return;
  time_us = CLAMP (time_us, 0, tpo_player_get_duration_us (self));
  frame = tpo_video_index_find_frame (tpo_video_get_index (self->video), time_us);
  if (self->is_seeking && frame == self->seek_frame) {
    /* Already on the way. The clock, which stands, will start from the position. */
    tpo_player_set_position (self, time_us);
  } else if (!self->is_seeking && !self->is_playing && frame == self->frame &&
             self->texture != NULL) {
    tpo_player_set_position (self, time_us);
  } else {
    tpo_player_request (self, frame, time_us, wants_preview);
  }
}

void
tpo_player_seek (TpoPlayer *self, gint64 time_us)
{
  g_return_if_fail (TPO_IS_PLAYER (self));
  seek (self, time_us, FALSE);
}

void
tpo_player_scrub (TpoPlayer *self, gint64 time_us)
{
  g_return_if_fail (TPO_IS_PLAYER (self));
  seek (self, time_us, TRUE);
}

void
tpo_player_seek_frame (TpoPlayer *self, guint frame)
{
  TpoVideoIndex *index;

  g_return_if_fail (TPO_IS_PLAYER (self));
  if (self->video == NULL)
    return;
  index = tpo_video_get_index (self->video);
  frame = MIN (frame, tpo_video_get_info (self->video)->n_frames - 1);
  tpo_player_seek (self, tpo_video_index_get_time_us (index, frame));
}

void
tpo_player_step (TpoPlayer *self, int n_frames)
{
  TpoVideoIndex *index;
  TpoShownPicture *picture = NULL;
  gint64 target, last, time_us;

  g_return_if_fail (TPO_IS_PLAYER (self));
  tpo_player_set_playing (self, FALSE);
  if (self->video == NULL)
    return;
  index = tpo_video_get_index (self->video);
  last = tpo_video_get_info (self->video)->n_frames - 1;
  target = self->is_seeking ? self->seek_frame : self->frame;
  target = CLAMP (target + n_frames, 0, last);
  time_us = tpo_video_index_get_time_us (index, (guint) target);
  /* The next frame usually waits in the queue. */
  if (!self->is_seeking && target > self->frame)
    picture = tpo_pictures_take_frame (self->pictures, (guint) target);
  if (picture == NULL) {
    tpo_player_seek (self, time_us);
    return;
  }
  tpo_player_show_picture (self, picture);
  tpo_player_stop_clock (self, time_us);
  tpo_player_set_position (self, time_us);
}

void
tpo_player_set_speed (TpoPlayer *self, double speed)
{
  g_return_if_fail (TPO_IS_PLAYER (self));
  speed = CLAMP (speed, 0.25, 4);
  if (self->speed == speed)
    return;
  self->speed = speed;
  if (self->pictures != NULL)
    tpo_pictures_set_speed (self->pictures, speed);
  if (tpo_clock_is_running (self->clock)) {
    self->position_us = tpo_player_get_position_us (self);
    tpo_player_stop_clock (self, self->position_us);
    tpo_player_start_clock (self);
  }
  tpo_player_notify (self, PROP_SPEED);
}

double
tpo_player_get_speed (TpoPlayer *self)
{
  g_return_val_if_fail (TPO_IS_PLAYER (self), 1);
  return self->speed;
}

static void
update_volume (TpoPlayer *self)
{
  if (self->sound != NULL)
    tpo_sound_set_volume (self->sound, self->is_muted ? 0 : self->volume);
}

void
tpo_player_set_volume (TpoPlayer *self, double volume)
{
  g_return_if_fail (TPO_IS_PLAYER (self));
  volume = CLAMP (volume, 0, 1);
  if (self->volume == volume)
    return;
  self->volume = volume;
  update_volume (self);
  tpo_player_notify (self, PROP_VOLUME);
}

double
tpo_player_get_volume (TpoPlayer *self)
{
  g_return_val_if_fail (TPO_IS_PLAYER (self), 1);
  return self->volume;
}

void
tpo_player_set_muted (TpoPlayer *self, gboolean muted)
{
  g_return_if_fail (TPO_IS_PLAYER (self));
  tpo_player_set_flag (self, &self->is_muted, muted != FALSE, PROP_MUTED);
  update_volume (self);
}

gboolean
tpo_player_get_muted (TpoPlayer *self)
{
  g_return_val_if_fail (TPO_IS_PLAYER (self), FALSE);
  return self->is_muted;
}

void
tpo_player_set_loop (TpoPlayer *self, gint64 start_us, gint64 end_us)
{
  g_return_if_fail (TPO_IS_PLAYER (self));
  g_return_if_fail (end_us < 0 || end_us > start_us);
  if (self->loop_start_us != start_us) {
    self->loop_start_us = MAX (start_us, -1);
    tpo_player_notify (self, PROP_LOOP_START_US);
  }
  if (self->loop_end_us != end_us) {
    self->loop_end_us = MAX (end_us, -1);
    tpo_player_notify (self, PROP_LOOP_END_US);
  }
  g_source_set_ready_time (self->wake, 0);
}

gint64
tpo_player_get_loop_start_us (TpoPlayer *self)
{
  g_return_val_if_fail (TPO_IS_PLAYER (self), -1);
  return self->loop_start_us;
}

gint64
tpo_player_get_loop_end_us (TpoPlayer *self)
{
  g_return_val_if_fail (TPO_IS_PLAYER (self), -1);
  return self->loop_end_us;
}

/* Pictures at the size of the view when the video is much larger, rounded up so that a window
 * being resized does not ask for another size at each pixel. */
void
tpo_player_update_picture_size (TpoPlayer *self)
{
  const TpoVideoInfo *info;
  double scale, step;

  if (self->video == NULL)
    return;
  info = tpo_video_get_info (self->video);
  scale = fmax ((double) self->view_width / info->display_width,
                (double) self->view_height / info->display_height);
  step = scale <= 0 || scale > 0.8 || info->width < 64 || info->height < 64
             ? 1
             : ceil (scale * 32) / 32;
  self->picture_width = (guint) ceil (info->width * step);
  tpo_pictures_set_size (self->pictures, self->picture_width,
                         (guint) ceil (info->height * step));
}

void
tpo_player_set_view_size (TpoPlayer *self, guint width, guint height)
{
  g_return_if_fail (TPO_IS_PLAYER (self));
  if (self->view_width == width && self->view_height == height)
    return;
  self->view_width = width;
  self->view_height = height;
  tpo_player_update_picture_size (self);
  /* A picture made for a smaller view would look blurred until the next one. */
  if (self->texture != NULL && !self->is_seeking && !self->is_playing &&
      gdk_texture_get_width (self->texture) < (int) self->picture_width)
    tpo_player_request (self, self->frame, self->position_us, FALSE);
}

gint64
tpo_player_get_clock_deviation_us (TpoPlayer *self)
{
  g_return_val_if_fail (TPO_IS_PLAYER (self), 0);
  return tpo_clock_get_last_deviation_us (self->clock);
}

gboolean
tpo_player_is_heard (TpoPlayer *self)
{
  g_return_val_if_fail (TPO_IS_PLAYER (self), FALSE);
  return self->sound != NULL && tpo_sound_is_heard (self->sound);
}

char *
tpo_player_format_time (gint64 time_us)
{
  gint64 ms = (MAX (time_us, 0) + 500) / 1000;
  int s = (int) (ms / 1000 % 60), minutes = (int) (ms / 60000 % 60),
      hours = (int) (ms / 3600000);

  if (hours > 0)
    return g_strdup_printf ("%d:%02d:%02d.%03d", hours, minutes, s, (int) (ms % 1000));
  return g_strdup_printf ("%d:%02d.%03d", minutes, s, (int) (ms % 1000));
}
