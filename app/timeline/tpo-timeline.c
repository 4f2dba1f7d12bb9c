#include "config.h"

#include <glib/gi18n.h>

#include "timeline/row-menu.h"
#include "timeline/tpo-filmstrip.h"
#include "timeline/tpo-timeline-list.h"
#include "timeline/tpo-timeline-overview.h"
#include "timeline/tpo-timeline-private.h"
#include "timeline/tpo-timeline-ruler.h"
#include "timeline/tpo-waveform.h"
#include "tpo-timeline-resources.h"
#include "widgets/style.h"

static const int ROWS_PX = 70;         /* the rows have at least */
static const int LEAST_TRACKS_PX = 60; /* beside their titles */

G_DEFINE_FINAL_TYPE (TpoTimeline, tpo_timeline, GTK_TYPE_WIDGET)

/* ---- what is shown ---------------------------------------------------------------------------------- */

static gboolean
has_rows (TpoTimeline *self)
{
  return tpo_annotation_list_get_n (tpo_document_get_annotations (self->parts->document)) > 0;
}

static void
on_annotations_changed (TpoTimeline *self)
{
  GtkWidget *before = gtk_stack_get_visible_child (GTK_STACK (self->stack));

  gtk_stack_set_visible_child_name (GTK_STACK (self->stack),
                                    has_rows (self) ? "rows" : "empty");
  /* The stack itself does not say that it wants another place. */
  if (gtk_stack_get_visible_child (GTK_STACK (self->stack)) != before)
    gtk_widget_queue_allocate (GTK_WIDGET (self));
}

/* Brings the selected one into sight. */
static void
on_selected (TpoTimeline *self)
{
  TpoAnnotation *selected = tpo_document_get_selected (self->parts->document);
  const TpoAnnotationRecord *record;

  tpo_timeline_update_actions (self);
  if (selected == NULL)
    return;
  record = tpo_annotation_get_record (selected);
  if (record->end_us < tpo_timeline_model_get_start (self->parts->model) ||
      record->start_us > tpo_timeline_model_get_end (self->parts->model))
    tpo_timeline_model_reveal (self->parts->model, record->start_us);
  tpo_timeline_list_reveal (TPO_TIMELINE_LIST (self->list), selected);
}

static void
on_video_changed (TpoTimeline *self)
{
  TpoVideo *video = tpo_document_get_video (self->parts->document);

  self->mark_in_us = self->drawn_from_us = -1;
  if (video != NULL)
    tpo_timeline_model_set_duration (self->parts->model,
                                     tpo_video_get_info (video)->duration_us);
  tpo_timeline_update_actions (self);
}

static void
on_position_changed (TpoTimeline *self)
{
  if (tpo_player_get_playing (self->parts->player))
    tpo_timeline_model_reveal (self->parts->model,
                               tpo_player_get_position_us (self->parts->player));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* ---- drawing ------------------------------------------------------------------------------------------- */

static void
append_stretch (TpoTimeline *self, GtkSnapshot *snapshot, gint64 from_us, gint64 to_us,
                const GdkRGBA *color)
{
  double x0 = tpo_timeline_model_time_to_x (self->parts->model, MIN (from_us, to_us));
  double x1 = tpo_timeline_model_time_to_x (self->parts->model, MAX (from_us, to_us));
  int titles = tpo_timeline_model_get_titles (self->parts->model);

  gtk_snapshot_append_color (snapshot, color,
                             &GRAPHENE_RECT_INIT ((float) (titles + x0), 0, (float) (x1 - x0),
                                                  gtk_widget_get_height (GTK_WIDGET (self))));
}

/* The frame around labels that will be selected. */
static void
append_frame (TpoTimeline *self, GtkSnapshot *snapshot, const GdkRGBA *color)
{
  double x0 = tpo_timeline_model_time_to_x (self->parts->model,
                                            MIN (self->drawn_from_us, self->drawn_to_us));
  double x1 = tpo_timeline_model_time_to_x (self->parts->model,
                                            MAX (self->drawn_from_us, self->drawn_to_us));
  int y0 = MIN (self->framed_from_y, self->framed_to_y);
  int y1 = MAX (self->framed_from_y, self->framed_to_y);
  int titles = tpo_timeline_model_get_titles (self->parts->model);
  graphene_point_t top = GRAPHENE_POINT_INIT (0, 0);

  if (!gtk_widget_compute_point (self->list, GTK_WIDGET (self), &top, &top))
    return;
  gtk_snapshot_append_color (snapshot, color,
                             &GRAPHENE_RECT_INIT ((float) (titles + x0), top.y + (float) y0,
                                                  (float) (x1 - x0), (float) (y1 - y0)));
}

static void
tpo_timeline_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  static const GdkRGBA cursor = { 0.88f, 0.11f, 0.14f, 1.0f };
  static const GdkRGBA stretch = { 0.21f, 0.52f, 0.89f, 0.3f };
  TpoTimeline *self = TPO_TIMELINE (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  int titles = tpo_timeline_model_get_titles (self->parts->model);
  double x;

  GTK_WIDGET_CLASS (tpo_timeline_parent_class)->snapshot (widget, snapshot);
  if (tpo_player_get_video (self->parts->player) == NULL)
    return;
  gtk_snapshot_push_clip (
      snapshot, &GRAPHENE_RECT_INIT ((float) titles, 0, (float) (width - titles), height));
  if (self->drawn_from_us >= 0 && self->is_framing)
    append_frame (self, snapshot, &stretch);
  else if (self->drawn_from_us >= 0)
    append_stretch (self, snapshot, self->drawn_from_us, self->drawn_to_us, &stretch);
  if (self->mark_in_us >= 0)
    append_stretch (self, snapshot, self->mark_in_us,
                    tpo_player_get_position_us (self->parts->player), &stretch);
  x = titles + tpo_timeline_model_time_to_x (self->parts->model,
                                             tpo_player_get_position_us (self->parts->player));
  gtk_snapshot_append_color (snapshot, &cursor,
                             &GRAPHENE_RECT_INIT ((float) x - 1, 0, 2, height));
  gtk_snapshot_append_color (snapshot, &cursor, &GRAPHENE_RECT_INIT ((float) x - 4, 0, 8, 5));
  gtk_snapshot_pop (snapshot);
}

static void
tpo_timeline_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                      int *natural, int *minimum_baseline, int *natural_baseline)
{
  TpoTimeline *self = TPO_TIMELINE (widget);
  int top, natural_top, corner;

  *minimum_baseline = *natural_baseline = -1;
  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    *minimum = *natural = tpo_timeline_get_least_titles (self) + LEAST_TRACKS_PX;
    return;
  }
  gtk_widget_measure (self->top, orientation, -1, &top, &natural_top, NULL, NULL);
  gtk_widget_measure (self->corner, orientation, -1, &corner, NULL, NULL, NULL);
  *minimum = MAX (top, corner) + ROWS_PX;
  *natural = MAX (natural_top, corner) + 2 * ROWS_PX;
}

static void
tpo_timeline_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  TpoTimeline *self = TPO_TIMELINE (widget);
  int top, natural_top, corner, titles, tracks;
  GtkAllocation at;

  tpo_timeline_share_out (self, width);
  titles = tpo_timeline_model_get_titles (self->parts->model);
  tracks = tpo_timeline_model_get_width (self->parts->model);
  gtk_widget_measure (self->top, GTK_ORIENTATION_VERTICAL, -1, &top, &natural_top, NULL, NULL);
  gtk_widget_measure (self->corner, GTK_ORIENTATION_VERTICAL, -1, &corner, NULL, NULL, NULL);
  top = MAX (MAX (top, corner), MIN (natural_top, height - ROWS_PX));
  at = (GtkAllocation){ 0, 0, titles, top };
  gtk_widget_size_allocate (self->corner, &at, -1);
  at = (GtkAllocation){ titles, 0, tracks, top };
  gtk_widget_size_allocate (self->top, &at, -1);
  at = (GtkAllocation){ 0, top, width, MAX (1, height - top) };
  if (!has_rows (self)) { /* spans are drawn beside the titles */
    at.x = titles;
    at.width = tracks;
  }
  gtk_widget_size_allocate (self->stack, &at, -1);
  at = (GtkAllocation){ titles - TPO_HANDLE_PX, 0, TPO_HANDLE_PX, height };
  gtk_widget_size_allocate (self->handle, &at, -1);
}

/* ---- object ---------------------------------------------------------------------------------------------- */

static void
tpo_timeline_dispose (GObject *object)
{
  TpoTimeline *self = TPO_TIMELINE (object);

  g_clear_pointer (&self->corner, gtk_widget_unparent);
  g_clear_pointer (&self->top, gtk_widget_unparent);
  g_clear_pointer (&self->stack, gtk_widget_unparent);
  g_clear_pointer (&self->handle, gtk_widget_unparent);
  g_clear_object (&self->locked);
  g_clear_object (&self->actions);
  g_clear_pointer (&self->parts, tpo_timeline_parts_unref);
  G_OBJECT_CLASS (tpo_timeline_parent_class)->dispose (object);
}

static void
tpo_timeline_class_init (TpoTimelineClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_timeline_dispose;
  tpo_timeline_install_titles (G_OBJECT_CLASS (klass));
  g_signal_new ("popover", TPO_TYPE_TIMELINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 1, GTK_TYPE_POPOVER);
  widget_class->snapshot = tpo_timeline_snapshot;
  widget_class->measure = tpo_timeline_measure;
  widget_class->size_allocate = tpo_timeline_size_allocate;
  gtk_widget_class_set_css_name (widget_class, "timeline");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  /* Naming the resource keeps it in programs that link this folder as a static library. */
  g_assert (tpo_timeline_get_resource () != NULL);
  tpo_style_add (TPO_RESOURCES "/timeline/tpo-timeline.css");
}

GtkWidget *
tpo_timeline_new_switch (void)
{
  static const struct {
    const char *icon, *name, *action;
  } views[] = {
    { "tpo-timeline-symbolic", N_ ("Timeline"), "timeline.view::timeline" },
    { "view-list-symbolic", N_ ("Table"), "timeline.view::table" },
  };
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  gtk_widget_add_css_class (box, "linked");
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  for (gsize i = 0; i < G_N_ELEMENTS (views); i++) {
    GtkWidget *button = gtk_toggle_button_new ();

    gtk_button_set_icon_name (GTK_BUTTON (button), views[i].icon);
    gtk_actionable_set_detailed_action_name (GTK_ACTIONABLE (button), views[i].action);
    gtk_widget_set_tooltip_text (button, _ (views[i].name));
    gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    _ (views[i].name), -1);
    gtk_box_append (GTK_BOX (box), button);
  }
  return box;
}

/* What lies between ruler and rows, how much of the video is in sight, and spans without a pointer. */
static GMenuModel *
new_menu_model (void)
{
  static const TpoMenuItem items[] = {
    { N_ ("Pictures of the Video"), "timeline.pictures" },
    { N_ ("Sound"), "timeline.sound" },
    { NULL, NULL },
    { N_ ("Zoom In"), "timeline.zoom-in" },
    { N_ ("Zoom Out"), "timeline.zoom-out" },
    { N_ ("Show the Whole Video"), "timeline.zoom-fit" },
    { NULL, NULL },
    { N_ ("Span Starts Here"), "timeline.mark-in" },
    { N_ ("Span Ends Here"), "timeline.mark-out" },
  };

  return tpo_menu_new (items, G_N_ELEMENTS (items));
}

static GtkWidget *
new_menu (void)
{
  g_autoptr (GMenuModel) menu = new_menu_model ();
  GtkWidget *button = gtk_menu_button_new ();

  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (button), "view-more-symbolic");
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (button), menu);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_hexpand (button, TRUE);
  gtk_widget_set_halign (button, GTK_ALIGN_END);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, _ ("What the Timeline Shows"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("What the Timeline Shows"), -1);
  return button;
}

/* Scrolled where it is too long, since a stack widens what does not fit into its height. */
static GtkWidget *
new_hint (void)
{
  GtkWidget *label = gtk_label_new (_ ("Ask a question, or drag here to mark a span"));
  GtkWidget *scroller = gtk_scrolled_window_new ();

  gtk_widget_add_css_class (label, "dim-label");
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_justify (GTK_LABEL (label), GTK_JUSTIFY_CENTER);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), label);
  return scroller;
}

static void
tpo_timeline_init (TpoTimeline *self)
{
  self->mark_in_us = self->drawn_from_us = -1;
  /* In the timeline, time runs from left to right in every language. */
  gtk_widget_set_direction (GTK_WIDGET (self), GTK_TEXT_DIR_LTR);

  self->corner = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  gtk_widget_add_css_class (self->corner, "corner");
  gtk_box_append (GTK_BOX (self->corner), tpo_timeline_new_switch ());
  gtk_box_append (GTK_BOX (self->corner), new_menu ());
  gtk_widget_set_parent (self->corner, GTK_WIDGET (self));

  self->top = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_widget_set_parent (self->top, GTK_WIDGET (self));

  self->scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scroller), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  self->stack = gtk_stack_new ();
  gtk_stack_add_named (GTK_STACK (self->stack), new_hint (), "empty");
  gtk_stack_add_named (GTK_STACK (self->stack), self->scroller, "rows");
  gtk_widget_set_parent (self->stack, GTK_WIDGET (self));
  tpo_timeline_add_handle (self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Timeline"), -1);
}

static void
add_parts (TpoTimeline *self)
{
  GtkScrolledWindow *scroller = GTK_SCROLLED_WINDOW (self->scroller);

  GtkWidget *ruler = tpo_timeline_ruler_new (self->parts->model, self->parts->player);

  gtk_widget_set_vexpand (ruler, TRUE);
  gtk_box_append (GTK_BOX (self->top), ruler);
  gtk_box_append (GTK_BOX (self->top), tpo_timeline_overview_new (self->parts));
  self->filmstrip = tpo_filmstrip_new (self->parts);
  gtk_box_append (GTK_BOX (self->top), self->filmstrip);
  self->waveform = tpo_waveform_new (self->parts);
  gtk_box_append (GTK_BOX (self->top), self->waveform);
  self->list = tpo_timeline_list_new (self->parts);
  gtk_scrolled_window_set_child (scroller, self->list);
  tpo_timeline_list_set_adjustment (TPO_TIMELINE_LIST (self->list),
                                    gtk_scrolled_window_get_vadjustment (scroller));
  tpo_timeline_add_controllers (self);
  tpo_timeline_add_actions (self);
}

GtkWidget *
tpo_timeline_new (TpoDocument *document, TpoPlayer *player)
{
  TpoTimeline *self;

  g_return_val_if_fail (TPO_IS_DOCUMENT (document) && TPO_IS_PLAYER (player), NULL);

  self = g_object_new (TPO_TYPE_TIMELINE, NULL);
  self->parts = tpo_timeline_parts_new (document, player);
  add_parts (self);
  g_signal_connect_object (tpo_document_get_annotations (document), "items-changed",
                           G_CALLBACK (on_annotations_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "notify::selected", G_CALLBACK (on_selected), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "notify::video", G_CALLBACK (on_video_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "notify::is-busy",
                           G_CALLBACK (tpo_timeline_update_actions), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (player, "notify::position-us", G_CALLBACK (on_position_changed),
                           self, G_CONNECT_SWAPPED);
  on_annotations_changed (self);
  on_video_changed (self);
  return GTK_WIDGET (self);
}

GActionGroup *
tpo_timeline_get_actions (TpoTimeline *self)
{
  g_return_val_if_fail (TPO_IS_TIMELINE (self), NULL);

  return G_ACTION_GROUP (self->actions);
}
