#include "config.h"

#include "timeline/reach-popover.h"

#include <glib/gi18n.h>

#include "compat/tpo-compat.h"
#include "widgets/char-width.h"

static const guint MAX_AMOUNT = 100000, FIRST_AMOUNT = 5;
static const int AROUND_PX = 60;    /* a choice's words, in the popover */
static const int AMOUNT_CHARS = 36; /* wide where it is on one line */

/* In the order of TpoReachKind; those behind them count. */
static const char *const choices[] = {
  N_ ("Within the loop, or to the next correction"),
  N_ ("To the next correction"),
  N_ ("To the end of the video"),
  N_ ("For"),
};

typedef struct {
  TpoDocument *document;
  GtkWidget *checks[G_N_ELEMENTS (choices)];
  GtkWidget *amount, *unit;
} Reach;

static void
reach_free (Reach *self)
{
  g_object_unref (self->document);
  g_free (self);
}

static void
on_chosen (Reach *self)
{
  TpoReach reach = { .amount = (guint) gtk_spin_button_get_value_as_int (
                         GTK_SPIN_BUTTON (self->amount)) };
  guint chosen = 0;

  while (chosen + 1 < G_N_ELEMENTS (choices) &&
         !gtk_check_button_get_active (GTK_CHECK_BUTTON (self->checks[chosen])))
    chosen++;
  reach.kind = (TpoReachKind) chosen;
  if (chosen == TPO_REACH_FRAMES)
    reach.kind += gtk_drop_down_get_selected (GTK_DROP_DOWN (self->unit));
  tpo_document_set_reach (self->document, &reach);
}

/* Who says how many means that they count. */
static void
on_amount (Reach *self)
{
  gtk_check_button_set_active (GTK_CHECK_BUTTON (self->checks[TPO_REACH_FRAMES]), TRUE);
  on_chosen (self);
}

static void
fill (Reach *self)
{
  TpoReach reach = tpo_document_get_reach (self->document);
  gboolean is_counted = reach.kind >= TPO_REACH_FRAMES;

  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->amount),
                             reach.amount > 0 ? reach.amount : FIRST_AMOUNT);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->unit),
                              reach.kind == TPO_REACH_FRAMES ? 0 : 1);
  gtk_check_button_set_active (
      GTK_CHECK_BUTTON (self->checks[is_counted ? TPO_REACH_FRAMES : reach.kind]), TRUE);
}

static GtkWidget *
new_choice (const char *text, GtkWidget *beside)
{
  GtkWidget *check = gtk_check_button_new (), *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  tpo_label_fit (label, beside, AROUND_PX);
  gtk_check_button_set_child (GTK_CHECK_BUTTON (check), label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_PROPERTY_LABEL, text,
                                  -1);
  return check;
}

/* What counts is below the number where both are too wide for the window. */
static GtkWidget *
new_amount (Reach *self, GtkWidget *beside)
{
  const char *const units[] = { _ ("frames"), _ ("seconds"), NULL };
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *both =
      gtk_box_new (tpo_room_chars (beside, 0) < AMOUNT_CHARS ? GTK_ORIENTATION_VERTICAL
                                                             : GTK_ORIENTATION_HORIZONTAL,
                   6);

  self->amount = gtk_spin_button_new_with_range (1, MAX_AMOUNT, 1);
  self->unit = gtk_drop_down_new_from_strings (units);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->amount), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("How many"), -1);
  tpo_compat_name_with_button (self->unit, _ ("Frames or seconds"));
  gtk_box_append (GTK_BOX (row), self->checks[TPO_REACH_FRAMES]);
  gtk_box_append (GTK_BOX (row), self->amount);
  gtk_box_append (GTK_BOX (both), row);
  gtk_box_append (GTK_BOX (both), self->unit);
  return both;
}

static void
follow (Reach *self)
{
  for (gsize i = 0; i < G_N_ELEMENTS (choices); i++)
    g_signal_connect_swapped (self->checks[i], "toggled", G_CALLBACK (on_chosen), self);
  g_signal_connect_swapped (self->amount, "value-changed", G_CALLBACK (on_amount), self);
  g_signal_connect_swapped (self->unit, "notify::selected", G_CALLBACK (on_amount), self);
}

GtkWidget *
tpo_reach_popover_new (TpoDocument *document, GtkWidget *beside)
{
  GtkWidget *popover = gtk_popover_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *title = gtk_label_new (_ ("Track"));
  Reach *self = g_new0 (Reach, 1);

  self->document = g_object_ref (document);
  gtk_label_set_xalign (GTK_LABEL (title), 0.0f);
  gtk_widget_add_css_class (title, "heading");
  gtk_box_append (GTK_BOX (box), title);
  for (gsize i = 0; i < G_N_ELEMENTS (choices); i++) {
    self->checks[i] = new_choice (_ (choices[i]), beside);
    if (i > 0)
      gtk_check_button_set_group (GTK_CHECK_BUTTON (self->checks[i]),
                                  GTK_CHECK_BUTTON (self->checks[0]));
    if (i != TPO_REACH_FRAMES)
      gtk_box_append (GTK_BOX (box), self->checks[i]);
  }
  gtk_box_append (GTK_BOX (box), new_amount (self, beside));
  gtk_popover_set_position (GTK_POPOVER (popover), GTK_POS_TOP);
  gtk_popover_set_child (GTK_POPOVER (popover), box);
  gtk_accessible_update_property (GTK_ACCESSIBLE (popover), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("How far to track"), -1);
  fill (self);
  follow (self);
  g_object_set_data_full (G_OBJECT (popover), "reach", self, (GDestroyNotify) reach_free);
  return popover;
}
