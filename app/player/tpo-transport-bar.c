#include "config.h"

#include "player/tpo-transport-bar.h"

#include <glib/gi18n.h>

#include "compat/tpo-compat.h"
#include "tpo-player-resources.h"

/* A label that changes lays the window out again, so it follows playback ten times a second. */
#define LABEL_INTERVAL_US 90000

struct _TpoTransportBar {
  GtkWidget parent_instance;
  TpoPlayer *player;
  GSignalGroup *player_signals;
  gboolean is_updating; /* our own change of slider or volume */
  gint64 label_us;      /* monotonic time of the last change of the label */

  GtkWidget *slider;
  GtkAdjustment *slider_adjustment;
  GtkWidget *play_button;
  GtkLabel *position_label;
  GtkLabel *duration_label;
  GtkLabel *speed_label;
  GtkWidget *loop_button;
  GtkWidget *volume_button;
  GMenu *speeds, *more; /* @more: where there is no room for the buttons behind the time */
};

G_DEFINE_FINAL_TYPE (TpoTransportBar, tpo_transport_bar, GTK_TYPE_WIDGET)

enum {
  PROP_0,
  PROP_PLAYER,
  PROP_HAS_SLIDER,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
set_tooltip (GtkWidget *widget, const char *text)
{
  gtk_widget_set_tooltip_text (widget, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, text,
                                  -1);
}

static void
update_position (TpoTransportBar *self)
{
  gint64 now_us = g_get_monotonic_time (), time_us = tpo_player_get_position_us (self->player);
  g_autofree char *position = NULL, *duration = NULL, *spoken = NULL;

  if (tpo_player_get_playing (self->player) && now_us - self->label_us < LABEL_INTERVAL_US)
    return;
  self->label_us = now_us;
  position = tpo_player_format_time (time_us);
  gtk_label_set_text (self->position_label, position);
  if (!gtk_widget_get_visible (self->slider))
    return;
  self->is_updating = TRUE;
  gtk_adjustment_set_value (self->slider_adjustment, (double) time_us / G_USEC_PER_SEC);
  self->is_updating = FALSE;
  duration = tpo_player_format_time (tpo_player_get_duration_us (self->player));
  /* Translators: spoken value of the position slider; the first is the time reached */
  spoken = g_strdup_printf (_ ("%s of %s"), position, duration);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->slider),
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, spoken, -1);
}

static void
update_duration (TpoTransportBar *self)
{
  gint64 duration_us = tpo_player_get_duration_us (self->player);
  g_autofree char *duration = tpo_player_format_time (duration_us);
  g_autofree char *text = NULL;

  /* One label that may be cut short: the bar must fit the narrowest window. */
  text = g_strconcat ("/ ", duration, NULL);
  gtk_label_set_text (self->duration_label, text);
  self->is_updating = TRUE;
  gtk_adjustment_set_upper (self->slider_adjustment,
                            MAX ((double) duration_us / G_USEC_PER_SEC, 0.001));
  self->is_updating = FALSE;
  update_position (self);
}

static void
update_playing (TpoTransportBar *self)
{
  gboolean is_playing = tpo_player_get_playing (self->player);

  gtk_button_set_icon_name (GTK_BUTTON (self->play_button),
                            is_playing ? "media-playback-pause-symbolic"
                                       : "media-playback-start-symbolic");
  set_tooltip (self->play_button, is_playing ? _ ("Pause") : _ ("Play"));
  self->label_us = 0;
  update_position (self);
}

static void
update_speed (TpoTransportBar *self)
{
  /* Translators: playback speed, such as 0.5× */
  g_autofree char *label = g_strdup_printf (_ ("%g×"), tpo_player_get_speed (self->player));

  gtk_label_set_text (self->speed_label, label);
}

static void
update_loop (TpoTransportBar *self)
{
  gint64 start_us = tpo_player_get_loop_start_us (self->player);
  gint64 end_us = tpo_player_get_loop_end_us (self->player);

  if (end_us >= 0)
    gtk_widget_add_css_class (self->loop_button, "accent");
  else
    gtk_widget_remove_css_class (self->loop_button, "accent");
  if (start_us < 0) {
    gtk_button_set_label (GTK_BUTTON (self->loop_button), _ ("A–B"));
    set_tooltip (self->loop_button, _ ("Set Start of Loop"));
  } else if (end_us < 0) {
    gtk_button_set_label (GTK_BUTTON (self->loop_button), _ ("A–…"));
    set_tooltip (self->loop_button, _ ("Set End of Loop"));
  } else {
    gtk_button_set_label (GTK_BUTTON (self->loop_button), _ ("A–B"));
    set_tooltip (self->loop_button, _ ("Clear Loop"));
  }
}

static void
update_volume (TpoTransportBar *self)
{
  gboolean is_muted = tpo_player_get_muted (self->player);

  self->is_updating = TRUE;
  gtk_scale_button_set_value (GTK_SCALE_BUTTON (self->volume_button),
                              is_muted ? 0 : tpo_player_get_volume (self->player));
  self->is_updating = FALSE;
}

static void
on_slider_changed (GtkAdjustment *adjustment, TpoTransportBar *self)
{
  if (self->is_updating || self->player == NULL)
    return;
  tpo_player_scrub (self->player,
                    (gint64) (gtk_adjustment_get_value (adjustment) * G_USEC_PER_SEC));
}

static void
on_volume_changed (GtkScaleButton *button, double value, TpoTransportBar *self)
{
  if (self->is_updating || self->player == NULL)
    return;
  tpo_player_set_volume (self->player, value);
  tpo_player_set_muted (self->player, FALSE);
}

static void
tpo_transport_bar_dispose (GObject *object)
{
  TpoTransportBar *self = TPO_TRANSPORT_BAR (object);
  GtkWidget *child;

  g_clear_object (&self->player_signals);
  g_clear_object (&self->player);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (tpo_transport_bar_parent_class)->dispose (object);
}

static void
tpo_transport_bar_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  TpoTransportBar *self = TPO_TRANSPORT_BAR (object);

  switch (id) {
  case PROP_PLAYER:
    g_value_set_object (value, self->player);
    break;
  case PROP_HAS_SLIDER:
    g_value_set_boolean (value, gtk_widget_get_visible (self->slider));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
tpo_transport_bar_set_property (GObject *object, guint id, const GValue *value,
                                GParamSpec *pspec)
{
  TpoTransportBar *self = TPO_TRANSPORT_BAR (object);

  switch (id) {
  case PROP_PLAYER:
    tpo_transport_bar_set_player (self, g_value_get_object (value));
    break;
  case PROP_HAS_SLIDER:
    tpo_transport_bar_set_has_slider (self, g_value_get_boolean (value));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
tpo_transport_bar_class_init (TpoTransportBarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags =
      G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->dispose = tpo_transport_bar_dispose;
  object_class->get_property = tpo_transport_bar_get_property;
  object_class->set_property = tpo_transport_bar_set_property;
  properties[PROP_PLAYER] = g_param_spec_object ("player", NULL, NULL, TPO_TYPE_PLAYER, flags);
  properties[PROP_HAS_SLIDER] = g_param_spec_boolean ("has-slider", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  /* Naming the resource keeps it in programs that link this folder as a static library. */
  g_assert (tpo_player_get_resource () != NULL);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/tpostudio/TpoStudio/player/tpo-transport-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, TpoTransportBar, slider);
  gtk_widget_class_bind_template_child (widget_class, TpoTransportBar, slider_adjustment);
  gtk_widget_class_bind_template_child (widget_class, TpoTransportBar, play_button);
  gtk_widget_class_bind_template_child (widget_class, TpoTransportBar, position_label);
  gtk_widget_class_bind_template_child (widget_class, TpoTransportBar, duration_label);
  gtk_widget_class_bind_template_child (widget_class, TpoTransportBar, speed_label);
  gtk_widget_class_bind_template_child (widget_class, TpoTransportBar, loop_button);
  gtk_widget_class_bind_template_child (widget_class, TpoTransportBar, volume_button);
  gtk_widget_class_bind_template_child (widget_class, TpoTransportBar, speeds);
  gtk_widget_class_bind_template_child (widget_class, TpoTransportBar, more);
  gtk_widget_class_bind_template_callback (widget_class, on_slider_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_volume_changed);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "transportbar");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_TOOLBAR);
}

static void
name_part (GtkWidget *widget, const char *name)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  -1);
}

static GtkWidget *
find_range (GtkWidget *widget)
{
  GtkWidget *found = GTK_IS_RANGE (widget) ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_range (child);
  return found;
}

/* GTK gives what pops up no names. */
static void
name_volume (TpoTransportBar *self)
{
  GtkScaleButton *button = GTK_SCALE_BUTTON (self->volume_button);
  GtkWidget *range = find_range (gtk_scale_button_get_popup (button));

  name_part (gtk_scale_button_get_plus_button (button), _ ("Louder"));
  name_part (gtk_scale_button_get_minus_button (button), _ ("Quieter"));
  if (range != NULL)
    name_part (range, _ ("Volume"));
}

static void
tpo_transport_bar_init (TpoTransportBar *self)
{
  static const struct {
    const char *signal;
    GCallback callback;
  } handlers[] = {
    { "notify::position-us", G_CALLBACK (update_position) },
    { "notify::duration-us", G_CALLBACK (update_duration) },
    { "notify::playing", G_CALLBACK (update_playing) },
    { "notify::speed", G_CALLBACK (update_speed) },
    { "notify::loop-start-us", G_CALLBACK (update_loop) },
    { "notify::loop-end-us", G_CALLBACK (update_loop) },
    { "notify::volume", G_CALLBACK (update_volume) },
    { "notify::muted", G_CALLBACK (update_volume) },
  };

  gtk_widget_init_template (GTK_WIDGET (self));
  g_menu_prepend_submenu (self->more, _ ("Speed"), G_MENU_MODEL (self->speeds));
  name_volume (self);
  tpo_compat_name_with_button (self->volume_button, _ ("Volume"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Playback"), -1);
  self->player_signals = g_signal_group_new (TPO_TYPE_PLAYER);
  for (guint i = 0; i < G_N_ELEMENTS (handlers); i++)
    g_signal_group_connect_swapped (self->player_signals, handlers[i].signal,
                                    handlers[i].callback, self);
}

GtkWidget *
tpo_transport_bar_new (void)
{
  return g_object_new (TPO_TYPE_TRANSPORT_BAR, NULL);
}

void
tpo_transport_bar_set_player (TpoTransportBar *self, TpoPlayer *player)
{
  g_return_if_fail (TPO_IS_TRANSPORT_BAR (self));
  g_return_if_fail (player == NULL || TPO_IS_PLAYER (player));
  if (!g_set_object (&self->player, player))
    return;
  g_signal_group_set_target (self->player_signals, player);
  if (player != NULL) {
    update_duration (self);
    update_playing (self);
    update_speed (self);
    update_loop (self);
    update_volume (self);
  }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PLAYER]);
}

void
tpo_transport_bar_set_has_slider (TpoTransportBar *self, gboolean has_slider)
{
  g_return_if_fail (TPO_IS_TRANSPORT_BAR (self));
  has_slider = has_slider != FALSE;
  if (gtk_widget_get_visible (self->slider) == has_slider)
    return;
  gtk_widget_set_visible (self->slider, has_slider);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HAS_SLIDER]);
}
