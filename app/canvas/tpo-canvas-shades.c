#include "config.h"

#include "canvas/outline.h"
#include "canvas/tpo-canvas-private.h"
#include "compat/tpo-compat.h"
#include "labels/palette.h"

/*
 * What lies faintly below the objects while the picture rests: ghosts, that is what the model said
 * of a frame before a person corrected it, and the onion skin, that is the frame before, its
 * picture and where its objects were.
 */

static const double GHOST_OPACITY = 0.6, SKIN_OPACITY = 0.35, PICTURE_OPACITY = 0.3;

struct _TpoShade {
  TpoBox box;
  TpoRle *mask; /* nullable, owned */
  GdkRGBA color;
  double opacity;
  TpoMaskTexture texture; /* of the mask */
};

void
tpo_shade_free (TpoShade *self)
{
  g_clear_pointer (&self->mask, tpo_rle_unref);
  tpo_mask_texture_clear (&self->texture);
  g_free (self);
}

static void
add_shade (TpoCanvas *self, TpoAnnotation *annotation, const TpoBox *box, const TpoRle *mask,
           double opacity)
{
  TpoShade *shade = g_new0 (TpoShade, 1);

  shade->box = *box;
  shade->mask = mask != NULL ? tpo_rle_ref ((TpoRle *) mask) : NULL;
  shade->opacity = opacity;
  tpo_palette_rgba (tpo_annotation_get_color (annotation), &shade->color);
  g_ptr_array_add (self->shades, shade);
}

/* Only what replaced something of the model's has a ghost. */
static void
add_ghost (TpoCanvas *self, TpoAnnotation *annotation, gint64 time_us)
{
  const TpoKeyframeRecord *shown =
      tpo_track_keyframe_at (tpo_annotation_get_keyframes (annotation), time_us);
  g_autoptr (TpoKeyframeRecord) ghost = NULL;

  if (shown == NULL || shown->time_us != time_us ||
      shown->provenance != TPO_PROVENANCE_MODEL_CORRECTED)
    return;
  ghost = tpo_document_find_replaced (self->document, annotation, time_us);
  if (ghost != NULL && ghost->has_box)
    add_shade (self, annotation, &ghost->box, ghost->mask, GHOST_OPACITY);
}

static void
add_skin (TpoCanvas *self, TpoAnnotation *annotation, gint64 before_us)
{
  g_auto (TpoCanvasLook) look = { 0 };

  if (tpo_canvas_find_look (self, annotation, before_us, &look))
    add_shade (self, annotation, &look.box, look.mask, SKIN_OPACITY);
}

/* @frame: that is shown */
static void
fill (TpoCanvas *self, guint frame, gint64 time_us)
{
  TpoVideoIndex *index = tpo_document_get_index (self->document);

  for (guint i = 0; i < self->annotations->len; i++) {
    TpoAnnotation *annotation = g_ptr_array_index (self->annotations, i);

    if (self->has_ghosts && tpo_canvas_get_item (self, annotation) != NULL)
      add_ghost (self, annotation, time_us);
    if (self->has_onion_skin && frame > 0)
      add_skin (self, annotation, tpo_video_index_get_time_us (index, frame - 1));
  }
}

void
tpo_canvas_update_shades (TpoCanvas *self)
{
  gboolean is_wanted =
      (self->has_ghosts || self->has_onion_skin) && !tpo_player_get_playing (self->player);
  gint64 time_us = -1;

  if (!is_wanted || !tpo_canvas_get_time (self, &time_us))
    time_us = -1;
  if (time_us == self->shades_time_us && !self->are_shades_stale)
    return;
  self->shades_time_us = time_us;
  self->are_shades_stale = FALSE;
  if (self->shades->len > 0)
    gtk_widget_queue_draw (GTK_WIDGET (self));
  g_ptr_array_set_size (self->shades, 0);
  if (time_us < 0)
    return;
  fill (self, tpo_player_get_frame_index (self->player), time_us);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
snapshot_shade (TpoCanvas *self, TpoShade *shade, GtkSnapshot *snapshot, const TpoPlane *plane)
{
  GtkWidget *widget = GTK_WIDGET (self);
  TpoFrameRect frame = tpo_plane_place (plane, &shade->box);
  TpoOutline outline = { .color = shade->color, .width = 2.0f, .is_dashed = TRUE };

  if (shade->mask == NULL) {
    tpo_outline_append (snapshot,
                        &GRAPHENE_RECT_INIT ((float) frame.x, (float) frame.y,
                                             (float) frame.width, (float) frame.height),
                        &outline);
    return;
  }
  tpo_mask_texture_show (&shade->texture, shade->mask, plane,
                         gtk_widget_get_scale_factor (widget), &shade->color, TRUE);
  tpo_mask_texture_append (&shade->texture, widget, snapshot, plane);
}

static void
snapshot_previous (TpoCanvas *self, GtkSnapshot *snapshot, const TpoPlane *plane)
{
  GdkTexture *previous = tpo_player_get_previous (self->player);

  if (!self->has_onion_skin || previous == NULL)
    return;
  gtk_snapshot_push_opacity (snapshot, PICTURE_OPACITY);
  tpo_compat_append_texture (GTK_WIDGET (self), snapshot, previous,
                             &GRAPHENE_RECT_INIT ((float) plane->x, (float) plane->y,
                                                  (float) plane->width, (float) plane->height),
                             FALSE);
  gtk_snapshot_pop (snapshot);
}

void
tpo_canvas_snapshot_shades (TpoCanvas *self, GtkSnapshot *snapshot, const TpoPlane *plane)
{
  snapshot_previous (self, snapshot, plane);
  for (guint i = 0; i < self->shades->len; i++) {
    TpoShade *shade = g_ptr_array_index (self->shades, i);

    gtk_snapshot_push_opacity (snapshot, shade->opacity);
    snapshot_shade (self, shade, snapshot, plane);
    gtk_snapshot_pop (snapshot);
  }
}

/* ---- actions ------------------------------------------------------------------------------------ */

static void
set (TpoCanvas *self, GSimpleAction *action, GVariant *value, gboolean *field)
{
  *field = g_variant_get_boolean (value);
  g_simple_action_set_state (action, value);
  self->are_shades_stale = TRUE;
  tpo_canvas_update_shades (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
change_ghosts (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  TpoCanvas *self = user_data;

  set (self, action, value, &self->has_ghosts);
}

static void
change_onion_skin (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  TpoCanvas *self = user_data;

  set (self, action, value, &self->has_onion_skin);
  tpo_player_set_wants_previous (self->player, self->has_onion_skin);
}

static void
change_pixel_grid (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  TpoCanvas *self = user_data;

  set (self, action, value, &self->has_pixel_grid);
}

void
tpo_canvas_add_view_actions (TpoCanvas *self)
{
  static const GActionEntry entries[] = {
    { .name = "ghosts", .state = "false", .change_state = change_ghosts },
    { .name = "onion-skin", .state = "false", .change_state = change_onion_skin },
    { .name = "pixel-grid", .state = "true", .change_state = change_pixel_grid },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries,
                                   G_N_ELEMENTS (entries), self);
  self->has_pixel_grid = TRUE;
}
