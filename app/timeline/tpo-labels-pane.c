#include "config.h"

#include "timeline/tpo-labels-pane.h"

#include <glib/gi18n.h>

#include "timeline/tpo-label-table.h"
#include "timeline/tpo-timeline-private.h"

struct _TpoLabelsPane {
  GtkWidget parent_instance;

  GtkWidget *stack;
};

G_DEFINE_FINAL_TYPE (TpoLabelsPane, tpo_labels_pane, GTK_TYPE_WIDGET)

static void
tpo_labels_pane_dispose (GObject *object)
{
  TpoLabelsPane *self = TPO_LABELS_PANE (object);

  g_clear_pointer (&self->stack, gtk_widget_unparent);
  G_OBJECT_CLASS (tpo_labels_pane_parent_class)->dispose (object);
}

static void
tpo_labels_pane_class_init (TpoLabelsPaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_labels_pane_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
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
  GtkWidget *table;

  g_return_val_if_fail (TPO_IS_TIMELINE (timeline), NULL);

  self = g_object_new (TPO_TYPE_LABELS_PANE, NULL);
  table = tpo_label_table_new (document, player);
  tpo_label_table_add_start (TPO_LABEL_TABLE (table), tpo_timeline_new_switch ());
  gtk_stack_add_named (GTK_STACK (self->stack), GTK_WIDGET (timeline), "timeline");
  gtk_stack_add_named (GTK_STACK (self->stack), table, "table");
  g_action_map_add_action_entries (G_ACTION_MAP (tpo_timeline_get_actions (timeline)), actions,
                                   G_N_ELEMENTS (actions), self);
  return GTK_WIDGET (self);
}
