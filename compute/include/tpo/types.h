#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * TpoBox: corners normalised to the picture (0 … 1), origin top left.
 */
typedef struct {
  float x0, y0, x1, y1;
} TpoBox;

/**
 * TpoSpan: half-open stretch [start_us, end_us) of presentation time with its score, 0 … 1.
 */
typedef struct {
  gint64 start_us, end_us;
  float score;
} TpoSpan;

/**
 * TpoPoint: a click on the picture, normalised (0 … 1); @is_positive is false for "not this".
 */
typedef struct {
  float x, y;
  gboolean is_positive;
} TpoPoint;

/**
 * TpoTurn: an earlier question and its answer. Task tokens in the answer are parsed.
 */
typedef struct {
  const char *question;
  const char *answer;
} TpoTurn;

G_END_DECLS
