#include "config.h"

#include "canvas/tpo-track-bar.h"

#include <glib/gi18n.h>

struct _TpoTrackBar {
  GtkWidget parent_instance;

  TpoDocument *document;
  TpoPlayer *player;
  GSignalGroup *selected_signals; /* of the selected annotation */
  GtkWidget *work, *offer, *step, *progress;
};

G_DEFINE_FINAL_TYPE (TpoTrackBar, tpo_track_bar, GTK_TYPE_WIDGET)

static gboolean
may_offer (TpoTrackBar *self)
{
  TpoAnnotation *selected = tpo_document_get_selected (self->document);

  return selected != NULL && !tpo_player_get_playing (self->player) &&
         tpo_document_can_retrack (self->document, selected,
                                   tpo_player_get_position_us (self->player));
}

static void
show_work (TpoTrackBar *self)
{
  g_autofree char *step = NULL;
  double progress;

  g_object_get (self->document, "step", &step, "progress", &progress, NULL);
  gtk_label_set_text (GTK_LABEL (self->step), step != NULL ? step : "");
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->progress), progress);
}

static void
update (TpoTrackBar *self)
{
  gboolean is_tracking = tpo_document_is_tracking (self->document);

  if (is_tracking)
    show_work (self);
  gtk_widget_set_visible (self->work, is_tracking);
  gtk_widget_set_visible (self->offer, !is_tracking);
  gtk_widget_set_visible (GTK_WIDGET (self), is_tracking || may_offer (self));
}

static void
on_selected (TpoTrackBar *self)
{
  g_signal_group_set_target (self->selected_signals,
                             tpo_document_get_selected (self->document));
  update (self);
}

static void
tpo_track_bar_dispose (GObject *object)
{
  TpoTrackBar *self = TPO_TRACK_BAR (object);

  g_clear_object (&self->selected_signals);
  g_clear_pointer (&self->work, gtk_widget_unparent);
  g_clear_pointer (&self->offer, gtk_widget_unparent);
  g_clear_object (&self->player);
  g_clear_object (&self->document);
  G_OBJECT_CLASS (tpo_track_bar_parent_class)->dispose (object);
}

static void
tpo_track_bar_class_init (TpoTrackBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_track_bar_dispose;
  gtk_widget_class_set_css_name (widget_class, "trackbar");
  gtk_widget_class_set_template_from_resource (widget_class,
                                               TPO_RESOURCES "/canvas/tpo-track-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, TpoTrackBar, work);
  gtk_widget_class_bind_template_child (widget_class, TpoTrackBar, offer);
  gtk_widget_class_bind_template_child (widget_class, TpoTrackBar, step);
  gtk_widget_class_bind_template_child (widget_class, TpoTrackBar, progress);
}

static void
tpo_track_bar_init (TpoTrackBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_add_css_class (GTK_WIDGET (self), "osd");
  self->selected_signals = g_signal_group_new (TPO_TYPE_ANNOTATION);
  g_signal_group_connect_swapped (self->selected_signals, "changed", G_CALLBACK (update), self);
}

GtkWidget *
tpo_track_bar_new (TpoDocument *document, TpoPlayer *player)
{
  static const char *const changes[] = { "notify::is-busy", "notify::step",
                                         "notify::progress" };
  TpoTrackBar *self;

  g_return_val_if_fail (TPO_IS_DOCUMENT (document) && TPO_IS_PLAYER (player), NULL);

  self = g_object_new (TPO_TYPE_TRACK_BAR, NULL);
  self->document = g_object_ref (document);
  self->player = g_object_ref (player);
  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++)
    g_signal_connect_object (document, changes[i], G_CALLBACK (update), self,
                             G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "notify::selected", G_CALLBACK (on_selected), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (player, "notify::frame-index", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (player, "notify::playing", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  on_selected (self);
  return GTK_WIDGET (self);
}
