#include "config.h"

#include "timeline/tpo-keyframe-mark.h"

#include <glib/gi18n.h>

struct _TpoKeyframeMark {
  GtkWidget parent_instance;

  TpoTimelineParts *parts;
  TpoAnnotation *annotation; /* nullable */
  gint64 time_us;
};

G_DEFINE_FINAL_TYPE (TpoKeyframeMark, tpo_keyframe_mark, GTK_TYPE_WIDGET)

static void
show (TpoKeyframeMark *self)
{
  tpo_document_select (self->parts->document, self->annotation);
  tpo_player_seek (self->parts->player, self->time_us);
}

static void
on_pressed (TpoKeyframeMark *self, int n_presses, double x, double y, GtkGesture *click)
{
  gtk_gesture_set_state (click, GTK_EVENT_SEQUENCE_CLAIMED);
  gtk_widget_grab_focus (GTK_WIDGET (self));
  show (self);
}

/* By frames; the mark itself goes along with the keyframe. */
static void
move (TpoKeyframeMark *self, int direction)
{
  TpoVideoIndex *index = tpo_document_get_index (self->parts->document);
  guint n = tpo_video_index_get_info (index)->n_frames;
  gint64 frame = (gint64) tpo_video_index_find_frame (index, self->time_us) + direction;
  gint64 from_us = self->time_us, to_us;

  if (frame < 0 || frame >= (gint64) n)
    return;
  to_us = tpo_video_index_get_time_us (index, (guint) frame);
  self->time_us = to_us;
  if (tpo_document_move_keyframe (self->parts->document, self->annotation, from_us, to_us))
    tpo_player_seek (self->parts->player, to_us);
  else
    self->time_us = from_us;
}

static gboolean
on_key (TpoKeyframeMark *self, guint key, guint code, GdkModifierType state)
{
  if (self->annotation == NULL || (state & (GDK_CONTROL_MASK | GDK_ALT_MASK)))
    return FALSE;
  switch (key) {
  case GDK_KEY_Left:
  case GDK_KEY_Right:
    move (self, key == GDK_KEY_Left ? -1 : 1);
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

static void
tpo_keyframe_mark_dispose (GObject *object)
{
  TpoKeyframeMark *self = TPO_KEYFRAME_MARK (object);

  g_clear_object (&self->annotation);
  g_clear_pointer (&self->parts, tpo_timeline_parts_unref);
  G_OBJECT_CLASS (tpo_keyframe_mark_parent_class)->dispose (object);
}

static void
tpo_keyframe_mark_class_init (TpoKeyframeMarkClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_keyframe_mark_dispose;
  gtk_widget_class_set_css_name (widget_class, "keyframe");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_BUTTON);
}

static void
tpo_keyframe_mark_init (TpoKeyframeMark *self)
{
  GtkGesture *click = gtk_gesture_click_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
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

void
tpo_keyframe_mark_set (TpoKeyframeMark *self, TpoAnnotation *annotation, gint64 time_us)
{
  g_autofree char *title = tpo_annotation_dup_title (annotation);
  g_autofree char *time = tpo_player_format_time (time_us);
  /* Translators: spoken: the name of a track, a time */
  g_autofree char *text = g_strdup_printf (_ ("%s, keyframe at %s"), title, time);

  g_set_object (&self->annotation, annotation);
  self->time_us = time_us;
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text,
                                  -1);
}

gint64
tpo_keyframe_mark_get_time (TpoKeyframeMark *self)
{
  g_return_val_if_fail (TPO_IS_KEYFRAME_MARK (self), 0);

  return self->time_us;
}
