#include "config.h"

#include "timeline/tpo-timeline-model.h"

#include <math.h>

static const double MIN_US_PER_PX = 200.0;        /* a frame of 60 a second is 80 pixels wide */
static const int USUAL_SHARE = 4, MOST_SHARE = 2; /* of the room: one part is the titles' */
static const double MARGIN_PX = 6.0; /* so that the ends of the video can be grabbed */

struct _TpoTimelineModel {
  GObject parent_instance;

  gint64 duration_us;
  int room, least_titles, usual_titles, long_titles, chosen_titles; /* pixels */
  int titles, width; /* what follows from them: of the titles, of the tracks */
  double start_us;   /* at x = 0; below 0 by the margin when fitted */
  double us_per_px;
  gboolean is_fitted;
};

G_DEFINE_FINAL_TYPE (TpoTimelineModel, tpo_timeline_model, G_TYPE_OBJECT)

enum {
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
tpo_timeline_model_class_init (TpoTimelineModelClass *klass)
{
  signals[CHANGED] = g_signal_new ("changed", TPO_TYPE_TIMELINE_MODEL, G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
tpo_timeline_model_init (TpoTimelineModel *self)
{
  self->us_per_px = 1e4;
  self->is_fitted = TRUE;
}

TpoTimelineModel *
tpo_timeline_model_new (void)
{
  return g_object_new (TPO_TYPE_TIMELINE_MODEL, NULL);
}

static double
fitted_us_per_px (TpoTimelineModel *self)
{
  double width = MAX (1.0, self->width - 2.0 * MARGIN_PX);

  return MAX (MIN_US_PER_PX, (double) self->duration_us / width);
}

/* Keeps the visible stretch inside the video and tells. */
static void
settle (TpoTimelineModel *self)
{
  double fitted = fitted_us_per_px (self);
  double last;

  if (self->is_fitted || self->us_per_px >= fitted) {
    self->us_per_px = fitted;
    self->is_fitted = TRUE;
  }
  last = (double) self->duration_us - (self->width - MARGIN_PX) * self->us_per_px;
  self->start_us = MIN (self->start_us, last);
  self->start_us = MAX (self->start_us, -MARGIN_PX * self->us_per_px);
  g_signal_emit (self, signals[CHANGED], 0);
}

void
tpo_timeline_model_set_duration (TpoTimelineModel *self, gint64 duration_us)
{
  g_return_if_fail (TPO_IS_TIMELINE_MODEL (self));

  self->duration_us = MAX (1, duration_us);
  self->is_fitted = TRUE;
  settle (self);
}

gint64
tpo_timeline_model_get_duration (TpoTimelineModel *self)
{
  g_return_val_if_fail (TPO_IS_TIMELINE_MODEL (self), 0);

  return self->duration_us;
}

int
tpo_timeline_model_get_most_titles (TpoTimelineModel *self)
{
  g_return_val_if_fail (TPO_IS_TIMELINE_MODEL (self), 0);

  return MAX (self->least_titles, self->room / MOST_SHARE);
}

static void
share_out (TpoTimelineModel *self)
{
  int titles = CLAMP (self->room / USUAL_SHARE, self->usual_titles, self->long_titles), width;

  if (self->chosen_titles > 0)
    titles = self->chosen_titles;
  titles = CLAMP (titles, self->least_titles, tpo_timeline_model_get_most_titles (self));
  width = MAX (1, self->room - titles);
  if (titles == self->titles && width == self->width)
    return;
  self->titles = titles;
  self->width = width;
  settle (self);
}

void
tpo_timeline_model_set_room (TpoTimelineModel *self, int width, int least_titles,
                             int usual_titles, int long_titles)
{
  g_return_if_fail (TPO_IS_TIMELINE_MODEL (self));
  g_return_if_fail (least_titles >= 0 && usual_titles <= long_titles);

  self->room = width;
  self->least_titles = least_titles;
  self->usual_titles = usual_titles;
  self->long_titles = long_titles;
  share_out (self);
}

void
tpo_timeline_model_choose_titles (TpoTimelineModel *self, int width)
{
  g_return_if_fail (TPO_IS_TIMELINE_MODEL (self) && width >= 0);

  self->chosen_titles = width;
  share_out (self);
}

int
tpo_timeline_model_get_chosen_titles (TpoTimelineModel *self)
{
  g_return_val_if_fail (TPO_IS_TIMELINE_MODEL (self), 0);

  return self->chosen_titles;
}

int
tpo_timeline_model_get_titles (TpoTimelineModel *self)
{
  g_return_val_if_fail (TPO_IS_TIMELINE_MODEL (self), 0);

  return self->titles;
}

int
tpo_timeline_model_get_width (TpoTimelineModel *self)
{
  g_return_val_if_fail (TPO_IS_TIMELINE_MODEL (self), 0);

  return self->width;
}

double
tpo_timeline_model_time_to_x (TpoTimelineModel *self, gint64 time_us)
{
  g_return_val_if_fail (TPO_IS_TIMELINE_MODEL (self), 0.0);

  return ((double) time_us - self->start_us) / self->us_per_px;
}

gint64
tpo_timeline_model_x_to_time (TpoTimelineModel *self, double x)
{
  double time_us;

  g_return_val_if_fail (TPO_IS_TIMELINE_MODEL (self), 0);

  time_us = self->start_us + x * self->us_per_px;
  return (gint64) CLAMP (time_us, 0.0, (double) self->duration_us);
}

double
tpo_timeline_model_get_us_per_px (TpoTimelineModel *self)
{
  g_return_val_if_fail (TPO_IS_TIMELINE_MODEL (self), 1.0);

  return self->us_per_px;
}

gint64
tpo_timeline_model_get_start (TpoTimelineModel *self)
{
  return tpo_timeline_model_x_to_time (self, 0.0);
}

gint64
tpo_timeline_model_get_end (TpoTimelineModel *self)
{
  g_return_val_if_fail (TPO_IS_TIMELINE_MODEL (self), 0);

  return tpo_timeline_model_x_to_time (self, self->width);
}

void
tpo_timeline_model_zoom (TpoTimelineModel *self, double factor, double x)
{
  double time_us;

  g_return_if_fail (TPO_IS_TIMELINE_MODEL (self) && factor > 0.0);

  time_us = self->start_us + x * self->us_per_px;
  self->us_per_px = MAX (MIN_US_PER_PX, self->us_per_px / factor);
  self->start_us = time_us - x * self->us_per_px;
  self->is_fitted = FALSE;
  settle (self);
}

void
tpo_timeline_model_scroll (TpoTimelineModel *self, double dx)
{
  g_return_if_fail (TPO_IS_TIMELINE_MODEL (self));

  self->start_us += dx * self->us_per_px;
  settle (self);
}

void
tpo_timeline_model_fit (TpoTimelineModel *self)
{
  g_return_if_fail (TPO_IS_TIMELINE_MODEL (self));

  self->is_fitted = TRUE;
  settle (self);
}

void
tpo_timeline_model_reveal (TpoTimelineModel *self, gint64 time_us)
{
  double x;

  g_return_if_fail (TPO_IS_TIMELINE_MODEL (self));

  x = tpo_timeline_model_time_to_x (self, time_us);
  if (x >= 0.0 && x <= self->width)
    return;
  self->start_us = (double) time_us - 0.1 * self->width * self->us_per_px;
  settle (self);
}

gint64
tpo_timeline_model_tick (TpoTimelineModel *self, double min_px)
{
  static const gint64 rounds_ms[] = { 10,      20,      50,      100,    200,    500,
                                      1000,    2000,    5000,    10000,  15000,  30000,
                                      60000,   120000,  300000,  600000, 900000, 1800000,
                                      3600000, 7200000, 14400000 };
  double least_us;

  g_return_val_if_fail (TPO_IS_TIMELINE_MODEL (self), G_USEC_PER_SEC);

  least_us = min_px * self->us_per_px;
  for (gsize i = 0; i < G_N_ELEMENTS (rounds_ms); i++) {
    if ((double) rounds_ms[i] * 1000.0 >= least_us)
      return rounds_ms[i] * 1000;
  }
  return (gint64) (ceil (least_us / (3600.0 * G_USEC_PER_SEC)) * 3600.0) * G_USEC_PER_SEC;
}
