#include "config.h"

#include "timeline/row-lanes.h"

static const guint MAX_LANES = 64;

static const TpoAnnotationRecord *
record_at (const TpoLane *self, guint i)
{
  return tpo_annotation_get_record (g_ptr_array_index (self->items, i));
}

static gint64
reach_at (const TpoLane *self, guint i)
{
  return g_array_index (self->reach, gint64, i);
}

static TpoLane *
lane_new (void)
{
  TpoLane *self = g_new (TpoLane, 1);

  self->items = g_ptr_array_new ();
  self->reach = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->end_us = G_MININT64;
  return self;
}

static void
lane_free (TpoLane *self)
{
  g_ptr_array_unref (self->items);
  g_array_unref (self->reach);
  g_free (self);
}

GPtrArray *
tpo_lanes_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) lane_free);
}

void
tpo_lanes_add (GPtrArray *lanes, TpoAnnotation *annotation, gint64 start_us, gint64 end_us)
{
  TpoLane *lane;
  guint k = 0;

  while (k < lanes->len && ((TpoLane *) g_ptr_array_index (lanes, k))->end_us > start_us)
    k++;
  if (k == lanes->len && k < MAX_LANES)
    g_ptr_array_add (lanes, lane_new ());
  lane = g_ptr_array_index (lanes, MIN (k, MAX_LANES - 1));
  lane->end_us = MAX (lane->end_us, end_us);
  g_ptr_array_add (lane->items, annotation);
  g_array_append_val (lane->reach, lane->end_us);
}

/* How many items start before @time_us. */
static guint
n_started (const TpoLane *self, gint64 time_us)
{
  guint low = 0, high = self->items->len;

  while (low < high) {
    guint middle = low + (high - low) / 2;

    if (record_at (self, middle)->start_us < time_us)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* How many items at the front have all ended at @time_us. */
static guint
n_ended (const TpoLane *self, gint64 time_us)
{
  guint low = 0, high = self->items->len;

  while (low < high) {
    guint middle = low + (high - low) / 2;

    if (reach_at (self, middle) <= time_us)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* The run at the end of @runs grows over item @i, or another begins. Returns: the next item worth a look */
static guint
add_to_runs (const TpoLane *self, guint number, guint i, gint64 pixel_us, GArray *runs)
{
  const TpoAnnotationRecord *record = record_at (self, i);
  TpoRun *last = runs->len > 0 ? &g_array_index (runs, TpoRun, runs->len - 1) : NULL;
  gint64 end_us = MAX (record->end_us, record->start_us + pixel_us);
  guint next;

  if (last != NULL && last->lane == number && record->start_us <= last->end_us + pixel_us) {
    last->end_us = MAX (last->end_us, end_us);
  } else {
    TpoRun run = { number, record->start_us, end_us,
                   tpo_annotation_get_color (g_ptr_array_index (self->items, i)) };

    g_array_append_val (runs, run);
  }
  /* All that starts within the pixel is hidden in it, but the last of them may be long. */
  next = n_started (self, end_us);
  return MAX (i + 1, next > 0 ? next - 1 : 0);
}

void
tpo_lane_collect (const TpoLane *self, guint number, const TpoSight *sight, GPtrArray *wide,
                  GArray *runs)
{
  guint i;

  g_return_if_fail (self != NULL && sight != NULL && sight->pixel_us > 0);

  i = n_ended (self, sight->from_us);
  while (i < self->items->len) {
    const TpoAnnotationRecord *record = record_at (self, i);

    if (record->start_us >= sight->to_us)
      break;
    if (record->end_us <= sight->from_us) {
      i++;
    } else if (record->end_us - record->start_us >= sight->least_us) {
      g_ptr_array_add (wide, g_ptr_array_index (self->items, i));
      i++;
    } else {
      i = add_to_runs (self, number, i, sight->pixel_us, runs);
    }
  }
}

void
tpo_lane_add_all (const TpoLane *self, gint64 from_us, gint64 to_us, GPtrArray *found)
{
  for (guint i = n_ended (self, from_us); i < self->items->len; i++) {
    if (record_at (self, i)->start_us >= to_us)
      break;
    if (record_at (self, i)->end_us > from_us)
      g_ptr_array_add (found, g_ptr_array_index (self->items, i));
  }
}

/* @in_lane: (out): its number there. Returns: the lane; 0 if @annotation is in none */
static guint
find (GPtrArray *lanes, TpoAnnotation *annotation, guint *in_lane)
{
  const TpoAnnotationRecord *record = tpo_annotation_get_record (annotation);

  for (guint k = 0; k < lanes->len; k++) {
    const TpoLane *lane = g_ptr_array_index (lanes, k);

    for (guint i = n_started (lane, record->start_us); i < lane->items->len; i++) {
      if (record_at (lane, i)->start_us != record->start_us)
        break;
      *in_lane = i;
      if (g_ptr_array_index (lane->items, i) == annotation)
        return k;
    }
  }
  *in_lane = 0;
  return 0;
}

guint
tpo_lanes_find (GPtrArray *lanes, TpoAnnotation *annotation)
{
  guint in_lane;

  return find (lanes, annotation, &in_lane);
}

guint
tpo_lanes_get_place (GPtrArray *lanes, TpoAnnotation *annotation)
{
  guint in_lane, lane = find (lanes, annotation, &in_lane);

  for (guint k = 0; k < lane; k++)
    in_lane += ((TpoLane *) g_ptr_array_index (lanes, k))->items->len;
  return in_lane;
}

TpoAnnotation *
tpo_lanes_get (GPtrArray *lanes, guint place)
{
  for (guint k = 0; k < lanes->len; k++) {
    const TpoLane *lane = g_ptr_array_index (lanes, k);

    if (place < lane->items->len)
      return g_ptr_array_index (lane->items, place);
    place -= lane->items->len;
  }
  return NULL;
}

/* ---- edges ------------------------------------------------------------------------------------------- */

/* How many edges lie before @time_us. */
static guint
n_before (GArray *edges, gint64 time_us)
{
  guint low = 0, high = edges->len;

  while (low < high) {
    guint middle = low + (high - low) / 2;

    if (g_array_index (edges, gint64, middle) < time_us)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static gboolean
is_foreign (GArray *edges, gint64 edge_us, const gint64 own[2])
{
  guint n = n_before (edges, edge_us + 1) - n_before (edges, edge_us);

  return n > (guint) (edge_us == own[0]) + (guint) (edge_us == own[1]);
}

gint64
tpo_edges_snap (GArray *edges, gint64 time_us, const gint64 own[2], gint64 reach_us)
{
  gint64 best_us = time_us, best_away = reach_us + 1;
  guint i = n_before (edges, time_us - reach_us);

  while (i < edges->len) {
    gint64 edge_us = g_array_index (edges, gint64, i);
    gint64 away = ABS (edge_us - time_us);

    if (edge_us > time_us + reach_us)
      break;
    if (away < best_away && is_foreign (edges, edge_us, own)) {
      best_away = away;
      best_us = edge_us;
    }
    i = n_before (edges, edge_us + 1);
  }
  return best_us;
}

gint64
tpo_edges_next (GArray *edges, gint64 time_us, gboolean forward)
{
  guint i = n_before (edges, forward ? time_us + 1 : time_us);

  if (forward)
    return i < edges->len ? g_array_index (edges, gint64, i) : -1;
  return i > 0 ? g_array_index (edges, gint64, i - 1) : -1;
}
