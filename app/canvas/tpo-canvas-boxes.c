#include "config.h"

#include "canvas/tpo-canvas-private.h"
#include "document/tpo-document-tracks.h"

/* Boxes that are moved or resized, by pointer or keys; all selected ones move together. Nothing is
 * saved before the end. */

static void
add (TpoCanvas *self, TpoAnnotation *annotation)
{
  const TpoBox box = tpo_canvas_item_get_look (tpo_canvas_get_item (self, annotation))->box;
  TpoDraggedBox dragged = { g_object_ref (annotation), box, box, FALSE };

  g_array_append_val (self->drag.boxes, dragged);
}

void
tpo_dragged_box_clear (TpoDraggedBox *self)
{
  g_clear_object (&self->annotation);
}

void
tpo_canvas_begin_boxes (TpoCanvas *self, TpoDragKind kind, TpoAnnotation *annotation,
                        TpoGrip grip)
{
  g_autoptr (GPtrArray) selected = tpo_document_list_selected (self->document);

  self->drag.kind = kind;
  self->drag.annotation = g_object_ref (annotation);
  self->drag.grip = grip;
  self->drag.boxes = g_array_new (FALSE, FALSE, sizeof (TpoDraggedBox));
  g_array_set_clear_func (self->drag.boxes, (GDestroyNotify) tpo_dragged_box_clear);
  add (self, annotation);
  for (guint i = 0; i < selected->len; i++) {
    TpoAnnotation *other = g_ptr_array_index (selected, i);

    if (other != annotation && tpo_canvas_is_editable (self, other, TPO_ANNOTATION_BOX_TRACK))
      add (self, other);
  }
}

static TpoDraggedBox *
box_at (TpoCanvas *self, guint i)
{
  return &g_array_index (self->drag.boxes, TpoDraggedBox, i);
}

/* Around all of them. */
static TpoBox
hull (TpoCanvas *self)
{
  TpoBox around = box_at (self, 0)->start;

  for (guint i = 1; i < self->drag.boxes->len; i++) {
    const TpoBox *box = &box_at (self, i)->start;

    around.x0 = MIN (around.x0, box->x0);
    around.y0 = MIN (around.y0, box->y0);
    around.x1 = MAX (around.x1, box->x1);
    around.y1 = MAX (around.y1, box->y1);
  }
  return around;
}

/* As far as the first of them to reach the edge of the picture. */
static void
move_all (TpoCanvas *self, double dx, double dy)
{
  TpoBox around = hull (self);
  TpoBox moved = tpo_box_drag (&around, TPO_GRIP_ALL, dx, dy, 0.0, 0.0);
  float x = moved.x0 - around.x0, y = moved.y0 - around.y0;

  for (guint i = 0; i < self->drag.boxes->len; i++) {
    TpoDraggedBox *dragged = box_at (self, i);
    const TpoBox *start = &dragged->start;

    dragged->box = (TpoBox){ start->x0 + x, start->y0 + y, start->x1 + x, start->y1 + y };
    dragged->is_changed = TRUE;
  }
}

void
tpo_canvas_drag_boxes (TpoCanvas *self, TpoGrip grip, double dx, double dy)
{
  const TpoVideoInfo *info = tpo_canvas_get_info (self);
  TpoDraggedBox *first = box_at (self, 0);

  if (info == NULL)
    return;
  if (grip == TPO_GRIP_ALL && self->drag.boxes->len > 1) {
    move_all (self, dx, dy);
  } else {
    first->box = tpo_box_drag (&first->start, grip, dx, dy, 1.0 / info->display_width,
                               1.0 / info->display_height);
    first->is_changed = TRUE;
  }
  tpo_canvas_update (self);
}

void
tpo_canvas_rest_boxes (TpoCanvas *self)
{
  for (guint i = 0; i < self->drag.boxes->len; i++)
    box_at (self, i)->start = box_at (self, i)->box;
}

const TpoBox *
tpo_canvas_find_dragged (TpoCanvas *self, TpoAnnotation *annotation)
{
  for (guint i = 0; self->drag.boxes != NULL && i < self->drag.boxes->len; i++)
    if (box_at (self, i)->annotation == annotation)
      return &box_at (self, i)->box;
  return NULL;
}

void
tpo_canvas_save_boxes (TpoCanvas *self)
{
  g_autoptr (GPtrArray) annotations = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GArray) boxes = g_array_new (FALSE, FALSE, sizeof (TpoBox));
  gint64 time_us = self->drag.time_us;

  for (guint i = 0; i < self->drag.boxes->len; i++) {
    const TpoDraggedBox *dragged = box_at (self, i);

    if (!dragged->is_changed)
      continue;
    g_ptr_array_add (annotations, g_object_ref (dragged->annotation));
    g_array_append_val (boxes, dragged->box);
  }
  tpo_canvas_clear_drag (self);
  if (annotations->len == 1)
    tpo_document_set_box (self->document, annotations->pdata[0], time_us,
                          &g_array_index (boxes, TpoBox, 0));
  else if (annotations->len > 1)
    tpo_document_set_boxes (self->document, annotations, time_us,
                            &g_array_index (boxes, TpoBox, 0));
}
