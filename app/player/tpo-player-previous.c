#include "config.h"

#include "player/tpo-player-private.h"

/* The picture of the frame before the one that is looked at. */

enum {
  NO_FRAME = -1
};

static gint64
find_wanted (TpoPlayer *self)
{
  gboolean is_resting =
      self->video != NULL && self->texture != NULL && !self->is_playing && !self->is_seeking;

  return self->wants_previous && is_resting && self->frame > 0 ? (gint64) self->frame - 1
                                                               : NO_FRAME;
}

static void
set_previous (TpoPlayer *self, GdkTexture *texture)
{
  if (g_set_object (&self->previous, texture))
    tpo_player_notify (self, PROP_PREVIOUS);
}

static void
update (TpoPlayer *self)
{
  gint64 wanted = find_wanted (self);

  if (wanted == self->previous_frame)
    return;
  self->previous_frame = wanted;
  set_previous (self, NULL);
  if (wanted != NO_FRAME)
    tpo_pictures_want_aside (self->pictures, (guint) wanted);
}

void
tpo_player_take_previous (TpoPlayer *self)
{
  g_autoptr (TpoShownPicture) picture = tpo_pictures_take_aside (self->pictures);

  if (picture != NULL && picture->frame == self->previous_frame)
    set_previous (self, picture->texture);
}

void
tpo_player_follow_previous (TpoPlayer *self)
{
  static const char *const changes[] = { "notify::has-video", "notify::frame-index",
                                         "notify::texture", "notify::playing",
                                         "notify::seeking" };

  self->previous_frame = NO_FRAME;
  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++)
    g_signal_connect (self, changes[i], G_CALLBACK (update), NULL);
}

void
tpo_player_set_wants_previous (TpoPlayer *self, gboolean wants_previous)
{
  g_return_if_fail (TPO_IS_PLAYER (self));

  self->wants_previous = wants_previous;
  update (self);
}

GdkTexture *
tpo_player_get_previous (TpoPlayer *self)
{
  g_return_val_if_fail (TPO_IS_PLAYER (self), NULL);

  return self->previous;
}
