#include "download/rate.h"

#include <math.h>

static const double SMOOTHED_OVER_S = 5.0;

void
tpo_rate_add (TpoRate *self, guint64 done, gint64 at_us)
{
  double seconds = (double) (at_us - self->at_us) / 1e6;
  double now, weight;

  /* The first one, or a file that begins anew, only says where it starts. */
  if (self->at_us == 0 || done < self->done || seconds <= 0.0) {
    *self = (TpoRate){ .at_us = at_us, .done = done, .rate = self->rate };
    return;
  }
  now = (double) (done - self->done) / seconds;
  weight = self->rate > 0.0 ? 1.0 - exp (-seconds / SMOOTHED_OVER_S) : 1.0;
  *self = (TpoRate){ .at_us = at_us,
                     .done = done,
                     .rate = self->rate + weight * (now - self->rate) };
}

gint64
tpo_rate_left_us (const TpoRate *self, guint64 left)
{
  return self->rate >= 1.0 ? (gint64) (1e6 * (double) left / self->rate) : -1;
}
