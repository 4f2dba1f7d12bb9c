#include "config.h"

#include <glib/gi18n.h>

#include "canvas/outline.h"
#include "canvas/tpo-canvas-private.h"
#include "labels/palette.h"
#include "tpo-canvas-resources.h"
#include "widgets/style.h"

static const int TAG_MARGIN = 12; /* as around the tools */
static const int TAG_SPACING = 6;
static const double GRID_SCALE = 8.0;      /* pixels of the view to one of the video */
static const int SPINNER_AWAY = 18;        /* from the pointer */
static const guint32 NEW_COLOR = 0x33d17a; /* of a mask that is no label yet */

G_DEFINE_FINAL_TYPE (TpoCanvas, tpo_canvas, GTK_TYPE_WIDGET)

gboolean
tpo_canvas_get_plane (TpoCanvas *self, TpoPlane *plane)
{
  graphene_rect_t rect;

  *plane = (TpoPlane){ 0 };
  if (self->view == NULL || !tpo_video_view_get_picture_rect (self->view, &rect))
    return FALSE;
  *plane = (TpoPlane){ rect.origin.x, rect.origin.y, rect.size.width, rect.size.height };
  return TRUE;
}

/* ---- layout ------------------------------------------------------------------------------------ */

static void
place_at (GtkWidget *child, int x, int y, int width, int height)
{
  gtk_widget_allocate (
      child, width, height, -1,
      gsk_transform_translate (NULL, &GRAPHENE_POINT_INIT ((float) x, (float) y)));
}

/* What would be cut off at the lower edge does not show. */
static void
show_tags (TpoCanvas *self, int room)
{
  int y = 0;

  for (GtkWidget *tag = gtk_widget_get_first_child (self->tags); tag != NULL;
       tag = gtk_widget_get_next_sibling (tag)) {
    GtkRequisition size;

    gtk_widget_get_preferred_size (tag, NULL, &size);
    gtk_widget_set_child_visible (tag, y + size.height <= room);
    y += size.height + TAG_SPACING;
  }
}

/* At the end of the first line, or below the tools where there is no room beside them. */
static void
place_tags (TpoCanvas *self, int width, int height)
{
  GtkRequisition size, tools = { 0, 0 };
  int y = TAG_MARGIN;

  gtk_widget_get_preferred_size (self->tags, NULL, &size);
  if (self->tools != NULL)
    gtk_widget_get_preferred_size (self->tools, NULL, &tools);
  if (tools.width + size.width + 3 * TAG_MARGIN > width)
    y += tools.height + TAG_SPACING;
  show_tags (self, height - y);
  place_at (self->tags, MAX (0, width - size.width - TAG_MARGIN), y, size.width, size.height);
}

static void
tpo_canvas_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  TpoCanvas *self = TPO_CANVAS (widget);
  GtkRequisition size;
  GHashTableIter iter;
  gpointer item;
  TpoPlane plane;

  tpo_canvas_get_plane (self, &plane);
  g_hash_table_iter_init (&iter, self->items);
  while (g_hash_table_iter_next (&iter, NULL, &item)) {
    if (gtk_widget_should_layout (item))
      tpo_canvas_item_place (item, &plane);
  }
  if (gtk_widget_should_layout (self->tags))
    place_tags (self, width, height);
  if (self->popover != NULL)
    gtk_popover_present (GTK_POPOVER (self->popover));
  if (gtk_widget_should_layout (self->spinner)) {
    gtk_widget_get_preferred_size (self->spinner, NULL, &size);
    place_at (self->spinner, (int) self->pointer_x + SPINNER_AWAY,
              (int) self->pointer_y + SPINNER_AWAY, size.width, size.height);
  }
}

static void
tpo_canvas_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                    int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = 0;
}

/* ---- drawing ----------------------------------------------------------------------------------- */

static void
snapshot_masks (TpoCanvas *self, GtkSnapshot *snapshot, const TpoPlane *plane)
{
  for (guint i = 0; i < self->shown->len; i++) {
    TpoAnnotation *annotation = g_ptr_array_index (self->shown, i);
    TpoCanvasItem *item = tpo_canvas_get_item (self, annotation);

    if (item == NULL ||
        (self->drag.kind == TPO_DRAG_STROKE && annotation == self->drag.annotation))
      continue;
    tpo_canvas_item_snapshot_mask (item, snapshot, plane);
  }
}

/* Of the video's pixels, once they are large. */
static void
snapshot_grid (TpoCanvas *self, GtkSnapshot *snapshot, const TpoPlane *plane)
{
  const TpoVideoInfo *info = tpo_canvas_get_info (self);
  GtkWidget *widget = GTK_WIDGET (self);

  if (info != NULL && self->has_pixel_grid && plane->width >= GRID_SCALE * info->display_width)
    tpo_outline_append_grid (snapshot, plane, info->display_width, info->display_height,
                             gtk_widget_get_width (widget), gtk_widget_get_height (widget));
}

static void
snapshot_stroke (TpoCanvas *self, GtkSnapshot *snapshot, const TpoPlane *plane)
{
  if (self->drag.kind != TPO_DRAG_STROKE)
    return;
  if (self->is_paint_stale) {
    GdkRGBA color;

    tpo_palette_rgba (self->drag.annotation != NULL
                          ? tpo_annotation_get_color (self->drag.annotation)
                          : NEW_COLOR,
                      &color);
    tpo_mask_texture_paint (&self->paint, self->drag.sketch, plane, &color);
    self->is_paint_stale = FALSE;
  }
  tpo_mask_texture_append (&self->paint, GTK_WIDGET (self), snapshot, plane);
}

/* Children in the order of making, the selected one above all. */
static void
snapshot_items (TpoCanvas *self, GtkSnapshot *snapshot)
{
  TpoAnnotation *selected = tpo_document_get_selected (self->document);
  TpoCanvasItem *top = selected != NULL ? tpo_canvas_get_item (self, selected) : NULL;

  for (guint i = 0; i < self->shown->len; i++) {
    TpoCanvasItem *item = tpo_canvas_get_item (self, g_ptr_array_index (self->shown, i));

    if (item != NULL && item != top)
      gtk_widget_snapshot_child (GTK_WIDGET (self), GTK_WIDGET (item), snapshot);
  }
  if (top != NULL)
    gtk_widget_snapshot_child (GTK_WIDGET (self), GTK_WIDGET (top), snapshot);
}

static void
snapshot_box (GtkSnapshot *snapshot, const TpoPlane *plane, const TpoBox *box,
              gboolean is_dashed)
{
  TpoOutline outline = { .color = { 1, 1, 1, 1 }, .width = 2.0f, .is_dashed = is_dashed };
  TpoFrameRect frame = tpo_plane_place (plane, box);

  tpo_outline_append (snapshot,
                      &GRAPHENE_RECT_INIT ((float) frame.x, (float) frame.y,
                                           (float) frame.width, (float) frame.height),
                      &outline);
}

static void
snapshot_new_box (TpoCanvas *self, GtkSnapshot *snapshot, const TpoPlane *plane)
{
  gboolean is_band = self->drag.kind == TPO_DRAG_BAND;

  if ((self->drag.kind != TPO_DRAG_NEW_BOX && self->drag.kind != TPO_DRAG_PROMPT && !is_band) ||
      !self->drag.is_moved)
    return;
  snapshot_box (snapshot, plane, &self->drag.box, is_band);
}

/* The brush, and the string on which it hangs while a stroke is smoothed. */
static void
snapshot_brush (TpoCanvas *self, GtkSnapshot *snapshot, const TpoPlane *plane,
                const TpoVideoInfo *info)
{
  double x = self->pointer_x, y = self->pointer_y;

  if (self->drag.kind == TPO_DRAG_STROKE && self->smoothing > 0) {
    x = self->drag.last_x / info->display_width;
    y = self->drag.last_y / info->display_height;
    tpo_plane_to_view (plane, &x, &y);
    tpo_outline_append_ring (snapshot, self->pointer_x, self->pointer_y, 0.0);
  }
  tpo_outline_append_ring (snapshot, x, y,
                           self->brush_size * plane->width / info->display_width);
}

static void
snapshot_tool (TpoCanvas *self, GtkSnapshot *snapshot, const TpoPlane *plane)
{
  const TpoVideoInfo *info = tpo_canvas_get_info (self);

  if (self->clicks.has_box)
    snapshot_box (snapshot, plane, &self->clicks.box, TRUE);
  for (guint i = 0; i < self->clicks.points->len; i++) {
    const TpoPoint *point = &g_array_index (self->clicks.points, TpoPoint, i);
    double x = point->x, y = point->y;

    tpo_plane_to_view (plane, &x, &y);
    tpo_outline_append_point (snapshot, x, y, point->is_positive);
  }
  if (self->tool == TPO_TOOL_POLYGON)
    tpo_canvas_snapshot_polygon (self, snapshot, plane);
  if (info != NULL && self->has_pointer &&
      (self->tool == TPO_TOOL_BRUSH || self->tool == TPO_TOOL_ERASER))
    snapshot_brush (self, snapshot, plane, info);
  if (self->is_aiming)
    tpo_outline_append_cross (snapshot, self->pointer_x, self->pointer_y);
}

static void
tpo_canvas_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  TpoCanvas *self = TPO_CANVAS (widget);
  TpoPlane plane;

  if (!tpo_canvas_get_plane (self, &plane))
    return;
  snapshot_grid (self, snapshot, &plane);
  tpo_canvas_snapshot_shades (self, snapshot, &plane);
  snapshot_masks (self, snapshot, &plane);
  snapshot_stroke (self, snapshot, &plane);
  snapshot_items (self, snapshot);
  snapshot_new_box (self, snapshot, &plane);
  snapshot_tool (self, snapshot, &plane);
  gtk_widget_snapshot_child (widget, self->tags, snapshot);
  gtk_widget_snapshot_child (widget, self->spinner, snapshot);
  if (gtk_widget_has_visible_focus (widget))
    tpo_outline_append_focus (
        snapshot, &GRAPHENE_RECT_INIT (9, 9, (float) gtk_widget_get_width (widget) - 18,
                                       (float) gtk_widget_get_height (widget) - 18));
}

/* ---- actions ------------------------------------------------------------------------------------- */

void
tpo_canvas_tool_changed (TpoCanvas *self)
{
  tpo_canvas_abort_drag (self);
  tpo_canvas_clear_clicks (self);
  tpo_canvas_clear_polygon (self);
  tpo_canvas_update_cursor (self);
  tpo_canvas_update (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
tpo_canvas_finish (TpoCanvas *self)
{
  tpo_canvas_end_nudge (self);
  tpo_canvas_clear_clicks (self);
  tpo_canvas_clear_polygon (self);
  tpo_canvas_select (self, NULL);
}

void
tpo_canvas_cancel (TpoCanvas *self)
{
  if (tpo_canvas_abort_drag (self) || tpo_canvas_clear_clicks (self) ||
      tpo_canvas_clear_polygon (self))
    return;
  if (tpo_document_get_selected (self->document) != NULL)
    tpo_canvas_select (self, NULL);
  else
    tpo_canvas_set_tool (self, TPO_TOOL_SELECT);
}

gboolean
tpo_canvas_take_back (TpoCanvas *self)
{
  g_return_val_if_fail (TPO_IS_CANVAS (self), FALSE);

  return tpo_canvas_abort_drag (self) || tpo_canvas_take_corner (self);
}

/* ---- object ---------------------------------------------------------------------------------------- */

static void
on_annotation_changed (TpoCanvas *self)
{
  self->are_shades_stale = TRUE;
  tpo_canvas_schedule_update (self);
}

static void
forget (TpoCanvas *self, TpoAnnotation *annotation)
{
  GtkWidget *item = g_hash_table_lookup (self->items, annotation);

  if (self->drag.annotation == annotation || tpo_canvas_find_dragged (self, annotation) != NULL)
    tpo_canvas_abort_drag (self);
  if (self->clicks.target == annotation)
    g_clear_object (&self->clicks.target);
  if (item == NULL)
    return;
  if (gtk_widget_has_focus (item))
    gtk_widget_grab_focus (GTK_WIDGET (self));
  g_hash_table_remove (self->items, annotation);
  g_ptr_array_remove (self->shown, annotation);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_annotations_changed (TpoCanvas *self, guint position, guint removed, guint added)
{
  TpoAnnotationList *annotations = tpo_document_get_annotations (self->document);

  for (guint i = position; i < position + removed; i++)
    forget (self, g_ptr_array_index (self->annotations, i));
  if (removed > 0)
    g_ptr_array_remove_range (self->annotations, position, removed);
  for (guint i = position; i < position + added; i++)
    g_ptr_array_insert (self->annotations, (int) i,
                        g_object_ref (tpo_annotation_list_get (annotations, i)));
  on_annotation_changed (self);
}

static void
on_selected (TpoCanvas *self)
{
  tpo_canvas_update_track_actions (self);
  tpo_canvas_schedule_update (self);
  tpo_canvas_update_cursor (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
tpo_canvas_dispose (GObject *object)
{
  TpoCanvas *self = TPO_CANVAS (object);

  g_clear_handle_id (&self->update_id, g_source_remove);
  g_clear_handle_id (&self->close_id, g_source_remove);
  tpo_canvas_clear_drag (self);
  g_clear_object (&self->clicks.target);
  g_clear_pointer (&self->clicks.before, tpo_rle_unref);
  g_clear_pointer (&self->clicks.points, g_array_unref);
  g_clear_pointer (&self->polygon.corners, g_array_unref);
  g_clear_pointer (&self->shown, g_ptr_array_unref);
  g_clear_pointer (&self->annotations, g_ptr_array_unref);
  g_clear_pointer (&self->items, g_hash_table_unref);
  g_clear_pointer (&self->shades, g_ptr_array_unref);
  g_clear_pointer (&self->popover, gtk_widget_unparent);
  g_clear_pointer (&self->tags, gtk_widget_unparent);
  g_clear_pointer (&self->spinner, gtk_widget_unparent);
  g_clear_weak_pointer (&self->view);
  g_clear_weak_pointer (&self->tools);
  g_clear_object (&self->player);
  g_clear_object (&self->document);
  g_clear_object (&self->actions);
  G_OBJECT_CLASS (tpo_canvas_parent_class)->dispose (object);
}

static void
tpo_canvas_class_init (TpoCanvasClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_canvas_dispose;
  widget_class->size_allocate = tpo_canvas_size_allocate;
  widget_class->measure = tpo_canvas_measure;
  widget_class->snapshot = tpo_canvas_snapshot;
  gtk_widget_class_set_css_name (widget_class, "canvas");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST);
  /* Naming the resource keeps it in programs that link this folder as a static library. */
  g_assert (tpo_canvas_get_resource () != NULL);
  tpo_style_add (TPO_RESOURCES "/canvas/tpo-canvas.css");
}

static void
add_children (TpoCanvas *self)
{
  self->tags = gtk_box_new (GTK_ORIENTATION_VERTICAL, TAG_SPACING);
  gtk_widget_set_can_target (self->tags, FALSE);
  gtk_widget_set_parent (self->tags, GTK_WIDGET (self));
  self->spinner = gtk_spinner_new ();
  gtk_widget_add_css_class (self->spinner, "busy");
  gtk_widget_set_can_target (self->spinner, FALSE);
  gtk_widget_set_visible (self->spinner, FALSE);
  gtk_widget_set_parent (self->spinner, GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->spinner), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Looking for the object"), -1);
}

static void
tpo_canvas_init (TpoCanvas *self)
{
  self->annotations = g_ptr_array_new_with_free_func (g_object_unref);
  self->shown = g_ptr_array_new ();
  self->items = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) gtk_widget_unparent);
  self->clicks.points = g_array_new (FALSE, FALSE, sizeof (TpoPoint));
  self->polygon.corners = g_array_new (FALSE, FALSE, sizeof (TpoCorner));
  self->shades = g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_shade_free);
  self->shades_time_us = -1;
  self->actions = g_simple_action_group_new ();
  tpo_canvas_add_actions (self);
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Objects in the picture"), -1);
  add_children (self);
  g_signal_connect (self, "state-flags-changed", G_CALLBACK (gtk_widget_queue_draw), NULL);
  tpo_canvas_add_controllers (self);
  tpo_canvas_add_keys (self);
}

static void
follow (TpoCanvas *self)
{
  TpoAnnotationList *annotations = tpo_document_get_annotations (self->document);

  g_signal_connect_object (self->view, "picture-rect-changed",
                           G_CALLBACK (gtk_widget_queue_allocate), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->player, "notify::frame-index", G_CALLBACK (tpo_canvas_update),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->player, "notify::playing",
                           G_CALLBACK (tpo_canvas_schedule_update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->player, "notify::texture",
                           G_CALLBACK (tpo_canvas_schedule_update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->player, "notify::previous", G_CALLBACK (gtk_widget_queue_draw),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->player, "video-changed", G_CALLBACK (tpo_canvas_tool_changed),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->document, "notify::selected", G_CALLBACK (on_selected), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->document, "notify::is-busy",
                           G_CALLBACK (tpo_canvas_clicks_idle), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (annotations, "items-changed", G_CALLBACK (on_annotations_changed),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (annotations, "item-changed", G_CALLBACK (on_annotation_changed),
                           self, G_CONNECT_SWAPPED);
  on_annotations_changed (self, 0, 0, tpo_annotation_list_get_n (annotations));
  tpo_canvas_update_track_actions (self);
}

GtkWidget *
tpo_canvas_new (TpoDocument *document, TpoPlayer *player, TpoVideoView *view)
{
  TpoCanvas *self;

  g_return_val_if_fail (TPO_IS_DOCUMENT (document) && TPO_IS_PLAYER (player), NULL);
  g_return_val_if_fail (TPO_IS_VIDEO_VIEW (view), NULL);

  self = g_object_new (TPO_TYPE_CANVAS, NULL);
  self->document = g_object_ref (document);
  self->player = g_object_ref (player);
  g_set_weak_pointer (&self->view, view);
  follow (self);
  return GTK_WIDGET (self);
}

GActionGroup *
tpo_canvas_get_actions (TpoCanvas *self)
{
  g_return_val_if_fail (TPO_IS_CANVAS (self), NULL);

  return G_ACTION_GROUP (self->actions);
}
