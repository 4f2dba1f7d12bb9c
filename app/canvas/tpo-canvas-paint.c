#include "config.h"

#include <glib/gi18n.h>

#include "canvas/tpo-canvas-private.h"
#include "document/tpo-document-masks.h"

/*
 * Brush and eraser. A stroke paints into a mask of the displayed size of the video; the mask is
 * saved when the stroke ends.
 */

TpoAnnotation *
tpo_canvas_mask_target (TpoCanvas *self, double x, double y, gboolean takes_away)
{
  TpoAnnotation *selected = tpo_canvas_get_selected (self, TPO_ANNOTATION_MASK_TRACK), *under;
  TpoGrip grip;

  if (selected != NULL)
    return selected;
  if (!takes_away)
    return NULL;
  under = tpo_canvas_pick (self, x, y, &grip);
  return tpo_canvas_is_editable (self, under, TPO_ANNOTATION_MASK_TRACK) ? under : NULL;
}

/* From the view to pixels of the mask. */
static gboolean
to_mask (TpoCanvas *self, double *x, double *y)
{
  TpoPlane plane;

  if (!tpo_canvas_get_plane (self, &plane))
    return FALSE;
  tpo_plane_to_picture (&plane, x, y);
  *x *= self->drag.mask->width;
  *y *= self->drag.mask->height;
  return TRUE;
}

/* From a place of the mask to where the brush is now. */
static void
stroke_by (TpoCanvas *self, double from_x, double from_y)
{
  TpoDrag *drag = &self->drag;
  double across = (double) drag->sketch->width / drag->mask->width;
  double down = (double) drag->sketch->height / drag->mask->height;

  tpo_mask_stroke (drag->mask, from_x, from_y, drag->last_x, drag->last_y, self->brush_size,
                   drag->value);
  tpo_mask_stroke (drag->sketch, from_x * across, from_y * down, drag->last_x * across,
                   drag->last_y * down, self->brush_size * across, drag->value);
  self->is_paint_stale = TRUE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* Of a large picture the whole mask would take longer to show than a frame lasts. @before:
 * (nullable). Returns: (transfer full) */
static TpoMask *
make_sketch (TpoCanvas *self, const TpoMask *mask, const TpoRle *before)
{
  guint reduction = 1;
  TpoPlane plane;

  if (tpo_canvas_get_plane (self, &plane))
    reduction = tpo_mask_reduction (before != NULL ? before->width : mask->width, &plane,
                                    gtk_widget_get_scale_factor (GTK_WIDGET (self)));
  return before != NULL ? tpo_mask_new_small (before, reduction)
                        : tpo_mask_new (MAX (mask->width / reduction, 1),
                                        MAX (mask->height / reduction, 1), NULL);
}

void
tpo_canvas_begin_stroke (TpoCanvas *self, double x, double y)
{
  const TpoVideoInfo *info = tpo_canvas_get_info (self);
  gboolean erases = self->tool == TPO_TOOL_ERASER;
  TpoAnnotation *target = tpo_canvas_mask_target (self, x, y, erases);
  g_autoptr (TpoRle) before = NULL;

  gtk_widget_grab_focus (GTK_WIDGET (self));
  tpo_player_set_playing (self->player, FALSE);
  if (target != NULL)
    before = tpo_document_get_mask (self->document, target, self->drag.time_us);
  if (erases && before == NULL) {
    tpo_document_toast (self->document, _ ("There is no mask here to erase"));
    return;
  }
  self->drag.kind = TPO_DRAG_STROKE;
  self->drag.annotation = target != NULL ? g_object_ref (target) : NULL;
  self->drag.mask = tpo_mask_new (info->display_width, info->display_height, before);
  self->drag.sketch = make_sketch (self, self->drag.mask, before);
  self->drag.value = !erases;
  self->drag.last_x = x;
  self->drag.last_y = y;
  to_mask (self, &self->drag.last_x, &self->drag.last_y);
  stroke_by (self, self->drag.last_x, self->drag.last_y);
}

void
tpo_canvas_stroke_to (TpoCanvas *self, double x, double y)
{
  TpoDrag *drag = &self->drag;

  double from_x = drag->last_x, from_y = drag->last_y;

  if (to_mask (self, &x, &y) &&
      tpo_string_pull (&drag->last_x, &drag->last_y, x, y, self->smoothing))
    stroke_by (self, from_x, from_y);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
tpo_canvas_end_stroke (TpoCanvas *self)
{
  g_autoptr (TpoRle) mask = tpo_mask_to_rle (self->drag.mask);
  g_autoptr (TpoAnnotation) target = g_steal_pointer (&self->drag.annotation);
  gint64 time_us = self->drag.time_us;

  tpo_canvas_clear_drag (self);
  tpo_document_set_mask (self->document, target, time_us, mask);
  if (target != NULL)
    tpo_document_select (self->document, target);
  tpo_canvas_update (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
