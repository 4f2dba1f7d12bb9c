#pragma once

#include <gtk/gtk.h>

#include "player/tpo-player.h"

G_BEGIN_DECLS

#define TPO_TYPE_VIDEO_VIEW (tpo_video_view_get_type ())
G_DECLARE_FINAL_TYPE (TpoVideoView, tpo_video_view, TPO, VIDEO_VIEW, GtkWidget)

/**
 * TpoVideoView:
 *
 * Shows the picture of a player on black, as large as fits, with square pixels; zoom and pan on
 * top of that (Ctrl and wheel, pinch, drag with the middle button, wheel while zoomed). One
 * overlay widget covers the whole view and draws by tpo_video_view_get_picture_rect().
 *
 * Properties: "player" TpoPlayer, "overlay" GtkWidget, "zoom" double (read-only).
 * Signal "picture-rect-changed" (): the picture moved or changed its size within the view.
 */
GtkWidget *tpo_video_view_new (void);

void tpo_video_view_set_player (TpoVideoView *self, TpoPlayer *player);

/** tpo_video_view_get_player: Returns: (transfer none) (nullable) */
TpoPlayer *tpo_video_view_get_player (TpoVideoView *self);

/** tpo_video_view_set_overlay: @overlay: (nullable): gets the size of the view */
void tpo_video_view_set_overlay (TpoVideoView *self, GtkWidget *overlay);

/**
 * tpo_video_view_get_picture_rect:
 * @rect: (out): where the whole picture lies, in the view's coordinates; it reaches beyond the
 *   view while zoomed
 *
 * Normalised picture coordinates (0 … 1) times its size plus its origin are view coordinates.
 *
 * Returns: false, with an empty @rect, while there is no video
 */
gboolean tpo_video_view_get_picture_rect (TpoVideoView *self, graphene_rect_t *rect);

/** tpo_video_view_get_zoom: 1 fits the view */
double tpo_video_view_get_zoom (TpoVideoView *self);

/**
 * tpo_video_view_zoom_at:
 * @factor: multiplies the zoom, which stays within 1 … 32
 * @x: point of the view that stays where it is
 * @y: likewise
 */
void tpo_video_view_zoom_at (TpoVideoView *self, double factor, double x, double y);
void tpo_video_view_pan (TpoVideoView *self, double dx, double dy);
void tpo_video_view_reset_zoom (TpoVideoView *self);

G_END_DECLS
