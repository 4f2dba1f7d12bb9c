#include "config.h"

#include "timeline/tpo-span-widget-private.h"

#include <glib/gi18n.h>
#include <math.h>

#include "document/tpo-document-conversations.h"
#include "document/track-search.h"
#include "labels/palette.h"
#include "timeline/label-table.h"
#include "timeline/tpo-keyframe-mark.h"
#include "timeline/tpo-timeline-row.h"
#include "timeline/track-paint.h"

static const guint MAX_MARKS = 100;
static const double BEYOND_PX = 64.0; /* how far bars reach out of sight */
static const double LEAST_PX = 6.0;

G_DEFINE_FINAL_TYPE (TpoSpanWidget, tpo_span_widget, GTK_TYPE_WIDGET)

static const char *const status_classes[TPO_STATUS_COUNT] = {
  [TPO_STATUS_PREDICTED] = "predicted", [TPO_STATUS_ACCEPTED] = "accepted",
  [TPO_STATUS_CORRECTED] = "corrected", [TPO_STATUS_MANUAL] = "manual",
  [TPO_STATUS_DISCARDED] = "discarded",
};

/* ---- how it looks --------------------------------------------------------------------------------- */

static void
set_class (TpoSpanWidget *self, const char *name, gboolean is_set)
{
  if (is_set)
    gtk_widget_add_css_class (GTK_WIDGET (self), name);
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), name);
}

static char *
dup_range (TpoSpanWidget *self)
{
  const TpoAnnotationRecord *record = tpo_annotation_get_record (self->annotation);
  g_autofree char *start = tpo_player_format_time (self->start_us);
  g_autofree char *end = tpo_player_format_time (self->end_us);

  /* Translators: a span of time, and who says so: "0:03.200 – 0:05.000, predicted" */
  return g_strdup_printf (_ ("%s – %s, %s"), start, end, tpo_status_text (record->status));
}

static void
describe (TpoSpanWidget *self)
{
  g_autofree char *range = dup_range (self);
  g_autofree char *label = tpo_spoken_text (self->annotation, self->start_us, self->end_us);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, range, -1);
}

/* Its place among those of its row, in the order in which the keyboard goes through them: told to
 * whoever is here, as any label that comes or goes may change it. In words, since GTK 4.8 passes no
 * places on. */
static void
describe_place (TpoSpanWidget *self)
{
  const TpoRow *row = tpo_timeline_rows_find (self->parts->rows, self->annotation);
  g_autofree char *range = dup_range (self);
  g_autofree char *text = NULL;

  if (row == NULL)
    return;
  /* Translators: what a label is, "0:03.200 – 0:05.000, predicted", its number in the row, and how
   * many there are */
  text =
      g_strdup_printf (_ ("%1$s, %2$u of %3$u"), range,
                       tpo_lanes_get_place (row->lanes, self->annotation) + 1, row->items->len);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  text, -1);
}

/* Where it is asked for: each text that is set beforehand makes GTK ask the display for the
 * pointer, and wait. */
static gboolean
tpo_span_widget_query_tooltip (GtkWidget *widget, int x, int y, gboolean is_keyboard,
                               GtkTooltip *tooltip)
{
  TpoSpanWidget *self = TPO_SPAN_WIDGET (widget);
  g_autofree char *range = self->annotation != NULL ? dup_range (self) : NULL;

  gtk_tooltip_set_text (tooltip, range);
  return range != NULL;
}

static void
moved (TpoSpanWidget *self)
{
  GtkWidget *parent = gtk_widget_get_parent (GTK_WIDGET (self));

  describe (self);
  if (parent != NULL)
    gtk_widget_queue_allocate (parent);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
tpo_span_widget_refresh (TpoSpanWidget *self)
{
  const TpoAnnotationRecord *record = tpo_annotation_get_record (self->annotation);

  for (guint i = 0; i < TPO_STATUS_COUNT; i++)
    set_class (self, status_classes[i], i == record->status);
  set_class (self, "locked", record->is_locked);
  set_class (self, "hidden-label", record->is_hidden);
  tpo_palette_apply (GTK_WIDGET (self), tpo_annotation_get_color (self->annotation));
  if (!self->is_dragging) {
    self->start_us = record->start_us;
    self->end_us = record->end_us;
  }
  moved (self);
}

static void
on_selected (TpoSpanWidget *self)
{
  gboolean is_selected = self->annotation != NULL &&
                         tpo_document_is_selected (self->parts->document, self->annotation);

  set_class (self, "selected", is_selected);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_STATE_SELECTED,
                               is_selected, -1);
}

static void
on_highlighted (TpoSpanWidget *self)
{
  set_class (self, "highlighted",
             self->annotation != NULL &&
                 tpo_document_get_highlighted (self->parts->document) == self->annotation);
}

static void
on_enter (TpoSpanWidget *self)
{
  if (self->annotation != NULL)
    tpo_document_highlight (self->parts->document, self->annotation);
}

static void
on_leave (TpoSpanWidget *self)
{
  if (self->annotation != NULL &&
      tpo_document_get_highlighted (self->parts->document) == self->annotation)
    tpo_document_highlight (self->parts->document, NULL);
}

double
tpo_span_widget_get_x (TpoSpanWidget *self, gint64 time_us)
{
  return tpo_timeline_model_time_to_x (self->parts->model, time_us) - self->left;
}

/* ---- drawing ----------------------------------------------------------------------------------- */

/* The inner half of the clip that an edge is somewhere in; the row draws the other half. */
static void
snapshot_edges (TpoSpanWidget *self, GtkSnapshot *snapshot)
{
  int width = gtk_widget_get_width (GTK_WIDGET (self));
  float height = (float) gtk_widget_get_height (GTK_WIDGET (self));
  double half = TPO_CLIP_US / 2.0 / tpo_timeline_model_get_us_per_px (self->parts->model);
  double reach = MIN (half, width / 2.0);
  GdkRGBA color;
  gboolean at_start, at_end;

  tpo_span_get_unsure (self->parts, self->annotation, &at_start, &at_end);
  if (!at_start && !at_end)
    return;
  if (!gtk_style_context_lookup_color (gtk_widget_get_style_context (GTK_WIDGET (self)),
                                       "view_bg_color", &color))
    return;
  if (at_start)
    tpo_edge_paint (snapshot, &color, tpo_span_widget_get_x (self, self->start_us),
                    tpo_span_widget_get_x (self, self->start_us) + reach, 0, height);
  if (at_end)
    tpo_edge_paint (snapshot, &color, tpo_span_widget_get_x (self, self->end_us),
                    tpo_span_widget_get_x (self, self->end_us) - reach, 0, height);
}

static void
tpo_span_widget_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  TpoSpanWidget *self = TPO_SPAN_WIDGET (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  GdkRGBA color;

  if (self->annotation == NULL || width <= 0)
    return;
  gtk_snapshot_push_clip (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  if (tpo_annotation_get_record (self->annotation)->kind == TPO_ANNOTATION_SPAN) {
    snapshot_edges (self, snapshot);
  } else {
    tpo_palette_rgba (tpo_annotation_get_color (self->annotation), &color);
    tpo_track_paint (snapshot, self->annotation, self->parts->model, self->left, width, height,
                     &color);
  }
  for (guint i = 0; i < self->marks->len; i++)
    gtk_widget_snapshot_child (widget, g_ptr_array_index (self->marks, i), snapshot);
  gtk_snapshot_pop (snapshot);
}

/* ---- keyframes ------------------------------------------------------------------------------------ */

/* Those that say something new, where they can be told apart; the others lie so close that only
 * their scores are drawn. */
static GPtrArray *
list_marked (TpoSpanWidget *self)
{
  GPtrArray *marked = g_ptr_array_new ();
  GPtrArray *keyframes = tpo_annotation_get_keyframes (self->annotation);
  gint64 from_us = tpo_timeline_model_get_start (self->parts->model);
  gint64 to_us = tpo_timeline_model_get_end (self->parts->model);
  double last = -G_MAXDOUBLE;

  /* On a short bar they would cover the edges. */
  if (tpo_span_widget_get_x (self, self->end_us) -
          tpo_span_widget_get_x (self, self->start_us) <
      4 * TPO_KEYFRAME_PX)
    return marked;
  for (guint i = 0; i < keyframes->len && marked->len < MAX_MARKS; i++) {
    TpoKeyframeRecord *keyframe = g_ptr_array_index (keyframes, i);
    double x = tpo_timeline_model_time_to_x (self->parts->model, keyframe->time_us);

    if (keyframe->time_us < from_us || keyframe->time_us > to_us ||
        x < last + TPO_KEYFRAME_PX || !tpo_track_is_mark (keyframes, i))
      continue;
    g_ptr_array_add (marked, keyframe);
    last = x;
  }
  return marked;
}

void
tpo_span_widget_update (TpoSpanWidget *self)
{
  g_autoptr (GPtrArray) marked = NULL;

  g_return_if_fail (TPO_IS_SPAN_WIDGET (self));

  if (self->annotation == NULL)
    return;
  marked = list_marked (self);
  while (self->marks->len > marked->len) {
    GtkWidget *mark = g_ptr_array_index (self->marks, self->marks->len - 1);

    if (gtk_widget_has_focus (mark))
      gtk_widget_grab_focus (GTK_WIDGET (self));
    gtk_widget_unparent (mark);
    g_ptr_array_set_size (self->marks, (int) self->marks->len - 1);
  }
  while (self->marks->len < marked->len) {
    GtkWidget *mark = tpo_keyframe_mark_new (self->parts);

    gtk_widget_set_parent (mark, GTK_WIDGET (self));
    g_ptr_array_add (self->marks, mark);
  }
  for (guint i = 0; i < marked->len; i++)
    tpo_keyframe_mark_set (g_ptr_array_index (self->marks, i), self->annotation,
                           g_ptr_array_index (marked, i));
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

static void
tpo_span_widget_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  TpoSpanWidget *self = TPO_SPAN_WIDGET (widget);

  /* Events and drawing count from inside the border. */
  self->left = self->outer_left + (self->outer_width - width) / 2.0;
  for (guint i = 0; i < self->marks->len; i++) {
    TpoKeyframeMark *mark = g_ptr_array_index (self->marks, i);
    GtkAllocation at = { (int) tpo_span_widget_get_x (self, tpo_keyframe_mark_get_time (mark)) -
                             TPO_KEYFRAME_PX / 2,
                         0, TPO_KEYFRAME_PX, height };

    gtk_widget_size_allocate (GTK_WIDGET (mark), &at, -1);
  }
}

static void
tpo_span_widget_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                         int *minimum, int *natural, int *minimum_baseline,
                         int *natural_baseline)
{
  TpoSpanWidget *self = TPO_SPAN_WIDGET (widget);

  for (guint i = 0; i < self->marks->len; i++)
    gtk_widget_measure (g_ptr_array_index (self->marks, i), orientation, -1, minimum, natural,
                        NULL, NULL);
  *minimum = *natural = 0;
  *minimum_baseline = *natural_baseline = -1;
}

void
tpo_span_widget_place (TpoSpanWidget *self, int origin, int y, int height)
{
  double width = tpo_timeline_model_get_width (self->parts->model);
  double x0 = tpo_timeline_model_time_to_x (self->parts->model, self->start_us);
  double x1 = tpo_timeline_model_time_to_x (self->parts->model, self->end_us);
  GtkAllocation at = { 0, y, 0, height };

  g_return_if_fail (TPO_IS_SPAN_WIDGET (self));

  /* What is far out of sight is cut off: bars of millions of pixels cannot be drawn. */
  x0 = floor (CLAMP (x0, -BEYOND_PX, width + BEYOND_PX));
  x1 = floor (CLAMP (x1, -BEYOND_PX, width + BEYOND_PX));
  at.x = origin + (int) x0;
  at.width = (int) MAX (LEAST_PX, x1 - x0);
  self->outer_left = x0;
  self->outer_width = at.width;
  gtk_widget_size_allocate (GTK_WIDGET (self), &at, -1);
}

/* Coming here with Tab selects; where several are selected they stay so. */
static void
on_focus (TpoSpanWidget *self)
{
  if (self->annotation == NULL)
    return;
  if (!self->is_pressing && !tpo_document_is_selected (self->parts->document, self->annotation))
    tpo_document_select (self->parts->document, self->annotation);
  describe_place (self);
}

/* ---- object ----------------------------------------------------------------------------------------- */

static void
tpo_span_widget_dispose (GObject *object)
{
  TpoSpanWidget *self = TPO_SPAN_WIDGET (object);

  GtkWidget *child;

  tpo_span_widget_set_annotation (self, NULL);
  g_ptr_array_set_size (self->marks, 0);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->neighbor);
  g_clear_pointer (&self->moved, g_ptr_array_unref);
  g_clear_pointer (&self->parts, tpo_timeline_parts_unref);
  G_OBJECT_CLASS (tpo_span_widget_parent_class)->dispose (object);
}

static void
tpo_span_widget_finalize (GObject *object)
{
  g_ptr_array_unref (TPO_SPAN_WIDGET (object)->marks);
  G_OBJECT_CLASS (tpo_span_widget_parent_class)->finalize (object);
}

static void
tpo_span_widget_class_init (TpoSpanWidgetClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_span_widget_dispose;
  G_OBJECT_CLASS (klass)->finalize = tpo_span_widget_finalize;
  widget_class->snapshot = tpo_span_widget_snapshot;
  widget_class->measure = tpo_span_widget_measure;
  widget_class->size_allocate = tpo_span_widget_size_allocate;
  widget_class->query_tooltip = tpo_span_widget_query_tooltip;
  gtk_widget_class_set_css_name (widget_class, "span");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST_ITEM);
}

static void
tpo_span_widget_init (TpoSpanWidget *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  self->marks = g_ptr_array_new ();
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  g_signal_connect_swapped (motion, "enter", G_CALLBACK (on_enter), self);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  g_signal_connect_swapped (focus, "enter", G_CALLBACK (on_focus), self);
  g_signal_connect_swapped (focus, "enter", G_CALLBACK (on_enter), self);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
  tpo_span_widget_add_drag (self);
}

GtkWidget *
tpo_span_widget_new (TpoTimelineParts *parts)
{
  TpoSpanWidget *self = g_object_new (TPO_TYPE_SPAN_WIDGET, NULL);

  self->parts = tpo_timeline_parts_ref (parts);
  g_signal_connect_object (parts->document, "notify::highlighted", G_CALLBACK (on_highlighted),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (parts->document, "notify::selected", G_CALLBACK (on_selected), self,
                           G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}

void
tpo_span_widget_set_annotation (TpoSpanWidget *self, TpoAnnotation *annotation)
{
  g_return_if_fail (TPO_IS_SPAN_WIDGET (self));

  if (self->annotation == annotation)
    return;
  if (self->annotation != NULL)
    g_signal_handlers_disconnect_by_func (self->annotation, tpo_span_widget_refresh, self);
  g_set_object (&self->annotation, annotation);
  self->is_dragging = FALSE;
  self->part = TPO_SPAN_BODY;
  g_clear_object (&self->neighbor);
  g_clear_pointer (&self->moved, g_ptr_array_unref);
  if (annotation == NULL)
    return;
  g_signal_connect_swapped (annotation, "changed", G_CALLBACK (tpo_span_widget_refresh), self);
  tpo_span_widget_refresh (self);
  on_selected (self);
  on_highlighted (self);
}

TpoAnnotation *
tpo_span_widget_get_annotation (TpoSpanWidget *self)
{
  g_return_val_if_fail (TPO_IS_SPAN_WIDGET (self), NULL);

  return self->annotation;
}

void
tpo_span_widget_preview (TpoSpanWidget *self, gint64 start_us, gint64 end_us)
{
  g_return_if_fail (TPO_IS_SPAN_WIDGET (self));

  self->start_us = start_us;
  self->end_us = end_us;
  moved (self);
}
