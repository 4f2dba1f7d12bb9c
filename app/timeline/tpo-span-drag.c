#include "config.h"

#include <math.h>

#include <glib/gi18n.h>

#include "timeline/drag-distance.h"
#include "timeline/tpo-span-widget-private.h"
#include "timeline/tpo-timeline-row.h"

/* Bars moved and resized, by pointer and by keys. */

static const double GRAB_PX = 12.0;  /* of each edge, a third of the bar where that is short */
static const double SHARED_PX = 4.0; /* of an edge that two spans share */

/* ---- what is grabbed ------------------------------------------------------------------------------ */

static gboolean
is_editable (TpoSpanWidget *self)
{
  const TpoAnnotationRecord *record = tpo_annotation_get_record (self->annotation);

  return !record->is_locked;
}

static TpoSpanPart
part_at (TpoSpanWidget *self, double x)
{
  double x0 = tpo_span_widget_get_x (self, self->start_us),
         x1 = tpo_span_widget_get_x (self, self->end_us);
  double grab = MIN (GRAB_PX, (x1 - x0) / 3.0);

  if (x < x0 + grab)
    return TPO_SPAN_START;
  return x > x1 - grab ? TPO_SPAN_END : TPO_SPAN_BODY;
}

/* The span whose edge moves along when the drag begins at @x. Returns: (nullable) */
static TpoAnnotation *
find_neighbor (TpoSpanWidget *self, double x)
{
  TpoSpanPart part = part_at (self, x);
  double edge =
      tpo_span_widget_get_x (self, part == TPO_SPAN_END ? self->end_us : self->start_us);

  if (part == TPO_SPAN_BODY || fabs (x - edge) > SHARED_PX)
    return NULL;
  return tpo_timeline_rows_find_touching (self->parts->rows, self->annotation,
                                          part == TPO_SPAN_END);
}

static void
on_motion (TpoSpanWidget *self, double x, double y)
{
  static const char *const cursors[] = { "grab", "w-resize", "e-resize" };
  const char *name = NULL;

  if (self->annotation != NULL && is_editable (self))
    name = find_neighbor (self, x) != NULL ? "col-resize" : cursors[part_at (self, x)];
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), name);
}

/* ---- dragging ------------------------------------------------------------------------------------- */

static TpoSpanWidget *
neighbor_widget (TpoSpanWidget *self)
{
  GtkWidget *row = gtk_widget_get_parent (GTK_WIDGET (self));

  return self->neighbor != NULL
             ? tpo_timeline_row_find_span (TPO_TIMELINE_ROW (row), self->neighbor)
             : NULL;
}

/* The other span gives way, down to a frame. */
static gint64
keep_neighbor (TpoSpanWidget *self, gint64 wanted_us)
{
  const TpoAnnotationRecord *other = tpo_annotation_get_record (self->neighbor);
  gint64 start_us = other->start_us, end_us = other->end_us;
  gboolean at_end = self->part == TPO_SPAN_END;

  tpo_span_place (self->parts, at_end ? TPO_SPAN_START : TPO_SPAN_END, wanted_us, &start_us,
                  &end_us);
  return at_end ? start_us : end_us;
}

static void
preview_neighbor (TpoSpanWidget *self)
{
  const TpoAnnotationRecord *other = tpo_annotation_get_record (self->neighbor);
  TpoSpanWidget *widget = neighbor_widget (self);

  if (widget == NULL)
    return;
  if (self->part == TPO_SPAN_END)
    tpo_span_widget_preview (widget, self->end_us, other->end_us);
  else
    tpo_span_widget_preview (widget, other->start_us, self->start_us);
}

/* The widget of a span that is dragged along, in whatever row. Returns: (nullable): it is out of sight */
static TpoSpanWidget *
find_widget (TpoSpanWidget *self, TpoAnnotation *annotation)
{
  GtkWidget *row = gtk_widget_get_parent (GTK_WIDGET (self));
  TpoSpanWidget *found = NULL;

  for (row = gtk_widget_get_first_child (gtk_widget_get_parent (row));
       row != NULL && found == NULL; row = gtk_widget_get_next_sibling (row))
    if (TPO_IS_TIMELINE_ROW (row))
      found = tpo_timeline_row_find_span (TPO_TIMELINE_ROW (row), annotation);
  return found;
}

/* As far as all of them can go. */
static void
place_all (TpoSpanWidget *self, gint64 shift_us)
{
  shift_us = tpo_span_limit_shift (self->parts, self->moved, shift_us);
  for (guint i = 0; i < self->moved->len; i++) {
    TpoAnnotation *annotation = g_ptr_array_index (self->moved, i);
    TpoSpanWidget *widget = i == 0 ? self : find_widget (self, annotation);
    TpoTimes times = tpo_span_shift (self->parts, annotation, shift_us);

    if (widget != NULL)
      tpo_span_widget_preview (widget, times.start_us, times.end_us);
  }
}

static gboolean
save_all (TpoSpanWidget *self, GPtrArray *moved)
{
  g_autofree TpoTimes *times = g_new (TpoTimes, moved->len);
  gint64 shift_us = self->start_us - tpo_annotation_get_record (self->annotation)->start_us;

  for (guint i = 0; i < moved->len; i++)
    times[i] = tpo_span_shift (self->parts, g_ptr_array_index (moved, i), shift_us);
  return tpo_document_set_spans (self->parts->document, moved, times);
}

/* They are where they were. */
static void
refresh_all (TpoSpanWidget *self, GPtrArray *moved)
{
  for (guint i = 1; i < moved->len; i++) {
    TpoSpanWidget *widget = find_widget (self, g_ptr_array_index (moved, i));

    if (widget != NULL)
      tpo_span_widget_refresh (widget);
  }
}

static void
place (TpoSpanWidget *self, gint64 wanted_us)
{
  const TpoAnnotationRecord *record = tpo_annotation_get_record (self->annotation);
  gint64 start_us, end_us;

  if (self->neighbor != NULL)
    wanted_us = keep_neighbor (self, wanted_us);
  start_us = record->start_us;
  end_us = record->end_us;
  tpo_span_place (self->parts, self->part, wanted_us, &start_us, &end_us);
  tpo_span_widget_preview (self, start_us, end_us);
  if (self->neighbor != NULL)
    preview_neighbor (self);
}

/* With Ctrl it joins the selected ones or leaves them, with Shift all from the selected one to it do.
 * One of several stays one of them until it is known whether they are dragged. Returns: whether
 * nothing is dragged */
static gboolean
choose (TpoSpanWidget *self, GdkModifierType state)
{
  TpoTimelineParts *parts = self->parts;
  g_autoptr (GPtrArray) stretch = NULL;

  if (state & GDK_CONTROL_MASK) {
    tpo_document_toggle_selected (parts->document, self->annotation);
    return TRUE;
  }
  if (state & GDK_SHIFT_MASK) {
    stretch = tpo_timeline_rows_list_between (
        parts->rows, tpo_document_get_selected (parts->document), self->annotation);
    tpo_document_select_many (parts->document, stretch);
    return TRUE;
  }
  if (!tpo_document_is_selected (parts->document, self->annotation))
    tpo_document_select (parts->document, self->annotation);
  return FALSE;
}

static void
on_drag_begin (TpoSpanWidget *self, double x, double y)
{
  GdkModifierType state =
      gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (self->drag));

  /* The row's free space takes drags too. */
  gtk_gesture_set_state (self->drag, GTK_EVENT_SEQUENCE_CLAIMED);
  self->is_pressing = TRUE;
  gtk_widget_grab_focus (GTK_WIDGET (self));
  self->is_pressing = FALSE;
  self->is_dragging = !choose (self, state) && tpo_annotation_get_id (self->annotation) != 0;
  if (!self->is_dragging)
    return;
  self->press_x = tpo_drag_get_x (self->drag, x);
  self->part = part_at (self, x);
  g_clear_pointer (&self->moved, g_ptr_array_unref);
  self->moved = tpo_span_list_moved (self->parts, self->annotation);
  g_set_object (&self->neighbor, find_neighbor (self, x));
}

/* Boxes and masks belong to their frames: only the ends of a track are dragged, and its keyframes
 * one by one. */
static gboolean
is_fixed (TpoSpanWidget *self)
{
  return self->part == TPO_SPAN_BODY &&
         tpo_annotation_get_record (self->annotation)->kind != TPO_ANNOTATION_SPAN;
}

/* An edge is dragged alone. */
static gboolean
moves_several (TpoSpanWidget *self)
{
  return self->part == TPO_SPAN_BODY && self->moved->len > 1;
}

static void
on_drag_update (TpoSpanWidget *self, double offset, double dy)
{
  double dx = tpo_drag_get_distance (self->drag, offset, self->press_x);
  const TpoAnnotationRecord *record;
  GdkModifierType state =
      gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (self->drag));
  gint64 shift_us = (gint64) (dx * tpo_timeline_model_get_us_per_px (self->parts->model));
  gint64 start_us, end_us;
  gboolean is_moved;

  if (!self->is_dragging || is_fixed (self) || !is_editable (self))
    return;
  record = tpo_annotation_get_record (self->annotation);
  start_us = record->start_us + shift_us;
  end_us = record->end_us + shift_us;
  is_moved = self->start_us != record->start_us || self->end_us != record->end_us;
  if (fabs (dx) < 3.0 && !is_moved)
    return;
  if (!(state & GDK_ALT_MASK)) {
    gint64 snapped_start = tpo_span_snap (self->parts, self->annotation, start_us);
    gint64 snapped_end = tpo_span_snap (self->parts, self->annotation, end_us);

    if (self->part == TPO_SPAN_BODY && snapped_start == start_us && snapped_end != end_us)
      start_us += snapped_end - end_us;
    else
      start_us = snapped_start;
    end_us = snapped_end;
  }
  if (moves_several (self))
    place_all (self, start_us - record->start_us);
  else
    place (self,
           tpo_span_to_frame (self->parts, self->part == TPO_SPAN_END ? end_us : start_us));
}

static gboolean
save (TpoSpanWidget *self, TpoAnnotation *neighbor)
{
  TpoDocument *document = self->parts->document;

  if (neighbor == NULL)
    return tpo_document_set_span (document, self->annotation, self->start_us, self->end_us);
  return self->part == TPO_SPAN_END
             ? tpo_document_set_shared_edge (document, self->annotation, neighbor, self->end_us)
             : tpo_document_set_shared_edge (document, neighbor, self->annotation,
                                             self->start_us);
}

static void
on_drag_end (TpoSpanWidget *self, double offset, double dy)
{
  const TpoAnnotationRecord *record;
  double dx = tpo_drag_get_distance (self->drag, offset, self->press_x);
  g_autoptr (TpoAnnotation) neighbor = NULL;
  g_autoptr (GPtrArray) moved = NULL;
  gboolean are_several;

  if (!self->is_dragging)
    return;
  /* The button may be released at a place that no motion told of. */
  on_drag_update (self, offset, dy);
  record = tpo_annotation_get_record (self->annotation);
  neighbor = g_steal_pointer (&self->neighbor);
  are_several = moves_several (self);
  moved = g_steal_pointer (&self->moved);
  self->is_dragging = FALSE;
  if (record->start_us != self->start_us || record->end_us != self->end_us) {
    if (!(are_several ? save_all (self, moved) : save (self, neighbor))) {
      tpo_span_widget_refresh (self);
      refresh_all (self, moved);
    }
    return;
  }
  /* A press alone on one of several selects it alone. */
  tpo_document_select (self->parts->document, self->annotation);
  /* A drag says why nothing moves. */
  if (fabs (dx) > GRAB_PX && !tpo_document_is_open (self->parts->document, self->annotation))
    return;
  if (fabs (dx) > GRAB_PX && is_fixed (self))
    tpo_document_toast (self->parts->document,
                        _ ("A track stays on its frames: drag its ends, or its keyframes"));
  else
    tpo_player_seek (self->parts->player,
                     self->part == TPO_SPAN_END ? record->end_us - 1 : record->start_us);
}

/* Something else took the pointer. */
static void
on_drag_cancel (TpoSpanWidget *self)
{
  TpoSpanWidget *other = neighbor_widget (self);
  g_autoptr (GPtrArray) moved = g_steal_pointer (&self->moved);

  self->is_dragging = FALSE;
  g_clear_object (&self->neighbor);
  if (self->annotation != NULL)
    tpo_span_widget_refresh (self);
  if (other != NULL)
    tpo_span_widget_refresh (other);
  if (moved != NULL)
    refresh_all (self, moved);
}

static void
cancel_drag (TpoSpanWidget *self)
{
  on_drag_cancel (self);
  gtk_gesture_set_state (self->drag, GTK_EVENT_SEQUENCE_DENIED);
}

/* ---- keyboard ------------------------------------------------------------------------------------- */

static gboolean
on_key (TpoSpanWidget *self, guint key, guint code, GdkModifierType state)
{
  gboolean by_second = (state & GDK_SHIFT_MASK) != 0;

  if (self->annotation == NULL || (state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) ||
      !gtk_widget_has_focus (GTK_WIDGET (self)))
    return FALSE;
  switch (key) {
  case GDK_KEY_Escape:
    if (!self->is_dragging)
      return FALSE;
    cancel_drag (self);
    return TRUE;
  case GDK_KEY_Left:
  case GDK_KEY_Right:
    tpo_span_nudge (self->parts, self->annotation, self->part, key == GDK_KEY_Left ? -1 : 1,
                    by_second);
    return TRUE;
  case GDK_KEY_Home:
    self->part = TPO_SPAN_START;
    tpo_player_seek (self->parts->player, self->start_us);
    return TRUE;
  case GDK_KEY_End:
    self->part = TPO_SPAN_END;
    tpo_player_seek (self->parts->player, self->end_us - 1);
    return TRUE;
  case GDK_KEY_Return:
  case GDK_KEY_KP_Enter:
    tpo_document_select (self->parts->document, self->annotation);
    tpo_player_seek (self->parts->player, self->start_us);
    return TRUE;
  default:
    return FALSE;
  }
}

void
tpo_span_widget_add_drag (TpoSpanWidget *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->drag = gtk_gesture_drag_new ();
  g_signal_connect_swapped (self->drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect_swapped (self->drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect_swapped (self->drag, "cancel", G_CALLBACK (on_drag_cancel), self);
  g_signal_connect_swapped (self->drag, "drag-end", G_CALLBACK (on_drag_end), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (self->drag));
  g_signal_connect_swapped (motion, "motion", G_CALLBACK (on_motion), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}
