#include "config.h"

#include "timeline/row-menu.h"

#include <glib/gi18n.h>

typedef struct {
  const char *label, *action; /* no label: another section follows */
} Item;

static const Item items[] = {
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

GtkWidget *
tpo_row_menu_new (void)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) section = g_menu_new ();
  GtkWidget *popover;

  g_menu_append_section (menu, NULL, G_MENU_MODEL (section));
  for (gsize i = 0; i < G_N_ELEMENTS (items); i++) {
    if (items[i].label != NULL) {
      g_menu_append (section, _ (items[i].label), items[i].action);
      continue;
    }
    g_set_object (&section, NULL);
    section = g_menu_new ();
    g_menu_append_section (menu, NULL, G_MENU_MODEL (section));
  }
  popover = gtk_popover_menu_new_from_model (G_MENU_MODEL (menu));
  gtk_popover_set_has_arrow (GTK_POPOVER (popover), FALSE);
  return popover;
}
