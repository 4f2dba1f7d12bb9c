#include "config.h"

#include "window/shortcuts.h"

#include <glib/gi18n.h>

#include "compat/tpo-compat.h"

typedef struct {
  const char *action; /* detailed name */
  const char *accelerators;
  const char *group, *title; /* no title: not listed, as it goes with the one before */
  gboolean is_single;        /* a bare key: only where nobody types */
} Shortcut;

static const Shortcut shortcuts[] = {
  { "win.open", "<Control>o", N_ ("General"), N_ ("Open a Video"), FALSE },
  { "win.export-menu", "<Control>e", N_ ("General"), N_ ("Export Labels"), FALSE },
  { "win.undo", "<Control>z", N_ ("General"), N_ ("Undo"), FALSE },
  { "win.redo", "<Control><Shift>z", N_ ("General"), N_ ("Redo"), FALSE },
  { "win.flush", "<Control>s", N_ ("General"), N_ ("Everything Is Saved at Once"), FALSE },
  { "win.toggle-chat", "F9", N_ ("General"), N_ ("Show or Hide the Conversation"), FALSE },
  { "win.toggle-side-bar", "F8", N_ ("General"), N_ ("Show or Hide the Videos"), FALSE },
  { "win.next-video", "<Control>Page_Down", N_ ("General"), N_ ("Next Video"), FALSE },
  { "win.previous-video", "<Control>Page_Up", N_ ("General"), N_ ("Previous Video"), FALSE },
  { "win.toggle-reviewed", "<Control>r", N_ ("General"),
    N_ ("Mark the Video as Reviewed or Not"), FALSE },
  { "win.review", "<Control><Shift>r", N_ ("General"), N_ ("What to Review"), FALSE },
  { "win.ask-many", "<Control><Shift>l", N_ ("General"), N_ ("Ask Many Videos"), FALSE },
  { "win.focus-question", "<Control>l", N_ ("General"), N_ ("Ask a Question"), FALSE },
  { "win.fullscreen", "F11", N_ ("General"), N_ ("Full Screen"), FALSE },
  { "app.new-window", "<Control>n", N_ ("General"), N_ ("New Window"), FALSE },
  { "app.preferences", "<Control>comma", N_ ("General"), N_ ("Preferences"), FALSE },
  { "app.shortcuts", "<Control>question", N_ ("General"), N_ ("Keyboard Shortcuts"), FALSE },
  { "window.close", "<Control>w", N_ ("General"), N_ ("Close the Window"), FALSE },
  { "app.quit", "<Control>q", N_ ("General"), N_ ("Quit"), FALSE },
  { "win.new-conversation", "", N_ ("Conversation"), N_ ("New Conversation"), FALSE },
  { "chat.search", "<Control>f", N_ ("Conversation"), N_ ("Search All Conversations"), FALSE },
  { "chat.rename", "", N_ ("Conversation"), N_ ("Rename the Conversation"), FALSE },
  { "chat.copy", "", N_ ("Conversation"), N_ ("Copy the Conversation as Markdown"), FALSE },
  { "chat.export::markdown", "", N_ ("Conversation"),
    N_ ("Export the Conversation as Markdown"), FALSE },
  { "chat.export::json", "", N_ ("Conversation"), N_ ("Export the Conversation as JSON"),
    FALSE },
  { "chat.delete", "", N_ ("Conversation"), N_ ("Delete the Conversation"), FALSE },
  { "player.play-pause", "space", N_ ("Playback"), N_ ("Play or Pause"), TRUE },
  { "player.next-frame", "period", N_ ("Playback"), N_ ("Next Frame"), TRUE },
  { "player.previous-frame", "comma", N_ ("Playback"), N_ ("Previous Frame"), TRUE },
  { "player.seek-by(int64 5000000)", "Right", N_ ("Playback"), N_ ("Five Seconds Forward"),
    TRUE },
  { "player.seek-by(int64 -5000000)", "Left", N_ ("Playback"), N_ ("Five Seconds Back"), TRUE },
  { "player.seek-by(int64 1000000)", "<Shift>Right", N_ ("Playback"), N_ ("One Second Forward"),
    TRUE },
  { "player.seek-by(int64 -1000000)", "<Shift>Left", N_ ("Playback"), N_ ("One Second Back"),
    TRUE },
  { "player.start", "Home", N_ ("Playback"), N_ ("Start"), TRUE },
  { "player.end", "End", N_ ("Playback"), N_ ("End"), TRUE },
  { "player.slower", "bracketleft", N_ ("Playback"), N_ ("Slower"), TRUE },
  { "player.faster", "bracketright", N_ ("Playback"), N_ ("Faster"), TRUE },
  { "player.normal-speed", "BackSpace", N_ ("Playback"), N_ ("Normal Speed"), TRUE },
  { "player.loop", "l", N_ ("Playback"), N_ ("Loop: Set A, Set B, Clear"), TRUE },
  { "timeline.next-edge", "<Control>Right", N_ ("Timeline"), N_ ("Next Label Edge"), TRUE },
  { "timeline.previous-edge", "<Control>Left", N_ ("Timeline"), N_ ("Previous Label Edge"),
    TRUE },
  { "timeline.mark-in", "i", N_ ("Timeline"), N_ ("Span Starts Here"), TRUE },
  { "timeline.mark-out", "o", N_ ("Timeline"), N_ ("Span Ends Here"), TRUE },
  { "timeline.split", "s", N_ ("Timeline"), N_ ("Split the Span"), TRUE },
  { "timeline.play-selection", "g", N_ ("Timeline"), N_ ("Play the Selected Span"), TRUE },
  { "timeline.zoom-in", "plus equal", N_ ("Timeline"), N_ ("Zoom In"), TRUE },
  { "timeline.zoom-out", "minus", N_ ("Timeline"), N_ ("Zoom Out"), TRUE },
  { "timeline.zoom-fit", "0", N_ ("Timeline"), N_ ("Show the Whole Video"), TRUE },
  { "timeline.accept", "a", N_ ("Labels"), N_ ("Accept the Prediction"), TRUE },
  { "timeline.discard", "d", N_ ("Labels"), N_ ("Discard the Prediction"), TRUE },
  { "review.next", "n", N_ ("Labels"), N_ ("Next to Review"), TRUE },
  { "timeline.toggle-keyframe", "k", N_ ("Labels"), N_ ("Keyframe on or off"), TRUE },
  { "timeline.mark-absent", "x", N_ ("Labels"), N_ ("Object Absent from Here"), TRUE },
  { "timeline.track-forward", "t", N_ ("Labels"), N_ ("Track Forward"), TRUE },
  { "timeline.track-backward", "<Shift>t", N_ ("Labels"), N_ ("Track Backward"), TRUE },
  { "canvas.track-all-forward", "<Control>t", N_ ("Labels"), N_ ("Track All Objects Forward"),
    TRUE },
  { "canvas.track-all-backward", "<Control><Shift>t", N_ ("Labels"),
    N_ ("Track All Objects Backward"), TRUE },
  { "canvas.retrack", "y", N_ ("Labels"), N_ ("Track from Here After a Correction"), TRUE },
  { "canvas.next-low", "n", N_ ("Labels"), N_ ("Next Unsure Frame of the Track"), TRUE },
  { "canvas.previous-low", "<Shift>n", N_ ("Labels"), N_ ("Previous Unsure Frame of the Track"),
    TRUE },
  { "canvas.segment-box", "<Shift>m", N_ ("Labels"), N_ ("Mask of the Box"), TRUE },
  { "canvas.details", "<Shift>c", N_ ("Labels"), N_ ("Label and Attributes on the Picture"),
    TRUE },
  { "canvas.menu", "Menu <Shift>F10", N_ ("Labels"), N_ ("Menu of the Object"), TRUE },
  { "timeline.label", "c", N_ ("Labels"), N_ ("Choose a Label"), TRUE },
  { "timeline.give-label::1", "1 KP_1", N_ ("Labels"), N_ ("Label by Number Key"), TRUE },
  { "timeline.give-label::2", "2 KP_2", N_ ("Labels"), NULL, TRUE },
  { "timeline.give-label::3", "3 KP_3", N_ ("Labels"), NULL, TRUE },
  { "timeline.give-label::4", "4 KP_4", N_ ("Labels"), NULL, TRUE },
  { "timeline.give-label::5", "5 KP_5", N_ ("Labels"), NULL, TRUE },
  { "timeline.give-label::6", "6 KP_6", N_ ("Labels"), NULL, TRUE },
  { "timeline.give-label::7", "7 KP_7", N_ ("Labels"), NULL, TRUE },
  { "timeline.give-label::8", "8 KP_8", N_ ("Labels"), NULL, TRUE },
  { "timeline.give-label::9", "9 KP_9", N_ ("Labels"), NULL, TRUE },
  { "timeline.delete", "Delete", N_ ("Labels"), N_ ("Delete"), TRUE },
  { "canvas.tool::select", "v", N_ ("Tools"), N_ ("Select"), TRUE },
  { "canvas.tool::box", "b", N_ ("Tools"), N_ ("Box"), TRUE },
  { "canvas.tool::click", "m", N_ ("Tools"), N_ ("Segment by Click"), TRUE },
  { "canvas.tool::brush", "r", N_ ("Tools"), N_ ("Brush"), TRUE },
  { "canvas.tool::eraser", "e", N_ ("Tools"), N_ ("Eraser"), TRUE },
  { "canvas.tool::polygon", "p", N_ ("Tools"), N_ ("Polygon"), TRUE },
  { "canvas.brush-smaller", "q", N_ ("Tools"), N_ ("Smaller Brush"), TRUE },
  { "canvas.brush-larger", "w", N_ ("Tools"), N_ ("Larger Brush"), TRUE },
  { "canvas.ghosts", "<Shift>g", N_ ("Tools"), N_ ("Ghosts of Predictions"), TRUE },
  { "canvas.onion-skin", "<Shift>o", N_ ("Tools"), N_ ("Onion Skin"), TRUE },
  { "canvas.pixel-grid", "<Shift>p", N_ ("Tools"), N_ ("Pixel Grid"), TRUE },
  { "canvas.cancel", "Escape", N_ ("Tools"), N_ ("Cancel"), TRUE },
};

void
tpo_shortcuts_register (GtkApplication *application)
{
  for (gsize i = 0; i < G_N_ELEMENTS (shortcuts); i++) {
    g_auto (GStrv) accelerators = g_strsplit (shortcuts[i].accelerators, " ", -1);

    if (!shortcuts[i].is_single)
      gtk_application_set_accels_for_action (application, shortcuts[i].action,
                                             (const char *const *) accelerators);
  }
}

GtkEventController *
tpo_shortcuts_new_controller (void)
{
  GtkEventController *controller = gtk_shortcut_controller_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (shortcuts); i++) {
    g_autofree char *pattern = g_strdelimit (g_strdup (shortcuts[i].accelerators), " ", '|');
    g_autofree char *name = NULL;
    g_autoptr (GVariant) target = NULL;
    g_autoptr (GError) error = NULL;
    GtkShortcut *shortcut;

    if (!shortcuts[i].is_single)
      continue;
    if (!g_action_parse_detailed_name (shortcuts[i].action, &name, &target, &error)) {
      g_warning ("%s", error->message);
      continue;
    }
    shortcut = gtk_shortcut_new (gtk_shortcut_trigger_parse_string (pattern),
                                 gtk_named_action_new (name));
    gtk_shortcut_set_arguments (shortcut, target);
    gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (controller), shortcut);
  }
  return controller;
}

void
tpo_shortcuts_show (GtkWindow *parent)
{
  TpoShortcut lines[G_N_ELEMENTS (shortcuts)];
  guint n = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (shortcuts); i++)
    if (shortcuts[i].title != NULL && *shortcuts[i].accelerators != '\0')
      lines[n++] = (TpoShortcut){
        .group = _ (shortcuts[i].group),
        .title = _ (shortcuts[i].title),
        .accelerators = shortcuts[i].accelerators,
      };
  tpo_compat_show_shortcuts (parent, lines, n);
}
