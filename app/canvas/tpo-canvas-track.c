#include "config.h"

#include <glib/gi18n.h>

#include "canvas/tpo-canvas-private.h"

/* Actions that follow objects through the video, and that find where the model lost them. */

static gint64
position (TpoCanvas *self)
{
  return tpo_player_get_position_us (self->player);
}

static void
on_retrack (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TpoCanvas *self = user_data;

  tpo_canvas_clear_clicks (self);
  tpo_document_retrack (self->document, tpo_document_get_selected (self->document),
                        position (self));
}

static void
on_stop (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TpoCanvas *self = user_data;

  tpo_document_cancel (self->document);
}

static void
track_all (TpoCanvas *self, gboolean backward)
{
  const TpoTimes loop = { tpo_player_get_loop_start_us (self->player),
                          tpo_player_get_loop_end_us (self->player) };

  tpo_document_track_all (self->document, position (self), backward,
                          loop.start_us >= 0 && loop.end_us >= 0 ? &loop : NULL);
}

static void
on_track_all_forward (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  track_all (user_data, FALSE);
}

static void
on_track_all_backward (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  track_all (user_data, TRUE);
}

static void
seek_low (TpoCanvas *self, gboolean backward)
{
  TpoAnnotation *selected = tpo_document_get_selected (self->document);
  gint64 found_us;

  if (tpo_track_find_low (tpo_annotation_get_keyframes (selected), position (self), backward,
                          &found_us))
    tpo_player_seek (self->player, found_us);
  else
    tpo_document_toast (self->document,
                        backward
                            ? _ ("The model was sure of this object on all frames before")
                            : _ ("The model was sure of this object on all frames behind"));
}

static void
on_next_low (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  seek_low (user_data, FALSE);
}

static void
on_previous_low (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  seek_low (user_data, TRUE);
}

/* A new mask of what is in the selected box. */
static void
on_segment_box (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TpoCanvas *self = user_data;
  TpoBox box;

  if (tpo_annotation_get_box (tpo_document_get_selected (self->document), position (self),
                              &box))
    tpo_document_segment (self->document, NULL, position (self),
                          &(TpoCorrection){ .box = &box });
  else
    tpo_document_toast (self->document, _ ("There is no box on this frame"));
}

static const GActionEntry always[] = {
  { .name = "stop", .activate = on_stop },
  { .name = "track-all-forward", .activate = on_track_all_forward },
  { .name = "track-all-backward", .activate = on_track_all_backward },
};

static const GActionEntry on_selection[] = {
  { .name = "retrack", .activate = on_retrack },
  { .name = "next-low", .activate = on_next_low },
  { .name = "previous-low", .activate = on_previous_low },
  { .name = "segment-box", .activate = on_segment_box },
};

void
tpo_canvas_add_track_actions (TpoCanvas *self)
{
  GActionMap *map = G_ACTION_MAP (self->actions);

  g_action_map_add_action_entries (map, always, G_N_ELEMENTS (always), self);
  g_action_map_add_action_entries (map, on_selection, G_N_ELEMENTS (on_selection), self);
}

void
tpo_canvas_update_track_actions (TpoCanvas *self)
{
  TpoAnnotation *selected = tpo_document_get_selected (self->document);
  gboolean is_track =
      selected != NULL && tpo_annotation_get_record (selected)->kind != TPO_ANNOTATION_SPAN;

  for (gsize i = 0; i < G_N_ELEMENTS (on_selection); i++) {
    GAction *action =
        g_action_map_lookup_action (G_ACTION_MAP (self->actions), on_selection[i].name);

    g_simple_action_set_enabled (G_SIMPLE_ACTION (action), is_track);
  }
}
