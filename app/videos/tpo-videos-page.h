#pragma once

#include <adwaita.h>

#include "document/tpo-document.h"

G_BEGIN_DECLS

#define TPO_TYPE_VIDEOS_PAGE (tpo_videos_page_get_type ())
G_DECLARE_FINAL_TYPE (TpoVideosPage, tpo_videos_page, TPO, VIDEOS_PAGE, AdwBin)

/**
 * TpoVideosPage:
 *
 * The side bar's list of the project's videos.
 *
 * Signals: "open-video" (string): the address of a video to be opened.
 */

GtkWidget *tpo_videos_page_new (TpoDocument *document);

/** tpo_videos_page_get_selected: Returns: (transfer full) (element-type gint64): ids of the selected videos, as listed */
GArray *tpo_videos_page_get_selected (TpoVideosPage *self);

G_END_DECLS
