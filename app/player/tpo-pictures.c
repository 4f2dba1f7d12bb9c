#include "player/tpo-pictures.h"

#include "compat/tpo-compat.h"

/* The queue holds up to this many pictures and bytes, but at least two. */
#define QUEUE_MAX 6
#define QUEUE_BYTES (160 * 1024 * 1024)

/* Previews are shown while more frames than this have to be decoded, one in so many frames, and
 * not more often than the interval. */
#define PREVIEW_DISTANCE 10
#define PREVIEW_STEP 8
#define PREVIEW_INTERVAL_US 50000

/* Screens show about sixty pictures a second; closer ones are left out at higher speed. */
#define SHORTEST_US 15000

/*
 * The thread's loop: serve the newest request; else make the picture wanted aside; else decode the next
 * frame while the queue has room; else wait. All fields below the mutex are shared and guarded by it.
 */
struct _TpoPictures {
  gatomicrefcount ref_count;
  TpoVideo *video;
  TpoClock *clock;
  GSource *wake;

  /* The thread's own. */
  TpoVideoReader *reader;
  guint decoded;     /* the frame decoded last */
  gint64 preview_us; /* monotonic time of the last preview */

  GMutex mutex;
  GCond changed;
  gboolean is_stopped;
  GCancellable *cancellable; /* of the work in hand */
  gboolean has_request, wants_preview;
  guint request; /* number of the newest request */
  guint next;    /* the frame to decode next, or the requested one */
  GQueue queue;  /* of TpoShownPicture, oldest first */
  gboolean wants_aside;
  guint aside_frame;
  TpoShownPicture *aside; /* made and not taken; nullable */
  guint width, height;
  double speed;
  guint n_dropped;
};

void
tpo_shown_picture_free (TpoShownPicture *self)
{
  g_clear_object (&self->texture);
  g_clear_error (&self->error);
  g_free (self);
}

static void
clear_queue (TpoPictures *self)
{
  TpoShownPicture *picture;

  while ((picture = g_queue_pop_head (&self->queue)) != NULL)
    tpo_shown_picture_free (picture);
}

static void
unref_pictures (TpoPictures *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  clear_queue (self);
  g_clear_pointer (&self->aside, tpo_shown_picture_free);
  g_clear_pointer (&self->reader, tpo_video_reader_free);
  g_clear_pointer (&self->video, tpo_video_unref);
  g_clear_pointer (&self->clock, tpo_clock_unref);
  g_clear_pointer (&self->wake, g_source_unref);
  g_clear_object (&self->cancellable);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->changed);
  g_free (self);
}

static GdkTexture *
make_texture (const TpoPicture *picture)
{
  return tpo_compat_texture_new (picture->width, picture->height, picture->bytes,
                                 picture->stride);
}

/* Decodes one frame without holding the mutex. */
static TpoShownPicture *
decode (TpoPictures *self, guint frame, GCancellable *cancellable)
{
  TpoVideoIndex *index = tpo_video_get_index (self->video);
  TpoShownPicture *shown = g_new0 (TpoShownPicture, 1);
  g_autoptr (TpoPicture) picture = NULL;

  shown->frame = frame;
  shown->time_us = tpo_video_index_get_time_us (index, frame);
  if (self->reader == NULL)
    self->reader =
        tpo_video_reader_new (self->video, TPO_PIXEL_BGRA, cancellable, &shown->error);
  if (self->reader == NULL)
    return shown;
  g_mutex_lock (&self->mutex);
  tpo_video_reader_set_size (self->reader, self->width, self->height);
  g_mutex_unlock (&self->mutex);
  picture = tpo_video_reader_read (self->reader, frame, cancellable, &shown->error);
  if (picture != NULL) {
    shown->texture = make_texture (picture);
    self->decoded = frame;
  }
  return shown;
}

/* Adds a picture to the queue unless a newer request came meanwhile. Mutex held. */
static void
add (TpoPictures *self, TpoShownPicture *shown, guint request)
{
  if (request != self->request ||
      g_error_matches (shown->error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    tpo_shown_picture_free (shown);
    return;
  }
  shown->request = request;
  g_queue_push_tail (&self->queue, shown);
  g_source_set_ready_time (self->wake, 0);
}

/* Shows key frames, and on the long way from one to the wanted frame a picture now and then. These
 * are not cancelled by the next request if that wants previews too, or fast scrubbing would show
 * nothing at all. Called and returns with the mutex held. */
static void
show_previews (TpoPictures *self, guint frame, guint request)
{
  guint key = tpo_video_index_find_key (tpo_video_get_index (self->video), frame);
  gboolean is_on_the_way = self->decoded >= key && self->decoded < frame;
  guint from = is_on_the_way ? self->decoded + PREVIEW_STEP : key;

  while (from + PREVIEW_DISTANCE < frame && request == self->request && !self->is_stopped) {
    TpoShownPicture *shown;

    g_mutex_unlock (&self->mutex);
    shown = decode (self, from, NULL);
    g_mutex_lock (&self->mutex);
    shown->is_preview = TRUE;
    if (shown->texture != NULL && (request == self->request || self->wants_preview) &&
        g_get_monotonic_time () - self->preview_us > PREVIEW_INTERVAL_US) {
      self->preview_us = g_get_monotonic_time ();
      add (self, shown, self->request);
    } else {
      tpo_shown_picture_free (shown);
    }
    from += PREVIEW_STEP;
  }
}

/* Called and returns with the mutex held. */
static void
serve_request (TpoPictures *self)
{
  guint frame = self->next, request = self->request;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  TpoShownPicture *shown;

  self->has_request = FALSE;
  if (self->wants_preview)
    show_previews (self, frame, request);
  if (request != self->request || self->is_stopped)
    return;
  g_set_object (&self->cancellable, cancellable);
  g_mutex_unlock (&self->mutex);
  shown = decode (self, frame, cancellable);
  g_mutex_lock (&self->mutex);
  add (self, shown, request);
  if (request == self->request)
    self->next = frame + 1;
}

/* Skips frames that cannot be shown any more, or never could at this speed. Mutex held. */
static void
skip_frames (TpoPictures *self)
{
  TpoVideoIndex *index = tpo_video_get_index (self->video);
  guint last = tpo_video_get_info (self->video)->n_frames - 1, wanted;
  const TpoShownPicture *newest = g_queue_peek_tail (&self->queue);
  gint64 now_us;

  if (!tpo_clock_is_running (self->clock))
    return;
  if (self->speed > 1 && newest != NULL) {
    gint64 soonest_us = newest->time_us + (gint64) (SHORTEST_US * self->speed);

    self->next = MIN (MAX (self->next, tpo_video_index_find_frame (index, soonest_us)), last);
  }
  now_us = tpo_clock_get_time_us (self->clock);
  wanted = MIN (tpo_video_index_find_frame (index, now_us), last);
  if (wanted > self->next) {
    self->n_dropped += wanted - self->next;
    self->next = wanted;
  }
}

/* Called and returns with the mutex held. */
static void
decode_ahead (TpoPictures *self)
{
  guint request = self->request, frame;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  TpoShownPicture *shown;

  skip_frames (self);
  frame = self->next;
  g_set_object (&self->cancellable, cancellable);
  g_mutex_unlock (&self->mutex);
  shown = decode (self, frame, cancellable);
  g_mutex_lock (&self->mutex);
  if (request == self->request)
    self->next = frame + 1;
  add (self, shown, request);
}

/* What cannot be decoded is not shown, and nobody is told: it is no picture that was asked to be
 * seen. Called and returns with the mutex held. */
static void
make_aside (TpoPictures *self)
{
  guint frame = self->aside_frame, request = self->request;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (TpoShownPicture) shown = NULL;

  self->wants_aside = FALSE;
  g_set_object (&self->cancellable, cancellable);
  g_mutex_unlock (&self->mutex);
  shown = decode (self, frame, cancellable);
  g_mutex_lock (&self->mutex);
  if (request != self->request || shown->texture == NULL)
    return;
  g_clear_pointer (&self->aside, tpo_shown_picture_free);
  self->aside = g_steal_pointer (&shown);
  g_source_set_ready_time (self->wake, 0);
}

static gboolean
has_room (const TpoPictures *self)
{
  const TpoVideoInfo *info = tpo_video_get_info (self->video);
  gsize width = self->width > 0 ? self->width : info->width;
  gsize height = self->height > 0 ? self->height : info->height;
  guint room = (guint) CLAMP (QUEUE_BYTES / (4 * width * height), 2, QUEUE_MAX);

  return self->queue.length < room;
}

static gpointer
run (gpointer data)
{
  TpoPictures *self = data;
  guint n_frames = tpo_video_get_info (self->video)->n_frames;

  g_mutex_lock (&self->mutex);
  while (!self->is_stopped) {
    if (self->has_request)
      serve_request (self);
    else if (self->wants_aside)
      make_aside (self);
    else if (self->request > 0 && self->next < n_frames && has_room (self))
      decode_ahead (self);
    else
      g_cond_wait (&self->changed, &self->mutex);
  }
  g_mutex_unlock (&self->mutex);
  unref_pictures (self);
  return NULL;
}

TpoPictures *
tpo_pictures_new (TpoVideo *video, TpoClock *clock, GSource *wake)
{
  TpoPictures *self = g_new0 (TpoPictures, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->video = tpo_video_ref (video);
  self->clock = tpo_clock_ref (clock);
  self->wake = g_source_ref (wake);
  self->speed = 1;
  g_mutex_init (&self->mutex);
  g_cond_init (&self->changed);
  g_queue_init (&self->queue);
  g_atomic_ref_count_inc (&self->ref_count);
  g_thread_unref (g_thread_new ("tpo-pictures", run, self));
  return self;
}

void
tpo_pictures_stop (TpoPictures *self)
{
  g_mutex_lock (&self->mutex);
  self->is_stopped = TRUE;
  self->request++;
  g_cancellable_cancel (self->cancellable);
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->mutex);
  unref_pictures (self);
}

guint
tpo_pictures_request (TpoPictures *self, guint frame, gboolean wants_preview)
{
  guint request;

  g_return_val_if_fail (frame < tpo_video_get_info (self->video)->n_frames, 0);
  g_mutex_lock (&self->mutex);
  clear_queue (self);
  request = ++self->request;
  self->has_request = TRUE;
  self->wants_aside = FALSE;
  g_clear_pointer (&self->aside, tpo_shown_picture_free);
  self->wants_preview = wants_preview;
  self->next = frame;
  g_cancellable_cancel (self->cancellable);
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->mutex);
  return request;
}

TpoShownPicture *
tpo_pictures_take (TpoPictures *self, gint64 time_us)
{
  TpoShownPicture *head;

  g_mutex_lock (&self->mutex);
  head = g_queue_peek_head (&self->queue);
  if (head != NULL && (head->time_us <= time_us || head->is_preview)) {
    g_queue_pop_head (&self->queue);
    g_cond_signal (&self->changed);
  } else {
    head = NULL;
  }
  g_mutex_unlock (&self->mutex);
  return head;
}

TpoShownPicture *
tpo_pictures_take_frame (TpoPictures *self, guint frame)
{
  TpoShownPicture *found = NULL;

  g_mutex_lock (&self->mutex);
  for (GList *item = self->queue.head; item != NULL; item = item->next)
    if (((TpoShownPicture *) item->data)->frame == frame)
      found = item->data;
  while (found != NULL) {
    TpoShownPicture *head = g_queue_pop_head (&self->queue);

    if (head == found)
      break;
    tpo_shown_picture_free (head);
  }
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->mutex);
  return found;
}

gboolean
tpo_pictures_get_next_time_us (TpoPictures *self, gint64 *time_us)
{
  const TpoShownPicture *head;

  g_mutex_lock (&self->mutex);
  head = g_queue_peek_head (&self->queue);
  if (head != NULL)
    *time_us = head->time_us;
  g_mutex_unlock (&self->mutex);
  return head != NULL;
}

void
tpo_pictures_want_aside (TpoPictures *self, guint frame)
{
  g_return_if_fail (frame < tpo_video_get_info (self->video)->n_frames);
  g_mutex_lock (&self->mutex);
  self->wants_aside = TRUE;
  self->aside_frame = frame;
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->mutex);
}

TpoShownPicture *
tpo_pictures_take_aside (TpoPictures *self)
{
  TpoShownPicture *aside;

  g_mutex_lock (&self->mutex);
  aside = g_steal_pointer (&self->aside);
  g_mutex_unlock (&self->mutex);
  return aside;
}

void
tpo_pictures_set_size (TpoPictures *self, guint width, guint height)
{
  g_mutex_lock (&self->mutex);
  self->width = width;
  self->height = height;
  g_mutex_unlock (&self->mutex);
}

void
tpo_pictures_set_speed (TpoPictures *self, double speed)
{
  g_mutex_lock (&self->mutex);
  self->speed = speed;
  g_mutex_unlock (&self->mutex);
}

guint
tpo_pictures_get_n_dropped (TpoPictures *self)
{
  guint result;

  g_mutex_lock (&self->mutex);
  result = self->n_dropped;
  g_mutex_unlock (&self->mutex);
  return result;
}
