#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Drop-downs of texts that come and go, or any of them. */

/**
 * tpo_choices_refill:
 * @any: what stands for all, at the front
 * @texts: (element-type utf8)
 *
 * What was chosen stays, or gives way to @any where it has gone.
 */
void tpo_choices_refill (GtkWidget *drop_down, const char *any, GPtrArray *texts);

/** tpo_choices_get: Returns: (transfer none) (nullable): the text that is chosen; %NULL: any */
const char *tpo_choices_get (GtkWidget *drop_down);

G_END_DECLS
