#include "config.h"

#include <glib/gi18n.h>

#include "timeline/highlight.h"
#include "timeline/tpo-filmstrip.h"
#include "timeline/tpo-timeline-list.h"
#include "timeline/tpo-timeline-private.h"
#include "timeline/tpo-waveform.h"

static const int CURVE_PX = 56;

/* Actions on edges, on several labels, and on how labels are shown and played. */

static TpoAnnotation *
selected (TpoTimeline *self)
{
  return tpo_document_get_selected (self->parts->document);
}

/* ---- edges ------------------------------------------------------------------------------------------ */

/* @parameter: by how many frames */
static void
on_nudge_start (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TpoTimeline *self = user_data;

  tpo_span_nudge (self->parts, selected (self), TPO_SPAN_START, g_variant_get_int32 (parameter),
                  FALSE);
}

static void
on_nudge_end (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TpoTimeline *self = user_data;

  tpo_span_nudge (self->parts, selected (self), TPO_SPAN_END, g_variant_get_int32 (parameter),
                  FALSE);
}

/* ---- several ------------------------------------------------------------------------------------------ */

static void
on_select_all (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TpoTimeline *self = user_data;
  TpoAnnotationList *all = tpo_document_get_annotations (self->parts->document);
  g_autoptr (GPtrArray) annotations = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < tpo_annotation_list_get_n (all); i++)
    g_ptr_array_add (annotations, g_object_ref (tpo_annotation_list_get (all, i)));
  tpo_document_select_many (self->parts->document, annotations);
}

/* ---- how they are shown --------------------------------------------------------------------------------- */

static void
on_toggle_locked (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TpoTimeline *self = user_data;
  g_autoptr (GPtrArray) annotations = tpo_document_list_selected (self->parts->document);

  tpo_document_set_locked (self->parts->document, annotations,
                           !tpo_annotation_get_record (selected (self))->is_locked);
}

static void
on_toggle_hidden (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TpoTimeline *self = user_data;
  g_autoptr (GPtrArray) annotations = tpo_document_list_selected (self->parts->document);

  tpo_document_set_hidden (self->parts->document, annotations,
                           !tpo_annotation_get_record (selected (self))->is_hidden);
}

/* ---- the highlight curve ---------------------------------------------------------------------------------- */

/* Opens it below the row of the selected span, and closes it again. */
static void
on_edit_curve (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TpoTimeline *self = user_data;
  TpoAnnotation *annotation = selected (self);
  g_autoptr (TpoHighlight) highlight = tpo_highlight_new (self->parts->document, annotation);

  if (tpo_timeline_rows_get_curve (self->parts->rows) == annotation)
    tpo_timeline_rows_set_curve (self->parts->rows, NULL, 0);
  else if (highlight != NULL)
    tpo_timeline_rows_set_curve (self->parts->rows, annotation, CURVE_PX);
  else
    tpo_document_toast (self->parts->document,
                        _ ("Only moments that the model found have a highlight curve"));
  tpo_timeline_list_reveal (TPO_TIMELINE_LIST (self->list), annotation);
}

static void
on_reset_curve (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TpoTimeline *self = user_data;

  if (tpo_annotation_get_record (selected (self))->n_saliency > 0)
    tpo_document_set_curve (self->parts->document, selected (self), NULL, 0);
}

static void
on_pictures (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  TpoTimeline *self = user_data;

  g_simple_action_set_state (action, state);
  tpo_filmstrip_set_wanted (TPO_FILMSTRIP (self->filmstrip), g_variant_get_boolean (state));
}

static void
on_sound (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  TpoTimeline *self = user_data;

  g_simple_action_set_state (action, state);
  tpo_waveform_set_wanted (TPO_WAVEFORM (self->waveform), g_variant_get_boolean (state));
}

/* ---- playing stays inside a label -------------------------------------------------------------------------- */

static TpoAnnotation *
dup_locked (TpoTimeline *self)
{
  return g_signal_group_dup_target (self->locked);
}

static void
set_lock_state (TpoTimeline *self, gboolean is_locked)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->actions), "play-lock");

  g_simple_action_set_state (G_SIMPLE_ACTION (action), g_variant_new_boolean (is_locked));
}

static void
follow_locked (TpoTimeline *self)
{
  g_autoptr (TpoAnnotation) annotation = dup_locked (self);
  const TpoAnnotationRecord *record;
  gint64 position_us = tpo_player_get_position_us (self->parts->player);

  if (annotation == NULL)
    return;
  record = tpo_annotation_get_record (annotation);
  tpo_player_set_loop (self->parts->player, record->start_us, record->end_us);
  if (position_us < record->start_us || position_us >= record->end_us)
    tpo_player_seek (self->parts->player, record->start_us);
}

/* Whoever sets another loop, or none, releases the lock. */
static void
on_loop_changed (TpoTimeline *self)
{
  g_autoptr (TpoAnnotation) annotation = dup_locked (self);
  const TpoAnnotationRecord *record;
  gint64 end_us = tpo_player_get_loop_end_us (self->parts->player);

  if (annotation == NULL)
    return;
  record = tpo_annotation_get_record (annotation);
  if (end_us == record->end_us)
    return;
  g_signal_group_set_target (self->locked, NULL);
  set_lock_state (self, FALSE);
}

static void
on_play_lock (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  TpoTimeline *self = user_data;
  gboolean is_locked = g_variant_get_boolean (state);

  set_lock_state (self, is_locked);
  g_signal_group_set_target (self->locked, is_locked ? selected (self) : NULL);
  if (is_locked)
    follow_locked (self);
  else
    tpo_player_set_loop (self->parts->player, -1, -1);
}

/* The lock goes along to what is selected next. */
static void
follow_selection (TpoTimeline *self)
{
  g_autoptr (TpoAnnotation) annotation = dup_locked (self);
  TpoAnnotation *next = selected (self);

  if (annotation == NULL || annotation == next)
    return;
  g_signal_group_set_target (self->locked, next);
  if (next != NULL) {
    follow_locked (self);
    return;
  }
  set_lock_state (self, FALSE);
  tpo_player_set_loop (self->parts->player, -1, -1);
}

/* ---- all of them --------------------------------------------------------------------------------------------- */

static const GActionEntry on_selection[] = {
  { .name = "nudge-start", .activate = on_nudge_start, .parameter_type = "i" },
  { .name = "nudge-end", .activate = on_nudge_end, .parameter_type = "i" },
  { .name = "edit-curve", .activate = on_edit_curve },
  { .name = "reset-curve", .activate = on_reset_curve },
  { .name = "toggle-locked", .activate = on_toggle_locked },
  { .name = "toggle-hidden", .activate = on_toggle_hidden },
  { .name = "play-lock", .state = "false", .change_state = on_play_lock },
};

static const GActionEntry always[] = {
  { .name = "select-all", .activate = on_select_all },
  { .name = "pictures", .state = "true", .change_state = on_pictures },
  { .name = "sound", .state = "true", .change_state = on_sound },
};

void
tpo_timeline_update_edits (TpoTimeline *self)
{
  TpoAnnotation *annotation = selected (self);
  gboolean has_selection = annotation != NULL;

  tpo_timeline_enable (self, on_selection, G_N_ELEMENTS (on_selection), has_selection);
  follow_selection (self);
}

void
tpo_timeline_add_edits (TpoTimeline *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), on_selection,
                                   G_N_ELEMENTS (on_selection), self);
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), always, G_N_ELEMENTS (always),
                                   self);
  self->locked = g_signal_group_new (TPO_TYPE_ANNOTATION);
  g_signal_group_connect_swapped (self->locked, "changed", G_CALLBACK (follow_locked), self);
  g_signal_connect_object (self->parts->player, "notify::loop-end-us",
                           G_CALLBACK (on_loop_changed), self, G_CONNECT_SWAPPED);
}
