#include "config.h"

#include "window/shortcuts.h"

#include <glib/gi18n.h>

#include "compat/tpo-compat.h"

#define KEY "shortcuts"
#define SINGLE_KEYS "single-keys"

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
  { "win.focus-question", "<Control>l", N_ ("General"), N_ ("Ask a Question"), FALSE },
  { "win.focus-picture", "F6", N_ ("General"), N_ ("Go to the Picture"), FALSE },
  { "app.new-project", "", N_ ("General"), N_ ("New Project"), FALSE },
  { "app.open-project", "<Control><Shift>o", N_ ("General"), N_ ("Open a Project"), FALSE },
  { "app.preferences", "<Control>comma", N_ ("General"), N_ ("Preferences"), FALSE },
  { "app.shortcuts", "<Control>question", N_ ("General"), N_ ("Keyboard Shortcuts"), FALSE },
  { "app.help", "F1", N_ ("General"), N_ ("Help"), FALSE },
  { "win.toggle-chat", "F9", N_ ("Window"), N_ ("Show or Hide the Conversation"), FALSE },
  { "win.toggle-side-bar", "F8", N_ ("Window"), N_ ("Show or Hide the Videos"), FALSE },
  { "win.fullscreen", "F11", N_ ("Window"), N_ ("Full Screen"), FALSE },
  { "app.new-window", "<Control>n", N_ ("Window"), N_ ("New Window"), FALSE },
  { "window.close", "<Control>w", N_ ("Window"), N_ ("Close the Window"), FALSE },
  { "app.quit", "<Control>q", N_ ("Window"), N_ ("Quit"), FALSE },
  { "win.next-video", "<Control>Page_Down", N_ ("Videos and Review"), N_ ("Next Video"),
    FALSE },
  { "win.previous-video", "<Control>Page_Up", N_ ("Videos and Review"), N_ ("Previous Video"),
    FALSE },
  { "win.toggle-reviewed", "<Control>r", N_ ("Videos and Review"),
    N_ ("Mark the Video as Reviewed or Not"), FALSE },
  { "win.review", "<Control><Shift>r", N_ ("Videos and Review"), N_ ("What to Review"), FALSE },
  { "win.ask-many", "<Control><Shift>l", N_ ("Videos and Review"), N_ ("Ask Many Videos"),
    FALSE },
  { "review.next", "n", N_ ("Videos and Review"), N_ ("Next to Review"), TRUE },
  { "review.previous", "<Shift>n", N_ ("Videos and Review"), N_ ("Previous to Review"), TRUE },
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
  { "timeline.next-label", "Page_Down", N_ ("Timeline"), N_ ("Next Label"), TRUE },
  { "timeline.previous-label", "Page_Up", N_ ("Timeline"), N_ ("Previous Label"), TRUE },
  { "timeline.next-edge", "<Control>Right", N_ ("Timeline"), N_ ("Next Label Edge"), TRUE },
  { "timeline.previous-edge", "<Control>Left", N_ ("Timeline"), N_ ("Previous Label Edge"),
    TRUE },
  { "timeline.switch-view", "F4", N_ ("Timeline"), N_ ("Timeline or Table"), TRUE },
  { "timeline.play-selection", "g", N_ ("Timeline"), N_ ("Play the Selected Span"), TRUE },
  { "timeline.play-lock", "<Alt>g", N_ ("Timeline"),
    N_ ("Stay Inside the Selected Span While Playing"), TRUE },
  { "timeline.zoom-in", "plus equal", N_ ("Timeline"), N_ ("Zoom In"), TRUE },
  { "timeline.zoom-out", "minus", N_ ("Timeline"), N_ ("Zoom Out"), TRUE },
  { "timeline.zoom-fit", "0", N_ ("Timeline"), N_ ("Show the Whole Video"), TRUE },
  { "timeline.mark-in", "i", N_ ("Spans"), N_ ("Span Starts Here"), TRUE },
  { "timeline.mark-out", "o", N_ ("Spans"), N_ ("Span Ends Here"), TRUE },
  { "timeline.split", "s", N_ ("Spans"), N_ ("Split the Span or Track"), TRUE },
  { "timeline.edit-curve", "u", N_ ("Spans"), N_ ("Edit the Highlight Curve"), TRUE },
  { "timeline.merge", "j", N_ ("Spans"),
    N_ ("Merge the Selected Spans or Tracks, or a Span with the Next"), TRUE },
  { "timeline.nudge-start(-1)", "<Alt>Left", N_ ("Spans"),
    N_ ("Start of the Span a Frame Earlier"), TRUE },
  { "timeline.nudge-start(1)", "<Alt>Right", N_ ("Spans"),
    N_ ("Start of the Span a Frame Later"), TRUE },
  { "timeline.nudge-end(-1)", "<Alt><Shift>Left", N_ ("Spans"),
    N_ ("End of the Span a Frame Earlier"), TRUE },
  { "timeline.nudge-end(1)", "<Alt><Shift>Right", N_ ("Spans"),
    N_ ("End of the Span a Frame Later"), TRUE },
  { "timeline.accept", "a", N_ ("Labels"), N_ ("Accept the Prediction"), TRUE },
  { "timeline.discard", "d", N_ ("Labels"), N_ ("Discard the Prediction"), TRUE },
  { "win.history", "h", N_ ("Labels"), N_ ("History of the Label"), TRUE },
  { "timeline.select-all", "<Control>a", N_ ("Labels"), N_ ("Select All"), TRUE },
  { "timeline.toggle-locked", "<Shift>l", N_ ("Labels"), N_ ("Lock or Unlock"), TRUE },
  { "timeline.toggle-hidden", "<Shift>h", N_ ("Labels"), N_ ("Hide or Show"), TRUE },
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
  { "timeline.toggle-keyframe", "k", N_ ("Objects"), N_ ("Keyframe on or off"), TRUE },
  { "timeline.next-keyframe", "greater", N_ ("Objects"), N_ ("Next Keyframe of the Track"),
    TRUE },
  { "timeline.previous-keyframe", "less", N_ ("Objects"), N_ ("Previous Keyframe of the Track"),
    TRUE },
  { "timeline.mark-absent", "x", N_ ("Objects"), N_ ("Object Absent from Here"), TRUE },
  { "timeline.track-forward", "t", N_ ("Objects"), N_ ("Track Forward"), TRUE },
  { "timeline.track-backward", "<Shift>t", N_ ("Objects"), N_ ("Track Backward"), TRUE },
  { "timeline.track-reach", "<Shift>y", N_ ("Objects"), N_ ("How Far to Track"), TRUE },
  { "canvas.track-all-forward", "<Control>t", N_ ("Objects"), N_ ("Track All Objects Forward"),
    TRUE },
  { "canvas.track-all-backward", "<Control><Shift>t", N_ ("Objects"),
    N_ ("Track All Objects Backward"), TRUE },
  { "canvas.retrack", "y", N_ ("Objects"), N_ ("Track from Here After a Correction"), TRUE },
  { "canvas.next-low", "f", N_ ("Objects"), N_ ("Next Unsure Frame of the Track"), TRUE },
  { "canvas.previous-low", "<Shift>f", N_ ("Objects"),
    N_ ("Previous Unsure Frame of the Track"), TRUE },
  { "canvas.next-object", "<Control>Down", N_ ("Objects"), N_ ("Next Object in the Picture"),
    TRUE },
  { "canvas.previous-object", "<Control>Up", N_ ("Objects"),
    N_ ("Previous Object in the Picture"), TRUE },
  { "canvas.segment-box", "<Shift>m", N_ ("Objects"), N_ ("Mask of the Box"), TRUE },
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
  { "canvas.zoom-in", "<Control>plus <Control>equal", N_ ("Tools"),
    N_ ("Enlarge the Picture Around the Object"), TRUE },
  { "canvas.zoom-out", "<Control>minus", N_ ("Tools"), N_ ("Shrink the Picture"), TRUE },
  { "canvas.zoom-fit", "<Control>0", N_ ("Tools"), N_ ("Show the Whole Picture"), TRUE },
  { "canvas.pan::left", "<Control><Shift>Left", N_ ("Tools"), N_ ("Move the View Left"), TRUE },
  { "canvas.pan::right", "<Control><Shift>Right", N_ ("Tools"), N_ ("Move the View Right"),
    TRUE },
  { "canvas.pan::up", "<Control><Shift>Up", N_ ("Tools"), N_ ("Move the View Up"), TRUE },
  { "canvas.pan::down", "<Control><Shift>Down", N_ ("Tools"), N_ ("Move the View Down"), TRUE },
  { "canvas.cancel", "Escape", N_ ("Tools"), N_ ("Cancel"), TRUE },
};

static const Shortcut *
find (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (shortcuts); i++)
    if (g_str_equal (shortcuts[i].action, name))
      return &shortcuts[i];
  return NULL;
}

/* A row without a title goes with the row before, whose keys stay as they are, too. */
static gboolean
is_fixed (gsize i)
{
  return shortcuts[i].title == NULL ||
         (i + 1 < G_N_ELEMENTS (shortcuts) && shortcuts[i + 1].title == NULL);
}

GArray *
tpo_shortcuts_list (void)
{
  GArray *actions = g_array_new (FALSE, FALSE, sizeof (TpoShortcutAction));

  for (gsize i = 0; i < G_N_ELEMENTS (shortcuts); i++) {
    TpoShortcutAction action = { shortcuts[i].action, _ (shortcuts[i].group), NULL };

    if (is_fixed (i))
      continue;
    action.title = _ (shortcuts[i].title);
    g_array_append_val (actions, action);
  }
  return actions;
}

/* ---- what a user changed -------------------------------------------------------------------------------- */

/* Action → keys. */
static GHashTable *
read_changed (GSettings *settings)
{
  GHashTable *changed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GVariant) stored = g_settings_get_value (settings, KEY);
  GVariantIter iter;
  char *name, *keys;

  g_variant_iter_init (&iter, stored);
  while (g_variant_iter_next (&iter, "{ss}", &name, &keys))
    g_hash_table_insert (changed, name, keys);
  return changed;
}

static void
write_changed (GSettings *settings, GHashTable *changed)
{
  GVariantBuilder builder;
  GHashTableIter iter;
  gpointer name, keys;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{ss}"));
  g_hash_table_iter_init (&iter, changed);
  while (g_hash_table_iter_next (&iter, &name, &keys))
    g_variant_builder_add (&builder, "{ss}", name, keys);
  g_settings_set_value (settings, KEY, g_variant_builder_end (&builder));
}

char *
tpo_shortcuts_dup_keys (GSettings *settings, const char *name)
{
  g_autoptr (GHashTable) changed = read_changed (settings);
  const char *keys = g_hash_table_lookup (changed, name);
  const Shortcut *shortcut = find (name);

  if (keys == NULL)
    keys = shortcut != NULL ? shortcut->accelerators : "";
  return g_strdup (keys);
}

gboolean
tpo_shortcuts_is_changed (GSettings *settings, const char *name)
{
  g_autoptr (GHashTable) changed = read_changed (settings);

  return g_hash_table_contains (changed, name);
}

void
tpo_shortcuts_set_keys (GSettings *settings, const char *name, const char *keys)
{
  g_autoptr (GHashTable) changed = read_changed (settings);
  const Shortcut *shortcut = find (name);

  g_return_if_fail (shortcut != NULL);

  if (keys != NULL && !g_str_equal (keys, shortcut->accelerators))
    g_hash_table_insert (changed, g_strdup (name), g_strdup (keys));
  else
    g_hash_table_remove (changed, name);
  write_changed (settings, changed);
}

void
tpo_shortcuts_reset (GSettings *settings)
{
  g_settings_reset (settings, KEY);
}

/* Whether two keys, as a user presses them, are the same. */
static gboolean
is_same_key (const char *a, const char *b)
{
  guint key_a, key_b;
  GdkModifierType mods_a, mods_b;

  return gtk_accelerator_parse (a, &key_a, &mods_a) &&
         gtk_accelerator_parse (b, &key_b, &mods_b) &&
         gdk_keyval_to_lower (key_a) == gdk_keyval_to_lower (key_b) && mods_a == mods_b;
}

/* The keys but for @key. @has_it: (out): whether it was among them */
static char *
without_key (const char *keys, const char *key, gboolean *has_it)
{
  g_auto (GStrv) list = g_strsplit (keys, " ", -1);
  g_autoptr (GStrvBuilder) others = g_strv_builder_new ();
  g_auto (GStrv) rest = NULL;

  *has_it = FALSE;
  for (guint i = 0; list[i] != NULL; i++) {
    if (is_same_key (list[i], key))
      *has_it = TRUE;
    else
      g_strv_builder_add (others, list[i]);
  }
  rest = g_strv_builder_end (others);
  return g_strjoinv (" ", rest);
}

const char *
tpo_shortcuts_find (GSettings *settings, const char *key, const char *name, const char **other)
{
  const char *title = NULL;

  *other = NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (shortcuts); i++) {
    g_autofree char *keys = tpo_shortcuts_dup_keys (settings, shortcuts[i].action);
    g_autofree char *rest = NULL;
    gboolean has_it;

    title = shortcuts[i].title != NULL ? shortcuts[i].title : title;
    rest = without_key (keys, key, &has_it);
    if (!has_it || g_str_equal (shortcuts[i].action, name))
      continue;
    *other = is_fixed (i) ? NULL : shortcuts[i].action;
    return _ (title);
  }
  return NULL;
}

void
tpo_shortcuts_take (GSettings *settings, const char *name, const char *key)
{
  g_autofree char *keys = tpo_shortcuts_dup_keys (settings, name);
  gboolean has_it;
  g_autofree char *rest = without_key (keys, key, &has_it);

  if (has_it)
    tpo_shortcuts_set_keys (settings, name, rest);
}

/* ---- where they work -------------------------------------------------------------------------------------- */

/* A key that writes or moves in a text. */
static gboolean
is_bare (const char *key)
{
  guint keyval = 0;
  GdkModifierType modifiers = 0;

  gtk_accelerator_parse (key, &keyval, &modifiers);
  return (modifiers & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK | GDK_META_MASK)) ==
             0 &&
         (keyval < GDK_KEY_F1 || keyval > GDK_KEY_F35);
}

/* A letter, number or sign without Ctrl, Alt or Super, which speech input may type by mistake. */
static gboolean
is_character (const char *key)
{
  guint keyval = 0;

  gtk_accelerator_parse (key, &keyval, NULL);
  return is_bare (key) && g_unichar_isgraph (gdk_keyval_to_unicode (keyval));
}

/* Of an action's keys those that are not switched off. */
static GStrv
list_used_keys (GSettings *settings, const Shortcut *shortcut)
{
  g_autofree char *keys = tpo_shortcuts_dup_keys (settings, shortcut->action);
  g_auto (GStrv) list = g_strsplit (keys, " ", -1);
  g_autoptr (GStrvBuilder) used = g_strv_builder_new ();
  gboolean with_characters = g_settings_get_boolean (settings, SINGLE_KEYS);

  for (guint i = 0; list[i] != NULL; i++)
    if (*list[i] != '\0' && (with_characters || !is_character (list[i])))
      g_strv_builder_add (used, list[i]);
  return g_strv_builder_end (used);
}

/* Those of an action's keys that work everywhere, or the others. */
static GStrv
list_keys (GSettings *settings, const Shortcut *shortcut, gboolean is_everywhere)
{
  g_auto (GStrv) list = list_used_keys (settings, shortcut);
  g_autoptr (GStrvBuilder) chosen = g_strv_builder_new ();

  for (guint i = 0; list[i] != NULL; i++) {
    gboolean is_local = shortcut->is_single || is_bare (list[i]);

    if (is_local != is_everywhere)
      g_strv_builder_add (chosen, list[i]);
  }
  return g_strv_builder_end (chosen);
}

static void
register_all (GtkApplication *application, const char *key, GSettings *settings)
{
  for (gsize i = 0; i < G_N_ELEMENTS (shortcuts); i++) {
    g_auto (GStrv) keys = list_keys (settings, &shortcuts[i], TRUE);

    gtk_application_set_accels_for_action (application, shortcuts[i].action,
                                           (const char *const *) keys);
  }
}

void
tpo_shortcuts_register (GtkApplication *application, GSettings *settings)
{
  g_signal_connect_object (settings, "changed::" KEY, G_CALLBACK (register_all), application,
                           G_CONNECT_SWAPPED);
  register_all (application, KEY, settings);
}

/* As a trigger has them: the first key, or all others. Returns: (transfer full) */
static char *
dup_pattern (GSettings *settings, const Shortcut *shortcut, gboolean is_first)
{
  g_auto (GStrv) keys = list_keys (settings, shortcut, FALSE);
  g_autofree char *others = NULL;

  if (keys[0] == NULL || (!is_first && keys[1] == NULL))
    return g_strdup ("never");
  if (is_first)
    return g_strdup (keys[0]);
  others = g_strjoinv ("|", keys + 1);
  return g_strconcat ("never|", others, NULL);
}

static void
update_trigger (GtkShortcut *added, GSettings *settings)
{
  const Shortcut *shortcut = g_object_get_data (G_OBJECT (added), "shortcut");
  gboolean is_first = g_object_get_data (G_OBJECT (added), "is-first") != NULL;
  g_autofree char *pattern = dup_pattern (settings, shortcut, is_first);

  gtk_shortcut_set_trigger (added, gtk_shortcut_trigger_parse_string (pattern));
}

static void
add_shortcut (GtkShortcutController *controller, const Shortcut *shortcut, gboolean is_first,
              GSettings *settings)
{
  g_autofree char *name = NULL;
  g_autoptr (GVariant) target = NULL;
  g_autoptr (GError) error = NULL;
  GtkShortcut *added;

  if (!g_action_parse_detailed_name (shortcut->action, &name, &target, &error)) {
    g_warning ("%s", error->message);
    return;
  }
  added = gtk_shortcut_new (NULL, gtk_named_action_new (name));
  gtk_shortcut_set_arguments (added, target);
  g_object_set_data (G_OBJECT (added), "shortcut", (gpointer) shortcut);
  g_object_set_data (G_OBJECT (added), "is-first", GINT_TO_POINTER (is_first));
  update_trigger (added, settings);
  gtk_shortcut_controller_add_shortcut (controller, added);
}

/* None is taken away: menus that show its key would complain. */
static void
on_keys_changed (GtkShortcutController *controller, const char *key, GSettings *settings)
{
  GListModel *present = G_LIST_MODEL (controller);

  for (guint i = 0; i < g_list_model_get_n_items (present); i++) {
    g_autoptr (GtkShortcut) added = g_list_model_get_item (present, i);

    update_trigger (added, settings);
  }
}

GtkEventController *
tpo_shortcuts_new_controller (GSettings *settings)
{
  GtkEventController *controller = gtk_shortcut_controller_new ();

  g_signal_connect_object (settings, "changed::" KEY, G_CALLBACK (on_keys_changed), controller,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (settings, "changed::" SINGLE_KEYS, G_CALLBACK (on_keys_changed),
                           controller, G_CONNECT_SWAPPED);
  /* A menu shows a key that is alone, and the last one that it is told. */
  for (gsize i = 0; i < G_N_ELEMENTS (shortcuts); i++) {
    add_shortcut (GTK_SHORTCUT_CONTROLLER (controller), &shortcuts[i], FALSE, settings);
    add_shortcut (GTK_SHORTCUT_CONTROLLER (controller), &shortcuts[i], TRUE, settings);
  }
  return controller;
}

void
tpo_shortcuts_show (GtkWindow *parent, GSettings *settings)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func (g_free);
  TpoShortcut lines[G_N_ELEMENTS (shortcuts)];
  guint n = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (shortcuts); i++) {
    g_auto (GStrv) used = list_used_keys (settings, &shortcuts[i]);
    char *current = g_strjoinv (" ", used);

    g_ptr_array_add (keys, current);
    if (shortcuts[i].title != NULL && *current != '\0')
      lines[n++] = (TpoShortcut){
        .group = _ (shortcuts[i].group),
        .title = _ (shortcuts[i].title),
        .accelerators = current,
      };
  }
  tpo_compat_show_shortcuts (parent, lines, n);
}
