#pragma once

#include <gtk/gtk.h>

/**
 * One table of shortcuts: it registers accelerators, feeds the single keys of the workspace, fills
 * the list of shortcuts and the page where they are changed, so none of them can go stale. What a
 * user changes is kept in the settings, by the action's name; the keys of the table are what holds
 * until then.
 *
 * Keys with Ctrl, Alt or Super and function keys work everywhere, all others only where nobody types;
 * those of one character not at all while the setting "single-keys" is off.
 */

/** TpoShortcutAction: an action that has keys, or may get some */
typedef struct {
  const char *name;          /* detailed, "canvas.tool::box" */
  const char *group, *title; /* translated */
} TpoShortcutAction;

/**
 * tpo_shortcuts_list: those whose keys a user may change, groups together. Returns: (transfer
 * container) (element-type TpoShortcutAction)
 */
GArray *tpo_shortcuts_list (void);

/**
 * tpo_shortcuts_dup_keys: of an action now, as gtk_accelerator_parse() takes them, separated by
 * spaces; perhaps empty
 */
char *tpo_shortcuts_dup_keys (GSettings *settings, const char *name);

/** tpo_shortcuts_is_changed: whether they are others than those that the program comes with */
gboolean tpo_shortcuts_is_changed (GSettings *settings, const char *name);

/**
 * tpo_shortcuts_set_keys: @keys: "" for none; %NULL for those that the program comes with. What
 * else has them keeps them
 */
void tpo_shortcuts_set_keys (GSettings *settings, const char *name, const char *keys);

/** tpo_shortcuts_reset: all of them */
void tpo_shortcuts_reset (GSettings *settings);

/**
 * tpo_shortcuts_find: which action has a key
 * @name: not this one
 *
 * Returns: (nullable): its title, translated. @other: (out): its name; %NULL where its keys cannot be changed
 */
const char *tpo_shortcuts_find (GSettings *settings, const char *key, const char *name,
                                const char **other);

/** tpo_shortcuts_take: takes @key away from the action @name */
void tpo_shortcuts_take (GSettings *settings, const char *name, const char *key);

/** tpo_shortcuts_register: those that work everywhere, for the whole program, also after they change */
void tpo_shortcuts_register (GtkApplication *application, GSettings *settings);

/**
 * tpo_shortcuts_new_controller: the others, which must not be taken while somebody types; for the
 *   widget that holds picture and timeline
 */
GtkEventController *tpo_shortcuts_new_controller (GSettings *settings);

/** tpo_shortcuts_show: the list of all of them */
void tpo_shortcuts_show (GtkWindow *parent, GSettings *settings);
