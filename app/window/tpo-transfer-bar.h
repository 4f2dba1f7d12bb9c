#pragma once

#include <adwaita.h>

/*
 * How far an export or an import is, with a button that ends it by "win.cancel-transfer". It is no
 * toast: libadwaita 1.2 frees one twice that the program dismisses while it is still moving.
 */

G_BEGIN_DECLS

#define TPO_TYPE_TRANSFER_BAR (tpo_transfer_bar_get_type ())
G_DECLARE_FINAL_TYPE (TpoTransferBar, tpo_transfer_bar, TPO, TRANSFER_BAR, AdwBin)

/** tpo_transfer_bar_start: unfolds it; @text: what is done, "Exporting labels…" */
void tpo_transfer_bar_start (TpoTransferBar *self, const char *text);

/** tpo_transfer_bar_stop: folds it */
void tpo_transfer_bar_stop (TpoTransferBar *self);

/**
 * tpo_transfer_bar_progress: a TpoProgressFunc with the bar as its data; from any thread, while one
 * holds a reference
 */
void tpo_transfer_bar_progress (double done, const char *step, gpointer self);

G_END_DECLS
