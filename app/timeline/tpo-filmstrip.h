#pragma once

#include <gtk/gtk.h>

#include "timeline/timeline-parts.h"

G_BEGIN_DECLS

#define TPO_TYPE_FILMSTRIP (tpo_filmstrip_get_type ())
G_DECLARE_FINAL_TYPE (TpoFilmstrip, tpo_filmstrip, TPO, FILMSTRIP, GtkWidget)

/**
 * TpoFilmstrip:
 *
 * Small pictures of the stretch in sight, made one by one on a thread of its own; some hundred of
 * them are kept. Hidden for photographs.
 */
GtkWidget *tpo_filmstrip_new (TpoTimelineParts *parts);

/** tpo_filmstrip_set_wanted: whether the user wants to see it */
void tpo_filmstrip_set_wanted (TpoFilmstrip *self, gboolean is_wanted);

G_END_DECLS
