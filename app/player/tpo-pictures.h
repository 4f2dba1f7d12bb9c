#pragma once

#include <gdk/gdk.h>

#include <tpo/video.h>

#include "player/tpo-clock.h"

G_BEGIN_DECLS

/**
 * TpoPictures:
 *
 * A thread that decodes pictures ahead of time into a bounded queue of textures. The main thread
 * requests a frame and takes pictures as they become due; it never waits. Reference-counted: the
 * thread holds a reference of its own, so dropping the last other one ends it without waiting.
 */
typedef struct _TpoPictures TpoPictures;

/** TpoShownPicture: one entry of the queue */
typedef struct {
  guint request; /* the request that it belongs to */
  guint frame;
  gint64 time_us;
  gboolean is_preview; /* a key frame near the requested one, shown until that is decoded */
  GdkTexture *texture; /* (nullable): %NULL when @error is set */
  GError *error;       /* (nullable) */
} TpoShownPicture;

void tpo_shown_picture_free (TpoShownPicture *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoShownPicture, tpo_shown_picture_free)

/**
 * tpo_pictures_new:
 * @clock: tells which pictures are too late to be made
 * @wake: source made ready whenever a picture was added
 */
TpoPictures *tpo_pictures_new (TpoVideo *video, TpoClock *clock, GSource *wake);

/** tpo_pictures_stop: ends the thread soon; then drops the caller's reference */
void tpo_pictures_stop (TpoPictures *self);

/**
 * tpo_pictures_request:
 * @frame: must be below n_frames
 * @wants_preview: show a key frame first when @frame is far from one
 *
 * Empties the queue and refills it from @frame on. An earlier request that is not done is
 * dropped.
 *
 * Returns: number of the request
 */
guint tpo_pictures_request (TpoPictures *self, guint frame, gboolean wants_preview);

/** tpo_pictures_take: removes the oldest picture if it is due at @time_us. */
TpoShownPicture *tpo_pictures_take (TpoPictures *self, gint64 time_us);

/** tpo_pictures_take_frame: removes pictures up to @frame if that is in the queue */
TpoShownPicture *tpo_pictures_take_frame (TpoPictures *self, guint frame);

/** tpo_pictures_get_next_time_us: when the oldest picture is due; false when there is none */
gboolean tpo_pictures_get_next_time_us (TpoPictures *self, gint64 *time_us);

/**
 * tpo_pictures_want_aside:
 * @frame: must be below n_frames
 *
 * Makes a picture beside the queue, after what is requested and before what is to come. The next
 * request drops it.
 */
void tpo_pictures_want_aside (TpoPictures *self, guint frame);

/** tpo_pictures_take_aside: Returns: (transfer full) (nullable): once it is there */
TpoShownPicture *tpo_pictures_take_aside (TpoPictures *self);

/** tpo_pictures_set_size: pixels of pictures made from now on, 0 for those of the video */
void tpo_pictures_set_size (TpoPictures *self, guint width, guint height);

/** tpo_pictures_set_speed: frames that no screen could show at this speed are left out */
void tpo_pictures_set_speed (TpoPictures *self, double speed);

/** tpo_pictures_get_n_dropped: frames left out because they were late, since the start */
guint tpo_pictures_get_n_dropped (TpoPictures *self);

G_END_DECLS
