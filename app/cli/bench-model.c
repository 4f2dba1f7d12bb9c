#include "config.h"

#include <tpo/session.h>

#include "cli/bench-model.h"

typedef struct {
  gint64 start_us;
  gint64 first_us; /* 0: no word yet */
} Watch;

static double
ms_since (gint64 start_us)
{
  return (double) (g_get_monotonic_time () - start_us) / 1e3;
}

static void
on_event (const TpoEvent *event, gpointer user_data)
{
  Watch *watch = user_data;

  /* A task token is a first word too: nothing is shown before it. */
  if (watch->first_us == 0 && (event->kind == TPO_EVENT_TEXT || event->kind == TPO_EVENT_TASK))
    watch->first_us = g_get_monotonic_time ();
}

static gboolean
time_question (TpoSession *session, const char *question, const char *name,
               TpoModelFigureFunc func, gpointer user_data, GError **error)
{
  const TpoAsk ask = { .question = question, .frame = -1 };
  g_autofree char *first = g_strconcat (name, ", first word", NULL);
  g_autofree char *whole = g_strconcat (name, ", answer", NULL);
  Watch watch = { .start_us = g_get_monotonic_time () };

  if (!tpo_session_ask (session, &ask, on_event, &watch, NULL, error))
    return FALSE;
  if (watch.first_us > 0)
    func (first, (double) (watch.first_us - watch.start_us) / 1e3, user_data);
  func (whole, ms_since (watch.start_us), user_data);
  return TRUE;
}

gboolean
tpo_bench_model (TpoDevice *device, const char *model, const char *video,
                 const char *const *questions, TpoModelFigureFunc func, gpointer user_data,
                 GError **error)
{
  gint64 start_us = g_get_monotonic_time ();
  g_autoptr (TpoVideo) clip = NULL;
  g_autoptr (TpoModel) opened = tpo_model_open (device, model, NULL, NULL, NULL, error);
  g_autoptr (TpoSession) session = NULL;

  if (opened == NULL)
    return FALSE;
  func ("open the model", ms_since (start_us), user_data);
  start_us = g_get_monotonic_time ();
  clip = tpo_video_open (video, NULL, NULL, error);
  if (clip == NULL)
    return FALSE;
  func ("open the video", ms_since (start_us), user_data);
  session = tpo_session_new (opened, clip);
  for (guint i = 0; questions[i] != NULL; i++) {
    g_autofree char *name = g_strdup_printf ("question %u", i + 1);
    g_autofree char *again = g_strdup_printf ("question %u again", i + 1);

    if (!time_question (session, questions[i], name, func, user_data, error) ||
        !time_question (session, questions[i], again, func, user_data, error))
      return FALSE;
  }
  return TRUE;
}
