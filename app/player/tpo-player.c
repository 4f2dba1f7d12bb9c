#include "config.h"

#include "player/tpo-player.h"

#include <math.h>

#include "player/tpo-player-private.h"

/* "position-us" is told at least this often while playing, also between the frames of a slide
 * show. */
#define TICK_US 100000

G_DEFINE_FINAL_TYPE (TpoPlayer, tpo_player, G_TYPE_OBJECT)

static GParamSpec *properties[N_PROPS];

enum {
  VIDEO_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

void
tpo_player_notify (TpoPlayer *self, guint property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

void
tpo_player_set_flag (TpoPlayer *self, gboolean *flag, gboolean value, guint property)
{
  if (*flag == value)
    return;
  *flag = value;
  tpo_player_notify (self, property);
}

static void
set_error (TpoPlayer *self, const char *message)
{
  if (g_strcmp0 (self->error, message) == 0)
    return;
  g_free (self->error);
  self->error = g_strdup (message);
  tpo_player_notify (self, PROP_ERROR);
}

void
tpo_player_set_position (TpoPlayer *self, gint64 position_us)
{
  self->position_us = position_us;
  tpo_player_notify (self, PROP_POSITION_US);
}

gboolean
tpo_player_has_loop (const TpoPlayer *self)
{
  return self->loop_start_us >= 0 && self->loop_end_us > self->loop_start_us;
}

gint64
tpo_player_get_limit_us (TpoPlayer *self)
{
  gint64 duration_us = tpo_player_get_duration_us (self);

  return tpo_player_has_loop (self) ? MIN (self->loop_end_us, duration_us) : duration_us;
}

/* Takes a picture over. A frame that cannot be had counts as shown, so that one can step past
 * it. */
void
tpo_player_show_picture (TpoPlayer *self, TpoShownPicture *picture)
{
  g_autoptr (TpoShownPicture) owned = picture;

  if (owned->error != NULL) {
    set_error (self, owned->error->message);
  } else {
    g_set_object (&self->texture, owned->texture);
    self->n_shown++;
    tpo_player_notify (self, PROP_TEXTURE);
  }
  if (self->frame != owned->frame) {
    self->frame = owned->frame;
    tpo_player_notify (self, PROP_FRAME_INDEX);
  }
}

void
tpo_player_stop_clock (TpoPlayer *self, gint64 time_us)
{
  if (self->sound != NULL)
    tpo_sound_pause (self->sound);
  tpo_clock_stop (self->clock, time_us);
}

/* The clock starts now, or when the sound is heard. */
void
tpo_player_start_clock (TpoPlayer *self)
{
  if (self->sound != NULL)
    tpo_sound_play (self->sound, self->position_us, self->speed);
  else
    tpo_clock_start (self->clock, self->position_us, self->speed);
  g_source_set_ready_time (self->wake, 0);
}

void
tpo_player_request (TpoPlayer *self, guint frame, gint64 position_us, gboolean wants_preview)
{
  tpo_player_stop_clock (self, position_us);
  self->seek_frame = frame;
  self->request = tpo_pictures_request (self->pictures, frame, wants_preview);
  tpo_player_set_flag (self, &self->is_seeking, TRUE, PROP_SEEKING);
  tpo_player_set_position (self, position_us);
}

static void
finish_seek (TpoPlayer *self)
{
  TpoShownPicture *picture;

  while (self->is_seeking &&
         (picture = tpo_pictures_take (self->pictures, G_MAXINT64)) != NULL) {
    gboolean is_final = !picture->is_preview;

    if (picture->request != self->request) {
      tpo_shown_picture_free (picture);
      continue;
    }
    if (is_final && picture->error == NULL)
      set_error (self, NULL);
    tpo_player_show_picture (self, picture);
    if (is_final)
      tpo_player_set_flag (self, &self->is_seeking, FALSE, PROP_SEEKING);
  }
  if (!self->is_seeking && self->is_playing)
    tpo_player_start_clock (self);
}

/* Shows the newest picture that is due; older ones that are due as well came too late. */
static void
show_due (TpoPlayer *self, gint64 time_us)
{
  TpoShownPicture *picture, *newest = NULL;

  while ((picture = tpo_pictures_take (self->pictures, time_us)) != NULL) {
    if (newest != NULL) {
      self->n_late++;
      tpo_shown_picture_free (newest);
    }
    newest = picture;
  }
  if (newest != NULL)
    tpo_player_show_picture (self, newest);
}

static void
reach_end (TpoPlayer *self)
{
  guint last = tpo_video_get_info (self->video)->n_frames - 1;
  gint64 duration_us = tpo_player_get_duration_us (self);

  tpo_player_set_flag (self, &self->is_playing, FALSE, PROP_PLAYING);
  if (self->frame != last) {
    tpo_player_request (self, last, duration_us, FALSE); /* it was dropped */
    return;
  }
  tpo_player_stop_clock (self, duration_us);
  tpo_player_set_position (self, duration_us);
}

static void
run_clock (TpoPlayer *self)
{
  gint64 time_us = tpo_clock_get_time_us (self->clock);
  gint64 limit_us = tpo_player_get_limit_us (self);
  gint64 next_us, wait_us = TICK_US;

  show_due (self, MIN (time_us, limit_us - 1));
  tpo_player_notify (self, PROP_POSITION_US);
  if (!tpo_clock_is_running (self->clock))
    return; /* a handler of the notification stopped or moved it */
  if (time_us >= limit_us && tpo_player_has_loop (self)) {
    tpo_player_seek (self, self->loop_start_us);
    return;
  }
  if (time_us >= limit_us) {
    reach_end (self);
    return;
  }
  /* An empty queue wakes us when it is filled. */
  if (!tpo_pictures_get_next_time_us (self->pictures, &next_us))
    next_us = limit_us;
  wait_us =
      MIN (wait_us, (gint64) ((double) (MIN (next_us, limit_us) - time_us) / self->speed));
  g_source_set_ready_time (self->wake, g_get_monotonic_time () + MAX (wait_us, 500));
}

static gboolean
on_wake (gpointer user_data)
{
  TpoPlayer *self = user_data;

  g_source_set_ready_time (self->wake, -1);
  g_object_ref (self);
  if (self->video != NULL)
    tpo_player_take_previous (self);
  if (self->video != NULL && self->is_seeking)
    finish_seek (self);
  else if (self->video != NULL && tpo_clock_is_running (self->clock))
    run_clock (self);
  g_object_unref (self);
  return G_SOURCE_CONTINUE;
}

static gboolean
dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return callback (user_data);
}

static GSourceFuncs wake_funcs = { .dispatch = dispatch };

static void
drop_video (TpoPlayer *self)
{
  g_clear_pointer (&self->sound, tpo_sound_stop);
  g_clear_pointer (&self->pictures, tpo_pictures_stop);
  g_clear_pointer (&self->video, tpo_video_unref);
  tpo_clock_stop (self->clock, 0);
}

static void
tpo_player_dispose (GObject *object)
{
  TpoPlayer *self = TPO_PLAYER (object);

  drop_video (self);
  g_source_destroy (self->wake);
  g_clear_object (&self->texture);
  g_clear_object (&self->previous);
  G_OBJECT_CLASS (tpo_player_parent_class)->dispose (object);
}

static void
tpo_player_finalize (GObject *object)
{
  TpoPlayer *self = TPO_PLAYER (object);

  g_clear_pointer (&self->wake, g_source_unref);
  g_clear_pointer (&self->clock, tpo_clock_unref);
  g_free (self->error);
  G_OBJECT_CLASS (tpo_player_parent_class)->finalize (object);
}

static void
tpo_player_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  TpoPlayer *self = TPO_PLAYER (object);

  switch (id) {
  case PROP_HAS_VIDEO:
    g_value_set_boolean (value, self->video != NULL);
    break;
  case PROP_TEXTURE:
    g_value_set_object (value, self->texture);
    break;
  case PROP_FRAME_INDEX:
    g_value_set_uint (value, self->frame);
    break;
  case PROP_PREVIOUS:
    g_value_set_object (value, self->previous);
    break;
  case PROP_POSITION_US:
    g_value_set_int64 (value, tpo_player_get_position_us (self));
    break;
  case PROP_DURATION_US:
    g_value_set_int64 (value, tpo_player_get_duration_us (self));
    break;
  case PROP_PLAYING:
    g_value_set_boolean (value, self->is_playing);
    break;
  case PROP_SEEKING:
    g_value_set_boolean (value, self->is_seeking);
    break;
  case PROP_SPEED:
    g_value_set_double (value, self->speed);
    break;
  case PROP_VOLUME:
    g_value_set_double (value, self->volume);
    break;
  case PROP_MUTED:
    g_value_set_boolean (value, self->is_muted);
    break;
  case PROP_LOOP_START_US:
    g_value_set_int64 (value, self->loop_start_us);
    break;
  case PROP_LOOP_END_US:
    g_value_set_int64 (value, self->loop_end_us);
    break;
  case PROP_OPENING:
    g_value_set_boolean (value, self->is_opening);
    break;
  case PROP_PROGRESS:
    g_value_set_double (value, self->progress);
    break;
  case PROP_ERROR:
    g_value_set_string (value, self->error);
    break;
  case PROP_N_SHOWN:
    g_value_set_uint (value, self->n_shown);
    break;
  case PROP_N_DROPPED:
    g_value_set_uint (value, self->n_late + (self->pictures != NULL
                                                 ? tpo_pictures_get_n_dropped (self->pictures)
                                                 : 0));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
tpo_player_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  TpoPlayer *self = TPO_PLAYER (object);

  switch (id) {
  case PROP_PLAYING:
    tpo_player_set_playing (self, g_value_get_boolean (value));
    break;
  case PROP_SPEED:
    tpo_player_set_speed (self, g_value_get_double (value));
    break;
  case PROP_VOLUME:
    tpo_player_set_volume (self, g_value_get_double (value));
    break;
  case PROP_MUTED:
    tpo_player_set_muted (self, g_value_get_boolean (value));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
tpo_player_class_init (TpoPlayerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags get = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  const GParamFlags set = get | G_PARAM_WRITABLE;

  object_class->dispose = tpo_player_dispose;
  object_class->finalize = tpo_player_finalize;
  object_class->get_property = tpo_player_get_property;
  object_class->set_property = tpo_player_set_property;

  properties[PROP_HAS_VIDEO] = g_param_spec_boolean ("has-video", NULL, NULL, FALSE, get);
  properties[PROP_TEXTURE] = g_param_spec_object ("texture", NULL, NULL, GDK_TYPE_TEXTURE, get);
  properties[PROP_FRAME_INDEX] =
      g_param_spec_uint ("frame-index", NULL, NULL, 0, G_MAXUINT, 0, get);
  properties[PROP_PREVIOUS] =
      g_param_spec_object ("previous", NULL, NULL, GDK_TYPE_TEXTURE, get);
  properties[PROP_POSITION_US] =
      g_param_spec_int64 ("position-us", NULL, NULL, 0, G_MAXINT64, 0, get);
  properties[PROP_DURATION_US] =
      g_param_spec_int64 ("duration-us", NULL, NULL, 0, G_MAXINT64, 0, get);
  properties[PROP_PLAYING] = g_param_spec_boolean ("playing", NULL, NULL, FALSE, set);
  properties[PROP_SEEKING] = g_param_spec_boolean ("seeking", NULL, NULL, FALSE, get);
  properties[PROP_SPEED] = g_param_spec_double ("speed", NULL, NULL, 0.25, 4, 1, set);
  properties[PROP_VOLUME] = g_param_spec_double ("volume", NULL, NULL, 0, 1, 1, set);
  properties[PROP_MUTED] = g_param_spec_boolean ("muted", NULL, NULL, FALSE, set);
  properties[PROP_LOOP_START_US] =
      g_param_spec_int64 ("loop-start-us", NULL, NULL, -1, G_MAXINT64, -1, get);
  properties[PROP_LOOP_END_US] =
      g_param_spec_int64 ("loop-end-us", NULL, NULL, -1, G_MAXINT64, -1, get);
  properties[PROP_OPENING] = g_param_spec_boolean ("opening", NULL, NULL, FALSE, get);
  properties[PROP_PROGRESS] = g_param_spec_double ("progress", NULL, NULL, 0, 1, 0, get);
  properties[PROP_ERROR] = g_param_spec_string ("error", NULL, NULL, NULL, get);
  properties[PROP_N_SHOWN] = g_param_spec_uint ("n-shown", NULL, NULL, 0, G_MAXUINT, 0, get);
  properties[PROP_N_DROPPED] =
      g_param_spec_uint ("n-dropped", NULL, NULL, 0, G_MAXUINT, 0, get);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[VIDEO_CHANGED] =
      g_signal_new ("video-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                    NULL, NULL, G_TYPE_NONE, 0);
}

static void
tpo_player_init (TpoPlayer *self)
{
  self->clock = tpo_clock_new ();
  self->speed = self->volume = 1;
  self->loop_start_us = self->loop_end_us = -1;
  self->wake = g_source_new (&wake_funcs, sizeof (GSource));
  g_source_set_static_name (self->wake, "tpo-player");
  g_source_set_callback (self->wake, on_wake, self, NULL);
  g_source_set_ready_time (self->wake, -1);
  g_source_attach (self->wake, NULL);
  tpo_player_follow_previous (self);
}

TpoPlayer *
tpo_player_new (void)
{
  return g_object_new (TPO_TYPE_PLAYER, NULL);
}

void
tpo_player_set_video (TpoPlayer *self, TpoVideo *video)
{
  g_return_if_fail (TPO_IS_PLAYER (self));

  if (video != NULL)
    tpo_video_ref (video);
  drop_video (self);
  tpo_player_set_flag (self, &self->is_playing, FALSE, PROP_PLAYING);
  self->is_seeking = FALSE;
  self->position_us = 0;
  self->frame = self->n_shown = self->n_late = 0;
  g_clear_object (&self->texture);
  tpo_player_set_loop (self, -1, -1);
  self->video = video;
  if (video != NULL) {
    self->pictures = tpo_pictures_new (video, self->clock, self->wake);
    tpo_pictures_set_speed (self->pictures, self->speed);
    tpo_player_update_picture_size (self);
    if (tpo_video_get_info (video)->has_audio) {
      self->sound = tpo_sound_new (video, self->clock, self->wake);
      tpo_sound_set_volume (self->sound, self->is_muted ? 0 : self->volume);
    }
    tpo_player_request (self, 0, 0, FALSE);
  }
  set_error (self, NULL);
  tpo_player_notify (self, PROP_HAS_VIDEO);
  tpo_player_notify (self, PROP_DURATION_US);
  tpo_player_notify (self, PROP_POSITION_US);
  tpo_player_notify (self, PROP_FRAME_INDEX);
  tpo_player_notify (self, PROP_TEXTURE);
  g_signal_emit (self, signals[VIDEO_CHANGED], 0);
}

TpoVideo *
tpo_player_get_video (TpoPlayer *self)
{
  g_return_val_if_fail (TPO_IS_PLAYER (self), NULL);
  return self->video;
}
