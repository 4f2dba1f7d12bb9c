#pragma once

#include <adwaita.h>

#include "document/tpo-document.h"

G_BEGIN_DECLS

#define TPO_TYPE_VIDEOS_PAGE (tpo_videos_page_get_type ())
G_DECLARE_FINAL_TYPE (TpoVideosPage, tpo_videos_page, TPO, VIDEOS_PAGE, AdwBin)

/**
 * TpoVideosPage:
 *
 * The side bar's list of the project's videos: searched, sorted, added to and opened from.
 *
 * Signals: "open-video" (string): the address of a video to be opened; its file may be missing;
 * "notice" (string, boolean): a sentence to show for a moment, and whether with an Undo button;
 * "steps-changed": see tpo_videos_page_can_step().
 */

/**
 * tpo_videos_page_new:
 * @settings: of tpo_settings_new(): order and choice of videos are remembered; a search is not,
 *   since a list in which something is missing for no reason in sight puzzles
 */
GtkWidget *tpo_videos_page_new (TpoDocument *document, GSettings *settings);

/**
 * tpo_videos_page_get_selected: Returns: (transfer full) (element-type gint64): ids of the selected
 * videos, as listed
 */
GArray *tpo_videos_page_get_selected (TpoVideosPage *self);

/** tpo_videos_page_add: indexes files and folders in the background. @files: (element-type GFile) */
void tpo_videos_page_add (TpoVideosPage *self, GPtrArray *files);

/**
 * tpo_videos_page_step: to the video before (-1) or after (1) the open one in the list as it is
 * searched and sorted, if there is one: emits "open-video"
 */
void tpo_videos_page_step (TpoVideosPage *self, int step);

/** tpo_videos_page_can_step: Returns: whether there is one; "steps-changed" says that it changed */
gboolean tpo_videos_page_can_step (TpoVideosPage *self, int step);

/** tpo_videos_page_toggle_reviewed: marks the open video as reviewed, or takes that back */
void tpo_videos_page_toggle_reviewed (TpoVideosPage *self);

/**
 * tpo_videos_page_offer_location: asks where the file of a video is that could not be opened
 *
 * Returns: whether @uri is a video of the project whose file is gone; else nothing is asked
 */
gboolean tpo_videos_page_offer_location (TpoVideosPage *self, const char *uri);

G_END_DECLS
