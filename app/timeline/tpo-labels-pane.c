#include "config.h"

#include "timeline/tpo-labels-pane.h"

#include <glib/gi18n.h>

#include "timeline/tpo-label-table.h"
#include "timeline/tpo-timeline-private.h"

struct _TpoLabelsPane {
  GtkWidget parent_instance;

  GtkWidget *stack, *timeline, *table; /* @timeline and @table: in @stack */
  GtkWidget *popover;                  /* open at the selected label; nullable */
};

G_DEFINE_FINAL_TYPE (TpoLabelsPane, tpo_labels_pane, GTK_TYPE_WIDGET)

/* ---- what opens at the selected label --------------------------------------------------------- */

static void
on_popover_closed (TpoLabelsPane *self)
{
  g_clear_pointer (&self->popover, gtk_widget_unparent);
}

static void
on_popover (TpoLabelsPane *self, GtkWidget *popover)
{
  GdkRectangle place;

  if (gtk_widget_get_mapped (self->table))
    tpo_label_table_find_place (TPO_LABEL_TABLE (self->table), GTK_WIDGET (self), &place);
  else
    tpo_timeline_find_place (TPO_TIMELINE (self->timeline), GTK_WIDGET (self), &place);
  on_popover_closed (self); /* the one before */
  self->popover = popover;
  gtk_widget_set_parent (popover, GTK_WIDGET (self));
  gtk_popover_set_pointing_to (GTK_POPOVER (popover), &place);
  g_signal_connect_object (popover, "closed", G_CALLBACK (on_popover_closed), self,
                           G_CONNECT_SWAPPED);
  gtk_popover_popup (GTK_POPOVER (popover));
}

/* ---- object ------------------------------------------------------------------------------------ */

static void
tpo_labels_pane_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                         int *minimum, int *natural, int *minimum_baseline,
                         int *natural_baseline)
{
  gtk_widget_measure (TPO_LABELS_PANE (widget)->stack, orientation, for_size, minimum, natural,
                      minimum_baseline, natural_baseline);
}

static void
tpo_labels_pane_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  TpoLabelsPane *self = TPO_LABELS_PANE (widget);

  gtk_widget_size_allocate (self->stack, &(GtkAllocation){ 0, 0, width, height }, baseline);
  if (self->popover != NULL)
    gtk_popover_present (GTK_POPOVER (self->popover));
}

static void
tpo_labels_pane_dispose (GObject *object)
{
  TpoLabelsPane *self = TPO_LABELS_PANE (object);

  g_clear_pointer (&self->popover, gtk_widget_unparent);
  g_clear_pointer (&self->stack, gtk_widget_unparent);
  G_OBJECT_CLASS (tpo_labels_pane_parent_class)->dispose (object);
}

static void
tpo_labels_pane_class_init (TpoLabelsPaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_labels_pane_dispose;
  widget_class->measure = tpo_labels_pane_measure;
  widget_class->size_allocate = tpo_labels_pane_size_allocate;
  gtk_widget_class_set_css_name (widget_class, "labels-pane");
}

static void
tpo_labels_pane_init (TpoLabelsPane *self)
{
  self->stack = gtk_stack_new ();
  gtk_stack_set_hhomogeneous (GTK_STACK (self->stack), FALSE);
  gtk_widget_set_parent (self->stack, GTK_WIDGET (self));
}

/* "timeline" or "table" */
static void
on_view (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  TpoLabelsPane *self = user_data;

  g_simple_action_set_state (action, state);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack),
                                    g_variant_get_string (state, NULL));
}

static void
on_switch_view (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TpoLabelsPane *self = user_data;
  const char *now = gtk_stack_get_visible_child_name (GTK_STACK (self->stack));
  const char *next = g_strcmp0 (now, "table") == 0 ? "timeline" : "table";

  gtk_widget_activate_action (GTK_WIDGET (self), "timeline.view", "s", next);
}

GtkWidget *
tpo_labels_pane_new (TpoTimeline *timeline, TpoDocument *document, TpoPlayer *player)
{
  const GActionEntry actions[] = {
    { .name = "view", .parameter_type = "s", .state = "'timeline'", .change_state = on_view },
    { .name = "switch-view", .activate = on_switch_view },
  };
  TpoLabelsPane *self;

  g_return_val_if_fail (TPO_IS_TIMELINE (timeline), NULL);

  self = g_object_new (TPO_TYPE_LABELS_PANE, NULL);
  self->timeline = GTK_WIDGET (timeline);
  self->table = tpo_label_table_new (document, player);
  tpo_label_table_add_start (TPO_LABEL_TABLE (self->table), tpo_timeline_new_switch ());
  gtk_stack_add_named (GTK_STACK (self->stack), self->timeline, "timeline");
  gtk_stack_add_named (GTK_STACK (self->stack), self->table, "table");
  g_signal_connect_object (timeline, "popover", G_CALLBACK (on_popover), self,
                           G_CONNECT_SWAPPED);
  g_action_map_add_action_entries (G_ACTION_MAP (tpo_timeline_get_actions (timeline)), actions,
                                   G_N_ELEMENTS (actions), self);
  return GTK_WIDGET (self);
}
