#include "config.h"

#include "timeline/tpo-curve-lane.h"

#include <glib/gi18n.h>

#include "labels/palette.h"
#include "timeline/highlight.h"

static const float STEP = 0.05f;    /* of a key */
static const double LEAST_PX = 6.0; /* narrower bars are drawn, but are no objects */
static const guint MAX_BARS = 300;

/* A clip's bar as an object that has the focus; the lane draws it. */
#define TPO_TYPE_CURVE_BAR (tpo_curve_bar_get_type ())
G_DECLARE_FINAL_TYPE (TpoCurveBar, tpo_curve_bar, TPO, CURVE_BAR, GtkWidget)

struct _TpoCurveBar {
  GtkWidget parent_instance;
};

G_DEFINE_FINAL_TYPE (TpoCurveBar, tpo_curve_bar, GTK_TYPE_WIDGET)

static void
tpo_curve_bar_class_init (TpoCurveBarClass *klass)
{
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "curve-bar");
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_SLIDER);
}

static void
tpo_curve_bar_init (TpoCurveBar *self)
{
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_can_target (GTK_WIDGET (self), FALSE);
}

struct _TpoCurveLane {
  GtkWidget parent_instance;

  TpoTimelineParts *parts;
  TpoAnnotation *annotation; /* nullable */
  gint64 revision_id;        /* that @highlight shows */
  TpoHighlight *highlight;   /* nullable */
  GPtrArray *bars;           /* child widgets, those of clips @first … */
  guint first;
  gboolean is_drawing;
  guint drawn; /* clip that was drawn last */
};

G_DEFINE_FINAL_TYPE (TpoCurveLane, tpo_curve_lane, GTK_TYPE_WIDGET)

/* ---- values ------------------------------------------------------------------------------------------ */

static gint64
clip_start (TpoCurveLane *self, guint i)
{
  return self->highlight->start_us + (gint64) i * self->highlight->step_us;
}

static void
describe (TpoCurveLane *self, guint i)
{
  GtkWidget *bar = g_ptr_array_index (self->bars, i - self->first);
  g_autofree char *start = tpo_player_format_time (clip_start (self, i));
  g_autofree char *end = tpo_player_format_time (clip_start (self, i + 1));
  double percent = 100.0 * (double) self->highlight->values[i];
  /* Translators: spoken: a bar of the highlight curve: two times */
  g_autofree char *label = g_strdup_printf (_ ("Highlight, %s to %s"), start, end);
  g_autofree char *value = g_strdup_printf (_ ("%.0f %%"), percent);

  gtk_accessible_update_property (GTK_ACCESSIBLE (bar), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_MIN, 0.0,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_MAX, 100.0,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_NOW, percent,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, value, -1);
}

static void
set_value (TpoCurveLane *self, guint i, float value)
{
  self->highlight->values[i] = CLAMP (value, 0.0f, 1.0f);
  if (i >= self->first && i < self->first + self->bars->len)
    describe (self, i);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* In the range of what was predicted. */
static void
save (TpoCurveLane *self)
{
  const TpoHighlight *highlight = self->highlight;
  g_autofree float *values = g_new (float, highlight->n);

  for (guint i = 0; i < highlight->n; i++)
    values[i] = highlight->low + highlight->values[i] * (highlight->high - highlight->low);
  if (!tpo_document_set_curve (self->parts->document, self->annotation, values, highlight->n)) {
    self->revision_id = 0;
    tpo_curve_lane_update (self, self->annotation);
  }
}

static gboolean
clip_at (TpoCurveLane *self, double x, guint *clip)
{
  gint64 time_us = tpo_timeline_model_x_to_time (self->parts->model, x);
  gint64 i;

  if (self->highlight == NULL || time_us < self->highlight->start_us)
    return FALSE;
  i = (time_us - self->highlight->start_us) / self->highlight->step_us;
  *clip = (guint) i;
  return i < (gint64) self->highlight->n;
}

/* ---- pointer ------------------------------------------------------------------------------------------- */

/* A fast pointer leaves no clip out. */
static void
draw_at (TpoCurveLane *self, double x, double y)
{
  double height = MAX (1, gtk_widget_get_height (GTK_WIDGET (self)));
  float value = (float) (1.0 - y / height);
  guint clip;

  if (!clip_at (self, x, &clip))
    return;
  for (guint i = MIN (clip, self->drawn) + 1; i < MAX (clip, self->drawn); i++)
    set_value (self, i, value);
  set_value (self, clip, value);
  self->drawn = clip;
}

static void
on_drag_begin (TpoCurveLane *self, double x, double y, GtkGesture *drag)
{
  gtk_gesture_set_state (drag, GTK_EVENT_SEQUENCE_CLAIMED);
  self->is_drawing =
      self->highlight != NULL && tpo_document_is_open (self->parts->document, self->annotation);
  if (self->is_drawing && clip_at (self, x, &self->drawn))
    draw_at (self, x, y);
}

static void
on_drag_update (TpoCurveLane *self, double dx, double dy, GtkGestureDrag *drag)
{
  double x, y;

  gtk_gesture_drag_get_start_point (drag, &x, &y);
  if (self->is_drawing)
    draw_at (self, x + dx, y + dy);
}

static void
on_drag_end (TpoCurveLane *self, double dx, double dy, GtkGestureDrag *drag)
{
  on_drag_update (self, dx, dy, drag);
  if (self->is_drawing)
    save (self);
  self->is_drawing = FALSE;
}

/* ---- bars ----------------------------------------------------------------------------------------------- */

static gboolean
on_bar_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
            TpoCurveLane *self)
{
  GtkWidget *bar = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (controller));
  guint i;

  if ((state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) || !g_ptr_array_find (self->bars, bar, &i))
    return FALSE;
  switch (key) {
  case GDK_KEY_Up:
  case GDK_KEY_Down:
    if (!tpo_document_is_open (self->parts->document, self->annotation))
      return TRUE;
    set_value (self, self->first + i,
               self->highlight->values[self->first + i] + (key == GDK_KEY_Up ? STEP : -STEP));
    save (self);
    return TRUE;
  case GDK_KEY_Left:
  case GDK_KEY_Right:
    i += key == GDK_KEY_Left ? (guint) -1 : 1;
    if (i < self->bars->len)
      gtk_widget_grab_focus (g_ptr_array_index (self->bars, i));
    return TRUE;
  default:
    return FALSE;
  }
}

static GtkWidget *
bar_new (TpoCurveLane *self)
{
  GtkWidget *bar = g_object_new (TPO_TYPE_CURVE_BAR, NULL);
  GtkEventController *keys = gtk_event_controller_key_new ();

  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_bar_key), self);
  gtk_widget_add_controller (bar, keys);
  gtk_widget_set_parent (bar, GTK_WIDGET (self));
  return bar;
}

static void
update_bars (TpoCurveLane *self)
{
  TpoTimelineModel *model = self->parts->model;
  guint n = 0, last = 0;

  if (self->highlight != NULL) {
    gint64 from_us = tpo_timeline_model_get_start (model) - self->highlight->start_us;
    gint64 to_us = tpo_timeline_model_get_end (model) - self->highlight->start_us;
    double width = (double) self->highlight->step_us / tpo_timeline_model_get_us_per_px (model);

    self->first = (guint) (MAX (from_us, 0) / self->highlight->step_us);
    last = (guint) MIN ((gint64) self->highlight->n,
                        MAX (to_us, 0) / self->highlight->step_us + 1);
    n = width >= LEAST_PX && last > self->first ? MIN (last - self->first, MAX_BARS) : 0;
  }
  while (self->bars->len > n) {
    gtk_widget_unparent (g_ptr_array_index (self->bars, self->bars->len - 1));
    g_ptr_array_set_size (self->bars, (int) self->bars->len - 1);
  }
  while (self->bars->len < n)
    g_ptr_array_add (self->bars, bar_new (self));
  for (guint i = 0; i < n; i++)
    describe (self, self->first + i);
}

void
tpo_curve_lane_update (TpoCurveLane *self, TpoAnnotation *annotation)
{
  gint64 revision_id;

  g_return_if_fail (TPO_IS_CURVE_LANE (self));

  revision_id = annotation != NULL ? tpo_annotation_get_record (annotation)->revision_id : 0;
  if (self->is_drawing)
    return;
  if (self->annotation != annotation || self->revision_id != revision_id) {
    g_set_object (&self->annotation, annotation);
    self->revision_id = revision_id;
    g_clear_pointer (&self->highlight, tpo_highlight_free);
    if (annotation != NULL)
      self->highlight = tpo_highlight_new (self->parts->document, annotation);
  }
  update_bars (self);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* ---- layout and drawing ------------------------------------------------------------------------------------ */

static void
tpo_curve_lane_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                        int *minimum, int *natural, int *minimum_baseline,
                        int *natural_baseline)
{
  TpoCurveLane *self = TPO_CURVE_LANE (widget);

  for (guint i = 0; i < self->bars->len; i++)
    gtk_widget_measure (g_ptr_array_index (self->bars, i), orientation, -1, minimum, natural,
                        NULL, NULL);
  *minimum = *natural = 0;
  *minimum_baseline = *natural_baseline = -1;
}

static void
tpo_curve_lane_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  TpoCurveLane *self = TPO_CURVE_LANE (widget);

  for (guint i = 0; i < self->bars->len; i++) {
    double x0 =
        tpo_timeline_model_time_to_x (self->parts->model, clip_start (self, self->first + i));
    double x1 = tpo_timeline_model_time_to_x (self->parts->model,
                                              clip_start (self, self->first + i + 1));
    GtkAllocation at = { (int) x0, 0, MAX (1, (int) x1 - (int) x0 - 1), height };

    gtk_widget_size_allocate (g_ptr_array_index (self->bars, i), &at, -1);
  }
}

static void
tpo_curve_lane_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  TpoCurveLane *self = TPO_CURVE_LANE (widget);
  TpoTimelineModel *model = self->parts->model;
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  GdkRGBA color;

  if (self->highlight == NULL)
    return;
  tpo_palette_rgba (tpo_annotation_get_color (self->annotation), &color);
  gtk_snapshot_push_clip (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  for (guint i = self->first; i < self->highlight->n; i++) {
    double x0 = tpo_timeline_model_time_to_x (model, clip_start (self, i));
    double x1 = tpo_timeline_model_time_to_x (model, clip_start (self, i + 1));
    float size = MAX (2.0f, (float) height * self->highlight->values[i]);

    if (x0 > width)
      break;
    gtk_snapshot_append_color (snapshot, &color,
                               &GRAPHENE_RECT_INIT ((float) x0, (float) height - size,
                                                    (float) MAX (0.5, x1 - x0 - 1.0), size));
  }
  for (guint i = 0; i < self->bars->len; i++)
    gtk_widget_snapshot_child (widget, g_ptr_array_index (self->bars, i), snapshot);
  gtk_snapshot_pop (snapshot);
}

/* ---- object -------------------------------------------------------------------------------------------------- */

static void
tpo_curve_lane_dispose (GObject *object)
{
  TpoCurveLane *self = TPO_CURVE_LANE (object);
  GtkWidget *child;

  g_ptr_array_set_size (self->bars, 0);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_pointer (&self->highlight, tpo_highlight_free);
  g_clear_object (&self->annotation);
  g_clear_pointer (&self->parts, tpo_timeline_parts_unref);
  G_OBJECT_CLASS (tpo_curve_lane_parent_class)->dispose (object);
}

static void
tpo_curve_lane_finalize (GObject *object)
{
  g_ptr_array_unref (TPO_CURVE_LANE (object)->bars);
  G_OBJECT_CLASS (tpo_curve_lane_parent_class)->finalize (object);
}

static void
tpo_curve_lane_class_init (TpoCurveLaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_curve_lane_dispose;
  G_OBJECT_CLASS (klass)->finalize = tpo_curve_lane_finalize;
  widget_class->measure = tpo_curve_lane_measure;
  widget_class->size_allocate = tpo_curve_lane_size_allocate;
  widget_class->snapshot = tpo_curve_lane_snapshot;
  gtk_widget_class_set_css_name (widget_class, "curve-lane");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
tpo_curve_lane_init (TpoCurveLane *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();

  self->bars = g_ptr_array_new ();
  g_signal_connect_swapped (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect_swapped (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect_swapped (drag, "drag-end", G_CALLBACK (on_drag_end), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Highlight curve"), -1);
}

GtkWidget *
tpo_curve_lane_new (TpoTimelineParts *parts)
{
  TpoCurveLane *self = g_object_new (TPO_TYPE_CURVE_LANE, NULL);

  self->parts = tpo_timeline_parts_ref (parts);
  return GTK_WIDGET (self);
}
