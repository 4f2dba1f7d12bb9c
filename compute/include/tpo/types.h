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
 * TpoTask: what an answer can call for besides words
 */
typedef enum {
  TPO_TASK_NONE,
  TPO_TASK_REGION,
  TPO_TASK_TEMPORAL,
  TPO_TASK_MASK,
  TPO_TASK_COUNT
} TpoTask;

/** tpo_task_name: "none", "region", "temporal" or "mask" */
const char *tpo_task_name (TpoTask task);

/** tpo_task_from_name: @name: (nullable). Returns: %TPO_TASK_NONE of any other name */
TpoTask tpo_task_from_name (const char *name);

/**
 * TpoTurn: an earlier question and its answer. Task tokens in the answer are parsed.
 */
typedef struct {
  const char *question;
  const char *answer;
  TpoTask task;      /* that the answer called for: its tokens are put behind @answer */
  const TpoBox *box; /* (nullable): stands for each "<track_box>" of @question */
} TpoTurn;

G_END_DECLS
