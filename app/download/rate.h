#pragma once

#include <glib.h>

/** TpoRate: how fast bytes come, smoothed over some seconds; zeroed before the first */
typedef struct {
  gint64 at_us; /* of the last measurement */
  guint64 done; /* bytes at that time */
  double rate;  /* bytes a second; 0 while nobody knows */
} TpoRate;

/** tpo_rate_add: @done bytes were there at @at_us, of a clock that only goes forward */
void tpo_rate_add (TpoRate *self, guint64 done, gint64 at_us);

/** tpo_rate_left_us: how long @left bytes will take, or -1 while nobody knows */
gint64 tpo_rate_left_us (const TpoRate *self, guint64 left);
