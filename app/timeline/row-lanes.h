#pragma once

#include "document/tpo-annotation-list.h"

/**
 * TpoLane: annotations that follow each other in time without overlap, as far as there are lanes enough
 */
typedef struct {
  GPtrArray *items; /* TpoAnnotation, borrowed, by start */
  GArray *reach;    /* [items->len] gint64: where the latest of the items up to each ends */
  gint64 end_us;    /* where the latest of all ends */
} TpoLane;

/**
 * TpoRun: a stretch of annotations too short to be told apart
 */
typedef struct {
  guint lane;
  gint64 start_us, end_us;
  guint32 rgb; /* colour of the first */
} TpoRun;

/** tpo_lanes_new: Returns: (transfer full) (element-type TpoLane): none yet */
GPtrArray *tpo_lanes_new (void);

/**
 * tpo_lanes_add:
 * @annotation: from @start_us to @end_us; starts no earlier than those before; must outlive the lanes
 *
 * Puts it into the first lane that is free at its start. Beyond 64 lanes they overlap in the last one.
 */
void tpo_lanes_add (GPtrArray *lanes, TpoAnnotation *annotation, gint64 start_us,
                    gint64 end_us);

/** TpoSight: what of a row is looked at */
typedef struct {
  gint64 from_us, to_us; /* the stretch */
  gint64 pixel_us;       /* what the eye can resolve */
  gint64 least_us;       /* what is shorter is not told apart */
  int y0, y1;            /* pixels from the row's top */
} TpoSight;

/**
 * tpo_lane_collect:
 * @number: of the lane
 * @wide: (element-type TpoAnnotation): those long enough are added, borrowed
 * @runs: (element-type TpoRun): the shorter ones, in few pieces
 *
 * Takes time by what it finds and by the stretch in pixels, not by the number of annotations.
 */
void tpo_lane_collect (const TpoLane *self, guint number, const TpoSight *sight,
                       GPtrArray *wide, GArray *runs);

/**
 * tpo_lane_add_all: appends those that meet [@from_us, @to_us) to @found, with a reference if that
 * frees its elements
 */
void tpo_lane_add_all (const TpoLane *self, gint64 from_us, gint64 to_us, GPtrArray *found);

/** tpo_lanes_find: the lane that @annotation is in */
guint tpo_lanes_find (GPtrArray *lanes, TpoAnnotation *annotation);

/**
 * tpo_lanes_get_place: how many come before @annotation, lane by lane and each from its start: the
 * order in which the keyboard goes through them
 */
guint tpo_lanes_get_place (GPtrArray *lanes, TpoAnnotation *annotation);

/** tpo_lanes_get: the one at that place. Returns: (transfer none) (nullable): none so far on */
TpoAnnotation *tpo_lanes_get (GPtrArray *lanes, guint place);

/**
 * tpo_edges_snap:
 * @edges: (element-type gint64): where annotations start and end, ascending
 * @own: two edges of what is being moved, which do not count unless others have them too
 *
 * Returns: the edge nearest to @time_us at most @reach_us away, or @time_us
 */
gint64 tpo_edges_snap (GArray *edges, gint64 time_us, const gint64 own[2], gint64 reach_us);

/** tpo_edges_next: the nearest edge after, or before, @time_us; -1 when there is none */
gint64 tpo_edges_next (GArray *edges, gint64 time_us, gboolean forward);
