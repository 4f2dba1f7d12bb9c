#include "config.h"

#include "timeline/tpo-span-widget.h"

#include <glib/gi18n.h>
#include <math.h>

#include "document/tpo-document-conversations.h"
#include "labels/palette.h"

static const double GRAB_PX = 12.0; /* of each edge, half of it where the bar is short */
static const double SNAP_PX = 8.0;
static const double KEYFRAME_PX = 7.0;

typedef enum {
  PART_BODY,
  PART_START,
  PART_END,
} Part;

struct _TpoSpanWidget {
  GtkWidget parent_instance;

  TpoDocument *document;
  TpoPlayer *player;
  TpoTimelineModel *model;
  TpoAnnotation *annotation;
  gint64 start_us, end_us; /* shown */
  gboolean is_dragging;
  Part part; /* dragged, or moved by keys */
  GtkGesture *drag;
};

G_DEFINE_FINAL_TYPE (TpoSpanWidget, tpo_span_widget, GTK_TYPE_WIDGET)

static const char *const status_classes[TPO_STATUS_COUNT] = {
  [TPO_STATUS_PREDICTED] = "predicted", [TPO_STATUS_ACCEPTED] = "accepted",
  [TPO_STATUS_CORRECTED] = "corrected", [TPO_STATUS_MANUAL] = "manual",
  [TPO_STATUS_DISCARDED] = "discarded",
};

static const char *const status_names[TPO_STATUS_COUNT] = {
  [TPO_STATUS_PREDICTED] = N_ ("predicted"), [TPO_STATUS_ACCEPTED] = N_ ("accepted"),
  [TPO_STATUS_CORRECTED] = N_ ("corrected"), [TPO_STATUS_MANUAL] = N_ ("made by hand"),
  [TPO_STATUS_DISCARDED] = N_ ("discarded"),
};

static void
moved (TpoSpanWidget *self)
{
  GtkWidget *parent = gtk_widget_get_parent (GTK_WIDGET (self));

  if (parent != NULL)
    gtk_widget_queue_allocate (parent);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
describe (TpoSpanWidget *self)
{
  const TpoAnnotationRecord *record = tpo_annotation_get_record (self->annotation);
  g_autofree char *title = tpo_annotation_dup_title (self->annotation);
  g_autofree char *start = tpo_player_format_time (self->start_us);
  g_autofree char *end = tpo_player_format_time (self->end_us);
  g_autofree char *range =
      g_strdup_printf ("%s – %s, %s", start, end, _ (status_names[record->status]));

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, range, -1);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), range);
}

static void
update (TpoSpanWidget *self)
{
  const TpoAnnotationRecord *record = tpo_annotation_get_record (self->annotation);

  for (guint i = 0; i < TPO_STATUS_COUNT; i++) {
    if (i == record->status)
      gtk_widget_add_css_class (GTK_WIDGET (self), status_classes[i]);
    else
      gtk_widget_remove_css_class (GTK_WIDGET (self), status_classes[i]);
  }
  tpo_palette_apply (GTK_WIDGET (self), tpo_annotation_get_color (self->annotation));
  if (!self->is_dragging) {
    self->start_us = record->start_us;
    self->end_us = record->end_us;
  }
  describe (self);
  moved (self);
}

static void
on_selected (TpoSpanWidget *self)
{
  gboolean is_selected = tpo_document_get_selected (self->document) == self->annotation;

  if (is_selected)
    gtk_widget_add_css_class (GTK_WIDGET (self), "selected");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "selected");
  gtk_accessible_update_state (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_STATE_SELECTED,
                               is_selected, -1);
}

static void
on_highlighted (TpoSpanWidget *self)
{
  if (tpo_document_get_highlighted (self->document) == self->annotation)
    gtk_widget_add_css_class (GTK_WIDGET (self), "highlighted");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "highlighted");
}

static void
on_enter (TpoSpanWidget *self)
{
  tpo_document_highlight (self->document, self->annotation);
}

static void
on_leave (TpoSpanWidget *self)
{
  if (tpo_document_get_highlighted (self->document) == self->annotation)
    tpo_document_highlight (self->document, NULL);
}

/* ---- drawing ----------------------------------------------------------------------------------- */

static void
append_keyframe (TpoSpanWidget *self, GtkSnapshot *snapshot, const TpoKeyframeRecord *keyframe,
                 const GdkRGBA *color)
{
  float x = (float) (tpo_timeline_model_time_to_x (self->model, keyframe->time_us) -
                     tpo_timeline_model_time_to_x (self->model, self->start_us));
  float middle = gtk_widget_get_height (GTK_WIDGET (self)) / 2.0f;
  float size = (float) KEYFRAME_PX;

  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x, middle));
  gtk_snapshot_rotate (snapshot, 45.0f);
  gtk_snapshot_append_color (snapshot, color,
                             &GRAPHENE_RECT_INIT (-size / 2, -size / 2, size, size));
  gtk_snapshot_restore (snapshot);
}

/* Keyframes by hand are diamonds; a model's frames lie so close that only their stretch is drawn. */
static void
append_track (TpoSpanWidget *self, GtkSnapshot *snapshot)
{
  GPtrArray *keyframes = tpo_annotation_get_keyframes (self->annotation);
  static const GdkRGBA hole = { 0, 0, 0, 0.45f };
  GdkRGBA color, ink;

  tpo_palette_rgba (tpo_annotation_get_color (self->annotation), &color);
  tpo_palette_ink (&color, &ink);
  for (guint i = 0; i < keyframes->len; i++) {
    const TpoKeyframeRecord *keyframe = g_ptr_array_index (keyframes, i);
    gint64 next_us = i + 1 < keyframes->len
                         ? ((TpoKeyframeRecord *) g_ptr_array_index (keyframes, i + 1))->time_us
                         : self->end_us;
    double origin = tpo_timeline_model_time_to_x (self->model, self->start_us);
    double x0 = tpo_timeline_model_time_to_x (self->model, keyframe->time_us) - origin;
    double x1 = tpo_timeline_model_time_to_x (self->model, next_us) - origin;

    if (keyframe->is_absent)
      gtk_snapshot_append_color (
          snapshot, &hole,
          &GRAPHENE_RECT_INIT ((float) x0, 3, (float) (x1 - x0),
                               gtk_widget_get_height (GTK_WIDGET (self)) - 6));
    else if (keyframe->provenance != TPO_PROVENANCE_MODEL || keyframes->len == 1)
      append_keyframe (self, snapshot, keyframe, &ink);
  }
}

static void
tpo_span_widget_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  TpoSpanWidget *self = TPO_SPAN_WIDGET (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);

  if (tpo_annotation_get_record (self->annotation)->kind == TPO_ANNOTATION_SPAN)
    return;
  gtk_snapshot_push_clip (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  append_track (self, snapshot);
  gtk_snapshot_pop (snapshot);
}

static void
tpo_span_widget_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                         int *minimum, int *natural, int *minimum_baseline,
                         int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_VERTICAL ? 22 : 4;
  *minimum_baseline = *natural_baseline = -1;
}

/* ---- dragging ------------------------------------------------------------------------------------ */

static gboolean
is_editable (TpoSpanWidget *self)
{
  return tpo_annotation_get_id (self->annotation) != 0;
}

static Part
part_at (TpoSpanWidget *self, double x)
{
  double width = gtk_widget_get_width (GTK_WIDGET (self));
  double grab = MIN (GRAB_PX, width / 3.0);

  if (x < grab)
    return PART_START;
  return x > width - grab ? PART_END : PART_BODY;
}

static void
on_motion (TpoSpanWidget *self, double x, double y)
{
  static const char *const cursors[] = { "grab", "w-resize", "e-resize" };

  gtk_widget_set_cursor_from_name (GTK_WIDGET (self),
                                   is_editable (self) ? cursors[part_at (self, x)] : NULL);
}

/* Nearest of @time_us, the play position and other labels' edges that lies within reach. */
static gint64
snap (TpoSpanWidget *self, gint64 time_us)
{
  GListModel *all = tpo_document_get_annotations (self->document);
  double reach = SNAP_PX;
  gint64 best = time_us;
  double x = tpo_timeline_model_time_to_x (self->model, time_us);
  guint n = g_list_model_get_n_items (all);

  for (guint i = 0; i <= n; i++) {
    gint64 edges[2] = { tpo_player_get_position_us (self->player), 0 };

    if (i < n) {
      g_autoptr (TpoAnnotation) other = g_list_model_get_item (all, i);

      if (other == self->annotation)
        continue;
      edges[0] = tpo_annotation_get_record (other)->start_us;
      edges[1] = tpo_annotation_get_record (other)->end_us;
    }
    for (guint k = 0; k < (i < n ? 2 : 1); k++) {
      double away = fabs (tpo_timeline_model_time_to_x (self->model, edges[k]) - x);

      if (away < reach) {
        reach = away;
        best = edges[k];
      }
    }
  }
  return best;
}

/* To the start of a frame, or the end of the last. */
static gint64
to_frame (TpoSpanWidget *self, gint64 time_us)
{
  TpoVideoIndex *index = tpo_document_get_index (self->document);
  gint64 duration_us = tpo_timeline_model_get_duration (self->model);
  guint frame = tpo_video_index_find_frame (index, time_us);
  gint64 start_us = tpo_video_index_get_time_us (index, frame);
  gint64 length_us = tpo_video_index_get_frame_duration_us (index, frame);

  if (time_us - start_us > length_us / 2)
    start_us += length_us;
  return MIN (start_us, duration_us);
}

static gint64
shortest (TpoSpanWidget *self)
{
  return tpo_video_index_get_frame_duration_us (
      tpo_document_get_index (self->document),
      tpo_video_index_find_frame (tpo_document_get_index (self->document), self->start_us));
}

/* @start_us, @end_us: where the pointer or key put it. */
static void
place (TpoSpanWidget *self, Part part, gint64 start_us, gint64 end_us)
{
  const TpoAnnotationRecord *record = tpo_annotation_get_record (self->annotation);
  gint64 duration_us = tpo_timeline_model_get_duration (self->model);
  gint64 length_us = record->end_us - record->start_us;

  switch (part) {
  case PART_START:
    self->start_us = CLAMP (start_us, 0, self->end_us - shortest (self));
    break;
  case PART_END:
    self->end_us = CLAMP (end_us, self->start_us + shortest (self), duration_us);
    break;
  case PART_BODY:
    self->start_us = CLAMP (start_us, 0, duration_us - length_us);
    self->end_us = self->start_us + length_us;
    break;
  }
  describe (self);
  moved (self);
}

static void
on_drag_begin (TpoSpanWidget *self, double x, double y)
{
  /* The row's free space takes drags too. */
  gtk_gesture_set_state (self->drag, GTK_EVENT_SEQUENCE_CLAIMED);
  gtk_widget_grab_focus (GTK_WIDGET (self));
  tpo_document_select (self->document, self->annotation);
  self->part = part_at (self, x);
  self->is_dragging = is_editable (self);
}

static void
on_drag_update (TpoSpanWidget *self, double dx, double dy, GtkGestureDrag *drag)
{
  const TpoAnnotationRecord *record = tpo_annotation_get_record (self->annotation);
  GdkModifierType state =
      gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (drag));
  gint64 zero = tpo_timeline_model_x_to_time (self->model, 0.0);
  double per_px = (double) (tpo_timeline_model_x_to_time (self->model, 100.0) - zero) / 100.0;
  gint64 start_us = record->start_us + (gint64) (dx * per_px);
  gint64 end_us = record->end_us + (gint64) (dx * per_px);

  if (!self->is_dragging ||
      (fabs (dx) < 3.0 && self->start_us == record->start_us && self->end_us == record->end_us))
    return;
  if (!(state & GDK_ALT_MASK)) {
    gint64 snapped_start = snap (self, start_us), snapped_end = snap (self, end_us);

    if (self->part == PART_BODY && snapped_start == start_us && snapped_end != end_us)
      start_us += snapped_end - end_us;
    else
      start_us = snapped_start;
    end_us = snapped_end;
  }
  place (self, self->part, to_frame (self, start_us), to_frame (self, end_us));
}

static void
on_drag_end (TpoSpanWidget *self, double dx, double dy)
{
  const TpoAnnotationRecord *record = tpo_annotation_get_record (self->annotation);
  gboolean was_dragging = self->is_dragging;

  self->is_dragging = FALSE;
  if (!was_dragging)
    return;
  if (record->start_us == self->start_us && record->end_us == self->end_us)
    tpo_player_seek (self->player,
                     self->part == PART_END ? record->end_us - 1 : record->start_us);
  else if (!tpo_document_set_span (self->document, self->annotation, self->start_us,
                                   self->end_us))
    update (self);
}

static void
cancel_drag (TpoSpanWidget *self)
{
  self->is_dragging = FALSE;
  gtk_gesture_set_state (self->drag, GTK_EVENT_SEQUENCE_DENIED);
  update (self);
}

/* ---- keyboard ------------------------------------------------------------------------------------- */

/* By a frame, or a second. */
static void
nudge (TpoSpanWidget *self, int direction, gboolean by_second)
{
  TpoVideoIndex *index = tpo_document_get_index (self->document);
  gint64 edge_us = self->part == PART_END ? self->end_us : self->start_us;
  guint frame = tpo_video_index_find_frame (index, edge_us);
  gint64 step_us =
      by_second ? G_USEC_PER_SEC : tpo_video_index_get_frame_duration_us (index, frame);
  gint64 shift = to_frame (self, edge_us + direction * step_us) - edge_us;

  if (!is_editable (self))
    return;
  place (self, self->part, self->start_us + shift, self->end_us + shift);
  tpo_document_set_span (self->document, self->annotation, self->start_us, self->end_us);
  tpo_player_seek (self->player, self->part == PART_END ? self->end_us - 1 : self->start_us);
}

static gboolean
on_key (TpoSpanWidget *self, guint key, guint code, GdkModifierType state)
{
  gboolean by_second = (state & GDK_SHIFT_MASK) != 0;

  if (state & (GDK_CONTROL_MASK | GDK_ALT_MASK))
    return FALSE;
  switch (key) {
  case GDK_KEY_Escape:
    if (!self->is_dragging)
      return FALSE;
    cancel_drag (self);
    return TRUE;
  case GDK_KEY_Left:
    nudge (self, -1, by_second);
    return TRUE;
  case GDK_KEY_Right:
    nudge (self, 1, by_second);
    return TRUE;
  case GDK_KEY_Home:
    self->part = PART_START;
    tpo_player_seek (self->player, self->start_us);
    return TRUE;
  case GDK_KEY_End:
    self->part = PART_END;
    tpo_player_seek (self->player, self->end_us - 1);
    return TRUE;
  case GDK_KEY_Return:
  case GDK_KEY_KP_Enter:
    tpo_document_select (self->document, self->annotation);
    tpo_player_seek (self->player, self->start_us);
    return TRUE;
  default:
    return FALSE;
  }
}

static void
on_focus (TpoSpanWidget *self)
{
  tpo_document_select (self->document, self->annotation);
}

/* ---- object ----------------------------------------------------------------------------------------- */

static void
tpo_span_widget_dispose (GObject *object)
{
  TpoSpanWidget *self = TPO_SPAN_WIDGET (object);

  g_clear_object (&self->annotation);
  g_clear_object (&self->model);
  g_clear_object (&self->player);
  g_clear_object (&self->document);
  G_OBJECT_CLASS (tpo_span_widget_parent_class)->dispose (object);
}

static void
tpo_span_widget_class_init (TpoSpanWidgetClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_span_widget_dispose;
  widget_class->snapshot = tpo_span_widget_snapshot;
  widget_class->measure = tpo_span_widget_measure;
  gtk_widget_class_set_css_name (widget_class, "span");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST_ITEM);
}

static void
tpo_span_widget_init (TpoSpanWidget *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  self->drag = gtk_gesture_drag_new ();
  g_signal_connect_swapped (self->drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect_swapped (self->drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect_swapped (self->drag, "drag-end", G_CALLBACK (on_drag_end), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (self->drag));
  g_signal_connect_swapped (motion, "enter", G_CALLBACK (on_enter), self);
  g_signal_connect_swapped (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  g_signal_connect_swapped (focus, "enter", G_CALLBACK (on_focus), self);
  g_signal_connect_swapped (focus, "enter", G_CALLBACK (on_enter), self);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
}

GtkWidget *
tpo_span_widget_new (TpoDocument *document, TpoPlayer *player, TpoTimelineModel *model,
                     TpoAnnotation *annotation)
{
  TpoSpanWidget *self = g_object_new (TPO_TYPE_SPAN_WIDGET, NULL);

  self->document = g_object_ref (document);
  self->player = g_object_ref (player);
  self->model = g_object_ref (model);
  self->annotation = g_object_ref (annotation);
  g_signal_connect_object (annotation, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "notify::highlighted", G_CALLBACK (on_highlighted), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "notify::selected", G_CALLBACK (on_selected), self,
                           G_CONNECT_SWAPPED);
  update (self);
  on_selected (self);
  return GTK_WIDGET (self);
}

void
tpo_span_widget_get_range (TpoSpanWidget *self, gint64 *start_us, gint64 *end_us)
{
  g_return_if_fail (TPO_IS_SPAN_WIDGET (self));

  *start_us = self->start_us;
  *end_us = self->end_us;
}
