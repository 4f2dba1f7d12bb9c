#pragma once

#include <glib.h>

#include <tpo/video.h>

#include "player/tpo-clock.h"

G_BEGIN_DECLS

/**
 * TpoSound:
 *
 * A thread that decodes the sound and plays it, and starts and corrects the clock by what is
 * heard. Where nothing can be heard (no server, no sound at this speed, a damaged stream), it
 * starts the clock at once and leaves it alone. Reference-counted as TpoPictures is.
 */
typedef struct _TpoSound TpoSound;

/** tpo_sound_new: @wake: source made ready when the clock was started */
TpoSound *tpo_sound_new (TpoVideo *video, TpoClock *clock, GSource *wake);

/** tpo_sound_stop: silence soon; ends the thread and drops the caller's reference */
void tpo_sound_stop (TpoSound *self);

/** tpo_sound_play: from @time_us on; starts the clock as soon as that is heard */
void tpo_sound_play (TpoSound *self, gint64 time_us, double speed);

/** tpo_sound_pause: silence soon, and the clock is left alone from now on */
void tpo_sound_pause (TpoSound *self);

/** tpo_sound_set_volume: 0 … 1, on a scale that sounds even */
void tpo_sound_set_volume (TpoSound *self, double volume);

/** tpo_sound_is_heard: whether samples reached a server since the last tpo_sound_play() */
gboolean tpo_sound_is_heard (TpoSound *self);

G_END_DECLS
