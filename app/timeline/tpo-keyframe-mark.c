#include "config.h"

#include "timeline/tpo-keyframe-mark.h"

#include <glib/gi18n.h>
#include <math.h>

#include "compat/tpo-compat.h"
#include "document/tpo-document-sources.h"
#include "document/tpo-document-tracks.h"
#include "timeline/drag-distance.h"

static const double MOVE_AFTER_PX = 3.0;

struct _TpoKeyframeMark {
  GtkWidget parent_instance;

  TpoTimelineParts *parts;
  TpoAnnotation *annotation; /* nullable */
  gint64 time_us;            /* of the keyframe */
  gint64 shown_us;           /* the same, unless it is dragged */
  gboolean is_absent;
  TpoProvenance provenance;
  char *source; /* the same in words */
  gboolean is_dragging;
  double press_x; /* where the drag began, on the bar: the mark itself moves */
  GtkGesture *drag;
};

G_DEFINE_FINAL_TYPE (TpoKeyframeMark, tpo_keyframe_mark, GTK_TYPE_WIDGET)

static void
describe (TpoKeyframeMark *self)
{
  g_autofree char *title = tpo_annotation_dup_title (self->annotation);
  g_autofree char *time = tpo_player_format_time (self->shown_us);
  g_autofree char *text = NULL;

  if (self->is_absent)
    /* Translators: spoken: the name of a track, a time, “corrected by Ana” */
    text = g_strdup_printf (_ ("%s, absent from %s, %s"), title, time, self->source);
  else
    /* Translators: spoken: the name of a track, a time, “corrected by Ana” */
    text = g_strdup_printf (_ ("%s, keyframe at %s, %s"), title, time, self->source);
  tpo_compat_set_tooltip (GTK_WIDGET (self), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text,
                                  -1);
}

static void
show_at (TpoKeyframeMark *self, gint64 shown_us)
{
  GtkWidget *bar = gtk_widget_get_parent (GTK_WIDGET (self));

  self->shown_us = shown_us;
  describe (self);
  if (bar != NULL)
    gtk_widget_queue_allocate (bar);
}

static void
show (TpoKeyframeMark *self)
{
  tpo_document_select (self->parts->document, self->annotation);
  tpo_player_seek (self->parts->player, self->time_us);
}

/* The mark itself goes along with the keyframe. */
static void
move_to (TpoKeyframeMark *self, gint64 to_us)
{
  gint64 from_us = self->time_us;

  self->time_us = to_us;
  if (tpo_document_move_keyframe (self->parts->document, self->annotation, from_us, to_us))
    tpo_player_seek (self->parts->player, to_us);
  else
    self->time_us = from_us;
  show_at (self, self->time_us);
}

/* ---- pointer -------------------------------------------------------------------------------------- */

static void
on_drag_begin (TpoKeyframeMark *self, double x, double y)
{
  gtk_gesture_set_state (self->drag, GTK_EVENT_SEQUENCE_CLAIMED);
  self->is_dragging = TRUE;
  self->press_x = tpo_drag_get_x (self->drag, x);
  gtk_widget_grab_focus (GTK_WIDGET (self));
  tpo_document_select (self->parts->document, self->annotation);
}

static void
on_drag_update (TpoKeyframeMark *self, double offset, double dy)
{
  TpoTimelineParts *parts = self->parts;
  double dx = tpo_drag_get_distance (self->drag, offset, self->press_x);
  gint64 wanted_us =
      self->time_us + (gint64) (dx * tpo_timeline_model_get_us_per_px (parts->model));
  GdkModifierType state =
      gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (self->drag));

  if (!self->is_dragging || tpo_annotation_get_record (self->annotation)->is_locked ||
      (fabs (dx) < MOVE_AFTER_PX && self->shown_us == self->time_us))
    return;
  if (!(state & GDK_ALT_MASK))
    wanted_us = tpo_span_snap (parts, self->annotation, wanted_us);
  show_at (self, tpo_document_place_keyframe (parts->document, self->annotation, self->time_us,
                                              tpo_span_to_frame (parts, wanted_us)));
}

static void
on_drag_end (TpoKeyframeMark *self, double offset, double dy)
{
  double dx = tpo_drag_get_distance (self->drag, offset, self->press_x);

  if (!self->is_dragging)
    return;
  /* The button may be released at a place that no motion told of. */
  on_drag_update (self, offset, dy);
  self->is_dragging = FALSE;
  if (self->shown_us != self->time_us)
    move_to (self, self->shown_us);
  else if (fabs (dx) < MOVE_AFTER_PX ||
           tpo_document_is_open (self->parts->document, self->annotation))
    show (self);
}

/* Something else took the pointer. */
static void
on_drag_cancel (TpoKeyframeMark *self)
{
  self->is_dragging = FALSE;
  if (self->annotation != NULL)
    show_at (self, self->time_us);
}

static void
cancel_drag (TpoKeyframeMark *self)
{
  on_drag_cancel (self);
  gtk_gesture_set_state (self->drag, GTK_EVENT_SEQUENCE_DENIED);
}

/* ---- keyboard ------------------------------------------------------------------------------------- */

static void
nudge (TpoKeyframeMark *self, int direction, gboolean by_second)
{
  TpoVideoIndex *index = tpo_document_get_index (self->parts->document);
  guint frame = tpo_video_index_find_frame (index, self->time_us);
  gint64 step_us = by_second       ? G_USEC_PER_SEC
                   : direction < 0 ? 1
                                   : tpo_video_index_get_frame_duration_us (index, frame);
  gint64 to_us =
      tpo_document_place_keyframe (self->parts->document, self->annotation, self->time_us,
                                   self->time_us + direction * step_us);

  if (to_us != self->time_us)
    move_to (self, to_us);
}

static gboolean
on_key (TpoKeyframeMark *self, guint key, guint code, GdkModifierType state)
{
  if (self->annotation == NULL || (state & GDK_CONTROL_MASK) ||
      ((state & GDK_ALT_MASK) && key != GDK_KEY_Left && key != GDK_KEY_Right))
    return FALSE;
  switch (key) {
  case GDK_KEY_Escape:
    if (!self->is_dragging)
      return FALSE;
    cancel_drag (self);
    return TRUE;
  case GDK_KEY_Left:
  case GDK_KEY_Right:
    nudge (self, key == GDK_KEY_Left ? -1 : 1, (state & GDK_SHIFT_MASK) != 0);
    return TRUE;
  case GDK_KEY_Return:
  case GDK_KEY_KP_Enter:
    show (self);
    return TRUE;
  case GDK_KEY_Delete:
    tpo_document_toggle_keyframe (self->parts->document, self->annotation, self->time_us);
    return TRUE;
  default:
    return FALSE;
  }
}

/* ---- object ----------------------------------------------------------------------------------------- */

static void
tpo_keyframe_mark_dispose (GObject *object)
{
  TpoKeyframeMark *self = TPO_KEYFRAME_MARK (object);

  g_clear_object (&self->annotation);
  g_clear_pointer (&self->parts, tpo_timeline_parts_unref);
  G_OBJECT_CLASS (tpo_keyframe_mark_parent_class)->dispose (object);
}

static void
tpo_keyframe_mark_finalize (GObject *object)
{
  g_free (TPO_KEYFRAME_MARK (object)->source);
  G_OBJECT_CLASS (tpo_keyframe_mark_parent_class)->finalize (object);
}

static void
tpo_keyframe_mark_class_init (TpoKeyframeMarkClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_keyframe_mark_dispose;
  G_OBJECT_CLASS (klass)->finalize = tpo_keyframe_mark_finalize;
  gtk_widget_class_set_css_name (widget_class, "keyframe");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_BUTTON);
}

static void
tpo_keyframe_mark_init (TpoKeyframeMark *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), "ew-resize");
  self->drag = gtk_gesture_drag_new ();
  g_signal_connect_swapped (self->drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect_swapped (self->drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect_swapped (self->drag, "cancel", G_CALLBACK (on_drag_cancel), self);
  g_signal_connect_swapped (self->drag, "drag-end", G_CALLBACK (on_drag_end), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (self->drag));
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}

GtkWidget *
tpo_keyframe_mark_new (TpoTimelineParts *parts)
{
  TpoKeyframeMark *self = g_object_new (TPO_TYPE_KEYFRAME_MARK, NULL);

  self->parts = tpo_timeline_parts_ref (parts);
  return GTK_WIDGET (self);
}

/* Its fill says where it comes from. */
static void
take_source (TpoKeyframeMark *self, const TpoKeyframeRecord *keyframe)
{
  gtk_widget_remove_css_class (GTK_WIDGET (self), tpo_provenance_name (self->provenance));
  self->provenance = keyframe->provenance;
  gtk_widget_add_css_class (GTK_WIDGET (self), tpo_provenance_name (self->provenance));
  g_free (self->source);
  self->source =
      tpo_document_describe_source (self->parts->document, self->annotation, keyframe);
}

void
tpo_keyframe_mark_set (TpoKeyframeMark *self, TpoAnnotation *annotation,
                       const TpoKeyframeRecord *keyframe)
{
  g_return_if_fail (TPO_IS_KEYFRAME_MARK (self) && keyframe != NULL);

  /* The one that is dragged stays under the pointer. */
  self->is_dragging =
      self->is_dragging && annotation == self->annotation && keyframe->time_us == self->time_us;
  g_set_object (&self->annotation, annotation);
  self->time_us = keyframe->time_us;
  self->is_absent = keyframe->is_absent;
  if (!self->is_dragging)
    self->shown_us = self->time_us;
  if (self->is_absent)
    gtk_widget_add_css_class (GTK_WIDGET (self), "absent");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "absent");
  take_source (self, keyframe);
  describe (self);
}

gint64
tpo_keyframe_mark_get_time (TpoKeyframeMark *self)
{
  g_return_val_if_fail (TPO_IS_KEYFRAME_MARK (self), 0);

  return self->shown_us;
}
