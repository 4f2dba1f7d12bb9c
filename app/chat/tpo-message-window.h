#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define TPO_TYPE_MESSAGE_WINDOW (tpo_message_window_get_type ())
G_DECLARE_FINAL_TYPE (TpoMessageWindow, tpo_message_window, TPO, MESSAGE_WINDOW, GObject)

/**
 * TpoMessageWindow:
 *
 * A stretch of a long list, as a list model: a list view makes widgets for some hundred items
 * whether they are in sight or not, and those of messages are dear. It begins with the last few
 * items, or some around one that is looked for, and grows by one at a time; whoever shows it drops
 * what is far out of sight. What is added to its end while it shows the end joins it. No widgets.
 */

/** tpo_message_window_new: @source: of any items */
TpoMessageWindow *tpo_message_window_new (GListModel *source);

/** tpo_message_window_show_end: unless it does */
void tpo_message_window_show_end (TpoMessageWindow *self);

/** tpo_message_window_show: a few items around @position of the source. Returns: its position here */
guint tpo_message_window_show (TpoMessageWindow *self, guint position);

/** tpo_message_window_grow: by the item before, or after. Returns: whether there was one */
gboolean tpo_message_window_grow (TpoMessageWindow *self, gboolean backward);

/** tpo_message_window_drop: its first item, or its last one, unless it has few */
void tpo_message_window_drop (TpoMessageWindow *self, gboolean backward);

/** tpo_message_window_has_more: whether the source has items before it, or after it */
gboolean tpo_message_window_has_more (TpoMessageWindow *self, gboolean backward);

G_END_DECLS
