#pragma once

#include "timeline/row-lanes.h"

G_BEGIN_DECLS

#define TPO_TYPE_TIMELINE_ROWS (tpo_timeline_rows_get_type ())
G_DECLARE_FINAL_TYPE (TpoTimelineRows, tpo_timeline_rows, TPO, TIMELINE_ROWS, GObject)

/**
 * TpoRow: what shares a row: the spans of a label or, without one, of a query; a track has a row of its own
 *
 * Reference-counted; what it says is right until the next "changed". Once nothing is left in it, it
 * is no row any more.
 */
typedef struct {
  char *key;        /* what its annotations share */
  gint64 first_id;  /* rows are in the order of making */
  GPtrArray *items; /* TpoAnnotation by start */
  GPtrArray *lanes; /* TpoLane */
  guint n_locked, n_hidden;
  gboolean is_collapsed; /* all lanes in the height of one */
  int curve_px;          /* room for a highlight curve at its bottom, part of @height */
  guint index;           /* among the rows */
  int y, height;         /* pixels, from the top of all rows */
  gboolean is_stale;     /* items and lanes are not in order now */
  gboolean has_gone;     /* so that some of the items are in the row no more */
} TpoRow;

TpoRow *tpo_row_ref (const TpoRow *self);
void tpo_row_unref (TpoRow *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoRow, tpo_row_unref)

/**
 * TpoTimelineRows:
 *
 * The rows of a timeline, top to bottom, kept up with a list of annotations. No widgets. Emits
 * "changed" at once when something changed, and ten times a second while thousands do; what changed
 * is worked out when it is asked for.
 */

TpoTimelineRows *tpo_timeline_rows_new (TpoAnnotationList *annotations);

/** tpo_timeline_rows_set_metrics: @row_px: of a row with one lane; @lane_px: of each further lane */
void tpo_timeline_rows_set_metrics (TpoTimelineRows *self, int row_px, int lane_px);

guint tpo_timeline_rows_get_n (TpoTimelineRows *self);
const TpoRow *tpo_timeline_rows_get (TpoTimelineRows *self, guint index);

/** tpo_timeline_rows_get_height: of all rows together */
int tpo_timeline_rows_get_height (TpoTimelineRows *self);

/**
 * tpo_timeline_rows_find_y: the row at @y; the nearest one above the first and below the last.
 * Returns: (nullable)
 */
const TpoRow *tpo_timeline_rows_find_y (TpoTimelineRows *self, int y);

/** tpo_timeline_rows_find: the row that @annotation is in. Returns: (nullable) */
const TpoRow *tpo_timeline_rows_find (TpoTimelineRows *self, TpoAnnotation *annotation);

void tpo_timeline_rows_set_collapsed (TpoTimelineRows *self, const TpoRow *row,
                                      gboolean is_collapsed);

/**
 * tpo_timeline_rows_set_curve: whose highlight curve is being edited, below its row's lanes.
 * @annotation: (nullable)
 */
void tpo_timeline_rows_set_curve (TpoTimelineRows *self, TpoAnnotation *annotation,
                                  int curve_px);

/** tpo_timeline_rows_get_curve: Returns: (transfer none) (nullable) */
TpoAnnotation *tpo_timeline_rows_get_curve (TpoTimelineRows *self);

/** tpo_timeline_rows_get_lane: where a lane is. @y: (out): from the row's top; @height: (out) */
void tpo_timeline_rows_get_lane (TpoTimelineRows *self, const TpoRow *row, guint lane, int *y,
                                 int *height);

/** tpo_timeline_rows_collect: what of @row's lanes is in sight, see tpo_lane_collect() */
void tpo_timeline_rows_collect (TpoTimelineRows *self, const TpoRow *row, const TpoSight *sight,
                                GPtrArray *wide, GArray *runs);

/**
 * tpo_timeline_rows_pick: what is at that time and @y pixels below the row's top. Returns:
 * (transfer none) (nullable)
 */
TpoAnnotation *tpo_timeline_rows_pick (TpoTimelineRows *self, const TpoRow *row, gint64 from_us,
                                       gint64 to_us, int y);

/**
 * tpo_timeline_rows_pick_area: what meets a rectangle. Returns: (transfer full) (element-type
 * TpoAnnotation)
 */
GPtrArray *tpo_timeline_rows_pick_area (TpoTimelineRows *self, int y0, int y1, gint64 from_us,
                                        gint64 to_us);

/**
 * tpo_timeline_rows_list_between:
 * @from: (nullable)
 *
 * Returns: (transfer full) (element-type TpoAnnotation): @to and, where they share a row, @from and
 * all between them;
 *   @to comes last
 */
GPtrArray *tpo_timeline_rows_list_between (TpoTimelineRows *self, TpoAnnotation *from,
                                           TpoAnnotation *to);

/**
 * tpo_timeline_rows_next_in_row: the one of its row that starts next after it. Returns: (transfer
 * none) (nullable)
 */
TpoAnnotation *tpo_timeline_rows_next_in_row (TpoTimelineRows *self, TpoAnnotation *annotation);

/**
 * tpo_timeline_rows_find_touching: @at_end: another span of the row that starts where this one
 *   ends, else one that ends where this one starts
 *
 * Returns: (transfer none) (nullable)
 */
TpoAnnotation *tpo_timeline_rows_find_touching (TpoTimelineRows *self,
                                                TpoAnnotation *annotation, gboolean at_end);

/**
 * tpo_timeline_rows_get_edges: where annotations start and end. Returns: (transfer none)
 * (element-type gint64): ascending
 */
GArray *tpo_timeline_rows_get_edges (TpoTimelineRows *self);

G_END_DECLS
