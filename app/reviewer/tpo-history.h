#pragma once

#include <adwaita.h>

#include "document/tpo-document.h"

G_BEGIN_DECLS

#define TPO_TYPE_HISTORY (tpo_history_get_type ())
G_DECLARE_FINAL_TYPE (TpoHistory, tpo_history, TPO, HISTORY, AdwWindow)

/**
 * tpo_history_new: a window with all that @annotation ever was, whom each state comes from, and
 *   what the model had said; any state can be restored
 */
GtkWindow *tpo_history_new (GtkWindow *parent, TpoDocument *document,
                            TpoAnnotation *annotation);

G_END_DECLS
