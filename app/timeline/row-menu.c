#include "config.h"

#include "timeline/row-menu.h"

#include <glib/gi18n.h>

static const TpoMenuItem items[] = {
  { N_ ("Accept"), "timeline.accept" },
  { N_ ("Discard"), "timeline.discard" },
  { N_ ("Label…"), "timeline.label" },
  { N_ ("Rename…"), "timeline.rename" },
  { NULL, NULL },
  { N_ ("Split at the Play Position"), "timeline.split" },
  { N_ ("Merge"), "timeline.merge" },
  { NULL, NULL },
  { N_ ("Edit the Highlight Curve"), "timeline.edit-curve" },
  { N_ ("Highlight Curve as Predicted"), "timeline.reset-curve" },
  { NULL, NULL },
  { N_ ("Lock or Unlock"), "timeline.toggle-locked" },
  { N_ ("Hide or Show"), "timeline.toggle-hidden" },
  { NULL, NULL },
  { N_ ("Next Label"), "timeline.next-label" },
  { N_ ("Previous Label"), "timeline.previous-label" },
  { N_ ("Play"), "timeline.play-selection" },
  { N_ ("Stay Inside While Playing"), "timeline.play-lock" },
  { N_ ("Track Forward"), "timeline.track-forward" },
  { N_ ("Track Backward"), "timeline.track-backward" },
  { N_ ("How Far to Track…"), "timeline.track-reach" },
  { N_ ("Next Keyframe"), "timeline.next-keyframe" },
  { N_ ("Previous Keyframe"), "timeline.previous-keyframe" },
  { NULL, NULL },
  { N_ ("Select All"), "timeline.select-all" },
  { N_ ("History…"), "win.history" },
  { N_ ("Delete"), "timeline.delete" },
};

GMenuModel *
tpo_menu_new (const TpoMenuItem *list, guint n_items)
{
  GMenu *menu = g_menu_new ();
  g_autoptr (GMenu) section = g_menu_new ();

  g_menu_append_section (menu, NULL, G_MENU_MODEL (section));
  for (guint i = 0; i < n_items; i++) {
    if (list[i].label != NULL) {
      g_menu_append (section, _ (list[i].label), list[i].action);
      continue;
    }
    g_set_object (&section, NULL);
    section = g_menu_new ();
    g_menu_append_section (menu, NULL, G_MENU_MODEL (section));
  }
  return G_MENU_MODEL (menu);
}

GtkWidget *
tpo_row_menu_new (void)
{
  g_autoptr (GMenuModel) menu = tpo_menu_new (items, G_N_ELEMENTS (items));
  GtkWidget *popover = gtk_popover_menu_new_from_model (menu);

  gtk_popover_set_has_arrow (GTK_POPOVER (popover), FALSE);
  return popover;
}
