#pragma once

#include <glib.h>

/**
 * TpoHazards: which bytes were read and written since the last barrier.
 *
 * Dispatches between two barriers may run at the same time, in any order. So a barrier is due
 * before one that reads bytes written since, or writes bytes read or written since.
 */
typedef struct _TpoHazards TpoHazards;

TpoHazards *tpo_hazards_new (void);
void tpo_hazards_free (TpoHazards *self);

/** tpo_hazards_meet: whether bytes [@start, @start + @size) of @memory need a barrier first */
gboolean tpo_hazards_meet (const TpoHazards *self, gconstpointer memory, gsize start,
                           gsize size, gboolean writes);

/** tpo_hazards_add: notes the access */
void tpo_hazards_add (TpoHazards *self, gconstpointer memory, gsize start, gsize size,
                      gboolean writes);

/** tpo_hazards_clear: a barrier was recorded */
void tpo_hazards_clear (TpoHazards *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoHazards, tpo_hazards_free)
