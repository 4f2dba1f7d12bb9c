/* How much memory it takes to follow an object, back and forth around a correction, does not depend
 * on how far it is followed: the bundled model on a bundled clip, with little room for what is kept
 * of frames, so that it is full soon. */

#include <malloc.h>
#include <stdio.h>
#include <string.h>

#include <tpo/session.h>

enum {
  SHORT = 90, /* frames after which decoded frames and their features take what they may */
  LONG = 280, /* most of the clip's */
  BACK = 30,  /* that are gone back after a correction */
  DEVICE_BYTES = 40 << 20,
  MAX_GROWTH = 1 << 20, /* over so many frames; a mask of each would be in it */
};

typedef struct {
  const char *model, *video;
} Paths;

/* What is allocated now. Pages that the process holds say less: the allocators of the device's driver touch
 * more of theirs now and then, whatever is asked of them. */
static guint64
allocated (void)
{
  struct mallinfo2 info = mallinfo2 ();

  return info.uordblks + info.hblkhd;
}

typedef struct {
  guint n_masks;
  guint64 peak;
} Seen;

static void
on_event (const TpoEvent *event, gpointer user_data)
{
  Seen *self = user_data;

  self->n_masks += event->kind == TPO_EVENT_MASK;
  self->peak = MAX (self->peak, allocated ());
}

static void
correct (TpoSession *session, guint frame)
{
  const TpoBox car = { 0.55f, 0.55f, 0.95f, 0.95f };
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoRle) found = NULL;
  float score;

  tpo_session_correct (session, &(TpoCorrection){ .frame = frame, .box = &car }, &found, &score,
                       NULL, &error);
  g_assert_no_error (error);
}

static void
propagate (TpoSession *session, guint first, guint last, guint64 *peak)
{
  static const guint object = 0;
  const TpoStretch stretch = { &object, 1, first, last };
  g_autoptr (GError) error = NULL;
  Seen seen = { 0, *peak };

  tpo_session_propagate (session, &stretch, on_event, &seen, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (seen.n_masks, ==, (guint) ABS ((int) last - (int) first) + 1);
  *peak = seen.peak;
}

/* From a frame that is corrected to another one, and back from a correction there. @device: (out):
 * peak of the device. Returns: that of what was allocated */
static guint64
follow (TpoDevice *on, TpoSession *session, guint first, guint last, guint64 *device)
{
  guint64 peak = 0;

  tpo_session_forget (session, 0);
  correct (session, first);
  propagate (session, first, last, &peak);
  correct (session, last);
  propagate (session, last, last - BACK, &peak);
  tpo_device_memory_used (on, NULL, device);
  return peak;
}

static void
test_bounded (gconstpointer data)
{
  const Paths *paths = data;
  const TpoDeviceOptions options = { .max_memory = DEVICE_BYTES };
  g_autoptr (GError) error = NULL;
  TpoDevice *device = tpo_device_open (&options, &error);
  TpoModel *model = tpo_model_open (device, paths->model, NULL, NULL, NULL, &error);
  g_autoptr (TpoVideo) video = tpo_video_open (paths->video, NULL, NULL, &error);
  TpoSession *session = tpo_session_new (model, video);
  guint64 before, after, device_before, device_after;

  g_assert_no_error (error);
  before = follow (device, session, 0, SHORT, &device_before);
  after = follow (device, session, SHORT, LONG, &device_after);
  g_test_message ("%.1f MB after %d frames, %.1f MB after %d", (double) before / 1e6, SHORT,
                  (double) after / 1e6, LONG);
  g_assert_cmpuint (device_after, ==, device_before);
  g_assert_cmpuint (after, <=, before + MAX_GROWTH);
  tpo_session_free (session);
  tpo_model_free (model);
  tpo_device_unref (device);
}

int
main (int argc, char **argv)
{
  Paths paths;

  g_test_init (&argc, &argv, NULL);
  if (argc != 3)
    g_error ("usage: models-long-track MODEL VIDEO");
  paths = (Paths){ argv[1], argv[2] };
  g_test_add_data_func ("/long-track/bounded", &paths, test_bounded);
  return g_test_run ();
}
