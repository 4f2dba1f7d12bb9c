#pragma once

#include <glib.h>

#include "store/tpo-store-annotations.h"
#include "store/tpo-store-conversations.h"
#include "store/tpo-store-labels.h"
#include "store/tpo-store-predictions.h"
#include "store/tpo-store-private.h"
#include "store/tpo-store-questions.h"
#include "store/tpo-store-videos.h"

/* A project in a folder of its own, which goes away with it. */
typedef struct {
  char *folder;
  char *path;
  TpoStore *store; /* open for writing */
} Fixture;

void fixture_set_up (Fixture *self, gconstpointer data);
void fixture_tear_down (Fixture *self, gconstpointer data);

/* Closes and opens the project, as a restart does. */
void fixture_reopen (Fixture *self);

/* Tests that take a Fixture. */
#define FIXTURE_ADD(path, func) \
  g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

/* A clip of 640 × 360 with ten frames at uneven times, 1.1 s long. */
gint64 sample_video (TpoStore *store, const char *name);

/* A question with its answer; *answer_id gets the latter. */
void sample_answer (TpoStore *store, gint64 video_id, const char *question, gint64 *answer_id);

/* Predictions as heads make them. */
gint64 sample_span (TpoStore *store, gint64 video_id, gint64 message_id);
gint64 sample_box_track (TpoStore *store, gint64 video_id, gint64 message_id);
gint64 sample_mask_track (TpoStore *store, gint64 video_id, gint64 message_id);

/* COCO's example mask, 5 × 4. */
TpoRle *sample_mask (void);

TpoKeyframeRecord *keyframe_new (gint64 time_us, float x0, float y0, float x1, float y1);

/* The number that a query gives, over a connection of its own. */
gint64 query_number (const char *path, const char *sql);

/* All rows of all tables but the undo journal's, as text: equal when the projects are. */
char *dump_visible (TpoStore *store, gint64 video_id);
