#include "config.h"

#include <glib/gi18n.h>

#include "window/tpo-window-private.h"

/* What an export takes, as the menu of formats has it; of this window, until it is closed. */

static const struct {
  const char *action, *title;
  gsize offset; /* in TpoExportOptions: a gboolean */
} switches[] = {
  { "export-reviewed", N_ ("Only What Was Reviewed"),
    G_STRUCT_OFFSET (TpoExportOptions, reviewed_only) },
  { "export-discarded", N_ ("Discarded Labels, Too (TPO Instruct)"),
    G_STRUCT_OFFSET (TpoExportOptions, with_discarded) },
  { "export-outlines", N_ ("Masks as Outlines (COCO)"),
    G_STRUCT_OFFSET (TpoExportOptions, polygons) },
  { "export-keyframes", N_ ("Keyframes Alone (COCO)"),
    G_STRUCT_OFFSET (TpoExportOptions, keyframes_only) },
  { "export-from-zero", N_ ("Pixels Count from 0 (MOTChallenge)"),
    G_STRUCT_OFFSET (TpoExportOptions, zero_based) },
};

static GVariant *
get_state (TpoWindow *self, const char *name)
{
  return g_action_group_get_action_state (G_ACTION_GROUP (self), name);
}

TpoExportOptions
tpo_window_get_export_options (TpoWindow *self)
{
  TpoExportOptions options = { 0 };
  g_autoptr (GVariant) videos = get_state (self, "export-videos");
  const char *which = g_variant_get_string (videos, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (switches); i++) {
    g_autoptr (GVariant) state = get_state (self, switches[i].action);

    G_STRUCT_MEMBER (gboolean, &options, switches[i].offset) = g_variant_get_boolean (state);
  }
  options.videos.is_reviewed = g_str_equal (which, "reviewed");
  if (g_str_equal (which, "open") && tpo_document_get_video_id (self->document) != 0)
    options.videos.video_id = tpo_document_get_video_id (self->document);
  else if (g_str_equal (which, "open"))
    options.videos.video_id = -1; /* none */
  return options;
}

/* The button tells that less is exported than there is. */
static void
on_option_changed (TpoWindow *self)
{
  TpoExportOptions options = tpo_window_get_export_options (self);
  gboolean is_narrowed =
      options.videos.is_reviewed || options.videos.video_id != 0 || options.reviewed_only;

  gtk_widget_set_tooltip_text (self->export_button,
                               is_narrowed ? _ ("Export Some Labels") : _ ("Export Labels"));
}

void
tpo_window_add_export_options (TpoWindow *self, GMenu *menu)
{
  g_autoptr (GSimpleAction) videos = g_simple_action_new_stateful (
      "export-videos", G_VARIANT_TYPE_STRING, g_variant_new_string ("all"));
  g_autoptr (GMenu) which = g_menu_new ();
  g_autoptr (GMenu) what = g_menu_new ();

  g_action_map_add_action (G_ACTION_MAP (self), G_ACTION (videos));
  g_signal_connect_object (videos, "notify::state", G_CALLBACK (on_option_changed), self,
                           G_CONNECT_SWAPPED);
  g_menu_append (which, _ ("All Videos"), "win.export-videos::all");
  g_menu_append (which, _ ("Only Reviewed Videos"), "win.export-videos::reviewed");
  g_menu_append (which, _ ("Only the Open Video"), "win.export-videos::open");
  for (gsize i = 0; i < G_N_ELEMENTS (switches); i++) {
    g_autoptr (GSimpleAction) action =
        g_simple_action_new_stateful (switches[i].action, NULL, g_variant_new_boolean (FALSE));
    g_autofree char *name = g_strconcat ("win.", switches[i].action, NULL);

    g_action_map_add_action (G_ACTION_MAP (self), G_ACTION (action));
    g_signal_connect_object (action, "notify::state", G_CALLBACK (on_option_changed), self,
                             G_CONNECT_SWAPPED);
    g_menu_append (what, _ (switches[i].title), name);
  }
  g_menu_append_section (menu, NULL, G_MENU_MODEL (which));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (what));
}
