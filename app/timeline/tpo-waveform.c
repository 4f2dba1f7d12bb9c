#include "config.h"

#include "timeline/tpo-waveform.h"

#include <glib/gi18n.h>

#include "compat/tpo-compat.h"
#include "timeline/sound-peaks.h"

static const int HEIGHT_PX = 26;

struct _TpoWaveform {
  GtkWidget parent_instance;

  TpoTimelineParts *parts;
  GCancellable *loading; /* nullable */
  TpoSoundPeaks *peaks;  /* nullable */
  gboolean is_wanted;
};

G_DEFINE_FINAL_TYPE (TpoWaveform, tpo_waveform, GTK_TYPE_WIDGET)

static gboolean
has_sound (TpoWaveform *self)
{
  TpoVideo *video = tpo_document_get_video (self->parts->document);

  return video != NULL && tpo_video_get_info (video)->has_audio;
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TpoWaveform) self = user_data;
  g_autoptr (GError) error = NULL;
  TpoSoundPeaks *peaks = tpo_sound_peaks_load_finish (result, &error);

  /* Another video may have been opened meanwhile. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->loading);
  self->peaks = peaks;
  /* What cannot be heard is not shown; the player says what is wrong. */
  if (peaks == NULL)
    gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
load (TpoWaveform *self)
{
  if (self->peaks != NULL || self->loading != NULL || !has_sound (self))
    return;
  self->loading = g_cancellable_new ();
  tpo_sound_peaks_load_async (tpo_document_get_video (self->parts->document), self->loading,
                              on_loaded, g_object_ref (self));
}

static void
update (TpoWaveform *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self), self->is_wanted && has_sound (self));
  if (gtk_widget_get_visible (GTK_WIDGET (self)))
    load (self);
}

static void
forget (TpoWaveform *self)
{
  if (self->loading != NULL)
    g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
  g_clear_pointer (&self->peaks, tpo_sound_peaks_free);
}

static void
on_video_changed (TpoWaveform *self)
{
  forget (self);
  update (self);
}

void
tpo_waveform_set_wanted (TpoWaveform *self, gboolean is_wanted)
{
  g_return_if_fail (TPO_IS_WAVEFORM (self));

  self->is_wanted = is_wanted;
  update (self);
}

static void
tpo_waveform_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  TpoWaveform *self = TPO_WAVEFORM (widget);
  TpoTimelineModel *model = self->parts->model;
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  gint64 end_us = tpo_timeline_model_get_duration (model);
  GdkRGBA color;

  if (self->peaks == NULL)
    return;
  tpo_compat_get_color (widget, &color);
  color.alpha *= 0.5f;
  for (int x = 0; x < width; x++) {
    gint64 from_us = tpo_timeline_model_x_to_time (model, x);
    gint64 to_us = tpo_timeline_model_x_to_time (model, x + 1);
    float size;

    if (to_us <= 0 || from_us >= end_us)
      continue;
    size = MAX (1.0f, tpo_sound_peaks_get (self->peaks, from_us, MAX (to_us, from_us + 1)) *
                          (float) height);
    gtk_snapshot_append_color (
        snapshot, &color,
        &GRAPHENE_RECT_INIT ((float) x, ((float) height - size) / 2.0f, 1.0f, size));
  }
}

static void
tpo_waveform_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                      int *natural, int *minimum_baseline, int *natural_baseline)
{
  /* Rows need the room more, where there is little. */
  *minimum = 0;
  *natural = orientation == GTK_ORIENTATION_VERTICAL ? HEIGHT_PX : 1;
  *minimum_baseline = *natural_baseline = -1;
}

static void
tpo_waveform_dispose (GObject *object)
{
  TpoWaveform *self = TPO_WAVEFORM (object);

  forget (self);
  g_clear_pointer (&self->parts, tpo_timeline_parts_unref);
  G_OBJECT_CLASS (tpo_waveform_parent_class)->dispose (object);
}

static void
tpo_waveform_class_init (TpoWaveformClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_waveform_dispose;
  widget_class->snapshot = tpo_waveform_snapshot;
  widget_class->measure = tpo_waveform_measure;
  gtk_widget_class_set_css_name (widget_class, "waveform");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
tpo_waveform_init (TpoWaveform *self)
{
  gtk_widget_set_can_target (GTK_WIDGET (self), FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Sound"), -1);
}

GtkWidget *
tpo_waveform_new (TpoTimelineParts *parts)
{
  TpoWaveform *self = g_object_new (TPO_TYPE_WAVEFORM, NULL);

  self->parts = tpo_timeline_parts_ref (parts);
  self->is_wanted = TRUE;
  g_signal_connect_object (parts->model, "changed", G_CALLBACK (gtk_widget_queue_draw), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (parts->document, "notify::video", G_CALLBACK (on_video_changed),
                           self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}
