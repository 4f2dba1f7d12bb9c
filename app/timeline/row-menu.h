#pragma once

#include <gtk/gtk.h>

/** TpoMenuItem: a line of a menu; without a label another section follows */
typedef struct {
  const char *label, *action; /* label: untranslated */
} TpoMenuItem;

/** tpo_menu_new: Returns: (transfer full) */
GMenuModel *tpo_menu_new (const TpoMenuItem *list, guint n_items);

/**
 * tpo_row_menu_new: what can be done to the selected labels, by actions of the timeline. Returns:
 * (transfer floating)
 */
GtkWidget *tpo_row_menu_new (void);
