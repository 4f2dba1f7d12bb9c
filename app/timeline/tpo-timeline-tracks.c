#include "config.h"

#include <glib/gi18n.h>

#include "document/tpo-document-tracks.h"
#include "timeline/reach-popover.h"
#include "timeline/tpo-timeline-private.h"

/* Actions that cut and join labels, go from keyframe to keyframe, and follow objects through the video. */

static TpoAnnotation *
selected (TpoTimeline *self)
{
  return tpo_document_get_selected (self->parts->document);
}

static gboolean
is_track (TpoAnnotation *annotation)
{
  return tpo_annotation_get_record (annotation)->kind != TPO_ANNOTATION_SPAN;
}

static gint64
position (TpoTimeline *self)
{
  return tpo_player_get_position_us (self->parts->player);
}

/* ---- cut and joined ----------------------------------------------------------------------------------- */

static void
on_split (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TpoTimeline *self = user_data;

  if (is_track (selected (self)))
    tpo_document_split_track (self->parts->document, selected (self), position (self));
  else
    tpo_document_split_span (self->parts->document, selected (self), position (self));
}

static gboolean
share_row (TpoTimeline *self, GPtrArray *annotations)
{
  const TpoRow *row = tpo_timeline_rows_find (self->parts->rows, annotations->pdata[0]);

  for (guint i = 1; i < annotations->len; i++)
    if (tpo_timeline_rows_find (self->parts->rows, g_ptr_array_index (annotations, i)) != row)
      return FALSE;
  return TRUE;
}

/* One alone is merged with the next of its row. */
static void
merge_spans (TpoTimeline *self, GPtrArray *annotations)
{
  TpoAnnotation *next;

  if (annotations->len == 1) {
    next = tpo_timeline_rows_next_in_row (self->parts->rows, annotations->pdata[0]);
    if (next != NULL)
      g_ptr_array_add (annotations, g_object_ref (next));
  }
  if (annotations->len > 1 && share_row (self, annotations))
    tpo_document_merge_spans (self->parts->document, annotations);
  else
    tpo_document_toast (self->parts->document, _ ("Select spans of one row to merge them"));
}

static void
on_merge (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TpoTimeline *self = user_data;
  g_autoptr (GPtrArray) annotations = tpo_document_list_selected (self->parts->document);

  if (!is_track (selected (self)))
    merge_spans (self, annotations);
  else if (annotations->len > 1)
    tpo_document_merge_tracks (self->parts->document, annotations);
  else
    tpo_document_toast (
        self->parts->document,
        _ ("Select the tracks of one object, with Ctrl and a click, to merge them"));
}

/* ---- keyframes ------------------------------------------------------------------------------------------ */

static void
seek_keyframe (TpoTimeline *self, gboolean backward)
{
  gint64 found_us;

  if (tpo_track_find_mark (tpo_annotation_get_keyframes (selected (self)), position (self),
                           backward, &found_us))
    tpo_player_seek (self->parts->player, found_us);
}

static void
on_next_keyframe (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  seek_keyframe (self, FALSE);
}

static void
on_previous_keyframe (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  seek_keyframe (self, TRUE);
}

static void
on_toggle_keyframe (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TpoTimeline *self = user_data;

  tpo_document_toggle_keyframe (self->parts->document, selected (self), position (self));
}

static void
on_mark_absent (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TpoTimeline *self = user_data;

  tpo_document_set_absent (self->parts->document, selected (self), position (self));
}

/* ---- following -------------------------------------------------------------------------------------------- */

static void
on_reach (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TpoTimeline *self = user_data;

  tpo_timeline_show_popover (self,
                             tpo_reach_popover_new (self->parts->document, GTK_WIDGET (self)));
}

static void
track (TpoTimeline *self, gboolean backward)
{
  const TpoTimes loop = { tpo_player_get_loop_start_us (self->parts->player),
                          tpo_player_get_loop_end_us (self->parts->player) };

  tpo_document_track (self->parts->document, selected (self), position (self), backward,
                      loop.start_us >= 0 && loop.end_us >= 0 ? &loop : NULL);
}

static void
on_track_forward (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  track (user_data, FALSE);
}

static void
on_track_backward (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  track (user_data, TRUE);
}

/* ---- all of them --------------------------------------------------------------------------------------------- */

static const GActionEntry on_selection[] = {
  { .name = "split", .activate = on_split },
  { .name = "merge", .activate = on_merge },
  { .name = "toggle-keyframe", .activate = on_toggle_keyframe },
  { .name = "mark-absent", .activate = on_mark_absent },
  { .name = "track-forward", .activate = on_track_forward },
  { .name = "track-backward", .activate = on_track_backward },
};

static const GActionEntry always[] = {
  { .name = "track-reach", .activate = on_reach },
};

static const GActionEntry on_track[] = {
  { .name = "next-keyframe", .activate = on_next_keyframe },
  { .name = "previous-keyframe", .activate = on_previous_keyframe },
};

void
tpo_timeline_update_tracks (TpoTimeline *self)
{
  TpoAnnotation *annotation = selected (self);
  gboolean has_selection = annotation != NULL;

  tpo_timeline_enable (self, always, G_N_ELEMENTS (always),
                       tpo_document_get_video (self->parts->document) != NULL);
  tpo_timeline_enable (self, on_selection, G_N_ELEMENTS (on_selection), has_selection);
  tpo_timeline_enable (self, on_track, G_N_ELEMENTS (on_track),
                       has_selection && is_track (annotation));
}

void
tpo_timeline_add_tracks (TpoTimeline *self)
{
  GActionMap *map = G_ACTION_MAP (self->actions);

  g_action_map_add_action_entries (map, always, G_N_ELEMENTS (always), self);
  g_action_map_add_action_entries (map, on_selection, G_N_ELEMENTS (on_selection), self);
  g_action_map_add_action_entries (map, on_track, G_N_ELEMENTS (on_track), self);
}
