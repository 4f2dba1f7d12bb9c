#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define TPO_TYPE_TIMELINE_MODEL (tpo_timeline_model_get_type ())
G_DECLARE_FINAL_TYPE (TpoTimelineModel, tpo_timeline_model, TPO, TIMELINE_MODEL, GObject)

/**
 * TpoTimelineModel:
 *
 * Which stretch of the video the timeline shows, and where: ruler, rows and cursor map time to
 * pixels by it. No widgets. Emits "changed" when the mapping did. Times are microseconds; x counts
 * pixels from the left end of the tracks' area, which follows the titles of the rows.
 */
TpoTimelineModel *tpo_timeline_model_new (void);

void tpo_timeline_model_set_duration (TpoTimelineModel *self, gint64 duration_us);
gint64 tpo_timeline_model_get_duration (TpoTimelineModel *self);

/**
 * tpo_timeline_model_set_room:
 * @width: of titles and tracks together, in pixels
 * @least_titles: what the titles cannot do without
 * @usual_titles: what they should have
 * @long_titles: what they need no more than
 *
 * The titles get what was chosen for them, or else a quarter, at least what is usual and at most
 * what they need; never more than half. The whole video stays fitted to the rest until somebody
 * zooms.
 */
void tpo_timeline_model_set_room (TpoTimelineModel *self, int width, int least_titles,
                                  int usual_titles, int long_titles);

/** tpo_timeline_model_choose_titles: @width: in pixels, what the titles get where there is room; 0: by the room */
void tpo_timeline_model_choose_titles (TpoTimelineModel *self, int width);
int tpo_timeline_model_get_chosen_titles (TpoTimelineModel *self);

/**
 * tpo_timeline_model_get_titles: the width that the titles have: in a row the tracks' area begins
 * there
 */
int tpo_timeline_model_get_titles (TpoTimelineModel *self);

/** tpo_timeline_model_get_most_titles: the width that can be chosen for them at most now */
int tpo_timeline_model_get_most_titles (TpoTimelineModel *self);

/** tpo_timeline_model_get_width: of the tracks' area in pixels */
int tpo_timeline_model_get_width (TpoTimelineModel *self);

double tpo_timeline_model_time_to_x (TpoTimelineModel *self, gint64 time_us);

/** tpo_timeline_model_x_to_time: clamped to the video */
gint64 tpo_timeline_model_x_to_time (TpoTimelineModel *self, double x);

/** tpo_timeline_model_get_us_per_px: microseconds in a pixel */
double tpo_timeline_model_get_us_per_px (TpoTimelineModel *self);

gint64 tpo_timeline_model_get_start (TpoTimelineModel *self); /* of the visible stretch */
gint64 tpo_timeline_model_get_end (TpoTimelineModel *self);

/** tpo_timeline_model_zoom: @factor: above 1 shows less; the time at @x stays where it is */
void tpo_timeline_model_zoom (TpoTimelineModel *self, double factor, double x);

/** tpo_timeline_model_scroll: by pixels */
void tpo_timeline_model_scroll (TpoTimelineModel *self, double dx);

/** tpo_timeline_model_fit: shows the whole video */
void tpo_timeline_model_fit (TpoTimelineModel *self);

/** tpo_timeline_model_reveal: scrolls a page so that @time_us is visible, if it is not */
void tpo_timeline_model_reveal (TpoTimelineModel *self, gint64 time_us);

/**
 * tpo_timeline_model_tick: distance of labelled ticks, a round time of at least @min_px pixels
 */
gint64 tpo_timeline_model_tick (TpoTimelineModel *self, double min_px);

G_END_DECLS
