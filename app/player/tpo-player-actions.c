#include "config.h"

#include "player/tpo-player-actions.h"

static const double speeds[] = { 0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4 };

static void
on_next_frame (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  tpo_player_step (user_data, 1);
}

static void
on_previous_frame (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  tpo_player_step (user_data, -1);
}

static void
on_seek (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  tpo_player_seek (user_data, g_variant_get_int64 (parameter));
}

static void
on_seek_by (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  tpo_player_seek (user_data,
                   tpo_player_get_position_us (user_data) + g_variant_get_int64 (parameter));
}

static void
on_start (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  tpo_player_seek_frame (user_data, 0);
}

static void
on_end (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  tpo_player_seek_frame (user_data, G_MAXUINT);
}

static void
on_slower (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  double speed = tpo_player_get_speed (user_data);

  for (guint i = G_N_ELEMENTS (speeds); i-- > 0;)
    if (speeds[i] < speed) {
      tpo_player_set_speed (user_data, speeds[i]);
      return;
    }
}

static void
on_faster (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  double speed = tpo_player_get_speed (user_data);

  for (guint i = 0; i < G_N_ELEMENTS (speeds); i++)
    if (speeds[i] > speed) {
      tpo_player_set_speed (user_data, speeds[i]);
      return;
    }
}

static void
on_normal_speed (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  tpo_player_set_speed (user_data, 1);
}

static void
on_clear_loop (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  tpo_player_set_loop (user_data, -1, -1);
}

static void
on_loop (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TpoPlayer *player = user_data;
  gint64 start_us = tpo_player_get_loop_start_us (player);
  gint64 now_us = tpo_player_get_position_us (player);

  if (start_us < 0)
    tpo_player_set_loop (player, now_us, -1);
  else if (tpo_player_get_loop_end_us (player) >= 0)
    tpo_player_set_loop (player, -1, -1);
  else if (now_us > start_us)
    tpo_player_set_loop (player, start_us, now_us);
  else if (now_us < start_us)
    tpo_player_set_loop (player, now_us, start_us); /* set backwards */
}

static const GActionEntry entries[] = {
  { "next-frame", on_next_frame },
  { "previous-frame", on_previous_frame },
  { "seek", on_seek, "x" },
  { "seek-by", on_seek_by, "x" },
  { "start", on_start },
  { "end", on_end },
  { "slower", on_slower },
  { "faster", on_faster },
  { "normal-speed", on_normal_speed },
  { "loop", on_loop },
  { "clear-loop", on_clear_loop },
};

static const struct {
  const char *action, *property;
} stateful[] = {
  { "play-pause", "playing" },
  { "speed", "speed" },
  { "volume", "volume" },
  { "mute", "muted" },
};

static void
add_stateful (GSimpleActionGroup *group, TpoPlayer *player)
{
  for (guint i = 0; i < G_N_ELEMENTS (stateful); i++) {
    g_autoptr (GPropertyAction) action =
        g_property_action_new (stateful[i].action, player, stateful[i].property);

    g_action_map_add_action (G_ACTION_MAP (group), G_ACTION (action));
  }
}

/* GPropertyAction has no switch, so play-pause leaves the group without a video, and the other
 * three stay: they are settings. */
static void
update (TpoPlayer *player, GParamSpec *pspec, gpointer user_data)
{
  GActionMap *group = user_data;
  gboolean has_video = tpo_player_get_video (player) != NULL;

  for (guint i = 0; i < G_N_ELEMENTS (entries); i++) {
    GAction *action = g_action_map_lookup_action (group, entries[i].name);

    g_simple_action_set_enabled (G_SIMPLE_ACTION (action), has_video);
  }
  if (!has_video) {
    g_action_map_remove_action (group, "play-pause");
  } else if (g_action_map_lookup_action (group, "play-pause") == NULL) {
    g_autoptr (GPropertyAction) action =
        g_property_action_new ("play-pause", player, "playing");

    g_action_map_add_action (group, G_ACTION (action));
  }
}

GSimpleActionGroup *
tpo_player_actions_new (TpoPlayer *player)
{
  GSimpleActionGroup *group;

  g_return_val_if_fail (TPO_IS_PLAYER (player), NULL);
  group = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (group), entries, G_N_ELEMENTS (entries),
                                   player);
  g_object_set_data_full (G_OBJECT (group), "player", g_object_ref (player), g_object_unref);
  add_stateful (group, player);
  g_signal_connect_object (player, "notify::has-video", G_CALLBACK (update), group, 0);
  update (player, NULL, group);
  return group;
}
