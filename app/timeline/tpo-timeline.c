#include "config.h"

#include <glib/gi18n.h>

#include "timeline/tpo-timeline-private.h"
#include "timeline/tpo-timeline-row.h"
#include "timeline/tpo-timeline-ruler.h"
#include "tpo-timeline-resources.h"

static const double ZOOM_STEP = 1.25;
static const double PAN_PX = 60.0;
static const gint64 SHORTEST_DRAWN_PX = 4;

G_DEFINE_FINAL_TYPE (TpoTimeline, tpo_timeline, GTK_TYPE_WIDGET)

/* ---- rows follow the model ------------------------------------------------------------------------- */

static void
on_annotations_changed (TpoTimeline *self, guint position, guint removed, guint added)
{
  GListModel *annotations = tpo_document_get_annotations (self->document);

  for (guint i = 0; i < removed; i++) {
    gtk_box_remove (GTK_BOX (self->list), g_ptr_array_index (self->rows, position));
    g_ptr_array_remove_index (self->rows, position);
  }
  for (guint i = position; i < position + added; i++) {
    g_autoptr (TpoAnnotation) annotation = g_list_model_get_item (annotations, i);
    GtkWidget *row =
        tpo_timeline_row_new (self->document, self->player, self->model, annotation);
    GtkWidget *before = i > 0 ? g_ptr_array_index (self->rows, i - 1) : NULL;

    gtk_box_insert_child_after (GTK_BOX (self->list), row, before);
    g_ptr_array_insert (self->rows, (int) i, row);
  }
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack),
                                    self->rows->len > 0 ? "rows" : "empty");
}

/* Brings the selected row into view. */
static void
on_selected (TpoTimeline *self)
{
  GtkAdjustment *adjustment =
      gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller));
  TpoAnnotation *selected = tpo_document_get_selected (self->document);

  tpo_timeline_update_actions (self);
  for (guint i = 0; i < self->rows->len; i++) {
    GtkWidget *row = g_ptr_array_index (self->rows, i);
    graphene_rect_t bounds;

    if (tpo_timeline_row_get_annotation (TPO_TIMELINE_ROW (row)) == selected &&
        gtk_widget_compute_bounds (row, self->list, &bounds))
      gtk_adjustment_clamp_page (adjustment, bounds.origin.y,
                                 bounds.origin.y + bounds.size.height);
  }
}

static void
on_video_changed (TpoTimeline *self)
{
  TpoVideo *video = tpo_document_get_video (self->document);

  self->mark_in_us = self->drawn_from_us = -1;
  if (video != NULL)
    tpo_timeline_model_set_duration (self->model, tpo_video_get_info (video)->duration_us);
  tpo_timeline_update_actions (self);
}

static void
on_position_changed (TpoTimeline *self)
{
  if (tpo_player_get_playing (self->player))
    tpo_timeline_model_reveal (self->model, tpo_player_get_position_us (self->player));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* ---- pointer ------------------------------------------------------------------------------------------ */

static gboolean
on_scroll (TpoTimeline *self, double dx, double dy, GtkEventController *controller)
{
  GdkModifierType state = gtk_event_controller_get_current_event_state (controller);
  double middle = tpo_timeline_model_get_width (self->model) / 2.0;

  if (state & GDK_CONTROL_MASK) {
    double x =
        tpo_timeline_model_time_to_x (self->model, tpo_player_get_position_us (self->player));

    if (x < 0.0 || x > 2.0 * middle)
      x = middle;
    tpo_timeline_model_zoom (self->model, dy < 0.0 ? ZOOM_STEP : 1.0 / ZOOM_STEP, x);
    return TRUE;
  }
  if ((state & GDK_SHIFT_MASK) || dx != 0.0) {
    tpo_timeline_model_scroll (self->model, (dx != 0.0 ? dx : dy) * PAN_PX);
    return TRUE;
  }
  return FALSE;
}

/* A drag on free space; rows take their own. */
static void
on_draw_begin (TpoTimeline *self, double x, double y)
{
  self->drawn_from_us = self->drawn_to_us =
      tpo_timeline_model_x_to_time (self->model, x - TPO_TIMELINE_HEADER_PX);
  if (x < TPO_TIMELINE_HEADER_PX || tpo_document_get_video (self->document) == NULL)
    self->drawn_from_us = -1;
}

static void
on_draw_update (TpoTimeline *self, double dx, double dy, GtkGestureDrag *drag)
{
  double x, y;

  if (self->drawn_from_us < 0)
    return;
  gtk_gesture_drag_get_start_point (drag, &x, &y);
  self->drawn_to_us =
      tpo_timeline_model_x_to_time (self->model, x + dx - TPO_TIMELINE_HEADER_PX);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static gint64
frame_start (TpoTimeline *self, gint64 time_us)
{
  TpoVideoIndex *index = tpo_document_get_index (self->document);

  return tpo_video_index_get_time_us (index, tpo_video_index_find_frame (index, time_us));
}

static void
on_draw_end (TpoTimeline *self, double dx, double dy)
{
  gint64 from_us = MIN (self->drawn_from_us, self->drawn_to_us);
  gint64 to_us = MAX (self->drawn_from_us, self->drawn_to_us);
  gboolean is_drawn = ABS (dx) > (double) SHORTEST_DRAWN_PX;

  if (self->drawn_from_us < 0)
    return;
  self->drawn_from_us = -1;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  if (!is_drawn) {
    tpo_player_seek (self->player, to_us);
    return;
  }
  from_us = frame_start (self, from_us);
  to_us = frame_start (self, to_us);
  if (to_us > from_us)
    tpo_document_add_span (self->document, from_us, to_us);
}

/* ---- drawing ------------------------------------------------------------------------------------------- */

static void
append_stretch (TpoTimeline *self, GtkSnapshot *snapshot, gint64 from_us, gint64 to_us,
                const GdkRGBA *color)
{
  double x0 = tpo_timeline_model_time_to_x (self->model, MIN (from_us, to_us));
  double x1 = tpo_timeline_model_time_to_x (self->model, MAX (from_us, to_us));

  gtk_snapshot_append_color (snapshot, color,
                             &GRAPHENE_RECT_INIT ((float) (TPO_TIMELINE_HEADER_PX + x0), 0,
                                                  (float) (x1 - x0),
                                                  gtk_widget_get_height (GTK_WIDGET (self))));
}

static void
tpo_timeline_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  static const GdkRGBA cursor = { 0.88f, 0.11f, 0.14f, 1.0f };
  static const GdkRGBA stretch = { 0.21f, 0.52f, 0.89f, 0.3f };
  TpoTimeline *self = TPO_TIMELINE (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  double x;

  GTK_WIDGET_CLASS (tpo_timeline_parent_class)->snapshot (widget, snapshot);
  if (tpo_player_get_video (self->player) == NULL)
    return;
  gtk_snapshot_push_clip (
      snapshot,
      &GRAPHENE_RECT_INIT (TPO_TIMELINE_HEADER_PX, 0, width - TPO_TIMELINE_HEADER_PX, height));
  if (self->drawn_from_us >= 0)
    append_stretch (self, snapshot, self->drawn_from_us, self->drawn_to_us, &stretch);
  if (self->mark_in_us >= 0)
    append_stretch (self, snapshot, self->mark_in_us, tpo_player_get_position_us (self->player),
                    &stretch);
  x = TPO_TIMELINE_HEADER_PX +
      tpo_timeline_model_time_to_x (self->model, tpo_player_get_position_us (self->player));
  gtk_snapshot_append_color (snapshot, &cursor,
                             &GRAPHENE_RECT_INIT ((float) x - 1, 0, 2, height));
  gtk_snapshot_append_color (snapshot, &cursor, &GRAPHENE_RECT_INIT ((float) x - 4, 0, 8, 5));
  gtk_snapshot_pop (snapshot);
}

static void
tpo_timeline_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                      int *natural, int *minimum_baseline, int *natural_baseline)
{
  TpoTimeline *self = TPO_TIMELINE (widget);
  int ruler;

  *minimum_baseline = *natural_baseline = -1;
  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    *minimum = *natural = TPO_TIMELINE_HEADER_PX + 60;
    return;
  }
  gtk_widget_measure (self->ruler, orientation, -1, &ruler, NULL, NULL, NULL);
  *minimum = ruler + 70;
  *natural = ruler + 150;
}

static void
tpo_timeline_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  TpoTimeline *self = TPO_TIMELINE (widget);
  int ruler;
  GtkAllocation at;

  tpo_timeline_model_set_width (self->model, MAX (1, width - TPO_TIMELINE_HEADER_PX));
  gtk_widget_measure (self->ruler, GTK_ORIENTATION_VERTICAL, -1, &ruler, NULL, NULL, NULL);
  at = (GtkAllocation){ 0, 0, TPO_TIMELINE_HEADER_PX, ruler };
  gtk_widget_size_allocate (self->corner, &at, -1);
  at = (GtkAllocation){ TPO_TIMELINE_HEADER_PX, 0, MAX (1, width - TPO_TIMELINE_HEADER_PX),
                        ruler };
  gtk_widget_size_allocate (self->ruler, &at, -1);
  at = (GtkAllocation){ 0, ruler, width, MAX (1, height - ruler) };
  gtk_widget_size_allocate (self->stack, &at, -1);
  if (self->popover != NULL)
    gtk_popover_present (GTK_POPOVER (self->popover));
}

/* ---- object ---------------------------------------------------------------------------------------------- */

static void
tpo_timeline_dispose (GObject *object)
{
  TpoTimeline *self = TPO_TIMELINE (object);

  g_clear_pointer (&self->popover, gtk_widget_unparent);
  g_clear_pointer (&self->corner, gtk_widget_unparent);
  g_clear_pointer (&self->ruler, gtk_widget_unparent);
  g_clear_pointer (&self->stack, gtk_widget_unparent);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_object (&self->actions);
  g_clear_object (&self->model);
  g_clear_object (&self->player);
  g_clear_object (&self->document);
  G_OBJECT_CLASS (tpo_timeline_parent_class)->dispose (object);
}

static void
load_style (void)
{
  g_autoptr (GtkCssProvider) provider = gtk_css_provider_new ();

  /* Naming the resource keeps it in programs that link this folder as a static library. */
  g_assert (tpo_timeline_get_resource () != NULL);
  gtk_css_provider_load_from_resource (provider, TPO_RESOURCES "/timeline/tpo-timeline.css");
  gtk_style_context_add_provider_for_display (gdk_display_get_default (),
                                              GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}

static void
tpo_timeline_class_init (TpoTimelineClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_timeline_dispose;
  widget_class->snapshot = tpo_timeline_snapshot;
  widget_class->measure = tpo_timeline_measure;
  widget_class->size_allocate = tpo_timeline_size_allocate;
  gtk_widget_class_set_css_name (widget_class, "timeline");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  load_style ();
}

static void
add_controllers (TpoTimeline *self)
{
  GtkEventController *scroll =
      gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  GtkGesture *draw = gtk_gesture_drag_new ();

  gtk_event_controller_set_propagation_phase (scroll, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (scroll, "scroll", G_CALLBACK (on_scroll), self);
  gtk_widget_add_controller (GTK_WIDGET (self), scroll);
  g_signal_connect_swapped (draw, "drag-begin", G_CALLBACK (on_draw_begin), self);
  g_signal_connect_swapped (draw, "drag-update", G_CALLBACK (on_draw_update), self);
  g_signal_connect_swapped (draw, "drag-end", G_CALLBACK (on_draw_end), self);
  gtk_widget_add_controller (self->stack, GTK_EVENT_CONTROLLER (draw));
}

static void
tpo_timeline_init (TpoTimeline *self)
{
  GtkWidget *empty = gtk_label_new (_ ("Ask a question, or drag here to mark a span"));

  self->rows = g_ptr_array_new ();
  self->model = tpo_timeline_model_new ();
  self->mark_in_us = self->drawn_from_us = -1;
  /* In the timeline, time runs from left to right in every language. */
  gtk_widget_set_direction (GTK_WIDGET (self), GTK_TEXT_DIR_LTR);

  self->corner = gtk_label_new (_ ("Labels"));
  gtk_widget_add_css_class (self->corner, "caption-heading");
  gtk_widget_add_css_class (self->corner, "dim-label");
  gtk_widget_set_parent (self->corner, GTK_WIDGET (self));

  self->list = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  self->scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scroller), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroller), self->list);
  gtk_widget_add_css_class (empty, "dim-label");
  gtk_label_set_wrap (GTK_LABEL (empty), TRUE);
  self->stack = gtk_stack_new ();
  gtk_stack_add_named (GTK_STACK (self->stack), empty, "empty");
  gtk_stack_add_named (GTK_STACK (self->stack), self->scroller, "rows");
  gtk_widget_set_parent (self->stack, GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Timeline"), -1);
  add_controllers (self);
}

GtkWidget *
tpo_timeline_new (TpoDocument *document, TpoPlayer *player)
{
  TpoTimeline *self;
  GListModel *annotations;

  g_return_val_if_fail (TPO_IS_DOCUMENT (document) && TPO_IS_PLAYER (player), NULL);

  self = g_object_new (TPO_TYPE_TIMELINE, NULL);
  self->document = g_object_ref (document);
  self->player = g_object_ref (player);
  self->ruler = tpo_timeline_ruler_new (self->model, player);
  gtk_widget_insert_after (self->ruler, GTK_WIDGET (self), self->corner);
  tpo_timeline_add_actions (self);
  annotations = tpo_document_get_annotations (document);
  g_signal_connect_object (annotations, "items-changed", G_CALLBACK (on_annotations_changed),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "notify::selected", G_CALLBACK (on_selected), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "notify::video", G_CALLBACK (on_video_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "notify::is-busy",
                           G_CALLBACK (tpo_timeline_update_actions), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (player, "notify::position-us", G_CALLBACK (on_position_changed),
                           self, G_CONNECT_SWAPPED);
  on_annotations_changed (self, 0, 0, g_list_model_get_n_items (annotations));
  on_video_changed (self);
  return GTK_WIDGET (self);
}

GActionGroup *
tpo_timeline_get_actions (TpoTimeline *self)
{
  g_return_val_if_fail (TPO_IS_TIMELINE (self), NULL);

  return G_ACTION_GROUP (self->actions);
}
