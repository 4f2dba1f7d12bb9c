#pragma once

#include <adwaita.h>

#include "window/shortcuts.h"

G_BEGIN_DECLS

#define TPO_TYPE_SHORTCUT_ROW (tpo_shortcut_row_get_type ())
G_DECLARE_FINAL_TYPE (TpoShortcutRow, tpo_shortcut_row, TPO, SHORTCUT_ROW, AdwActionRow)

/** tpo_shortcut_row_new: an action with its keys; activated, it takes the keys that are pressed next */
GtkWidget *tpo_shortcut_row_new (GSettings *settings, const TpoShortcutAction *action);

G_END_DECLS
