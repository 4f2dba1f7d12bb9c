#include <math.h>

#include "models/cgdetr/cgdetr.h"

static double
score_of (const float *logits)
{
  return 1.0 / (1.0 + exp ((double) logits[1] - logits[0]));
}

void
tpo_cgdetr_decode (const float *logits, const float *spans, guint n, double duration,
                   TpoCgdetrWindow *windows)
{
  for (guint i = 0; i < n; i++) {
    double centre = spans[2 * i], width = spans[2 * i + 1];
    TpoCgdetrWindow window = {
      .start = CLAMP ((centre - width / 2) * duration, 0.0, duration),
      .end = CLAMP ((centre + width / 2) * duration, 0.0, duration),
      .score = score_of (&logits[2 * i]),
    };
    guint place = i;

    /* Insertion keeps equal scores in query order. */
    for (; place > 0 && windows[place - 1].score < window.score; place--)
      windows[place] = windows[place - 1];
    windows[place] = window;
  }
}
