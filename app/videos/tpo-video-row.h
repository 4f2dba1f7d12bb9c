#pragma once

#include <gtk/gtk.h>

#include "videos/tpo-thumbnails.h"

G_BEGIN_DECLS

#define TPO_TYPE_VIDEO_ROW (tpo_video_row_get_type ())
G_DECLARE_FINAL_TYPE (TpoVideoRow, tpo_video_row, TPO, VIDEO_ROW, GtkWidget)

/**
 * TpoVideoRow:
 *
 * A video in the list: picture, name, what it has, how far it is in words, shape and colour. It is
 * drawn by itself and has no children, since a list keeps some two hundred of them and gives them
 * other videos with every word searched.
 */

/** tpo_video_row_new: asks @thumbnails, which is shared, for the pictures that it shows */
GtkWidget *tpo_video_row_new (TpoThumbnails *thumbnails);

/** tpo_video_row_set_item: @item: (nullable) */
void tpo_video_row_set_item (TpoVideoRow *self, TpoVideoItem *item);

/** tpo_video_row_get_item: Returns: (transfer none) (nullable) */
TpoVideoItem *tpo_video_row_get_item (TpoVideoRow *self);

/** tpo_video_row_set_open: whether it is the video in the window */
void tpo_video_row_set_open (TpoVideoRow *self, gboolean is_open);

/** tpo_video_row_dup_tooltip: what the row has no room for; it must have an item */
char *tpo_video_row_dup_tooltip (TpoVideoRow *self);

/** tpo_video_status_title: "In Work", for people. Returns: translated, static */
const char *tpo_video_status_title (TpoVideoStatus status);

G_END_DECLS
