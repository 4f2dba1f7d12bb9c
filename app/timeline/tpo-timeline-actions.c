#include "config.h"

#include <glib/gi18n.h>

#include "compat/tpo-compat.h"
#include "labels/tpo-label-chooser.h"
#include "timeline/tpo-timeline-private.h"

static const double ZOOM_STEP = 1.5;

static TpoAnnotation *
selected (TpoTimeline *self)
{
  return tpo_document_get_selected (self->parts->document);
}

static gint64
position (TpoTimeline *self)
{
  return tpo_player_get_position_us (self->parts->player);
}

/* ---- view --------------------------------------------------------------------------------------------- */

/* Around the play position, or the middle where that is out of sight. */
static void
zoom (TpoTimeline *self, double factor)
{
  double width = tpo_timeline_model_get_width (self->parts->model);
  double x = tpo_timeline_model_time_to_x (self->parts->model, position (self));

  tpo_timeline_model_zoom (self->parts->model, factor,
                           x >= 0.0 && x <= width ? x : width / 2.0);
}

static void
on_zoom_in (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  zoom (self, ZOOM_STEP);
}

static void
on_zoom_out (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  zoom (self, 1.0 / ZOOM_STEP);
}

static void
on_zoom_fit (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  tpo_timeline_model_fit (((TpoTimeline *) self)->parts->model);
}

/* Nearest edge of a label after (or before) the play position. */
static void
seek_edge (TpoTimeline *self, gboolean forward)
{
  gint64 edge_us = tpo_edges_next (tpo_timeline_rows_get_edges (self->parts->rows),
                                   position (self), forward);

  if (edge_us >= 0)
    tpo_player_seek (self->parts->player, edge_us);
}

static void
on_next_edge (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  seek_edge (self, TRUE);
}

static void
on_previous_edge (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  seek_edge (self, FALSE);
}

/* By start, and labels of one start in the order of their making. */
typedef struct {
  gint64 start_us, id;
} Place;

static int
compare_places (Place a, Place b)
{
  return a.start_us != b.start_us ? (a.start_us > b.start_us) - (a.start_us < b.start_us)
                                  : (a.id > b.id) - (a.id < b.id);
}

static Place
place_of (TpoAnnotation *annotation)
{
  const TpoAnnotationRecord *record = tpo_annotation_get_record (annotation);

  return (Place){ record->start_us, record->id };
}

/* Returns: (nullable): the nearest label after @from, or before it with @way -1 */
static TpoAnnotation *
find_label (TpoTimeline *self, Place from, int way)
{
  TpoAnnotationList *annotations = tpo_document_get_annotations (self->parts->document);
  TpoAnnotation *nearest = NULL;

  for (guint i = 0; i < tpo_annotation_list_get_n (annotations); i++) {
    TpoAnnotation *annotation = tpo_annotation_list_get (annotations, i);
    Place place = place_of (annotation);

    if (place.id != 0 && way * compare_places (place, from) > 0 &&
        (nearest == NULL || way * compare_places (place, place_of (nearest)) < 0))
      nearest = annotation;
  }
  return nearest;
}

/* From the selected label on, or from the play position. */
static void
step_label (TpoTimeline *self, int way)
{
  TpoAnnotation *label = selected (self);
  g_autofree char *title = NULL;

  label =
      find_label (self, label != NULL ? place_of (label) : (Place){ position (self), 0 }, way);
  if (label == NULL)
    return;
  tpo_document_select (self->parts->document, label);
  tpo_player_seek (self->parts->player, place_of (label).start_us);
  title = tpo_annotation_dup_title (label);
  tpo_compat_announce (GTK_WIDGET (self), title);
}

static void
on_next_label (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  step_label (self, 1);
}

static void
on_previous_label (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  step_label (self, -1);
}

static void
on_play_selection (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TpoTimeline *self = user_data;
  const TpoAnnotationRecord *record = tpo_annotation_get_record (selected (self));

  tpo_player_set_loop (self->parts->player, record->start_us, record->end_us);
  tpo_player_seek (self->parts->player, record->start_us);
  tpo_player_set_playing (self->parts->player, TRUE);
}

/* ---- spans ---------------------------------------------------------------------------------------------- */

static void
on_mark_in (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TpoTimeline *self = user_data;

  self->mark_in_us = position (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* Closes the span begun by mark-in, whichever of them comes first; both frames belong to it. */
static void
on_mark_out (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TpoTimeline *self = user_data;
  TpoVideoIndex *index = tpo_document_get_index (self->parts->document);
  gint64 in_us = MAX (self->mark_in_us, 0), out_us = position (self);
  guint first = tpo_video_index_find_frame (index, MIN (in_us, out_us));
  guint last = tpo_video_index_find_frame (index, MAX (in_us, out_us));

  self->mark_in_us = -1;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  tpo_document_add_span (self->parts->document, tpo_video_index_get_time_us (index, first),
                         tpo_video_index_get_time_us (index, last) +
                             tpo_video_index_get_frame_duration_us (index, last),
                         NULL);
}

/* ---- labels ------------------------------------------------------------------------------------------------ */

static void
on_accept (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TpoTimeline *self = user_data;
  g_autoptr (GPtrArray) annotations = tpo_document_list_selected (self->parts->document);

  tpo_document_set_status_of (self->parts->document, annotations, TPO_STATUS_ACCEPTED);
}

static void
on_discard (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TpoTimeline *self = user_data;
  g_autoptr (GPtrArray) annotations = tpo_document_list_selected (self->parts->document);

  tpo_document_set_status_of (self->parts->document, annotations, TPO_STATUS_DISCARDED);
}

static void
on_delete (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TpoTimeline *self = user_data;
  g_autoptr (GPtrArray) annotations = tpo_document_list_selected (self->parts->document);

  tpo_document_delete_all (self->parts->document, annotations);
}

static void
on_label (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TpoTimeline *self = user_data;

  tpo_timeline_show_popover (self,
                             tpo_label_chooser_new (self->parts->document, selected (self)));
}

/* By number key; once more takes it away. */
static void
on_give_label (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TpoTimeline *self = user_data;
  GListModel *labels = tpo_document_get_labels (self->parts->document);
  const char *key = g_variant_get_string (parameter, NULL);
  gint64 now = tpo_annotation_get_record (selected (self))->label_id;
  g_autoptr (GPtrArray) annotations = tpo_document_list_selected (self->parts->document);
  guint n = g_list_model_get_n_items (labels);

  for (guint i = 0; i < n; i++) {
    g_autoptr (TpoLabel) label = g_list_model_get_item (labels, i);
    gint64 id = tpo_label_get_id (label);

    if (g_strcmp0 (tpo_label_get_record (label)->key, key) != 0)
      continue;
    tpo_document_set_label_of (self->parts->document, annotations, id == now ? 0 : id);
    return;
  }
}

static void
on_name_given (TpoTimeline *self, GtkEntry *entry)
{
  GtkWidget *popover = gtk_widget_get_ancestor (GTK_WIDGET (entry), GTK_TYPE_POPOVER);

  if (selected (self) != NULL)
    tpo_document_set_text (self->parts->document, selected (self),
                           gtk_editable_get_text (GTK_EDITABLE (entry)));
  gtk_popover_popdown (GTK_POPOVER (popover));
}

static void
on_rename (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TpoTimeline *self = user_data;
  g_autofree char *title = tpo_annotation_dup_title (selected (self));
  GtkWidget *popover = gtk_popover_new (), *entry = gtk_entry_new ();

  gtk_editable_set_text (GTK_EDITABLE (entry), title);
  gtk_editable_set_width_chars (GTK_EDITABLE (entry), 32);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Name"), -1);
  gtk_popover_set_child (GTK_POPOVER (popover), entry);
  g_signal_connect_object (entry, "activate", G_CALLBACK (on_name_given), self,
                           G_CONNECT_SWAPPED);
  tpo_timeline_show_popover (self, popover);
  gtk_widget_grab_focus (entry);
}

static const GActionEntry always[] = {
  { .name = "zoom-in", .activate = on_zoom_in },
  { .name = "zoom-out", .activate = on_zoom_out },
  { .name = "zoom-fit", .activate = on_zoom_fit },
  { .name = "mark-in", .activate = on_mark_in },
  { .name = "mark-out", .activate = on_mark_out },
  { .name = "next-edge", .activate = on_next_edge },
  { .name = "previous-edge", .activate = on_previous_edge },
  { .name = "next-label", .activate = on_next_label },
  { .name = "previous-label", .activate = on_previous_label },
};

static const GActionEntry on_selection[] = {
  { .name = "accept", .activate = on_accept },
  { .name = "discard", .activate = on_discard },
  { .name = "label", .activate = on_label },
  { .name = "give-label", .activate = on_give_label, .parameter_type = "s" },
  { .name = "rename", .activate = on_rename },
  { .name = "delete", .activate = on_delete },
  { .name = "play-selection", .activate = on_play_selection },
};

void
tpo_timeline_enable (TpoTimeline *self, const GActionEntry *entries, gsize n,
                     gboolean is_enabled)
{
  for (gsize i = 0; i < n; i++) {
    GAction *action =
        g_action_map_lookup_action (G_ACTION_MAP (self->actions), entries[i].name);

    g_simple_action_set_enabled (G_SIMPLE_ACTION (action), is_enabled);
  }
}

void
tpo_timeline_update_actions (TpoTimeline *self)
{
  TpoAnnotation *annotation = selected (self);

  tpo_timeline_enable (self, always, G_N_ELEMENTS (always),
                       tpo_document_get_video (self->parts->document) != NULL);
  tpo_timeline_enable (self, on_selection, G_N_ELEMENTS (on_selection), annotation != NULL);
  tpo_timeline_update_edits (self);
  tpo_timeline_update_tracks (self);
}

void
tpo_timeline_add_actions (TpoTimeline *self)
{
  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), always, G_N_ELEMENTS (always),
                                   self);
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), on_selection,
                                   G_N_ELEMENTS (on_selection), self);
  tpo_timeline_add_edits (self);
  tpo_timeline_add_tracks (self);
}
