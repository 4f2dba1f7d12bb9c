#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TPO_TYPE_VIDEO_SELECTION (tpo_video_selection_get_type ())
G_DECLARE_FINAL_TYPE (TpoVideoSelection, tpo_video_selection, TPO, VIDEO_SELECTION, GObject)

/**
 * TpoVideoSelection:
 *
 * A GtkSelectionModel that remembers the items which are selected and not their positions: what is
 * selected stays so while a list is searched and sorted.
 */

/** tpo_video_selection_new: @model: of TpoVideoItem */
TpoVideoSelection *tpo_video_selection_new (GListModel *model);

G_END_DECLS
